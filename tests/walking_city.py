"""A city with one estate for each reason of not being reached, in a real store."""

from datetime import date
from pathlib import Path

import geopandas as gpd

from api.served_city import REGISTER, divisions
from civgeo.services.city import City
from civgeo.services.street_network import keep_streets
from civgeo.store.store import Store
from civgeo.store.tables import Collection
from planning_layers import points, two_banks
from specimen_names import name_records

TODAY = date(2026, 3, 1)
KIND = "community_day_care"
HOSTILE = "<img src=x onerror=alert(1)>河"


def _filled(frame: gpd.GeoDataFrame, **columns: object) -> gpd.GeoDataFrame:
    common = {"source": "虚构", "simulated": True, "version": 1}
    return frame.assign(**{**common, **columns}).set_index("id")


def estates() -> gpd.GeoDataFrame:
    """Households as in `two_banks`, half as many elders; one estate without households."""
    demand = two_banks()["demand"]
    nobody = points([(150, 0)], id=["unknown"], households=[None])
    frame = gpd.GeoDataFrame(gpd.pd.concat([demand, nobody], ignore_index=True), crs=demand.crs)
    frame["households"] = frame["households"].astype("Int64")
    return _filled(
        frame,
        name=[f"{id}苑" for id in frame["id"]],
        division=["990102001"] * 4 + ["990121100"] * 3,
        community=None,
        estate_class="existing",
        completed_year=None,
        households_new=None,
        elders=frame["households"] // 2,
        stage="built",
    )


def facilities() -> gpd.GeoDataFrame:
    """One that operates, one of another kind, one that is planned only."""
    frame = points([(0, 0), (1_500, 0), (1_400, 0)], id=["f1", "f2", "f3"])
    return _filled(
        frame,
        name=["甲站", "助餐点", "拟建站"],
        kind=[KIND, "meal_point", KIND],
        division="990102001",
        community=None,
        estate=None,
        floor_area_m2=[100.0, 50.0, 80.0],
        beds=[20, 0, 10],
        nursing_beds=[10, 0, 5],
        opened=None,
        status=["operating", "operating", "planned"],
    )


def founded(folder: Path, *, streets: bool = True) -> City:
    """The city with its streets and its river; the caller closes the store."""
    layers = two_banks()
    river = layers["barriers"].geometry.iloc[0]
    with Store.create(folder, register=REGISTER) as store, store.write() as writing:
        writing.add_divisions(divisions())
        writing.add_estates(estates())
        writing.add_facilities(facilities())
        row = {"id": "b1", "name": HOSTILE, "kind": "river", "division": "990102"}
        barriers = name_records("walk_barriers", row | {"geometry": river})
        writing.add(Collection.WALK_BARRIERS, barriers)
    city = City(Store.open(folder), TODAY)
    if streets:
        keep_streets(city, layers["streets"], source="虚构道路", simulated=True)
    return city
