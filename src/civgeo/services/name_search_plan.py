"""Which questions to the index find the names of each tier.

A question may give names that do not match, or match better; it never leaves out one that does.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from civgeo.language.search_keys import sounds_typed
from civgeo.language.typed_names import Typed
from civgeo.services.name_matching import FUZZY_FROM, Query, Tier
from civgeo.store.name_index_lookup import NameLookup
from civgeo.store.name_index_tokens import (
    PLACES,
    all_of,
    any_of,
    char_at,
    contains,
    ends_at,
    initial_at,
    letter_at,
    reading_at,
    stem_ends_at,
    without,
)

__all__ = ["steps"]

_MOST_WAYS = 64
_LONGEST_SYLLABLE = 6
_Word = Callable[..., str]


def steps(query: Query, names: NameLookup) -> Iterator[tuple[Tier, str]]:
    """Tiers, the best first, each with the condition that its names meet.

    Parameters
    ----------
    query
        What was typed.
    names
        The index that will be asked.
    """
    text = query.folded
    anywhere = any_of(all_of(*contains(text)), all_of(*contains(text, other=True)))
    if not query.has_letters or names.has(anywhere):
        yield from _written(text)
    if query.has_letters:
        yield from _spoken(query, names.syllables())
    elif len(query.folded) > 1:
        yield Tier.SAME_READING, any_of(*_same_readings(query))
        yield Tier.ONE_WRONG, any_of(*_wrong(query))


def _written(text: str) -> Iterator[tuple[Tier, str]]:
    own, other = (_at(0, text, other=other) for other in (False, True))
    yield Tier.EXACT, all_of(own, ends_at(len(text)))
    yield Tier.SPECIFIC, all_of(own, stem_ends_at(len(text)))
    yield Tier.PREFIX, own
    yield Tier.OTHER_EXACT, all_of(other, ends_at(len(text), other=True))
    yield Tier.OTHER_PREFIX, other
    yield Tier.CONTAINS, all_of(*contains(text))
    yield Tier.OTHER_CONTAINS, all_of(*contains(text, other=True))


def _at(place: int, text: str, *, other: bool) -> str:
    """A name holds `text`, and has its first character at `place`: pairs are rarer than places."""
    first = char_at(place, text[0], other=other) if place < PLACES else ""
    return all_of(*(contains(text, other=other) if len(text) > 1 or not first else ()), first)


def _but(place: int, text: str, *, other: bool) -> str:
    """A name begins like `text`, but for the character at `place`."""
    before, after = text[:place], text[place + 1 :]
    return all_of(
        _at(0, before, other=other) if before else "",
        _at(place + 1, after, other=other) if after else "",
    )


def _same_readings(query: Query) -> Iterator[str]:
    for other in (False, True):
        for place, sounds in enumerate(query.sounds):
            alike = [reading_at(place, sound, other=other) for sound in sorted(sounds)]
            if alike and place < PLACES:
                yield all_of(_but(place, query.folded, other=other), any_of(*alike))
            elif alike:
                yield _but(place, query.folded, other=other)


def _wrong(query: Query) -> Iterator[str]:
    text = query.folded
    if len(text) < FUZZY_FROM:
        return
    for other in (False, True):
        for place, char in enumerate(text):
            begun = _but(place, text, other=other)
            # one of several other names may have the right character, and be a different one
            told_apart = place < PLACES and not other
            yield without(begun, char_at(place, char)) if told_apart else begun


def _spoken(query: Query, syllables: frozenset[str]) -> Iterator[tuple[Tier, str]]:
    sounds = _by_typing(syllables)
    letters = enumerate(query.letters[:PLACES])
    spelled = all_of(*(letter_at(place, letter) for place, letter in letters))
    for initials, tiers in (
        (False, (Tier.SPOKEN, Tier.SPOKEN_PREFIX, Tier.OTHER_SPOKEN)),
        (True, (Tier.INITIALS, Tier.INITIALS_PREFIX, Tier.OTHER_INITIALS)),
    ):
        whole = _ways(query.parts, sounds, initials=initials, whole=True)
        begun = _ways(query.parts, sounds, initials=initials, whole=False)
        besides = "" if initials else spelled
        yield tiers[0], any_of(*(way.ending for way in whole), besides)
        yield tiers[1], any_of(*(way.begun(other=False) for way in begun), besides)
        yield tiers[2], any_of(*(way.begun(other=True) for way in begun))


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to part what was typed into characters of a name, as far as it was followed.

    Parameters
    ----------
    words
        For each place from 0, conditions on the standard name and on the others.
    part, offset
        Where to go on: which part, which letter of it.
    by_initials
        Whether the run of letters under way is read as initials.
    ended
        Whether nothing is left.
    """

    words: tuple[tuple[str, str], ...] = ()
    part: int = 0
    offset: int = 0
    by_initials: bool = False
    ended: bool = False

    def begun(self, *, other: bool) -> str:
        """Condition that a name begins so."""
        return all_of(*(word[other] for word in self.words))

    @property
    def ending(self) -> str:
        """Condition that the standard name, or its specific part, is so as a whole."""
        size = len(self.words)
        end = any_of(ends_at(size), stem_ends_at(size)) if self.ended else ""
        return all_of(self.begun(other=False), end)

    def on(self, word: _Word, texts: Collection[str], part: int, offset: int = 0) -> "_Way":
        """The way with one more character, of which `word` says one of `texts`."""
        place = len(self.words)
        own, other = (any_of(*(word(place, t, other=o) for t in texts)) for o in (False, True))
        return _Way((*self.words, (own, other)), part, offset)


