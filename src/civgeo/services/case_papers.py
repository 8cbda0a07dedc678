"""Papers of naming cases and the gazetteer book, from what the store holds."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import numpy as np
import shapely

from civgeo.domain.clock import BEIJING
from civgeo.domain.division import DivisionCode
from civgeo.domain.naming_procedure import procedure
from civgeo.domain.procedure_rule import Action, Body, Step
from civgeo.errors import InvalidInput, OwnFileBroken
from civgeo.reports.gazetteer_book import Arrangement, Book
from civgeo.reports.name_documents import Announcement, ApplicationForm, FilingReport, NamedPlace
from civgeo.services.case_records import CaseFile
from civgeo.services.city import City
from civgeo.services.map_origin import edition_zh
from civgeo.services.name_cases import case_file, cases
from civgeo.services.name_documents import (
    Applicant,
    FileFormat,
    Letterhead,
    announcement,
    application_form,
    case_calendar,
    document_file,
    filing_report,
    gazetteer_book_file,
)
from civgeo.services.own_material import own_procedures, own_templates
from civgeo.store.tables import Collection

__all__ = ["Paper", "calendar", "case_paper", "gazetteer_book"]


class Paper(StrEnum):
    """Papers of a case."""

    APPLICATION = "application"
    FILING = "filing"
    ANNOUNCEMENT = "announcement"


def case_paper(
    city: City, id: str, paper: Paper, file_format: FileFormat, *, office: str, number: str = ""
) -> bytes:
    """A paper of one case as Word or PDF.

    Parameters
    ----------
    city, id
        The case.
    paper, file_format
        Which paper, and how it is written.
    office
        Who applies, or issues the paper.
    number
        Its number (文号); by default that of the step as recorded.

    Raises
    ------
    NotFound
        When there is no such case.
    InvalidInput
        When the case is not approved, for the papers that follow the approval.
    OwnFileBroken
        When a rule or template of the bureau cannot be used.
    """
    file = case_file(city, id)
    divisions = _division_names(city)
    place = _place(file, divisions)
    rules, today = own_procedures(_folder(city)), city.today
    if paper is Paper.APPLICATION:
        findings = tuple(str(item["message"]) for item in file.findings)
        form = application_form(
            file.case,
            place,
            Applicant(office, applied_on=file.case.submitted_on or today),
            findings=None if file.case.findings is None else findings,
            book=rules,
            today=today,
            simulated=file.simulated,
        )
        return _written(city, form, file_format)
    step = Step.FILING if paper is Paper.FILING else Step.ANNOUNCEMENT
    file_to = procedure(file.case.question(today), rules).file_to
    head = _head(file, Letterhead(office, number, today), step, file_to, divisions)
    if paper is Paper.FILING:
        report = filing_report(
            file.case, (place,), head, book=rules, today=today, simulated=file.simulated
        )
        return _written(city, report, file_format)
    notice = announcement(file.case, (place,), head, simulated=file.simulated)
    return _written(city, notice, file_format)


def _head(
    file: CaseFile, head: Letterhead, step: Step, file_to: Body | None, names: Mapping[str, str]
) -> Letterhead:
    """`head` with the governments by name; number and date as recorded, once `step` is taken."""
    case = file.case
    taken = next((item for item in reversed(case.documents) if item.step is step), None)
    if taken is not None:
        head = replace(head, number=head.number or taken.number, dated=taken.dated)
    return replace(
        head,
        approver=_government(case.approver, case.division, names),
        addressee=_government(file_to, case.division, names),
    )


def _government(body: Body | None, division: DivisionCode | None, names: Mapping[str, str]) -> str:
    """Full name of a government; empty for other bodies, or an area that is not in the register."""
    code = "" if division is None else division.text.ljust(6, "0")
    areas = {
        Body.MUNICIPAL_GOVERNMENT: f"{code[:4]}00",
        Body.COUNTY_GOVERNMENT: code[:6] if code[4:6] != "00" else "",
    }
    name = names.get(areas.get(body, "") if body else "", "")
    return f"{name}人民政府" if name else ""


def calendar(city: City, now: datetime) -> bytes:
    """Calendar (.ics) of the open steps of all cases that have a last day."""
    files = cases(city)
    return case_calendar(
        {file.id: file.case for file in files},
        own_procedures(_folder(city)),
        city.today,
        stamp=now.astimezone(BEIJING),
        simulated=[file.id for file in files if file.simulated],
    )


def gazetteer_book(
    city: City,
    file_format: FileFormat,
    *,
    order: Arrangement = Arrangement.DIVISION,
    division: str | None = None,
    office: str = "",
    for_public: bool = False,
    map_number: str = "",
) -> bytes:
    """The gazetteer book (标准地名录) of the names that exist today.

    Raises
    ------
    RuleViolation
        For a public edition without a 审图号.
    OwnFileBroken
        When the bureau's template cannot be filled.
    """
    with city.store.read() as reading:
        register = reading.register()
        names = reading.features(Collection.PLACE_NAMES, division=division)
    divisions = _division_names(city)
    book = Book(
        names=names,
        title=f"{_area(register.name, division, divisions)}标准地名录",
        office=office or register.name,
        dated=city.today,
        arrangement=order,
        division_names=divisions,
        for_public=for_public,
        map_number=map_number,
        sources={**register.sources, "规则版本": edition_zh(register.edition)},
        simulated=bool(names["simulated"].any()),
    )
    with _own_in_words(city):
        return gazetteer_book_file(book, file_format, own_templates(_folder(city)))


def _area(city: str, division: str | None, names: Mapping[str, str]) -> str:
    """What a book of `division` is about: the city, or its county or township by full name."""
    name = names.get(division or "", city)
    return name if name == city else f"{city}{name}"


def _folder(city: City) -> Path:
    return city.store.file.parent


def _written(
    city: City, document: ApplicationForm | FilingReport | Announcement, file_format: FileFormat
) -> bytes:
    """The document, as Word by the bureau's own template where there is one."""
    with _own_in_words(city):
        return document_file(document, file_format, own_templates(_folder(city)))


