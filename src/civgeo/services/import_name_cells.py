"""Cells of the place-name office's tables as typed columns; what has no field is kept as it is."""

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from civgeo.domain.national_class import NationalClass
from civgeo.domain.place_code import PlaceCode
from civgeo.domain.place_kind import PlaceKind
from civgeo.errors import InvalidInput
from civgeo.formats import headers
from civgeo.formats.findings import Finding, Severity
from civgeo.formats.headers import ColumnMapping
from civgeo.formats.place_classes import place_classes
from civgeo.services.import_kinds import ImportKind
from civgeo.services.name_fields import (
    OTHER_NAMES,
    json_text,
    merged_names,
    names_in,
    one_line,
    read_cell,
    structure,
    written,
)
from civgeo.services.property_schema import PropertyType
from civgeo.store.tables import Collection

__all__ = ["object_column", "parsed_cells"]

_QUOTED = re.compile(r"^'(?=[=+\-@\t\r])")
_STRUCTURES = ("spans", "other_names", "documents", "attributes")
_NOT_KEPT = frozenset({"id", "division", "spans", "other_names", "documents", "attributes"})
"""Columns whose own words are kept elsewhere, or are none."""

_WITH_KINDS = (Collection.PLACE_NAMES, Collection.RESERVED_NAMES)
_WORDS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("name_signs", "sign_kind"): {
        **dict.fromkeys(("街牌", "路牌", "街路牌", "道路标志", "巷牌"), "街路巷标志"),
        **dict.fromkeys(("楼牌", "楼号牌", "楼幢牌"), "楼栋标志"),
        **dict.fromkeys(("区域标志", "政区标志", "界牌"), "区域地名标志"),
        **dict.fromkeys(("门楼牌", "门户牌"), "门牌"),
        **dict.fromkeys(("村标", "村碑", "村庄标志"), "村牌"),
    },
    ("name_signs", "state"): {
        **dict.fromkeys(("正常", "良好"), "完好"),
        **dict.fromkeys(("破损", "毁坏", "倾斜"), "损坏"),
        **dict.fromkeys(("丢失", "被盗"), "缺失"),
        **dict.fromkeys(("遮挡", "覆盖"), "被遮挡"),
        **dict.fromkeys(("脏污", "污渍", "褪色"), "污损"),
        **dict.fromkeys(("错误", "不规范", "拼写错误"), "书写不规范"),
    },
    ("rural_naming", "goal_reached"): {
        **dict.fromkeys(("达标", "已达标", "达到", "已达到", "已完成"), "是"),
        **dict.fromkeys(("未达标", "不达标", "未达到", "未完成"), "否"),
    },
}


def parsed_cells(
    raw: pd.DataFrame, mapping: ColumnMapping, kind: ImportKind
) -> tuple[pd.DataFrame, list[Finding]]:
    """Typed columns, as `headers.parse` gives them, of any kind of table.

    Of place names: kinds are also told by class titles and codes, columns of other names become
    one, and ``attributes`` keeps what has no field of its own and what was written in other words.

    Parameters
    ----------
    raw
        As `checked.CheckedFile.frame` gives it.
    mapping
        Which column is which property.
    kind
        What is imported.
    """
    if not kind.is_name_register:
        return headers.parse(raw, mapping, kind.readable)
    raw = _unquoted(raw)
    typed, findings = headers.parse(_in_our_words(raw, mapping, kind), mapping, kind.readable)
    typed = _with_open_columns(_on_one_line(typed, kind), kind)
    if kind.collection is not Collection.PLACE_NAMES:
        return typed, findings
    cells = {
        name: [_text(value) for value in raw[header].tolist()]
        for header, name in mapping.columns.items()
    }
    for name in {"reading"} & set(cells):
        readings = [None if text is None else read_cell(name, text) for text in cells[name]]
        typed[name] = object_column(readings, typed.index)
    typed, more = _with_structures(typed, mapping)
    typed["other_names"] = object_column(_other_names(typed, cells), typed.index)
    typed["attributes"] = object_column(_attributes(typed, raw, cells, mapping), typed.index)
    kinds, notes = _kinds(typed, mapping)
    typed = kinds.drop(columns=[name for name in OTHER_NAMES if name in kinds])
    return typed, [*findings, *more, *notes]


def _unquoted(raw: pd.DataFrame) -> pd.DataFrame:
    """Cells without the apostrophe that keeps a text from being a formula in a CSV file."""
    made = raw.copy()
    for header in made.columns.difference(["geometry"]):
        column = made[header].astype(object)
        if column.map(lambda cell: isinstance(cell, str) and cell.startswith("'")).any():
            made[header] = _each(column, lambda text: _QUOTED.sub("", text))
    return made


