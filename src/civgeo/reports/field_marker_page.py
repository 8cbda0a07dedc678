"""One page of the checklist: the segment that leads to a marker, and the marker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fpdf.enums import Align

from civgeo.domain.field_form import ACTIONS, DATUMS, PHOTO_SLOTS, QUESTIONS, STATES
from civgeo.domain.field_sheet import FieldMarker, FieldSegment, FieldSheet
from civgeo.reports.form_paper import CELL, EDGE, GREY, LIGHT, PAD, SMALL, FormPaper
from civgeo.reports.plain_text import plain

__all__ = ["MAP_MM", "MarkerPictures", "geo_uri", "marker_block", "marker_height", "segment_block"]

MAP_MM = (90.0, 58.0)
"""Width and height of the sketch and of the overview on the page."""

ROW, LABEL = 5.6, 18.0
THIRD = 3
PHOTO_HEIGHT, TALLEST_PHOTO, SIGN_HEIGHT, REMARK_HEIGHT = 22.0, 42.0, 24.0, 8.0
QR_MM = 21.0
_DATE = "　　　年　　月　　日"
_SHORT_DATE = "　　年　　月　　日"
_WITNESS_WIDTHS = (8.0, 62.0, 20.0, 20.0, 24.0, 24.0, 24.0)
_WITNESS_HEAD = ("号", "方位物（登记）", "方位角", "距离 m", "找到", "实测方位角", "实测距离 m")
_FOUND = 4


@dataclass(frozen=True, slots=True)
class MarkerPictures:
    """Pictures of one marker: PNG; the sketch is None where the marker has no place."""

    sketch: bytes | None
    overview: bytes
    registered: bytes | None = None


def _course(segment: FieldSegment) -> str:
    return plain(segment.course) or "登记的走向说明没有单独写明本段，全文见“路线与界桩一览”之后"


def _course_height(paper: FormPaper, segment: FieldSegment) -> float:
    return max(6.6, paper.height_of(_course(segment), paper.room - 22.0))


def segment_block(paper: FormPaper, segment: FieldSegment) -> None:
    """What is asked of a segment: its questions stand on one line."""
    along = f"km {segment.start_m / 1000:.3f} → {segment.end_m / 1000:.3f}"
    told = f"{along}　长 {segment.length_km:.2f} km　走向 {segment.direction}"
    paper.band(f"界线段 {plain(segment.name)}", told, dark=False, height=6.4)
    top, tall = paper.get_y(), _course_height(paper, segment)
    paper.boxed(EDGE, top, 22.0, tall, "登记走向", fill=LIGHT)
    paper.boxed(EDGE + 22.0, top, paper.room - 22.0, tall, _course(segment))
    top += tall
    width = paper.room / len(QUESTIONS)
    for number, (_, title) in enumerate(QUESTIONS):
        x = EDGE + number * width
        paper.boxed(x, top, width, 6.6)
        paper.put(x + PAD, top + 1.3, title, SMALL + 0.8)
        paper.options(x + width - paper.option_width(("无", "有")) - 2, top, 6.6, ("无", "有"))
    top += 6.6
    paper.boxed(EDGE, top, 22.0, 6.6, "情况说明", fill=LIGHT)
    paper.boxed(EDGE + 22.0, top, paper.room - 22.0, 6.6)
    paper.set_y(top + 6.6 + 2.0)


def marker_block(
    paper: FormPaper, sheet: FieldSheet, marker: FieldMarker, pictures: MarkerPictures
) -> None:
    """Everything about one marker; it is as high as `marker_height` says."""
    told = f"km {marker.km}　第 {marker.order} 个，共 {len(sheet.markers)} 个"
    twins = f"（与 {'、'.join(marker.twins)} 同号）" if marker.twins else ""
    paper.band(f"界桩 {plain(marker.number)}{plain(twins)}", told, dark=True)
    _facts(paper, marker)
    _maps(paper, pictures)
    _witnesses(paper, marker)
    paper.choice_row("界桩状况", [label for _, label in STATES])
    paper.choice_row("处理措施", [label for _, label in ACTIONS])
    paper.choice_row("实测坐标系", [label.split("（")[0] for _, label in DATUMS] + ["其他"])
    _readings(paper)
    _photos(paper, marker, pictures)
    _remark(paper)
    _signatures(paper, sheet, marker)


def marker_height(paper: FormPaper, marker: FieldMarker) -> float:
    """Height of a marker's block, mm."""
    facts = sum(height for _, height in _fact_rows(paper, marker))
    witnesses = sum(_witness_heights(paper, marker))
    maps = MAP_MM[1] + 2.0
    fixed = 7.0 + maps + 5.6 + 4 * 6.6 + PHOTO_HEIGHT + REMARK_HEIGHT + SIGN_HEIGHT
    return fixed + facts + witnesses


