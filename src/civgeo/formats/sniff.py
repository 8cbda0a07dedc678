"""What a file is, told from its bytes and never from its name."""

import re
import zipfile
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from civgeo.errors import ImportRejected
from civgeo.formats import archive

__all__ = ["ACCEPTED", "HEAD_BYTES", "FileFormat", "is_osm_pbf", "sniff"]

HEAD_BYTES = 65_536
ACCEPTED = (
    "GeoPackage、Shapefile（zip）、GeoJSON、CSV、Excel（.xlsx）、KML/KMZ、FlatGeobuf、GeoParquet、"
    "国家地名信息库 JSON、OpenStreetMap（.osm.pbf，只作步行网和阻隔）"
)
_OSM_MAGIC, _OSM_AT = b"\n\tOSMHeader", 4


class FileFormat(StrEnum):
    """Formats that are read; a zip is looked into."""

    GEOPACKAGE = "GeoPackage"
    SHAPEFILE = "Shapefile"
    GEOJSON = "GeoJSON"
    CSV = "CSV"
    XLSX = "XLSX"
    KML = "KML"
    KMZ = "KMZ"
    FLATGEOBUF = "FlatGeobuf"
    GEOPARQUET = "GeoParquet"
    ZIP = "zip"
    NATIONAL_NAMES = "国家地名信息库 JSON"
    OSM_PBF = "OpenStreetMap PBF"

    @property
    def is_table(self) -> bool:
        """Whether it is a spreadsheet, whose rows and columns an officer can be pointed to."""
        return self in (FileFormat.CSV, FileFormat.XLSX)


_MAGIC = (
    (b"fgb\x03fgb", 0, FileFormat.FLATGEOBUF),
    (b"PAR1", 0, FileFormat.GEOPARQUET),
    (_OSM_MAGIC, _OSM_AT, FileFormat.OSM_PBF),
)
_FOREIGN = (
    (b"\xd0\xcf\x11\xe0", "旧版 Excel（.xls）或加了密码的 Excel 文件，请另存为不带密码的 .xlsx"),
    (b"%PDF", "PDF 文档"),
    (b"\x89PNG", "PNG 图片"),
    (b"\xff\xd8\xff", "JPEG 图片"),
    (b"GIF8", "GIF 图片"),
    (b"II*\x00", "TIFF 图片"),
    (b"MM\x00*", "TIFF 图片"),
    (b"\x1f\x8b", "gzip 压缩文件，请改用 zip"),
    (b"7z\xbc\xaf", "7z 压缩文件，请改用 zip"),
    (b"Rar!", "RAR 压缩文件，请改用 zip"),
    (b"AC10", "AutoCAD 图形（DWG），请转换为 GeoPackage 或 Shapefile"),
    (b"MZ", "可执行程序"),
    (b"\x7fELF", "可执行程序"),
)
_XML_ROOTS = {
    "ogrvrtdatasource": "GDAL 虚拟数据源（OGR VRT），其中可指向别处的文件或网址",
    "vrtdataset": "GDAL 虚拟栅格（VRT），其中可指向别处的文件或网址",
    "html": "网页（HTML）",
    "gpx": "GPX 轨迹",
    "osm": "OpenStreetMap XML，请改用 .osm.pbf",
    "svg": "SVG 图形",
    "workbook": "Excel 2003 XML 表格，请另存为 .xlsx",
    "featurecollection": "GML",
}
_DECLARATION = re.compile(r"\s*(<\?.*?\?>|<!--.*?-->)", re.DOTALL)
_ROOT = re.compile(r"\s*<(?:[\w.-]+:)?([\w.-]+)")
_JSON_TYPE = re.compile(r'"type"\s*:\s*"(\w+)"')
_GEOJSON_TYPES = {
    "FeatureCollection",
    "Feature",
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
}
_NATIONAL_KEY = '"standard_name"'
_GEOJSON_KEYS = ('"features"', '"geometry"', '"coordinates"')
_DELIMITERS = ",\t;|"


