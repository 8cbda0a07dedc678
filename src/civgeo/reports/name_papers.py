"""The documents in the life of a name as PDF, in the words of `name_wording`."""

from fpdf.enums import Align

from civgeo.reports.name_documents import Announcement, ApplicationForm, FilingReport
from civgeo.reports.name_wording import FormWords, PaperWords, form_words, paper_words
from civgeo.reports.paper import BODY_LINE, RED, Paper
from civgeo.reports.word_template import SIMULATED_LABEL

__all__ = ["document_pdf"]

_INDENT = 11.3
"""Two characters of the body, mm."""
_STAMP = "（盖章）　　　　　　年　　月　　日"


def document_pdf(document: ApplicationForm | FilingReport | Announcement) -> bytes:
    """`document` as PDF.

    Raises
    ------
    InvalidInput
        ``missing_key`` when the document names no place.
    """
    label = SIMULATED_LABEL if document.simulated else ""
    if isinstance(document, ApplicationForm):
        return _form(form_words(document), label)
    return _official(paper_words(document), label)


def _form(words: FormWords, label: str) -> bytes:
    paper = Paper(words.title, label=label)
    paper.paragraph(words.title, size=22, line=14, align=Align.C, bold=True)
    place = words.place
    pairs = [
        ("申请单位（人）", words.applicant, "申请日期", words.applied_on),
        ("联系人", words.contact, "联系电话", words.phone),
        (words.name_label, place.name, "罗马字母拼写", place.romanised),
        ("地名类别", place.kind, "所属政区", place.division),
        ("规模", place.size, "性质", place.nature),
    ]
    paper.grid(pairs, (30, 48, 30, 48), least=8, centred=(0, 2))
    wide = [("现用名称", words.former_name)] if words.former_name else []
    wide += [
        ("位置", place.position),
        ("含义及来历", place.meaning),
        (words.plan_label, place.plan),
        (words.reason_label, place.reason),
        ("名称审核", words.findings),
        ("提交材料", words.materials),
    ]
    paper.grid(wide, (30, 126), least=8, centred=(0,))
    stamps = [(opinion, f"\n\n　　　　　　　　　　　　　　{_STAMP}") for opinion in words.opinions]
    paper.grid(stamps, (30, 126), least=20, centred=(0,))
    return paper.finished()


def _official(words: PaperWords, label: str) -> bytes:
    paper = Paper("".join(words.title), label=label)
    _head(paper, words)
    for line in words.title:
        paper.paragraph(line, size=22, line=12, align=Align.C, bold=True)
    paper.space(BODY_LINE / 2)
    if words.addressee:
        paper.paragraph(f"{words.addressee}：")
    paper.paragraph(words.opening, indent=_INDENT)
    if words.reasons:
        paper.keep(4 * BODY_LINE)
        paper.paragraph("一、地名基本情况", indent=_INDENT, bold=True)
    _names(paper, words)
    _end(paper, words)
    return paper.finished()


def _head(paper: Paper, words: PaperWords) -> None:
    """Issuing authority in red, number and signer, and the red line."""
    size = min(42, 420 / max(len(words.head), 1))
    paper.paragraph(words.head, size=size, line=22, align=Align.C, colour=RED, bold=True)
    paper.space(8)
    if words.addressee:
        top = paper.get_y()
        paper.paragraph(words.number, indent=5.6)
        paper.set_y(top)
        paper.paragraph(f"签发人：{words.signer or '　　　'}", align=Align.R, right=5.6)
    else:
        paper.paragraph(words.number, align=Align.C)
    paper.space(2)
    paper.rule(RED, 0.6)
    paper.space(BODY_LINE)


def _names(paper: Paper, words: PaperWords) -> None:
    titles = ("罗马字母拼写", "所属政区", "位置描述")
    if words.with_former:
        paper.grid(
            [
                (item.name, item.former_name, item.romanised, item.division, item.position)
                for item in words.places
            ],
            (28, 28, 34, 26, 40),
            head=("标准名称", "原名称", *titles),
            least=8,
        )
    else:
        paper.grid(
            [(item.name, item.romanised, item.division, item.position) for item in words.places],
            (30, 36, 30, 60),
            head=("标准名称", *titles),
            least=8,
        )
    paper.space(3)


def _end(paper: Paper, words: PaperWords) -> None:
    """Reasons or use, attachments, signature; the signature is never alone on a page."""
    if words.reasons:
        paper.keep(2 * BODY_LINE)
        paper.paragraph(words.reasons_heading, indent=_INDENT, bold=True)
    for text in words.reasons:
        paper.paragraph(text, indent=_INDENT)
    if words.use:
        paper.paragraph(words.use, indent=_INDENT)
    paper.keep((len(words.attachments) + 6) * BODY_LINE)
    paper.paragraph("特此报告。" if words.reasons else "特此公告。", indent=_INDENT)
    for text in words.attachments:
        paper.paragraph(text, indent=_INDENT, hanging=_INDENT + 22.6)
    paper.space(2 * BODY_LINE)
    for text in (words.office, words.dated):
        paper.paragraph(text, align=Align.R, right=22.6)
    if words.contact:
        text = f"（联系人：{words.contact}，电话：{words.phone}）"
        paper.paragraph(text, indent=_INDENT)
