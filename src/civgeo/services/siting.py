"""Use case: where in a division a cemetery may lie, rule by rule and layer by layer."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import floor

import geopandas as gpd
import numpy as np
import shapely

from civgeo.analysis.ground_grid import GroundGrid
from civgeo.analysis.site_marks import Exclusions, PlaneKind
from civgeo.analysis.siting import exclusions
from civgeo.domain.cemetery_findings import SQUARE_METRES_PER_MU
from civgeo.domain.cemetery_rules import CemeteryRule, CemeteryRuleBook
from civgeo.errors import InvalidInput
from civgeo.geo.ground import in_metres
from civgeo.services.cemetery_rules import rules_in_force
from civgeo.services.city import City
from civgeo.services.elevation import chosen_elevation
from civgeo.services.funeral_people import DeathsAsked, Weight, town_people, towns_of, weighed
from civgeo.services.indicator_data import DayData, day_data
from civgeo.services.site_layers import SiteLayer, chosen_layers
from civgeo.services.siting_answer import (
    MissingLayer,
    SitingAnswer,
    SitingConstraint,
    place_in_zone,
)
from civgeo.services.siting_candidates import Found, Settlements, candidates_of
from civgeo.services.siting_ground import GroundLayers, Region, cell_side, region_of
from civgeo.services.siting_marks import drawing_of, held
from civgeo.services.siting_question import SitingQuestion
from civgeo.services.siting_rules import SitingRules, rules_of_siting
from civgeo.services.siting_slopes import heights_over, limits_of
from civgeo.services.siting_words import gap_text, headline, notes_of, spot_headline, steep_text
from civgeo.store.elevations import ElevationMeta

__all__ = ["Scene", "Spot", "cells_of", "missing_layers", "scene_of", "site", "site_at"]

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Everything that a question of siting is held against.

    Parameters
    ----------
    question, on, data
        What is asked, for what day, of which registers.
    region
        The division.
    book, rules
        Edition of the rules, and those in force as far as the layers go.
    ground
        Layers in metres.
    elevation
        Elevation model; None for none.
    cell_m
        Side of the cells, metres.
    """

    question: SitingQuestion
    on: date
    data: DayData
    region: Region
    book: CemeteryRuleBook
    rules: SitingRules
    ground: GroundLayers
    elevation: ElevationMeta | None
    cell_m: float

    @property
    def nothing_examined(self) -> bool:
        """Whether no rule can be held against any layer."""
        return not any(claim.rule for claim in self.rules.claims)

    @property
    def min_area_mu(self) -> Decimal | None:
        """Smallest area in mu: the one asked for, or the largest minimum in force."""
        asked, rule = self.question.min_area_mu, self.rules.smallest
        return asked if asked is not None or rule is None else rule.limit

    @property
    def simulated(self) -> bool:
        """Whether the city or a layer is simulated."""
        layers = any(layer.meta.simulated for layer in self.ground.layers)
        return self.data.register.simulated or layers

    @property
    def admitted(self) -> frozenset[PlaneKind]:
        """Marks with which a cell may still belong to a candidate."""
        unknown = {PlaneKind.MISSING, PlaneKind.UNASSESSED}
        admitted = {PlaneKind.APPROVAL, PlaneKind.UNCLEAR}
        return frozenset(admitted | (unknown if self.question.admit_unknown else set()))


def scene_of(
    city: City,
    question: SitingQuestion,
    *,
    place: tuple[float, float] | None = None,
    progress: Progress = lambda label, done, total: None,
) -> Scene:
    """Registers, rules and layers of a question.

    Parameters
    ----------
    city
        The city.
    question
        The question.
    place
        Longitude and latitude around which alone layers are read; None for the whole division.
    progress
        Called with a step, how much of it is done, and how much there is.

    Raises
    ------
    NotFound
        When the division, a layer, the elevation model or the edition asked for is not there.
    InvalidInput
        ``no_outline`` when the division has none.
    StoreUnavailable, OwnFileBroken
        When a layer or the bureau's rules cannot be read.
    """
    on = question.on or city.today
    data = day_data(city, on)
    region = region_of(data, question.division)
    book = rules_in_force(city.store.file.parent, question.rules_edition)
    scope = book.in_scope(region.division, on)
    progress("读取图层", 0, 1)
    layers = chosen_layers(city, question.layers, on)
    asked = None if place is None else shapely.Point(place)
    ground = GroundLayers(layers, region, _margin_m(scope, layers, question), asked)
    progress("读取图层", 1, 1)
    return Scene(
        *(question, on, data, region, book),
        rules=rules_of_siting(
            scope, ground.layers, level=question.level, operation=question.operation
        ),
        ground=ground,
        elevation=chosen_elevation(city, question.elevation),
        cell_m=cell_side(region, question.cell_m),
    )


