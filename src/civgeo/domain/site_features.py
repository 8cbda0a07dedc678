"""What a cemetery lies on or near: land classes, protected zones, waters, roads and railways."""

from collections.abc import Mapping
from types import MappingProxyType

from civgeo.domain.labelled import Labelled

__all__ = ["DISTANCE_FEATURES", "LAND_COVERS", "SiteFeature"]


def _(text: str) -> str:
    """`text` itself; the mark by which the catalogue of English words finds it."""
    return text


class SiteFeature(Labelled):
    """Land class of a site, or something that it lies in or near."""

    ARABLE = "arable", _("耕地")
    PERMANENT_FARMLAND = "permanent_farmland", _("永久基本农田")
    FOREST = "forest", _("林地")
    ORCHARD = "orchard", _("园地")
    GRASSLAND = "grassland", _("草地")
    FUNERAL = "funeral", _("殡葬用地")
    CONSTRUCTION = "construction", _("其他建设用地")
    UNUSED = "unused", _("未利用地")
    PARK = "park", _("城市公园")
    SCENIC = "scenic", _("风景名胜区")
    HERITAGE = "heritage", _("文物保护区")
    RESERVE = "reserve", _("自然保护区")
    FOREST_PARK = "forest_park", _("森林公园、湿地公园")
    GREEN_SPACE = "green_space", _("城市绿地")
    RESIDENTIAL = "residential", _("居民住宅区")
    PLANNED_BUILTUP = "planned_builtup", _("规划建成区")
    HILL = "hill", _("山体")
    KEY_HILL = "key_hill", _("重点保护名录山体")
    WATER_SOURCE = "water_source", _("水源保护区")
    WATER_SOURCE_1 = "water_source_1", _("饮用水水源一级保护区")
    WATER_SOURCE_2 = "water_source_2", _("饮用水水源二级保护区")
    RESERVOIR = "reservoir", _("水库")
    RIVER = "river", _("河流")
    CANAL = "canal", _("水渠")
    DYKE = "dyke", _("堤防和护堤地")
    YELLOW_RIVER_DYKE_RIVER_SIDE = "yellow_river_dyke_river_side", _("黄河堤防（临河侧）")
    YELLOW_RIVER_DYKE_LAND_SIDE = "yellow_river_dyke_land_side", _("黄河堤防（背河侧）")
    QIN_RIVER_DYKE_RIVER_SIDE = "qin_river_dyke_river_side", _("沁河堤防（临河侧）")
    QIN_RIVER_DYKE_LAND_SIDE = "qin_river_dyke_land_side", _("沁河堤防（背河侧）")
    WATERWORKS = "waterworks", _("水利工程管理范围")
    WATERWORKS_PROTECTION = "waterworks_protection", _("水工程保护范围")
    PUMP_STATION = "pump_station", _("泵站")
    TRUNK_ROAD = "trunk_road", _("公路主干线")
    MOTORWAY = "motorway", _("高速公路")
    NATIONAL_ROAD = "national_road", _("国道")
    PROVINCIAL_ROAD = "provincial_road", _("省道")
    COUNTY_ROAD = "county_road", _("县道")
    TOWNSHIP_ROAD = "township_road", _("乡道")
    RAILWAY = "railway", _("铁路")
    HIGHSPEED_RAILWAY = "highspeed_railway", _("高速铁路")
    NAMED_AREA = "named_area", _("法规指名的区域")

    @property
    def is_land_cover(self) -> bool:
        """Whether it is what a piece of land is used as: of these, land has one."""
        return self in LAND_COVERS

    def lies_in(self, other: "SiteFeature") -> bool:
        """Whether it is `other`, or one kind of it: a motorway is a trunk road."""
        return self is other or _BROADER.get(self) is other


LAND_COVERS = frozenset(
    {
        *(SiteFeature.ARABLE, SiteFeature.PERMANENT_FARMLAND, SiteFeature.FOREST),
        *(SiteFeature.ORCHARD, SiteFeature.GRASSLAND, SiteFeature.FUNERAL),
        *(SiteFeature.CONSTRUCTION, SiteFeature.UNUSED),
    }
)
"""What a piece of land is used as."""

DISTANCE_FEATURES = tuple(
    feature
    for feature in SiteFeature
    if not feature.is_land_cover and feature is not SiteFeature.NAMED_AREA
)
"""Features that a distance is measured to."""

_BROADER: Mapping[SiteFeature, SiteFeature] = MappingProxyType(
    {
        SiteFeature.PERMANENT_FARMLAND: SiteFeature.ARABLE,
        SiteFeature.KEY_HILL: SiteFeature.HILL,
        SiteFeature.WATER_SOURCE_1: SiteFeature.WATER_SOURCE,
        SiteFeature.WATER_SOURCE_2: SiteFeature.WATER_SOURCE,
        SiteFeature.YELLOW_RIVER_DYKE_RIVER_SIDE: SiteFeature.DYKE,
        SiteFeature.YELLOW_RIVER_DYKE_LAND_SIDE: SiteFeature.DYKE,
        SiteFeature.QIN_RIVER_DYKE_RIVER_SIDE: SiteFeature.DYKE,
        SiteFeature.QIN_RIVER_DYKE_LAND_SIDE: SiteFeature.DYKE,
        SiteFeature.MOTORWAY: SiteFeature.TRUNK_ROAD,
        SiteFeature.NATIONAL_ROAD: SiteFeature.TRUNK_ROAD,
        SiteFeature.HIGHSPEED_RAILWAY: SiteFeature.RAILWAY,
    }
)
