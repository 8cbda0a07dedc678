"""The ground of a question of siting: outline of the division, its zone, layers in metres."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import cos, radians

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from civgeo.domain.division import DivisionCode, DivisionLevel
from civgeo.domain.site_features import LAND_COVERS, SiteFeature
from civgeo.domain.site_layer import SiteLayerMeta
from civgeo.errors import InvalidInput, NotFound
from civgeo.geo.crs import Zone, city_zone
from civgeo.geo.ground import in_metres
from civgeo.services.indicator_data import DayData
from civgeo.services.site_layers import SiteLayer
from civgeo.services.siting_question import CELL_STEPS

__all__ = ["FEWER_CELLS", "GroundLayer", "GroundLayers", "Region", "cell_side", "region_of"]

FEWER_CELLS = 100_000_000
"""Most cells of a grid whose step nobody asked for."""

_DEGREE_M = 110_000.0
_Shapes = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """A division and its land.

    Parameters
    ----------
    division, name
        Its code and name.
    outline
        EPSG:4490.
    zone, shape
        The city's metric zone, and the outline in it.
    """

    division: DivisionCode
    name: str
    outline: shapely.Geometry
    zone: Zone
    shape: shapely.Geometry


def region_of(data: DayData, digits: str) -> Region:
    """The division of those digits, with its outline or that of all its counties.

    Parameters
    ----------
    data
        Registers of the day.
    digits
        Significant digits of its code.

    Raises
    ------
    NotFound
        When the city has no such division.
    InvalidInput
        ``no_outline`` when neither it nor the counties in it have one.
    """
    own = data.divisions
    asked = DivisionCode(digits)
    codes = [DivisionCode.parse(code) for code in own["code"]]
    named = own[[code == asked for code in codes]]
    if named.empty:
        text = f"本市没有区划 {asked.text}，请核对代码"
        raise NotFound(text, code="division_missing")
    name = str(named["name"].iloc[0])
    inner = own[[asked.covers(code) and code.level is DivisionLevel.COUNTY for code in codes]]
    outline = next(
        (shape for shape in map(_union, (named, inner)) if not shapely.is_empty(shape)), None
    )
    if outline is None:
        text = f"{name}没有边界图形，无法确定选址范围；请先导入政区界线"
        raise InvalidInput(text, code="no_outline")
    zone = city_zone(own[own.geometry.notna()])
    shape = in_metres(np.array([outline]), zone)[0]
    return Region(asked, name, outline, zone, shape)


def _union(frame: gpd.GeoDataFrame) -> shapely.Geometry:
    shapes = frame.geometry.to_numpy()
    return shapely.union_all(shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))])


def cell_side(region: Region, asked: Decimal | None) -> float:
    """Side of the cells, metres: the one asked for, or the first usual one that fits."""
    if asked is not None:
        return float(asked)
    west, south, east, north = shapely.bounds(region.shape)
    for step in map(float, CELL_STEPS):
        if ((east - west) / step + 1) * ((north - south) / step + 1) <= FEWER_CELLS:
            return step
    return float(CELL_STEPS[-1])


@dataclass(frozen=True, slots=True, eq=False)
class GroundLayer:
    """A layer around a region.

    Parameters
    ----------
    meta
        What is known of it.
    kinds
        What it tells of. Of land classes within another one (permanent farmland) only those that
        it shows: a survey of land use does not tell them apart.
    words
        ``kind``, ``label`` and ``name`` of its features.
    shapes
        Their geometries in the zone.
    """

    meta: SiteLayerMeta
    kinds: frozenset[SiteFeature]
    words: gpd.GeoDataFrame
    shapes: _Shapes

    @property
    def subject(self) -> tuple[str, ...]:
        """What layers that belong together share: their kinds, or the title of the bureau's own."""
        return (self.meta.title,) if self.meta.is_own else tuple(self.meta.covers)

    @property
    def has_unknown(self) -> bool:
        """Whether it has features whose land class is not known."""
        return not self.meta.is_own and bool((self.words["kind"] == "").any())

    def of(self, kinds: Iterable[str]) -> _Shapes:
        """Geometries of some kinds; the empty word for an unknown land class."""
        found: _Shapes = self.shapes[self.words["kind"].isin([*kinds]).to_numpy()]
        return found


class GroundLayers:
    """Layers in metres, the newest first; where a newer one of a kind reaches, it alone counts.

    Parameters
    ----------
    layers
        As they are kept, the newest first; those that end before the region are left out.
    region
        The region.
    margin_m
        How far around the ground that is asked about features still count, metres.
    asked
        That ground, EPSG:4490; None for the region.
    """

    def __init__(
        self,
        layers: Sequence[SiteLayer],
        region: Region,
        margin_m: float,
        asked: shapely.Geometry | None = None,
    ) -> None:
        self.region = region
        self._window = _around(region.outline if asked is None else asked, margin_m)
        self._told: dict[tuple[str, ...], shapely.Geometry | None] = {}
        self.layers = tuple(
            self._placed(layer)
            for layer in layers
            if layer.extent is None or shapely.intersects(layer.extent, region.outline)
        )

    def _placed(self, layer: SiteLayer) -> GroundLayer:
        meta, features = layer.meta, layer.features
        shapes = features.geometry.to_numpy()
        near = shapely.STRtree(shapes).query(self._window)
        near.sort()
        words, shapes = features.iloc[near].drop(columns="geometry"), shapes[near]
        placed = GroundLayer(meta, _told_kinds(layer), words, shapes)
        told = self._told.get(placed.subject, shapely.Polygon())
        if told is not None:
            shapes = _beyond(shapes, told)
            ends = layer.extent
            self._told[placed.subject] = None if ends is None else shapely.union(told, ends)
        else:
            shapes = np.full(len(shapes), None, dtype=object)
        return GroundLayer(meta, placed.kinds, words, in_metres(shapes, self.region.zone))

    def extent(self, layer: GroundLayer) -> shapely.Geometry | None:
        """Where the layers that belong together with `layer` end, in the zone; None for nowhere."""
        told = self._told[layer.subject]
        if told is None:
            return None
        ends: shapely.Geometry = in_metres(np.array([told]), self.region.zone)[0]
        return ends

    def series(self, shapes: _Shapes) -> gpd.GeoSeries:
        """Geometries of the zone with its name."""
        return gpd.GeoSeries(shapes, crs=self.region.zone.epsg)


def _around(ground: shapely.Geometry, margin_m: float) -> shapely.Geometry:
    west, south, east, north = shapely.bounds(ground)
    high = margin_m / _DEGREE_M
    wide = high / cos(radians(max(abs(south), abs(north))))
    window: shapely.Geometry = shapely.box(west - wide, south - high, east + wide, north + high)
    return window


def _told_kinds(layer: SiteLayer) -> frozenset[SiteFeature]:
    shown = set(layer.features["kind"].unique())
    narrow = {
        kind
        for kind in LAND_COVERS
        if any(kind.lies_in(other) for other in LAND_COVERS - {kind}) and kind.value not in shown
    }
    return frozenset(layer.meta.covers) - (narrow if layer.meta.is_land_use else frozenset())


def _beyond(shapes: _Shapes, told: shapely.Geometry) -> _Shapes:
    """What of the shapes lies outside the ground that newer layers tell of."""
    if shapely.is_empty(told):
        return shapes
    shapely.prepare(told)
    within = shapely.intersects(told, shapes)
    rest = shapes.copy()
    rest[within] = shapely.difference(shapes[within], told)
    return rest
