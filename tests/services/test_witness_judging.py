"""Readings of witness marks against the register: one tolerance in metres, both values told."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civgeo.domain.bearings import angle_text
from civgeo.domain.field_results import ResultFault, WitnessCheck
from civgeo.domain.field_sheet import FieldWitness
from civgeo.services.inspection_import import FileReport
from civgeo.services.witness_judging import Told, witness_findings
from services.field_result_files import MARKERS, imported, marker_item, open_city, result_file

DISPLACED, UNKNOWN = ResultFault.WITNESS_DISPLACED, ResultFault.WITNESS_UNKNOWN
HOUSE = FieldWitness(1, "机井房东南角", "57°10′", "20.00")
TREE = FieldWitness(2, "杨树", "180°00′", "10.00")
BARE = FieldWitness(3, "石碑")


def found(*checks: WitnessCheck, tolerance_m: float = 1.0, added: bool = False) -> list[Told]:
    return list(witness_findings(checks, [HOUSE, TREE, BARE], tolerance_m, added=added))


def house(azimuth: str | None, distance: str | None) -> WitnessCheck:
    return WitnessCheck(HOUSE.name, True, azimuth, distance)


def test_both_values_and_the_metres_between_both_places_are_told():
    [told] = found(house("60°10′", "21.50"))
    by_cosines = math.sqrt(20**2 + 21.5**2 - 2 * 20 * 21.5 * math.cos(math.radians(3)))
    assert told.fault is DISPLACED
    assert told.message == (
        "方位物“机井房东南角”登记坐标方位角 57°10′、距离 20.00 米，"
        f"实测坐标方位角 60°10′、距离 21.50 米，两处位置相距 {by_cosines:.2f} 米，"
        "超过限差 1 米（在 20.00 米处合 2°52′）。请复测；确已变动的，重填登记表"
    )


@pytest.mark.parametrize(
    ("azimuth", "distance", "said"),
    [
        (None, "21.01", "相距 1.01 米，超过限差 1 米；只比较距离"),
        ("60°10′", None, "相距 1.05 米，超过限差 1 米（在 20.00 米处合 2°52′）；只比较方位角"),
        ("237°10′", "20", "约差 180°，像是从方位物测向界桩"),
    ],
)
def test_one_value_alone_is_judged_with_the_other_as_registered(azimuth, distance, said):
    [told] = found(house(azimuth, distance))
    assert (told.fault, said in told.message) == (DISPLACED, True)


@pytest.mark.parametrize(
    ("azimuth", "distance", "tolerance_m", "count"),
    [
        (None, "21", 1.0, 0),
        ("60°01′", None, 1.0, 0),
        ("57-10", "20.5 米", 0.1, 0),
        ("57-10", "２０．５１", 0.1, 1),
        ("60°10′", "21.50", 2.0, 0),
        (None, None, 1.0, 0),
    ],
)
def test_the_tolerance_is_that_of_the_round_and_half_a_metre_at_least(
    azimuth, distance, tolerance_m, count
):
    assert len(found(house(azimuth, distance), tolerance_m=tolerance_m)) == count


def test_north_is_one_direction_from_both_sides():
    mark = FieldWitness(1, "杨树", "359°50′", "30.00")
    check = WitnessCheck("杨树", True, "0°10′", "30.00")
    assert list(witness_findings([check], [mark], 0.5, added=False)) == []


@given(st.integers(0, 360 * 60 - 1), st.integers(1, 30_000))
def test_a_reading_as_registered_is_never_a_finding(minutes, centimetres):
    angle, length = angle_text(Fraction(minutes, 60)), f"{centimetres / 100:.2f}"
    mark, check = FieldWitness(1, "井", angle, length), WitnessCheck("井", True, angle, length)
    assert list(witness_findings([check], [mark], 0.0, added=False)) == []


def test_a_mark_is_found_by_its_name_in_another_place():
    moved = (WitnessCheck("杨 树", True, "180°", "10"), house("57°10′", "20"))
    assert found(*moved) == []


def test_two_marks_of_one_name_keep_their_places():
    marks = [FieldWitness(1, "杨树", "10°", "5"), FieldWitness(2, "杨树", "190°", "5")]
    checks = [WitnessCheck("杨树", True, "10°", "5"), WitnessCheck("杨树", True, "190°", "5")]
    assert list(witness_findings(checks, marks, 0.5, added=False)) == []


def test_a_name_that_is_not_registered_is_told_and_an_added_mark_otherwise():
    stray = WitnessCheck("高压线塔", True, "1°", "2")
    [told] = found(stray)
    assert (told.fault, told.raw) == (UNKNOWN, "高压线塔")
    assert "登记的是：机井房东南角、杨树、石碑" in told.message
    [told] = found(stray, added=True)
    assert "重填登记表" in told.message
    assert found(WitnessCheck("高压线塔")) == []
    [twice] = found(house("57°10′", None), house("57°10′", None))
    assert "写的次数比登记的多" in twice.message
    listed = [WitnessCheck(mark.name) for mark in (HOUSE, TREE, BARE)]
    [fourth] = found(*listed, WitnessCheck("", True))
    assert "没有写名称" in fourth.message


def test_what_cannot_be_read_or_is_not_registered_is_told_and_not_compared():
    told = found(house("东北", "-3"), WitnessCheck("石碑", True, "1°", "2"))
    assert [item.fault for item in told] == [ResultFault.UNREADABLE] * 2 + [UNKNOWN] * 2
    assert [item.raw for item in told] == ["东北", "-3", "1°", "2"]


def test_azimuths_without_any_distance_cannot_be_weighed():
    mark = FieldWitness(1, "井", "10°", None)
    check = WitnessCheck("井", True, "20°", None)
    [told] = witness_findings([check], [mark], 1.0, added=False)
    assert "求不出" in told.message


def reported(folder, *witnesses: dict) -> FileReport:
    city = open_city(folder)
    with city.store:
        [report] = imported(
            city, result_file(folder, [marker_item(5, witnesses=list(witnesses))])
        ).files
    return report


def test_an_import_tells_a_displaced_witness_mark_and_keeps_the_reading(tmp_path):
    report = reported(tmp_path, {"name": "", "found": True, "distance_m": "90"})
    [finding] = report.findings
    assert (finding.fault, finding.subject) == (DISPLACED, MARKERS[5]["number"])
    assert "距离 90.00 米" in finding.raw
    assert report.created == 1
