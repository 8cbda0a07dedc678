"""Fields of a place name as tables write them: the census form, the national service, our own.

Second national census of place names, result form (地名成果表); details of the national service
(dmfw.mca.gov.cn). A cell that the register says in other words is kept as it was written, among
the record's attributes under its own header, so that an export can give it back.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from civgeo.domain.name_forms import NameStatus, OtherNameKind
from civgeo.domain.national_class import NationalClass
from civgeo.domain.place_kind import PlaceKind
from civgeo.errors import InvalidInput
from civgeo.formats.header_rows import plain_header
from civgeo.formats.headers import synonyms
from civgeo.formats.place_classes import place_classes
from civgeo.formats.values import degrees, parser_for
from civgeo.language.syllables import parse_reading
from civgeo.services.import_kinds import KINDS
from civgeo.services.property_schema import PropertySchema

__all__ = [
    "CENSUS_HEADERS",
    "COORDINATES",
    "OTHER_NAMES",
    "class_of",
    "json_text",
    "kept_under",
    "merged_names",
    "names_in",
    "one_line",
    "property_of",
    "read_cell",
    "status_of_use",
    "structure",
    "written",
]

CENSUS_HEADERS: tuple[tuple[str, str], ...] = (
    ("代码", "place_code"),
    ("标准名称", "name"),
    ("别名", "alias"),
    ("曾用名", "former"),
    ("简称", "short"),
    ("图上名称", ""),
    ("图号（年版）", ""),
    ("比例尺", ""),
    ("罗马字母拼写", "toned"),
    ("地名读音", ""),
    ("通名罗马字母拼写", ""),
    ("民族文字", "minority"),
    ("语种", ""),
    ("使用时间", ""),
    ("命名时间", "named_on"),
    ("密级", "secrecy"),
    ("设立年份", ""),
    ("废止年份", ""),
    ("标牌个数", ""),
    ("高程", ""),
    ("东经", "lon"),
    ("至东经", ""),
    ("北纬", "lat"),
    ("至北纬", ""),
    ("坐标系", ""),
    ("测量方法", ""),
    ("类别名称", "kind"),
    ("类别代码", "type_code"),
    ("地名来历", "origin"),
    ("地名含义", "meaning"),
    ("历史沿革", "history_text"),
    ("地理实体描述", "description"),
    ("多媒体", ""),
    ("资料来源", "source"),
    ("备注", ""),
    ("登记时间", ""),
    ("登记人", ""),
    ("登记单位", ""),
    ("所在（跨）行政区", "division"),
)
"""Headers of the census form in its order, each with the property that it stands for, if any."""

OTHER_NAMES: Mapping[str, OtherNameKind] = {
    "alias": OtherNameKind.ALIAS,
    "former": OtherNameKind.FORMER,
    "short": OtherNameKind.SHORT,
    "minority": OtherNameKind.MINORITY,
}
"""Columns of other names, with the kind of name that they hold."""

COORDINATES: Mapping[str, tuple[str, ...]] = {
    "lon": ("东经", "经度", "lon", "longitude", "x"),
    "lat": ("北纬", "纬度", "lat", "latitude", "y"),
}
"""Headers of positions, as they are compared."""

_BETWEEN_NAMES = re.compile(r"\s*[、，,；;\n]\s*")
_USED_NO_MORE = ("历史", "历史地名", "已废止", "废止")
_SECRECY = {
    "非密": "公开",
    "不涉密": "公开",
    "内部使用": "内部",
    "秘密级": "秘密",
    "机密级": "机密",
    "绝密级": "绝密",
}


def class_of(text: str) -> NationalClass | None:
    """The class that a code or a title names; None where none is known."""
    plain = text.strip()
    return place_classes().by_code(plain) or place_classes().by_title(plain)


def property_of(name: str) -> PropertySchema:
    """Property or column aside of a place name; raises InvalidInput for any other."""
    found = KINDS["place_names"].property(name)
    if found is None:
        raise InvalidInput(f"标准地名没有属性“{name[:40]}”", code="unknown_property")
    return found


def names_in(text: str) -> tuple[str, ...]:
    """Names of a cell that lists several.

    Examples
    --------
    >>> names_in("老店、 大王店；店街")
    ('老店', '大王店', '店街')
    """
    return tuple(dict.fromkeys(part for part in _BETWEEN_NAMES.split(text.strip()) if part))


def status_of_use(text: str) -> NameStatus:
    """Standing of a name whose form says in 使用时间 that it is used now, or was once."""
    return NameStatus.NONSTANDARD if text.strip() in _USED_NO_MORE else NameStatus.STANDARD


def json_text(value: object) -> str | None:
    """JSON text as the store keeps it; None for nothing."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else None