def sniff(path: Path) -> FileFormat:
    """Format of the file at `path`, by its content.

    Parameters
    ----------
    path
        Any file; its name plays no part.

    Raises
    ------
    ImportRejected
        When it is none of the accepted formats: the message says what it seems to be.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        if not head.strip(b"\x00\t\r\n "):
            raise _refused("空文件")
        return _by_magic(head, file) or _by_text(head)


def is_osm_pbf(path: Path) -> bool:
    """Whether the file begins as OpenStreetMap data in PBF form does."""
    with path.open("rb") as file:
        return file.read(_OSM_AT + len(_OSM_MAGIC)).startswith(_OSM_MAGIC, _OSM_AT)


def _refused(what: str) -> ImportRejected:
    return ImportRejected(
        f"不能导入：这个文件看起来是{what}。可导入的格式：{ACCEPTED}。", code="unsupported_format"
    )


def _by_magic(head: bytes, file: BinaryIO) -> FileFormat | None:
    """Format of a binary file, None when it may be text."""
    if head.startswith(b"SQLite format 3\x00"):
        return _geopackage(head)
    if head.startswith(b"PK\x03\x04"):
        return _zip(file)
    if head.startswith(b"\x00\x00\x27\x0a"):
        return _shapefile(head)
    for magic, at, kind in _MAGIC:
        if head.startswith(magic, at):
            return kind
    for magic, what in _FOREIGN:
        if head.startswith(magic):
            raise _refused(what)
    return None


def _shapefile(head: bytes) -> FileFormat:
    """The main file; the index begins alike, but its first record is an offset of 50 words."""
    if head[100:104] == b"\x00\x00\x00\x32":
        raise _refused("Shapefile 的索引（.shx），请连同 .shp、.dbf 等一起打成 zip")
    return FileFormat.SHAPEFILE


def _geopackage(head: bytes) -> FileFormat:
    if head[68:72] in (b"GPKG", b"GP10", b"GP11"):
        return FileFormat.GEOPACKAGE
    raise _refused("SQLite 数据库，但不是 GeoPackage")


def _zip(file: BinaryIO) -> FileFormat:
    """What a zip container holds: a workbook, a KMZ, or files."""
    try:
        names = archive.names(file)
    except zipfile.BadZipFile:
        raise ImportRejected(
            "压缩文件已损坏或不完整，请重新打包或重新上传。", code="broken_archive"
        ) from None
    if "xl/workbook.xml" in names:
        return FileFormat.XLSX
    for part, what in (("word/document.xml", "Word 文档"), ("ppt/presentation.xml", "演示文稿")):
        if part in names:
            raise _refused(what)
    if "xl/workbook.bin" in names:
        raise _refused("二进制 Excel（.xlsb），请另存为 .xlsx")
    if "content.xml" in names and "mimetype" in names:
        raise _refused("OpenDocument 文件，请另存为 .xlsx")
    inner = [name.lower() for name in names if not name.endswith("/")]
    if "doc.kml" in inner or (sum(name.endswith(".kml") for name in inner) == 1 == len(inner)):
        return FileFormat.KMZ
    return FileFormat.ZIP


def _by_text(head: bytes) -> FileFormat:
    """Format of a text file."""
    text = _decoded(head)
    start = text.lstrip()
    if start[:1] in ("{", "["):
        return _json(start)
    return _xml(start) if start.startswith("<") else _csv(start)


def _decoded(head: bytes) -> str:
    """Head of a text file, its ASCII part right in whatever encoding."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="replace")
    if b"\x00" in head:
        raise _refused("未知的二进制文件")
    return head.decode("utf-8-sig", errors="replace")


def _json(text: str) -> FileFormat:
    types = set(_JSON_TYPE.findall(text))
    if "Topology" in types:
        raise _refused("TopoJSON")
    if _NATIONAL_KEY in text and "FeatureCollection" not in types:
        return FileFormat.NATIONAL_NAMES
    if text.startswith("{") and '"esriGeometry' in text:
        raise _refused("Esri JSON")
    if text.startswith("{") and (
        types & _GEOJSON_TYPES or any(key in text for key in _GEOJSON_KEYS)
    ):
        return FileFormat.GEOJSON
    raise _refused("JSON，但不是 GeoJSON")


def _xml(text: str) -> FileFormat:
    prolog = 0
    while found := _DECLARATION.match(text, prolog):
        prolog = found.end()
    if re.match(r"\s*<!doctype\s+html", text[prolog:], re.IGNORECASE):
        raise _refused(_XML_ROOTS["html"])
    if re.match(r"\s*<!", text[prolog:]):
        raise ImportRejected(
            "不能导入：这个 XML 文件带有 DOCTYPE 或实体声明，可能引用别处的文件。"
            "请用制图软件重新导出。",
            code="unsafe_xml",
        )
    root = _ROOT.match(text, prolog)
    name = root.group(1).lower() if root else ""
    if name == "kml":
        return FileFormat.KML
    raise _refused(_XML_ROOTS.get(name, f"XML（根元素 {name}）" if name else "不完整的 XML"))


def _csv(text: str) -> FileFormat:
    line = next((line for line in text.splitlines() if line.strip()), "")
    if any(mark in text for mark in _DELIMITERS) and not re.search(r"[\x01-\x08\x0e-\x1f]", line):
        return FileFormat.CSV
    raise _refused("没有分隔符的文字，不是表格")
