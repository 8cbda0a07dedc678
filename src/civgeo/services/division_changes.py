"""Changes of divisions as drafts in the store: each public function is one use case.

A draft shows its effects and writes nothing elsewhere. With the approval the registered lines
that the officer names become lines to demarcate, in the same transaction; divisions themselves
are renewed by an import that names the approval.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import uuid4

import geopandas as gpd

from civgeo.domain.boundary_forms import LineStatus
from civgeo.domain.division_change import ChangeDraft, NewDivision, checked_draft
from civgeo.domain.history import Edit
from civgeo.domain.round_forms import ChangeKind
from civgeo.domain.round_terms import term_end
from civgeo.errors import InvalidInput, NotFound, RuleViolation
from civgeo.formats.boundary_rules import boundary_terms
from civgeo.services.boundary_records import (
    day_of,
    json_text,
    line_entry,
    own_division,
    record_rows,
    structure,
)
from civgeo.services.city import City
from civgeo.services.division_effects import effects_of
from civgeo.services.editing import Saved
from civgeo.services.entry_checks import checked_entry
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.store.editing import ChangedValue
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection
from civgeo.store.writing import Writing

__all__ = [
    "Approval",
    "ChangeFile",
    "approve_change",
    "change_document",
    "change_file",
    "changes",
    "effects_told",
    "finish_change",
    "open_change",
    "renew_effects",
    "withdraw_change",
]

_CHANGES, _LINES = Collection.DIVISION_CHANGES, Collection.BOUNDARY_LINES
_DRAFT, _APPROVED, _DONE, _WITHDRAWN = "draft", "approved", "done", "withdrawn"


@dataclass(frozen=True, slots=True)
class ChangeFile:
    """A change of divisions as the store holds it.

    Parameters
    ----------
    id, version
        The record, and the version to base the next step on.
    name, state, reason
        As registered.
    draft
        What becomes of which divisions.
    approved_on, approval
        Day and number of the approval, None before it.
    effects
        What it touches, as worked out last.
    simulated
        Whether it is an exercise.
    """

    id: str
    version: int
    name: str
    state: str
    reason: str | None
    draft: ChangeDraft
    approved_on: date | None
    approval: str | None
    effects: Mapping[str, object]
    simulated: bool


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval: its day, its number, and the codes of the lines to demarcate anew."""

    on: date
    number: str
    lines: Sequence[str] = ()


def open_change(
    city: City, name: str, draft: ChangeDraft, edit: Edit, *, reason: str = ""
) -> Saved:
    """Open a draft with its effects.

    Parameters
    ----------
    city, name, draft
        What changes, and how the draft is called.
    edit
        Who drafts, on the strength of what.
    reason
        Why the divisions are to change.

    Raises
    ------
    InvalidInput, FieldFaults
        When the draft is not what a change may be, or the store knows none of its divisions.
    """
    if not name.strip():
        raise InvalidInput("请写明变更名称（name）", code="missing_key")
    checked = checked_draft(draft)
    with city.store.read() as reading:
        effects = effects_of(reading, checked, None, city.today)
        values: dict[str, ChangedValue] = {
            "name": name.strip(),
            "kind": checked.kind.value,
            "state": _DRAFT,
            "division": own_division(reading, checked.before),
            "before": json_text(list(checked.before)),
            "after": json_text([_told(item) for item in checked.after]),
            "reason": reason.strip() or None,
            "effects": json_text(effects),
            "source": edit.document,
            "simulated": reading.register().simulated,
        }
        entered = checked_entry(reading, _CHANGES, values)
    id = str(uuid4())
    names = [item.name for item in COLLECTIONS[_CHANGES.value].entered]
    row = {"id": id, "version": 1, **dict.fromkeys(names), **entered, "geometry": None}
    frame = gpd.GeoDataFrame([row], geometry="geometry", crs="EPSG:4490").set_index("id")
    with city.store.write() as writing:
        writing.create(_CHANGES, frame, _whole(edit))
    return Saved(id, 1)


