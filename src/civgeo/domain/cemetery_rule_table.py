"""The table of rules on cemeteries: its columns, and what each may hold."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from civgeo.domain.cemetery_rules import (
    NATION,
    CemeteryLevel,
    CemeteryRule,
    Comparison,
    Force,
    Operation,
    PlotClass,
    Share,
    Topic,
)
from civgeo.domain.division import DivisionCode
from civgeo.domain.quantity import decimal_text, exact
from civgeo.domain.site_features import SiteFeature
from civgeo.domain.standard import EVIDENCE_ZH, first_day
from civgeo.errors import InvalidInput

__all__ = ["COLUMNS", "row_of", "rule_of", "unit_in"]

Member = TypeVar("Member", bound=StrEnum)
_AT_LEAST = frozenset({Comparison.AT_LEAST, Comparison.MORE_THAN})
_ALLOWED: Mapping[Topic, tuple[type[StrEnum] | None, frozenset[Comparison], str]] = (
    MappingProxyType(
        {
            Topic.FORBIDDEN_LAND: (
                SiteFeature,
                frozenset({Comparison.FORBIDDEN, Comparison.APPROVAL}),
                "",
            ),
            Topic.DISTANCE: (SiteFeature, _AT_LEAST | {Comparison.NEAR}, "m"),
            Topic.CORRIDOR: (SiteFeature, _AT_LEAST, "m"),
            Topic.MIN_AREA: (None, _AT_LEAST, "mu"),
            Topic.PLOT_SIZE: (
                PlotClass,
                frozenset({Comparison.AT_MOST, Comparison.LESS_THAN}),
                "m2",
            ),
            Topic.ECOLOGICAL_SHARE: (Share, _AT_LEAST, "%"),
            Topic.GREEN_COVER: (Share, _AT_LEAST, "%"),
            Topic.PUBLIC_SHARE: (Share, _AT_LEAST, "%"),
            Topic.TEXT_MISSING: (Topic, frozenset({Comparison.MISSING}), ""),
        }
    )
)
COLUMNS = (
    *("id", "topic", "subjects", "levels", "operation", "only_on", "choice"),
    *("place", "adcode", "regulation", "document_no", "article", "valid_from", "valid_to"),
    *("quantity", "operator", "value", "unit", "applies_to"),
    *("force", "evidence", "note", "enabled", "standard"),
)
"""Columns of the table of rules."""
_TEXTS = (
    *("id", "choice", "place", "regulation", "document_no", "article", "quantity"),
    *("applies_to", "note", "standard"),
)


def rule_of(row: Mapping[str, str]) -> CemeteryRule:
    """Rule that a row of the table holds.

    Raises
    ------
    InvalidInput
        Naming the column that cannot be read.
    """
    cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
    for name in ("id", "place", "adcode", "regulation"):
        if not cells[name]:
            raise InvalidInput(f"{name} 不能为空", code="bad_value")
    topic, operator = _one(cells, "topic", Topic), _one(cells, "operator", Comparison)
    kinds, comparisons, unit = _ALLOWED[topic]
    if operator not in comparisons:
        known = "、".join(sorted(comparisons))
        raise InvalidInput(f"operator 用于 {topic.value} 时应为 {known}", code="bad_value")
    texts = {name: cells[name] for name in _TEXTS}
    return CemeteryRule(
        **texts,
        topic=topic,
        subjects=_subjects(cells, kinds),
        levels=frozenset(_members(cells, "levels", CemeteryLevel)),
        operation=_one(cells, "operation", Operation) if cells["operation"] else None,
        only_on=_members(cells, "only_on", SiteFeature),
        adcode=_adcode(cells),
        valid_from=_period(cells, "valid_from"),
        valid_to=_period(cells, "valid_to"),
        operator=operator,
        value=_value(cells, operator),
        unit=_unit(cells, unit if operator.has_number else ""),
        force=_one(cells, "force", Force),
        evidence=_evidence(cells),
        enabled=_flag(cells),
    )


def row_of(rule: CemeteryRule) -> dict[str, str]:
    """Row of the table that holds `rule`; `rule_of` reads it back."""
    words = {
        "subjects": rule.subjects,
        "levels": sorted(rule.levels),
        "operation": [rule.operation] if rule.operation else [],
        "only_on": rule.only_on,
    }
    row = {name: " ".join(found) for name, found in words.items()}
    row["value"] = "" if rule.value is None else decimal_text(rule.value)
    row["enabled"] = "true" if rule.enabled else "false"
    return {name: row.get(name, str(getattr(rule, name))) for name in COLUMNS}


def unit_in(row: Mapping[str, str]) -> str:
    """Unit that a row of that topic and operator has; the one given where they cannot be read."""
    given = {name: (row.get(name) or "").strip() for name in ("topic", "operator", "unit")}
    try:
        topic, operator = _one(given, "topic", Topic), _one(given, "operator", Comparison)
    except InvalidInput:
        return given["unit"]
    return _ALLOWED[topic][2] if operator.has_number else ""


def _members(cells: Mapping[str, str], column: str, options: type[Member]) -> tuple[Member, ...]:
    known = {option.value: option for option in options} | {
        str(getattr(option, "label_zh", option.value)): option for option in options
    }
    words = cells[column].split()
    wrong = [word for word in words if word not in known]
    if wrong:
        offered = "、".join(option.value for option in options)
        raise InvalidInput(
            f"{column} 的值 {wrong[0][:40]!r} 不可用，应为 {offered}", code="bad_value"
        )
    return tuple(known[word] for word in words)


def _one(cells: Mapping[str, str], column: str, options: type[Member]) -> Member:
    found = _members(cells, column, options)
    if len(found) != 1:
        offered = "、".join(option.value for option in options)
        raise InvalidInput(f"{column} 应为 {offered} 之一", code="bad_value")
    return found[0]


def _subjects(cells: Mapping[str, str], kinds: type[StrEnum] | None) -> tuple[str, ...]:
    if kinds is None:
        if cells["subjects"]:
            raise InvalidInput("subjects 用于面积的规定时应为空，级别写在 levels", code="bad_value")
        return ()
    found = _members(cells, "subjects", kinds)
    if not found:
        raise InvalidInput("subjects 不能为空", code="bad_value")
    return tuple(found)


def _value(cells: Mapping[str, str], operator: Comparison) -> Decimal | None:
    if operator.has_number is not bool(cells["value"]):
        told = "不能为空：operator 是数值比较" if operator.has_number else "应为空：条文没有数值"
        raise InvalidInput(f"value {told}", code="bad_value")
    value = exact(cells["value"], "value") if cells["value"] else None
    if value is not None and value < 0:
        raise InvalidInput("value 不能为负", code="bad_value")
    return value


def _unit(cells: Mapping[str, str], unit: str) -> str:
    if cells["unit"] != unit:
        raise InvalidInput(f"unit 应为 {unit or '空'}", code="bad_value")
    return unit


def _adcode(cells: Mapping[str, str]) -> str:
    if cells["adcode"] == NATION:
        return NATION
    try:
        return DivisionCode.parse(cells["adcode"]).text
    except InvalidInput as error:
        raise InvalidInput(f"adcode {error.message}", code="bad_value") from None


def _period(cells: Mapping[str, str], column: str) -> str:
    try:
        first_day(cells[column])
    except (InvalidInput, ValueError):
        told = f"{column} 应为 YYYY-MM-DD 形式的日期，或只写年、年月"
        raise InvalidInput(told, code="bad_value") from None
    return cells[column]


def _evidence(cells: Mapping[str, str]) -> str:
    if cells["evidence"] not in EVIDENCE_ZH:
        raise InvalidInput(f"evidence 应为 {'、'.join(EVIDENCE_ZH)} 之一", code="bad_value")
    return cells["evidence"]


def _flag(cells: Mapping[str, str]) -> bool:
    flags = {"": True, "true": True, "是": True, "false": False, "否": False}
    if cells["enabled"].lower() not in flags:
        raise InvalidInput("enabled 应为 true 或 false（是 或 否）", code="bad_value")
    return flags[cells["enabled"].lower()]
