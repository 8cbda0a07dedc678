from decimal import Decimal

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import LineString, MultiPolygon, Point

import shapes
from civgeo.errors import CrsError, InvalidInput
from civgeo.geo.frames import check_divisions, check_estates, check_facilities

ORIGIN = {"source": "模拟", "simulated": True, "version": 1}
DIVISION = {
    "code": "411702",
    "name": "驿城区",
    "level": "county",
    "system": "MCA",
    "parent": "411700",
    "role": "own",
    "valid_from": "2000-08-01",
    "valid_to": None,
    "source_date": "2025-12-31",
    **ORIGIN,
    "geometry": MultiPolygon([shapes.SQUARE]),
}
ESTATE = {
    "name": "示范小区",
    "division": "411702001",
    "community": None,
    "estate_class": "new",
    "completed_year": 2021,
    "households": 1000,
    "households_new": None,
    "elders": None,
    "stage": "handed_over",
    **ORIGIN,
    "geometry": shapes.SQUARE,
}
FACILITY = {
    "name": "示范日间照料中心",
    "kind": "community_day_care",
    "division": "411702001",
    "community": "411702001001",
    "estate": None,
    "floor_area_m2": 312.5,
    "beds": 20,
    "nursing_beds": None,
    "opened": "2022-10-01",
    "status": "operating",
    **ORIGIN,
    "geometry": Point(114.02, 32.98),
}


def table(row, *changes, ids=None, crs="EPSG:4490"):
    """Frame of one row for each change of `row`."""
    rows = [row | change for change in changes or ({},)]
    index = ids or [f"row-{number}" for number in range(len(rows))]
    return gpd.GeoDataFrame(rows, index=index, geometry="geometry", crs=crs)


def divisions(*changes, **how):
    rows = [DIVISION | change for change in changes or ({},)]
    ids = [("NBS-" if row["system"] == "NBS" else "") + str(row["code"]) for row in rows]
    return table(DIVISION, *changes, **({"ids": ids} | how))


def estates(*changes, **how):
    return table(ESTATE, *changes, **how)


def facilities(*changes, **how):
    return table(FACILITY, *changes, **how)


CHECKED = [(check_divisions, divisions), (check_estates, estates), (check_facilities, facilities)]


@pytest.mark.parametrize(("check", "build"), CHECKED)
def test_a_good_frame_passes_with_index_order_and_crs(check, build):
    frame = build()
    checked = check(frame)
    assert list(checked.index) == list(frame.index)
    assert checked.index.name == "id"
    assert checked.crs.to_epsg() == 4490
    assert checked["simulated"].dtype == bool
    assert checked["version"].dtype == "int64"


@pytest.mark.parametrize(("check", "build"), CHECKED)
def test_the_frame_given_is_left_as_it_was(check, build):
    frame = build()
    before = frame.copy()
    check(frame)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(("check", "build"), CHECKED)
def test_checking_twice_changes_nothing(check, build):
    once = check(build())
    pd.testing.assert_frame_equal(check(once), once)


@pytest.mark.parametrize(("check", "build"), CHECKED)
def test_empty_frames_are_allowed(check, build):
    checked = check(build().iloc[:0])
    assert len(checked) == 0
    assert checked["version"].dtype == "int64"
    assert check(gpd.GeoDataFrame(columns=list(build().columns), crs="EPSG:4490")).empty


@pytest.mark.parametrize(("check", "build"), CHECKED)
def test_a_missing_column_is_named(check, build):
    with pytest.raises(InvalidInput, match="缺少列：source、version"):
        check(build().drop(columns=["source", "version"]))


@pytest.mark.parametrize(("check", "build"), CHECKED)
def test_a_further_column_passes_through(check, build):
    assert list(check(build().assign(remark=["x"]))["remark"]) == ["x"]


@pytest.mark.parametrize(("check", "build"), CHECKED)
@pytest.mark.parametrize("crs", [None, "EPSG:4326", "EPSG:4547", "EPSG:3857"])
def test_any_other_crs_is_refused(check, build, crs):
    with pytest.raises(CrsError):
        check(build(crs=crs))


@pytest.mark.parametrize("ids", [[None, "b"], ["a", "a"], ["a", 7], ["a", " "]])
@pytest.mark.parametrize("check_build", CHECKED)
def test_ids_are_text_and_unique(check_build, ids):
    check, build = check_build
    with pytest.raises(InvalidInput, match="编号"):
        check(build({}, {}, ids=ids))


@pytest.mark.parametrize(("check", "build"), CHECKED)
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("name", ""),
        ("name", None),
        ("source", 7),
        ("simulated", "是"),
        ("simulated", None),
        ("version", 0),
        ("version", 1.5),
        ("version", True),
    ],
)
def test_bad_values_of_common_columns_are_named(check, build, column, value):
    with pytest.raises(InvalidInput, match=f"“{column}”列"):
        check(build({column: value}))


def test_the_message_names_column_row_and_value():
    with pytest.raises(InvalidInput, match="小区表“households”列、编号“b”的值为“-3”，应为不小于 0"):
        check_estates(estates({}, {"households": -3}, ids=["a", "b"]))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("code", "41170"),
        ("code", "004100"),
        ("level", "city"),
        ("level", None),
        ("system", "mca"),
        ("parent", "驻马店市"),
        ("role", "neighbour"),
        ("valid_from", "2000-13-01"),
        ("valid_to", "20000801"),
        ("source_date", "2025-12"),
    ],
)
def test_bad_values_of_divisions_are_named(column, value):
    with pytest.raises(InvalidInput, match=f"“{column}”列.*{value or '空'}"):
        check_divisions(divisions({column: value}))


