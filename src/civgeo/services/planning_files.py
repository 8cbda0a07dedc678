"""Places and streets of outside files, for analyses without a store."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from civgeo.analysis.street_noding import node_streets
from civgeo.analysis.walk_network import Floats, WalkNetwork, walk_network
from civgeo.errors import CrsError, ImportRejected, InvalidInput
from civgeo.formats.osm_streets import ATTRIBUTION
from civgeo.formats.sniff import is_osm_pbf
from civgeo.geo.cgcs2000 import in_cgcs2000
from civgeo.geo.crs import Zone, city_zone, to_metric
from civgeo.services.layer_files import column_of, plain_text, read_layer, shapes_of, texts_of

__all__ = ["PlaceFinding", "Places", "StreetLayer", "amounts", "common_zone", "counted_in"]
__all__ += ["read_places", "read_streets"]

ID_HEADERS = ("id", "编号", "登记编号", "设施编号", "小区编号", "代码", "code", "fid")
NAME_HEADERS = ("name", "名称", "小区名称", "设施名称", "机构名称", "地名")
LON_HEADERS = ("经度", "lon", "lng", "longitude", "x")
LAT_HEADERS = ("纬度", "lat", "latitude", "y")
HOUSEHOLD_HEADERS = ("households", "户数", "住户", "总户数")
ELDER_HEADERS = ("elders", "老年人口数", "老年人口", "老年人数")
WEIGHT_HEADERS = (*HOUSEHOLD_HEADERS, *ELDER_HEADERS, "weight")
STREETS, BARRIERS = "streets", "barriers"
FACILITIES, CANDIDATES, ESTATES = "facilities", "candidates", "estates"
SIMULATED_HEADERS = ("simulated", "是否模拟数据")
_YES = ("1", "true", "t", "yes", "y", "是")


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

    @property
    def simulated(self) -> bool:
        """Whether a row says of itself that it is simulated."""
        return _says_simulated(self.frame[self.usable])

    def metres(self, zone: Zone) -> tuple[Floats, Floats]:
        """Coordinates of all rows in `zone`, NaN where there is none; areas by a point inside."""
        points = self.frame.geometry.copy()
        areal = ~points.geom_type.isin(["Point"]) & self.usable
        points[areal] = gpd.GeoSeries(points[areal]).representative_point()
        points[~self.usable] = None
        metric = to_metric(gpd.GeoDataFrame(geometry=points), zone).geometry
        x, y = (np.asarray(values, dtype=np.float64) for values in (metric.x, metric.y))
        return x, y


@dataclass(frozen=True, slots=True, eq=False)
class StreetLayer:
    """Walk network of a file, with what must be said wherever it is used.

    Parameters
    ----------
    network
        In the zone of the question.
    attribution
        Whom the licence of the streets asks to name; empty where it asks for nobody.
    simulated
        Whether a street says of itself that it is simulated.
    """

    network: WalkNetwork
    attribution: str
    simulated: bool


def _says_simulated(frame: pd.DataFrame) -> bool:
    column = column_of(frame, SIMULATED_HEADERS)
    return column is not None and bool(texts_of(frame[column]).str.lower().isin(_YES).any())


def read_places(file: Path, *, crs: str | None, own: str = "") -> Places:
    """Places of `file`: points, or areas that stand for a point inside them.

    Parameters
    ----------
    file
        Layer with shapes, or a table with columns of longitude and latitude; read in the jail.
    crs
        ``EPSG:n``, ``GCJ-02`` or ``BD-09``; goes before what the file says of itself.
    own
        Layer that is taken where the file has several, as in files of civgeo.

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
        raw = _with_shapes(file, _layer(file, own))
    except ImportRejected as error:
        if error.code != "empty_layer":
            raise
        return _empty(file)
    bad = raw.geometry.isna() | raw.geometry.is_empty
    finite = ~bad & np.isfinite(raw.geometry.bounds.to_numpy()).all(axis=1)
    kept = _placed(file, raw[finite], crs) if finite.any() else raw[finite]
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


def _layer(file: Path, own: str) -> pd.DataFrame:
    """The only layer of `file`, or the one called `own`."""
    try:
        return read_layer(file, None, own=own)
    except InvalidInput as error:
        if error.code != "choose_layer":
            raise
        told = error.message.partition("请用")[0]
        advice = f"{told}请把要用的一层改名为 {own}，或另存为只有一层的文件。"
        raise InvalidInput(advice, code=error.code) from error


def _placed(file: Path, raw: gpd.GeoDataFrame, crs: str | None) -> gpd.GeoDataFrame:
    """`raw` in EPSG:4490; the file is named where that fails."""
    try:
        return in_cgcs2000(raw, crs)[0]
    except CrsError as error:
        raise CrsError(f"{file.name}：{error.message}", code=error.code) from error


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
    found = column_of(places.frame, [column] if column else headers)
    if column and found is None:
        ours = ("geometry", "id", "name")
        there = "、".join(str(name) for name in places.frame.columns if name not in ours)
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


def counted_in(places: Places, column: str | None) -> str:
    """What the amounts of `column` count: 户, 人, 处 where each place counts as one, else 权重."""
    if column is None:
        return "处"
    for headers, unit in ((HOUSEHOLD_HEADERS, "户"), (ELDER_HEADERS, "人")):
        if any(column_of(places.frame, [header]) == column for header in headers):
            return unit
    return "权重"


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


def read_streets(file: Path, zone: Zone, *, crs: str | None) -> StreetLayer:
    """Walk network of a line layer or an OpenStreetMap file, in `zone`.

    Raises
    ------
    NotFound, ImportRejected, CrsError
        As `read_places`.
    InvalidInput
        When the file holds no usable line.
    """
    raw = shapes_of(file, _layer(file, STREETS))
    streets = _placed(file, raw, crs)
    edges, report = node_streets(streets, zone.epsg)
    if not len(edges.start):
        raise InvalidInput(
            f"{file.name} 的 {report.lines} 条记录里没有可用的路线，请核对图层", code="no_streets"
        )
    attribution = ATTRIBUTION if is_osm_pbf(file) else ""
    return StreetLayer(walk_network(edges, zone.epsg), attribution, _says_simulated(raw))
