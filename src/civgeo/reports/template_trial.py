"""A trial of the bureau's Word templates: each is filled as every kind of document would."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
from docx import Document

from civgeo.domain.procedure_rule import Action
from civgeo.errors import InvalidInput
from civgeo.reports.gazetteer_book import Arrangement, Book, book_docx
from civgeo.reports.inspection_report import InspectionPaper, inspection_docx
from civgeo.reports.name_documents import (
    Announcement,
    ApplicationForm,
    FilingReport,
    NamedPlace,
)
from civgeo.reports.name_wording import document_docx

__all__ = ["try_template"]

_NAME = "试填路"
_DAY = date(2026, 1, 1)
_PLACE = NamedPlace(
    name=_NAME,
    romanised="Shìtián Lù",
    kind="街路巷",
    division="试填区",
    position="东经 114°，北纬 33°",
    former_name="原试填路",
    size="长 1 千米",
    nature="道路",
    meaning="试填",
    plan="试填",
    reason="试填",
)
_APPLICATION = ApplicationForm(
    action=Action.NAMING,
    place=_PLACE,
    applicant="试填单位",
    contact="张三",
    phone="0396",
    applied_on=_DAY,
    materials=(("申请书", True),),
    findings=("试填",),
    consulted=("主管部门",),
    simulated=False,
)
_REPORT = FilingReport(
    action=Action.NAMING,
    places=(_PLACE,),
    office="试填机关",
    number="试〔2026〕1号",
    signer="李四",
    dated=_DAY,
    addressee="备案机关",
    approver="批准机关",
    approval_number="批〔2026〕1号",
    approved_on=_DAY,
    attachments=("批复",),
    contact="张三",
    phone="0396",
    simulated=False,
)
_NOTICE = Announcement(
    action=Action.NAMING,
    places=(_PLACE,),
    office="试填机关",
    number="试〔2026〕1号",
    dated=_DAY,
    approver="批准机关",
    approval_number="批〔2026〕1号",
    approved_on=_DAY,
    simulated=False,
)

_INSPECTION = InspectionPaper(
    title=(_NAME, "联合检查报告"),
    facts=(("界线", _NAME),),
    basis=("试填",),
    summary=("试填",),
    shares=(("试填", "1/2", "50.00"),),
    markers=(("1", "2223001Q", "0.000", "完好", "0.00", "完好"),),
    segments=((_NAME, "各项均无", "一致"),),
    differences=((_NAME, "界桩状况", "完好"),),
    repairs=((_NAME, "修复", "试填", "试填区"),),
    notes=("试填",),
    sides=("甲县", "乙县"),
    dated="2026年1月1日",
    simulated=False,
)

_TEMPLATES = {
    ApplicationForm: "application",
    FilingReport: "filing_report",
    Announcement: "announcement",
}


def try_template(name: str, folder: Path) -> None:
    """Fill the template `name` of `folder` with naming, renaming and retiring, or as a book.

    Raises
    ------
    InvalidInput
        ``bad_template`` when a tag of it cannot be filled, or when no tag writes the name.
    """
    for content in _filled(name, folder):
        text = "".join(Document(io.BytesIO(content)).element.body.itertext())
        if _NAME not in text:
            raise InvalidInput(
                "没有一处写出地名：请用占位符，如 {{ place.name }}、"
                "{% for place in places %}，对照随带的模板",
                code="bad_template",
            )


def _filled(name: str, folder: Path) -> Iterator[bytes]:
    if name == "inspection_report":
        yield inspection_docx(_INSPECTION, folder)
        return
    if name == "gazetteer_book":
        for arrangement in Arrangement:
            yield book_docx(Book(_names(), "试填地名录", "试填机关", _DAY, arrangement), folder)
        return
    for action in Action:
        for document in (_APPLICATION, _REPORT, _NOTICE):
            if _TEMPLATES[type(document)] == name:
                yield document_docx(replace(document, action=action), folder)


def _names() -> pd.DataFrame:
    row = {
        "name": _NAME,
        "toned": "Shìtián Lù",
        "plain": "Shitian Lu",
        "kind": "street",
        "division": "990101",
        "confirmed": True,
        "meaning": "试填",
        "status": "standard",
        "public": True,
        "secrecy": "public",
    }
    return pd.DataFrame([row])
