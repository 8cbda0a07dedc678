"""Map of siting: what excludes a cemetery, rule by rule and all together, and the candidates."""

import base64
from collections.abc import Iterator

import shapely
from shapely.geometry.base import BaseGeometry

from civgeo.analysis.site_marks import Words
from civgeo.maps.civmap import CivMap
from civgeo.maps.escape import Json
from civgeo.maps.layers import Column, DataElement, Facts
from civgeo.maps.page import ASSET
from civgeo.maps.rows import DivisionRow
from civgeo.maps.shapes import label_point, polygons_of, shape_of
from civgeo.maps.siting_raster import MOST_PIXELS, Shade, SitingRaster
from civgeo.maps.siting_view import (
    CANDIDATE,
    CANDIDATE_EDGE,
    KIND_LOOKS,
    ROAD,
    SEEN_LOOK,
    Candidate,
    Exclusion,
    SitingView,
    hectares,
)
from civgeo.maps.theme import LAND, NEIGHBOUR, MapNote, Pattern

__all__ = ["MOST_BYTES", "siting_map"]

MOST_BYTES = 400_000
"""Of all pictures of a page together; where they would be larger, their pixels are coarser."""

LEAST_PIXELS = 60_000
ALL_OPACITY, ONE_OPACITY = 1.0, 0.8
DEGREE_M = 111_320.0
STAIR = 0.75
"""Share of a cell by which outlines of candidates are simplified: their stairs go, no more."""

DECIMALS = 5


class _SitingMap(CivMap):
    """A map that asks its own server what excludes a place."""

    asks_server = True
    default_js = [  # noqa: RUF012  folium declares it as an instance attribute
        *CivMap.default_js,
        ("civgeo_siting", f"{ASSET}civgeo-siting.js"),
    ]
    default_css = [  # noqa: RUF012  folium declares it as an instance attribute
        *CivMap.default_css,
        ("civgeo_siting_css", f"{ASSET}civgeo-siting.css"),
    ]


class SitingLayer(DataElement):
    """Shades, candidates, and what else the map of siting holds."""

    function = "siting"


def siting_map(
    view: SitingView, *, about: MapNote, ask: str = "", most_bytes: int = MOST_BYTES
) -> CivMap:
    """Map of one answer of siting.

    Parameters
    ----------
    view
        The answer.
    about
        Title, source, date and standing.
    ask
        Address, relative to the page, to which ``&lon=…&lat=…`` is added where a reader of the
        served page clicks; the page as one file asks nothing.
    most_bytes
        Of all pictures together.

    Raises
    ------
    InvalidInput
        When no county of the city has an outline.
    """
    west, south, east, north = (float(edge) for edge in view.region.bounds)
    chart = _SitingMap(about, view.legend(printed=False), bounds=(west, south, east, north))
    SitingLayer("siting", _content(view, ask, most_bytes)).add_to(chart)
    return chart


def _content(view: SitingView, ask: str, most_bytes: int) -> Json:
    labels = list(dict.fromkeys(label for each in view.candidates for label, _ in each.facts))
    kinds = dict.fromkeys(kind for _, kind, _ in view.roads)
    return {
        "ground": list(_ground(view)),
        "region": polygons_of(view.region),
        "shades": _shades(view, most_bytes),
        "roads": [[name, kind, _lines(shape)] for name, kind, shape in view.roads],
        "roadColour": ROAD,
        "roadLabel": "、".join(kinds),
        "facts": Facts(tuple(Column(label) for label in labels)).to_json(),
        "candidates": [_candidate(each, labels, view.told.cell_m) for each in view.candidates],
        "fill": CANDIDATE,
        "edge": CANDIDATE_EDGE,
        "headline": view.told.headline,
        "missing": view.told.missing,
        "waiting": view.told.waiting,
        "notes": view.told.notes,
        "ask": ask,
    }


