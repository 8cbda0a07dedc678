"""Results from the field become appended records; what is strange is told and nothing is lost."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import shapely

from civgeo.domain.field_results import ResultFault
from civgeo.domain.history import Edit
from civgeo.errors import ImportRejected, InvalidInput, NotFound, RuleViolation
from civgeo.geo.crs import CrsName, transform_points
from civgeo.services import imports
from civgeo.services.city import City
from civgeo.services.inspection_import import FieldUpload, FileReport, Said
from civgeo.services.inspection_records import line_register
from civgeo.store.tables import Collection
from field_specimens import HOSTILE, LINE_CODE, SIDES, boundary_city, line_row, round_row
from services.field_result_files import (
    EDIT,
    MARKERS,
    imported,
    marker_item,
    open_city,
    place_of,
    result_file,
)

INSPECTIONS = Collection.INSPECTIONS


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    found = open_city(tmp_path)
    yield found
    found.store.close()


def recorded(city: City):
    with city.store.read() as reading:
        return line_register(reading, LINE_CODE, 5).recorded


def version(city: City) -> int:
    with city.store.read() as reading:
        return reading.data_version()


def faults(report: FileReport) -> list[ResultFault]:
    return [finding.fault for finding in report.findings]


def report_of(city: City, tmp_path: Path, *items: dict, **head: object) -> FileReport:
    [report] = imported(city, result_file(tmp_path, items, **head)).files
    return report


def test_each_filled_item_is_one_record_and_the_register_stays(city, tmp_path) -> None:
    with city.store.read() as reading:
        before = reading.features(Collection.BOUNDARY_MARKERS)
    ends = f"{MARKERS[0]['id']}/{MARKERS[1]['id']}"
    answers = {"terrain_changed": True, "dispute": False, "note": "新修机耕路"}
    segment = {"segment": ends, "inspected_on": "2026-05-20", "answers": answers}
    upload = result_file(tmp_path, [marker_item(0), marker_item(1)], segments=[segment])
    done = imported(city, upload)
    assert (done.created, done.files[0].findings) == (3, ())
    first, _, third = recorded(city)
    assert (first.name, first.side, first.state.value) == ("2223001Q", SIDES[0], "intact")
    assert first.displacement_m == 0.0
    assert first.place == pytest.approx(place_of(0))
    assert (third.name, third.note) == ("2223001Q—2223002Q", "新修机耕路")
    with city.store.read() as reading:
        after = reading.features(Collection.BOUNDARY_MARKERS)
        kept = reading.attachment(done.files[0].sha256)
    assert before.equals(after)
    assert kept.content == upload.path.read_bytes()


def test_a_package_imported_unfilled_changes_nothing(city, tmp_path) -> None:
    empty = {"state": None, "actions": [], "longitude": None, "latitude": None, "height_m": None}
    empty |= {"witnesses": [{"name": "杨树", "found": None}], "photos": [], "inspected_on": None}
    items = [marker_item(number, **empty) for number in range(24)]
    before = version(city)
    done = imported(city, result_file(tmp_path, items, segments=[{"segment": "start/end"}]))
    assert (done.batch, done.created, done.files[0].empty) == (None, 0, 25)
    assert version(city) == before


def test_importing_twice_is_importing_once(city, tmp_path) -> None:
    upload = result_file(tmp_path, [marker_item(0), marker_item(1)])
    imported(city, upload)
    before = version(city)
    again = imported(city, upload)
    assert (again.batch, again.files[0].repeated) == (None, 2)
    assert faults(again.files[0]) == [ResultFault.REPEATED] * 2
    assert (len(recorded(city)), version(city)) == (2, before)
    twice = imported(city, upload, replace(upload, name="copy.json"))
    assert twice.created == 0


def test_a_corrected_file_appends_and_names_the_record_it_differs_from(city, tmp_path) -> None:
    report_of(city, tmp_path, marker_item(0))
    [first] = recorded(city)
    report = report_of(city, tmp_path, marker_item(0, state="damaged"))
    assert ResultFault.CORRECTS in faults(report)
    assert any(first.id in finding.message for finding in report.findings)
    assert [record.state.value for record in recorded(city)] == ["intact", "damaged"]
    assert report_of(city, tmp_path, marker_item(0)).repeated == 1


def test_all_files_of_a_call_go_in_or_none_and_come_out_by_batch(city, tmp_path) -> None:
    good = result_file(tmp_path, [marker_item(0)])
    other = result_file(tmp_path, [marker_item(0)], name="b.json", side=SIDES[1])
    bad = FieldUpload(tmp_path / "bad.json", "bad.json")
    bad.path.write_text("{", encoding="utf-8")
    with pytest.raises(ImportRejected, match=r"bad\.json"):
        imported(city, good, bad)
    assert recorded(city) == ()
    done = imported(city, good, other)
    assert done.created == 2
    undone = imports.undo(city, done.batch, Edit(actor="张三", document="误导入"))
    assert (undone.taken_back, recorded(city)) == (2, ())
    assert imported(city, good).created == 1
    with city.store.read() as reading:
        assert reading.verify_history() == ()


def test_a_dry_run_tells_and_writes_nothing(city, tmp_path) -> None:
    from civgeo.services.inspection_import import import_results

    before = version(city)
    upload = result_file(tmp_path, [marker_item(0, state="missing")])
    found = import_results(city, [upload], EDIT, tolerance_m=1.0, dry_run=True)
    assert (found.batch, found.created) == (None, 1)
    assert version(city) == before


def test_a_displacement_is_told_in_metres_and_direction(city, tmp_path) -> None:
    _, lat = place_of(2)
    report = report_of(city, tmp_path, marker_item(2, latitude=lat + 0.0001))
    assert faults(report) == [ResultFault.DISPLACED, ResultFault.STATE_CONTRADICTS]
    [record] = recorded(city)
    assert (record.displacement_m, record.towards) == (pytest.approx(11.09, abs=0.01), "北")
    assert dict(record.findings)[ResultFault.DISPLACED].endswith("超过限差 1 米")


def test_the_tolerance_of_the_plan_goes_before_the_bureaus(tmp_path) -> None:
    city = boundary_city(tmp_path / "store", rounds=[round_row(tolerance_m=20.0)])
    with city.store:
        lat = place_of(2)[1] + 0.0001
        assert faults(report_of(city, tmp_path, marker_item(2, latitude=lat))) == []


@pytest.mark.parametrize("system", ["GCJ-02", "BD-09"])
def test_phone_coordinates_are_recognised_and_mended_by_naming_them(city, tmp_path, system) -> None:
    items = []
    for number in range(6):
        x, y = transform_points(
            *place_of(number), CrsName.parse("EPSG:4490"), CrsName.parse(system)
        )
        items.append(marker_item(number, longitude=float(x), latitude=float(y)))
    upload = result_file(tmp_path, items)
    [report] = imported(city, upload).files
    assert faults(report) == [ResultFault.SHIFTED] * 6
    assert all(system in finding.message for finding in report.findings)
    assert {record.displacement_m for record in recorded(city)} == {None}
    [mended] = imported(city, upload, said=Said(datum=system)).files
    assert (mended.created, set(faults(mended))) == (6, {ResultFault.CORRECTS})
    assert max(record.displacement_m for record in recorded(city)[6:]) < 0.01


def test_swapped_axes_and_far_or_half_readings_are_told_and_kept(city, tmp_path) -> None:
    lon, lat = place_of(0)
    report = report_of(
        city,
        tmp_path,
        marker_item(0, longitude=lat, latitude=lon),
        marker_item(1, longitude=lon + 1),
        marker_item(2, latitude=None),
    )
    expected = [ResultFault.SWAPPED, ResultFault.FAR_AWAY, ResultFault.INCOMPLETE_PLACE]
    assert faults(report) == expected
    first = recorded(city)[0]
    assert (first.longitude, first.latitude, first.place) == (lat, lon, None)


def test_unknown_foreign_doubled_and_misnamed_markers_are_told(tmp_path) -> None:
    other = line_row(id="6f0d7c3e-0000-4000-8000-00000000ffff", code="9999", name="别的线")
    stray = {**MARKERS[0], "id": "stray", "number": "9999001Q", "line": "9999"}
    city = boundary_city(tmp_path / "store", lines=[line_row(), other], markers=[*MARKERS, stray])
    with city.store:
        report = report_of(
            city,
            tmp_path,
            marker_item(0),
            marker_item(0, state="damaged"),
            marker_item(1, number="2223999Q"),
            marker_item(2, marker="gone"),
            marker_item(3, marker="stray", number="9999001Q"),
            marker_item(4, marker="", number="2223777Q"),
        )
        told = set(faults(report))
        assert report.created == 6
        assert {record.name for record in recorded(city)} >= {"9999001Q", "2223777Q", "2223003Q"}
    expected = {ResultFault.DOUBLED, ResultFault.NUMBER_DIFFERS, ResultFault.WRONG_LINE}
    assert expected | {ResultFault.UNKNOWN_MARKER} <= told


@pytest.mark.parametrize(
    ("day", "created"), [("2025-12-31", 1), ("2026-01-01", 1), ("2026-06-02", 0), (None, 1)]
)
def test_days_outside_the_round_are_told(city, tmp_path, day, created) -> None:
    report = report_of(city, tmp_path, marker_item(0, inspected_on=day))
    expected = {"2026-01-01": [], None: [ResultFault.NO_DATE]}.get(day, [ResultFault.DATE_OUTSIDE])
    assert (report.created, faults(report)) == (created, expected)


def test_an_item_without_any_day_is_no_record_but_its_file_is_kept(city, tmp_path) -> None:
    report = report_of(city, tmp_path, marker_item(0, inspected_on="昨天"), saved_at=None)
    assert (report.created, faults(report)) == (0, [ResultFault.UNREADABLE, ResultFault.NO_DATE])
    with city.store.read() as reading:
        assert reading.attachment(report.sha256).name == "results.json"
        told = json.loads(reading.attachment(report.findings_sha256).content)
    assert [item["raw"] for item in told["findings"]] == ["昨天", ""]


def test_strange_heights_and_lost_witness_marks_are_told(city, tmp_path) -> None:
    lost = [{"name": "", "found": False, "grid_azimuth": None, "distance_m": None}]
    report = report_of(
        city,
        tmp_path,
        marker_item(0, height_m=9000.0),
        marker_item(1, height_m=200.0),
        marker_item(2, witnesses=lost),
    )
    height = ResultFault.STRANGE_HEIGHT
    assert faults(report) == [height, height, ResultFault.WITNESS_MISSING]
    name = json.loads(MARKERS[2]["witnesses"])[0]["name"]
    assert recorded(city)[2].witnesses[0].name == name


def test_a_witness_mark_that_was_added_is_kept_by_its_name(city, tmp_path) -> None:
    names = [str(item["name"]) for item in json.loads(MARKERS[1]["witnesses"])]
    seen = [{"name": name, "found": True} for name in names]
    report_of(city, tmp_path, marker_item(1, witnesses=[*seen, {"name": "新栽石碑"}]))
    assert [check.name for check in recorded(city)[0].witnesses] == [*names, "新栽石碑"]


def test_hostile_texts_stay_texts(city, tmp_path) -> None:
    report = report_of(
        city, tmp_path, marker_item(0, remark=HOSTILE[1], marker="", number=HOSTILE[0])
    )
    assert report.created == 1
    [record] = recorded(city)
    assert (record.name, record.remark) == (HOSTILE[0], HOSTILE[1])


def test_a_file_must_say_what_it_is_of(city, tmp_path) -> None:
    bare = result_file(tmp_path, [marker_item(0)], side="", line="")
    with pytest.raises(InvalidInput, match="line 界线代码、side 记录方"):
        imported(city, bare)
    assert imported(city, bare, said=Said(LINE_CODE, None, SIDES[0])).created == 1
    with pytest.raises(InvalidInput, match="990102"):
        imported(city, result_file(tmp_path, [marker_item(0)], side="990102"))
    with pytest.raises(NotFound):
        imported(city, result_file(tmp_path, [marker_item(0)], line="0000"))


def test_a_round_without_a_plan_is_told_and_a_filed_one_is_closed(tmp_path) -> None:
    city = boundary_city(tmp_path / "store", rounds=[round_row(state="filed")])
    with city.store:
        with pytest.raises(RuleViolation, match="已备案"):
            imported(city, result_file(tmp_path, [marker_item(0)]))
        report = report_of(city, tmp_path, marker_item(0), round=6)
        assert faults(report)[0] is ResultFault.NO_ROUND


def test_a_reading_in_an_unnamed_system_is_told(city, tmp_path) -> None:
    for datum in ("", "1980西安坐标系"):
        report = report_of(city, tmp_path, marker_item(0, remark=datum or None), datum=datum)
        assert ResultFault.NO_DATUM in faults(report)


def test_a_moved_shape_is_no_reading(city, tmp_path) -> None:
    lon, lat = place_of(0)
    item = marker_item(0, longitude=None, latitude=None, shape=[lon + 0.001, lat])
    assert faults(report_of(city, tmp_path, item)) == [ResultFault.MOVED_SHAPE]
    with city.store.read() as reading:
        shape = reading.features(INSPECTIONS).geometry.iloc[0]
    assert shape is None or shapely.is_empty(shape)
