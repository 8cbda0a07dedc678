"""Why a unit meets or does not: numerator, denominator, standard, and the standard's source."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

import geopandas as gpd
import pandas as pd

from civgeo.domain.estate import EstateClass
from civgeo.domain.quantity import decimal_text, fixed
from civgeo.domain.standard import EVIDENCE_ZH, Standard
from civgeo.maps.layers import Card, Column, Facts, Story
from civgeo.maps.theme import MapNote, state_of

__all__ = ["Why", "figure_text", "standard_card"]

FIGURE_UNIT = "m²/百户"
_OPERATORS = {">=": "≥", ">": "＞", "<=": "≤", "<": "＜", "=": "＝"}
_AREA_BASIS = {"gross": "建筑面积", "net": "套内建筑面积", "unspecified": "法规未写明口径"}
_FIGURES = (
    ("total_m2", Column("养老用房（分子）", "m²")),
    ("households", Column("户数（分母）", "户")),
    ("m2_per_100_households", Column("每百户面积", FIGURE_UNIT)),
    ("required_m2", Column("应有面积", "m²")),
    ("gap_m2", Column("缺口", "m²")),
    ("surplus_m2", Column("富余", "m²")),
    ("facilities", Column("计入设施", "处")),
    ("sites_below_minimum", Column("低于单处下限", "处")),
)
_AREA_FIGURES = (
    ("estates", Column("小区总数", "个")),
    ("estates_assessed", Column("已评价小区", "个")),
    ("estates_meeting", Column("其中达标", "个")),
)
_COUNTS = {"households", "facilities", "sites_below_minimum", "estates"}
_COUNTS |= {"estates_assessed", "estates_meeting"}
FORMULA = "100 × {0} ÷ {1} ＝ {2} " + FIGURE_UNIT


def figure_text(value: object) -> str:
    """A figure for the eye, two decimals rounded half up; empty when not known.

    Examples
    --------
    >>> figure_text(59.735), figure_text(float("nan"))
    ('59.74', '')
    """
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return ""
    return fixed(Decimal(str(value)))


def standard_card(standard: Standard, estate_class: EstateClass, about: MapNote) -> Card:
    """Box about one standard: place, regulation, threshold, period, evidence and edition."""
    threshold = "条文没有数值"
    if standard.value is not None:
        sign = _OPERATORS.get(standard.operator, standard.operator)
        threshold = (
            f"{sign} {decimal_text(standard.value)} {standard.unit.replace('m2', 'm²')}/百户"
        )
    period = f"{standard.valid_from or '未录入'} 起"
    if standard.valid_to:
        period += f"，至 {standard.valid_to}"
    rows = [
        ("标准值", threshold),
        ("适用地区", standard.place),
        ("出处", standard.source),
        ("文号或日期", standard.document_no),
        ("施行", period),
        ("面积口径", _AREA_BASIS.get(standard.area_basis, standard.area_basis)),
        ("依据程度", _evidence(standard.evidence)),
        ("评价日", "" if about.on is None else str(about.on)),
        ("标准版本", about.edition),
        ("记录编号", standard.id),
    ]
    title = f"{estate_class.label_zh}小区标准"
    return Card(title, tuple((label, text) for label, text in rows if text))


def _evidence(mark: str) -> str:
    return f"{mark}（{EVIDENCE_ZH[mark]}）" if mark in EVIDENCE_ZH else mark


@dataclass(frozen=True)
class Why:
    """Stories of the units of one coverage result.

    Parameters
    ----------
    units
        Coverage result, index unit id.
    standards
        Records by id.
    about
        Gives the day and edition named in each story.
    """

    units: gpd.GeoDataFrame
    standards: Mapping[str, Standard]
    about: MapNote
    _numbers: dict[tuple[EstateClass, str], int] = field(default_factory=dict)

    @cached_property
    def _cards(self) -> tuple[Card, ...]:
        cards = []
        columns = ((EstateClass.NEW, "standard_new"), (EstateClass.EXISTING, "standard_existing"))
        for estate_class, column in columns:
            for name in self.units[column].dropna().unique():
                self._numbers[estate_class, name] = len(cards)
                cards.append(self._card(estate_class, str(name)))
        return tuple(cards)

    def _card(self, estate_class: EstateClass, name: str) -> Card:
        if name not in self.standards:
            rows = (("记录编号", f"{name}（本版标准中没有这条记录）"),)
            return Card(f"{estate_class.label_zh}小区标准", rows)
        return standard_card(self.standards[name], estate_class, self.about)

    @cached_property
    def _rows(self) -> Mapping[object, Mapping[str, object]]:
        plain = pd.DataFrame(self.units.drop(columns=self.units.geometry.name)).astype(object)
        columns = list(plain.columns)
        return {
            name: dict(zip(columns, values, strict=True))
            for name, *values in plain.itertuples(name=None)
        }

    def facts(self, level: str) -> Facts:
        """What the stories of one level have in common."""
        figures = _FIGURES if level == "estate" else (*_FIGURES, *_AREA_FIGURES)
        columns = tuple(column for _, column in figures)
        if level == "estate":
            columns = (*columns, Column("小区类别"))
        return Facts(columns, FORMULA, self._cards)

    def bare(self, name: str) -> Story:
        """Story of an area that is not assessed here, such as a neighbouring district."""
        return Story(name)

    def story(self, unit: str | None, name: str) -> Story:
        """Story of one unit: figures, verdict, and the standards that decided."""
        if unit is None:
            return Story(name, tip="没有登记小区", note="本县区没有登记小区，无法计算。")
        row = self._rows[unit]
        state = state_of(str(row["status"]), row["meets"])
        figure = figure_text(row["m2_per_100_households"])
        is_estate = row["level"] == "estate"
        figures = _FIGURES if is_estate else (*_FIGURES, *_AREA_FIGURES)
        values = tuple(_value(row.get(column), column) for column, _ in figures)
        if is_estate:
            values = (*values, _class_text(row.get("estate_class")))
        return Story(
            name=name,
            tip=f"{figure} {FIGURE_UNIT}　{state.label_zh}" if figure else state.label_zh,
            verdict=_verdict(state.label_zh, row["meets"]),
            note=_text(row["reason"]),
            values=values,
            cards=self._card_numbers(row),
            simulated=bool(row["simulated"]),
        )

    def _card_numbers(self, row: Mapping[str, object]) -> tuple[int, ...]:
        known = len(self._cards) > 0
        columns = ((EstateClass.NEW, "standard_new"), (EstateClass.EXISTING, "standard_existing"))
        named = [(estate_class, _text(row[column])) for estate_class, column in columns]
        return tuple(self._numbers[key] for key in named if known and key[1])


def _verdict(label: str, meets: object) -> str:
    if label == "待核实" and not pd.isna(meets):  # type: ignore[call-overload]
        return f"结论：{label}（按现有数据{'达标' if meets else '不达标'}）"
    return f"结论：{label}"


def _value(value: object, column: str) -> str | int | None:
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return None
    return int(str(value)) if column in _COUNTS else figure_text(value)


def _class_text(value: object) -> str:
    return EstateClass(value).label_zh if _text(value) else ""


def _text(value: object) -> str:
    return "" if value is None or pd.isna(value) else str(value)  # type: ignore[call-overload]
