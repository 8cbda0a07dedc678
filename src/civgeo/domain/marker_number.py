"""Numbers engraved on boundary markers: read, checked and explained.

GB/T 17796-2009 as exam papers quote it: eight characters, the line's number (4), the sequence on
the line from 001 (3), and a letter for how the marker is set. The line's number is taken to be the
two-digit codes of its two sides, the smaller first; that is from memory and fits every sample at
hand. At the meeting of three lines numbers such as 238184I are in use: three two-digit codes and a
letter whose rule is not known. What is not known is said, and the engraved text is always kept.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from civgeo.domain.division import DivisionCode
from civgeo.domain.labelled import Labelled
from civgeo.errors import InvalidInput

__all__ = [
    "LINE_EVIDENCE",
    "MarkerNumber",
    "MarkerSetting",
    "MarkerSuffix",
    "explain_marker_number",
]
__all__ += ["sides_of_a_line"]

LINE_EVIDENCE = "M"
"""Evidence of the rule that a line's number joins its sides' codes: from memory."""

LONGEST = 40
_ASIDE = re.compile(r"[\s\-‐‑‒–—_·.]+")
_PLAIN = re.compile(r"(?P<areas>\d{4})(?P<serial>\d{3})(?P<letter>[A-Z]?)")
_JUNCTION = re.compile(r"(?P<areas>\d{6})(?P<letter>[A-Z])")
_MISREAD = {"O": "0", "I": "1", "L": "1"}
_TWO_DIGIT = (2, 4, 6)


class MarkerSetting(Labelled):
    """How many markers share a number, and where they stand."""

    SINGLE = "single", "单立"
    DOUBLE = "double", "同号双立"
    TRIPLE = "triple", "同号三立"
    JUNCTION = "junction", "三交点"


@dataclass(frozen=True, slots=True)
class MarkerSuffix:
    """What a letter at the end of a number means.

    Parameters
    ----------
    letter
        One capital.
    setting
        How the marker is set.
    position
        1 on the side with the smallest code, 2 on the next; None where the letter does not say.
    meaning, evidence, source
        In Chinese; S, E, C or M; where it was read.
    """

    letter: str
    setting: MarkerSetting
    position: int | None
    meaning: str
    evidence: str
    source: str


@dataclass(frozen=True, slots=True)
class MarkerNumber:
    """A number explained.

    Parameters
    ----------
    engraved
        The text exactly as it was given.
    well_formed
        Whether it has a form that is known: a line's number and a sequence, with or without a
        letter, or three codes and a letter.
    verified
        Whether a known rule explains the letter and nothing contradicts it.
    line, serial, suffix
        The line's number (4 digits), the sequence from 1, the letter; None where it has none.
    setting
        How the marker is set, None where the letter does not say.
    areas
        The two-digit codes that it begins with.
    side
        Side that the marker stands on: the code of `sides`, or without them the two-digit code;
        None for a marker on the line and where no rule says.
    evidence
        Of the letter's meaning; None where it has none.
    problems
        What is wrong or missing, in Chinese.
    notes
        What is assumed, or not known, in Chinese.
    """

    engraved: str
    well_formed: bool
    verified: bool
    line: str | None = None
    serial: int | None = None
    suffix: str | None = None
    setting: MarkerSetting | None = None
    areas: tuple[str, ...] = ()
    side: str | None = None
    evidence: str | None = None
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """Why it is not verified; empty where it is."""
        return "" if self.verified else "；".join(self.problems or self.notes)


def explain_marker_number(
    text: str, suffixes: Mapping[str, MarkerSuffix], sides: Sequence[str] = ()
) -> MarkerNumber:
    """The parts of a marker number and what they mean.

    Full-width characters, small letters, blanks and hyphens are read as what they stand for; any
    other text gives a number that is not well formed, with its problem.

    Parameters
    ----------
    text
        As engraved or entered.
    suffixes
        Letters that are known.
    sides
        Codes of the two or three divisions that meet at the marker, in any order.

    Raises
    ------
    InvalidInput
        When `sides` are not two or three different codes of one level of two-digit codes.

    References
    ----------
    GB/T 17796-2009 行政区域界线测绘规范 (excerpts; numbering below the province by analogy).
    """
    known = sides_of_a_line(sides)
    plain = _ASIDE.sub("", unicodedata.normalize("NFKC", text[: 4 * LONGEST])).upper()
    if len(text) <= LONGEST and (found := _PLAIN.fullmatch(plain)) and plain.isascii():
        number = _on_a_line(text, found, suffixes, known)
        as_given = {side.text: code for side, code in zip(known, _in_order(sides), strict=True)}
        return replace(number, side=as_given.get(number.side or "", number.side))
    if len(text) <= LONGEST and (found := _JUNCTION.fullmatch(plain)) and plain.isascii():
        return _at_a_junction(text, found, known)
    return MarkerNumber(text, False, False, problems=(_why_not(plain, len(text)),))


def sides_of_a_line(codes: Sequence[str]) -> tuple[DivisionCode, ...]:
    """Sides of a line in the order of their codes; none for none.

    Raises
    ------
    InvalidInput
        ``bad_value`` when they are not two or three different codes of one level, province to
        county; ``bad_code`` for what is no code.
    """
    sides = tuple(DivisionCode.parse(code) for code in _in_order(codes))
    if not sides:
        return ()
    if len(sides) not in (2, 3) or len(set(sides)) != len(sides):
        raise InvalidInput(
            f"sides 应为两个或三个不同的区划代码，收到 {len(sides)} 个", code="bad_value"
        )
    if len({side.level for side in sides}) > 1 or len(sides[0].digits) not in _TWO_DIGIT:
        told = "、".join(side.text for side in sides)
        raise InvalidInput(f"sides 应同为省级、地级或县级代码，收到 {told}", code="bad_value")
    return sides


def _in_order(codes: Sequence[str]) -> list[str]:
    return sorted(codes, key=DivisionCode.parse)


def _on_a_line(
    text: str,
    found: re.Match[str],
    suffixes: Mapping[str, MarkerSuffix],
    sides: tuple[DivisionCode, ...],
) -> MarkerNumber:
    """A number of a line's number, a sequence and a letter or none."""
    line, serial = found["areas"], int(found["serial"])
    suffix = suffixes.get(found["letter"])
    problems, notes = _about_letter(found["letter"], suffix)
    told = [] if serial else ["序号是 000；一条界线的序号从 001 起"]
    told += _about_line(line, sides)
    if sides and len(sides[0].digits) > 2:
        notes.append("市、县级界线的编号规则手头没有条文，按省级界线类推")
    side, why = _side(suffix, line, sides)
    return MarkerNumber(
        text,
        well_formed=serial > 0,
        verified=suffix is not None and not told,
        line=line,
        serial=serial or None,
        suffix=found["letter"] or None,
        setting=suffix.setting if suffix else None,
        areas=(line[:2], line[2:]),
        side=side,
        evidence=suffix.evidence if suffix else None,
        problems=(*told, *problems),
        notes=(*notes, *why),
    )


