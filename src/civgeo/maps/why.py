"""Why a unit meets or does not: numerator, denominator, standard, and the standard's source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from civgeo.domain.estate import EstateClass
from civgeo.domain.quantity import decimal_text, fixed
from civgeo.domain.standard import EVIDENCE_ZH, Standard
from civgeo.maps.layers import Card, Column, Facts, Story
from civgeo.maps.rows import UnitRow
from civgeo.maps.theme import MapNote, State, state_of

__all__ = ["Why", "figure_text", "named_standards", "standard_card"]

FIGURE_UNIT = "m²/百户"
FORMULA = "100 × {0} ÷ {1} ＝ {2} " + FIGURE_UNIT
_OPERATORS = {">=": "≥", ">": "＞", "<=": "≤", "<": "＜", "=": "＝"}
_AREA_BASIS = {"gross": "建筑面积", "net": "套内建筑面积", "unspecified": "法规未写明口径"}
_COLUMNS = (
    Column("养老用房（分子）", "m²"),
    Column("户数（分母）", "户"),
    Column("每百户面积", FIGURE_UNIT),
    Column("应有面积", "m²"),
    Column("缺口", "m²"),
    Column("富余", "m²"),
    Column("计入设施", "处"),
    Column("低于单处下限", "处"),
)
_AREA_COLUMNS = (
    Column("小区总数", "个"),
    Column("已评价小区", "个"),
    Column("其中达标", "个"),
)


def figure_text(value: float | None) -> str:
    """A figure for the eye, two decimals rounded half up; empty when not known.

    Examples
    --------
    >>> figure_text(59.735), figure_text(None)
    ('59.74', '')
    """
    return "" if value is None else fixed(Decimal(str(value)))


def named_standards(units: Sequence[UnitRow]) -> list[tuple[EstateClass, str]]:
    """Class of estate and id of each standard that decided for any of the units, once each."""
    new = {(EstateClass.NEW, row.standard_new): None for row in units}
    existing = {(EstateClass.EXISTING, row.standard_existing): None for row in units}
    return [(part, name) for part, name in (*new, *existing) if name]


def standard_card(standard: Standard, part: EstateClass, about: MapNote) -> Card:
    """Box about one standard: place, regulation, threshold, period, evidence and edition."""
    threshold = "条文没有数值"
    if standard.value is not None:
        sign = _OPERATORS.get(standard.operator, standard.operator)
        unit = standard.unit.replace("m2", "m²")
        threshold = f"{sign} {decimal_text(standard.value)} {unit}/百户"
    until = f"，至 {standard.valid_to}" if standard.valid_to else ""
    rows = [
        ("标准值", threshold),
        ("适用地区", standard.place),
        ("出处", standard.source),
        ("文号或日期", standard.document_no),
        ("施行", f"{standard.valid_from} 起{until}" if standard.valid_from else "日期未录入"),
        ("面积口径", _AREA_BASIS.get(standard.area_basis, standard.area_basis)),
        ("依据程度", _evidence(standard.evidence)),
        ("评价日", "" if about.on is None else str(about.on)),
        ("标准版本", about.edition),
        ("记录编号", standard.id),
    ]
    return Card(_card_title(part), tuple((label, text) for label, text in rows if text))


def _card_title(part: EstateClass) -> str:
    return f"{part.label_zh}小区标准"


def _evidence(mark: str) -> str:
    return f"{mark}（{EVIDENCE_ZH[mark]}）" if mark in EVIDENCE_ZH else mark


@dataclass(frozen=True)
class Why:
    """Stories of the units of one coverage result.

    Parameters
    ----------
    cards
        One box for each standard that decided for any unit.
    numbers
        Number of the box of each class and standard id.
    """

    cards: tuple[Card, ...]
    numbers: Mapping[tuple[EstateClass, str], int]

    @classmethod
    def of(
        cls, units: Sequence[UnitRow], standards: Mapping[str, Standard], about: MapNote
    ) -> "Why":
        """Stories that name `standards` (by id), and the day and edition of `about`."""
        named = named_standards(units)
        cards = tuple(
            standard_card(standards[name], part, about)
            if name in standards
            else Card(_card_title(part), (("记录编号", f"{name}（本版标准中没有这条记录）"),))
            for part, name in named
        )
        return cls(cards, {key: number for number, key in enumerate(named)})

    def estate_facts(self) -> Facts:
        """What the stories of estates have in common."""
        return Facts((*_COLUMNS, Column("小区类别")), FORMULA, self.cards)

    def county_facts(self) -> Facts:
        """What the stories of counties have in common."""
        return Facts((*_COLUMNS, *_AREA_COLUMNS), FORMULA, self.cards)

    def estate(self, row: UnitRow) -> Story:
        """Story of one estate."""
        part = EstateClass(row.estate_class).label_zh if row.estate_class else None
        return self._story(row, row.name or "（未命名小区）", (part,))

    def neighbour(self, name: str) -> Story:
        """Story of a district around the city, which is not assessed here."""
        return Story(name, tip="相邻政区，不在本图评价范围")

    def county(self, row: UnitRow | None, name: str) -> Story:
        """Story of one county; `row` is None where no estate is registered."""
        if row is None:
            return Story(name, tip="没有登记小区", note="本县区没有登记小区，无法计算。")
        return self._story(row, name, (row.estates, row.estates_assessed, row.estates_meeting))

    def _story(self, row: UnitRow, name: str, more: tuple[str | int | None, ...]) -> Story:
        state = state_of(row.status, row.meets)
        figure = figure_text(row.m2_per_100_households)
        keys = ((EstateClass.NEW, row.standard_new), (EstateClass.EXISTING, row.standard_existing))
        return Story(
            name=name,
            tip=f"{figure} {FIGURE_UNIT}　{state.label_zh}" if figure else state.label_zh,
            verdict=_verdict(state, row.meets),
            note=row.reason or "",
            values=(
                figure_text(row.total_m2),
                row.households,
                figure or None,
                figure_text(row.required_m2) or None,
                figure_text(row.gap_m2) if not row.surplus_m2 else None,
                figure_text(row.surplus_m2) if row.surplus_m2 else None,
                row.facilities,
                row.sites_below_minimum or None,
                *more,
            ),
            cards=tuple(self.numbers[part, key] for part, key in keys if key),
            simulated=row.simulated,
        )


def _verdict(state: State, meets: bool | None) -> str:
    if state is State.UNVERIFIED and meets is not None:
        return f"结论：{state.label_zh}（按现有数据{'达标' if meets else '不达标'}）"
    return f"结论：{state.label_zh}"
