"""Map of the divisions: the city's counties, their codes, and the districts around."""

from collections import Counter
from collections.abc import Sequence

import geopandas as gpd
import pandas as pd
import shapely

from civgeo.domain.division import CodeSystem, DivisionCode, class_label
from civgeo.maps.civmap import CivMap
from civgeo.maps.layers import Area, AreaLayer, Column, Facts, Story
from civgeo.maps.legend import Legend, Section, Swatch
from civgeo.maps.shapes import bounds_of, label_point, polygons_of, shown_counties, whole_city
from civgeo.maps.theme import NEIGHBOUR, MapNote

__all__ = ["divisions_legend", "divisions_map", "neighbour_colours"]

COLOURS = ("#f3dfc1", "#cfe3d4", "#d5dcec", "#f1efc2", "#ead3dc")
_COLUMNS = (
    Column("区划代码"),
    Column("编码体系"),
    Column("类别"),
    Column("上级"),
    Column("乡级政区", "个"),
    Column("乡级名称"),
    Column("资料来源"),
    Column("资料日期"),
    Column("起用"),
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
    counties = shown_counties(divisions)
    names = divisions["name"].to_dict()
    colours = neighbour_colours(counties)
    townships = _townships(divisions)
    areas = [
        Area(
            story=_story(row, names, townships.get(row.code, [])),
            polygons=polygons_of(row.geometry),
            label_at=label_point(row.geometry)[::-1],
            colour=colour if row.role == "own" else NEIGHBOUR,
            sublabel=row.code if row.role == "own" else "",
            context=row.role != "own",
        )
        for row, colour in zip(counties.itertuples(), colours, strict=True)
    ]
    city = [
        Area(Story(row.name), polygons_of(row.geometry), None, "", outline_only=True)
        for row in whole_city(divisions).itertuples()
    ]
    chart = CivMap(about, divisions_legend(divisions), bounds=bounds_of(counties))
    AreaLayer("counties", [*areas, *city], Facts(_COLUMNS)).add_to(chart)
    return chart


def divisions_legend(divisions: gpd.GeoDataFrame) -> Legend:
    """Legend of the divisions map."""
    counties = shown_counties(divisions)
    counts = Counter(counties["role"])
    township = (divisions["level"] == "township") & (divisions["role"] == "own")
    return Legend(
        (
            Section(
                "政区",
                (
                    Swatch("本市县级政区", COLOURS[0], count=counts["own"]),
                    Swatch("相邻县级政区", NEIGHBOUR, count=counts["context"]),
                ),
                f"底色只为区分相邻政区，没有等级含义。乡级政区 {int(township.sum())} 个，"
                "没有范围图形，列在所属县区的说明里。",
            ),
        )
    )


def neighbour_colours(counties: gpd.GeoDataFrame) -> list[str]:
    """A colour for each row, different from that of the rows it touches where five suffice."""
    shapes = counties.geometry.to_numpy()
    pairs = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    chosen: list[int] = []
    for number in range(len(shapes)):
        near = {int(other) for other in pairs[1][pairs[0] == number] if other < number}
        taken = {chosen[other] for other in near}
        free = [colour for colour in range(len(COLOURS)) if colour not in taken]
        chosen.append(free[0] if free else number % len(COLOURS))
    return [COLOURS[colour] for colour in chosen]


def _townships(divisions: gpd.GeoDataFrame) -> dict[str, list[str]]:
    rows = divisions[(divisions["level"] == "township") & (divisions["system"] == CodeSystem.MCA)]
    found: dict[str, list[str]] = {}
    for code, name in zip(rows["code"], rows["name"], strict=True):
        found.setdefault(str(code)[:6], []).append(str(name))
    return found


def _story(row: object, names: dict[str, str], townships: Sequence[str]) -> Story:
    code, parent = str(row.code), _text(row.parent)
    return Story(
        name=row.name,
        tip=code,
        values=(
            code,
            CodeSystem(row.system).label_zh,
            class_label(DivisionCode.parse(code)),
            names.get(parent, parent),
            len(townships) or None,
            "、".join(townships),
            _text(row.source),
            _text(row.source_date),
            _text(row.valid_from),
        ),
        simulated=bool(row.simulated),
    )


def _text(value: object) -> str:
    return "" if value is None or pd.isna(value) else str(value)
