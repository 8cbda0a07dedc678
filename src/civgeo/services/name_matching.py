"""Whether and how well a place name matches what somebody typed.

What is said here of one name is what a search says of all of them: the index only spares looking
at the names that cannot match.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

from civgeo.domain.labelled import Labelled
from civgeo.domain.name_forms import OtherNameKind
from civgeo.errors import InvalidInput
from civgeo.language.bigrams import fold, is_han
from civgeo.language.search_keys import sounds_typed, toneless
from civgeo.language.typed_names import Typed, TypedPinyin, letters_of, typed
from civgeo.store.name_index_rows import Form, IndexedName

__all__ = ["FUZZY_FROM", "LONGEST_QUERY", "How", "Match", "Query", "Tier", "match_of", "query_of"]

LONGEST_QUERY = 100
FUZZY_FROM = 3
"""A query of two characters with one of them wrong would match half of a register."""


def _(text: str) -> str:
    """`text` itself; the mark by which the catalogue of English words finds it."""
    return text


class How(Labelled):
    """Why a name is among the hits."""

    STANDARD = "standard", _("标准名称")
    FORMER = OtherNameKind.FORMER.value, _("曾用名")
    ALIAS = OtherNameKind.ALIAS.value, _("别名")
    SHORT = OtherNameKind.SHORT.value, _("简称")
    MINORITY = OtherNameKind.MINORITY.value, _("少数民族文字")
    PINYIN = "pinyin", _("拼音")
    INITIALS = "initials", _("拼音首字母")
    FUZZY = "fuzzy", _("一字之差")


class Tier(IntEnum):
    """How well a name matches, the best first. OTHER is any name besides the standard one."""

    EXACT = 0
    SPECIFIC = 1
    PREFIX = 2
    OTHER_EXACT = 3
    OTHER_PREFIX = 4
    CONTAINS = 5
    OTHER_CONTAINS = 6
    SPOKEN = 7
    SPOKEN_PREFIX = 8
    OTHER_SPOKEN = 9
    INITIALS = 10
    INITIALS_PREFIX = 11
    OTHER_INITIALS = 12
    SAME_READING = 13
    ONE_WRONG = 14


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody typed.

    Parameters
    ----------
    text
        As it was typed, without spaces around it.
    folded
        Form for comparison.
    parts
        Characters and runs of letters.
    sounds
        Toneless readings that each character of `folded` may have.
    """

    text: str
    folded: str
    parts: tuple[Typed, ...]
    sounds: tuple[frozenset[str], ...]

    @property
    def has_letters(self) -> bool:
        """Whether a part of it may be pinyin."""
        return any(isinstance(part, TypedPinyin) for part in self.parts)

    @property
    def letters(self) -> str:
        """Letters and digits, with u for ü, when there is nothing else; empty otherwise."""
        letters = letters_of(self.text)
        return letters if letters.isascii() else ""


@dataclass(frozen=True, slots=True)
class Match:
    """Why a name matches.

    Parameters
    ----------
    tier
        How well.
    how
        Why, as hits say it.
    form
        Name of the place that matches.
    wrong
        Place of the character that differs, from 0; None where none does.
    """

    tier: Tier
    how: How
    form: Form
    wrong: int | None = None


def query_of(text: str, sounds_of: Callable[[str], Collection[str]]) -> Query:
    """What was typed, ready to be matched.

    Parameters
    ----------
    text
        One character or more; letters, digits and Chinese characters in any mixture.
    sounds_of
        Gives the toneless readings of a Chinese character, with v for ü.

    Raises
    ------
    InvalidInput
        When nothing is left of it but signs, or it is longer than `LONGEST_QUERY` characters.
    """
    text = text.strip()
    if len(text) > LONGEST_QUERY:
        told = f"检索词有 {len(text)} 个字符，最多 {LONGEST_QUERY} 个：请缩短后再查"
        raise InvalidInput(told, code="bad_query")
    folded = fold(text)
    if not folded:
        told = f"检索词“{text[:40]}”中没有文字：请输入汉字、拼音、首字母或数字，至少一个"
        raise InvalidInput(told, code="bad_query")
    sounds = (frozenset(sounds_of(char)) if is_han(char) else frozenset() for char in folded)
    return Query(text, folded, typed(text), tuple(sounds))


def match_of(query: Query, name: IndexedName) -> Match | None:
    """The best match of a name; None when it does not match.

    What is written decides before what is spoken, and that before what may be a slip.
    """
    forms = (name.standard, *name.other_forms)
    found = [match for form in forms for match in _written(query, form)]
    if not found and query.has_letters:
        found = [match for form in forms for match in _spoken(query, form)]
        found += _spelled(query, name)
    elif not found:
        found = [match for form in forms for match in _miswritten(query, form)]
    return min(found, key=lambda match: match.tier, default=None)


