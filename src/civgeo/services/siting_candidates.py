"""Candidates of a siting with what a planner compares: road, townships, sight, land, capacity."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import floor

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from civgeo.analysis.candidate_areas import FreeAreas, free_areas, ranked
from civgeo.analysis.ground_grid import Floats
from civgeo.analysis.road_view import road_view
from civgeo.analysis.site_marks import Exclusions, PlaneKind, Words
from civgeo.analysis.siting import plane_of
from civgeo.analysis.viewshed import road_observers
from civgeo.domain.cemetery_rules import CemeteryLevel
from civgeo.domain.site_features import LAND_COVERS, SiteFeature
from civgeo.errors import InvalidInput
from civgeo.geo.crs import CGCS2000_EPSG, CrsName, project, require_crs, transform_points
from civgeo.services.funeral_people import Town
from civgeo.services.siting_ground import GroundLayers
from civgeo.services.siting_question import SitingQuestion, View
from civgeo.services.siting_words import candidate_text

__all__ = ["Found", "Settlements", "candidates_of", "land_classes"]

Progress = Callable[[str, int, int], None]
_Shapes = npt.NDArray[np.object_]

_ACCESS = (
    *(SiteFeature.TRUNK_ROAD, SiteFeature.NATIONAL_ROAD, SiteFeature.PROVINCIAL_ROAD),
    *(SiteFeature.COUNTY_ROAD, SiteFeature.TOWNSHIP_ROAD),
)
"""Roads that a cemetery can be reached from; a motorway passes by."""

_STEPS_AROUND = 200
_OUTLINES_AT_ONCE = 200
_SHARES = {
    "approval_share": frozenset({PlaneKind.APPROVAL}),
    "unclear_share": frozenset({PlaneKind.UNCLEAR}),
    "unknown_share": frozenset({PlaneKind.MISSING, PlaneKind.UNASSESSED}),
}


_MEASURES = (
    *("area_m2", "area_mu", "compactness", "mean_slope_deg", "slope_known_share"),
    *("admitted_share", *_SHARES),
)
_LATER = (
    *("visible_share", "road_m", "road_name", "towns_m", "township"),
    *("score", "rank", "top_share", "land_class", "land_class_share", "capacity"),
)
_PLACED = ("centroid_lon", "centroid_lat", "text")


_NO_OUTLINES = "登记库没有乡镇的轮廓，候选地所在乡镇没有给出"


@dataclass(frozen=True, slots=True, eq=False)
class Settlements:
    """Townships that a cemetery may serve.

    Parameters
    ----------
    towns
        Those of the division, with their points.
    people
        Their people; None where the register does not tell.
    outlines
        Outlines of townships in the zone, index name; empty where none is known.
    """

    towns: tuple[Town, ...]
    people: tuple[float | None, ...]
    outlines: gpd.GeoSeries


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Candidates by rank, EPSG:4490; how many there are in all; what must be said of them.

    `seen` holds cells of the listed ones that are seen from trunk roads; None if not known.
    """

    listed: gpd.GeoDataFrame
    count: int
    notes: tuple[str, ...]
    seen: Words | None = None

    @classmethod
    def none(cls) -> "Found":
        """No candidate."""
        columns = {name: pd.Series(dtype=object) for name in (*_MEASURES, *_LATER, *_PLACED)}
        return cls(gpd.GeoDataFrame(columns, geometry=[], crs=CGCS2000_EPSG), 0, ())


