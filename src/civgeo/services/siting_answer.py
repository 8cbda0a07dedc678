"""What came of a question of siting: marks, constraints with rule and layer, candidates, gaps."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import geopandas as gpd
import shapely

from civgeo.analysis.site_marks import Exclusions, PlaneKind, Words
from civgeo.domain.cemetery_rules import CemeteryRule
from civgeo.domain.site_features import SiteFeature
from civgeo.domain.site_layer import SiteLayerMeta
from civgeo.errors import InvalidInput
from civgeo.geo.crs import CGCS2000_EPSG, CrsName, transform_points
from civgeo.services.siting_question import SitingQuestion
from civgeo.store.elevations import ElevationMeta
from civgeo.store.reading import Register

__all__ = ["MissingLayer", "SitingAnswer", "SitingConstraint", "at", "place_in_zone"]


@dataclass(frozen=True, slots=True)
class SitingConstraint:
    """One rule, or one wish of the planner, held against one layer.

    Parameters
    ----------
    rule
        The rule; None for the planner's own: a slope limit, a layer of the bureau's own.
    feature
        What it keeps away from; None for slopes, heights and own layers.
    layer
        The layer that tells where that is; None for slopes and heights.
    distance_m
        Metres that count: the rule's, or those read into it; None for slopes and heights.
    reads_as
        Rule whose metres are read into “附近” or “两侧”; None where the rule has its own.
    number
        Position of its mark in ``marks.planes``; constraints that mark the same cells share one.
    kind
        What the mark says.
    area_m2, share, alone_m2
        Marked area in the region, its share of the region, and how much nothing else excludes.
    text
        The constraint in words, with rule, edition and date of the layer.
    """

    rule: CemeteryRule | None
    feature: SiteFeature | None
    layer: SiteLayerMeta | None
    distance_m: float | None
    reads_as: CemeteryRule | None
    number: int
    kind: PlaneKind
    area_m2: float
    share: float
    alone_m2: float
    text: str


@dataclass(frozen=True, slots=True)
class MissingLayer:
    """Something that rules in force speak of and no layer tells, or tells only in part."""

    feature: SiteFeature
    rules: tuple[CemeteryRule, ...]
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class SitingAnswer:
    """Where a cemetery may lie, as far as the layers at hand tell.

    Parameters
    ----------
    question, register, on
        What was asked, of what city, for what day.
    edition, data_version
        Edition of the rules; version of the registers.
    region, region_name
        Outline of the division, EPSG:4490, and its name.
    marks
        Marks of all cells.
    constraints
        Everything that was held against the layers; law before the planner's wishes.
    min_area_mu, min_area_rule
        Smallest area of a candidate, and the rule that it is from; None for the planner's figure.
    candidates
        Listed candidates, EPSG:4490, index 1 to n by rank. ``rank``, ``score``, ``top_share``,
        ``area_m2``, ``area_mu``, ``compactness``, ``mean_slope_deg``, ``slope_known_share``,
        ``admitted_share``, ``approval_share``, ``unclear_share``, ``unknown_share``,
        ``centroid_lon``, ``centroid_lat``, ``land_class``, ``land_class_share``, ``road_m``,
        ``road_name``, ``township``, ``towns_m``, ``visible_share``, ``capacity``, ``text``.
    candidates_found
        How many there are, listed or not.
    missing
        What no layer tells.
    waiting
        Texts that the bureau must enter before the law is known.
    to_look_up
        Rules on areas that a text names: to be looked up on the map.
    layers
        Layers that were used, and those that no rule in force speaks of.
    elevation
        Elevation model that was used.
    simulated
        Whether a layer or the city is simulated.
    region_m2, free_m2
        Area of the cells of the region, and of those without an exclusion that is known of.
    headline
        The result in words; says of what nothing was known.
    notes
        What else must be said: parts of layers that end, approvals, heights that are not known.
    seen
        Cells of the listed candidates that are seen from trunk roads; None where not known.
    """

    question: SitingQuestion
    register: Register
    on: date
    edition: str
    data_version: int
    region: shapely.Geometry
    region_name: str
    marks: Exclusions
    constraints: tuple[SitingConstraint, ...]
    min_area_mu: Decimal
    min_area_rule: CemeteryRule | None
    candidates: gpd.GeoDataFrame
    candidates_found: int
    missing: tuple[MissingLayer, ...]
    waiting: tuple[CemeteryRule, ...]
    to_look_up: tuple[CemeteryRule, ...]
    layers: tuple[SiteLayerMeta, ...]
    elevation: ElevationMeta | None
    simulated: bool
    region_m2: float
    free_m2: float
    headline: str
    notes: tuple[str, ...]
    seen: Words | None = None


def at(answer: SitingAnswer, lon: float, lat: float) -> list[SitingConstraint]:
    """Everything that marks the cell that a place lies in, in the order of the constraints.

    Parameters
    ----------
    answer
        The answer.
    lon, lat
        Degrees, EPSG:4490.

    Raises
    ------
    InvalidInput
        ``outside`` for a place that is not in the division.
    """
    marks = answer.marks
    numbers = marks.numbers_at(*place_in_zone(lon, lat, marks.grid.epsg))
    if numbers is None:
        text = f"经度 {lon:g}、纬度 {lat:g} 不在{answer.region_name}内，没有评价"
        raise InvalidInput(text, code="outside")
    return [each for each in answer.constraints if each.number in numbers]


def place_in_zone(lon: float, lat: float, epsg: int) -> tuple[float, float]:
    """Easting and northing of a place in the zone of `epsg`."""
    zone = CrsName.parse(f"EPSG:{epsg}")
    x, y = transform_points(lon, lat, CrsName.parse(f"EPSG:{CGCS2000_EPSG}"), zone)
    return float(x), float(y)
