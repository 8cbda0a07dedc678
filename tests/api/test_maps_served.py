"""Maps over HTTP: page, pictures, data."""

import re

import pytest
from starlette.testclient import TestClient

SLUGS = ("coverage", "divisions", "facilities", "names", "boundaries")


@pytest.mark.parametrize("slug", SLUGS)
def test_a_map_page_asks_for_files_of_this_service_that_exist(
    client: TestClient, slug: str
) -> None:
    answer = client.get(f"/maps/{slug}")
    assert answer.status_code == 200
    addresses = re.findall(r'(?:src|href)="([^"#][^"]*)"', answer.text)
    assert addresses
    for address in addresses:
        assert address.startswith("/static/"), address
        assert client.get(address).status_code == 200
    assert "sandbox allow-scripts" in answer.headers["content-security-policy"]
    tag = answer.headers["etag"]
    again = client.get(f"/maps/{slug}", headers={"If-None-Match": tag})
    assert again.status_code == 304
    policy = "content-security-policy"
    assert again.headers[policy] == answer.headers[policy]


@pytest.mark.parametrize("slug", SLUGS)
def test_a_map_comes_as_picture_and_data_too(client: TestClient, slug: str) -> None:
    assert client.get(f"/maps/{slug}.png").content.startswith(b"\x89PNG")
    assert client.get(f"/maps/{slug}.pdf").content.startswith(b"%PDF")
    data = client.get(f"/maps/{slug}.geojson")
    assert data.headers["content-type"] == "application/geo+json"
    assert len(data.json()["features"]) > 2


def test_the_figures_behind_the_coverage_map_come_as_a_spreadsheet(client: TestClient) -> None:
    assert client.get("/maps/coverage.xlsx").content.startswith(b"PK")
    assert client.get("/maps/divisions.xlsx").status_code == 404


def test_an_unknown_map_is_404_and_a_parameter_400(client: TestClient) -> None:
    assert client.get("/maps/nothing").status_code == 404
    assert client.get("/maps/nothing.png").status_code == 404
    assert client.get("/maps/coverage?x=1").status_code == 400
