"""Write the sections of docs/collections.md from the table of properties.

Usage: python scripts/collections_guide.py
"""

from pathlib import Path

from civgeo.services.feature_schema import COLLECTIONS, CollectionSchema, PropertySchema

GUIDE = Path(__file__).parents[1] / "docs" / "collections.md"
HEAD = "| 属性 | 含义 | 类型 | 单位 | 必有 | 表头 | 取值 |\n|---|---|---|---|---|---|---|"


def row(item: PropertySchema) -> str:
    """Line of the table for one property."""
    values = "<br>".join(f"`{value}` {label}" for value, label in item.choices)
    headers = "、".join((item.title, *item.headers))
    needed = "是" if item.required else ""
    cells = (f"`{item.name}`", item.title, item.type.value, item.unit, needed, headers, values)
    return "| " + " | ".join(cells) + " |"


def section(schema: CollectionSchema) -> str:
    """Heading, description and table of a collection."""
    rows = "\n".join(row(item) for item in schema.properties)
    opened = "" if schema.is_open else "只对工作人员开放。"
    return (
        f"\n## {schema.id} {schema.title}\n\n{schema.description}{opened}\n\n"
        f"图形：{schema.geometry}。\n\n{HEAD}\n{rows}\n"
    )


def main() -> None:
    """Replace each table, and append the sections that are missing."""
    text = GUIDE.read_text(encoding="utf-8")
    for schema in COLLECTIONS.values():
        before, heading, rest = text.partition(f"\n## {schema.id} ")
        if not heading:
            text += section(schema)
            continue
        old, following, after = rest.partition("\n## ")
        prose, _, table = old.partition(HEAD)
        notes = table.partition("\n\n")[2]
        rows = "\n".join(row(item) for item in schema.properties)
        new = f"{prose}{HEAD}\n{rows}\n" + (f"\n{notes}" if notes else "")
        text = before + heading + new + following + after
    GUIDE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
