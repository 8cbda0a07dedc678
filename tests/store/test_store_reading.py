from collections.abc import Iterator
from datetime import UTC, date, datetime

import geopandas as gpd
import numpy as np
import pytest
import shapely
import sqlalchemy as sa
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box

from civgeo.domain.division import DivisionCode
from civgeo.domain.estate import EstateClass
from civgeo.errors import InvalidInput, NotFound, StoreUnavailable
from civgeo.geo.frames import check_divisions, check_estates, check_facilities
from civgeo.store.reading import Register
from civgeo.store.store import Store
from civgeo.store.tables import Collection

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "`${7*7}`</script>",
    "=cmd|' /C calc'!A0",
    "Robert'); DROP TABLE estates;--",
    "\U00020bb7野家\U0001f3e0小区",
    "行\n列\t零\x00后",
    "%_\\",
    "名" * 5000,
]


def test_every_column_of_divisions_comes_back(store, divisions):
    frame = divisions(
        {"id": "411700", "code": "411700", "level": "prefecture", "parent": "41"},
        {
            "id": "411702",
            "code": "411702",
            "role": "context",
            "valid_from": "2000-12-31",
            "valid_to": "2030-02-28",
            "source_date": "2024-02-29",
            "version": 7,
            "simulated": False,
        },
        {"id": "NBS-411702001", "code": "411702001", "level": "township", "system": "NBS"}
        | {"parent": None, "geometry": None, "name": "老街街道\U00020bb7"},
    )
    with store.write() as writing:
        writing.add_divisions(frame)
    with store.read() as reading:
        found = reading.features(Collection.DIVISIONS)
    assert_geodataframe_equal(found, check_divisions(frame), check_like=True)
    assert found.columns.tolist()[:3] == ["code", "name", "level"]


def test_every_column_of_estates_and_facilities_comes_back(store, estates, facilities):
    mixed = {"estate_class": "mixed", "households": 500, "households_new": 200}
    rich = {"community": "411702001001", "completed_year": 2019, "elders": 0, "stage": "planned"}
    homes = estates(
        {"id": "a", **mixed, **rich, "geometry": box(114, 33, 114.1, 33.1)},
        {"id": "b", "geometry": MultiPolygon([box(114, 33, 114.1, 33.1)]), "households": 10**9},
        {"id": "c"},
    )
    rooms = facilities(
        {"id": "f", "estate": "a", "floor_area_m2": 0.1, "beds": 3, "nursing_beds": 0}
        | {"opened": "2021-05-01", "status": "suspended", "community": "411702001001"},
        {"id": "g", "kind": "funeral_home", "division": "411702"},
    )
    with store.write() as writing:
        writing.add_estates(homes)
        writing.add_facilities(rooms)
    with store.read() as reading:
        assert_geodataframe_equal(reading.features(Collection.ESTATES), check_estates(homes))
        assert_geodataframe_equal(reading.features(Collection.FACILITIES), check_facilities(rooms))


def test_an_empty_collection_has_the_columns_and_types_of_a_full_one(store, estates):
    with store.read() as reading:
        empty = reading.features(Collection.ESTATES)
    with store.write() as writing:
        writing.add_estates(estates({"id": "a"}))
        full = writing.features(Collection.ESTATES)
    assert empty.attrs["last_fid"] is None
    assert full.attrs["last_fid"] == 1
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()
    assert (empty.crs, empty.index.name) == (full.crs, "id")


def test_hostile_names_are_only_text(store, estates):
    frame = estates(*({"id": f"e{n}", "name": name} for n, name in enumerate(HOSTILE)))
    with store.write() as writing:
        writing.add_estates(frame)
    with store.read() as reading:
        assert reading.features(Collection.ESTATES)["name"].tolist() == HOSTILE
        for n, name in enumerate(HOSTILE):
            found = reading.features(Collection.ESTATES, where={"name": name})
            assert found.index.tolist() == [f"e{n}"]
            assert reading.features(Collection.ESTATES, ids=[name]).empty


