"""Registers of names and texts from files, for the commands that need no store."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from civgeo.domain.name_forms import PLACE_NAMES, OtherNameKind
from civgeo.domain.place_kind import PlaceKind
from civgeo.errors import InvalidInput
from civgeo.formats.delimited import dialect_of, find_encoding, records
from civgeo.formats.division_list import ministry_list
from civgeo.formats.reference import county_lineage
from civgeo.services.name_texts import TextName

__all__ = ["listed_divisions", "read_register", "read_text", "text_names"]

_JSON_LINES = frozenset({".jsonl", ".ndjson", ".json"})
_LARGEST_TEXT = 20 * 1024**2
_AREA_HEADERS = {
    "province": ("省", "省份", "省级"),
    "prefecture": ("市", "地级市", "地级"),
    "county": ("县区", "县", "区县", "县级"),
    "township": ("乡镇", "街道", "乡级"),
    "former": ("曾用名", "原名"),
    "alias": ("别名",),
    "id": ("编号", "条目编号"),
}
_FLAGS = {"是": True, "否": False, "true": True, "false": False, "1": True, "0": False, "": False}
_NO_NAMES = frozenset({"市区", "郊区", "城区", "矿区", "新区"})
"""Words under which lists of the 1980s held the districts of a city."""

_SEPARATORS = re.compile("[、;；|,，]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def read_register(path: Path) -> pd.DataFrame:
    """Names in a CSV file (UTF-8 or GB18030) or in JSON lines, as an audit takes them.

    Headers may be the field names or their Chinese titles (地名、类别、区划代码、建成区、读音…);
    the kind may be its word or its Chinese label. Columns that no rule reads are left out.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    InvalidInput
        ``bad_json``, ``missing_key`` or ``bad_value`` with the line; ``ImportRejected`` for a file
        that is no text.
    """
    rows = _json_rows(path) if path.suffix.lower() in _JSON_LINES else _csv_rows(path)
    table = pd.DataFrame(list(rows))
    for name in ("name", "kind"):
        if name not in table:
            raise InvalidInput(
                f"{path.name} 里没有“{'地名' if name == 'name' else '类别'}”列（{name}）。"
                "请补上表头。",
                code="missing_key",
            )
    labels = {kind.label_zh: kind.value for kind in PlaceKind}
    table["kind"] = table["kind"].map(lambda kind: labels.get(str(kind), str(kind)))
    if "famous" in table:
        table["famous"] = table["famous"].map(_flag)
    return table.set_index("id") if "id" in table else table


def _flag(value: object) -> bool:
    if isinstance(value, bool) or value is None or value != value:
        return value is True
    found = _FLAGS.get(str(value).strip().lower())
    if found is None:
        raise InvalidInput(f"“著名实体”应为 是 或 否，收到 {value!r}", code="bad_value")
    return found


def _fields() -> dict[str, str]:
    """Field by header."""
    known = {name: name for name in (*_AREA_HEADERS, "builtup_area", "famous", "reading")}
    for form in PLACE_NAMES.fields:
        known |= dict.fromkeys((form.name, form.title, *form.headers), form.name)
    for name, headers in _AREA_HEADERS.items():
        known |= dict.fromkeys(headers, name)
    return known


def _csv_rows(path: Path) -> Iterator[dict[str, object]]:
    header: list[str | None] = []
    known = _fields()
    for _, cells in records(path, dialect_of(path)):
        if not header:
            header = [known.get((cell or "").strip()) for cell in cells]
            continue
        row = {name: cell for name, cell in zip(header, cells, strict=False) if name}
        if any(value for value in row.values()):
            yield dict(row)


def _json_rows(path: Path) -> Iterator[dict[str, object]]:
    known = _fields()
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(_decoded(lines, path), start=1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
            except (json.JSONDecodeError, RecursionError):
                raise InvalidInput(
                    f"{path.name} 第 {number} 行不是 JSON", code="bad_json"
                ) from None
            if not isinstance(value, dict):
                raise InvalidInput(f"{path.name} 第 {number} 行不是 JSON 对象", code="bad_json")
            row = {known[key]: given for key, given in value.items() if key in known}
            if any(isinstance(given, str) and _SURROGATE.search(given) for given in row.values()):
                raise InvalidInput(f"{path.name} 第 {number} 行有残缺的字符", code="bad_json")
            yield row


def _decoded(lines: Iterator[str], path: Path) -> Iterator[str]:
    try:
        yield from lines
    except UnicodeDecodeError:
        raise InvalidInput(
            f"{path.name} 不是 UTF-8 文本，请另存为 UTF-8", code="bad_json"
        ) from None


def text_names(register: pd.DataFrame) -> list[TextName]:
    """Names of a register with their former names and aliases, parted by 、 or semicolons."""
    kinds = {"former": OtherNameKind.FORMER, "alias": OtherNameKind.ALIAS}
    columns = [name for name in kinds if name in register]
    found = []
    for row in register[["name", "kind", *columns]].to_dict("records"):
        others = tuple(
            (other, kinds[column]) for column in columns for other in _parted(row[column])
        )
        found.append(TextName(str(row["name"]).strip(), PlaceKind(str(row["kind"])), others))
    return found


def _parted(value: object) -> list[str]:
    if not isinstance(value, str):
        return [str(each).strip() for each in value] if isinstance(value, list) else []
    return [part.strip() for part in _SEPARATORS.split(value) if part.strip()]


def listed_divisions(within: str | None = None) -> list[TextName]:
    """Divisions of the Ministry's list, with the former names of counties from the yearly lists.

    Parameters
    ----------
    within
        Digits of a division whose own divisions are wanted; all of China by default.

    Raises
    ------
    DataPackageMissing
        When the list is not installed.
    """
    former = _former_names()
    return [
        TextName(
            entry.name,
            PlaceKind(entry.level.value),
            tuple((name, OtherNameKind.FORMER) for name in former.get(entry.code, ())),
        )
        for entry in ministry_list()
        if within is None or entry.code.startswith(within)
    ]


def _former_names() -> dict[str, list[str]]:
    """Names under which the divisions of today, or those that they followed, were once listed."""
    lineage = county_lineage()
    found: dict[str, list[str]] = {}
    for period in lineage.entries:
        if period.last_year == lineage.last_listed_year:
            continue
        own = (period.code,) if lineage.is_listed(period.code) else ()
        for code in own or lineage.current_codes(period.code):
            if period.name not in _NO_NAMES:
                found.setdefault(code, []).append(period.name)
    return found


def read_text(path: Path) -> str:
    """Text of a file in UTF-8 or GB18030.

    Raises
    ------
    InvalidInput
        ``file_too_large`` above 20 MB.
    ImportRejected
        When it is no text.
    """
    if path.stat().st_size > _LARGEST_TEXT:
        raise InvalidInput(f"{path.name} 超过 20 MB，请分开检查。", code="file_too_large")
    encoding, _ = find_encoding(path)
    with path.open(encoding=encoding, newline=None) as file:
        return file.read()
