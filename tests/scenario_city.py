"""A small city with streets in a store: two counties, and a river with one bridge far west."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import MultiPolygon, Point, box

from api.served_city import REGISTER, _standard
from civgeo.analysis.walk_network import walk_network
from civgeo.store.networks import NetworkMeta, make_current, network_version, save_network
from civgeo.store.store import Store
from street_towns import edges_of

EAST, NORTH = 500_000.0, 3_655_000.0
SIDE, SPACING, RIVER = 16, 100.0, 7
KINDS = ("meal_point", "community_day_care", "elder_care_home")
NEVER = dict.fromkeys(("valid_from", "valid_to", "source_date"))


def degrees(x, y):
    """Longitude and latitude of metres from the south-western corner of the town."""
    points = gpd.GeoSeries(gpd.points_from_xy(np.add(x, EAST), np.add(y, NORTH)), crs=4547)
    there = points.to_crs(4490)
    return there.x.to_numpy(), there.y.to_numpy()


def lon_lat(x, y):
    """One place as an edit names it."""
    lon, lat = degrees([x], [y])
    return {"lon": float(lon[0]), "lat": float(lat[0])}


def streets(rng):
    """A jittered grid with gaps; between two rows lies the river, crossed at the first column."""
    place = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE)), axis=-1).reshape(-1, 2)
    nodes = place * SPACING + rng.uniform(-30, 30, place.shape) + [EAST, NORTH]
    ids = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    across = np.column_stack([ids[:, :-1].ravel(), ids[:, 1:].ravel()])
    along = np.column_stack([ids[:-1].ravel(), ids[1:].ravel()])
    over = (along[:, 0] // SIDE == RIVER) & (along[:, 0] % SIDE > 0)
    pairs = np.concatenate([across, along[~over]])
    kept = (rng.random(len(pairs)) >= 0.1) | (pairs[:, 0] % SIDE == 0)
    return walk_network(edges_of(nodes, pairs[kept]), 4547)


def frame(rows):
    common = {"source": "虚构", "simulated": True, "version": 1}
    table = pd.DataFrame([common | row for row in rows]).set_index("id")
    return gpd.GeoDataFrame(table, geometry="geometry", crs="EPSG:4490")


def divisions():
    lon, lat = degrees([-1_000, 750, 4_000], [-1_000, 0, 4_000])
    west, middle, east, south, north = lon[0], lon[1], lon[2], lat[0], lat[2]
    rows = [
        {"code": "990100", "name": "示例市", "level": "prefecture", "geometry": None},
        {"code": "990102", "name": "甲区", "geometry": box(west, south, middle, north)},
        {"code": "990121", "name": "乙县", "geometry": box(middle, south, east, north)},
        {"code": "990102001", "name": "东街道", "level": "township", "geometry": None},
        {"code": "990121100", "name": "西镇", "level": "township", "geometry": None},
    ]
    for row in rows:
        shape = row["geometry"]
        row["geometry"] = None if shape is None else MultiPolygon([shape])
    defaults = {"system": "MCA", "role": "own", "level": "county", **NEVER}
    parents = (None, "990100", "990100", "990102", "990121")
    return frame(
        [
            defaults | {"id": row["code"], "parent": parent} | row
            for row, parent in zip(rows, parents, strict=True)
        ]
    )


def estates(rng, count):
    x, y = rng.uniform(0, 1_500, (2, count))
    lon, lat = degrees(x, y)
    rows = []
    for number in range(count):
        division = "990102001" if x[number] < 750 else "990121100"
        kind = ("new", "existing", "mixed")[number % 3]
        households = int(rng.integers(20, 400))
        rows.append(
            {
                "id": f"e{number}",
                "name": f"小区{number}",
                "division": division,
                "community": None,
                "estate_class": kind,
                "stage": "built",
                "completed_year": None,
                "households": households,
                "households_new": households // 3 if kind == "mixed" else None,
                "elders": int(rng.integers(0, 90)),
                "geometry": Point(lon[number], lat[number]),
            }
        )
    return frame(rows)


def facilities(rng, count):
    x, y = rng.uniform(0, 1_500, (2, count))
    lon, lat = degrees(x, y)
    nothing = dict.fromkeys(("community", "estate", "nursing_beds", "opened"))
    return frame(
        [
            {
                "id": f"f{number}",
                "name": f"设施{number}",
                "kind": KINDS[number % len(KINDS)],
                "division": "990102001" if x[number] < 750 else "990121100",
                "status": "planned" if number == count - 1 else "operating",
                "floor_area_m2": 60.5 + number,
                "beds": 5,
                "geometry": Point(lon[number], lat[number]),
                **nothing,
            }
            for number in range(count)
        ]
    )


def fill(directory: Path, *, count: int = 60, sites: int = 16, seed: int = 5) -> Path:
    """Make the store of the town in `directory`, with its walk network in use."""
    rng = np.random.default_rng(seed)
    with Store.create(directory, register=REGISTER) as store, store.write() as writing:
        writing.add_divisions(divisions())
        writing.add_estates(estates(rng, count))
        writing.add_facilities(facilities(rng, sites))
        writing.add_standards([_standard("new", "30"), _standard("existing", "20")])
    network = streets(rng)
    version = network_version(network)
    meta = NetworkMeta(
        source="虚构街道",
        source_sha256="0" * 64,
        attribution="",
        simulated=True,
        version=version,
        epsg=4547,
        nodes=network.nodes,
        edges=network.edges,
        parts=network.parts,
        streets=version,
    )
    save_network(directory, network, meta)
    make_current(directory, version)
    return directory
