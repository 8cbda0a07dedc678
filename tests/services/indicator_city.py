"""A small city with Zhumadian's code, whose figures can be counted by hand."""

from datetime import UTC, date, datetime
from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely import MultiPolygon, Point, box

from civgeo.services.city import City
from civgeo.store.reading import Register
from civgeo.store.store import Store
from civgeo.store.tables import LAYERS, Collection

TODAY = date(2026, 3, 1)
TOWNSHIPS = {
    "411702001": "东街道",
    "411702002": "西街道",
    "411721100": "甲镇",
    "411721101": "乙镇",
    "411721200": "丙乡",
}
COMMUNITIES = {
    "411702001001": "一社区",
    "411702001002": "二社区",
    "411702002001": "三社区",
    "411721100200": "甲村",
}


def _frame(rows: list[dict[str, object]]) -> gpd.GeoDataFrame:
    common = {"source": "虚构", "simulated": True, "version": 1}
    frame = pd.DataFrame([common | row for row in rows]).set_index("id")
    return gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4490")


def divisions() -> gpd.GeoDataFrame:
    whole = box(113.9, 32.9, 114.3, 33.1)
    west, east = box(113.9, 32.9, 114.1, 33.1), box(114.1, 32.9, 114.3, 33.1)
    outlined = [
        ("411700", "驻马店市", "prefecture", MultiPolygon([whole])),
        ("411702", "驿城区", "county", MultiPolygon([west])),
        ("411721", "西平县", "county", MultiPolygon([east])),
    ]
    plain = [(code, name, "township", None) for code, name in TOWNSHIPS.items()]
    plain += [(code, name, "community", None) for code, name in COMMUNITIES.items()]
    return _frame(
        [
            {
                "id": code,
                "code": code,
                "name": name,
                "level": level,
                "system": "MCA",
                "parent": None,
                "role": "own",
                "valid_from": None,
                "valid_to": None,
                "source_date": None,
                "geometry": shape,
            }
            for code, name, level, shape in [*outlined, *plain]
        ]
    )


def facility(number: int, kind: str, division: str, **given: object) -> dict[str, object]:
    """Row of a facility in operation since 2020."""
    row = {
        "id": f"f{number}",
        "name": f"设施{number}",
        "kind": kind,
        "division": division,
        "community": None,
        "estate": None,
        "floor_area_m2": 100.0,
        "beds": None,
        "nursing_beds": None,
        "opened": "2020-05-01",
        "status": "operating",
        "geometry": Point(114.0, 33.0),
    }
    return row | given


def estate(number: int, division: str, **given: object) -> dict[str, object]:
    """Row of a new estate of 100 households."""
    row = {
        "id": f"e{number}",
        "name": f"小区{number}",
        "division": division,
        "community": None,
        "estate_class": "new",
        "completed_year": 2022,
        "households": 100,
        "households_new": None,
        "elders": 20,
        "stage": "built",
        "geometry": Point(114.0, 33.0),
    }
    return row | given


def city_with(
    folder: Path,
    facilities: list[dict[str, object]],
    *,
    estates: list[dict[str, object]] | None = None,
    records: dict[Collection, gpd.GeoDataFrame] | None = None,
    city: str = "411700",
) -> City:
    """City of two counties, five townships and four communities with those facilities."""
    register = Register(
        city=city,
        name="驻马店市",
        simulated=True,
        created_at=datetime(2026, 3, 1, tzinfo=UTC),
        edition="2026.03",
        sources={"divisions": "虚构区划"},
    )
    store = Store.create(folder / "store", register=register)
    with store.write() as writing:
        writing.add_divisions(divisions())
        if estates:
            writing.add_estates(_frame(estates))
        if facilities:
            writing.add_facilities(_frame(facilities))
        for collection, frame in (records or {}).items():
            writing.add(collection, frame)
    return City(store, TODAY)


def records(
    collection: Collection, rows: list[dict[str, object]]
) -> dict[Collection, gpd.GeoDataFrame]:
    """Records of a register without places; what a row does not say is null."""
    empty = dict.fromkeys((*LAYERS[collection].properties, "geometry"))
    common = {"source": "虚构", "simulated": True, "version": 1}
    return {collection: _frame([empty | common | row for row in rows])}
