"""Map of proposed names beside the names in use that they conflict with."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from civgeo.domain.name_forms import NameStatus
from civgeo.domain.naming_findings import FindingCode
from civgeo.domain.place_kind import PlaceKind
from civgeo.maps.civmap import CivMap
from civgeo.maps.escape import Json
from civgeo.maps.layers import (
    AreaLayer,
    Column,
    DataElement,
    Facts,
    Group,
    Point,
    PointLayer,
    PointStyle,
    Story,
)
from civgeo.maps.legend import Legend, Section
from civgeo.maps.name_looks import KIND_BY_VALUE
from civgeo.maps.outlines import base_areas
from civgeo.maps.page import ASSET
from civgeo.maps.rows import ConflictRow, DivisionRow, rows_of
from civgeo.maps.shapes import (
    Bounds,
    bounds_of,
    lines_of,
    outer_rings,
    points_in,
    shown_counties,
)
from civgeo.maps.theme import MapNote, Shape
from civgeo.maps.why import place_text

__all__ = ["ConflictsMap", "ProposedName", "conflicts_map"]

LOOKS = {
    FindingCode.DUPLICATE: PointStyle(Shape.DISC, "#b3261e", "重"),
    FindingCode.HOMOPHONE: PointStyle(Shape.DISC, "#b8501c", "音"),
    FindingCode.HOMOPHONE_TONELESS: PointStyle(Shape.DISC, "#8a6d00", "近"),
    FindingCode.SCOPE_UNKNOWN: PointStyle(Shape.DISC, "#6b7680", "疑"),
}
_CODES = {code.value: code for code in FindingCode}
PROPOSED = PointStyle(Shape.DISC, "#1f6f9f", "拟")
MANY = 60
MARGIN_SHARE = 0.12
LEAST_MARGIN_DEG = 0.01
MOST_TOLD = 8
_COLUMNS = (
    Column("拟用地名"),
    Column("冲突"),
    Column("距拟用位置"),
    Column("罗马字母拼写"),
    Column("类别"),
    Column("所在"),
    Column("状态"),
    Column("资料来源"),
    Column("条目编号"),
)
_PROPOSED_COLUMNS = (Column("类别"), Column("冲突的地名", " 条"))


Drawn = tuple[ConflictRow, float, float]
"""A row that has a place, with the longitude and latitude of its symbol."""


@dataclass(frozen=True, slots=True)
class ProposedName:
    """A proposed name, what it names, and where (EPSG:4490), None where nobody said."""

    name: str
    kind: PlaceKind
    place: shapely.Point | None = None


class ConflictsMap(CivMap):
    """A map whose page also shows lines between places, and words beside them."""

    default_js = [  # noqa: RUF012  folium declares it as an instance attribute
        *CivMap.default_js,
        ("civgeo_names", f"{ASSET}civgeo-names.js"),
        ("civgeo_links", f"{ASSET}civgeo-links.js"),
    ]
    default_css = [  # noqa: RUF012  folium declares it as an instance attribute
        *CivMap.default_css,
        ("civgeo_search_css", f"{ASSET}civgeo-search.css"),
    ]


class Links(DataElement):
    """Lines from each proposed place to what it conflicts with, and names with distances.

    Parameters
    ----------
    proposals
        The proposed names.
    drawn
        Rows that have a place, with the longitude and latitude of their symbol.
    """

    function = "links"

    def __init__(self, proposals: Sequence[ProposedName], drawn: Sequence[Drawn]) -> None:
        content: Json = {
            "title": "注记",
            "labels": ["到最近处的连线", "名称与距离"],
            "links": _links(proposals, drawn),
            "words": _words(proposals, drawn),
        }
        super().__init__("links", content)


def _links(proposals: Sequence[ProposedName], drawn: Sequence[Drawn]) -> list[Json]:
    """Each line as latitude and longitude of its ends, and its colour."""
    return [
        [*_end(place), *_end(_nearest(row.geometry, place)), LOOKS[_CODES[row.code]].colour]
        for row, _, _ in drawn
        if row.geometry is not None and (place := proposals[row.proposal].place) is not None
    ]


def _words(proposals: Sequence[ProposedName], drawn: Sequence[Drawn]) -> list[Json]:
    """What stands beside each symbol, with its latitude and longitude."""
    own: list[Json] = [
        [*_end(proposal.place), f"拟用：{proposal.name}"]
        for proposal in proposals
        if proposal.place is not None
    ]
    return own + [
        [round(lat, 6), round(lon, 6), f"{row.name} {_distance_text(row.distance_m) or ''}"]
        for row, lon, lat in drawn
    ]


def _end(place: BaseGeometry) -> tuple[float, float]:
    x, y = shapely.get_coordinates(place)[0].tolist()
    return round(y, 6), round(x, 6)


def _nearest(shape: BaseGeometry, place: shapely.Point) -> BaseGeometry:
    """Point of `shape` nearest to `place`, with degrees of longitude as short as they are there."""
    ratio = np.array([np.cos(np.radians(place.y)), 1.0])
    line = shapely.shortest_line(
        shapely.transform(shape, lambda at: at * ratio),
        shapely.transform(place, lambda at: at * ratio),
    )
    return shapely.Point(shapely.get_coordinates(line)[0] / ratio)


def conflicts_map(
    proposals: Sequence[ProposedName],
    conflicts: gpd.GeoDataFrame,
    divisions: gpd.GeoDataFrame,
    *,
    about: MapNote,
) -> ConflictsMap:
    """Map of the names in use that `proposals` conflict with, by kind of finding.

    地名管理条例 (国务院令第 753 号), article 9, items 7 and 8.

    Parameters
    ----------
    proposals
        The names that were checked.
    conflicts
        Columns of place_names with ``entry`` (its id), ``proposal`` (number of the proposed
        name), ``code`` (of the finding) and ``distance_m`` (metres, NaN where unknown),
        EPSG:4490, any geometry.
    divisions
        Own and neighbouring counties with outlines, EPSG:4490; townships for their names.
    about
        Title, source, date and standing.

    Raises
    ------
    CrsError
        When a frame is not in EPSG:4490.
    InvalidInput
        When no county of the city has an outline.
    """
    counties, rows = rows_of(divisions, DivisionRow), rows_of(conflicts, ConflictRow)
    places = {row.code: row.name for row in counties}
    points = points_in([row.geometry for row in rows])
    drawn = [
        (row, lon, lat)
        for row, (lon, lat) in zip(rows, points.tolist(), strict=True)
        if np.isfinite(lon)
    ]
    bounds = _bounds(proposals, drawn, bounds_of(shown_counties(counties)))
    chart = ConflictsMap(about, _legend(proposals, rows, len(drawn)), bounds=bounds)
    AreaLayer("counties", base_areas(counties)).add_to(chart)
    layers = (
        Links(proposals, drawn) if drawn else None,
        _conflict_layer(proposals, drawn, places),
        _proposed_layer(proposals, rows),
    )
    for layer in layers:
        if layer is not None:
            layer.add_to(chart)
    return chart


def _bounds(
    proposals: Sequence[ProposedName],
    drawn: Sequence[Drawn],
    city: Bounds,
) -> Bounds:
    """Around all that is drawn; the city where nothing is."""
    shapes = [row.geometry for row, _, _ in drawn]
    shapes += [proposal.place for proposal in proposals if proposal.place is not None]
    if not shapes:
        return city
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(shapes))
    margin = max(LEAST_MARGIN_DEG, MARGIN_SHARE * max(east - west, north - south))
    return west - margin, south - margin, east + margin, north + margin


def _legend(proposals: Sequence[ProposedName], rows: Sequence[ConflictRow], drawn: int) -> Legend:
    counts = Counter(row.proposal for row in rows)
    told = [
        f"“{proposal.name}”（{proposal.kind.label_zh}）：{_count_text(counts[number])}"
        for number, proposal in enumerate(proposals[:MOST_TOLD])
    ]
    if len(proposals) > MOST_TOLD:
        told.append(f"等 {len(proposals)} 个拟用地名")
    note = "；".join(told) + "。"
    unplaced = [row.name for row in rows if row.geometry is None]
    if unplaced:
        some = "、".join(f"“{name}”" for name in unplaced[:MOST_TOLD])
        note += f"没有位置而未画出的 {len(unplaced)} 条：{some}"
        note += " 等。" if len(unplaced) > MOST_TOLD else "。"
    if any(proposal.place is None for proposal in proposals):
        note += "没有给出位置的拟用地名未画出，也不计距离。"
    note += f"图上冲突地名 {drawn} 条。距离是从拟用位置到已有地名最近处的直线距离。"
    return Legend((Section("核查结果", (), note),))


def _count_text(count: int) -> str:
    return f"与 {count} 条已有地名冲突" if count else "没有同名、同音的冲突"


def _conflict_layer(
    proposals: Sequence[ProposedName],
    drawn: Sequence[Drawn],
    places: dict[str, str],
) -> PointLayer | None:
    if not drawn:
        return None
    counts = Counter(_CODES[row.code] for row, _, _ in drawn)
    codes = [code for code in LOOKS if counts[code]]
    number = {code.value: position for position, code in enumerate(codes)}
    points = [
        Point(
            _story(row, proposals[row.proposal], places),
            lon,
            lat,
            number[row.code],
            number[row.code],
            outline=outer_rings(row.geometry),
            course=lines_of(row.geometry),
        )
        for row, lon, lat in drawn
    ]
    return PointLayer(
        "conflicts",
        points,
        groups=[Group(code.label_zh, counts[code], style) for style, code in enumerate(codes)],
        styles=[LOOKS[code] for code in codes],
        title="冲突的已有地名",
        facts=Facts(_COLUMNS),
        clustered=len(points) > MANY,
        counted="条地名",
    )


def _proposed_layer(
    proposals: Sequence[ProposedName], rows: Sequence[ConflictRow]
) -> PointLayer | None:
    counts = Counter(row.proposal for row in rows)
    points = [
        Point(
            Story(
                name=proposal.name,
                tip=f"拟用地名，{_count_text(counts[number])}",
                values=(proposal.kind.label_zh, counts[number]),
            ),
            proposal.place.x,
            proposal.place.y,
            0,
            0,
        )
        for number, proposal in enumerate(proposals)
        if proposal.place is not None
    ]
    if not points:
        return None
    return PointLayer(
        "proposed",
        points,
        groups=[Group("拟用位置", len(points), 0)],
        styles=[PROPOSED],
        title="拟用地名",
        facts=Facts(_PROPOSED_COLUMNS),
    )


def _story(row: ConflictRow, proposal: ProposedName, places: dict[str, str]) -> Story:
    kind, label = KIND_BY_VALUE[row.kind].label_zh, _CODES[row.code].label_zh
    far = _distance_text(row.distance_m)
    return Story(
        name=row.name,
        tip=f"{kind}，{label}" + (f"，距拟用位置 {far}" if far else ""),
        values=(
            proposal.name,
            label,
            far,
            row.toned,
            kind,
            place_text(places, row.division) or places.get(row.division) or row.division,
            NameStatus(row.status).label_zh,
            row.source,
            row.entry,
        ),
        simulated=row.simulated,
    )


def _distance_text(metres: float | None) -> str | None:
    if metres is None:
        return None
    return f"{metres:,.0f} 米" if metres < 1000 else f"{metres / 1000:,.1f} 千米"
