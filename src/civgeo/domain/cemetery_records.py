"""What cannot be true of a record of the cemetery registers: rules over several of its fields."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from numbers import Real
from types import MappingProxyType

from civgeo.domain.cemetery_forms import BurialPlaceStatus, GraveKind, GraveStatus
from civgeo.domain.division import DivisionCode
from civgeo.errors import InvalidInput

__all__ = ["RULED_REGISTERS", "RecordFault", "record_faults"]

Values = Mapping[str, object]

MOST_PER_MILLE, OLDEST = 1000, 130
FIRST_YEAR, LAST_YEAR = 1900, 2100


@dataclass(frozen=True, slots=True)
class RecordFault:
    """The field to mend, why, and all fields that the rule looks at."""

    field: str
    text: str
    fields: tuple[str, ...]


def record_faults(register: str, values: Values) -> Iterator[RecordFault]:
    """Faults of a record of `register`; none for registers without rules of their own.

    Parameters
    ----------
    register
        ``cemeteries``, ``graves`` or ``population``.
    values
        Fields by name; None, or absent, where unknown.
    """
    for rule in _RULES.get(register, ()):
        yield from rule(values)


def _number(values: Values, name: str) -> float | None:
    value = values.get(name)
    return float(value) if isinstance(value, Real) else None


def _positive(**titles: str) -> Callable[[Values], Iterator[RecordFault]]:
    def faults(values: Values) -> Iterator[RecordFault]:
        for name, title in titles.items():
            number = _number(values, name)
            if number is not None and number <= 0:
                yield RecordFault(name, f"{title}应大于 0；不知道的请留空", (name,))

    return faults


def _at_most(part: str, whole: str, text: str) -> Callable[[Values], Iterator[RecordFault]]:
    def faults(values: Values) -> Iterator[RecordFault]:
        some, all_ = _number(values, part), _number(values, whole)
        if some is not None and all_ is not None and some > all_:
            yield RecordFault(part, text, (part, whole))

    return faults


def _within(name: str, low: int, high: int, text: str) -> Callable[[Values], Iterator[RecordFault]]:
    def faults(values: Values) -> Iterator[RecordFault]:
        number = _number(values, name)
        if number is not None and not low <= number <= high:
            yield RecordFault(name, text, (name,))

    return faults


def _planned_is_unused(values: Values) -> Iterator[RecordFault]:
    if values.get("status") == BurialPlaceStatus.PLANNED and (_number(values, "used") or 0) > 0:
        text = "规划中的公墓不应有已用墓位：请核对状态或已用数"
        yield RecordFault("used", text, ("used", "status"))


def _served(values: Values) -> Iterator[RecordFault]:
    for code in str(values.get("serves") or "").split():
        try:
            DivisionCode.parse(code)
        except InvalidInput as error:
            text = f"服务区划应为区划代码，多个以空格分隔：{error.message}"
            yield RecordFault("serves", text, ("serves",))
            return


def _one_grave(values: Values) -> Iterator[RecordFault]:
    count = _number(values, "count")
    if count is not None and count < 1:
        yield RecordFault("count", "坟墓数量应不少于 1", ("count",))
    elif count is not None and count > 1 and values.get("kind") == GraveKind.SINGLE:
        text = "“单座”的数量应为 1；几座在一处的，坟墓类型请写“成片”"
        yield RecordFault("count", text, ("count", "kind"))


def _stays(values: Values) -> Iterator[RecordFault]:
    if values.get("moved_on") is not None and values.get("status") != GraveStatus.MOVED:
        text = "有迁移日期的，现状应为“已迁移”；没有迁的请删去日期"
        yield RecordFault("moved_on", text, ("moved_on", "status"))


_RULES: Mapping[str, tuple[Callable[[Values], Iterator[RecordFault]], ...]] = MappingProxyType(
    {
        "cemeteries": (
            _positive(
                area_mu="占地面积",
                approved_mu="批准面积",
                plot_single_m2="单人墓穴面积",
                plot_joint_m2="合葬墓穴面积",
            ),
            _at_most("used", "capacity", "已用墓位不应多于墓位总数：请核对其中一个"),
            _at_most(
                "graves_over_limit",
                "graves_counted",
                "超面积墓穴数不应多于已查墓穴数：请核对其中一个",
            ),
            _planned_is_unused,
            _served,
        ),
        "graves": (_positive(area_m2="占地面积"), _one_grave, _stays),
        "population": (
            _within(
                "period", FIRST_YEAR, LAST_YEAR, f"年份应在 {FIRST_YEAR} 至 {LAST_YEAR} 年之间"
            ),
            _within("age_from", 0, OLDEST, f"起始年龄应在 0 至 {OLDEST} 岁之间"),
            _within(
                "death_rate_per_mille",
                0,
                MOST_PER_MILLE,
                "死亡率是千分数，应在 0 至 1000 之间（如 7.2 表示 7.2‰）",
            ),
            _within("share", 0, 1, "安葬比例应在 0 至 1 之间（如 0.5 表示一半）"),
        ),
    }
)
RULED_REGISTERS = frozenset(_RULES)
"""Registers that have rules of their own."""