def renew_effects(city: City, id: str, edit: Edit, expected_version: int | None) -> Saved:
    """Work the effects out again from today's registers.

    Raises
    ------
    NotFound, VersionRequired, StaleVersion
        When there is no such draft, or it is at another version.
    RuleViolation
        When it is withdrawn or finished.
    """
    return _moved(city, id, (_DRAFT, _APPROVED), {}, edit, expected_version)


def approve_change(
    city: City, id: str, approval: Approval, edit: Edit, expected_version: int | None
) -> Saved:
    """Record the approval; the lines that it names become lines to demarcate within the term.

    Parameters
    ----------
    city, id
        The draft.
    approval
        Day and number; codes of registered lines whose course changes. Only the draft and these
        lines are written.
    edit, expected_version
        Who records it; version that was seen.

    Raises
    ------
    NotFound
        When there is no such draft, or a line is not registered.
    RuleViolation
        When it is no draft any more, or the day lies ahead.
    InvalidInput
        Without a number.
    VersionRequired, StaleVersion
        As `renew_effects`.
    """
    if approval.on > city.today:
        raise RuleViolation(f"批准日期 {approval.on} 在今天之后：请到期再登记", code="future")
    if not approval.number.strip():
        raise InvalidInput("请写明批准文号（number）", code="missing_key")
    given: dict[str, ChangedValue] = {
        "state": _APPROVED,
        "approved_on": approval.on.isoformat(),
        "approval": approval.number.strip(),
    }
    by_approval = replace(
        edit, document=approval.number.strip(), document_date=approval.on, valid_from=approval.on
    )

    def lines(writing: Writing) -> None:
        for code in approval.lines:
            _to_demarcate(writing, code, approval.on, by_approval)

    return _moved(city, id, (_DRAFT,), given, edit, expected_version, lines)


def finish_change(city: City, id: str, edit: Edit, expected_version: int | None) -> Saved:
    """Record that an approved change is carried out; errors as `renew_effects`."""
    return _moved(city, id, (_APPROVED,), {"state": _DONE}, edit, expected_version)


def withdraw_change(city: City, id: str, edit: Edit, expected_version: int | None) -> Saved:
    """Give a draft up; errors as `renew_effects`."""
    return _moved(city, id, (_DRAFT,), {"state": _WITHDRAWN}, edit, expected_version)


def changes(city: City, *, state: str | None = None) -> list[ChangeFile]:
    """Changes in the order in which they were drafted."""
    with city.store.read() as reading:
        frame = reading.features(_CHANGES, where={} if state is None else {"state": state})
    return [_file(id, row) for id, row in record_rows(frame, _CHANGES)]


def change_file(city: City, id: str) -> ChangeFile:
    """One change; raises NotFound."""
    with city.store.read() as reading:
        return _one(reading, id)


def change_document(file: ChangeFile) -> dict[str, object]:
    """A change with its effects, ready for JSON."""
    state = COLLECTIONS[_CHANGES.value].property("state")
    return {
        "id": file.id,
        "version": file.version,
        "name": file.name,
        "kind": file.draft.kind.value,
        "kind_zh": file.draft.kind.label_zh,
        "state": file.state,
        "state_zh": file.state if state is None else state.label(file.state),
        "before": list(file.draft.before),
        "after": [_told(item) for item in file.draft.after],
        "reason": file.reason,
        "approved_on": None if file.approved_on is None else file.approved_on.isoformat(),
        "approval": file.approval,
        "effects": dict(file.effects),
        "simulated": file.simulated,
    }


