"""Results of a line that is in the field, one file a side, that contradict each other.

They lie beside the demonstration's store, so that importing and comparing can be tried.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import orjson

from civgeo.domain.boundary_forms import MarkerState
from civgeo.domain.clock import BEIJING
from civgeo.domain.field_form import ACTIONS, QUESTIONS, RESULTS_FORMAT
from civgeo.domain.field_sheet import FieldMarker, FieldSheet, Place
from civgeo.domain.round_forms import RoundState
from civgeo.formats.filled_workbook import Cell, filled_workbook
from civgeo.geo.boundary_line import ELLIPSOID
from civgeo.reports.field_checklist_xlsx import (
    ABOUT_SHEET,
    MARKER_SHEET,
    SEGMENT_SHEET,
    checklist_xlsx,
)
from civgeo.services.city import City
from civgeo.services.field_sheets import field_sheet
from civgeo.services.round_records import rounds

__all__ = ["demo_results_missing", "write_demo_results"]

FOLDER = "demo-files"
_CGCS2000 = "CGCS2000（测量设备）"
_YES_NO = {True: "是", False: "否"}


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one side says of one marker."""

    marker: FieldMarker
    state: MarkerState
    reading: Place | None
    first_witness: bool
    action: str | None


def demo_results_missing(city: City, directory: Path) -> bool:
    """Whether there is a line in the field and its files are not beside the store yet."""
    line = _line_in_the_field(city)
    return line is not None and not all(file.is_file() for file in _files(directory, line))


def write_demo_results(city: City, directory: Path) -> list[Path]:
    """Write the files of both sides into ``demo-files`` in `directory`.

    The second side finds the second marker damaged, reads the third 4 m elsewhere, misses a
    witness mark of the fourth, leaves the fifth out, and sees a building across the line.

    Returns
    -------
    list of Path
        One JSON file, as the phone page saves it, and one XLSX checklist; none where no line is
        in the field.
    """
    line = _line_in_the_field(city)
    if line is None:
        return []
    sheet = field_sheet(city, line)
    json_file, xlsx_file = _files(directory, line)
    json_file.parent.mkdir(parents=True, exist_ok=True)
    json_file.write_bytes(_phone_file(sheet, city.today))
    xlsx_file.write_bytes(_checklist(sheet, city.today))
    return [json_file, xlsx_file]


def _files(directory: Path, line: str) -> tuple[Path, Path]:
    stem = directory / FOLDER / f"results-{line}"
    return stem.with_name(f"{stem.name}-1.json"), stem.with_name(f"{stem.name}-2.xlsx")


def _line_in_the_field(city: City) -> str | None:
    """Code of the first line whose inspection has begun and not ended."""
    under_way = rounds(city, state=RoundState.OPEN)
    return under_way[0].facts.line if under_way else None


def _day(today: date) -> date:
    return today - timedelta(days=3)


def _first_side(sheet: FieldSheet) -> Iterator[_Seen]:
    for marker in sheet.markers:
        yield _Seen(marker, MarkerState.INTACT, _moved(marker, 45.0, 0.2), True, "cleared")


def _second_side(sheet: FieldSheet) -> Iterator[_Seen]:
    for order, marker in enumerate(sheet.markers, 1):
        if order == 5:
            continue
        state = MarkerState.DAMAGED if order == 2 else MarkerState.INTACT
        metres = 4.0 if order == 3 else 0.3
        action = None if order == 2 else "cleared"
        yield _Seen(marker, state, _moved(marker, 200.0, metres), order != 4, action)


def _moved(marker: FieldMarker, towards: float, metres: float) -> Place | None:
    if marker.place is None:
        return None
    lon, lat, _ = ELLIPSOID.fwd(*marker.place, towards, metres)
    return round(lon, 8), round(lat, 8)


def _phone_file(sheet: FieldSheet, today: date) -> bytes:
    day = _day(today)
    content = {
        "format": RESULTS_FORMAT,
        "package": sheet.package,
        "line": sheet.code,
        "round": sheet.round.number,
        "side": sheet.sides[0].code,
        "inspector": "检查员甲（模拟）",
        "datum": "EPSG:4490",
        "saved_at": datetime.combine(day, time(17, 30), BEIJING).isoformat(),
        "markers": [_phone_item(seen, day) for seen in _first_side(sheet)],
        "segments": [
            {
                "segment": segment.id,
                "name": segment.name,
                "inspected_on": day.isoformat(),
                "answers": {**dict.fromkeys([key for key, _ in QUESTIONS], False), "note": None},
                "remark": None,
            }
            for segment in sheet.segments
        ],
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2)


def _phone_item(seen: _Seen, day: date) -> Mapping[str, object]:
    lon, lat = seen.reading or (None, None)
    return {
        "marker": seen.marker.id,
        "number": seen.marker.number,
        "inspected_on": day.isoformat(),
        "state": seen.state.value,
        "actions": [seen.action] if seen.action else [],
        "longitude": lon,
        "latitude": lat,
        "height_m": None,
        "witnesses": [
            {
                "name": item.name,
                "found": True,
                "grid_azimuth": item.grid_azimuth,
                "distance_m": item.distance_m,
            }
            for item in seen.marker.witnesses
        ],
        "photos": [{"slot": "near", "name": f"{seen.marker.number}-near.jpg"}],
        "remark": "模拟数据",
    }


def _checklist(sheet: FieldSheet, today: date) -> bytes:
    """The second side's workbook, filled in by the labels that a person would choose."""
    side, day = sheet.sides[1], _day(today).isoformat()
    about = {
        "记录方": f"{side.code} {side.name}",
        "检查人": "检查员乙（模拟）",
        "坐标系": _CGCS2000,
    }
    markers = {seen.marker.id: _row(seen, day) for seen in _second_side(sheet)}
    segments = {
        segment.id: _answers(day, built=place == 0) for place, segment in enumerate(sheet.segments)
    }
    tables = {MARKER_SHEET: markers, SEGMENT_SHEET: segments}
    return filled_workbook(checklist_xlsx(sheet), {ABOUT_SHEET: about}, tables)


def _answers(day: str, *, built: bool) -> dict[str, Cell]:
    """Nothing changed along a segment, but for a building where `built`."""
    said = {title: _YES_NO[built and key == "cross_line_building"] for key, title in QUESTIONS}
    note = "线上有新建厂房（模拟）" if built else None
    return {"检查日期": day, **said, "情况说明": note}


def _row(seen: _Seen, day: str) -> dict[str, Cell]:
    lon, lat = seen.reading or (None, None)
    row: dict[str, Cell] = {
        "检查日期": day,
        "界桩状况": seen.state.label_zh,
        "实测经度": lon,
        "实测纬度": lat,
        "备注": "模拟数据",
    }
    row |= {title: "是" for action, title in ACTIONS if action == seen.action}
    for place, item in enumerate(seen.marker.witnesses):
        label = f"{'一二三'[place]}号方位物"
        found = seen.first_witness or place > 0
        row |= {f"{label}找到": _YES_NO[found]}
        if found:
            metres = None if item.distance_m is None else float(item.distance_m)
            row |= {f"{label}实测方位角": item.grid_azimuth, f"{label}实测距离（米）": metres}
    return row
