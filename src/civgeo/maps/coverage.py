"""Coverage map: elder-care floor area per 100 households, by county and by estate."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import geopandas as gpd
import numpy as np

from civgeo.domain.standard import Standard
from civgeo.maps.civmap import CivMap
from civgeo.maps.layers import Area, AreaLayer, Group, Point, PointLayer, PointStyle
from civgeo.maps.legend import (
    NO_FIGURE,
    FigureClass,
    Legend,
    Mark,
    Section,
    Swatch,
    Symbol,
    Threshold,
    class_number,
    class_rows,
    figure_classes,
    thresholds_of,
)
from civgeo.maps.outlines import city_outline
from civgeo.maps.rows import DivisionRow, SiteRow, UnitRow, rows_of
from civgeo.maps.shapes import (
    bounds_of,
    label_point,
    outer_rings,
    points_in,
    polygons_of,
    shape_of,
    shown_counties,
    whole_city,
)
from civgeo.maps.theme import NEIGHBOUR, MapNote, Shape, State, state_of
from civgeo.maps.why import Why, figure_text, named_standards

__all__ = ["CountyView", "CoverageView", "EstateView", "coverage_map"]

NO_COUNTY = "所在县区不明"
UNGRADED_DOT = "#6b7680"
UNGRADED = (State.NOT_ASSESSED, State.UNDEFINED)


@dataclass(frozen=True, slots=True)
class CountyView:
    """A county with its verdict; `number` is the class of its figure, -1 when ungraded."""

    division: DivisionRow
    unit: UnitRow | None
    state: State
    number: int

    @property
    def figure(self) -> str:
        """Its figure for the eye, empty when not known."""
        return figure_text(self.unit.m2_per_100_households) if self.unit else ""


@dataclass(frozen=True, slots=True)
class EstateView:
    """An estate with its place in degrees; `number` is its class, -1 when ungraded."""

    unit: UnitRow
    lon: float
    lat: float
    state: State
    number: int


@dataclass(frozen=True)
class CoverageView:
    """What both the page and the picture of a coverage map show.

    Parameters
    ----------
    counties
        Neighbouring counties first, then the city's own.
    estates
        Estates that have a place.
    city
        The city's own outline, perhaps none.
    thresholds, classes
        Values that the standards in force ask for, and the colour classes between them.
    unplaced
        How many estates have no place.
    """

    counties: tuple[CountyView, ...]
    estates: tuple[EstateView, ...]
    city: tuple[DivisionRow, ...]
    thresholds: tuple[Threshold, ...]
    classes: tuple[FigureClass, ...]
    unplaced: int

    @classmethod
    def of(
        cls,
        units: Sequence[UnitRow],
        divisions: Sequence[DivisionRow],
        standards: Mapping[str, Standard],
    ) -> "CoverageView":
        """View of `units` (those of counties and estates) over `divisions`."""
        thresholds = thresholds_of(
            (part, standards[name]) for part, name in named_standards(units) if name in standards
        )
        classes = figure_classes(thresholds)
        by_code = {row.unit: row for row in units if row.level == "county"}
        estates = [row for row in units if row.level == "estate"]
        placed = _placed(estates, classes)
        return cls(
            counties=tuple(
                _county(row, by_code.get(row.code), classes) for row in shown_counties(divisions)
            ),
            estates=placed,
            city=tuple(whole_city(divisions)),
            thresholds=thresholds,
            classes=classes,
            unplaced=len(estates) - len(placed),
        )

    @property
    def own(self) -> list[CountyView]:
        """The city's own counties."""
        return [county for county in self.counties if county.division.own]

    def colour(self, number: int) -> str:
        """Colour of class `number`; a neutral one for -1."""
        return self.classes[number].colour if number >= 0 else NO_FIGURE

    def dot_colour(self, number: int) -> str:
        """Colour of class `number` for a dot on white; a grey that shows there for -1."""
        return self.classes[number].colour if number >= 0 else UNGRADED_DOT

    def legend(self, *, dots: bool = False) -> Legend:
        """Classes with the thresholds between them, then verdicts by pattern and by shape.

        With `dots` the estates are drawn as plain dots, which show no verdict of their own.
        """
        note = "各级含下限、不含上限；粗线为现行标准值。"
        if not self.thresholds:
            note = "本市没有可用的标准，不分级。"
        areas, points = (
            Counter(county.state for county in self.own),
            Counter(estate.state for estate in self.estates),
        )
        symbols = Section("小区结论（符号）", _symbols(points), self._estate_note())
        return Legend(
            (
                Section(
                    "每百户养老用房面积（m²/百户）",
                    self._class_rows(dots=dots),
                    f"{note}右列为小区数。",
                ),
                Section("县区结论（花纹）", _patterns(areas), "右列为县区数。"),
                Section("小区结论", (), self._dots_note(points)) if dots else symbols,
            )
        )

    def _class_rows(self, *, dots: bool) -> tuple[Swatch | Symbol | Mark, ...]:
        """Rows of the classes, and one for the estates that are in none; they add up to all."""
        numbers = Counter(estate.number for estate in self.estates)
        graded = self.thresholds or numbers[0]
        rows = class_rows(self.classes, self.thresholds, numbers) if graded else ()
        states = {estate.state: None for estate in self.estates if estate.number < 0}
        if not states:
            return rows
        label = "、".join(state.label_zh for state in State if state in states)
        if dots:
            return (*rows, Symbol(label, UNGRADED_DOT, Shape.DISC, count=numbers[-1]))
        return (*rows, Swatch(label, NO_FIGURE, count=numbers[-1]))

    def _estate_note(self) -> str:
        return f"右列为小区数；符号颜色同上面的分级。{self._without}"

    def _dots_note(self, counts: Mapping[State, int]) -> str:
        told = "，".join(f"{state.label_zh} {counts.get(state, 0)} 个" for state in _listed(counts))
        note = "小区密集，图上只画圆点，颜色同上面的分级；各小区结论见网页地图。"
        return f"{told}。{note}{self._without}"

    @property
    def _without(self) -> str:
        return f"另有 {self.unplaced} 个小区没有位置，未画出。" if self.unplaced else ""


