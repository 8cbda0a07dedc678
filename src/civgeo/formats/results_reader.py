"""Inside the jail: results from the field in any of their carriers, to one JSON file."""

import json
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civgeo.domain.field_form import DATUMS, RESULTS_FORMAT
from civgeo.errors import ImportRejected
from civgeo.formats.results_json import strict_json
from civgeo.formats.results_tables import (
    MARKER_TITLES,
    SEGMENT_TITLES,
    head_pairs,
    marker_item,
    photo_entries,
    segment_item,
)
from civgeo.formats.sniff import FileFormat, sniff

if TYPE_CHECKING:
    from civgeo.formats.header_rows import Row
    from civgeo.formats.workbook import Sheet

__all__ = ["JSON", "MOST_ROWS", "RESULTS_FILE", "carrier_of", "read_results"]

JSON = "JSON"
RESULTS_FILE = "results.json"
MOST_ROWS = 5_000
MOST_LAYERS = 40
MOST_COLUMNS = 100
NO_RESULT = "（公式没有保存结果）"
_SHEETS = {"界桩": ("markers", MARKER_TITLES), "界线段": ("segments", SEGMENT_TITLES)}
_IDS = {"markers": ("marker", "uuid", "id"), "segments": ("segment", "uuid", "id")}
_LAYERS = ("markers", "segments", "photos")
_NAMES = ("name", "file_name", "photo")

Raw = dict[str, Any]


def carrier_of(path: Path) -> str:
    """``JSON``, ``XLSX`` or ``GeoPackage``, told from the bytes.

    Raises
    ------
    ImportRejected
        When it is none of them.
    """
    with path.open("rb") as file:
        head = file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"{"):
        return JSON
    found = sniff(path)
    if found not in (FileFormat.XLSX, FileFormat.GEOPACKAGE):
        text = f"不能作为外业结果导入：这是 {found}"
        advice = "应为数据包带回的 JSON、Excel（.xlsx）或 GeoPackage"
        raise ImportRejected(f"{text}。{advice}", code="unsupported_format")
    return str(found)


def read_results(path: Path, folder: Path) -> None:
    """Write the results in `path` to ``folder/results.json``, as ``civgeo-results/1``.

    Cells of tables stay texts; each item says under ``place`` where it stands. ``carrier`` says
    what the file was.

    Raises
    ------
    ImportRejected
        When the file is damaged, hostile, too large, or holds no results.
    """
    carrier = carrier_of(path)
    found = _READERS[carrier](path)
    content = json.dumps({"carrier": carrier, "results": found}, ensure_ascii=False)
    try:
        (folder / RESULTS_FILE).write_text(content, encoding="utf-8")
    except UnicodeEncodeError:
        text = "结果文件里有残缺的字符（不成对的 UTF-16 代理）：请重新保存后再导入"
        raise ImportRejected(text, code="bad_json") from None


def _none(why: str) -> ImportRejected:
    return ImportRejected(f"文件里没有外业结果：{why}", code="no_results")


def _json(path: Path) -> Raw:
    found = strict_json(path)
    if found.get("format") != RESULTS_FORMAT:
        given = str(found.get("format"))[:60]
        raise _none(f"format 应为 {RESULTS_FORMAT}，写的是“{given}”。请用数据包里的网页保存结果")
    for key in ("markers", "segments"):
        if isinstance(found.get(key), list):
            found[key] = [_unplaced(item) for item in found[key]]
    return found


def _unplaced(item: object) -> object:
    """An item without what only this reader may say: where it stands."""
    if not isinstance(item, dict):
        return item
    return {key: value for key, value in item.items() if key != "place"}


def _workbook(path: Path) -> Raw:
    from civgeo.formats.workbook import sheets_of

    found: Raw = {}
    known = 0
    for sheet in sheets_of(path)[:MOST_LAYERS]:
        if sheet.name in _SHEETS:
            key, titles = _SHEETS[sheet.name]
            found[key] = list(_sheet_items(sheet.name, key, titles, _sheet_rows(path, sheet)))
            known += 1
        else:
            for _, cells in islice(_sheet_rows(path, sheet), MOST_LAYERS):
                found |= {name: text for name, text in head_pairs(cells) if name not in found}
    if not known:
        raise _none("工作簿里没有“界桩”或“界线段”工作表，请用数据包里的记录表")
    return _with_words(found)


def _sheet_rows(path: Path, sheet: "Sheet") -> Iterator["Row"]:
    """Rows of a sheet; a formula without a saved result says so, and is never taken for empty."""
    from civgeo.formats.workbook import marks_of, rows_of

    open_ones = marks_of(path, sheet).empty_formulas
    for number, cells in rows_of(path, sheet, ()):
        for row, column in open_ones:
            if row == number and column <= MOST_COLUMNS:
                cells.extend([None] * (column - len(cells)))
                cells[column - 1] = NO_RESULT
        yield number, cells


