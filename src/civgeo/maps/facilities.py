"""Map of the facilities by kind."""

from collections import Counter
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from civgeo.domain.facility import FacilityKind, FacilityStatus
from civgeo.geo.crs import require_cgcs2000
from civgeo.maps.civmap import CivMap
from civgeo.maps.layers import Area, AreaLayer, Column, Facts, Group, Point, PointLayer, PointStyle
from civgeo.maps.layers import Story
from civgeo.maps.legend import Legend, Section, Symbol
from civgeo.maps.shapes import bounds_of, label_point, point_xy, polygons_of, shown_counties
from civgeo.maps.shapes import whole_city
from civgeo.maps.theme import LAND, NEIGHBOUR, MapNote, Shape
from civgeo.maps.why import figure_text

__all__ = ["KIND_GROUPS", "KindGroup", "facilities_legend", "facilities_map", "kind_style"]


@dataclass(frozen=True, slots=True)
class KindGroup:
    """Kinds under one heading: one colour, and one character for each kind."""

    title: str
    colour: str
    glyphs: dict[FacilityKind, str]


K = FacilityKind
KIND_GROUPS = (
    KindGroup(
        "养老服务",
        "#b8501c",
        {
            K.ELDER_CARE_HOME: "养",
            K.STREET_ELDER_CARE_CENTRE: "街",
            K.REGIONAL_ELDER_CARE_CENTRE: "区",
            K.COUNTY_ELDER_CARE_DEMONSTRATION_CENTRE: "示",
            K.ELDER_CARE_COMPLEX: "综",
            K.COMMUNITY_ELDER_CARE_PLACE: "社",
            K.COMMUNITY_DAY_CARE: "日",
            K.VILLAGE_MUTUAL_AID_HOME: "互",
            K.MEAL_POINT: "餐",
            K.FAMILY_BEDS: "床",
        },
    ),
    KindGroup(
        "特困供养、康复",
        "#7a4a91",
        {
            K.DESTITUTE_SUPPORT_INSTITUTION: "特",
            K.DISABLED_DESTITUTE_INSTITUTION: "失",
            K.REHABILITATION_AID_POINT: "辅",
            K.MENTAL_REHABILITATION_POINT: "精",
        },
    ),
    KindGroup(
        "社区、社会工作",
        "#1f6f9f",
        {
            K.COMMUNITY_SERVICE_FACILITY: "服",
            K.VILLAGE_SERVICE_FACILITY: "村",
            K.SOCIAL_WORK_STATION: "工",
            K.MINORS_PROTECTION_STATION: "未",
            K.VOLUNTEER_POINT: "志",
            K.SOCIAL_ORGANISATION_VENUE: "组",
        },
    ),
    KindGroup("福彩、救助", "#8a6d00", {K.LOTTERY_POINT: "彩", K.RESCUE_STATION: "救"}),
    KindGroup(
        "殡葬",
        "#3f4a54",
        {
            K.FUNERAL_HOME: "殡",
            K.FUNERAL_SERVICE_STATION: "站",
            K.COLUMBARIUM: "灰",
            K.CEMETERY_URBAN: "城",
            K.CEMETERY_RURAL: "乡",
            K.CEMETERY_COMMERCIAL: "营",
        },
    ),
)
_COLUMNS = (
    Column("类别"),
    Column("状态"),
    Column("建筑面积", "m²"),
    Column("床位", "张"),
    Column("护理型床位", "张"),
    Column("开办"),
    Column("所在乡级代码"),
    Column("资料来源"),
)


def kind_style(kind: FacilityKind) -> PointStyle:
    """Disc in the colour of the kind's group with the kind's character in it."""
    group = next(group for group in KIND_GROUPS if kind in group.glyphs)
    return PointStyle(Shape.DISC, group.colour, group.glyphs[kind])


