"""Works on markers between the store's rows and their steps; and as documents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import geopandas as gpd
import orjson
import shapely

from civgeo.domain.marker_work import (
    MarkerWork,
    StepRule,
    WorkStep,
    needed_parties,
    next_step,
    path,
)
from civgeo.domain.round_forms import WorkKind, WorkState
from civgeo.services.boundary_records import (
    day_of,
    json_text,
    record_rows,
    sides_text,
    unfolded,
)
from civgeo.store.editing import ChangedValue
from civgeo.store.tables import Collection

__all__ = ["WorkFile", "work_document", "work_files", "work_values"]


@dataclass(frozen=True, slots=True)
class WorkFile:
    """Works on one marker as the store holds them.

    Parameters
    ----------
    id, version
        The record, and the version to base the next step on.
    work
        What is done, by whom, and how far it is.
    name, line, division
        Number of the marker, code of its line, division under which the works are registered.
    marker
        Id of the marker's register entry; None until an added one is registered.
    cause
        Why.
    proposal
        Properties that the register takes over at the end.
    standing
        Position of the marker when the works were opened; they end only while it stands there.
    geometry
        Where the marker is to stand, EPSG:4490.
    due
        Last day that the bureau set.
    simulated
        Whether it is an exercise.
    """

    id: str
    version: int
    work: MarkerWork
    name: str
    line: str
    division: str
    marker: str | None
    cause: str
    proposal: Mapping[str, ChangedValue]
    standing: Mapping[str, ChangedValue]
    geometry: shapely.Geometry | None
    due: date | None
    simulated: bool

    def with_work(self, work: MarkerWork) -> "WorkFile":
        """The file with the works after a step."""
        return replace(self, work=work)


def work_files(frame: gpd.GeoDataFrame) -> list[WorkFile]:
    """The works that rows of ``marker_works`` hold, in their order."""
    rows = record_rows(frame, Collection.MARKER_WORKS)
    return [_file(id, row, shape) for (id, row), shape in zip(rows, frame.geometry, strict=True)]


def _file(id: str, row: Mapping[str, object], shape: shapely.Geometry | None) -> WorkFile:
    proposal = orjson.loads(str(row["proposal"]))
    work = MarkerWork(
        WorkKind(str(row["kind"])),
        tuple(proposal["sides"]),
        str(row["responsible"]),
        tuple(_step(item) for item in orjson.loads(str(row["steps"]))),
    )
    return WorkFile(
        id=id,
        version=int(str(row["version"])),
        work=work,
        name=str(row["name"]),
        line=str(row["line"]),
        division=str(row["division"]),
        marker=None if row["marker"] is None else str(row["marker"]),
        cause=str(row["cause"]),
        proposal=proposal["entry"],
        standing=proposal["standing"],
        geometry=shape,
        due=day_of(row["due"]),
        simulated=bool(row["simulated"]),
    )


def _step(item: Mapping[str, object]) -> WorkStep:
    present = item.get("present")
    return WorkStep(
        WorkState(str(item["step"])),
        date.fromisoformat(str(item["on"])),
        str(item.get("document") or ""),
        tuple(present) if isinstance(present, list) else (),
        str(item.get("by") or ""),
    )


def _step_told(step: WorkStep) -> dict[str, object]:
    return {
        "step": step.step.value,
        "on": step.on.isoformat(),
        "document": step.document or None,
        "present": list(step.present),
        "by": step.by or None,
    }


def work_values(file: WorkFile) -> dict[str, ChangedValue]:
    """Properties of the row that holds `file`, its geometry left out."""
    work = file.work
    proposal = {
        "entry": dict(file.proposal),
        "standing": dict(file.standing),
        "sides": list(work.sides),
    }
    present = sorted({side for step in work.steps for side in step.present})
    return {
        "name": file.name,
        "line": file.line,
        "marker": file.marker,
        "kind": work.kind.value,
        "state": work.state.value,
        "division": file.division,
        "responsible": work.responsible,
        "present": json_text(present) if present else None,
        "cause": file.cause,
        "proposal": json_text(proposal),
        "steps": json_text([_step_told(step) for step in work.steps]),
        "due": None if file.due is None else file.due.isoformat(),
    }


def work_document(
    file: WorkFile, rules: Sequence[StepRule], names: Mapping[str, str], today: date
) -> dict[str, object]:
    """The works with the steps taken, the next step and who must be there, ready for JSON.

    Parameters
    ----------
    file, rules
        The works; steps of all kinds.
    names
        Names of divisions by code.
    today
        Day of the question.
    """
    work, following = file.work, next_step(file.work, rules)
    late = file.due is not None and following is not None and today > file.due
    return {
        "id": file.id,
        "version": file.version,
        "kind": work.kind.value,
        "kind_zh": work.kind.label_zh,
        "state": work.state.value,
        "state_zh": work.state.label_zh,
        "number": file.name,
        "line": file.line,
        "marker": file.marker,
        "sides": list(work.sides),
        "responsible": work.responsible,
        "responsible_zh": names.get(work.responsible, work.responsible),
        "cause": file.cause,
        "proposal": unfolded(file.proposal, Collection.BOUNDARY_MARKERS),
        "geometry": _geometry(file.geometry),
        "steps": [{**_step_told(step), "label_zh": step.step.label_zh} for step in work.steps],
        "next": None if following is None else _next_told(work, following, names),
        "path": [rule.step.value for rule in path(work.kind, rules)],
        "due": None if file.due is None else file.due.isoformat(),
        "overdue_days": (today - file.due).days if late and file.due else None,
        "simulated": file.simulated,
    }


def _next_told(work: MarkerWork, rule: StepRule, names: Mapping[str, str]) -> dict[str, object]:
    needed = needed_parties(work, rule)
    return {
        "step": rule.step.value,
        "label_zh": rule.step.label_zh,
        "present": list(needed),
        "present_zh": sides_text(needed, names),
        "document": rule.document,
        "told": rule.note,
        "basis": rule.basis,
        "evidence": rule.evidence,
    }


def _geometry(shape: shapely.Geometry | None) -> object:
    return None if shape is None else orjson.loads(shapely.to_geojson(shape))
