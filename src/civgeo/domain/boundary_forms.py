"""Registers of boundaries: lines, points, markers, tri-junctions and their archives.

The fields are those of the registration form of markers (界桩登记表) and of the boundary archives,
行政区域界线管理条例 (国务院令第 353 号) articles 5 to 9, 13; GB/T 17796-2009. Numbers of
coordinates stand as they were recorded, with their datum; the geometry is EPSG:4490.
"""

from civgeo.domain.labelled import Labelled
from civgeo.domain.record_form import FieldKind, RecordField, RecordForm, Shapes, choices_of
from civgeo.domain.secrecy import DOCUMENTS, SECRECY_FIELDS

__all__ = [
    "ARCHIVES",
    "BOUNDARY_FORMS",
    "LINES",
    "MARKERS",
    "POINTS",
    "TRI_JUNCTIONS",
    "BoundaryLevel",
    "LineStatus",
    "MarkerState",
]


def _(text: str) -> str:
    """`text` itself; the mark by which the catalogue of English words finds it."""
    return text


class BoundaryLevel(Labelled):
    """Level of the divisions on both sides of a line."""

    PROVINCE = "province", "省级界线"
    PREFECTURE = "prefecture", "市级界线"
    COUNTY = "county", "县级界线"
    TOWNSHIP = "township", "乡级界线"


class LineStatus(Labelled):
    """Whether a line is fixed by an agreement or an approval."""

    DEMARCATED = "demarcated", "已勘定"
    TO_DEMARCATE = "to_demarcate", "待勘定"
    UNVERIFIED = "unverified", "待核实"
    ENDED = "ended", "已废止"


class MarkerState(Labelled):
    """What an inspection finds of a marker; several may hold, the gravest is recorded."""

    INTACT = "intact", "完好"
    ILLEGIBLE = "illegible", "字迹不清"
    DAMAGED = "damaged", "损坏"
    MOVED = "moved", "移位"
    MISSING = "missing", "丢失"
    UNKNOWN = "unknown", "未查"


class _PointKind(Labelled):
    TURNING = "turning", "拐点"
    JUNCTION = "junction", "三交点"
    FEATURE = "feature", "地物点"
    OTHER = "other", "其他界址点"


class _ArchiveKind(Labelled):
    PLAN = "plan", "联检方案"
    MINUTES = "minutes", "会议纪要"
    AGREEMENT = "agreement", "协议书及附图"
    INSPECTION = "inspection", "检查及修测记录"
    REPORT = "report", "联检报告"
    RESULTS = "results", "界桩成果表"
    REGISTRATION = "registration", "界桩登记表"
    PHOTOS = "photos", "照片"
    OTHER = "other", "其他"


_TEXT, _DAY, _COUNT = FieldKind.TEXT, FieldKind.DAY, FieldKind.COUNT
_CODE, _JSON, _NUMBER = FieldKind.CODE, FieldKind.JSON, FieldKind.NUMBER
_DIVISION = RecordField(
    "division",
    _("登记一侧区划代码"),
    _CODE,
    required=True,
    headers=("区划代码", "负责方代码"),
)
_SIDES = RecordField(
    "sides", _("毗邻各方区划代码"), _JSON, required=True, headers=("毗邻方", "界线双方")
)
_LINE = RecordField("line", _("界线代码"), headers=("所属界线", "所在界线"), indexed=True)
_RECORDED = (
    RecordField("datum", _("登记坐标系"), headers=("坐标系", "坐标基准")),
    RecordField("northing_m", _("纵坐标 X"), _NUMBER, headers=("纵坐标", "X坐标"), unit="m"),
    RecordField("easting_m", _("横坐标 Y"), _NUMBER, headers=("横坐标", "Y坐标"), unit="m"),
    RecordField("longitude", _("登记经度")),
    RecordField("latitude", _("登记纬度")),
    RecordField("height_m", _("高程"), _NUMBER, unit="m"),
)

LINES = RecordForm(
    "boundary_lines",
    _("行政区域界线"),
    _("行政区域界线：名称、代码、级别、毗邻双方、协议书与附图、长度、历次与下次联检。"),
    (
        RecordField(
            "code", _("界线代码"), required=True, headers=("界线编号", "代码"), indexed=True
        ),
        RecordField("name", _("界线名称"), required=True, headers=("名称",), indexed=True),
        RecordField(
            "level",
            _("界线级别"),
            required=True,
            headers=("级别", "等级"),
            choices=choices_of(BoundaryLevel),
        ),
        _DIVISION,
        _SIDES,
        RecordField(
            "status",
            _("勘定状态"),
            required=True,
            headers=("状态",),
            choices=choices_of(LineStatus),
        ),
        RecordField("length_m", _("界线长度（图上量算）"), _NUMBER, unit="m"),
        RecordField(
            "filed_length_m", _("界线长度（协议书）"), _NUMBER, headers=("界线长度",), unit="m"
        ),
        RecordField("agreement", _("界线协议书"), headers=("协议书", "协议书名称")),
        RecordField("agreement_number", _("批准文号"), headers=("文号",)),
        RecordField("agreed_on", _("协议书日期"), _DAY, headers=("签订日期",)),
        RecordField("map", _("协议书附图"), headers=("附图", "图幅")),
        RecordField("map_scale", _("附图比例尺"), headers=("比例尺",)),
        RecordField("course", _("走向说明")),
        RecordField("changed_on", _("区划变更批准日期"), _DAY),
        RecordField("demarcate_by", _("应勘定日期"), _DAY),
        RecordField("last_inspected", _("上次联检完成日期"), _DAY, headers=("上次联检",)),
        RecordField("next_due", _("下次联检期限"), _DAY, headers=("下次联检",)),
        *SECRECY_FIELDS,
        DOCUMENTS,
    ),
    Shapes.LINE,
)

