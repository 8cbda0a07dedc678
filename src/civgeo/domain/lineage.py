"""Lineage of division codes: in which years a code was listed, under which name, what followed.

The facts come from yearly lists, each taken as the state at the end of its year. What followed a
code is not stated in them; it is inferred and marked so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from civgeo.domain.division import DivisionLevel

__all__ = ["DivisionPeriod", "Lineage"]


@dataclass(frozen=True, slots=True)
class DivisionPeriod:
    """Years in which one code was listed under one name without a gap.

    Parameters
    ----------
    level
        Province, prefecture or county.
    code, name
        Six digits, and the name that they stood for.
    first_year, last_year
        First and last yearly list that holds the pair; both inclusive.
    successors
        Codes that followed, the own code when only the name changed; empty when the period still
        runs or when nothing is recorded.
    inferred
        Whether `successors` was inferred from names and identities, not read from an approval.
    """

    level: DivisionLevel
    code: str
    name: str
    first_year: int
    last_year: int
    successors: tuple[str, ...] = ()
    inferred: bool = False


@dataclass(frozen=True)
class Lineage:
    """All periods of all codes.

    Parameters
    ----------
    entries
        Periods in any order.
    last_listed_year
        Year of the newest list; a period that reaches it is taken to run on.
    """

    entries: tuple[DivisionPeriod, ...]
    last_listed_year: int

    @cached_property
    def _by_code(self) -> Mapping[str, tuple[DivisionPeriod, ...]]:
        found: dict[str, list[DivisionPeriod]] = {}
        for period in sorted(self.entries, key=lambda entry: entry.first_year):
            found.setdefault(period.code, []).append(period)
        return {code: tuple(periods) for code, periods in found.items()}

    @cached_property
    def first_listed_year(self) -> int:
        """Year of the oldest list."""
        return min(period.first_year for period in self.entries)

    def periods(self, code: str) -> tuple[DivisionPeriod, ...]:
        """Periods of `code` (six digits), the oldest first; empty for a code never listed."""
        return self._by_code.get(code, ())

    def at(self, code: str, on: date) -> DivisionPeriod | None:
        """Period of `code` on the day `on`, or None when no list of that year holds the code.

        A yearly list shows the end of its year, so a day before a change in that same year is
        answered with what the change made. Days after the newest list are answered with it.
        """
        year = min(on.year, self.last_listed_year)
        return next((p for p in self.periods(code) if p.first_year <= year <= p.last_year), None)

    def latest(self, code: str) -> DivisionPeriod | None:
        """Newest period of `code`, or None for a code never listed."""
        periods = self.periods(code)
        return periods[-1] if periods else None

    def is_listed(self, code: str) -> bool:
        """Whether the newest list holds `code`."""
        last = self.latest(code)
        return last is not None and last.last_year == self.last_listed_year

    def successors(self, code: str) -> tuple[str, ...]:
        """Codes that directly followed `code` after its newest period; empty when none is known."""
        last = self.latest(code)
        return last.successors if last is not None else ()

    def current_codes(self, code: str) -> tuple[str, ...]:
        """Codes of the newest list that followed `code` in the end, over any number of steps."""
        found: list[str] = []
        seen = {code}
        waiting = list(self.successors(code))
        while waiting:
            following = waiting.pop(0)
            if following in seen:
                continue
            seen.add(following)
            if self.is_listed(following):
                found.append(following)
            else:
                waiting += self.successors(following)
        return tuple(found)
