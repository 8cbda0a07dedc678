"""Use case: why one place is reached or not, with the walk, the barrier and the crossing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civgeo.analysis.mending import mending_crossings, possible_crossings
from civgeo.analysis.reach import ReachTerms, walking_reach
from civgeo.analysis.snapping import Snapped
from civgeo.analysis.walk_network import DM_A_METRE
from civgeo.analysis.walk_route import walking_route
from civgeo.analysis.walk_search import distance_from_field, limit_dm
from civgeo.domain.facility import FacilityKind
from civgeo.domain.quantity import fixed
from civgeo.domain.reach_reason import ReachReason
from civgeo.errors import InvalidInput, NotFound
from civgeo.geo.crs import CGCS2000_EPSG
from civgeo.services.city import City
from civgeo.services.walk_ground import Ground, Served, in_metres, served_by, walk_ground

__all__ = ["MendingCrossing", "NearFacility", "Place", "Why", "why_reached"]

SPEEDS = (Decimal("0.8"), Decimal("1.0"), Decimal("1.2"))


@dataclass(frozen=True, slots=True)
class Place:
    """An estate by its id, or a point by longitude and latitude (EPSG:4490)."""

    estate: str | None = None
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class NearFacility:
    """A facility and how far it is: metres on foot or in a straight line."""

    id: str
    name: str
    kind: FacilityKind
    distance_m: float


@dataclass(frozen=True, slots=True, eq=False)
class MendingCrossing:
    """The cheapest crossing that would bring the place within reach.

    Parameters
    ----------
    line
        From street to street, EPSG:4490.
    length_m, walk_m
        Length of the crossing, and the whole walk with it.
    """

    line: shapely.LineString
    length_m: float
    walk_m: float


@dataclass(frozen=True, slots=True, eq=False)
class Why:
    """Everything about one place.

    Parameters
    ----------
    name, lon, lat
        The place.
    reached, reason, message
        The verdict; the reason is None where reached; the message is for people.
    nearest, straight
        Facility by walk and by straight line; None where there is none.
    minutes, beyond_m
        Of the walk.
    street_m
        Distance of the nearest street.
    barrier
        Name and kind of the barrier, where one causes the detour.
    crossing
        What would mend it, where something would.
    route
        The walk, EPSG:4490.
    speeds
        Whether it is reached at other speeds.
    ground, terms
        What the answer rests on.
    """

    name: str
    lon: float
    lat: float
    reached: bool
    reason: ReachReason | None
    message: str
    nearest: NearFacility | None
    straight: NearFacility | None
    minutes: float | None
    beyond_m: float
    street_m: float | None
    barrier: tuple[str, str] | None
    crossing: MendingCrossing | None
    route: shapely.LineString | None
    speeds: dict[Decimal, bool]
    ground: Ground
    terms: ReachTerms


def why_reached(
    city: City, place: Place, kinds: Sequence[FacilityKind], terms: ReachTerms | None = None
) -> Why:
    """Why `place` reaches a facility of `kinds` in time, or why it does not.

    Raises
    ------
    InvalidInput
        When neither an estate nor a point is named, or both are.
    NotFound
        Without a walk network (``no_streets``), or when there is no such estate with a place.
    """
    terms = terms or ReachTerms()
    ground = walk_ground(city)
    served = served_by(city, ground, kinds)
    name, point, snapped = _place(ground, place)
    places = replace(
        snapped, edge=np.where(snapped.nearest_m <= terms.snap_limit_m, snapped.edge, -1)
    )
    walk, owner = distance_from_field(ground.network, served.field, served.places, places)
    shapes = ground.barriers.geometry
    table = walking_reach(walk, owner, places, served.points, terms, barriers=shapes)
    row = table.iloc[0]
    reason = None if row["reached"] else ReachReason(row["reason"])
    crossing = _crossing(ground, served, places, terms, int(row["barrier"]))
    barrier = None
    if row["barrier"] >= 0:
        found = ground.barriers.iloc[int(row["barrier"])]
        barrier = str(found["name"]), str(found["kind"])
    route = walking_route(ground.network, served.field, served.places, places)
    street_m = None if np.isinf(row["street_m"]) else float(row["street_m"])
    nearest = _facility(served, int(row["facility"]), row["distance_m"])
    return Why(
        name=name,
        lon=float(point.x),
        lat=float(point.y),
        reached=bool(row["reached"]),
        reason=reason,
        message=_message(reason, row, nearest, barrier, terms, crossing),
        nearest=nearest,
        straight=_facility(served, int(row["straight_facility"]), row["straight_m"]),
        minutes=None if pd.isna(row["minutes"]) else float(row["minutes"]),
        beyond_m=0.0 if pd.isna(row["beyond_m"]) else float(row["beyond_m"]),
        street_m=street_m,
        barrier=barrier,
        crossing=crossing,
        route=None if route is None else _degrees(ground, route),
        speeds={speed: bool(walk[0] <= limit_dm(terms.minutes, speed)) for speed in SPEEDS},
        ground=ground,
        terms=terms,
    )


def _place(ground: Ground, place: Place) -> tuple[str, shapely.Point, Snapped]:
    lon, lat = place.lon, place.lat
    if place.estate is None and lon is not None and lat is not None:
        point = shapely.Point(lon, lat)
        x, y = in_metres(gpd.GeoSeries([point], crs=CGCS2000_EPSG), ground.network)
        return "所选地点", point, ground.index.snap(x, y)
    if place.estate is None or lon is not None or lat is not None:
        raise InvalidInput("请给出小区编号（estate），或经度和纬度（lon、lat）", code="no_place")
    if place.estate not in ground.estates.index:
        shown = place.estate[:60]
        raise NotFound(f"没有小区 {shown}，或它没有位置", code="estate_missing")
    chosen = ground.estates.loc[[place.estate]]
    inside = shapely.Point(shapely.get_coordinates(chosen.geometry.representative_point())[0])
    rows = np.flatnonzero(ground.estates.index == place.estate)
    return str(chosen["name"].iloc[0]), inside, ground.people.take(rows)


def _facility(served: Served, at: int, distance_m: float) -> NearFacility | None:
    if at < 0:
        return None
    row = served.facilities.iloc[at]
    kind = next(kind for kind in FacilityKind if kind == row["kind"])
    return NearFacility(str(served.facilities.index[at]), str(row["name"]), kind, float(distance_m))


def _crossing(
    ground: Ground, served: Served, places: Snapped, terms: ReachTerms, barrier: int
) -> MendingCrossing | None:
    if barrier < 0:
        return None
    shape = gpd.GeoSeries(ground.barriers.geometry.iloc[[barrier]])
    crossings = possible_crossings(ground.network, shape)
    if crossings.empty:
        return None
    best = mending_crossings(
        ground.network, served.field, crossings, places, [0], terms.limit_dm
    ).iloc[0]
    if best["crossing"] < 0:
        return None
    ends = crossings.iloc[int(best["crossing"])]
    nodes = [int(ends["start"]), int(ends["end"])]
    line = shapely.LineString(np.column_stack([ground.network.x[nodes], ground.network.y[nodes]]))
    return MendingCrossing(_degrees(ground, line), float(ends["length_m"]), float(best["walk_m"]))


def _degrees(ground: Ground, line: shapely.LineString) -> shapely.LineString:
    series = gpd.GeoSeries([line], crs=ground.network.epsg).to_crs(epsg=CGCS2000_EPSG)
    return shapely.LineString(shapely.get_coordinates(series))


def _message(
    reason: ReachReason | None,
    row: "pd.Series[float]",
    nearest: NearFacility | None,
    barrier: tuple[str, str] | None,
    terms: ReachTerms,
    crossing: MendingCrossing | None,
) -> str:
    walk = "" if nearest is None else f"步行到{nearest.name} {_metres(nearest.distance_m)}"
    match reason:
        case None:
            return f"{walk}，{fixed(Fraction(row['minutes']))} 分钟，在 {terms.minutes} 分钟内"
        case ReachReason.NO_FACILITY:
            return "没有运营中的此类设施"
        case ReachReason.UNSNAPPED:
            within = _metres(terms.snap_limit_m)
            if np.isinf(row["street_m"]):
                return f"{within} 内没有不越过阻隔就走得到的路"
            return f"离最近的路 {_metres(row['street_m'])}，超过 {within}"
        case ReachReason.BARRIER:
            return _detour(row, walk, barrier, crossing)
        case ReachReason.SLOW:
            speed = (
                f"以 {terms.speed_m_per_s} m/s 步行超时，以 {terms.adult_speed_m_per_s} m/s 可达"
            )
            return f"{walk}，{speed}"
        case ReachReason.DISCONNECTED:
            return "所在道路与任何此类设施都不连通"
        case _:
            return f"{walk}，超出 {_metres(row['beyond_m'])}"


def _detour(
    row: "pd.Series[float]",
    walk: str,
    barrier: tuple[str, str] | None,
    crossing: MendingCrossing | None,
) -> str:
    cause = "直线上没有登记的阻隔" if barrier is None else f"被{barrier[0]}阻隔"
    around = f"{walk}，超出 {_metres(row['beyond_m'])}" if walk else "没有路可以绕过去"
    text = f"直线距离 {_metres(row['straight_m'])}，在圈内，但{cause}；{around}"
    if crossing is not None:
        text += (
            f"。若建一处 {_metres(crossing.length_m)} 的跨越设施，步行 {_metres(crossing.walk_m)}"
        )
    return text


def _metres(value: float) -> str:
    return f"{round(value * DM_A_METRE) / DM_A_METRE:,.0f} m"
