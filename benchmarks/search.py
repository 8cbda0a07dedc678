"""Search for place names: 10,000, 100,000 and 1,000,000 generated names.

Peers: the same SQLite with ``LIKE``, with FTS5's trigram tokeniser, and with a B-tree over the
joined pinyin. They list standard names that match in the order of the same key; civgeo also looks
at other names, leaves out closed and secret ones, ranks by how well a name matches and says why.
The answers of civgeo are compared with a plain scan of all names.

``CIVGEO_BENCHMARK_SIZES`` sets other sizes, parted by commas.
"""

import os
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import sqlalchemy as sa

from benchmarks.generated_names import generated_names
from benchmarks.measurement import Measured, exponent, report, versions
from benchmarks.search_peers import LIMIT, Peers
from benchmarks.served import seconds_each, served
from civgeo.domain.naming_place import Comparator
from civgeo.language.bigrams import is_han
from civgeo.services.city import City
from civgeo.services.name_matching import Tier, match_of
from civgeo.services.name_neighbours import IndexedNeighbours
from civgeo.services.name_places import nearest
from civgeo.services.name_search import ask, query, search, suggest
from civgeo.store.name_index_feed import now_at
from civgeo.store.name_index_folder import FOLDER_NAME, build
from civgeo.store.name_index_lookup import NameLookup, Scope
from civgeo.store.name_index_rows import IndexedName, indexed
from civgeo.store.name_index_tables import fill, note
from civgeo.store.reading import Register
from civgeo.store.sqlite import Access, engine
from civgeo.store.store import Store

__all__ = ["run"]

SIZES = tuple(map(int, os.environ.get("CIVGEO_BENCHMARK_SIZES", "10000,100000,1000000").split(",")))
QUERIES, SCANNED, SUBSTRINGS = 200, 2, 3
TODAY = date(2026, 3, 1)
SCOPE = Scope(day=TODAY, public=True)
Texts = Mapping[str, Sequence[str]]
Item = TypeVar("Item")


def run() -> None:
    """Measure each size; report the largest, and how times grow."""
    medians: dict[str, list[float]] = {}
    lines: list[Measured] = []
    notes = [f"load when begun: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"]
    for size in SIZES:
        with TemporaryDirectory(prefix="civgeo-benchmark-") as folder:
            lines, told = _measured(size, Path(folder))
        notes += told
        for line in lines:
            if line.contestant == "civgeo" and line.task.endswith("p50"):
                medians.setdefault(line.task, []).append(line.seconds)
    grown = [name for name, seconds in medians.items() if len(seconds) == len(SIZES) > 1]
    notes += [f"{name}: size to the power {exponent(SIZES, medians[name]):.2f}" for name in grown]
    report("search", lines, [*notes, versions("pysqlite3", "fastapi", "uvicorn")])


def _measured(size: int, folder: Path) -> tuple[list[Measured], list[str]]:
    start = time.perf_counter()
    names = [indexed(row) for row in generated_names(size)]
    notes = [f"{size:,} names made and keyed in {time.perf_counter() - start:.0f} s"]
    notes.append(f"{size:,} names: index {_built(folder / 'store', names)}")
    peers = Peers(folder / "peers.db", names)
    notes.append(f"{size:,} names: {'; '.join(peers.built)}")
    texts = _texts(names, random.Random(1))  # noqa: S311 a benchmark
    lines: list[Measured] = []
    with Store.open(folder / "store") as store:
        city = City(store, TODAY)
        for task, asked in texts.items():
            taken = _in_turns(city, asked, peers.asked().get(task, {}))
            lines += _lines(task, taken, _compared(city, names, asked))
        notes += [f"{size:,} names: {told}" for told in _other_questions(city, names, texts)]
    pair = texts["2 characters"][0]
    notes.append(f"{size:,} names: FTS5 trigram finds {peers.trigram_hits(pair)} names for {pair}")
    with served(folder / "store") as port:
        for task, asked in texts.items():
            seconds = seconds_each(port, [f"/search?q={text}" for text in (*asked[:5], *asked)])
            lines += _lines(f"{task}, HTTP", {"civgeo": seconds[5:]}, "status 200")
        seconds = seconds_each(port, [f"/search/suggest?q={t}" for t in texts["pinyin prefix"]])
        lines += _lines("suggestions, HTTP", {"civgeo": seconds}, "status 200")
    return lines, notes


def _built(folder: Path, names: Sequence[IndexedName]) -> str:
    """Give an empty store an index of `names`, and say what that took."""
    register = Register("411700", "benchmark", True, datetime.now(UTC), "-", {})
    Store.create(folder, register=register).close()
    source = engine(folder / "civgeo.gpkg", Access.READ)

    def filled(connection: sa.Connection) -> None:
        fill(connection, names)
        with source.begin() as reading:
            note(connection, now_at(reading))

    start = time.perf_counter()
    file = build(folder / FOLDER_NAME, filled)
    seconds = time.perf_counter() - start
    source.dispose()
    return f"{seconds:.1f} s, {file.stat().st_size / 1e6:.0f} MB"


