"""Search by looking at every name: what the index must give, said in another way."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from operator import itemgetter

from civgeo.domain.division import DivisionCode
from civgeo.language.bigrams import fold, is_han
from civgeo.language.typed_names import TypedPinyin, typed
from civgeo.store.name_index_lookup import Scope
from civgeo.store.name_index_rows import NameRow, OtherName

__all__ = ["READINGS", "ranked", "scan", "syllables"]

READINGS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys("张章", ("zhāng",)),
    **dict.fromkeys("庄装", ("zhuāng",)),
    "长": ("cháng", "zhǎng"),
    "西": ("xī",),
    "安": ("ān",),
    "先": ("xiān",),
    "吕": ("lǚ",),
    "略": ("lüè",),
    "鹅": ("é",),
    "卢": ("lú",),
    "村": ("cūn",),
    "𪨶": (),
}
"""Characters of the registers that are searched; the last one's reading nobody knows."""

CLASSES = (
    *(("province",), ("prefecture",), ("county",), ("township",), ("committee_seat",)),
    ("mountain", "river", "natural_other"),
    *(("park",), ("settlement",), ("street",), ("bridge",), ("building",), ("other",)),
)
NUMBERS = {"ā": "a1", "á": "a2", "ǎ": "a3", "à": "a4", "ē": "e1", "é": "e2", "ī": "i1"}
NUMBERS |= {"ū": "u1", "ú": "u2", "ǚ": "v3", "è": "e4", "ü": "v"}


def syllables(name: str) -> tuple[str, ...]:
    """Usual readings of the Chinese characters of a name."""
    return tuple(next(iter(READINGS[char]), "?") for char in fold(name) if is_han(char))


def _numbered(syllable: str) -> str:
    """zhāng as zhang1."""
    plain = "".join(NUMBERS.get(letter, letter) for letter in syllable)
    tone = next((sign for sign in plain if sign.isdigit()), "")
    return "".join(sign for sign in plain if not sign.isdigit()) + tone


def scan(rows: Sequence[NameRow], text: str, scope: Scope) -> list[tuple[str, int, str]]:
    """Id, tier and reason of every hit, in order."""
    found = []
    for row in rows:
        best = min(_matches(row, text.strip()), key=itemgetter(0), default=None)
        if best is not None and _counts(row, scope):
            found.append((best[0], *ranked(row), row.id, best[1]))
    return [(id, tier, how) for tier, *_, id, how in sorted(found)]


def ranked(row: NameRow) -> tuple[int, int, int]:
    """Class, length of the name, order of registration."""
    place = next(n for n, kinds in enumerate(CLASSES) if row.kind in kinds)
    return place, len(fold(row.name)), row.number


def _counts(row: NameRow, scope: Scope) -> bool:
    codes = [DivisionCode.parse(code) for code in (row.division, *row.spans)]
    day = None if scope.day is None else scope.day.isoformat()
    west, south, east, north = scope.box or (-180, -90, 180, 90)
    return (
        (row.kind in scope.kinds or not scope.kinds)
        and (scope.status in (None, row.status))
        and (scope.division is None or any(scope.division.covers(code) for code in codes))
        and (day is None or (row.valid_from or "0") <= day < (row.valid_to or "9"))
        and (row.public or not scope.public)
        and (
            scope.box is None
            or (row.lon is not None and west <= row.lon <= east and south <= row.lat <= north)
        )
    )


def _matches(row: NameRow, text: str) -> Iterator[tuple[int, str]]:
    query, own = fold(text), fold(row.name)
    stem = fold(row.specific)
    forms = [(own, None, row.syllables)]
    forms += [(fold(other.name), other, other.syllables) for other in row.other_names]
    yield from _written(query, own, stem, row.other_names)
    for folded, other, readings in forms:
        if any(isinstance(part, TypedPinyin) for part in typed(text)):
            whole = () if other else (len(folded), len(stem))
            yield from _spoken(text, folded, readings, whole, is_other=other is not None)
        else:
            yield from _miswritten(query, folded, readings)


