"""What a cemetery keeps away from in a simulated city: waters, protected areas, homes, hazards."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from scipy.ndimage import gaussian_filter
from shapely.geometry.base import BaseGeometry

from civgeo.analysis.simulated_ground import SimulatedGround
from civgeo.analysis.simulated_land import LandClass
from civgeo.analysis.simulated_lines import Numbers, Points, Shapes
from civgeo.analysis.simulated_parcels import parcels
from civgeo.analysis.simulated_raster import Flags, cells_inside
from civgeo.domain.site_features import SiteFeature

__all__ = ["FLOOD", "HAZARD", "Feature", "FeaturePlan", "simulate_features"]

HAZARD, FLOOD = "hazard", "flood"
"""Layers of the bureau's own, by a word of their own."""

RIVER_HALF_M = 40.0
SOURCES = 3
ZONE_M = (250.0, 1_400.0)
CANALS = 3
CANAL_STEP_M = 220.0
HILL_RELIEF_M, HILL_LEAST_M2 = 75.0, 6e5
PROTECTED_M = 3_800.0, 5_200.0
PARK_M = 110.0
PLANNED_M = 420.0
FLOOD_STEP_M = 350.0
FLOOD_M = (260.0, 900.0)
HAZARDS, HAZARD_SLOPE, HAZARD_M = 60, 0.34, (70.0, 240.0)
HERITAGE_SHARE, HERITAGE_HALF_M = 0.12, (40.0, 160.0)


@dataclass(frozen=True, slots=True, eq=False)
class Feature:
    """One thing of the metric zone; `kind` is a `SiteFeature`, or one of the bureau's own words."""

    kind: str
    name: str
    shape: BaseGeometry


@dataclass(frozen=True, slots=True, eq=False)
class FeaturePlan:
    """What features are drawn on, in one metric zone.

    Parameters
    ----------
    counties
        Polygons by code, column name.
    ground
        The landscape.
    land
        Parcels of land use and their classes.
    rivers, lakes
        Lines and polygons.
    estates
        Polygons, column name.
    towns
        Middles of the towns.
    """

    counties: gpd.GeoDataFrame
    ground: SimulatedGround
    land: tuple[Shapes, Numbers]
    rivers: gpd.GeoDataFrame
    lakes: gpd.GeoDataFrame
    estates: gpd.GeoDataFrame
    towns: Points

    def of_class(self, land: LandClass) -> Shapes:
        """Parcels of a class."""
        shapes, classes = self.land
        found: Shapes = shapes[classes == land]
        return found


def simulate_features(plan: FeaturePlan, rng: np.random.Generator) -> list[Feature]:
    """All features but roads and railways.

    Parameters
    ----------
    plan
        What they are drawn on.
    rng
        Seeded generator: the same seed draws the same features.
    """
    area = plan.counties.geometry.union_all()
    inside = cells_inside(np.array([area]), plan.ground.grid)
    hills = _hills(plan, area)
    waters = [*_waters(plan), *_canals(plan, area, rng)]
    protected = [*_protected(plan, inside, hills), *_heritage(plan, area, rng)]
    return [
        *waters,
        *protected,
        *_listed(plan, hills, [*waters, *protected]),
        *_homes(plan),
        *_flood(plan, area, rng),
        *_hazards(plan, inside, rng),
    ]


def _hills(plan: FeaturePlan, area: BaseGeometry) -> Shapes:
    high = gaussian_filter(plan.ground.relief, 2) > HILL_RELIEF_M
    values = np.where(high, 0, -1).astype(np.int32)
    hills = parcels(values, plan.ground.grid, area)[0]
    return hills[shapely.area(hills) > HILL_LEAST_M2]


