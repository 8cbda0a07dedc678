"""The walk network of a demonstration city, all of it simulated."""

from pathlib import Path

import geopandas as gpd
import numpy as np

from civgeo.analysis.simulated_network import (
    NETWORK_SOURCE,
    NetworkPlan,
    SimulatedNetwork,
    simulate_network,
)
from civgeo.analysis.simulated_streets import lay_names
from civgeo.formats.layer_file import write_layers
from civgeo.services.city import City
from civgeo.services.demo_frames import Row, simulated_frame
from civgeo.services.demo_names import street_names
from civgeo.services.street_network import keep_streets
from civgeo.store.networks import current_version
from civgeo.store.tables import Collection

__all__ = ["barrier_registers", "demo_network", "demo_streets_missing", "write_demo_streets"]

FOLDER = "demo-files"


def demo_network(
    counties: gpd.GeoDataFrame,
    estates: gpd.GeoDataFrame,
    seats: gpd.GeoSeries,
    rng: np.random.Generator,
) -> SimulatedNetwork:
    """Streets around the estates, those of the county seats with names; rivers and railways.

    Parameters
    ----------
    counties
        Own counties, index code, EPSG:4490.
    estates
        Simulated estates.
    seats
        Index county code; points in EPSG:4490.
    rng
        Seeded generator.
    """
    network = simulate_network(NetworkPlan(counties, seats, estates.geometry), rng)
    streets = network.streets
    names = street_names(seats.index, rng)
    placed, called = lay_names(names, streets, counties, seats)
    words = streets["name"].to_numpy(dtype=object, copy=True)
    words[placed] = [names[number].name for number in called]
    of_county = np.full(len(streets), None, dtype=object)
    of_county[placed] = [names[number].county for number in called]
    named = streets.assign(name=words, division=of_county)
    return SimulatedNetwork(named, network.barriers, network.crossings)


def barrier_registers(
    network: SimulatedNetwork, rng: np.random.Generator
) -> dict[Collection, gpd.GeoDataFrame]:
    """Barriers and crossings as records of their registers."""
    layers = {
        Collection.WALK_BARRIERS: network.barriers,
        Collection.WALK_CROSSINGS: network.crossings,
    }
    return {
        collection: simulated_frame(collection, _rows(frame), rng)
        for collection, frame in layers.items()
    }


def _rows(frame: gpd.GeoDataFrame) -> list[Row]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def demo_streets_missing(city: City, directory: Path) -> bool:
    """Whether the city has no walk network yet, or its layers are not beside the store."""
    return current_version(directory) is None or not _file(city, directory).is_file()


def write_demo_streets(city: City, directory: Path, network: SimulatedNetwork) -> Path:
    """Make the walk network of the city, and lay the layers that it is made of beside the store.

    Parameters
    ----------
    city
        The demonstration city, its barriers and crossings registered.
    directory
        Folder of its store.
    network
        Its streets.

    Returns
    -------
    Path
        GeoPackage with the layers ``streets``, ``barriers`` and ``crossings``, as an import
        takes them.

    Raises
    ------
    OSError
        When the folder cannot be written.
    """
    keep_streets(city, network.streets, source=NETWORK_SOURCE, simulated=True)
    layers = {
        "streets": network.streets,
        "barriers": network.barriers,
        "crossings": network.crossings,
    }
    file = _file(city, directory)
    write_layers(file, layers, f"模拟数据：{NETWORK_SOURCE}")
    return file


def _file(city: City, directory: Path) -> Path:
    with city.store.read() as reading:
        return directory / FOLDER / f"streets-{reading.register().city}.gpkg"
