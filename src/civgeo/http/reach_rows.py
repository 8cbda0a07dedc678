"""Reach on foot as its page shows it: figures for the eye."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from civgeo.domain.quantity import fixed
from civgeo.domain.reach_reason import ReachReason
from civgeo.services.reach import Reach
from civgeo.services.reach_views import uncovered

__all__ = ["MissedRow", "ReachCards", "ReachUnitRow", "ReasonRow", "missed_rows", "reach_cards"]
__all__ += ["reason_rows", "unit_rows"]

BAR_WIDTH = 120.0
_MARKS = {
    ReachReason.FAR: "▲",
    ReachReason.BARRIER: "■",
    ReachReason.SLOW: "◆",
    ReachReason.DISCONNECTED: "✕",
    ReachReason.UNSNAPPED: "○",
    ReachReason.FULL: "▼",
    ReachReason.NO_FACILITY: "▼",
}
"""The shapes of the map."""


@dataclass(frozen=True, slots=True)
class ReachCards:
    """The head of the page; shares are percentages, a dash where there is no denominator."""

    share: str
    reached: str
    total: str
    missed: str
    straight_share: str
    straight_more: str
    slow_share: str
    fast_share: str
    bare_share: str


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """People of one reason, with a bar."""

    reason: ReachReason
    mark: str
    people: str
    share: str
    bar: float


@dataclass(frozen=True, slots=True)
class ReachUnitRow:
    """One unit; `bar` is as long as its share."""

    code: str
    name: str
    share: str
    reached: str
    people: str
    straight: str
    missed: str
    bar: float
    below: bool


@dataclass(frozen=True, slots=True)
class MissedRow:
    """An estate that is not reached."""

    id: str
    name: str
    place: str
    people: str
    mark: str
    reason: ReachReason
    facility: str
    walk: str
    beyond: str
    straight: str
    barrier: str


def reach_cards(found: Reach) -> ReachCards:
    """Head of the page."""
    band, total = found.band, found.total
    return ReachCards(
        share=_percent(found.reached, total),
        reached=f"{found.reached:,}",
        total=f"{total:,}",
        missed=f"{total - found.reached:,}",
        straight_share=_percent(found.straight_reached, total),
        straight_more=f"{found.straight_reached - found.reached:,}",
        slow_share=_percent(band.at_0_8, total),
        fast_share=_percent(band.at_1_2, total),
        bare_share=_percent(band.without_access, total),
    )


def reason_rows(found: Reach) -> list[ReasonRow]:
    """Reasons that occur, most people first."""
    missed = found.total - found.reached
    ranked = sorted(found.reasons.items(), key=lambda item: -item[1])
    return [
        ReasonRow(
            reason,
            _MARKS[reason],
            f"{people:,}",
            _percent(people, missed),
            BAR_WIDTH * people / missed,
        )
        for reason, people in ranked
        if people
    ]


def unit_rows(found: Reach, target: Fraction | None) -> list[ReachUnitRow]:
    """Units, the lowest share first."""
    rows = list(zip(found.units.index, found.units.to_dict("records"), strict=True))
    rows.sort(key=lambda item: (item[1]["share"] is None, item[1]["share"] or 0))
    return [
        ReachUnitRow(
            code=str(code),
            name=str(row["name"]),
            share=_percent(int(row["reached"]), int(row["people"])),
            reached=f"{row['reached']:,}",
            people=f"{row['people']:,}",
            straight=_percent(int(row["straight_reached"]), int(row["people"])),
            missed=f"{row['people'] - row['reached']:,}",
            bar=BAR_WIDTH * float(row["share"] or 0),
            below=target is not None and row["share"] is not None and 100 * row["share"] < target,
        )
        for code, row in rows
    ]


def missed_rows(found: Reach, places: Sequence[str], most: int) -> list[MissedRow]:
    """The first `most` estates not reached, those with most people first.

    Parameters
    ----------
    found, most
        The answer, and how many rows.
    places
        Where each of them lies, in the order of `uncovered`.
    """
    names = found.served.facilities["name"]
    missed = uncovered(found).head(most)
    rows = missed.drop(columns="geometry").to_dict("records")
    return [
        MissedRow(
            id=str(id),
            name=str(row["name"] or id),
            place=place,
            people=f"{row['people']:,}",
            mark=_MARKS[ReachReason(row["reason"])],
            reason=ReachReason(row["reason"]),
            facility=str(names.get(row["facility"], "—")),
            walk=_metres(row["distance_m"]),
            beyond=_metres(row["beyond_m"]) if row["beyond_m"] else "—",
            straight=_metres(row["straight_m"]),
            barrier=row["barrier"] or "—",
        )
        for id, row, place in zip(missed.index, rows, places, strict=False)
    ]


def _metres(value: float) -> str:
    return "—" if value != value else f"{value:,.1f}"


def _percent(part: int, whole: int) -> str:
    return f"{fixed(Fraction(100 * part, whole), 2)}%" if whole else "—"
