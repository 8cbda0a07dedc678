"""The checklist of a joint inspection as PDF: A4, in route order, segment by segment."""

from collections.abc import Mapping

from fpdf.enums import Align

from civgeo.domain.field_form import ACTIONS, FILED_NOTE, QUESTIONS, STATES
from civgeo.domain.field_sheet import FieldSheet
from civgeo.reports.field_marker_page import (
    MarkerPictures,
    marker_block,
    marker_height,
    segment_block,
)
from civgeo.reports.form_paper import CELL, EDGE, GREY, LIGHT, SMALL, FormPaper
from civgeo.reports.plain_text import chinese_date, plain

__all__ = ["COVER_MAP_MM", "checklist_pdf", "standing_of"]

COVER_MAP_MM = (182.0, 108.0)
"""Width and height of the overview on the first page."""

_ROUTE_WIDTHS = (12.0, 22.0, 46.0, 26.0, 30.0, 46.0)
_ROUTE_HEAD = ("序", "km", "界桩编号", "本段长 km", "本段走向", "登记状况、上次检查")
_HOW = (
    "沿路线顺序填写，一桩一页；界线段各项先于到达的界桩。",
    "界桩状况只勾一项，取最重的；处理措施可勾多项；没有查到的项目留空，不要勾“否”。",
    "方位角为坐标方位角，自坐标北起顺时针，写度和分，如 57°10′；距离写到厘米。",
    "坐标须勾明坐标系：手机定位为 WGS-84，高德、腾讯地图读数为 GCJ-02，百度地图为 BD-09。",
    "照片分近景、远景、铭文三张，写明文件名；方位物缺失的，另选并填入空行。",
    "双方现场签字；移动、增设、废弃界桩须双方商定、联合测绘、建档并备案，不得自行处理。",
)


def standing_of(sheet: FieldSheet) -> str:
    """What every page says of how far it may be shown."""
    told = ["模拟数据"] if sheet.simulated else []
    told += [FILED_NOTE] if sheet.round.filed else []
    return "　".join([*told, f"密级：{sheet.secrecy}"])


def checklist_pdf(
    sheet: FieldSheet, pictures: Mapping[str, MarkerPictures], overview: bytes
) -> bytes:
    """Checklist as PDF; each segment and each marker stands on one page.

    Parameters
    ----------
    sheet
        The line.
    pictures
        Of each marker, by its register id.
    overview
        Overview map of the whole line, PNG, with the sides of `COVER_MAP_MM`.
    """
    paper = FormPaper(plain(f"{sheet.title}外业记录表"), standing_of(sheet))
    _cover(paper, sheet, overview)
    _route(paper, sheet)
    for stop in sheet.stops:
        paper.add_page()
        if stop.segment is not None:
            segment_block(paper, stop.segment)
        for number, marker in enumerate(stop.markers):
            if number or paper.left_on_page < marker_height(paper, marker):
                paper.add_page()
            marker_block(paper, sheet, marker, pictures[marker.id])
    _summary(paper, sheet)
    return paper.finished()


def _cover(paper: FormPaper, sheet: FieldSheet, overview: bytes) -> None:
    paper.space(2)
    top = paper.get_y()
    paper.put(EDGE, top, plain(sheet.title), 20, align=Align.C, bold=True)
    paper.put(EDGE, top + 11, "外业记录表", 14, align=Align.C)
    paper.set_y(top + 21)
    due = sheet.round.due
    pairs = [
        ("界线代码", sheet.code, "界线级别", sheet.level),
        ("毗邻双方", "、".join(side.name for side in sheet.sides), "牵头方", sheet.round.leader),
        ("界线长度", f"{sheet.length_m / 1000:.2f} km", "界桩", f"{len(sheet.markers)} 个"),
        ("完成期限", chinese_date(due) if due else "未定", "资料日期", chinese_date(sheet.made_on)),
        ("记录方", "", "检查人", ""),
    ]
    for row in pairs:
        top = paper.get_y()
        for number in (0, 2):
            x = EDGE + number * paper.room / 4
            paper.boxed(x, top, 24, 7.2, row[number], fill=LIGHT)
            paper.boxed(x + 24, top, paper.room / 2 - 24, 7.2, plain(row[number + 1]))
        paper.set_y(top + 7.2)
    paper.space(3)
    paper.picture(overview, EDGE, paper.get_y(), *COVER_MAP_MM)
    paper.space(COVER_MAP_MM[1] + 3)
    paper.put(EDGE, paper.get_y(), "填写说明", 10, bold=True)
    paper.space(6)
    for number, text in enumerate(_HOW, 1):
        _paragraph(paper, f"{number}. {text}")
    paper.put(EDGE, 278, f"数据包编号 {sheet.package}", SMALL, colour=GREY)


