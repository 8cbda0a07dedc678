"""Map of the facilities by kind."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np

from civgeo.domain.facility import FacilityKind, FacilityStatus
from civgeo.geo.crs import Zone
from civgeo.maps.civmap import CivMap
from civgeo.maps.clusters import Cluster, clusters_at
from civgeo.maps.layers import AreaLayer, Column, Facts, Group, Point, PointLayer, PointStyle, Story
from civgeo.maps.legend import Legend, Section, Symbol
from civgeo.maps.outlines import base_areas
from civgeo.maps.rows import DivisionRow, FacilityRow, rows_of
from civgeo.maps.shapes import bounds_of, points_in, shown_counties
from civgeo.maps.theme import MapNote, Shape
from civgeo.maps.why import figure_text, place_text

__all__ = ["KIND_GROUPS", "FacilitiesView", "KindGroup", "facilities_map", "kind_style"]


@dataclass(frozen=True, slots=True)
class KindGroup:
    """Kinds under one heading: one colour, and one character for each kind."""

    title: str
    colour: str
    glyphs: dict[FacilityKind, str]


K = FacilityKind
KIND_BY_VALUE = {kind.value: kind for kind in FacilityKind}
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
    Column("所在"),
    Column("资料来源"),
)


def kind_style(kind: FacilityKind) -> PointStyle:
    """Disc in the colour of the kind's group with the kind's character in it."""
    group = next(group for group in KIND_GROUPS if kind in group.glyphs)
    return PointStyle(Shape.DISC, group.colour, group.glyphs[kind])


@dataclass(frozen=True)
class FacilitiesView:
    """What both the page and the picture of a facilities map show.

    Parameters
    ----------
    placed
        Facilities that are not closed and have a place: longitude, latitude, row.
    left_out
        How many are closed or have no place.
    """

    placed: tuple[tuple[float, float, FacilityRow], ...]
    left_out: int

    @classmethod
    def of(cls, facilities: Sequence[FacilityRow]) -> "FacilitiesView":
        """View of `facilities`."""
        places = points_in([row.geometry for row in facilities])
        placed = tuple(
            (lon, lat, row)
            for row, (lon, lat) in zip(facilities, places.tolist(), strict=True)
            if np.isfinite(lon) and row.status != FacilityStatus.CLOSED
        )
        return cls(placed, len(facilities) - len(placed))

    def clustered(self, zone: Zone, points_per_m: float) -> list[Cluster]:
        """Facilities gathered where they would overlap, in points of the page from the zone's 0."""
        return clusters_at([(lon, lat) for lon, lat, _ in self.placed], zone, points_per_m)

    def shares(self, members: Sequence[int]) -> list[tuple[str, int]]:
        """Colour and number of each group of kinds among the placed ones numbered `members`."""
        counts = Counter(self.placed[number][2].kind for number in members)
        totals = [sum(counts[kind] for kind in group.glyphs) for group in KIND_GROUPS]
        pairs = zip(KIND_GROUPS, totals, strict=True)
        return [(group.colour, total) for group, total in pairs if total]

    def style(self, number: int) -> PointStyle:
        """Symbol of the placed one with that number."""
        return kind_style(KIND_BY_VALUE[self.placed[number][2].kind])

    def legend(self) -> Legend:
        """Kinds that occur, with counts, under their group."""
        counts = Counter(row.kind for _, _, row in self.placed)
        sections = [
            Section(
                group.title,
                tuple(
                    Symbol(kind.label_zh, group.colour, Shape.DISC, glyph, counts[kind])
                    for kind, glyph in group.glyphs.items()
                    if counts[kind]
                ),
            )
            for group in KIND_GROUPS
            if any(counts[kind] for kind in group.glyphs)
        ]
        return Legend((*sections, self.total()))

    def total(self) -> Section:
        """How many are drawn, and how many are not."""
        note = f"图上设施共 {len(self.placed)} 处。"
        note += "邻近的合为一环：环内为处数，环的各段为各类所占份额，颜色同符号。"
        if self.left_out:
            note += f"另有 {self.left_out} 处已关闭或没有位置，未画出。"
        return Section("设施合计", (), note)


def facilities_map(
    facilities: gpd.GeoDataFrame, divisions: gpd.GeoDataFrame, *, about: MapNote
) -> CivMap:
    """Map of the facilities: one layer and one character for each kind, with counts.

    Parameters
    ----------
    facilities
        The facilities table, points in EPSG:4490; closed ones are not drawn.
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
    rows = rows_of(divisions, DivisionRow)
    view = FacilitiesView.of(rows_of(facilities, FacilityRow))
    chart = CivMap(about, Legend((view.total(),)), bounds=bounds_of(shown_counties(rows)))
    AreaLayer("counties", base_areas(rows)).add_to(chart)
    names = {row.code: row.name for row in rows}
    for number, group in enumerate(KIND_GROUPS):
        layer = _layer(f"kinds{number}", group, view, names)
        if layer is not None:
            layer.add_to(chart)
    return chart


def _layer(
    name: str, group: KindGroup, view: FacilitiesView, names: Mapping[str, str]
) -> PointLayer | None:
    """Layer of one group of kinds; the layer control doubles as its legend."""
    counts = Counter(row.kind for _, _, row in view.placed)
    kinds = [kind for kind in group.glyphs if counts[kind]]
    if not kinds:
        return None
    number = {kind.value: position for position, kind in enumerate(kinds)}
    points = [
        Point(_story(row, names), lon, lat, number[row.kind], number[row.kind])
        for lon, lat, row in view.placed
        if row.kind in number
    ]
    return PointLayer(
        name,
        points,
        groups=[Group(kind.label_zh, counts[kind], style) for style, kind in enumerate(kinds)],
        styles=[kind_style(kind) for kind in kinds],
        title=group.title,
        facts=Facts(_COLUMNS),
        clustered=True,
    )


def _story(row: FacilityRow, names: Mapping[str, str]) -> Story:
    kind = KIND_BY_VALUE[row.kind].label_zh
    return Story(
        name=row.name,
        tip=kind,
        values=(
            kind,
            FacilityStatus(row.status).label_zh,
            figure_text(row.floor_area_m2) or None,
            None if row.beds is None else int(row.beds),
            None if row.nursing_beds is None else int(row.nursing_beds),
            row.opened,
            place_text(names, row.division) or row.division,
            row.source,
        ),
        simulated=row.simulated,
    )