def effects_told(file: ChangeFile) -> list[str]:
    """The effects of a change in short lines of Chinese."""
    found = file.effects
    names, markers = _members(found.get("names")), _members(found.get("markers"))
    lines = _items(found.get("lines"))
    told = [
        f"地名：位于其中 {names.get('inside')}，跨入 {names.get('spanning')}，"
        f"含有其名 {names.get('bearing')}",
        *(f"{title}：{count} 条记录的代码" for title, count in _members(found["records"]).items()),
        *(f"界线 {item['name']}（{item['code']}）：{item['effect']}" for item in lines),
        f"界桩：按各方 {markers.get('by_sides')}，按位置 {markers.get('by_geometry')}",
        *(
            f"新界线：{'、'.join(item['between'])}，"
            f"勘定期限 {item['demarcate_by'] or '自批准之日起算'}"
            for item in _items(found.get("new_lines"))
        ),
        *(_clock_told(item) for item in _items(found.get("clocks"))),
    ]
    notes, unknown = found.get("code_notes"), found.get("unknown")
    told += [f"代码：{text}" for text in (notes if isinstance(notes, list) else [])]
    return told + [f"不明：{text}" for text in (unknown if isinstance(unknown, list) else [])]


def _clock_told(item: Mapping[str, Any]) -> str:
    due = item["due"] or f"批准后 {item['months']} 个月"
    return f"{item['title']}：{due}（{item['basis']}）"


def _members(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _items(value: object) -> list[dict[str, Any]]:
    return value if isinstance(value, list) else []


def _told(item: NewDivision) -> dict[str, object]:
    return {"name": item.name, "code": item.code}


def _whole(edit: Edit) -> Edit:
    return replace(edit, valid_from=None, valid_to=None)


def _one(reading: Reading, id: str) -> ChangeFile:
    frame = reading.features(_CHANGES, ids=[id])
    if frame.empty:
        text = f"没有编号为“{id[:80]}”的区划变更；清单见 civgeo divisions change list"
        raise NotFound(text)
    return _file(*record_rows(frame, _CHANGES)[0])


def _file(id: str, row: Mapping[str, object]) -> ChangeFile:
    before, after = structure(row["before"]), structure(row["after"])
    effects = structure(row["effects"])
    following = tuple(
        NewDivision(str(item["name"]), item.get("code"))
        for item in (after if isinstance(after, list) else [])
    )
    codes = tuple(map(str, before)) if isinstance(before, list) else ()
    texts = {name: row[name] for name in ("reason", "approval")}
    return ChangeFile(
        id=id,
        version=int(str(row["version"])),
        name=str(row["name"]),
        state=str(row["state"]),
        draft=ChangeDraft(ChangeKind(str(row["kind"])), codes, following),
        approved_on=day_of(row["approved_on"]),
        effects=effects if isinstance(effects, dict) else {},
        simulated=bool(row["simulated"]),
        **{name: None if text is None else str(text) for name, text in texts.items()},
    )


def _moved(
    city: City,
    id: str,
    states: tuple[str, ...],
    given: Mapping[str, ChangedValue],
    edit: Edit,
    expected_version: int | None,
    beside: Callable[[Writing], None] | None = None,
) -> Saved:
    """The change with `given` and its effects of today, and what is written `beside`."""
    with city.store.read() as reading:
        file = _one(reading, id)
        reading.rehearse(_CHANGES, id, {"name": file.name}, _whole(edit), expected_version)
        if file.state not in states:
            text = f"区划变更“{file.name}”现在不能办这一步（进度 {file.state}）"
            raise RuleViolation(text, code="step_not_open")
        approved = day_of(given.get("approved_on")) or file.approved_on
        effects = effects_of(reading, file.draft, approved, city.today)
    values = {**given, "effects": json_text(effects)}
    with city.store.write() as writing:
        if beside is not None:
            beside(writing)
        version = writing.correct(_CHANGES, id, values, _whole(edit), expected_version)
    return Saved(id, version)


def _to_demarcate(writing: Writing, code: str, approved_on: date, edit: Edit) -> None:
    entry = line_entry(writing, code)
    limit = term_end(approved_on, boundary_terms().demarcation_limit)
    changed: dict[str, ChangedValue] = {
        "status": LineStatus.TO_DEMARCATE.value,
        "changed_on": approved_on.isoformat(),
        "demarcate_by": limit.isoformat(),
    }
    writing.correct(_LINES, entry.id, changed, edit, entry.version)
