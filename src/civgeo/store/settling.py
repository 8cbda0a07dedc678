"""Adopting and reverting what other programs changed in the file."""

from collections.abc import Collection as Listing
from datetime import date

import sqlalchemy as sa

from civgeo.domain.history import Action, Edit
from civgeo.errors import ImportRejected, InvalidInput, StaleEdit
from civgeo.store import geopackage
from civgeo.store.chains import Draft, append, county_of, entries
from civgeo.store.editing import CHECKS, ChangedValue, standing_of
from civgeo.store.frames import Row, frame_of, rows_of, state_text, values_of
from civgeo.store.history_tables import OUTSIDE
from civgeo.store.outside import OutsideEdit, OutsideKind, outside_edits
from civgeo.store.records import apply, row_of
from civgeo.store.tables import LAYERS, VALIDITY, Collection

__all__ = ["adopt", "chosen", "revert"]


def chosen(connection: sa.Connection, edit_ids: Listing[str]) -> list[OutsideEdit]:
    """The named edits, those that added a row first: reverting frees their ids for the others.

    Raises
    ------
    StaleEdit
        When an edit is settled already, or the row was changed again since it was listed.
    """
    known = {edit.edit_id: edit for edit in outside_edits(connection)}
    strange = sorted(set(edit_ids) - set(known))
    if strange:
        text = f"外部修改 {'、'.join(strange)} 已处理，或列出后又有改动：请重新查看"
        raise StaleEdit(text, code="outside_changed")
    found = [known[edit_id] for edit_id in dict.fromkeys(edit_ids)]
    return sorted(found, key=lambda edit: edit.kind is not OutsideKind.ADDED)


def adopt(
    connection: sa.Connection,
    found: OutsideEdit,
    edit: Edit,
    *,
    moment: str,
    today: date,
    simulated: bool,
) -> Row:
    """Make an outside edit the adopted state, and return the row that the layer now holds.

    Raises
    ------
    InvalidInput, CrsError
        When the row is not what a frame of the collection must be, or its id was changed.
    ImportRejected
        When it is simulated and this is a production store.
    """
    settle(connection, found, "adopted")
    if found.kind is OutsideKind.ADDED:
        return _adopt_added(connection, found, edit, moment, simulated=simulated)
    standing = standing_of(connection, found.collection, str((found.before or {})["id"]), today)
    if found.kind is OutsideKind.REMOVED:
        row = apply(connection, standing, Action.ADOPT, edit, [standing.closing(edit)], moment)
        _put(connection, found, row)
        return row
    if "id" in found.changed:
        text = f"外部程序把编号 {standing.id} 改成了 {found.id}：编号不能更改，请还原这项修改"
        raise InvalidInput(text, code="id_changed")
    checked = _checked(found)
    _refuse_simulated(checked, simulated=simulated)
    names = [n for n in found.changed if n in standing.layer.recorded]
    changes: dict[str, ChangedValue] = {**values_of(names, checked)}
    if "geometry" in found.changed:
        changes["geometry"] = geopackage.decode([found.after_geometry])[0]
    periods = standing.changed(changes, edit) if changes else []
    if periods:
        row = apply(connection, standing, Action.ADOPT, edit, periods, moment)
    else:
        row = row_of(connection, standing)
    _put(connection, found, row)
    return row


def _adopt_added(
    connection: sa.Connection, found: OutsideEdit, edit: Edit, moment: str, *, simulated: bool
) -> Row:
    layer = LAYERS[found.collection]
    if _is_known(connection, found.collection, found.id):
        text = f"{found.collection} 中已有编号 {found.id}：请还原这项新增"
        raise InvalidInput(text, code="already_there")
    row = _checked(found) | {"version": 1}
    _refuse_simulated(row, simulated=simulated)
    start = None if edit.valid_from is None else edit.valid_from.isoformat()
    end = None if edit.valid_to is None else edit.valid_to.isoformat()
    row |= {"valid_from": start, "valid_to": end}
    draft = Draft(
        register=found.collection.value,
        county=county_of(str(row[layer.division_column])),
        entity=found.id,
        version=1,
        action=Action.ADOPT,
        edit=edit,
        valid_from=edit.valid_from,
        valid_to=edit.valid_to,
        state=state_text(layer.recorded, row),
        geometry=row["geometry"] if isinstance(row["geometry"], bytes) else None,
    )
    append(connection, [draft], moment)
    _put(connection, found, row)
    return row


def _checked(found: OutsideEdit) -> Row:
    layer = LAYERS[found.collection]
    cells = {**(found.after or {}), "fid": found.fid, "geometry": found.after_geometry}
    cells |= dict.fromkeys(VALIDITY)
    frame = frame_of(layer, [tuple(cells[column.name] for column in layer.table.columns)])
    return rows_of(layer, CHECKS[found.collection](frame))[0]


def _refuse_simulated(row: Row, *, simulated: bool) -> None:
    if row["simulated"] and not simulated:
        text = f"正式登记库不接收模拟数据：记录 {row['id']!r} 标为模拟"
        raise ImportRejected(text, code="simulated")


def revert(
    connection: sa.Connection, found: OutsideEdit, edit: Edit, *, moment: str, today: date
) -> None:
    """Put the adopted row back, keep what was there in the log, and enter that in the history."""
    layer, log = LAYERS[found.collection], OUTSIDE[found.collection]
    settle(connection, found, "reverted")
    if found.after is not None:
        row = {**found.after, "fid": found.fid, "geometry": found.after_geometry}
        kept = {"happened_at": moment, "event": "refused", "settled": "reverted"}
        connection.execute(sa.insert(log).values({**row, **kept}))
    if found.before is None:
        table = layer.table
        connection.execute(sa.delete(table).where(table.c.fid == found.fid))
    else:
        _put(connection, found, {**found.before, "geometry": found.before_geometry})
    id = str((found.before or found.after or {})["id"])
    if _is_known(connection, found.collection, id):
        standing = standing_of(connection, found.collection, id, today)
        draft = standing.draft(Action.REVERT, edit, standing.segment, standing.version)
    else:
        draft = Draft(
            register=found.collection.value,
            county=county_of(str((found.after or {})[layer.division_column])),
            entity=id,
            version=0,
            action=Action.REVERT,
            edit=edit,
            valid_from=None,
            valid_to=None,
            state=None,
        )
    append(connection, [draft], moment)


def _is_known(connection: sa.Connection, collection: Collection, id: str) -> bool:
    return any(entry.state is not None for entry in entries(connection, collection.value, id))


def _put(connection: sa.Connection, found: OutsideEdit, row: Row) -> None:
    """Let the layer hold `row` under the fid of the edit."""
    table = LAYERS[found.collection].table
    if found.after is None:
        connection.execute(sa.insert(table).values({**row, "fid": found.fid}))
    else:
        connection.execute(sa.update(table).where(table.c.fid == found.fid).values(row))


def settle(connection: sa.Connection, found: OutsideEdit, how: str) -> None:
    """Mark the events of an outside edit as dealt with."""
    log = OUTSIDE[found.collection]
    here = sa.and_(log.c.fid == found.fid, log.c.settled.is_(None))
    connection.execute(sa.update(log).where(here).values(settled=how))
