"""Rows of a layer as a frame, and a frame as rows."""

import math
from collections.abc import Iterable, Mapping, Sequence
from json.encoder import encode_basestring
from types import NoneType

import geopandas as gpd
import numpy as np
import pandas as pd
import sqlalchemy as sa

from civgeo.domain.history import Value, canonical
from civgeo.errors import StoreUnavailable
from civgeo.store import geopackage
from civgeo.store.tables import Day, Layer

__all__ = [
    "Columns",
    "Row",
    "columns_of",
    "frame_of",
    "rows_of",
    "state_text",
    "state_texts",
    "values_of",
]

Row = dict[str, object]
Columns = dict[str, Sequence[object]]
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


def columns_of(layer: Layer, frame: gpd.GeoDataFrame) -> Columns:
    """Columns of plain Python values and None for null, in the table's order; without ``fid``.

    Columns that the frame leaves out by default are None where it does not have them.
    """
    names = [column.name for column in layer.table.columns if column.name != "fid"]
    cells: Columns = {
        "id": frame.index.to_numpy(dtype=object).tolist(),
        "geometry": geopackage.encode(frame.geometry.to_numpy()),
    }
    for name in names:
        if name in layer.unlisted and name not in frame.columns:
            cells[name] = [None] * len(frame)
        elif name not in cells:
            values = frame[name]
            cells[name] = values.astype(object).where(values.notna(), None).tolist()
    return {name: cells[name] for name in names}


def rows_of(layer: Layer, frame: gpd.GeoDataFrame) -> list[Row]:
    """What `columns_of` gives, row by row."""
    cells = columns_of(layer, frame)
    return [dict(zip(cells, row, strict=True)) for row in zip(*cells.values(), strict=True)]


def state_text(names: Sequence[str], row: Mapping[str, object]) -> str:
    """Canonical text of the columns `names` of a row.

    Raises
    ------
    TypeError
        When a value is no text, number, flag or null.
    """
    return canonical(values_of(names, row))


def state_texts(names: Iterable[str], columns: Mapping[str, Sequence[object]]) -> list[str]:
    """What `state_text` gives for each row of `columns`, in a tenth of the time.

    Raises
    ------
    TypeError
        As `state_text`.
    ValueError
        For a number that is not finite.
    """
    ordered = sorted(names)
    shape = "{" + ",".join(f"{encode_basestring(name)}:%s" for name in ordered) + "}"
    written = (_written(name, columns[name]) for name in ordered)
    return [shape % cells for cells in zip(*written, strict=True)]


def _written(name: str, values: Sequence[object]) -> list[str]:
    """Each value of a column as canonical JSON."""
    kinds = {*map(type, values)} - {NoneType}
    if len(kinds) > 1 or float in kinds:
        # values that are equal but not written alike: 1 and true, 0.0 and -0.0
        return [_plainly(_value(name, value)) for value in values]
    texts = {value: _plainly(_value(name, value)) for value in {*values}}
    return [texts[value] for value in values]


def _plainly(value: Value) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"not finite: {value}")
    return float.__repr__(value) if isinstance(value, float) else int.__repr__(value)


def values_of(names: Sequence[str], row: Mapping[str, object]) -> dict[str, Value]:
    """The columns `names` of a row; raises as `state_text`."""
    return {name: _value(name, row[name]) for name in names}


def _value(name: str, value: object) -> Value:
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"{name}: {value!r}")
