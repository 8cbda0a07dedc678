"""Catalogue of the plans' indicators: what each counts, its target, and where it is written.

A target is a dated record of one city: it never holds elsewhere, and its operator, its source and
the passage travel with it. Three meanings of coverage are kept apart: areas that have a facility,
floor area per household, and people or area within reach on foot.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import TypeVar

from civgeo.domain.division import DivisionCode
from civgeo.domain.facility import FacilityKind
from civgeo.domain.indicator import Measure, Operator
from civgeo.domain.labelled import Labelled
from civgeo.domain.quantity import exact
from civgeo.domain.standard import EVIDENCE_ZH, parse_day
from civgeo.errors import InvalidInput, NotFound

__all__ = ["COLUMNS", "LAYERS_ZH", "Chapter", "Counting", "CoverageMeaning"]
__all__ += ["IndicatorCatalogue", "IndicatorDefinition", "IndicatorLevel", "definition_of"]


class Chapter(Labelled):
    """Field of work that an indicator belongs to."""

    ELDER_CARE = "elder_care", "养老服务"
    WELFARE = "welfare", "社会救助与福利"
    COMMUNITY = "community", "基层治理与社区服务"
    SOCIAL_WORK = "social_work", "社会工作、志愿服务与福彩"
    FUNERAL = "funeral", "殡葬"
    NAMES = "names", "界线与地名"


class IndicatorLevel(Labelled):
    """What a target is set for."""

    CITY = "city", "全市"
    COUNTY = "county", "县区"
    STREET = "street", "街道"
    TOWNSHIP = "township", "乡镇街道"
    COMMUNITY = "community", "社区、村"
    ESTATE = "estate", "小区"
    SITE = "site", "处所"
    LINE = "line", "界线"


class CoverageMeaning(Labelled):
    """Which of the three coverages an indicator speaks of; they are never mixed."""

    COUNT = "count", "有无（有设施的单元占比）"
    FLOOR_AREA = "floor_area", "面积（每百户面积）"
    REACH = "reach", "可达（步行圈内的占比）"
    NONE = "none", "不是覆盖指标"


class Counting(Labelled):
    """How a figure is computed from the registers."""

    UNITS_WITH = "units_with", "有所需设施的单元 ÷ 全部单元"
    BED_SHARE = "bed_share", "护理型床位 ÷ 床位"
    FACILITIES = "facilities", "运营中的设施数"
    BEDS = "beds", "运营中的床位数"
    FLOOR_PER_HOUSEHOLDS = "floor_per_households", "100 × 建筑面积 ÷ 户数"
    ESTATE_RATE = "estate_rate", "100 × 小区配建养老用房面积 ÷ 小区户数"
    ESTATES_MEETING = "estates_meeting", "达标小区 ÷ 已评价小区"
    PAIRED = "paired", "同一社区内有站点的设施 ÷ 设施"
    RURAL_NAMING = "rural_naming", "达到基本目标的乡镇 ÷ 全部乡镇"
    LINES_INSPECTED = "lines_inspected", "期内完成联检的界线 ÷ 全部界线"
    SITE_AREA = "site_area", "各处面积中最小的"
    REACH = "reach", "步行圈内的人数或面积 ÷ 总数"
    REPORTED = "reported", "只有上报数"


LAYERS_ZH: Mapping[str, str] = MappingProxyType(
    {
        "divisions": "区划名录",
        "facilities": "民政设施",
        "estates": "住宅小区",
        "standards": "现行标准",
        "streets": "步行网（道路）",
        "reporting_areas": "统计范围（主城区等）",
        "rural_naming": "乡村著名行动进度",
        "boundary_lines": "界线",
        "inspection_rounds": "联检计划",
        "cemeteries": "公墓登记",
        "graves": "散坟登记",
        "dem": "数字高程模型",
        "indicator_reports": "指标上报数",
    }
)
"""Registers and layers that indicators are computed from, with their Chinese names."""

Member = TypeVar("Member", bound=StrEnum)
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class IndicatorDefinition:
    """One figure of a plan.

    Parameters
    ----------
    id, row
        Stable identifier; number of the row in the table of forty indicators, 0 for the bureau's
        own.
    chapter, name
        Field of work; Chinese name.
    definition, numerator, denominator
        What is counted, in words; the denominator is empty for counts and areas.
    measure, operator, target, unit
        How the figure is scaled, compared, with what, in which unit; None where the plan names no
        figure.
    base, base_year
        What the plan gives as the figure before it began.
    year
        The target is due at the end of this year; None where the plan names none.
    valid_from, valid_to
        Days between which the target is the plan's; None for open.
    level, place, adcode
        What the target is set for, and the city that set it.
    document, document_day, article, passage
        Source: title, day, place in it, and the words as they stand there.
    coverage, counting, kinds, parameters
        Which coverage; how it is computed, from facilities of which kinds, with which parameters.
    layers
        Registers and layers that the figure needs.
    binding
        Whether the plan calls it 约束性; None where it does not say.
    caveat
        Why a computed figure has to be verified: what the registers cannot tell.
    confirm
        Why the target itself has to be confirmed, such as damage of the text; empty otherwise.
    evidence
        S (full text read), E (excerpt or report), C (computed), M (from memory), - (none).
    enabled
        Whether it is in use.
    """

    id: str
    row: int
    chapter: Chapter
    name: str
    definition: str
    numerator: str
    denominator: str
    measure: Measure
    operator: Operator
    target: Decimal | None
    unit: str
    base: Decimal | None
    base_year: int | None
    year: int | None
    valid_from: date | None
    valid_to: date | None
    level: IndicatorLevel
    place: str
    adcode: str
    document: str
    document_day: str
    article: str
    passage: str
    coverage: CoverageMeaning
    counting: Counting
    kinds: tuple[FacilityKind, ...]
    parameters: Mapping[str, str]
    layers: tuple[str, ...]
    binding: bool | None
    caveat: str
    confirm: str
    evidence: str
    enabled: bool

    @property
    def citation(self) -> str:
        """Source as it is printed: 《title》 article."""
        return f"《{self.document}》{self.article}"

    @property
    def to_be_confirmed(self) -> bool:
        """Whether the target has to be confirmed before it is drawn as a fact."""
        return bool(self.confirm)

    @property
    def due(self) -> date | None:
        """Last day by which the target is to be met."""
        return None if self.year is None else date(self.year, 12, 31)

    def number(self, name: str, default: int) -> int:
        """Whole number of the parameter `name`."""
        return int(self.parameters.get(name, default))

    def in_force(self, on: date) -> bool:
        """Whether the target is the plan's on that day."""
        after = self.valid_from is None or self.valid_from <= on
        return after and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True)
