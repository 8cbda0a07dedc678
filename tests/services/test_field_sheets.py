"""What is collected for the inspectors of one line."""

import json
from datetime import date

import numpy as np
import pytest
import shapely

from civgeo.domain.history import Edit
from civgeo.errors import InvalidInput, NotFound, RuleViolation
from civgeo.geo.crs import project, zone_of
from civgeo.geo.witness import witness_reading
from civgeo.services.field_sheets import field_lines, field_sheet
from civgeo.store.tables import Collection
from field_specimens import (
    LINE_CODE,
    SIDES,
    boundary_city,
    line_row,
    marker_rows,
    round_row,
    specimen_package,
    wound_line,
)


@pytest.fixture
def opened(tmp_path):
    """Builds a city and closes it in the end."""
    cities = []

    def build(**given):
        cities.append(boundary_city(tmp_path / f"store{len(cities)}", **given))
        return cities[-1]

    yield build
    for city in cities:
        city.store.close()


def test_markers_come_in_route_order_with_growing_kilometres():
    sheet = specimen_package().sheet
    assert [marker.order for marker in sheet.markers] == list(range(1, 25))
    firsts = [stop.markers[0].chainage_m for stop in sheet.stops]
    assert firsts == sorted(firsts)
    assert (sheet.markers[0].km, sheet.markers[-1].number) == ("0.000", f"{LINE_CODE}023Q")
    assert sheet.markers[-1].chainage_m == pytest.approx(sheet.length_m, abs=1)


def test_a_double_marker_is_one_stop_and_each_names_the_other():
    [stop] = [stop for stop in specimen_package().sheet.stops if len(stop.markers) > 1]
    assert [marker.number[-1] for marker in stop.markers] == ["A", "B"]
    assert [marker.twins for marker in stop.markers] == [("2223012B",), ("2223012A",)]


def test_segments_join_end_to_end_and_carry_register_ids():
    sheet = specimen_package().sheet
    assert len(sheet.segments) == 22
    for before, after in zip(sheet.segments[:-1], sheet.segments[1:], strict=True):
        assert before.end_m == after.start_m
        assert before.id.split("/")[1] == after.id.split("/")[0]
    ids = {marker.id for marker in sheet.markers}
    assert {part for segment in sheet.segments for part in segment.id.split("/")} <= ids
    assert sum(segment.end_m - segment.start_m for segment in sheet.segments) == pytest.approx(
        sheet.length_m, abs=1
    )


def test_only_sentences_that_name_both_ends_are_taken_from_the_walk_description():
    told = [segment.course for segment in specimen_package().sheet.segments]
    assert told[0] == "从2223001Q界桩起，沿乡间土路中心线向东南至2223002Q界桩"
    assert told[1].startswith("由2223002Q界桩")
    assert set(told[2:]) == {""}


def test_witness_marks_lie_where_azimuth_and_distance_put_them():
    for marker in specimen_package().sheet.markers:
        zone = zone_of(marker.place[0])
        east, north = (float(side) for side in project(*marker.place, zone))
        for witness in marker.witnesses:
            own_east, own_north = project(*witness.place, zone)
            azimuth, distance = witness_reading(north, east, float(own_north), float(own_east))
            degrees, minutes = witness.grid_azimuth.rstrip("′").split("°")
            assert float(azimuth) == pytest.approx(int(degrees) + int(minutes) / 60, abs=0.02)
            assert float(distance) == pytest.approx(float(witness.distance_m), abs=0.001)


def test_the_outlines_tell_the_sides_apart():
    sheet = specimen_package().sheet
    assert (sheet.left, sheet.right) == ("南坪县", "西岭县")
    assert [side.code for side in sheet.sides] == list(SIDES)


def test_a_line_is_found_by_code_name_and_id(opened):
    city = opened(markers=marker_rows(2))
    found = [field_sheet(city, given).line for given in (LINE_CODE, " 坪岭线 ", line_row()["id"])]
    assert found == [line_row()["id"]] * 3
    assert field_lines(city) == {LINE_CODE: "坪岭线"}


def test_the_ends_of_a_line_without_markers_are_segments_too(opened):
    city = opened(markers=[marker_rows()[5]])
    sheet = field_sheet(city, LINE_CODE)
    [marker] = sheet.markers
    assert [item.id for item in sheet.segments] == [f"start/{marker.id}", f"{marker.id}/end"]
    assert sheet.stops[-1].markers == ()


