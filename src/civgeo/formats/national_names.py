"""Inside the jail: saved answers of the national place-name service into the checked GeoPackage.

dmfw.mca.gov.cn answers ``listPub`` with ``total`` and ``records`` and ``detailsPub`` with one
record; several answers may stand in one list. Positions are CGCS2000. What is read here is whatever
somebody has saved; the service itself is never asked.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from civgeo.errors import ImportRejected
from civgeo.formats.checked_writer import CheckedWriter
from civgeo.formats.delimited import find_encoding
from civgeo.formats.facts import Basis, Column, ColumnKind, Facts, Layer, ReadRequest
from civgeo.formats.findings import Finding
from civgeo.formats.header_rows import unique
from civgeo.formats.sniff import FileFormat

__all__ = ["NATIONAL_ID", "NATIONAL_KEYS", "read_national_names"]

MAX_BYTES = 64 * 1024**2
MAX_KEYS = 200
MAX_DEPTH = 4
"""Lists and objects around the records; a geometry is inside a record."""

LONGEST = 40
_GEOMETRY = "gdm"
_ID = "id"
NATIONAL_ID = "dmfw_id"
"""Header of the service's own id, which is not ours."""

NATIONAL_KEYS: tuple[tuple[str, str], ...] = (
    ("place_code", "place_code"),
    ("standard_name", "name"),
    ("roman_alphabet_spelling", "toned"),
    ("ethnic_minorities_writing", "minority"),
    ("place_type", "kind"),
    ("place_type_code", "type_code"),
    ("province_name", ""),
    ("city_name", ""),
    ("area_name", "county"),
    ("province", ""),
    ("city", ""),
    ("area", "area"),
    ("old_name", "former"),
    ("place_origin", "origin"),
    ("place_meaning", "meaning"),
    ("place_history", "history_text"),
    ("government_history", ""),
)
"""Keys of a record besides ``id`` and ``gdm``, and what each says of a place name, if it does."""


def read_national_names(path: Path, folder: Path, request: ReadRequest) -> Facts:
    """Read saved answers of the national service into ``folder/checked.gpkg``.

    Parameters
    ----------
    path
        JSON: an answer of ``listPub`` or ``detailsPub``, or a list of such answers.
    folder
        Where the checked copy goes.
    request
        Encoding, where the officer names one.

    Raises
    ------
    ImportRejected
        When it is larger than 64 MB, no JSON, nested too deep, or holds no record.
    """
    if path.stat().st_size > MAX_BYTES:
        text = f"国家地名信息库的 JSON 至多 {MAX_BYTES // 1024**2} MB：请分批保存后导入。"
        raise ImportRejected(text, code="file_too_large")
    encoding, basis = find_encoding(path, request.encoding)
    try:
        answer = json.loads(path.read_text(encoding=encoding))
    except ValueError as error:
        text = f"JSON 已损坏或不完整，读不出来：{error}。请重新保存后再导入。"
        raise ImportRejected(text, code="broken_file") from None
    records = list(_records(answer))
    if not records:
        raise ImportRejected("文件里没有地名记录（records）。请核对来源。", code="empty_layer")
    facts = Facts(
        FileFormat.NATIONAL_NAMES,
        layers=(Layer("records", len(records)),),
        layer="records",
        encoding=encoding.removesuffix("-sig").upper(),
        encoding_basis=basis,
        crs="EPSG:4490",
        crs_basis=Basis.FORMAT,
        notes=_shortage(answer, len(records)),
    )
    return _written(facts, records, folder)


def _records(answer: object, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Records wherever they stand in lists and objects."""
    if depth > MAX_DEPTH:
        return
    if isinstance(answer, list):
        for item in answer:
            yield from _records(item, depth + 1)
    elif isinstance(answer, dict) and "standard_name" in answer:
        yield answer
    elif isinstance(answer, dict):
        for item in answer.values():
            if isinstance(item, dict | list):
                yield from _records(item, depth + 1)


def _shortage(answer: object, count: int) -> tuple[str, ...]:
    """What an answer says of how many there are, where it holds fewer."""
    total = answer.get("total") if isinstance(answer, dict) else None
    if isinstance(total, int) and total > count:
        return (f"服务报告共 {total} 条，文件只有 {count} 条：其余各页请另存后导入",)
    return ()


def _written(facts: Facts, records: list[Mapping[str, Any]], folder: Path) -> Facts:
    keys = list(dict.fromkeys(key for record in records for key in record if key != _GEOMETRY))
    if len(keys) > MAX_KEYS:
        text = f"记录有 {len(keys)} 个项目，最多 {MAX_KEYS} 个。请核对来源。"
        raise ImportRejected(text, code="too_many_columns")
    numbers = np.arange(1, len(records) + 1, dtype=np.int64)
    columns = [np.array([_text(item.get(key)) for item in records], dtype=object) for key in keys]
    shapes, findings = _shapes(records)
    located = any(shape is not None for shape in shapes)
    writer = CheckedWriter(folder / "checked.gpkg", facts.crs, with_geometry=located)
    writer.write(numbers, columns, np.asarray(shapely.to_wkb(shapes)) if located else None)
    headers = unique(NATIONAL_ID if key == _ID else key[:LONGEST] for key in keys)
    names = [str(record["standard_name"])[:LONGEST] for record in records[:5]]
    return Facts(
        facts.format,
        layers=facts.layers,
        layer=facts.layer,
        rows=writer.rows,
        columns=tuple(Column(header, ColumnKind.TEXT) for header in headers),
        encoding=facts.encoding,
        encoding_basis=facts.encoding_basis,
        preview=tuple(names),
        crs=facts.crs if located else None,
        crs_basis=facts.crs_basis if located else Basis.UNKNOWN,
        geometry_types=tuple(sorted(writer.geometry_types)),
        notes=facts.notes,
        findings=(*findings, *writer.findings),
    )


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def _shapes(records: list[Mapping[str, Any]]) -> tuple[NDArray[np.object_], list[Finding]]:
    """Geometry of each record, an object or a text of GeoJSON; what cannot be read is told."""
    shapes = np.full(len(records), None, dtype=object)
    findings: list[Finding] = []
    for row, record in enumerate(records):
        given = record.get(_GEOMETRY)
        if given in (None, "", {}):
            continue
        text = given if isinstance(given, str) else json.dumps(given)
        shape = shapely.from_geojson(text, on_invalid="ignore")
        if isinstance(shape, shapely.Geometry):
            shapes[row] = shape
        else:
            message = "gdm 不是 GeoJSON 图形，位置没有读取"
            findings.append(Finding(row + 1, _GEOMETRY, text[:60], message))
    return shapes, findings
