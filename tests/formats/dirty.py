"""Makers of dirty real files: what officers and attackers really send in."""

import datetime as dt
import json
import struct
import zipfile
from pathlib import Path

import geopandas as gpd
import openpyxl
import pyogrio
from shapely.geometry import Point, Polygon

POINTS = [Point(114.0221, 33.0123), Point(114.1, 33.2)]
NAMES = ["柳树𨟠镇日间照料中心", "幸福里小区养老服务站"]


def points_frame(crs="EPSG:4490", **columns):
    return gpd.GeoDataFrame({"名称": NAMES, **columns}, geometry=POINTS, crs=crs)


def write_layer(frame, path, driver, **options):
    pyogrio.write_dataframe(frame, path, driver=driver, **options)
    return path


def shapefile_folder(folder, *, encoding="GB18030", cpg=False, prj=True, names=None):
    folder.mkdir(parents=True, exist_ok=True)
    frame = gpd.GeoDataFrame({"名称": names or ["老街街道", "灈阳街道"]}, geometry=POINTS)
    frame = frame.set_crs("EPSG:4490")
    path = write_layer(frame, folder / "设施.shp", "ESRI Shapefile", encoding=encoding)
    if not cpg:
        path.with_suffix(".cpg").unlink(missing_ok=True)
        dbf = bytearray(path.with_suffix(".dbf").read_bytes())
        dbf[29] = 0
        path.with_suffix(".dbf").write_bytes(dbf)
    if not prj:
        path.with_suffix(".prj").unlink()
    return path


def zipped(folder, path, *, gbk_names=False):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        for item in sorted(folder.iterdir()):
            if gbk_names:
                container.writestr(gbk_entry(item.name), item.read_bytes())
            else:
                container.write(item, item.name)
    return path


class _GbkInfo(zipfile.ZipInfo):
    """An entry whose name is GB18030 bytes without the UTF-8 flag, as old desktops write it."""

    def _encodeFilenameFlags(self):  # noqa: N802 - the library's name
        return self.filename.encode("gb18030"), self.flag_bits & ~0x800


def gbk_entry(name):
    info = _GbkInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def workbook(path, sheets):
    """Workbook of {sheet: (rows, merged ranges)}; a name that starts with ``~`` is hidden."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, (rows, merged) in sheets.items():
        page = book.create_sheet(name.removeprefix("~"))
        for row in rows:
            page.append(row)
        for block in merged:
            page.merge_cells(block)
        if name.startswith("~"):
            page.sheet_state = "hidden"
    book.save(path)
    return path


def bureau_workbook(path):
    """What a bureau sends: a title, a note, two header rows in merged cells, a total."""
    rows = [
        ["驻马店市养老服务设施台账", None, None, None, None, None],
        ["填报单位：民政局", None, None, None, None, None],
        ["设施名称", "设施类型", "床位", None, "启用日期", "建筑面积（㎡）"],
        [None, None, "床位数", "护理型床位数", None, None],
        ["幸福　养老院 ", "养老机构", "１２０", 60, dt.date(2020, 5, 1), "1,200.5㎡"],
        [None, None, None, None, None, None],
        ["老街站", "不存在的类型", "约30", 5, "2020年5月", 30],
        ["合计", None, 150, 65, None, 1230.5],
    ]
    merged = ["A1:F1", "A2:F2", "A3:A4", "B3:B4", "C3:D3", "E3:E4", "F3:F4"]
    return workbook(path, {"台账": (rows, merged), "~底稿": ([["旧", "表"], ["1", "2"]], [])})


def geojson(path, *, extra="", nested=None, crs=None):
    feature = {
        "type": "Feature",
        "properties": {"name": NAMES[0], "floor_area_m2": 30},
        "geometry": {"type": "Point", "coordinates": [114.0221, 33.0123]},
    }
    collection = {"type": "FeatureCollection", "features": [feature]}
    if crs:
        collection = {"type": "FeatureCollection", "crs": crs, "features": [feature]}
    text = json.dumps(collection, ensure_ascii=False)
    if nested:
        text = text.replace('"floor_area_m2": 30', '"deep": ' + "[" * nested + "]" * nested)
    path.write_text(text + extra, encoding="utf-8")
    return path


def vrt(path, source):
    """GDAL's virtual layer, that reads `source`, a file or an address."""
    path.write_text(
        f'<OGRVRTDataSource><OGRVRTLayer name="canary"><SrcDataSource>{source}</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>",
        encoding="utf-8",
    )
    return path


def bow_tie():
    return Polygon([(114, 33), (114.1, 33.1), (114.1, 33), (114, 33.1)])


def bomb(path, megabytes=350):
    """A zip whose one CSV is all zeros: a thousand times smaller than what comes out."""
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as container,
        container.open("a.csv", "w", force_zip64=True) as entry,
    ):
        entry.write(b"name,beds\n")
        for _ in range(megabytes):
            entry.write(b"0" * 1024**2)
    return path


def rewritten(source, target, part, change):
    """Copy of a zip with one part changed; a part that is not there is added."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        names = old.namelist()
        for name in names:
            data = old.read(name)
            new.writestr(name, change(data) if name == part else data)
        if part not in names:
            new.writestr(part, change(b""))
    return target


def claims_two_gigabytes(path, folder):
    """A Shapefile whose DBF says that it holds four thousand million rows."""
    shape = shapefile_folder(folder)
    dbf = shape.with_suffix(".dbf")
    raw = bytearray(dbf.read_bytes())
    struct.pack_into("<I", raw, 4, 0xFFFFFFF0)
    dbf.write_bytes(raw)
    return zipped(folder, path)


def sparse(path: Path, size):
    """A file of `size` bytes that takes no room."""
    with path.open("wb") as file:
        file.write(b"SQLite format 3\x00")
        file.truncate(size)
    return path
