"""Registers of the joint inspections: rounds, what was found, works on markers, disputes.

行政区域界线管理条例 (国务院令第 353 号) articles 6 (works on markers), 12 (an inspection every five
years, special ones, reports), 14; yearly 平安边界 checks; changes of divisions and what they touch.
"""

from civgeo.domain.boundary_forms import BoundaryLevel, MarkerState
from civgeo.domain.labelled import Labelled
from civgeo.domain.record_form import FieldKind, RecordField, RecordForm, Shapes, choices_of
from civgeo.domain.secrecy import DOCUMENTS

__all__ = [
    "DISPUTES",
    "DIVISION_CHANGES",
    "INSPECTIONS",
    "MARKER_WORKS",
    "ROUNDS",
    "ROUND_FORMS",
    "YEARLY_CHECKS",
    "ChangeKind",
    "InspectionSubject",
    "MarkerAction",
    "RoundKind",
    "RoundState",
    "WorkKind",
    "WorkState",
]


def _(text: str) -> str:
    """`text` itself; the mark by which the catalogue of English words finds it."""
    return text


class RoundKind(Labelled):
    """Why a line is inspected."""

    REGULAR = "regular", "五年联检"
    SPECIAL = "special", "特别联检"
    DEMARCATION = "demarcation", "勘定"


class RoundState(Labelled):
    """How far the inspection of one line is."""

    PLANNED = "planned", "已计划"
    OPEN = "open", "外业中"
    COMPARING = "comparing", "核对中"
    REPORTED = "reported", "已出报告"
    FILED = "filed", "已备案"


class InspectionSubject(Labelled):
    """What an inspection record is about."""

    MARKER = "marker", "界桩"
    SEGMENT = "segment", "界线段"


class MarkerAction(Labelled):
    """What was done to a marker in the field."""

    NONE = "none", "未处理"
    CLEARED = "cleared", "清障"
    REPAINTED = "repainted", "描红"
    REPAIRED = "repaired", "修复"
    WITNESS_ADDED = "witness_added", "增补方位物"


class WorkKind(Labelled):
    """Works on a marker that its register follows only after all steps."""

    REPAIR = "repair", "修复"
    RESET = "reset", "恢复原位"
    REMAKE = "remake", "重制埋设"
    MOVE = "move", "移动"
    ADD = "add", "增设"
    SCRAP = "scrap", "废弃"


class WorkState(Labelled):
    """How far works are."""

    PROPOSED = "proposed", "已提出"
    AGREED = "agreed", "各方已商定"
    SURVEYED = "surveyed", "已联合测绘"
    DONE = "done", "已施工"
    ARCHIVED = "archived", "已建档"
    FILED = "filed", "已备案"
    WITHDRAWN = "withdrawn", "已撤回"


class _DisputeState(Labelled):
    OPEN = "open", "争议中"
    TALKING = "talking", "协商中"
    ESCALATED = "escalated", "已报上级"
    SETTLED = "settled", "已解决"


class ChangeKind(Labelled):
    """How divisions change."""

    MERGE = "merge", "合并"
    SPLIT = "split", "拆分"
    TO_TOWN = "to_town", "撤乡设镇"
    TO_SUBDISTRICT = "to_subdistrict", "设街道"
    ADJUST = "adjust", "调整界线"
    RENAME = "rename", "更名"


class _ChangeState(Labelled):
    DRAFT = "draft", "草案"
    APPROVED = "approved", "已批准"
    DONE = "done", "已完成"
    WITHDRAWN = "withdrawn", "已撤回"


_DAY, _COUNT = FieldKind.DAY, FieldKind.COUNT
_CODE, _JSON, _NUMBER = FieldKind.CODE, FieldKind.JSON, FieldKind.NUMBER
_LINE = RecordField(
    "line", _("界线代码"), required=True, headers=("所属界线", "界线"), indexed=True
)
_DIVISION = RecordField("division", _("登记一侧区划代码"), _CODE, required=True)
_ROUND = RecordField("round", _("轮次"), _COUNT, required=True, headers=("联检轮次",))

ROUNDS = RecordForm(
    "inspection_rounds",
    _("联检计划"),
    _("每条界线每一轮联检：年份、双方、牵头方、期限、进度与报告（第 353 号第 12 条）。"),
    (
        RecordField("name", _("联检名称"), required=True, headers=("名称",)),
        _LINE,
        RecordField("line_name", _("界线名称"), required=True),
        RecordField(
            "level",
            _("界线级别"),
            required=True,
            headers=("级别",),
            choices=choices_of(BoundaryLevel),
        ),
        _ROUND,
        RecordField("kind", _("联检种类"), required=True, choices=choices_of(RoundKind)),
        RecordField("cause", _("特别联检事由"), headers=("事由",)),
        RecordField("year", _("计划年份"), _COUNT, required=True, headers=("年份",), unit="年"),
        RecordField("due", _("完成期限"), _DAY, required=True, headers=("期限",)),
        _DIVISION,
        RecordField("sides", _("参加各方区划代码"), _JSON, required=True, headers=("参加方",)),
        RecordField("leader", _("牵头方区划代码"), _CODE, headers=("牵头方",)),
        RecordField(
            "state",
            _("联检进度"),
            required=True,
            headers=("进度",),
            choices=choices_of(RoundState),
        ),
        RecordField("tolerance_m", _("位移限差"), _NUMBER, headers=("限差",), unit="m"),
        RecordField("started_on", _("开始日期"), _DAY),
        RecordField("finished_on", _("外业完成日期"), _DAY),
        RecordField("reported_on", _("报告日期"), _DAY),
        RecordField("filed_on", _("备案日期"), _DAY),
        RecordField("remark", _("备注")),
        DOCUMENTS,
    ),
    is_open=False,
)

