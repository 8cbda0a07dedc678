"""Places and streets of outside files, for analyses without a store."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from civgeo.analysis.street_noding import node_streets
from civgeo.analysis.walk_network import Floats, WalkNetwork, walk_network
from civgeo.errors import ImportRejected, InvalidInput
from civgeo.geo.cgcs2000 import in_cgcs2000
from civgeo.geo.crs import Zone, city_zone, to_metric
from civgeo.services.layer_files import column_of, plain_text, read_layer, shapes_of

__all__ = ["PlaceFinding", "Places", "amounts", "common_zone", "read_places", "read_streets"]

ID_HEADERS = ("id", "编号", "登记编号", "设施编号", "小区编号", "代码", "code", "fid")
NAME_HEADERS = ("name", "名称", "小区名称", "设施名称", "机构名称", "地名")
LON_HEADERS = ("经度", "lon", "lng", "longitude", "x")
LAT_HEADERS = ("纬度", "lat", "latitude", "y")
WEIGHT_HEADERS = (
    "households",
    "户数",
    "住户",
    "总户数",
    "elders",
    "老年人口数",
    "老年人口",
    "weight",
)
STREET_LAYERS = ("streets", "道路", "路网")


@dataclass(frozen=True, slots=True)
class PlaceFinding:
    """What is wrong with one row of a file.

    Parameters
    ----------
    file
        Name of the file.
    row
        Number of the row, from 1, without the header.
    code, message
        Kind of the fault, and what it means for the result, in Chinese.
    """

    file: str
    row: int
    code: str
    message: str


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Points of a file.

    Parameters
    ----------
    file
        Its name.
    frame
        All rows in EPSG:4490; ``id`` and ``name`` as texts, the file's own columns beside.
    usable
        Whether each row has a place.
    findings
        Rows without one.
    """

    file: str
    frame: gpd.GeoDataFrame
    usable: np.ndarray[tuple[int], np.dtype[np.bool_]]
    findings: tuple[PlaceFinding, ...]

    def metres(self, zone: Zone) -> tuple[Floats, Floats]:
        """Coordinates of all rows in `zone`, NaN where there is none; areas by a point inside."""
        points = self.frame.geometry.copy()
        areal = ~points.geom_type.isin(["Point"]) & self.usable
        points[areal] = points[areal].representative_point()
        points[~self.usable] = None
        metric = to_metric(gpd.GeoDataFrame(geometry=points), zone).geometry
        return metric.x.to_numpy(), metric.y.to_numpy()


def read_places(file: Path, *, crs: str | None, layer: str | None = None) -> Places:
    """Places of `file`: points, or areas that stand for a point inside them.

    Parameters
    ----------
    file
        Layer with shapes, or a table with columns of longitude and latitude; read in the jail.
    crs
        ``EPSG:n``, ``GCJ-02`` or ``BD-09``; goes before what the file says of itself.
    layer
        Name of the layer, where the file has several.

    Raises
    ------
    NotFound, ImportRejected
        As `read_layer`; a layer without any row has no places and a finding.
    InvalidInput
        When the file has neither shapes nor coordinates, or one id twice.
    CrsError
        When nobody says which system the coordinates are in, or they do not fit it.
    """
    try:
        raw = _with_shapes(file, read_layer(file, layer))
    except ImportRejected as error:
        if error.code != "empty_layer":
            raise
        return _empty(file)
    bad = raw.geometry.isna() | raw.geometry.is_empty
    finite = ~bad & np.isfinite(raw.geometry.bounds).all(axis=1)
    kept, _system = in_cgcs2000(raw[finite], crs) if finite.any() else (raw[finite], "")
    frame = raw.set_geometry(
        gpd.GeoSeries(kept.geometry.reindex(raw.index), index=raw.index, crs=kept.crs or 4490)
    )
    frame = _identified(file, frame.reset_index(drop=True))
    usable = finite.to_numpy()
    findings = [
        PlaceFinding(file.name, int(row) + 1, "no_place", "没有坐标或坐标无效，未参与计算")
        for row in np.flatnonzero(~usable)
    ]
    return Places(file.name, frame, usable, tuple(findings))


def _empty(file: Path) -> Places:
    frame = gpd.GeoDataFrame({"id": [], "name": []}, geometry=gpd.GeoSeries([], crs=4490))
    told = PlaceFinding(file.name, 0, "empty_layer", "图层里没有要素")
    return Places(file.name, frame, np.zeros(0, dtype=bool), (told,))


