"""Names in a running text that are not standard, with the standard name beside each.

Place names are short, so they are found by their first two characters and then whole: a dictionary
of a million names needs no automaton, and the longest name at a place always wins.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from civgeo.domain.labelled import Labelled
from civgeo.domain.name_forms import OtherNameKind
from civgeo.domain.naming_lists import NameLists
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.spelling import without_tones
from civgeo.domain.word_division import HAN
from civgeo.language.dictionary import readings_of_character
from civgeo.language.name_tables import generics
from civgeo.services.naming_lists import naming_guide

__all__ = ["TextFinding", "TextName", "TextNames", "TextReason"]

_RUN = re.compile(f"[{HAN}·]+")
_HOLE = "\0"
_SHORTEST_OTHER = 2
_SHORT_GUESS = 3
_NEAR = range(3, 9)
"""Lengths of names for which one wrong character is looked for."""

_CITED = ("原", "旧称", "曾用名", "曾名", "前身为")
"""Words before a former name that cite it as such."""

_BEFORE_SHORT = tuple("省市州盟区县旗镇乡在到至从由于和与及往的")
"""Characters after which a name of two characters begins a word: 交通县道 holds no 通县."""

_LEVELS = (("县", "市", "区"), ("镇", "乡", "街道"))
_DIVISIONS = (PlaceKind.PREFECTURE, PlaceKind.COUNTY, PlaceKind.TOWNSHIP)


class TextReason(Labelled):
    """Why a name in a text is not standard."""

    FORMER = "former", "曾用名"
    ALIAS = "alias", "别名"
    VARIANT = "variant", "用字不规范"
    MISPRINT = "misprint", "疑似误写"
    WRONG_GENERIC = "wrong_generic", "疑似通名有误"


_GUESSES = (TextReason.MISPRINT, TextReason.WRONG_GENERIC)
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
        return self.reason not in _GUESSES


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    length: int
    standard: tuple[str, ...] = ()
    reason: TextReason | None = None

    @property
    def rank(self) -> tuple[int, bool, bool, int]:
        """The longest first; of equal length what is standard, then what is certain."""
        return -self.length, self.reason is not None, self.guessed, self.start

    @property
    def guessed(self) -> bool:
        """Whether an officer must look."""
        return self.reason in _GUESSES


class TextNames:
    """Names to look for in texts.

    Characters are compared in their standard forms, in the names as in the text: 濛阳街道 is
    found where 蒙阳街道 is written, and the other way round.

    Parameters
    ----------
    names
        Standard names with their other names. A former name that is a standard one of another
        place is never a finding.
    lists
        Tables of standard and variant characters; the packaged ones by default.
    """

    def __init__(self, names: Iterable[TextName], lists: NameLists | None = None) -> None:
        lists = lists or naming_guide().lists
        self._levels = lists.levels
        self._variants = {ord(char): plain for char, plain in lists.variants.items()}
        self._standard: dict[str, list[str]] = {}
        self._others: dict[str, tuple[TextReason, list[str]]] = {}
        self._near: dict[str, list[str]] = defaultdict(list)
        known = list(names)
        for each in known:
            _add(self._standard.setdefault(each.name.translate(self._variants), []), each.name)
        for each in known:
            for other, kind in each.others:
                if kind in _OTHERS and len(other) >= _SHORTEST_OTHER:
                    self._add_other(other, _OTHERS[kind], each.name)
        for each in known:
            self._add_guesses(each)
        self._lengths = _lengths((*self._standard, *self._others))
        self._near_lengths = _lengths(self._near)

    def _add_guesses(self, name: TextName) -> None:
        """What the name may be mistaken for: with another generic, with one other character."""
        generic = generics().ending(name.name, name.kind)
        specific = name.name.removesuffix(generic.hanzi) if generic else name.name
        for other in _with_other_generics(name, specific):
            self._add_other(other, TextReason.WRONG_GENERIC, name.name)
        for pattern in _holed(name.name.translate(self._variants), len(specific), self._levels):
            _add(self._near[pattern], name.name)

    def _add_other(self, text: str, reason: TextReason, standard: str) -> None:
        plain = text.translate(self._variants)
        if plain not in self._standard:
            kept, names = self._others.setdefault(plain, (reason, []))
            if kept is reason:
                _add(names, standard)

    def __contains__(self, name: object) -> bool:
        """Whether `name` is a standard name, written as it is."""
        plain = name.translate(self._variants) if isinstance(name, str) else ""
        return name in self._standard.get(plain, ())

    def findings(self, text: str) -> list[TextFinding]:
        """Names in `text` that are not standard, in its order.

        A name inside a longer one is not found; a former name that the text itself calls former
        (原金坛市) is left alone.
        """
        plain = text.translate(self._variants)
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
            if hit.reason is None and written not in hit.standard:
                chosen.append(_Hit(hit.start, hit.length, hit.standard, TextReason.VARIANT))
            elif hit.reason is not None and not _is_passed_over(text, hit):
                chosen.append(hit)
        return iter(sorted(chosen, key=lambda each: each.start))

    def _all_hits(self, plain: str, start: int, end: int) -> Iterator[_Hit]:
        for place in range(start, end - 1):
            for length in self._lengths.get(plain[place : place + 2], ()):
                word = plain[place : place + length]
                if place + length > end:
                    continue
                if word in self._standard:
                    yield _Hit(place, length, tuple(self._standard[word]))
                elif word in self._others:
                    reason, standard = self._others[word]
                    yield _Hit(place, length, tuple(standard), reason)
            yield from self._near_hits(plain, place, end)

    def _near_hits(self, plain: str, place: int, end: int) -> Iterator[_Hit]:
        """Names with one other character of the same sound."""
        first, second = plain[place], plain[place + 1]
        for start, hole in ((_HOLE + second, 0), (first + _HOLE, 1), (first + second, 2)):
            for length in self._near_lengths.get(start, ()):
                if place + length <= end:
                    yield from self._with_hole(plain[place : place + length], place, hole)

    def _with_hole(self, word: str, place: int, first: int) -> Iterator[_Hit]:
        """Names like `word` but for its character `first`, or any from the third on."""
        if word in self._standard:
            return
        for hole in range(first, len(word) - 1 if first == _SHORTEST_OTHER else first + 1):
            names = self._near.get(word[:hole] + _HOLE + word[hole + 1 :], ())
            meant = _meant(word[hole], {name: name[hole] for name in names})
            if meant:
                yield _Hit(place, len(word), meant, TextReason.MISPRINT)


def _lengths(texts: Iterable[str]) -> dict[str, list[int]]:
    """Lengths of texts by their first two characters, the longest first."""
    found: dict[str, set[int]] = defaultdict(set)
    for text in texts:
        found[text[:2]].add(len(text))
    return {start: sorted(lengths, reverse=True) for start, lengths in found.items()}


def _add(names: list[str], name: str) -> None:
    if name not in names:
        names.append(name)


def _with_other_generics(name: TextName, specific: str) -> Iterator[str]:
    """A division's specific part with the other generics of its level."""
    if name.kind not in _DIVISIONS or len(specific) < _SHORTEST_OTHER:
        return
    own = name.name[len(specific) :]
    for level in _LEVELS:
        if own in level:
            yield from (specific + other for other in level if other != own)