def _ground(view: SitingView) -> Iterator[Json]:
    """Counties around in grey, the region, then its townships, or counties where they are many."""
    for row in view.around:
        yield _area(row, NEIGHBOUR, context=True)
    plain = {"name": "", "at": None, "colour": LAND, "context": False}
    yield plain | {"polygons": polygons_of(view.region)}
    for row in view.towns:
        yield _area(row, LAND, context=False)


def _area(row: DivisionRow, colour: str, *, context: bool) -> Json:
    x, y = label_point(shape_of(row))
    return {
        "name": row.name,
        "polygons": polygons_of(shape_of(row)),
        "at": [y, x],
        "colour": colour,
        "context": context,
    }


def _shades(view: SitingView, most_bytes: int) -> Json:
    """Sections of the layer control: all marks of a kind together, then each by its group."""
    planes: list[Words] = [*view.kinds.values()]
    planes += [view.marks.bits[item.number] for _, items in view.grouped for item in items]
    planes += [] if view.seen is None else [view.seen]
    drawn = iter(_drawn(view, planes, most_bytes))
    kinds = [
        _layer(next(drawn), *KIND_LOOKS[kind], [], view.area_of(kind), shown=True)
        for kind in view.kinds
    ]
    groups = [
        {
            "title": f"禁止情形：{group.label_zh}",
            "note": "",
            "items": [_exclusion(next(drawn), item) for item in items],
        }
        for group, items in view.grouped
    ]
    note = "以下各项按规定与图层分列，可逐项打开；面积有重叠，不能相加。" if groups else ""
    sections: list[Json] = [{"title": "各项合计", "note": note, "items": kinds}, *groups]
    if view.seen is not None:
        layer = _layer(next(drawn), *SEEN_LOOK, [], view.area(view.seen), shown=False)
        told = "按高程模型计算，房屋和树木不算遮挡；只算候选地内的格子。"
        sections.append({"title": "可视域", "note": told, "items": [layer | {"above": True}]})
    return sections


def _drawn(view: SitingView, planes: list[Words], most_bytes: int) -> list[Shade | None]:
    pixels = MOST_PIXELS
    while True:
        raster = SitingRaster(view.marks.grid, pixels)
        shades = [raster.shade(view.marks, plane) for plane in planes]
        size = sum(len(shade.png) for shade in shades if shade is not None)
        if size <= most_bytes or pixels <= LEAST_PIXELS:
            return shades
        pixels //= 2


def _exclusion(shade: Shade | None, item: Exclusion) -> Json:
    looks = item.title, item.colour, item.pattern
    return _layer(shade, *looks, list(item.cited), item.area_m2, shown=False)


def _layer(
    shade: Shade | None,
    name: str,
    colour: str,
    pattern: Pattern,
    cited: list[str],
    area_m2: float,
    *,
    shown: bool,
) -> dict[str, Json]:
    west, south, east, north = (0.0, 0.0, 0.0, 0.0) if shade is None else shade.bounds
    return {
        "name": name,
        "cited": cited,
        "area": hectares(area_m2),
        "colour": colour,
        "pattern": pattern.value,
        "shown": shown,
        "opacity": ALL_OPACITY if shown else ONE_OPACITY,
        "bounds": [[south, west], [north, east]],
        "png": "" if shade is None else base64.b64encode(shade.png).decode(),
    }


def _candidate(item: Candidate, labels: list[str], cell_m: float) -> Json:
    plain = shapely.simplify(item.shape, STAIR * cell_m / DEGREE_M)
    facts = dict(item.facts)
    return {
        "rank": item.rank,
        "polygons": polygons_of(plain),
        "at": [item.lat, item.lon],
        "name": f"候选地 {item.rank}",
        "tip": facts.get("面积", ""),
        "verdict": "",
        "note": item.text,
        "values": [facts.get(label) for label in labels],
        "cards": [],
        "simulated": False,
    }


def _lines(shape: BaseGeometry) -> Json:
    plain = shapely.simplify(shape, 2 * 10**-DECIMALS)
    return [
        shapely.get_coordinates(line)[:, ::-1].round(DECIMALS).tolist()
        for line in shapely.get_parts(plain)
        if isinstance(line, shapely.LineString)
    ]
