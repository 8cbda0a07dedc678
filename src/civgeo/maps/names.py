"""Map of the place names by class and kind, with search in the page itself."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import geopandas as gpd
import numpy as np

from civgeo.domain.name_forms import NameStatus
from civgeo.domain.place_kind import PlaceClass, PlaceKind
from civgeo.domain.secrecy import Secrecy
from civgeo.geo.crs import Zone
from civgeo.maps.civmap import CivMap
from civgeo.maps.clusters import Cluster, clusters_at
from civgeo.maps.layers import AreaLayer, Column, Facts, Group, Point, PointLayer, PointStyle, Story
from civgeo.maps.legend import Legend, Section, Symbol
from civgeo.maps.name_looks import KIND_BY_VALUE, class_style, kind_style, kinds_of
from civgeo.maps.name_search import NameSearch, SearchedLayer, other_names_of
from civgeo.maps.outlines import base_areas
from civgeo.maps.page import ASSET
from civgeo.maps.rows import DivisionRow, NameRow, rows_of
from civgeo.maps.shapes import bounds_of, lines_of, outer_rings, points_in, shown_counties
from civgeo.maps.theme import MapNote
from civgeo.maps.why import place_text

__all__ = ["PUBLIC_NAME", "NamesMap", "NamesView", "names_map"]

UNCONFIRMED = "拼写待核定"
_COLUMNS = tuple(
    Column(label) for label in ("罗马字母拼写", "类别", "所在", "状态", "其他名称", "资料来源")
)
_PLACE_COLUMN = 2
PUBLIC_NAME: Mapping[str, str | bool] = MappingProxyType(
    {"public": True, "secrecy": Secrecy.PUBLIC.value}
)
"""What a row of place_names must say before everybody may see it: 是否公开 and 密级."""


class NamesMap(CivMap):
    """A map whose page also shows names beside the symbols, and searches them."""

    default_js = [  # noqa: RUF012  folium declares it as an instance attribute
        *CivMap.default_js,
        ("civgeo_names", f"{ASSET}civgeo-names.js"),
        ("civgeo_search", f"{ASSET}civgeo-search.js"),
    ]
    default_css = [  # noqa: RUF012  folium declares it as an instance attribute
        *CivMap.default_css,
        ("civgeo_search_css", f"{ASSET}civgeo-search.css"),
    ]


@dataclass(frozen=True)
class NamesView:
    """What both the page and the picture of a map of names show.

    Parameters
    ----------
    placed
        Names that have a place: longitude, latitude, row.
    left_out
        How many have none.
    """

    placed: tuple[tuple[float, float, NameRow], ...]
    left_out: int

    @classmethod
    def of(cls, names: gpd.GeoDataFrame) -> "NamesView":
        """View of the public ones among `names`."""
        shown = np.all([names[column] == value for column, value in PUBLIC_NAME.items()], axis=0)
        rows = rows_of(names[shown], NameRow)
        places = points_in([row.geometry for row in rows])
        placed = tuple(
            (lon, lat, row)
            for row, (lon, lat) in zip(rows, places.tolist(), strict=True)
            if np.isfinite(lon)
        )
        return cls(placed, len(rows) - len(placed))

    @cached_property
    def counts(self) -> Counter[PlaceKind]:
        """How many of each kind are drawn."""
        return Counter(KIND_BY_VALUE[row.kind] for _, _, row in self.placed)

    def clustered(self, zone: Zone, points_per_m: float) -> list[Cluster]:
        """Names gathered where they would overlap, in points of the page from the zone's 0."""
        return clusters_at([(lon, lat) for lon, lat, _ in self.placed], zone, points_per_m)

    def shares(self, members: Sequence[int]) -> list[tuple[str, int]]:
        """Colour and number of each class among the placed ones numbered `members`."""
        counts = Counter(self._class(number) for number in members)
        return [(class_style(one).colour, counts[one]) for one in PlaceClass if counts[one]]

    def style(self, number: int) -> PointStyle:
        """Symbol of the placed one with that number: that of its class."""
        return class_style(self._class(number))

    def _class(self, number: int) -> PlaceClass:
        return KIND_BY_VALUE[self.placed[number][2].kind].place_class

    def legend(self) -> Legend:
        """Classes of the regulation that occur, with counts."""
        totals = {one: sum(self.counts[kind] for kind in kinds_of(one)) for one in PlaceClass}
        rows = tuple(
            Symbol(one.label_zh, style.colour, style.shape, style.glyph, totals[one])
            for one, style in ((one, class_style(one)) for one in PlaceClass)
            if totals[one]
        )
        return Legend((Section("地名类别（地名管理条例第三条）", rows), self.total()))

    def total(self) -> Section:
        """How many are drawn, and how many are not."""
        note = f"图上地名共 {len(self.placed)} 条。"
        note += "邻近的合为一环：环内为条数，环的各段为各类所占份额，颜色同符号。"
        if self.left_out:
            note += f"另有 {self.left_out} 条没有位置，未画出。"
        return Section("地名合计", (), note)


