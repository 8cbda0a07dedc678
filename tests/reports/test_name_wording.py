"""Application, filing report and announcement as Word and PDF."""

import io
from dataclasses import asdict, fields, replace
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from docx import Document
from docx.oxml.ns import qn
from paper_specimens import ANNOUNCEMENT, APPLICATION, DOCUMENTS, HOSTILE, OTHER, REPORT, STREET

from civgeo.domain.procedure_rule import Action
from civgeo.errors import InvalidInput
from civgeo.reports.gazetteer_book import BookEntry, BookSection, BookWords
from civgeo.reports.name_papers import document_pdf
from civgeo.reports.name_wording import (
    FormWords,
    PaperWords,
    PlaceWords,
    document_docx,
    form_words,
    paper_words,
)
from civgeo.reports.plain_text import plain
from civgeo.reports.word_template import SIMULATED_LABEL


def word_text(content):
    """Text of a Word document: paragraphs and cells, in order."""
    body = Document(io.BytesIO(content)).element.body
    return "".join(element.text or "" for element in body.iter(qn("w:t")))


def headers(content):
    document = Document(io.BytesIO(content))
    return [
        "".join(paragraph.text for paragraph in header.paragraphs)
        for section in document.sections
        for header in (section.header, section.even_page_header)
    ]


def pages(content):
    """Text of every page of a PDF, without white space."""
    document = pypdfium2.PdfDocument(content)
    texts = ["".join(page.get_textpage().get_text_bounded().split()) for page in document]
    document.close()
    return texts


def squeezed(text):
    return "".join(text.split())


def said_in(words):
    """Lines that a document says, but for those of single places."""
    said = {key: value for key, value in asdict(words).items() if key not in ("place", "places")}
    listed = [value for value in said.values() if isinstance(value, str)]
    listed += [item for value in said.values() if isinstance(value, tuple) for item in value]
    return [line for text in listed for line in text.split("\n")]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (APPLICATION, form_words(APPLICATION)),
        (REPORT, paper_words(REPORT)),
        (ANNOUNCEMENT, paper_words(ANNOUNCEMENT)),
    ],
    ids=["application", "report", "announcement"],
)
def test_word_and_pdf_say_the_same(document, words):
    in_word = squeezed(word_text(document_docx(document)))
    in_pdf = "".join(pages(document_pdf(document)))
    places = [words.place] if document is APPLICATION else words.places
    of_places = [text for place in places for text in (place.name, place.romanised, place.position)]
    for line in [*said_in(words), *of_places]:
        assert squeezed(line) in in_word
        assert squeezed(line) in in_pdf


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda item: type(item).__name__)
@pytest.mark.parametrize("simulated", [True, False])
def test_every_page_of_simulated_data_says_so_and_no_other(document, simulated):
    document = replace(document, simulated=simulated)
    if hasattr(document, "places"):
        document = replace(document, places=document.places * 30)
    assert {SIMULATED_LABEL in text for text in headers(document_docx(document))} == {simulated}
    found = pages(document_pdf(document))
    assert {squeezed(SIMULATED_LABEL) in text for text in found} == {simulated}


@pytest.mark.parametrize("document", [REPORT, ANNOUNCEMENT], ids=["report", "announcement"])
def test_hostile_names_stand_as_they_are_and_do_nothing(document):
    places = tuple(
        replace(OTHER, name=name, former_name=name, position=name, reason=name) for name in HOSTILE
    )
    document = replace(document, places=places, office=HOSTILE[1], approval_number=HOSTILE[0])
    text = squeezed(word_text(document_docx(document)))
    assert [name for name in HOSTILE if squeezed(plain(name)) not in text] == []
    assert len(pages(document_pdf(document))) < 12


def test_hostile_names_do_nothing_on_the_form():
    for name in HOSTILE:
        place = replace(STREET, name=name, romanised=name, meaning=name, reason=name)
        form = replace(APPLICATION, place=place, applicant=name, findings=(name,))
        assert squeezed(plain(name)) in squeezed(word_text(document_docx(form)))
    assert len(pages(document_pdf(form))) == 1


def test_places_of_the_announcement_hold_what_the_ministry_asks_for():
    text = "".join(pages(document_pdf(ANNOUNCEMENT)))
    for needed in ("练江河路", "规划三路", "驻马店市驿城区", "北起中原路", "2026年3月2日"):
        assert needed in text
    assert "Liànjiānghé" in text
    assert "驻马店市人民政府于2026年3月2日批准将规划三路更名为练江河路" in text