def _texts(names: Sequence[IndexedName], chance: random.Random) -> Texts:
    """Queries of each class, cut from names drawn at random."""

    def drawn(cut: Callable[[IndexedName], str]) -> list[str]:
        texts = (cut(chance.choice(names)) for _ in range(50 * QUERIES))
        return list(dict.fromkeys(text for text in texts if text))[:QUERIES]

    def part(name: IndexedName, length: int) -> str:
        start = chance.randint(0, max(0, len(name.folded) - length))
        return name.folded[start : start + length] if len(name.folded) >= length else ""

    def slip(name: IndexedName) -> str:
        text = name.folded[:4]
        place = chance.randrange(len(text))
        other = chance.choice(chance.choice(names).folded)
        fits = len(text) >= 3 and is_han(other) and other != text[place]
        return text[:place] + other + text[place + 1 :] if fits else ""

    return {
        "2 characters": drawn(lambda name: part(name, 2)),
        "3 characters": drawn(lambda name: part(name, 3)),
        "pinyin prefix": drawn(lambda name: name.sound.replace(" ", "")[: chance.randint(1, 12)]),
        "initials": drawn(lambda name: "".join(s[0] for s in name.sound.split())[:4]),
        "one wrong character": drawn(slip),
    }


def _in_turns(
    city: City, texts: Sequence[str], peers: Mapping[str, Callable[[str], object]]
) -> dict[str, list[float]]:
    """Seconds of each query, all contestants on one query before the next."""
    contestants: dict[str, Callable[[str], object]] = {
        "civgeo": lambda text: search(city, text, SCOPE, limit=LIMIT),
        **peers,
    }
    for work in contestants.values():
        work(texts[0])
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    for text in texts:
        for name, work in contestants.items():
            start = time.perf_counter()
            work(text)
            taken[name].append(time.perf_counter() - start)
    return taken


def _lines(task: str, taken: Mapping[str, Sequence[float]], checked: str) -> list[Measured]:
    lines = []
    for label, part in (("p50", 50), ("p95", 95), ("p99", 99)):
        cut = {name: statistics.quantiles(times, n=100)[part - 1] for name, times in taken.items()}
        lines += [
            Measured(f"{task}, {label}", name, seconds, seconds / cut["civgeo"], checked)
            for name, seconds in cut.items()
        ]
    return lines


def _compared(city: City, names: Sequence[IndexedName], texts: Sequence[str]) -> str:
    """Compare answers with a plain scan of all names, and say how many agree."""
    for text in texts[:SCANNED]:
        typed = query(text)
        ranked = sorted(
            (match.tier, name.rank)
            for name in names
            if _counts(name) and (match := match_of(typed, name)) is not None
        )
        found = search(city, text, SCOPE, limit=LIMIT).hits
        if [(hit.match.tier, hit.name.rank) for hit in found] != ranked[:LIMIT]:
            raise AssertionError(text)
    for text in texts[-SUBSTRINGS:]:
        holding = {
            name.rank
            for name in names
            if _counts(name)
            and any(text in form.folded for form in (name.standard, *name.other_forms))
        }
        every = search(city, text, SCOPE, limit=len(names)).hits
        if {hit.name.rank for hit in every if hit.match.tier < Tier.SPOKEN} != holding:
            raise AssertionError(text)
    return f"{SCANNED} queries: the first {LIMIT} by a plain scan; {SUBSTRINGS}: every substring"


def _counts(name: IndexedName) -> bool:
    return name.public and (name.valid_to is None or name.valid_to > TODAY.isoformat())


def _other_questions(city: City, names: Sequence[IndexedName], texts: Texts) -> list[str]:
    """What suggestions, neighbours and the nearest names take, at p50 and p95."""
    chosen = random.Random(2).sample(list(names), QUERIES)  # noqa: S311 a benchmark

    def alike(name: IndexedName) -> object:
        sounds = tuple(name.sound.replace("v", "ü").split())

        def both(names: NameLookup) -> int:
            index = IndexedNeighbours(names, SCOPE, name.id)
            found = [*index.same_name(name.name, Comparator.FULL)]
            return len(found) + len([*index.same_toneless(sounds, Comparator.FULL)])

        return ask(city, both)

    def around(name: IndexedName) -> object:
        place = name.lon or 0.0, name.lat or 0.0
        return nearest(city, *place, SCOPE, limit=10, within_m=50_000)

    prefixes = texts["pinyin prefix"]
    return [
        f"suggestions {_spread(lambda text: suggest(city, text, SCOPE, limit=10), prefixes)}",
        f"same name and same sound {_spread(alike, chosen)}",
        f"10 nearest {_spread(around, chosen)}",
    ]


def _spread(question: Callable[[Item], object], items: Sequence[Item]) -> str:
    taken = []
    for item in items:
        start = time.perf_counter()
        question(item)
        taken.append(time.perf_counter() - start)
    cuts = statistics.quantiles(taken, n=100)
    return f"p50 {1000 * cuts[49]:.1f} ms, p95 {1000 * cuts[94]:.1f} ms"
