"""Map of one indicator: the city's counties by figure, with the target in the legend."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import geopandas as gpd

from civgeo.domain.quantity import decimal_text, fixed
from civgeo.maps.civmap import CivMap
from civgeo.maps.layers import Area, AreaLayer, Column, Facts, Story
from civgeo.maps.legend import NO_FIGURE, FigureClass, Legend, Mark, Section, Swatch, class_number
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
from civgeo.maps.theme import NEIGHBOUR, MapNote, State

__all__ = ["CountyFigure", "IndicatorFigure", "IndicatorView", "indicator_map"]

_BELOW = ("#cf7038", "#f3b884")
_ABOVE = ("#a3cde3", "#3f86b8")
_ONE = "#c9d3dc"
_WHOLE = Decimal(100)
_STATES = {
    State.MEETS: "已达到",
    State.BELOW: "未达到",
    State.UNVERIFIED: "待核实",
    State.NOT_ASSESSED: "未评价、不比较",
    State.UNDEFINED: "无法计算",
}


@dataclass(frozen=True, slots=True)
class CountyFigure:
    """Figure of one county; `value` is None where there is none."""

    code: str
    value: Fraction | None
    numerator: Fraction
    denominator: Fraction | None
    state: State


@dataclass(frozen=True, slots=True)
class IndicatorFigure:
    """What the map is about.

    Parameters
    ----------
    name, unit, goal, source
        Name of the indicator, its unit, its target as printed, and where that is written.
    numerator, denominator
        What is counted, in words; the denominator is empty for counts.
    target
        Value at which the classes break; None where counties are not compared.
    is_share
        Whether the figure cannot pass 100.
    counties
        Figures of the counties.
    reason
        Why the figure or the target has to be verified; empty for nothing.
    """

    name: str
    unit: str
    goal: str
    source: str
    numerator: str
    denominator: str
    target: Decimal | None
    is_share: bool
    counties: tuple[CountyFigure, ...]
    reason: str = ""


@dataclass(frozen=True)
class IndicatorView:
    """What both the page and the picture of an indicator's map show."""

    figure: IndicatorFigure
    rows: tuple[DivisionRow, ...]
    classes: tuple[FigureClass, ...]

    @classmethod
    def of(cls, figure: IndicatorFigure, divisions: Sequence[DivisionRow]) -> "IndicatorView":
        """View of `figure` over `divisions`."""
        classes = _classes(figure.target, is_share=figure.is_share)
        return cls(figure, tuple(divisions), classes)

    @property
    def found(self) -> Mapping[str, CountyFigure]:
        """Figures by code of the county."""
        return {county.code: county for county in self.figure.counties}

    @property
    def counties(self) -> list[DivisionRow]:
        """Neighbouring counties first, then the city's own."""
        return shown_counties(self.rows)

    def colour(self, row: DivisionRow) -> str:
        """Colour of a county by the class of its figure."""
        if not row.own:
            return NEIGHBOUR
        county = self.found.get(row.code)
        if county is None or county.value is None:
            return NO_FIGURE
        return self.classes[class_number(county.value, self.classes)].colour

    def state(self, row: DivisionRow) -> State:
        """Verdict on a county."""
        county = self.found.get(row.code)
        return State.UNDEFINED if county is None else county.state

    def label(self, row: DivisionRow) -> str:
        """Figure of a county for the eye."""
        county = self.found.get(row.code) if row.own else None
        if county is None or county.value is None:
            return ""
        places = 0 if county.value.denominator == 1 else 1
        return f"{fixed(county.value, places)}{self.figure.unit if self.figure.unit == '%' else ''}"

    def legend(self) -> Legend:
        """Classes with the target between them, then verdicts by pattern."""
        own = [row for row in self.counties if row.own]
        numbers = Counter(self.colour(row) for row in own)
        rows: list[Swatch | Mark] = []
        for item in reversed(self.classes):
            rows.append(Swatch(item.label, item.colour, count=numbers[item.colour]))
            if item.low is not None and item.low == self.figure.target:
                doubt = "，待核实" if self.figure.reason else ""
                rows.append(Mark(f"{decimal_text(item.low)}　目标（{self.figure.goal}）{doubt}"))
        if numbers[NO_FIGURE]:
            rows.append(Swatch("没有数值", NO_FIGURE, count=numbers[NO_FIGURE]))
        states = Counter(self.state(row) for row in own)
        patterns = tuple(
            Swatch(_STATES[state], "#ffffff", state.pattern, count)
            for state, count in sorted(states.items(), key=lambda item: list(State).index(item[0]))
        )
        unit = f"（{self.figure.unit}）" if self.figure.unit else ""
        return Legend(
            (
                Section(f"{self.figure.name}{unit}", tuple(rows), self._note),
                Section("县区结论（花纹）", patterns, f"目标依据：{self.figure.source}"),
            )
        )

    @property
    def _note(self) -> str:
        note = "各级含下限、不含上限；粗线为规划目标。右列为县区数。"
        if self.figure.target is None:
            note = "规划没有给各县区定目标值，不分级。右列为县区数。"
        return f"{note}{self.figure.reason}"