def _paragraph(paper: FormPaper, text: str, size: float = CELL) -> None:
    for line in paper.lines_of(text, paper.room, size):
        if paper.left_on_page < 5:
            paper.add_page()
        paper.put(EDGE, paper.get_y(), line, size)
        paper.space(4.7)


def _route(paper: FormPaper, sheet: FieldSheet) -> None:
    """All stops in route order, and the walk description on file."""
    paper.add_page()
    paper.put(EDGE, paper.get_y(), "路线与界桩一览", 12, bold=True)
    paper.space(8)
    _route_row(paper, _ROUTE_HEAD, head=True)
    for stop in sheet.stops:
        segment = stop.segment
        length = "" if segment is None else f"{segment.length_km:.3f}"
        towards = "" if segment is None else segment.direction
        for number, marker in enumerate(stop.markers):
            facts = dict(marker.facts)
            seen = "，".join(facts[key] for key in ("登记状况", "上次检查") if key in facts)
            own = (length, towards) if number == 0 else ("", "")
            _route_row(
                paper, (str(marker.order), marker.km, plain(marker.number), *own, plain(seen))
            )
        if not stop.markers:
            _route_row(paper, ("", f"{sheet.length_m / 1000:.3f}", "界线终点", length, towards, ""))
    paper.space(4)
    paper.keep(14)
    paper.put(EDGE, paper.get_y(), "登记的走向说明", 10, bold=True)
    paper.space(6)
    _paragraph(paper, plain(sheet.course) or "登记中没有走向说明。")


def _route_row(paper: FormPaper, texts: tuple[str, ...], *, head: bool = False) -> None:
    height = 6.0
    if paper.left_on_page < height:
        paper.add_page()
        _route_row(paper, _ROUTE_HEAD, head=True)
    x, top = EDGE, paper.get_y()
    for number, (text, width) in enumerate(zip(texts, _ROUTE_WIDTHS, strict=True)):
        align = Align.R if number in (1, 3) and not head else Align.C
        paper.boxed(x, top, width, height, text, fill=LIGHT if head else None, align=align)
        x += width
    paper.set_y(top + height)


def _summary(paper: FormPaper, sheet: FieldSheet) -> None:
    """Counts to be filled in, and the signatures of both sides."""
    paper.add_page()
    paper.put(EDGE, paper.get_y(), "检查小结", 12, bold=True)
    paper.space(8)
    blocks = (
        (f"界桩（共 {len(sheet.markers)} 个）", [label for _, label in STATES]),
        ("处理措施（处）", [label for _, label in ACTIONS]),
        (f"界线段（共 {len(sheet.segments)} 段）", [title for _, title in QUESTIONS]),
    )
    for title, labels in blocks:
        paper.band(title, "", dark=False, height=6.4)
        top, width = paper.get_y(), paper.room / len(labels)
        for number, label in enumerate(labels):
            paper.boxed(EDGE + number * width, top, width, 6, label, align=Align.C)
            paper.boxed(EDGE + number * width, top + 6, width, 9)
        paper.set_y(top + 15 + 3)
    paper.band("双方意见与需要共同处理的事项", "", dark=False, height=6.4)
    paper.boxed(EDGE, paper.get_y(), paper.room, 70)
    paper.space(73)
    top, wide = paper.get_y(), paper.room / max(1, len(sheet.sides))
    for number, side in enumerate(sheet.sides):
        x = EDGE + number * wide
        paper.boxed(x, top, wide, 44)
        paper.put(x + 2, top + 2, f"{plain(side.name)}（盖章）", CELL + 1)
        paper.put(x + 2, top + 22, "负责人（签字）：", CELL)
        paper.put(x, top + 37, "　　　年　　月　　日", CELL, width=wide - 3, align=Align.R)
    paper.set_y(top + 46)
