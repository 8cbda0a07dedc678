"""Registers of cemeteries: burial places, scattered graves, and the people whose dead they take."""

from civgeo.domain.cemetery_rules import CemeteryLevel, Operation
from civgeo.domain.labelled import Labelled
from civgeo.domain.record_form import FieldKind, RecordField, RecordForm, Shapes, choices_of
from civgeo.domain.secrecy import DOCUMENTS

__all__ = [
    "CEMETERIES",
    "CEMETERY_FORMS",
    "GRAVES",
    "POPULATION",
    "BurialPlaceKind",
    "BurialPlaceLevel",
    "BurialPlaceStatus",
    "GraveKind",
    "GraveRemains",
    "GraveStatus",
]


def _(text: str) -> str:
    """`text` itself; the mark by which the catalogue of English words finds it."""
    return text


class BurialPlaceKind(Labelled):
    """What a burial place is."""

    CEMETERY = "cemetery", "公墓"
    COLUMBARIUM = "columbarium", "骨灰堂"
    BURIAL_POINT = "burial_point", "集中安葬点"


class BurialPlaceLevel(Labelled):
    """Whom a burial place serves; rules on area know the last three (`CemeteryLevel`)."""

    VILLAGE = "village", "村级"
    TOWNSHIP = "township", "乡镇级"
    COUNTY = "county", "县级"
    CITY = "city", "市级"

    @property
    def in_rules(self) -> CemeteryLevel | None:
        """The level as rules name it; None for villages."""
        return None if self is BurialPlaceLevel.VILLAGE else CemeteryLevel(self.value)


class BurialPlaceStatus(Labelled):
    """Whether a burial place is there and takes the dead; operating ones do."""

    PLANNED = "planned", "规划"
    BUILDING = "building", "在建"
    OPERATING = "operating", "使用中"
    CLOSED = "closed", "停用"


class GraveKind(Labelled):
    """Whether a record is one grave or several that lie together."""

    SINGLE = "single", "单座"
    CLUSTER = "cluster", "成片"


class GraveRemains(Labelled):
    """What lies in a grave."""

    ASH = "ash", "骨灰"
    BODY = "body", "遗体"
    UNKNOWN = "unknown", "不详"


class GraveStatus(Labelled):
    """What became of a scattered grave."""

    STANDING = "standing", "原地"
    REGISTERED_TO_MOVE = "registered_to_move", "列入迁移"
    MOVED = "moved", "已迁移"
    SCREENED = "screened", "已遮挡"


_DAY, _COUNT, _NUMBER = FieldKind.DAY, FieldKind.COUNT, FieldKind.NUMBER
_DIVISION = RecordField(
    "division", _("所在区划代码"), FieldKind.CODE, required=True, headers=("区划代码",)
)
_NOTE = RecordField("note", _("备注"), headers=("说明",))

CEMETERIES = RecordForm(
    "cemeteries",
    _("公墓与骨灰堂"),
    _(
        "公墓、骨灰堂、集中安葬点：服务级别、占地面积、墓位（格位）总数与已用数、墓穴面积、"
        "审批文号。面积以亩计（1 亩为 2000/3 平方米）；不知道的留空，不填 0。"
    ),
    (
        RecordField(
            "name",
            _("名称"),
            required=True,
            headers=("公墓名称", "骨灰堂名称", "安葬点名称", "单位名称"),
            indexed=True,
        ),
        RecordField(
            "kind",
            _("种类"),
            required=True,
            headers=("类型", "设施类型", "公墓种类"),
            choices=choices_of(BurialPlaceKind),
        ),
        RecordField(
            "level",
            _("服务级别"),
            headers=("级别", "公墓级别"),
            choices=choices_of(BurialPlaceLevel),
        ),
        RecordField(
            "operation",
            _("公墓性质"),
            required=True,
            headers=("性质", "经营性质", "公墓类别"),
            choices=choices_of(Operation),
        ),
        _DIVISION,
        RecordField(
            "status",
            _("状态"),
            required=True,
            headers=("使用状态", "建设状态"),
            choices=choices_of(BurialPlaceStatus),
        ),
        RecordField(
            "area_mu",
            _("占地面积"),
            _NUMBER,
            headers=("占地面积（亩）", "面积（亩）", "公墓面积（亩）", "用地面积（亩）"),
            unit="亩",
        ),
        RecordField(
            "capacity",
            _("墓位总数"),
            _COUNT,
            headers=("总墓位数", "墓位数", "墓穴总数", "格位总数", "总数"),
            unit="个",
        ),
        RecordField(
            "used",
            _("已用墓位"),
            _COUNT,
            headers=("已用墓位数", "已用数", "已使用墓位", "已安葬数", "已用格位", "已用"),
            unit="个",
        ),
        RecordField(
            "plot_single_m2",
            _("单人墓穴最大面积"),
            _NUMBER,
            headers=("单人墓穴面积（平方米）", "单穴面积", "单墓面积"),
            unit="m²",
        ),
        RecordField(
            "plot_joint_m2",
            _("合葬墓穴最大面积"),
            _NUMBER,
            headers=("合葬墓穴面积（平方米）", "双人墓穴面积（平方米）", "双穴面积"),
            unit="m²",
        ),
        RecordField(
            "graves_over_limit",
            _("超面积墓穴数"),
            _COUNT,
            headers=("超标墓穴数", "超面积墓数"),
            unit="个",
        ),
        RecordField(
            "graves_counted",
            _("已查墓穴数"),
            _COUNT,
            headers=("年检墓穴数", "查验墓穴数"),
            unit="个",
        ),
        RecordField("land_class", _("地类"), headers=("用地性质", "土地性质", "地类名称")),
        RecordField("approval", _("审批文号"), headers=("批准文号", "批准文件", "批复文号")),
        RecordField("approved_on", _("审批日期"), _DAY, headers=("批准日期", "批复日期")),
        RecordField(
            "approved_mu",
            _("批准面积"),
            _NUMBER,
            headers=("批准面积（亩）", "审批面积（亩）", "批准用地面积（亩）"),
            unit="亩",
        ),
        RecordField("serves", _("服务区划代码"), headers=("服务范围", "服务区划")),
        RecordField("opened", _("启用日期"), _DAY, headers=("建成日期", "开园日期")),
        _NOTE,
        DOCUMENTS,
    ),
    Shapes.SITE,
)

