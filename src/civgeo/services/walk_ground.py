"""What every question of walking stands on: streets, people on them, and what stops walkers.

Kept in memory for each version of the data and of the streets, so that a question costs its
answer alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import geopandas as gpd
import numpy as np

from civgeo.analysis.reach import Points
from civgeo.analysis.snapping import SNAP_LIMIT_M, Snapped, StreetIndex
from civgeo.analysis.walk_network import Floats, WalkNetwork
from civgeo.analysis.walk_search import Field, nearest_facility
from civgeo.domain.facility import FacilityKind, FacilityStatus
from civgeo.errors import NotFound
from civgeo.services.city import City
from civgeo.services.walk_registers import WALK_REGISTERS, registers_mark, walk_registers
from civgeo.store.networks import NetworkMeta, current_version, load_network, network_meta
from civgeo.store.reading import Register
from civgeo.store.store import Store
from civgeo.store.tables import Collection

__all__ = [
    "Ground",
    "Served",
    "has_streets",
    "in_metres",
    "planning_version",
    "served_by",
    "walk_ground",
]

KEPT_GROUNDS = 2
KEPT_SERVICES = 64


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Streets and people of a city on one day.

    Parameters
    ----------
    network, meta, index
        The walk network in use, what it was made of, and its streets ready for snapping, with the
        barriers that no straight way to a street crosses.
    estates
        Estates with a place and people of that day, EPSG:4490, index id.
    people
        Their places on the network, in the same order.
    unplaced
        Ids of estates without a place.
    barriers
        Lines and areas that stop walkers, in the network's zone, with name and kind.
    register, data_version, on
        What the store is about, the version of its data (`planning_version`), and the day.
    is_stale
        Whether barriers or crossings were edited since the network was made with them.
    """

    network: WalkNetwork
    meta: NetworkMeta
    index: StreetIndex
    estates: gpd.GeoDataFrame
    people: Snapped
    unplaced: tuple[str, ...]
    barriers: gpd.GeoDataFrame
    register: Register
    data_version: int
    on: date
    is_stale: bool

    @property
    def simulated(self) -> bool:
        """Whether streets or data are simulated."""
        return self.register.simulated or self.meta.simulated


@dataclass(frozen=True, slots=True, eq=False)
class Served:
    """Facilities of some kinds that operate on the day, and the field of their walks.

    Parameters
    ----------
    facilities
        EPSG:4490, index id; those with a place, without those that open later.
    points, places, field
        Their coordinates, their places on the network, and the nearest one of every node.
    unplaced
        Ids of facilities without a place.
    """

    facilities: gpd.GeoDataFrame
    points: Points
    places: Snapped
    field: Field
    unplaced: tuple[str, ...]


def has_streets(city: City) -> bool:
    """Whether the store of `city` has a walk network in use."""
    return current_version(city.store.file.parent) is not None


def planning_version(city: City) -> int:
    """Number of the newest entry in the history, saved scenarios apart: they change no data."""
    with city.store.read() as reading:
        return reading.last_change(apart_from=Collection.SCENARIOS)


def walk_ground(city: City, on: date | None = None) -> Ground:
    """The ground of questions of walking in `city` on a day, today by default.

    Raises
    ------
    NotFound
        ``no_streets`` when no walk network is in use.
    """
    version = current_version(city.store.file.parent)
    if version is None:
        raise NotFound(
            "还没有步行网，不能计算步行可达：请先导入道路（civgeo import 文件 --as streets）",
            code="no_streets",
        )
    return _ground(city.store, on or city.today, planning_version(city), version)


@lru_cache(maxsize=KEPT_GROUNDS)
def _ground(store: Store, on: date, version: int, streets: str) -> Ground:
    index, meta = _streets(store, streets)
    with store.read() as reading:
        # somebody may have written since `version` was asked for
        version = reading.last_change(apart_from=Collection.SCENARIOS)
        day = None if on == reading.today else on
        register = reading.register()
        estates = reading.features(Collection.ESTATES, valid_on=day)
        barriers = reading.features(Collection.WALK_BARRIERS, valid_on=day)
        mark = registers_mark(*walk_registers(reading))
    stops = barriers[barriers.geometry.notna() & ~barriers.geometry.is_empty]
    stops = stops.to_crs(epsg=index.network.epsg)
    index = index.beside(stops.geometry.to_numpy())
    placed = (estates.geometry.notna() & ~estates.geometry.is_empty).to_numpy()
    there = estates[placed]
    x, y = in_metres(there.geometry.representative_point(), index.network)
    return Ground(
        index.network,
        meta,
        index,
        there,
        index.snap(x, y, SNAP_LIMIT_M),
        tuple(estates.index[~placed]),
        stops,
        register,
        version,
        on,
        is_stale=meta.parameters.get(WALK_REGISTERS) not in (None, mark),
    )


@lru_cache(maxsize=KEPT_GROUNDS)
def _streets(store: Store, version: str) -> tuple[StreetIndex, NetworkMeta]:
    folder = store.file.parent
    return StreetIndex(load_network(folder, version)), network_meta(folder, version)


def in_metres(points: gpd.GeoSeries, network: WalkNetwork) -> tuple[Floats, Floats]:
    """Coordinates of points (EPSG:4490) in the zone of the network."""
    metric = points.to_crs(epsg=network.epsg)
    x, y = (np.asarray(values, dtype=np.float64) for values in (metric.x, metric.y))
    return x, y


def served_by(city: City, ground: Ground, kinds: Sequence[FacilityKind]) -> Served:
    """Facilities of `kinds` that operate on the ground's day, with the field of their walks."""
    return _served(city.store, ground, tuple(sorted(set(kinds))))


@lru_cache(maxsize=KEPT_SERVICES)
def _served(store: Store, ground: Ground, kinds: tuple[FacilityKind, ...]) -> Served:
    with store.read() as reading:
        day = None if ground.on == reading.today else ground.on
        every = reading.features(Collection.FACILITIES, valid_on=day)
    asked = every["kind"].isin([kind.value for kind in kinds])
    operating = every["status"] == FacilityStatus.OPERATING.value
    opens_later = (every["opened"] > ground.on.isoformat()).fillna(value=False)
    chosen = every[(asked & operating & ~opens_later).to_numpy(dtype=bool)]
    placed = (chosen.geometry.notna() & ~chosen.geometry.is_empty).to_numpy()
    there = chosen[placed]
    x, y = in_metres(there.geometry, ground.network)
    places = ground.index.snap(x, y, SNAP_LIMIT_M)
    field = nearest_facility(ground.network, places)
    return Served(there, Points(x, y), places, field, tuple(chosen.index[~placed]))
