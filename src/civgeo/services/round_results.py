"""What a round of one line came to: both sides' records, their disagreements, works that follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from civgeo.domain.boundary_forms import MarkerState
from civgeo.domain.history import Edit
from civgeo.domain.inspection_comparison import (
    Differs,
    Disagreement,
    Inspection,
    Share,
    agreed_state,
    compare_sides,
    latest,
    needed_work,
)
from civgeo.domain.round_forms import InspectionSubject, MarkerAction, WorkKind, WorkState
from civgeo.geo.reading_places import ground_offset
from civgeo.services.boundary_records import division_names
from civgeo.services.city import City
from civgeo.services.inspection_records import LineRegister, RegisteredMarker, line_register
from civgeo.services.marker_works import Proposal, open_work
from civgeo.services.round_keys import RoundKey
from civgeo.services.work_records import WorkFile, work_files
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

__all__ = [
    "MarkerOutcome",
    "Repair",
    "RoundResults",
    "SegmentOutcome",
    "propose_repairs",
    "round_results",
]

_ENDED = (WorkState.FILED, WorkState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class MarkerOutcome:
    """A marker with the record that counts of each side.

    Parameters
    ----------
    key, number
        Register id and number; of a marker that is not registered, as it was recorded.
    registered
        As registered, None where it is not.
    held
        Record by side.
    state
        What all records say; None where they differ or none says.
    differs
        In what the sides differ.
    """

    key: str
    number: str
    registered: RegisteredMarker | None
    held: Mapping[str, Inspection]
    state: MarkerState | None
    differs: tuple[Differs, ...]

    @property
    def state_zh(self) -> str:
        """State in words for a table."""
        if self.state is not None:
            return self.state.label_zh
        states = {record.state for record in self.held.values()} - {None}
        return "各方不一致" if states else ("未填" if self.held else "未检查")

    @property
    def displacement_m(self) -> float | None:
        """The largest displacement that a side measured."""
        found = [r.displacement_m for r in self.held.values() if r.displacement_m is not None]
        return max(found, default=None)


@dataclass(frozen=True, slots=True)
class SegmentOutcome:
    """A segment with the record that counts of each side."""

    name: str
    held: Mapping[str, Inspection]
    differs: tuple[Differs, ...]


@dataclass(frozen=True, slots=True)
class Repair:
    """Works that a marker needs.

    Parameters
    ----------
    marker
        As registered.
    kind, state
        What is needed, by the gravest state that a side recorded.
    cause
        In Chinese: what was found, by whom.
    responsible
        Side that keeps it; None where the register does not say.
    opened
        Id of the works that are open already.
    """

    marker: RegisteredMarker
    kind: WorkKind
    state: MarkerState
    cause: str
    responsible: str | None
    opened: str | None


@dataclass(frozen=True, slots=True)
class RoundResults:
    """What a round of one line came to.

    Parameters
    ----------
    register
        Line, plan, markers and all records.
    names
        Names of divisions by code.
    tolerance_m, by_plan
        Displacement up to which a marker has not moved, and whether the plan sets it.
    markers, segments
        In route order; markers that are not registered come last.
    disagreements
        Everything that the sides recorded differently.
    repairs
        Works that markers need.
    shares
        Statistics.
    silent
        Sides without any record.
    on
        Day of the figures.
    """

    register: LineRegister
    names: Mapping[str, str]
    tolerance_m: float
    by_plan: bool
    markers: tuple[MarkerOutcome, ...]
    segments: tuple[SegmentOutcome, ...]
    disagreements: tuple[Disagreement, ...]
    repairs: tuple[Repair, ...]
    shares: tuple[Share, ...]
    silent: tuple[str, ...]
    on: date

    @property
    def title(self) -> str:
        """Name of the line and round."""
        plan = self.register.round
        line = self.register.line.facts.name
        return f"{line}第 {self.register.number} 轮联合检查" if plan is None else plan.name

    def side_name(self, code: str) -> str:
        """Name of a division, its code where none is known."""
        return self.names.get(code, code)


def round_results(city: City, key: RoundKey, *, tolerance_m: float) -> RoundResults:
    """What both sides recorded of a line in a round, compared.

    Parameters
    ----------
    city, key
        The city, line and round.
    tolerance_m
        Displacement up to which a marker has not moved, where the plan sets none.

    Raises
    ------
    NotFound
        When the line is not registered.
    """
    with city.store.read() as reading:
        return _results(reading, key, tolerance_m, city.today)


def _results(reading: Reading, key: RoundKey, tolerance_m: float, today: date) -> RoundResults:
    register = line_register(reading, key.line, key.number)
    works = work_files(reading.features(Collection.MARKER_WORKS, where={"line": key.line}))
    names = division_names(reading)
    plan = register.round
    by_plan = plan is not None and plan.tolerance_m is not None
    allowed = plan.tolerance_m if plan is not None and plan.tolerance_m is not None else tolerance_m
    held = latest(register.recorded)
    found = compare_sides(
        register.recorded, register.sides, allowed, lambda one, other: ground_offset(one, other)[0]
    )
    markers = _markers(register, held, found)
    segments = _segments(register, held, found)
    return RoundResults(
        register=register,
        names=names,
        tolerance_m=allowed,
        by_plan=by_plan,
        markers=markers,
        segments=segments,
        disagreements=found,
        repairs=tuple(_repairs(markers, works, names)),
        shares=_shares(register, markers, segments, allowed),
        silent=tuple(s for s in register.sides if all(r.side != s for r in register.recorded)),
        on=today,
    )


_Held = Mapping[tuple[InspectionSubject, str, str], Inspection]


def _of(held: _Held, subject: InspectionSubject, key: str) -> dict[str, Inspection]:
    return {
        side: record
        for (about, each, side), record in sorted(held.items())
        if about is subject and each == key
    }


def _differs(
    found: Sequence[Disagreement], subject: InspectionSubject, key: str
) -> tuple[Differs, ...]:
    kinds = {each.differs for each in found if each.subject is subject and each.key == key}
    return tuple(kind for kind in Differs if kind in kinds)


def _markers(
    register: LineRegister, held: _Held, found: Sequence[Disagreement]
) -> tuple[MarkerOutcome, ...]:
    subject = InspectionSubject.MARKER
    strange = [key for about, key, _ in held if about is subject and key not in register.markers]
    rows = []
    for key in dict.fromkeys([*register.markers, *sorted(strange)]):
        known, own = register.markers.get(key), _of(held, subject, key)
        number = known.number if known else next(iter(own.values())).name
        state = agreed_state(own.values())
        rows.append(MarkerOutcome(key, number, known, own, state, _differs(found, subject, key)))
    return tuple(rows)


def _segments(
    register: LineRegister, held: _Held, found: Sequence[Disagreement]
) -> tuple[SegmentOutcome, ...]:
    subject = InspectionSubject.SEGMENT
    order = {marker.number: place for place, marker in enumerate(register.markers.values())}

    def along(name: str) -> tuple[int, str]:
        start, end = name.partition("—")[::2]
        return order.get(start, order.get(end, len(order)) - 1), name

    names = sorted({key for about, key, _ in held if about is subject}, key=along)
    return tuple(
        SegmentOutcome(name, _of(held, subject, name), _differs(found, subject, name))
        for name in names
    )


def _repairs(
    markers: Sequence[MarkerOutcome], works: Sequence[WorkFile], names: Mapping[str, str]
) -> list[Repair]:
    opened = {file.marker: file.id for file in works if file.work.state not in _ENDED}
    found = []
    for outcome in markers:
        needed = needed_work(outcome.held.values())
        if outcome.registered is None or needed is None:
            continue
        told = "；".join(
            f"{names.get(side, side)} {record.inspected_on} 记录{_told(record)}"
            for side, record in outcome.held.items()
        )
        keeper = outcome.registered.responsible
        work = opened.get(outcome.key)
        found.append(Repair(outcome.registered, *needed, f"联检发现：{told}", keeper, work))
    return found


def _told(record: Inspection) -> str:
    state = record.state.label_zh if record.state else "未填状况"
    done = "、".join(action.label_zh for action in record.actions)
    off = f"，位移 {record.displacement_m:.2f} 米" if record.displacement_m is not None else ""
    return f"“{state}”{f'，已{done}' if done else ''}{off}"


def _shares(
    register: LineRegister,
    markers: Sequence[MarkerOutcome],
    segments: Sequence[SegmentOutcome],
    tolerance_m: float,
) -> tuple[Share, ...]:
    own = [outcome for outcome in markers if outcome.registered is not None]
    seen = [outcome for outcome in own if outcome.held]
    both = [outcome for outcome in seen if set(register.sides) <= set(outcome.held)]
    agreed = [outcome for outcome in both if not outcome.differs]
    measured = [outcome for outcome in seen if outcome.displacement_m is not None]
    moved = [o for o in measured if (o.displacement_m or 0) > tolerance_m]
    checks = [c for o in seen for r in o.held.values() for c in r.witnesses if c.found is not None]
    whole = [o for o in segments if set(register.sides) <= set(o.held)]
    done = [o for o in seen if any(set(r.actions) - {MarkerAction.NONE} for r in o.held.values())]
    states = [
        Share(f"界桩{state.label_zh}", sum(o.state is state for o in seen), len(seen))
        for state in MarkerState
        if state is not MarkerState.UNKNOWN
    ]
    return (
        Share("已检查界桩", len(seen), len(own)),
        Share("各方都有记录的界桩", len(both), len(own)),
        Share("各方记录一致的界桩", len(agreed), len(both)),
        *states,
        Share("状况不一致或未填的界桩", sum(o.state is None for o in seen), len(seen)),
        Share("位移超过限差的界桩", len(moved), len(measured)),
        Share("已作处理的界桩", len(done), len(seen)),
        Share("找到的方位物（项次）", sum(c.found is True for c in checks), len(checks)),
        Share("各方都有记录的界线段", len(whole), len(segments)),
    )


def propose_repairs(
    city: City, key: RoundKey, edit: Edit, *, tolerance_m: float
) -> tuple[str, ...]:
    """Open works for each marker that needs them and has none open; returns their ids.

    The register of markers stays as it is: it changes with the last step of the works
    (行政区域界线管理条例 article 6).

    Raises
    ------
    NotFound, InvalidInput, RuleViolation
        As `marker_works.open_work`; works that were opened before the error stay.
    """
    found = round_results(city, key, tolerance_m=tolerance_m)
    return tuple(
        open_work(city, Proposal(repair.kind, repair.cause, repair.marker.id), edit).id
        for repair in found.repairs
        if repair.opened is None
    )
