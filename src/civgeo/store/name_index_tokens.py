"""Words by which the full-text index finds an entry, and conditions made of them.

A word is a letter that says what it is about, then the rest; signs that part words never occur.
A condition is a text in the query language of FTS5. Without positions in the index, a condition on
several words may hold for an entry that does not match, never the other way round.
"""

from collections.abc import Iterable
from functools import lru_cache

from civgeo.domain.division import DivisionCode
from civgeo.errors import InvalidInput
from civgeo.language.bigrams import bigrams
from civgeo.language.search_keys import toneless
from civgeo.store.name_index_rows import Form, IndexedName

__all__ = [
    "PLACES",
    "all_of",
    "any_of",
    "char_at",
    "contains",
    "ends_at",
    "has_status",
    "in_division",
    "initial_at",
    "is_kind",
    "letter_at",
    "reading_at",
    "stem_ends_at",
    "tokens_of",
    "without",
]

PLACES = 8
"""So many first characters of a name are indexed with their place."""

_DIGITS = (2, 4, 6, 9, 12)


def char_at(place: int, char: str, *, other: bool = False) -> str:
    """The character at `place` (below `PLACES`) of the standard name, or of one of the others."""
    return f'"{"b" if other else "a"}{place}{char}"'


def contains(folded: str, *, other: bool = False) -> list[str]:
    """Conditions that all hold when a name holds `folded`."""
    mark = "e" if other else "c"
    return [f'"{mark}{pair}"' for pair in bigrams(folded) or folded]


def ends_at(place: int, *, other: bool = False) -> str:
    """The name has so many characters."""
    return f'"{"x" if other else "z"}{place}"'


def stem_ends_at(place: int) -> str:
    """The specific part of the standard name has so many characters, and more follow."""
    return f'"y{place}"'


def reading_at(place: int, sound: str, *, other: bool = False) -> str:
    """The character at `place` reads `sound`, with a number for its tone or without."""
    return f'"{"h" if other else "g"}{place}{sound}"'


def initial_at(place: int, letter: str, *, other: bool = False) -> str:
    """The reading of the character at `place` begins with `letter`."""
    return f'"{"j" if other else "i"}{place}{letter}"'


def letter_at(place: int, letter: str) -> str:
    """The letter at `place` of a spelling that is not the reading's."""
    return f'"w{place}{letter}"'


def in_division(code: DivisionCode) -> str:
    """The place lies in the division, or in part."""
    return f'"d{code.digits}"'


def is_kind(kind: str) -> str:
    """The place is of the kind."""
    return f'"k{_plain(kind)}"'


def has_status(status: str) -> str:
    """The name has the status."""
    return f'"s{_plain(status)}"'


def all_of(*conditions: str) -> str:
    """All hold; empty when there are none."""
    return _joined(" AND ", conditions)


def any_of(*conditions: str) -> str:
    """One of them holds; empty when there are none."""
    return _joined(" OR ", conditions)


def without(condition: str, excluded: str) -> str:
    """The first holds and the second does not."""
    return f"({condition} NOT {excluded})"


def _joined(word: str, conditions: Iterable[str]) -> str:
    given = [condition for condition in dict.fromkeys(conditions) if condition]
    return f"({word.join(given)})" if len(given) > 1 else "".join(given)


def _plain(value: str) -> str:
    return value.replace("_", "")


def tokens_of(name: IndexedName) -> str:
    """All words of an entry, parted by spaces."""
    standard = name.standard
    words = [f"c{part}" for part in (*standard.folded, *bigrams(standard.folded))]
    words += _placed(standard, "a", "g", "i")
    words += [f"z{len(standard.folded)}"]
    if standard.stem < len(standard.folded):
        words.append(f"y{standard.stem}")
    words += [f"w{place}{letter}" for place, letter in enumerate(name.spelling[:PLACES])]
    for form in name.other_forms:
        words += [f"e{part}" for part in (*form.folded, *bigrams(form.folded))]
        words += _placed(form, "b", "h", "j")
        words.append(f"x{len(form.folded)}")
    words += [f"k{_plain(name.kind)}", f"s{_plain(name.status)}", *_divisions(name)]
    return " ".join(dict.fromkeys(words))


def _placed(form: Form, char: str, sound: str, initial: str) -> list[str]:
    words = [f"{char}{place}{each}" for place, each in enumerate(form.folded[:PLACES])]
    for place, reading in enumerate(form.readings[:PLACES]):
        if reading:
            words += [f"{sound}{place}{each}" for each in (reading, toneless(reading))]
            words.append(f"{initial}{place}{reading[0]}")
    return words


def _divisions(name: IndexedName) -> list[str]:
    codes = (name.division, *name.spans.split())
    return [word for code in codes for word in _division(code)]


@lru_cache(maxsize=4096)
def _division(code: str) -> tuple[str, ...]:
    """Words of a division and those above it; none for what is no code."""
    try:
        digits = DivisionCode.parse(code).digits
    except InvalidInput:
        return ()
    return tuple(f"d{digits[:n]}" for n in _DIGITS if n <= len(digits))
