"""Place names made up by a seeded generator from real stems and generics, as many as wanted."""

import random
from collections.abc import Iterator
from functools import cache

from civgeo.domain.name_forms import OtherNameKind
from civgeo.domain.place_kind import PlaceKind
from civgeo.formats.division_list import DivisionEntry, ministry_list
from civgeo.language.dictionary import readings_of_character
from civgeo.store.name_index_rows import NameRow, OtherName

__all__ = ["generated_names"]

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾"
    "丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤"
)
BEFORE = ("",) * 6 + tuple("大小前后东西南北上下老新")
VILLAGES = (
    *("庄", "庄", "庄", *"楼营寨店湾岗岭坡沟桥庙集塘堂圩堰冲"),
    *("家庄", "家沟", "家湾", "家岗", "家寨", "家楼", "桥头", "老家", "河沿"),
)
STREETS = ("路", "路", "路", "街", "大道", "巷", "北路", "南路", "东街", "西街", "一路", "支路")
NATURE = {
    "山": PlaceKind.MOUNTAIN,
    "河": PlaceKind.RIVER,
    "湖": PlaceKind.LAKE,
    "岭": PlaceKind.PEAK,
}
ESTATES = ("家园", "花园", "小区", "新村", "佳苑", "名邸", "广场", "大厦")
WORKS = {
    "水库": PlaceKind.RESERVOIR,
    "大桥": PlaceKind.BRIDGE,
    "渠": PlaceKind.CANAL,
    "公园": PlaceKind.PARK,
}
TOWN_GENERICS = ("街道办事处", "民族乡", "街道", "地区", "镇", "乡", "苏木", "农场", "林场")
WEST, SOUTH, EAST, NORTH = 110.3, 31.4, 116.7, 36.4


def generated_names(count: int, seed: int = 411700) -> Iterator[NameRow]:
    """So many names; the same seed gives the same ones.

    Townships have the names of real ones (list of the Ministry, package data-cn), villages those of
    surnames and township stems with generics, so that some names occur thousands of times.
    """
    chance = random.Random(seed)  # noqa: S311 a benchmark
    towns = [town for town in ministry_list() if len(town.code) == 9]
    stems = [stem for town in towns if len(stem := _stem(town.name)) in (2, 3)]
    for number in range(1, count + 1):
        yield _row(chance, number, chance.choice(towns), chance.choice(stems))


def _row(chance: random.Random, number: int, town: DivisionEntry, stem: str) -> NameRow:
    specific, generic, kind = _name(chance, town, stem)
    name = specific + generic
    others: tuple[OtherName, ...] = ()
    if chance.random() < 0.1:
        former = f"{chance.choice(SURNAMES)}{chance.choice(VILLAGES)}"
        other = chance.choice((OtherNameKind.FORMER, OtherNameKind.ALIAS))
        others = (OtherName(former, other, _syllables(former)),)
    return NameRow(
        id=f"{chance.getrandbits(64):016x}-{number:07}",
        number=number,
        name=name,
        specific=specific,
        kind=kind,
        division=town.code,
        syllables=_syllables(name),
        other_names=others,
        valid_to="2020-01-01" if chance.random() < 0.02 else None,
        lon=chance.uniform(WEST, EAST),
        lat=chance.uniform(SOUTH, NORTH),
        public=chance.random() > 0.01,
    )


def _name(chance: random.Random, town: DivisionEntry, stem: str) -> tuple[str, str, PlaceKind]:
    """Specific part, generic part and kind."""
    share = chance.random()
    if share < 0.04:
        specific = _stem(town.name)
        return specific, town.name[len(specific) :], PlaceKind.TOWNSHIP
    if share < 0.80:
        village = stem
        if chance.random() < 0.7:
            village = chance.choice(BEFORE) + chance.choice(SURNAMES) + chance.choice(VILLAGES)
        if share < 0.45:
            return village, chance.choice(("村", "村", "村", "社区")), PlaceKind.COMMITTEE_SEAT
        return village, "", PlaceKind.SETTLEMENT
    if share < 0.90:
        return stem, chance.choice(STREETS), PlaceKind.STREET
    table = NATURE if share < 0.94 else WORKS
    if share < 0.97:
        generic = chance.choice(list(table))
        return stem, generic, table[generic]
    return stem, chance.choice(ESTATES), PlaceKind.RESIDENTIAL_AREA


def _stem(town: str) -> str:
    generic = next((end for end in TOWN_GENERICS if town.endswith(end)), "")
    return town.removesuffix(generic)


def _syllables(name: str) -> tuple[str, ...]:
    return tuple(_reading(char) for char in name)


@cache
def _reading(char: str) -> str:
    return next(iter(readings_of_character(char)), "")