INSPECTIONS = RecordForm(
    "inspections",
    _("联检记录"),
    _("外业带回的记录，逐桩逐段，只增加不覆盖；双方各记一份，逐项比对。"),
    (
        RecordField("name", _("界桩编号或界线段"), required=True, indexed=True),
        RecordField("subject", _("记录对象"), required=True, choices=choices_of(InspectionSubject)),
        _LINE,
        _ROUND,
        RecordField("marker", _("界桩登记编号"), indexed=True),
        RecordField("side", _("记录方区划代码"), _CODE, required=True, headers=("记录方",)),
        _DIVISION,
        RecordField("inspected_on", _("检查日期"), _DAY, required=True, headers=("日期",)),
        RecordField("inspector", _("检查人"), headers=("记录人",)),
        RecordField("state", _("界桩状况"), headers=("状况",), choices=choices_of(MarkerState)),
        RecordField("actions", _("处理措施"), _JSON),
        RecordField("longitude", _("实测经度"), _NUMBER, headers=("经度",), unit="°"),
        RecordField("latitude", _("实测纬度"), _NUMBER, headers=("纬度",), unit="°"),
        RecordField("height_m", _("实测高程"), _NUMBER, headers=("高程",), unit="m"),
        RecordField("datum", _("实测坐标系"), headers=("坐标系",)),
        RecordField("displacement_m", _("位移"), _NUMBER, unit="m"),
        RecordField("displacement_towards", _("位移方向")),
        RecordField("witnesses", _("方位物检查"), _JSON),
        RecordField("answers", _("界线段检查"), _JSON),
        RecordField("photos", _("照片"), _JSON),
        RecordField("remark", _("备注")),
        RecordField("findings", _("核对发现"), _JSON),
        RecordField("file", _("来源文件 SHA-256"), required=True),
        RecordField("import_batch", _("导入批次"), required=True, indexed=True),
    ),
    Shapes.POINT,
    is_open=False,
)

MARKER_WORKS = RecordForm(
    "marker_works",
    _("界桩修复与变动"),
    _("修复、恢复、移动、增设、废弃界桩的步骤；各步骤不能跳过（第 353 号第 6、8 条）。"),
    (
        RecordField("name", _("界桩编号"), required=True, indexed=True),
        _LINE,
        RecordField("marker", _("界桩登记编号"), indexed=True),
        RecordField("kind", _("事项"), required=True, choices=choices_of(WorkKind)),
        RecordField("state", _("办理状态"), required=True, choices=choices_of(WorkState)),
        _DIVISION,
        RecordField("responsible", _("负责方区划代码"), _CODE, required=True),
        RecordField("present", _("到场各方"), _JSON),
        RecordField("cause", _("事由"), required=True),
        RecordField("proposal", _("拟登记内容"), _JSON),
        RecordField("steps", _("办理步骤"), _JSON, required=True),
        RecordField("due", _("期限"), _DAY),
        DOCUMENTS,
    ),
    Shapes.POINT,
    is_open=False,
)

DISPUTES = RecordForm(
    "boundary_disputes",
    _("边界争议"),
    _("有争议的地段、各方主张、进度与文书。"),
    (
        RecordField("name", _("争议地段"), required=True, headers=("名称", "地段")),
        _LINE,
        _DIVISION,
        RecordField("sides", _("争议各方区划代码"), _JSON, required=True),
        RecordField("state", _("进度"), required=True, choices=choices_of(_DisputeState)),
        RecordField("began_on", _("发生日期"), _DAY, required=True),
        RecordField("claims", _("各方主张"), _JSON),
        RecordField("settled_on", _("解决日期"), _DAY),
        RecordField("outcome", _("处理结果")),
        DOCUMENTS,
    ),
    is_open=False,
)

YEARLY_CHECKS = RecordForm(
    "yearly_checks",
    _("平安边界年度检查"),
    _("每条界线每年一份平安边界检查表。"),
    (
        RecordField("name", _("界线名称"), required=True),
        _LINE,
        RecordField("year", _("年度"), _COUNT, required=True, unit="年"),
        _DIVISION,
        RecordField("items", _("检查项目"), _JSON, required=True),
        RecordField("checked_on", _("检查日期"), _DAY),
        RecordField("checked_by", _("检查人")),
        RecordField("remark", _("备注")),
        DOCUMENTS,
    ),
    is_open=False,
)

DIVISION_CHANGES = RecordForm(
    "division_changes",
    _("区划变更草案"),
    _("合并、拆分、设镇、设街道的草案，及其涉及的代码、地名、界线、界桩和期限。"),
    (
        RecordField("name", _("变更名称"), required=True),
        RecordField("kind", _("变更种类"), required=True, choices=choices_of(ChangeKind)),
        RecordField("state", _("进度"), required=True, choices=choices_of(_ChangeState)),
        _DIVISION,
        RecordField("before", _("变更前区划"), _JSON, required=True),
        RecordField("after", _("变更后区划"), _JSON, required=True),
        RecordField("reason", _("理由")),
        RecordField("approved_on", _("批准日期"), _DAY),
        RecordField("approval", _("批准文号")),
        RecordField("effects", _("涉及事项"), _JSON),
        DOCUMENTS,
    ),
    is_open=False,
)

ROUND_FORMS = (
    ROUNDS,
    INSPECTIONS,
    MARKER_WORKS,
    DISPUTES,
    YEARLY_CHECKS,
    DIVISION_CHANGES,
)
"""All of them, in the order of the office's menu."""
