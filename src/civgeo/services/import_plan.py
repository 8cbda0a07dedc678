"""What a file would do to the store: which rows are new, changed, unchanged, or cannot be taken."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from civgeo.formats.findings import Finding, Severity
from civgeo.services.boundary_records import codes_of
from civgeo.services.import_kinds import ImportKind
from civgeo.services.import_names import folded
from civgeo.store.editing import ChangedValue
from civgeo.store.tables import VALIDITY, Collection

__all__ = ["Plan", "Present", "identity_keys", "key_text", "plan_rows"]

SAME_DEG = 1e-7
"""Geometries that differ by no more (a centimetre) are the same."""

TAKEN_BACK = "0001-01-01"
"""End of records that an undo took back altogether; their ids are free again."""

_Objects = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Present:
    """What the store holds of the collection.

    Parameters
    ----------
    frame
        Records that exist, index id.
    ended
        Day on which a record ended, by id, for ids of the file that do not exist today.
    """

    frame: gpd.GeoDataFrame
    ended: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """What the rows of a file would do.

    Parameters
    ----------
    actions
        ``new``, ``changed``, ``unchanged`` or ``refused`` by row of the file.
    whole
        Rows as they would stand in the store, index the row of the file; ``id`` among the columns.
    new, revived
        Records to enter, and those to let exist again, index id.
    changes, versions
        New values of changed records, and the versions that they were compared with, by id.
    own, keys
        What tells the record of each row (its id, else what it is called), and what it is called;
        None for nothing.
    findings
        Of matching and comparing.
    """

    actions: pd.Series
    whole: gpd.GeoDataFrame
    new: gpd.GeoDataFrame
    revived: gpd.GeoDataFrame
    changes: Mapping[str, Mapping[str, ChangedValue]]
    versions: Mapping[str, int]
    own: pd.Series
    keys: pd.Series
    findings: list[Finding] = field(default_factory=list)


def plan_rows(
    frame: gpd.GeoDataFrame,
    kind: ImportKind,
    present: Present,
    headers: Mapping[str, str],
    seed: str,
    keys: pd.Series | None = None,
) -> Plan:
    """Compare the rows with what is there.

    A row is the record of its id; without one, that of its identity (name and division, for
    facilities the kind too). An empty cell leaves the value that is there.

    Parameters
    ----------
    frame
        EPSG:4490, index row of the file; resolved properties of the kind.
    kind, present
        What is imported, and what is there.
    headers
        Header of the file by property.
    seed
        Makes the ids of new records; the same for the same batch.
    keys
        What the rows are called (`identity_keys`), where that is known.
    """
    keys = identity_keys(frame, kind.identity, kind.may_lack) if keys is None else keys
    ids, findings = _identified(frame, keys, kind, present, headers)
    own = ids.where(ids.notna(), keys)
    findings += _repeated(own)
    whole, differs = _overlaid(frame, kind, present.frame, ids)
    matched = ids.isin(present.frame.index)
    if kind.collection is Collection.DIVISIONS:
        findings += _moved_dates(frame, differs, matched, headers)
    told = {item.row for item in findings if item.severity is Severity.ERROR}
    refused = pd.Series(frame.index.isin(told), index=frame.index)
    touched = pd.Series(np.any(list(differs.values()), axis=0), index=frame.index) & matched
    actions = pd.Series("unchanged", index=frame.index, dtype=object)
    actions[~matched] = "new"
    actions[touched] = "changed"
    actions[refused] = "refused"
    whole["id"] = _with_new_ids(ids, seed)
    whole["is_new"] = ~matched
    new = whole["is_new"] & ~refused
    again = new & whole["id"].isin(list(present.ended))
    return Plan(
        actions=actions,
        whole=whole,
        new=_entered(whole[new & ~again]),
        revived=_entered(whole[again]),
        changes=_changes(whole, differs, actions == "changed"),
        versions=_versions(present.frame, whole["id"][actions == "changed"]),
        own=own,
        keys=keys,
        findings=findings,
    )


def _entered(rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    entered = rows.drop(columns="is_new").set_index("id")
    return entered.assign(version=1)


def _versions(present: gpd.GeoDataFrame, ids: pd.Series) -> dict[str, int]:
    found = present["version"].reindex(ids.tolist())
    return {str(id): int(version) for id, version in found.items()}


def _with_new_ids(ids: pd.Series, seed: str) -> pd.Series:
    make = _id_maker(seed)
    made = [make(row) if pd.isna(id) else str(id) for row, id in zip(_rows(ids), ids, strict=True)]
    return pd.Series(made, index=ids.index, dtype=object)


def _id_maker(seed: str) -> Callable[[int], str]:
    """Ids of the rows of one batch: UUIDs (version 8) that stand in the order of the rows.

    They begin with the time that `seed` begins with and end with a digest of it; so the indexes
    of the store grow at their end, and not everywhere at once.
    """
    digits = "".join(char for char in seed[:15] if char.isdigit())
    time = int(digits or "0") & 0xFFFFFFFFFFFF
    tail = int.from_bytes(sha256(seed.encode()).digest()[:6]) & 0x3FFFFFFFFFF
    head = f"{time >> 16:08x}-{time & 0xFFFF:04x}"

    def make(row: int) -> str:
        high, middle = row >> 20 & 0xFFF, 0x8000 | row >> 6 & 0x3FFF
        return f"{head}-8{high:03x}-{middle:04x}-{(row & 0x3F) << 42 | tail:012x}"

    return make


def _identified(
    frame: gpd.GeoDataFrame,
    keys: pd.Series,
    kind: ImportKind,
    present: Present,
    headers: Mapping[str, str],
) -> tuple[pd.Series, list[Finding]]:
    """Id of each row, null for new ones without an id of their own; rows that are ambiguous."""
    given = _column(frame, "id") if "id" in frame.columns else _nothing(frame.index)
    header = headers.get("id", headers.get("code", ""))
    findings = _strange_ids(given, present, header) + _ended_ids(given, present, kind, header)
    known: dict[tuple[str, ...], list[str]] = {}
    for id, key in identity_keys(present.frame, kind.identity, kind.may_lack).to_dict().items():
        if key is not None:
            known.setdefault(key, []).append(str(id))
    matched: list[str | None] = given.tolist()
    for place, (row, key) in enumerate(zip(_rows(keys), keys.tolist(), strict=True)):
        found = known.get(key, []) if key is not None and matched[place] is None else []
        if len(found) == 1:
            matched[place] = found[0]
        elif found:
            text = f"登记库中有 {len(found)} 条同名记录：{'、'.join(found[:4])}。请填编号"
            findings.append(Finding(row, headers.get("name", ""), str(key[0]), text))
    return pd.Series(matched, index=frame.index, dtype=object), findings


def _nothing(index: pd.Index) -> pd.Series:
    return pd.Series([None] * len(index), index=index, dtype=object)


def _rows(values: "pd.Series[Any]") -> list[int]:
    """Rows of the file that the values stand in."""
    return values.index.to_numpy(dtype=np.int64).tolist()


def _folded_cells(column: pd.Series) -> list[str | None]:
    """Each text for comparison; equal ones are folded once."""
    cells = column.tolist()
    texts = {cell: None if cell is None else folded(cell) for cell in {*cells}}
    return [texts[cell] for cell in cells]


def key_text(key: object) -> str | None:
    """What a record is called, as one text."""
    return "\x1f".join(map(str, key)) if isinstance(key, tuple) else None


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    values = frame[name].astype(object)
    return values.where(values.notna(), None)


def identity_keys(
    frame: pd.DataFrame, identity: Sequence[str], may_lack: Sequence[str] = ()
) -> pd.Series:
    """What each row is called, for comparison; None where a part that it must have is missing."""
    if any(name not in frame.columns for name in identity if name not in may_lack):
        return _nothing(frame.index)
    columns = [_part(frame, name, may_lack=name in may_lack) for name in identity]
    keys = np.empty(len(frame), dtype=object)
    keys[:] = [None if None in key else key for key in zip(*columns, strict=True)]
    return pd.Series(keys, index=frame.index, dtype=object)


def _part(frame: pd.DataFrame, name: str, *, may_lack: bool) -> list[str | None]:
    """One part of what rows are called; a part that they may lack is then empty."""
    if not may_lack:
        return _folded_cells(_column(frame, name))
    if name not in frame.columns:
        return [""] * len(frame)
    return [cell or "" for cell in _folded_cells(_column(frame, name))]


def _strange_ids(given: pd.Series, present: Present, header: str) -> list[Finding]:
    known = set(present.frame.index) | set(present.ended)
    text = "登记库中没有这个编号：新记录请把编号留空，由系统编号"
    return [
        Finding(row, header, str(id)[:100], text)
        for row, id in zip(_rows(given), given, strict=True)
        if id is not None and id not in known and not _is_own_id(str(id))
    ]


def _is_own_id(id: str) -> bool:
    """Whether the id is one that a register gives: a UUID, or a division's."""
    if id.removeprefix("NBS-").isdigit() and len(id) >= 6:
        return True
    try:
        return str(UUID(id)) == id.lower()
    except ValueError:
        return False