def candidates_of(
    marks: Exclusions,
    question: SitingQuestion,
    ground: GroundLayers,
    settlements: Settlements,
    *,
    min_area_m2: float,
    admit: frozenset[PlaneKind],
    progress: Progress,
) -> Found:
    """Free areas of at least the smallest size, compared and ranked.

    Raises
    ------
    InvalidInput
        When none of the weighted criteria is known of any candidate, and as `free_areas`.
    """
    progress("连成候选地", 0, 1)
    areas = free_areas(marks, min_area_m2, admit=admit)
    progress("连成候选地", 1, 1)
    frame, notes = areas.frame, []
    if frame.empty:
        return Found.none()
    cells = frame["area_m2"].to_numpy() / marks.grid.cell_area_m2
    frame = frame.assign(**{name: _share(areas, marks, of, cells) for name, of in _SHARES.items()})
    share, seen, told = _visible(areas, marks, ground, question.view, progress)
    frame["visible_share"] = share
    notes += told
    progress("量候选地到道路和乡镇的距离", 0, 1)
    frame["road_m"], frame["road_name"] = _roads(frame, ground, marks.grid.cell_m)
    frame["towns_m"], frame["township"], told = _towns(frame, question.level, settlements, ground)
    notes += told if len(settlements.outlines) else [*told, _NO_OUTLINES]
    progress("量候选地到道路和乡镇的距离", 1, 1)
    frame, told = _in_order(frame, question)
    notes += told
    words, share = land_classes(areas, marks, ground, cells, progress)
    by_rank = frame["position"].to_numpy()
    frame = frame.assign(land_class=words[by_rank], land_class_share=share[by_rank])
    listed = frame.head(question.top).copy()
    listed["capacity"] = _capacities(listed["area_m2"], question)
    if seen is not None:
        seen = seen & plane_of(listed.geometry.to_numpy(), marks.grid, "候选地")
    return Found(_placed(listed), len(frame), tuple(notes), seen)


def _share(
    areas: FreeAreas, marks: Exclusions, kinds: frozenset[PlaneKind], cells: Floats
) -> Floats:
    """Share of each candidate's cells with a mark of some kinds."""
    return np.asarray(areas.cells(marks.together(kinds)) / cells)


def _visible(
    areas: FreeAreas, marks: Exclusions, ground: GroundLayers, view: View, progress: Progress
) -> tuple[Floats, Words | None, list[str]]:
    """Share of each candidate's cells of known height that is seen from trunk roads; the cells."""
    nothing = np.full(len(areas.frame), np.nan)
    roads = _shown(ground, lambda kind: kind.lies_in(SiteFeature.TRUNK_ROAD))[0]
    if marks.heights is None or not len(roads):
        lacking = "高程模型" if marks.heights is None else "公路主干线图层"
        return nothing, None, [f"没有{lacking}，没有评价公路主干线上是否可见"]
    is_area = np.isin(shapely.get_type_id(roads), (3, 6))
    lines = np.where(is_area, shapely.boundary(roads), roads)
    lines = lines[np.isin(shapely.get_type_id(lines), (1, 5))]
    observers = road_observers(ground.series(lines), float(view.every_m))
    found = road_view(
        marks.heights,
        observers["x"].to_numpy(),
        observers["y"].to_numpy(),
        areas.rows,
        observer_m=float(view.observer_m),
        max_distance_m=float(view.max_distance_m),
        progress=lambda done, total: progress("从公路主干线看候选地", done, total),
    )
    known, seen = areas.cells(found.known), found.seen & found.known
    share = np.divide(areas.cells(seen), known, out=nothing, where=known > 0)
    blind = found.observers - found.placed
    told = (
        f"公路主干线上的观察点有 {blind} 个（共 {found.observers} 个）没有高程，可见的比例可能偏低"
    )
    return share, seen, [told] if blind else []


def _shown(
    ground: GroundLayers, wanted: Callable[[SiteFeature], bool]
) -> tuple[_Shapes, list[str]]:
    """Geometries of the wanted features, and their names, of all layers."""
    shapes, names = [np.empty(0, dtype=object)], []
    for layer in ground.layers:
        chosen = layer.words["kind"].isin([kind for kind in layer.kinds if wanted(kind)]).to_numpy()
        found = layer.shapes[chosen]
        there = ~(shapely.is_missing(found) | shapely.is_empty(found))
        words = layer.words[chosen][there]
        shapes.append(found[there])
        names += words["name"].where(words["name"] != "", words["label"]).tolist()
    return np.concatenate(shapes), names


