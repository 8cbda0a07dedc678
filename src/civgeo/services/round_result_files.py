"""The comparison of a round as page data, text, workbook and GeoJSON."""

from collections.abc import Mapping, Sequence

import orjson

from civgeo.domain.field_form import QUESTIONS
from civgeo.domain.inspection_comparison import Disagreement, Inspection, Share
from civgeo.reports.register_table import SIMULATED, register_workbook
from civgeo.services.exporting import INTERNAL
from civgeo.services.round_results import MarkerOutcome, Repair, RoundResults, SegmentOutcome

__all__ = [
    "answers_told",
    "disagreement_words",
    "disagreements_geojson",
    "record_told",
    "repair_document",
    "results_document",
    "results_notes",
    "results_text",
    "results_workbook",
    "tolerance_basis",
]

Document = dict[str, object]


def results_document(found: RoundResults) -> Document:
    """The comparison, ready for JSON."""
    facts, plan = found.register.line.facts, found.register.round
    return {
        "line": facts.code,
        "line_name": facts.name,
        "round": found.register.number,
        "title": found.title,
        "plan": None if plan is None else plan.id,
        "state_zh": None if plan is None else plan.facts.state.label_zh,
        "sides": [{"code": side, "name": found.side_name(side)} for side in found.register.sides],
        "silent": list(found.silent),
        "tolerance_m": found.tolerance_m,
        "tolerance_basis": tolerance_basis(found),
        "on": found.on.isoformat(),
        "statistics": [_share(share) for share in found.shares],
        "markers": [_marker(outcome) for outcome in found.markers],
        "segments": [_segment(outcome) for outcome in found.segments],
        "disagreements": [_disagreement(item) for item in found.disagreements],
        "repairs": [repair_document(item, found) for item in found.repairs],
        "simulated": found.register.simulated,
    }


def tolerance_basis(found: RoundResults) -> str:
    """Where the tolerance comes from, in Chinese."""
    return "联检计划" if found.by_plan else "本局设置 marker_tolerance_m"


def _share(share: Share) -> Document:
    return {
        "label": share.label,
        "numerator": share.numerator,
        "denominator": share.denominator,
        "percent": None if share.denominator == 0 else share.percent,
    }


def _marker(outcome: MarkerOutcome) -> Document:
    known = outcome.registered
    return {
        "marker": outcome.key,
        "number": outcome.number,
        "registered": known is not None,
        "chainage_m": None if known is None else known.chainage_m,
        "state": None if outcome.state is None else outcome.state.value,
        "state_zh": outcome.state_zh,
        "displacement_m": outcome.displacement_m,
        "differs": [item.value for item in outcome.differs],
        "records": {side: _record(record) for side, record in outcome.held.items()},
    }


def _segment(outcome: SegmentOutcome) -> Document:
    return {
        "name": outcome.name,
        "differs": [item.value for item in outcome.differs],
        "records": {side: _record(record) for side, record in outcome.held.items()},
    }


def _record(record: Inspection) -> Document:
    return {
        "id": record.id,
        "inspected_on": record.inspected_on.isoformat(),
        "told": record_told(record),
        "displacement_m": record.displacement_m,
        "displacement_towards": record.towards,
        "findings": [
            {"fault": fault.value, "fault_zh": fault.label_zh, "message": text}
            for fault, text in record.findings
        ],
    }


def record_told(record: Inspection) -> str:
    """State, actions and answers of a record in words."""
    parts = [record.state.label_zh if record.state else ""]
    parts += [action.label_zh for action in record.actions]
    parts += [answers_told(record)] if record.answers else []
    return "、".join(part for part in parts if part) or "未填"


def answers_told(record: Inspection) -> str:
    """Answers about a segment in words."""
    titles = dict(QUESTIONS)
    yes = [titles.get(key, key) for key, answer in record.answers if answer]
    open_ones = [titles.get(key, key) for key, answer in record.answers if answer is None]
    told = [f"有{'、'.join(yes)}"] if yes else []
    answered = len(record.answers) - len(open_ones)
    told += ["其余项目无" if yes else "各项均无"] if answered > len(yes) and not open_ones else []
    told += [f"未填{'、'.join(open_ones)}"] if open_ones else []
    return "；".join([*told, *([record.note] if record.note else [])])


def _disagreement(item: Disagreement) -> Document:
    return {
        "subject": item.subject.value,
        "key": item.key,
        "name": item.name,
        "differs": item.differs.value,
        "differs_zh": item.differs.label_zh,
        "item": item.item,
        "values": dict(item.values),
        "distance_m": None if item.distance_m is None else round(item.distance_m, 2),
    }


def repair_document(item: Repair, found: RoundResults) -> Document:
    """Works that a marker needs, ready for JSON."""
    keeper = item.responsible
    return {
        "marker": item.marker.id,
        "number": item.marker.number,
        "kind": item.kind.value,
        "kind_zh": item.kind.label_zh,
        "state": item.state.value,
        "state_zh": item.state.label_zh,
        "cause": item.cause,
        "responsible": keeper,
        "responsible_zh": "登记未写明" if keeper is None else found.side_name(keeper),
        "work": item.opened,
    }