def test_unconfirmed_romanisation_is_marked():
    assert "（拼写待核定）" in paper_words(ANNOUNCEMENT).places[0].romanised
    assert "待核定" not in paper_words(REPORT).places[0].romanised


@pytest.mark.parametrize(
    ("action", "count", "title"),
    [
        (Action.NAMING, 1, "关于命名练江河路的公告"),
        (Action.NAMING, 3, "关于命名练江河路等3处地名的公告"),
        (Action.RENAMING, 1, "关于将规划三路更名为练江河路的公告"),
        (Action.RENAMING, 2, "关于练江河路等2处地名更名的公告"),
        (Action.RETIRING, 1, "关于注销练江河路的公告"),
    ],
)
def test_title_says_what_was_done_with_which_names(action, count, title):
    words = paper_words(replace(ANNOUNCEMENT, action=action, places=(OTHER,) * count))
    assert "".join(words.title) == f"驻马店市民政局{title}"


def test_retired_name_is_announced_as_out_of_use():
    assert "停止使用" in paper_words(replace(ANNOUNCEMENT, action=Action.RETIRING)).use


def test_document_without_a_place_is_refused():
    with pytest.raises(InvalidInput, match="没有地名"):
        document_docx(replace(REPORT, places=()))


@pytest.mark.parametrize(
    ("findings", "said"),
    [(None, "尚未审核"), ((), "名录为限"), (("甲", "乙"), "1. 甲\n2. 乙")],
)
def test_no_hit_is_not_called_a_pass(findings, said):
    assert said in form_words(replace(APPLICATION, findings=findings)).findings


def test_place_name_office_signs_once():
    assert form_words(APPLICATION).opinions[1] == "地名主管部门意见"
    consulted = replace(APPLICATION, consulted=("民政部门（地名主管部门）",))
    assert [text for text in form_words(consulted).opinions if "地名" in text] == [
        "民政部门（地名主管部门）意见"
    ]


def own_template(folder, text, name="announcement"):
    document = Document()
    document.add_paragraph(text)
    document.save(str(folder / f"{name}.docx"))
    return folder


def test_the_bureau_own_template_goes_before_ours(tmp_path):
    folder = own_template(tmp_path, "{{ number }}：{{ places[0].name }}")
    assert word_text(document_docx(ANNOUNCEMENT, folder)) == "2026年第3号：练江河路"
    assert "特此报告" in word_text(document_docx(REPORT, folder))


def test_the_bureau_own_template_cannot_drop_the_label(tmp_path):
    folder = own_template(tmp_path, "{{ office }}")
    content = document_docx(replace(ANNOUNCEMENT, simulated=True), folder)
    assert SIMULATED_LABEL in headers(content)[0]


@pytest.mark.parametrize(
    "text", ["{{ nmae }}", "{{ office", "{% for x in %}", "{{ office.__class__.__mro__ }}"]
)
def test_template_that_cannot_be_filled_is_named(tmp_path, text):
    with pytest.raises(InvalidInput, match=r"announcement\.docx") as caught:
        document_docx(ANNOUNCEMENT, own_template(tmp_path, text))
    assert caught.value.code == "bad_template"


def test_template_that_is_no_word_document_is_named(tmp_path):
    (tmp_path / "announcement.docx").write_bytes(b"no zip")
    with pytest.raises(InvalidInput, match=r"announcement\.docx"):
        document_docx(ANNOUNCEMENT, tmp_path)


def test_dates_are_written_without_leading_zeros():
    words = paper_words(replace(ANNOUNCEMENT, dated=date(2026, 1, 5)))
    assert words.dated == "2026年1月5日"


def test_what_is_not_known_leaves_its_place_free():
    bare = replace(REPORT, signer="", contact="", phone="")
    for text in (word_text(document_docx(bare)), "".join(pages(document_pdf(bare)))):
        assert "签发人：" in text
        assert "联系人" not in text


def test_names_that_templates_may_use_are_documented():
    guide = (Path(__file__).parents[2] / "docs" / "documents.md").read_text(encoding="utf-8")
    words = (FormWords, PaperWords, PlaceWords, BookWords, BookSection, BookEntry)
    names = {field.name for item in words for field in fields(item)} - {"place", "places"}
    assert [name for name in sorted(names) if f"`{name}`" not in guide] == []
