"""A made-up county asked for cemeteries: layers, marks and candidates as for a real one."""

import geopandas as gpd
import map_specimens as city
import numpy as np
import shapely

from civgeo.analysis.candidate_areas import candidate_areas
from civgeo.analysis.site_marks import Exclusions, PlaneKind
from civgeo.analysis.siting import ConstraintLayer, exclusions
from civgeo.geo.crs import city_zone
from civgeo.maps.rows import DivisionRow, rows_of
from civgeo.maps.siting_view import (
    Candidate,
    Exclusion,
    ExclusionGroup,
    SitingTold,
    SitingView,
    styled,
)

CELL_M = 100.0
LONG = "很长的图层名称" * 300
NAMED = (
    ("耕地", ExclusionGroup.LAND, 0),
    ("林地", ExclusionGroup.LAND, 0),
    ("水库 500 米内", ExclusionGroup.WATER, 500),
    ("河流 200 米内", ExclusionGroup.WATER, 200),
    ("公路主干线 1000 米内", ExclusionGroup.ROAD, 1000),
    ("铁路 1000 米内", ExclusionGroup.ROAD, 1000),
    ("居民住宅区 500 米内", ExclusionGroup.PEOPLE, 500),
    ("饮用水水源一级保护区", ExclusionGroup.ZONE, 0),
    (f"{city.HOSTILE[3]} 300 米内", ExclusionGroup.OWN, 300),
)


def county(outlines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return outlines[outlines["name"] == city.NAMES[0]]


def zone_epsg(outlines: gpd.GeoDataFrame) -> int:
    return city_zone(outlines).epsg


def marks(outlines: gpd.GeoDataFrame, cell_m: float = CELL_M) -> Exclusions:
    """What excludes the cells of the county; the railway layer ends in its east."""
    epsg = zone_epsg(outlines)
    region = county(outlines).to_crs(epsg=epsg).geometry.iloc[0]
    west, south, east, north = region.bounds
    rng = np.random.default_rng(11)

    def spots(count: int, radius_m: float) -> list[shapely.Geometry]:
        places = rng.uniform([west, south], [east, north], (count, 2))
        return list(shapely.buffer(shapely.points(places), radius_m * rng.uniform(0.5, 1.5, count)))

    def line(bends: int) -> shapely.LineString:
        x = np.linspace(west, east, bends)
        y = rng.uniform(south, north) + np.cumsum(rng.normal(0, (north - south) / 30, bends))
        return shapely.LineString(np.column_stack([x, y]))

    shapes = [
        spots(500, 1_400),
        spots(120, 1_200),
        spots(7, 700),
        [line(40)],
        [line(12), line(9)],
        [line(6)],
        spots(60, 250),
        spots(3, 1_500),
        spots(5, 400),
    ]
    ends = shapely.box(west - 9_000, south - 9_000, east - (east - west) / 5, north + 9_000)
    layers = [
        ConstraintLayer(
            kind,
            gpd.GeoSeries(found, crs=epsg),
            distance,
            f"rule_{number}",
            extent=ends if kind.startswith("铁路") else None,
        )
        for number, ((kind, _, distance), found) in enumerate(zip(NAMED, shapes, strict=True))
    ]
    return exclusions(region, epsg, layers, cell_m=cell_m)


def view(outlines: gpd.GeoDataFrame, cell_m: float = CELL_M, top: int = 6) -> SitingView:
    found = marks(outlines, cell_m)
    table = found.summary()
    groups = {name: group for name, group, _ in NAMED}
    listed = [
        Exclusion(
            number=number,
            kind=plane.kind,
            group=groups[plane.layer],
            name=plane.layer,
            cited=(
                f"《虚构省殡葬管理办法》第九条　{plane.rule}",
                f"图层：{city.HOSTILE[0]}（2025-06-30）",
            ),
            area_m2=float(table["area_m2"][number]),
            share=float(table["share"][number]),
            alone_m2=float(table["alone_m2"][number]),
        )
        for number, plane in enumerate(found.planes)
    ]
    areas = candidate_areas(found, 200_000.0)
    free = sum(areas["area_m2"])
    inside = float(table["area_m2"][0] / table["share"][0])
    told = SitingTold(
        place=city.NAMES[0],
        headline="在已有图层中没有发现禁止情形的地块共有若干片；缺少：文物保护区、自然保护区",
        on="2026-01-01",
        edition="2026-01",
        lacking=("文物保护区", "自然保护区"),
        missing=("没有文物保护区图层：《殡葬管理条例》第10条没有判断", city.HOSTILE[1]),
        waiting=("《殡葬管理条例》（2026 年修订）：条文待录入",),
        notes=("铁路图层在县域东部缺失",),
        region_m2=inside,
        free_m2=free,
        cell_m=cell_m,
        found=len(areas),
    )
    road = shapely.LineString([(113.0, 33.0), (114.0, 33.1)])
    return SitingView(
        told=told,
        marks=found,
        exclusions=styled(item for item in listed if item.area_m2 > 0),
        candidates=tuple(candidates(areas.head(top).to_crs(epsg=4490))),
        region=county(outlines).geometry.iloc[0],
        rows=tuple(rows_of(outlines, DivisionRow)),
        roads=((city.HOSTILE[6], "国道", road),),
        seen=found.free() & np.uint64(0x0F0F0F0F0F0F0F0F),
    )


def candidates(areas: gpd.GeoDataFrame):
    for number, row in enumerate(areas.itertuples(), 1):
        at = shapely.point_on_surface(row.geometry)
        facts = (("面积", f"{row.area_mu:,.1f} 亩"), ("紧凑度", f"{row.compactness:.2f}"))
        if number % 2:
            facts += (("所在乡镇", city.HOSTILE[number % len(city.HOSTILE)]),)
        text = f"在已有图层中没有发现禁止情形；缺少：文物保护区 {city.HOSTILE[2]}"
        yield Candidate(number, text, facts, row.geometry, at.x, at.y)


def kinds(shown: SitingView) -> set[PlaneKind]:
    return {item.kind for item in shown.exclusions}