Fact = tuple[str, str]


def _fact_rows(paper: FormPaper, marker: FieldMarker) -> list[tuple[list[Fact], float]]:
    """Facts in rows of three, of two or alone, as their length asks; each row with its height."""
    facts = [(title, plain(text)) for title, text in marker.facts]
    third, half = (paper.room / count - LABEL - 2 * PAD for count in (THIRD, 2))
    short = [fact for fact in facts if _fits(paper, fact, third)]
    middle = [fact for fact in facts if fact not in short and _fits(paper, fact, half)]
    long = [fact for fact in facts if fact not in short and fact not in middle]
    rows: list[tuple[list[Fact], float]] = []
    for group, count in ((short, THIRD), (middle, 2), (long, 1)):
        for start in range(0, len(group), count):
            row = group[start : start + count]
            width = paper.room / count - LABEL
            tall = max(
                max(paper.height_of(text, width), paper.height_of(title, LABEL, SMALL))
                for title, text in row
            )
            rows.append((row, max(ROW, tall)))
    return rows


def _fits(paper: FormPaper, fact: Fact, width: float) -> bool:
    return paper.width_of(fact[1], CELL) <= width


def _facts(paper: FormPaper, marker: FieldMarker) -> None:
    for row, height in _fact_rows(paper, marker):
        width, top = paper.room / len(row), paper.get_y()
        for number, (title, text) in enumerate(row):
            x = EDGE + number * width
            paper.boxed(x, top, LABEL, height, title, size=SMALL, fill=LIGHT)
            paper.boxed(x + LABEL, top, width - LABEL, height, text)
        paper.set_y(top + height)


def _maps(paper: FormPaper, pictures: MarkerPictures) -> None:
    top = paper.get_y() + 1.0
    width, height = MAP_MM
    right = EDGE + paper.room - width
    if pictures.sketch is None:
        words = "登记中没有坐标，不能画略图；找到后请测记坐标"
        paper.boxed(EDGE, top, width, height, words, align=Align.C, colour=GREY)
    else:
        paper.picture(pictures.sketch, EDGE, top, width, height)
    paper.picture(pictures.overview, right, top, width, height)
    paper.set_y(top + height + 1.0)


def _witness_heights(paper: FormPaper, marker: FieldMarker) -> list[float]:
    names = [plain(item.name) for item in marker.witnesses]
    names += [""] * (THIRD - len(names))
    return [max(6.6, paper.height_of(name, _WITNESS_WIDTHS[1])) for name in names]


def _witnesses(paper: FormPaper, marker: FieldMarker) -> None:
    """Three rows, empty ones where fewer are registered: new witness marks are written there."""
    top = paper.get_y()
    _row(paper, top, 5.6, _WITNESS_HEAD, head=True)
    top += 5.6
    known = {item.number: item for item in marker.witnesses}
    for number, height in enumerate(_witness_heights(paper, marker), 1):
        item = known.get(number)
        texts = ("", "", "") if item is None else (item.name, item.grid_azimuth, item.distance_m)
        _row(paper, top, height, ("①②③"[number - 1], *(plain(text) for text in texts), "", "", ""))
        x = EDGE + sum(_WITNESS_WIDTHS[:_FOUND])
        inset = (_WITNESS_WIDTHS[_FOUND] - paper.option_width(("是", "否"))) / 2
        paper.options(x + inset, top, height, ("是", "否"))
        top += height
    paper.set_y(top)


