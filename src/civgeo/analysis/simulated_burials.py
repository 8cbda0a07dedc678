"""Where the cemeteries and scattered graves of a simulated city lie, and how large they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from civgeo.analysis.simulated_ground import SimulatedGround
from civgeo.analysis.simulated_land import LandClass, SimulatedLand
from civgeo.analysis.simulated_lines import Numbers, Points, Shapes
from civgeo.domain.cemetery_findings import SQUARE_METRES_PER_MU

__all__ = ["BurialGround", "GravePlaces", "burial_sites", "grave_places"]

TRIES = 40
NEAREST_M, FARTHEST_M = 900.0, 4_200.0
COUNTY_EDGE_M = 700.0
ROAD_M, VILLAGE_M = (25.0, 420.0), (90.0, 480.0)
FOOT_HILLS = (0.2, 0.6)
_LIKED = np.zeros(len(LandClass))
_LIKED[[LandClass.GRASS, LandClass.BARE, LandClass.IDLE, LandClass.ORCHARD]] = 1.5
_LIKED[[LandClass.SHRUB, LandClass.DRY, LandClass.WOOD]] = 0.7
_LIKED[[LandClass.TOWN, LandClass.VILLAGE, LandClass.RIVER, LandClass.RESERVOIR]] = -9.0

Kinds = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class BurialGround:
    """What burial places are drawn on, in one metric zone.

    Parameters
    ----------
    counties
        Polygons by code.
    ground, land
        The landscape, and what it is used as.
    """

    counties: gpd.GeoSeries
    ground: SimulatedGround
    land: SimulatedLand


@dataclass(frozen=True, slots=True, eq=False)
class GravePlaces:
    """Places of graves, metres of the zone, and what each lies near: road, foot or village."""

    at: Points
    near: Kinds


def burial_sites(
    centres: Points, area_mu: Points, where: BurialGround, rng: np.random.Generator
) -> tuple[Shapes, Numbers]:
    """A piece of land for each burial place, and the land class that it lies on.

    Of some places around its town each takes the one that is best for it, rough land before
    fields; in the plain there is little but fields.

    Parameters
    ----------
    centres
        Middles of the towns, metres of the zone.
    area_mu
        Area of each.
    where
        What they are drawn on.
    rng
        Seeded generator.
    """
    count = len(centres)
    angle = rng.uniform(0, 2 * np.pi, (count, TRIES))
    far = rng.uniform(NEAREST_M, FARTHEST_M, (count, TRIES))
    spots = centres[:, None] + far[..., None] * np.stack([np.cos(angle), np.sin(angle)], axis=2)
    score = _LIKED[where.land.at(spots.reshape(-1, 2))].reshape(count, TRIES)
    score = score + rng.uniform(0, 1, (count, TRIES)) - 99 * ~_in_own_county(spots, centres, where)
    middle = spots[np.arange(count), score.argmax(axis=1)]
    side = np.sqrt(area_mu * float(SQUARE_METRES_PER_MU))
    aspect = np.sqrt(rng.uniform(1.0, 1.9, count))
    half = np.column_stack([side * aspect, side / aspect]) / 2
    turn = rng.uniform(0, np.pi / 2, count)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half[:, None]
    turned = np.stack([np.cos(turn), -np.sin(turn), np.sin(turn), np.cos(turn)], axis=1)
    shapes = shapely.polygons(
        middle[:, None] + np.einsum("nij,nkj->nki", turned.reshape(-1, 2, 2), corners)
    )
    return np.asarray(shapes, dtype=object), where.land.at(middle).astype(np.int64)


def _in_own_county(spots: Points, centres: Points, where: BurialGround) -> npt.NDArray[np.bool_]:
    """Which spots lie in the county of their centre, away from its edge."""
    counties = where.counties.to_numpy()
    own = shapely.STRtree(counties).nearest(shapely.points(centres))
    inner = shapely.buffer(shapely.simplify(counties, 50.0), -COUNTY_EDGE_M)
    shapely.prepare(inner)
    found: npt.NDArray[np.bool_] = shapely.contains_xy(
        inner[own][:, None], spots[..., 0], spots[..., 1]
    )
    return found


def grave_places(
    count: int,
    roads: Shapes,
    villages: Points,
    where: BurialGround,
    rng: np.random.Generator,
) -> GravePlaces:
    """Places of scattered graves: beside roads, at the foot of hills, and near villages.

    Parameters
    ----------
    count
        How many.
    roads
        Lines of country roads.
    villages
        Middles of villages.
    where
        What they are drawn on.
    rng
        Seeded generator.
    """
    area = shapely.union_all(where.counties.to_numpy()).buffer(-COUNTY_EDGE_M)
    shapely.prepare(area)
    drawn = 3 * count
    parts = {
        "road": _beside_roads(drawn, roads, rng),
        "foot": _at_the_foot(drawn, where.ground, rng),
        "village": _around(drawn, villages, rng),
    }
    at, near = [], []
    for (name, spots), share in zip(parts.items(), _shares(count, (0.45, 0.3, 0.25)), strict=True):
        spots = spots[shapely.contains_xy(area, *spots.T)]
        free = _LIKED[where.land.at(spots)] >= 0
        at.append(spots[free][:share])
        near += [name] * len(at[-1])
    return GravePlaces(np.concatenate(at), np.array(near, dtype=object))


def _shares(count: int, parts: Sequence[float]) -> list[int]:
    ends = np.rint(np.cumsum([0, *parts]) * count).astype(int).tolist()
    return [after - before for before, after in pairwise(ends)]


def _beside_roads(count: int, roads: Shapes, rng: np.random.Generator) -> Points:
    length = shapely.length(roads)
    road = rng.choice(len(roads), count, p=length / length.sum())
    along = rng.uniform(0, length[road])
    at = shapely.get_coordinates(shapely.line_interpolate_point(roads[road], along))
    return _moved(at, rng.uniform(*ROAD_M, count), rng)


def _at_the_foot(count: int, ground: SimulatedGround, rng: np.random.Generator) -> Points:
    low, high = FOOT_HILLS
    foot = np.argwhere((ground.hills > low) & (ground.hills < high))
    if not len(foot):
        return np.zeros((0, 2))
    chosen = foot[rng.integers(0, len(foot), count)]
    at = np.column_stack(ground.grid.middles(*chosen.T))
    return _moved(at, rng.uniform(0, ground.grid.cell_m / 2, count), rng)


def _around(count: int, villages: Points, rng: np.random.Generator) -> Points:
    if not len(villages):
        return np.zeros((0, 2))
    at = villages[rng.integers(0, len(villages), count)]
    return _moved(at, rng.uniform(*VILLAGE_M, count), rng)


def _moved(at: Points, far: Points, rng: np.random.Generator) -> Points:
    angle = rng.uniform(0, 2 * np.pi, len(at))
    moved: Points = at + far[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return moved
