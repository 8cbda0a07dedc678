"""Word lists that names are held against, and where a term stands in a name.

A list is never complete: what it holds is a finding, what it lacks is no pass.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from civgeo.domain.place_kind import PlaceClass, PlaceKind

__all__ = ["ListInfo", "Match", "NameLists", "OwnPart", "Term", "TermList"]


class Match(StrEnum):
    """Where in the specific part of a name a term must stand to count.

    ``note`` is for terms that are ordinary words as well (长城, 万里): the name that is the term
    and nothing more gets a remark, no finding.
    """

    ANYWHERE = "anywhere"
    START = "start"
    WHOLE = "whole"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a list.

    Parameters
    ----------
    text
        The characters that are looked for.
    category
        What it is within its list: a person's full name, a style, a fictional figure.
    refers_to
        Whom or what it means, such as 孙中山 for 中山.
    match
        Where it must stand.
    classes
        Classes of place whose names it is looked for in; empty for all.
    evidence
        S, E, C or M as in the standards.
    """

    text: str
    category: str
    refers_to: str = ""
    match: Match = Match.ANYWHERE
    classes: frozenset[PlaceClass] = frozenset()
    evidence: str = "M"

    def counts(self, specific: str, start: int) -> bool:
        """Whether its occurrence at `start` of `specific` counts."""
        match self.match:
            case Match.ANYWHERE:
                return True
            case Match.START:
                return start == 0
            case _:
                return start == 0 and len(self.text) == len(specific)


@dataclass(frozen=True, slots=True)
class OwnPart:
    """What a bureau changed in a packaged list: entries added, struck, and the last day of it."""

    added: int
    struck: int
    as_of: str


@dataclass(frozen=True, slots=True)
class ListInfo:
    """What an answer says of a list that it consulted; `entries` are those of the bureau too."""

    name: str
    title: str
    entries: int
    as_of: str
    source: str
    complete: bool = False
    own: OwnPart | None = None

    @property
    def origin(self) -> str:
        """Source of the packaged entries, and what the bureau changed."""
        if self.own is None:
            return self.source
        struck = f"、停用 {self.own.struck} 条" if self.own.struck else ""
        return f"{self.source}；本局增补 {self.own.added} 条{struck}（截至 {self.own.as_of}）"


@dataclass(frozen=True)
class TermList:
    """One list of terms.

    Parameters
    ----------
    info
        Its name, size, date and source.
    terms
        Its entries.
    """

    info: ListInfo
    terms: tuple[Term, ...]

    @cached_property
    def _by_text(self) -> Mapping[str, tuple[Term, ...]]:
        found: dict[str, list[Term]] = {}
        for term in self.terms:
            found.setdefault(term.text, []).append(term)
        return {text: tuple(terms) for text, terms in found.items()}

    @cached_property
    def _lengths(self) -> tuple[int, ...]:
        return tuple(sorted({len(term.text) for term in self.terms}, reverse=True))

    def __contains__(self, text: object) -> bool:
        return text in self._by_text

    def named(self, text: str) -> tuple[Term, ...]:
        """Entries whose text is exactly `text`."""
        return self._by_text.get(text, ())

    def within(self, text: str) -> Iterator[tuple[Term, int]]:
        """Every entry that stands somewhere in `text`, with its place, the longest first."""
        for length in self._lengths:
            for start in range(len(text) - length + 1):
                for term in self._by_text.get(text[start : start + length], ()):
                    yield term, start

    def hits(
        self, specific: str, kind: PlaceKind, ordinary: Iterable[range] = ()
    ) -> tuple[Term, ...]:
        """Entries that count in a specific part, the longest first, none inside another.

        Parameters
        ----------
        specific
            Specific part of the name.
        kind
            What it names.
        ordinary
            Stretches of the part that are ordinary words (欧阳 holds no 欧洲); an entry that
            overlaps one without reaching beyond both its ends does not count.
        """
        taken = list(ordinary)
        found = []
        for term, start in self.within(specific):
            if term.classes and kind.place_class not in term.classes:
                continue
            end = start + len(term.text)
            if not term.counts(specific, start) or any(
                start < span.stop and span.start < end for span in taken
            ):
                continue
            taken.append(range(start, end))
            found.append(term)
        return tuple(found)


@dataclass(frozen=True)
class NameLists:
    """Every list of one edition.

    Parameters
    ----------
    terms
        Term lists by name.
    levels
        Level 1-3 of each character of the 通用规范汉字表.
    variants
        Standard character of each traditional or variant one.
    characters_info, variants_info
        What an answer says of those two tables.
    """

    terms: Mapping[str, TermList]
    levels: Mapping[str, int]
    variants: Mapping[str, str]
    characters_info: ListInfo
    variants_info: ListInfo

    def ordinary(self, specific: str) -> tuple[range, ...]:
        """Stretches of a name that are ordinary words."""
        words = self.terms["ordinary_words"]
        return tuple(range(at, at + len(term.text)) for term, at in words.within(specific))
