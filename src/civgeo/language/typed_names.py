"""What somebody types to find a name: characters, pinyin in any dress, or both mixed."""

import re
import unicodedata
from dataclasses import dataclass

from civgeo.language.bigrams import fold

__all__ = ["Typed", "TypedPinyin", "letters_of", "typed"]

_TONE_MARKS = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}
_DIAERESIS = ("\u0308", ":")
_PRINTED = str.maketrans({"ɑ": "a", "ɡ": "g"})
"""Letters that schoolbooks print for a and g."""

_PLAIN_U = re.compile("(?<=[jqxy])v")


@dataclass(frozen=True, slots=True)
class TypedPinyin:
    """A run of Latin letters, which may be pinyin, whole or cut short, or initials.

    Parameters
    ----------
    letters
        a to z, with v for ü.
    tones
        Tone by the place of a letter of the syllable that it belongs to.
    breaks
        Places of letters at which a syllable must begin, because a space, an apostrophe, a hyphen
        or a number for a tone stands before; their number, when the last syllable is whole.
    """

    letters: str
    tones: tuple[tuple[int, str], ...] = ()
    breaks: frozenset[int] = frozenset()

    def tone_in(self, start: int, end: int) -> str | None:
        """Tone of the syllable from `start` to `end`; None where none was typed."""
        return next((tone for place, tone in self.tones if start <= place < end), None)

    def is_whole(self, start: int, end: int) -> bool:
        """Whether no syllable must begin inside, so that `start` to `end` may be one."""
        return not any(start < place < end for place in self.breaks)


Typed = str | TypedPinyin
"""One character, or a run of letters."""


def typed(text: str) -> tuple[Typed, ...]:
    """Characters and runs of letters of a query, in its order.

    A number from 1 to 5 right after a letter is a tone, unless another digit follows it or the run
    has marks for tones; other digits are characters. Spaces, apostrophes and other signs part
    syllables.

    Examples
    --------
    >>> typed("驻ma店")
    ('驻', TypedPinyin(letters='ma', tones=(), breaks=frozenset()), '店')
    >>> typed("xī'an2")
    (TypedPinyin(letters='xian', tones=((1, '1'),), breaks=frozenset({2})), '2')
    """
    reader = _Reader()
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_PRINTED)
    for place, char in enumerate(plain):
        reader.take(char, plain[place + 1 : place + 2])
    reader.end_run()
    return tuple(reader.found)


def letters_of(romanised: str) -> str:
    """Letters and digits of a romanised name, small, with u for ü and nothing between them.

    Examples
    --------
    >>> letters_of("Lüliang Shi"), letters_of("Jing 5 Lu"), letters_of("Hohhot")
    ('luliangshi', 'jing5lu', 'hohhot')
    """
    parts = (part.letters if isinstance(part, TypedPinyin) else part for part in typed(romanised))
    return "".join(parts).replace("v", "u")


class _Reader:
    """The state of `typed`: what is found, and the run that is being read."""

    def __init__(self) -> None:
        self.found: list[Typed] = []
        self.letters: list[str] = []
        self.tones: list[tuple[int, str]] = []
        self.breaks: set[int] = set()
        self.marked = False

    def take(self, char: str, following: str) -> None:
        """Take the next character."""
        parts = unicodedata.normalize("NFD", char)
        if "a" <= parts[0] <= "z":
            self.letters.append(parts[0])
            self._mark(parts[1:])
        elif self.letters and (char in _TONE_MARKS or char in _DIAERESIS):
            self._mark(char)
        elif self._ends_syllable(char, following):
            self.tones.append((len(self.letters) - 1, char))
            self.breaks.add(len(self.letters))
        else:
            self._other(char)

    def _ends_syllable(self, char: str, following: str) -> bool:
        """Whether `char` is the number of a tone; nobody writes marks and numbers in one word."""
        after_letter = bool(self.letters) and len(self.letters) not in self.breaks
        numbered = char in "12345" and not following.isdigit()
        return after_letter and numbered and not self.marked

    def _mark(self, marks: str) -> None:
        for mark in marks:
            if mark in _TONE_MARKS:
                self.tones.append((len(self.letters) - 1, _TONE_MARKS[mark]))
                self.marked = True
            elif mark in _DIAERESIS and self.letters[-1] == "u":
                self.letters[-1] = "v"

    def _other(self, char: str) -> None:
        kept = fold(char)
        if kept:
            self.end_run()
            self.found.extend(kept)
        elif self.letters:
            self.breaks.add(len(self.letters))

    def end_run(self) -> None:
        """Close the run of letters, if there is one."""
        if self.letters:
            letters = _PLAIN_U.sub("u", "".join(self.letters))
            run = TypedPinyin(letters, tuple(self.tones), frozenset(self.breaks))
            self.found.append(run)
        self.letters, self.tones, self.breaks, self.marked = [], [], set(), False
