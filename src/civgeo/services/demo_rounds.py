"""Two rounds of inspections in a demonstration city: the fourth filed, the fifth under way.

Which line comes in which year follows the same rule as a real plan; the days, what was found and
who found it are simulated.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from civgeo.domain.bearings import direction16
from civgeo.domain.boundary_forms import MarkerState
from civgeo.domain.field_form import QUESTIONS
from civgeo.domain.field_results import WitnessCheck
from civgeo.domain.inspection_comparison import Inspection
from civgeo.domain.round_forms import InspectionSubject, MarkerAction, RoundKind, RoundState
from civgeo.domain.round_plan import LineFacts, PlannedLine, five_year_plan
from civgeo.domain.round_terms import InspectionRound, round_of
from civgeo.errors import NotFound
from civgeo.formats.boundary_rules import boundary_terms, inspection_rounds
from civgeo.geo.boundary_line import ELLIPSOID
from civgeo.services.boundary_records import json_text, structure
from civgeo.services.demo_frames import Row
from civgeo.services.demo_lines import DemoLine
from civgeo.services.demo_markers import DemoMarker
from civgeo.services.inspection_records import inspection_values

__all__ = ["DemoRound", "DemoRounds", "rounds_of_demo"]

FILED, CURRENT = 4, 5
TOLERANCE_M = 1.0
NOISE_M, MOVED_M = 0.25, 2.6
_STEP_DAYS = (
    ("started_on", -42),
    ("finished_on", -14),
    ("reported_on", -6),
    ("filed_on", 0),
)
_INSPECTORS = ("检查员甲（模拟）", "检查员乙（模拟）")


@dataclass(frozen=True, slots=True)
class DemoRound:
    """One line in one round: its plan, state, and the days of its steps."""

    number: int
    plan: PlannedLine
    state: RoundState
    days: Mapping[str, date]

    @property
    def inspected(self) -> date | None:
        """Last day in the field, None before it."""
        return self.days.get("finished_on")


@dataclass(frozen=True, slots=True)
class DemoRounds:
    """Both rounds.

    Parameters
    ----------
    rounds
        The fourth, then the fifth, each in the order of its plan.
    last_inspected
        Day by code of the line.
    """

    rounds: tuple[DemoRound, ...]
    last_inspected: Mapping[str, date]

    def rows(self, lines: Mapping[str, DemoLine]) -> Iterator[Row]:
        """Rows of the plan."""
        for each in self.rounds:
            line = lines[each.plan.line.code]
            yield {
                "name": f"第 {each.number} 轮 {line.name}联检",
                "line": line.code,
                "line_name": line.name,
                "level": line.level.value,
                "round": each.number,
                "kind": RoundKind.REGULAR.value,
                "year": each.plan.year,
                "due": each.plan.due.isoformat(),
                "division": line.division,
                "sides": json_text(list(line.sides)),
                "leader": each.plan.leader,
                "state": each.state.value,
                "tolerance_m": TOLERANCE_M,
                "remark": each.plan.reason,
                **{name: day.isoformat() for name, day in each.days.items()},
            }

    def inspections(
        self, markers: Sequence[DemoMarker], lines: Mapping[str, DemoLine], rng: np.random.Generator
    ) -> Iterator[Row]:
        """What both sides recorded; the sides of the line that is being compared differ."""
        for each in self.rounds:
            day = each.inspected
            if day is None:
                continue
            line = lines[each.plan.line.code]
            own = [marker for marker in markers if marker.line == line.code]
            records = [record for marker in own for record in _both(marker, line, day, rng)]
            if each.state is RoundState.COMPARING:
                records = _contradicting(records, line, own, day)
            for record in records:
                yield {
                    **inspection_values(record),
                    "line": line.code,
                    "round": each.number,
                    "division": line.division,
                    "file": "simulated",
                    "import_batch": f"simulated-{each.number}-{line.code}-{record.side}",
                }


def rounds_of_demo(
    lines: Sequence[DemoLine], city: str, today: date, rng: np.random.Generator
) -> DemoRounds:
    """The fourth round, filed, and the fifth as it stands on `today`.

    In the fifth round two lines of past years are late, one line is in the field, and the records
    of one are being compared.

    Parameters
    ----------
    lines
        Lines of the city.
    city
        Code of the city; the years are those that its province's rounds have, or without any
        the years around `today`.
    today
        Day of making.
    rng
        Seeded generator.
    """
    terms = boundary_terms()
    facts = [LineFacts(line.code, line.name, line.level, line.sides) for line in lines]
    before, current = _years(city, today)
    first, _ = five_year_plan(facts, before, terms)
    filed = [
        DemoRound(FILED, item, RoundState.FILED, _days(_late_in(item.year, rng), 4))
        for item in first
    ]
    last = {each.plan.line.code: each.days["finished_on"] for each in filed}
    inspected = [replace(fact, last_inspected=last[fact.code]) for fact in facts]
    second, _ = five_year_plan(inspected, current, terms)
    opened = [
        _begun(item, state, today, rng)
        for item, state in zip(second, _states(second, today), strict=True)
    ]
    last |= {
        each.plan.line.code: each.days["finished_on"]
        for each in opened
        if each.state is RoundState.FILED
    }
    return DemoRounds((*filed, *opened), last)


def _years(city: str, today: date) -> tuple[InspectionRound, InspectionRound]:
    try:
        known = [round_of(inspection_rounds(), number, city) for number in (FILED, CURRENT)]
    except NotFound:
        first = today.year - 3
        known = [
            InspectionRound(FILED, first - 5, first - 1, city),
            InspectionRound(CURRENT, first, first + 4, city),
        ]
    return known[0], known[1]


def _late_in(year: int, rng: np.random.Generator) -> date:
    return date(year, 12, 31) - timedelta(days=int(rng.integers(0, 9)))


def _days(filed: date, steps: int) -> dict[str, date]:
    """Days of the first steps of an inspection that is filed on a day."""
    return {name: filed + timedelta(days=days) for name, days in _STEP_DAYS[:steps]}


def _states(plan: Sequence[PlannedLine], today: date) -> list[RoundState]:
    """States of the lines of a round on a day: two of the past are late, two are under way."""
    past = [place for place, item in enumerate(plan) if item.due < today]
    now = [
        place for place, item in enumerate(plan) if item.year == today.year and item.due >= today
    ]
    ahead = [place for place in range(len(plan)) if place not in (*past, *now)]
    states = dict.fromkeys(range(len(plan)), RoundState.PLANNED)
    states |= dict.fromkeys(past[:-2], RoundState.FILED)
    under_way = [*now, *ahead, *past[-2:]]
    states |= dict(zip(under_way, (RoundState.OPEN, RoundState.COMPARING), strict=False))
    return [states[place] for place in range(len(plan))]


def _begun(
    item: PlannedLine, state: RoundState, today: date, rng: np.random.Generator
) -> DemoRound:
    if state is RoundState.PLANNED:
        return DemoRound(CURRENT, item, state, {})
    if state is RoundState.FILED:
        return DemoRound(CURRENT, item, state, _days(_late_in(item.year, rng), 4))
    days = {"started_on": today - timedelta(days=30)}
    if state is RoundState.COMPARING:
        days["finished_on"] = today - timedelta(days=12)
    return DemoRound(CURRENT, item, state, days)


def _both(
    marker: DemoMarker, line: DemoLine, day: date, rng: np.random.Generator
) -> list[Inspection]:
    """What the sides of the line record of a marker together."""
    away = MOVED_M if marker.state is MarkerState.MOVED else 0.0
    towards = float(rng.uniform(0, 360))
    return [
        record_of(marker, side, day, rng, away_m=away, towards=towards, inspector=inspector)
        for side, inspector in zip(line.sides, _INSPECTORS, strict=True)
    ]


def record_of(
    marker: DemoMarker,
    side: str,
    day: date,
    rng: np.random.Generator,
    *,
    away_m: float,
    towards: float,
    inspector: str,
) -> Inspection:
    """The record of one side, its reading a little off the registered place.

    Parameters
    ----------
    marker, side, day, rng, inspector
        What, who, when; generator of the small errors.
    away_m, towards
        How far the marker itself has moved, and where to, degrees from true north.
    """
    lon, lat, _ = ELLIPSOID.fwd(*marker.place, towards, away_m)
    error = float(rng.uniform(0, 360)), float(rng.uniform(0, NOISE_M))
    lon, lat, _ = ELLIPSOID.fwd(lon, lat, *error)
    azimuth, _, metres = ELLIPSOID.inv(*marker.place, lon, lat)
    lost = marker.state is MarkerState.MISSING
    actions = {
        MarkerState.INTACT: (MarkerAction.CLEARED,),
        MarkerState.ILLEGIBLE: (MarkerAction.CLEARED, MarkerAction.REPAINTED),
    }
    return Inspection(
        id="",
        subject=InspectionSubject.MARKER,
        key=marker.id,
        name=marker.number,
        side=side,
        inspected_on=day,
        inspector=inspector,
        state=marker.state,
        actions=actions.get(marker.state, ()),
        longitude=None if lost else round(lon, 8),
        latitude=None if lost else round(lat, 8),
        height_m=None if lost else float(str(marker.row["height_m"])),
        datum=None if lost else "EPSG:4490",
        place=None if lost else (round(lon, 8), round(lat, 8)),
        displacement_m=None if lost else round(metres, 3),
        towards=None if lost else direction16(azimuth % 360).label_zh,
        witnesses=tuple(_checks(marker)),
    )


def _checks(marker: DemoMarker) -> Iterator[WitnessCheck]:
    """All witness marks found as registered."""
    listed = structure(marker.row["witnesses"])
    for item in listed if isinstance(listed, list) else []:
        yield WitnessCheck(str(item["name"]), True, item["grid_azimuth"], item["distance_m"])


def _contradicting(
    records: list[Inspection], line: DemoLine, markers: Sequence[DemoMarker], day: date
) -> list[Inspection]:
    """The records with disagreements: a state, a position, one side's record missing, a segment."""
    other = line.sides[1]
    changed = list(records)
    seen = [place for place, each in enumerate(records) if each.side == other and each.place]
    if seen:
        changed[seen[0]] = replace(changed[seen[0]], state=MarkerState.ILLEGIBLE)
    if len(seen) > 1:
        place = seen[1]
        lon, lat, _ = ELLIPSOID.fwd(*(changed[place].place or (0.0, 0.0)), 60.0, 3.4)
        changed[place] = replace(
            changed[place], longitude=lon, latitude=lat, place=(lon, lat), displacement_m=3.4
        )
    if len(seen) > 2:
        del changed[seen[2]]
    if len(markers) > 1:
        name = f"{markers[0].number}—{markers[1].number}"
        changed += [
            _segment(name, side, day, built, inspector)
            for side, built, inspector in zip(line.sides, (False, True), _INSPECTORS, strict=True)
        ]
    return changed


def _segment(name: str, side: str, day: date, built: bool, inspector: str) -> Inspection:
    said = {"cross_line_building": built}
    return Inspection(
        id="",
        subject=InspectionSubject.SEGMENT,
        key=name,
        name=name,
        side=side,
        inspected_on=day,
        inspector=inspector,
        answers=tuple((key, said.get(key, False)) for key, _ in QUESTIONS),
        note="线上有新建厂房（模拟）" if built else None,
    )
