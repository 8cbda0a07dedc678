"""Write docs/indicators.md from the packaged catalogue of indicators.

Usage: python scripts/indicators_guide.py
"""

from pathlib import Path

from civgeo.domain.indicator_catalogue import Chapter, IndicatorDefinition
from civgeo.formats.indicators import indicator_catalogue
from civgeo.services.indicator_products import goal_zh

GUIDE = Path(__file__).parents[1] / "docs" / "indicators.md"
INTRODUCTION = """# 规划指标目录

五个城市规划中的指标，每个数字一行，编号用于 `civgeo indicators`、`/indicators/{id}` 与指标上报数。
目标、年份、原文与出处在 `data/gazetteer/indicators.csv`；本局可用 `own/rules/indicators.csv` 增补。
本页由 `python scripts/indicators_guide.py` 写成，`tests/formats/test_indicators_guide.py` 核对。

“算法”一列：覆盖有三种含义（有无、面积、可达），从不相加；“上报数”表示登记库算不出，只能填报。
目标后有“？”的，原文有损或有疑，未核实前不作为事实。
"""
HEAD = "| 编号 | 行 | 指标 | 目标 | 年份 | 算法 | 出处 |\n|---|---|---|---|---|---|---|"


def row(item: IndicatorDefinition) -> str:
    """Line of the table for one indicator."""
    goal = goal_zh(item) + ("？" if item.to_be_confirmed else "")
    how = item.counting.label_zh if item.counting.value != "reported" else "上报数"
    cells = (f"`{item.id}`", str(item.row), item.name, goal, str(item.year or "—"), how)
    return "| " + " | ".join((*cells, item.citation)) + " |"


def guide() -> str:
    """The whole page: a section for every city, with its chapters."""
    catalogue = indicator_catalogue()
    parts = [INTRODUCTION]
    for code, place in catalogue.cities.items():
        parts.append(f"## {place}（{code}）\n")
        found = catalogue.of_city(code)
        for chapter in Chapter:
            rows = [row(item) for item in found if item.chapter is chapter]
            if rows:
                parts.append(f"### {chapter.label_zh}\n\n{HEAD}\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    GUIDE.write_text(guide(), encoding="utf-8")
