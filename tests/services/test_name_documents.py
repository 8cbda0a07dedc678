"""From a case to its documents and to the calendar of its last days."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from docx import Document
from icalendar import Calendar

from civgeo.domain.name_case import CaseDocument, CaseState, NameCase
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.procedure_rule import Action, Body, Level, Step
from civgeo.errors import InvalidInput
from civgeo.reports.name_documents import NamedPlace
from civgeo.services.name_documents import (
    Applicant,
    FileFormat,
    Letterhead,
    announcement,
    application_form,
    case_calendar,
    document_file,
    filing_report,
)
from civgeo.services.naming_procedures import naming_procedures

BOOK, TODAY = naming_procedures(), date(2026, 3, 10)
PLACE = NamedPlace("练江河桥", "Liànjiānghé Qiáo", "桥、隧道", "驿城区", "乐山路跨练江河处")
DRAFT = NameCase(
    "练江河桥",
    Action.NAMING,
    PlaceKind.BRIDGE,
    level=Level.CITY,
    sector="交通运输",
    materials=frozenset({"plan"}),
)
APPROVED = replace(
    DRAFT,
    state=CaseState.APPROVED,
    approver=Body.SECTOR_DEPARTMENT,
    approved_on=date(2026, 3, 2),
    documents=(CaseDocument(Step.APPROVAL, "驻交〔2026〕8号", date(2026, 3, 2)),),
)
HEAD = Letterhead("驻马店市交通运输局", "驻交报〔2026〕9号", TODAY)


def test_application_lists_the_materials_of_its_kind_and_whom_to_consult():
    form = application_form(
        DRAFT, PLACE, Applicant("某单位"), findings=None, book=BOOK, today=TODAY, simulated=False
    )
    assert form.materials[:2] == (("命名、更名方案", True), ("命名、更名的理由", False))
    assert form.consulted == ("市级人民政府",)


def test_filing_report_says_who_approved_and_where_it_goes():
    report = filing_report(APPROVED, (PLACE,), HEAD, book=BOOK, today=TODAY, simulated=False)
    assert (report.approver, report.addressee) == ("交通运输主管部门", "同级人民政府民政部门")
    assert (report.approval_number, report.approved_on) == ("驻交〔2026〕8号", date(2026, 3, 2))
    assert report.attachments[:2] == ("地名备案登记表（国家地名信息库填写）", "命名、更名批复文件")
    named = replace(HEAD, approver="驻马店市交通运输局", addressee="驻马店市民政局")
    report = filing_report(APPROVED, (PLACE,), named, book=BOOK, today=TODAY, simulated=False)
    assert (report.approver, report.addressee) == ("驻马店市交通运输局", "驻马店市民政局")


@pytest.mark.parametrize("head", [HEAD, replace(HEAD, approver="驻马店市交通运输局")])
def test_what_is_not_approved_is_neither_filed_nor_announced(head):
    with pytest.raises(InvalidInput, match="尚未批准"):
        filing_report(DRAFT, (PLACE,), head, book=BOOK, today=TODAY, simulated=False)
    with pytest.raises(InvalidInput, match="尚未批准"):
        announcement(DRAFT, (PLACE,), head, simulated=False)


def test_announcement_is_written_as_word_or_pdf_only():
    paper = announcement(APPROVED, (PLACE,), HEAD, simulated=True)
    word = document_file(paper, FileFormat.DOCX)
    assert "练江河桥" in "".join(p.text for p in Document(io.BytesIO(word)).paragraphs)
    assert document_file(paper, FileFormat.PDF).startswith(b"%PDF")
    with pytest.raises(InvalidInput, match="docx"):
        document_file(paper, FileFormat.XLSX)


def test_calendar_holds_the_open_steps_with_a_last_day():
    street = replace(
        APPROVED, name="天中山大道", kind=PlaceKind.STREET, approver=Body.MUNICIPAL_GOVERNMENT
    )
    content = case_calendar(
        {"a": DRAFT, "b": APPROVED, "c": street},
        BOOK,
        TODAY,
        stamp=datetime(2026, 3, 10, tzinfo=UTC),
        simulated=["b"],
    )
    events = {
        str(event["uid"]): (str(event["summary"]), event.decoded("dtstart"))
        for event in Calendar.from_ical(content).walk("VEVENT")
    }
    assert events == {
        "b-filing@civgeo": ("【模拟数据】备案截止：练江河桥", date(2026, 3, 17)),
        "c-filing@civgeo": ("备案截止：天中山大道", date(2026, 3, 17)),
        "c-announcement@civgeo": ("公告截止：天中山大道", date(2026, 3, 17)),
    }