def _written(query: Query, form: Form) -> Iterator[Match]:
    """Match of the characters as they stand."""
    if query.folded not in form.folded:
        return
    if form.kind is not None:
        tiers = (Tier.OTHER_EXACT, Tier.OTHER_PREFIX, Tier.OTHER_CONTAINS)
        how = How(form.kind.value)
    else:
        tiers, how = (Tier.EXACT, Tier.PREFIX, Tier.CONTAINS), How.STANDARD
    if query.folded == form.folded:
        yield Match(tiers[0], how, form)
    elif not form.folded.startswith(query.folded):
        yield Match(tiers[2], how, form)
    elif form.kind is None and len(query.folded) == form.stem:
        yield Match(Tier.SPECIFIC, how, form)
    else:
        yield Match(tiers[1], how, form)


def _spoken(query: Query, form: Form) -> Iterator[Match]:
    """Matches of pinyin, initials and characters mixed, from the beginning of the name."""
    for heard in _heard(query.parts, form):
        whole = heard.whole and heard.end in (len(form.folded), form.stem)
        if form.kind is not None:
            tier = Tier.OTHER_INITIALS if heard.initials else Tier.OTHER_SPOKEN
        elif heard.initials:
            tier = Tier.INITIALS if whole else Tier.INITIALS_PREFIX
        else:
            tier = Tier.SPOKEN if whole else Tier.SPOKEN_PREFIX
        yield Match(tier, How.INITIALS if heard.initials else How.PINYIN, form)


@dataclass(frozen=True, slots=True)
class _Heard:
    """So many characters of a name that match, the last as a whole or not, by initials or not."""

    end: int
    whole: bool
    initials: bool


def _heard(parts: tuple[Typed, ...], form: Form) -> set[_Heard]:
    """Ways in which `parts` match the first characters of a name."""
    ways = {_Heard(0, whole=True, initials=False)}
    for number, part in enumerate(parts, start=1):
        is_last = number == len(parts)
        ways = {after for way in ways for after in _after(way, part, form, is_last=is_last)}
    return ways


def _after(way: _Heard, part: Typed, form: Form, *, is_last: bool) -> Iterator[_Heard]:
    if isinstance(part, str):
        if form.folded[way.end : way.end + 1] == part:
            yield replace(way, end=way.end + 1)
        return
    sounded = _sounded(part, form, way.end, is_last=is_last)
    if sounded is not None:
        yield replace(sounded, initials=way.initials)
    if _has_initials(part, form, way.end):
        yield _Heard(way.end + len(part.letters), whole=True, initials=True)


def _sounded(run: TypedPinyin, form: Form, place: int, *, is_last: bool) -> _Heard | None:
    """How far a run of letters is the reading of the characters from `place` on.

    The syllables of the name decide where the letters are parted, so there is one way only.
    """
    done, size = 0, len(run.letters)
    while done < size:
        reading = form.readings[place] if place < len(form.readings) else ""
        place += 1
        sounds = sounds_typed(toneless(reading)) if reading else ()
        sound = next((s for s in sounds if run.letters.startswith(s, done)), None)
        if sound is not None and _fits(run, done, done + len(sound), reading):
            done += len(sound)
            continue
        rest = run.letters[done:]
        cut_short = is_last and any(s.startswith(rest) for s in sounds)
        if cut_short and size not in run.breaks and _fits(run, done, size, reading):
            return _Heard(place, whole=False, initials=False)
        return None
    return _Heard(place, whole=True, initials=False)


def _fits(run: TypedPinyin, start: int, end: int, reading: str) -> bool:
    """Whether the letters from `start` to `end` may be one syllable, in the tone of `reading`."""
    tone = run.tone_in(start, end)
    return run.is_whole(start, end) and tone in (None, reading[-1])


def _has_initials(run: TypedPinyin, form: Form, place: int) -> bool:
    """Whether each letter begins the reading of one character from `place` on."""
    readings = form.readings[place : place + len(run.letters)]
    return not run.tones and [r[:1] for r in readings] == list(run.letters)


def _spelled(query: Query, name: IndexedName) -> Iterator[Match]:
    """Match of a romanised name that is not spelled as its characters read."""
    if query.letters and name.spelling.startswith(query.letters):
        whole = name.spelling == query.letters
        yield Match(Tier.SPOKEN if whole else Tier.SPOKEN_PREFIX, How.PINYIN, name.standard)


def _miswritten(query: Query, form: Form) -> Iterator[Match]:
    """Match of all characters but one, from the beginning of the name."""
    wrong = [n for n, (a, b) in enumerate(zip(query.folded, form.folded, strict=False)) if a != b]
    if len(wrong) != 1 or len(form.folded) < len(query.folded) or len(query.folded) < 2:
        return
    place = wrong[0]
    if not (is_han(query.folded[place]) and is_han(form.folded[place])):
        return
    if form.readings[place] and toneless(form.readings[place]) in query.sounds[place]:
        yield Match(Tier.SAME_READING, How.FUZZY, form, place)
    elif len(query.folded) >= FUZZY_FROM:
        yield Match(Tier.ONE_WRONG, How.FUZZY, form, place)
