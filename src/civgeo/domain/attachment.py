"""Attachments of records: what they may be, what they are called, and how a record names them.

A record's ``documents`` are a JSON list of objects with ``title``, ``number`` (文号), ``date`` and
``attachment``, the SHA-256 of the attached file in hexadecimal; all but the title may be missing.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from civgeo.domain.labelled import Labelled
from civgeo.errors import InvalidInput

__all__ = ["MediaType", "Paper", "documents_fault", "file_name", "is_digest", "named_attachments"]

LONGEST_NAME = 200
"""Bytes of UTF-8: file systems take 255."""

LONGEST_TITLE = 200
_DIGEST = re.compile(r"[0-9a-f]{64}")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_NOT_IN_NAMES = re.compile(r'[<>:"|?*%]')
_OFFICE = "application/vnd.openxmlformats-officedocument"


class MediaType(Labelled):
    """Kinds of files that may be attached."""

    PDF = "application/pdf", "PDF"
    JPEG = "image/jpeg", "JPEG 图片"
    PNG = "image/png", "PNG 图片"
    TIFF = "image/tiff", "TIFF 图片"
    DOCX = f"{_OFFICE}.wordprocessingml.document", "Word 文档（.docx）"
    XLSX = f"{_OFFICE}.spreadsheetml.sheet", "Excel 工作簿（.xlsx）"
    PPTX = f"{_OFFICE}.presentationml.presentation", "演示文稿（.pptx）"
    ODT = "application/vnd.oasis.opendocument.text", "OpenDocument 文档（.odt）"
    ODS = "application/vnd.oasis.opendocument.spreadsheet", "OpenDocument 表格（.ods）"
    OFD = "application/ofd", "OFD 版式文件"
    TEXT = "text/plain; charset=utf-8", "纯文本（UTF-8）"
    GB_TEXT = "text/plain; charset=gb18030", "纯文本（GB18030）"

    @property
    def is_image(self) -> bool:
        """Whether it is a picture."""
        return self.startswith("image/")

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Suffixes of its files; the first is the usual one."""
        return _SUFFIXES.get(self, (f".{self.name.lower()}",))


_SUFFIXES = MappingProxyType(
    {
        MediaType.JPEG: (".jpg", ".jpeg"),
        MediaType.TIFF: (".tif", ".tiff"),
        MediaType.TEXT: (".txt", ".csv", ".md"),
        MediaType.GB_TEXT: (".txt", ".csv"),
    }
)


@dataclass(frozen=True, slots=True)
class Paper:
    """An attached document as its record lists it.

    Parameters
    ----------
    title
        题名.
    number
        文号, empty where it has none.
    dated
        Its date, where it has one.
    """

    title: str
    number: str = ""
    dated: date | None = None

    def entry(self, sha256: str) -> dict[str, str]:
        """The member of ``documents`` that names the file `sha256`.

        Raises
        ------
        InvalidInput
            ``bad_value`` when title or number are too long, or hold what cannot be seen.
        """
        made = {"title": _plain("title", self.title), "attachment": sha256}
        if not made["title"]:
            raise InvalidInput("附件须有题名（title），如“甲区人民政府批复”", code="missing_key")
        if self.number.strip():
            made["number"] = _plain("number", self.number)
        if self.dated is not None:
            made["date"] = self.dated.isoformat()
        return made


def _plain(key: str, text: str) -> str:
    plain = text.strip()
    if len(plain) > LONGEST_TITLE or any(unicodedata.category(char) in _UNSEEN for char in plain):
        shown = "".join(char for char in plain[:20] if char.isprintable())
        text = f"{key} 应为不超过 {LONGEST_TITLE} 个字的一行文字，收到“{shown}…”"
        raise InvalidInput(text, code="bad_value")
    return plain


def is_digest(text: object) -> bool:
    """Whether `text` is a SHA-256 in hexadecimal, as attachments are named."""
    return isinstance(text, str) and _DIGEST.fullmatch(text) is not None


def named_attachments(documents: object) -> Iterator[tuple[str, str]]:
    """Digest and title of each attachment that the JSON text of ``documents`` names."""
    for entry in _entries(documents):
        if isinstance(entry, dict) and is_digest(entry.get("attachment")):
            yield entry["attachment"], str(entry.get("title") or "")


def documents_fault(documents: object) -> str | None:
    """Why a JSON text is no list of documents; None when it is one, or null."""
    if documents is not None and not isinstance(_structure(documents), list):
        return "应为列表，每份文件写 title 题名，可写 number 文号、date 日期、attachment 附件"
    for count, entry in enumerate(_entries(documents), start=1):
        if not isinstance(entry, dict) or not isinstance(entry.get("title"), str):
            return f"第 {count} 份文件缺少题名（title）"
        if entry.get("attachment") is not None and not is_digest(entry["attachment"]):
            return f"第 {count} 份文件的 attachment 应为附件的 SHA-256（64 位小写十六进制）"
    return None


def _entries(documents: object) -> list[object]:
    found = _structure(documents)
    return found if isinstance(found, list) else []


def _structure(text: object) -> object:
    if not isinstance(text, str):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def file_name(given: str, kind: MediaType) -> str:
    """A name under which a file of `kind` can be saved anywhere and does no harm.

    What leads to another folder, cannot be seen, or turns the direction of writing is left out;
    the suffix is one of `kind`, so that a text never comes out as a program.

    Examples
    --------
    >>> file_name("../批复.pdf", MediaType.PDF), file_name("通知.html", MediaType.TEXT)
    ('批复.pdf', '通知.html.txt')
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    seen = "".join(char for char in last if unicodedata.category(char) not in _UNSEEN)
    plain = _NOT_IN_NAMES.sub("_", seen).rstrip(" .")
    suffix = next((end for end in kind.suffixes if plain.lower().endswith(end)), "")
    stem = plain[: len(plain) - len(suffix)].strip(" .") or "附件"
    stem = f"_{stem}" if _RESERVED.match(stem) else stem
    suffix = suffix or kind.suffixes[0]
    kept = stem.encode()[: LONGEST_NAME - len(suffix)].decode(errors="ignore")
    return f"{kept}{suffix}"
