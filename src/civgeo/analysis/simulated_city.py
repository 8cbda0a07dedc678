"""Simulated estates of a demonstration city, on its real or fictional outlines.

Nothing here is a fact: built-up areas are drawn around the seats of the counties with a seeded
generator, and every row carries ``simulated``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from civgeo.domain.estate import EstateClass, HandoverStage, class_by_completion
from civgeo.geo.crs import CGCS2000_EPSG, Zone, city_zone, to_metric
from civgeo.geo.index import PlacedBoxes

__all__ = ["CityPlan", "simulate_estates", "simulated_id"]

Points = npt.NDArray[np.float64]

SEAT_SHARE = 0.62
EDGE_M = 1_500.0
LAND_M2_A_HOUSEHOLD = 55.0
GAP_M = 25.0
COMMUNITY_HOUSEHOLDS = 1_900
SPREAD = 0.06
FIRST_SIMULATED_COMMUNITY = 900
MOST_COMMUNITIES = 99
NAME_HEADS = "安康 福寿 和顺 锦绣 祥云 翠竹 明珠 金桂 春晖 嘉禾 瑞景 景泰 天和 文昌 清河 东湖"
NAME_TAILS = "苑 花园 小区 家园 新村 佳苑 府 名城 里 公寓"


@dataclass(frozen=True, slots=True)
class CityPlan:
    """What a simulated city is drawn on.

    Parameters
    ----------
    counties
        Index code; column name; polygons in EPSG:4490.
    townships
        Index code (9 digits); columns name, parent (county code).
    seats
        Index county code; points in EPSG:4490 inside the county's polygon.
    estates
        How many estates to draw over all counties.
    last_year
        Latest year of completion.
    new_from
        Day of completion from which estates count as new; None where no rule says so, and all
        are drawn as existing then.
    """

    counties: gpd.GeoDataFrame
    townships: pd.DataFrame
    seats: gpd.GeoSeries
    estates: int
    last_year: int
    new_from: date | None


def simulated_id(rng: np.random.Generator) -> str:
    """Random UUID of version 4 drawn from `rng`."""
    return str(UUID(bytes=rng.bytes(16), version=4))


def simulate_estates(
    plan: CityPlan, rng: np.random.Generator, progress: Callable[[int, int], None]
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Simulated estates of a whole city, and the communities that they make up.

    Parameters
    ----------
    plan
        Outlines, townships and seats to draw on.
    rng
        Seeded generator: the same seed draws the same city.
    progress
        Called with (counties done, counties in all).

    Returns
    -------
    tuple of GeoDataFrame
        Estates (index id; name, division, community, estate_class, completed_year, households,
        households_new, elders, stage, source, simulated, version; polygons in EPSG:4490, each
        inside its county and apart from the others), and communities as rows of divisions.
    """
    zone = city_zone(plan.counties)
    outlines = to_metric(plan.counties, zone).geometry
    seats = plan.seats.to_crs(epsg=zone.epsg)
    taken = PlacedBoxes()
    numbers = _share_out(plan, rng)
    drawn = []
    for done, (code, total) in enumerate(numbers.items(), start=1):
        townships = plan.townships[plan.townships["parent"] == code]
        built = _BuiltUp(outlines.loc[code], seats.loc[code], taken, rng)
        drawn.append(built.estates(townships, total))
        progress(done, len(numbers))
    estates = pd.concat(drawn).sort_values(["division", "angle"], ignore_index=True)
    _add_people(estates, plan, rng)
    communities = _add_communities(estates, plan)
    _add_names(estates, rng)
    estates.index = pd.Index([simulated_id(rng) for _ in range(len(estates))], name="id")
    frame = gpd.GeoDataFrame(estates, geometry="geometry", crs=f"EPSG:{zone.epsg}")
    return _finished(frame, zone), communities


def _finished(estates: gpd.GeoDataFrame, zone: Zone) -> gpd.GeoDataFrame:
    estates = estates.drop(columns=["angle"]).to_crs(epsg=CGCS2000_EPSG)
    estates["source"] = f"模拟生成（EPSG:{zone.epsg} 中布置）"
    estates["simulated"] = True
    estates["version"] = 1
    return estates


