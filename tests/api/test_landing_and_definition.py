"""Landing page, conformance, collections, definition, reader, health."""

import pytest
from starlette.testclient import TestClient

from civgeo.app import ROUTERS
from civgeo.services.editing import EDITABLE
from civgeo.services.feature_schema import OPEN_COLLECTIONS


def get(client: TestClient, path: str) -> dict:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_every_link_of_the_landing_page_leads_somewhere_of_its_type(client: TestClient) -> None:
    body = get(client, "/")
    assert {"self", "service-desc", "service-doc", "conformance", "data"} <= {
        item["rel"] for item in body["links"]
    }
    for item in body["links"]:
        answer = client.get(item["href"])
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == item["type"].partition(";")[0]


def test_the_landing_page_for_people_leads_to_the_officers_pages(client: TestClient) -> None:
    page = client.get("/", headers={"Accept": "text/html"}).text
    assert page.count('class="button" href="/ui"') == 1


def test_conformance_names_the_four_classes_of_part_1(client: TestClient) -> None:
    classes = get(client, "/conformance")["conformsTo"]
    assert {item.rpartition("/")[2] for item in classes} == {"core", "oas30", "html", "geojson"}


def test_collections_are_described_alike_in_the_list_and_alone(client: TestClient) -> None:
    body = get(client, "/collections")
    assert [item["id"] for item in body["collections"]] == list(OPEN_COLLECTIONS)
    for item in body["collections"]:
        assert get(client, f"/collections/{item['id']}") == item
        assert {link["rel"] for link in item["links"]} >= {"self", "items", "alternate"}


def test_the_extent_of_divisions_has_a_time_since_they_are_dated(client: TestClient) -> None:
    extent = get(client, "/collections/divisions")["extent"]
    assert extent["temporal"]["interval"] == [[None, None]]
    assert extent["spatial"]["bbox"] == [[113.9, 33.0, 114.2, 33.1]]


@pytest.mark.parametrize("collection", list(OPEN_COLLECTIONS))
def test_queryables_are_the_properties(client: TestClient, collection: str) -> None:
    answer = client.get(f"/collections/{collection}/queryables")
    assert answer.headers["content-type"] == "application/schema+json"
    assert list(answer.json()["properties"]) == [
        item.name for item in OPEN_COLLECTIONS[collection].queryables
    ]


def test_the_definition_is_openapi_3_0_without_words_of_3_1(client: TestClient) -> None:
    answer = client.get("/api")
    assert answer.json()["openapi"].startswith("3.0.")
    assert '"type":"null"' not in answer.text
    assert '"const"' not in answer.text
    assert "HTTPValidationError" not in answer.text


def test_the_definition_declares_every_parameter_of_a_list(client: TestClient) -> None:
    paths = get(client, "/api")["paths"]
    for schema in OPEN_COLLECTIONS.values():
        declared = paths[f"/collections/{schema.id}/items"]["get"]["parameters"]
        names = [item["name"] for item in declared]
        assert {"limit", "bbox", "datetime", "offset", "f"} <= set(names)
        assert set(names) >= {item.name for item in schema.queryables}
        assert len(names) == len(set(names))


def test_the_definition_holds_every_route_that_is_not_a_page(client: TestClient) -> None:
    documented = set(get(client, "/api")["paths"])
    for module in ROUTERS:
        for route in module.router.routes:
            path = getattr(route, "path", "")
            if getattr(route, "include_in_schema", False):
                reading = "GET" in getattr(route, "methods", ())
                for schema in OPEN_COLLECTIONS if reading else EDITABLE:
                    assert path.replace("{collection}", schema) in documented


def test_the_reader_needs_no_inline_script_and_nothing_from_outside(client: TestClient) -> None:
    answer = client.get("/docs")
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "http" not in answer.text.replace("http-equiv", "")
    assert "<script>" not in answer.text
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "civgeo-docs.js"):
        assert client.get(f"/static/{name}").status_code == 200


def test_health_and_readiness(client: TestClient) -> None:
    assert get(client, "/healthz") == {"status": "ok"}
    assert get(client, "/readyz")["status"] == "ok"