def _margin_m(
    scope: Sequence[CemeteryRule], layers: Sequence[SiteLayer], question: SitingQuestion
) -> float:
    """How far around the region anything at all can count, metres."""
    limits = [float(rule.limit) for rule in scope if rule.unit == "m"]
    wishes = [layer.meta.own_distance_m or 0.0 for layer in layers]
    cell = float(question.cell_m or 0)
    return max([*limits, *wishes, float(question.view.max_distance_m)]) + 100 + 2 * cell


def cells_of(city: City, question: SitingQuestion) -> int:
    """How many cells the grid of a question has.

    Raises
    ------
    NotFound, InvalidInput
        As `scene_of`, and when there would be too many.
    """
    region = region_of(day_data(city, question.on or city.today), question.division)
    cell_m = cell_side(region, question.cell_m)
    return GroundGrid.over(region.shape, region.zone.epsg, cell_m).cells


def site(
    city: City,
    question: SitingQuestion,
    *,
    progress: Progress = lambda label, done, total: None,
) -> SitingAnswer:
    """Where a cemetery may lie, as far as the layers at hand tell.

    Raises
    ------
    InvalidInput
        ``no_min_area`` when no smallest area is given and none is in force, ``elevation_missing``
        for a slope limit without an elevation model, and as `exclusions` and `scene_of`.
    NotFound, StoreUnavailable, OwnFileBroken
        As `scene_of`.
    """
    scene = scene_of(city, question, progress=progress)
    min_area_mu = _smallest(scene)
    marks, constraints = _marked(city, scene, scene.region.shape, progress)
    found = Found.none()
    if not scene.nothing_examined:
        settled = _settlements(scene)
        found = candidates_of(
            *(marks, question, scene.ground, settled),
            min_area_m2=float(SQUARE_METRES_PER_MU) * float(min_area_mu),
            admit=scene.admitted,
            progress=progress,
        )
    region_m2, free_m2 = _areas(marks, scene)
    used = {each.layer.digest for each in constraints if each.layer is not None}
    return SitingAnswer(
        question=question,
        register=scene.data.register,
        on=scene.on,
        edition=scene.book.edition,
        data_version=scene.data.data_version,
        region=scene.region.outline,
        region_name=scene.region.name,
        marks=marks,
        constraints=tuple(constraints),
        min_area_mu=min_area_mu,
        min_area_rule=scene.rules.smallest if question.min_area_mu is None else None,
        candidates=found.listed,
        candidates_found=found.count,
        missing=missing_layers(scene),
        waiting=scene.rules.waiting,
        to_look_up=scene.rules.to_look_up,
        layers=tuple(layer.meta for layer in scene.ground.layers),
        elevation=scene.elevation,
        simulated=scene.simulated,
        region_m2=region_m2,
        free_m2=free_m2,
        headline=_headline(scene, free_m2, len(used), constraints),
        notes=(*notes_of(scene.ground, constraints, question), *found.notes),
        seen=found.seen,
    )


def _headline(
    scene: Scene, free_m2: float, layers: int, constraints: Sequence[SitingConstraint]
) -> str:
    return headline(
        free_m2,
        0 if scene.nothing_examined else layers,
        scene.rules.gaps,
        scene.rules.waiting,
        cell_m=scene.cell_m,
        unknown=constraints,
        simulated=scene.simulated,
    )


def missing_layers(scene: Scene) -> tuple[MissingLayer, ...]:
    """What no layer tells, in words."""
    return tuple(MissingLayer(gap.feature, gap.rules, gap_text(gap)) for gap in scene.rules.gaps)


def _smallest(scene: Scene) -> Decimal:
    """Smallest area in mu, which there must be."""
    least = scene.min_area_mu
    if least is None:
        level = scene.question.level.label_zh
        text = (
            f"{scene.region.name}在 {scene.on} 没有{level}公墓最小面积的规定，请给出最小面积（亩）"
        )
        raise InvalidInput(text, code="no_min_area")
    return least


