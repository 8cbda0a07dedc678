"""Walk descriptions (走向说明) of boundary lines: written, read, and compared leg by leg."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from civgeo.domain.bearings import Direction16
from civgeo.domain.labelled import Labelled

__all__ = ["ALONG_THE_LINE", "Difference", "DifferenceKind", "WalkLeg", "compare_walks"]
__all__ += ["distance_text", "read_walk", "written_walk"]

ALONG_THE_LINE = "界线"
LEAST_M = 100.0
SHARE = 0.05
LONGEST = 1000
_DIRECTIONS = {each.label_zh: each for each in Direction16}
_LONGEST_FIRST = "|".join(sorted(_DIRECTIONS, key=len, reverse=True))
_LEG = re.compile(
    rf"(?:大致)?(?:转?向|往|朝|转)(?P<direction>{_LONGEST_FIRST})(?:方向)?"
    r"(?:前进|行进|延伸|而行|行|走)?[，,]?(?:大约|图上距离|约|长)*"
    r"(?P<distance>[0-9]{1,6}(?:\.[0-9]{1,6})?)(?P<unit>千米|公里|km|米|m)[，,]?"
    r"(?:到达?|至|抵)(?P<end>[^，,]{1,60})",
    re.IGNORECASE,
)
_START = re.compile(r"(?:自|由|从)(?P<start>[^，,]{1,60}?)(?:起|开始|出发)?[，,]")
_ALONG = re.compile(r"(?:沿着?|顺)(?P<along>[^，,]{1,60}?)[，,]?$")
_KILOMETRES = ("千米", "公里", "km")
_SENTENCE = re.compile(r"[。；;\n]+")
_ORDINAL = re.compile(
    r"^(?:第?[0-9一二三四五六七八九十]+[段、.)）]|[(（][0-9一二三四五六七八九十]+[)）])"
)


@dataclass(frozen=True, slots=True)
class WalkLeg:
    """One leg of a walk.

    Parameters
    ----------
    start, end
        What stands there: a marker, a turning point, an end of the line.
    direction
        From start to end, from true north.
    along
        What the line follows; ``界线`` where nothing is known.
    distance_m
        Along the line.
    """

    start: str
    end: str
    direction: Direction16
    along: str
    distance_m: float


class DifferenceKind(Labelled):
    """In what a leg differs from the one on file."""

    DIRECTION = "direction", "方向不同"
    DISTANCE = "distance", "距离不同"
    END = "end", "止点不同"
    LEGS = "legs", "分段不同"
    ONLY_HERE = "only_here", "存档没有"
    ONLY_ON_FILE = "only_on_file", "仅存档有"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference; `leg` and `filed` are numbers of legs from 1, None where there is none."""

    kind: DifferenceKind
    leg: int | None
    filed: int | None
    message: str


def distance_text(metres: float) -> str:
    """A distance as descriptions write it: kilometres to 10 m, metres below one kilometre.

    Examples
    --------
    >>> distance_text(3214.0), distance_text(87.4)
    ('3.21千米', '87米')
    """
    whole = round(metres)
    return f"{metres / 1000:.2f}千米" if whole >= 1000 else f"{whole}米"


def written_walk(legs: Sequence[WalkLeg]) -> str:
    """The description of a whole line, one leg a line of text.

    Examples
    --------
    >>> leg = WalkLeg("1617001Q号界桩", "1617002Q号界桩", Direction16.ENE, "汝河", 3214.0)
    >>> written_walk([leg])
    '自1617001Q号界桩起，沿汝河向东偏东北行3.21千米，至1617002Q号界桩。'
    """
    return "\n".join(
        f"自{leg.start}起，沿{leg.along}向{leg.direction.label_zh}行"
        f"{distance_text(leg.distance_m)}，至{leg.end}。"
        for leg in legs
    )


def read_walk(text: str) -> tuple[list[WalkLeg], list[str]]:
    """Legs of a description on file, and the sentences that could not be read as one.

    A leg is read where a direction, a distance and an end stand in the usual order, such as
    自甲起，沿乙向东行 2.1 千米，至丙. Where it names no start, the end before it is the start.

    Parameters
    ----------
    text
        The description; sentences end with a full stop, a semicolon or a line's end.
    """
    legs: list[WalkLeg] = []
    unread: list[str] = []
    for sentence in _SENTENCE.split(text):
        plain = "".join(unicodedata.normalize("NFKC", sentence).split())
        plain = _ORDINAL.sub("", plain)
        if not plain:
            continue
        found = list(_LEG.finditer(plain)) if len(plain) <= LONGEST else []
        if not found:
            unread.append(sentence.strip())
        here = 0
        for core in found:
            legs.append(_leg(core, plain[here : core.start()], legs[-1].end if legs else ""))
            here = core.end()
    return legs, unread


