"""Shapefile attributes: in which encoding the DBF is, and characters cut at a field's end."""

import codecs
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from civgeo.errors import ImportRejected
from civgeo.formats.facts import Basis

__all__ = ["DbfText", "dbf_text"]

_SAMPLE = 5_000
_PREVIEW = 5
_CHUNK_ROWS = 100_000
_GBK_LDID = 0x4D
_NAMES = {"936": "gb18030", "cp936": "gb18030", "gbk": "gb18030", "gb2312": "gb18030"}
_CODE_PAGE_936 = re.compile(r"(ansi|oem)?\s*936")


@dataclass(frozen=True, slots=True)
class DbfText:
    """Encoding of a DBF, how it was decided, texts to judge it by, and rows with cut characters."""

    encoding: str
    basis: Basis
    preview: tuple[str, ...] = ()
    cut_rows: tuple[int, ...] = ()
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class _Table:
    """Bytes of the DBF's records, and where each text field lies in a record."""

    data: np.memmap[tuple[int, ...], np.dtype[np.uint8]]
    fields: tuple[tuple[int, int], ...]
    names: tuple[bytes, ...]
    ldid: int


def dbf_text(dbf: Path, cpg: Path, given: str | None = None) -> DbfText:
    """Encoding of the attributes in `dbf`; characters cut at a field's end are blanked in place.

    A ``.cpg`` that the content contradicts is not believed.

    Raises
    ------
    ImportRejected
        When the DBF is damaged, or fits neither UTF-8 nor GB18030 and none was given.
    """
    table = _open(dbf)
    texts = _texts(table)
    declared = _declared(cpg, table.ldid)
    if given:
        encoding, basis, doubt = _known(given), Basis.GIVEN, ""
        if not _fits(texts, encoding):
            raise _unreadable(encoding)
    elif declared and _fits(texts, declared):
        encoding, basis, doubt = declared, Basis.DECLARED, ""
    else:
        encoding, basis = _detect(texts), Basis.DETECTED
        doubt = f"文件声明的编码 {declared} 与内容不符，已按 {encoding} 读取" if declared else ""
    cut = _blank_cut_characters(table, encoding)
    return DbfText(encoding, basis, _preview(table, texts, encoding), cut, doubt)


def _preview(table: _Table, texts: list[bytes], encoding: str) -> tuple[str, ...]:
    """The first two field names and then values: in names of places a wrong encoding shows."""
    heads = sum(not name.isascii() for name in table.names)
    ordered = [*texts[: min(heads, 2)], *texts[heads:], *texts[2:heads]]
    shown = dict.fromkeys(text.decode(encoding, "ignore").strip() for text in ordered)
    return tuple(shown)[:_PREVIEW]


def _open(dbf: Path) -> _Table:
    with dbf.open("rb") as file:
        head = file.read(65_536)
    if len(head) < 33:
        raise _damaged()
    count, start, width = struct.unpack_from("<IHH", head, 4)
    fields, offset, place = [], 1, 32
    while place + 32 <= min(start, len(head)) and head[place] != 0x0D:
        length = head[place + 16]
        if head[place + 11 : place + 12] == b"C":
            fields.append((offset, length))
        offset, place = offset + length, place + 32
    size = dbf.stat().st_size
    if width < 1 or count < 1 or offset > width or start + count * width > size:
        raise _damaged()
    data = np.memmap(dbf, dtype=np.uint8, mode="r+", offset=start, shape=(count, width))
    names = tuple(head[at : at + 11].split(b"\x00")[0] for at in range(32, place, 32))
    return _Table(data, tuple(fields), names, head[29])


def _damaged() -> ImportRejected:
    return ImportRejected(
        "Shapefile 的属性表（.dbf）已损坏或不完整：声明的行数与文件大小不符。请重新导出。",
        code="broken_shapefile",
    )


def _texts(table: _Table) -> list[bytes]:
    """Texts beyond ASCII of the first rows, and the field names."""
    sample = table.data[:_SAMPLE]
    found = [name for name in table.names if not name.isascii()]
    for offset, length in table.fields:
        block = sample[:, offset : offset + length]
        for row in np.flatnonzero((block >= 0x80).any(axis=1)):
            found.append(block[row].tobytes().rstrip(b" \x00"))
    return found


def _known(name: str) -> str:
    folded = _CODE_PAGE_936.sub("936", name.strip().lower())
    try:
        return _NAMES.get(folded) or codecs.lookup(folded).name
    except LookupError:
        raise ImportRejected(
            f"不认识的编码 {name}。常用的有 UTF-8、GB18030。", code="unknown_encoding"
        ) from None


def _declared(cpg: Path, ldid: int) -> str:
    """Encoding that the .cpg or the DBF's header names, empty when none does."""
    if cpg.is_file():
        text = cpg.read_bytes()[:64].decode("ascii", "ignore").strip()
        try:
            return _known(text) if text else ""
        except ImportRejected:
            return ""
    return "gb18030" if ldid == _GBK_LDID else ""


def _fits(texts: list[bytes], encoding: str) -> bool:
    """Whether all texts read in `encoding`, but for a character cut at the end."""
    for text in texts:
        try:
            codecs.getincrementaldecoder(encoding)().decode(text)
        except UnicodeDecodeError:
            return False
    return True


def _detect(texts: list[bytes]) -> str:
    for encoding in ("utf-8", "gb18030"):
        if _fits(texts, encoding):
            return encoding
    raise _unreadable("UTF-8、GB18030")


def _unreadable(encoding: str) -> ImportRejected:
    return ImportRejected(
        f"Shapefile 的属性表不能按 {encoding} 读出。请指定编码，或附上写明编码的 .cpg 文件。",
        code="unreadable_encoding",
    )


def _blank_cut_characters(table: _Table, encoding: str) -> tuple[int, ...]:
    """Blank what is left of characters cut by the field's length; numbers of their rows."""
    rows = set()
    for offset, length in table.fields:
        block = table.data[:, offset : offset + length]
        for row in _full_rows(block):
            text = block[row].tobytes()
            decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
            decoder.decode(text)
            rest = len(decoder.getstate()[0])
            if rest:
                table.data[row, offset + length - rest : offset + length] = 0x20
                rows.add(row + 1)
    table.data.flush()
    return tuple(sorted(rows))


def _full_rows(block: NDArray[np.uint8]) -> Iterator[int]:
    """Rows whose field is filled to its last byte, beyond ASCII: only there a character is cut."""
    for start in range(0, len(block), _CHUNK_ROWS):
        part = block[start : start + _CHUNK_ROWS]
        full = np.flatnonzero(part[:, -1] >= 0x40)
        for row in full[(part[full] >= 0x80).any(axis=1)]:
            yield start + int(row)
