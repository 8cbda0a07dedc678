"""The archive of a round: its products, records and sources, with the proof of their history."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import asdict

import geopandas as gpd
import orjson

from civgeo.domain.clock import BEIJING
from civgeo.domain.history import Entry
from civgeo.services.boundary_records import record_rows
from civgeo.services.city import City
from civgeo.services.round_keys import RoundKey
from civgeo.services.round_products import (
    PaperForm,
    TableForm,
    file_stem,
    recorded_results,
    report_file,
    table_file,
)
from civgeo.services.round_result_files import (
    disagreements_geojson,
    results_document,
    results_workbook,
)
from civgeo.services.round_results import RoundResults
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

__all__ = ["archive"]


def archive(city: City, key: RoundKey, *, tolerance_m: float) -> tuple[str, bytes]:
    """Archive of a line and round: file name and the bytes of a zip.

    It holds the report, the marker table, the comparison, the disagreements, every record, the
    files that they came in, the history entries of the records with the heads of all chains, and a
    manifest with the SHA-256 of each file.

    Raises
    ------
    NotFound, OwnFileBroken
        As `inspection_report`.
    StoreUnavailable
        When a kept file no longer gives its digest.
    """
    found = recorded_results(city, key, tolerance_m)
    stem = file_stem(found)
    files = {
        f"{stem}联检报告.docx": report_file(city, found, PaperForm.DOCX),
        f"{stem}联检报告.pdf": report_file(city, found, PaperForm.PDF),
        f"{stem}界桩成果表.xlsx": table_file(city, found, TableForm.XLSX),
        f"{stem}界桩成果表.pdf": table_file(city, found, TableForm.PDF),
        f"{stem}核对结果.xlsx": results_workbook(found),
        "results.json": _json(results_document(found)),
        "disagreements.geojson": disagreements_geojson(found),
    }
    with city.store.read() as reading:
        where: dict[str, str | int] = {"line": key.line, "round": key.number}
        frame = reading.features(Collection.INSPECTIONS, where=where)
        files |= _sources(reading, frame)
        entries = [
            entry for id in frame.index for entry in reading.history(Collection.INSPECTIONS, id)
        ]
        heads = [asdict(head) for head in reading.heads()]
    records = [{"id": id, **row} for id, row in record_rows(frame, Collection.INSPECTIONS)]
    files["records.json"] = _json(records)
    files["history/entries.json"] = _json([_entry(entry) for entry in entries])
    files["history/heads.json"] = _json(heads)
    return f"{stem}联检档案.zip", _zipped(found, files)


def _sources(reading: Reading, frame: gpd.GeoDataFrame) -> dict[str, bytes]:
    """The files that the records came in, each under a name that says its digest."""
    files = {}
    for digest in sorted(set(frame["file"])):
        kept = reading.attachment(str(digest))
        files[f"sources/{str(digest)[:8]}-{kept.name}"] = kept.content
    return files


def _entry(entry: Entry) -> dict[str, object]:
    moment = entry.recorded_at.astimezone(BEIJING).isoformat(timespec="milliseconds")
    return {**asdict(entry), "recorded_at": moment}


def _json(found: object) -> bytes:
    return orjson.dumps(found, default=str, option=orjson.OPT_INDENT_2)


def _zipped(found: RoundResults, files: Mapping[str, bytes]) -> bytes:
    listed = [
        {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()
    ]
    manifest = {
        "format": "civgeo-round-archive/1",
        "title": found.title,
        "line": found.register.line.facts.code,
        "round": found.register.number,
        "made_on": found.on.isoformat(),
        "simulated": found.register.simulated,
        "proof": (
            "history/entries.json 是这些记录在登记库历史中的全部条目及其封印，history/heads.json "
            "是各链链头；与另行留存的链头（civgeo verify-history）比对，可知记录未被改动"
        ),
        "files": listed,
    }
    sums = "".join(f"{item['sha256']}  {item['name']}\n" for item in listed)
    every = {**files, "manifest.json": _json(manifest), "SHA256SUMS": sums.encode()}
    target = io.BytesIO()
    day = (found.on.year, found.on.month, found.on.day, 0, 0, 0)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in every.items():
            info = zipfile.ZipInfo(name, day)
            info.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(info, content)
    return target.getvalue()