def test_a_division_holds_all_below_it_whatever_the_length_of_its_code(store, divisions, estates):
    with store.write() as writing:
        codes = ["410000", "411700", "411702", "411702001", "411300", "411800"]
        levels = ["province", "prefecture", "county", "township", "prefecture", "prefecture"]
        rows = ({"id": c, "code": c, "level": v} for c, v in zip(codes, levels, strict=True))
        writing.add_divisions(divisions(*rows))
        writing.add_estates(
            estates(
                {"id": "a", "division": "411702001", "community": "411702001001"},
                {"id": "b", "division": "411702001", "community": "411702001002"},
                {"id": "c", "division": "411702100"},
                {"id": "d", "division": "411802001"},
            )
        )
    with store.read() as reading:

        def found(collection: Collection, code: str) -> str:
            frame = reading.features(collection, division=code)
            assert len(frame) == reading.count(collection, division=code)
            return " ".join(frame.index)

        assert found(Collection.DIVISIONS, "411700") == "411700 411702 411702001"
        assert found(Collection.DIVISIONS, "41") == " ".join(codes)
        assert found(Collection.ESTATES, "4117") == found(Collection.ESTATES, "411700") == "a b c"
        assert found(Collection.ESTATES, "411702001") == "a b"
        assert found(Collection.ESTATES, "411702001000") == "a b"
        assert found(Collection.ESTATES, "411702001002") == "b"
        assert found(Collection.ESTATES, "320481") == ""
        with pytest.raises(InvalidInput, match="区划代码"):
            reading.features(Collection.ESTATES, division="41' OR 1=1")


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> Iterator[tuple[Store, gpd.GeoDataFrame]]:
    """Three hundred estates: points, diamonds, L shapes, some on whole degrees."""
    rng = np.random.default_rng(7)
    xs = np.round(rng.uniform(113, 117, 300), 3)
    ys = np.round(rng.uniform(31, 35, 300), 3)
    xs[:40], ys[:40] = np.round(xs[:40]), np.round(ys[:40])
    shapes = shapely.points(xs, ys)
    shapes[100:200] = shapely.buffer(shapes[100:200], 0.2, quad_segs=1)
    shapes[200:] = shapely.buffer(shapes[200:], 0.3)
    notch = shapely.box(xs[200:], ys[200:], xs[200:] + 0.3, ys[200:] + 0.3)
    shapes[200:] = shapely.difference(shapes[200:], notch)
    frame = gpd.GeoDataFrame(
        {
            "name": "小区",
            "division": "411702001",
            "community": None,
            "estate_class": ["new" if n % 3 else "existing" for n in range(300)],
            "completed_year": 2020,
            "households": range(300),
            "households_new": None,
            "elders": None,
            "stage": "built",
            "source": "模拟",
            "simulated": [n % 2 == 0 for n in range(300)],
            "version": 1,
        },
        geometry=shapes,
        crs="EPSG:4490",
        index=[f"e{n:03}" for n in range(300)],
    )
    made = datetime(2026, 1, 1, tzinfo=UTC)
    about = Register("411700", "驻马店市", True, created_at=made, edition="", sources={})
    store = Store.create(tmp_path_factory.mktemp("city"), register=about)
    with store.write() as writing:
        writing.add_estates(frame)
    yield store, frame
    store.close()


LONS = st.one_of(st.floats(112.5, 117.5), st.integers(112, 118).map(float))
LATS = st.one_of(st.floats(30.5, 35.5), st.integers(30, 36).map(float))


@settings(max_examples=60, deadline=None)
@given(st.tuples(LONS, LONS), st.tuples(LATS, LATS))
def test_a_bbox_finds_what_shapely_says_meets_it(city, lons, lats):
    store, frame = city
    bbox = (min(lons), min(lats), max(lons), max(lats))
    expected = frame.index[shapely.intersects(shapely.box(*bbox), frame.geometry.to_numpy())]
    with store.read() as reading:
        assert reading.features(Collection.ESTATES, bbox=bbox).index.tolist() == expected.tolist()
        assert reading.count(Collection.ESTATES, bbox=bbox) == len(expected)


def test_a_bbox_across_the_antimeridian_takes_both_sides(city):
    store, _ = city
    with store.read() as reading:
        east = reading.count(Collection.ESTATES, bbox=(115.0, 31.0, 180.0, 35.5))
        assert 0 < east == reading.count(Collection.ESTATES, bbox=(115.0, 31.0, -170.0, 35.5))
        west = reading.count(Collection.ESTATES, bbox=(-180.0, 31.0, 114.0, 35.5))
        assert 0 < west == reading.count(Collection.ESTATES, bbox=(170.0, 31.0, 114.0, 35.5))


@pytest.mark.parametrize(
    "bbox",
    [
        (114.0, 34.0, 115.0, 33.0),
        (float("nan"), 33.0, 115.0, 34.0),
        (114.0, 33.0, float("inf"), 34.0),
    ],
)
def test_a_senseless_bbox_is_refused(city, bbox):
    with city[0].read() as reading, pytest.raises(InvalidInput, match="范围"):
        reading.features(Collection.ESTATES, bbox=bbox)


def test_a_row_without_geometry_meets_no_bbox(store, divisions):
    with store.write() as writing:
        rows = {"id": "411702", "code": "411702", "geometry": None}
        writing.add_divisions(divisions(rows))
        assert writing.count(Collection.DIVISIONS, bbox=(-180, -90, 180, 90)) == 0
        assert writing.extent(Collection.DIVISIONS) is None


