"""The gazetteer book (标准地名录): by division, class, pinyin or strokes; Word and spreadsheet.

The PDF is made by `gazetteer_paper`. An edition for the public holds public names only and shows
the number of the map approval (审图号).
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from civgeo.domain.labelled import Labelled
from civgeo.domain.place_kind import PlaceClass, PlaceKind
from civgeo.errors import RuleViolation
from civgeo.language.strokes import UNCOUNTED, stroke_key
from civgeo.reports.plain_text import chinese_date, plain
from civgeo.reports.spreadsheet import Sheet, workbook
from civgeo.reports.word_template import filled_template

__all__ = [
    "Arrangement",
    "Book",
    "BookEntry",
    "BookSection",
    "BookWords",
    "book_docx",
    "book_words",
]
__all__ += ["book_xlsx"]

_UNCONFIRMED = "（拼写待核定）"
_CLASSES = tuple(PlaceClass)


class Arrangement(Labelled):
    """Order of a gazetteer book."""

    DIVISION = "division", "按行政区划排列"
    CLASS = "class", "按类别排列"
    PINYIN = "pinyin", "按汉语拼音排列"
    STROKES = "strokes", "按笔画排列"


@dataclass(frozen=True, slots=True)
class Book:
    """What a book is to hold.

    Parameters
    ----------
    names
        Frame of the collection ``place_names``: ``name``, ``toned``, ``plain``, ``kind``,
        ``division``, ``confirmed``, ``status``, ``secrecy``, ``public``, ``meaning``.
    division_names
        Full name by division code; a code without a name is printed itself.
    title, office, dated
        Title, editor and date.
    arrangement
        Order of the names.
    for_public
        Whether to drop what is not public.
    map_number
        审图号, such as ``审图号：豫S〔2026〕001号``; an edition for the public must have one.
    sources
        Where each part of the data comes from.
    simulated
        Whether any of it is simulated.
    """

    names: pd.DataFrame
    title: str
    office: str
    dated: date
    arrangement: Arrangement = Arrangement.DIVISION
    division_names: Mapping[str, str] = field(default_factory=dict)
    for_public: bool = False
    map_number: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class BookEntry:
    """One line of the book."""

    name: str
    romanised: str
    kind: str
    division: str
    meaning: str


@dataclass(frozen=True, slots=True)
class BookSection:
    """Names under one heading."""

    title: str
    count: int
    entries: tuple[BookEntry, ...]


@dataclass(frozen=True, slots=True)
class BookWords:
    """The words of a book (template ``gazetteer_book``)."""

    title: str
    arrangement: str
    office: str
    dated: str
    map_number: str
    notes: tuple[str, ...]
    sections: tuple[BookSection, ...]


def book_words(book: Book) -> BookWords:
    """The words of `book`.

    Raises
    ------
    RuleViolation
        ``map_number_missing`` for an edition for the public without a 审图号
        (地图管理条例 (国务院令第 664 号) article 22).
    """
    names = _admitted(book)
    return BookWords(
        title=plain(book.title),
        arrangement=book.arrangement.label_zh,
        office=plain(book.office),
        dated=chinese_date(book.dated),
        map_number=plain(book.map_number) if book.for_public else "内部资料",
        notes=_notes(book, names),
        sections=_sections(_rows(names, book.division_names), book.arrangement),
    )


def book_docx(book: Book, templates: Path | None = None) -> bytes:
    """`book` as a Word document, from the bureau's ``gazetteer_book.docx`` where there is one.

    Raises
    ------
    RuleViolation
        As `book_words` does.
    InvalidInput
        ``bad_template`` when the bureau's template cannot be filled.
    """
    words = asdict(book_words(book))
    return filled_template("gazetteer_book", words, folder=templates, simulated=book.simulated)


def book_xlsx(book: Book) -> bytes:
    """`book` as a spreadsheet with one sheet for every arrangement, its own first.

    Raises
    ------
    RuleViolation
        As `book_words` does.
    """
    names = _admitted(book)
    headers = {
        "section": "分组",
        "name": "标准名称",
        "romanised": "罗马字母拼写",
        "kind": "类别",
        "division": "所属政区",
        "meaning": "含义",
    }
    rows, sheets = _rows(names, book.division_names), []
    for arrangement in sorted(Arrangement, key=lambda order: order is not book.arrangement):
        notes = [plain(book.title), *_notes(replace(book, arrangement=arrangement), names)]
        if book.for_public:
            notes.append(plain(book.map_number))
        lines = [
            {"section": section.title, **asdict(entry)}
            for section in _sections(rows, arrangement)
            for entry in section.entries
        ]
        table = pd.DataFrame(lines, columns=list(headers))
        sheets.append(Sheet(arrangement.label_zh.removesuffix("排列"), table, headers, notes))
    return workbook(sheets, simulated=book.simulated)


def _admitted(book: Book) -> pd.DataFrame:
    """Standard names, for the public the public ones only."""
    names = book.names[book.names["status"] == "standard"]
    if not book.for_public:
        return names
    if not plain(book.map_number):
        raise RuleViolation(
            "公开版须标注审图号（地图管理条例第22条），请填写审图号，或改出内部版",
            code="map_number_missing",
        )
    is_open = names["public"].eq(True) & names["secrecy"].eq("public")
    return names[is_open.fillna(value=False).astype(bool)]


def _notes(book: Book, names: pd.DataFrame) -> tuple[str, ...]:
    pending = int((~names["confirmed"].fillna(value=False).astype(bool)).sum())
    found = [
        f"收录截至{chinese_date(book.dated)}登记的标准地名，共 {len(names)} 条，"
        f"{book.arrangement.label_zh}。",
        "罗马字母拼写依《中国地名汉语拼音字母拼写规则（汉语地名部分）》；"
        + (f"标“{_UNCONFIRMED}”的 {pending} 条读音尚未核定。" if pending else "读音均已核定。"),
    ]
    if book.arrangement is Arrangement.STROKES:
        found.append("笔画数依 Unicode 字符数据库（Unihan）；笔画数相同的，按字符编码先后。")
    if book.for_public:
        found.append("本书为公开版，不含不公开的地名。")
    listed = [f"{plain(part)}：{plain(text)}" for part, text in book.sources.items() if text]
    if listed:
        found.append("资料来源：" + "；".join(listed) + "。")
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Row:
    """One name with what the orders need."""

    entry: BookEntry
    plain_name: str
    code: str
    kind: PlaceKind


def _sections(rows: Iterable[_Row], arrangement: Arrangement) -> tuple[BookSection, ...]:
    """The names in order, under the headings of `arrangement`."""
    order, heading = _ORDERS[arrangement]
    by_code = arrangement is Arrangement.DIVISION
    groups: dict[tuple[str, str], list[BookEntry]] = {}
    for row in sorted(rows, key=order):
        groups.setdefault((heading(row), row.code if by_code else ""), []).append(row.entry)
    return tuple(
        BookSection(title, len(entries), tuple(entries)) for (title, _), entries in groups.items()
    )


def _rows(names: pd.DataFrame, divisions: Mapping[str, str]) -> list[_Row]:
    columns = ["name", "toned", "plain", "kind", "division", "confirmed", "meaning"]
    table = names[columns].astype(object).where(names[columns].notna(), None)
    return [
        _Row(
            BookEntry(
                name=plain(name),
                romanised=_romanised(plain(toned), confirmed=confirmed is True),
                kind=PlaceKind(kind).label_zh,
                division=plain(divisions.get(str(code), code)),
                meaning=plain(meaning),
            ),
            plain(spelling),
            str(code),
            PlaceKind(kind),
        )
        for name, toned, spelling, kind, code, confirmed, meaning in table.itertuples(index=False)
    ]


def _romanised(toned: str, *, confirmed: bool) -> str:
    return toned if confirmed or not toned else toned + _UNCONFIRMED


def _by_pinyin(row: _Row) -> tuple[Hashable, ...]:
    """Letters without tones (ü as u), then with them; names without a romanisation last."""
    spelling = row.plain_name.casefold().replace("ü", "u")
    letters = "".join(char for char in spelling if char.isalnum())
    return (not letters, letters, row.entry.romanised, stroke_key(row.entry.name))


def _initial(row: _Row) -> str:
    return row.plain_name[:1].upper() if row.plain_name[:1].isalpha() else "未注音"


def _first_strokes(row: _Row) -> str:
    count = stroke_key(row.entry.name[:1] or " ")[0][0]
    return "其他" if count == UNCOUNTED else f"{count} 画"


_Order = tuple[Callable[[_Row], tuple[object, ...]], Callable[[_Row], str]]
_ORDERS: Mapping[Arrangement, _Order] = MappingProxyType(
    {
        Arrangement.DIVISION: (
            lambda row: (row.code, _CLASSES.index(row.kind.place_class), *_by_pinyin(row)),
            lambda row: f"{row.entry.division}　{row.kind.place_class.label_zh}",
        ),
        Arrangement.CLASS: (
            lambda row: (_CLASSES.index(row.kind.place_class), *_by_pinyin(row)),
            lambda row: row.kind.place_class.label_zh,
        ),
        Arrangement.PINYIN: (_by_pinyin, _initial),
        Arrangement.STROKES: (
            lambda row: (stroke_key(row.entry.name), *_by_pinyin(row)),
            _first_strokes,
        ),
    }
)