def facilities_map(
    facilities: gpd.GeoDataFrame, divisions: gpd.GeoDataFrame, *, about: MapNote
) -> CivMap:
    """Map of the facilities: one layer and one character for each kind, counts in the legend.

    Parameters
    ----------
    facilities
        The facilities table, points in EPSG:4490; closed ones are not drawn.
    divisions
        Own and neighbouring counties with outlines, EPSG:4490.
    about
        Title, source, date and standing.

    Raises
    ------
    CrsError
        When a frame is not in EPSG:4490.
    InvalidInput
        When no county of the city has an outline.
    """
    counties = shown_counties(divisions)
    shown = drawn(facilities)
    total = Legend((_total(facilities, len(shown)),))
    chart = CivMap(about, total, bounds=bounds_of(counties))
    AreaLayer("counties", _areas(counties, divisions)).add_to(chart)
    for number, group in enumerate(KIND_GROUPS):
        of_group = shown[shown["kind"].isin(list(group.glyphs))]
        if not of_group.empty:
            _layer(f"kinds{number}", group, of_group).add_to(chart)
    return chart


def drawn(facilities: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Facilities that are not closed and have a place, with their x and y.

    Raises
    ------
    CrsError
        When the frame is not in EPSG:4490.
    """
    require_cgcs2000(facilities)
    xy = point_xy(facilities)
    placed = facilities.assign(x=xy[:, 0], y=xy[:, 1])
    shown = np.isfinite(xy).all(axis=1) & (facilities["status"] != FacilityStatus.CLOSED.value)
    return placed[shown]


def facilities_legend(facilities: gpd.GeoDataFrame) -> Legend:
    """Legend of the facilities map: kinds that occur, with counts, under their group."""
    counts = Counter(drawn(facilities)["kind"])
    sections = [
        Section(
            group.title,
            tuple(
                Symbol(kind.label_zh, group.colour, Shape.DISC, glyph, counts[kind.value])
                for kind, glyph in group.glyphs.items()
                if counts[kind.value]
            ),
        )
        for group in KIND_GROUPS
        if any(counts[kind.value] for kind in group.glyphs)
    ]
    return Legend((*sections, _total(facilities, counts.total())))


def _total(facilities: gpd.GeoDataFrame, shown: int) -> Section:
    hidden = len(facilities) - shown
    note = f"图上设施共 {shown} 处。"
    if hidden:
        note += f"另有 {hidden} 处已关闭或没有位置，未画出。"
    return Section("设施合计", (), note)


def _areas(counties: gpd.GeoDataFrame, divisions: gpd.GeoDataFrame) -> list[Area]:
    areas = [
        Area(
            story=Story(row.name, tip=row.code),
            polygons=polygons_of(row.geometry),
            label_at=label_point(row.geometry)[::-1],
            colour=LAND if row.role == "own" else NEIGHBOUR,
            context=row.role != "own",
        )
        for row in counties.itertuples()
    ]
    city = [
        Area(Story(row.name), polygons_of(row.geometry), None, "", outline_only=True)
        for row in whole_city(divisions).itertuples()
    ]
    return [*areas, *city]


def _layer(name: str, group: KindGroup, frame: gpd.GeoDataFrame) -> PointLayer:
    kinds = [kind for kind in group.glyphs if (frame["kind"] == kind.value).any()]
    number = {kind.value: position for position, kind in enumerate(kinds)}
    points = [
        Point(_story(row), row.x, row.y, number[row.kind], number[row.kind])
        for row in frame.itertuples()
    ]
    counts = Counter(frame["kind"])
    return PointLayer(
        name,
        points,
        groups=[
            Group(kind.label_zh, counts[kind.value], style) for style, kind in enumerate(kinds)
        ],
        styles=[kind_style(kind) for kind in kinds],
        title=group.title,
        facts=Facts(_COLUMNS),
    )


def _story(row: FacilityRow) -> Story:
    kind = FacilityKind(row.kind).label_zh
    return Story(
        name=row.name,
        tip=kind,
        values=(
            kind,
            FacilityStatus(row.status).label_zh,
            figure_text(row.floor_area_m2),
            whole_text(row.beds),
            whole_text(row.nursing_beds),
            text_of(row.opened),
            text_of(row.division),
            text_of(row.source),
        ),
        simulated=bool(row.simulated),
    )
