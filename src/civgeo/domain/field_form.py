"""What is asked of each marker and segment in the field, and under which names answers come back.

Four carriers ask the same: paper, spreadsheet, GeoPackage and the page for a phone. Results are one
format, ``civgeo-results/1``; spreadsheet and GeoPackage carry it flat, one column an answer. The
questions are those of a joint inspection (行政区域界线管理条例, 国务院令第 353 号,
articles 5 to 8 and 12).
"""

from dataclasses import dataclass

from civgeo.domain.boundary_forms import MarkerState
from civgeo.domain.labelled import Labelled
from civgeo.domain.round_forms import MarkerAction

__all__ = [
    "ACTIONS",
    "DATUMS",
    "FILED_NOTE",
    "LINE_END",
    "LINE_START",
    "MARKER_ANSWERS",
    "PHOTO_SLOTS",
    "QUESTIONS",
    "RESULTS_FORMAT",
    "SEGMENT_ANSWERS",
    "STATES",
    "WITNESSES",
    "YES_NO",
    "AnswerField",
    "AnswerKind",
]

RESULTS_FORMAT = "civgeo-results/1"
"""``format`` of a file of results."""

FILED_NOTE = "本轮已备案，填写的结果不能导入"
"""What every carrier of a filed round says."""

LINE_START, LINE_END = "start", "end"
"""Stand for a register id in a segment's id where a line begins or ends without a marker."""

WITNESSES = 3
"""Witness marks that a registration form has room for."""

STATES = tuple((s.value, s.label_zh) for s in MarkerState if s is not MarkerState.UNKNOWN)
ACTIONS = tuple((a.value, a.label_zh) for a in MarkerAction if a is not MarkerAction.NONE)
QUESTIONS = (
    ("terrain_changed", "地形地物变化"),
    ("one_sided_signs", "单方设标"),
    ("cross_line_building", "跨界建设"),
    ("dispute", "边界争议"),
)
"""Asked of a segment; the key in ``answers``, and its short title."""

PHOTO_SLOTS = (("near", "近景"), ("far", "远景"), ("inscription", "铭文"))
YES_NO = (("yes", "是"), ("no", "否"))
DATUMS = (
    ("EPSG:4490", "CGCS2000（测量设备）"),
    ("EPSG:4326", "WGS-84（手机定位、手持机）"),
    ("GCJ-02", "GCJ-02（高德、腾讯地图）"),
    ("BD-09", "BD-09（百度地图）"),
)
"""Systems that readings may be in; WGS 84 and CGCS2000 differ by less than a metre."""


class AnswerKind(Labelled):
    """How an answer is written."""

    CHOICE = "choice", "选项"
    DAY = "day", "日期"
    NUMBER = "number", "数字"
    TEXT = "text", "文字"


@dataclass(frozen=True, slots=True)
class AnswerField:
    """One answer as a column of its own.

    Parameters
    ----------
    name, title
        Column of the GeoPackage; header of the spreadsheet.
    kind
        How it is written; days as YYYY-MM-DD.
    choices
        Values with their labels: the GeoPackage holds values, the spreadsheet labels.
    low, high
        Bounds of a number, where it has any.
    """

    name: str
    title: str
    kind: AnswerKind = AnswerKind.TEXT
    choices: tuple[tuple[str, str], ...] = ()
    low: float | None = None
    high: float | None = None


def _yes_no(name: str, title: str) -> AnswerField:
    return AnswerField(name, title, AnswerKind.CHOICE, YES_NO)


_DAY = AnswerField("inspected_on", "检查日期", AnswerKind.DAY)
_REMARK = AnswerField("remark", "备注")


def _witness(number: int) -> tuple[AnswerField, ...]:
    label = "一二三"[number - 1] + "号方位物"
    return (
        _yes_no(f"witness{number}_found", f"{label}找到"),
        AnswerField(f"witness{number}_grid_azimuth", f"{label}实测方位角"),
        AnswerField(
            f"witness{number}_distance_m", f"{label}实测距离（米）", AnswerKind.NUMBER, (), 0.0
        ),
    )


MARKER_ANSWERS: tuple[AnswerField, ...] = (
    _DAY,
    AnswerField("state", "界桩状况", AnswerKind.CHOICE, STATES),
    *(_yes_no(f"action_{value}", label) for value, label in ACTIONS),
    *(field for number in range(1, WITNESSES + 1) for field in _witness(number)),
    AnswerField("longitude", "实测经度", AnswerKind.NUMBER, (), 70.0, 140.0),
    AnswerField("latitude", "实测纬度", AnswerKind.NUMBER, (), 0.0, 60.0),
    AnswerField("height_m", "实测高程（米）", AnswerKind.NUMBER),
    *(AnswerField(f"photo_{slot}", f"{label}照片文件名") for slot, label in PHOTO_SLOTS),
    _REMARK,
)
"""Columns of a marker. The GeoPackage has no ``photo_*``: photos are a table of their own there."""

SEGMENT_ANSWERS: tuple[AnswerField, ...] = (
    _DAY,
    *(_yes_no(name, title) for name, title in QUESTIONS),
    AnswerField("note", "情况说明"),
    _REMARK,
)
"""Columns of a segment; ``note`` belongs to ``answers``."""
