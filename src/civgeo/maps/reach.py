"""Map of reach on foot: divisions by share, estates by verdict, circles, barriers, the walk."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from civgeo.domain.facility import FacilityKind
from civgeo.domain.quantity import fixed
from civgeo.maps.civmap import CivMap
from civgeo.maps.escape import Json
from civgeo.maps.facilities import kind_style
from civgeo.maps.layers import (
    Area,
    AreaLayer,
    Column,
    DataElement,
    Facts,
    Group,
    Point,
    PointLayer,
    Story,
)
from civgeo.maps.outlines import city_outline
from civgeo.maps.page import ASSET
from civgeo.maps.reach_view import REACHED, REASON_STYLES, ReachEstate, ReachView
from civgeo.maps.rows import DivisionRow
from civgeo.maps.shapes import (
    bounds_of,
    label_point,
    outer_rings,
    polygons_of,
    shape_of,
    shown_counties,
    whole_city,
)
from civgeo.maps.theme import MapNote

__all__ = ["ReachAsk", "ReachSite", "ReachSurroundings", "reach_map"]

MOST_LINES = 600
SPEEDS = ("0.8", "1.0", "1.2")
SIMPLIFIED_DEG = 0.00002
DECIMALS = 5
UNIT_COLUMNS = (
    Column("步行可达（分子）"),
    Column("合计（分母）"),
    Column("可达率", "%"),
    Column("直线圈内（对照）"),
)


@dataclass(frozen=True, slots=True)
class ReachSite:
    """A facility that the question counts, degrees."""

    name: str
    kind: FacilityKind
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class ReachAsk:
    """What a served page asks this service, relative to the page, when the reader clicks.

    Parameters
    ----------
    why
        Address with the terms, to which ``&estate=`` is added.
    areas
        Address of outlines, to which ``?kind=…&speed=…`` is added.
    """

    why: str = "../coverage/why"
    areas: str = "../service-areas"


@dataclass(frozen=True, slots=True, eq=False)
class ReachSurroundings:
    """What lies around the estates, all EPSG:4490.

    Parameters
    ----------
    sites
        Facilities counted.
    circles
        Outline of the ground within each number of minutes of any of them, by that text; the
        longest walk first.
    barriers
        Name, kind in Chinese, and shape of what stops walkers: lines and polygons.
    streets
        Name and course of main streets, drawn lightly; the first 600.
    """

    sites: Sequence[ReachSite]
    circles: Sequence[tuple[str, BaseGeometry]]
    barriers: Sequence[tuple[str, str, BaseGeometry]]
    streets: Sequence[tuple[str, BaseGeometry]]


class _ReachMap(CivMap):
    """A map that asks its own server for the walk of one estate."""

    asks_server = True
    default_js = [  # noqa: RUF012  folium declares it as an instance attribute
        *CivMap.default_js,
        ("civgeo_reach", f"{ASSET}civgeo-reach.js"),
    ]


class ReachLayer(DataElement):
    """Circles, barriers, streets, and the walk that a click draws."""

    function = "reach"


def reach_map(
    view: ReachView,
    around: ReachSurroundings,
    *,
    about: MapNote,
    query: str,
    ask: ReachAsk | None = None,
) -> CivMap:
    """Map of one answer of reach.

    Parameters
    ----------
    view
        The answer over divisions.
    around
        Facilities, outlines of circles, barriers and streets.
    about
        Title, source, date and standing.
    query
        Terms of the question as a query string, for the walk of one estate.
    ask
        Addresses that the served page asks; the page as one file asks nothing.

    Raises
    ------
    InvalidInput
        When no county of the city has an outline.
    """
    bounds = bounds_of(shown_counties(view.rows))
    chart = _ReachMap(about, view.legend(symbols=False), bounds=bounds)
    areas = [_area(row, view) for row in view.areas]
    areas += [city_outline(row) for row in whole_city(view.rows)]
    AreaLayer("counties", areas, Facts(UNIT_COLUMNS)).add_to(chart)
    _estates(view).add_to(chart)
    ReachLayer("reach", _reach_json(view, around, query, ask or ReachAsk())).add_to(chart)
    return chart


def _area(row: DivisionRow, view: ReachView) -> Area:
    shape = shape_of(row)
    x, y = label_point(shape)
    return Area(
        story=_unit_story(row, view) if row.own else Story(row.name, tip="相邻政区，不在本图范围"),
        polygons=polygons_of(shape),
        label_at=(y, x),
        colour=view.colour(row),
        pattern=view.pattern(row),
        sublabel=view.label(row),
        context=not row.own,
    )


def _unit_story(row: DivisionRow, view: ReachView) -> Story:
    unit, measure = view.unit(row), view.told.measure
    if unit is None:
        return Story(row.name, tip="没有计入的小区", note="本单位没有计入的小区，无法计算。")
    share = None if unit.share is None else fixed(unit.share)
    return Story(
        name=row.name,
        tip=f"可达率 {view.label(row)}" if share else "无法计算",
        values=(
            f"{unit.reached:,} {measure}",
            f"{unit.people:,} {measure}",
            share,
            f"{unit.straight:,} {measure}",
        ),
    )


def _estates(view: ReachView) -> PointLayer:
    verdicts = (None, *REASON_STYLES)
    counts = Counter(estate.reason for estate in view.estates)
    shown = [verdict for verdict in verdicts if verdict is None or counts[verdict]]
    number = {verdict: position for position, verdict in enumerate(shown)}
    points = [
        Point(
            _story(estate, view),
            estate.lon,
            estate.lat,
            number[estate.reason],
            number[estate.reason],
            outline=outer_rings(estate.shape),
        )
        for estate in view.estates
    ]
    return PointLayer(
        "estates",
        points,
        groups=[
            Group("步行可达" if verdict is None else verdict.label_zh, counts[verdict], position)
            for verdict, position in number.items()
        ],
        styles=[REACHED if verdict is None else REASON_STYLES[verdict] for verdict in shown],
        title="小区图层（按结论与原因）",
        facts=Facts(
            (
                Column(view.told.people, view.told.measure),
                Column("步行距离", "m"),
                Column("步行时间", "分钟"),
                Column("步行限值", "m"),
                Column("超出", "m"),
                Column("最近设施（步行）"),
                Column("直线距离", "m"),
                Column("最近设施（直线）"),
                Column("离最近的街道", "m"),
                Column("阻隔"),
                Column("所在"),
            )
        ),
    )


def _story(estate: ReachEstate, view: ReachView) -> Story:
    missed = estate.reason
    walk = "" if estate.minutes is None else f"　步行 {_one(estate.minutes)} 分钟"
    return Story(
        name=estate.name or "（未命名小区）",
        tip=("步行可达" if missed is None else f"未覆盖：{missed.label_zh}") + walk,
        verdict="结论：步行可达" if missed is None else f"结论：未覆盖（{missed.label_zh}）",
        values=(
            f"{estate.people:,}",
            _one(estate.distance_m),
            _one(estate.minutes),
            view.told.limit,
            _one(estate.beyond_m) if estate.beyond_m else None,
            estate.facility,
            _one(estate.straight_m),
            estate.straight_facility,
            _one(estate.street_m),
            estate.barrier,
            estate.place,
        ),
        simulated=estate.simulated,
    )


def _one(value: float | None) -> str | None:
    return None if value is None else f"{value:,.1f}"


def _reach_json(view: ReachView, around: ReachSurroundings, query: str, ask: ReachAsk) -> Json:
    kinds = list(dict.fromkeys(site.kind for site in around.sites))
    number = {kind: position for position, kind in enumerate(kinds)}
    return {
        "ids": [estate.id for estate in view.estates],
        "why": f"{ask.why}?{query}",
        "areas": ask.areas,
        "speed": view.told.speed,
        "speeds": sorted({view.told.speed, *SPEEDS}, key=lambda speed: float(str(speed))),
        "limit": float(view.told.limit.replace(",", "")),
        "kinds": [
            {
                "value": kind.value,
                "label": kind.label_zh,
                "style": kind_style(kind).to_json(),
                "count": sum(site.kind is kind for site in around.sites),
            }
            for kind in kinds
        ],
        "sites": [
            [round(site.lat, 6), round(site.lon, 6), number[site.kind], site.name]
            for site in around.sites
        ],
        "circles": [[minutes, polygons_of(shape)] for minutes, shape in around.circles],
        "barriers": [
            [name, kind, _lines(shape), polygons_of(shape)] for name, kind, shape in around.barriers
        ],
        "streets": [[name, _lines(shape)] for name, shape in around.streets[:MOST_LINES]],
    }


def _lines(shape: BaseGeometry) -> Json:
    plain = shapely.simplify(shape, SIMPLIFIED_DEG)
    return [
        shapely.get_coordinates(line)[:, ::-1].round(DECIMALS).tolist()
        for line in shapely.get_parts(plain)
        if isinstance(line, shapely.LineString)
    ]