def _ended_ids(given: pd.Series, present: Present, kind: ImportKind, header: str) -> list[Finding]:
    return [
        Finding(
            row,
            header,
            str(id)[:100],
            f"该{kind.title}已于 {present.ended[id]} 注销：仍然存在的请先恢复，已停用的请删去此行",
        )
        for row, id in zip(_rows(given), given, strict=True)
        if id in present.ended and present.ended[id] != TAKEN_BACK
    ]


def _repeated(own: pd.Series) -> list[Finding]:
    """Rows that are the same record as an earlier row."""
    first: dict[object, int] = {}
    findings = []
    for row, one in zip(_rows(own), own, strict=True):
        earlier = row if one is None else first.setdefault(one, row)
        if earlier != row:
            text = f"与第 {earlier} 行是同一条记录：请合并，或把名称写得能区分"
            findings.append(Finding(row, "", "", text))
    return findings


def _overlaid(
    frame: gpd.GeoDataFrame, kind: ImportKind, present: gpd.GeoDataFrame, ids: pd.Series
) -> tuple[gpd.GeoDataFrame, dict[str, NDArray[np.bool_]]]:
    """Rows as they would stand in the store, and where each property differs from what is there."""
    base = present.reindex(ids.tolist())
    names = [prop.name for prop in kind.properties if prop.name != "id"]
    columns: dict[str, _Objects] = {}
    differs: dict[str, NDArray[np.bool_]] = {}
    for name in names:
        old = _objects(base[name])
        own = _objects(frame[name]) if name in frame.columns else np.full(len(frame), None)
        given = np.array([value is not None for value in own], dtype=bool)
        if name in kind.identity:
            given &= ~_same_folded(own, old)
        columns[name] = np.where(given, own, old)
        differs[name] = given & np.not_equal(own, old).astype(bool)
        if name == "sides":
            differs[name] &= ~_same_lists(own, old)
    own, old = frame.geometry.to_numpy(), base.geometry.to_numpy()
    given = ~shapely.is_missing(own)
    shapes = np.where(given, own, old)
    differs["geometry"] = given & ~shapely.equals_exact(own, old, tolerance=SAME_DEG)
    series = gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs)
    return gpd.GeoDataFrame(columns, index=frame.index, geometry=series), differs