def _waters(plan: FeaturePlan) -> Iterator[Feature]:
    """Reservoirs, the zones of the largest of them, and rivers as wide as they are."""
    pools = plan.of_class(LandClass.RESERVOIR)
    pools = pools[np.argsort(-shapely.area(pools), kind="stable")]
    names = _numbered(plan, pools, "模拟水库")
    for number, (pool, name) in enumerate(zip(pools, names, strict=True)):
        yield Feature(SiteFeature.RESERVOIR, name, pool)
        if number < SOURCES:
            inner, outer = (pool.buffer(metres, quad_segs=4) for metres in ZONE_M)
            yield Feature(SiteFeature.WATER_SOURCE_1, f"{name}一级保护区", inner)
            yield Feature(SiteFeature.WATER_SOURCE_2, f"{name}二级保护区", outer.difference(inner))
    for name, line in zip(plan.rivers["name"], plan.rivers.geometry, strict=True):
        yield Feature(SiteFeature.RIVER, str(name), line.buffer(RIVER_HALF_M, quad_segs=2))


def _numbered(plan: FeaturePlan, shapes: Shapes, word: str) -> list[str]:
    """Names by county, with a number where a county has several."""
    middle = shapely.point_on_surface(shapes)
    county = shapely.STRtree(plan.counties.geometry.to_numpy()).nearest(middle)
    names = plan.counties["name"].to_numpy(dtype=object)[county].tolist()
    return [
        f"{name}{word}" + (f"之{names[: at + 1].count(name)}" if names.count(name) > 1 else "")
        for at, name in enumerate(names)
    ]


def _canals(plan: FeaturePlan, area: BaseGeometry, rng: np.random.Generator) -> Iterator[Feature]:
    """Canals that wind from the largest reservoirs to the plain in the east, clear of estates."""
    estates = shapely.STRtree(plan.estates.geometry.to_numpy())
    pools = plan.of_class(LandClass.RESERVOIR)
    largest = pools[np.argsort(-shapely.area(pools), kind="stable")][:CANALS]
    for name, pool in zip(_numbered(plan, largest, "模拟干渠"), largest, strict=True):
        start = shapely.get_coordinates(pool.exterior)
        start = start[start[:, 0].argmax()]
        steps = int(rng.integers(70, 130))
        for slant in rng.uniform(-0.7, 0.7, 12):
            turns = slant + np.cumsum(rng.normal(0, 0.16, steps)) * 0.4
            way = np.column_stack([np.cos(turns), np.sin(turns)]).cumsum(axis=0) * CANAL_STEP_M
            line = shapely.LineString(np.vstack([start, start + way])).intersection(area)
            if line.geom_type == "LineString" and not len(estates.query(line, "intersects")):
                yield Feature(SiteFeature.CANAL, name, line)
                break


def _protected(plan: FeaturePlan, inside: Flags, hills: Shapes) -> Iterator[Feature]:
    """A scenic area and a nature reserve round the highest peaks, parks round the town lakes."""
    grid = plan.ground.grid
    high = np.where(inside, plan.ground.relief, 0)
    y, x = np.indices((grid.rows, grid.columns), sparse=True)
    named = (
        (SiteFeature.SCENIC, "模拟风景名胜区", PROTECTED_M[0]),
        (SiteFeature.RESERVE, "模拟自然保护区", PROTECTED_M[1]),
    )
    for kind, name, reach in named:
        row, column = np.unravel_index(int(high.argmax()), high.shape)
        around = shapely.Point(grid.middles(row, column)).buffer(reach)
        parts = shapely.get_parts(shapely.intersection(hills, around))
        if len(parts):
            yield Feature(kind, name, parts[int(shapely.area(parts).argmax())])
        high[np.hypot(x - column, y - row) < 3 * reach / grid.cell_m] = 0
    for name, lake in zip(plan.lakes["name"], plan.lakes.geometry, strict=True):
        yield Feature(SiteFeature.PARK, f"{name}公园", lake.buffer(PARK_M, quad_segs=4))