def _share_out(plan: CityPlan, rng: np.random.Generator) -> dict[str, int]:
    """Number of estates of each county: more in districts, fewer in counties with few towns."""
    towns = plan.townships.groupby("parent").size().reindex(plan.counties.index).fillna(1)
    district = np.array([int(code[4:6]) <= 20 for code in plan.counties.index])
    weight = towns.to_numpy(float) * rng.uniform(0.8, 1.2, len(towns)) * np.where(district, 1.8, 1)
    numbers = np.maximum(np.ceil(plan.estates * weight / weight.sum()), 2 * towns.to_numpy())
    return dict(zip(plan.counties.index, numbers.astype(int), strict=True))


class _BuiltUp:
    """The built-up areas of one county: one around the seat, small ones for the other towns."""

    def __init__(
        self,
        outline: BaseGeometry,
        seat: BaseGeometry,
        taken: PlacedBoxes,
        rng: np.random.Generator,
    ) -> None:
        self.outline = outline
        self.seat = shapely.get_coordinates(seat)[0]
        self.taken = taken
        self.rng = rng
        shrunk = outline.buffer(-EDGE_M)
        self.inner = outline if shrunk.is_empty else shrunk
        shapely.prepare(self.outline)
        shapely.prepare(self.inner)

    def estates(self, townships: pd.DataFrame, total: int) -> pd.DataFrame:
        """`total` estates or a few more, each with its township and polygon."""
        in_seat = [code for code in townships.index if int(code[6:9]) < 100]
        if not in_seat:
            in_seat = list(townships.index[:1])
        outer = [code for code in townships.index if code not in in_seat]
        at_seat = total if not outer else int(total * SEAT_SHARE)
        rows = self._around(self.seat, in_seat, max(at_seat, 2 * len(in_seat)))
        for code, centre in zip(outer, self._centres(len(outer)), strict=True):
            share = max(2, round((total - at_seat) / len(outer)))
            rows += self._around(centre, [code], share)
        return pd.DataFrame(rows, columns=["division", "households", "angle", "geometry"])

    def _centres(self, count: int) -> Points:
        """Centres of `count` towns, apart from the seat and from each other as room allows."""
        west, south, east, north = self.inner.bounds
        pool = self.rng.uniform((west, south), (east, north), (max(4_000, 60 * count), 2))
        pool = pool[shapely.contains_xy(self.inner, pool)]
        chosen = [self.seat]
        nearest = np.hypot(*(pool - self.seat).T)
        for _ in range(count):
            best = int(np.argmax(nearest * self.rng.uniform(0.6, 1.0, len(pool))))
            chosen.append(pool[best])
            nearest = np.minimum(nearest, np.hypot(*(pool - pool[best]).T))
        return np.array(chosen[1:]).reshape(-1, 2)

    def _around(
        self, centre: Points, townships: list[str], count: int
    ) -> list[tuple[str, int, float, Polygon]]:
        """`count` estates round `centre`; the townships share them by sector."""
        rows: list[tuple[str, int, float, Polygon]] = []
        grid = self.rng.uniform(0, np.pi / 2)
        reach = 110.0 * np.sqrt(count)
        for _ in range(60 * count):
            if len(rows) == count:
                break
            reach *= 1 + SPREAD / count
            angle, distance = self.rng.uniform(0, 2 * np.pi), reach * np.sqrt(self.rng.random())
            households = int(np.clip(self.rng.lognormal(5.9, 0.7), 60, 2_600))
            middle = centre + distance * np.array([np.cos(angle), np.sin(angle)])
            shape = self._block(middle, households, grid)
            if shape is None:
                continue
            sector = min(int(angle / (2 * np.pi) * len(townships)), len(townships) - 1)
            rows.append((townships[sector], households, angle, shape))
        return rows

    def _block(self, middle: Points, households: int, grid: float) -> Polygon | None:
        """A block of land at `middle`, or None when it is not free or not inside the county."""
        land = households * LAND_M2_A_HOUSEHOLD * self.rng.uniform(0.7, 1.3)
        aspect = self.rng.uniform(1.0, 1.7)
        half = np.array([np.sqrt(land * aspect), np.sqrt(land / aspect)]) / 2
        turn = np.array([[np.cos(grid), -np.sin(grid)], [np.sin(grid), np.cos(grid)]])
        corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half @ turn.T + middle
        shape = Polygon(corners)
        west, south = corners.min(axis=0) - GAP_M
        east, north = corners.max(axis=0) + GAP_M
        inside = self.outline.contains(shape)
        if inside and self.taken.place((float(west), float(south), float(east), float(north))):
            return shape
        return None


