"""Inside the jail: layers that GDAL reads, one driver at a time, into the checked GeoPackage."""

import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from civgeo.errors import ImportRejected
from civgeo.formats.checked_writer import BATCH_ROWS, CheckedWriter
from civgeo.formats.delimited import find_encoding
from civgeo.formats.facts import Basis, Column, ColumnKind, Facts, Layer, ReadRequest
from civgeo.formats.findings import Finding
from civgeo.formats.header_rows import unique
from civgeo.formats.shapefile import dbf_text
from civgeo.formats.sniff import HEAD_BYTES, FileFormat

__all__ = ["DRIVERS", "read_vector"]

DRIVERS = {
    FileFormat.GEOPACKAGE: "GPKG",
    FileFormat.SHAPEFILE: "ESRI Shapefile",
    FileFormat.GEOJSON: "GeoJSON",
    FileFormat.KML: "LIBKML",
    FileFormat.FLATGEOBUF: "FlatGeobuf",
}
MAX_NESTING = 100
MAX_FIELDS = 500
_CHUNK = 4 * 1024**2
_WHOLE = (FileFormat.GEOJSON, FileFormat.KML)
"""Formats that GDAL must read from the start each time: read at once."""
_KINDS = {
    "OFTInteger": ColumnKind.INTEGER,
    "OFTInteger64": ColumnKind.INTEGER,
    "OFTReal": ColumnKind.NUMBER,
    "OFTString": ColumnKind.TEXT,
    "OFTDate": ColumnKind.DATE,
    "OFTDateTime": ColumnKind.TEXT,
    "OFTTime": ColumnKind.TEXT,
}
_BAD_SIGNS = re.compile(
    r"malformed|corrupt|truncat|unexpected end|not a database|failed|cannot|unable|error|invalid",
    re.IGNORECASE,
)
_LINKED_CRS = re.compile(rb'"crs"\s*:\s*\{\s*"type"\s*:\s*"(link|url)"', re.IGNORECASE)
_KML_OWN = {
    "id",
    "timestamp",
    "begin",
    "end",
    "altitudeMode",
    "tessellate",
    "extrude",
    "visibility",
    "drawOrder",
    "icon",
}
"""Fields that the driver adds to every KML layer."""
_SINGLE = (FileFormat.SHAPEFILE, FileFormat.GEOJSON, FileFormat.FLATGEOBUF)
"""Formats of one layer, whose name says nothing."""
_OPEN_ERRORS = (DataSourceError, DataLayerError, FeatureError, FieldError, GeometryError)


@dataclass(frozen=True, slots=True)
class _Source:
    """What is to be read: a file, how its text is encoded, and what that says."""

    path: Path
    facts: Facts
    encoding: str | None = None


def read_vector(path: Path, kind: FileFormat, folder: Path, request: ReadRequest) -> Facts:
    """Read one layer of the file at `path` into ``folder/checked.gpkg``.

    A file with several layers is not read before one is named.

    Raises
    ------
    ImportRejected
        When the file is damaged, holds no such layer, or more than GDAL may read.
    """
    prepare = _PREPARE.get(kind, _plain)
    source = prepare(path, folder, request)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            facts = _read(source, folder, request)
        except UnicodeDecodeError:
            raise ImportRejected(
                f"{kind} 的文字不能按 {source.encoding or 'UTF-8'} 读出。请指定编码。",
                code="unreadable_encoding",
            ) from None
        except _OPEN_ERRORS as error:
            raise _damaged(kind, str(error)) from None
    bad = [str(item.message) for item in said if _BAD_SIGNS.search(str(item.message))]
    if bad:
        raise _damaged(kind, bad[0])
    return facts


def _damaged(kind: FileFormat, said: str) -> ImportRejected:
    return ImportRejected(
        f"{kind} 文件已损坏或不完整，读不出来。请重新导出后再导入。（{said[:160]}）",
        code="broken_file",
    )


def _plain(path: Path, folder: Path, request: ReadRequest) -> _Source:
    return _Source(path, Facts(_kind_of(path), encoding="UTF-8", encoding_basis=Basis.FORMAT))


def _kind_of(path: Path) -> FileFormat:
    return FileFormat.FLATGEOBUF if path.suffix == ".fgb" else FileFormat.GEOPACKAGE


def _kml(path: Path, folder: Path, request: ReadRequest) -> _Source:
    """KML has one coordinate system; links in it are never followed."""
    with path.open("rb") as file:
        linked = any(b"<NetworkLink" in chunk for chunk in iter(lambda: file.read(_CHUNK), b""))
    notes = ("文件里的网络链接（NetworkLink）没有读取",) if linked else ()
    facts = Facts(FileFormat.KML, encoding="UTF-8", encoding_basis=Basis.FORMAT, notes=notes)
    return _Source(path, replace(facts, crs="EPSG:4326", crs_basis=Basis.FORMAT))