class IndicatorCatalogue:
    """All definitions of one edition, switched-off ones included."""

    definitions: tuple[IndicatorDefinition, ...]
    edition: str

    @cached_property
    def _by_id(self) -> Mapping[str, IndicatorDefinition]:
        return {item.id: item for item in self.definitions}

    def definition(self, id: str) -> IndicatorDefinition:
        """The definition in use with that id.

        Raises
        ------
        NotFound
            When there is none.
        """
        found = self._by_id.get(id)
        if found is None or not found.enabled:
            text = f"没有指标 {id[:80]!r}；编号见 civgeo indicators list"
            raise NotFound(text, code="unknown_indicator")
        return found

    def of_city(self, code: str) -> tuple[IndicatorDefinition, ...]:
        """Definitions in use that the city of that code set, in the catalogue's order."""
        city = DivisionCode.parse(code).text
        return tuple(item for item in self.definitions if item.enabled and item.adcode == city)

    @property
    def cities(self) -> Mapping[str, str]:
        """Names of the cities with definitions in use, by code."""
        return {item.adcode: item.place for item in self.definitions if item.enabled}

    def with_own(self, own: Iterable[IndicatorDefinition], edition: str) -> "IndicatorCatalogue":
        """The catalogue with definitions of a bureau; one with a known id takes its place."""
        merged = {**self._by_id, **{item.id: item for item in own}}
        return IndicatorCatalogue(tuple(merged.values()), edition)

    def rehomed(self, origin: str, code: str, place: str, document: str) -> "IndicatorCatalogue":
        """The definitions of the city `origin` as those of an invented city, which say so."""
        moved = (
            replace(
                item,
                place=place,
                adcode=code,
                document=document,
                document_day="",
                article="",
                passage="",
                evidence="-",
            )
            for item in self.of_city(origin)
        )
        return IndicatorCatalogue(tuple(moved), self.edition)


