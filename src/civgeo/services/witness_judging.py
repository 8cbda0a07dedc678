"""Witness marks as they were measured in the field, against the register.

Azimuth and distance have one tolerance, in metres: the distance between the two places to which
register and reading lead from the marker. Of what was not measured the registered value counts, so
that a distance alone is judged along the line of sight and an azimuth alone across it.
"""

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from civgeo.domain.bearings import angle_text, parse_angle
from civgeo.domain.field_results import ResultFault, WitnessCheck
from civgeo.domain.field_sheet import FieldWitness
from civgeo.errors import InvalidInput
from civgeo.geo.witness import witness_mark

__all__ = ["WITNESS_TOLERANCE_M", "Told", "witness_findings"]

WITNESS_TOLERANCE_M = 0.5
"""Least distance that counts: a tape over uneven ground and a compass are not finer."""

_METRES = re.compile(r"(\d{1,5}(?:\.\d{1,6})?)(?:米|m)?", re.ASCII | re.IGNORECASE)
_HALF_TURN = 180


@dataclass(frozen=True, slots=True)
class Told:
    """Something to look at: what kind, the text as it was recorded, the sentence."""

    fault: ResultFault
    raw: str
    message: str


@dataclass(frozen=True, slots=True)
class _Sight:
    """Azimuth and distance of a mark from its marker; None for what is missing or unreadable."""

    azimuth: Fraction | None
    metres: float | None

    @property
    def text(self) -> str:
        """Both as a form writes them."""
        angle = None if self.azimuth is None else f"坐标方位角 {angle_text(self.azimuth)}"
        length = None if self.metres is None else f"距离 {self.metres:.2f} 米"
        return "、".join(part for part in (angle, length) if part)


def witness_findings(
    checks: Sequence[WitnessCheck],
    marks: Sequence[FieldWitness],
    tolerance_m: float,
    *,
    added: bool,
) -> Iterator[Told]:
    """What was measured of the witness marks of one marker and differs from the register.

    Parameters
    ----------
    checks
        As recorded, those without a name of their own named as registered.
    marks
        As registered, in the order of the registration form. A check belongs to the mark in its
        own place where the names agree, else to another of its name.
    tolerance_m
        Of the round, metres; here at least `WITNESS_TOLERANCE_M`. Exactly so far apart they agree.
    added
        Whether the marker was given a new witness mark: its name is not registered yet.
    """
    allowed = max(tolerance_m, WITNESS_TOLERANCE_M)
    for place, (check, mark) in enumerate(_paired(checks, marks)):
        if mark is not None:
            yield from _compared(check, mark, allowed)
        elif check.is_filled or place >= len(marks):
            yield Told(ResultFault.WITNESS_UNKNOWN, check.name, _unknown(check, marks, added))


def _paired(
    checks: Sequence[WitnessCheck], marks: Sequence[FieldWitness]
) -> list[tuple[WitnessCheck, FieldWitness | None]]:
    own = {
        place: mark
        for place, (check, mark) in enumerate(zip(checks, marks, strict=False))
        if _same(check.name) == _same(mark.name)
    }
    left = [mark for place, mark in enumerate(marks) if place not in own]
    pairs: list[tuple[WitnessCheck, FieldWitness | None]] = []
    for place, check in enumerate(checks):
        mark = own.get(place)
        if mark is None:
            mark = next((each for each in left if _same(each.name) == _same(check.name)), None)
            left = [each for each in left if each is not mark]
        pairs.append((check, mark))
    return pairs


def _same(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())


def _unknown(check: WitnessCheck, marks: Sequence[FieldWitness], added: bool) -> str:
    if not check.name:
        return "登记之外的方位物没有写名称，已按原样留存，不作比较：请写明名称后重新导入"
    name = f"方位物“{check.name}”"
    if _same(check.name) in {_same(mark.name) for mark in marks}:
        return f"{name}写的次数比登记的多，多出的已按原样留存，不作比较：请核对"
    if added:
        return f"{name}不在登记之内，已随“增补方位物”留存：请重填登记表"
    names = "、".join(mark.name for mark in marks if mark.name) or "没有方位物"
    return (
        f"登记中没有{name}（登记的是：{names}），已按原样留存，不作比较："
        "请核对名称；确为新选定的，处理措施应选“增补方位物”"
    )


