"""One feature: the same as in the list, with an entity tag."""

from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from civgeo.domain.record_form import RecordForm
from civgeo.domain.registers import FORMS
from civgeo.services.feature_schema import OPEN_COLLECTIONS

FIRST = {"divisions": "990102", "estates": "e1", "facilities": "f1"}
FIRST["coverage_units"] = "county-990102"
FIRST |= {form.id: f"{form.id}-1" for form in FORMS if form.is_open}


@pytest.mark.parametrize("collection", list(OPEN_COLLECTIONS))
def test_a_feature_is_the_same_alone_as_in_the_list(client: TestClient, collection: str) -> None:
    home = f"/collections/{collection}/items"
    alone = client.get(f"{home}/{FIRST[collection]}").json()
    links = {item["rel"]: item for item in alone.pop("links")}
    listed = client.get(home).json()["features"]
    assert alone in listed
    assert {"self", "alternate", "collection"} <= set(links)


@pytest.mark.parametrize("form", ["json", "html"])
def test_an_unchanged_feature_is_304_with_its_tag_and_no_content(
    client: TestClient, form: str
) -> None:
    url = f"/collections/estates/items/e1?f={form}"
    first = client.get(url)
    tag = first.headers["etag"]
    for asked in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = client.get(url, headers={"If-None-Match": asked})
        assert (again.status_code, again.content) == (304, b""), asked
        assert again.headers["etag"] == tag
    changed = client.get(url, headers={"If-None-Match": '"other"'})
    assert changed.status_code == 200


def test_the_two_representations_have_two_tags(client: TestClient) -> None:
    url = "/collections/estates/items/e1"
    tags = {client.get(url, params={"f": form}).headers["etag"] for form in ("json", "html")}
    assert len(tags) == 2


@pytest.mark.parametrize("id", ["no-such", "无", "1' or 1=1", "a/b", "x" * 5000, "%00", "\ud7ff"])
def test_an_unknown_feature_is_404(client: TestClient, id: str) -> None:
    for collection in OPEN_COLLECTIONS:
        answer = client.get(f"/collections/{collection}/items/{quote(id, safe='')}")
        assert answer.status_code == 404


@pytest.mark.parametrize("form", [form for form in FORMS if form.is_open and form.field("public")])
def test_a_secret_record_is_not_served_though_it_is_called_public(
    client: TestClient, form: RecordForm
) -> None:
    home = f"/collections/{form.id}/items"
    assert client.get(f"{home}/{form.id}-1").status_code == 200
    assert client.get(f"{home}/{form.id}-secret").status_code == 404
    for params in ({}, {"datetime": "2026-01-01"}, {"datetime": "../.."}, {"secrecy": "secret"}):
        listed = client.get(home, params=params).json()["features"]
        assert f"{form.id}-secret" not in {feature["id"] for feature in listed}


def test_a_page_of_one_feature_says_what_is_not_recorded(client: TestClient) -> None:
    page = client.get("/collections/estates/items/e4?f=html").text
    assert "未登记户数" in page
    assert "未登记</span>" in page