def _with_shapes(file: Path, raw: pd.DataFrame) -> gpd.GeoDataFrame:
    if isinstance(raw, gpd.GeoDataFrame):
        return raw
    lon, lat = column_of(raw, LON_HEADERS), column_of(raw, LAT_HEADERS)
    if lon is None or lat is None:
        return shapes_of(file, raw)
    x, y = (pd.to_numeric(raw[name], errors="coerce") for name in (lon, lat))
    points = gpd.GeoSeries(gpd.points_from_xy(x, y), index=raw.index)
    return gpd.GeoDataFrame(raw, geometry=points.where(x.notna() & y.notna(), None))


def _identified(file: Path, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """`frame` with an id of its own in every row: the column of ids, or the row's number."""
    column = column_of(frame, ID_HEADERS)
    ids = pd.Series([str(row + 1) for row in range(len(frame))], dtype=object)
    if column is not None:
        given = frame[column].map(plain_text)
        ids = given.where(given != "", ids)
    twice = ids[ids.duplicated()].unique()
    if len(twice):
        shown = "、".join(str(id)[:40] for id in twice[:5])
        raise InvalidInput(
            f"{file.name} 的编号重复：{shown}；请改为各不相同，或去掉编号列", code="duplicate_id"
        )
    name = column_of(frame, NAME_HEADERS)
    names = frame[name].map(plain_text) if name is not None else ids
    return frame.assign(id=ids.to_numpy(), name=names.to_numpy())


def amounts(
    places: Places, column: str | None, headers: Sequence[str], what: str
) -> tuple[Floats, str | None, tuple[PlaceFinding, ...]]:
    """Amounts of a column: NaN where a row has none that can be used.

    Parameters
    ----------
    places
        The rows.
    column
        Name of the column; None for the first of `headers` that the file has.
    headers
        Columns that are taken unasked.
    what
        What the amounts are, in Chinese.

    Returns
    -------
    tuple
        Amounts, the column used (None where there is none, and every amount is 1), and the rows
        whose amount is missing, negative or no number.

    Raises
    ------
    InvalidInput
        When the file has no such column.
    """
    found = column_of(places.frame, [column.lower()] if column else headers)
    if column and found is None:
        there = "、".join(str(name) for name in places.frame.columns if name != "geometry")
        raise InvalidInput(
            f"{places.file} 没有“{column[:40]}”列，现有：{there[:300]}", code="no_such_column"
        )
    if found is None:
        return np.ones(len(places.frame)), None, ()
    numbers = pd.to_numeric(places.frame[found], errors="coerce").to_numpy(dtype=np.float64)
    good = np.isfinite(numbers) & (numbers >= 0)
    findings = tuple(
        PlaceFinding(
            places.file,
            int(row) + 1,
            "bad_amount",
            f"{what}“{plain_text(places.frame[found].iloc[row])[:40]}”为空、为负或不是数，未参与计算",
        )
        for row in np.flatnonzero(~good & places.usable)
    )
    return np.where(good, numbers, np.nan), found, findings


def common_zone(*layers: Places) -> Zone:
    """Metric zone of all places together.

    Raises
    ------
    InvalidInput
        When no layer has any place.
    """
    parts = [layer.frame.geometry[layer.usable] for layer in layers if layer.usable.any()]
    if not parts:
        raise InvalidInput("没有任何带坐标的点，无法计算", code="no_places")
    whole = gpd.GeoSeries(pd.concat(parts, ignore_index=True), crs=4490)
    return city_zone(gpd.GeoDataFrame(geometry=whole))


def read_streets(
    file: Path, zone: Zone, *, crs: str | None, layer: str | None = None
) -> WalkNetwork:
    """Walk network of a line layer or an OpenStreetMap file, in `zone`.

    Raises
    ------
    NotFound, ImportRejected, CrsError
        As `read_places`.
    InvalidInput
        When the file holds no usable line.
    """
    raw = shapes_of(file, read_layer(file, layer, own=STREET_LAYERS[0]))
    streets, _system = in_cgcs2000(raw, crs)
    edges, report = node_streets(streets, zone.epsg)
    if not len(edges.start):
        raise InvalidInput(
            f"{file.name} 的 {report.lines} 条记录里没有可用的路线，请核对图层", code="no_streets"
        )
    return walk_network(edges, zone.epsg)
