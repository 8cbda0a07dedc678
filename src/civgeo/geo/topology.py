"""Checks of a layer of divisions: invalid rings, gaps, overlaps, shared boundary, junctions.

Everything is found on degrees as they are (gaps and shared boundary on a grid of 0.1 mm, below);
only areas, lengths and widths are measured in metres, in the one zone of the city. Nothing is
repaired.

- An *overlap* is a connected area that two divisions both claim; where three claim it, each pair
  counts it.
- A *gap* is a connected area that no division claims and that divisions enclose; an enclave that
  another division fills is none. Nor is a bay that opens to the outside, however narrow its mouth:
  what should lie there is with the neighbours, and the layer does not hold them. Checked together
  with its neighbours, a layer has its outer edge checked too.
- Either is a *sliver* when it is nowhere as wide as ``sliver_width_m``: when no circle of that
  diameter fits inside. Area cannot tell: a sliver along a whole boundary has more area than a
  true gap at a corner.
- What is narrower than 1 mm everywhere is arithmetic of floating point and not reported.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from civgeo.errors import InvalidInput
from civgeo.geo.crs import Zone, require_cgcs2000
from civgeo.geo.edges import Edges, Mask, cuts, edges_of, shared_segments
from civgeo.geo.gaps import faces_between, shapes_around
from civgeo.geo.ground import (
    Shapes,
    greatest_width_m,
    in_metres,
    on_the_ground,
    places_of,
    points_at,
    polygon_parts,
    zone_or_none,
)
from civgeo.geo.index import near_pairs, too_many_pairs
from civgeo.geo.junctions import junctions, shared_boundaries
from civgeo.geo.rings import readable_parts, ring_faults

__all__ = [
    "NOISE_WIDTH_M",
    "SLIVER_WIDTH_M",
    "CoverageReport",
    "FindingKind",
    "check_coverage",
]

SLIVER_WIDTH_M = 5.0
"""Widest that a sliver may be, in metres.

