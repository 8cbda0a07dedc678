"""The landscape of a demonstration city, all of it simulated: heights, land use, main roads."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import numpy as np
import shapely

from civgeo.analysis.simulated_burials import BurialGround
from civgeo.analysis.simulated_ground import GroundPlan, SimulatedGround, simulate_ground
from civgeo.analysis.simulated_land import LandPlan, SimulatedLand, simulate_land
from civgeo.analysis.simulated_lines import Points
from civgeo.analysis.simulated_network import SimulatedNetwork
from civgeo.analysis.simulated_towns import towns_of
from civgeo.analysis.simulated_trunk_roads import MainRoad, simulate_main_roads
from civgeo.domain.history import moment_text
from civgeo.geo.crs import city_zone, to_metric
from civgeo.services.city import City
from civgeo.store.elevations import ElevationMeta, elevations, save_elevation

__all__ = ["DEMO_SOURCE", "DemoGround", "demo_ground", "elevation_missing", "write_elevation"]

DEMO_SOURCE = "模拟"
"""Source of an elevation model and of layers that are simulated."""

SEED = 20260401
_NOTE = "模拟数据：由程序按种子生成，不是真实地形，不得用于决策"
_SETTLED = ("residential", "service", "footway")


@dataclass(frozen=True, slots=True, eq=False)
class DemoGround:
    """What cemeteries and layers are drawn on, in one metric zone.

    Parameters
    ----------
    epsg
        The zone.
    counties, estates, barriers
        As in the registers, in the zone.
    ground, land
        The landscape, and what it is used as.
    towns
        Middles of the towns.
    roads
        Main roads and the high-speed railway.
    """

    epsg: int
    counties: gpd.GeoDataFrame
    estates: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame
    ground: SimulatedGround
    land: SimulatedLand
    towns: Points
    roads: tuple[MainRoad, ...]

    @property
    def burial(self) -> BurialGround:
        """What burial places are drawn on."""
        return BurialGround(self.counties.geometry, self.ground, self.land)


def demo_ground(
    counties: gpd.GeoDataFrame,
    estates: gpd.GeoDataFrame,
    seats: gpd.GeoSeries,
    network: SimulatedNetwork,
) -> DemoGround:
    """Draw the landscape around the estates, rivers and streets that are there.

    Parameters
    ----------
    counties
        Own counties, index code, EPSG:4490.
    estates
        Simulated estates.
    seats
        Index county code; points in EPSG:4490.
    network
        Streets and barriers.
    """
    zone = city_zone(counties)
    placed = to_metric(counties, zone)
    homes, barriers = estates.to_crs(epsg=zone.epsg), network.barriers.to_crs(epsg=zone.epsg)
    settled, country = (
        network.streets[network.streets["class"].isin(kinds)].to_crs(epsg=zone.epsg)
        for kinds in (_SETTLED, ("tertiary",))
    )
    rivers, railways = (
        barriers[barriers["kind"] == kind].geometry.to_numpy() for kind in ("river", "railway")
    )
    shapes, area = homes.geometry.to_numpy(), placed.geometry.union_all()
    rngs = [np.random.default_rng(SEED + number) for number in range(3)]
    towns = towns_of(homes.geometry, seats.to_crs(epsg=zone.epsg))
    roads = simulate_main_roads(country.geometry.to_numpy(), towns, shapes, area, rngs[0])
    ways = np.array([*railways, *(road.shape for road in roads)], dtype=object)
    middle = shapely.get_coordinates(shapely.centroid(shapes))
    ground = simulate_ground(GroundPlan(zone.epsg, area, middle, rivers, ways), rngs[1])
    plan = LandPlan(area, shapes, settled.geometry.to_numpy(), rivers)
    land = simulate_land(ground, plan, rngs[2])
    centres = np.array([town.centre for town in towns])
    return DemoGround(zone.epsg, placed, homes, barriers, ground, land, centres, tuple(roads))


def elevation_missing(directory: Path) -> bool:
    """Whether no elevation model is kept beside the store in `directory`."""
    return not elevations(directory)


def write_elevation(city: City, directory: Path, drawn: DemoGround) -> ElevationMeta:
    """Keep the heights as an elevation model beside the store.

    Parameters
    ----------
    city
        The demonstration city.
    directory
        Folder of its store.
    drawn
        Its landscape.

    Raises
    ------
    StoreUnavailable
        When the folder cannot be written.
    """
    grid, heights = drawn.ground.grid, drawn.ground.heights
    with city.store.read() as reading:
        made = reading.register().created_at
    meta = ElevationMeta(
        digest=hashlib.sha256(heights.tobytes()).hexdigest()[:16],
        source=DEMO_SOURCE,
        saved_at=moment_text(made),
        crs=f"EPSG:{grid.epsg}",
        affine=(grid.cell_m, 0.0, grid.west, 0.0, -grid.cell_m, grid.north),
        rows=grid.rows,
        columns=grid.columns,
        unknown_share=0.0,
        lowest_m=float(heights.min()),
        highest_m=float(heights.max()),
        cell_m=(grid.cell_m, grid.cell_m),
        notes=(_NOTE,),
    )
    with TemporaryDirectory(prefix=".civgeo-dem-", dir=directory) as workshop:
        file = Path(workshop) / "heights.npy"
        np.save(file, heights, allow_pickle=False)
        save_elevation(directory, file, meta)
    return meta