def _heritage(plan: FeaturePlan, area: BaseGeometry, rng: np.random.Generator) -> Iterator[Feature]:
    """Protected sites of some hundred metres, not far from towns."""
    count = max(3, round(HERITAGE_SHARE * len(plan.towns)))
    near = plan.towns[rng.choice(len(plan.towns), count, replace=False)]
    angle, far = rng.uniform(0, 2 * np.pi, count), rng.uniform(900, 4_500, count)
    middle = near + far[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    half = rng.uniform(*HERITAGE_HALF_M, (count, 2))
    shapes = shapely.box(*(middle - half).T, *(middle + half).T)
    shapes = shapes[shapely.contains(area, shapes)]
    for name, shape in zip(_numbered(plan, shapes, "模拟文物保护单位"), shapes, strict=True):
        yield Feature(SiteFeature.HERITAGE, name, shape)


def _listed(plan: FeaturePlan, hills: Shapes, protected: Sequence[Feature]) -> Iterator[Feature]:
    """Hills; those in protected areas and water-source zones are on the key list."""
    listed = {SiteFeature.SCENIC, SiteFeature.RESERVE}
    listed |= {SiteFeature.WATER_SOURCE_1, SiteFeature.WATER_SOURCE_2}
    zones = shapely.union_all([item.shape for item in protected if item.kind in listed])
    shapely.prepare(zones)
    key = shapely.intersects(zones, hills)
    for name, hill, is_key in zip(_numbered(plan, hills, "模拟山体"), hills, key, strict=True):
        yield Feature(SiteFeature.KEY_HILL if is_key else SiteFeature.HILL, name, hill)


def _homes(plan: FeaturePlan) -> Iterator[Feature]:
    """Estates, towns and villages as they stand, and where towns are planned to grow."""
    for name, shape in zip(plan.estates["name"], plan.estates.geometry, strict=True):
        yield Feature(SiteFeature.RESIDENTIAL, str(name), shape)
    towns = plan.of_class(LandClass.TOWN)
    for name, shapes in (("模拟城镇", towns), ("模拟村庄", plan.of_class(LandClass.VILLAGE))):
        for shape in shapes:
            yield Feature(SiteFeature.RESIDENTIAL, name, shape)
    grown = shapely.get_parts(shapely.union_all(shapely.buffer(towns, PLANNED_M, quad_segs=3)))
    for name, shape in zip(_numbered(plan, grown, "模拟规划建成区"), grown, strict=True):
        yield Feature(SiteFeature.PLANNED_BUILTUP, name, shape)


def _flood(plan: FeaturePlan, area: BaseGeometry, rng: np.random.Generator) -> Iterator[Feature]:
    """Low ground along the rivers, here wider and there narrower."""
    for name, line in zip(plan.rivers["name"], plan.rivers.geometry, strict=True):
        along = np.arange(0, line.length, FLOOD_STEP_M)
        at = shapely.line_interpolate_point(np.array([line]), along)
        wave = np.convolve(rng.random(len(at) + 8), np.full(9, 1 / 9), mode="valid")
        wide = np.interp(wave, [wave.min(), wave.max()], FLOOD_M)
        reach = shapely.union_all(shapely.buffer(at, wide, quad_segs=3)).intersection(area)
        yield Feature(FLOOD, f"{name}洪水淹没区", reach)


def _hazards(plan: FeaturePlan, inside: Flags, rng: np.random.Generator) -> Iterator[Feature]:
    """Places on steep slopes where the ground may slide."""
    ground = plan.ground
    down, across = np.gradient(ground.heights, ground.grid.cell_m)
    steep = np.argwhere((np.hypot(down, across) > HAZARD_SLOPE) & inside)
    chosen = steep[rng.permutation(len(steep))[:HAZARDS]]
    x, y = ground.grid.middles(*chosen.T)
    wide = rng.uniform(*HAZARD_M, len(chosen))
    shapes = shapely.buffer(shapely.points(x, y), wide, quad_segs=3)
    for number, shape in enumerate(shapes, start=1):
        yield Feature(HAZARD, f"模拟地质灾害隐患点 {number:02d}", shape)
