"""Which readings of characters a spelling in Latin letters shows. Development only."""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher

from independent_spellings import JOINED_GENERIC, Spelling, letters

__all__ = ["Options", "full_tones", "resembling", "toneless"]

Options = Mapping[str, tuple[str, ...]]
TONED = frozenset("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ")
PEOPLE = re.compile(r"zh?u$")
NEAR = 0.7


def full_tones(core: str, syllables: Sequence[str], options: Options) -> tuple[str, ...]:
    """`syllables` with neutral tones undone: names keep the tones of their characters."""
    return tuple(
        syllable
        if not TONED.isdisjoint(syllable)
        else next((o for o in options[c] if letters(o) == letters(syllable)), syllable)
        for c, syllable in zip(core, syllables, strict=True)
    )


def matches(core: str, text: str, options: Options) -> set[tuple[str, ...]]:
    """Toneless syllables, one a character of `core`, that together spell `text`."""
    found = {((), letters(text))}
    for character in core:
        bare = {letters(one) for one in options.get(character, ())}
        found = {
            ((*chosen, option), rest.removeprefix(option))
            for chosen, rest in found
            for option in bare
            if rest.startswith(option)
        }
    return {chosen for chosen, rest in found if not rest}


def toneless(core: str, spellings: Iterable[Spelling], options: Options) -> set[tuple[str, ...]]:
    """Toneless readings of `core` that `spellings` show, with or without a generic or a people."""
    found: set[tuple[str, ...]] = set()
    for spelling in spellings:
        text = letters(spelling.text)
        shown = matches(core, text, options)
        shown = shown or matches(core, JOINED_GENERIC.sub("", text), options)
        cuts = range(2, len(text) - 3) if PEOPLE.search(text) else ()
        found |= shown or {one for cut in cuts for one in matches(core, text[:cut], options)}
    return found


def resembling(spellings: Iterable[Spelling], syllables: Sequence[str]) -> Spelling | None:
    """The spelling nearest to `syllables`, if any is near enough to be meant for them."""
    wanted = letters("".join(syllables))
    near = [
        (SequenceMatcher(None, wanted, letters(one.text)).ratio(), -place, one)
        for place, one in enumerate(spellings)
    ]
    best = max(near, default=(0.0, 0, None), key=lambda item: item[:2])
    return best[2] if best[0] >= NEAR else None
