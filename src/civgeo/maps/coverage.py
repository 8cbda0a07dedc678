"""Coverage map: elder-care floor area per 100 households, by county and by estate."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import geopandas as gpd
import numpy as np
import pandas as pd

from civgeo.domain.estate import EstateClass
from civgeo.domain.standard import Standard
from civgeo.maps.civmap import CivMap
from civgeo.maps.layers import Area, AreaLayer, Group, Point, PointLayer, PointStyle
from civgeo.maps.legend import (
    NO_FIGURE,
    FigureClass,
    Legend,
    Section,
    Swatch,
    Symbol,
    Threshold,
    class_number,
    class_rows,
    figure_classes,
    thresholds_of,
)
from civgeo.maps.shapes import bounds_of, label_point, point_xy, polygons_of, shown_counties
from civgeo.maps.shapes import whole_city
from civgeo.maps.theme import NEIGHBOUR, MapNote, State, state_of
from civgeo.maps.why import Why, figure_text

__all__ = ["CoverageView", "coverage_map"]

STANDARD_COLUMNS = {
    EstateClass.NEW: "standard_new",
    EstateClass.EXISTING: "standard_existing",
}


@dataclass(frozen=True)
class CoverageView:
    """What both the page and the picture of a coverage map show.

    Parameters
    ----------
    counties
        County outlines joined with their unit: columns of the divisions, and figure, state,
        colour number (-1 without a figure), unit (its id in `units`, None without estates).
    estates
        Estates that have a place: name, x, y, county (position in `counties`, -1 for none),
        figure, state, number, unit.
    city
        The city's own outline, perhaps empty.
    """

    units: gpd.GeoDataFrame
    counties: gpd.GeoDataFrame
    estates: pd.DataFrame
    city: gpd.GeoDataFrame
    thresholds: tuple[Threshold, ...]
    classes: tuple[FigureClass, ...]
    unplaced: int

    @classmethod
    def of(
        cls,
        units: gpd.GeoDataFrame,
        divisions: gpd.GeoDataFrame,
        standards: Mapping[str, Standard],
    ) -> "CoverageView":
        """View of `units` (any levels; counties and estates are shown) over `divisions`."""
        thresholds = thresholds_of(
            (estate_class, standards[name])
            for estate_class, column in STANDARD_COLUMNS.items()
            for name in units[column].dropna().unique()
            if name in standards
        )
        classes = figure_classes(thresholds)
        counties = _with_units(shown_counties(divisions), units, classes)
        estates, unplaced = _placed_estates(units, counties, classes)
        return cls(
            units=units,
            counties=counties,
            estates=estates,
            city=whole_city(divisions),
            thresholds=thresholds,
            classes=classes,
            unplaced=unplaced,
        )

    def colour(self, number: int) -> str:
        """Colour of class `number`; a neutral one for -1, no figure."""
        return self.classes[number].colour if number >= 0 else NO_FIGURE

    def legend(self) -> Legend:
        """Legend of the view: classes with thresholds, then states by pattern and by shape."""
        own = self.counties[self.counties["role"] == "own"]
        numbers = Counter(int(number) for number in self.estates["number"])
        note = "各级含下限、不含上限；粗线为现行标准值；右列为小区数。"
        if not self.thresholds:
            note = "本市没有可用的标准，不分级。"
        return Legend(
            (
                Section(
                    "每百户养老用房面积（m²/百户）",
                    class_rows(self.classes, self.thresholds, numbers),
                    note,
                ),
                Section("县区（花纹；右列为县区数）", _patterns(Counter(own["state"]))),
                Section(
                    "小区（符号；右列为小区数）",
                    _symbols(Counter(self.estates["state"])),
                    f"另有 {self.unplaced} 个小区没有位置，未画出。" if self.unplaced else "",
                ),
            )
        )


def coverage_map(
    units: gpd.GeoDataFrame,
    divisions: gpd.GeoDataFrame,
    standards: Iterable[Standard],
    *,
    about: MapNote,
) -> CivMap:
    """Map of elder-care floor area per 100 households: counties filled, estates as points.

    Parameters
    ----------
    units
        Result of the coverage analysis for the levels county and estate together (other levels
        are not drawn): index unit id (counties: six-digit code), columns as that analysis gives
        them, estates with geometry, EPSG:4490.
    divisions
        Own and neighbouring counties with outlines, EPSG:4490.
    standards
        Records that the units name in standard_new and standard_existing.
    about
        Title, source, date and standing.

    Raises
    ------
    CrsError
        When a frame is not in EPSG:4490.
    InvalidInput
        When no county of the city has an outline.
    """
    book = {standard.id: standard for standard in standards}
    view = CoverageView.of(units, divisions, book)
    why = Why(view.units, book, about)
    chart = CivMap(about, view.legend(), bounds=bounds_of(view.counties))
    AreaLayer("counties", [*_areas(view, why), *_city(view)], why.facts("county")).add_to(chart)
    _estate_layer(view, why).add_to(chart)
    return chart


def _areas(view: CoverageView, why: Why) -> list[Area]:
    areas = []
    for row in view.counties.itertuples():
        own = row.role == "own"
        state = State(row.state)
        areas.append(
            Area(
                story=why.story(row.unit, row.name) if own else why.bare(row.name),
                polygons=polygons_of(row.geometry),
                label_at=label_point(row.geometry)[::-1],
                colour=view.colour(row.number) if own else NEIGHBOUR,
                pattern=state.pattern,
                sublabel=figure_text(row.figure) if own else "",
                context=not own,
            )
        )
    return areas


def _city(view: CoverageView) -> list[Area]:
    from civgeo.maps.layers import Story

    return [
        Area(Story(row.name), polygons_of(row.geometry), None, "", outline_only=True)
        for row in view.city.itertuples()
    ]


def _estate_layer(view: CoverageView, why: Why) -> PointLayer:
    own = view.counties.reset_index(drop=True)
    own = own[own["role"] == "own"]
    place = {position: number for number, position in enumerate(own.index)}
    names = [*own["name"], "所在县区不明"]
    looks = [(state, number) for state in State for number in range(-1, len(view.classes))]
    styles = [PointStyle(state.shape, view.colour(number)) for state, number in looks]
    of_look = {look: number for number, look in enumerate(looks)}
    points = [
        Point(
            story=why.story(row.unit, row.name),
            lon=row.x,
            lat=row.y,
            group=place.get(row.county, len(names) - 1),
            style=of_look[State(row.state), row.number],
        )
        for row in view.estates.itertuples()
    ]
    counts = Counter(point.group for point in points)
    groups = [Group(str(name), counts[number]) for number, name in enumerate(names)]
    if not counts[len(names) - 1]:
        groups.pop()
    return PointLayer(
        "estates",
        points,
        groups=groups,
        styles=styles,
        title="小区图层（按县区）",
        facts=why.facts("estate"),
    )


def _with_units(
    counties: gpd.GeoDataFrame, units: gpd.GeoDataFrame, classes: Sequence[FigureClass]
) -> gpd.GeoDataFrame:
    found = units[units["level"] == "county"]
    unit = found.index.to_series().reindex(counties["code"]).to_numpy(object)
    looks = _looks(found, classes).reindex(counties["code"])
    return counties.assign(
        unit=[None if pd.isna(name) else name for name in unit],
        figure=looks["figure"].to_numpy(),
        state=looks["state"].fillna(State.UNDEFINED.value).to_numpy(),
        number=looks["number"].fillna(-1).to_numpy(np.int64),
    )


def _looks(units: gpd.GeoDataFrame, classes: Sequence[FigureClass]) -> pd.DataFrame:
    """Figure, state and class number of each unit."""
    figures = units["m2_per_100_households"].astype(float)
    return pd.DataFrame(
        {
            "figure": figures,
            "state": [
                state_of(status, meets).value
                for status, meets in zip(units["status"], units["meets"], strict=True)
            ],
            "number": [-1 if np.isnan(x) else class_number(x, classes) for x in figures],
        },
        index=units.index,
    )


def _placed_estates(
    units: gpd.GeoDataFrame, counties: gpd.GeoDataFrame, classes: Sequence[FigureClass]
) -> tuple[pd.DataFrame, int]:
    found = units[units["level"] == "estate"]
    xy = point_xy(found)
    place = {code: position for position, code in enumerate(counties["code"])}
    county = found["division"].astype("string").str[:6].map(place).fillna(-1)
    estates = _looks(found, classes).assign(
        name=found["name"].fillna("（未命名小区）").astype(str),
        x=xy[:, 0],
        y=xy[:, 1],
        county=county.to_numpy(np.int64),
        unit=found.index.to_numpy(object),
    )
    placed = np.isfinite(xy).all(axis=1)
    return estates[placed], int((~placed).sum())


def _patterns(counts: Mapping[str, int]) -> tuple[Swatch, ...]:
    return tuple(
        Swatch(state.label_zh, "#ffffff", state.pattern, counts.get(state.value, 0))
        for state in State
        if _listed(state, counts)
    )


def _symbols(counts: Mapping[str, int]) -> tuple[Symbol, ...]:
    return tuple(
        Symbol(state.label_zh, "#c9d3dc", state.shape, count=counts.get(state.value, 0))
        for state in State
        if _listed(state, counts)
    )


def _listed(state: State, counts: Mapping[str, int]) -> bool:
    return state in (State.MEETS, State.BELOW) or counts.get(state.value, 0) > 0
