"""A simulated walk network: streets, rivers, railways, and the few places where they are crossed.

Nothing here is a fact. Towns lie where `simulate_estates` drew estates; every row carries
``simulated``, and the source says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civgeo.analysis.simulated_barriers import Barrier, simulate_barriers
from civgeo.analysis.simulated_grid import Gap, TownGround, TownStreets, town_streets
from civgeo.analysis.simulated_lines import STREET_CLASSES, Lines, Points, nearest_of
from civgeo.analysis.simulated_roads import Ground, country_roads, main_part, simulate_villages
from civgeo.analysis.simulated_towns import Town, towns_of
from civgeo.geo.crs import CGCS2000_EPSG, city_zone, to_metric

__all__ = ["NETWORK_SOURCE", "NetworkPlan", "SimulatedNetwork", "simulate_network"]

NETWORK_SOURCE = "模拟生成（街道、河流与铁路均不是真实数据）"
"""Said of every row, and of the network that is made of the streets."""

NODES_AN_ESTATE = 36
TOWN_SHARE = 0.72
NODES_A_CELL = 0.85
CLOSEST_M, WIDEST_M = 56.0, 240.0
OUTLINE_DETAIL_M = 20.0
INSIDE_M = 130.0
NEAR_M = 2_500.0
OFFSIDE_M = 235.0
OFFSIDE_SHARE = 0.006
APART_M = {"river": 1_000.0, "railway": 1_300.0}
MOST_CROSSED = {"river": 3, "railway": 2}
SQUARE_M = 170.0
ISOLATED_SHARE = 0.012
DEGREE_DIGITS = 7


@dataclass(frozen=True, slots=True)
class NetworkPlan:
    """What a walk network is simulated on.

    Parameters
    ----------
    counties
        Index code; column name; polygons in EPSG:4490.
    seats
        Index county code; points in EPSG:4490.
    estates
        Polygons in EPSG:4490, as `simulate_estates` gives them.
    nodes
        About how many nodes; None for 36 an estate.
    """

    counties: gpd.GeoDataFrame
    seats: gpd.GeoSeries
    estates: gpd.GeoSeries
    nodes: int | None = None


@dataclass(frozen=True, slots=True)
class SimulatedNetwork:
    """Streets and barriers of a simulated city, EPSG:4490.

    Parameters
    ----------
    streets
        Lines that meet at equal coordinates only (7 decimals of a degree); class (words of
        OpenStreetMap), name (null), level, bridge, tunnel, source, simulated.
    barriers
        name, kind (river, railway, wall, other), division (county), source, simulated; lines
        and polygons. No street meets one, bridges and underpasses apart.
    crossings
        Ways over a barrier that are not among the streets: name, kind (footbridge,
        level_crossing, bridge), status (existing, planned), division, source, simulated; each
        from a corner of a street to a corner of another.
    """

    streets: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame
    crossings: gpd.GeoDataFrame


def simulate_network(plan: NetworkPlan, rng: np.random.Generator) -> SimulatedNetwork:
    """Streets, roads, villages, barriers and crossings of a simulated city.

    Parameters
    ----------
    plan
        Outlines, seats and estates to draw on.
    rng
        Seeded generator: the same seed draws the same network.
    """
    zone = city_zone(plan.counties)
    outlines = to_metric(plan.counties, zone).geometry
    estates = plan.estates.to_crs(epsg=zone.epsg)
    towns = towns_of(estates, plan.seats.to_crs(epsg=zone.epsg))
    tree = shapely.STRtree(estates.to_numpy())
    names = dict(zip(plan.counties.index, plan.counties["name"], strict=True))
    barriers = simulate_barriers(towns, tree, dict(zip(names, outlines, strict=True)), names, rng)
    area = outlines.union_all().simplify(OUTLINE_DETAIL_M).buffer(-INSIDE_M)
    middle = shapely.get_coordinates(shapely.centroid(estates.to_numpy()))
    offside = shapely.MultiPoint(_offside(towns, middle, rng)).buffer(OFFSIDE_M)
    ground = Ground(area, area.difference(offside), tuple(barriers), middle)
    shapely.prepare([ground.area, ground.open])
    wanted = plan.nodes or NODES_AN_ESTATE * len(estates)
    drawn = _towns(towns, ground, _spacing(towns, wanted), rng)
    joined, crossings = _crossed(drawn, rng)
    streets = Lines.joined(joined)
    roads = _roads(towns, joined, ground, rng)
    rest = wanted - streets.nodes() - roads.nodes()
    villages = simulate_villages(rest, roads, ground, rng)
    lines = Lines.joined([streets, roads, villages])
    return SimulatedNetwork(
        _street_frame(lines, zone.epsg),
        _frame([_barrier_row(item) for item in barriers], ["name", "kind", "division"], zone.epsg),
        _frame(crossings, ["name", "kind", "status", "division"], zone.epsg),
    )


def _spacing(towns: Sequence[Town], wanted: int) -> float:
    """Metres between lines of the grids so that the towns take their share of the nodes."""
    area = sum(town.footprint().area for town in towns)
    return float(np.clip(np.sqrt(area * NODES_A_CELL / (TOWN_SHARE * wanted)), CLOSEST_M, WIDEST_M))


def _towns(
    towns: Sequence[Town], ground: Ground, spacing: float, rng: np.random.Generator
) -> list[TownStreets]:
    tree = shapely.STRtree([item.shape for item in ground.barriers])
    drawn = []
    for town in towns:
        reach = town.reach_m + NEAR_M
        near = tree.query(shapely.Point(town.centre), predicate="dwithin", distance=reach)
        barriers = tuple(ground.barriers[number] for number in np.sort(near))
        drawn.append(town_streets(town, TownGround(ground.open, barriers), spacing, rng))
    return drawn


def _offside(towns: Sequence[Town], middle: Points, rng: np.random.Generator) -> Points:
    """Estates on the edge of the seats to which no street leads yet."""
    outer = []
    for town in towns:
        if town.seat is not None:
            away = np.hypot(*(middle[town.estates] - town.centre).T)
            outer.append(town.estates[np.argsort(-away, kind="stable")[: max(1, len(away) // 12)]])
    pool = np.concatenate([np.zeros(0, dtype=np.int64), *outer])
    count = min(len(pool), max(1, round(OFFSIDE_SHARE * len(middle))))
    chosen: Points = middle[rng.choice(pool, count, replace=False)]
    return chosen


def _crossed(
    drawn: Sequence[TownStreets], rng: np.random.Generator
) -> tuple[list[Lines], list[dict[str, object]]]:
    """Streets of each town with bridges and underpasses; the crossings that are not streets."""
    joined = []
    rows: dict[str, list[dict[str, object]]] = {}
    for streets in drawn:
        lines = [streets.lines]
        corners = streets.lines.corners()[0]
        usable = [gap for gap in streets.gaps if (nearest_of(corners, gap.ends, 1e-3) >= 0).all()]
        for barrier in {gap.barrier.name: gap.barrier for gap in usable}.values():
            gaps = [gap for gap in usable if gap.barrier is barrier]
            chosen, others = _apart([gaps[k] for k in rng.permutation(len(gaps))], barrier)
            level = 1 if barrier.kind == "river" else -1
            lines += [Lines.between(gap.ends[None], gap.kind, level) for gap in chosen]
            if others:
                rows.setdefault(barrier.name, _crossing_rows(others[:2], barrier))
        joined.append(Lines.joined(lines))
    return joined, list(chain.from_iterable(rows.values()))


def _apart(gaps: Sequence[Gap], barrier: Barrier) -> tuple[list[Gap], list[Gap]]:
    """Gaps to bridge, short ones of the widest streets first, apart from each other; and others."""
    at = {id(gap): barrier.shape.project(shapely.Point(gap.ends.mean(axis=0))) for gap in gaps}
    chosen: list[Gap] = []
    others: list[Gap] = []
    for gap in sorted(gaps, key=lambda one: (one.length_m > SQUARE_M, one.kind)):
        free = all(abs(at[id(gap)] - at[id(one)]) > APART_M[barrier.kind] for one in chosen)
        room = len(chosen) < MOST_CROSSED[barrier.kind]
        (chosen if free and room else others).append(gap)
    return chosen, others


def _crossing_rows(gaps: Sequence[Gap], barrier: Barrier) -> list[dict[str, object]]:
    """An existing way for walkers and a planned one, where gaps are left."""
    words = (
        (("footbridge", "人行桥", "existing"), ("bridge", "规划桥", "planned"))
        if barrier.kind == "river"
        else (("level_crossing", "平交道口", "existing"), ("footbridge", "规划天桥", "planned"))
    )
    return [
        {
            "name": f"{barrier.name}{word}",
            "kind": kind,
            "status": status,
            "division": barrier.division,
            "geometry": shapely.LineString(gap.ends),
        }
        for gap, (kind, word, status) in zip(gaps, words, strict=False)
    ]


def _roads(
    towns: Sequence[Town], streets: Sequence[Lines], ground: Ground, rng: np.random.Generator
) -> Lines:
    """Roads between the towns; a few of the smallest have none."""
    outer = [number for number, town in enumerate(towns) if town.seat is None]
    outer.sort(key=lambda number: len(towns[number].estates))
    isolated = set(outer[: round(ISOLATED_SHARE * len(outer) + 0.5)])
    kept = [n for n in range(len(towns)) if n not in isolated and len(streets[n])]
    nodes = [main_part(streets[number]) for number in kept]
    return country_roads([towns[number] for number in kept], nodes, ground, rng)


def _street_frame(lines: Lines, epsg: int) -> gpd.GeoDataFrame:
    """Rows of streets; corners that are equal in the zone are equal to 7 decimals of a degree."""
    shapes = gpd.GeoSeries(lines.shapes(), crs=epsg).to_crs(epsg=CGCS2000_EPSG)
    size = len(lines)
    rows = {
        "class": np.array(STREET_CLASSES, dtype=object)[lines.kind],
        "name": np.full(size, None, dtype=object),
        "level": lines.level.astype(np.int64),
        "bridge": lines.level > 0,
        "tunnel": lines.level < 0,
        "source": NETWORK_SOURCE,
        "simulated": True,
    }
    return gpd.GeoDataFrame(rows, geometry=_rounded(shapes))


def _barrier_row(barrier: Barrier) -> dict[str, object]:
    return {
        "name": barrier.name,
        "kind": barrier.kind,
        "division": barrier.division,
        "geometry": barrier.shape,
    }


def _frame(
    rows: Sequence[dict[str, object]], columns: Sequence[str], epsg: int
) -> gpd.GeoDataFrame:
    table = pd.DataFrame(rows, columns=[*columns, "geometry"], dtype=object)
    shapes = gpd.GeoSeries(table.pop("geometry"), crs=epsg).to_crs(epsg=CGCS2000_EPSG)
    table["source"], table["simulated"] = NETWORK_SOURCE, True
    return gpd.GeoDataFrame(table, geometry=_rounded(shapes))


def _rounded(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    changed = shapely.transform(shapes.to_numpy(), lambda xy: np.round(xy, DEGREE_DIGITS))
    return gpd.GeoSeries(changed, index=shapes.index, crs=shapes.crs)
