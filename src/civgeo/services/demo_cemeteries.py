"""Cemeteries and scattered graves of a demonstration city, all of them simulated."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import shapely

from civgeo.analysis.simulated_burials import burial_sites, grave_places
from civgeo.analysis.simulated_land import LandClass
from civgeo.analysis.simulated_lines import Points, Shapes, point_shapes
from civgeo.domain.cemetery_findings import SQUARE_METRES_PER_MU
from civgeo.domain.cemetery_forms import (
    BurialPlaceKind,
    BurialPlaceLevel,
    BurialPlaceStatus,
    GraveKind,
    GraveRemains,
    GraveStatus,
)
from civgeo.domain.cemetery_rules import Operation
from civgeo.domain.site_features import SiteFeature
from civgeo.geo.crs import CGCS2000_EPSG
from civgeo.services.demo_frames import Row, new_id, simulated_frame
from civgeo.services.demo_ground import DemoGround
from civgeo.store.tables import Collection

__all__ = ["DemoTowns", "cemetery_registers", "demo_towns"]

GRAVES = 600
FIRST_YEAR, LAST_YEAR = 1998, 2024
FIRST_GRAVE, LAST_GRAVE = date(1962, 3, 1), date(2024, 12, 31)
COUNTED = 300
_K, _LEVEL, _S = BurialPlaceKind, BurialPlaceLevel, BurialPlaceStatus


@dataclass(frozen=True, slots=True, eq=False)
class DemoTowns:
    """Townships with estates: code, name, and the middle of the estates in the metric zone."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    middles: Points


@dataclass(frozen=True, slots=True)
class _Mix:
    """How many of a kind are drawn, and how large they are.

    Parameters
    ----------
    share
        Of the townships, or of the counties for those that serve one; one for the city.
    area_mu, grave_m2
        Least and most area, and land a grave or niche.
    unapproved, oversized
        Shares without an approval, and with more land than was approved.
    """

    word: str
    kind: BurialPlaceKind
    level: BurialPlaceLevel | None
    operation: Operation
    share: float
    area_mu: tuple[float, float]
    grave_m2: tuple[float, float]
    unapproved: float
    oversized: float = 0.18

    @property
    def in_town(self) -> bool:
        """Whether it serves a township."""
        return self.level in (BurialPlaceLevel.TOWNSHIP, BurialPlaceLevel.VILLAGE)


_PUBLIC, _COMMERCIAL = Operation.PUBLIC, Operation.COMMERCIAL
_MIXES = (
    _Mix("市公益性公墓", _K.CEMETERY, _LEVEL.CITY, _PUBLIC, 0, (160, 290), (4.6, 6.5), 0),
    _Mix("县级公益性公墓", _K.CEMETERY, _LEVEL.COUNTY, _PUBLIC, 0.6, (58, 190), (4.4, 7.0), 0),
    _Mix("陵园", _K.CEMETERY, None, _COMMERCIAL, 0.5, (60, 320), (5.5, 9.0), 0.15, 0.4),
    _Mix("公益性公墓", _K.CEMETERY, _LEVEL.TOWNSHIP, _PUBLIC, 0.5, (22, 96), (4.4, 7.5), 0.22),
    _Mix("骨灰堂", _K.COLUMBARIUM, _LEVEL.TOWNSHIP, _PUBLIC, 0.22, (1.2, 6), (0.9, 2.0), 0.1),
    _Mix("集中安葬点", _K.BURIAL_POINT, _LEVEL.VILLAGE, _PUBLIC, 0.3, (1.5, 6.5), (7, 12), 0.4),
)
"""What the drawing aims at; a feature of the simulation, not a rule."""


def demo_towns(
    townships: gpd.GeoDataFrame, estates: gpd.GeoDataFrame, drawn: DemoGround
) -> DemoTowns:
    """Townships of the city that have estates, by code."""
    middle = shapely.get_coordinates(shapely.centroid(drawn.estates.geometry.to_numpy()))
    named = dict(zip(townships["code"], townships["name"], strict=True))
    division = estates["division"].to_numpy(dtype=object)
    codes = tuple(code for code in sorted(set(division)) if code in named)
    middles = np.array([np.median(middle[division == code], axis=0) for code in codes])
    return DemoTowns(codes, tuple(named[code] for code in codes), middles)


