"""Names in a running text that are not standard, with the standard name beside each.

Place names are short, so they are found by their first two characters and then whole: a dictionary
of a million names needs no automaton, and the longest name at a place always wins.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from civgeo.domain.labelled import Labelled
from civgeo.domain.name_forms import OtherNameKind
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.spelling import without_tones
from civgeo.language.dictionary import readings_of_character
from civgeo.language.name_tables import generics
from civgeo.services.naming_lists import naming_guide

__all__ = ["TextFinding", "TextName", "TextNames", "TextReason"]

_RUN = re.compile("[〇㐀-䶿一-鿿豈-\ufaff\U00020000-\U0003ffff·]+")
_HOLE = "\0"
_SHORTEST_OTHER = 2
_NEAR = range(3, 9)
"""Lengths of names for which one wrong character is looked for."""

_CITED = ("原", "旧称", "曾用名", "曾名", "前身为")
"""Words before a former name that cite it as such."""

_LEVELS = (("县", "市", "区"), ("镇", "乡", "街道"))
_DIVISIONS = (PlaceKind.PREFECTURE, PlaceKind.COUNTY, PlaceKind.TOWNSHIP)


class TextReason(Labelled):
    """Why a name in a text is not standard."""

    FORMER = "former", "曾用名"
    ALIAS = "alias", "别名"
    VARIANT = "variant", "用字不规范"
    MISPRINT = "misprint", "疑似误写"
    WRONG_GENERIC = "wrong_generic", "疑似通名有误"


_OTHERS = {OtherNameKind.FORMER: TextReason.FORMER, OtherNameKind.ALIAS: TextReason.ALIAS}


@dataclass(frozen=True, slots=True)
class TextName:
    """A standard name with the other names of its place."""

    name: str
    kind: PlaceKind
    others: tuple[tuple[str, OtherNameKind], ...] = ()


@dataclass(frozen=True, slots=True)
class TextFinding:
    """One name that is not standard.

    Parameters
    ----------
    start, end
        Its characters in the text, half open, counted from 0.
    line, column
        Where it stands, counted from 1.
    found
        What is written.
    standard
        Standard names that may be meant.
    reason
        Why it is not standard.
    """

    start: int
    end: int
    line: int
    column: int
    found: str
    standard: tuple[str, ...]
    reason: TextReason

    @property
    def certain(self) -> bool:
        """Whether the register says so; otherwise an officer must look."""
        return self.reason not in (TextReason.MISPRINT, TextReason.WRONG_GENERIC)


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    length: int
    standard: tuple[str, ...] = ()
    reason: TextReason | None = None

    @property
    def rank(self) -> tuple[int, bool, bool, int]:
        """The longest first; of equal length what is standard, then what is certain."""
        guessed = self.reason in (TextReason.MISPRINT, TextReason.WRONG_GENERIC)
        return -self.length, self.reason is not None, guessed, self.start


@dataclass
class TextNames:
    """Names to look for in texts.

    Parameters
    ----------
    names
        Standard names with their other names. A former name that is a standard one of another
        place is never a finding.
    """

    names: Iterable[TextName]
    standard: set[str] = field(default_factory=set, init=False)
    _others: dict[str, tuple[TextReason, list[str]]] = field(default_factory=dict, init=False)
    _near: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list), init=False)
    _lengths: dict[str, list[int]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        names = list(self.names)
        self.standard = {each.name for each in names}
        for each in names:
            for other, kind in each.others:
                if kind in _OTHERS and len(other) >= _SHORTEST_OTHER:
                    self._add_other(other, _OTHERS[kind], each.name)
        for each in names:
            generic = generics().ending(each.name, each.kind)
            specific = each.name.removesuffix(generic.hanzi) if generic else each.name
            for other in _with_other_generics(each, specific):
                self._add_other(other, TextReason.WRONG_GENERIC, each.name)
            for pattern in _holed(each.name, specific):
                self._near[pattern].append(each.name)
        lengths: dict[str, set[int]] = defaultdict(set)
        for text in (*self.standard, *self._others):
            lengths[text[:2]].add(len(text))
        self._lengths = {start: sorted(found, reverse=True) for start, found in lengths.items()}

    def _add_other(self, text: str, reason: TextReason, standard: str) -> None:
        if text in self.standard:
            return
        kept, names = self._others.setdefault(text, (reason, []))
        if kept is reason and standard not in names:
            names.append(standard)

    def findings(self, text: str) -> list[TextFinding]:
        """Names in `text` that are not standard, in its order.

        A name inside a longer one is not found; a former name that the text itself calls former
        (原金坛市) is left alone.
        """
        plain = text.translate(_variants())
        found = []
        line, line_start = 1, 0
        for run in _RUN.finditer(plain):
            line += text.count("\n", line_start, run.start())
            line_start = run.start()
            begin = text.rfind("\n", 0, run.start()) + 1
            for hit in self._in_run(text, plain, run.start(), run.end()):
                end = hit.start + hit.length
                written = text[hit.start : end]
                reason = hit.reason or TextReason.VARIANT
                column = hit.start - begin + 1
                found.append(
                    TextFinding(hit.start, end, line, column, written, hit.standard, reason)
                )
        return found

    def _in_run(self, text: str, plain: str, start: int, end: int) -> Iterator[_Hit]:
        """Findings in one run of Chinese characters, in its order."""
        taken = bytearray(end - start)
        chosen = []
        for hit in sorted(self._all_hits(plain, start, end), key=lambda each: each.rank):
            low = hit.start - start
            if any(taken[low : low + hit.length]):
                continue
            taken[low : low + hit.length] = b"\1" * hit.length
            written = text[hit.start : hit.start + hit.length]
            if hit.reason is None and written != hit.standard[0]:
                chosen.append(_Hit(hit.start, hit.length, hit.standard, TextReason.VARIANT))
            elif hit.reason is not None and not _is_cited(text, hit):
                chosen.append(hit)
        return iter(sorted(chosen, key=lambda each: each.start))

    def _all_hits(self, plain: str, start: int, end: int) -> Iterator[_Hit]:
        for place in range(start, end - 1):
            for length in self._lengths.get(plain[place : place + 2], ()):
                word = plain[place : place + length]
                if place + length > end:
                    continue
                if word in self.standard:
                    yield _Hit(place, length, (word,))
                elif word in self._others:
                    reason, standard = self._others[word]
                    yield _Hit(place, length, tuple(standard), reason)
            yield from self._near_hits(plain, place, end)

    def _near_hits(self, plain: str, place: int, end: int) -> Iterator[_Hit]:
        """Names with one other character of the same sound."""
        for length in _NEAR:
            if place + length > end:
                return
            word = plain[place : place + length]
            for hole in range(length - 1):
                names = self._near.get(word[:hole] + _HOLE + word[hole + 1 :], ())
                meant = _meant(word[hole], {name: name[hole] for name in names})
                if meant and word not in self.standard:
                    yield _Hit(place, length, meant, TextReason.MISPRINT)


def _variants() -> dict[int, str]:
    """Translation of traditional characters into standard ones, one for one."""
    return {ord(char): plain for char, plain in naming_guide().lists.variants.items()}


def _with_other_generics(name: TextName, specific: str) -> Iterator[str]:
    """A division's specific part with the other generics of its level."""
    if name.kind not in _DIVISIONS or len(specific) < _SHORTEST_OTHER:
        return
    own = name.name[len(specific) :]
    for level in _LEVELS:
        if own in level:
            yield from (specific + other for other in level if other != own)


def _holed(name: str, specific: str) -> Iterator[str]:
    """The name with a hole for each character of its specific part that may be mistaken.

    In a name of three characters only an uncommon one may, or every 李庄村 would be a 里庄村.
    """
    if len(name) not in _NEAR:
        return
    levels = naming_guide().lists.levels
    for place in range(len(specific)):
        if len(name) > _NEAR.start or levels.get(name[place], 3) > 1:
            yield name[:place] + _HOLE + name[place + 1 :]


def _meant(char: str, characters: Mapping[str, str]) -> tuple[str, ...]:
    """Names whose character at the place sounds like `char`, those of equal tone first."""
    tones = frozenset(readings_of_character(char))
    sounds = frozenset(map(without_tones, tones))
    alike = []
    for name, other in characters.items():
        theirs = readings_of_character(other)
        if other != char and not sounds.isdisjoint(map(without_tones, theirs)):
            alike.append((tones.isdisjoint(theirs), name))
    return tuple(name for _, name in sorted(alike))


def _is_cited(text: str, hit: _Hit) -> bool:
    return hit.reason is TextReason.FORMER and text[: hit.start].endswith(_CITED)
