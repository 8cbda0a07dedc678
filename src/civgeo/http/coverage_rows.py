"""Rows of the coverage tables, as pages show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from civgeo.domain.quantity import fixed
from civgeo.maps.theme import State, state_of
from civgeo.services.planning import Coverage, exact_figures

__all__ = ["CoverageRow", "Glance", "coverage_rows", "glance"]

_MARKS: Mapping[State, str] = MappingProxyType(
    {
        State.MEETS: "●",
        State.BELOW: "▲",
        State.UNVERIFIED: "◆",
        State.NOT_ASSESSED: "○",
        State.UNDEFINED: "✕",
    }
)
"""The shapes of the maps, so that a verdict is never told by colour alone."""


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One unit of a coverage table; figures are text for the eye.

    Parameters
    ----------
    code, name
        Code or id of the unit, and its name.
    state, mark, reason
        Verdict, its shape, and why there is none.
    rate, total, required, gap, households
        m2 per 100 households, areas in m2, households; empty where unknown.
    estates
        Estates that meet, of those assessed.
    share, share_text
        The same as a fraction and as a percentage, None and a dash where no estate is assessed.
    missing_m2
        Gap in m2, for sorting.
    """

    code: str
    name: str
    state: State
    mark: str
    reason: str
    rate: str
    total: str
    required: str
    gap: str
    households: str
    estates: str
    share: Fraction | None
    share_text: str
    missing_m2: Fraction


@dataclass(frozen=True, slots=True)
class Glance:
    """Coverage of the whole city in one line; figures are text for the eye."""

    meeting: int
    assessed: int
    not_assessed: int
    share: str
    rate: str
    gap: str


def coverage_rows(found: Coverage) -> list[CoverageRow]:
    """Rows of `found`, in its order."""
    shares = (
        [(None, None)] * len(found.units)
        if "estates_assessed" not in found.units
        else list(
            zip(
                found.units["estates_meeting"].fillna(0).astype(int).tolist(),
                found.units["estates_assessed"].fillna(0).astype(int).tolist(),
                strict=True,
            )
        )
    )
    return [
        _row(figures, meeting, assessed)
        for figures, (meeting, assessed) in zip(exact_figures(found), shares, strict=True)
    ]


def glance(estates: Coverage, city: Coverage) -> Glance | None:
    """Coverage at a glance, or None for a store without estates.

    Parameters
    ----------
    estates, city
        Coverage by estate, and of the city as one unit.
    """
    verdicts = estates.units["meets"]
    if verdicts.empty:
        return None
    assessed, meeting = int(verdicts.notna().sum()), int(verdicts.fillna(value=False).sum())
    gaps = sum((row.missing_m2 for row in coverage_rows(estates)), Fraction())
    whole = coverage_rows(city)
    return Glance(
        meeting=meeting,
        assessed=assessed,
        not_assessed=len(verdicts) - assessed,
        share=_percent(meeting, assessed),
        rate=whole[0].rate if whole else "—",
        gap=_thousands(gaps, 0),
    )


def _row(figures: Mapping[str, object], meeting: int | None, assessed: int | None) -> CoverageRow:
    meets = figures["meets"]
    state = state_of(str(figures["status"]), None if meets is None else bool(meets))
    gap = _number(figures["gap_m2"])
    return CoverageRow(
        code=str(figures["code"]),
        name=str(figures["name"] or figures["code"]),
        state=state,
        mark=_MARKS[state],
        reason=str(figures["reason"] or ""),
        rate=_shown(figures["m2_per_100_households"], 2),
        total=_shown(figures["total_m2"], 0),
        required=_shown(figures["required_m2"], 0),
        gap=_shown(figures["gap_m2"], 0) if gap else ("0" if gap is not None else "—"),
        households=_shown(figures["households"], 0),
        estates=f"{meeting:,} / {assessed:,}" if assessed else "—",
        share=Fraction(meeting or 0, assessed) if assessed else None,
        share_text=_percent(meeting or 0, assessed),
        missing_m2=gap or Fraction(),
    )


def _percent(part: int, whole: int | None) -> str:
    return f"{fixed(Fraction(100 * part, whole), 1)}%" if whole else "—"


def _number(value: object) -> Fraction | None:
    return None if value is None else Fraction(Decimal(str(value)))


def _shown(value: object, places: int) -> str:
    number = _number(value)
    return "—" if number is None else _thousands(number, places)


def _thousands(number: Fraction, places: int) -> str:
    return f"{Decimal(fixed(number, places)):,}"