def _geojson(path: Path, folder: Path, request: ReadRequest) -> _Source:
    """GeoJSON in UTF-8: text in GB18030 is written anew; nesting is measured before GDAL reads."""
    _check_nesting(path)
    encoding, basis = find_encoding(path, request.encoding)
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if _LINKED_CRS.search(head):
        raise ImportRejected(
            "不能导入：GeoJSON 的坐标系（crs）指向一个网址，系统不访问网络。"
            "请写明坐标系代码，或删去 crs 后指定坐标系。",
            code="linked_crs",
        )
    if encoding != "utf-8":
        anew = folder / "utf8.geojson"
        with path.open(encoding=encoding) as source, anew.open("w", encoding="utf-8") as target:
            while text := source.read(_CHUNK):
                target.write(text)
        path = anew
    crs_basis = Basis.DECLARED if b'"crs"' in head else Basis.FORMAT
    facts = Facts(FileFormat.GEOJSON, encoding=encoding.removesuffix("-sig").upper())
    return _Source(path, replace(facts, encoding_basis=basis, crs_basis=crs_basis))


def _check_nesting(path: Path) -> None:
    """Refuse JSON nested deeper than any layer is."""
    change = np.zeros(256, dtype=np.int64)
    change[list(b"[{")], change[list(b"]}")] = 1, -1
    depth = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            depths = depth + np.cumsum(change[np.frombuffer(chunk, dtype=np.uint8)])
            if depths.max() > MAX_NESTING:
                raise ImportRejected(
                    f"不能导入：JSON 的括号嵌套超过 {MAX_NESTING} 层，不是正常的 GeoJSON。"
                    "请核对文件来源。",
                    code="nested_too_deep",
                )
            depth = int(depths[-1])


def _shapefile(path: Path, folder: Path, request: ReadRequest) -> _Source:
    missing = [end for end in (".shx", ".dbf") if not path.with_suffix(end).is_file()]
    if missing:
        raise ImportRejected(
            f"Shapefile 缺少 {'、'.join(missing)} 文件。请把 .shp、.shx、.dbf、.prj、.cpg "
            "放在一起打成 zip 后上传。",
            code="incomplete_shapefile",
        )
    text = dbf_text(path.with_suffix(".dbf"), path.with_suffix(".cpg"), request.encoding)
    facts = Facts(FileFormat.SHAPEFILE, encoding=text.encoding.upper(), preview=text.preview)
    findings = tuple(
        Finding(row, "", "", "属性值在字段末尾被截断，最后一个汉字不完整：请加长字段后重新导出")
        for row in text.cut_rows
    )
    notes = (text.doubt,) if text.doubt else ()
    facts = replace(facts, encoding_basis=text.basis, findings=findings, notes=notes)
    return _Source(path, facts, text.encoding)


_PREPARE: Mapping[FileFormat, Callable[[Path, Path, ReadRequest], _Source]] = {
    FileFormat.GEOJSON: _geojson,
    FileFormat.KML: _kml,
    FileFormat.SHAPEFILE: _shapefile,
}


def _read(source: _Source, folder: Path, request: ReadRequest) -> Facts:
    names = [str(name) for name, _ in pyogrio.list_layers(source.path)]
    layers = tuple(Layer(name, _count(source, name)) for name in names)
    facts = replace(source.facts, layers=layers)
    name = _choose(layers, request.layer, facts.format)
    if name is None:
        return facts
    info = pyogrio.read_info(
        source.path, layer=name, encoding=source.encoding, force_feature_count=True
    )
    crs = facts.crs or _crs(info["crs"])
    columns = _columns(info, kml=facts.format is FileFormat.KML)
    has_shape = bool(info["geometry_type"]) and info["geometry_type"] != "None"
    writer = CheckedWriter(folder / "checked.gpkg", crs, with_geometry=has_shape)
    for numbers, data, wkb in _batches(source, name, [field for field, _ in columns], facts.format):
        writer.write(numbers, [_plain_array(column) for column in data], wkb)
    if writer.rows < int(info["features"]):
        raise _damaged(facts.format, f"应有 {info['features']} 个要素，只读出 {writer.rows} 个")
    if not writer.rows:
        raise ImportRejected(f"图层“{name}”里没有要素。", code="empty_layer")
    return _with_result(facts, name, columns, writer, crs)


