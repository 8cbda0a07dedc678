"""Colour of each class of place name, and the character of each kind."""

from types import MappingProxyType

from civgeo.domain.place_kind import PlaceClass, PlaceKind
from civgeo.maps.layers import PointStyle
from civgeo.maps.theme import Shape

__all__ = ["KIND_BY_VALUE", "class_style", "kind_style", "kinds_of"]

_CLASSES = MappingProxyType(
    {
        PlaceClass.NATURAL: ("#2f7a4d", "自"),
        PlaceClass.DIVISION: ("#3f4a54", "政"),
        PlaceClass.COMMITTEE_SEAT: ("#8a6d00", "村"),
        PlaceClass.PARK: ("#a8456e", "园"),
        PlaceClass.STREET: ("#b8501c", "街"),
        PlaceClass.RESIDENTIAL: ("#7a4a91", "住"),
        PlaceClass.FACILITY: ("#1f6f9f", "设"),
        PlaceClass.OTHER: ("#6b7680", "他"),
    }
)
_GLYPHS = MappingProxyType(
    {
        PlaceKind.MOUNTAIN: "山",
        PlaceKind.PEAK: "峰",
        PlaceKind.HEIGHT: "岗",
        PlaceKind.ISLAND: "岛",
        PlaceKind.ARCHIPELAGO: "群",
        PlaceKind.RIVER: "河",
        PlaceKind.LAKE: "湖",
        PlaceKind.STRAIT: "峡",
        PlaceKind.BAY: "湾",
        PlaceKind.GORGE: "谷",
        PlaceKind.NATURAL_OTHER: "自",
        PlaceKind.PROVINCE: "省",
        PlaceKind.PREFECTURE: "市",
        PlaceKind.COUNTY: "县",
        PlaceKind.TOWNSHIP: "乡",
        PlaceKind.COMMITTEE_SEAT: "委",
        PlaceKind.SETTLEMENT: "村",
        PlaceKind.PARK: "园",
        PlaceKind.STREET: "街",
        PlaceKind.RESIDENTIAL_AREA: "住",
        PlaceKind.BUILDING: "楼",
        PlaceKind.HIGHWAY: "公",
        PlaceKind.RAILWAY: "铁",
        PlaceKind.RESERVOIR: "库",
        PlaceKind.CANAL: "渠",
        PlaceKind.BRIDGE: "桥",
        PlaceKind.SQUARE: "场",
        PlaceKind.FACILITY_OTHER: "设",
        PlaceKind.OTHER: "他",
    }
)
KIND_BY_VALUE = MappingProxyType({kind.value: kind for kind in PlaceKind})


def class_style(place_class: PlaceClass) -> PointStyle:
    """Disc in the colour of the class with its character."""
    colour, glyph = _CLASSES[place_class]
    return PointStyle(Shape.DISC, colour, glyph)


def kind_style(kind: PlaceKind) -> PointStyle:
    """Disc in the colour of the kind's class with the kind's own character."""
    return PointStyle(Shape.DISC, _CLASSES[kind.place_class][0], _GLYPHS[kind])


def kinds_of(place_class: PlaceClass) -> list[PlaceKind]:
    """Kinds of one class, in their order."""
    return [kind for kind in PlaceKind if kind.place_class is place_class]