def coverage_map(
    units: gpd.GeoDataFrame,
    divisions: gpd.GeoDataFrame,
    standards: Iterable[Standard],
    *,
    about: MapNote,
    sites: gpd.GeoDataFrame | None = None,
) -> CivMap:
    """Map of elder-care floor area per 100 households: counties filled, estates as points.

    Parameters
    ----------
    units
        Result of the coverage analysis for the levels county and estate together (other levels
        are not drawn): index unit id (counties: six-digit code), columns as that analysis gives
        them, estates with geometry, EPSG:4490; of estates also completed_year and stage, where
        they are known.
    divisions
        Own and neighbouring counties with outlines, EPSG:4490; townships and communities for
        their names.
    standards
        Records that the units name in standard_new and standard_existing.
    about
        Title, source, date and standing.
    sites
        Facilities that estates were judged by: columns estate (id), name, kind, floor_area_m2
        and doubtful (whether left out as registered twice), EPSG:4490.

    Raises
    ------
    CrsError
        When a frame is not in EPSG:4490.
    InvalidInput
        When no county of the city has an outline.
    """
    rows = rows_of(units, UnitRow)
    book = {standard.id: standard for standard in standards}
    places = rows_of(divisions, DivisionRow)
    view = CoverageView.of(rows, places, book)
    names = {row.code: row.name for row in places}
    why = Why.of(rows, book, about, names, [] if sites is None else rows_of(sites, SiteRow))
    bounds = bounds_of([county.division for county in view.counties])
    chart = CivMap(about, view.legend(), bounds=bounds)
    areas = [_area(county, view, why) for county in view.counties]
    areas += [city_outline(row) for row in view.city]
    AreaLayer("counties", areas, why.county_facts()).add_to(chart)
    _estate_layer(view, why).add_to(chart)
    return chart


def _area(county: CountyView, view: CoverageView, why: Why) -> Area:
    row, shape = county.division, shape_of(county.division)
    x, y = label_point(shape)
    return Area(
        story=why.county(county.unit, row.name) if row.own else why.neighbour(row.name),
        polygons=polygons_of(shape),
        label_at=(y, x),
        colour=view.colour(county.number) if row.own else NEIGHBOUR,
        pattern=county.state.pattern,
        sublabel=county.figure if row.own else "",
        context=not row.own,
    )


def _estate_layer(view: CoverageView, why: Why) -> PointLayer:
    names = {county.division.code: county.division.name for county in view.own}
    codes = [*names, None]
    looks = [(state, number) for state in State for number in range(-1, len(view.classes))]
    style = {look: number for number, look in enumerate(looks)}
    group = {code: number for number, code in enumerate(codes)}
    points = [
        Point(
            story=why.estate(estate.unit),
            lon=estate.lon,
            lat=estate.lat,
            group=group.get((estate.unit.division or "")[:6], len(names)),
            style=style[estate.state, estate.number],
            outline=outer_rings(estate.unit.geometry),
        )
        for estate in view.estates
    ]
    counts = Counter(point.group for point in points)
    groups = [Group(name, counts[number]) for number, name in enumerate(names.values())]
    if counts[len(names)]:
        groups.append(Group(NO_COUNTY, counts[len(names)]))
    return PointLayer(
        "estates",
        points,
        groups=groups,
        styles=[PointStyle(state.shape, view.colour(number)) for state, number in looks],
        title="小区图层（按县区）",
        facts=why.estate_facts(),
    )


def _county(row: DivisionRow, unit: UnitRow | None, classes: Sequence[FigureClass]) -> CountyView:
    if unit is None:
        return CountyView(row, None, State.UNDEFINED, -1)
    state = state_of(unit.status, unit.meets)
    return CountyView(row, unit, state, _number(unit, state, classes))


def _placed(estates: Sequence[UnitRow], classes: Sequence[FigureClass]) -> tuple[EstateView, ...]:
    places = points_in([row.geometry for row in estates])
    views = []
    for row, (lon, lat) in zip(estates, places.tolist(), strict=True):
        if np.isfinite(lon):
            state = state_of(row.status, row.meets)
            views.append(EstateView(row, lon, lat, state, _number(row, state, classes)))
    return tuple(views)


def _number(unit: UnitRow, state: State, classes: Sequence[FigureClass]) -> int:
    """Class of the figure; none where no standard decides, lest its colour look like a verdict."""
    if unit.m2_per_100_households is None or state in UNGRADED:
        return -1
    return class_number(100 * Fraction(f"{unit.total_m2:.6f}") / unit.households, classes)


def _patterns(counts: Mapping[State, int]) -> tuple[Swatch, ...]:
    return tuple(
        Swatch(
            state.label_zh,
            NO_FIGURE if state in UNGRADED else "#ffffff",
            state.pattern,
            counts.get(state, 0),
        )
        for state in _listed(counts)
    )


def _symbols(counts: Mapping[State, int]) -> tuple[Symbol, ...]:
    return tuple(
        Symbol(state.label_zh, "#c9d3dc", state.shape, count=counts.get(state, 0))
        for state in _listed(counts)
    )


def _listed(counts: Mapping[State, int]) -> list[State]:
    """States that occur, and always the two verdicts."""
    return [state for state in State if state in (State.MEETS, State.BELOW) or counts.get(state)]