def _on_one_line(typed: pd.DataFrame, kind: ImportKind) -> pd.DataFrame:
    """Texts without line breaks, which no property of a record has."""
    texts = [item.name for item in kind.readable if item.type is PropertyType.STRING]
    made = typed.copy()
    for name in set(texts) & set(made.columns):
        made[name] = _each(made[name], one_line)
    return made


def _with_open_columns(typed: pd.DataFrame, kind: ImportKind) -> pd.DataFrame:
    """The rows with columns that later steps fill from others: division, position."""
    made = typed.copy()
    nothing = object_column([None] * len(typed), typed.index)
    if "division" not in made:
        if kind.collection is Collection.RURAL_NAMING and "name" in made:
            made["division"] = made["name"]
        elif "division" not in kind.identity or {"county", "place_code"} & set(made.columns):
            made["division"] = nothing
    if kind.collection is Collection.NAME_SIGNS and "position" not in made:
        made["position"] = nothing
    return made


def _in_our_words(raw: pd.DataFrame, mapping: ColumnMapping, kind: ImportKind) -> pd.DataFrame:
    """The file's cells, those of closed lists in the words of the list."""
    made = raw.copy()
    for header, name in mapping.columns.items():
        change = _change(kind, name)
        if change is not None:
            made[header] = _each(raw[header], change)
    return made


def _change(kind: ImportKind, name: str) -> Callable[[str], str] | None:
    """What a column's cells are put into our words by; None where they stay."""
    words = _WORDS.get((kind.collection.value, name))
    if words is not None:
        return lambda text: words.get(text.strip(), text)
    if kind.collection in _WITH_KINDS and name in ("kind", "secrecy"):
        return lambda text: str(read_cell(name, text) or text)
    return None


def _each(column: pd.Series, change: Callable[[str], str]) -> pd.Series:
    """A column with each distinct text changed once."""
    places, distinct = pd.factorize(column.astype(object))
    texts = [change(_text(value) or "") for value in distinct]
    made = [None if place < 0 else texts[place] for place in places.tolist()]
    return object_column(made, column.index)


def object_column(values: Sequence[object], index: pd.Index) -> pd.Series:
    """Values as they are, on an index; lists and nulls stay what they are."""
    cells = np.empty(len(values), dtype=object)
    cells[:] = values
    return pd.Series(cells, index=index)


def _text(value: object) -> str | None:
    """A cell as text; whole numbers without a point, days without a time."""
    if value is None or value is pd.NA or value != value:
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value)
    return text if text.strip() else None


def _with_structures(
    typed: pd.DataFrame, mapping: ColumnMapping
) -> tuple[pd.DataFrame, list[Finding]]:
    """JSON columns of our own exports as the store keeps them; plain texts where they may be so."""
    made, findings = typed.copy(), []
    header_of = {name: header for header, name in mapping.columns.items()}
    for name in _STRUCTURES:
        if name not in typed:
            continue
        values: list[str | None] = []
        for row, text in zip(typed.index, typed[name].tolist(), strict=True):
            value, problem = _structured(name, None if not isinstance(text, str) else text)
            values.append(json_text(value))
            if problem:
                findings.append(Finding(int(row), header_of[name], str(text)[:100], problem))
        made[name] = object_column(values, typed.index)
    return made, findings


def _structured(name: str, text: str | None) -> tuple[object, str]:
    """Value of a JSON cell, and what is wrong with it."""
    if text is None:
        return None, ""
    found = structure(text)
    if name == "spans" and not isinstance(found, list):
        return list(names_in(text)), ""
    if name == "documents" and found is None:
        return [{"title": text}], ""
    if _is_sound(name, found):
        return found, ""
    return None, "应为本系统导出的 JSON 文字；别名、曾用名、简称请各用一列"


def _is_sound(name: str, found: object) -> bool:
    """Whether a JSON column holds what the register keeps there."""
    if name == "attributes":
        return isinstance(found, dict)
    if not isinstance(found, list):
        return False
    if name == "spans":
        return all(isinstance(code, str) for code in found)
    needed = ("name", "kind") if name == "other_names" else ("title",)
    return all(
        isinstance(entry, dict) and all(isinstance(entry.get(key), str) for key in needed)
        for entry in found
    )