def names_map(names: gpd.GeoDataFrame, divisions: gpd.GeoDataFrame, *, about: MapNote) -> NamesMap:
    """Map of the public place names: one layer for each class, one character for each kind.

    The classes are those of 地名管理条例 (国务院令第 753 号), article 3.

    Parameters
    ----------
    names
        Frame of the collection place_names as it is today, EPSG:4490, any geometry; those that
        are not public are left out without a word.
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
    view = NamesView.of(names)
    chart = NamesMap(about, Legend((view.total(),)), bounds=bounds_of(shown_counties(rows)))
    AreaLayer("counties", base_areas(rows)).add_to(chart)
    places = {row.code: row.name for row in rows}
    searched = []
    for number, place_class in enumerate(PlaceClass):
        members = [item for item in view.placed if _class_of(item[2]) is place_class]
        if members:
            layer = _layer(f"names{number}", place_class, members, view.counts, places)
            layer.add_to(chart)
            near = place_class is not PlaceClass.DIVISION
            named = [row for _, _, row in members]
            searched.append(SearchedLayer(layer.get_name(), named, near=near))
    if searched:
        NameSearch(searched, place_column=_PLACE_COLUMN).add_to(chart)
    return chart


def _class_of(row: NameRow) -> PlaceClass:
    return KIND_BY_VALUE[row.kind].place_class


def _layer(
    name: str,
    place_class: PlaceClass,
    members: Sequence[tuple[float, float, NameRow]],
    counts: Mapping[PlaceKind, int],
    places: Mapping[str, str],
) -> PointLayer:
    """Layer of one class; the layer control doubles as its legend."""
    kinds = [kind for kind in kinds_of(place_class) if counts[kind]]
    number = {kind.value: position for position, kind in enumerate(kinds)}
    points = [
        Point(
            _story(row, places),
            lon,
            lat,
            number[row.kind],
            number[row.kind],
            outline=outer_rings(row.geometry),
            course=lines_of(row.geometry),
        )
        for lon, lat, row in members
    ]
    return PointLayer(
        name,
        points,
        groups=[Group(kind.label_zh, counts[kind], style) for style, kind in enumerate(kinds)],
        styles=[kind_style(kind) for kind in kinds],
        title=place_class.label_zh,
        facts=Facts(_COLUMNS),
        clustered=True,
        counted="条地名",
    )


def _story(row: NameRow, places: Mapping[str, str]) -> Story:
    kind, status = KIND_BY_VALUE[row.kind].label_zh, NameStatus(row.status)
    others = [f"{other.name}（{other.kind_zh}）" for other in other_names_of(row.other_names)]
    return Story(
        name=row.name,
        tip=kind if status is NameStatus.STANDARD else f"{kind}，{status.label_zh}",
        values=(
            _spelling(row),
            kind,
            place_text(places, row.division) or places.get(row.division) or row.division,
            status.label_zh,
            "、".join(others) or None,
            row.source,
        ),
        simulated=row.simulated,
    )


def _spelling(row: NameRow) -> str | None:
    spelled = row.toned or row.plain
    if spelled is None or row.confirmed:
        return spelled
    return f"{spelled}（{UNCONFIRMED}）"