def _row(
    paper: FormPaper, top: float, height: float, texts: Sequence[str], *, head: bool = False
) -> None:
    x = EDGE
    for number, (text, width) in enumerate(zip(texts, _WITNESS_WIDTHS, strict=True)):
        align = Align.L if number == 1 and not head else Align.C
        size = SMALL if head else CELL
        paper.boxed(
            x, top, width, height, text, size=size, fill=LIGHT if head else None, align=align
        )
        x += width


def _readings(paper: FormPaper) -> None:
    top = paper.get_y()
    blanks = (("实测经度", 30.0), ("实测纬度", 30.0), ("高程 m", 18.0), ("检查日期", 0.0))
    x = EDGE
    for title, width in blanks:
        own = 22.0 if x == EDGE else 16.0
        paper.boxed(x, top, own, 6.6, title, fill=LIGHT)
        width = width or EDGE + paper.room - x - own
        paper.boxed(x + own, top, width, 6.6, "" if title != "检查日期" else _SHORT_DATE)
        x += own + width
    paper.set_y(top + 6.6)


def _photos(paper: FormPaper, marker: FieldMarker, pictures: MarkerPictures) -> None:
    top, width = paper.get_y(), paper.room / 4
    height = min(TALLEST_PHOTO, paper.left_on_page - REMARK_HEIGHT - SIGN_HEIGHT)
    registered = "、".join(plain(item.name) for item in marker.photos if item.slot == "registered")
    slots: list[tuple[str, str]] = [("登记照片", registered or "无")]
    slots += [(f"{label}照片", "文件名：") for _, label in PHOTO_SLOTS]
    for number, (title, below) in enumerate(slots):
        x = EDGE + number * width
        paper.boxed(x, top, width, height)
        paper.put(x + PAD, top + 0.8, title, SMALL, colour=GREY)
        line = next(iter(paper.lines_of(below, width - 2 * PAD, SMALL)), "")
        paper.put(x + PAD, top + height - 4.2, line, SMALL, colour=GREY)
    if pictures.registered is not None:
        paper.picture(pictures.registered, EDGE + 2, top + 4.4, width - 4, height - 9)
    paper.set_y(top + height)


def _remark(paper: FormPaper) -> None:
    top = paper.get_y()
    paper.boxed(EDGE, top, 22.0, REMARK_HEIGHT, "备注", fill=LIGHT)
    paper.boxed(EDGE + 22.0, top, paper.room - 22.0, REMARK_HEIGHT)
    paper.set_y(top + REMARK_HEIGHT)


def _signatures(paper: FormPaper, sheet: FieldSheet, marker: FieldMarker) -> None:
    top = paper.get_y()
    codes: Mapping[str, str] = {
        **({} if marker.place is None else {"地图定位": geo_uri(marker.place)}),
        "登记编号": f"civgeo:boundary_markers/{marker.id}",
    }
    room = paper.room - QR_MM * 2 - 2
    width = room / max(1, len(sheet.sides))
    for number, side in enumerate(sheet.sides):
        x = EDGE + number * width
        paper.boxed(x, top, width, SIGN_HEIGHT)
        paper.put(x + PAD, top + 1.2, f"{plain(side.name)}检查人（签字）", CELL)
        paper.put(x, top + SIGN_HEIGHT - 5.4, _DATE, CELL, width=width - 2, align=Align.R)
    for number, (title, content) in enumerate(codes.items()):
        x = EDGE + paper.room - QR_MM * (2 - number)
        paper.code(x, top - 0.4, QR_MM, content)
        paper.put(x, top + QR_MM - 1.4, title, SMALL, width=QR_MM, align=Align.C, colour=GREY)
    paper.set_y(top + SIGN_HEIGHT)


def geo_uri(place: tuple[float, float]) -> str:
    """``geo:`` address (RFC 5870): latitude first, WGS 84, which is CGCS2000 within a metre.

    Examples
    --------
    >>> geo_uri((113.5, 32.80630944))
    'geo:32.806309,113.500000'
    """
    return f"geo:{place[1]:.6f},{place[0]:.6f}"
