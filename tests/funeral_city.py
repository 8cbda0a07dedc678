"""A city with Zhumadian's code whose townships lie where a test puts them, in kilometres."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import Transformer
from shapely import MultiPolygon, Point, box

from civgeo.services.city import City
from civgeo.store.reading import Register
from civgeo.store.store import Store
from civgeo.store.tables import Collection
from services.indicator_city import facility
from specimen_names import name_records

Place = tuple[float, float]
TODAY = date(2026, 3, 1)
COUNTY, DISTRICT = "411721", "411702"
SEAT = (114.01583, 33.38639)
"""Seat of 411721 in the packaged list."""

EAST_DEG, NORTH_DEG = 1 / 93.0, 1 / 110.9
"""Degrees of a kilometre near the seat, to half a percent."""

SIDE_DEG = 0.002


def spot(east_km: float, north_km: float) -> tuple[float, float]:
    """Longitude and latitude of a place so far east and north of the seat."""
    return SEAT[0] + east_km * EAST_DEG, SEAT[1] + north_km * NORTH_DEG


def decimetres(one: Place, other: Place) -> int:
    """Straight distance in the city's zone, whole decimetres, by pyproj itself."""
    to_metres = Transformer.from_crs(4490, 4547, always_xy=True)
    (x1, y1), (x2, y2) = (to_metres.transform(*place) for place in (one, other))
    return round(float(np.hypot(x2 - x1, y2 - y1)) * 10)


def _division(code: str, name: str, level: str, shape: object) -> dict[str, object]:
    given = dict.fromkeys(("parent", "valid_from", "valid_to", "source_date"))
    told = {"id": code, "code": code, "name": name, "level": level, "system": "MCA", "role": "own"}
    return given | told | {"geometry": shape, "source": "虚构", "simulated": True, "version": 1}


def _outline(place: tuple[float, float] | None) -> MultiPolygon | None:
    if place is None:
        return None
    lon, lat = place
    half = SIDE_DEG / 2
    return MultiPolygon([box(lon - half, lat - half, lon + half, lat + half)])


def town_code(number: int, county: str = COUNTY) -> str:
    """Code of the township of that number."""
    return f"{county}{100 + number}"


def divisions(
    towns: Sequence[tuple[float, float] | None], county: str = COUNTY
) -> gpd.GeoDataFrame:
    """A county with townships at those kilometres from its seat (None: no place), a district."""
    rows = [
        _division("411700", "驻马店市", "prefecture", MultiPolygon([box(113, 32, 115, 34)])),
        _division(DISTRICT, "驿城区", "county", MultiPolygon([box(113, 32, 115, 33)])),
        _division(county, "西平县", "county", MultiPolygon([box(113, 33, 115, 34)])),
    ]
    rows.append(_division(f"{DISTRICT}001", "东街道", "township", None))
    for number, place in enumerate(towns):
        where = None if place is None else spot(*place)
        rows.append(
            _division(town_code(number, county), f"{number}镇", "township", _outline(where))
        )
    frame = pd.DataFrame(rows).set_index("id")
    return gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4490")


def station(number: int, at: tuple[float, float], town: int | None) -> dict[str, object]:
    """A service station at those kilometres, in the township of that number if one is told."""
    division = COUNTY if town is None else town_code(town)
    return facility(number, "funeral_service_station", division, geometry=Point(spot(*at)))


def cemetery(number: int, division: str, **given: object) -> dict[str, object]:
    """A public cemetery of a township, in operation."""
    told = {
        "id": f"c{number}",
        "name": f"公墓{number}",
        "kind": "cemetery",
        "level": "township",
        "operation": "public",
        "division": division,
        "status": "operating",
    }
    return told | given


def city_of(
    folder: Path,
    towns: Sequence[tuple[float, float] | None],
    *,
    people: Mapping[int, int] | None = None,
    facilities: Sequence[Mapping[str, object]] = (),
    cemeteries: Sequence[Mapping[str, object]] = (),
    population: Sequence[Mapping[str, object]] = (),
    city: str = "411700",
    county: str = COUNTY,
) -> City:
    """City of those townships, with people by number of township; the caller closes the store."""
    register = Register(
        city=city,
        name="驻马店市",
        simulated=True,
        created_at=datetime(2026, 3, 1, tzinfo=UTC),
        edition="2026.03",
        sources={"divisions": "虚构区划"},
    )
    counted = [
        {
            "id": f"p{number}",
            "division": town_code(number, county),
            "period": 2025,
            "population": count,
        }
        for number, count in (people or {}).items()
    ]
    store = Store.create(folder / "store", register=register)
    with store.write() as writing:
        writing.add_divisions(divisions(towns, county))
        if facilities:
            common = {"source": "虚构", "simulated": True, "version": 1}
            frame = pd.DataFrame([common | dict(row) for row in facilities]).set_index("id")
            writing.add_facilities(gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4490"))
        for collection, rows in (
            (Collection.CEMETERIES, cemeteries),
            (Collection.POPULATION, [*counted, *population]),
        ):
            if rows:
                writing.add(collection, name_records(collection.value, *map(dict, rows)))
    return City(store, TODAY)
