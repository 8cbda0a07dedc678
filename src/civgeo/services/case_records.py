"""Naming cases between the store's rows and the life of a name."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import geopandas as gpd
import orjson
import shapely

from civgeo.domain.division import DivisionCode
from civgeo.domain.name_case import CaseDocument, CaseState, FindingsSummary, NameCase
from civgeo.domain.naming_findings import Finding, Severity
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.procedure_rule import Action, Body, Level, ProcedureBook, Step
from civgeo.errors import NotFound
from civgeo.store.editing import ChangedValue
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

__all__ = ["CaseFile", "case_files", "case_values", "findings_json", "one_case"]

_DAYS = (
    *("submitted_on", "approved_on", "filed_on", "announced_on", "published_on"),
    *("code_issued_on", "completed_on"),
)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A naming case as the store holds it.

    Parameters
    ----------
    id, version
        The record, and the version to base the next step on.
    case
        What is done with which name, and how far it is.
    proposal
        Properties of the place name as they will be registered.
    geometry
        Where it lies, EPSG:4490, or None.
    place, place_version
        Entry that is renamed or retired, and its version when the case was opened.
    findings
        Findings of the last check.
    reason
        Why the name is given, changed or retired.
    simulated
        Whether the case is an exercise.
    attachments
        Attached files: members of ``documents`` that belong to no step.
    rules
        Rules of procedure in force for its store; None for the packaged ones.
    """

    id: str
    version: int
    case: NameCase
    proposal: Mapping[str, ChangedValue]
    geometry: shapely.Geometry | None
    place: str | None
    place_version: int | None
    findings: tuple[Mapping[str, object], ...]
    reason: str
    simulated: bool
    attachments: tuple[Mapping[str, str], ...] = ()
    rules: ProcedureBook | None = None

    def with_case(self, case: NameCase) -> "CaseFile":
        """The file with the case after a step."""
        return replace(self, case=case)


def case_files(frame: gpd.GeoDataFrame) -> list[CaseFile]:
    """The cases that rows of ``name_cases`` hold, in their order."""
    cells = frame.drop(columns="geometry").astype(object)
    rows = cells.where(cells.notna(), None).to_dict("records")
    return [
        _file(str(id), {str(name): value for name, value in row.items()}, shape)
        for id, row, shape in zip(frame.index, rows, frame.geometry, strict=True)
    ]


def one_case(reading: Reading, id: str) -> CaseFile:
    """The case of that id.

    Raises
    ------
    NotFound
        When there is none.
    """
    frame = reading.features(Collection.NAME_CASES, ids=[id])
    if frame.empty:
        raise NotFound(f"没有编号为“{id[:80]}”的案卷；案卷清单见 civgeo names case list")
    return case_files(frame)[0]


def _file(id: str, row: Mapping[str, object], shape: shapely.Geometry | None) -> CaseFile:
    proposal = orjson.loads(_json_of(row["proposal"]))
    checked = orjson.loads(_json_of(row["findings"]))
    held = orjson.loads(_json_of(row["documents"])) or []
    case = NameCase(
        name=str(row["name"]),
        action=Action(str(row["action"])),
        kind=PlaceKind(str(row["kind"])),
        state=CaseState(str(row["state"])),
        former_name=_text(row["former_name"]),
        level=Level(str(row["level"])) if row["level"] else None,
        famous=bool(proposal["entry"].get("famous")),
        division=DivisionCode.parse(str(row["division"])),
        sector=_text(row["sector"]),
        protected=bool(row["protected"]),
        materials=frozenset(orjson.loads(_json_of(row["materials"])) or []),
        findings=None if checked is None else _summary(checked),
        justification=_text(row["justification"]),
        return_reason=_text(row["return_reason"]),
        approver=Body(str(row["approver"])) if row["approver"] else None,
        extended=bool(row["extended"]),
        documents=tuple(_document(item) for item in held if "step" in item),
        **{name: _day(row[name]) for name in _DAYS},
    )
    return CaseFile(
        id=id,
        version=int(str(row["version"])),
        case=case,
        proposal=proposal["entry"],
        geometry=shape,
        place=_text(row["place"]) or None,
        place_version=proposal.get("place_version"),
        findings=tuple(checked or ()),
        reason=_text(row["reason"]),
        simulated=bool(row["simulated"]),
        attachments=tuple(item for item in held if "step" not in item),
    )


def case_values(file: CaseFile) -> dict[str, ChangedValue]:
    """Properties of the row that holds `file`, its geometry left out."""
    case = file.case
    steps = [
        {
            "step": item.step.value,
            "number": item.number,
            "dated": item.dated.isoformat(),
            "title": item.title,
        }
        for item in case.documents
    ]
    proposal = {"entry": dict(file.proposal), "place_version": file.place_version}
    unchecked = case.findings is None
    return {
        "name": case.name,
        "action": case.action.value,
        "state": case.state.value,
        "former_name": case.former_name or None,
        "kind": case.kind.value,
        "level": None if case.level is None else case.level.value,
        "sector": case.sector or None,
        "division": None if case.division is None else case.division.text,
        "place": file.place,
        "proposal": _json(proposal),
        "reason": file.reason or None,
        "justification": case.justification or None,
        "return_reason": case.return_reason or None,
        "approver": None if case.approver is None else case.approver.value,
        "materials": _json(sorted(case.materials)),
        "findings": None if unchecked else _json(list(file.findings)),
        "documents": _json([*steps, *file.attachments]),
        "protected": case.protected,
        "extended": case.extended,
        **{name: _day_text(getattr(case, name)) for name in _DAYS},
    }


def findings_json(findings: tuple[Finding, ...]) -> tuple[Mapping[str, object], ...]:
    """Findings as they are kept with the case and shown."""
    return tuple(
        {
            "rule": {
                "regulation": item.rule.regulation,
                "article": item.rule.article,
                "item": item.rule.item,
            },
            "code": item.code.value,
            "severity": item.severity.value,
            "against": list(item.against),
            "message": item.message,
        }
        for item in findings
    )


def _summary(findings: list[Mapping[str, object]]) -> FindingsSummary:
    counts = dict.fromkeys((item.value for item in Severity), 0)
    for item in findings:
        counts[str(item["severity"])] += 1
    return FindingsSummary(**counts)


def _document(item: Mapping[str, str]) -> CaseDocument:
    dated = date.fromisoformat(item["dated"])
    return CaseDocument(Step(item["step"]), item["number"], dated, item["title"])


def _json_of(text: object) -> str:
    return text if isinstance(text, str) else "null"


def _json(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _day(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None


def _day_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