def _leg(core: re.Match[str], before: str, last_end: str) -> WalkLeg:
    """The leg of direction, distance and end, and of the words before them."""
    start, along = _START.search(before), _ALONG.search(before)
    unit = 1000.0 if core["unit"].lower() in _KILOMETRES else 1.0
    return WalkLeg(
        start["start"] if start else last_end,
        core["end"],
        _DIRECTIONS[core["direction"]],
        along["along"] if along else ALONG_THE_LINE,
        round(float(core["distance"]) * unit, 3),
    )


def compare_walks(
    walk: Sequence[WalkLeg],
    filed: Sequence[WalkLeg],
    *,
    least_m: float = LEAST_M,
    share: float = SHARE,
) -> list[Difference]:
    """What differs between the walk of the line as drawn and the one on file.

    Both are cut where they name the same end (a marker); between two such ends legs are compared
    one by one where there are equally many, else the whole stretch.

    Parameters
    ----------
    walk, filed
        Legs in route order.
    least_m, share
        Distances differ when they do so by more than this many metres and by more than this share
        of the one on file. Neither is a legal figure: descriptions are rounded on purpose.

    Returns
    -------
    list of Difference
        In route order.
    """
    found: list[Difference] = []
    for ours, theirs in _stretches(walk, filed):
        found += _stretch_differences(walk, filed, ours, theirs, least_m, share)
    return found


def _key(label: str) -> str:
    """A label without the words around a marker's number."""
    plain = unicodedata.normalize("NFKC", label).upper()
    return re.sub(r"\s|第|号|界桩|界碑|\(.*?\)", "", plain)


def _stretches(walk: Sequence[WalkLeg], filed: Sequence[WalkLeg]) -> Iterable[tuple[range, range]]:
    """Numbers of the legs of both between one common end and the next."""
    ours, theirs = [_key(leg.end) for leg in walk], [_key(leg.end) for leg in filed]
    common = [key for key in ours if key in theirs and ours.count(key) == theirs.count(key) == 1]
    here = there = 0
    for key in common:
        place, other = ours.index(key) + 1, theirs.index(key) + 1
        if other <= there:
            continue
        yield range(here, place), range(there, other)
        here, there = place, other
    if here < len(ours) or there < len(theirs):
        yield range(here, len(ours)), range(there, len(theirs))


def _stretch_differences(
    walk: Sequence[WalkLeg],
    filed: Sequence[WalkLeg],
    ours: range,
    theirs: range,
    least_m: float,
    share: float,
) -> Iterable[Difference]:
    if not theirs:
        for place in ours:
            told = f"第 {place + 1} 段（至{walk[place].end}）存档没有"
            yield Difference(DifferenceKind.ONLY_HERE, place + 1, None, told)
        return
    if not ours:
        for other in theirs:
            told = f"存档第 {other + 1} 段（至{filed[other].end}）实线没有"
            yield Difference(DifferenceKind.ONLY_ON_FILE, None, other + 1, told)
        return
    if len(ours) != len(theirs):
        told = (
            f"自{walk[ours[0]].start}至{walk[ours[-1]].end}分为 {len(ours)} 段，"
            f"存档分为 {len(theirs)} 段，只比总长"
        )
        yield Difference(DifferenceKind.LEGS, ours[0] + 1, theirs[0] + 1, told)
        total = sum(walk[place].distance_m for place in ours)
        wanted = sum(filed[other].distance_m for other in theirs)
        yield from _distances(total, wanted, ours[0] + 1, theirs[0] + 1, least_m, share)
        return
    for place, other in zip(ours, theirs, strict=True):
        yield from _leg_differences(walk[place], filed[other], place + 1, other + 1, least_m, share)


def _leg_differences(
    leg: WalkLeg, filed: WalkLeg, number: int, other: int, least_m: float, share: float
) -> Iterable[Difference]:
    if leg.direction is not filed.direction:
        told = f"第 {number} 段方向为{leg.direction.label_zh}，存档为{filed.direction.label_zh}"
        yield Difference(DifferenceKind.DIRECTION, number, other, told)
    yield from _distances(leg.distance_m, filed.distance_m, number, other, least_m, share)
    if _key(leg.end) != _key(filed.end):
        told = f"第 {number} 段止于{leg.end}，存档止于{filed.end}"
        yield Difference(DifferenceKind.END, number, other, told)


def _distances(
    ours: float, filed: float, number: int, other: int, least_m: float, share: float
) -> Iterable[Difference]:
    if abs(ours - filed) > max(least_m, share * filed):
        told = f"第 {number} 段起距离为{distance_text(ours)}，存档为{distance_text(filed)}"
        yield Difference(DifferenceKind.DISTANCE, number, other, told)
