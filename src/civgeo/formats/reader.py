"""The process that reads one file from outside: ``python -I -m civgeo.formats.reader FOLDER``.

FOLDER holds ``command.json``; what comes of it is written there: ``checked.gpkg`` and
``facts.json``, or ``refusal.json``. Only the jail starts it.
"""

import json
import mimetypes
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from civgeo.errors import CivgeoError, ImportRejected
from civgeo.formats import archive
from civgeo.formats.confinement import Limits, confine
from civgeo.formats.confinement_probe import probe
from civgeo.formats.facts import Facts, Layer, ReadRequest, finding_from
from civgeo.formats.sniff import FileFormat, sniff

__all__ = ["main"]

_ENDINGS = {
    FileFormat.GEOPACKAGE: ".gpkg",
    FileFormat.SHAPEFILE: ".shp",
    FileFormat.GEOJSON: ".geojson",
    FileFormat.CSV: ".csv",
    FileFormat.XLSX: ".xlsx",
    FileFormat.KML: ".kml",
    FileFormat.FLATGEOBUF: ".fgb",
    FileFormat.GEOPARQUET: ".parquet",
}
_UNUSED = ("pandas", "geopandas", "pyproj", "fiona")
_SIDE_TEXTS = (".txt", ".md", ".xml", ".qmd", ".prj", ".cpg", ".qml", ".sld", ".htm", ".html")
_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "GDAL_NUM_THREADS": "1",
    "OGR_GPKG_NUM_THREADS": "1",
    "OGR_GPKG_ALLOW_THREADED_RTREE": "NO",
    "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "NO",
    "OGR_SQLITE_LOAD_EXTENSIONS": "",
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "none",
    "CPL_ALLOW_VSISTDIN": "NO",
    "GDAL_HTTP_MAX_RETRY": "0",
    "GDAL_PAM_ENABLED": "NO",
    "PROJ_NETWORK": "OFF",
}


class _Absent(MetaPathFinder):
    """Packages that the libraries here would load for nothing: half the memory and the time."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Deny `fullname`, or leave it to the next finder."""
        if fullname.partition(".")[0] in _UNUSED:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None


def main(folder: Path) -> int:
    """Confine this process, then run the command in `folder`; exit code 0 when it was answered."""
    command = json.loads((folder / "command.json").read_text(encoding="utf-8"))
    os.environ.update(_ENVIRONMENT, CPL_TMPDIR=str(folder), TMPDIR=str(folder))
    sys.meta_path.insert(0, _Absent())
    mimetypes.init(())
    readable = [Path(path) for path in command["readable"]]
    force = confine(Limits(**command["limits"]), readable=readable, writable=folder)
    try:
        _OPERATIONS[command["operation"]](command, folder, force)
    except CivgeoError as error:
        _refuse(folder, error.message, error.code)
    except MemoryError:
        limit = int(command["limits"]["memory_bytes"]) // 1024**2
        _refuse(
            folder,
            f"读取需要的内存超过 {limit} MB，已终止。请拆分文件，或另存为 GeoPackage 后再导入。",
            "too_much_memory",
        )
    except RecursionError:
        _refuse(folder, "不能导入：文件内容嵌套过深。请核对文件来源。", "nested_too_deep")
    return 0


def _refuse(folder: Path, message: str, code: str) -> None:
    text = json.dumps({"message": message, "code": code}, ensure_ascii=False)
    (folder / "refusal.json").write_text(text, encoding="utf-8")


def _read(command: Mapping[str, Any], folder: Path, force: Mapping[str, bool]) -> None:
    raw = command["request"]
    request = ReadRequest(**raw | {"expected_headers": tuple(raw["expected_headers"])})
    source = Path(command["source"])
    kind = sniff(source)
    if kind is FileFormat.SHAPEFILE:
        source = _gather(source, command["siblings"], folder)
    facts = _by_kind(source, kind, folder, request, command["drivers"])
    facts.write(folder / "facts.json")


def _gather(source: Path, siblings: Sequence[str], folder: Path) -> Path:
    """Copy a bare Shapefile and its siblings under names of our own."""
    for path in (source, *map(Path, siblings)):
        shutil.copyfile(path, folder / f"source{path.suffix.lower()}")
    return folder / "source.shp"


def _by_kind(
    source: Path, kind: FileFormat, folder: Path, request: ReadRequest, drivers: Sequence[str]
) -> Facts:
    if kind in (FileFormat.ZIP, FileFormat.KMZ):
        return _packed(source, kind, folder, request, drivers)
    if kind is FileFormat.OSM_PBF:
        return _openstreetmap(source, folder, request, drivers)
    _choose_driver(kind, drivers)
    if kind.is_table:
        from civgeo.formats.tables import read_csv, read_workbook

        read = read_csv if kind is FileFormat.CSV else read_workbook
        return read(source, folder, request)
    if kind is FileFormat.NATIONAL_NAMES:
        from civgeo.formats.national_names import read_national_names

        return read_national_names(source, folder, request)
    if kind is FileFormat.GEOPARQUET:
        from civgeo.formats.geoparquet import read_geoparquet

        return read_geoparquet(source, folder)
    from civgeo.formats.vector import read_vector

    return read_vector(_named(source, kind, folder), kind, folder, request)