GRAVES = RecordForm(
    "graves",
    _("散坟"),
    _(
        "散埋乱葬的坟墓：位置、座数、现状与迁移去向。不登记逝者和亲属的姓名、身份证件、联系方式等"
        "个人信息，备注中也不要写。"
    ),
    (
        RecordField(
            "number", _("编号"), required=True, headers=("坟墓编号", "散坟编号"), indexed=True
        ),
        _DIVISION,
        RecordField("village", _("村（社区）"), headers=("村", "村名", "所在村", "行政村")),
        RecordField(
            "kind",
            _("坟墓类型"),
            required=True,
            headers=("类型", "种类"),
            choices=choices_of(GraveKind),
        ),
        RecordField(
            "count",
            _("坟墓数量"),
            _COUNT,
            required=True,
            headers=("数量", "座数", "坟头数"),
            unit="座",
        ),
        RecordField(
            "remains",
            _("安葬方式"),
            headers=("葬式", "遗骨种类"),
            choices=choices_of(GraveRemains),
        ),
        RecordField(
            "area_m2", _("占地面积"), _NUMBER, headers=("占地面积（平方米）", "面积"), unit="m²"
        ),
        RecordField("built_on", _("建坟日期"), _DAY, headers=("安葬日期", "建造日期")),
        RecordField(
            "status",
            _("现状"),
            required=True,
            headers=("状态", "处置状态"),
            choices=choices_of(GraveStatus),
        ),
        RecordField(
            "relocated_to", _("迁入公墓编号"), headers=("迁入公墓", "迁往公墓"), indexed=True
        ),
        RecordField("moved_on", _("迁移日期"), _DAY, headers=("迁坟日期", "迁葬日期")),
        _NOTE,
    ),
    Shapes.POINT,
    is_open=False,
)

POPULATION = RecordForm(
    "population",
    _("人口与死亡率"),
    _(
        "各乡镇（街道）或县区逐年的人口与死亡率，推算安葬需求用：每地一年一行，"
        "或每个年龄组一行（写起始年龄）。"
    ),
    (
        _DIVISION,
        RecordField(
            "period",
            _("年份"),
            _COUNT,
            required=True,
            headers=("年度", "统计年度"),
            unit="年",
            indexed=True,
        ),
        RecordField(
            "age_from", _("起始年龄"), _COUNT, headers=("年龄组起始年龄", "年龄起"), unit="岁"
        ),
        RecordField(
            "population",
            _("人口"),
            _COUNT,
            required=True,
            headers=("人口数", "常住人口", "年末人口", "总人口"),
            unit="人",
        ),
        RecordField(
            "death_rate_per_mille",
            _("死亡率"),
            _NUMBER,
            headers=("死亡率‰", "死亡率（‰）", "年死亡率‰"),
            unit="‰",
        ),
        RecordField("share", _("安葬比例"), _NUMBER, headers=("公墓安葬比例",)),
        RecordField("document", _("依据文件"), headers=("文件", "文号", "统计公报")),
        _NOTE,
    ),
)

CEMETERY_FORMS = (CEMETERIES, GRAVES, POPULATION)
"""All of them, in the order of the office's menu."""
