"""Search over HTTP: answers, order, secrecy, and what is refused."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.writable_city import BEARER, serving
from civgeo.domain.history import Edit
from civgeo.store.reading import Register
from civgeo.store.store import Store
from civgeo.store.tables import Collection
from store.named_places import name_frame

REGISTER = Register("411700", "驻马店市", True, datetime(2026, 3, 1, tzinfo=UTC), "2026-01", {})
NAMES = (
    {"id": "zmd", "name": "驻马店市", "specific": "驻马店", "kind": "prefecture"},
    {"id": "shan", "name": "嵖岈山", "kind": "mountain", "geometry": None},
    {"id": "z1", "name": "张庄", "division": "411702100"},
    {"id": "z2", "name": "张庄", "division": "411728100"},
    {"id": "secret", "name": "张庄机密库", "kind": "building", "secrecy": "secret"},
    {"id": "hidden", "name": "张庄内部路", "kind": "street", "public": False},
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("search") / "store"
    with Store.create(place, register=REGISTER) as store, store.write() as writing:
        writing.add(Collection.PLACE_NAMES, name_frame(*NAMES), Edit("测试", "测试"))
    return place


@pytest.fixture(scope="module")
def anybody(folder: Path) -> Iterator[TestClient]:
    with serving(folder) as client:
        del client.headers["Authorization"]
        yield client


@pytest.fixture(scope="module")
def officer(folder: Path) -> Iterator[TestClient]:
    with serving(folder) as client:
        yield client


def ids(client: TestClient, query: str) -> list[str]:
    answer = client.get(f"/search?{query}")
    assert answer.status_code == 200, answer.text
    return [hit["id"] for hit in answer.json()["hits"]]


def test_a_hit_says_what_it_is_and_why_it_matches(anybody: TestClient) -> None:
    answer = anybody.get("/search", params={"q": "zmd", "on": "2026-03-01"})
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "q": "zmd",
        "on": "2026-03-01",
        "more": False,
        "hits": [
            {
                "id": "zmd",
                "name": "驻马店市",
                "kind": "prefecture",
                "kind_zh": "地级行政区",
                "division": "411702100",
                "status": "standard",
                "toned": None,
                "plain": None,
                "other_names": [],
                "valid_from": None,
                "valid_to": None,
                "lon": 114.0,
                "lat": 33.0,
                "match": {
                    "how": "initials",
                    "how_zh": "拼音首字母",
                    "form": "驻马店市",
                    "form_kind": "standard",
                },
            }
        ],
    }


def test_a_slip_is_pointed_at(anybody: TestClient) -> None:
    (hit,) = anybody.get("/search", params={"q": "查岈山"}).json()["hits"]
    assert (hit["match"]["how"], hit["match"]["differs_at"]) == ("fuzzy", 1)


def test_geojson_puts_hits_on_a_map(anybody: TestClient) -> None:
    answer = anybody.get("/search", params={"q": "山", "f": "geojson"})
    assert answer.headers["content-type"] == "application/geo+json"
    (feature,) = answer.json()["features"]
    assert (feature["id"], feature["geometry"]) == ("shan", None)
    (feature,) = anybody.get("/search?q=zmd&f=geojson").json()["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [114.0, 33.0]}
    assert "lon" not in feature["properties"]


def test_hits_are_narrowed_by_kind_division_box_day_and_status(anybody: TestClient) -> None:
    assert ids(anybody, "q=张庄") == ["z1", "z2"]
    assert ids(anybody, "q=张庄&division=411728") == ["z2"]
    assert ids(anybody, "q=z&kind=prefecture,mountain") == ["zmd"]
    assert ids(anybody, "q=张庄&bbox=100,20,101,21") == []
    assert ids(anybody, "q=张庄&status=reserved") == []
    assert ids(anybody, "q=张庄&on=any") == ["z1", "z2"]
    assert ids(anybody, "kind=mountain") == ["shan"]


def test_more_is_told_and_a_large_limit_is_clamped(anybody: TestClient) -> None:
    assert anybody.get("/search?q=张庄&limit=1").json()["more"] is True
    assert anybody.get("/search?q=张庄&limit=2").json()["more"] is False
    assert len(ids(anybody, "q=张庄&limit=999999")) == 2


def test_what_is_not_public_is_for_the_officers_token_only(
    anybody: TestClient, officer: TestClient
) -> None:
    everything = {"z1", "z2", "secret", "hidden"}
    questions = ("q=张庄", "q=zhangzhuang", "q=zz", "q=章庄", "kind=street,building,settlement")
    for query in questions:
        assert set(ids(officer, query)) == everything
        assert set(ids(anybody, query)) == {"z1", "z2"}
    near = "/search/nearest?lon=114&lat=33&within=1000"
    assert {hit["id"] for hit in officer.get(near).json()["hits"]} == {*everything, "zmd"}
    assert {hit["id"] for hit in anybody.get(near).json()["hits"]} == {"z1", "z2", "zmd"}
    for path in ("/search/suggest?q=张庄内", "/search/counts?q=张庄内部路"):
        assert "张庄内部路" in officer.get(path).text or '"places":1' in officer.get(path).text
        told = anybody.get(path).json()
        assert told.get("suggestions", told.get("counts")) == []
    assert officer.get("/search?q=张庄").headers["cache-control"] == "no-store"
    assert "Authorization" in anybody.get("/search?q=张庄").headers["vary"]


def test_a_token_that_is_not_the_officers_is_refused(anybody: TestClient) -> None:
    for header in (f"Bearer {BEARER}x", "Bearer ", f"Basic {BEARER}"):
        answer = anybody.get("/search?q=张庄", headers={"Authorization": header})
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"


def test_suggestions_name_each_name_once(anybody: TestClient) -> None:
    told = anybody.get("/search/suggest", params={"q": "zhang", "limit": 5}).json()
    assert [each["name"] for each in told["suggestions"]] == ["张庄"]
    assert told["suggestions"][0]["match"]["how"] == "pinyin"


def test_the_nearest_tell_their_distance(anybody: TestClient) -> None:
    hits = anybody.get("/search/nearest?lon=114.001&lat=33&limit=1").json()["hits"]
    assert [hit["id"] for hit in hits] == ["zmd"]
    assert hits[0]["distance_m"] == pytest.approx(93.5, abs=0.1)


def test_counts_are_told_by_division_and_by_class(anybody: TestClient) -> None:
    told = anybody.get("/search/counts?of=name&by=class").json()
    assert told["counts"] == [
        {
            "class": "committee_seat",
            "class_zh": "村民委员会、居民委员会所在地",
            "names": 1,
            "places": 2,
        }
    ]
    told = anybody.get("/search/counts?of=reading&by=division&q=zhang zhuang").json()
    assert told["counts"] == [
        {"division": "411702", "names": 1, "places": 1},
        {"division": "411728", "names": 1, "places": 1},
    ]
    assert anybody.get("/search/counts?by=division").json()["counts"] == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/search", "missing_key"),
        ("/search?q=", "bad_query"),
        ("/search?q=%F0%9F%98%80", "bad_query"),
        ("/search?q=，", "bad_query"),
        ("/search?q=" + "路" * 101, "bad_query"),
        ("/search?q=路&nme=x", "unknown_parameter"),
        ("/search?q=路&q=街", "repeated_parameter"),
        ("/search?q=路&kind=planet", "bad_value"),
        ("/search?q=路&division=41x", "bad_code"),
        ("/search?q=路&on=2026-02-30", "bad_date"),
        ("/search?q=路&bbox=1,2,3", "bad_bbox"),
        ("/search?q=路&limit=0", None),
        ("/search?q=路&f=xml", None),
        ("/search/suggest", None),
        ("/search/suggest?q=路&bbox=1,2,3,4", "unknown_parameter"),
        ("/search/nearest?lon=114", None),
        ("/search/nearest?lon=nan&lat=33", None),
        ("/search/nearest?lon=33&lat=114", "bad_position"),
        ("/search/nearest?lon=114&lat=33&within=-1", None),
        ("/search/counts?of=smell", None),
        ("/search/counts?of=reading&q=zzz", "bad_reading"),
    ],
)
def test_a_bad_or_unknown_parameter_is_a_400_that_names_it(
    anybody: TestClient, path: str, code: str | None
) -> None:
    answer = anybody.get(path)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert code is None or answer.json()["code"] == code


def test_a_name_that_is_just_written_is_found_at_once(anybody: TestClient, folder: Path) -> None:
    assert ids(anybody, "q=新开路") == []
    with Store.open(folder) as store, store.write() as writing:
        row = {"id": "new", "name": "新开路", "kind": "street"}
        writing.add(Collection.PLACE_NAMES, name_frame(row), Edit("测试", "测试"))
    assert ids(anybody, "q=新开路") == ["new"]
    assert ids(anybody, "q=xinkai") == ["new"]


def test_the_definition_shows_an_example_of_every_answer(anybody: TestClient) -> None:
    paths = anybody.get("/api").json()["paths"]
    for path in ("/search", "/search/suggest", "/search/nearest", "/search/counts"):
        operation = paths[path]["get"]
        assert "example" in operation["responses"]["200"]["content"]["application/json"]
        assert all("description" in parameter for parameter in operation["parameters"])
