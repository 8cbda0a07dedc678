"""Map of what the checks of a layer of divisions found, each finding with its area and width."""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from civgeo.errors import InvalidInput
from civgeo.geo.placement import Placement
from civgeo.geo.topology import CoverageReport, FindingKind
from civgeo.maps.civmap import CivMap
from civgeo.maps.layers import (
    Area,
    AreaLayer,
    Column,
    Facts,
    Group,
    Point,
    PointLayer,
    PointStyle,
    Story,
)
from civgeo.maps.legend import Legend, Mark, Section, Swatch, Symbol
from civgeo.maps.shapes import Bounds, label_point, polygons_of
from civgeo.maps.theme import LAND, MapNote, Shape

__all__ = ["JUNCTION", "JUNCTION_STYLE", "LOOKS", "Look"]
__all__ += ["codes_to_name", "drawn_rows", "topology_legend", "topology_map"]

MOST_VERTICES = 150_000
MOST_NAMED = 200
SCREEN_STEPS = 4000
MARGIN_SHARE = 0.02
JUNCTION = "三交点"
_COLUMNS = (
    Column("类别"),
    Column("涉及政区"),
    Column("面积", "m²"),
    Column("最宽处", "m"),
    Column("经度", "°"),
    Column("纬度", "°"),
)


@dataclass(frozen=True, slots=True)
class Look:
    """How one kind of finding is drawn; its colour also fills its area."""

    label: str
    kind: FindingKind
    style: PointStyle
    sliver: bool = False

    def rows(self, report: CoverageReport) -> gpd.GeoDataFrame:
        """Findings of this kind."""
        return report.of(self.kind, sliver=self.sliver)


LOOKS = (
    Look("图形无效", FindingKind.INVALID, PointStyle(Shape.CROSS, "#2f3b47")),
    Look("空隙", FindingKind.GAP, PointStyle(Shape.TRIANGLE, "#d1495b")),
    Look("重叠", FindingKind.OVERLAP, PointStyle(Shape.DIAMOND, "#6a4c93")),
    Look("细缝（空隙）", FindingKind.GAP, PointStyle(Shape.RING, "#e8a04c"), sliver=True),
    Look("细缝（重叠）", FindingKind.OVERLAP, PointStyle(Shape.CIRCLE, "#b08bbb"), sliver=True),
)
JUNCTION_STYLE = PointStyle(Shape.CIRCLE, "#1f6f9f")


def topology_map(
    divisions: gpd.GeoDataFrame, report: CoverageReport, placement: Placement, *, about: MapNote
) -> CivMap:
    """Map of the findings of `report` over the outlines that were checked.

    Parameters
    ----------
    divisions
        The layer that was checked, EPSG:4490: ``code``, ``name``, outlines. A layer of more than
        150,000 vertices is drawn in simpler lines; the findings are always drawn as they are.
    report
        What `civgeo.geo.topology.check_coverage` found.
    placement
        Where the layer lies.
    about
        Title, source, date and standing.

    Raises
    ------
    InvalidInput
        When no division has an outline.
    """
    rows = drawn_rows(divisions)
    bounds = _bounds(np.asarray(rows.geometry.to_numpy(), dtype=object))
    chart = CivMap(about, topology_legend(report, placement), bounds=bounds)
    areas = [*_outlines(rows, report), *_areas(report)]
    AreaLayer("divisions", areas).add_to(chart)
    for layer in (_junctions(report), _findings(report)):
        if layer is not None:
            layer.add_to(chart)
    return chart


def _bounds(shapes: "np.ndarray[tuple[int], np.dtype[np.object_]]") -> Bounds:
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(shapes))
    margin = MARGIN_SHARE * max(east - west, north - south)
    return west - margin, south - margin, east + margin, north + margin