@pytest.mark.parametrize("size", [1, 7, 100, 299, 300, 1000])
def test_pages_walk_every_feature_once(city, size):
    store, frame = city
    seen: list[str] = []
    after = None
    with store.read() as reading:
        while True:
            page = reading.features(Collection.ESTATES, limit=size, after=after)
            after = page.attrs["last_fid"]
            if after is None:
                break
            assert len(page) <= size
            seen += page.index.tolist()
    assert seen == frame.index.tolist()


def test_conditions_hold_together_with_pages(city):
    store, frame = city
    wanted = {"estate_class": "existing", "simulated": True}
    expected = frame.index[(frame["estate_class"] == "existing") & frame["simulated"]].tolist()
    with store.read() as reading:
        first = reading.features(Collection.ESTATES, where=wanted, limit=20)
        rest = reading.features(Collection.ESTATES, where=wanted, after=first.attrs["last_fid"])
        assert first.index.tolist() + rest.index.tolist() == expected
        assert reading.count(Collection.ESTATES, where={"households": 17}) == 1
        assert reading.features(Collection.ESTATES, limit=0).empty


def test_many_ids_are_found_and_strangers_left_out(city):
    store, _ = city
    ids = [f"e{n:03}" for n in range(100, 90_000)]
    with store.read() as reading:
        assert len(reading.features(Collection.ESTATES, ids=ids)) == 200
        assert reading.features(Collection.ESTATES, ids=[]).empty


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ({"colour": "red"}, "没有属性 'colour'.*estate_class"),
        ({"geometry": "x"}, "没有属性"),
        ({"fid": 1}, "没有属性"),
        ({"households": "12"}, "整数"),
        ({"households": True}, "整数"),
        ({"households": 2**63}, "整数"),
        ({"simulated": 1}, "是或否"),
        ({"name": 5}, "文字"),
        ({"name": "\ud800"}, "代理码位"),
    ],
)
def test_a_condition_that_cannot_be_asked_names_the_property(city, where, message):
    with pytest.raises(InvalidInput, match=message), city[0].read() as reading:
        reading.features(Collection.ESTATES, where=where)


def test_a_number_property_may_be_asked_for_with_a_whole_number(store, facilities):
    with store.write() as writing:
        writing.add_facilities(facilities({"id": "f", "floor_area_m2": 300.0}, {"id": "g"}))
        assert writing.count(Collection.FACILITIES, where={"floor_area_m2": 300}) == 1


def test_an_id_that_is_not_there_is_not_found(store):
    with store.read() as reading, pytest.raises(NotFound, match="没有编号为 'nobody'"):
        reading.feature(Collection.ESTATES, "nobody")


def test_extent_grows_with_what_is_added(store, estates):
    with store.write() as writing:
        writing.add_estates(estates({"id": "a", "geometry": box(114, 33, 114.25, 33.5)}))
        writing.add_estates(estates({"id": "b", "geometry": Point(113.5, 33.75)}))
        assert writing.extent(Collection.ESTATES) == (113.5, 33.0, 114.25, 33.75)


def test_a_damaged_geometry_is_reported_and_not_skipped(store, raw, estates):
    with store.write() as writing:
        writing.add_estates(estates({"id": "a"}))
    with raw.begin() as connection:
        connection.execute(sa.text("UPDATE own_write SET active = 1"))
        connection.execute(sa.text("DROP TRIGGER rtree_estates_geometry_update1"))
        connection.execute(sa.text("DROP TRIGGER rtree_estates_geometry_update2"))
        connection.execute(sa.text("UPDATE estates SET geometry = x'4750000100'"))
        connection.execute(sa.text("UPDATE own_write SET active = 0"))
    with store.read() as reading, pytest.raises(StoreUnavailable, match="备份"):
        reading.features(Collection.ESTATES)


def test_standards_of_the_store_decide_like_those_of_the_package(store, standard):
    with store.write() as writing:
        writing.add_standards([standard])
    with store.read() as reading:
        book = reading.standards()
    assert book.standards == (standard,)
    assert book.edition == "2026-01"
    division = DivisionCode.parse("411702")
    chosen = book.choose(standard.topic, division, date(2026, 1, 1), EstateClass.NEW)
    assert chosen == standard


def test_shapes_of_other_kinds_never_reach_a_layer(store, estates):
    for shape in (LineString([(114, 33), (115, 34)]), Polygon()):
        with pytest.raises(InvalidInput), store.write() as writing:
            writing.add_estates(estates({"id": "a", "geometry": shape}))
