"""What a search for names is measured against: tables of the same SQLite without our index."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pysqlite3.dbapi2 as sqlite

from civgeo.store.name_index_rows import IndexedName

__all__ = ["Peers"]

Question = Callable[[str], object]
LIMIT = 20
_MAKE = {
    "LIKE": (
        "CREATE TABLE plain (rank INTEGER PRIMARY KEY, name TEXT)",
        "INSERT INTO plain VALUES (?, ?)",
    ),
    "FTS5 trigram": (
        "CREATE VIRTUAL TABLE trigram USING fts5(name, tokenize='trigram')",
        "INSERT INTO trigram (rowid, name) VALUES (?, ?)",
    ),
    "B-tree of pinyin": (
        "CREATE TABLE pinyin (rank INTEGER, letters TEXT, PRIMARY KEY (letters, rank))",
        "INSERT INTO pinyin VALUES (?, ?)",
    ),
}


class Peers:
    """Standard names in other tables, keyed as in the index, so that the order is the same.

    Parameters
    ----------
    file
        New file for them.
    names
        The names.
    """

    def __init__(self, file: Path, names: Sequence[IndexedName]) -> None:
        self._connection = sqlite.connect(file)
        self.built = [f"{peer} {self._fill(peer, names, file)}" for peer in _MAKE]

    def _fill(self, peer: str, names: Sequence[IndexedName], file: Path) -> str:
        make, put = _MAKE[peer]
        letters = peer == "B-tree of pinyin"
        rows = sorted((n.rank, n.sound.replace(" ", "") if letters else n.folded) for n in names)
        before = file.stat().st_size if file.exists() else 0
        start = time.perf_counter()
        with self._connection:
            self._connection.execute(make)
            self._connection.executemany(put, rows)
        seconds = time.perf_counter() - start
        return f"{seconds:.1f} s, {(file.stat().st_size - before) / 1e6:.0f} MB"

    def asked(self) -> Mapping[str, Mapping[str, Question]]:
        """What each peer is asked, by the class of queries that it can answer at all."""
        like = "SELECT rank FROM plain WHERE name LIKE ? ORDER BY rank LIMIT 20"
        trigram = "SELECT rowid FROM trigram WHERE trigram MATCH ? ORDER BY rowid LIMIT 20"
        tree = "SELECT rank FROM pinyin WHERE letters >= ? AND letters < ? ORDER BY rank LIMIT 20"
        holds: Mapping[str, Question] = {"LIKE": lambda text: self._all(like, f"%{text}%")}
        return {
            "2 characters": holds,
            "3 characters": {
                **holds,
                "FTS5 trigram": lambda text: self._all(trigram, f'"{text}"'),
            },
            "pinyin prefix": {"B-tree of pinyin": lambda text: self._all(tree, text, f"{text}~")},
            "one wrong character": {"LIKE": self._with_one_wrong},
        }

    def _with_one_wrong(self, text: str) -> object:
        patterns = [f"{text[:place]}_{text[place + 1 :]}%" for place in range(len(text))]
        any_of = " OR ".join(["name LIKE ?"] * len(patterns))
        statement = f"SELECT rank FROM plain WHERE {any_of} ORDER BY rank LIMIT 20"  # noqa: S608 only marks
        return self._all(statement, *patterns)

    def trigram_hits(self, text: str) -> int:
        """How many names the trigram index finds for `text`."""
        statement = "SELECT count(*) FROM trigram WHERE trigram MATCH ?"
        found: int = self._connection.execute(statement, (f'"{text}"',)).fetchone()[0]
        return found

    def _all(self, statement: str, *values: str) -> list[object]:
        rows: list[object] = self._connection.execute(statement, values).fetchall()
        return rows
