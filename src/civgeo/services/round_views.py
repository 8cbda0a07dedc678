"""What the plans say at a glance: five-year board, what is late, calendar, workbook, map data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import geopandas as gpd
import orjson
import shapely

from civgeo.domain.boundary_forms import BoundaryLevel
from civgeo.domain.clock import BEIJING
from civgeo.domain.round_due import Due, DueReason, dues, overdue
from civgeo.domain.round_forms import RoundKind, RoundState
from civgeo.domain.round_terms import InspectionRound, round_of
from civgeo.errors import NotFound
from civgeo.formats.boundary_rules import boundary_terms, inspection_rounds
from civgeo.reports.calendar_ics import CalendarEntry, due_calendar
from civgeo.reports.register_table import SIMULATED
from civgeo.reports.rounds import board_workbook
from civgeo.services.boundary_records import LineEntry, division_names, line_entries, sides_text
from civgeo.services.city import City
from civgeo.services.exporting import INTERNAL
from civgeo.services.round_records import RoundFile, current_of, one_round, rounds_of
from civgeo.services.rounds import RoundPlan
from civgeo.store.tables import Collection

__all__ = [
    "Board",
    "board",
    "board_document",
    "board_sheet",
    "calendar",
    "due_document",
    "one_round_document",
    "overdue_lines",
    "plan_document",
    "round_document",
    "round_documents",
    "round_map",
    "round_map_geojson",
]


@dataclass(frozen=True, slots=True)
class Board:
    """Lines by years of one round.

    Parameters
    ----------
    chosen
        The round; its years may come from its plan alone.
    on
        Day of the figures.
    lines
        One row a line that stands in the plan or is registered, in the order of level and code:
        code, name, level_zh, sides_zh, leader_zh, year (None when not planned), state, state_zh,
        due, days (overdue, None in time), id and version of the plan.
    totals
        Per year: planned, filed, overdue lines.
    simulated
        Whether any of it is simulated.
    """

    chosen: InspectionRound
    on: date
    lines: tuple[Mapping[str, object], ...]
    totals: tuple[Mapping[str, object], ...]
    simulated: bool


def overdue_lines(city: City) -> list[dict[str, object]]:
    """What is past its last day on the city's today, the longest first; never inspected lines last.

    Returns
    -------
    list of dict
        As `due_document`.
    """
    with city.store.read() as reading:
        lines, files = line_entries(reading), rounds_of(reading)
        names = division_names(reading)
    found = _dues(lines, files, city.today)
    never = [item for item in found if item.due is None]
    return [due_document(item, names) for item in (*overdue(found), *never)]


def _dues(lines: Sequence[LineEntry], files: Sequence[RoundFile], today: date) -> list[Due]:
    terms, facts = boundary_terms(), [file.facts for file in files]
    return [item for entry in lines for item in dues(entry.facts, facts, terms, today)]


def due_document(item: Due, names: Mapping[str, str]) -> dict[str, object]:
    """One last day, ready for JSON."""
    return {
        "line": item.line.code,
        "name": item.line.name,
        "level": item.line.level.value,
        "level_zh": item.line.level.label_zh,
        "sides": list(item.line.sides),
        "sides_zh": sides_text(item.line.sides, names),
        "reason": item.reason.value,
        "reason_zh": item.reason.label_zh,
        "due": None if item.due is None else item.due.isoformat(),
        "days": item.days,
        "basis": item.basis,
    }


def round_document(file: RoundFile, names: Mapping[str, str], today: date) -> dict[str, object]:
    """One inspection, ready for JSON."""
    facts = file.facts
    late = facts.state is not RoundState.FILED and today > facts.due
    return {
        "id": file.id,
        "version": file.version,
        "name": file.name,
        "line": facts.line,
        "line_name": file.line_name,
        "level": file.level.value,
        "level_zh": file.level.label_zh,
        "round": facts.number,
        "kind": facts.kind.value,
        "kind_zh": facts.kind.label_zh,
        "cause": file.cause,
        "year": facts.year,
        "due": facts.due.isoformat(),
        "overdue_days": (today - facts.due).days if late else None,
        "sides": list(file.sides),
        "sides_zh": sides_text(file.sides, names),
        "leader": file.leader,
        "leader_zh": None if file.leader is None else names.get(file.leader, file.leader),
        "state": facts.state.value,
        "state_zh": facts.state.label_zh,
        "tolerance_m": file.tolerance_m,
        **{name: None if day is None else day.isoformat() for name, day in file.days.items()},
        "remark": file.remark,
        "simulated": file.simulated,
    }


def one_round_document(city: City, id: str) -> dict[str, object]:
    """One inspection of the store, ready for JSON; raises NotFound."""
    with city.store.read() as reading:
        return round_document(one_round(reading, id), division_names(reading), city.today)


def round_documents(
    city: City, *, number: int | None = None, state: RoundState | None = None
) -> list[dict[str, object]]:
    """Inspections in the order in which they were planned, ready for JSON."""
    with city.store.read() as reading:
        names = division_names(reading)
        files = rounds_of(reading, number=number, state=state)
    return [round_document(file, names, city.today) for file in files]


def plan_document(found: RoundPlan) -> dict[str, object]:
    """What a plan came to, ready for JSON."""
    return {
        "round": found.chosen.number,
        "first_year": found.chosen.first_year,
        "last_year": found.chosen.last_year,
        "document": found.chosen.document or None,
        "evidence": found.chosen.evidence,
        "planned": [
            {
                "line": item.line.code,
                "name": item.line.name,
                "year": item.year,
                "due": item.due.isoformat(),
                "leader": item.leader,
                "reason": item.reason,
            }
            for item in found.planned
        ],
        "kept": list(found.kept),
        "left_out": [
            {"line": item.line.code, "name": item.line.name, "reason": item.reason}
            for item in found.left_out
        ],
    }


def board(city: City, number: int | None) -> Board:
    """The five-year board of one round; without a number, of the latest planned one under way.

    Raises
    ------
    NotFound
        ``unknown_round`` when the round is neither known nor planned, or none is planned.
    """
    with city.store.read() as reading:
        lines = sorted(line_entries(reading), key=_place)
        planned = [file for file in rounds_of(reading) if _is_regular(file)]
        names, place = division_names(reading), reading.register().city
    number = _latest(planned, city.today) if number is None else number
    files = [file for file in planned if file.facts.number == number]
    chosen = _round(number, files, place)
    by_line = {file.facts.line: file for file in files}
    rows = [_board_row(entry, by_line.get(entry.facts.code), names, city.today) for entry in lines]
    years = [_total(year, rows) for year in chosen.years]
    simulated = any(entry.simulated for entry in lines) or any(file.simulated for file in files)
    return Board(chosen, city.today, tuple(rows), tuple(years), simulated)


def _latest(planned: Sequence[RoundFile], today: date) -> int:
    found = current_of(planned, today)
    if found is None:
        text = "还没有编制联检计划：请写明第几轮，或先编制（civgeo rounds plan）"
        raise NotFound(text, code="unknown_round")
    return found


def _place(entry: LineEntry) -> tuple[int, str]:
    return list(BoundaryLevel).index(entry.facts.level), entry.facts.code


def _is_regular(file: RoundFile) -> bool:
    return file.facts.kind is RoundKind.REGULAR


def _round(number: int, files: Sequence[RoundFile], place: str) -> InspectionRound:
    """The round, widened to the years that its plan has."""
    years = [file.facts.year for file in files]
    try:
        known = round_of(inspection_rounds(), number, place)
    except NotFound:
        if not years:
            raise
        return InspectionRound(number, min(years), max(years), place)
    first, last = min([known.first_year, *years]), max([known.last_year, *years])
    return InspectionRound(
        number, first, last, known.adcode, known.document, known.evidence, known.note
    )


def _board_row(
    entry: LineEntry, file: RoundFile | None, names: Mapping[str, str], today: date
) -> dict[str, object]:
    facts = entry.facts
    row: dict[str, object] = {
        "code": facts.code,
        "name": facts.name,
        "level_zh": facts.level.label_zh,
        "sides_zh": sides_text(facts.sides, names),
        "status_zh": facts.status.label_zh,
        "last_inspected": None if facts.last_inspected is None else str(facts.last_inspected),
    }
    planned = {} if file is None else round_document(file, names, today)
    wanted = ("id", "version", "year", "state", "state_zh", "due", "leader_zh")
    row |= {name: planned.get(name) for name in wanted}
    return row | {"days": planned.get("overdue_days")}


def _total(year: int, rows: Sequence[Mapping[str, object]]) -> dict[str, object]:
    own = [row for row in rows if row["year"] == year]
    return {
        "year": year,
        "planned": len(own),
        "filed": sum(row["state"] == RoundState.FILED.value for row in own),
        "overdue": sum(row["days"] is not None for row in own),
    }


def board_document(found: Board) -> dict[str, object]:
    """The board, ready for JSON."""
    return {
        "round": found.chosen.number,
        "first_year": found.chosen.first_year,
        "last_year": found.chosen.last_year,
        "document": found.chosen.document or None,
        "evidence": found.chosen.evidence,
        "note": found.chosen.note or None,
        "on": found.on.isoformat(),
        "simulated": found.simulated,
        "years": list(found.totals),
        "lines": list(found.lines),
    }


def board_sheet(city: City, number: int) -> bytes:
    """XLSX of the board: lines by years, and the overdue list; raises as `board`."""
    found = board(city, number)
    notes = [INTERNAL, *([SIMULATED] if found.simulated else [])]
    return board_workbook(board_document(found), overdue=overdue_lines(city), notes=notes)


def calendar(city: City, now: datetime) -> bytes:
    """Calendar (.ics) of all last days that still stand, overdue ones among them."""
    with city.store.read() as reading:
        lines, files = line_entries(reading), rounds_of(reading)
        names = division_names(reading)
    simulated = {entry.facts.code for entry in lines if entry.simulated}
    entries = [
        CalendarEntry(
            id=_calendar_id(item),
            due=item.due,
            step=item.reason.label_zh,
            name=item.line.name,
            who=sides_text(item.line.sides, names),
            details=f"依据：{item.basis}",
            simulated=item.line.code in simulated,
        )
        for item in _dues(lines, files, city.today)
        if item.due is not None
    ]
    stamp = now.astimezone(BEIJING)
    return due_calendar(entries, stamp=stamp, title="界线联检期限")


def _calendar_id(item: Due) -> str:
    """The same for the same matter, so that a newer calendar takes the place of an older one."""
    apart = item.due if item.reason is DueReason.SPECIAL else item.number or "term"
    return f"{item.line.code}-{item.reason.value}-{apart}"


def round_map(city: City, number: int) -> gpd.GeoDataFrame:
    """Lines with their place in a round, for a map.

    Returns
    -------
    GeoDataFrame
        Index id of the line, EPSG:4490: the columns of `Board.lines`, ``public`` (whether
        anybody may see the line; a map for others must drop the rest), ``simulated``,
        ``geometry``. Lines that are not drawn are left out.

    Raises
    ------
    NotFound
        As `board`.
    """
    rows = {row["code"]: row for row in board(city, number).lines}
    with city.store.read() as reading:
        frame = reading.features(Collection.BOUNDARY_LINES)
    drawn = frame[frame.geometry.notna()]
    drawn = drawn[drawn["code"].isin(rows)]
    made = [
        {**rows[code], "public": bool(public), "simulated": bool(simulated)}
        for code, public, simulated in zip(
            drawn["code"], drawn["public"], drawn["simulated"], strict=True
        )
    ]
    columns = [*_COLUMNS, "public", "simulated"]
    values = {name: [row[name] for row in made] for name in columns}
    return gpd.GeoDataFrame(
        values, geometry=drawn.geometry.to_numpy(), index=drawn.index, crs="EPSG:4490"
    )


_COLUMNS = (
    *("code", "name", "level_zh", "sides_zh", "status_zh", "last_inspected", "year"),
    *("state", "state_zh", "due", "leader_zh", "days"),
)


def round_map_geojson(city: City, number: int) -> bytes:
    """`round_map` as a GeoJSON collection."""
    frame = round_map(city, number)
    shapes = shapely.to_geojson(frame.geometry.to_numpy())
    rows = frame.drop(columns="geometry").astype(object)
    values = rows.where(rows.notna(), None).to_dict("records")
    members = [
        {"type": "Feature", "id": id, "geometry": orjson.Fragment(shape), "properties": value}
        for id, shape, value in zip(frame.index.tolist(), shapes, values, strict=True)
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": members})
