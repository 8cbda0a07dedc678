"""Reads of the store, all from the one moment at which they began."""

from collections.abc import Collection as Listing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from decimal import Decimal

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import sqlalchemy as sa

from civgeo.domain.division import DivisionCode
from civgeo.domain.standard import Standard, StandardBook
from civgeo.errors import InvalidInput, NotFound, StoreUnavailable
from civgeo.store import geopackage, sqlite
from civgeo.store.gpkg_schema import contents
from civgeo.store.sqlite import Box
from civgeo.store.tables import LAYERS, Collection, Day, Layer, register, standards

__all__ = ["Reading", "Register", "Scalar"]

Scalar = str | int | float | bool

TEXT = pd.StringDtype(na_value=np.nan)
CRS = f"EPSG:{geopackage.SRS_ID}"
LARGEST_INTEGER = 2**63


@dataclass(frozen=True, slots=True)
class Register:
    """What a store is about.

    Parameters
    ----------
    city
        Code of the city, such as ``411700``.
    name
        Name of the city.
    simulated
        Whether the store may hold simulated data; a production store refuses it.
    created_at
        When it was made, with a time zone; kept to the millisecond in UTC.
    edition
        Edition of its standards, printed with every verdict.
    sources
        Where each part of the data comes from, as it is cited.
    """

    city: str
    name: str
    simulated: bool
    created_at: datetime
    edition: str
    sources: Mapping[str, str]