COLUMNS = (
    *("id", "row", "chapter", "name", "definition", "numerator", "denominator", "measure"),
    *("operator", "target", "unit", "base", "base_year", "year", "valid_from", "valid_to"),
    *("level", "place", "adcode", "document", "document_day", "article", "passage", "coverage"),
    *("counting", "kinds", "parameters", "layers", "binding", "caveat", "confirm", "evidence"),
    "enabled",
)
"""Columns of the table, in its order."""

_NEEDED = ("id", "name", "numerator", "place", "document", "passage")
_FLAGS = MappingProxyType({"true": True, "false": False, "是": True, "否": False, "": None})


def definition_of(row: Mapping[str, str]) -> IndicatorDefinition:
    """Definition that a row of the table holds.

    Raises
    ------
    InvalidInput
        Naming the column that cannot be read.
    """
    cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
    for name in _NEEDED:
        if not cells[name]:
            raise InvalidInput(f"{name} 不能为空", code="bad_value")
    measure = _member(cells, "measure", Measure)
    if measure.is_ratio and not cells["denominator"]:
        raise InvalidInput("denominator 不能为空：这一量度是比值", code="bad_value")
    return IndicatorDefinition(
        **{name: cells[name] for name in _TEXTS},
        row=_whole(cells, "row") or 0,
        chapter=_member(cells, "chapter", Chapter),
        measure=measure,
        operator=_member(cells, "operator", Operator),
        target=_amount(cells, "target"),
        base=_amount(cells, "base"),
        base_year=_whole(cells, "base_year"),
        year=_whole(cells, "year"),
        valid_from=_day(cells, "valid_from"),
        valid_to=_day(cells, "valid_to"),
        level=_member(cells, "level", IndicatorLevel),
        adcode=DivisionCode.parse(cells["adcode"]).text,
        coverage=_member(cells, "coverage", CoverageMeaning),
        counting=_member(cells, "counting", Counting),
        kinds=tuple(_one(word, "kinds", FacilityKind) for word in cells["kinds"].split()),
        parameters=_parameters(cells["parameters"]),
        layers=tuple(cells["layers"].split()),
        binding=_flag(cells, "binding"),
        evidence=_evidence(cells["evidence"]),
        enabled=_flag(cells, "enabled") is not False,
    )


_TEXTS = (
    *("id", "name", "definition", "numerator", "denominator", "unit", "place", "document"),
    *("document_day", "article", "passage", "caveat", "confirm"),
)


def _one(word: str, column: str, options: type[Member]) -> Member:
    labels = {str(getattr(option, "label_zh", option.value)): option for option in options}
    found = ({option.value: option for option in options} | labels).get(word)
    if found is None:
        known = "、".join(option.value for option in options)
        raise InvalidInput(f"{column} 的值 {word[:40]!r} 不可用，应为 {known}", code="bad_value")
    return found


def _member(cells: Mapping[str, str], column: str, options: type[Member]) -> Member:
    return _one(cells[column], column, options)


def _amount(cells: Mapping[str, str], column: str) -> Decimal | None:
    return exact(cells[column], column) if cells[column] else None


def _whole(cells: Mapping[str, str], column: str) -> int | None:
    word = cells[column]
    if word and not (word.isascii() and word.isdigit() and len(word) <= 4):
        raise InvalidInput(f"{column} 的值 {word[:40]!r} 应为不超过四位的正整数", code="bad_value")
    return int(word) if word else None


def _day(cells: Mapping[str, str], column: str) -> date | None:
    return parse_day(cells[column], column) if cells[column] else None


def _flag(cells: Mapping[str, str], column: str) -> bool | None:
    word = cells[column].lower()
    if word not in _FLAGS:
        raise InvalidInput(f"{column} 应为 true 或 false（是 或 否）", code="bad_value")
    return _FLAGS[word]


def _evidence(word: str) -> str:
    if word not in EVIDENCE_ZH:
        raise InvalidInput(f"evidence 应为 {'、'.join(EVIDENCE_ZH)} 之一", code="bad_value")
    return word


def _parameters(text: str) -> Mapping[str, str]:
    """``name=value`` pairs with semicolons between."""
    pairs = [part.partition("=") for part in text.split(";") if part.strip()]
    for name, sign, value in pairs:
        if not sign or not name.strip() or not value.strip():
            raise InvalidInput(f"parameters 应写作 name=value;name=value，收到 {text[:60]!r}")
    return MappingProxyType({name.strip(): value.strip() for name, _, value in pairs})
