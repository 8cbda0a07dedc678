"""Rows of a layer as a frame, and a frame as rows."""

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import sqlalchemy as sa

from civgeo.domain.history import Value, canonical
from civgeo.errors import StoreUnavailable
from civgeo.store import geopackage
from civgeo.store.tables import Day, Layer

__all__ = ["Row", "frame_of", "rows_of", "state_text", "values_of"]

Row = dict[str, object]
TEXT = pd.StringDtype(na_value=np.nan)
CRS = f"EPSG:{geopackage.SRS_ID}"


def frame_of(
    layer: Layer, rows: Sequence[Sequence[object]], extra: Sequence[str] = ()
) -> gpd.GeoDataFrame:
    """Frame of rows that hold the columns of the layer's table in its order.

    Parameters
    ----------
    layer
        The layer.
    rows
        Its rows.
    extra
        Unlisted columns that the frame shows besides its properties.

    Raises
    ------
    StoreUnavailable
        When a geometry cannot be read.
    """
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
        name: _cells(layer.table.c[name], values[name], ids) for name in (*layer.properties, *extra)
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


def rows_of(layer: Layer, frame: gpd.GeoDataFrame) -> list[Row]:
    """Rows with plain Python values and None for null, in the frame's order; without ``fid``.

    Columns that the frame leaves out by default are None where it does not have them.
    """
    names = [column.name for column in layer.table.columns if column.name != "fid"]
    cells: dict[str, Sequence[object]] = {
        "id": frame.index.tolist(),
        "geometry": geopackage.encode(frame.geometry.to_numpy()),
    }
    for name in names:
        if name in layer.unlisted and name not in frame.columns:
            cells[name] = [None] * len(frame)
        elif name not in cells:
            values = frame[name]
            cells[name] = values.astype(object).where(values.notna(), None).tolist()
    return [
        dict(zip(names, row, strict=True))
        for row in zip(*(cells[name] for name in names), strict=True)
    ]


def state_text(names: Sequence[str], row: Mapping[str, object]) -> str:
    """Canonical text of the columns `names` of a row.

    Raises
    ------
    TypeError
        When a value is no text, number, flag or null.
    """
    return canonical(values_of(names, row))


def values_of(names: Sequence[str], row: Mapping[str, object]) -> dict[str, Value]:
    """The columns `names` of a row; raises as `state_text`."""
    return {name: _value(name, row[name]) for name in names}


def _value(name: str, value: object) -> Value:
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"{name}: {value!r}")