def disagreement_words(item: Disagreement, names: Mapping[str, str]) -> tuple[str, str, str]:
    """Thing, in what the records differ, and what each side recorded."""
    what = f"{item.differs.label_zh}{f'：{item.item}' if item.item else ''}"
    if item.distance_m is not None:
        what += f"（相距 {item.distance_m:.2f} 米）"
    told = [f"{names.get(side, side)}：{text or '没有记录'}" for side, text in item.values.items()]
    return item.name, what, "\n".join(told)


def results_notes(found: RoundResults) -> list[str]:
    """What a reader of the figures should know."""
    notes = [SIMULATED] if found.register.simulated else []
    silent = "、".join(found.side_name(side) for side in found.silent)
    return [
        *notes,
        f"{found.title}，统计日期 {found.on}；{INTERNAL}",
        f"位移限差 {found.tolerance_m:g} 米（{tolerance_basis(found)}）；恰为限差的不算超过",
        "每一方对同一对象以检查日期最晚、同日以后导入的记录为准；先前的记录都保留",
        *([f"还没有交回记录：{silent}"] if silent else []),
    ]


def results_text(found: RoundResults) -> str:
    """The comparison in lines for a terminal or a message."""
    lines = [*results_notes(found), ""]
    lines += [f"{share.label}　{share.text}" for share in found.shares]
    lines += ["", f"各方记录不一致：{len(found.disagreements)} 处"]
    for item in found.disagreements:
        name, what, told = disagreement_words(item, found.names)
        lines.append(f"- {name}　{what}　{told.replace(chr(10), '；')}")
    lines += ["", f"需办事项：{len(found.repairs)} 处"]
    for repair in found.repairs:
        row = repair_document(repair, found)
        lines.append(f"- {row['number']}　{row['kind_zh']}　{row['responsible_zh']}负责")
    return "\n".join(lines)


def results_workbook(found: RoundResults) -> bytes:
    """XLSX: statistics, markers, segments, disagreements, repairs, findings, notes."""
    sides = found.register.sides
    heads = [found.side_name(side) for side in sides]
    markers = [
        [
            outcome.number,
            _km(outcome),
            *(record_told(outcome.held[s]) if s in outcome.held else None for s in sides),
            outcome.displacement_m,
            outcome.state_zh,
            "、".join(item.label_zh for item in outcome.differs) or None,
        ]
        for outcome in found.markers
    ]
    segments = [
        [
            outcome.name,
            *(record_told(outcome.held[s]) if s in outcome.held else None for s in sides),
            "、".join(item.label_zh for item in outcome.differs) or None,
        ]
        for outcome in found.segments
    ]
    repairs = [
        [told[key] for key in ("number", "state_zh", "kind_zh", "responsible_zh", "cause", "work")]
        for told in (repair_document(item, found) for item in found.repairs)
    ]
    findings = [
        [record.name, found.side_name(record.side), record.inspected_on.isoformat(), f.label_zh, t]
        for record in found.register.recorded
        for f, t in record.findings
    ]
    shares = [
        [s.label, s.numerator, s.denominator, s.percent if s.denominator else None]
        for s in found.shares
    ]
    differs = [disagreement_words(item, found.names) for item in found.disagreements]
    after = ["位移（米）", "结论", "不一致"]
    tables: list[tuple[str, list[str], Sequence[Sequence[object]]]] = [
        ("统计", ["项目", "数量", "总数", "比例（%）"], shares),
        ("界桩", ["界桩编号", "里程（km）", *heads, *after], markers),
        ("界线段", ["界线段", *heads, "不一致"], segments),
        ("不一致", ["对象", "不一致之处", "各方记录"], differs),
        ("需办事项", ["界桩编号", "状况", "拟办事项", "负责方", "依据", "已立件"], repairs),
        ("核对发现", ["对象", "记录方", "检查日期", "类别", "说明"], findings),
    ]
    return register_workbook(tables, notes=results_notes(found), footer=INTERNAL)


def _km(outcome: MarkerOutcome) -> float | None:
    known = outcome.registered
    along = None if known is None else known.chainage_m
    return None if along is None else round(along / 1000, 3)


def disagreements_geojson(found: RoundResults) -> bytes:
    """GeoJSON of the disagreements: at the registered marker, else at a reading, else no place."""
    known = found.register.markers
    features = []
    for item in found.disagreements:
        marker = known.get(item.key)
        place = (marker.place if marker else None) or item.place
        words = disagreement_words(item, found.names)
        features.append(
            {
                "type": "Feature",
                "geometry": None if place is None else {"type": "Point", "coordinates": place},
                "properties": {
                    **_disagreement(item),
                    "told": "；".join(words[1:]).replace("\n", "；"),
                    "simulated": found.register.simulated,
                },
            }
        )
    return orjson.dumps(
        {
            "type": "FeatureCollection",
            "name": f"{found.title}：各方记录不一致之处",
            "notes": results_notes(found),
            "features": features,
        }
    )
