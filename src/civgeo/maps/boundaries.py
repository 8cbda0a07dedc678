"""Map of the boundary lines by the state of their inspection, with markers and tri-junctions."""

from collections.abc import Sequence

import geopandas as gpd

from civgeo.domain.boundary_forms import BoundaryLevel
from civgeo.maps.boundary_view import (
    DIFFERENCE,
    DISPUTE,
    JUNCTION,
    BoundaryView,
    DrawnLine,
    DrawnPlace,
    line_style,
    marker_label,
    marker_style,
    states_of,
)
from civgeo.maps.civmap import CivMap
from civgeo.maps.layers import AreaLayer, Column, Facts, Group, Point, PointLayer, PointStyle, Story
from civgeo.maps.outlines import base_areas
from civgeo.maps.rows import DivisionRow, rows_of
from civgeo.maps.shapes import Bounds, bounds_of, lines_of, points_in, shown_counties
from civgeo.maps.theme import MapNote

__all__ = ["boundaries_map"]

_LINE_COLUMNS = (
    Column("界线代码"),
    Column("毗邻各方"),
    Column("长度", "km"),
    Column("上次联检"),
    Column("下次期限"),
    Column("联检进度"),
    Column("逾期", "天"),
)
_MARKER_COLUMNS = (
    Column("所在界线"),
    Column("类型"),
    Column("沿线里程", "km"),
    Column("偏离界线", "m"),
    Column("管理方"),
    Column("上次检查"),
)
_JUNCTION_COLUMNS = (Column("级别"), Column("毗邻各方"), Column("交会界线"), Column("界桩"))
_DISPUTE_COLUMNS = (Column("所在界线"), Column("各方"), Column("进度"), Column("发生日期"))
_DIFFERENCE_COLUMNS = (Column("所在界线"), Column("不一致之处"), Column("各方记录"))


def boundaries_map(view: BoundaryView, divisions: gpd.GeoDataFrame, *, about: MapNote) -> CivMap:
    """Map of lines, markers, tri-junctions, disputes and disagreements.

    Parameters
    ----------
    view
        What is drawn.
    divisions
        Own and neighbouring counties with outlines, EPSG:4490.
    about
        Title, source, date and standing.

    Raises
    ------
    CrsError
        When `divisions` is not in EPSG:4490.
    InvalidInput
        When no county of the city has an outline.
    """
    rows = rows_of(divisions, DivisionRow)
    chart = CivMap(about, view.legend(symbols=False), bounds=_bounds(rows))
    AreaLayer("counties", base_areas(rows)).add_to(chart)
    layers = [
        _lines(view),
        _places(view.disputes, "disputes", "争议地段", DISPUTE, _DISPUTE_COLUMNS),
    ]
    layers += [
        _markers(view),
        _places(view.junctions, "junctions", "三交点", JUNCTION, _JUNCTION_COLUMNS),
        _places(view.differences, "differences", "双方记录不一致", DIFFERENCE, _DIFFERENCE_COLUMNS),
    ]
    for layer in layers:
        if layer is not None:
            layer.add_to(chart)
    return chart


def _bounds(rows: Sequence[DivisionRow]) -> Bounds:
    west, south, east, north = bounds_of(shown_counties(rows))
    margin = 0.02 * max(east - west, north - south)
    return west - margin, south - margin, east + margin, north + margin


def _lines(view: BoundaryView) -> PointLayer | None:
    """Lines as courses of points half-way along them; one group a state."""
    if not view.lines:
        return None
    states = states_of(view.lines)
    levels = tuple(BoundaryLevel)
    styles = [line_style(state, level) for state in states for level in levels]
    middles = points_in([line.shape for line in view.lines]).tolist()
    points = [
        Point(
            _line_story(line),
            lon,
            lat,
            states.index(line.state),
            states.index(line.state) * len(levels) + levels.index(line.level),
            course=lines_of(line.shape),
        )
        for line, (lon, lat) in zip(view.lines, middles, strict=True)
    ]
    county = levels.index(BoundaryLevel.COUNTY)
    groups = [
        Group(
            state.label_zh,
            sum(line.state is state for line in view.lines),
            number * len(levels) + county,
        )
        for number, state in enumerate(states)
    ]
    facts = Facts(_LINE_COLUMNS)
    return PointLayer("lines", points, groups=groups, styles=styles, title="联检进度", facts=facts)


def _line_story(line: DrawnLine) -> Story:
    return Story(
        name=line.name,
        tip=f"{line.level.label_zh}，{line.state.label_zh}",
        verdict=line.state.label_zh,
        values=line.facts,
        simulated=line.simulated,
    )


def _markers(view: BoundaryView) -> PointLayer | None:
    kinds = view.marker_groups()
    if not kinds:
        return None
    points = [
        Point(
            Story(
                name=marker.number,
                tip=marker_label(marker.state, late=marker.late),
                verdict=marker_label(marker.state, late=marker.late),
                values=marker.facts,
                simulated=marker.simulated,
            ),
            marker.lon,
            marker.lat,
            kinds.index((marker.state, marker.late)),
            kinds.index((marker.state, marker.late)),
        )
        for marker in view.markers
    ]
    groups = [
        Group(
            marker_label(state, late=late),
            sum((marker.state, marker.late) == (state, late) for marker in view.markers),
            number,
        )
        for number, (state, late) in enumerate(kinds)
    ]
    styles = [marker_style(state, late=late) for state, late in kinds]
    facts = Facts(_MARKER_COLUMNS)
    return PointLayer("markers", points, groups=groups, styles=styles, title="界桩", facts=facts)


def _places(
    places: Sequence[DrawnPlace],
    name: str,
    title: str,
    style: PointStyle,
    columns: tuple[Column, ...],
) -> PointLayer | None:
    if not places:
        return None
    points = [
        Point(
            Story(place.name, place.told, values=place.facts, simulated=place.simulated),
            place.lon,
            place.lat,
            0,
            0,
            course=lines_of(place.shape),
        )
        for place in places
    ]
    groups = [Group(title, len(points), 0)]
    facts = Facts(columns)
    return PointLayer(name, points, groups=groups, styles=[style], title=title, facts=facts)
