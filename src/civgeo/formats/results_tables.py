"""Inside the jail: results that come as columns, in a workbook or in layers, to the one format.

Columns are those of `domain.field_form`: machine words in a GeoPackage, the forms' titles in a
workbook. Cells stay as they are; what they mean is read later.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from civgeo.domain.field_form import (
    ACTIONS,
    MARKER_ANSWERS,
    PHOTO_SLOTS,
    QUESTIONS,
    SEGMENT_ANSWERS,
    WITNESSES,
)

__all__ = ["HEAD_TITLES", "MARKER_TITLES", "SEGMENT_TITLES", "marker_item", "segment_item"]
__all__ += ["head_pairs", "photo_entries"]

Row = Mapping[str, object]

MARKER_TITLES = {
    "登记编号": "id",
    "界桩编号": "number",
    **{field.title: field.name for field in MARKER_ANSWERS},
}
SEGMENT_TITLES = {
    "登记编号": "id",
    "界线段": "name",
    **{field.title: field.name for field in SEGMENT_ANSWERS},
}
"""Column by header of the sheets 界桩 and 界线段."""

HEAD_TITLES = {
    "数据包编号": "package",
    "界线代码": "line",
    "轮次": "round",
    "联检轮次": "round",
    "记录方区划代码": "side",
    "记录方": "side",
    "填报方": "side",
    "检查人": "inspector",
    "记录人": "inspector",
    "坐标系": "datum",
    "实测坐标系": "datum",
    "保存时间": "saved_at",
}
"""What stands before a cell that says what a workbook is."""

_HEAD = frozenset(HEAD_TITLES.values())
_YES = frozenset({"yes", "true", "是", "1", "√", "✓", "☑", "有"})
_NO = frozenset({"no", "false", "否", "0", "×", "✗", "☐", "无"})


def marker_item(row: Row, place: str) -> dict[str, Any]:
    """One marker of the format out of the columns of one row."""
    item: dict[str, Any] = {
        "place": place,
        "marker": row.get("id"),
        **{key: row.get(key) for key in ("number", "inspected_on", "state", "remark")},
        **{key: row.get(key) for key in ("longitude", "latitude", "height_m")},
        "actions": [text for value, _ in ACTIONS for text in _action(row, value)],
        "witnesses": [_witness(row, number) for number in range(1, WITNESSES + 1)],
        "photos": list(_photo_columns(row)),
    }
    if row.get("shape") is not None:
        item["shape"] = row["shape"]
    return item


def _action(row: Row, value: str) -> Iterator[str]:
    """The action when its column says yes; what is neither yes nor no, as it stands."""
    given = str(row.get(f"action_{value}") or "").strip()
    if given.lower() in _YES:
        yield value
    elif given and given.lower() not in _NO:
        yield given


def _witness(row: Row, number: int) -> dict[str, object]:
    return {
        "name": None,
        "found": row.get(f"witness{number}_found"),
        "grid_azimuth": _as_text(row.get(f"witness{number}_grid_azimuth")),
        "distance_m": _as_text(row.get(f"witness{number}_distance_m")),
    }


def _as_text(value: object) -> str | None:
    return None if value is None else str(value)


def _photo_columns(row: Row) -> Iterator[dict[str, object]]:
    for slot, _ in PHOTO_SLOTS:
        for name in str(row.get(f"photo_{slot}") or "").replace("；", ";").split(";"):
            if name.strip():
                yield {"slot": slot, "name": name.strip()}


def segment_item(row: Row, place: str) -> dict[str, Any]:
    """One segment of the format out of the columns of one row."""
    answers = {key: row.get(key) for key, _ in QUESTIONS}
    return {
        "place": place,
        "segment": row.get("id"),
        **{key: row.get(key) for key in ("name", "inspected_on", "remark")},
        "answers": {**answers, "note": row.get("note")},
    }


def photo_entries(rows: Iterable[Row]) -> dict[str, list[dict[str, object]]]:
    """Photos by register id of their marker, out of a table of photos."""
    found: dict[str, list[dict[str, object]]] = {}
    for row in rows:
        if row.get("marker") is not None and row.get("name") is not None:
            entry = {"slot": row.get("slot"), "name": row["name"]}
            found.setdefault(str(row["marker"]), []).append(entry)
    return found


def head_pairs(cells: Sequence[str | None]) -> Iterator[tuple[str, str]]:
    """What a row of a form says of the file: each known title with the next cell that is filled."""
    for place, cell in enumerate(cells):
        title = (cell or "").strip().rstrip("：:").strip()
        name = HEAD_TITLES.get(title, title if title in _HEAD else None)
        value = next((text for text in cells[place + 1 :] if text), None)
        told = (value or "").strip().rstrip("：:")
        if name is not None and value is not None and told not in HEAD_TITLES:
            yield name, value.strip()
