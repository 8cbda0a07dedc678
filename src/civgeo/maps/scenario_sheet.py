"""A scenario beside the present: two maps of one sheet in the same classes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import geopandas as gpd
import numpy as np
import shapely
from shapely import affinity

from civgeo.domain.quantity import decimal_text, fixed
from civgeo.geo.crs import Zone, project
from civgeo.maps.layers import PointStyle
from civgeo.maps.legend import NO_FIGURE, Legend, Mark, Section, Swatch, Symbol, class_number
from civgeo.maps.marks import draw_symbol
from civgeo.maps.reach_view import reach_classes
from civgeo.maps.rows import DivisionRow, rows_of
from civgeo.maps.shapes import label_point, shape_of, shown_counties
from civgeo.maps.static import Drawing, PictureFormat, in_metres, picture, zone_for
from civgeo.maps.theme import INK, MapNote, Shape

__all__ = ["ScenarioFigures", "scenario_picture"]

GAINED, LOST = PointStyle(Shape.TRIANGLE, "#1f7a3d"), PointStyle(Shape.DOWN, "#c9622b")
SYMBOL_PT, GAP, CAPTION = 4.5, 0.06, 0.16
LABEL_TOLERANCE_M = 500.0


@dataclass(frozen=True, slots=True)
class ScenarioFigures:
    """What the two maps show.

    Parameters
    ----------
    before, after
        Percentage of people reached by code of the county; None where there are no people.
    whole
        The same of the whole city, before and after.
    gained, lost
        Longitude and latitude of the estates that come into reach, and that lose it.
    target
        Percentage to compare with; None for none.
    rule
        What counts as reached, in one sentence.
    """

    before: Mapping[str, Fraction | None]
    after: Mapping[str, Fraction | None]
    whole: tuple[Fraction | None, Fraction | None]
    gained: Sequence[tuple[float, float]]
    lost: Sequence[tuple[float, float]]
    target: Decimal | None
    rule: str

    def legend(self) -> Legend:
        """Classes of both maps with the target between them, and the estates that change."""
        rows: list[Swatch | Mark] = []
        for item in reversed(reach_classes(self.target)):
            rows.append(Swatch(item.label, item.colour))
            if self.target is not None and item.low == self.target:
                rows.append(Mark(f"{decimal_text(self.target)}　目标"))
        rows.append(Swatch("没有数值", NO_FIGURE))
        changed = (
            Symbol("方案使之可达的小区", GAINED.colour, GAINED.shape, count=len(self.gained)),
            Symbol("方案使之不可达的小区", LOST.colour, LOST.shape, count=len(self.lost)),
        )
        return Legend(
            (
                Section("可达率（%）", tuple(rows), "两图分级相同；各级含下限、不含上限。"),
                Section("变化的小区", changed, "画在方案图上。"),
                Section("口径", (), self.rule),
            )
        )


def scenario_picture(
    figures: ScenarioFigures,
    divisions: gpd.GeoDataFrame,
    *,
    about: MapNote,
    form: PictureFormat,
    zone: Zone | None = None,
) -> bytes:
    """Picture of the present and of the scenario in one scale, north up.

    Parameters
    ----------
    figures
        Shares before and after, and the estates that change.
    divisions
        Own counties with outlines, EPSG:4490.
    about, form, zone
        As for `civgeo.maps.reach_sheet.reach_picture`.

    Raises
    ------
    CrsError
        When the frame is not in EPSG:4490.
    InvalidInput
        When no county of the city has an outline.
    """
    chosen = zone_for(divisions, zone)
    own = [row for row in shown_counties(rows_of(divisions, DivisionRow)) if row.own]
    shapes = [in_metres(shape_of(row), chosen) for row in own]
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(shapes))
    shift = (east - west) * (1 + GAP)
    top = north + (north - south) * CAPTION

    def draw(drawing: Drawing) -> None:
        drawing.axes.set_facecolor("white")
        sides = (("现状", figures.before, 0.0), ("方案", figures.after, shift))
        for number, (title, shares, moved) in enumerate(sides):
            for row, shape in zip(own, shapes, strict=True):
                there = affinity.translate(shape, moved)
                drawing.polygon(there, _colour(shares.get(row.code), figures.target), INK, 0.7)
            whole = figures.whole[number]
            words = title if whole is None else f"{title}　全市 {fixed(whole, 1)}%"
            drawing.label((west + east) / 2 + moved, (top + north) / 2, words, own=True)
            for row, shape in zip(own, shapes, strict=True):
                x, y = label_point(shape, LABEL_TOLERANCE_M)
                share = shares.get(row.code)
                figure = "" if share is None else f"\n{fixed(share, 1)}%"
                drawing.label(x + moved, y, f"{row.name}{figure}", own=False)
        for style, places in ((GAINED, figures.gained), (LOST, figures.lost)):
            if places:
                lon, lat = np.array(places).T
                metres = np.column_stack(project(lon, lat, chosen))
                at = [(float(x) + shift, float(y)) for x, y in metres]
                draw_symbol(drawing.axes, at, style.shape, style.colour, SYMBOL_PT)

    return picture((west, south, east + shift, top), chosen, about, figures.legend(), form, draw)


def _colour(share: Fraction | None, target: Decimal | None) -> str:
    classes = reach_classes(target)
    return NO_FIGURE if share is None else classes[class_number(share, classes)].colour
