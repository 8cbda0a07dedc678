"""Derive data/gazetteer/standards.csv from the collected table of rules by place.

Development only. The argument is a CSV with the columns topic, place, adcode, regulation,
document_no, article, in_force_from, in_force_to, quantity, operator, value, unit, applies_to,
evidence, note and enabled. Records of our own reading (`OWN`) and the days from which an estate
counts as new are added here.

    python scripts/derive_standards.py rules_by_place.csv
"""

import csv
import sys
from collections import Counter
from decimal import Decimal, InvalidOperation
from pathlib import Path

TARGET = Path(__file__).parents[1] / "data" / "gazetteer" / "standards.csv"
COLUMNS = (
    "id",
    "topic",
    "place",
    "adcode",
    "regulation",
    "document_no",
    "article",
    "valid_from",
    "valid_to",
    "quantity",
    "estate_class",
    "area_basis",
    "operator",
    "value",
    "unit",
    "applies_to",
    "evidence",
    "note",
    "enabled",
    "repeats",
)
COMPARISONS = {">=", ">", "<=", "<", "=", "range"}
ELDER_AREA = {"elder_area_per_100hh", "elder_area_ratio", "elder_single_min_area"}
ESTATE_SIZED = {"elder_area_per_100hh", "elder_area_ratio"}
Row = dict[str, str]

OWN: tuple[Row, ...] = (
    {
        "topic": "community_service_area_per_100hh",
        "place": "驻马店市",
        "adcode": "411700",
        "regulation": "驻马店市“十四五”民政事业发展规划",
        "article": "专栏1第6项",
        "in_force_from": "2022-03-12",
        "quantity": "community service facility area per 100 households",
        "operator": ">=",
        "value": "30",
        "unit": "m2",
        "applies_to": "每百户居民拥有的城乡社区综合服务设施面积(平方米),预期性指标",
        "evidence": "S",
        "note": "社区综合服务设施面积,与养老服务设施每百户面积是两项指标,不得相加; "
        "起始日为网上发布日; 专栏1表格栏位在转载中丢失,30 单独出现,按2025年目标理解,待市局确认",
    },
    {
        "topic": "community_service_area_per_100hh",
        "place": "溧阳市",
        "adcode": "320481",
        "regulation": "溧阳市2019年全市民政工作要点",
        "article": "四",
        "in_force_from": "2019",
        "quantity": "community service facility area per 100 households",
        "operator": ">=",
        "value": "30",
        "unit": "m2",
        "applies_to": "按照每百户居民不低于30平方米的新标准,进一步提升综合服务设施建设水平",
        "evidence": "S",
        "note": "社区综合服务设施面积,不是养老服务设施面积,不得用于养老配建; 文件只写年份",
    },
    {
        "topic": "rural_naming_townships",
        "place": "南阳市",
        "adcode": "411300",
        "regulation": "2025年南阳市民政工作会议",
        "in_force_from": "2025-03-26",
        "quantity": "townships that reached the basic goal / townships",
        "operator": ">=",
        "value": "40",
        "unit": "%",
        "applies_to": "“乡村著名行动”:年底前全市40%乡(镇、街道)达到基本建设目标",
        "evidence": "S",
        "note": "应于2025-12-31前达到; 落实《河南省“乡村著名行动”三年行动计划(2025-2027年)》; "
        "只是南阳市的目标,其他市须由本局录入",
    },
)


def read_rules(path: Path) -> list[Row]:
    """Collected rules, the rows of our own reading last."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rules = [{key: value.strip() for key, value in row.items()} for row in csv.DictReader(file)]
    least = {"document_no": "", "article": "", "in_force_to": "", "enabled": "yes"}
    return rules + [{**least, **rule} for rule in OWN]


def estate_class(topic: str, applies_to: str) -> str:
    """Estates that a floor-area rule is about: new, existing, both, or empty."""
    if topic not in ELDER_AREA:
        return ""
    new = "new" in applies_to
    existing = "existing" in applies_to or "old estate" in applies_to
    if new and existing:
        return "both"
    return "new" if new else "existing" if existing else ""


def area_basis(rule: Row) -> str:
    """Kind of floor area that the text names: gross, net or unspecified; empty for other topics."""
    if rule["topic"] not in ELDER_AREA | {"community_service_area_per_100hh"}:
        return ""
    if "net" in rule["quantity"].split():
        return "net"
    text = rule["note"] + rule["applies_to"]
    return "gross" if "建筑面积" in text.replace("套内建筑面积", "") else "unspecified"


def is_number(text: str) -> bool:
    """Whether `text` is one decimal number."""
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def note(rule: Row) -> str:
    """Note of the record, with the operator and value as written where they are no comparison."""
    parts = [rule["note"]] if rule["note"] else []
    if rule["operator"] not in COMPARISONS | {"?"}:
        parts.append(f"operator as collected: {rule['operator']}")
    if rule["value"] and not is_number(rule["value"]):
        parts.append(f"value as collected: {rule['value']}")
    return "; ".join(parts)


# Sources that were noted in English; officers read them in Chinese.
IN_CHINESE = {
    "(not found)": "（未查到）",
    "(regulation to be named)": "（法规名称待补）",
    "(secondary page 2024)": "（2024 年二手资料）",
    "(exam text)": "（考试资料）",
    "(rule named nowhere)": "（未写明依据）",
    "(form in a 2011 civil-affairs system)": "（2011 年民政系统表式）",
    "(citing 河南省养老服务条例)": "（引用《河南省养老服务条例》）",
    "(市民政局 notice)": "（市民政局通知）",
    "(2019 meeting)": "（2019 年会议）",
    "城市公墓 plan": "城市公墓规划",
    "(became 建标182-2017)": "（后为建标 182-2017）",
    "(jianbiaoku 165210)": "（建标库 165210）",
}


def in_chinese(regulation: str) -> str:
    """Name of the source with the collector's English remarks put into Chinese."""
    for english, chinese in IN_CHINESE.items():
        regulation = regulation.replace(f" {english}", chinese).replace(english, chinese)
    return regulation


