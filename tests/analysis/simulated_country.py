"""A small simulated country: an outline with two towns, a river and a few streets."""

from functools import cache

import numpy as np
import shapely

from civgeo.analysis.simulated_ground import GroundPlan, SimulatedGround, simulate_ground
from civgeo.analysis.simulated_land import LandPlan, SimulatedLand, simulate_land

__all__ = ["AREA", "EPSG", "ESTATES", "MIDDLES", "RIVERS", "WAYS", "ground_of", "land_of"]

EPSG = 4547
AREA = shapely.Point(500_000, 3_600_000).buffer(26_000, quad_segs=6)
_TOWNS = ((507_000, 3_604_000), (512_000, 3_590_000))
ESTATES = np.array(
    [
        shapely.box(x + east, y + north, x + east + 180, y + north + 150)
        for x, y in _TOWNS
        for east in (0, 260)
        for north in (0, 240)
    ],
    dtype=object,
)
MIDDLES = shapely.get_coordinates(shapely.centroid(ESTATES))
RIVERS = np.array(
    [shapely.LineString([(505_500, 3_570_000), (506_200, 3_600_000), (504_900, 3_630_000)])],
    dtype=object,
)
WAYS = np.array([shapely.LineString([(470_000, 3_591_000), (530_000, 3_612_000)])], dtype=object)
_STREETS = np.array(
    [shapely.LineString([(x, 3_599_000), (x + 150, 3_599_200)]) for x in (514_000, 494_000)],
    dtype=object,
)


@cache
def ground_of(seed: int) -> SimulatedGround:
    plan = GroundPlan(EPSG, AREA, MIDDLES, RIVERS, WAYS)
    return simulate_ground(plan, np.random.default_rng(seed))


@cache
def land_of(seed: int) -> SimulatedLand:
    plan = LandPlan(AREA, ESTATES, _STREETS, RIVERS)
    return simulate_land(ground_of(seed), plan, np.random.default_rng(seed))