def _about_letter(letter: str, suffix: MarkerSuffix | None) -> tuple[list[str], list[str]]:
    """Problems and notes of a letter."""
    if not letter:
        return ["缺少末位类型字母（完整编号为 8 位：界线号 4 位、序号 3 位、字母 1 位）"], []
    if suffix is None:
        return [], [f"类型字母 {letter} 的含义待核实，照刻字保留"]
    return [], []


def _about_line(line: str, sides: tuple[DivisionCode, ...]) -> list[str]:
    """What contradicts the rule of a line's number."""
    rule = "按“两侧两位代码、小者在前”（凭记忆，待核实）"
    areas = [line[:2], line[2:]]
    if not sides:
        return [] if areas[0] < areas[1] else [f"界线号 {line} {rule}前两位应小于后两位"]
    codes = [side.digits[-2:] for side in sides]
    pairs = [(one, other) for one in range(len(codes)) for other in range(one + 1, len(codes))]
    allowed = {"".join(sorted((codes[one], codes[other]))) for one, other in pairs}
    allowed |= {codes[one] + codes[other] for one, other in pairs}
    if line in allowed:
        return []
    return [f"界线号 {line} 与两侧代码不符：{rule}应为 {'、'.join(sorted(allowed))}"]


def _side(
    suffix: MarkerSuffix | None, line: str, sides: tuple[DivisionCode, ...]
) -> tuple[str | None, list[str]]:
    """Side that a letter lies on, and in Chinese why none can be told."""
    if suffix is None or suffix.setting is MarkerSetting.SINGLE:
        return None, []
    if suffix.position is None:
        return None, [f"字母 {suffix.letter} 立在哪一侧，手头没有条文"]
    if not sides:
        return line[:2] if suffix.position == 1 else line[2:], []
    own = [side for side in sides if side.digits[-2:] in (line[:2], line[2:])]
    if len(own) != 2:
        return None, ["界线号与两侧代码对不上，立在哪一侧无法判断"]
    by_digits = sorted(own, key=lambda side: side.digits[-2:])
    if by_digits != own or len({side.digits[-2:] for side in own}) == 1:
        return None, ["两侧不属同一上级，代码大小有两种比法，立在哪一侧待核实"]
    return own[suffix.position - 1].text, []


