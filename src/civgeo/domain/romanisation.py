"""The romanised form of a place name.

中国地名汉语拼音字母拼写规则 (汉语地名部分), (84)中地字第17号, 1984-12-25; 地名管理条例 (国令753号)
articles 15 and 16. The readings of the characters come in as an argument.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from civgeo.domain.spelling import spelled_word, without_tones
from civgeo.domain.word_division import DividedName, Word

__all__ = ["CharacterReading", "Part", "ReadingSource", "Romanisation", "romanised"]

MOST_ALTERNATIVES = 8
_SHAANXI = "陕西"


class ReadingSource(StrEnum):
    """Where a reading comes from, the strongest first."""

    GIVEN = "given"
    OVERRIDE = "override"
    DICTIONARY = "dictionary"


_WEAKNESS = {source: weakness for weakness, source in enumerate(ReadingSource)}


@dataclass(frozen=True, slots=True)
class CharacterReading:
    """How one character of a name is read.

    Parameters
    ----------
    syllable
        With its tone mark; empty for a letter, digit or mark, which is written as it is.
    source
        Where the reading comes from.
    confirmed
        Whether it is attested, or the character has no other reading.
    others
        Other readings to consider, the likeliest first.
    """

    syllable: str
    source: ReadingSource
    confirmed: bool
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Specific or generic part: its characters and their spelling."""

    hanzi: str
    toned: str


@dataclass(frozen=True, slots=True)
class Romanisation:
    """A romanised name.

    Parameters
    ----------
    toned, plain
        With and without tone marks, NFC.
    specific, generic
        The two parts; `generic` is None where the name is one word.
    source
        Where the readings come from: the weakest of all characters.
    confirmed
        Whether every reading and the division into words is attested or beyond doubt.
    alternatives
        Other toned spellings, the likeliest first.
    syllables
        Reading of each Chinese character in order, numerals too.
    """

    toned: str
    plain: str
    specific: Part
    generic: Part | None
    source: ReadingSource
    confirmed: bool
    alternatives: tuple[str, ...]
    syllables: tuple[str, ...]


def romanised(
    name: str,
    divided: DividedName,
    readings: Sequence[CharacterReading],
    *,
    others: Sequence[DividedName] = (),
) -> Romanisation:
    """Spell `name`.

    Parameters
    ----------
    name
        The name.
    divided
        Its words.
    readings
        One reading a character.
    others
        Other divisions of the same name, whose spellings are alternatives.
    """
    syllables = [reading.syllable for reading in readings]
    specific = _spelled(name, syllables, divided.specific)
    generic = _spelled(name, syllables, divided.generic)
    toned = f"{specific} {generic}".strip()
    used = [reading for reading in readings if reading.syllable]
    cut = divided.generic[0].start if divided.generic else len(name)
    alternatives: tuple[str, ...] = ()
    if others or any(reading.others for reading in used):
        alternatives = tuple(_alternatives(name, divided, readings, toned, others))
    return Romanisation(
        toned=toned,
        plain=_plain(name, syllables, divided, toned),
        specific=Part(name[:cut], specific),
        generic=Part(name[cut:], generic) if generic else None,
        source=max((reading.source for reading in used), key=_WEAKNESS.__getitem__),
        confirmed=divided.complete and all(reading.confirmed for reading in used),
        alternatives=alternatives,
        syllables=tuple(reading.syllable for reading in used),
    )


def _spelled(name: str, syllables: Sequence[str], words: Sequence[Word]) -> str:
    return " ".join([_word(name, syllables, word) for word in words])


def _word(name: str, syllables: Sequence[str], word: Word) -> str:
    if word.digits is not None:
        lead = syllables[word.start : word.first]
        return f"{spelled_word(lead)}-{word.digits}" if lead else word.digits
    parts = [syllable for syllable in syllables[word.start : word.end] if syllable]
    return spelled_word(parts) if parts else name[word.start : word.end]


def _plain(name: str, syllables: list[str], divided: DividedName, toned: str) -> str:
    """Spelling without tones, in which 陕西 is Shaanxi (rule 12)."""
    place = name.find(_SHAANXI)
    if place >= 0 and syllables[place] == "shǎn":
        changed = [*syllables[:place], "shaan", *syllables[place + 1 :]]
        toned = _spelled(name, changed, (*divided.specific, *divided.generic))
    return without_tones(toned)


def _alternatives(
    name: str,
    divided: DividedName,
    readings: Sequence[CharacterReading],
    toned: str,
    others: Sequence[DividedName],
) -> Iterator[str]:
    """Each other spelling once: other divisions, then other readings of one character each."""
    seen = {toned}
    for words, syllables in _variants(divided, readings, others):
        spelling = _spelled(name, syllables, words)
        if spelling not in seen:
            seen.add(spelling)
            yield spelling
        if len(seen) > MOST_ALTERNATIVES:
            return


def _variants(
    divided: DividedName, readings: Sequence[CharacterReading], others: Sequence[DividedName]
) -> Iterator[tuple[tuple[Word, ...], list[str]]]:
    syllables = [reading.syllable for reading in readings]
    for other in others:
        yield (*other.specific, *other.generic), syllables
    words = (*divided.specific, *divided.generic)
    ranks = max((len(reading.others) for reading in readings), default=0)
    for rank in range(ranks):
        for place, reading in enumerate(readings):
            if rank < len(reading.others):
                yield words, [*syllables[:place], reading.others[rank], *syllables[place + 1 :]]