class Reading:
    """One consistent view of the store; made by ``Store.read``.

    Parameters
    ----------
    connection
        Connection with a transaction begun.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def register(self) -> Register:
        """What the store is about."""
        row = self._connection.execute(sa.select(register)).one()
        created_at = datetime.fromisoformat(row.created_at).astimezone(UTC)
        sources = orjson.loads(row.sources)
        return Register(row.city, row.name, row.simulated, created_at, row.edition, sources)

    def data_version(self) -> int:
        """Number that grows with every committed write."""
        version: int = self._connection.execute(sa.select(register.c.data_version)).scalar_one()
        return version

    def features(
        self,
        collection: Collection,
        *,
        division: str | None = None,
        bbox: Box | None = None,
        where: Mapping[str, Scalar] | None = None,
        ids: Listing[str] | None = None,
        limit: int | None = None,
        after: int | None = None,
    ) -> gpd.GeoDataFrame:
        """Features of a collection, in the order in which they were entered.

        Parameters
        ----------
        collection
            Which one.
        division
            Division code; the features in it and below it. The division itself is among the
            ``divisions``.
        bbox
            West, south, east, north in degrees (EPSG:4490); features that have a point in common
            with it. West greater than east crosses the antimeridian.
        where
            Properties and the values that they must equal.
        ids
            Only these; ids that are not there are left out.
        limit
            At most so many.
        after
            Only those after this ``last_fid`` of the page before.

        Returns
        -------
        GeoDataFrame
            Index ``id``, the columns of the collection in the table's order, EPSG:4490; text as
            ``str`` with NaN for null, nullable whole numbers as Int64. ``attrs["last_fid"]`` is
            the place to go on from, None when no feature was found.

        Raises
        ------
        InvalidInput
            For a bad division code or bbox, an unknown property, a value of another type.
        StoreUnavailable
            When a stored geometry cannot be read.
        """
        layer = LAYERS[collection]
        query = sa.select(layer.table).order_by(layer.table.c.fid).limit(limit)
        query = query.where(*_conditions(layer, division, bbox, where or {}, ids))
        if after is not None:
            query = query.where(layer.table.c.fid > after)
        return _frame(layer, self._connection.execute(query).all())

    def feature(self, collection: Collection, id: str) -> gpd.GeoDataFrame:
        """Frame of the one feature with that id, as `features` gives it.

        Raises
        ------
        NotFound
            When there is none.
        """
        frame = self.features(collection, ids=[id])
        if frame.empty:
            raise NotFound(f"{collection} 中没有编号为 {id[:80]!r} 的记录")
        return frame

    def count(
        self,
        collection: Collection,
        *,
        division: str | None = None,
        bbox: Box | None = None,
        where: Mapping[str, Scalar] | None = None,
    ) -> int:
        """How many features `features` gives for the same conditions, without a limit."""
        layer = LAYERS[collection]
        query = sa.select(sa.func.count()).select_from(layer.table)
        query = query.where(*_conditions(layer, division, bbox, where or {}, None))
        return self._connection.execute(query).scalar_one()

    def extent(self, collection: Collection) -> Box | None:
        """West, south, east, north of a collection in degrees; None while it has no geometry."""
        edges = sa.select(contents.c.min_x, contents.c.min_y, contents.c.max_x, contents.c.max_y)
        row = self._connection.execute(edges.where(contents.c.table_name == collection.value)).one()
        return None if row.min_x is None else (row.min_x, row.min_y, row.max_x, row.max_y)

    def standards(self) -> StandardBook:
        """All standard records of the store, under its own edition."""
        rows = self._connection.execute(sa.select(standards).order_by(standards.c.fid))
        edition = self._connection.execute(sa.select(register.c.edition)).scalar_one()
        return StandardBook(tuple(_standard(row) for row in rows.mappings()), edition)


def _standard(row: sa.RowMapping) -> Standard:
    values = {field.name: row[field.name] for field in fields(Standard)}
    if row["value"] is not None:
        values["value"] = Decimal(row["value"])
    return Standard(**values)


def _conditions(
    layer: Layer,
    division: str | None,
    bbox: Box | None,
    where: Mapping[str, Scalar],
    ids: Listing[str] | None,
) -> list[sa.ColumnElement[bool]]:
    found = [_equals(layer, name, value) for name, value in where.items()]
    if division is not None:
        found.append(_lies_in(layer, DivisionCode.parse(division).digits))
    if bbox is not None:
        found.append(sqlite.meets_box(layer.table, bbox))
    if ids is not None:
        found.append(sqlite.listed(layer.table.c.id, ids))
    return found


def _lies_in(layer: Layer, digits: str) -> sa.ColumnElement[bool]:
    """Condition that an index answers: the code begins with `digits`."""
    name = layer.division_column if len(digits) <= 9 else layer.community_column
    column = layer.table.c[name]
    return sa.and_(column >= digits, column < digits + ":")


def _equals(layer: Layer, name: str, value: Scalar) -> sa.ColumnElement[bool]:
    kind = layer.properties.get(name)
    if kind is None:
        known = "、".join(layer.properties)
        text = f"{layer.table.name} 没有属性 {name[:40]!r}；可用：{known}"
        raise InvalidInput(text, code="unknown_property")
    exact = isinstance(value, kind) and isinstance(value, bool) == (kind is bool)
    widened = kind is float and isinstance(value, int) and not isinstance(value, bool)
    too_large = isinstance(value, int) and not -LARGEST_INTEGER <= value < LARGEST_INTEGER
    if too_large or not (exact or widened):
        text = f"属性 {name} 的值 {str(value)[:40]!r} 类型不符，应为 {_KIND_ZH[kind]}"
        raise InvalidInput(text, code="bad_value")
    return layer.table.c[name] == value


_KIND_ZH = {str: "文字", int: "整数", float: "数字", bool: "是或否（true、false）"}


def _frame(layer: Layer, rows: Sequence[sa.Row[tuple[object, ...]]]) -> gpd.GeoDataFrame:
    columns = list(layer.table.columns)
    lists = zip(*rows, strict=True) if rows else ([] for _ in columns)
    values = {column.name: cells for column, cells in zip(columns, lists, strict=True)}
    try:
        shapes = geopackage.decode(values["geometry"])
    except ValueError as error:
        text = f"{layer.table.name} 中有无法读取的图形，请用最近的备份恢复：{error}"
        raise StoreUnavailable(text, code="store_damaged") from error
    ids = pd.Index(values["id"], dtype=TEXT, name="id")
    columns_by_name = {
        name: _cells(layer.table.c[name], values[name], ids) for name in layer.properties
    }
    frame = gpd.GeoDataFrame(columns_by_name, index=ids, geometry=shapes, crs=CRS)
    frame.attrs["last_fid"] = values["fid"][-1] if rows else None
    return frame


def _cells(column: sa.Column[object], values: Sequence[object], ids: pd.Index) -> pd.Series:
    if isinstance(column.type, sa.Text | Day):
        return pd.Series(values, index=ids, dtype=TEXT)
    if isinstance(column.type, sa.Integer) and column.nullable:
        return pd.Series(values, index=ids, dtype="Int64")
    kinds = {int: "int64", float: "float64", bool: "bool"}
    return pd.Series(values, index=ids, dtype=kinds[column.type.python_type])
