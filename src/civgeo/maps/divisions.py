"""Map of the divisions: the city's counties, their codes, and the districts around."""

from collections import Counter
from collections.abc import Mapping, Sequence

import geopandas as gpd
import shapely

from civgeo.domain.division import CodeSystem, DivisionCode, class_label
from civgeo.maps.civmap import CivMap
from civgeo.maps.layers import Area, AreaLayer, Column, Facts, Story
from civgeo.maps.legend import Legend, Section, Swatch
from civgeo.maps.outlines import city_outline
from civgeo.maps.rows import DivisionRow, rows_of
from civgeo.maps.shapes import (
    bounds_of,
    label_point,
    polygons_of,
    shape_of,
    shown_counties,
    whole_city,
)
from civgeo.maps.theme import NEIGHBOUR, MapNote

__all__ = ["divisions_legend", "divisions_map", "neighbour_colours"]

COLOURS = ("#f3dfc1", "#cfe3d4", "#d5dcec", "#f1efc2", "#ead3dc")
_COLUMNS = (
    Column("区划代码"),
    Column("编码体系"),
    Column("类别"),
    Column("上级"),
    Column("资料来源"),
    Column("资料日期"),
    Column("起用"),
    Column("乡级政区", "个"),
    Column("乡级名称"),
)


def divisions_map(divisions: gpd.GeoDataFrame, *, about: MapNote) -> CivMap:
    """Map of the city's counties with names and codes, and the neighbouring districts in grey.

    Parameters
    ----------
    divisions
        The divisions table, EPSG:4490; counties with outlines, townships without are listed in
        the story of their county.
    about
        Title, source, date and standing.

    Raises
    ------
    CrsError
        When the frame is not in EPSG:4490.
    InvalidInput
        When no county of the city has an outline.
    """
    rows = rows_of(divisions, DivisionRow)
    counties = shown_counties(rows)
    names = {row.code: row.name for row in rows}
    townships = _townships(rows)
    areas = [
        _area(row, colour, _story(row, names, townships.get(row.code, [])))
        for row, colour in zip(counties, neighbour_colours(counties), strict=True)
    ]
    areas += [city_outline(row) for row in whole_city(rows)]
    chart = CivMap(about, divisions_legend(rows), bounds=bounds_of(counties))
    AreaLayer("counties", areas, Facts(_COLUMNS)).add_to(chart)
    return chart


def divisions_legend(divisions: Sequence[DivisionRow]) -> Legend:
    """Legend of the divisions map."""
    counts = Counter(row.own for row in shown_counties(divisions))
    townships = sum(len(names) for names in _townships(divisions).values())
    note = "底色只为区分相邻政区，没有等级含义。"
    if townships:
        note += f"乡级政区 {townships} 个，没有范围图形，列在所属县区的说明里。"
    rows = (
        Swatch("本市县级政区", COLOURS[0], count=counts[True]),
        Swatch("相邻县级政区", NEIGHBOUR, count=counts[False]),
    )
    return Legend((Section("政区", rows, note),))


def neighbour_colours(counties: Sequence[DivisionRow]) -> list[str]:
    """A colour for each row: grey around the city, inside it another than its neighbours have."""
    shapes = [shape_of(row) for row in counties]
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    chosen: list[int] = []
    for number in range(len(shapes)):
        taken = {chosen[near] for near in other[one == number].tolist() if near < number}
        own = counties[number].own
        free = [colour for colour in range(len(COLOURS)) if colour not in taken]
        chosen.append((free[0] if free else number % len(COLOURS)) if own else -1)
    return [COLOURS[colour] if colour >= 0 else NEIGHBOUR for colour in chosen]


def _area(row: DivisionRow, colour: str, story: Story) -> Area:
    x, y = label_point(shape_of(row))
    return Area(
        story=story,
        polygons=polygons_of(shape_of(row)),
        label_at=(y, x),
        colour=colour,
        sublabel=row.code if row.own else "",
        context=not row.own,
    )


def _townships(divisions: Sequence[DivisionRow]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in divisions:
        if row.level == "township" and row.own and row.system == CodeSystem.MCA:
            found.setdefault(row.code[:6], []).append(row.name)
    return found


def _story(row: DivisionRow, names: Mapping[str, str], townships: Sequence[str]) -> Story:
    return Story(
        name=row.name,
        tip=row.code,
        values=(
            row.code,
            CodeSystem(row.system).label_zh,
            class_label(DivisionCode.parse(row.code)),
            names.get(row.parent or "", row.parent),
            row.source,
            row.source_date,
            row.valid_from,
            len(townships) or None,
            "、".join(townships),
        ),
        simulated=row.simulated,
    )
