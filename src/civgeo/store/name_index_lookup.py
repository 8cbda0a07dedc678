"""Questions to the name index, each one SQL statement; entries come in the order of their rank."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from string import Template

import orjson
import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPICursor

from civgeo.domain.division import DivisionCode
from civgeo.domain.place_kind import PlaceKind
from civgeo.store.name_index_rows import IndexedName
from civgeo.store.name_index_tables import syllables
from civgeo.store.name_index_tokens import all_of, any_of, has_status, in_division, is_kind
from civgeo.store.sqlite import Box

__all__ = ["Key", "NameLookup", "Scope"]

_AT_ONCE = 50
_SCOPE = """
  (NOT :public OR entry.public)
  AND (:kinds IS NULL OR entry.kind IN (SELECT value FROM json_each(:kinds)))
  AND (:status IS NULL OR entry.status = :status)
  AND (:division IS NULL OR entry.division LIKE :division || '%'
       OR ' ' || entry.spans LIKE '% ' || :division || '%')
  AND (:day IS NULL OR (coalesce(entry.valid_from, :day) <= :day
                        AND (entry.valid_to IS NULL OR entry.valid_to > :day)))
  AND (:west IS NULL OR (entry.lat BETWEEN :south AND :north
       AND CASE WHEN :west <= :east THEN entry.lon BETWEEN :west AND :east
                ELSE entry.lon >= :west OR entry.lon <= :east END))
"""


class Key(StrEnum):
    """What two names can have in common; the values are columns.

    The folded name, the reading with its tones, the reading without them.
    """

    NAME = "folded"
    READING = "reading"
    SOUND = "sound"


def _query(text: str, **parts: str) -> str:
    return Template(text).substitute(scope=_SCOPE, **parts)


def _by_key(text: str) -> Mapping[Key, str]:
    return {key: _query(text, key=key.value) for key in Key}


_ALL = _query("SELECT entry.* FROM entry WHERE $scope ORDER BY entry.rank")
_ANY = "SELECT 1 FROM words WHERE words MATCH :condition LIMIT 1"
_BY_WORDS = _query(
    "SELECT entry.* FROM words CROSS JOIN entry ON entry.rank = words.rowid "
    "WHERE words MATCH :condition AND $scope ORDER BY words.rowid"
)
_AROUND = _query(
    "SELECT entry.* FROM point CROSS JOIN entry ON entry.rank = point.rank "
    "WHERE point.west <= :right AND point.east >= :left "
    "AND point.south <= :top AND point.north >= :bottom AND $scope"
)
_HOW_MANY_AROUND = (
    "SELECT count(*) FROM (SELECT 1 FROM point WHERE west <= :right AND east >= :left "
    "AND south <= :top AND north >= :bottom LIMIT :most)"
)
_SAME = _by_key("SELECT * FROM entry WHERE $key = :key AND $scope ORDER BY rank")
_TALLY = _by_key(
    "SELECT substr(division, 1, :size) AS area, kind, count(*) FROM entry "
    "WHERE $key = :key AND $scope GROUP BY area, kind"
)
_REPEATED_BY_AREA = _by_key(
    "SELECT area, count(*), sum(times) FROM ("
    "SELECT substr(division, 1, :size) AS area, count(*) AS times FROM entry "
    "WHERE instr($key, '?') = 0 AND $scope GROUP BY area, $key HAVING times > 1) GROUP BY area"
)
_REPEATED_BY_CLASS = _by_key(
    "SELECT class, count(*), sum(times) FROM ("
    "SELECT classes.value AS class, count(*) AS times "
    "FROM entry JOIN json_each(:classes) AS classes ON classes.key = entry.kind "
    "WHERE instr($key, '?') = 0 AND $scope GROUP BY class, $key HAVING times > 1) GROUP BY class"
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which entries are asked about.

    Parameters
    ----------
    kinds
        Only of these kinds; all where there are none.
    division
        Only those that lie in it, or in part.
    status
        Only those with this status.
    day
        Only places that exist on that day; all ever where it is None.
    box
        Only those whose point lies in it.
    public
        Only those that anybody may see.
    """

    kinds: tuple[PlaceKind, ...] = ()
    division: DivisionCode | None = None
    status: str | None = None
    day: date | None = None
    box: Box | None = None
    public: bool = False

    @property
    def condition(self) -> str:
        """What the words of an entry say of it; empty where they say nothing."""
        return all_of(
            any_of(*(is_kind(kind) for kind in self.kinds)),
            "" if self.division is None else in_division(self.division),
            "" if self.status is None else has_status(self.status),
        )

    @property
    def parameters(self) -> dict[str, object]:
        """Values of the conditions in SQL."""
        edges = dict(zip(("west", "south", "east", "north"), self.box or (None,) * 4, strict=True))
        return {
            "kinds": orjson.dumps(self.kinds).decode() if self.kinds else None,
            "division": self.division and self.division.digits,
            "status": self.status,
            "day": self.day and self.day.isoformat(),
            "public": self.public,
            **edges,
        }