@contextmanager
def _own_in_words(city: City) -> Iterator[None]:
    """Tell a template that cannot be filled as what it is: the bureau's own file."""
    try:
        yield
    except InvalidInput as error:
        if error.code != "bad_template":
            raise
        raise OwnFileBroken(error.message.replace(f"{_folder(city)}/", "")) from error


def _division_names(city: City) -> dict[str, str]:
    """Names of divisions by code, each with the name of the county before it."""
    with city.store.read() as reading:
        frame = reading.features(Collection.DIVISIONS)
    names = dict(zip(frame["code"].tolist(), frame["name"].tolist(), strict=True))
    return {code: _full(code, names) for code in names}


def _full(code: str, names: Mapping[str, str]) -> str:
    county = names.get(code[:6], "") if len(code) > 6 else ""
    return f"{county}{names[code]}"


def _place(file: CaseFile, divisions: Mapping[str, str]) -> NamedPlace:
    values = file.proposal
    code = str(values["division"])
    return NamedPlace(
        name=file.case.name,
        romanised=str(values.get("toned") or ""),
        kind=file.case.kind.label_zh,
        division=divisions.get(code, DivisionCode.parse(code).text),
        position=_position(file.geometry),
        confirmed=bool(values.get("confirmed")),
        former_name=file.case.former_name if file.case.action is Action.RENAMING else "",
        nature=str(values.get("description") or ""),
        meaning=str(values.get("meaning") or values.get("origin") or ""),
        reason=file.reason,
    )


def _position(shape: shapely.Geometry | None) -> str:
    """Where the place lies, in degrees, for a reader."""
    if shape is None:
        return ""
    west, south, east, north = np.round(shapely.bounds(shape), 5).tolist()
    if (west, south) == (east, north):
        return f"东经 {west:.5f}°，北纬 {south:.5f}°"
    return f"东经 {west:.5f}°–{east:.5f}°，北纬 {south:.5f}°–{north:.5f}°"
