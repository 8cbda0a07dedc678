"""Elder-care floor area per 100 households of one unit, exactly.

Measure: 100 * (sum of floor areas) / (sum of households), compared with the standard of each part.
A unit of several parts needs the sum of ``households * minimum / 100`` over its parts; it meets
when the floor area at hand reaches that sum.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from civgeo.domain.division import DivisionCode
from civgeo.domain.estate import EstateClass
from civgeo.domain.standard import TOPIC_FLOOR_AREA, TOPIC_SINGLE_SITE, Standard, StandardBook

__all__ = ["FloorAreaVerdict", "SingleSiteFinding", "VerdictStatus", "assess", "missing_reason"]


class VerdictStatus(StrEnum):
    """How far an answer goes; other than ``ok`` it comes with a reason."""

    OK = "ok"
    UNDEFINED = "undefined"
    NOT_ASSESSED = "not_assessed"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class SingleSiteFinding:
    """Sites below the floor area that a single site must have, where such a rule holds."""

    standard: Standard
    below: tuple[Decimal, ...]

    @property
    def meets(self) -> bool:
        """Whether no site is below the minimum."""
        return not self.below


@dataclass(frozen=True, slots=True)
class FloorAreaVerdict:
    """Verdict on one unit; areas in m2 as exact fractions.

    ``required_m2``, ``meets``, ``gap_m2`` and ``surplus_m2`` are None when any part has no
    standard; ``m2_per_100_households`` is None without households.
    """

    status: VerdictStatus
    reason: str | None
    households: int
    total_m2: Fraction
    required_m2: Fraction | None
    m2_per_100_households: Fraction | None
    meets: bool | None
    standards: Mapping[EstateClass, Standard]
    single_site: tuple[SingleSiteFinding, ...]

    @property
    def gap_m2(self) -> Fraction | None:
        """What is missing, never negative."""
        return (
            None if self.required_m2 is None else max(self.required_m2 - self.total_m2, Fraction())
        )

    @property
    def surplus_m2(self) -> Fraction | None:
        """What is there beyond the requirement, never negative."""
        return (
            None if self.required_m2 is None else max(self.total_m2 - self.required_m2, Fraction())
        )


def assess(
    parts: Sequence[tuple[EstateClass, int]],
    facilities_m2: Sequence[Decimal],
    *,
    division: DivisionCode,
    on: date,
    book: StandardBook,
) -> FloorAreaVerdict:
    """Verdict on one unit: an estate, or any area that holds several.

    Parameters
    ----------
    parts
        Class (new or existing) and number of households of each part.
    facilities_m2
        Floor area of each elder-care site in m2.
    division
        Where the unit lies; decides the standard together with `on`.
    on
        Day of the question.
    book
        Edition of the standards.

    Examples
    --------
    >>> from civgeo.domain.standard import StandardBook
    >>> verdict = assess([(EstateClass.NEW, 100)], [Decimal(30)], division=DivisionCode("3204"),
    ...                  on=date(2026, 1, 1), book=StandardBook((), "empty"))
    >>> verdict.status.value, verdict.meets
    ('not_assessed', None)
    """
    total = sum(map(Fraction, facilities_m2), Fraction())
    households = sum(count for _, count in parts)
    chosen = {
        part: standard
        for part in dict.fromkeys(part for part, _ in parts)
        if (standard := book.choose(TOPIC_FLOOR_AREA, division, on, part)) is not None
    }
    lacking = [part for part, _ in parts if part not in chosen]
    status, reason = _status(households, lacking, chosen, division, on, book)
    required = None if lacking else _required(parts, chosen)
    rate = Fraction(100) * total / households if households else None
    decided = status in (VerdictStatus.OK, VerdictStatus.UNVERIFIED)
    return FloorAreaVerdict(
        status=status,
        reason=reason,
        households=households,
        total_m2=total,
        required_m2=required,
        m2_per_100_households=rate,
        meets=_meets(parts, chosen, total, required) if decided else None,
        standards=chosen,
        single_site=_single_sites(parts, facilities_m2, division, on, book),
    )


def _required(
    parts: Sequence[tuple[EstateClass, int]], chosen: Mapping[EstateClass, Standard]
) -> Fraction:
    return sum(
        (Fraction(count) * Fraction(chosen[part].value or 0) / 100 for part, count in parts),
        Fraction(),
    )


def _meets(
    parts: Sequence[tuple[EstateClass, int]],
    chosen: Mapping[EstateClass, Standard],
    total: Fraction,
    required: Fraction | None,
) -> bool:
    strict = any(chosen[part].operator == ">" for part, count in parts if count)
    return required is not None and (total > required if strict else total >= required)


def _status(
    households: int,
    lacking: Sequence[EstateClass],
    chosen: Mapping[EstateClass, Standard],
    division: DivisionCode,
    on: date,
    book: StandardBook,
) -> tuple[VerdictStatus, str | None]:
    if lacking:
        return VerdictStatus.NOT_ASSESSED, missing_reason(lacking[0], division, on, book)
    if households == 0:
        return VerdictStatus.UNDEFINED, "户数为 0，每百户面积没有定义"
    undated = [standard for standard in chosen.values() if not standard.valid_from]
    if undated:
        return VerdictStatus.UNVERIFIED, f"标准 {undated[0].id} 的施行日期未录入，待市局确认"
    return VerdictStatus.OK, None


def missing_reason(part: EstateClass, division: DivisionCode, on: date, book: StandardBook) -> str:
    """Why no standard decides for that class there on that day, in an officer's words."""
    head = f"{division.text} 在 {on.isoformat()} 没有可用的{part.label_zh}小区养老用房标准"
    scope = book.in_scope(TOPIC_FLOOR_AREA, division, on, part)
    if scope:
        return f"{head}：{scope[0].place}《{scope[0].regulation}》的条文没有数值，须录入所引标准"
    drafts = [
        standard
        for standard in book.about(TOPIC_FLOOR_AREA)
        if not standard.enabled
        and standard.applies(part)
        and DivisionCode.parse(standard.adcode).covers(division)
    ]
    if drafts:
        return f"{head}：{_unsettled(drafts[0])}"
    return f"{head}，请市局录入本地标准后再评价"


def _unsettled(draft: Standard) -> str:
    if draft.value is None:
        return f"{draft.place}的规定尚未查到数值"
    return f"{draft.place}《{draft.regulation}》未确认或为草案，未启用"


def _single_sites(
    parts: Sequence[tuple[EstateClass, int]],
    facilities_m2: Sequence[Decimal],
    division: DivisionCode,
    on: date,
    book: StandardBook,
) -> tuple[SingleSiteFinding, ...]:
    rules = {
        rule.id: rule
        for part, count in parts
        if count and (rule := book.choose(TOPIC_SINGLE_SITE, division, on, part)) is not None
    }
    return tuple(
        SingleSiteFinding(rule, tuple(m2 for m2 in facilities_m2 if m2 < (rule.value or 0)))
        for rule in rules.values()
    )