def _with_words(found: Raw) -> Raw:
    """The side without its name, the system without its explanation."""
    side = str(found.get("side") or "").split()
    systems = {label: value for value, label in DATUMS}
    if side:
        found["side"] = side[0]
    if found.get("datum") in systems:
        found["datum"] = systems[found["datum"]]
    return found


def _sheet_items(
    sheet: str,
    key: str,
    titles: Mapping[str, str],
    rows: Iterator["Row"],
) -> Iterator[Raw]:
    names: list[str | None] = []
    make = marker_item if key == "markers" else segment_item
    for number, cells in rows:
        if not names:
            named = [titles.get((cell or "").strip()) for cell in cells]
            names = named if "id" in named else []
        elif any(cells):
            if number > MOST_ROWS:
                raise _none(f"工作表“{sheet}”超过 {MOST_ROWS} 行")
            pairs = zip(names, cells, strict=False)
            row = {name: text for name, text in pairs if name is not None}
            yield make(row, f"{sheet} 第 {number} 行")
    if not names:
        raise _none(f"工作表“{sheet}”没有“登记编号”一列（数据包里是隐藏的第一列），请勿删去")


def _geopackage(path: Path) -> Raw:
    names = _layers(path)
    if not {"markers", "segments"} & set(names):
        raise _none("GeoPackage 里没有 markers 或 segments 图层，请用数据包里的文件")
    found = _head_of(path, [name for name in names if name not in _LAYERS])
    if "markers" in names:
        photos = photo_entries(_photos(path)) if "photos" in names else {}
        found["markers"] = [
            {**item, "photos": photos.get(str(item["marker"]), [])}
            for item in _items(path, "markers", marker_item)
        ]
    if "segments" in names:
        found["segments"] = list(_items(path, "segments", segment_item))
    return _with_words(found)


def _layers(path: Path) -> list[str]:
    import pyogrio
    from pyogrio.errors import DataSourceError

    try:
        return [str(name) for name, _ in pyogrio.list_layers(path)][:MOST_LAYERS]
    except DataSourceError as error:
        raise _damaged(str(error)) from None


def _damaged(said: str) -> ImportRejected:
    text = f"GeoPackage 已损坏或不完整，读不出来，请重新导出后再导入。（{said[:160]}）"
    return ImportRejected(text, code="broken_file")


def _head_of(path: Path, layers: Iterable[str]) -> Raw:
    """What the other tables of a package say of the file; the first that says it."""
    found: Raw = {}
    for name in layers:
        for row in _layer(path, name, most=MOST_LAYERS):
            found = {**_told(row), **found}
    return found


def _items(path: Path, layer: str, make: Callable[[Raw, str], Raw]) -> Iterator[Raw]:
    for number, row in enumerate(_layer(path, layer), 1):
        yield make({**row, "id": _first(row, _IDS[layer])}, f"{layer} 第 {number} 个要素")


def _told(row: Mapping[str, object]) -> Raw:
    """What a row of another table says of the file: as columns, or as a key and a value."""
    pair = {str(row.get("key")): row.get("value")} if {"key", "value"} <= set(row) else dict(row)
    cells = [[name, None if value is None else str(value)] for name, value in pair.items()]
    return {name: text for each in cells for name, text in head_pairs(each)}


def _photos(path: Path) -> Iterator[Raw]:
    for row in _layer(path, "photos"):
        yield {**row, "name": _first(row, _NAMES)}


def _first(row: Mapping[str, object], names: tuple[str, ...]) -> object:
    return next((row[name] for name in names if row.get(name) not in (None, "")), None)


def _layer(path: Path, layer: str, *, most: int = MOST_ROWS) -> Iterator[Raw]:
    """Rows of a layer as plain values, ``shape`` for a point."""
    import pyogrio.raw
    import shapely
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            meta, _, wkb, data = pyogrio.raw.read(
                path, layer=layer, max_features=most + 1, datetime_as_string=True
            )
        except (DataSourceError, DataLayerError, FeatureError, FieldError) as error:
            raise _damaged(str(error)) from None
    columns = [str(name) for name in meta["fields"]]
    count = len(wkb) if wkb is not None else (len(data[0]) if data else 0)
    if count > most:
        raise _none(f"图层 {layer} 超过 {most} 个要素")
    shapes = None if wkb is None else shapely.from_wkb(wkb, on_invalid="ignore")
    for place in range(count):
        row: Raw = {name: _plain(values[place]) for name, values in zip(columns, data, strict=True)}
        shape = None if shapes is None else shapes[place]
        if isinstance(shape, shapely.Point) and not shape.is_empty:
            row["shape"] = [shape.x, shape.y]
        yield row


def _plain(value: Any) -> object:  # noqa: ANN401 - a cell of any column
    """A cell as JSON holds it; NaN, which stands for null, as null."""
    value = value.item() if hasattr(value, "item") else value
    if value is None or value != value:
        return None
    return value if isinstance(value, str | int | float | bool) else str(value)


_READERS = {JSON: _json, str(FileFormat.XLSX): _workbook, str(FileFormat.GEOPACKAGE): _geopackage}
