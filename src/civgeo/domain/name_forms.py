"""Registers of the place-name office: the gazetteer, its cases, and the lists kept beside it.

The gazetteer's fields are those of the census form (第二次全国地名普查 地名成果表) and of the
national service's details; `docs/collections.md` gives the headers of both.
"""

from civgeo.domain.labelled import Labelled
from civgeo.domain.name_case import CaseState
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.procedure_rule import Action, Level
from civgeo.domain.record_form import FieldKind, RecordField, RecordForm, Shapes, choices_of
from civgeo.domain.secrecy import DOCUMENTS, SECRECY_FIELDS

__all__ = [
    "NAME_ARCHIVES",
    "NAME_CASES",
    "NAME_FORMS",
    "NAME_SIGNS",
    "PLACE_NAMES",
    "PROTECTED_NAMES",
    "RESERVED_NAMES",
    "RURAL_NAMING",
    "NameStatus",
    "OtherNameKind",
]


def _(text: str) -> str:
    """`text` itself; the mark by which the catalogue of English words finds it."""
    return text


class NameStatus(Labelled):
    """Standing of a name: approved, set aside, not yet looked into, or known to be no standard."""

    STANDARD = "standard", "标准地名"
    RESERVED = "reserved", "储备地名"
    UNVERIFIED = "unverified", "待核定"
    NONSTANDARD = "nonstandard", "非标准地名"


class OtherNameKind(Labelled):
    """Names of a place besides the standard one."""

    FORMER = "former", "曾用名"
    ALIAS = "alias", "别名"
    SHORT = "short", "简称"
    MINORITY = "minority", "少数民族文字"


class _SignKind(Labelled):
    AREA = "area", "区域地名标志"
    STREET = "street", "街路巷标志"
    VILLAGE = "village", "村牌"
    BUILDING = "building", "楼栋标志"
    DOOR = "door", "门牌"
    OTHER = "other", "其他标志"


class _SignState(Labelled):
    INTACT = "intact", "完好"
    DIRTY = "dirty", "污损"
    BROKEN = "broken", "损坏"
    MISSING = "missing", "缺失"
    COVERED = "covered", "被遮挡"
    WRONG = "wrong", "书写不规范"


class _ReservedState(Labelled):
    RESERVED = "reserved", "储备中"
    USED = "used", "已启用"
    RELEASED = "released", "已释放"


class _Retention(Labelled):
    PERMANENT = "permanent", "永久"
    THIRTY_YEARS = "thirty_years", "30 年"
    TEN_YEARS = "ten_years", "10 年"


_TEXT, _DAY, _COUNT = FieldKind.TEXT, FieldKind.DAY, FieldKind.COUNT
_FLAG, _CODE, _JSON = FieldKind.FLAG, FieldKind.CODE, FieldKind.JSON
_KINDS = choices_of(PlaceKind)
_PLACE = RecordField("place", _("地名条目编号"), indexed=True)
_DIVISION = RecordField(
    "division", _("所在区划代码"), _CODE, required=True, headers=("区划代码", "所在行政区代码")
)

