"""The words of the documents in the life of a name; names are those that templates may use."""

from dataclasses import asdict, dataclass
from pathlib import Path

from civgeo.domain.procedure_rule import Action
from civgeo.errors import InvalidInput
from civgeo.reports.name_documents import (
    Announcement,
    ApplicationForm,
    FilingReport,
    NamedPlace,
)
from civgeo.reports.plain_text import chinese_date, plain, plain_lines
from civgeo.reports.word_template import filled_template

__all__ = ["FormWords", "PaperWords", "PlaceWords", "document_docx", "form_words", "paper_words"]

_UNCONFIRMED = "（拼写待核定）"
_ONE_LINE = 20
"""Characters of a title in 22 points that fit on one line."""


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """What a document says of one name."""

    name: str
    romanised: str
    kind: str
    division: str
    position: str
    former_name: str
    size: str
    nature: str
    meaning: str
    plan: str
    reason: str


@dataclass(frozen=True, slots=True)
class FormWords:
    """The words of an application form (template ``application``)."""

    title: str
    name_label: str
    plan_label: str
    reason_label: str
    place: PlaceWords
    former_name: str
    applicant: str
    contact: str
    phone: str
    applied_on: str
    materials: str
    findings: str
    opinions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PaperWords:
    """The words of a filing report or an announcement (``filing_report``, ``announcement``)."""

    head: str
    office: str
    number: str
    dated: str
    title: tuple[str, ...]
    opening: str
    places: tuple[PlaceWords, ...]
    with_former: bool
    signer: str = ""
    addressee: str = ""
    reasons_heading: str = ""
    reasons: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    contact: str = ""
    phone: str = ""
    use: str = ""


def form_words(form: ApplicationForm) -> FormWords:
    """The words of `form`."""
    verb = form.action.label_zh
    place = _place_words(form.place)
    ticks = [f"{'☑' if there else '☐'} {plain(label)}" for label, there in form.materials]
    return FormWords(
        title=f"地名{verb}申请表",
        name_label="拟注销名称" if form.action is Action.RETIRING else "拟用名称",
        plan_label=f"{verb}方案",
        reason_label=f"{verb}理由",
        place=place,
        former_name=place.former_name if form.action is Action.RENAMING else "",
        applicant=plain(form.applicant),
        contact=plain(form.contact),
        phone=plain(form.phone),
        applied_on=chinese_date(form.applied_on),
        materials="\n".join(ticks),
        findings=_findings(form.findings),
        opinions=_opinions(form.consulted),
    )


def paper_words(paper: FilingReport | Announcement) -> PaperWords:
    """The words of `paper`.

    Raises
    ------
    InvalidInput
        ``missing_key`` when it names no place.
    """
    if not paper.places:
        raise InvalidInput("文书中没有地名，请至少列出一处", code="missing_key")
    if isinstance(paper, FilingReport):
        return _report_words(paper)
    retiring = paper.action is Action.RETIRING
    return PaperWords(
        head=f"{plain(paper.office)}公告",
        office=plain(paper.office),
        number=plain(paper.number),
        dated=chinese_date(paper.dated),
        title=_title(paper.office, f"{_matter(paper.action, paper.places)}的公告"),
        opening=f"{_approval(paper)}，现予公告。",
        places=tuple(map(_place_words, paper.places)),
        with_former=paper.action is Action.RENAMING,
        use="上列地名自公告之日起停止使用。"
        if retiring
        else "上列地名为标准地名。《地名管理条例》第十八条规定的范围内必须使用标准地名。",
    )


def _report_words(report: FilingReport) -> PaperWords:
    retiring = report.action is Action.RETIRING
    law = "地名管理的有关规定" if retiring else "《地名管理条例》第十三条的规定"
    return PaperWords(
        head=f"{plain(report.office)}文件",
        office=plain(report.office),
        number=plain(report.number),
        signer=plain(report.signer),
        dated=chinese_date(report.dated),
        addressee=plain(report.addressee),
        title=_title(report.office, f"{_matter(report.action, report.places)}的备案报告"),
        opening=f"{_approval(report)}。根据{law}，现将有关情况报请备案。",
        places=tuple(map(_place_words, report.places)),
        with_former=report.action is Action.RENAMING,
        reasons_heading=f"二、{report.action.label_zh}理由",
        reasons=_reasons(report.places),
        attachments=_attachments(report.attachments),
        contact=plain(report.contact),
        phone=plain(report.phone),
    )