Two drawings of one line differ by up to 1.6 m when each was rounded to five decimals of a degree,
and by 1.3 m where one of them has a 10 km edge that was straight in another projection; 5 m is
above both together, and it is a line 0.1 mm thick on a map of 1:50 000.
"""

NOISE_WIDTH_M = 0.001
"""What is nowhere wider than this, in metres, is noise of floating point and no finding."""

PAIR_CORNERS = 500
AREAL = (3, 6)
Progress = Callable[[str, int, int], None]


class FindingKind(StrEnum):
    """What is wrong at a place."""

    INVALID = "invalid"
    GAP = "gap"
    OVERLAP = "overlap"

    @property
    def label_zh(self) -> str:
        """Kind in Chinese."""
        return {"invalid": "图形无效", "gap": "空隙", "overlap": "重叠"}[self.value]


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """What the checks of one layer found.

    Parameters
    ----------
    findings
        EPSG:4490. ``kind`` (`FindingKind`), ``sliver`` (bool), ``codes`` and ``names`` (tuples;
        the two of an overlap, all that surround a gap, the longest side first), ``lon``, ``lat``
        (a point inside; of an invalid ring the fault), ``area_m2``, ``width_m`` (where widest;
        NaN for invalid), ``note``; geometry the area in question, the point for invalid. Invalid
        first, then gaps and overlaps, the largest first. The ``area_m2`` of an invalid outline is
        that of the part which can be read at all.
    shared
        ``one``, ``other`` (codes), ``length_m``: `civgeo.geo.junctions.shared_boundaries`.
    junctions
        ``codes``, ``lon``, ``lat``, geometry POINT: `civgeo.geo.junctions.junctions`.
    sliver_width_m
        What counted as a sliver.
    """

    findings: gpd.GeoDataFrame
    shared: pd.DataFrame
    junctions: gpd.GeoDataFrame
    sliver_width_m: float

    def of(self, kind: FindingKind, *, sliver: bool = False) -> gpd.GeoDataFrame:
        """Findings of one kind, the true ones or the slivers."""
        rows = (self.findings["kind"] == kind.value) & (self.findings["sliver"] == sliver)
        return self.findings[rows]

    @property
    def slivers(self) -> gpd.GeoDataFrame:
        """Gaps and overlaps that are slivers."""
        return self.findings[self.findings["sliver"]]

    @property
    def shared_m(self) -> float:
        """Length of all shared boundary, metres."""
        return float(self.shared["length_m"].sum())


def check_coverage(
    divisions: gpd.GeoDataFrame,
    *,
    zone: Zone | None = None,
    sliver_width_m: float = SLIVER_WIDTH_M,
    progress: Progress | None = None,
    most: int | None = None,
) -> CoverageReport:
    """Check of a layer whose polygons should cover an area once.

    Parameters
    ----------
    divisions
        EPSG:4490; ``code`` and ``name`` (text; rows of one code are one division); POLYGON or
        MULTIPOLYGON, null or empty where there is no outline. One level only: a city together
        with its counties overlaps throughout. An invalid outline is reported, and its readable
        part alone takes part in the other checks, whose findings beside it say so.
    zone
        Where metres are measured; by default the zone of the layer's middle, and for a layer
        wider than 12 degrees the zone of each finding.
    sliver_width_m
        Gaps and overlaps nowhere this wide are slivers; widths are found to one percent.
    progress
        Called with a label, steps done and steps in all.
    most
        Limit of the work, None for none: most pairs of edges that may meet other than corner by
        corner, and most pairs of outlines that may overlap, a pair of 500 corners counting as one.

    Raises
    ------
    CrsError
        When the frame is not in EPSG:4490, has no extent, or cannot be projected.
    InvalidInput
        For a missing column, a geometry that is no area, a negative width, and more work than
        `most` (code ``too_many_pairs``).
    """
    _require_layer(divisions, sliver_width_m)
    tell = progress or (lambda label, done, total: None)
    metric_zone = zone or zone_or_none(divisions)
    layer = _Layer.of(divisions, metric_zone)
    tell("检查图形", 1, 4)
    edges = edges_of(layer.readable)
    found = cuts(edges, edges.loose, most=most)
    tell("比对相邻政区", 2, 4)
    faces = faces_between(edges, found, layer.readable)
    overlaps = layer.overlaps(faces.crowded, most)
    once = [
        layer.invalid(),
        layer.measured(FindingKind.GAP, layer.gaps(faces.bare, edges), sliver_width_m),
        layer.measured(FindingKind.OVERLAP, overlaps, sliver_width_m),
    ]
    tell("查找空隙与重叠", 3, 4)
    if len(overlaps.shapes):
        inside = edges.near(faces.crowded, np.unique(np.array(overlaps.owners)))
        found = cuts(edges, edges.loose | inside, most=most)
    report = CoverageReport(
        findings=gpd.GeoDataFrame(pd.concat(once, ignore_index=True), crs="EPSG:4490"),
        shared=shared_boundaries(shared_segments(edges, found), found, layer.codes, metric_zone),
        junctions=junctions(edges, found, layer.codes),
        sliver_width_m=sliver_width_m,
    )
    tell("量算界线与三交点", 4, 4)
    return report


def _require_layer(divisions: gpd.GeoDataFrame, sliver_width_m: float) -> None:
    require_cgcs2000(divisions)
    missing = [name for name in ("code", "name") if name not in divisions.columns]
    if missing:
        raise InvalidInput(f"政区图层缺少列：{'、'.join(missing)}。", code="missing_column")
    if not sliver_width_m >= 0:
        raise InvalidInput(f"细缝宽度应为不小于 0 的米数，收到 {sliver_width_m}。")
    shapes = divisions.geometry.to_numpy()
    kinds = shapely.get_type_id(shapes)
    stray = np.flatnonzero(~np.isin(kinds, AREAL) & (kinds >= 0) & ~shapely.is_empty(shapes))
    if stray.size:
        row = divisions.iloc[int(stray[0])]
        raise InvalidInput(
            f"政区图层中“{row['name']}”（{row['code']}）的图形是 {shapes[stray[0]].geom_type}，"
            "不是面。请只保留面图形后再检查。"
        )


@dataclass(frozen=True, slots=True)
class _Layer:
    """Outlines of a layer as arrays; `readable` holds None where nothing can be measured."""

    codes: NDArray[np.object_]
    names: NDArray[np.object_]
    shapes: Shapes
    sound: Mask
    readable: Shapes
    zone: Zone | None

    @classmethod
    def of(cls, divisions: gpd.GeoDataFrame, zone: Zone | None) -> "_Layer":
        """The arrays of a frame."""
        shapes = np.asarray(shapely.force_2d(divisions.geometry.to_numpy()), dtype=object)
        shapes[shapely.is_empty(shapes)] = None
        sound = shapely.is_valid(shapes) | shapely.is_missing(shapes)
        readable = shapes.copy()
        readable[~sound] = readable_parts(shapes[~sound])
        return cls(
            divisions["code"].astype(str).to_numpy(dtype=object),
            divisions["name"].astype(str).to_numpy(dtype=object),
            shapes,
            sound,
            readable,
            zone,
        )

    def invalid(self) -> gpd.GeoDataFrame:
        """Faults of rings as findings."""
        faults = ring_faults(self.shapes[~self.sound])
        numbers = np.flatnonzero(~self.sound)[faults["number"].to_numpy(dtype=np.intp)]
        areas = shapely.area(in_metres(self.readable[numbers], self.zone))
        return self._rows(
            FindingKind.INVALID,
            [(number,) for number in numbers.tolist()],
            lon=faults["lon"].to_numpy(),
            lat=faults["lat"].to_numpy(),
            area_m2=np.nan_to_num(areas),
            width_m=np.full(len(faults), np.nan),
            sliver=np.zeros(len(faults), dtype=bool),
            note=faults["reason"].tolist(),
            geometry=points_at(faults[["lon", "lat"]].to_numpy()),
        )

    def gaps(self, gaps: Shapes, edges: Edges) -> "_Pieces":
        """Gaps, with the divisions that enclose each."""
        return _Pieces(gaps, shapes_around(gaps, edges))

    def overlaps(self, crowded: Shapes, most: int | None) -> "_Pieces":
        """Areas that both shapes of a pair claim, on their coordinates as they are."""
        reaching = shapely.STRtree(crowded).query(self.readable, predicate="intersects")[0]
        among = np.unique(reaching)
        one, other = (among[side] for side in near_pairs(self.readable[among], most=most))
        corners = shapely.get_num_coordinates(self.readable)
        if most is not None and corners[one].sum() + corners[other].sum() > most * PAIR_CORNERS:
            raise too_many_pairs()
        both = shapely.intersection(self.readable[one], self.readable[other])
        parts, pair = polygon_parts(np.asarray(both, dtype=object))
        return _Pieces(parts, list(zip(one[pair].tolist(), other[pair].tolist(), strict=True)))

    def measured(
        self, kind: FindingKind, pieces: "_Pieces", sliver_width_m: float
    ) -> gpd.GeoDataFrame:
        """Pieces as findings, the largest first, without the noise of floating point."""
        metric = on_the_ground(pieces.shapes, self.zone)
        width, area = greatest_width_m(metric), shapely.area(metric)
        order = np.argsort(-area, kind="stable")
        order = order[width[order] >= NOISE_WIDTH_M]
        shapes = pieces.shapes[order]
        owners = [pieces.owners[number] for number in order.tolist()]
        places = places_of(shapes)
        return self._rows(
            kind,
            owners,
            lon=places[:, 0],
            lat=places[:, 1],
            area_m2=area[order],
            width_m=width[order],
            sliver=width[order] < sliver_width_m,
            note=[self._note(kind, each) for each in owners],
            geometry=shapes,
        )

    def _note(self, kind: FindingKind, owners: tuple[int, ...]) -> str:
        notes = []
        if kind is FindingKind.GAP and len(set(self.codes[list(owners)])) == 1:
            notes.append("只被一个政区包围，也可能是图层未收的飞地或水面")
        if not self.sound[list(owners)].all():
            notes.append("旁边有无效图形，只按其可读部分量算")
        return "；".join(notes)

    def _labels(self, owners: tuple[int, ...]) -> tuple[list[str], list[str]]:
        """Codes and names of shapes."""
        return self.codes[list(owners)].tolist(), self.names[list(owners)].tolist()

    def _rows(
        self, kind: FindingKind, owners: Sequence[tuple[int, ...]], **columns: object
    ) -> gpd.GeoDataFrame:
        named = [dict(zip(*self._labels(each), strict=True)) for each in owners]
        head = {
            "kind": pd.Series([kind.value] * len(owners), dtype=object),
            "codes": pd.Series([tuple(each) for each in named], dtype=object),
            "names": pd.Series([tuple(each.values()) for each in named], dtype=object),
        }
        return gpd.GeoDataFrame({**head, **columns}, geometry="geometry", crs="EPSG:4490")


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Polygons, and the numbers of the shapes that each belongs to or lies between."""

    shapes: Shapes
    owners: Sequence[tuple[int, ...]]
