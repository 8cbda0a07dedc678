"""Small files of every kind that may be attached, and of some that may not."""

import io
import zipfile

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + b"\x00" * 20 + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
TIFF = b"II*\x00\x08\x00\x00\x00" + b"\x00" * 20
TEXT = "关于命名揽月路的批复\r\n"
HTML = b"\xef\xbb\xbf \n<!DOCTYPE html><script>alert(1)</script>"


def zipped(*names: str, content: bytes = b"<x/>") -> bytes:
    """A zip with files of those names."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as container:
        for name in names:
            container.writestr(name, content)
    return made.getvalue()


def open_document(kind: str) -> bytes:
    """An OpenDocument file, whose first member says what it is, not packed."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as container:
        container.writestr("mimetype", kind)
        container.writestr("content.xml", "<x/>")
    return made.getvalue()


DOCX = zipped("[Content_Types].xml", "word/document.xml")
XLSX = zipped("[Content_Types].xml", "xl/workbook.xml")
OFD = zipped("OFD.xml", "Doc_0/Document.xml")
BOMB = zipped("[Content_Types].xml", "word/document.xml", content=b"0" * 30_000_000)
"""A few kilobytes that unpack to 60 MB."""
