"""Periods in which a state holds, and how later assertions supersede earlier ones."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

__all__ = ["Period", "amended", "run_around", "timeline"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Period(Generic[T]):
    """A state over the days from `start` until before `end`; None is without bound.

    Parameters
    ----------
    start, end
        The bounds.
    state
        What holds; None when the record does not exist then.
    """

    start: date | None
    end: date | None
    state: T | None

    def holds(self, day: date) -> bool:
        """Whether `day` lies in the period."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


_FIRST, _BEYOND = 0, date.max.toordinal() + 1


def _bounds(period: Period[T]) -> tuple[int, int]:
    start = _FIRST if period.start is None else period.start.toordinal()
    return start, _BEYOND if period.end is None else period.end.toordinal()


def _day(ordinal: int) -> date | None:
    return None if ordinal in (_FIRST, _BEYOND) else date.fromordinal(ordinal)


def timeline(asserted: Iterable[Period[T]]) -> tuple[Period[T], ...]:
    """Periods without overlap, in time's order, in which later assertions supersede earlier ones.

    Examples
    --------
    >>> day = date(1983, 5, 1)
    >>> [p.state for p in timeline([Period(None, None, "甲"), Period(day, None, "乙")])]
    ['甲', '乙']
    """
    found: list[Period[T]] = []
    for new in asserted:
        low, high = _bounds(new)
        parts = [new]
        for old in found:
            start, end = _bounds(old)
            if start < min(end, low):
                parts.append(Period(old.start, _day(min(end, low)), old.state))
            if max(start, high) < end:
                parts.append(Period(_day(max(start, high)), old.end, old.state))
        found = parts
    return tuple(sorted(found, key=_bounds))


def amended(
    periods: Sequence[Period[T]],
    start: date | None,
    end: date | None,
    change: Callable[[T], T],
) -> list[Period[T]]:
    """What `change` makes of the states that hold between `start` and `end`, one period each."""
    low, high = _bounds(Period(start, end, None))
    made = []
    for period in periods:
        first, last = _bounds(period)
        first, last = max(first, low), min(last, high)
        if period.state is not None and first < last:
            made.append(Period(_day(first), _day(last), change(period.state)))
    return made


def run_around(periods: Sequence[Period[T]], day: date) -> Period[T] | None:
    """The unbroken existence that holds `day`, with the state on that day.

    Where the record does not exist on that day: the last existence before it, with its last
    state; failing that, the first one after it. None when it never existed.
    """
    runs: list[list[Period[T]]] = []
    for period in periods:
        if period.state is None:
            continue
        if runs and runs[-1][-1].end == period.start is not None:
            runs[-1].append(period)
        else:
            runs.append([period])
    if not runs:
        return None
    begun = [run for run in runs if run[0].start is None or run[0].start <= day]
    run = begun[-1] if begun else runs[0]
    so_far = [period for period in run if period.start is None or period.start <= day]
    now = so_far[-1] if so_far else run[0]
    return Period(run[0].start, run[-1].end, now.state)
