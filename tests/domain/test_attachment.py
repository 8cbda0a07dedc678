"""Names of attached files, and how records list them."""

import json
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civgeo.domain.attachment import MediaType, Paper, documents_fault, file_name, named_attachments
from civgeo.errors import InvalidInput

DIGEST = "0f" * 32


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("批复.pdf", "批复.pdf"),
        ("批复.PDF", "批复.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\批复.pdf", "批复.pdf"),
        ("C:\\甲\\批复.pdf", "批复.pdf"),
        ("批\x00复\r\nSet-Cookie: a.pdf", "批复Set-Cookie_ a.pdf"),
        ("批复\u202efdp.exe", "批复fdp.exe.pdf"),
        ("", "附件.pdf"),
        (".pdf", "附件.pdf"),
        ("...", "附件.pdf"),
        ("CON", "_CON.pdf"),
        ("nul.pdf", "_nul.pdf"),
        ('a"b;c*.pdf', "a_b;c_.pdf"),
        ("批复.pdf.", "批复.pdf"),
    ],
)
def test_a_name_leads_nowhere_and_hides_nothing(name: str, safe: str) -> None:
    assert file_name(name, MediaType.PDF) == safe


def test_a_name_of_300_characters_keeps_its_suffix() -> None:
    name = file_name("批" * 300 + ".pdf", MediaType.PDF)
    assert len(name.encode()) <= 200
    assert name == "批" * 65 + ".pdf"


def test_a_text_never_comes_out_as_a_program() -> None:
    assert file_name("开机.bat", MediaType.TEXT) == "开机.bat.txt"
    assert file_name("名单.csv", MediaType.GB_TEXT) == "名单.csv"


@given(st.text(max_size=300), st.sampled_from(list(MediaType)))
def test_every_name_is_safe_and_stays_itself(name: str, kind: MediaType) -> None:
    safe = file_name(name, kind)
    assert not set(safe) & set('/\\<>:"|?*%')
    assert not {unicodedata.category(char) for char in safe} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert safe.endswith(kind.suffixes)
    assert len(safe.encode()) <= 200
    assert file_name(safe, kind) == safe


def test_a_paper_is_listed_with_what_it_has() -> None:
    assert Paper("批复").entry(DIGEST) == {"title": "批复", "attachment": DIGEST}
    whole = Paper(" 批复 ", "甲政〔2026〕8号", date(2026, 3, 2)).entry(DIGEST)
    assert (whole["title"], whole["date"]) == ("批复", "2026-03-02")
    assert whole["number"] == "甲政〔2026〕8号"
    assert (
        Paper("\U00031350村、\ue000村的批复").entry(DIGEST)["title"]
        == "\U00031350村、\ue000村的批复"
    )


@pytest.mark.parametrize("title", ["", "  ", "批" * 201, "批\n复", "批\u202e复"])
def test_a_title_is_one_line_that_can_be_seen(title: str) -> None:
    with pytest.raises(InvalidInput, match="title"):
        Paper(title).entry(DIGEST)


@pytest.mark.parametrize(
    ("documents", "words"),
    [
        ({}, "应为列表"),
        ("批复", "应为列表"),
        (["批复"], "第 1 份"),
        ([{"title": "批复"}, {"number": "8号"}], "第 2 份"),
        ([{"title": "批复", "attachment": "abc"}], "SHA-256"),
        ([{"title": "批复", "attachment": DIGEST.upper()}], "SHA-256"),
        ([{"title": "批复", "attachment": 5}], "SHA-256"),
    ],
)
def test_what_is_no_list_of_documents_is_told(documents: object, words: str) -> None:
    fault = documents_fault(json.dumps(documents))
    assert fault is not None
    assert words in fault


def test_documents_name_their_attachments_by_title() -> None:
    listed = json.dumps([{"title": "批复", "attachment": DIGEST}, {"title": "无附件"}])
    assert documents_fault(listed) is None
    assert list(named_attachments(listed)) == [(DIGEST, "批复")]
    assert documents_fault(None) is None
    assert list(named_attachments("not json")) == []
