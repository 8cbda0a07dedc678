"""Registers of planning: reporting areas, what stops walkers, reported figures, scenarios."""

from civgeo.domain.labelled import Labelled
from civgeo.domain.record_form import FieldKind, RecordField, RecordForm, Shapes, choices_of
from civgeo.domain.secrecy import DOCUMENTS

__all__ = [
    "BARRIERS",
    "CROSSINGS",
    "INDICATOR_REPORTS",
    "PLANNING_FORMS",
    "REPORTING_AREAS",
    "SCENARIOS",
    "BarrierKind",
    "CrossingKind",
    "CrossingStatus",
    "ReportingAreaKind",
]


def _(text: str) -> str:
    """`text` itself; the mark by which the catalogue of English words finds it."""
    return text


class ReportingAreaKind(Labelled):
    """What the bureau draws an area for."""

    DEVELOPMENT_ZONE = "development_zone", "开发区"
    MAIN_URBAN_AREA = "main_urban_area", "主城区"
    BUILT_UP_AREA = "built_up_area", "建成区"
    OTHER = "other", "其他"


class BarrierKind(Labelled):
    """What a walker cannot cross."""

    RIVER = "river", "河流"
    RAILWAY = "railway", "铁路"
    MOTORWAY = "motorway", "高速公路及快速路"
    WALL = "wall", "围墙"
    OTHER = "other", "其他"


class CrossingKind(Labelled):
    """What leads a walker over, under or through a barrier."""

    BRIDGE = "bridge", "桥梁"
    UNDERPASS = "underpass", "地下通道"
    FOOTBRIDGE = "footbridge", "人行天桥"
    GATE = "gate", "出入口"
    LEVEL_CROSSING = "level_crossing", "平交道口"


class CrossingStatus(Labelled):
    """Whether a crossing is there today."""

    EXISTING = "existing", "已有"
    PLANNED = "planned", "规划"


_DAY, _COUNT, _NUMBER = FieldKind.DAY, FieldKind.COUNT, FieldKind.NUMBER
_NAME = RecordField("name", _("名称"), required=True, indexed=True)
_DIVISION = RecordField(
    "division", _("所在区划代码"), FieldKind.CODE, required=True, headers=("区划代码",)
)
_NOTE = RecordField("note", _("备注"), headers=("说明",))

REPORTING_AREAS = RecordForm(
    "reporting_areas",
    _("统计范围"),
    _("民政部门勾绘的统计范围（开发区、主城区、建成区等没有区划轮廓的范围），与区划并列统计。"),
    (
        _NAME,
        RecordField("code", _("范围代码"), headers=("代码", "管委会代码")),
        RecordField(
            "kind",
            _("范围种类"),
            required=True,
            headers=("种类", "类型"),
            choices=choices_of(ReportingAreaKind),
        ),
        _DIVISION,
        RecordField("drawn_on", _("勾绘日期"), _DAY, headers=("划定日期",)),
        _NOTE,
        DOCUMENTS,
    ),
    Shapes.AREA,
)

BARRIERS = RecordForm(
    "walk_barriers",
    _("步行阻隔"),
    _("步行不能穿越的河流、铁路、高速公路、围墙等线或面；步行网与其相交处断开，桥隧除外。"),
    (
        RecordField("name", _("名称"), required=True),
        RecordField(
            "kind",
            _("阻隔种类"),
            required=True,
            headers=("种类", "类型"),
            choices=choices_of(BarrierKind),
        ),
        _DIVISION,
        _NOTE,
    ),
)

CROSSINGS = RecordForm(
    "walk_crossings",
    _("跨越设施"),
    _("跨越阻隔的桥梁、天桥、地下通道、出入口、道口：一条线，两端在阻隔的两侧。"),
    (
        RecordField("name", _("名称"), required=True),
        RecordField(
            "kind",
            _("设施种类"),
            required=True,
            headers=("种类", "类型"),
            choices=choices_of(CrossingKind),
        ),
        _DIVISION,
        RecordField(
            "status",
            _("建设状态"),
            required=True,
            headers=("状态",),
            choices=choices_of(CrossingStatus),
        ),
        _NOTE,
    ),
    Shapes.LINE,
)

INDICATOR_REPORTS = RecordForm(
    "indicator_reports",
    _("指标上报数"),
    _("各地上报的规划指标数值：指标、区划、年度、分子、分母与依据文件；与登记库算出的数并列。"),
    (
        RecordField(
            "indicator",
            _("指标编号"),
            required=True,
            headers=("指标",),
            indexed=True,
        ),
        _DIVISION,
        RecordField("reported_on", _("上报日期"), _DAY, headers=("填报日期",)),
        RecordField("period", _("统计年度"), _COUNT, required=True, headers=("年度",), unit="年"),
        RecordField("numerator", _("分子"), _NUMBER, required=True, headers=("数值", "完成数")),
        RecordField("denominator", _("分母"), _NUMBER, headers=("总数",)),
        RecordField("document", _("依据文件"), headers=("文件", "文号")),
        _NOTE,
    ),
    is_open=False,
)

SCENARIOS = RecordForm(
    "scenarios",
    _("情景方案"),
    _("规划比选方案：对现状依次作出的增设、迁移、关闭、扩缩等改动，与现状比较。"),
    (
        RecordField("name", _("方案名称"), required=True),
        RecordField("purpose", _("目的")),
        _DIVISION,
        RecordField("edits", _("改动清单"), FieldKind.JSON, required=True),
        RecordField("data_version", _("依据的数据版本"), _COUNT, required=True),
        RecordField("base_on", _("现状日期"), _DAY, required=True),
        RecordField("created_by", _("编制人"), required=True),
        RecordField("shared", _("是否共享"), FieldKind.FLAG, required=True),
        _NOTE,
    ),
    is_open=False,
)

PLANNING_FORMS = (REPORTING_AREAS, BARRIERS, CROSSINGS, INDICATOR_REPORTS, SCENARIOS)
"""All of them, in the order of the office's menu."""
