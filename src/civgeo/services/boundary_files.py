"""Boundary lines, markers, features and outlines from files, read in the jail, without a store."""

import re
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civgeo.domain.division import DivisionCode
from civgeo.errors import InvalidInput
from civgeo.geo.boundary_line import route_of
from civgeo.geo.cgcs2000 import in_cgcs2000
from civgeo.geo.line_junctions import NamedRoute
from civgeo.services.layer_files import column_of, plain_text, read_layer, shapes_of, texts_of

__all__ = ["LineLayer", "read_features", "read_lines", "read_markers", "read_outlines"]

LINE_CODES = ("界线代码", "代码", "line", "code")
LINE_NAMES = ("界线名称", "界线名", "线名", "名称", "line_name", "name", "mc", "jxmc", *LINE_CODES)
SIDES = ("两侧", "两侧代码", "相邻政区", "sides")
LEFT_SIDES = ("左侧代码", "左侧", "甲方代码", "left", "side_1", "side_a")
RIGHT_SIDES = ("右侧代码", "右侧", "乙方代码", "right", "side_2", "side_b")
NUMBERS = ("界桩编号", "编号", "桩号", "界桩号", "number", "marker_number", "jzbh")
MARKER_LINES = ("界线名称", "所属界线", "界线", "界线代码", "line", "line_name", "jxmc")
LONGITUDES, LATITUDES = ("经度", "lon", "longitude", "jd"), ("纬度", "lat", "latitude", "wd")
NAMES = ("名称", "地名", "name", "mc")
CODES = ("代码", "区划代码", "行政区划代码", "code", "adcode", "xzqdm", "pac")
_SEPARATORS = re.compile(r"[\s、,，;；|/\[\]\"—–-]+")


@dataclass(frozen=True, slots=True)
class LineLayer:
    """Lines of a file.

    Parameters
    ----------
    lines
        Each with name, sides and route, in the file's order of names.
    source, crs
        Name of the file; system that its coordinates were read in.
    left_out
        In Chinese, what was not read and why.
    """

    lines: tuple[NamedRoute, ...]
    source: str
    crs: str
    left_out: tuple[str, ...]


def read_lines(file: Path, *, crs: str | None = None, layer: str | None = None) -> LineLayer:
    """Boundary lines of a file; rows of one name are parts of one line.

    A file without a column of names holds one line, called after the file. Codes of the sides come
    from one column (two codes with a separator, or a JSON list as exports write it) or from one
    column for each.

    Parameters
    ----------
    file
        Layer of lines, in any format that an import reads.
    crs
        ``EPSG:n``, ``GCJ-02`` or ``BD-09``; goes before what the file says of itself.
    layer
        Name of the layer, where the file has several.

    Raises
    ------
    NotFound, ImportRejected, CrsError
        As `civgeo.services.divisions.check_division_file`.
    InvalidInput
        When there is no line in it that can be read.
    """
    frame, system = _in_place(file, read_layer(file, layer), crs)
    lines = frame[frame.geometry.geom_type.isin(["LineString", "MultiLineString"])]
    left_out = [f"{len(frame) - len(lines)} 行不是线图形"] if len(lines) < len(frame) else []
    named = column_of(frame, LINE_NAMES)
    names = texts_of(lines[named]) if named else pd.Series(file.stem, index=lines.index)
    coded = column_of(lines, LINE_CODES)
    codes = texts_of(lines[coded]) if coded else pd.Series("", index=lines.index)
    sides = _sides(lines)
    routes = []
    for name in names.drop_duplicates().tolist():
        rows = (names == name).to_numpy()
        label = name or "（无名）"
        parts = shapely.get_parts(lines.geometry.to_numpy()[rows])
        try:
            route = route_of(shapely.multilinestrings(list(parts)) if len(parts) > 1 else parts[0])
        except InvalidInput as error:
            left_out.append(f"{label}：{error.message}")
            continue
        own = {code for row in sides[rows].tolist() for code in row}
        routes.append(NamedRoute(label, tuple(sorted(own)), route, codes[rows].iloc[0]))
    if not routes:
        told = "；".join(left_out) or "图层是空的"
        raise InvalidInput(f"{file.name} 中没有可用的界线：{told}。", code="no_lines")
    return LineLayer(tuple(routes), file.name, system, tuple(left_out))


