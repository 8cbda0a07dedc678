"""Tables of the place-name office as bureaus keep them, over the fictional city."""

import json
from pathlib import Path

from openpyxl import Workbook
from shapely import Point

CENSUS = (
    *("代码", "标准名称", "别名", "曾用名", "简称", "图上名称", "图号（年版）", "比例尺"),
    *(
        "罗马字母拼写",
        "地名读音(mp3)",
        "通名罗马字母拼写",
        "民族文字",
        "语种",
        "使用时间",
        "命名时间",
    ),
    *("密级", "设立年份", "废止年份", "标牌个数", "高程", "东经", "北纬", "坐标系", "测量方法"),
    *("类别名称", "地名含义", "历史沿革", "地理实体描述", "多媒体", "资料来源", "备注"),
    *("登记时间", "登记人", "登记单位", "所在(跨)行政区"),
)
"""Headers of the census form as a bureau's workbook writes them."""


def census_row(place: Point, **changed: str) -> dict[str, str]:
    """One filled row of the census form, in the bureau's own words."""
    row = {
        "代码": "99010210122200000188",
        "标准名称": "张庄",
        "别名": "老张庄；张家庄",
        "曾用名": "卫东大队",
        "图上名称": "张庄",
        "图号（年版）": "I-50-1（1985）",
        "比例尺": "1:50000",
        "罗马字母拼写": "Zhāngzhuāng",
        "地名读音(mp3)": "zhangzhuang.mp3",
        "使用时间": "现今",
        "命名时间": "1368年",
        "密级": "公开",
        "设立年份": "1983",
        "标牌个数": "2",
        "东经": "114°00′55″",
        "北纬": f"{place.y:.7f}",
        "坐标系": "2000",
        "测量方法": "实测",
        "类别名称": "农村居民点",
        "地名含义": "因张姓始居得名。",
        "历史沿革": "明代建村。\n清代扩建。",
        "地理实体描述": "位于中心区东部，有 120 户。",
        "资料来源": "第二次全国地名普查",
        "登记时间": "2016年3月",
        "登记人": "李四",
        "登记单位": "中心区民政局",
        "所在(跨)行政区": "虚构市中心区中一街道",
    }
    return dict.fromkeys(CENSUS, "") | row | changed


def workbook_of(path: Path, rows: list[dict[str, str]], *, title: str = "") -> Path:
    """XLSX with the rows under their headers, a title above where one is given."""
    book = Workbook()
    page = book.active
    if title:
        page.append([title])
    page.append(list(rows[0]))
    for row in rows:
        page.append([value or None for value in row.values()])
    book.save(path)
    return path


def national_record(place: Point, number: int = 1, **changed: object) -> dict[str, object]:
    """One record of the national service, all of it invented."""
    shape = {"type": "MultiPoint", "coordinates": [[place.x, place.y]]}
    record: dict[str, object] = {
        "id": f"synthetic-{number:04d}",
        "place_code": f"9901021032220000{number:04d}",
        "standard_name": "新华村",
        "roman_alphabet_spelling": "Xīnhuá Cūn",
        "ethnic_minorities_writing": "",
        "place_type": "行政村",
        "place_type_code": "21610",
        "province_name": "虚构省",
        "city_name": "虚构市",
        "area_name": "中心区",
        "province": "990000",
        "city": "990100",
        "area": "990102",
        "gdm": json.dumps(shape),
    }
    return record | changed


def saved(path: Path, answer: object) -> Path:
    """An answer of the national service as somebody saves it."""
    path.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    return path
