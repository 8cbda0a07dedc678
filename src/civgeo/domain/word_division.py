"""Which characters of a place name are written as one word.

中国地名汉语拼音字母拼写规则 ((84)中地字第17号), rules 1 to 7. The division depends on the kind of
the place: 大虎山 is one word as a village and two as a mountain.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from civgeo.domain.generics import Generic, GenericTable, NameWords
from civgeo.domain.ordinals import DigitsPolicy, numeral_before, numeral_value
from civgeo.domain.place_kind import PlaceClass, PlaceKind

__all__ = ["DividedName", "Word", "divide"]

HAN: Final = "〇\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Chinese characters, as a range of a regular expression."""
_NUMERALS = "[一二三四五六七八九十]"
_RUNS: Final = re.compile(
    rf"(?:[{HAN}]|(?<={_NUMERALS})·(?={_NUMERALS}))+|[0-9A-Za-z]+(?:-[0-9A-Za-z]+)*"
)
"""Words before rules divide them; the dot inside a date (一二·九) parts nothing."""
_ORDINAL_FIRST: Final = re.compile(r"第([一二三四五六七八九十百零〇]+)(?=..)")
_SHORTEST_PLACE: Final = 2
_LONGEST_ETHNIC: Final = 5
_ETHNIC_GENERICS: Final = ("自治", "民族")


@dataclass(frozen=True, slots=True)
class Word:
    """Characters `start` to `end` of the name as one word.

    Parameters
    ----------
    start, end
        Its characters, half open.
    digits
        What is written for its numeral, None for an ordinary word.
    first
        Where that numeral begins: the characters before it (第) are spelled.
    """

    start: int
    end: int
    digits: str | None = None
    first: int = 0


@dataclass(frozen=True, slots=True)
class DividedName:
    """A name taken apart.

    Parameters
    ----------
    specific, generic
        Words of each part; `generic` is empty where the name has none.
    table_generic
        Entry of the table in which the name ends, with its fixed reading.
    complete
        False when the kind asks for a generic part that the table does not know.
    """

    specific: tuple[Word, ...]
    generic: tuple[Word, ...]
    table_generic: Generic | None
    complete: bool


def divide(
    name: str,
    kind: PlaceKind,
    generics: GenericTable,
    words: NameWords,
    *,
    digits: DigitsPolicy = DigitsPolicy.AUTO,
) -> DividedName:
    """Take `name` apart into words.

    Parameters
    ----------
    name, kind
        A name of Chinese characters, Latin letters, digits and middle dots, and its kind.
    generics, words
        The table of generics and the words that decide the division.
    digits
        How a numeral before the generic is written.
    """
    if kind is PlaceKind.SETTLEMENT:
        return DividedName(_runs(name), (), None, complete=True)
    generic = generics.ending(name, kind, words.uncut)
    if generic is None:
        return DividedName(_runs(name), (), None, complete=False)
    cut = len(name) - len(generic.hanzi)
    numeral = numeral_before(
        name, cut, kind, policy=digits, endings_in_number=words.endings_in_number
    )
    if numeral is None:
        cut = _before_modifiers(name, cut, generic.hanzi, kind, words)
    end = cut if numeral is None else numeral.start
    specific = tuple(_specific(name, end, kind, generics, words))
    if numeral is not None:
        specific += (Word(numeral.start, numeral.end, numeral.digits, numeral.first),)
    return DividedName(specific, _generic_words(name, cut, generic), generic, complete=True)


def _generic_words(name: str, cut: int, generic: Generic) -> tuple[Word, ...]:
    """Words of the generic part, the first with its modifiers."""
    ends, end = [], len(name) - len(generic.hanzi)
    for syllables in generic.words:
        end += len(syllables)
        ends.append(end)
    return tuple(Word(start, end) for start, end in zip([cut, *ends], ends, strict=False))


def _before_modifiers(name: str, cut: int, generic: str, kind: PlaceKind, words: NameWords) -> int:
    """Where the generic part begins with the one-syllable modifiers that belong to it (rule 2).

    A specific part of one character takes a modifier back: 江东路 is 江东 and 路. Where nothing is
    left the first modifier is the specific part: 南小街 is 南 and 小街.
    """
    place = cut
    while place and words.modifies(name[place - 1], generic, kind):
        place -= 1
    if place == cut:
        return cut
    if place == 0:
        return min(cut, 2 if name[:2] in words.directions else 1)
    if place < _SHORTEST_PLACE:
        place += 1
    return place


def _specific(
    name: str, end: int, kind: PlaceKind, generics: GenericTable, words: NameWords
) -> Iterator[Word]:
    """Words of the specific part, which ends at `end`."""
    for run in _RUNS.finditer(name, 0, end):
        start, stop = run.span()
        if not name[start].isascii():
            for place in _breaks(name[start:stop], name[end:], kind, generics, words):
                yield Word(start, start + place)
                start += place
        yield Word(start, stop)


def _breaks(
    text: str, following: str, kind: PlaceKind, generics: GenericTable, words: NameWords
) -> list[int]:
    """Lengths of the words before the last one in `text`, a run of Chinese characters.

    `following` is what comes after the specific part.
    """
    if len(text) <= _SHORTEST_PLACE:
        return []
    if kind.place_class is PlaceClass.DIVISION:
        short = following.startswith(_ETHNIC_GENERICS) or following.endswith("旗")
        return _ethnic_breaks(text, words, short=short)
    ordinal = _ORDINAL_FIRST.match(text)
    if ordinal and numeral_value(ordinal[1]):
        return [ordinal.end()]
    return _inner_breaks(text, generics, words) if kind is PlaceKind.STREET else []


def _ethnic_breaks(text: str, words: NameWords, *, short: bool) -> list[int]:
    """Each people's name at the end of `text` is a word: 恩施 土家族 苗族."""
    lengths: list[int] = []
    end = len(text)
    while size := _ethnic_size(text[:end], words, short=short):
        lengths.insert(0, size)
        end -= size
    return [end, *lengths][:-1] if end else lengths[:-1]


def _ethnic_size(text: str, words: NameWords, *, short: bool) -> int:
    """Length of the people's name in which `text` ends, 0 for none."""
    if not short and not text.endswith("族"):
        return 0
    for size in range(min(_LONGEST_ETHNIC, len(text)), 1, -1):
        ending = text[-size:]
        if ending in words.ethnic_groups or (short and ending in words.ethnic_short):
            return size
    return 0


def _inner_breaks(text: str, generics: GenericTable, words: NameWords) -> list[int]:
    """Where a street's specific part is itself a name of several words.

    天宁寺西里 (in 天宁寺西里一巷) ends in a modified generic, 包头胡同 (in 包头胡同东巷) in a
    generic of two syllables, and 广安门北滨河 (in 广安门北滨河路) has a direction after a gate.
    """
    generic = generics.ending(text, PlaceKind.STREET)
    if generic is not None:
        base = len(text) - len(generic.hanzi)
        place = _before_modifiers(text, base, generic.hanzi, PlaceKind.STREET, words)
        if place >= _SHORTEST_PLACE and len(text) - place >= _SHORTEST_PLACE:
            return [place]
    for place in range(_SHORTEST_PLACE, len(text) - _SHORTEST_PLACE):
        if text[place - 1] in words.gates and words.modifies(text[place], "路", PlaceKind.STREET):
            return [place]
    return []


def _runs(name: str) -> tuple[Word, ...]:
    return tuple(Word(*run.span()) for run in _RUNS.finditer(name))