def _same_folded(own: _Objects, old: _Objects) -> NDArray[np.bool_]:
    """Where two texts differ in blanks and width of characters at most."""
    pairs = zip(own.tolist(), old.tolist(), strict=True)
    same = [None not in (a, b) and folded(a) == folded(b) for a, b in pairs]
    return np.array(same, dtype=bool)


def _same_lists(own: _Objects, old: _Objects) -> NDArray[np.bool_]:
    """Where two JSON lists of codes differ in blanks at most."""
    pairs = zip(own.tolist(), old.tolist(), strict=True)
    return np.array([codes_of(a) == codes_of(b) for a, b in pairs], dtype=bool)


def _objects(values: pd.Series) -> _Objects:
    plain = values.astype(object)
    return np.asarray(plain.where(plain.notna(), None), dtype=object)


def _moved_dates(
    frame: gpd.GeoDataFrame,
    differs: dict[str, NDArray[np.bool_]],
    matched: "pd.Series[bool]",
    headers: Mapping[str, str],
) -> list[Finding]:
    """Divisions whose own dates differ: that is a founding or an abolition, never an import."""
    findings = []
    for name in VALIDITY:
        wrong = differs[name] & matched.to_numpy()
        differs[name] = np.zeros(len(frame), dtype=bool)
        text = "与登记库中的日期不同：设立、撤销请用注销或恢复登记，不随导入修改"
        findings += [
            Finding(int(row), headers.get(name, ""), str(frame.at[row, name]), text)
            for row in frame.index[wrong]
        ]
    return findings


def _changes(
    whole: gpd.GeoDataFrame, differs: Mapping[str, NDArray[np.bool_]], changed: "pd.Series[bool]"
) -> dict[str, dict[str, ChangedValue]]:
    """New values of each changed record by id."""
    places = np.flatnonzero(changed.to_numpy())
    ids: Sequence[str] = whole["id"].tolist()
    made: dict[str, dict[str, ChangedValue]] = {ids[int(place)]: {} for place in places}
    for name, where in differs.items():
        values = whole[name].to_numpy()
        for place in places[where[places]]:
            made[ids[int(place)]][name] = values[int(place)]
    return made