def read_markers(
    file: Path, *, crs: str | None = None, layer: str | None = None
) -> gpd.GeoDataFrame:
    """Markers of a file: ``number`` (text as it stands), ``line`` (name, code or empty).

    A table without shapes needs columns of longitude and latitude in degrees, and `crs`: it cannot
    say of itself in which system they are.

    Parameters
    ----------
    file, crs, layer
        As for `read_lines`.

    Returns
    -------
    GeoDataFrame
        EPSG:4490, geometry POINT or null, index the row in the file.

    Raises
    ------
    InvalidInput
        When there is no column of numbers (``missing_column``) or a shape is no point.
    """
    raw = read_layer(file, layer)
    if not isinstance(raw, gpd.GeoDataFrame):
        raw = _from_table(file, raw)
    number = column_of(raw, NUMBERS)
    if number is None:
        told = f"{file.name} 认不出界桩编号列；请把列名改为“界桩编号”（或 number）。"
        raise InvalidInput(told, code="missing_column")
    line = column_of(raw, MARKER_LINES)
    frame, _ = _in_place(file, raw, crs)
    return gpd.GeoDataFrame(
        {
            "number": raw[number].astype(object).map(plain_text),
            "line": texts_of(raw[line]) if line else "",
        },
        geometry=frame.geometry,
        crs=4490,
    )


def read_features(file: Path, *, crs: str | None = None) -> gpd.GeoDataFrame:
    """Rivers, ridges and roads of a file: ``name`` and lines, EPSG:4490.

    Raises
    ------
    InvalidInput
        When there is no column of names.
    """
    frame, _ = _in_place(file, read_layer(file, None), crs)
    name = column_of(frame, NAMES)
    if name is None:
        told = f"{file.name} 认不出名称列；请把列名改为“名称”（或 name）。"
        raise InvalidInput(told, code="missing_column")
    return gpd.GeoDataFrame({"name": texts_of(frame[name])}, geometry=frame.geometry, crs=4490)


def read_outlines(file: Path, *, crs: str | None = None) -> gpd.GeoDataFrame:
    """Outlines of divisions of a file: ``code`` (six digits at least) and polygons, EPSG:4490.

    Raises
    ------
    InvalidInput
        When there is no column of codes or no polygon.
    """
    frame, _ = _in_place(file, read_layer(file, None), crs)
    code = column_of(frame, CODES)
    if code is None:
        told = f"{file.name} 认不出代码列；请把列名改为“代码”（或 code、adcode）。"
        raise InvalidInput(told, code="missing_column")
    areal = frame.geometry.geom_type.isin(["Polygon", "MultiPolygon"])
    if not areal.any():
        raise InvalidInput(f"{file.name} 中没有面图形。", code="bad_geometry")
    codes = texts_of(frame[code])[areal].map(_code)
    return gpd.GeoDataFrame({"code": codes}, geometry=frame.geometry[areal], crs=4490)


def _in_place(file: Path, raw: pd.DataFrame, crs: str | None) -> tuple[gpd.GeoDataFrame, str]:
    return in_cgcs2000(shapes_of(file, raw), crs)


def _from_table(file: Path, table: pd.DataFrame) -> gpd.GeoDataFrame:
    """Points of a table with longitudes and latitudes; null where either cannot be read."""
    lon, lat = column_of(table, LONGITUDES), column_of(table, LATITUDES)
    if lon is None or lat is None:
        told = f"{file.name} 没有图形，也认不出经度、纬度两列（度，十进制）。"
        raise InvalidInput(told, code="missing_column")
    places = np.column_stack(
        [pd.to_numeric(table[name], errors="coerce").to_numpy(np.float64) for name in (lon, lat)]
    )
    points = np.asarray(shapely.points(np.nan_to_num(places)), dtype=object)
    points[~np.isfinite(places).all(axis=1)] = None
    return gpd.GeoDataFrame(table, geometry=points)


def _sides(lines: gpd.GeoDataFrame) -> pd.Series:
    """Codes of the sides of each row, a tuple; empty where none are given."""
    both = column_of(lines, SIDES)
    if both is not None:
        return texts_of(lines[both]).map(
            lambda text: tuple(_code(part) for part in _SEPARATORS.split(text) if part)
        )
    columns = [column_of(lines, headers) for headers in (LEFT_SIDES, RIGHT_SIDES)]
    cells = [texts_of(lines[name]).tolist() for name in columns if name is not None]
    rows = zip(*cells, strict=True) if cells else [() for _ in range(len(lines))]
    return pd.Series(
        [tuple(_code(text) for text in row if text) for row in rows],
        index=lines.index,
        dtype=object,
    )


def _code(text: str) -> str:
    """A division code with six digits at least; any other text as it is."""
    try:
        return DivisionCode.parse(text).text
    except InvalidInput:
        return text
