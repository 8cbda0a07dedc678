"""The published collections: every property with type, unit, requiredness and Chinese headers.

One table for the API, its queryables, the spreadsheets that officers send in, and
docs/collections.md (a test compares them).
"""

from collections.abc import Mapping
from types import MappingProxyType

from civgeo.analysis.coverage import UnitLevel
from civgeo.domain.division import CodeSystem, DivisionLevel
from civgeo.domain.estate import EstateClass, HandoverStage
from civgeo.domain.facility import FacilityKind, FacilityStatus
from civgeo.domain.floor_area import VerdictStatus
from civgeo.services.property_schema import (
    ORIGIN,
    VALIDITY,
    CollectionSchema,
    PropertySchema,
    PropertyType,
    labelled,
)
from civgeo.services.record_schema import RECORD_COLLECTIONS

__all__ = [
    "COLLECTIONS",
    "OPEN_COLLECTIONS",
    "CollectionSchema",
    "PropertySchema",
    "PropertyType",
]


def _(text: str) -> str:
    """`text` itself; the mark by which the catalogue of English words finds it."""
    return text


_STRING, _INTEGER, _NUMBER = PropertyType.STRING, PropertyType.INTEGER, PropertyType.NUMBER
_BOOLEAN, _DATE = PropertyType.BOOLEAN, PropertyType.DATE

_NAME = PropertySchema("name", _("名称"), _STRING, headers=("名字",))
_COMMUNITY = PropertySchema(
    "community",
    _("社区（村）代码"),
    _STRING,
    required=False,
    headers=("社区代码", "村居代码", "所属社区代码"),
)
_ESTATE_CLASS = labelled(EstateClass)
_ESTATE_CLASS_WORDS = (
    ("新建小区", EstateClass.NEW.value),
    ("既有", EstateClass.EXISTING.value),
    ("既有小区", EstateClass.EXISTING.value),
    ("已建", EstateClass.EXISTING.value),
    ("已建成小区", EstateClass.EXISTING.value),
)
_STATUS_ZH = {
    VerdictStatus.OK: "已评价",
    VerdictStatus.UNDEFINED: "无户数，无法计算",
    VerdictStatus.NOT_ASSESSED: "未评价",
    VerdictStatus.UNVERIFIED: "待核实",
}


def _area(name: str, title: str, *headers: str, required: bool = False) -> PropertySchema:
    return PropertySchema(name, title, _NUMBER, "m²", required=required, headers=headers)


def _count(
    name: str, title: str, unit: str, *headers: str, required: bool = False
) -> PropertySchema:
    return PropertySchema(name, title, _INTEGER, unit, required=required, headers=headers)