def drawn_rows(divisions: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Rows with an outline.

    Raises
    ------
    InvalidInput
        When there is none.
    """
    rows = divisions[divisions.geometry.notna() & ~divisions.geometry.is_empty]
    if rows.empty:
        raise InvalidInput("图层中没有一个政区有图形，无图可画。")
    return rows


def codes_to_name(
    divisions: gpd.GeoDataFrame, report: CoverageReport, most: int = MOST_NAMED
) -> frozenset[str]:
    """Codes of the divisions whose names are shown: all, or of many only those with findings."""
    codes = divisions["code"].tolist()
    if len(codes) > most:
        codes = list(dict.fromkeys(report.findings["codes"].explode().dropna()))[:most]
    return frozenset(codes)


def topology_legend(
    report: CoverageReport, placement: Placement, *, symbols: bool = False
) -> Legend:
    """Legend of the findings as areas, or as the symbols that a picture shows."""
    width = f"{report.sliver_width_m:g} 米"
    rows: list[Swatch | Symbol] = []
    for look in LOOKS:
        label, style, count = look.label, look.style, len(look.rows(report))
        symbol = Symbol(label, style.colour, style.shape, count=count)
        rows.append(symbol if symbols else Swatch(label, style.colour, count=count))
    note = (
        f"最宽处不足 {width} 的空隙和重叠记为细缝。向图层外敞开的缺口不算空隙。"
        "图上只标位置，没有修改任何界线。"
    )
    shared, points = f"共用界线 {report.shared_m / 1000:.1f} 千米", len(report.junctions)
    lines: list[Symbol | Mark] = [Mark(f"{shared}，三交点 {points} 个")]
    if symbols:
        style = JUNCTION_STYLE
        lines = [Mark(shared), Symbol(JUNCTION, style.colour, style.shape, count=points)]
    return Legend(
        (
            Section("检查结果", tuple(rows), note),
            Section("界线", tuple(lines)),
            Section("整体位置", (Mark(placement.verdict.label_zh),), placement.reason),
        )
    )


def _outlines(divisions: gpd.GeoDataFrame, report: CoverageReport) -> list[Area]:
    """Outlines; of a large layer only those with findings have a name and answer to the mouse."""
    shapes = divisions.geometry.to_numpy()
    if int(shapely.get_num_coordinates(shapes).sum()) > MOST_VERTICES:
        west, south, east, north = shapely.total_bounds(shapes)
        shapes = shapely.simplify(shapes, max(east - west, north - south) / SCREEN_STEPS)
    codes = divisions["code"].tolist()
    shown = codes_to_name(divisions, report)
    return [
        Area(
            story=Story(str(name), tip=str(code)),
            polygons=polygons_of(shape),
            label_at=_label_at(shape) if code in shown else None,
            colour=LAND,
            context=code not in shown,
        )
        for shape, name, code in zip(shapes, divisions["name"].tolist(), codes, strict=True)
    ]


def _label_at(shape: BaseGeometry) -> tuple[float, float] | None:
    """Where the name stands; an outline that is not valid is not asked for its middle."""
    if not shapely.is_valid(shape):
        west, south, east, north = shape.bounds
        x, y = (west + east) / 2, (south + north) / 2
    else:
        x, y = label_point(shape)
    return (y, x) if np.isfinite([x, y]).all() else None


def _areas(report: CoverageReport) -> list[Area]:
    """Gaps and overlaps as areas; the symbol in each tells about it."""
    return [
        Area(Story(look.label), polygons_of(shape), None, look.style.colour, context=True)
        for look in LOOKS
        for shape in look.rows(report).geometry.tolist()
        if shape is not None
    ]


def _findings(report: CoverageReport) -> PointLayer | None:
    """A symbol at each finding, so that a gap of two metres is seen on a map of a city."""
    points: list[Point] = []
    groups: list[Group] = []
    found = [look for look in LOOKS if len(look.rows(report))]
    for number, look in enumerate(found):
        rows = look.rows(report)
        groups.append(Group(look.label, len(rows), number))
        places = rows[["lon", "lat"]].to_numpy(dtype=float).tolist()
        points += [
            Point(story, lon, lat, number, number)
            for story, (lon, lat) in zip(_stories(rows, look.label), places, strict=True)
            if np.isfinite([lon, lat]).all()
        ]
    if not points:
        return None
    styles = [look.style for look in found]
    return PointLayer(
        "findings", points, groups=groups, styles=styles, title="发现", facts=Facts(_COLUMNS)
    )


def _junctions(report: CoverageReport) -> PointLayer | None:
    rows = report.junctions
    if rows.empty:
        return None
    stories = [
        Story(
            JUNCTION, tip="、".join(codes), values=(JUNCTION, "、".join(codes), None, None, *place)
        )
        for codes, *place in zip(
            rows["codes"], _degrees(rows["lon"]), _degrees(rows["lat"]), strict=True
        )
    ]
    places = zip(stories, rows["lon"].tolist(), rows["lat"].tolist(), strict=True)
    return PointLayer(
        "junctions",
        [Point(story, lon, lat, 0, 0) for story, lon, lat in places],
        groups=[Group(JUNCTION, len(stories), 0)],
        styles=[JUNCTION_STYLE],
        title="界线",
        facts=Facts(_COLUMNS),
    )


def _stories(rows: gpd.GeoDataFrame, label: str) -> list[Story]:
    columns = (
        rows["codes"].tolist(),
        rows["names"].tolist(),
        rows["area_m2"].tolist(),
        rows["width_m"].tolist(),
        _degrees(rows["lon"]),
        _degrees(rows["lat"]),
        rows["note"].tolist(),
    )
    found = []
    for codes, names, area, width, lon, lat, note in zip(*columns, strict=True):
        named = "、".join(f"{name} {code}" for name, code in zip(names, codes, strict=True))
        wide = None if np.isnan(width) else f"{width:,.2f}"
        found.append(
            Story(
                name=f"{label}：{'、'.join(names)}",
                tip=f"{area:,.0f} m²" + (f"，最宽 {wide} m" if wide else ""),
                note=note,
                values=(label, named, f"{area:,.1f}", wide, lon, lat),
            )
        )
    return found


def _degrees(values: pd.Series) -> Sequence[str | None]:
    return [f"{value:.6f}" if np.isfinite(value) else None for value in values.tolist()]
