"""What an attached file is, whatever it is called."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

import attachment_files as files
from civgeo.domain.attachment import MediaType
from civgeo.errors import InvalidInput
from civgeo.formats.attachment_kind import attachment_kind


def named(value: object) -> str:
    """Name of a case: some of the files bear the time at which they were made."""
    return "file" if isinstance(value, bytes) else str(value)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (files.PDF, MediaType.PDF),
        (files.JPEG, MediaType.JPEG),
        (files.PNG, MediaType.PNG),
        (files.TIFF, MediaType.TIFF),
        (b"MM\x00*" + bytes(20), MediaType.TIFF),
        (files.DOCX, MediaType.DOCX),
        (files.XLSX, MediaType.XLSX),
        (files.zipped("[Content_Types].xml", "ppt/presentation.xml"), MediaType.PPTX),
        (files.OFD, MediaType.OFD),
        (files.open_document(MediaType.ODT.value), MediaType.ODT),
        (files.open_document(MediaType.ODS.value), MediaType.ODS),
        (files.TEXT.encode(), MediaType.TEXT),
        (files.TEXT.encode("utf-8-sig"), MediaType.TEXT),
        (files.TEXT.encode("gb18030"), MediaType.GB_TEXT),
        ("𰻝𰻝面馆".encode("gb18030"), MediaType.GB_TEXT),
        ("\ue000村、\U00031350村".encode(), MediaType.TEXT),
    ],
    ids=named,
)
def test_a_file_is_told_by_its_content(content: bytes, kind: MediaType) -> None:
    assert attachment_kind(content) is kind


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空文件"),
        (b" \r\n\x00\x00", "空文件"),
        (files.HTML, "网页"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "SVG"),
        (b"<?xml version='1.0'?><x/>", "XML"),
        ("<html>".encode("utf-16"), "不认识"),
        (b"{\\rtf1\\ansi}", "RTF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(20), "另存为 .docx"),
        (b"GIF89a\x01\x00", "GIF"),
        (b"MZ\x90\x00\x03", "可执行"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", "HEIC"),
        (b"Rar!\x1a\x07\x00", "RAR"),
        (files.zipped("小区.shp", "小区.dbf"), "压缩文件"),
        (files.zipped("[Content_Types].xml", "word/vbaProject.bin"), "含宏"),
        (files.DOCX[:60], "损坏"),
        (b"PK\x03\x04" + b"PK\x01\x02" * 6_000, "超过 5000 个"),
        (bytes(range(256)), "不认识"),
    ],
    ids=named,
)
def test_what_is_not_taken_is_told_what_it_seems_to_be(content: bytes, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as refused:
        attachment_kind(content)
    assert refused.value.code == "unsupported_format"
    assert "可用：PDF" in refused.value.message


def test_a_zip_bomb_is_not_unpacked() -> None:
    tracemalloc.start()
    try:
        assert attachment_kind(files.BOMB) is MediaType.DOCX
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@given(st.binary(max_size=200), st.sampled_from([b"", b"PK\x03\x04", files.DOCX, files.DOCX[:-9]]))
def test_any_bytes_are_told_or_refused_in_words(tail: bytes, head: bytes) -> None:
    for content in (head + tail, head[:40] + tail + head[40:]):
        assert told(content) in {*MediaType, "unsupported_format"}


def told(content: bytes) -> str:
    try:
        return attachment_kind(content)
    except InvalidInput as refused:
        return refused.code
