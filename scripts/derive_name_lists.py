"""Derive the word lists of data/gazetteer/lists/ that come from public tables.

Development only. ``standard_characters.csv`` and ``variant_characters.csv`` are made of the Unihan
database as Debian's package unicode-data ships it; ``foreign_places.csv`` of the CLDR names of
territories and cities as the package babel ships them. The other lists are typed.

    python scripts/derive_name_lists.py /usr/share/unicode
"""

import bz2
import csv
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel import Locale

TARGET = Path(__file__).parents[1] / "data" / "gazetteer" / "lists"
LEVEL_ENDS = (3500, 6500, 8105)
"""Last serial number of each level of the 通用规范汉字表 (2013)."""

OURS = {"CN", "HK", "MO", "TW"}
NOT_PLACES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
OUR_CITIES = {"上海", "乌鲁木齐", "澳门", "香港", "台北", "未知城市"}
ORDINARY_TEXT = """
东京 中途岛 也门 亚丁 朱巴 凤凰城 圣诞岛 可可斯 图勒 塔林 威克 巴林
巴西 开曼 昭和 朝鲜 柏林 海地 特克 蒙古 赤塔 道森 金边 马里
黑山 万象 安曼 大坎普 波兰 加沙 班吉 不丹 里加 达卡 洛美 科布多
中科雷姆斯克
"""
ORDINARY = frozenset(ORDINARY_TEXT.split())
"""Names that are also Chinese words or Chinese places: a hit is told, never counted."""

MONGOLIAN = {"布拉格", "萨尔塔"}
"""Syllables of Mongolian place names too: counted in towns only."""

TOWN = "street park residential facility other"


def unihan(folder: Path, file: str, field: str) -> Iterator[tuple[str, str]]:
    """Character and value of one field of a file of the Unihan database."""
    with bz2.open(folder / f"Unihan_{file}.txt.bz2", "rt", encoding="utf-8") as lines:
        for line in lines:
            parts = line.rstrip("\n").split("\t")
            if len(parts) == 3 and parts[1] == field:
                yield chr(int(parts[0][2:], 16)), parts[2]


def standard_characters(folder: Path) -> list[tuple[str, int]]:
    """Every character of the table with its level, in the table's order."""
    serials = {
        char: int(value.split(":")[1]) for char, value in unihan(folder, "OtherMappings", "kTGH")
    }
    ordered = sorted(serials, key=lambda char: serials[char])
    return [
        (char, next(n for n, end in enumerate(LEVEL_ENDS, 1) if serials[char] <= end))
        for char in ordered
    ]


def variant_characters(folder: Path, standard: set[str]) -> list[tuple[str, str]]:
    """Traditional characters outside the table with the standard character of each."""
    found = []
    for char, value in unihan(folder, "Variants", "kSimplifiedVariant"):
        plain = [chr(int(code[2:], 16)) for code in value.split()]
        wanted = next((each for each in plain if each in standard), None)
        if char not in standard and wanted:
            found.append((char, wanted))
    return sorted(found)


def foreign_places() -> list[tuple[str, str, str, str]]:
    """Term, category, CLDR key and manner of matching of each foreign place."""
    locale = Locale.parse("zh_Hans")
    territories = {
        key: name
        for key, name in locale.territories.items()
        if len(key) == 2 and key not in OURS | NOT_PLACES
    }
    cities = {key: zone["city"] for key, zone in locale.time_zones.items() if "city" in zone}
    rows: dict[str, tuple[str, str, str, str]] = {}
    for category, names in (("territory", territories), ("city", cities)):
        for key, name in sorted(names.items()):
            term = re.sub(r"（.*?）|\(.*?\)|领土$", "", name)
            if term not in OUR_CITIES:
                rows.setdefault(term, (term, category, key, matching(term)))
    return list(rows.values())


def matching(term: str) -> str:
    """How a term is looked for: a short one only where a name begins with it."""
    if term in ORDINARY:
        return "note"
    return "anywhere" if len(term) > 2 else "start"


def write(name: str, header: Iterable[str], rows: Iterable[tuple[object, ...]]) -> None:
    """Write one list and print its size."""
    table = list(rows)
    with (TARGET / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(table)
    print(f"{name}: {len(table)} entries")


def main(folder: Path) -> None:
    """Write the three lists."""
    characters = standard_characters(folder)
    write("standard_characters.csv", ("char", "level"), characters)
    variants = variant_characters(folder, {char for char, _ in characters})
    write("variant_characters.csv", ("char", "standard"), variants)
    columns = ("term", "category", "refers_to", "match", "classes", "evidence")
    places = [(*place, TOWN if place[0] in MONGOLIAN else "", "E") for place in foreign_places()]
    write("foreign_places.csv", columns, places)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
