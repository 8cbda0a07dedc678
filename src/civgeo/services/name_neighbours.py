"""Names written or sounding like a proposed one, from the index, for the naming rules."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from civgeo.domain.division import DivisionCode
from civgeo.domain.naming_place import Areas, Comparator, NamedPlace
from civgeo.domain.place_kind import PlaceKind
from civgeo.language.bigrams import fold, is_han
from civgeo.language.search_keys import readings_beside
from civgeo.language.syllables import parse_syllable
from civgeo.store.name_index_lookup import Key, NameLookup, Scope
from civgeo.store.name_index_rows import IndexedName
from civgeo.store.name_index_tokens import (
    PLACES,
    all_of,
    any_of,
    char_at,
    ends_at,
    reading_at,
    stem_ends_at,
)

__all__ = ["IndexedNeighbours"]


@dataclass(frozen=True, slots=True)
class IndexedNeighbours:
    """The `Neighbours` of services/naming over the index of a store.

    Parameters
    ----------
    names
        The index.
    scope
        Which entries count, such as those that exist on a day.
    but
        Id of an entry to leave out, when a name in use is checked again.
    """

    names: NameLookup
    scope: Scope
    but: str | None = None

    def same_name(self, text: str, comparator: Comparator) -> Iterator[NamedPlace]:
        """Names whose compared part is written so."""
        key = fold(text)
        if comparator is Comparator.FULL:
            return self._places(self.names.same(Key.NAME, key, self.scope))
        return self._specific([char_at(place, char) for place, char in enumerate(key)])

    def same_toned(self, syllables: tuple[str, ...]) -> Iterator[NamedPlace]:
        """Names that have these syllables with their tones."""
        key = " ".join(readings_beside("一" * len(syllables), syllables))
        return self._places(self.names.same(Key.READING, key, self.scope))

    def same_toneless(
        self, syllables: tuple[str, ...], comparator: Comparator
    ) -> Iterator[NamedPlace]:
        """Names whose compared part has these syllables, whatever their tones."""
        sounds = [syllable.replace("ü", "v") for syllable in syllables]
        if comparator is Comparator.FULL:
            return self._places(self.names.same(Key.SOUND, " ".join(sounds), self.scope))
        return self._specific([reading_at(place, sound) for place, sound in enumerate(sounds)])

    def _specific(self, words: Sequence[str]) -> Iterator[NamedPlace]:
        """Names whose specific part, or whole name, is what the words say and no longer."""
        if not words:
            return iter(())
        end = any_of(stem_ends_at(len(words)), ends_at(len(words)))
        return self._places(self.names.that(all_of(*words[:PLACES], end), self.scope))

    def _places(self, found: Iterator[IndexedName]) -> Iterator[NamedPlace]:
        return (_place(name) for name in found if name.id != self.but)


def _place(name: IndexedName) -> NamedPlace:
    syllables = _syllables(name)
    specific = name.folded[: name.stem]
    return NamedPlace(
        name=name.name,
        kind=PlaceKind(name.kind),
        specific=specific,
        generic=name.folded[name.stem :] or None,
        stem=specific,
        areas=Areas.of_division(DivisionCode.parse(name.division), name.builtup_area),
        famous=name.famous,
        syllables=syllables,
        specific_syllables=None if syllables is None else syllables[: name.stem],
        ref=name.id,
        compared=name.folded,
    )


def _syllables(name: IndexedName) -> tuple[str, ...] | None:
    form = name.standard
    if not all(form.readings):
        return None
    sounds = zip(form.folded, form.readings, strict=False)
    return tuple(parse_syllable(reading) if is_han(char) else char for char, reading in sounds)