def _compared(check: WitnessCheck, mark: FieldWitness, allowed: float) -> Iterator[Told]:
    name = f"方位物“{mark.name or mark.number}”"
    seen = _Sight(_azimuth(check.grid_azimuth), _metres(check.distance_m))
    known = _Sight(_azimuth(mark.grid_azimuth), _metres(mark.distance_m))
    parts = (
        ("坐标方位角", check.grid_azimuth, seen.azimuth, known.azimuth, "57°10′、57-10"),
        ("距离", check.distance_m, seen.metres, known.metres, "23.50（米）"),
    )
    for title, raw, value, registered, form in parts:
        if raw is None:
            continue
        if value is None:
            text = f"{name}的实测{title}认不出，不作比较：请写成 {form} 的样子"
            yield Told(ResultFault.UNREADABLE, raw, text)
        elif registered is None:
            text = f"{name}没有登记{title}，或登记的认不出；实测 {raw} 已留存，不作比较"
            yield Told(ResultFault.WITNESS_UNKNOWN, raw, f"{text}：请补填登记表")
    yield from _displaced(name, seen, known, allowed)


def _displaced(name: str, seen: _Sight, known: _Sight, allowed: float) -> Iterator[Told]:
    """Where register and reading lead to places farther apart than allowed."""
    turned = seen.azimuth is not None and known.azimuth is not None
    reached = seen.metres is not None and known.metres is not None
    here = _Sight(known.azimuth if turned else None, known.metres if reached else None)
    there = _Sight(seen.azimuth if turned else None, seen.metres if reached else None)
    if here == there:
        return
    told = f"{name}登记{here.text}，实测{there.text}，"
    length = known.metres or seen.metres
    if length is None:
        text = told + "登记和实测都没有距离，求不出相距多少：请补测距离"
        yield Told(ResultFault.WITNESS_DISPLACED, there.text, text)
        return
    apart = _apart(here, there, length)
    if round(apart, 3) > allowed:
        text = f"{told}两处位置相距 {apart:.2f} 米，超过限差 {allowed:g} 米"
        text += _explained(here, there, length, allowed) + "。请复测；确已变动的，重填登记表"
        yield Told(ResultFault.WITNESS_DISPLACED, there.text, text)


def _explained(here: _Sight, there: _Sight, length: float, allowed: float) -> str:
    """What the tolerance is as an angle, what was not compared, and a likely slip."""
    if here.azimuth is None or there.azimuth is None:
        return "；只比较距离，方位角没有实测或没有登记"
    text = _as_angle(allowed, length)
    if here.metres is None:
        text += f"；只比较方位角，按距离 {length:.2f} 米计"
    back = _Sight((there.azimuth + _HALF_TURN) % 360, there.metres)
    if round(_apart(here, back, length), 3) <= allowed:
        text += "；方位角约差 180°，像是从方位物测向界桩"
    return text


def _azimuth(text: str | None) -> Fraction | None:
    try:
        return None if text is None else parse_angle(text)
    except InvalidInput:
        return None


def _metres(text: str | None) -> float | None:
    """Metres of a text such as ``23.50`` or ``23.5米``; a mark has some distance."""
    found = _METRES.fullmatch("" if text is None else _same(text))
    return (float(found[1]) or None) if found else None


def _apart(one: _Sight, other: _Sight, length: float) -> float:
    """Metres between two marks seen from one marker, at `length` where there is no distance."""
    azimuths = [float(sight.azimuth or 0) for sight in (one, other)]
    metres = [sight.metres or length for sight in (one, other)]
    north, east = witness_mark(0.0, 0.0, azimuths, metres)
    return math.dist((north[0], east[0]), (north[1], east[1]))


def _as_angle(allowed: float, metres: float) -> str:
    """The tolerance as the angle under which it is seen at that distance."""
    share = allowed / (2 * metres)
    if share >= 1:
        return f"（在 {metres:.2f} 米处任何方位角都在限差之内）"
    return f"（在 {metres:.2f} 米处合 {angle_text(Fraction(math.degrees(2 * math.asin(share))))}）"
