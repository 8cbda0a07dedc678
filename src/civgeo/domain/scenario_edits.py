"""Edits of a scenario: the ordered list of what is added, moved, closed or resized.

An edit list is JSON; equal lists have equal canonical texts and digests, whatever the order of
their keys and the form of their numbers, so that a comparison can be repeated.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from math import isfinite
from types import MappingProxyType
from typing import ClassVar

from civgeo.domain.estate import EstateClass
from civgeo.domain.facility import FacilityKind
from civgeo.domain.labelled import Labelled
from civgeo.domain.standard import parse_day
from civgeo.errors import InvalidInput

__all__ = [
    "AddCrossing",
    "AddEstate",
    "AddFacility",
    "CloseFacility",
    "MoveFacility",
    "ResizeFacility",
    "ScenarioAction",
    "ScenarioEdit",
    "canonical_edits",
    "digest_of_edits",
    "parsed_edits",
]

MOST_EDITS = 1_000
MOST_VERTICES = 1_000
LONGEST = 200
LARGEST = 1_000_000_000_000
WEST, SOUTH, EAST, NORTH = 73.5, 0.0, 136.5, 60.0

Position = tuple[float, float]


class ScenarioAction(Labelled):
    """What an edit does."""

    ADD = "add", "增设设施"
    MOVE = "move", "迁移设施"
    CLOSE = "close", "关闭设施"
    RESIZE = "resize", "扩缩设施"
    ADD_ESTATE = "add_estate", "新增小区"
    ADD_CROSSING = "add_crossing", "新增跨越设施"


@dataclass(frozen=True, slots=True)
class AddFacility:
    """A new facility at `lon`, `lat` (EPSG:4490); it serves from `opens`, at once when None."""

    action: ClassVar = ScenarioAction.ADD
    kind: FacilityKind
    name: str
    lon: float
    lat: float
    floor_area_m2: float | None = None
    beds: int | None = None
    cost_yuan: float | None = None
    opens: date | None = None


@dataclass(frozen=True, slots=True)
class MoveFacility:
    """The facility of that id stands at `lon`, `lat` (EPSG:4490) instead."""

    action: ClassVar = ScenarioAction.MOVE
    facility: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class CloseFacility:
    """The facility of that id no longer serves."""

    action: ClassVar = ScenarioAction.CLOSE
    facility: str


@dataclass(frozen=True, slots=True)
class ResizeFacility:
    """The facility of that id has another floor area or number of beds; None leaves it."""

    action: ClassVar = ScenarioAction.RESIZE
    facility: str
    floor_area_m2: float | None = None
    beds: int | None = None


@dataclass(frozen=True, slots=True)
class AddEstate:
    """A new housing estate at `lon`, `lat` (EPSG:4490)."""

    action: ClassVar = ScenarioAction.ADD_ESTATE
    name: str
    lon: float
    lat: float
    households: int
    elders: int
    estate_class: EstateClass


@dataclass(frozen=True, slots=True)
class AddCrossing:
    """A new crossing along `line` (longitude, latitude of each vertex, EPSG:4490)."""

    action: ClassVar = ScenarioAction.ADD_CROSSING
    name: str
    line: tuple[Position, ...]
    cost_yuan: float | None = None


ScenarioEdit = AddFacility | MoveFacility | CloseFacility | ResizeFacility | AddEstate | AddCrossing


class _Fault(Exception):
    """Why one edit cannot be taken."""


def parsed_edits(given: str | Sequence[object]) -> tuple[ScenarioEdit, ...]:
    """The edits of a scenario, in their order.

    Parameters
    ----------
    given
        A JSON text, or the list that it holds.

    Raises
    ------
    InvalidInput
        ``bad_edits``; the message names the number of the edit, its key, and what is wrong: an
        unknown action or key, a missing or bad value, a change of a facility that an earlier edit
        closed.
    """
    listed = _listed(given)
    edits = []
    closed: dict[str, int] = {}
    for number, item in enumerate(listed, 1):
        try:
            edit = _edit(item)
            _refuse_closed(edit, closed)
        except _Fault as fault:
            raise InvalidInput(f"第 {number} 项改动：{fault}", code="bad_edits") from None
        if isinstance(edit, CloseFacility):
            closed[edit.facility] = number
        edits.append(edit)
    return tuple(edits)


def canonical_edits(edits: Sequence[ScenarioEdit]) -> str:
    """JSON text of the edits: the same text for the same edits.

    Examples
    --------
    >>> canonical_edits(parsed_edits('[{"facility": "f1", "action": "close"}]'))
    '[{"action":"close","facility":"f1"}]'
    """
    items = []
    for edit in edits:
        values = {name: value for name, value in asdict(edit).items() if value is not None}
        items.append({"action": edit.action.value, **values})
    return json.dumps(items, ensure_ascii=False, separators=(",", ":"), default=date.isoformat)


def digest_of_edits(edits: Sequence[ScenarioEdit]) -> str:
    """SHA-256 of the canonical text, in hexadecimal digits."""
    return sha256(canonical_edits(edits).encode()).hexdigest()


def _listed(given: str | Sequence[object]) -> Sequence[object]:
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except (ValueError, RecursionError):
            raise InvalidInput("改动清单不是有效的 JSON", code="bad_edits") from None
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise InvalidInput("改动清单应为 JSON 列表，每项一个改动", code="bad_edits")
    if len(given) > MOST_EDITS:
        text = f"改动清单至多 {MOST_EDITS:,} 项，收到 {len(given):,} 项：请分成几个方案"
        raise InvalidInput(text, code="bad_edits")
    return given


def _edit(item: object) -> ScenarioEdit:
    if not isinstance(item, Mapping):
        raise _Fault(f"应为 JSON 对象，收到{_short(item)}")
    action = _action(item.get("action"))
    make, readers, needed = _FORMS[action]
    for key in item:
        if key != "action" and key not in readers:
            raise _Fault(f"“{action.label_zh}”没有键{_short(key)}；可用的键：{'、'.join(readers)}")
    values = {
        key: read(key, item[key]) for key, read in readers.items() if item.get(key) is not None
    }
    for key in needed:
        if key not in values:
            raise _Fault(f"“{action.label_zh}”缺少 {key}")
    if action is ScenarioAction.RESIZE and len(values) == 1:
        raise _Fault("“扩缩设施”应写明 floor_area_m2 或 beds")
    return make(**values)


def _action(value: object) -> ScenarioAction:
    for action in ScenarioAction:
        if action == value:
            return action
    known = "、".join(f"{action.value}（{action.label_zh}）" for action in ScenarioAction)
    raise _Fault(f"action 应为 {known} 之一，收到{_short(value)}")


def _refuse_closed(edit: ScenarioEdit, closed: Mapping[str, int]) -> None:
    if isinstance(edit, MoveFacility | CloseFacility | ResizeFacility) and edit.facility in closed:
        raise _Fault(
            f"设施{_short(edit.facility)}已在第 {closed[edit.facility]} 项关闭，不能再改动"
        )


def _text(key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST:
        raise _Fault(f"{key} 应为不超过 {LONGEST} 个字的文字，收到{_short(value)}")
    return value.strip()


def _number(key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise _Fault(f"{key} 应为数字，收到{_short(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = float("inf")
    if not isfinite(number):
        raise _Fault(f"{key} 应为有限的数字，收到{_short(value)}")
    return number


def _amount(key: str, value: object) -> float:
    number = _number(key, value)
    if number < 0:
        raise _Fault(f"{key} 不能为负，收到{_short(value)}")
    if number > LARGEST:
        raise _Fault(f"{key} 超出可处理的范围，收到{_short(value)}")
    return number + 0.0


def _count(key: str, value: object) -> int:
    number = _amount(key, value)
    if number != int(number):
        raise _Fault(f"{key} 应为整数，收到{_short(value)}")
    return int(number)


def _degrees(low: float, high: float) -> Callable[[str, object], float]:
    def read(key: str, value: object) -> float:
        number = _number(key, value)
        if not low <= number <= high:
            raise _Fault(
                f"{key} 应在 {low:g} 至 {high:g} 度之间，收到{_short(value)}：请核对经度、纬度"
            )
        return number + 0.0

    return read


_lon, _lat = _degrees(WEST, EAST), _degrees(SOUTH, NORTH)


def _line(key: str, value: object) -> tuple[Position, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise _Fault(f"{key} 应为点的列表 [[经度, 纬度], …]，收到{_short(value)}")
    if not 2 <= len(value) <= MOST_VERTICES:
        raise _Fault(f"{key} 应有 2 至 {MOST_VERTICES:,} 个点，收到 {len(value)} 个")
    points = tuple(_position(key, number, point) for number, point in enumerate(value, 1))
    if len(set(points)) == 1:
        raise _Fault(f"{key} 的点都在一处，没有长度")
    return points


def _position(key: str, number: int, point: object) -> Position:
    if not isinstance(point, Sequence) or isinstance(point, str) or len(point) != 2:
        raise _Fault(f"{key} 第 {number} 点应为 [经度, 纬度]，收到{_short(point)}")
    where = f"{key} 第 {number} 点"
    return _lon(where, point[0]), _lat(where, point[1])


def _kind(key: str, value: object) -> FacilityKind:
    for kind in FacilityKind:
        if kind == value:
            return kind
    raise _Fault(f"{key} 不是已知的设施类型，收到{_short(value)}")


def _estate_class(key: str, value: object) -> EstateClass:
    wanted = (EstateClass.NEW, EstateClass.EXISTING)
    for found in wanted:
        if found == value:
            return found
    known = " 或 ".join(f"{item.value}（{item.label_zh}）" for item in wanted)
    raise _Fault(f"{key} 应为 {known}，收到{_short(value)}")


def _day(key: str, value: object) -> date:
    try:
        return parse_day(_text(key, value), key)
    except InvalidInput as error:
        raise _Fault(error.message) from None


def _short(value: object) -> str:
    text = str(value)
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"


_Reader = Callable[[str, object], object]
_PLACE: Mapping[str, _Reader] = {"lon": _lon, "lat": _lat}
_SIZE: Mapping[str, _Reader] = {"floor_area_m2": _amount, "beds": _count}
_FORMS: Mapping[
    ScenarioAction,
    tuple[Callable[..., ScenarioEdit], Mapping[str, _Reader], tuple[str, ...]],
] = MappingProxyType(
    {
        ScenarioAction.ADD: (
            AddFacility,
            {
                "kind": _kind,
                "name": _text,
                **_PLACE,
                **_SIZE,
                "cost_yuan": _amount,
                "opens": _day,
            },
            ("kind", "name", "lon", "lat"),
        ),
        ScenarioAction.MOVE: (
            MoveFacility,
            {"facility": _text, **_PLACE},
            ("facility", "lon", "lat"),
        ),
        ScenarioAction.CLOSE: (CloseFacility, {"facility": _text}, ("facility",)),
        ScenarioAction.RESIZE: (ResizeFacility, {"facility": _text, **_SIZE}, ("facility",)),
        ScenarioAction.ADD_ESTATE: (
            AddEstate,
            {
                "name": _text,
                **_PLACE,
                "households": _count,
                "elders": _count,
                "estate_class": _estate_class,
            },
            ("name", "lon", "lat", "households", "elders", "estate_class"),
        ),
        ScenarioAction.ADD_CROSSING: (
            AddCrossing,
            {"name": _text, "line": _line, "cost_yuan": _amount},
            ("name", "line"),
        ),
    }
)
