"""Documents of the place-name office: from a case or a frame of names to Word, PDF and more.

Nothing here reads the store: what a document says comes in as values, and bytes go out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from civgeo.domain.name_case import NameCase
from civgeo.domain.name_clocks import due_steps
from civgeo.domain.name_materials import filing_materials, name_materials
from civgeo.domain.naming_procedure import body_label, procedure
from civgeo.domain.procedure_rule import ProcedureBook, Step
from civgeo.errors import InvalidInput
from civgeo.reports.calendar_ics import CalendarEntry, due_calendar
from civgeo.reports.gazetteer_book import Book, book_docx, book_xlsx
from civgeo.reports.name_documents import (
    Announcement,
    ApplicationForm,
    FilingReport,
    NamedPlace,
)
from civgeo.reports.name_wording import document_docx

__all__ = ["Applicant", "FileFormat", "Letterhead", "announcement", "application_form"]
__all__ += ["case_calendar", "document_file", "filing_report", "gazetteer_book_file"]


class FileFormat(StrEnum):
    """Kind of file that a document is written as."""

    DOCX = "docx"
    PDF = "pdf"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who applies for a name: unit, person to ask, telephone, day."""

    unit: str
    contact: str = ""
    phone: str = ""
    applied_on: date | None = None


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Head and foot of an official paper.

    Parameters
    ----------
    office, number, dated
        Issuing office, number (文号) and date.
    approver
        Full name of the body that approved; the case's general one where empty.
    addressee
        Full name of the body filed with; the case's general one where empty.
    signer, contact, phone
        Who signed; whom to ask.
    """

    office: str
    number: str
    dated: date | None
    approver: str = ""
    addressee: str = ""
    signer: str = ""
    contact: str = ""
    phone: str = ""


def application_form(
    case: NameCase,
    place: NamedPlace,
    applicant: Applicant,
    *,
    findings: tuple[str, ...] | None,
    book: ProcedureBook,
    today: date,
    simulated: bool,
) -> ApplicationForm:
    """The application of `case`, with the materials that its kind demands.

    Parameters
    ----------
    case, place, applicant
        The case, what is said of the name, and who applies.
    findings
        What the check found, in words; None when the name was not checked.
    book, today
        Rules of procedure, and the day whose rules hold.
    simulated
        Whether any of it is simulated.
    """
    found = procedure(case.question(today), book)
    listed = name_materials(case, book, today)
    return ApplicationForm(
        action=case.action,
        place=place,
        applicant=applicant.unit,
        contact=applicant.contact,
        phone=applicant.phone,
        applied_on=applicant.applied_on,
        materials=tuple((item.label_zh, item.ticked) for item in listed),
        findings=findings,
        consulted=tuple(body_label(body, sector=case.sector) for body in found.consult),
        simulated=simulated,
    )


def filing_report(
    case: NameCase,
    places: tuple[NamedPlace, ...],
    head: Letterhead,
    *,
    book: ProcedureBook,
    today: date,
    simulated: bool,
) -> FilingReport:
    """The filing report of an approved `case`, with what must go along.

    Raises
    ------
    InvalidInput
        ``missing_key`` when the case is not approved.
    """
    approver = _approver(case)
    found = procedure(case.question(today), book)
    addressee = body_label(found.file_to, case.approver) if found.file_to else ""
    return FilingReport(
        action=case.action,
        places=places,
        office=head.office,
        number=head.number,
        signer=head.signer,
        dated=head.dated,
        addressee=head.addressee or addressee,
        approver=head.approver or approver,
        approval_number=_number_of(case, Step.APPROVAL),
        approved_on=case.approved_on,
        attachments=tuple(
            item.label_zh
            for item in filing_materials(case, book, today)
            if item.code != "filing_report"
        ),
        contact=head.contact,
        phone=head.phone,
        simulated=simulated,
    )


def announcement(
    case: NameCase, places: tuple[NamedPlace, ...], head: Letterhead, *, simulated: bool
) -> Announcement:
    """The public announcement of an approved `case`.

    Raises
    ------
    InvalidInput
        ``missing_key`` when the case is not approved.
    """
    approver = _approver(case)
    return Announcement(
        action=case.action,
        places=places,
        office=head.office,
        number=head.number,
        dated=head.dated,
        approver=head.approver or approver,
        approval_number=_number_of(case, Step.APPROVAL),
        approved_on=case.approved_on,
        simulated=simulated,
    )


def _approver(case: NameCase) -> str:
    if case.approver is None or case.approved_on is None:
        raise InvalidInput(
            f"案卷“{case.name}”尚未批准，不能出备案报告或公告；请先记录批准", code="missing_key"
        )
    return body_label(case.approver, sector=case.sector)


def _number_of(case: NameCase, step: Step) -> str:
    """Number of the newest document of `step`, or an empty text."""
    return next((item.number for item in reversed(case.documents) if item.step is step), "")


def document_file(
    document: ApplicationForm | FilingReport | Announcement,
    file_format: FileFormat,
    templates: Path | None = None,
) -> bytes:
    """`document` as a Word document or PDF.

    Parameters
    ----------
    document, file_format
        What it says; ``docx`` or ``pdf``.
    templates
        Folder of the bureau's own Word templates.

    Raises
    ------
    InvalidInput
        ``bad_template``, ``missing_key`` as `document_docx` does; ``bad_value`` for ``xlsx``.
    """
    if file_format is FileFormat.DOCX:
        return document_docx(document, templates)
    if file_format is FileFormat.PDF:
        from civgeo.reports.name_papers import document_pdf

        return document_pdf(document)
    raise InvalidInput("文书只能输出为 docx 或 pdf", code="bad_value")


def gazetteer_book_file(
    book: Book, file_format: FileFormat, templates: Path | None = None
) -> bytes:
    """The gazetteer book as a Word document, PDF or spreadsheet.

    Raises
    ------
    RuleViolation
        ``map_number_missing`` for an edition for the public without a 审图号.
    InvalidInput
        ``bad_template`` when the bureau's template cannot be filled.
    """
    if file_format is FileFormat.DOCX:
        return book_docx(book, templates)
    if file_format is FileFormat.XLSX:
        return book_xlsx(book)
    from civgeo.reports.gazetteer_paper import book_pdf

    return book_pdf(book)


def case_calendar(
    cases: Mapping[str, NameCase],
    book: ProcedureBook,
    today: date,
    *,
    stamp: datetime,
    simulated: Iterable[str] = (),
) -> bytes:
    """Calendar (.ics) of the open steps of `cases` that have a last day, overdue ones too.

    Parameters
    ----------
    cases
        Cases by their id.
    book, today
        Rules of procedure, and the day of the question.
    stamp
        Moment at which the calendar is made, with its zone.
    simulated
        Ids of simulated cases.
    """
    marked = frozenset(simulated)
    entries = [
        CalendarEntry(
            id=f"{case_id}-{step.step.value}",
            due=step.due,
            step=step.step.label_zh,
            name=case.name,
            who=step.who,
            details=f"报{step.to}备案" if step.to else "",
            simulated=case_id in marked,
        )
        for case_id, case in cases.items()
        for step in due_steps(case, book, today)
        if step.due is not None
    ]
    return due_calendar(entries, stamp=stamp)