_DIVISIONS = CollectionSchema(
    "divisions",
    _("行政区划"),
    _("各级行政区划的代码、名称和轮廓；乡级区划没有轮廓。轮廓为示意，不作为划界依据。"),
    (
        PropertySchema(
            "code", _("区划代码"), _STRING, headers=("行政区划代码", "代码", "民政部代码", "adcode")
        ),
        PropertySchema("name", _("名称"), _STRING, headers=("区划名称", "行政区划名称")),
        PropertySchema(
            "level", _("级别"), _STRING, headers=("行政级别",), choices=labelled(DivisionLevel)
        ),
        PropertySchema(
            "system", _("编码体系"), _STRING, headers=("代码体系",), choices=labelled(CodeSystem)
        ),
        PropertySchema(
            "parent", _("上级区划代码"), _STRING, required=False, headers=("上级代码", "父级代码")
        ),
        PropertySchema(
            "role",
            _("与本市关系"),
            _STRING,
            headers=("范围",),
            choices=(("own", "本市"), ("context", "相邻")),
        ),
        PropertySchema(
            "valid_from", _("设立日期"), _DATE, required=False, headers=("生效日期", "启用日期")
        ),
        PropertySchema(
            "valid_to", _("撤销日期"), _DATE, required=False, headers=("失效日期", "停用日期")
        ),
        PropertySchema("source", _("数据来源"), _STRING, headers=("来源", "资料来源")),
        PropertySchema("source_date", _("资料日期"), _DATE, required=False, headers=("数据日期",)),
        *ORIGIN[1:],
    ),
    "MultiPolygon 或 null",
    ("valid_from", "valid_to"),
)
_ESTATES = CollectionSchema(
    "estates",
    _("住宅小区"),
    _("住宅小区：户数、老年人数、建成年份，以及养老服务用房的规划、建设、验收、移交阶段。"),
    (
        PropertySchema("name", _("小区名称"), _STRING, headers=("名称", "小区", "项目名称")),
        PropertySchema(
            "division",
            _("乡镇街道代码"),
            _STRING,
            headers=("所属街道代码", "乡级区划代码", "区划代码"),
        ),
        _COMMUNITY,
        PropertySchema(
            "estate_class",
            _("小区类别"),
            _STRING,
            headers=("类别", "新旧类别"),
            choices=_ESTATE_CLASS,
            synonyms=_ESTATE_CLASS_WORDS,
        ),
        _count("completed_year", _("建成年份"), "年", "竣工年份", "竣工年度", "建成时间"),
        _count("households", _("户数"), "户", "总户数", "规划户数", "住户数"),
        _count("households_new", _("其中新建户数"), "户", "新建户数"),
        _count("elders", _("老年人数"), "人", "60岁以上人口", "老年人口", "60周岁及以上人数"),
        PropertySchema(
            "stage",
            _("用房阶段"),
            _STRING,
            headers=("养老用房阶段", "建设阶段", "四同步阶段"),
            choices=labelled(HandoverStage),
        ),
        *VALIDITY,
        *ORIGIN,
    ),
    "Polygon、MultiPolygon 或 Point",
    ("valid_from", "valid_to"),
)
_FACILITIES = CollectionSchema(
    "facilities",
    _("民政设施"),
    _("养老、救助、社区、殡葬等各类民政设施的位置、建筑面积和床位。"),
    (
        PropertySchema("name", _("设施名称"), _STRING, headers=("名称", "机构名称")),
        PropertySchema(
            "kind",
            _("设施类型"),
            _STRING,
            headers=("类型", "机构类型", "设施类别"),
            choices=labelled(FacilityKind),
        ),
        PropertySchema(
            "division", _("所在区划代码"), _STRING, headers=("乡镇街道代码", "区划代码", "县区代码")
        ),
        _COMMUNITY,
        PropertySchema(
            "estate", _("所属小区编号"), _STRING, required=False, headers=("小区编号", "配建小区")
        ),
        _area("floor_area_m2", _("建筑面积"), "面积", "建筑面积（平方米）", "房屋建筑面积"),
        _count("beds", _("床位数"), "张", "床位", "总床位数", "核定床位"),
        _count("nursing_beds", _("护理型床位数"), "张", "护理床位", "护理型床位"),
        PropertySchema(
            "opened",
            _("启用日期"),
            _DATE,
            required=False,
            headers=("开业日期", "运营日期", "成立日期"),
        ),
        PropertySchema(
            "status",
            _("运营状态"),
            _STRING,
            headers=("状态",),
            choices=labelled(FacilityStatus),
        ),
        *VALIDITY,
        *ORIGIN,
    ),
    "Point",
    ("valid_from", "valid_to"),
)
_COVERAGE_UNITS = CollectionSchema(
    "coverage_units",
    _("养老服务用房达标评价单元"),
    _(
        "按小区、社区、乡镇街道、县区计算的每百户养老服务用房面积，以及与现行标准的比较。"
        "编号由级别和代码组成，如 county-411702、estate-小区编号；每次读取按当天的标准计算。"
    ),
    (
        PropertySchema(
            "level", _("评价级别"), _STRING, headers=("级别",), choices=labelled(UnitLevel)
        ),
        PropertySchema("division", _("区划代码"), _STRING, headers=("代码",)),
        _NAME,
        _count("households", _("户数"), "户", "总户数", required=True),
        _area("required_m2", _("应有面积"), "要求面积"),
        _area("total_m2", _("现有面积"), "实有面积", required=True),
        PropertySchema(
            "m2_per_100_households",
            _("每百户面积"),
            _NUMBER,
            "m²/百户",
            required=False,
            headers=("百户面积", "每百户建筑面积"),
        ),
        PropertySchema("meets", _("是否达标"), _BOOLEAN, required=False, headers=("达标",)),
        _area("gap_m2", _("缺口面积"), "缺口"),
        _area("surplus_m2", _("富余面积"), "富余"),
        PropertySchema(
            "status",
            _("评价状态"),
            _STRING,
            headers=("状态",),
            choices=tuple((status.value, label) for status, label in _STATUS_ZH.items()),
        ),
        PropertySchema("reason", _("说明"), _STRING, required=False, headers=("原因",)),
        _count("estates", _("小区数"), "个", "小区个数", required=True),
        _count("estates_assessed", _("已评价小区数"), "个"),
        _count("estates_meeting", _("达标小区数"), "个"),
        _count("facilities", _("计入设施数"), "处", "设施数", required=True),
        _count("sites_below_minimum", _("低于单处下限的设施数"), "处", required=True),
        PropertySchema("standard_new", _("新建小区标准编号"), _STRING, required=False),
        PropertySchema("standard_existing", _("已建成小区标准编号"), _STRING, required=False),
        PropertySchema("on", _("评价日"), _DATE, headers=("评价日期",)),
        PropertySchema("edition", _("标准版本"), _STRING, headers=("版本",)),
        ORIGIN[1],
    ),
    "随单元：小区、县区为其图形，乡镇街道、社区为 null",
)

COLLECTIONS: Mapping[str, CollectionSchema] = MappingProxyType(
    {
        schema.id: schema
        for schema in (_DIVISIONS, _ESTATES, _FACILITIES, _COVERAGE_UNITS, *RECORD_COLLECTIONS)
    }
)
"""Collections by id."""

OPEN_COLLECTIONS: Mapping[str, CollectionSchema] = MappingProxyType(
    {id: schema for id, schema in COLLECTIONS.items() if schema.is_open}
)
"""Those that anybody may read."""