def _marked(
    city: City, scene: Scene, shape: shapely.Geometry, progress: Progress
) -> tuple[Exclusions, list[SitingConstraint]]:
    """Marks of the cells of a shape in the zone, and what each stands for."""
    drawing = drawing_of(scene.rules.claims, scene.ground)
    epsg = scene.region.zone.epsg
    grid = GroundGrid.over(shape, epsg, scene.cell_m)
    progress("逐条规定标记禁止情形", 0, 1)
    marks = exclusions(
        *(shape, epsg, drawing.layers),
        cell_m=scene.cell_m,
        slopes=limits_of(scene.question),
        heights=heights_over(city, scene.elevation, grid),
    )
    progress("逐条规定标记禁止情形", 1, 1)
    constraints = held(drawing, marks, scene.book.edition)
    return marks, [*constraints, *_steep(marks, scene)]


def _steep(marks: Exclusions, scene: Scene) -> Iterator[SitingConstraint]:
    """Marks of the slope limit, and of ground whose slope is not known."""
    table = marks.summary()
    for number, plane in enumerate(marks.planes):
        if plane.position is None and scene.elevation is not None:
            yield SitingConstraint(
                *(None, None, None, None, None, number, plane.kind),
                area_m2=float(table["area_m2"][number]),
                share=float(table["share"][number]),
                alone_m2=float(table["alone_m2"][number]),
                text=steep_text(plane.kind, scene.question, scene.elevation),
            )


def _areas(marks: Exclusions, scene: Scene) -> tuple[float, float]:
    """Area of the cells of the region, and of those without a known exclusion."""
    inside, free = (
        float(np.bitwise_count(plane).sum()) * marks.grid.cell_area_m2
        for plane in (~marks.outside, marks.free(scene.admitted))
    )
    return inside, 0.0 if scene.nothing_examined else free


def _settlements(scene: Scene) -> Settlements:
    known = scene.data.divisions
    drawn = known[(known["level"] == "township") & known.geometry.notna()]
    shapes = in_metres(drawn.geometry.to_numpy(), scene.region.zone)
    outlines = gpd.GeoSeries(shapes, index=drawn["name"], crs=scene.region.zone.epsg)
    towns = towns_of(scene.data, scene.region.division.digits)
    weights = weighed(towns, town_people(scene.data, DeathsAsked()), Weight.POPULATION)
    people = tuple(None if weight is None else float(weight) for weight in weights)
    return Settlements(towns, people, outlines)


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """What is known of the cell that one place lies in; the fields are those of `SitingAnswer`."""

    lon: float
    lat: float
    scene: Scene
    constraints: tuple[SitingConstraint, ...]
    missing: tuple[MissingLayer, ...]

    @property
    def headline(self) -> str:
        """The result in words."""
        scene = self.scene
        kinds = [each.kind for each in self.constraints]
        return spot_headline(
            None if scene.nothing_examined else kinds,
            scene.rules.gaps,
            scene.rules.waiting,
            simulated=scene.simulated,
        )


def site_at(city: City, question: SitingQuestion, lon: float, lat: float) -> Spot:
    """Everything that marks the cell of a place, as `site` and `at` give it, without the rest.

    Raises
    ------
    InvalidInput
        ``outside`` for a place outside the division, and as `site`.
    NotFound, StoreUnavailable, OwnFileBroken
        As `site`.
    """
    scene = scene_of(city, question, place=(lon, lat))
    x, y = place_in_zone(lon, lat, scene.region.zone.epsg)
    side = scene.cell_m
    middle = shapely.Point(*((floor(value / side) + 0.5) * side for value in (x, y)))
    if not shapely.intersects(scene.region.shape, middle):
        text = f"经度 {lon:g}、纬度 {lat:g} 不在{scene.region.name}内，没有评价"
        raise InvalidInput(text, code="outside")
    cell = shapely.buffer(middle, side / 4, cap_style="square")
    marks, constraints = _marked(city, scene, cell, lambda label, done, total: None)
    numbers = marks.numbers_at(x, y) or ()
    here = tuple(each for each in constraints if each.number in numbers)
    return Spot(lon, lat, scene, here, missing_layers(scene))