def _add_people(estates: pd.DataFrame, plan: CityPlan, rng: np.random.Generator) -> None:
    """Year of completion, class, new households, elders and stage of each estate."""
    size = len(estates)
    first = plan.new_from or date(plan.last_year + 1, 1, 1)
    late = rng.random(size) < 0.38
    before = rng.integers(1985, first.year, size)
    after = rng.integers(first.year + 1, max(plan.last_year, first.year + 1) + 1, size)
    years = np.where(late & (plan.new_from is not None), after, before)
    classes = [class_by_completion(int(year), first) or EstateClass.EXISTING for year in years]
    kind = np.array([part.value for part in classes], dtype=object)
    kind[(kind == EstateClass.NEW.value) & (rng.random(size) < 0.2)] = EstateClass.MIXED.value
    estates["estate_class"] = kind
    estates["completed_year"] = years
    share = (estates["households"] * rng.uniform(0.2, 0.8, size)).round()
    estates["households_new"] = share.where(kind == EstateClass.MIXED.value).astype("Int64")
    estates["households"] = estates["households"].astype("Int64")
    people = estates["households"].astype(float) * rng.uniform(2.2, 2.9, size)
    estates["elders"] = (people * rng.uniform(0.13, 0.27, size)).round().astype("Int64")
    stages = [stage.value for stage in HandoverStage]
    estates["stage"] = rng.choice(stages, size, p=[0.06, 0.12, 0.17, 0.65])


def _add_communities(estates: pd.DataFrame, plan: CityPlan) -> gpd.GeoDataFrame:
    """Number the communities of each township by sector; return them as rows of divisions.

    Their last three digits begin at 901, outside the ranges of GB/T 10114, so that no simulated
    community can be taken for a real one.
    """
    households = estates["households"].astype("int64")
    by_town = households.groupby(estates["division"])
    size = (by_town.transform("sum") // MOST_COMMUNITIES + 1).clip(lower=COMMUNITY_HOUSEHOLDS)
    number = FIRST_SIMULATED_COMMUNITY + 1 + (by_town.cumsum() - households) // size
    estates["community"] = estates["division"] + number.astype(str)
    codes = pd.unique(estates["community"])
    towns = pd.Series([code[:9] for code in codes])
    names = plan.townships["name"].reindex(towns).to_numpy(object)
    serials = [int(code[9:]) - FIRST_SIMULATED_COMMUNITY for code in codes]
    rows = {
        "code": codes,
        "name": [f"{name}模拟第{n}社区" for name, n in zip(names, serials, strict=True)],
        "level": "community",
        "system": "MCA",
        "parent": towns.to_numpy(object),
        "role": "own",
        "valid_from": None,
        "valid_to": None,
        "source": "模拟生成",
        "source_date": None,
        "simulated": True,
        "version": 1,
    }
    empty = gpd.GeoSeries(np.full(len(codes), None, dtype=object), crs=CGCS2000_EPSG)
    frame = gpd.GeoDataFrame(rows, geometry=empty, crs=CGCS2000_EPSG)
    return frame.set_index(pd.Index(codes, name="id"))


def _add_names(estates: pd.DataFrame, rng: np.random.Generator) -> None:
    """Names of estates, unique within a township."""
    heads, tails = NAME_HEADS.split(), NAME_TAILS.split()
    names = pd.Series(
        [f"{rng.choice(heads)}{rng.choice(tails)}" for _ in range(len(estates))], dtype=object
    )
    repeat = names.groupby([estates["division"].to_numpy(), names.to_numpy()]).cumcount()
    estates["name"] = names.where(repeat == 0, names + (repeat + 1).astype(str) + "期")