PLACE_NAMES = RecordForm(
    "place_names",
    _("标准地名"),
    _("地名登记：标准名称、专名与通名、类别、罗马字母拼写、含义与沿革、其他名称和位置。"),
    (
        RecordField(
            "name", _("标准名称"), required=True, headers=("地名", "标准地名", "名称"), indexed=True
        ),
        RecordField("specific", _("专名"), required=True),
        RecordField("generic", _("通名")),
        RecordField(
            "kind", _("地名类别"), required=True, headers=("类别", "类别名称"), choices=_KINDS
        ),
        RecordField("type_code", _("类别代码"), headers=("地名类别代码", "place_type_code")),
        RecordField("census_class", _("普查大类"), headers=("大类",)),
        RecordField("place_code", _("地名代码"), headers=("代码", "place_code"), indexed=True),
        RecordField(
            "toned", _("罗马字母拼写"), headers=("汉语拼音", "拼音", "roman_alphabet_spelling")
        ),
        RecordField("plain", _("罗马字母拼写（不标调）"), headers=("不标调拼音",)),
        RecordField("reading", _("读音"), headers=("地名读音",)),
        RecordField("reading_source", _("读音依据")),
        RecordField("confirmed", _("读音已核定"), _FLAG, required=True),
        RecordField("confirmed_by", _("读音核定人")),
        _DIVISION,
        RecordField("spans", _("跨行政区"), _JSON, headers=("所在（跨）行政区",)),
        RecordField("builtup_area", _("所在建成区"), headers=("建成区",)),
        RecordField("famous", _("著名实体"), _FLAG, required=True),
        RecordField(
            "status",
            _("地名状态"),
            required=True,
            headers=("状态",),
            choices=choices_of(NameStatus),
        ),
        RecordField("meaning", _("地名含义"), headers=("含义", "place_meaning")),
        RecordField("origin", _("地名来历"), headers=("来历", "地名由来", "place_origin")),
        RecordField("history_text", _("历史沿革"), headers=("沿革", "place_history")),
        RecordField("description", _("地理实体描述"), headers=("实体描述", "描述")),
        RecordField("named_on", _("命名时间"), _DAY, headers=("命名日期",)),
        RecordField("other_names", _("其他名称"), _JSON),
        *SECRECY_FIELDS,
        DOCUMENTS,
        RecordField("attributes", _("普查表其他项目"), _JSON),
    ),
)

NAME_CASES = RecordForm(
    "name_cases",
    _("地名命名更名案卷"),
    _("命名、更名、注销的办理过程：申请、审核、征求意见、批准、备案、公告、发布。"),
    (
        RecordField("name", _("拟用名称"), required=True, headers=("名称",), indexed=True),
        RecordField(
            "action",
            _("办理事项"),
            required=True,
            headers=("事项",),
            choices=choices_of(Action),
        ),
        RecordField(
            "state",
            _("办理状态"),
            required=True,
            headers=("状态",),
            choices=choices_of(CaseState),
            indexed=True,
        ),
        RecordField("former_name", _("原名称")),
        RecordField("kind", _("地名类别"), required=True, headers=("类别",), choices=_KINDS),
        RecordField("level", _("实体级别"), choices=choices_of(Level)),
        RecordField("sector", _("行业主管部门")),
        _DIVISION,
        _PLACE,
        RecordField("proposal", _("拟登记内容"), _JSON, required=True),
        RecordField("reason", _("理由"), headers=("命名理由", "更名理由")),
        RecordField("justification", _("须说明事项的理由")),
        RecordField("return_reason", _("退回理由")),
        RecordField("approver", _("批准机关")),
        RecordField("filed_to", _("备案机关")),
        RecordField("announcer", _("公告机关")),
        RecordField("submitted_on", _("报批日期"), _DAY),
        RecordField("approved_on", _("批准日期"), _DAY),
        RecordField("filed_on", _("备案日期"), _DAY),
        RecordField("announced_on", _("公告日期"), _DAY),
        RecordField("published_on", _("发布日期"), _DAY),
        RecordField("code_issued_on", _("代码发布日期"), _DAY),
        RecordField("completed_on", _("变更完成日期"), _DAY),
        RecordField("extended", _("已批准延期"), _FLAG, required=True),
        RecordField("materials", _("申请材料"), _JSON),
        RecordField("findings", _("审核发现"), _JSON),
        RecordField("documents", _("文件"), _JSON),
        RecordField("protected", _("在保护名录"), _FLAG, required=True),
    ),
    is_open=False,
)

NAME_SIGNS = RecordForm(
    "name_signs",
    _("地名标志"),
    _("地名标志登记：种类、材质、尺寸、位置、设置单位、巡检与状况（GB 17733-2008）。"),
    (
        RecordField("name", _("标示名称"), required=True, headers=("名称", "标志名称")),
        RecordField(
            "sign_kind",
            _("标志种类"),
            required=True,
            headers=("种类",),
            choices=choices_of(_SignKind),
        ),
        _DIVISION,
        _PLACE,
        RecordField("material", _("材质")),
        RecordField("width_mm", _("宽度"), _COUNT, unit="mm"),
        RecordField("height_mm", _("高度"), _COUNT, unit="mm"),
        RecordField("position", _("设置位置"), headers=("位置",)),
        RecordField("side", _("朝向")),
        RecordField("unit", _("设置单位")),
        RecordField("set_on", _("设置日期"), _DAY),
        RecordField(
            "state", _("状况"), required=True, headers=("状态",), choices=choices_of(_SignState)
        ),
        RecordField("patrol_round", _("巡检轮次"), headers=("轮次",)),
        RecordField("last_patrol", _("上次巡检"), _DAY, headers=("巡检日期",)),
        RecordField("next_patrol", _("下次巡检"), _DAY),
        RecordField("photo", _("照片")),
        RecordField("remark", _("备注")),
    ),
    Shapes.POINT,
)

