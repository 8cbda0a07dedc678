"""Products of a round: inspection report, marker table, archive with the proof of its history."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from civgeo.domain.boundary_forms import BoundaryLevel
from civgeo.domain.inspection_comparison import Inspection
from civgeo.errors import InvalidInput, NotFound, OwnFileBroken
from civgeo.reports.inspection_report import (
    InspectionPaper,
    MarkerTable,
    inspection_docx,
    inspection_pdf,
    marker_table_pdf,
)
from civgeo.reports.plain_text import chinese_date, plain
from civgeo.reports.register_table import register_workbook
from civgeo.services.boundary_records import record_rows, sides_text
from civgeo.services.city import City
from civgeo.services.exporting import INTERNAL
from civgeo.services.own_material import own_templates
from civgeo.services.round_keys import RoundKey
from civgeo.services.round_result_files import (
    disagreement_words,
    record_told,
    repair_document,
    results_notes,
)
from civgeo.services.round_results import MarkerOutcome, RoundResults, round_results
from civgeo.store.tables import Collection

__all__ = ["PaperForm", "TableForm", "file_stem", "inspection_report", "marker_table"]
__all__ += ["recorded_results", "report_file", "table_file"]

_LAW = "《行政区域界线管理条例》（国务院令第 353 号）"
_BASIS = (
    f"{_LAW}第十二条：毗邻各方每五年联合检查一次，联合检查结果由各方共同报批准该界线的机关备案。",
    f"{_LAW}第六条：界桩损坏的，由负责管理的一方在毗邻方在场的情况下修复；移动、增设界桩"
    "须各方商定，并联合测绘、建档、备案。",
)
_MARKER_COLUMNS = {
    "number": "界桩编号",
    "setting": "类型",
    "material": "材质",
    "chainage_m": "里程（米）",
    "datum": "登记坐标系",
    "northing_m": "纵坐标 X（米）",
    "easting_m": "横坐标 Y（米）",
    "height_m": "高程（米）",
    "longitude": "登记经度",
    "latitude": "登记纬度",
}
_OFF = "位移（米）"
_MEASURED = ("实测经度", "实测纬度", _OFF, "位移方向", "状况", "检查日期", "记录方")


class PaperForm(StrEnum):
    """Kind of file that a report is written as."""

    DOCX = "docx"
    PDF = "pdf"


class TableForm(StrEnum):
    """Kind of file that a marker table is written as."""

    XLSX = "xlsx"
    PDF = "pdf"


def file_stem(found: RoundResults) -> str:
    """Name of the line and round, as files are called."""
    return f"{plain(found.register.line.facts.name)}第{_ordinal(found.register.number)}轮"


def _ordinal(number: int) -> str:
    return "一二三四五六七八九十"[number - 1] if 1 <= number <= 10 else str(number)


def inspection_report(
    city: City, key: RoundKey, form: PaperForm, *, tolerance_m: float
) -> tuple[str, bytes]:
    """联检报告 of a line and round: file name and bytes.

    Parameters
    ----------
    city, key, form
        The city, line and round, kind of file.
    tolerance_m
        As in `round_results`.

    Raises
    ------
    NotFound
        ``no_records`` when nothing was recorded; ``unknown_line``.
    OwnFileBroken
        When the bureau's own template cannot be filled.
    """
    found = recorded_results(city, key, tolerance_m)
    return f"{file_stem(found)}联检报告.{form}", report_file(city, found, form)


def recorded_results(city: City, key: RoundKey, tolerance_m: float) -> RoundResults:
    """As `round_results`; NotFound ``no_records`` when nothing was recorded."""
    found = round_results(city, key, tolerance_m=tolerance_m)
    if not found.register.recorded:
        text = f"{found.title}还没有导入外业记录：请先用 civgeo rounds import 导入双方的结果"
        raise NotFound(text, code="no_records")
    return found


def report_file(city: City, found: RoundResults, form: PaperForm) -> bytes:
    """The report of results, as a file of that kind."""
    paper = _paper(found)
    if form is PaperForm.PDF:
        return inspection_pdf(paper)
    try:
        return inspection_docx(paper, own_templates(city.store.file.parent))
    except InvalidInput as error:
        folder = f"{city.store.file.parent}/"
        raise OwnFileBroken(error.message.replace(folder, "")) from error


def _paper(found: RoundResults) -> InspectionPaper:
    facts = found.register.line.facts
    return InspectionPaper(
        title=(
            f"{plain(facts.name)}行政区域界线",
            f"第{_ordinal(found.register.number)}轮联合检查报告",
        ),
        facts=tuple((label, text) for label, text in _facts(found) if text),
        basis=_BASIS,
        summary=tuple(_summary(found)),
        shares=tuple(
            (share.label, f"{share.numerator}/{share.denominator}", share.percent)
            for share in found.shares
        ),
        markers=tuple(
            _marker_row(place, outcome, found) for place, outcome in enumerate(found.markers, 1)
        ),
        segments=tuple(
            (
                plain(outcome.name),
                _sides_told(outcome.held, found),
                "不一致" if outcome.differs else "一致",
            )
            for outcome in found.segments
        ),
        differences=tuple(
            _plain_row(disagreement_words(item, found.names)) for item in found.disagreements
        ),
        repairs=tuple(
            _plain_row([str(told[key]) for key in ("number", "kind_zh", "cause", "responsible_zh")])
            for told in (repair_document(item, found) for item in found.repairs)
        ),
        notes=tuple(f"{place}. {plain(t)}。" for place, t in enumerate(_notes(found), 1)),
        sides=tuple(plain(found.side_name(side)) for side in found.register.sides),
        dated=chinese_date(found.on),
        simulated=found.register.simulated,
    )


def _plain_row(cells: Sequence[str]) -> tuple[str, ...]:
    """Cells of a table, line by line without what cannot be seen."""
    return tuple("\n".join(plain(line) for line in cell.split("\n")) for cell in cells)


def _facts(found: RoundResults) -> list[tuple[str, str]]:
    register = found.register
    facts, plan = register.line.facts, register.round
    route = register.line.route()
    days = [record.inspected_on for record in register.recorded]
    return [
        ("界线", f"{plain(facts.name)}（代码 {plain(facts.code)}，{facts.level.label_zh}）"),
        ("毗邻各方", plain(sides_text(register.sides, found.names))),
        ("图上长度", "" if route is None else f"{route.length_m / 1000:.2f} 千米"),
        ("界桩", f"登记 {len(register.markers)} 个"),
        (
            "联检计划",
            "" if plan is None else f"{plain(plan.name)}，期限 {chinese_date(plan.facts.due)}",
        ),
        ("牵头方", "" if plan is None or not plan.leader else plain(found.side_name(plan.leader))),
        ("外业日期", f"{chinese_date(min(days))}至{chinese_date(max(days))}"),
        ("位移限差", f"{found.tolerance_m:g} 米"),
    ]


def _summary(found: RoundResults) -> list[str]:
    seen, both, agreed = found.shares[:3]
    texts = [
        f"本轮共检查界桩 {seen.text}，各方都有记录的 {both.text}，其中记录一致的 {agreed.text}。",
        f"各方记录不一致 {len(found.disagreements)} 处，"
        f"需办事项 {len(found.repairs)} 处，详见下列各表。",
    ]
    if found.silent:
        names = "、".join(plain(found.side_name(side)) for side in found.silent)
        texts.append(f"{names}还没有交回记录，本报告只反映其余各方的检查结果。")
    return texts


def _notes(found: RoundResults) -> list[str]:
    return [
        *results_notes(found),
        "本报告由登记库中的外业记录生成；“未检查”表示没有记录，不表示界桩完好",
        "界桩的修复、恢复、移动须按规定步骤办理，办结之前登记内容不变",
    ]


def _marker_row(place: int, outcome: MarkerOutcome, found: RoundResults) -> tuple[str, ...]:
    known = outcome.registered
    along = None if known is None else known.chainage_m
    off = outcome.displacement_m
    return (
        str(place),
        plain(outcome.number) if known else f"{plain(outcome.number)}\n（未登记）",
        "—" if along is None else f"{along / 1000:.3f}",
        _sides_told(outcome.held, found) or "—",
        "\n".join(_offsets(outcome, found)) if off is not None else "—",
        f"{outcome.state_zh}\n有不一致" if outcome.differs and outcome.state else outcome.state_zh,
    )


def _offsets(outcome: MarkerOutcome, found: RoundResults) -> list[str]:
    return [
        f"{plain(found.side_name(side))} {record.displacement_m:.2f}{_towards(record, found)}"
        for side, record in outcome.held.items()
        if record.displacement_m is not None
    ]


def _towards(record: Inspection, found: RoundResults) -> str:
    """Direction of a displacement that matters."""
    return f" {record.towards}" if (record.displacement_m or 0) > found.tolerance_m else ""


def _sides_told(held: Mapping[str, Inspection], found: RoundResults) -> str:
    return "\n".join(
        f"{plain(found.side_name(side))}：{plain(record_told(record))}"
        for side, record in held.items()
    )


def marker_table(
    city: City, key: RoundKey, form: TableForm, *, tolerance_m: float
) -> tuple[str, bytes]:
    """界桩成果表 of a line and round: file name and bytes.

    Registered coordinates stand as they were recorded, with their datum; readings are those of the
    side that measured last. Raises as `inspection_report`.
    """
    found = recorded_results(city, key, tolerance_m)
    return f"{file_stem(found)}界桩成果表.{form}", table_file(city, found, form)


def table_file(city: City, found: RoundResults, form: TableForm) -> bytes:
    """The marker table of results, as a file of that kind."""
    with city.store.read() as reading:
        where = {"line": found.register.line.facts.code}
        frame = reading.features(Collection.BOUNDARY_MARKERS, where=where)
    known = dict(record_rows(frame, Collection.BOUNDARY_MARKERS))
    outcomes = [outcome for outcome in found.markers if outcome.registered is not None]
    if form is TableForm.PDF:
        return marker_table_pdf(_printed_table(found, outcomes, known))
    rows = [
        [
            place,
            *(known[outcome.key][name] for name in _MARKER_COLUMNS),
            *_measured(outcome, found),
        ]
        for place, outcome in enumerate(outcomes, 1)
    ]
    title = f"{file_stem(found)}界桩成果表"
    tables = [(title, ["序号", *_MARKER_COLUMNS.values(), *_MEASURED], rows)]
    return register_workbook(tables, notes=results_notes(found), footer=INTERNAL)


def _measured(outcome: MarkerOutcome, found: RoundResults) -> list[object]:
    record = _best(outcome)
    if record is None:
        return [None, None, None, None, outcome.state_zh, None, None]
    lon, lat = record.place or (None, None)
    side = found.side_name(record.side)
    day = record.inspected_on.isoformat()
    return [lon, lat, record.displacement_m, record.towards, outcome.state_zh, day, side]


def _best(outcome: MarkerOutcome) -> Inspection | None:
    """The record with a reading of the last day; any record where no side measured."""
    held = outcome.held.values()
    measured = [record for record in held if record.place is not None] or list(held)
    return max(measured, key=lambda r: (r.inspected_on, r.recorded), default=None)


def _printed_table(
    found: RoundResults,
    outcomes: Sequence[MarkerOutcome],
    known: Mapping[str, Mapping[str, object]],
) -> MarkerTable:
    level = BoundaryLevel(found.register.line.facts.level).label_zh
    rows = []
    for place, outcome in enumerate(outcomes, 1):
        row, record = known[outcome.key], _best(outcome)
        along = outcome.registered.chainage_m if outcome.registered else None
        lon, lat = (record.place or (None, None)) if record else (None, None)
        rows.append(
            (
                str(place),
                plain(outcome.number),
                _lines(row["setting"], row["material"]),
                "—" if along is None else f"{along / 1000:.3f}",
                _lines(_fixed("X", row["northing_m"], 2), _fixed("Y", row["easting_m"], 2)),
                _fixed("", row["height_m"], 2) or "—",
                _lines(_fixed("E", lon, 7), _fixed("N", lat, 7)),
                f"{outcome.state_zh}",
            )
        )
    datums = sorted({plain(row["datum"]) for row in known.values() if row["datum"]})
    return MarkerTable(
        title=f"{file_stem(found)}界桩成果表",
        facts=(f"{level}　登记坐标系：{'、'.join(datums) or '未登记'}　{chinese_date(found.on)}",),
        head=("序", "界桩编号", "类型、材质", "里程（km）", "登记坐标（米）", "高程（米）",
              "实测经纬度（°）", "状况"),
        widths=(9.0, 21.0, 21.0, 15.0, 28.0, 15.0, 26.0, 21.0),
        rows=tuple(rows),
        notes=tuple(results_notes(found)),
        simulated=found.register.simulated,
    )  # fmt: skip


def _lines(*cells: object) -> str:
    return "\n".join(plain(cell) for cell in cells if cell not in (None, "")) or "—"


def _fixed(label: str, value: object, decimals: int) -> str:
    if value is None:
        return ""
    return f"{label} {float(str(value)):.{decimals}f}".strip()