def record(rule: Row) -> Row:
    """One row of the table, still without id."""
    kept = ("topic", "place", "adcode", "regulation", "document_no", "article", "quantity")
    return {
        **{key: rule[key] for key in (*kept, "unit", "applies_to", "evidence")},
        "regulation": in_chinese(rule["regulation"]),
        "valid_from": rule["in_force_from"],
        "valid_to": rule["in_force_to"],
        "estate_class": estate_class(rule["topic"], rule["applies_to"]),
        "area_basis": area_basis(rule),
        "operator": rule["operator"] if rule["operator"] in COMPARISONS else "",
        "value": rule["value"] if is_number(rule["value"]) else "",
        "note": note(rule),
        "enabled": "true" if rule["enabled"] == "yes" else "false",
        "repeats": "",
    }


def with_ids(records: list[Row]) -> list[Row]:
    """Records with an id made of topic, place, first day and estate class, numbered when shared."""
    seen: Counter[str] = Counter()
    named = []
    for row in records:
        parts = (row["topic"], row["adcode"] or "unnamed", row["valid_from"] or "undated")
        stem = "-".join(part for part in (*parts, row["estate_class"]) if part)
        seen[stem] += 1
        number = f"-{seen[stem]}" if seen[stem] > 1 else ""
        named.append({"id": stem + number, **row})
    return named


def mark_repeats(records: list[Row]) -> None:
    """Point a record that says of itself that it repeats a figure to the record it repeats."""
    for row in records:
        if not row["note"].startswith("repeats the figure"):
            continue
        same = ("topic", "adcode", "estate_class", "value")
        firsts = [r for r in records if r is not row and all(r[k] == row[k] for k in same)]
        row["repeats"] = firsts[0]["id"]


def class_days(records: list[Row]) -> list[Row]:
    """For each place with a figure for new estates, the day from which estates count as new.

    The earliest day in force of such a figure there. A city gets a record only when its own figure
    is older than its province's; a place whose figures carry no date gets none.
    """
    firsts: dict[str, Row] = {}
    for row in records:
        usable = row["enabled"] == "true" and row["valid_from"] and row["value"]
        if row["topic"] in ESTATE_SIZED and row["estate_class"] == "new" and usable:
            first = firsts.get(row["adcode"])
            if first is None or row["valid_from"] < first["valid_from"]:
                firsts[row["adcode"]] = row
    return [
        class_day(row)
        for adcode, row in firsts.items()
        if (above := firsts.get(f"{adcode[:2]}0000", row)) is row
        or row["valid_from"] < above["valid_from"]
    ]


def class_day(first: Row) -> Row:
    """Record of the day from which estates count as new, made from the first figure for them."""
    reason = (
        "首个写入 30/20 的省条例的施行日; 待市局确认"
        if first["adcode"] == "410000"
        else "当地首个新建小区配建标准的施行日; 推算,待确认"
    )
    kept = ("place", "adcode", "regulation", "document_no", "article", "valid_from")
    return {
        **dict.fromkeys(COLUMNS[1:], ""),
        **{key: first[key] for key in kept},
        "topic": "estate_class_from",
        "quantity": "first day of completion from which an estate counts as new (valid_from)",
        "unit": "date",
        "applies_to": "estates completed on or after valid_from are new, earlier ones existing",
        "evidence": "C",
        "note": reason,
        "enabled": "true",
    }


def main(path: Path) -> None:
    """Write the table and print what it holds."""
    records = with_ids([record(rule) for rule in read_rules(path)])
    mark_repeats(records)
    records += with_ids(class_days(records))
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
    topics = Counter(row["topic"] for row in records)
    print(f"{TARGET.name}: {len(records)} records, {len(topics)} topics")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
