"""CSV files as Chinese desktops write them: encoding, delimiter, records."""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from civgeo.errors import ImportRejected
from civgeo.formats.facts import Basis
from civgeo.formats.header_rows import Row

__all__ = ["Dialect", "dialect_of", "find_encoding", "records"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS = (",", "\t", ";", "|", "，")
_FIELD_LIMIT = 16 * 1024**2
_CHUNK = 1024**2
_SAMPLE_LINES = 50
MAX_COLUMNS = 500


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV file is written."""

    encoding: str
    basis: Basis
    delimiter: str


def dialect_of(path: Path, given: str | None = None) -> Dialect:
    """Encoding and delimiter of the CSV file at `path`.

    Parameters
    ----------
    given
        Encoding that the officer named.

    Raises
    ------
    ImportRejected
        When the file is in no encoding that fits, or is not text.
    """
    csv.field_size_limit(_FIELD_LIMIT)
    encoding, basis = find_encoding(path, given)
    with path.open(encoding=encoding, newline="") as file:
        lines = [line for line, _ in zip(file, range(_SAMPLE_LINES), strict=False)]
    return Dialect(encoding, basis, _delimiter(lines))


def find_encoding(path: Path, given: str | None = None) -> tuple[str, Basis]:
    """Encoding of a text file: named, marked by a BOM, UTF-8, or else GB18030.

    Raises
    ------
    ImportRejected
        When none fits, with the place of the first byte that does not.
    """
    if given:
        _fits(path, given, complain=True)
        return given, Basis.GIVEN
    with path.open("rb") as file:
        head = file.read(4)
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            _fits(path, encoding, complain=True)
            return encoding, Basis.DECLARED
    for encoding in ("utf-8", "gb18030"):
        if _fits(path, encoding, complain=encoding == "gb18030"):
            return encoding, Basis.DETECTED
    raise AssertionError(path)


def _fits(path: Path, encoding: str, *, complain: bool) -> bool:
    """Whether the whole file reads in `encoding`."""
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError:
        raise ImportRejected(
            f"不认识的编码 {encoding}。常用的有 UTF-8、GB18030。", code="unknown_encoding"
        ) from None
    done = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError as error:
                if complain:
                    raise _unreadable(encoding, done + error.start) from None
                return False
            if "\x00" in text:
                raise ImportRejected(
                    "文件里有空字符（NUL），不是完好的文字文件。请重新导出。", code="not_text"
                )
            done += len(chunk)
    return True


def _unreadable(encoding: str, place: int) -> ImportRejected:
    return ImportRejected(
        f"不能按 {encoding} 读出：第 {place + 1} 个字节附近不是这种编码的文字。"
        "请指定编码，或另存为 UTF-8 后再导入。",
        code="unreadable_encoding",
    )


def _delimiter(lines: list[str]) -> str:
    """Delimiter that splits most lines alike."""

    def width(mark: str) -> tuple[int, int]:
        counts = [len(cells) for cells in csv.reader(lines, delimiter=mark) if cells]
        common = max(set(counts), key=counts.count) if counts else 1
        return (counts.count(common) if common > 1 else 0, common)

    return max(_DELIMITERS, key=width)


def records(path: Path, dialect: Dialect) -> Iterator[Row]:
    """Records of the file with their numbers; a record is one row of a spreadsheet.

    Raises
    ------
    ImportRejected
        When a record cannot be taken apart, with its number.
    """
    number = 0
    with path.open(encoding=dialect.encoding, newline="") as file:
        reader = csv.reader(file, delimiter=dialect.delimiter)
        try:
            for number, cells in enumerate(reader, start=1):
                if len(cells) > MAX_COLUMNS:
                    raise ImportRejected(
                        f"第 {number} 行有 {len(cells)} 列，最多 {MAX_COLUMNS} 列。请核对分隔符。",
                        code="too_many_columns",
                    )
                yield number, [cell or None for cell in cells]
        except csv.Error as error:
            raise ImportRejected(
                f"第 {number + 1} 行读不出来（{error}）：请核对引号是否成对。", code="broken_csv"
            ) from None