def cemetery_registers(
    city: str, towns: DemoTowns, drawn: DemoGround, rng: np.random.Generator
) -> dict[Collection, gpd.GeoDataFrame]:
    """Burial places of every level and kind, and scattered graves.

    Some are full, some have less land than the plan asks for, some more than was approved, some
    no approval, and some plots are larger than the rules allow: for lists of what to mend.

    Parameters
    ----------
    city
        Code of the city.
    towns
        Its townships.
    drawn
        The landscape.
    rng
        Seeded generator.
    """
    cemeteries: list[Row] = []
    for mix in _MIXES:
        cemeteries += _burial_places(mix, city, towns, drawn, rng)
    graves = list(_graves(towns, cemeteries, drawn, rng))
    return {
        Collection.CEMETERIES: simulated_frame(Collection.CEMETERIES, cemeteries, rng),
        Collection.GRAVES: simulated_frame(Collection.GRAVES, graves, rng),
    }


def _burial_places(
    mix: _Mix, city: str, towns: DemoTowns, drawn: DemoGround, rng: np.random.Generator
) -> Iterator[Row]:
    chosen = _towns_served(mix, towns, rng)
    area = np.round(rng.uniform(*mix.area_mu, len(chosen)), 1)
    shapes, classes = burial_sites(towns.middles[chosen], area, drawn.burial, rng)
    if mix.kind is not _K.CEMETERY:
        shapes = shapely.centroid(shapes)
    names = drawn.counties["name"].to_dict()
    placed = gpd.GeoSeries(shapes, crs=drawn.epsg).to_crs(epsg=CGCS2000_EPSG)
    rows = zip(chosen.tolist(), area.tolist(), classes.tolist(), placed, strict=True)
    for town, area_mu, land, shape in rows:
        code, county = towns.codes[town], towns.codes[town][:6]
        serves = code if mix.in_town else city if mix.level is _LEVEL.CITY else county
        whose = towns.names[town] if mix.in_town else str(names[county])
        yield {
            "id": new_id(rng),
            "name": f"{whose}模拟{mix.word}",
            "kind": mix.kind.value,
            "level": None if mix.level is None else mix.level.value,
            "operation": mix.operation.value,
            "division": code if mix.in_town else county,
            "serves": serves,
            "area_mu": area_mu,
            "geometry": shape,
            **_approval(mix, area_mu, LandClass(land), rng),
            **_places(mix, area_mu, rng),
        }


def _towns_served(mix: _Mix, towns: DemoTowns, rng: np.random.Generator) -> Points:
    """Positions of the towns beside which burial places of a kind are drawn."""
    if mix.in_town:
        count = max(2, round(mix.share * len(towns.codes)))
        return np.sort(rng.choice(len(towns.codes), count, replace=False))
    first = {code[:6]: at for at, code in reversed(list(enumerate(towns.codes)))}
    of_county = np.array([first[county] for county in sorted(first)])
    if mix.level is _LEVEL.CITY:
        return of_county[:1]
    count = max(1, round(mix.share * len(of_county)))
    return np.sort(rng.choice(of_county, count, replace=False))


def _approval(mix: _Mix, area_mu: float, land: LandClass, rng: np.random.Generator) -> Row:
    """Document, day and area of the approval; nulls where there is none."""
    year = int(rng.integers(FIRST_YEAR, LAST_YEAR))
    day = date(year, 1, 1) + timedelta(days=int(rng.integers(0, 365)))
    opened = day + timedelta(days=int(rng.integers(150, 700)))
    number, part = int(rng.integers(1, 90)), float(rng.uniform(0.6, 0.95))
    oversized = rng.random() < mix.oversized
    if rng.random() < mix.unapproved:
        words = {LandClass.WOOD: "林地", LandClass.SHRUB: "林地", LandClass.GRASS: "草地"}
        class_word = "耕地" if land <= LandClass.PERMANENT_DRY else words.get(land, "其他土地")
        return {"land_class": class_word, "opened": opened.isoformat()}
    return {
        "land_class": "殡葬用地",
        "approval": f"模拟批〔{year}〕{number}号",
        "approved_on": day.isoformat(),
        "approved_mu": round(area_mu * part, 1) if oversized else area_mu,
        "opened": opened.isoformat(),
    }