PROTECTED_NAMES = RecordForm(
    "protected_names",
    _("地名保护名录"),
    _("列入地名文化遗产保护名录的地名、批次与保护措施（地名管理条例第 24、25 条）。"),
    (
        RecordField("name", _("地名"), required=True, headers=("名称",), indexed=True),
        RecordField("category", _("保护类别"), required=True, headers=("类别",)),
        RecordField("level", _("名录级别"), headers=("级别",)),
        RecordField("batch", _("批次")),
        _DIVISION,
        _PLACE,
        RecordField("listed_on", _("列入日期"), _DAY),
        RecordField("grounds", _("列入理由"), headers=("理由",)),
        RecordField("measures", _("保护措施")),
        RecordField("measures_on", _("措施制定日期"), _DAY),
    ),
)

RURAL_NAMING = RecordForm(
    "rural_naming",
    _("乡村著名行动进度"),
    _("各乡镇命名道路、设置标志、地图标注的数量，以及是否达到基本目标。"),
    (
        RecordField("name", _("乡镇名称"), required=True, headers=("名称", "乡镇")),
        _DIVISION,
        RecordField("roads_named", _("命名道路数"), _COUNT, headers=("命名道路",), unit="条"),
        RecordField("signs_set", _("设置标志数"), _COUNT, headers=("设置标志",), unit="块"),
        RecordField("points_mapped", _("上图点数"), _COUNT, headers=("上图兴趣点",), unit="个"),
        RecordField("names_protected", _("保护地名数"), _COUNT, unit="个"),
        RecordField("goal_reached", _("达到基本目标"), _FLAG, required=True, headers=("达标",)),
        RecordField("counted_on", _("统计日期"), _DAY, required=True),
    ),
)

RESERVED_NAMES = RecordForm(
    "reserved_names",
    _("地名规划储备"),
    _("规划区域预先拟定的地名，启用前保留。"),
    (
        RecordField("name", _("储备名称"), required=True, headers=("名称",), indexed=True),
        RecordField("kind", _("地名类别"), required=True, headers=("类别",), choices=_KINDS),
        RecordField("area", _("规划区域"), required=True, headers=("区域",)),
        _DIVISION,
        RecordField(
            "state",
            _("储备状态"),
            required=True,
            headers=("状态",),
            choices=choices_of(_ReservedState),
        ),
        RecordField("meaning", _("名称含义"), headers=("含义",)),
        RecordField("reserved_on", _("储备日期"), _DAY),
        RecordField("reserved_until", _("储备期限"), _DAY),
        _PLACE,
    ),
)

NAME_ARCHIVES = RecordForm(
    "name_archives",
    _("地名档案"),
    _("地名档案的档号、题名、年度、保管期限与存放位置。"),
    (
        RecordField("number", _("档号"), required=True, headers=("档案号",), indexed=True),
        RecordField("name", _("题名"), required=True, headers=("案卷题名",)),
        _DIVISION,
        _PLACE,
        RecordField("case_id", _("案卷编号")),
        RecordField("year", _("年度"), _COUNT, required=True, unit="年"),
        RecordField("retention", _("保管期限"), required=True, choices=choices_of(_Retention)),
        RecordField("pages", _("页数"), _COUNT, unit="页"),
        RecordField("location", _("存放位置")),
    ),
)

NAME_FORMS = (
    PLACE_NAMES,
    NAME_CASES,
    NAME_SIGNS,
    PROTECTED_NAMES,
    RURAL_NAMING,
    RESERVED_NAMES,
    NAME_ARCHIVES,
)
"""All of them, in the order of the office's menu."""