def test_the_id_of_a_division_follows_its_code_system():
    nbs = {"system": "NBS", "code": "411702006", "level": "township", "geometry": None}
    mca = nbs | {"system": "MCA"}
    checked = check_divisions(divisions(nbs, mca))
    assert list(checked.index) == ["NBS-411702006", "411702006"]
    with pytest.raises(InvalidInput, match="“id”列"):
        check_divisions(divisions(nbs, ids=["411702006"]))
    with pytest.raises(InvalidInput, match="“id”列"):
        check_divisions(divisions(mca, ids=["NBS-411702006"]))


def test_townships_need_no_outline():
    township = {"code": "411702001", "level": "township", "geometry": None}
    assert check_divisions(divisions({}, township)).geometry.isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("division", "411702"),
        ("division", 411702001),
        ("community", "411702001"),
        ("estate_class", "old"),
        ("completed_year", 1899),
        ("completed_year", 2021.5),
        ("households", -1),
        ("households", 10.5),
        ("households", "1000"),
        ("households", float("inf")),
        ("households", True),
        ("elders", -1),
        ("stage", "finished"),
        ("households_new", 10),
    ],
)
def test_bad_values_of_estates_are_named(column, value):
    with pytest.raises(InvalidInput, match=f"“{column}”列、编号“row-0”的值为“{value}”"):
        check_estates(estates({column: value}))


def test_counts_become_whole_numbers_that_can_be_null():
    checked = check_estates(estates({"households": 0}, {"households": None}))
    assert str(checked["households"].dtype) == "Int64"
    assert checked["households"].isna().tolist() == [False, True]
    assert checked["households"].iloc[0] == 0


@pytest.mark.parametrize("new", [0, 400, 1000])
def test_mixed_estates_say_how_many_households_are_new(new):
    mixed = {"estate_class": "mixed", "households": 1000, "households_new": new}
    assert check_estates(estates(mixed))["households_new"].iloc[0] == new


@pytest.mark.parametrize("new", [None, -1, 1001])
def test_mixed_estates_need_new_households_between_0_and_all(new):
    mixed = {"estate_class": "mixed", "households": 1000, "households_new": new}
    with pytest.raises(InvalidInput, match="“households_new”列"):
        check_estates(estates(mixed))


def test_mixed_estates_of_unknown_size_leave_the_new_households_out():
    mixed = {"estate_class": "mixed", "households": None}
    check_estates(estates(mixed))
    with pytest.raises(InvalidInput, match="“households_new”列"):
        check_estates(estates(mixed | {"households_new": 5}))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "养老机构"),
        ("division", "4117020011"),
        ("estate", ""),
        ("floor_area_m2", -0.0001),
        ("floor_area_m2", 312.12345),
        ("floor_area_m2", float("inf")),
        ("floor_area_m2", "312"),
        ("beds", -1),
        ("nursing_beds", 2.5),
        ("opened", "2022/10/01"),
        ("status", "open"),
    ],
)
def test_bad_values_of_facilities_are_named(column, value):
    with pytest.raises(InvalidInput, match=f"“{column}”列、编号“row-0”的值为“{value}”"):
        check_facilities(facilities({column: value}))


@pytest.mark.parametrize("area", [0, 0.0001, 1234.5678, 99999.9999, Decimal("312.5")])
def test_floor_areas_with_up_to_four_decimals_pass(area):
    checked = check_facilities(facilities({"floor_area_m2": area}))
    assert checked["floor_area_m2"].dtype == "float64"
    assert checked["floor_area_m2"].iloc[0] == float(area)


def test_an_unknown_floor_area_stays_null():
    checked = check_facilities(facilities({"floor_area_m2": None}))
    assert checked["floor_area_m2"].isna().all()


def test_flags_from_a_database_may_be_0_and_1():
    checked = check_facilities(facilities({"simulated": 0}, {"simulated": 1}))
    assert checked["simulated"].tolist() == [False, True]


def test_null_text_compares_without_null_answers():
    checked = check_facilities(facilities({"estate": "e-1"}, {"estate": None}))
    assert (checked["estate"] == "e-1").tolist() == [True, False]


@pytest.mark.parametrize(
    ("check", "frame"),
    [
        (check_divisions, divisions({"geometry": shapes.SQUARE})),
        (check_divisions, divisions({"geometry": MultiPolygon()})),
        (check_estates, estates({"geometry": LineString([(114, 33), (114.1, 33)])})),
        (check_estates, estates({"geometry": shapes.EMPTY})),
        (check_estates, estates({"geometry": None})),
        (check_facilities, facilities({"geometry": shapes.SQUARE})),
        (check_facilities, facilities({"geometry": Point()})),
        (check_facilities, facilities({"geometry": None})),
    ],
)
def test_other_shapes_are_refused(check, frame):
    with pytest.raises(InvalidInput, match="“geometry”列"):
        check(frame)


@pytest.mark.parametrize(
    "shape", [shapes.HOLE, shapes.MULTIPART, shapes.SLIVER, Point(114.02, 32.98)]
)
def test_estates_may_be_points_areas_and_multipart(shape):
    assert check_estates(estates({"geometry": shape})).geometry.iloc[0].equals(shape)


def test_an_invalid_outline_passes_for_the_geometry_checks_to_find():
    assert not check_estates(estates({"geometry": shapes.BOW_TIE})).is_valid.all()


@pytest.mark.parametrize("point", [Point(33, 114), Point(33.0, 40.0), Point(500_000, 3_650_000)])
def test_points_outside_china_are_refused_by_id(point):
    with pytest.raises(CrsError, match="“row-1”"):
        check_facilities(facilities({}, {"geometry": point}))