def _roads(
    frame: gpd.GeoDataFrame, ground: GroundLayers, cell_m: float
) -> tuple[Floats, list[str | None]]:
    """Metres from each candidate to the nearest road, to about a cell, and the road's name."""
    roads, names = _shown(ground, lambda kind: kind in _ACCESS)
    pieces, road = _pieces(roads)
    if not len(pieces):
        return np.full(len(frame), np.nan), [None] * len(frame)
    tree = shapely.STRtree(pieces)
    outlines = frame.geometry.to_numpy()
    parts = np.array_split(outlines, max(1, len(outlines) // _OUTLINES_AT_ONCE))
    found = [_nearest(tree, part, cell_m) for part in parts]
    metres, piece = (np.concatenate(each) for each in zip(*found, strict=True))
    return metres, [names[each] or None for each in road[piece]]


def _nearest(
    tree: shapely.STRtree, outlines: _Shapes, cell_m: float
) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Metres from each outline to the nearest of some shapes, and which that is."""
    place, outline = _around(outlines, cell_m)
    pairs, distance = tree.query_nearest(place, all_matches=False, return_distance=True)
    of = outline[pairs[0]]
    order = np.lexsort((distance, of))
    first = order[np.searchsorted(of[order], np.arange(len(outlines)))]
    metres, nearest = distance[first], pairs[1][first]
    within, piece = tree.query(outlines, predicate="intersects")
    metres[within], nearest[within] = 0.0, piece
    return metres, nearest


def _pieces(roads: _Shapes) -> tuple[_Shapes, npt.NDArray[np.intp]]:
    """Roads cut at their corners, so that a search meets little of each; the road of each piece."""
    parts, road = shapely.get_parts(roads, return_index=True)
    is_area = np.isin(shapely.get_type_id(parts), (3,))
    rings, own = shapely.get_rings(parts[is_area], return_index=True)
    lines = np.concatenate([parts[~is_area], rings])
    road = np.concatenate([road[~is_area], road[is_area][own]])
    corners, of = shapely.get_coordinates(lines, return_index=True)
    joined = np.flatnonzero(of[1:] == of[:-1])
    pairs = np.stack([corners[joined], corners[joined + 1]], axis=1)
    pieces: _Shapes = np.asarray(shapely.linestrings(pairs), dtype=object)
    return pieces, road[of[joined]]


def _around(outlines: _Shapes, cell_m: float) -> tuple[_Shapes, npt.NDArray[np.intp]]:
    """Places around each outline, a cell or more apart, and the outline of each."""
    rims = shapely.boundary(outlines)
    steps = np.maximum(cell_m, shapely.length(rims) / _STEPS_AROUND)
    corners, of = shapely.get_coordinates(shapely.segmentize(rims, steps), return_index=True)
    places: _Shapes = np.asarray(shapely.points(corners), dtype=object)
    return places, of


def _towns(
    frame: gpd.GeoDataFrame,
    level: CemeteryLevel,
    settlements: Settlements,
    ground: GroundLayers,
) -> tuple[Floats, list[str | None], list[str]]:
    """Mean straight metres to the townships served, and the township that each lies in."""
    counted = zip(settlements.towns, settlements.people, strict=True)
    placed = [(town.place, people) for town, people in counted if town.place is not None]
    township = _townships(frame, settlements.outlines)
    if not placed:
        told = "没有乡镇的位置，没有计算到所服务乡镇的距离"
        return np.full(len(frame), np.nan), township, [told]
    places = np.array([place for place, _ in placed])
    x, y = project(places[:, 0], places[:, 1], ground.region.zone)
    away = np.hypot(
        frame["centroid_x"].to_numpy()[:, None] - x, frame["centroid_y"].to_numpy()[:, None] - y
    )
    if level is CemeteryLevel.TOWNSHIP:
        return away.min(axis=1), township, []
    weights = np.array([np.nan if people is None else people for _, people in placed], np.float64)
    known = bool(np.isfinite(weights).all()) and weights.sum() > 0
    weights = weights if known else np.ones(len(placed))
    lost = len(settlements.towns) - len(placed)
    notes = [f"{lost} 个乡镇没有位置，没有计入距离"] if lost else []
    if not known:
        notes.append("人口登记不全，到所服务乡镇的平均距离每个乡镇计 1，没有按人口加权")
    return away @ (weights / weights.sum()), township, notes


def _townships(frame: gpd.GeoDataFrame, outlines: gpd.GeoSeries) -> list[str | None]:
    names: list[str | None] = [None] * len(frame)
    if outlines.empty:
        return names
    inner = shapely.point_on_surface(frame.geometry.to_numpy())
    inside, outline = shapely.STRtree(outlines.to_numpy()).query(inner, predicate="intersects")
    for candidate, town in zip(inside, outline, strict=True):
        names[candidate] = str(outlines.index[town])
    return names


def _in_order(
    frame: gpd.GeoDataFrame, question: SitingQuestion
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Candidates by rank, with their former position; what could not be weighed."""
    asked = {each: weight for each, weight in question.weights.items() if weight}
    unknown = [each for each in asked if frame[each.value].isna().all()]
    weights = {
        each.value: float(weight) * (1 if each.more_is_better else -1)
        for each, weight in asked.items()
        if each not in unknown
    }
    named = "、".join(each.label_zh for each in unknown)
    if not weights:
        raise InvalidInput(f"没有{named}的数据，不能排序：请换用其他指标的权重", code="bad_weights")
    placed = ranked(
        frame.assign(position=np.arange(len(frame))),
        weights,
        np.random.default_rng(question.seed),
        top=question.firm_top,
        spread=float(question.spread),
        draws=question.draws,
    )
    told = [f"没有{named}的数据，排序时没有计入"] if unknown else []
    return gpd.GeoDataFrame(placed), told


def land_classes(
    areas: FreeAreas, marks: Exclusions, ground: GroundLayers, cells: Floats, progress: Progress
) -> tuple[npt.NDArray[np.object_], Floats]:
    """Land class that most of each candidate has, in the words of the layer, and its share."""
    words: npt.NDArray[np.object_] = np.full(len(cells), None, dtype=object)
    best: Floats = np.zeros(len(cells))
    layers = [layer for layer in ground.layers if layer.kinds & LAND_COVERS]
    total: dict[str, Floats] = {}
    for done, layer in enumerate(layers):
        labels = layer.words["label"]
        for label in sorted(set(labels) - {""}):
            shapes = layer.shapes[(labels == label).to_numpy()]
            found = areas.cells(plane_of(shapes, marks.grid, layer.meta.title)) / cells
            total[label] = total.get(label, np.zeros(len(cells))) + found
        progress("统计候选地的地类", done + 1, len(layers))
    for label, share in total.items():
        more = share > best
        words[more], best[more] = label, share[more]
    return words, np.where(best > 0, best, np.nan)


def _capacities(area_m2: Iterable[float], question: SitingQuestion) -> list[int | None]:
    """Plots that fit: area x burial share / (plot + path); None where a parameter is missing."""
    share, path, plot = question.burial_share, question.path_m2, question.plot_m2
    if share is None or path is None or plot is None:
        return [None for _ in area_m2]
    return [floor(Decimal(repr(float(area))) * share / (plot + path)) for area in area_m2]


def _placed(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Candidates in EPSG:4490, numbered by rank, with their middles in degrees."""
    zone = CrsName.parse(f"EPSG:{require_crs(frame).to_epsg()}")
    x, y = (frame[name].to_numpy(np.float64) for name in ("centroid_x", "centroid_y"))
    degrees = CrsName.parse(f"EPSG:{CGCS2000_EPSG}")
    lon, lat = transform_points(x, y, zone, degrees)
    placed = frame.to_crs(epsg=CGCS2000_EPSG).assign(centroid_lon=lon, centroid_lat=lat)
    placed["capacity"] = placed["capacity"].astype("Int64")
    placed["text"] = [candidate_text(row) for row in placed.to_dict("records")]
    placed.index = pd.RangeIndex(1, len(placed) + 1)
    return placed.drop(columns=["centroid_x", "centroid_y", "position"])