def _count(source: _Source, layer: str) -> int | None:
    """Features of a layer, None where that is not cheap to know."""
    info = pyogrio.read_info(source.path, layer=layer, encoding=source.encoding)
    return None if info["features"] < 0 else int(info["features"])


def _choose(layers: tuple[Layer, ...], wanted: str | None, kind: FileFormat) -> str | None:
    if kind in _SINGLE:
        return layers[0].name
    if wanted is not None:
        if all(layer.name != wanted for layer in layers):
            names = "、".join(layer.name for layer in layers)
            raise ImportRejected(
                f"没有名为“{wanted}”的图层。图层有：{names}。", code="no_such_layer"
            )
        return wanted
    filled = [layer for layer in layers if layer.rows != 0]
    if not filled:
        raise ImportRejected("文件里没有带要素的图层。", code="empty_layer")
    return filled[0].name if len(filled) == 1 else None


def _crs(found: str | None) -> str | None:
    """Coordinate system as GDAL names it; None when the file leaves it open."""
    if not found or re.match(r"(LOCAL_CS|ENGCRS|ENGINEERINGCRS)", found) or "Undefined" in found:
        return None
    return str(found)


def _columns(info: Mapping[str, Any], *, kml: bool) -> list[tuple[str, ColumnKind]]:
    columns = []
    for name, kind, subtype in zip(
        info["fields"], info["ogr_types"], info["ogr_subtypes"], strict=True
    ):
        if kind == "OFTBinary":
            continue
        if kml and name in _KML_OWN:
            continue
        boolean = subtype == "OFSTBoolean"
        columns.append(
            (str(name), ColumnKind.BOOLEAN if boolean else _KINDS.get(kind, ColumnKind.TEXT))
        )
    if len(columns) > MAX_FIELDS:
        raise ImportRejected(
            f"图层有 {len(columns)} 个字段，最多 {MAX_FIELDS} 个。", code="too_many_columns"
        )
    return columns


_Batch = tuple[NDArray[np.int64], list[NDArray[Any]], NDArray[np.object_] | None]


def _batches(source: _Source, layer: str, fields: list[str], kind: FileFormat) -> Iterator[_Batch]:
    done = 0
    size = None if kind in _WHOLE else BATCH_ROWS
    while True:
        _, _, wkb, data = pyogrio.raw.read(
            source.path,
            layer=layer,
            encoding=source.encoding,
            columns=fields,
            skip_features=done,
            max_features=size,
            datetime_as_string=True,
        )
        count = len(wkb) if wkb is not None else (len(data[0]) if data else 0)
        if not count:
            return
        numbers = np.arange(done + 1, done + count + 1, dtype=np.int64)
        for start in range(0, count, BATCH_ROWS):
            part = slice(start, start + BATCH_ROWS)
            shapes = wkb[part] if wkb is not None else None
            yield numbers[part], [values[part] for values in data], shapes
        done += count
        if size is None or count < size:
            return


def _plain_array(values: NDArray[Any]) -> NDArray[Any]:
    """`values` in a type that a GeoPackage holds; lists become text."""
    if values.dtype != object:
        return values
    texts = [None if value is None or isinstance(value, str) else _text(value) for value in values]
    given = (value if text is None else text for value, text in zip(values, texts, strict=True))
    return np.asarray([*given], dtype=object)


def _text(value: object) -> str:
    return "、".join(map(str, value)) if isinstance(value, list | np.ndarray) else str(value)


def _with_result(
    facts: Facts,
    layer: str,
    columns: list[tuple[str, ColumnKind]],
    writer: CheckedWriter,
    crs: str | None,
) -> Facts:
    names = unique(name for name, _ in columns)
    basis = facts.crs_basis if facts.crs_basis is not Basis.UNKNOWN else Basis.DECLARED
    notes = list(facts.notes)
    if writer.empty:
        notes.append(f"{writer.empty} 个要素没有图形")
    if writer.flattened:
        notes.append(f"{writer.flattened} 个要素带有高程或量测值，只保留平面坐标")
    if facts.format in _SINGLE:
        layer = str(facts.format)
        facts = replace(facts, layers=(Layer(layer, writer.rows),))
    return replace(
        facts,
        layer=layer,
        rows=writer.rows,
        columns=tuple(Column(name, kind) for name, (_, kind) in zip(names, columns, strict=True)),
        crs=crs,
        crs_basis=basis if crs else Basis.UNKNOWN,
        geometry_types=tuple(sorted(writer.geometry_types)),
        preview=facts.preview,
        notes=tuple(notes),
        findings=(*facts.findings, *writer.findings),
    )