def _edges(box: Box) -> list[dict[str, object]]:
    """The box, or its two parts where it crosses the antimeridian."""
    west, south, east, north = box
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    names = ("left", "right", "bottom", "top")
    return [dict(zip(names, (*span, south, north), strict=True)) for span in spans]


class NameLookup:
    """Questions over one moment of the index; made by ``NameIndex.ask``.

    Parameters
    ----------
    connection
        Of the index, with a transaction begun.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def syllables(self) -> frozenset[str]:
        """Toneless readings that entries have, single letters and digits among them."""
        return syllables(self._connection)

    def count(self) -> int:
        """How many entries there are, closed and secret ones among them."""
        found: int = self._connection.exec_driver_sql("SELECT count(*) FROM entry").scalar_one()
        return found

    def has(self, condition: str) -> bool:
        """Whether any entry at all meets `condition`."""
        return self._rows(_ANY, {"condition": condition}).fetchone() is not None

    def that(self, condition: str, scope: Scope) -> Iterator[IndexedName]:
        """Entries whose words meet `condition` (all where it is empty), one by one as needed."""
        words = all_of(condition, scope.condition)
        if not words:
            return self._found(_ALL, scope.parameters)
        return self._found(_BY_WORDS, {"condition": words, **scope.parameters})

    def around(self, box: Box, scope: Scope) -> Iterator[IndexedName]:
        """Entries of `scope` whose point lies in `box` or hardly outside it, in any order."""
        for edges in _edges(box):
            yield from self._found(_AROUND, {**edges, **scope.parameters})

    def how_many_around(self, box: Box, most: int) -> int:
        """How many points lie in `box` or hardly outside it, of whatever scope; `most` at most."""
        counts: list[int] = [
            self._connection.exec_driver_sql(_HOW_MANY_AROUND, {**edges, "most": most}).scalar_one()
            for edges in _edges(box)
        ]
        return min(most, sum(counts))

    def same(self, key: Key, value: str, scope: Scope) -> Iterator[IndexedName]:
        """Entries whose standard name has that key."""
        return self._found(_SAME[key], {"key": value, **scope.parameters})

    def tally(self, key: Key, value: str, scope: Scope, digits: int) -> list[tuple[str, str, int]]:
        """How many entries have that key, by so many digits of the division and by kind."""
        parameters = {"key": value, "size": digits, **scope.parameters}
        rows = self._connection.exec_driver_sql(_TALLY[key], parameters)
        return [(area, kind, count) for area, kind, count in rows]

    def repeated_by_area(self, key: Key, scope: Scope, digits: int) -> list[tuple[str, int, int]]:
        """Keys that several entries of one division have, by so many of its digits.

        Each division with the number of such keys, and of the entries that have one.
        """
        parameters = {"size": digits, **scope.parameters}
        rows = self._connection.exec_driver_sql(_REPEATED_BY_AREA[key], parameters)
        return [(area, keys, entries) for area, keys, entries in rows]

    def repeated_by_class(
        self, key: Key, scope: Scope, classes: Mapping[str, str]
    ) -> list[tuple[str, int, int]]:
        """As `repeated_by_area`, by the class of each kind."""
        parameters = {"classes": orjson.dumps(classes).decode(), **scope.parameters}
        rows = self._connection.exec_driver_sql(_REPEATED_BY_CLASS[key], parameters)
        return [(name, keys, entries) for name, keys, entries in rows]

    def _found(self, query: str, parameters: Mapping[str, object]) -> Iterator[IndexedName]:
        rows = self._rows(query, parameters)
        while some := rows.fetchmany(_AT_ONCE):
            for row in some:
                yield IndexedName(*row)

    def _rows(self, query: str, parameters: Mapping[str, object]) -> DBAPICursor:
        """Rows as the driver gives them: a search asks a dozen questions with small answers."""
        rows = self._connection.connection.cursor()
        rows.execute(query, dict(parameters))
        return rows
