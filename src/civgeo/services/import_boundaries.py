"""Rows of the boundary registers: what follows from them, and what no import may change.

An import keeps to the rules of single entries (`boundary_entries`): a registered marker is moved by
works on markers only, and another course of a line is a correction that renews its markers.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import geopandas as gpd

from civgeo.domain.division import DivisionLevel
from civgeo.errors import CivgeoError, RuleViolation
from civgeo.formats.findings import Finding
from civgeo.services.boundary_entries import ENTRIES, amended, completed
from civgeo.services.boundary_places import DERIVED
from civgeo.services.boundary_records import json_text, parsed_sides, record_rows
from civgeo.services.entry_checks import FieldFaults, checked_entry
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.services.import_kinds import ImportKind
from civgeo.services.import_name_cells import object_column
from civgeo.services.import_names import resolve
from civgeo.services.import_plan import Plan
from civgeo.store.editing import ChangedValue
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

__all__ = ["BOUNDARY_LEVELS", "boundary_cells", "boundary_plan"]

BOUNDARY_LEVELS = dict.fromkeys(
    ENTRIES,
    (
        *(DivisionLevel.TOWNSHIP, DivisionLevel.COUNTY, DivisionLevel.PREFECTURE),
        DivisionLevel.PROVINCE,
    ),
)
"""Divisions under which boundaries are registered: a province's line is its own."""

_LINES = Collection.BOUNDARY_LINES
_ALONG = (Collection.BOUNDARY_POINTS, Collection.BOUNDARY_MARKERS)
_Values = dict[str, ChangedValue]


def boundary_cells(
    frame: gpd.GeoDataFrame, kind: ImportKind, headers: Mapping[str, str]
) -> tuple[gpd.GeoDataFrame, list[Finding], list[str]]:
    """Rows with sides as the register writes them, without what the shapes give.

    Parameters
    ----------
    frame, kind, headers
        As in `import_plan.plan_rows`; other kinds pass untouched.
    """
    if kind.collection not in ENTRIES:
        return frame, [], []
    given = [name for name in DERIVED.get(kind.collection, ()) if name in frame.columns]
    made, findings = frame.drop(columns=given), list[Finding]()
    titles = "、".join(kind.title_of(name) for name in given)
    notes = [f"{titles}由图形算出，文件中的值没有采用"] if given else []
    if "sides" in made.columns:
        header = headers.get("sides", "")
        made["sides"], findings = resolve(
            made["sides"], header, lambda text: json_text(parsed_sides(text))
        )
    return made, findings, notes


def boundary_plan(
    plan: Plan, kind: ImportKind, present: gpd.GeoDataFrame, reading: Reading, told: set[int]
) -> tuple[Plan, list[Finding]]:
    """The plan with what follows from each new or changed row, and rows that break a rule.

    Parameters
    ----------
    plan, kind
        Of any kind of import; other kinds pass untouched.
    present
        Records of the register, index id.
    reading
        The store.
    told
        Rows with an error already; they are not judged again.
    """
    if kind.collection not in ENTRIES:
        return plan, []
    known = _known(present, kind.collection, plan)
    whole, changes, findings = plan.whole.copy(), dict(plan.changes), list[Finding]()
    rows = [int(row) for row in whole.index]
    columns = {
        str(name): dict(zip(rows, whole[name].astype(object).tolist(), strict=True))
        for name in whole.columns
    }
    judged = plan.actions.isin(["new", "changed"]) & ~plan.actions.index.isin(told)
    for row in plan.actions.index[judged].tolist():
        id = str(columns["id"][row])
        try:
            if id in plan.changes:
                entered = _changed(reading, kind.collection, known[id], plan.changes[id])
                changes[id] = entered
            else:
                entered = _entered(reading, kind.collection, _values(columns, row, kind))
        except CivgeoError as error:
            findings += _told(error, row, kind)
        else:
            for name, value in entered.items():
                columns[name][row] = value
    for name in set(columns) - {"geometry"}:
        whole[name] = object_column([*columns[name].values()], whole.index)
    return replace(plan, whole=whole, changes=changes), findings


def _told(error: CivgeoError, row: int, kind: ImportKind) -> list[Finding]:
    faults = error.faults if isinstance(error, FieldFaults) else {"": error.message}
    return [
        Finding(row, kind.title_of(name) if name else "", "", text) for name, text in faults.items()
    ]


def _known(present: gpd.GeoDataFrame, collection: Collection, plan: Plan) -> dict[str, _Values]:
    frame = present.loc[list(plan.changes)]
    rows = zip(record_rows(frame, collection), frame.geometry, strict=True)
    return {id: {**row, "geometry": shape} for (id, row), shape in rows}  # type: ignore[dict-item]


def _values(columns: Mapping[str, Mapping[int, Any]], row: int, kind: ImportKind) -> _Values:
    """What a row says, without nulls."""
    names = [item.name for item in COLLECTIONS[kind.collection.value].entered]
    cells = {name: columns[name][row] for name in (*names, "geometry") if name in columns}
    return {name: value for name, value in cells.items() if value is not None and value == value}


def _entered(reading: Reading, collection: Collection, values: _Values) -> _Values:
    return checked_entry(reading, collection, completed(reading, collection, values))


def _changed(
    reading: Reading, collection: Collection, before: _Values, changes: Mapping[str, ChangedValue]
) -> _Values:
    code = str(before.get("code"))
    if collection is _LINES and "geometry" in changes:
        held = sum(reading.count(each, where={"line": code}) for each in _ALONG)
        if held:
            text = (
                f"界线 {code} 上已登记 {held} 个界桩或边界点，走向不能随导入修改：请用界线更正"
                "（/boundaries/registers，命令 civgeo boundaries entry correct），里程随之重算"
            )
            raise RuleViolation(text, code="other_use_case")
    wanted = amended(reading, collection, before, changes)
    return checked_entry(reading, collection, wanted, before)
