"""Streets from an outside file: lines in CGCS2000, and what an officer should know of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from civgeo.errors import ImportRejected
from civgeo.formats import jail
from civgeo.formats.facts import ReadRequest
from civgeo.formats.osm_streets import ATTRIBUTION
from civgeo.formats.osm_ways import STREETS
from civgeo.formats.sniff import FileFormat, is_osm_pbf
from civgeo.formats.walkable_ways import walkable_ways
from civgeo.geo.cgcs2000 import in_cgcs2000
from civgeo.services.city import City
from civgeo.services.import_places import Surroundings
from civgeo.services.known_names import shifted_names
from civgeo.store.reading import Reading

__all__ = ["StreetFile", "StreetRequest", "read_streets"]

_HEADERS: Mapping[str, tuple[str, ...]] = {
    "level": ("level", "layer", "z_order", "层级", "图层"),
    "bridge": ("bridge", "桥", "是否桥梁"),
    "tunnel": ("tunnel", "隧道", "是否隧道"),
    "name": ("name", "名称", "道路名称", "路名"),
    "kind": ("highway", "fclass"),
    "simulated": ("simulated", "是否模拟数据", "模拟数据"),
}
_SIMULATED = ("1", "true", "t", "yes", "y", "是")


@dataclass(frozen=True, slots=True)
class StreetRequest:
    """How a file of streets is to be taken.

    Parameters
    ----------
    layer, encoding
        Of the file, where it has several layers or does not say; of OpenStreetMap data only the
        streets are taken.
    crs
        ``EPSG:n``, ``GCJ-02`` or ``BD-09``; goes before what the file says of itself.
    dem
        Digest of the elevation model, or its beginning; None for the newest that is kept,
        ``none`` for level ground.
    """

    layer: str | None = None
    encoding: str | None = None
    crs: str | None = None
    dem: str | None = None


@dataclass(frozen=True, slots=True)
class StreetFile:
    """Streets as they were read.

    Parameters
    ----------
    lines
        EPSG:4490; columns level, bridge, tunnel, name where the file has them.
    format, crs
        Format of the file, and the system that its coordinates were read in.
    attribution
        Whom to name for the data; empty where nobody is known.
    simulated
        Whether the file marks any street as simulated.
    notes
        What was found, in Chinese.
    """

    lines: gpd.GeoDataFrame
    format: str
    crs: str
    attribution: str
    simulated: bool
    notes: tuple[str, ...]


def read_streets(
    city: City, path: Path, staging: Path, request: StreetRequest, around: Surroundings
) -> StreetFile:
    """Read the file in the jail, and bring it to EPSG:4490.

    Parameters
    ----------
    city
        The city.
    path
        The file as it came.
    staging
        An empty folder of this reading.
    request
        How it is to be taken.
    around
        Outlines of the city.

    Raises
    ------
    NotFound
        When there is no such file.
    ImportRejected
        When the file is hostile, damaged, too large, holds no lines, lies outside the city, is
        shifted, or is simulated while the store is not.
    CrsError
        When nobody says what coordinate system it is in, or it does not fit.
    """
    if not path.is_file():
        jail.read_file(path, staging)
    layer = STREETS if is_osm_pbf(path) else request.layer
    limits = jail.limits_for(path, city.reading)
    asked = ReadRequest(layer=layer, encoding=request.encoding)
    checked = jail.read_file(path, staging, asked, limits=limits)
    frame = checked.frame()
    if not isinstance(frame, gpd.GeoDataFrame) or not _has_lines(frame):
        text = "文件里没有线状图形：步行网要由道路中心线（线图层）或 .osm.pbf 导入"
        raise ImportRejected(text, code="no_lines")
    is_osm = checked.facts.format is FileFormat.OSM_PBF
    frame, closed = _walked(_renamed(frame))
    moved, system = in_cgcs2000(frame, request.crs, lon=around.lon)
    notes = [*checked.facts.notes, *closed]
    simulated = _is_simulated(moved)
    with city.store.read() as reading:
        if simulated and not reading.register().simulated:
            text = (
                f"正式登记库不接收模拟数据：{path.name} 里有标为模拟的道路。"
                "请换成真实道路，或导入演示库（civgeo demo）"
            )
            raise ImportRejected(text, code="simulated")
        notes += _shifted(reading, moved, request.crs)
    notes += _outside(moved, around)
    return StreetFile(
        lines=moved,
        format=checked.facts.format.value,
        crs=system,
        attribution=ATTRIBUTION if is_osm else "",
        simulated=simulated,
        notes=tuple(notes),
    )


def _has_lines(frame: gpd.GeoDataFrame) -> bool:
    kinds = set(frame.geometry.geom_type.dropna().unique())
    return bool(kinds & {"LineString", "MultiLineString", "LinearRing", "GeometryCollection"})


def _renamed(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Columns under our names, geometry last; other columns are left out."""
    own = {str(column).strip().lower(): column for column in frame.columns}
    found = {}
    for name, headers in _HEADERS.items():
        header = next((own[each] for each in headers if each in own), None)
        if header is not None:
            found[name] = frame[header].to_numpy()
    return gpd.GeoDataFrame(
        found, geometry=frame.geometry.to_numpy(), crs=frame.crs, index=frame.index
    )


def _walked(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Streets without kinds that nobody walks on, where the file names those of OpenStreetMap."""
    if "kind" not in frame.columns:
        return frame, []
    kinds = walkable_ways().kinds
    barred = frame["kind"].map(lambda kind: kinds.get(kind, True) is False).to_numpy(dtype=bool)
    if not barred.any():
        return frame, []
    return frame[~barred], [f"{int(barred.sum())} 条路的种类不供步行（如 motorway），没有取用"]


def _is_simulated(frame: gpd.GeoDataFrame) -> bool:
    if "simulated" not in frame.columns:
        return False
    texts = frame["simulated"].fillna("").astype(str).str.strip().str.lower()
    return bool(texts.str.removesuffix(".0").isin(_SIMULATED).any())


def _shifted(reading: Reading, lines: gpd.GeoDataFrame, asked: str | None) -> list[str]:
    if "name" not in lines.columns:
        return []
    named = lines[lines["name"].notna() & lines.geometry.notna()]
    return shifted_names(reading, named.assign(name=named["name"].astype(str)), asked)


def _outside(lines: gpd.GeoDataFrame, around: Surroundings) -> list[str]:
    """A note on streets that lie outside the city; all of them there is a refusal."""
    if around.whole.empty:
        return ["登记库中没有本市轮廓，没有核对道路的位置"]
    city = around.whole.geometry.iloc[0]
    shapely.prepare(city)
    shapes = lines.geometry.to_numpy()
    drawn = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    away = drawn & ~shapely.intersects(city, shapes)
    if not (drawn & ~away).any():
        west, south, east, north = (float(edge) for edge in lines.total_bounds)
        text = "道路全部在本市之外"
        if np.isfinite(west):
            text += f"（东经 {west:.3f}—{east:.3f}，北纬 {south:.3f}—{north:.3f}）"
        raise ImportRejected(f"{text}：请核对文件和坐标系", code="streets_outside_city")
    if not away.any():
        return []
    share = int(away.sum()) / int(drawn.sum())
    return [f"{int(away.sum())} 条路（{share:.1%}）在本市之外，照样取用：跨界步行可以用到"]