def _other_names(typed: pd.DataFrame, cells: Mapping[str, Sequence[str | None]]) -> list[object]:
    """Entries of other names out of their columns, beside those of a JSON column."""
    given = typed["other_names"].tolist() if "other_names" in typed else [None] * len(typed)
    found: list[object] = []
    for place, text in enumerate(given):
        entries = [
            {"name": name, "kind": kind.value}
            for column, kind in OTHER_NAMES.items()
            if column in cells
            for name in names_in(cells[column][place] or "")
        ]
        found.append(json_text(merged_names(structure(text), entries)))
    return found


def _attributes(
    typed: pd.DataFrame,
    raw: pd.DataFrame,
    cells: Mapping[str, Sequence[str | None]],
    mapping: ColumnMapping,
) -> list[object]:
    """What has no field of its own, and cells in other words than ours, by their headers."""
    given = typed["attributes"].tolist() if "attributes" in typed else [None] * len(typed)
    kept = [dict(own) if isinstance(own := structure(text), dict) else {} for text in given]
    for header in mapping.unmatched:
        for place, value in enumerate(raw[header].tolist()):
            text = _text(value)
            if text is not None:
                kept[place][header] = text
    for header, name in _with_coordinates(mapping).items():
        if name in _NOT_KEPT:
            continue
        column = cells.get(name) or [_text(value) for value in raw[header].tolist()]
        said_else = {text: _is_said_else(name, text) for text in set(column) if text is not None}
        for place, text in enumerate(column):
            if text is not None and said_else[text]:
                kept[place][header] = text
    return [json_text(attributes) for attributes in kept]


def _is_said_else(name: str, text: str) -> bool:
    """Whether a cell says something in other words than ours; flags have no words."""
    value = read_cell(name, text)
    if isinstance(value, bool):
        return False
    return name == "county" or text not in (written(name, value, {}), str(value))


def _with_coordinates(mapping: ColumnMapping) -> dict[str, str]:
    own = mapping.coordinates
    pairs = {} if own is None or not own.lon else {own.lon: "lon", own.lat: "lat"}
    return {**mapping.columns, **pairs}


def _kinds(typed: pd.DataFrame, mapping: ColumnMapping) -> tuple[pd.DataFrame, list[Finding]]:
    """Rows with kind and census class, which a class code gives where nothing else does."""
    codes = [_class_code(row) for row in _rows(typed, ("type_code", "place_code"))]
    classes = {code: place_classes().by_code(code) for code in set(codes) if code}
    made = typed.copy()
    found = [classes[code] if code else None for code in codes]
    kinds = [_kind(item, code) for item, code in zip(found, codes, strict=True)]
    made["kind"] = _filled(typed, "kind", kinds)
    census = [item.census_class or None if item else None for item in found]
    made["census_class"] = _filled(typed, "census_class", census)
    if "type_code" not in typed and "place_code" in typed:
        made["type_code"] = object_column(codes, typed.index)
    header = next((key for key, name in mapping.columns.items() if name == "type_code"), "")
    return made, _unlisted(codes, classes, header)


def _rows(typed: pd.DataFrame, names: Sequence[str]) -> list[tuple[object, ...]]:
    columns = [typed[name].tolist() if name in typed else [None] * len(typed) for name in names]
    return list(zip(*columns, strict=True))


def _class_code(row: tuple[object, ...]) -> str | None:
    type_code, place_code = row
    if isinstance(type_code, str):
        return type_code
    try:
        return PlaceCode.parse(place_code).type_code if isinstance(place_code, str) else None
    except InvalidInput:
        return None


def _kind(found: NationalClass | None, code: str | None) -> str | None:
    if code is None:
        return None
    kind = PlaceKind.OTHER if found is None else found.kind
    return None if kind is None else kind.value


def _filled(typed: pd.DataFrame, name: str, values: Sequence[object]) -> pd.Series:
    filled = object_column(values, typed.index)
    if name not in typed:
        return filled
    own = typed[name].astype(object)
    return own.where(own.notna(), filled)


def _unlisted(
    codes: Sequence[str | None], classes: Mapping[str, NationalClass | None], header: str
) -> list[Finding]:
    """Class codes that the table at hand does not hold: taken all the same, and told."""
    findings = []
    for code in sorted({code for code in codes if code and not place_classes().lists(code)}):
        found = classes[code]
        taken = f"按“{found.title}”归类" if found else "归为“其他”"
        text = f"类别代码 {code} 不在手头的类别表中，{taken}（{codes.count(code)} 行），未核实"
        findings.append(Finding(0, header, code, text, Severity.NOTE))
    return findings
