"""Works on markers in the store: each public function is one use case.

The works hold what is proposed; the register of markers changes with their last step, in the same
transaction, and from the day of the work on the ground.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import uuid4

import geopandas as gpd
import shapely

from civgeo.domain.boundary_forms import MarkerState
from civgeo.domain.history import Edit
from civgeo.domain.marker_work import (
    MOVING,
    MarkerWork,
    WorkStep,
    done_on,
    next_step,
    propose,
    take_step,
    withdraw,
)
from civgeo.domain.round_forms import WorkKind, WorkState
from civgeo.errors import InvalidInput, NotFound, RuleViolation
from civgeo.formats.boundary_rules import marker_work_steps
from civgeo.services.boundary_entries import POSITION, completed
from civgeo.services.boundary_places import along_line
from civgeo.services.boundary_records import (
    codes_of,
    division_names,
    json_text,
    line_entry,
    record_rows,
)
from civgeo.services.boundary_references import open_works
from civgeo.services.city import City
from civgeo.services.editing import Saved
from civgeo.services.entry_checks import checked_entry
from civgeo.services.entry_ids import refuse_taken
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.services.work_records import WorkFile, work_document, work_files, work_values
from civgeo.store.editing import ChangedValue
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection
from civgeo.store.writing import Writing

__all__ = ["Proposal", "one_work_document", "open_work", "step_work", "withdraw_work"]
__all__ += ["work_documents", "work_file", "works"]

_WORKS, _MARKERS = Collection.MARKER_WORKS, Collection.BOUNDARY_MARKERS
_RECORDED = tuple(name for name in POSITION if name != "geometry")


@dataclass(frozen=True, slots=True)
class Proposal:
    """Works that are proposed.

    Parameters
    ----------
    kind, cause
        What is done, and why.
    marker
        Id of the marker's entry; None for one that is added.
    properties
        What the register takes over at the end, ``geometry`` (shapely POINT, EPSG:4490) among
        them: for moved and added markers the new position, for an added one all of its entry.
    responsible
        Side that does it; by default the one that keeps the marker, else the first.
    on
        Day of the proposal; by default the city's today.
    due
        Last day that the bureau sets.
    """

    kind: WorkKind
    cause: str
    marker: str | None = None
    properties: Mapping[str, ChangedValue] | None = None
    responsible: str | None = None
    on: date | None = None
    due: date | None = None


def open_work(city: City, proposal: Proposal, edit: Edit) -> Saved:
    """Open works on a marker; the register stays as it is.

    Parameters
    ----------
    city, proposal
        What is proposed.
    edit
        Who proposes, on the strength of what.

    Raises
    ------
    NotFound
        When there is no such marker or line.
    InvalidInput, FieldFaults
        When the marker or the cause is missing, a position is given for works that move nothing
        or left out for those that do, or the entry could not be registered.
    RuleViolation
        ``work_open`` when works on the marker are open already, ``future`` for a day ahead.
    """
    _require_whole(proposal)
    with city.store.read() as reading:
        file = _drafted(reading, city, proposal, edit)
        row = {
            "id": file.id,
            "version": 1,
            **dict.fromkeys(item.name for item in COLLECTIONS[_WORKS.value].entered),
            **work_values(file),
            "source": edit.document,
            "simulated": file.simulated,
            "geometry": file.geometry,
        }
    frame = gpd.GeoDataFrame([row], geometry="geometry", crs="EPSG:4490").set_index("id")
    with city.store.write() as writing:
        _refuse_second(writing, file)
        writing.create(_WORKS, frame, _whole(edit))
    return Saved(file.id, 1)


def step_work(
    city: City, id: str, step: WorkStep, edit: Edit, expected_version: int | None
) -> Saved:
    """Record a step; the last one writes the marker's register entry in the same transaction.

    Parameters
    ----------
    city, id
        The works.
    step
        What was done, when, on which document, and who was there.
    edit
        Who records it.
    expected_version
        Version of the works that was seen.

    Raises
    ------
    NotFound, VersionRequired, StaleVersion
        When there are no such works, or they are at another version.
    RuleViolation
        When the step is not the next one, somebody or a document is missing, the day does not
        fit, or the marker was changed meanwhile (``marker_changed``).
    """
    rules = marker_work_steps()
    return _stepped(
        city, id, lambda work: take_step(work, step, rules, city.today), edit, expected_version
    )


def withdraw_work(
    city: City, id: str, step: WorkStep, edit: Edit, expected_version: int | None
) -> Saved:
    """Give works up before anything was done on the ground; errors as `step_work`."""
    rules = marker_work_steps()
    return _stepped(
        city, id, lambda work: withdraw(work, step, rules, city.today), edit, expected_version
    )


def works(city: City, *, state: WorkState | None = None, line: str | None = None) -> list[WorkFile]:
    """Works in the order in which they were opened."""
    where = {} if state is None else {"state": state.value}
    where |= {} if line is None else {"line": line}
    with city.store.read() as reading:
        return work_files(reading.features(_WORKS, where=where))


def work_file(city: City, id: str) -> WorkFile:
    """One case of works; raises NotFound."""
    with city.store.read() as reading:
        return _one(reading, id)


def work_documents(
    city: City, *, state: WorkState | None = None, line: str | None = None
) -> list[dict[str, object]]:
    """As `works`, ready for JSON."""
    rules = marker_work_steps()
    with city.store.read() as reading:
        names = division_names(reading)
    found = works(city, state=state, line=line)
    return [work_document(file, rules, names, city.today) for file in found]


def one_work_document(city: City, id: str) -> dict[str, object]:
    """One case of works, ready for JSON; raises NotFound."""
    with city.store.read() as reading:
        file, names = _one(reading, id), division_names(reading)
    return work_document(file, marker_work_steps(), names, city.today)


def _one(reading: Reading, id: str) -> WorkFile:
    frame = reading.features(_WORKS, ids=[id])
    if frame.empty:
        text = f"没有编号为“{id[:80]}”的界桩变动；清单见 civgeo boundaries work list"
        raise NotFound(text)
    return work_files(frame)[0]


def _whole(edit: Edit) -> Edit:
    return replace(edit, valid_from=None, valid_to=None)


def _require_whole(proposal: Proposal) -> None:
    kind, given = proposal.kind, proposal.properties or {}
    if not proposal.cause.strip():
        raise InvalidInput("请写明事由（cause）", code="missing_key")
    if (proposal.marker is None) != (kind is WorkKind.ADD):
        text = "增设界桩不写 marker" if kind is WorkKind.ADD else f"{kind.label_zh}要写明 marker"
        raise InvalidInput(f"{text}（界桩登记编号）", code="missing_key")
    placed = [name for name in POSITION if given.get(name) is not None]
    if kind not in MOVING and placed:
        text = f"{kind.label_zh}不改变位置，请去掉 {'、'.join(placed)}；要移动请办“移动”"
        raise InvalidInput(text, code="bad_value")
    if kind in MOVING and not isinstance(given.get("geometry"), shapely.Point):
        raise InvalidInput(f"{kind.label_zh}要给出新位置（geometry，点）", code="missing_key")


def _drafted(reading: Reading, city: City, proposal: Proposal, edit: Edit) -> WorkFile:
    given = dict(proposal.properties or {})
    known: dict[str, ChangedValue] = {}
    if proposal.marker is None:
        entered = completed(reading, _MARKERS, {"source": edit.document, **given})
        refuse_taken(reading, _MARKERS, entered)
        known, entry = entered, checked_entry(reading, _MARKERS, entered)
    else:
        known = _marker(reading, proposal.marker)
        if "line" in given and given["line"] != known["line"]:
            raise InvalidInput("界桩变动不改所在界线（line）", code="bad_value")
        entry = checked_entry(reading, _MARKERS, given, known) if given else {}
    line = line_entry(reading, str(known["line"]))
    sides = codes_of(known.get("sides")) or line.facts.sides
    keeper = proposal.responsible or known.get("responsible") or sides[0]
    on = proposal.on or city.today
    if on > city.today:
        raise RuleViolation(f"日期 {on} 在今天之后：请到期再登记", code="future")
    first = WorkStep(WorkState.PROPOSED, on, edit.document, (), edit.actor)
    shape = entry.pop("geometry", None)
    return WorkFile(
        id=str(uuid4()),
        version=1,
        work=propose(proposal.kind, sides, str(keeper), first),
        name=str(known["number"]),
        line=line.facts.code,
        division=str(known["division"]),
        marker=proposal.marker,
        cause=proposal.cause.strip(),
        proposal={name: value for name, value in entry.items() if value is not None},
        standing={} if proposal.marker is None else _standing(known),
        geometry=shape if isinstance(shape, shapely.Geometry) else None,
        due=proposal.due,
        simulated=reading.register().simulated,
    )


def _marker(reading: Reading, id: str) -> dict[str, ChangedValue]:
    """Properties of a marker that exists today, its geometry among them."""
    frame = reading.features(_MARKERS, ids=[id])
    if frame.empty:
        raise NotFound(f"界桩登记中没有编号为“{id[:80]}”的现存界桩")
    _, row = record_rows(frame, _MARKERS)[0]
    if row["line"] is None:
        text = f"界桩 {row['number']} 没有登记所在界线：请先补登 line，再办变动"
        raise RuleViolation(text, code="line_missing")
    return {**row, "geometry": frame.geometry.iloc[0]}  # type: ignore[dict-item]


def _standing(known: Mapping[str, ChangedValue]) -> dict[str, ChangedValue]:
    """Where a marker stands, as plain values."""
    shape = known["geometry"]
    shape = shape if isinstance(shape, shapely.Geometry) else None
    place = shapely.to_wkt(shape, rounding_precision=-1) if shape is not None else None
    return {"geometry": place, **{name: known.get(name) for name in _RECORDED}}


def _refuse_second(reading: Reading, file: WorkFile) -> None:
    key = {"name": file.name, "line": file.line}
    if file.marker is not None:
        key = {"marker": file.marker}
    for other in open_works(reading, **key):
        text = (
            f"界桩 {file.name} 的“{other.work.kind.label_zh}”（编号 {other.id}）尚未办完："
            "请先办完或撤回"
        )
        raise RuleViolation(text, code="work_open")


def _stepped(
    city: City,
    id: str,
    change: Callable[[MarkerWork], MarkerWork],
    edit: Edit,
    expected_version: int | None,
) -> Saved:
    """The works after `change`, written with all that it brings in one transaction."""
    with city.store.read() as reading:
        file = _one(reading, id)
        reading.rehearse(_WORKS, id, {"cause": file.cause}, _whole(edit), expected_version)
    after = file.with_work(change(file.work))
    values = work_values(after)
    with city.store.write() as writing:
        version = writing.correct(_WORKS, id, values, _whole(edit), expected_version)
        ended = next_step(after.work, marker_work_steps()) is None
        if ended and after.work.state is not WorkState.WITHDRAWN:
            marker = _registered(writing, after, edit)
            if marker != after.marker:
                version = writing.correct(_WORKS, id, {"marker": marker}, _whole(edit), version)
    return Saved(id, version)


def _registered(writing: Writing, file: WorkFile, edit: Edit) -> str:
    """Bring the register of markers to what the works did, from the day of the work on."""
    held = replace(_by_last_document(file, edit), valid_from=done_on(file.work), valid_to=None)
    if file.marker is None:
        return _added(writing, file, held)
    known = _marker(writing, file.marker)
    if _standing(known) != dict(file.standing):
        text = f"界桩 {file.name} 的登记位置在提出变动之后改过：请撤回本件，按现在的登记重新提出"
        raise RuleViolation(text, code="marker_changed")
    version = int(str(known["version"]))
    if file.work.kind is WorkKind.SCRAP:
        writing.close(_MARKERS, file.marker, held, version)
        return file.marker
    changes: dict[str, ChangedValue] = {"state": MarkerState.INTACT.value, **file.proposal}
    if file.work.kind is WorkKind.MOVE:
        stale = {name: None for name in _RECORDED if known.get(name) is not None}
        changes = {**stale, **changes, "geometry": file.geometry, **_place(writing, file)}
    writing.correct(_MARKERS, file.marker, changes, held, version)
    return file.marker


def _by_last_document(file: WorkFile, edit: Edit) -> Edit:
    named = [step for step in file.work.steps if step.document.strip()]
    return replace(edit, document=named[-1].document, document_date=None)


def _place(reading: Reading, file: WorkFile) -> dict[str, ChangedValue]:
    if file.geometry is None:
        return {}
    places = gpd.GeoDataFrame(geometry=[file.geometry], crs="EPSG:4490")
    return along_line(line_entry(reading, file.line).route(), places)[0]


def _added(writing: Writing, file: WorkFile, edit: Edit) -> str:
    id = str(uuid4())
    row = {
        "id": id,
        "version": 1,
        **dict.fromkeys(item.name for item in COLLECTIONS[_MARKERS.value].entered),
        **file.proposal,
        "state": MarkerState.INTACT.value,
        "set_on": done_on(file.work).isoformat(),
        **_place(writing, file),
        "sides": json_text(list(file.work.sides)),
        "source": edit.document,
        "simulated": file.simulated,
        "geometry": file.geometry,
    }
    frame = gpd.GeoDataFrame([row], geometry="geometry", crs="EPSG:4490").set_index("id")
    writing.create(_MARKERS, frame, edit)
    return id
