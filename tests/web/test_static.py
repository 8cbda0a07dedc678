"""Vendored files and our own, and nothing else."""

import pytest
from starlette.testclient import TestClient

from civgeo.assets.manifest import manifest


def test_every_vendored_file_is_served_as_it_is(client: TestClient) -> None:
    for asset in manifest():
        answer = client.get(f"/static/{asset.file}")
        assert answer.status_code == 200, asset.file
        assert len(answer.content) == asset.bytes


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("leaflet.js", "text/javascript"),
        ("leaflet.css", "text/css"),
        ("noto-sans-sc.woff2", "font/woff2"),
        ("images/layers.png", "image/png"),
        ("civgeo-map.js", "text/javascript"),
        ("civgeo-pages.css", "text/css"),
        ("civgeo-icon.svg", "image/svg+xml"),
    ],
)
def test_files_have_their_type_and_may_be_kept(client: TestClient, name: str, kind: str) -> None:
    answer = client.get(f"/static/{name}")
    assert answer.headers["content-type"].partition(";")[0] == kind
    assert answer.headers["cache-control"] == "public, max-age=3600"
    again = client.get(f"/static/{name}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "name",
    [
        "manifest.json",
        "nothing.js",
        "",
        "../__init__.py",
        "%2e%2e/__init__.py",
        "..%2f..%2fsettings.py",
        "/etc/passwd",
        "leaflet.js%00.png",
    ],
)
def test_no_other_file_can_be_had(client: TestClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404