def structure(text: object) -> object:
    """What a JSON text holds; None for no text or one that does not parse."""
    if not isinstance(text, str):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def merged_names(old: object, new: Iterable[Mapping[str, object]]) -> list[Mapping[str, object]]:
    """Entries of other names, `old` first; one of the same name and kind is not entered twice."""
    found: list[Mapping[str, object]] = []
    if isinstance(old, list):
        found += [entry for entry in old if isinstance(entry, dict)]
    known = {(entry.get("name"), entry.get("kind")) for entry in found}
    return found + [entry for entry in new if (entry["name"], entry["kind"]) not in known]


@dataclass(frozen=True, slots=True)
class _Reader:
    """Text of a cell to a value, and a value to the text that tables write for it."""

    read: Callable[[str], object]
    write: Callable[[object], str]


def read_cell(name: str, text: str) -> object:
    """Value that a cell's text stands for, None for nothing that can be read.

    Parameters
    ----------
    name
        Property, column aside, ``lon`` or ``lat``. Divisions are not read here: they need the
        city's own names.
    text
        The cell.
    """
    return _reader(name).read(text)


def written(name: str, value: object, attributes: Mapping[str, object]) -> str:
    """Text of a cell: as it was once written where that still says the same, else as we write it.

    Parameters
    ----------
    name, value
        As for `read_cell`; None for nothing.
    attributes
        The record's attributes, where cells are kept under the headers of their files.
    """
    reader = _reader(name)
    said = (text for text in kept_under(name, attributes) if reader.read(text) == value)
    return next(said, "" if value is None else reader.write(value))


def kept_under(name: str, attributes: Mapping[str, object]) -> Iterator[str]:
    """Texts that the attributes keep under headers of a property, column aside or position."""
    own = _headers_of(name)
    for header, text in attributes.items():
        if isinstance(text, str) and plain_header(header) in own:
            yield text


@cache
def _headers_of(name: str) -> frozenset[str]:
    """Headers that stand for it, as they are compared."""
    if name in COORDINATES:
        return frozenset(COORDINATES[name])
    return frozenset(map(plain_header, synonyms(property_of(name))))


@cache
def _reader(name: str) -> _Reader:
    if name in COORDINATES:
        letters = "EW东西" if name == "lon" else "NS北南"
        return _Reader(lambda text: _degrees(text, letters), lambda value: repr(value))
    if name in OTHER_NAMES:
        return _Reader(lambda text: names_in(text) or None, _joined)
    prop = property_of(name)
    if name == "reading":
        return _Reader(_syllables, str)
    parse = parser_for(prop)
    before: Mapping[str, Callable[[str], str]] = {"kind": _kind_word, "secrecy": _secrecy_word}
    change = before.get(name, str)
    return _Reader(lambda text: parse(one_line(change(text))).value, prop.label)


def one_line(text: str) -> str:
    """`text` without line breaks."""
    return re.sub(r"\s*\n\s*", " ", text)


def _syllables(text: str) -> object:
    """A reading as the register writes it; None for what is none, such as a sound file's name."""
    try:
        return " ".join(parse_reading(text))
    except InvalidInput:
        return None


def _joined(value: object) -> str:
    return "、".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _degrees(text: str, letters: str) -> object:
    return degrees(text, letters).value


def _secrecy_word(text: str) -> str:
    return _SECRECY.get(text.strip(), text)


def _kind_word(text: str) -> str:
    """A cell of kinds as the label of our own kind, where a class of that code or title is known.

    A code that nobody knows is of the kind ``other``.
    """
    plain = text.strip()
    if plain in {kind.label_zh for kind in PlaceKind} | set(PlaceKind):
        return plain
    found = class_of(plain)
    if found is None or found.kind is None:
        code = plain.isascii() and plain.isdigit() and len(plain) <= 5
        return PlaceKind.OTHER.label_zh if code and found is None else plain
    return found.kind.label_zh