def _ways(
    parts: tuple[Typed, ...], sounds: Mapping[str, tuple[str, ...]], *, initials: bool, whole: bool
) -> list[_Way]:
    """Ways to part what was typed; where they are too many, they are followed less far.

    Parameters
    ----------
    parts
        What was typed.
    sounds
        Syllables by the way they are typed.
    initials
        Whether runs of letters may be initials, too.
    whole
        Whether the last syllable must be whole.
    """
    done: list[_Way] = []
    under_way = [_Way()]
    for _ in range(PLACES):
        following = [
            replace(after, ended=after.part == len(parts))
            for way in under_way
            for after in _followed(way, parts[way.part], sounds, initials=initials)
        ]
        if not whole:
            following += [cut for way in under_way for cut in _cut_short(way, parts, sounds)]
        if len(done) + len(following) > _MOST_WAYS:
            break
        done += [way for way in following if way.ended]
        under_way = [way for way in following if not way.ended]
    return done + under_way


def _followed(
    way: _Way, part: Typed, sounds: Mapping[str, tuple[str, ...]], *, initials: bool
) -> Iterator[_Way]:
    """The way with one more whole character of the name."""
    if isinstance(part, str):
        yield way.on(char_at, part, way.part + 1)
        return
    start, size = way.offset, len(part.letters)
    if initials and (way.by_initials or not start):
        after = way.on(initial_at, part.letters[start], *_place(way, start + 1, size))
        yield replace(after, by_initials=start + 1 < size)
    if way.by_initials:
        return
    for end in range(start + 1, min(size, start + _LONGEST_SYLLABLE) + 1):
        found = sounds.get(part.letters[start:end])
        if found and part.is_whole(start, end):
            toned = _toned(found, part.tone_in(start, end))
            yield way.on(reading_at, toned, *_place(way, end, size))


def _place(way: _Way, end: int, size: int) -> tuple[int, int]:
    """Part and letter at which to go on after the letters before `end`, of so many."""
    return (way.part, end) if end < size else (way.part + 1, 0)


def _cut_short(
    way: _Way, parts: tuple[Typed, ...], sounds: Mapping[str, tuple[str, ...]]
) -> Iterator[_Way]:
    """The way with a last syllable of which only the beginning was typed."""
    part = parts[way.part]
    if isinstance(part, str) or way.by_initials or way.part + 1 < len(parts):
        return
    size, rest = len(part.letters), part.letters[way.offset :]
    if size in part.breaks or not part.is_whole(way.offset, size):
        return
    tone = part.tone_in(way.offset, size)
    begun = {sound for text, found in sounds.items() if text.startswith(rest) for sound in found}
    if len(rest) == 1 and tone is None:
        yield replace(way.on(initial_at, rest, len(parts)), ended=True)
    elif begun:
        yield replace(way.on(reading_at, _toned(sorted(begun), tone), len(parts)), ended=True)


def _toned(sounds: Collection[str], tone: str | None) -> Collection[str]:
    """Syllables in the tone that was typed, if one was."""
    return sounds if tone is None else [f"{sound}{tone}" for sound in sounds]


@lru_cache(maxsize=4)
def _by_typing(syllables: frozenset[str]) -> Mapping[str, tuple[str, ...]]:
    """Syllables by the ways to type them."""
    found: dict[str, tuple[str, ...]] = {}
    for sound in sorted(syllables):
        for text in sounds_typed(sound):
            found[text] = (*found.get(text, ()), sound)
    return found
