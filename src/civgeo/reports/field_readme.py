"""README.txt and manifest.json of a field package."""

import hashlib
import json
from collections.abc import Mapping

from civgeo.domain.field_sheet import FieldSheet
from civgeo.reports.field_checklist_pdf import standing_of
from civgeo.reports.plain_text import chinese_date, plain

__all__ = ["MANIFEST_FORMAT", "field_manifest", "field_readme"]

MANIFEST_FORMAT = "civgeo-field-package/1"

_FILES = {
    "checklist.pdf": "纸质记录表：打印后带到现场，一桩一页，附略图，双方签字",
    "checklist.xlsx": "电子记录表：在电脑上填写，有下拉列表；交回后可导入",
    "phone.html": "手机网页：存到手机，用浏览器打开，不需要网络；填完点“保存结果”",
    "markers.gpx": "导航：界桩航点、按次序的路线和界线轨迹，可导入手持机和户外地图",
    "line.kml": "地图：界线、界桩、方位物和三交点，可用奥维、Google Earth 等打开",
    "field.gpkg": "地理数据：界桩、界线段、照片、界线四个图层，可在 QGIS 中填写后交回",
    "field.qgs": "QGIS 工程：与 field.gpkg 放在同一文件夹，双击打开，字段为中文",
    "maps/": "略图（sketch）与全线位置图（overview），按路线次序编号",
    "manifest.json": "文件清单和 SHA-256，用来核对文件是否完整",
}
_BACK = (
    "1. 记录方、检查人、坐标系各填一次，对整份文件有效。",
    "2. 手机网页：点“保存结果”，得到 civgeo-results-….json；照片留在手机里，连同结果一起交回。",
    "3. 电子记录表、field.gpkg：填好后原样交回，不要改列名和登记编号。",
    "4. 交回的文件用 civgeo rounds import 文件名 导入。结果只追加为联检记录，不改动界桩登记；",
    "   同一文件导入两次只算一次；没有填写的界桩和界线段不会成为记录。",
    "5. 双方各交一份，系统逐项比对，列出不一致的地方。",
)
_LIMITS = (
    "坐标为 CGCS2000 经纬度（EPSG:4490），与手机定位的 WGS-84 相差不到 1 米；"
    "高德、腾讯地图为 GCJ-02，百度地图为 BD-09，相差数百米，填写时须选明坐标系。",
    "地图为示意，不作为划界依据；以界线协议书及附图为准（行政区域界线管理条例第 14 条）。",
    "field.gpkg 与 field.qgs 在 QGIS 中打开检查过；没有在 QField 上运行过，使用前请先试。",
)


def field_readme(sheet: FieldSheet) -> bytes:
    """README.txt: what each file is for, and how results come back; UTF-8 with a mark, CRLF."""
    due = "" if sheet.round.due is None else f"完成期限 {chinese_date(sheet.round.due)}，"
    sides = "、".join(plain(side.name) for side in sheet.sides)
    lines = [
        f"{plain(sheet.title)} 外业数据包",
        standing_of(sheet),
        "",
        f"界线 {plain(sheet.name)}（{plain(sheet.code)}，{sheet.level}），毗邻双方：{sides}",
        f"{due}全长 {sheet.length_m / 1000:.2f} km，界桩 {len(sheet.markers)} 个，"
        f"界线段 {len(sheet.segments)} 段",
        f"资料日期 {chinese_date(sheet.made_on)}，数据包编号 {sheet.package}",
        "",
        "【文件】",
        *(f"{name:<16}{told}" for name, told in _FILES.items()),
        "",
        "【带回结果】",
        *_BACK,
        "",
        "【注意】",
        *_LIMITS,
    ]
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")


def field_manifest(sheet: FieldSheet, files: Mapping[str, bytes]) -> bytes:
    """manifest.json: the package, and size and SHA-256 of every other file."""
    told = {
        "format": MANIFEST_FORMAT,
        "package": sheet.package,
        "line": sheet.code,
        "name": sheet.name,
        "round": sheet.round.number,
        "made_on": sheet.made_on.isoformat(),
        "secrecy": sheet.secrecy,
        "simulated": sheet.simulated,
        "markers": len(sheet.markers),
        "segments": len(sheet.segments),
        "files": [
            {"path": path, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for path, content in files.items()
        ],
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
