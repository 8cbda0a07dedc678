"""A proposed name against the register, with the entries in conflict and how far they are."""

from datetime import date

import numpy as np
import pytest
from shapely import LineString, Point

from api.served_city import REGISTER, divisions
from civgeo.domain.fields import Fields
from civgeo.errors import CrsError, InvalidInput
from civgeo.services.city import City
from civgeo.services.name_conflicts import (
    REGISTER_CHECK_KEYS,
    conflicts_chart,
    register_answer,
    register_check,
)
from civgeo.store.store import Store
from civgeo.store.tables import Collection
from specimen_names import name_records

STREET = {
    "kind": "street",
    "division": "990102",
    "builtup_area": "甲区城区",
    "status": "standard",
    "name": "光明路",
    "reading": "guāng míng lù",
}
QUESTION = {"name": "光明路", "kind": "street", "division": "990102", "builtup_area": "甲区城区"}
HERE = {"lon": 114.05, "lat": 33.05}


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    line = LineString([(114.05, 33.06), (114.07, 33.06)])
    names = name_records(
        "place_names",
        STREET | {"id": "line", "geometry": line},
        STREET | {"id": "point", "name": "光鸣路", "geometry": Point(114.06, 33.05)},
        STREET | {"id": "nowhere", "name": "广明路", "reading": "guǎng míng lù"},
        STREET | {"id": "other", "name": "望湖路", "reading": "wàng hú lù", "geometry": line},
    )
    folder = tmp_path_factory.mktemp("conflicts") / "s"
    with Store.create(folder, register=REGISTER) as store:
        with store.write() as writing:
            writing.add_divisions(divisions())
            writing.add(Collection.PLACE_NAMES, names)
        yield City(store, date(2026, 3, 1))


def check(city, **more):
    return register_check(city, Fields(QUESTION | more, REGISTER_CHECK_KEYS))


def test_entries_in_conflict_come_with_the_kind_of_conflict_and_their_distance(city):
    found = check(city, **HERE)
    assert found.conflicts["code"].to_dict() == {
        "line": "duplicate",
        "point": "homophone",
        "nowhere": "homophone_toneless",
    }
    far = found.conflicts["distance_m"]
    degree = 111_195
    assert far["line"] == pytest.approx(0.01 * degree, rel=0.01)
    assert far["point"] == pytest.approx(0.01 * degree * np.cos(np.radians(33.05)), rel=0.01)
    assert np.isnan(far["nowhere"])


def test_without_a_place_there_are_no_distances(city):
    assert check(city).conflicts["distance_m"].isna().all()


def test_the_answer_holds_the_entries_as_features(city):
    answer = register_answer(check(city, **HERE))
    features = {item["id"]: item for item in answer["conflicts"]["features"]}
    assert set(features) == {ref for item in answer["findings"] for ref in item["against"]}
    assert features["line"]["geometry"]["type"] == "LineString"
    assert features["nowhere"]["geometry"] is None
    assert features["nowhere"]["properties"]["distance_m"] is None
    assert answer["blocked"] is True


def test_a_name_without_conflicts_has_none(city):
    answer = register_answer(check(city, name="清风路"))
    assert answer["conflicts"] == {"type": "FeatureCollection", "features": []}
    page = conflicts_chart(city, [check(city, name="清风路")]).to_single_file()
    assert "没有同名、同音的冲突" in page


def test_the_map_shows_every_proposal_with_its_conflicts(city):
    page = conflicts_chart(city, [check(city, **HERE), check(city, name="望湖路")]).to_single_file()
    for words in (
        "“光明路”（街路巷）：与 3 条",
        "“望湖路”（街路巷）：与 1 条",
        "“广明路”",
        "1.1 千米",
    ):
        assert words in page
    assert "没有给出位置的拟用地名未画出" in page


@pytest.mark.parametrize(
    ("place", "error"),
    [
        ({"lon": 114.05}, InvalidInput),
        ({"lon": 33.05, "lat": 114.05}, CrsError),
        ({"lon": 114.05, "lat": 89}, InvalidInput),
        ({"lon": "east", "lat": 33}, InvalidInput),
        ({"famous": "yes"}, InvalidInput),
    ],
)
def test_a_place_that_cannot_be_is_refused(city, place, error):
    with pytest.raises(error):
        check(city, **place)