def _holed(name: str, specific: int, levels: Mapping[str, int]) -> Iterator[str]:
    """The name with a hole for each of its first `specific` characters that may be mistaken.

    In a name of three characters only an uncommon one may, or every 李庄村 would be a 里庄村.
    """
    if len(name) not in _NEAR:
        return
    for place in range(specific):
        if len(name) > _NEAR.start or levels.get(name[place], 3) > 1:
            yield name[:place] + _HOLE + name[place + 1 :]


def _meant(char: str, characters: Mapping[str, str]) -> tuple[str, ...]:
    """Names whose character at the place is usually read as `char` may be, equal tones first."""
    tones = frozenset(readings_of_character(char)) if characters else frozenset()
    sounds = frozenset(map(without_tones, tones))
    alike = []
    for name, other in characters.items():
        usual = readings_of_character(other)[:1]
        if other != char and not sounds.isdisjoint(map(without_tones, usual)):
            alike.append((tones.isdisjoint(usual), name))
    return tuple(name for _, name in sorted(alike))


def _is_passed_over(text: str, hit: _Hit) -> bool:
    """Whether the text cites a former name as such, or a short name may be part of a word."""
    before = text[: hit.start]
    if hit.reason is TextReason.FORMER and before.endswith(_CITED):
        return True
    wrong = hit.reason is TextReason.WRONG_GENERIC
    short = _SHORT_GUESS if wrong else _SHORTEST_OTHER
    embedded = before[-1:].isalnum() and not before.endswith(_BEFORE_SHORT)
    return hit.length <= short and embedded
