"""Inside the jail: GeoParquet into the checked GeoPackage."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from civgeo.errors import ImportRejected
from civgeo.formats.checked_writer import CheckedWriter
from civgeo.formats.facts import Basis, Column, ColumnKind, Facts, Layer
from civgeo.formats.header_rows import unique
from civgeo.formats.sniff import FileFormat

__all__ = ["read_geoparquet"]

INSTALL = 'pip install "civgeo[parquet]"'
_BATCH_ROWS = 10_000
_DEFAULT_CRS = "OGC:CRS84"


def read_geoparquet(path: Path, folder: Path) -> Facts:
    """Read the GeoParquet file at `path` into ``folder/checked.gpkg``.

    Raises
    ------
    ImportRejected
        When pyarrow is missing, the file is damaged, or it has no geometry in WKB.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ModuleNotFoundError:
        raise ImportRejected(
            f"读取 GeoParquet 需要安装 pyarrow。请管理员运行：{INSTALL}；"
            "或把文件另存为 GeoPackage 后再导入。",
            code="parquet_missing",
        ) from None
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    try:
        with pq.ParquetFile(path, memory_map=False, pre_buffer=False) as file:
            return _read(file, folder)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError, OSError) as error:
        raise ImportRejected(
            f"GeoParquet 文件已损坏或不完整，读不出来。请重新导出。（{str(error)[:160]}）",
            code="broken_file",
        ) from None


def _read(file: Any, folder: Path) -> Facts:  # noqa: ANN401 - pyarrow carries no types
    shape, crs, basis = _geometry(file.schema_arrow.metadata or {})
    fields = [field for field in file.schema_arrow if field.name != shape]
    writer = CheckedWriter(folder / "checked.gpkg", crs, with_geometry=True)
    for batch in file.iter_batches(batch_size=_BATCH_ROWS, use_threads=False):
        numbers = np.arange(writer.rows + 1, writer.rows + len(batch) + 1, dtype=np.int64)
        data = [_column(batch.column(field.name), str(field.type)) for field in fields]
        wkb = np.asarray(batch.column(shape).to_pylist(), dtype=object)
        writer.write(numbers, data, wkb)
    if not writer.rows:
        raise ImportRejected("GeoParquet 文件里没有要素。", code="empty_layer")
    names = unique(field.name for field in fields)
    facts = Facts(
        FileFormat.GEOPARQUET,
        layers=(Layer("GeoParquet", writer.rows),),
        layer="GeoParquet",
        rows=writer.rows,
        encoding="UTF-8",
        encoding_basis=Basis.FORMAT,
    )
    return replace(
        facts,
        columns=tuple(
            Column(name, _kind(str(field.type))) for name, field in zip(names, fields, strict=True)
        ),
        crs=crs,
        crs_basis=basis,
        geometry_types=tuple(sorted(writer.geometry_types)),
        findings=tuple(writer.findings),
    )


def _geometry(metadata: dict[bytes, bytes]) -> tuple[str, str | None, Basis]:
    """Name of the geometry column, its coordinate system, and how that is known."""
    if b"geo" not in metadata:
        raise ImportRejected(
            "这个 Parquet 文件没有空间信息（GeoParquet 的 geo 元数据）。请另存为带图形的格式，"
            "或导出为 CSV。",
            code="no_geometry",
        )
    try:
        geo = json.loads(metadata[b"geo"])
        name = str(geo["primary_column"])
        column = geo["columns"][name]
        encoding = column["encoding"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ImportRejected(
            "GeoParquet 的 geo 元数据读不出来。请重新导出。", code="broken_file"
        ) from None
    if encoding != "WKB":
        raise ImportRejected(
            f"GeoParquet 的图形编码为 {encoding}，只读取 WKB。请按 WKB 重新导出。",
            code="unsupported_encoding",
        )
    if "crs" not in column:
        return name, _DEFAULT_CRS, Basis.FORMAT
    if column["crs"] is None:
        return name, None, Basis.UNKNOWN
    identity = column["crs"].get("id") or {}
    if {"authority", "code"} <= set(identity):
        return name, f"{identity['authority']}:{identity['code']}", Basis.DECLARED
    return name, json.dumps(column["crs"]), Basis.DECLARED


def _kind(kind: str) -> ColumnKind:
    if kind.startswith(("int", "uint")):
        return ColumnKind.INTEGER
    if kind in ("float", "double", "halffloat"):
        return ColumnKind.NUMBER
    return ColumnKind.BOOLEAN if kind == "bool" else ColumnKind.TEXT


def _column(values: Any, kind: str) -> NDArray[Any]:  # noqa: ANN401 - pyarrow carries no types
    """Values of one column: numbers as float64 where some are missing, anything else as text."""
    items = values.to_pylist()
    if _kind(kind) is not ColumnKind.TEXT and None not in items:
        return np.asarray(items)
    if _kind(kind) in (ColumnKind.INTEGER, ColumnKind.NUMBER):
        return np.asarray([np.nan if item is None else item for item in items], dtype=np.float64)
    return np.asarray([None if item is None else str(item) for item in items], dtype=object)