def _at_a_junction(
    text: str, found: re.Match[str], sides: tuple[DivisionCode, ...]
) -> MarkerNumber:
    """A number of three codes and a letter."""
    digits = found["areas"]
    areas = (digits[:2], digits[2:4], digits[4:])
    problems = []
    if not _may_meet(sides, areas):
        told = "、".join(side.text for side in sides)
        problems.append(f"三个两位代码 {'、'.join(areas)} 与各方区划代码（{told}）的末两位不符")
    letter = found["letter"]
    note = f"三方界桩编号（如 238184I）的字母规则未见条文，字母 {letter} 待核实，照刻字保留"
    return MarkerNumber(
        text,
        well_formed=True,
        verified=False,
        suffix=letter,
        setting=MarkerSetting.JUNCTION,
        areas=areas,
        problems=tuple(problems),
        notes=(note,),
    )


def _may_meet(sides: tuple[DivisionCode, ...], areas: Sequence[str]) -> bool:
    """Whether the divisions of three codes may be `sides`, or have them among them.

    Counties, and cities or provinces above them, meet on the line of two cities or provinces: its
    sides say nothing of the codes.
    """
    ends = Counter(side.digits[-2:] for side in sides)
    if len(sides) == 2 and len(sides[0].digits) < _TWO_DIGIT[-1]:
        return True
    return ends <= Counter(areas)


def _why_not(plain: str, length: int) -> str:
    """What keeps a text from being a number."""
    form = "应为 4 位界线号、3 位序号、1 位字母，如 1253165Q"
    if not plain:
        return f"编号是空的；{form}"
    if length > LONGEST:
        return f"编号有 {length} 个字符，太长；{form}"
    if not (plain.isascii() and plain.isalnum()):
        stray = next(char for char in plain if not (char.isascii() and char.isalnum()))
        return f"编号中有不能识别的字符 {stray!r}；{form}"
    if re.fullmatch(r"\d{4}[A-Z]", plain):
        return f"只有两个区划代码和字母，缺 3 位序号；{form}"
    mistaken = [(place, char) for place, char in enumerate(plain[:7], 1) if not char.isdigit()]
    if len(plain) in (7, 8) and mistaken:
        place, char = mistaken[0]
        hint = f"（是否把数字 {_MISREAD[char]} 看成了字母？）" if char in _MISREAD else ""
        return f"第 {place} 位应为数字，读到 {char}{hint}；{form}"
    if len(plain) == 8:
        return f"末位应为字母，读到 {plain[-1]}；{form}"
    return f"编号有 {len(plain)} 位；{form}"