def test_a_marker_without_a_place_comes_last_and_unreadable_witnesses_are_kept(opened):
    lost = marker_rows(1)[0] | {
        "id": "lost",
        "number": "2223000Q",
        "geometry": None,
        "witnesses": json.dumps([{"name": "树", "grid_azimuth": "约60度", "distance_m": "3"}]),
    }
    sheet = field_sheet(opened(markers=[lost, *marker_rows(3)]), LINE_CODE)
    last = sheet.markers[-1]
    assert (last.number, last.order, last.km, last.place) == ("2223000Q", 4, "—", None)
    [witness] = last.witnesses
    assert (witness.grid_azimuth, witness.east_m, witness.place) == ("约60度", None, None)


def test_a_closed_line_starts_at_its_northernmost_corner(opened):
    angles = np.linspace(0, 2 * np.pi, 60)
    ring = shapely.LineString(
        np.column_stack([113.6 + 0.05 * np.cos(angles), 32.8 + 0.05 * np.sin(angles)])
    )
    row = marker_rows(1)[0] | {"geometry": shapely.Point(113.6, 32.85)}
    sheet = field_sheet(opened(lines=[line_row(geometry=ring)], markers=[row]), LINE_CODE)
    assert sheet.path[0][1] == pytest.approx(32.85, abs=0.001)
    assert sheet.length_m > 25_000


def test_the_same_records_give_the_same_package_and_an_edit_another(opened):
    city = opened(markers=marker_rows(3))
    first = field_sheet(city, LINE_CODE).package
    assert field_sheet(city, LINE_CODE).package == first
    assert field_sheet(city, LINE_CODE, round_number=6).package != first
    marker = str(marker_rows(1)[0]["id"])
    city.store.correct(
        Collection.BOUNDARY_MARKERS, marker, {"remark": "重描"}, Edit("张三", "联检"), 1
    )
    assert field_sheet(city, LINE_CODE).package != first


@pytest.mark.parametrize(
    ("given", "line", "error", "code", "said"),
    [
        ({}, "没有的线", NotFound, "not_found", "坪岭线（2223）"),
        ({"markers": []}, LINE_CODE, InvalidInput, "no_markers", "没有登记界桩"),
        ({"lines": [line_row(geometry=None)]}, LINE_CODE, InvalidInput, "no_geometry", "没有图形"),
        ({"rounds": []}, LINE_CODE, InvalidInput, "no_round", "--round"),
        (
            {"rounds": [round_row(state="filed")]},
            LINE_CODE,
            InvalidInput,
            "no_round",
            "第 5 轮已备案",
        ),
        (
            {"lines": [line_row(), line_row(id="second", code="9", name="坪岭线")]},
            "坪岭线",
            InvalidInput,
            "ambiguous_line",
            "second",
        ),
        (
            {"markers": [marker_rows(1)[0] | {"secrecy": "secret"}]},
            LINE_CODE,
            RuleViolation,
            "secret",
            "涉密",
        ),
    ],
)
def test_what_cannot_be_packed_is_refused_with_the_reason(opened, given, line, error, code, said):
    with pytest.raises(error, match=said) as refused:
        field_sheet(opened(**given), line)
    assert refused.value.code == code


def test_a_round_may_be_named_where_none_is_planned(opened):
    sheet = field_sheet(opened(rounds=[], markers=marker_rows(1)), LINE_CODE, round_number=5)
    assert (sheet.round.number, sheet.round.due, sheet.title) == (
        5,
        None,
        "坪岭线第五轮联合检查",
    )


def test_a_special_inspection_under_way_goes_before_the_filed_one_of_its_round(opened):
    filed = round_row(id="filed", state="filed", due="2027-11-30")
    city = opened(rounds=[filed, round_row(kind="special")], markers=marker_rows(1))
    sheet = field_sheet(city, LINE_CODE, round_number=5)
    assert (sheet.round.filed, sheet.round.due) == (False, date(2026, 11, 30))


def test_the_line_of_the_specimen_is_about_forty_kilometres_long():
    assert specimen_package().sheet.length_m == pytest.approx(39_661, abs=1)
    assert wound_line().is_simple
