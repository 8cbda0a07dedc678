"""Kinds of place that the regulation on place names tells apart, and the classes they fall in.

地名管理条例 (国务院令第 753 号, in force 2022-05-01), article 3: eight classes.
"""

from civgeo.domain.labelled import Labelled

__all__ = ["PlaceClass", "PlaceKind"]


class PlaceClass(Labelled):
    """The eight classes of article 3, in its order."""

    NATURAL = "natural", "自然地理实体"
    DIVISION = "division", "行政区划"
    COMMITTEE_SEAT = "committee_seat", "村民委员会、居民委员会所在地"
    PARK = "park", "城市公园、自然保护地"
    STREET = "street", "街路巷"
    RESIDENTIAL = "residential", "住宅区、楼宇"
    FACILITY = "facility", "交通运输、水利、电力、通信、气象等设施"
    OTHER = "other", "其他地理实体"


class PlaceKind(Labelled):
    """Kind of place, with its Chinese label and its class.

    Natural villages and towns (自然村镇) have no class of their own in the national regulation;
    Henan's rules put them with the seats of village committees (河南省地名管理办法 article 3).
    """

    place_class: PlaceClass

    def __new__(
        cls, value: str, label_zh: str = "", place_class: PlaceClass = PlaceClass.OTHER
    ) -> "PlaceKind":
        """Member with its label and class."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label_zh = label_zh
        member.place_class = place_class
        return member

    MOUNTAIN = "mountain", "山、山脉", PlaceClass.NATURAL
    PEAK = "peak", "山峰", PlaceClass.NATURAL
    HEIGHT = "height", "高地、岗丘", PlaceClass.NATURAL
    ISLAND = "island", "岛、礁", PlaceClass.NATURAL
    ARCHIPELAGO = "archipelago", "群岛、列岛", PlaceClass.NATURAL
    RIVER = "river", "河流", PlaceClass.NATURAL
    LAKE = "lake", "湖泊", PlaceClass.NATURAL
    STRAIT = "strait", "海峡、水道", PlaceClass.NATURAL
    BAY = "bay", "海湾", PlaceClass.NATURAL
    GORGE = "gorge", "峡谷", PlaceClass.NATURAL
    NATURAL_OTHER = "natural_other", "其他自然地理实体", PlaceClass.NATURAL
    PROVINCE = "province", "省级行政区", PlaceClass.DIVISION
    PREFECTURE = "prefecture", "地级行政区", PlaceClass.DIVISION
    COUNTY = "county", "县级行政区", PlaceClass.DIVISION
    TOWNSHIP = "township", "乡级行政区", PlaceClass.DIVISION
    COMMITTEE_SEAT = "committee_seat", "村（居）委会所在地", PlaceClass.COMMITTEE_SEAT
    SETTLEMENT = "settlement", "自然村镇", PlaceClass.COMMITTEE_SEAT
    PARK = "park", "公园、自然保护地", PlaceClass.PARK
    STREET = "street", "街路巷", PlaceClass.STREET
    RESIDENTIAL_AREA = "residential_area", "住宅区", PlaceClass.RESIDENTIAL
    BUILDING = "building", "楼宇", PlaceClass.RESIDENTIAL
    HIGHWAY = "highway", "公路", PlaceClass.FACILITY
    RAILWAY = "railway", "铁路、车站", PlaceClass.FACILITY
    RESERVOIR = "reservoir", "水库", PlaceClass.FACILITY
    CANAL = "canal", "渠、运河", PlaceClass.FACILITY
    BRIDGE = "bridge", "桥、隧道", PlaceClass.FACILITY
    SQUARE = "square", "广场", PlaceClass.FACILITY
    FACILITY_OTHER = "facility_other", "其他设施", PlaceClass.FACILITY
    OTHER = "other", "其他", PlaceClass.OTHER
