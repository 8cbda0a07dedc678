"""Pages of features: what is chosen, in which order, with which links."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from shapely import Polygon
from shapely.geometry import shape
from starlette.testclient import TestClient

from api.served_city import HOSTILE
from civgeo.services.feature_schema import OPEN_COLLECTIONS

ITEMS = "/collections/{}/items"
EVERY = list(OPEN_COLLECTIONS)


def ids(client: TestClient, collection: str, **query: object) -> list[str]:
    answer = client.get(ITEMS.format(collection), params=query)
    assert answer.status_code == 200, answer.text
    return [feature["id"] for feature in answer.json()["features"]]


def link(body: dict, rel: str) -> dict | None:
    return next((item for item in body["links"] if item["rel"] == rel), None)


@pytest.mark.parametrize("collection", EVERY)
def test_a_page_is_geojson_with_counts_time_and_typed_links(
    client: TestClient, collection: str
) -> None:
    answer = client.get(ITEMS.format(collection))
    body = answer.json()
    assert answer.headers["content-type"] == "application/geo+json"
    assert "CRS84" in answer.headers["content-crs"]
    assert body["numberReturned"] == len(body["features"]) == body["numberMatched"]
    assert body["timeStamp"].endswith("Z")
    assert {item["rel"] for item in body["links"]} == {"self", "alternate", "collection"}
    assert all(item["type"] for item in body["links"])


@pytest.mark.parametrize("collection", EVERY)
def test_every_feature_has_exactly_the_documented_properties(
    client: TestClient, collection: str
) -> None:
    schema = OPEN_COLLECTIONS[collection]
    for feature in client.get(ITEMS.format(collection)).json()["features"]:
        assert list(feature["properties"]) == [item.name for item in schema.properties]
        for item in schema.properties:
            value = feature["properties"][item.name]
            assert not (item.required and value is None), item.name
            assert item.choices == () or value is None or value in dict(item.choices), item.name
        assert feature["properties"]["simulated"] in (True, False)


@pytest.mark.parametrize("collection", EVERY)
@pytest.mark.parametrize("size", [1, 2, 3])
def test_next_links_walk_the_collection_once(
    client: TestClient, collection: str, size: int
) -> None:
    whole = ids(client, collection)
    seen, url = [], f"{ITEMS.format(collection)}?limit={size}&f=json"
    while url:
        body = client.get(url).json()
        assert 1 <= len(body["features"]) <= size
        assert body["numberMatched"] == len(whole)
        seen += [feature["id"] for feature in body["features"]]
        following = link(body, "next")
        url = following["href"] if following else ""
    assert seen == whole


def test_the_next_link_carries_every_other_parameter(client: TestClient) -> None:
    query = {
        "limit": "1",
        "bbox": "113,32,115,34",
        "estate_class": "new",
        "datetime": "../2026-01-01",
    }
    body = client.get(ITEMS.format("estates"), params=query).json()
    following = link(body, "next")
    assert following is not None
    kept = {name: values[0] for name, values in parse_qs(urlsplit(following["href"]).query).items()}
    assert kept.items() >= query.items()
    assert set(kept) - set(query) == {"after", "f"}


def test_offset_steps_forward_and_back(client: TestClient) -> None:
    whole = ids(client, "estates")
    body = client.get(ITEMS.format("estates"), params={"limit": 2, "offset": 2}).json()
    assert [feature["id"] for feature in body["features"]] == whole[2:4]
    back = link(body, "prev")
    assert back is not None
    assert [f["id"] for f in client.get(back["href"]).json()["features"]] == whole[:2]
    following = link(body, "next")
    assert following is not None
    assert [f["id"] for f in client.get(following["href"]).json()["features"]] == whole[4:]
    assert ids(client, "estates", offset=99) == []


def test_a_limit_above_the_maximum_is_clamped(client: TestClient) -> None:
    assert ids(client, "estates", limit=10**7) == ids(client, "estates")


def test_a_box_gives_what_meets_it_and_nothing_else(client: TestClient) -> None:
    assert ids(client, "estates", bbox="114.04,33.04,114.06,33.06") == ["e2", "e3"]
    assert ids(client, "estates", bbox="114.04,33.04,-5,114.06,33.06,9000") == ["e2", "e3"]
    assert ids(client, "estates", bbox="10,10,11,11") == []
    assert ids(client, "divisions", bbox="114.15,33.05,114.16,33.06") == ["990121"]
    assert ids(client, "coverage_units", bbox="114.15,33.05,114.15,33.05") == [
        "county-990121",
        "estate-e5",
    ]


def test_a_box_across_the_antimeridian_goes_the_other_way_round(client: TestClient) -> None:
    assert ids(client, "estates", bbox="170,30,114.03,40") == ["e1", "e2", "e4"]
    assert ids(client, "coverage_units", bbox="170,-10,-170,10") == []


def test_divisions_hold_from_their_first_day_to_the_day_before_the_last(
    client: TestClient,
) -> None:
    always = {"990100", "990121", "990102001", "990121100"}
    for moment, others in {
        "2010-05-31": {"990103"},
        "2010-06-01": {"990102"},
        "2010-05-31T16:00:00Z": {"990102"},
        "2010-05-01/2010-06-01": {"990102", "990103"},
        "../1989-12-31": set(),
        "2020-01-01T00:00:00+08:00/..": {"990102"},
    }.items():
        assert set(ids(client, "divisions", datetime=moment)) == always | others, moment


def test_only_what_exists_today_is_read_without_a_time(client: TestClient) -> None:
    assert "990103" not in ids(client, "divisions")
    assert "990103" in ids(client, "divisions", datetime="../..")


def test_records_without_known_bounds_hold_at_any_time(client: TestClient) -> None:
    for moment in ("1900-01-01", "1900-01-01/1950-01-01", "../.."):
        assert ids(client, "estates", datetime=moment) == ids(client, "estates")


def test_computed_units_have_no_past_and_ignore_the_time(client: TestClient) -> None:
    found = ids(client, "coverage_units", datetime="1900-01-01")
    assert found == ids(client, "coverage_units")


@pytest.mark.parametrize("name", ["valid_from", "valid_to"])
def test_existence_is_asked_for_by_datetime_and_not_as_a_property(
    client: TestClient, name: str
) -> None:
    answer = client.get(ITEMS.format("estates"), params={name: "2020-01-01"})
    assert answer.status_code == 400
    assert name in answer.json()["detail"]


def test_pages_of_divisions_in_a_period_walk_on(client: TestClient) -> None:
    first = client.get(
        ITEMS.format("divisions"), params={"datetime": "2012-01-01", "limit": 3}
    ).json()
    following = link(first, "next")
    assert following is not None
    second = client.get(following["href"]).json()
    seen = [feature["id"] for feature in first["features"] + second["features"]]
    assert len(seen) == len(set(seen)) == first["numberMatched"] == 5


@pytest.mark.parametrize(
    ("collection", "query", "expected"),
    [
        ("estates", {"name": "祥和苑"}, ["e1"]),
        ("estates", {"households": "77"}, ["e3"]),
        ("estates", {"estate_class": "existing", "division": "990121100"}, ["e5"]),
        ("facilities", {"floor_area_m2": "12.5"}, ["f2"]),
        ("facilities", {"opened": "2020-05-01"}, ["f2"]),
        ("facilities", {"simulated": "false"}, []),
        ("coverage_units", {"level": "county", "meets": "false"}, ["county-990121"]),
        ("coverage_units", {"name": "祥和苑", "meets": "true"}, ["estate-e1"]),
        ("estates", {"name": "' OR 1=1 --"}, []),
    ],
)
def test_properties_are_filtered_by_equality(
    client: TestClient, collection: str, query: dict[str, str], expected: list[str]
) -> None:
    assert ids(client, collection, **query) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "-1"),
        ("limit", "abc"),
        ("limit", ""),
        ("offset", "-1"),
        ("after", "x"),
        ("after", "9" * 400),
        ("bbox", "1,2,3"),
        ("bbox", "a,b,c,d"),
        ("bbox", "1,2,3,nan"),
        ("bbox", "1,2,3,inf"),
        ("bbox", "10,50,11,40"),
        ("bbox", "33,114,34,115"),
        ("bbox", ""),
        ("datetime", "garbage"),
        ("datetime", "2020-13-45T00:00:00Z"),
        ("datetime", "2021-01-01T00:00:00Z/2020-01-01T00:00:00Z"),
        ("datetime", "9999-12-31T23:59:59-23:00"),
        ("datetime", "a/b/c"),
        ("households", "1.5"),
        ("households", "9" * 30),
        ("simulated", "maybe"),
        ("f", "shp"),
        ("lang", "fr"),
        ("zz_nope", "1"),
    ],
)
def test_a_bad_parameter_is_400_and_named(client: TestClient, name: str, value: str) -> None:
    answer = client.get(ITEMS.format("estates"), params={name: value})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert name in answer.json()["detail"]


def test_a_parameter_given_twice_is_400(client: TestClient) -> None:
    answer = client.get(f"{ITEMS.format('estates')}?name=a&name=b")
    assert answer.status_code == 400
    assert "name" in answer.json()["detail"]


def test_outer_rings_turn_counter_clockwise(client: TestClient) -> None:
    for collection in ("estates", "divisions", "coverage_units"):
        for feature in client.get(ITEMS.format(collection)).json()["features"]:
            geometry = feature["geometry"] and shape(feature["geometry"])
            for part in getattr(geometry, "geoms", [geometry]):
                assert not isinstance(part, Polygon) or part.exterior.is_ccw, feature["id"]


def test_names_go_out_raw_and_unescaped_in_json(client: TestClient) -> None:
    answer = client.get(ITEMS.format("estates"))
    assert json.dumps(HOSTILE, ensure_ascii=False).encode() in answer.content
    assert "祥和苑".encode() in answer.content


def test_names_are_escaped_in_pages(client: TestClient) -> None:
    for path in (
        f"{ITEMS.format('estates')}?f=html",
        f"{ITEMS.format('estates')}/e2?f=html",
        f"{ITEMS.format('coverage_units')}?f=html",
        "/coverage/floor-area?level=estate&f=html",
    ):
        page = client.get(path).text
        assert "&lt;img src=x onerror=alert(1)&gt;" in page, path
        assert "<img" not in page, path
        assert "<script" not in page, path


def test_a_page_of_html_steps_both_ways(client: TestClient) -> None:
    page = client.get(ITEMS.format("estates"), params={"f": "html", "limit": 2, "offset": 2}).text
    assert "第 3 至 4 条，共 5 条" in page
    assert "offset=0" in page
    assert "offset=4" in page


def test_an_unknown_collection_is_404_and_says_which_there_are(client: TestClient) -> None:
    for path in ("", "/items", "/items/1", "/queryables"):
        answer = client.get(f"/collections/nothing{path}")
        assert answer.status_code == 404
        assert "estates" in answer.json()["detail"]


def test_an_empty_store_gives_empty_pages(empty_client: TestClient) -> None:
    for collection in EVERY:
        body = empty_client.get(ITEMS.format(collection)).json()
        assert body["features"] == []
        assert body["numberMatched"] == 0
        assert "extent" not in empty_client.get(f"/collections/{collection}").json()
        assert empty_client.get(f"{ITEMS.format(collection)}?f=html").status_code == 200