def _written(
    query: str, own: str, stem: str, others: Sequence[OtherName]
) -> Iterator[tuple[int, str]]:
    if query == stem and own.startswith(stem):
        yield 1, "standard"
    yield from ((tier, "standard") for tier in _tiers(query, own, (0, 2, 5)))
    for other in others:
        yield from ((tier, other.kind.value) for tier in _tiers(query, fold(other.name), (3, 4, 6)))


def _tiers(query: str, folded: str, tiers: tuple[int, int, int]) -> Iterator[int]:
    holds = (query == folded, folded.startswith(query), query in folded)
    return (tier for tier, held in zip(tiers, holds, strict=True) if held)


@dataclass(frozen=True)
class Sign:
    """One sign that is typed or said: whether as a letter, in which tone, where characters begin.

    The tone is None where none was typed, and a dash for an initial, which has none.
    """

    sign: str
    is_letter: bool
    tone: str | None
    begins: bool

    def agrees(self, said: "Sign") -> bool:
        """Whether it was typed for what is said."""
        return (
            (self.sign == said.sign or (self.sign, said.sign) == ("u", "v"))
            and self.is_letter == said.is_letter
            and self.tone in (None, said.tone)
            and (said.begins or not self.begins)
        )


def _typed_signs(text: str) -> tuple[list[Sign], bool]:
    """Signs that were typed, and whether the last syllable must be whole."""
    signs, ends = [], False
    for part in typed(text):
        ends = isinstance(part, TypedPinyin) and len(part.letters) in part.breaks
        if isinstance(part, str):
            signs.append(Sign(part, False, None, True))
            continue
        tones = dict(part.tones)
        signs += [
            Sign(letter, True, tones.get(n), n in part.breaks or n == 0)
            for n, letter in enumerate(part.letters)
        ]
    return signs, ends


def _spoken(
    text: str, folded: str, readings: Sequence[str], whole: Sequence[int], *, is_other: bool
) -> Iterator[tuple[int, str]]:
    """Every way to say the first characters, against what was typed."""
    signs, ends = _typed_signs(text)
    units = _units(folded, readings)
    for size in range(1, len(units) + 1):
        for modes in product("csi", repeat=size):
            mixed = any({a, b} == {"s", "i"} for a, b in pairwise(modes))
            said = None if mixed else _said(units[:size], modes)
            if said is None or not all(map(Sign.agrees, signs, said)):
                continue
            last = max(n for n, sign in enumerate(said) if sign.begins)
            exact = len(signs) == len(said)
            if exact or (last < len(signs) < len(said) and not ends):
                first = 10 if "i" in modes else 7
                step = 2 if is_other else (0 if exact and size in whole else 1)
                yield first + step, "initials" if "i" in modes else "pinyin"


def _units(folded: str, readings: Sequence[str]) -> list[tuple[str, str]]:
    """Characters, each with its reading: zhang1, or itself, or nothing."""
    given = iter(readings)
    told = [(char, next(given, "?") if is_han(char) else char) for char in folded]
    return [(char, "" if said == "?" else _numbered(said)) for char, said in told]


def _said(units: Sequence[tuple[str, str]], modes: Sequence[str]) -> list[Sign] | None:
    """What is said of each character: itself, its syllable, or its initial; None where it can't."""
    said: list[Sign] = []
    for (char, reading), mode in zip(units, modes, strict=True):
        plain = reading.rstrip("12345")
        if mode == "c":
            said.append(Sign(char, False, None, True))
        elif not plain:
            return None
        elif mode == "i":
            said.append(Sign(plain[0], True, "-", True))
        else:
            tone = reading[len(plain) :]
            said += [Sign(letter, True, tone, n == 0) for n, letter in enumerate(plain)]
    return said


def _miswritten(query: str, folded: str, readings: Sequence[str]) -> Iterator[tuple[int, str]]:
    units = _units(folded, readings)
    for place, char in enumerate(query):
        if place >= len(folded) or char == folded[place]:
            continue
        if not (is_han(char) and is_han(folded[place])):
            continue
        if not folded.startswith(query[:place] + folded[place] + query[place + 1 :]):
            continue
        sound = units[place][1].rstrip("12345")
        if len(query) > 1 and sound in {_numbered(r).rstrip("12345") for r in READINGS[char]}:
            yield 13, "fuzzy"
        elif len(query) > 2:
            yield 14, "fuzzy"