def _openstreetmap(
    source: Path, folder: Path, request: ReadRequest, drivers: Sequence[str]
) -> Facts:
    """One of the two layers; what writes it is loaded when the places of the nodes are gone."""
    from civgeo.formats.osm_ways import COLUMNS, pick_ways

    ways, layer = folder / "ways.txt", request.layer
    read = pick_ways(source, layer, ways) if layer and layer in COLUMNS else None
    _choose_driver(FileFormat.OSM_PBF, drivers)
    from civgeo.formats.osm_streets import osm_facts, write_osm_layer

    if layer is None or read is None:
        return osm_facts(layer)
    facts = write_osm_layer(ways, read, layer, folder)
    ways.unlink()
    return facts


def _allowed(kind: FileFormat) -> set[str]:
    """Drivers that reading a file of `kind` takes."""
    own = {
        FileFormat.SHAPEFILE: "ESRI Shapefile",
        FileFormat.GEOJSON: "GeoJSON",
        FileFormat.KML: "LIBKML",
        FileFormat.FLATGEOBUF: "FlatGeobuf",
    }
    return {"GPKG", own.get(kind, "GPKG")}


def _choose_driver(kind: FileFormat, drivers: Sequence[str]) -> None:
    """Let GDAL register the driver of `kind` and the GeoPackage that is written, no other."""
    allowed = _allowed(kind)
    os.environ["GDAL_SKIP"] = ",".join(name for name in drivers if name not in allowed)
    import pyogrio

    beyond = set(pyogrio.list_drivers()) - allowed
    if beyond:
        raise ImportRejected(
            f"隔离进程里出现了不允许的驱动：{'、'.join(sorted(beyond))}。请联系管理员。",
            code="unexpected_driver",
        )


def _named(source: Path, kind: FileFormat, folder: Path) -> Path:
    """`source` under the ending that its driver looks for."""
    if source.suffix == _ENDINGS[kind]:
        return source
    path = folder / f"source{_ENDINGS[kind]}"
    try:
        path.symlink_to(source)
    except OSError:
        shutil.copyfile(source, path)
    return path


def _packed(
    source: Path, kind: FileFormat, folder: Path, request: ReadRequest, drivers: Sequence[str]
) -> Facts:
    """The one file in a zip that can be read; the officer chooses among several."""
    unpacked = folder / "unpacked"
    unpacked.mkdir()
    found = []
    for member in archive.unpack(source, unpacked):
        try:
            inner = sniff(member.path)
        except ImportRejected:
            continue
        if inner is not FileFormat.CSV or member.path.suffix not in _SIDE_TEXTS:
            found.append((member, inner))
    if not found:
        raise ImportRejected(
            "压缩文件里没有可以导入的文件。Shapefile 请把 .shp、.shx、.dbf、.prj、.cpg 一起打包。",
            code="empty_archive",
        )
    names = [member.name for member, _ in found]
    wanted = found[0] if len(found) == 1 else None
    if request.layer in names:
        wanted = found[names.index(request.layer)]
        request = replace(request, layer=None)
    if wanted is None:
        return Facts(kind, layers=tuple(Layer(name) for name in names))
    facts = _by_kind(wanted[0].path, wanted[1], folder, request, drivers)
    facts = facts.with_notes(f"读取了压缩文件里的 {wanted[0].name}")
    return replace(facts, unpacked=str(wanted[0].path.relative_to(folder)))


def _annotate(command: Mapping[str, Any], folder: Path, force: Mapping[str, bool]) -> None:
    from civgeo.formats.annotation import annotate

    findings = [finding_from(raw) for raw in command["findings"]]
    facts = Facts.read(folder / "facts.json")
    annotate(Path(command["source"]), facts, findings, folder / "annotated")


def _results(command: Mapping[str, Any], folder: Path, force: Mapping[str, bool]) -> None:
    from civgeo.formats.results_reader import carrier_of, read_results

    source = Path(command["source"])
    carrier = carrier_of(source)
    if carrier == FileFormat.GEOPACKAGE:
        _choose_driver(FileFormat.GEOPACKAGE, command["drivers"])
    if carrier in (FileFormat.GEOPACKAGE, FileFormat.XLSX):
        source = _named(source, FileFormat(carrier), folder)
    read_results(source, folder)


def _elevation(command: Mapping[str, Any], folder: Path, force: Mapping[str, bool]) -> None:
    from civgeo.formats.elevation_reader import read_elevation

    read_elevation(Path(command["source"]), folder)


def _probe(command: Mapping[str, Any], folder: Path, force: Mapping[str, bool]) -> None:
    seen = probe(Path(command["source"]), force, Limits(**command["limits"]))
    _choose_driver(FileFormat.GEOJSON, command["drivers"])
    shut = len(command["drivers"]) - len(_allowed(FileFormat.GEOJSON))
    seen["文件格式"] = (True, f"一次只放行一种，其余 {shut} 种 GDAL 驱动不加载")
    (folder / "probe.json").write_text(json.dumps(seen, ensure_ascii=False), encoding="utf-8")


_OPERATIONS: Mapping[str, Callable[[Mapping[str, Any], Path, Mapping[str, bool]], None]] = {
    "read": _read,
    "annotate": _annotate,
    "results": _results,
    "elevation": _elevation,
    "probe": _probe,
}

if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
