"""The generic part (通名) of a place name, which depends on the kind of the place.

地名管理条例 (国令753号) article 9: a place name consists of a specific and a generic part. The
table of generics and the words that decide how a name is divided come in as values.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from civgeo.domain.place_kind import PlaceKind

__all__ = ["Generic", "GenericTable", "NameWords"]

_NO_WORDS: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Generic:
    """One generic part.

    Parameters
    ----------
    hanzi
        Its characters.
    words
        Syllables of each word that it is written as: 村民委员会 has two words.
    kinds
        Kinds of place whose names end in it.
    confirmed
        Whether its reading is attested.
    """

    hanzi: str
    words: tuple[tuple[str, ...], ...]
    kinds: frozenset[PlaceKind]
    confirmed: bool = True

    @property
    def syllables(self) -> tuple[str, ...]:
        """Its syllables, one a character."""
        return tuple(syllable for word in self.words for syllable in word)


class GenericTable:
    """The generics of each kind of place; a place of kind ``other`` may end in any of them."""

    def __init__(self, generics: Iterable[Generic]) -> None:
        tables: dict[PlaceKind, dict[str, Generic]] = {kind: {} for kind in PlaceKind}
        for generic in generics:
            for kind in (*generic.kinds, PlaceKind.OTHER):
                tables[kind][generic.hanzi] = generic
        self._tables = tables
        self._longest = {kind: max(map(len, table), default=0) for kind, table in tables.items()}

    def of(self, kind: PlaceKind) -> Mapping[str, Generic]:
        """Generics of `kind` by their characters."""
        return MappingProxyType(self._tables[kind])

    def ending(
        self, name: str, kind: PlaceKind, uncut: AbstractSet[str] = _NO_WORDS
    ) -> Generic | None:
        """Longest generic of `kind` in which `name` ends and that leaves a specific part.

        A generic never begins inside one of the two-character words `uncut`.
        """
        table = self._tables[kind]
        for length in range(min(len(name) - 1, self._longest[kind]), 0, -1):
            generic = table.get(name[-length:])
            if generic is not None and name[-length - 1 :][:2] not in uncut:
                return generic
        return None


@dataclass(frozen=True, slots=True)
class NameWords:
    """Words inside names that decide how a name is divided.

    Parameters
    ----------
    modifiers
        For a kind of place and a generic of one character or more, the characters that may modify
        it (rule 2): 后 in 景山后街.
    directions
        Two-character directions that are never taken apart: 西南.
    endings_in_number
        Words whose last numeral is no ordinal: 东四 in 东四十二条, 五一 in 五一路, 统一 in 统一路.
    uncut
        Two-character words inside which no generic begins: 柏林 in 万柏林区.
    ethnic_groups, ethnic_short
        Names of peoples, each a word of its own in the name of a division; the short forms only
        where 自治, 民族 or a banner's generic follows.
    gates
        Last characters of a place name after which a direction begins a new word: 门 in
        广安门北滨河路.
    after_surname
        Second characters of names that begin with a surname: 店 in 任店.
    """

    modifiers: Mapping[tuple[PlaceKind, str], frozenset[str]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    directions: frozenset[str] = _NO_WORDS
    endings_in_number: frozenset[str] = _NO_WORDS
    uncut: frozenset[str] = _NO_WORDS
    ethnic_groups: frozenset[str] = _NO_WORDS
    ethnic_short: frozenset[str] = _NO_WORDS
    gates: frozenset[str] = _NO_WORDS
    after_surname: frozenset[str] = _NO_WORDS

    def modifies(self, character: str, generic: str, kind: PlaceKind) -> bool:
        """Whether `character` may modify `generic` in names of `kind`."""
        return character in self.modifiers.get((kind, generic), _NO_WORDS)
