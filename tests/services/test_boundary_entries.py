"""Entries of boundary lines and markers over a real store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import shapely

from boundary_city import COURSE, EDIT, LINES, MARKERS, SIDES, founded, line, marker, opened, row
from civgeo.domain.history import StaleVersion
from civgeo.errors import (
    InvalidInput,
    NotFound,
    NotPermitted,
    RuleViolation,
    VersionRequired,
)
from civgeo.services.boundary_entries import (
    close_entry,
    correct_entry,
    enter,
    entry_collection,
    restore_entry,
)
from civgeo.services.boundary_records import parsed_sides
from civgeo.services.city import City
from civgeo.services.editing import editable
from civgeo.services.features import Selection, feature_page
from civgeo.store.tables import Collection


@pytest.fixture
def founding(tmp_path: Path) -> Iterator[tuple[City, str, str]]:
    folder, own, placed = founded(tmp_path / "store")
    with opened(folder) as city:
        yield city, own, placed


def test_a_line_gets_its_length_and_stays_internal(founding) -> None:
    city, own, _ = founding
    found = row(city, LINES, own)
    assert found["length_m"] == pytest.approx(11_091, abs=2)
    assert (found["public"], found["secrecy"], found["division"]) == (False, "internal", "990102")
    assert feature_page(city, "boundary_lines", Selection(), limit=5).matched == 0


def test_a_marker_gets_serial_letter_setting_sides_and_chainage(founding) -> None:
    city, _, placed = founding
    found = row(city, MARKERS, placed)
    assert (found["serial"], found["suffix"], found["setting"]) == (1, "Q", "单立")
    assert (found["engraved"], found["level"], found["division"]) == (
        "0221001Q",
        "county",
        "990102",
    )
    assert found["chainage_m"] == pytest.approx(11_091 * 0.6, abs=2)
    assert found["offset_m"] == 0


def test_an_unknown_letter_is_kept_and_gives_no_setting(founding) -> None:
    city, *_ = founding
    id = enter(city, MARKERS, marker("0221002X", 33.05), EDIT).id
    found = row(city, MARKERS, id)
    assert (found["number"], found["suffix"], found["setting"]) == ("0221002X", "X", None)


@pytest.mark.parametrize("text", ["990121,990102", "990121、990102", SIDES, "990102—990121"])
def test_sides_are_read_in_any_order_and_kept_the_smaller_first(text: str) -> None:
    assert parsed_sides(text) == ("990102", "990121")


@pytest.mark.parametrize("text", ["990102", "990102,990102", "990102,990121100", "{}", "[1,2]"])
def test_sides_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parsed_sides(text)


def test_a_line_to_another_city_is_registered_under_the_own_side(founding) -> None:
    city, *_ = founding
    outside = line(code="9801", name="外线", level=None, sides="980100,990100", geometry=None)
    found = row(city, LINES, enter(city, LINES, outside, EDIT).id)
    assert (found["division"], found["level"], found["length_m"]) == ("990100", "prefecture", None)


def test_what_is_secret_is_not_public_however_it_is_written(founding) -> None:
    city, own, placed = founding
    with pytest.raises(InvalidInput, match="“秘密”的记录不能公开"):
        enter(city, LINES, line(code="0299", public=True, secrecy="secret"), EDIT)
    with pytest.raises(InvalidInput, match="“绝密”的记录不能公开"):
        correct_entry(city, LINES, own, {"public": True, "secrecy": "top_secret"}, EDIT, 1)
    correct_entry(city, MARKERS, placed, {"public": True, "secrecy": "public"}, EDIT, 1)
    with pytest.raises(InvalidInput, match="“机密”的记录不能公开"):
        correct_entry(city, MARKERS, placed, {"secrecy": "confidential"}, EDIT, 2)
    correct_entry(city, MARKERS, placed, {"secrecy": "secret", "public": False}, EDIT, 2)


def test_what_is_computed_cannot_be_entered_and_a_code_only_once(founding) -> None:
    city, own, _ = founding
    with pytest.raises(InvalidInput, match="length_m"):
        enter(city, LINES, line(code="0299", length_m=5.0), EDIT)
    with pytest.raises(InvalidInput, match="chainage_m"):
        enter(city, MARKERS, marker("0221009Q", 33.02, chainage_m=1.0), EDIT)
    with pytest.raises(RuleViolation, match="已登记"):
        enter(city, LINES, line(), EDIT)
    with pytest.raises(RuleViolation, match="0221001Q 已登记"):
        enter(city, MARKERS, marker("0221001Q", 33.02), EDIT)
    with pytest.raises(NotFound, match="没有代码"):
        enter(city, MARKERS, marker("0221002Q", 33.02, line="7777"), EDIT)
    with pytest.raises(NotFound, match="没有界线登记表"):
        entry_collection("estates")
    with pytest.raises(RuleViolation, match="引用"):
        correct_entry(city, LINES, own, {"code": "0222"}, EDIT, 1)


def test_a_registered_position_changes_only_by_works_or_as_a_clerical_correction(founding) -> None:
    city, _, placed = founding
    moved = {"geometry": shapely.Point(114.1, 33.07)}
    with pytest.raises(NotPermitted, match="界桩变动"):
        correct_entry(city, MARKERS, placed, moved, EDIT, 1)
    same = {"geometry": shapely.Point(114.1, 33.04), "height_m": 81.5}
    assert correct_entry(city, MARKERS, placed, same, EDIT, 1).version == 2
    with pytest.raises(NotPermitted):
        correct_entry(city, MARKERS, placed, {"height_m": 80.0}, EDIT, 2)
    saved = correct_entry(city, MARKERS, placed, moved, EDIT, 2, clerical=True)
    found = row(city, MARKERS, placed)
    assert (saved.version, found["chainage_m"]) == (3, pytest.approx(11_091 * 0.3, abs=2))


def test_a_marker_is_closed_and_restored_by_works_or_clerically(founding) -> None:
    city, _, placed = founding
    ending = replace(EDIT, valid_from=date(2026, 1, 1))
    with pytest.raises(NotPermitted):
        close_entry(city, MARKERS, placed, ending, 1)
    with pytest.raises(NotPermitted):
        restore_entry(city, MARKERS, placed, EDIT, 1, of_version=1)
    close_entry(city, MARKERS, placed, ending, 1, clerical=True)
    assert row(city, MARKERS, placed) == {}
    assert restore_entry(city, MARKERS, placed, EDIT, 2, clerical=True).version == 3


def test_another_course_of_a_line_renews_chainage_and_offset_of_its_markers(founding) -> None:
    city, own, placed = founding
    longer = shapely.LineString([(114.101, 33.12), (114.101, 33.0)])
    saved = correct_entry(city, LINES, own, {"geometry": longer}, EDIT, 1)
    assert saved.version == 2
    found = row(city, MARKERS, placed)
    assert found["version"] == 2
    assert found["chainage_m"] == pytest.approx(11_091 * 0.8, abs=5)
    assert found["offset_m"] == pytest.approx(93.4, abs=0.5)
    with pytest.raises(StaleVersion):
        correct_entry(city, LINES, own, {"geometry": COURSE}, EDIT, 1)
    with pytest.raises(VersionRequired):
        correct_entry(city, LINES, own, {"geometry": COURSE}, EDIT, None)
    assert row(city, MARKERS, placed)["version"] == 2


def test_another_number_renews_what_it_says(founding) -> None:
    city, _, placed = founding
    correct_entry(city, MARKERS, placed, {"number": "0221003A"}, EDIT, 1)
    found = row(city, MARKERS, placed)
    assert (found["serial"], found["suffix"], found["setting"]) == (3, "A", "同号双立")
    assert found["engraved"] == "0221001Q"


def test_a_marker_without_a_place_may_be_given_one_and_a_line_may_lose_its_course(founding) -> None:
    city, own, _ = founding
    id = enter(city, MARKERS, marker("0221004Q", 33.0, geometry=None), EDIT).id
    assert row(city, MARKERS, id)["chainage_m"] is None
    correct_entry(city, MARKERS, id, {"geometry": shapely.Point(114.1, 33.0)}, EDIT, 1)
    assert row(city, MARKERS, id)["chainage_m"] == pytest.approx(11_091, abs=2)
    correct_entry(city, LINES, own, {"geometry": None}, EDIT, 1)
    assert row(city, LINES, own)["length_m"] is None


def test_points_and_tri_junctions_are_entered_with_what_follows(founding) -> None:
    city, *_ = founding
    point = {
        "number": "1",
        "kind": "turning",
        "line": "0221",
        "geometry": shapely.Point(114.1, 33.1),
    }
    found = row(
        city, Collection.BOUNDARY_POINTS, enter(city, Collection.BOUNDARY_POINTS, point, EDIT).id
    )
    assert (found["chainage_m"], found["division"]) == (0, "990102")
    three = {"name": "甲乙丙", "sides": "990102,990121,990122"}
    junction = enter(city, Collection.TRI_JUNCTIONS, three, EDIT).id
    assert row(city, Collection.TRI_JUNCTIONS, junction)["level"] == "county"


@pytest.mark.parametrize(
    "name", ["boundary_lines", "boundary_points", "boundary_markers", "tri_junctions"]
)
def test_the_items_of_the_registers_are_not_written_one_by_one(name: str) -> None:
    with pytest.raises(NotPermitted, match="/boundaries/registers"):
        editable(name)


def test_a_line_on_which_markers_stand_is_not_ended_nor_set_back_as_a_whole(founding) -> None:
    city, own, placed = founding
    longer = shapely.LineString([*COURSE.coords, (114.1, 32.95)])
    correct_entry(city, LINES, own, {"geometry": longer}, EDIT, 1)
    ending = replace(EDIT, valid_from=date(2026, 2, 1))
    for attempt in (
        lambda: close_entry(city, LINES, own, ending, 2),
        lambda: restore_entry(city, LINES, own, EDIT, 2, of_version=1),
    ):
        with pytest.raises(RuleViolation) as told:
            attempt()
        assert told.value.code == "line_in_use"
    close_entry(city, MARKERS, placed, ending, 1, clerical=True)
    close_entry(city, LINES, own, ending, 2)
    assert row(city, LINES, own) == {}
