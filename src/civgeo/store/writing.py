"""Writes to the store, all of them or none."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import UTC

import geopandas as gpd
import orjson
import sqlalchemy as sa

from civgeo.domain.standard import Standard
from civgeo.errors import ImportRejected, InvalidInput
from civgeo.geo.frames import check_divisions, check_estates, check_facilities
from civgeo.store import geopackage, sqlite
from civgeo.store.gpkg_schema import contents
from civgeo.store.reading import Reading, Register
from civgeo.store.sqlite import Box
from civgeo.store.tables import LAYERS, Collection, estates, register, standards

__all__ = ["Writing", "enter_register"]

Row = dict[str, object]
NOW = sa.func.strftime("%Y-%m-%dT%H:%M:%fZ", "now")


class Writing(Reading):
    """One transaction on the store; made by ``Store.write``. It reads what it has written."""

    def add_divisions(self, frame: gpd.GeoDataFrame) -> None:
        """Add divisions.

        Parameters
        ----------
        frame
            As `geo.frames.check_divisions` demands; columns of other names are not stored.

        Raises
        ------
        InvalidInput
            When the frame is not as promised, or an id is in the store already.
        CrsError
            When it is not in EPSG:4490.
        ImportRejected
            When it holds simulated rows and this is a production store.
        """
        self._add(Collection.DIVISIONS, check_divisions(frame))

    def add_estates(self, frame: gpd.GeoDataFrame) -> None:
        """Add estates, as `geo.frames.check_estates` demands them; raises as `add_divisions`."""
        self._add(Collection.ESTATES, check_estates(frame))

    def add_facilities(self, frame: gpd.GeoDataFrame) -> None:
        """Add facilities, as `geo.frames.check_facilities` demands them.

        Raises
        ------
        InvalidInput, CrsError, ImportRejected
            As `add_divisions`, and when a facility names an estate that the store does not hold.
        """
        checked = check_facilities(frame)
        named = checked["estate"].dropna().unique().tolist()
        unknown = sorted(set(named) - self._present(estates, named))
        if unknown:
            text = f"设施所属的小区不在登记库中：{_some(unknown)}。请先登记小区"
            raise InvalidInput(text, code="unknown_estate")
        self._add(Collection.FACILITIES, checked)

    def add_standards(self, records: Iterable[Standard]) -> None:
        """Add standard records.

        Raises
        ------
        InvalidInput
            When an id is in the store already, or comes twice.
        """
        rows = [_standard_row(record) for record in records]
        self._insert(standards, rows, "标准")
        self._touch(standards, None)

    def _add(self, collection: Collection, frame: gpd.GeoDataFrame) -> None:
        if frame["simulated"].any() and not self.register().simulated:
            first = frame.index[frame["simulated"]][0]
            text = f"正式登记库不接收模拟数据：{collection} 中编号 {first!r} 等记录标为模拟"
            raise ImportRejected(text, code="simulated")
        table = LAYERS[collection].table
        self._insert(table, _rows(table, frame), str(collection))
        west, south, east, north = frame.total_bounds.tolist()
        self._touch(table, None if math.isnan(west) else (west, south, east, north))

    def _insert(self, table: sa.Table, rows: Sequence[Row], title: str) -> None:
        ids = [str(row["id"]) for row in rows]
        known = sorted(self._present(table, ids))
        if known:
            text = f"{title} 中已有这些编号：{_some(known)}"
            raise InvalidInput(text, code="already_there")
        if rows:
            self._connection.execute(sa.insert(table), rows)

    def _present(self, table: sa.Table, ids: Sequence[str]) -> set[str]:
        query = sa.select(table.c.id).where(sqlite.listed(table.c.id, ids))
        return set(self._connection.execute(query).scalars())

    def _touch(self, table: sa.Table, added: Box | None) -> None:
        """Note the change, and the extent that `added` widens, in the GeoPackage's contents."""
        values: dict[str, object] = {"last_change": NOW}
        if added is not None:
            west, south, east, north = self.extent(Collection(table.name)) or added
            values["min_x"], values["min_y"] = min(west, added[0]), min(south, added[1])
            values["max_x"], values["max_y"] = max(east, added[2]), max(north, added[3])
        here = contents.c.table_name == table.name
        self._connection.execute(sa.update(contents).where(here).values(values))

    def count_up(self) -> None:
        """Raise the data version; ``Store.write`` does it before it commits."""
        raised = {"data_version": register.c.data_version + 1}
        self._connection.execute(sa.update(register).values(raised))


def enter_register(connection: sa.Connection, entry: Register) -> None:
    """Enter what a new store is about.

    Raises
    ------
    InvalidInput
        When ``created_at`` has no time zone.
    """
    if entry.created_at.tzinfo is None:
        raise InvalidInput("登记库的建立时间应带时区", code="bad_date")
    created_at = entry.created_at.astimezone(UTC).isoformat(timespec="milliseconds")
    row = {
        "fid": 1,
        "city": entry.city,
        "name": entry.name,
        "simulated": entry.simulated,
        "created_at": created_at.replace("+00:00", "Z"),
        "edition": entry.edition,
        "sources": orjson.dumps(dict(entry.sources), option=orjson.OPT_SORT_KEYS).decode(),
        "data_version": 0,
    }
    connection.execute(sa.insert(register).values(row))
    connection.execute(
        sa.update(contents).where(contents.c.table_name == register.name).values(last_change=NOW)
    )


def _rows(table: sa.Table, frame: gpd.GeoDataFrame) -> list[Row]:
    """Rows with plain Python values and None for null, in the frame's order."""
    names = [column.name for column in table.columns if column.name != "fid"]
    cells: dict[str, Sequence[object]] = {
        "id": frame.index.tolist(),
        "geometry": geopackage.encode(frame.geometry.to_numpy()),
    }
    for name in names:
        if name not in cells:
            values = frame[name]
            cells[name] = values.astype(object).where(values.notna(), None).tolist()
    return [
        dict(zip(names, row, strict=True))
        for row in zip(*(cells[name] for name in names), strict=True)
    ]


def _standard_row(record: Standard) -> Row:
    row: Row = {field.name: getattr(record, field.name) for field in fields(Standard)}
    if record.value is not None:
        row["value"] = f"{record.value:f}"
    return row


def _some(ids: Sequence[str]) -> str:
    shown = "、".join(ids[:5])
    return shown if len(ids) <= 5 else f"{shown} 等 {len(ids)} 个"
