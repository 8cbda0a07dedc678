"""What an attached file is, told from its bytes and never from its name. Nothing is unpacked."""

import io
import struct
import unicodedata
import zipfile

from civgeo.domain.attachment import MediaType
from civgeo.errors import InvalidInput
from civgeo.formats import archive

__all__ = ["ACCEPTED", "attachment_kind"]

ACCEPTED = "PDF、OFD、JPEG、PNG、TIFF、Word（.docx）、Excel（.xlsx）、.pptx、.odt、.ods、纯文本"
MOST_MEMBERS = 5_000
"""Files in an office document; real ones have a few hundred."""

_MAGIC = (
    (b"%PDF-", MediaType.PDF),
    (b"\xff\xd8\xff", MediaType.JPEG),
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
    (b"II*\x00", MediaType.TIFF),
    (b"MM\x00*", MediaType.TIFF),
    (b"II+\x00", MediaType.TIFF),
    (b"MM\x00+", MediaType.TIFF),
)
_FOREIGN = (
    (b"\xd0\xcf\x11\xe0", "旧版或加密的 Office（WPS）文件，请另存为 .docx、.xlsx 或 PDF"),
    (b"GIF8", "GIF 图片，请另存为 PNG"),
    (b"BM", "BMP 图片，请另存为 PNG"),
    (b"RIFF", "WebP 图片或音像，图片请另存为 JPEG"),
    (b"Rar!", "RAR 压缩文件，请逐个上传里面的文件"),
    (b"7z\xbc\xaf", "7z 压缩文件，请逐个上传里面的文件"),
    (b"\x1f\x8b", "gzip 压缩文件，请逐个上传里面的文件"),
    (b"{\\rtf", "RTF 文档，请另存为 .docx 或 PDF"),
    (b"MZ", "可执行程序"),
    (b"\x7fELF", "可执行程序"),
)
_TYPES = "[Content_Types].xml"
_CONTAINERS = (
    ("OFD.xml", "OFD.xml", MediaType.OFD),
    (_TYPES, "word/", MediaType.DOCX),
    (_TYPES, "xl/", MediaType.XLSX),
    (_TYPES, "ppt/", MediaType.PPTX),
)
"""Zip files that are documents: a file, and the folder of another, that each holds."""

_UNREADABLE = (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, struct.error, OSError)


def attachment_kind(content: bytes) -> MediaType:
    """Kind of the file that `content` is.

    Raises
    ------
    InvalidInput
        ``unsupported_format`` when it is empty or none of the accepted kinds: the message says
        what it seems to be.
    """
    if not content.strip(b"\x00\t\r\n "):
        raise _refused("空文件")
    for start, kind in _MAGIC:
        if content.startswith(start):
            return kind
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_zip(content)
    text = _kind_of_text(content)
    if text is not None:
        return text
    if content[4:8] == b"ftyp":
        raise _refused("HEIC 图片或视频，图片请另存为 JPEG")
    what = next((what for start, what in _FOREIGN if content.startswith(start)), "不认识的文件")
    raise _refused(what)


def _refused(what: str) -> InvalidInput:
    text = f"不能作附件：这个文件看起来是{what}。可用：{ACCEPTED}"
    return InvalidInput(text, code="unsupported_format")


def _kind_of_zip(content: bytes) -> MediaType:
    """Kind of an office document, by the names of its members."""
    for kind in (MediaType.ODT, MediaType.ODS):
        if content[30:120].startswith(b"mimetype" + kind.encode() + b"PK"):
            return kind
    names = _members(content)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _refused("含宏的 Office 文件，请另存为不含宏的 .docx、.xlsx")
    for mark, room, kind in _CONTAINERS:
        if mark in names and any(name.startswith(room) for name in names):
            return kind
    raise _refused("压缩文件，请逐个上传里面的文件")


def _members(content: bytes) -> set[str]:
    """Names of the files in a zip, out of its directory alone."""
    if content.count(b"PK\x01\x02") > MOST_MEMBERS:
        raise _refused(f"压缩文件，里面的文件超过 {MOST_MEMBERS} 个")
    try:
        return archive.names(io.BytesIO(content))
    except _UNREADABLE:
        raise _refused("损坏或不完整的压缩文件（Office、OFD 文件也是），请重新保存") from None


def _kind_of_text(content: bytes) -> MediaType | None:
    """Kind of a text, None for what is no text."""
    for encoding, kind in (("utf-8", MediaType.TEXT), ("gb18030", MediaType.GB_TEXT)):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _is_readable(text):
            return None
        if text.lstrip("\ufeff \t\r\n").startswith("<"):
            raise _refused("网页（HTML）、SVG 或 XML")
        return None if text.startswith("{\\rtf") else kind
    return None


def _is_readable(text: str) -> bool:
    """Whether no character controls anything but lines, columns and pages."""
    controls = {char for char in set(text) if unicodedata.category(char) == "Cc"}
    return controls <= set("\t\r\n\f\u001a")
