"""Derive data/gazetteer/similar_characters.csv: groups of characters of similar shape.

Development only. The argument is the folder with the Unihan database as Debian's package
unicode-data ships it. Characters of the 通用规范汉字表 whose Cangjie codes (kCangjie) are equal, or
equal but for the first letter, with three letters or more in common, share a component that fills
most of them: 查 DAM and 嵖 UDAM. Pairs that differ by one stroke are typed.

    python scripts/derive_similar_characters.py /usr/share/unicode
"""

import bz2
import csv
import sys
from collections import defaultdict
from pathlib import Path

DATA = Path(__file__).parents[1] / "data" / "gazetteer"
TARGET = DATA / "similar_characters.csv"
COMMON = 3
"""Fewest letters of a code that two characters must have in common."""

TYPED = (
    "己已巳 未末 土士 日曰 人入八 干千于 大太犬丈 戊戌戍 王玉 乌鸟 酒洒 折拆 茶荼 崇祟 孑子 毋母 "
    "刀力刁 天夭 木本术 田由甲申 白自 兔免 今令 贝见 牛午 侯候 汨汩 竞竟 壶壸 岳丘"
)


def cangjie_codes(folder: Path) -> dict[str, str]:
    """Cangjie code of each character."""
    with bz2.open(folder / "Unihan_DictionaryLikeData.txt.bz2", "rt", encoding="utf-8") as lines:
        parts = (line.rstrip("\n").split("\t") for line in lines)
        return {chr(int(p[0][2:], 16)): p[2] for p in parts if len(p) == 3 and p[1] == "kCangjie"}


def groups(codes: dict[str, str], standard: list[str]) -> list[str]:
    """Characters with so much of their codes in common, each group in the order of the table."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for char in standard:
        code = codes.get(char, "")
        for end in {code, code[1:]}:
            if len(end) >= COMMON:
                found[end].append(char)
    return sorted({"".join(chars) for chars in found.values() if len(chars) > 1})


def main() -> None:
    """Write the table."""
    if len(sys.argv) != 2:
        sys.exit("usage: python scripts/derive_similar_characters.py UNIHAN_FOLDER")
    with (DATA / "lists" / "standard_characters.csv").open(encoding="utf-8", newline="") as file:
        standard = [row["char"] for row in csv.DictReader(file)]
    derived = groups(cangjie_codes(Path(sys.argv[1])), standard)
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["characters", "basis"])
        writer.writerows((chars, "cangjie") for chars in derived)
        writer.writerows((chars, "typed") for chars in TYPED.split())
    print(f"{len(derived)} groups derived, {len(TYPED.split())} typed -> {TARGET}")


if __name__ == "__main__":
    main()
