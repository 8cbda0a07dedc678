"""What the two sides recorded of one line, item by item; nothing here reads files or the store.

行政区域界线管理条例 (国务院令第 353 号) article 12: the sides inspect together and file one result,
so whatever they recorded differently has to be settled first. Comparing is symmetric: the order in
which sides or records are given makes no difference.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

from civgeo.domain.boundary_forms import MarkerState
from civgeo.domain.field_form import QUESTIONS
from civgeo.domain.field_results import ResultFault, WitnessCheck
from civgeo.domain.labelled import Labelled
from civgeo.domain.round_forms import InspectionSubject, MarkerAction, WorkKind

__all__ = [
    "Differs",
    "Disagreement",
    "Inspection",
    "Share",
    "agreed_state",
    "compare_sides",
    "contradictions",
    "latest",
    "needed_work",
]

Place = tuple[float, float]
_QUESTIONS = dict(QUESTIONS)
_WORDS = {True: "是", False: "否", None: "未填"}
_GRAVITY = tuple(MarkerState)
_WORK = {
    MarkerState.ILLEGIBLE: WorkKind.REPAIR,
    MarkerState.DAMAGED: WorkKind.REPAIR,
    MarkerState.MOVED: WorkKind.RESET,
    MarkerState.MISSING: WorkKind.REMAKE,
}
_DONE = {
    MarkerState.ILLEGIBLE: MarkerAction.REPAINTED,
    MarkerState.DAMAGED: MarkerAction.REPAIRED,
}


class Differs(Labelled):
    """In what two records of one thing differ."""

    ONE_SIDED = "one_sided", "只有一方记录"
    STATE = "state", "界桩状况"
    POSITION = "position", "实测位置"
    WITNESS = "witness", "方位物"
    ACTION = "action", "处理措施"
    ANSWER = "answer", "界线段检查"


@dataclass(frozen=True, slots=True)
class Inspection:
    """One inspection record.

    Parameters
    ----------
    id
        Of the record; empty for one that is not stored.
    subject, key, name
        Marker or segment; what identifies it (register id, or ids of both ends, else its name);
        number or name.
    side, inspected_on, inspector
        Who, when.
    state, actions
        Of a marker.
    longitude, latitude, height_m, datum
        Reading as recorded.
    place
        The reading in EPSG:4490; None where there is none, or where it is doubted.
    displacement_m, towards
        From the registered place; direction of sixteen, in Chinese.
    witnesses, answers
        Of a marker; of a segment, with ``note``.
    photos
        Slot and file name.
    remark
        Remark.
    recorded
        Order in which records were entered; the last of one day counts.
    findings
        Fault and message of what was found when it was entered.
    """

    id: str
    subject: InspectionSubject
    key: str
    name: str
    side: str
    inspected_on: date
    inspector: str | None = None
    state: MarkerState | None = None
    actions: tuple[MarkerAction, ...] = ()
    longitude: float | None = None
    latitude: float | None = None
    height_m: float | None = None
    datum: str | None = None
    place: Place | None = None
    displacement_m: float | None = None
    towards: str | None = None
    witnesses: tuple[WitnessCheck, ...] = ()
    answers: tuple[tuple[str, bool | None], ...] = ()
    note: str | None = None
    photos: tuple[tuple[str, str], ...] = ()
    remark: str | None = None
    recorded: int = 0
    findings: tuple[tuple[ResultFault, str], ...] = ()

    @property
    def content(self) -> tuple[object, ...]:
        """What was observed: two records with the same are one, however often they come."""
        answers = {key: answer for key, answer in self.answers if answer is not None}
        return (
            *(self.state, self.actions, self.longitude, self.latitude, self.height_m),
            *(self.datum, self.witnesses, tuple(sorted(answers.items())), self.note, self.photos),
            *(self.remark, self.inspector),
        )


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One thing that the sides recorded differently.

    Parameters
    ----------
    subject, key, name
        As in `Inspection`.
    differs
        In what.
    item
        Which witness mark or question; empty where there is one only.
    values
        What each side recorded, in Chinese, by division code; empty text for no record.
    distance_m
        Between the readings, for a position.
    place
        Where, EPSG:4490: the reading of the first side that has one.
    """

    subject: InspectionSubject
    key: str
    name: str
    differs: Differs
    item: str
    values: Mapping[str, str]
    distance_m: float | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A numerator and its denominator, with what they count."""

    label: str
    numerator: int
    denominator: int

    @property
    def percent(self) -> str:
        """Percentage to two decimals, half up; a dash for 0 of 0."""
        if not self.denominator:
            return "—"
        exact = Fraction(100 * self.numerator, self.denominator)
        hundredths = int(exact * 100 + Fraction(1, 2))
        return f"{Decimal(hundredths) / 100:.2f}"

    @property
    def text(self) -> str:
        """Both numbers and the percentage."""
        return f"{self.numerator}/{self.denominator}（{self.percent} %）"


def latest(records: Iterable[Inspection]) -> dict[tuple[InspectionSubject, str, str], Inspection]:
    """The record that counts for each thing and side: of the last day, there the last entered."""
    found: dict[tuple[InspectionSubject, str, str], Inspection] = {}
    for record in sorted(records, key=lambda item: (item.inspected_on, item.recorded, item.id)):
        found[record.subject, record.key, record.side] = record
    return found


def compare_sides(
    records: Iterable[Inspection],
    sides: Sequence[str],
    tolerance_m: float,
    distance_m: Callable[[Place, Place], float],
) -> tuple[Disagreement, ...]:
    """Everything that the sides recorded differently, by name of the thing.

    Parameters
    ----------
    records
        Of one line and round, all days; for each thing and side the latest counts.
    sides
        Division codes of those who have to inspect it.
    tolerance_m
        Readings farther apart than this disagree; exactly so far apart they still agree.
    distance_m
        Metres between two places, EPSG:4490.
    """
    by_thing: dict[tuple[InspectionSubject, str], dict[str, Inspection]] = {}
    for (subject, key, side), record in latest(records).items():
        by_thing.setdefault((subject, key), {})[side] = record
    found: list[Disagreement] = []
    for seen in by_thing.values():
        held = {side: seen[side] for side in sorted(seen)}
        found += _one_sided(held, sides)
        if len(held) > 1:
            found += _differences(held, tolerance_m, distance_m)
    order = list(Differs)
    return tuple(
        sorted(found, key=lambda d: (d.subject, d.name, d.key, order.index(d.differs), d.item))
    )


def _one_sided(held: Mapping[str, Inspection], sides: Sequence[str]) -> Iterable[Disagreement]:
    lacking = [side for side in sorted(sides) if side not in held]
    if lacking:
        told = {side: f"{record.inspected_on} 有记录" for side, record in held.items()}
        yield _told(held, Differs.ONE_SIDED, "", told | dict.fromkeys(lacking, ""))


def _differences(
    held: Mapping[str, Inspection], tolerance_m: float, distance_m: Callable[[Place, Place], float]
) -> Iterable[Disagreement]:
    states = {side: record.state for side, record in held.items()}
    if len(set(states.values())) > 1:
        words = {side: state.label_zh if state else "未填" for side, state in states.items()}
        yield _told(held, Differs.STATE, "", words)
    actions = {side: record.actions for side, record in held.items()}
    if len(set(actions.values())) > 1:
        yield _told(held, Differs.ACTION, "", {s: _actions(made) for s, made in actions.items()})
    yield from _positions(held, tolerance_m, distance_m)
    yield from _witnesses(held)
    yield from _answers(held)


def _actions(made: Sequence[MarkerAction]) -> str:
    return "、".join(action.label_zh for action in made) or MarkerAction.NONE.label_zh


def _positions(
    held: Mapping[str, Inspection], tolerance_m: float, distance_m: Callable[[Place, Place], float]
) -> Iterable[Disagreement]:
    placed = {side: record.place for side, record in held.items() if record.place is not None}
    farthest = max(
        (distance_m(one, other) for one, other in combinations(placed.values(), 2)), default=0.0
    )
    if farthest > tolerance_m:
        words = {side: f"{lon:.7f}，{lat:.7f}" for side, (lon, lat) in placed.items()}
        told = {side: words.get(side, "未测") for side in held}
        yield _told(held, Differs.POSITION, "", told, farthest)


def _witnesses(held: Mapping[str, Inspection]) -> Iterable[Disagreement]:
    count = max(len(record.witnesses) for record in held.values())
    for place in range(count):
        seen = {
            side: record.witnesses[place] if place < len(record.witnesses) else WitnessCheck("")
            for side, record in held.items()
        }
        if {True, False} <= {check.found for check in seen.values()}:
            names = sorted({check.name for check in seen.values() if check.name})
            item = f"{place + 1} 号{'（' + '、'.join(names) + '）' if names else ''}"
            words = {True: "找到", False: "没有找到", None: "未查"}
            yield _told(held, Differs.WITNESS, item, {s: words[c.found] for s, c in seen.items()})


def _answers(held: Mapping[str, Inspection]) -> Iterable[Disagreement]:
    for key, title in _QUESTIONS.items():
        seen = {side: dict(record.answers).get(key) for side, record in held.items()}
        if {True, False} <= set(seen.values()):
            told = {side: _WORDS[answer] for side, answer in seen.items()}
            yield _told(held, Differs.ANSWER, title, told)


def _told(
    held: Mapping[str, Inspection],
    differs: Differs,
    item: str,
    values: Mapping[str, str],
    distance_m: float | None = None,
) -> Disagreement:
    first = min(held.values(), key=lambda record: (record.side, record.id))
    place = next((record.place for record in held.values() if record.place is not None), None)
    ordered = {side: values[side] for side in sorted(values)}
    return Disagreement(
        first.subject, first.key, first.name, differs, item, ordered, distance_m, place
    )


def agreed_state(held: Iterable[Inspection]) -> MarkerState | None:
    """State that all records of a marker give, None where they differ or none gives one."""
    states = {record.state for record in held if record.state is not None}
    return states.pop() if len(states) == 1 else None


def contradictions(record: Inspection, tolerance_m: float) -> Iterable[tuple[ResultFault, str]]:
    """What one record says against the register, or against itself: fault and sentence.

    Parameters
    ----------
    record
        Of a marker.
    tolerance_m
        Displacement up to which a marker has not moved; exactly so far it has not.
    """
    moved = record.displacement_m
    off = moved is not None and moved > tolerance_m
    if moved is not None and off:
        text = f"实测位置较登记位置向{record.towards}偏 {moved:.2f} 米，超过限差 {tolerance_m:g} 米"
        yield ResultFault.DISPLACED, text
    if off and record.state is MarkerState.INTACT:
        text = "状况写“完好”，实测位移却超过限差：请复测，或把状况改为“移位”"
        yield ResultFault.STATE_CONTRADICTS, text
    if record.state is MarkerState.MOVED and moved is not None and not off:
        text = f"状况写“移位”，实测位移 {moved:.2f} 米却在限差 {tolerance_m:g} 米之内：请核对"
        yield ResultFault.STATE_CONTRADICTS, text
    if record.state is MarkerState.MISSING and moved is not None:
        yield ResultFault.STATE_CONTRADICTS, "状况写“丢失”，却有实测坐标：请核对"
    if record.state in _WORK:
        yield ResultFault.NOT_INTACT, f"界桩{record.state.label_zh}"
    lost = [
        f"{place} 号{f'（{check.name}）' if check.name else ''}"
        for place, check in enumerate(record.witnesses, 1)
        if check.found is False
    ]
    if lost:
        text = f"没有找到方位物 {'、'.join(lost)}：请选定新的方位物，重填登记表"
        yield ResultFault.WITNESS_MISSING, text


def needed_work(held: Iterable[Inspection]) -> tuple[WorkKind, MarkerState] | None:
    """Works that a marker needs by the gravest state recorded, and that state; None for none.

    Faint lettering that was repainted and damage that was repaired on the spot need none.
    """
    open_states = [
        record.state
        for record in held
        if record.state in _WORK and _DONE.get(record.state) not in record.actions
    ]
    if not open_states:
        return None
    gravest = max(open_states, key=_GRAVITY.index)
    return _WORK[gravest], gravest
