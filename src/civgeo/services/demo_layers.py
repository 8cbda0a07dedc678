"""Constraint layers of siting of a demonstration city, all of them simulated."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import shapely

from civgeo.analysis.simulated_features import (
    FLOOD,
    HAZARD,
    Feature,
    FeaturePlan,
    simulate_features,
)
from civgeo.analysis.simulated_land import LandClass, land_parcels
from civgeo.analysis.simulated_lines import Numbers, Shapes
from civgeo.domain.cemetery_findings import SQUARE_METRES_PER_MU
from civgeo.domain.site_features import LAND_COVERS, SiteFeature
from civgeo.geo.crs import CGCS2000_EPSG
from civgeo.services.city import City
from civgeo.services.demo_ground import DEMO_SOURCE, SEED, DemoGround
from civgeo.services.site_layers import save_site_layer, site_layers

__all__ = ["layers_missing", "write_demo_layers"]

DIGITS = 7
AROUND_M, ROUND_M, HAIR_M = 3_000.0, 100.0, 0.1
_F, _L = SiteFeature, LandClass
_HOMES = _F.RESIDENTIAL.value
_NOTES = ("模拟数据：由程序按种子生成，不得用于决策",)
_LAND: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        _L.PADDY: (_F.ARABLE, "水田"),
        _L.IRRIGATED: (_F.ARABLE, "水浇地"),
        _L.DRY: (_F.ARABLE, "旱地"),
        _L.PERMANENT_PADDY: (_F.PERMANENT_FARMLAND, "永久基本农田（水田）"),
        _L.PERMANENT_IRRIGATED: (_F.PERMANENT_FARMLAND, "永久基本农田（水浇地）"),
        _L.PERMANENT_DRY: (_F.PERMANENT_FARMLAND, "永久基本农田（旱地）"),
        _L.ORCHARD: (_F.ORCHARD, "果园"),
        _L.WOOD: (_F.FOREST, "乔木林地"),
        _L.SHRUB: (_F.FOREST, "灌木林地"),
        _L.GRASS: (_F.GRASSLAND, "其他草地"),
        _L.BARE: (_F.UNUSED, "裸岩石砾地"),
        _L.IDLE: (_F.UNUSED, "空闲地"),
        _L.TOWN: (_F.CONSTRUCTION, "城镇住宅用地"),
        _L.VILLAGE: (_F.CONSTRUCTION, "农村宅基地"),
        _L.FUNERAL: (_F.FUNERAL, "殡葬用地"),
        _L.RIVER: (_F.RIVER, "河流水面"),
        _L.RESERVOIR: (_F.RESERVOIR, "水库水面"),
    }
)


@dataclass(frozen=True, slots=True)
class _Layer:
    """A layer: what it tells, of which day, and whether it ends before the last county.

    The others tell of the city and of three kilometres around it, so that distances can be judged
    at its edge; land use ends with the city.
    """

    title: str
    covers: tuple[SiteFeature, ...]
    layer_date: date
    partial: bool = False
    own: str = ""
    own_distance_m: float | None = None

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset({self.own} if self.own else {cover.value for cover in self.covers})


_ROADS = (_F.MOTORWAY, _F.NATIONAL_ROAD, _F.PROVINCIAL_ROAD, _F.COUNTY_ROAD)
_SOURCES = (_F.WATER_SOURCE, _F.WATER_SOURCE_1, _F.WATER_SOURCE_2)
LAND_USE = _Layer("土地利用（模拟）", tuple(sorted(LAND_COVERS)), date(2024, 12, 31))
LAYERS = (
    _Layer("水库（模拟）", (_F.RESERVOIR,), date(2023, 12, 31)),
    _Layer("河流（模拟）", (_F.RIVER,), date(2023, 12, 31)),
    _Layer("水渠（模拟）", (_F.CANAL,), date(2023, 12, 31)),
    _Layer("饮用水水源保护区（模拟）", _SOURCES, date(2024, 6, 30)),
    _Layer("公路（模拟）", (_F.TRUNK_ROAD, *_ROADS), date(2024, 9, 30)),
    _Layer("铁路（模拟）", (_F.RAILWAY, _F.HIGHSPEED_RAILWAY), date(2024, 9, 30)),
    _Layer("城市公园（模拟）", (_F.PARK,), date(2024, 3, 31)),
    _Layer("风景名胜区（模拟）", (_F.SCENIC,), date(2022, 5, 31)),
    _Layer("自然保护区（模拟）", (_F.RESERVE,), date(2022, 5, 31)),
    _Layer("文物保护范围（模拟，缺一个县）", (_F.HERITAGE,), date(2023, 6, 30), partial=True),
    _Layer("居民住宅区（模拟）", (_F.RESIDENTIAL,), date(2024, 12, 31)),
    _Layer("规划建成区（模拟）", (_F.PLANNED_BUILTUP,), date(2021, 12, 31)),
    _Layer("山体保护名录（模拟）", (_F.HILL, _F.KEY_HILL), date(2023, 9, 30)),
    _Layer("地质灾害隐患点（模拟）", (), date(2024, 4, 30), own=HAZARD, own_distance_m=100.0),
    _Layer("洪水淹没区（模拟）", (), date(2022, 8, 31), own=FLOOD, own_distance_m=0.0),
    _Layer("居民住宅区避让（模拟）", (), date(2024, 12, 31), own=_HOMES, own_distance_m=100.0),
)
"""Layers on works of water, dykes, forest parks and green space are missing on purpose."""


def layers_missing(city: City) -> bool:
    """Whether the demonstration city lacks its land use, which is kept after all other layers."""
    return not any(meta.simulated and meta.is_land_use for meta in site_layers(city))


def write_demo_layers(city: City, drawn: DemoGround, cemeteries: gpd.GeoDataFrame) -> None:
    """Draw the layers and keep them beside the store; those that are there stay as they are.

    Parameters
    ----------
    city
        The demonstration city.
    drawn
        Its landscape.
    cemeteries
        Rows of the register of cemeteries; approved ones are land of their own class.

    Raises
    ------
    StoreUnavailable
        When they cannot be kept.
    """
    approved = cemeteries[cemeteries["approval"].notna()].to_crs(epsg=drawn.epsg)
    parcels = land_parcels(drawn.land, _grounds(approved))
    features = list(_features(drawn, parcels))
    counties = drawn.counties.sort_index()
    area = counties.geometry.union_all()
    around = area.simplify(ROUND_M).buffer(AROUND_M, quad_segs=2)
    for layer in LAYERS:
        ends = counties.iloc[:-1].geometry.union_all() if layer.partial else around
        frame = _frame([item for item in features if item.kind in layer.kinds], ends, drawn.epsg)
        if len(frame):
            own = frame.assign(kind="") if layer.own else frame
            _save(city, layer, own, _in_degrees([ends], drawn.epsg)[0])
    # a hair wider, so that rounding leaves no part of the city outside
    ends = _in_degrees([area.buffer(HAIR_M, quad_segs=1)], drawn.epsg)[0]
    _save(city, LAND_USE, _land_frame(*parcels, drawn.epsg), ends)


def _grounds(cemeteries: gpd.GeoDataFrame) -> Shapes:
    """Ground of each cemetery; a square of its area where the register has a point."""
    shapes = cemeteries.geometry.to_numpy()
    half = np.sqrt(cemeteries["area_mu"].to_numpy(float) * float(SQUARE_METRES_PER_MU)) / 2
    squares = shapely.buffer(shapely.centroid(shapes), half, cap_style="square")
    is_point = shapely.get_type_id(shapes) == shapely.GeometryType.POINT
    grounds: Shapes = np.where(is_point, squares, shapes)
    return grounds


def _features(drawn: DemoGround, parcels: tuple[Shapes, Numbers]) -> Iterator[Feature]:
    barriers = drawn.barriers
    plan = FeaturePlan(
        drawn.counties,
        drawn.ground,
        parcels,
        barriers[barriers["kind"] == "river"],
        barriers[barriers["kind"] == "other"],
        drawn.estates,
        drawn.towns,
    )
    yield from simulate_features(plan, np.random.default_rng(SEED + 3))
    for road in drawn.roads:
        yield Feature(road.kind, road.name, road.shape)
    railways = barriers[barriers["kind"] == "railway"]
    for name, shape in zip(railways["name"], railways.geometry, strict=True):
        yield Feature(_F.RAILWAY, str(name), shape)


def _frame(features: Sequence[Feature], ends: shapely.Geometry, epsg: int) -> gpd.GeoDataFrame:
    """Features that reach into where the layer ends."""
    shapely.prepare(ends)
    there = [item for item in features if shapely.intersects(ends, item.shape)]
    names = [item.name for item in there]
    words = {"kind": [str(item.kind) for item in there], "label": names, "name": names}
    shapes = _in_degrees([item.shape for item in there], epsg)
    return gpd.GeoDataFrame(words, geometry=shapes, crs=CGCS2000_EPSG)


def _land_frame(shapes: Shapes, classes: Numbers, epsg: int) -> gpd.GeoDataFrame:
    words = [_LAND[number] for number in classes.tolist()]
    return gpd.GeoDataFrame(
        {"kind": [str(kind) for kind, _ in words], "label": [label for _, label in words]},
        geometry=_in_degrees(shapes, epsg),
        crs=CGCS2000_EPSG,
    )


def _in_degrees(shapes: Sequence[shapely.Geometry] | Shapes, epsg: int) -> Shapes:
    placed = gpd.GeoSeries(shapes, crs=epsg).to_crs(epsg=CGCS2000_EPSG).to_numpy()
    rounded: Shapes = shapely.transform(placed, lambda xy: np.round(xy, DIGITS))
    return rounded


def _save(city: City, layer: _Layer, frame: gpd.GeoDataFrame, ends: shapely.Geometry) -> None:
    save_site_layer(
        city,
        frame,
        ends,
        title=layer.title,
        covers=layer.covers,
        layer_date=layer.layer_date,
        source=DEMO_SOURCE,
        own_distance_m=layer.own_distance_m,
        simulated=True,
        notes=_NOTES,
    )
