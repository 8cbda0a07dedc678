"""Findings on how a name is written: its characters, its generic part, its length.

地名管理条例 article 9: a name is a specific and a generic part, in the national common script,
without rare characters (item 3); 通用规范汉字表 (2013) tells which characters are standard.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from civgeo.domain.naming_findings import Finding, FindingCode
from civgeo.domain.naming_lists import NameLists
from civgeo.domain.naming_place import NamedPlace
from civgeo.domain.naming_rules import NamingRule, RulesInForce
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.word_division import HAN

__all__ = ["RARE_LEVEL", "form_findings", "is_han", "may_stand_alone"]

RARE_LEVEL = 3
_HAN = re.compile(f"[{HAN}]")
_SHOWN = 6
_MIDDLE_DOT = "·"
_CODED = frozenset({PlaceKind.HEIGHT, PlaceKind.HIGHWAY, PlaceKind.RAILWAY})
"""Kinds whose names may hold letters and digits: 1203高地, G107国道."""

_WITHOUT_GENERIC = frozenset(
    {PlaceKind.SETTLEMENT, PlaceKind.COMMITTEE_SEAT, PlaceKind.FACILITY_OTHER, PlaceKind.OTHER}
)


def is_han(char: str) -> bool:
    """Whether one character is a Chinese one, four-byte ones and 〇 among them."""
    return _HAN.match(char) is not None


def may_stand_alone(kind: PlaceKind) -> bool:
    """Whether a name of that kind may do without a generic part."""
    return kind in _WITHOUT_GENERIC


def form_findings(place: NamedPlace, lists: NameLists, rules: RulesInForce) -> list[Finding]:
    """Findings of codes ``rare_character`` and ``form``, all of them advice.

    Parameters
    ----------
    place
        The proposed name.
    lists
        Table of standard characters, and generics that must not be stacked.
    rules
        Rules in force for it; what none is about is not told.
    """
    length = rules.about(FindingCode.FORM, "length")
    texts = [
        *((FindingCode.RARE_CHARACTER, "", text) for text in _rare(place.name, lists)),
        *((FindingCode.FORM, "script", text) for text in _foreign_script(place)),
        *((FindingCode.FORM, "generic", text) for text in _parts(place)),
        *((FindingCode.FORM, "stacked", text) for text in _stacked(place, lists)),
        *((FindingCode.FORM, "length", text) for text in _too_long(place.name, length)),
    ]
    return [
        Finding(code, code.severity, rule.cites, f"{text}依据{rule.cites.text}。")
        for code, category, text in texts
        if (rule := rules.about(code, category)) is not None
    ]


def _too_long(name: str, rule: NamingRule | None) -> Iterator[str]:
    if rule is not None and rule.limit is not None and len(name) > rule.limit:
        yield f"名称共 {len(name)} 个字符，超过 {rule.limit} 个，不便使用，请缩短。"


def _rare(name: str, lists: NameLists) -> Iterator[str]:
    """What is said of each character that is not of the two common levels."""
    groups: dict[str, list[str]] = {}
    for char in dict.fromkeys(name):
        groups.setdefault(_standing(char, lists), []).append(char)
    if rare := groups.get("rare"):
        yield f"“{_listed(rare)}”是《通用规范汉字表》三级字，较生僻，请考虑改用常用字。"
    if variants := groups.get("variant"):
        pairs = [f"{char}（规范字为{lists.variants[char]}）" for char in variants]
        yield f"{_listed(pairs)}不在《通用规范汉字表》内，疑为繁体字或异体字，请改用规范字。"
    if outside := groups.get("outside"):
        yield f"“{_listed(outside)}”不在《通用规范汉字表》内，请改用规范字。"
    if private := groups.get("private"):
        codes = [f"U+{ord(char):04X}" for char in private]
        yield f"{_listed(codes)} 是自造字（私用区编码），别处无法显示，请改用规范字。"


def _standing(char: str, lists: NameLists) -> str:
    """Whether a character is common, rare, a variant, outside the table, private, or no Han."""
    level = lists.levels.get(char)
    if level is not None:
        return "rare" if level >= RARE_LEVEL else "common"
    if unicodedata.category(char) == "Co":
        return "private"
    if not is_han(char) or char == "〇":
        return "common"
    return "variant" if char in lists.variants else "outside"


def _foreign_script(place: NamedPlace) -> Iterator[str]:
    """Letters, digits, signs, blanks and control characters."""
    odd = [char for char in dict.fromkeys(place.name) if not _is_common(char, place.kind)]
    if odd:
        shown = _listed([char if char.isprintable() else f"U+{ord(char):04X}" for char in odd])
        blank = "（含空格）" if any(char.isspace() for char in odd) else ""
        yield f"含有汉字以外的字符 {shown}{blank}，名称应使用国家通用语言文字，请改写为汉字。"


def _is_common(char: str, kind: PlaceKind) -> bool:
    if is_han(char) or char == _MIDDLE_DOT or unicodedata.category(char) == "Co":
        return True
    return kind in _CODED and char.isascii() and char.isalnum()


def _parts(place: NamedPlace) -> Iterator[str]:
    if place.generic is None and not may_stand_alone(place.kind):
        yield f"没有认出{place.kind.label_zh}的通名；名称应由专名和通名两部分组成，请补上通名。"


def _stacked(place: NamedPlace, lists: NameLists) -> Iterator[str]:
    """A generic behind another (人民大道路), but not behind one character alone (花街路)."""
    if place.generic is None:
        return
    for term in lists.terms["stacked_generics"].terms:
        stem = place.specific.removesuffix(term.text)
        if (
            len(stem) > 1
            and stem != place.specific
            and place.kind.place_class in term.classes
            and place.generic in term.refers_to.split()
        ):
            yield f"通名“{term.text}”与“{place.generic}”叠用，请只保留一个。"
            return


def _listed(items: Iterable[str]) -> str:
    shown = list(items)
    more = f"等 {len(shown)} 个" if len(shown) > _SHOWN else ""
    return "、".join(shown[:_SHOWN]) + more