def indicator_map(
    figure: IndicatorFigure, divisions: gpd.GeoDataFrame, *, about: MapNote
) -> CivMap:
    """Map of one indicator by county.

    Parameters
    ----------
    figure
        The indicator with the figures of the counties.
    divisions
        Own and neighbouring counties with outlines, EPSG:4490.
    about
        Title, source, date and standing.

    Raises
    ------
    CrsError
        When the frame is not in EPSG:4490.
    InvalidInput
        When no county of the city has an outline.
    """
    view = IndicatorView.of(figure, rows_of(divisions, DivisionRow))
    columns = [Column("数值", f" {figure.unit}" if figure.unit else ""), Column(figure.numerator)]
    columns += [Column(figure.denominator)] if figure.denominator else []
    chart = CivMap(about, view.legend(), bounds=bounds_of(view.counties))
    areas = [_area(row, view) for row in view.counties]
    areas += [city_outline(row) for row in whole_city(view.rows)]
    AreaLayer("counties", areas, Facts((*columns, Column("目标")))).add_to(chart)
    return chart


def _area(row: DivisionRow, view: IndicatorView) -> Area:
    shape = shape_of(row)
    x, y = label_point(shape)
    return Area(
        story=_story(row, view) if row.own else Story(row.name, tip="相邻县区"),
        polygons=polygons_of(shape),
        label_at=(y, x),
        colour=view.colour(row),
        pattern=view.state(row).pattern,
        sublabel=view.label(row),
        context=not row.own,
    )


def _story(row: DivisionRow, view: IndicatorView) -> Story:
    county = view.found.get(row.code)
    if county is None:
        return Story(row.name, verdict="没有数值")
    value = None if county.value is None else fixed(county.value)
    values: list[str | None] = [value, decimal_text(county.numerator)]
    if view.figure.denominator:
        known = county.denominator
        values.append(None if known is None else decimal_text(known))
    return Story(
        name=row.name,
        tip=view.label(row),
        verdict=_STATES[county.state],
        note=view.figure.reason,
        values=(*values, view.figure.goal),
    )


def _classes(target: Decimal | None, *, is_share: bool) -> tuple[FigureClass, ...]:
    """Classes that break at the target and halfway to it; above it only where that is possible."""
    if target is None or target <= 0:
        return (FigureClass(None, None, _ONE),)
    breaks = [target / 2, target]
    if not is_share:
        breaks.append(target * 3 / 2)
    elif target < _WHOLE:
        breaks.append((target + _WHOLE) / 2)
    colours = [*_BELOW, *(_ABOVE if len(breaks) > 2 else _ABOVE[1:])]
    bounds = pairwise([None, *breaks, None])
    return tuple(
        FigureClass(low, high, colour) for (low, high), colour in zip(bounds, colours, strict=True)
    )