def _place_words(place: NamedPlace) -> PlaceWords:
    mark = _UNCONFIRMED if plain(place.romanised) and not place.confirmed else ""
    return PlaceWords(
        name=plain(place.name),
        romanised=plain(place.romanised) + mark,
        kind=plain(place.kind),
        division=plain(place.division),
        position=plain(place.position),
        former_name=plain(place.former_name),
        size=plain(place.size),
        nature=plain(place.nature),
        meaning=plain(place.meaning),
        plan=plain(place.plan),
        reason=plain(place.reason),
    )


def _findings(findings: tuple[str, ...] | None) -> str:
    if findings is None:
        return "尚未审核"
    if not findings:
        return "名称检查未发现问题（以所用名录为限）"
    return "\n".join(f"{number}. {plain(text)}" for number, text in enumerate(findings, 1))


def _opinions(consulted: tuple[str, ...]) -> tuple[str, ...]:
    """Who writes an opinion, in the order of signing; the place-name office only once."""
    bodies = ["申请单位", *map(plain, consulted)]
    if not any("民政" in body for body in bodies):
        bodies.append("地名主管部门")
    return tuple(f"{body}意见" for body in [*bodies, "批准机关"])


def _matter(action: Action, places: tuple[NamedPlace, ...]) -> str:
    """关于命名天中山大道, 关于将甲更名为乙, 关于注销甲等3处地名."""
    first = plain(places[0].name)
    if action is Action.RENAMING and len(places) == 1:
        return f"关于将{plain(places[0].former_name)}更名为{first}"
    many = f"等{len(places)}处地名" if len(places) > 1 else ""
    if action is Action.RENAMING:
        return f"关于{first}{many}更名"
    return f"关于{action.label_zh}{first}{many}"


def _title(office: str, matter: str) -> tuple[str, ...]:
    """The title on one line or, where it is long, the office on a line of its own."""
    whole = f"{plain(office)}{matter}"
    return (whole,) if len(whole) <= _ONE_LINE else (plain(office), matter)


def _approval(paper: FilingReport | Announcement) -> str:
    number = plain(paper.approval_number)
    matter = _matter(paper.action, paper.places).removeprefix("关于")
    day = chinese_date(paper.approved_on)
    return f"{plain(paper.approver)}于{day}批准{matter}" + (f"（{number}）" if number else "")


def _reasons(places: tuple[NamedPlace, ...]) -> tuple[str, ...]:
    """The paragraphs of the only name's reason, or one paragraph a name."""
    if len(places) == 1:
        return tuple(plain_lines(places[0].reason)) or ("（未填写）",)
    return tuple(
        f"（{number}）{plain(place.name)}：{plain(place.reason) or '（未填写）'}"
        for number, place in enumerate(places, 1)
    )


def _attachments(titles: tuple[str, ...]) -> tuple[str, ...]:
    """附件：1. …, the others below the first."""
    if len(titles) == 1:
        return (f"附件：{plain(titles[0])}",)
    return tuple(
        f"{'附件：' if number == 1 else '　　　'}{number}. {plain(title)}"
        for number, title in enumerate(titles, 1)
    )


def document_docx(
    document: ApplicationForm | FilingReport | Announcement, templates: Path | None = None
) -> bytes:
    """`document` as a Word document.

    Parameters
    ----------
    document
        What it says.
    templates
        Folder of the bureau's own templates: ``application.docx``, ``filing_report.docx``,
        ``announcement.docx``.

    Raises
    ------
    InvalidInput
        ``bad_template`` when the bureau's template cannot be filled; ``missing_key`` when the
        document names no place.
    """
    if isinstance(document, ApplicationForm):
        name, words = "application", asdict(form_words(document))
    else:
        name = "filing_report" if isinstance(document, FilingReport) else "announcement"
        words = asdict(paper_words(document))
    return filled_template(name, words, folder=templates, simulated=document.simulated)