POINTS = RecordForm(
    "boundary_points",
    _("边界点"),
    _("界线上没有界桩的边界点：编号、种类、坐标与位置说明（边界点成果表）。"),
    (
        RecordField(
            "number", _("边界点编号"), required=True, headers=("点号", "编号"), indexed=True
        ),
        RecordField(
            "kind", _("点种类"), required=True, headers=("种类",), choices=choices_of(_PointKind)
        ),
        _LINE,
        _DIVISION,
        *_RECORDED,
        RecordField("description", _("点位说明"), headers=("位置说明",)),
        RecordField("chainage_m", _("沿线里程"), _NUMBER, unit="m"),
        *SECRECY_FIELDS,
        DOCUMENTS,
    ),
    Shapes.POINT,
)

MARKERS = RecordForm(
    "boundary_markers",
    _("界桩"),
    _("界桩登记：编号与所刻文字、类型、材质、登记坐标、方位物、所在地、管理方、状况与联检。"),
    (
        RecordField("number", _("界桩编号"), required=True, headers=("编号", "桩号"), indexed=True),
        RecordField("engraved", _("界桩所刻文字"), headers=("刻字", "桩面文字")),
        RecordField("name", _("界桩名称"), headers=("名称",)),
        RecordField("serial", _("序号"), _COUNT),
        RecordField("suffix", _("类型代码"), headers=("类型码",)),
        RecordField("setting", _("界桩类型"), headers=("类型", "埋设类型")),
        RecordField(
            "level", _("界桩等级"), headers=("等级", "级别"), choices=choices_of(BoundaryLevel)
        ),
        RecordField("material", _("材质"), headers=("界桩材质",)),
        _LINE,
        _DIVISION,
        _SIDES,
        RecordField(
            "state",
            _("界桩状况"),
            required=True,
            headers=("状况", "状态"),
            choices=choices_of(MarkerState),
        ),
        *_RECORDED,
        RecordField("witnesses", _("方位物"), _JSON),
        RecordField("position", _("位置描述"), headers=("位置说明", "点位说明")),
        RecordField("locations", _("各侧所在地"), _JSON, headers=("所在地",)),
        RecordField("responsible", _("管理方区划代码"), _CODE, headers=("管理方",)),
        RecordField("custodian", _("托管单位"), headers=("托管人",)),
        RecordField("set_on", _("埋设日期"), _DAY, headers=("埋设时间",)),
        RecordField("registered_on", _("登记日期"), _DAY, headers=("登记时间",)),
        RecordField("last_inspected", _("上次检查日期"), _DAY),
        RecordField("chainage_m", _("沿线里程"), _NUMBER, unit="m"),
        RecordField("offset_m", _("偏离界线"), _NUMBER, unit="m"),
        RecordField("photos", _("照片"), _JSON),
        RecordField("signatures", _("各方签字"), _JSON),
        RecordField("device", _("监测设备"), _JSON),
        RecordField("remark", _("备注")),
        *SECRECY_FIELDS,
        DOCUMENTS,
    ),
    Shapes.POINT,
)

TRI_JUNCTIONS = RecordForm(
    "tri_junctions",
    _("三交点"),
    _("三条界线的交会点：名称、三方、界桩、协议与纪要。"),
    (
        RecordField("name", _("三交点名称"), required=True, headers=("名称",), indexed=True),
        RecordField("level", _("三交点级别"), headers=("级别",), choices=choices_of(BoundaryLevel)),
        _DIVISION,
        _SIDES,
        RecordField("lines", _("交会的界线"), _JSON),
        RecordField("marker", _("界桩编号"), indexed=True),
        *_RECORDED,
        RecordField("agreement", _("三交点协议书"), headers=("协议书",)),
        RecordField("minutes", _("会议纪要"), headers=("纪要",)),
        RecordField("agreed_on", _("签订日期"), _DAY),
        *SECRECY_FIELDS,
        DOCUMENTS,
    ),
    Shapes.POINT,
)

ARCHIVES = RecordForm(
    "boundary_archives",
    _("界线档案"),
    _("勘界与联检档案的档号、题名、种类、存放与移交（行政区域界线管理条例第 13 条）。"),
    (
        RecordField("number", _("档号"), required=True, headers=("档案号",), indexed=True),
        RecordField("name", _("题名"), required=True, headers=("案卷题名",)),
        RecordField(
            "kind",
            _("档案种类"),
            required=True,
            headers=("种类",),
            choices=choices_of(_ArchiveKind),
        ),
        _LINE,
        _DIVISION,
        RecordField("level", _("界线级别"), headers=("级别",), choices=choices_of(BoundaryLevel)),
        RecordField("year", _("年度"), _COUNT, required=True, unit="年"),
        RecordField("pages", _("页数"), _COUNT, unit="页"),
        RecordField("location", _("存放位置"), headers=("存放地点",)),
        RecordField("hand_over_to", _("应移交单位"), headers=("移交单位",)),
        RecordField("hand_over_by", _("移交期限"), _DAY),
        RecordField("handed_over_on", _("移交日期"), _DAY),
        RecordField("received_by", _("接收人"), headers=("接收单位",)),
        *SECRECY_FIELDS,
        DOCUMENTS,
    ),
    is_open=False,
)

BOUNDARY_FORMS = (LINES, POINTS, MARKERS, TRI_JUNCTIONS, ARCHIVES)
"""All of them, in the order of the office's menu."""
