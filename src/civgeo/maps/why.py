"""Why a unit meets or does not: numerator, denominator, standard, and the standard's source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from civgeo.domain.estate import EstateClass, HandoverStage
from civgeo.domain.facility import FacilityKind
from civgeo.domain.quantity import decimal_text, fixed
from civgeo.domain.standard import EVIDENCE_ZH, Standard
from civgeo.maps.layers import Card, Column, Facts, Listed, Story, Sum
from civgeo.maps.rows import SiteRow, UnitRow
from civgeo.maps.theme import MapNote, State, state_of

__all__ = ["Why", "figure_text", "named_standards", "place_text", "standard_card"]

LISTED_SITES = 8
DOUBTFUL = "疑似重复登记，未计入"

FIGURE_UNIT = "m²/百户"
FORMULA = "100 × {0} ÷ {1} ＝ {2} " + FIGURE_UNIT
_OPERATORS = {">=": "≥", ">": "＞", "<=": "≤", "<": "＜", "=": "＝"}
_AREA_BASIS = {"gross": "建筑面积", "net": "套内建筑面积", "unspecified": "法规未写明口径"}
_COLUMNS = (
    Column("养老用房（分子）", "m²"),
    Column("户数（分母）", "户"),
    Column("每百户面积", FIGURE_UNIT),
    Column("其中新建", "户"),
    Column("新建小区标准", FIGURE_UNIT),
    Column("其中已建成", "户"),
    Column("已建成小区标准", FIGURE_UNIT),
    Column("应有面积", "m²"),
    Column("缺口", "m²"),
    Column("富余", "m²"),
    Column("计入设施", "处"),
    Column("低于单处下限", "处"),
)
_REQUIRED = Sum(
    "应有面积 ＝ ",
    ("新建 {3} 户 × {4} ÷ 100", "已建成 {5} 户 × {6} ÷ 100"),
    " ＝ {7} m²",
)
_ESTATE_COLUMNS = (
    Column("小区类别"),
    Column("所在"),
    Column("建成年份", "年"),
    Column("用房阶段"),
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
    return list(dict.fromkeys(key for row in units for key in _deciding(row)))


def _deciding(row: UnitRow) -> list[tuple[EstateClass, str]]:
    """Class of estate and id of each standard that decided for one unit."""
    named = ((EstateClass.NEW, row.standard_new), (EstateClass.EXISTING, row.standard_existing))
    return [(part, name) for part, names in named if names for name in names.split(";")]


def place_text(names: Mapping[str, str], *codes: str | None) -> str | None:
    """Names of a county, township and community, from the widest; None where none is known.

    Examples
    --------
    >>> place_text({"990102": "青禾县", "990102100": "东镇"}, "990102100", None)
    '青禾县 东镇'
    """
    longest = max((code or "" for code in codes), key=len)
    parts = [names.get(longest[:digits]) for digits in (6, 9, 12) if len(longest) >= digits]
    return " ".join(part for part in parts if part) or None


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
        ("文号", standard.document_no),
        ("施行", f"{standard.valid_from} 起{until}" if standard.valid_from else "日期未录入"),
        ("面积口径", _AREA_BASIS.get(standard.area_basis, standard.area_basis)),
        ("依据程度", _evidence(standard.evidence)),
        ("评价日", "" if about.on is None else str(about.on)),
        ("标准版本", about.edition),
        ("备注", standard.note),
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
    minimums
        What each standard asks for, m2 per 100 households, as text.
    names
        Names of counties, townships and communities by code.
    sites
        Facilities built for each estate, by its id.
    """

    cards: tuple[Card, ...]
    numbers: Mapping[tuple[EstateClass, str], int]
    minimums: Mapping[str, str]
    names: Mapping[str, str] = field(default_factory=dict)
    sites: Mapping[str, Sequence[SiteRow]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        units: Sequence[UnitRow],
        standards: Mapping[str, Standard],
        about: MapNote,
        names: Mapping[str, str],
        sites: Sequence[SiteRow],
    ) -> "Why":
        """Stories that name `standards` (by id), and the day and edition of `about`."""
        named = named_standards(units)
        cards = tuple(
            standard_card(standards[name], part, about)
            if name in standards
            else Card(_card_title(part), (("记录编号", f"{name}（本版标准中没有这条记录）"),))
            for part, name in named
        )
        minimums = {
            name: decimal_text(item.value)
            for name, item in standards.items()
            if item.value is not None
        }
        of_estates: dict[str, list[SiteRow]] = {}
        for site in sites:
            of_estates.setdefault(site.estate, []).append(site)
        numbers = {key: number for number, key in enumerate(named)}
        return cls(cards, numbers, minimums, names, of_estates)

    def estate_facts(self) -> Facts:
        """What the stories of estates have in common."""
        columns = (*_COLUMNS, *_ESTATE_COLUMNS)
        return Facts(columns, FORMULA, self.cards, _REQUIRED, "本小区的养老用房设施")

    def county_facts(self) -> Facts:
        """What the stories of counties have in common."""
        return Facts((*_COLUMNS, *_AREA_COLUMNS), FORMULA, self.cards, _REQUIRED)

    def estate(self, row: UnitRow) -> Story:
        """Story of one estate."""
        more = (
            EstateClass(row.estate_class).label_zh if row.estate_class else None,
            place_text(self.names, row.division, row.community),
            row.completed_year,
            HandoverStage(row.stage).label_zh if row.stage else None,
        )
        sites = self.sites.get(row.unit, ())
        return replace(
            self._story(row, row.name or "（未命名小区）", more),
            listed=tuple(_listed(site) for site in sites[:LISTED_SITES]),
            unlisted=max(len(sites) - LISTED_SITES, 0),
        )

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
        parts = (
            *(row.households_new or None, self._minimum(row.standard_new)),
            *(row.households_existing or None, self._minimum(row.standard_existing)),
        )
        return Story(
            name=name,
            tip=f"{figure} {FIGURE_UNIT}　{state.label_zh}" if figure else state.label_zh,
            verdict=_verdict(state, row.meets),
            note=row.reason or "",
            values=(
                figure_text(row.total_m2),
                row.households,
                figure or None,
                *parts,
                figure_text(row.required_m2) or None,
                figure_text(row.gap_m2) if not row.surplus_m2 else None,
                figure_text(row.surplus_m2) if row.surplus_m2 else None,
                row.facilities,
                row.sites_below_minimum or None,
                *more,
            ),
            cards=tuple(self.numbers[key] for key in _deciding(row)),
            simulated=row.simulated,
        )

    def _minimum(self, names: str | None) -> str | None:
        """What the one standard of a class asks for; None where there is none, or several."""
        return self.minimums.get(names or "")


def _listed(site: SiteRow) -> Listed:
    area = "面积未登记" if site.floor_area_m2 is None else f"{figure_text(site.floor_area_m2)} m²"
    kind = FacilityKind[site.kind.upper()].label_zh
    return Listed(site.name, kind, area, DOUBTFUL if site.doubtful else "")


def _verdict(state: State, meets: bool | None) -> str:
    if state is State.UNVERIFIED and meets is not None:
        return f"结论：{state.label_zh}（按现有数据{'达标' if meets else '不达标'}）"
    return f"结论：{state.label_zh}"
