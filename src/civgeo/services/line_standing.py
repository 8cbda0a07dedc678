"""How each line stands in its inspections today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from civgeo.domain.round_due import Due, DueReason, dues
from civgeo.domain.round_forms import RoundKind, RoundState
from civgeo.formats.boundary_rules import boundary_terms
from civgeo.maps.boundary_view import LineState
from civgeo.services.boundary_records import LineEntry
from civgeo.services.round_records import RoundFile, current_of

__all__ = ["LineStanding", "standings"]

_ENDED = (RoundState.REPORTED, RoundState.FILED)
_UNDER_WAY = (RoundState.OPEN, RoundState.COMPARING)


@dataclass(frozen=True, slots=True)
class LineStanding:
    """A line's state, its first last day that still stands, days past it, progress in words.

    Parameters
    ----------
    state
        Overdue goes before everything else.
    due, days
        None where there is no such day, or it is not past.
    progress
        Round and state of the latest plan up to the current round, None without plans.
    """

    state: LineState
    due: date | None
    days: int | None
    progress: str | None


def standings(
    entries: Sequence[LineEntry], files: Sequence[RoundFile], today: date
) -> Mapping[str, LineStanding]:
    """Standing of each line by its code.

    Parameters
    ----------
    entries
        The lines.
    files
        Their plans; without them only the days of the register count.
    today
        Day of the question.
    """
    current = current_of(_regular(files), today) or 0
    return {entry.facts.code: _standing(entry, files, current, today) for entry in entries}


def _regular(files: Sequence[RoundFile]) -> list[RoundFile]:
    return [file for file in files if file.facts.kind is RoundKind.REGULAR]


def _standing(
    entry: LineEntry, files: Sequence[RoundFile], current: int, today: date
) -> LineStanding:
    """The standing of one line; rounds after the `current` one are only last days."""
    own = [file for file in files if file.facts.line == entry.facts.code]
    found = dues(entry.facts, [file.facts for file in own], boundary_terms(), today)
    first = next((item for item in found if item.due is not None), None)
    known = [file for file in _regular(own) if file.facts.number <= current]
    latest = max(known, key=lambda file: file.facts.number, default=None)
    progress = None
    if latest is not None:
        progress = f"第 {latest.facts.number} 轮{latest.facts.state.label_zh}"
    late = first is not None and (first.days or 0) > 0
    days = first.days if first is not None and late else None
    due = None if first is None else first.due
    return LineStanding(_state(found, latest, late=late), due, days, progress)


def _state(found: Sequence[Due], latest: RoundFile | None, *, late: bool) -> LineState:
    if late:
        return LineState.OVERDUE
    if latest is not None and latest.facts.state in _UNDER_WAY:
        return LineState.UNDER_WAY
    if latest is not None and latest.facts.state in _ENDED:
        return LineState.DONE
    never = any(item.reason is DueReason.NEVER for item in found)
    return LineState.NEVER if never else LineState.IN_TIME