def _places(mix: _Mix, area_mu: float, rng: np.random.Generator) -> Row:
    """State, places in all and taken, plots, and what a yearly check found."""
    words = [_S.OPERATING, _S.BUILDING, _S.PLANNED, _S.CLOSED]
    status = words[int(rng.choice(4, p=[0.86, 0.06, 0.05, 0.03]))]
    status = _S.OPERATING if mix.level is _LEVEL.CITY else status
    capacity = int(area_mu * float(SQUARE_METRES_PER_MU) / rng.uniform(*mix.grave_m2))
    taken = min(1.0, float(rng.beta(2.2, 1.6)) * 1.12)
    coming = status in (_S.BUILDING, _S.PLANNED)
    used = 0 if coming else int(capacity * taken)
    row: dict[str, object] = {"status": status.value, "capacity": capacity, "used": used}
    row |= {"opened": None} if coming else {}
    if mix.kind is _K.COLUMBARIUM:
        return row
    counted = min(used, int(rng.integers(40, COUNTED)))
    over = int(rng.binomial(counted, float(rng.choice([0.02, 0.1, 0.3, 0.6]))))
    single = float(rng.choice([0.4, 0.5, 0.6, 0.8, 1.0, 1.2], p=[0.15, 0.4, 0.15, 0.15, 0.1, 0.05]))
    return row | {
        "plot_single_m2": single,
        "plot_joint_m2": round(single * float(rng.choice([1.4, 1.6])), 2),
        "graves_counted": counted or None,
        "graves_over_limit": over if counted else None,
    }


def _graves(
    towns: DemoTowns, cemeteries: Sequence[Row], drawn: DemoGround, rng: np.random.Generator
) -> Iterator[Row]:
    """Graves near roads, at hill feet and near villages; a few have been moved."""
    lines = [road.shape for road in drawn.roads if _walked(road.kind)]
    roads: Shapes = shapely.get_parts(np.array(lines, dtype=object))
    grid, land = drawn.ground.grid, drawn.land
    villages = np.argwhere(land.classes == LandClass.VILLAGE)
    at = np.column_stack(grid.middles(*villages.T))
    found = grave_places(GRAVES, roads, at, drawn.burial, rng)
    placed = gpd.GeoSeries(shapely.points(found.at), crs=drawn.epsg).to_crs(epsg=CGCS2000_EPSG)
    county, town = _lies_in(found.at, towns, drawn)
    span = (LAST_GRAVE - FIRST_GRAVE).days
    for number, point in enumerate(placed):
        count = int(rng.integers(3, 60)) if rng.random() < 0.16 else 1
        built = FIRST_GRAVE + timedelta(days=int(span * rng.random() ** 0.6))
        yield {
            "number": f"模拟散坟{number + 1:04d}",
            "division": towns.codes[town[number]],
            "village": f"{towns.names[town[number]]}模拟第{int(rng.integers(1, 25))}村",
            "kind": (GraveKind.CLUSTER if count > 1 else GraveKind.SINGLE).value,
            "count": count,
            "remains": str(rng.choice([part.value for part in GraveRemains], p=[0.5, 0.3, 0.2])),
            "area_m2": round(count * float(rng.uniform(2.5, 9)), 1),
            "built_on": built.isoformat(),
            "geometry": point,
            **_fate(county[number], cemeteries, rng),
        }


def _walked(kind: SiteFeature) -> bool:
    return kind not in (SiteFeature.MOTORWAY, SiteFeature.HIGHSPEED_RAILWAY)


def _lies_in(at: Points, towns: DemoTowns, drawn: DemoGround) -> tuple[list[str], list[int]]:
    """County of each place, and the position of the nearest township of that county."""
    places, middles = point_shapes(at), point_shapes(towns.middles)
    codes = drawn.counties.index.to_numpy(dtype=object)
    county = codes[shapely.STRtree(drawn.counties.geometry.to_numpy()).nearest(places)]
    own = np.array([code[:6] for code in towns.codes])
    town = np.zeros(len(at), dtype=np.int64)
    for code in set(own):
        members, here = np.flatnonzero(own == code), county == code
        town[here] = members[shapely.STRtree(middles[members]).nearest(places[here])]
    return county.tolist(), town.tolist()


def _fate(county: str, cemeteries: Sequence[Row], rng: np.random.Generator) -> Row:
    """What became of a grave; what was moved lies in a public cemetery of its county."""
    states = list(GraveStatus)
    status = states[int(rng.choice(4, p=[0.8, 0.09, 0.07, 0.04]))]
    taking = [
        row["id"]
        for row in cemeteries
        if str(row["division"])[:6] == county
        and row["status"] == _S.OPERATING.value
        and row["operation"] == _PUBLIC.value
    ]
    if status is not GraveStatus.MOVED:
        return {"status": status.value}
    if not taking:
        return {"status": GraveStatus.STANDING.value}
    moved = date(2025, 1, 5) + timedelta(days=int(rng.integers(0, 300)))
    to = taking[int(rng.integers(len(taking)))]
    return {"status": status.value, "relocated_to": to, "moved_on": moved.isoformat()}
