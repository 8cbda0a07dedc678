"""Which ways of OpenStreetMap people walk on, and which they cannot cross; a packaged table.

Its origin stands in ``data/gazetteer/SOURCES.md``.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from civgeo.assets import packaged_data

__all__ = ["TABLE", "WalkableWays", "walkable_ways"]

TABLE = "gazetteer/walkable_ways.csv"

_NOT_CROSSED_ON_ITS_LEVEL = ("bridge", "tunnel")
_NO = ("", "no")


@dataclass(frozen=True, slots=True)
class WalkableWays:
    """The table, by what its rows decide.

    Parameters
    ----------
    kinds
        Whether people walk on a way, by value of its ``highway``; other values are no streets.
    closed, opened
        Tags that close a way to walkers, and tags that let them in all the same.
    barriers
        Kind of barrier by tag.
    """

    kinds: Mapping[str, bool]
    closed: frozenset[tuple[str, str]]
    opened: frozenset[tuple[str, str]]
    barriers: Mapping[tuple[str, str], str]

    def are_walked(self, tags: Mapping[str, str]) -> bool:
        """Whether people walk on a way with these tags.

        Examples
        --------
        >>> ways = walkable_ways()
        >>> ways.are_walked({"highway": "steps"}), ways.are_walked({"highway": "motorway"})
        (True, False)
        >>> ways.are_walked({"highway": "service", "access": "private", "foot": "yes"})
        True
        """
        walked = self.kinds.get(tags.get("highway", ""))
        if walked is None:
            return False
        if not self.opened.isdisjoint(tags.items()):
            return True
        return walked and self.closed.isdisjoint(tags.items())

    def barrier(self, tags: Mapping[str, str]) -> str | None:
        """Kind of barrier that a way with these tags is on the ground; None for any other way.

        A railway on a viaduct and a river in a culvert are none: people pass under or over them.
        """
        if any(tags.get(key, "") not in _NO for key in _NOT_CROSSED_ON_ITS_LEVEL):
            return None
        return next((self.barriers[tag] for tag in tags.items() if tag in self.barriers), None)


@cache
def walkable_ways() -> WalkableWays:
    """The table that travels with the package."""
    text = packaged_data(TABLE).read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))

    def tags(rule: str) -> frozenset[tuple[str, str]]:
        return frozenset((row["key"], row["value"]) for row in rows if row["rule"] == rule)

    return WalkableWays(
        kinds={row["value"]: row["effect"] == "walk" for row in rows if row["rule"] == "way"},
        closed=tags("closed"),
        opened=tags("open"),
        barriers={
            (row["key"], row["value"]): row["effect"] for row in rows if row["rule"] == "barrier"
        },
    )
