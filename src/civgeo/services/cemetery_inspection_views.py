"""The inspection list as a document, as rows, and as a workbook."""

from collections.abc import Iterator, Mapping, Sequence

from civgeo.domain.cemetery_inspection_terms import Inspected, InspectionFinding
from civgeo.domain.quantity import decimal_text
from civgeo.domain.site_features import SiteFeature
from civgeo.domain.site_layer import SiteLayerMeta
from civgeo.reports.register_table import SIMULATED, register_workbook
from civgeo.services.cemetery_inspection import InspectionAnswer
from civgeo.services.site_layer_views import covers_text, layer_document

__all__ = ["inspection_document", "inspection_notes", "inspection_workbook", "verdict_text"]

Row = Sequence[str | float | None]
_PLACE = ("编号", "名称", "种类", "区划代码", "所在区划", "状态", "性质", "级别")
_FOUND = (
    *(
        "事项",
        "效力",
        "规则编号",
        "依据",
        "地区",
        "施行日期",
        "证据",
        "要求",
        "实际",
        "单位",
        "说明",
    ),
    *("图层", "图层编号", "图层日期"),
)
_FEATURES: Mapping[str, str] = {feature.value: feature.label_zh for feature in SiteFeature}
_VERDICTS: Mapping[bool | None, str] = {True: "符合", False: "不符合", None: "未能判断"}


def verdict_text(meets: bool | None) -> str:
    """A verdict in Chinese; not told is never kept."""
    return _VERDICTS[meets]


def inspection_document(answer: InspectionAnswer) -> dict[str, object]:
    """The whole list as JSON: every place, what is broken, and what could not be told."""
    return {
        "city": answer.register.city,
        "on": answer.on.isoformat(),
        "division": answer.question.division or None,
        "edition": answer.edition,
        "data_version": answer.data_version,
        "simulated": answer.simulated,
        "counts": _counts(answer),
        "notes": inspection_notes(answer),
        "layers": [layer_document(meta) for meta in answer.layers],
        "cemeteries": [_document(one, answer) for one in answer.places],
    }


def _counts(answer: InspectionAnswer) -> dict[str, int]:
    return {
        "inspected": len(answer.places),
        "with_findings": len(answer.broken),
        "breaking_law": sum(one.legal is False for one in answer.places),
        "breaking_plan": sum(one.plan is False for one in answer.places),
        "findings": sum(len(one.findings) for one in answer.places),
    }


def _document(one: Inspected, answer: InspectionAnswer) -> dict[str, object]:
    place = one.place
    return {
        "id": place.id,
        "name": place.name,
        "kind": place.kind.value,
        "division": place.division.text,
        "division_name": _division(one, answer),
        "status": place.status.value,
        "operation": place.operation.value,
        "level": place.level.value if place.level else None,
        "area_mu": None if place.area_mu is None else decimal_text(place.area_mu),
        "area_from": "outline" if place.id in answer.drawn else "register",
        "meets": {"legal": one.legal, "plan": one.plan},
        "findings": [_finding(item, answer) for item in one.findings],
        "not_judged": [_finding(item, answer) for item in one.open],
        "named_areas": [
            {"rule": rule.id, "citation": rule.citation, "area": rule.quantity}
            for rule in one.named_areas
        ],
    }


def _finding(item: InspectionFinding, answer: InspectionAnswer) -> dict[str, object]:
    layer = next((meta for meta in answer.layers if meta.digest == item.layer), None)
    return {
        "code": item.code.value,
        "code_zh": item.code.label_zh,
        "force": item.force.value if item.force else None,
        "subject": item.subject or None,
        "rule": item.rule_id or None,
        "citation": item.citation or None,
        "place": item.place or None,
        "valid_from": item.valid_from or None,
        "evidence": item.evidence or None,
        "required": item.required,
        "actual": item.actual,
        "unit": item.unit or None,
        "message": item.message,
        "layer": None
        if layer is None
        else {
            "digest": layer.digest,
            "title": layer.title,
            "layer_date": layer.layer_date.isoformat(),
            "source": layer.source,
        },
    }


def _division(one: Inspected, answer: InspectionAnswer) -> str:
    return answer.names.get(one.place.division.text, "")


def inspection_notes(answer: InspectionAnswer) -> list[str]:
    """What a reader of the list should know."""
    where = answer.names.get(answer.question.division, answer.question.division)
    counts = _counts(answer)
    notes = [
        f"{answer.register.name}{where}未经审批与超标设施检查清单，"
        f"按 {answer.on} 的登记、规定和图层",
        f"登记的 {counts['inspected']} 处中，{counts['with_findings']} 处有问题，"
        f"{counts['breaking_law']} 处不符合法规，{counts['breaking_plan']} 处不符合规划",
        f"规定版次 {answer.edition}；登记库数据版本 {answer.data_version}",
        "按当日施行的规定核对，不判断建成时是否合法；墓穴按骨灰墓穴核对；没有问题不等于合规，"
        "未能判断的事项另列",
    ]
    notes += [
        f"图层“{meta.title}”（{covers_text(meta)}），{meta.layer_date}，来源：{meta.source}，"
        f"编号 {meta.digest}"
        for meta in answer.layers
    ]
    if not answer.layers:
        notes.append("没有图层：没有核对任何选址规定。请用 civgeo cemeteries layer 导入")
    if answer.drawn:
        notes.append(f"{len(answer.drawn)} 处没有登记占地面积，按图形在地面上的面积核对")
    if answer.points:
        notes.append(f"{len(answer.points)} 处只有点位，距离从该点量起，边界可能更近")
    return [SIMULATED, *notes] if answer.simulated else notes


def inspection_workbook(answer: InspectionAnswer) -> bytes:
    """XLSX: a row for each finding, what could not be told, all places, and notes."""
    found = [*_PLACE, *_FOUND]
    tables = [
        ("检查清单", found, [*_rows(answer, broken=True)]),
        ("未能判断", found, [*_rows(answer, broken=False)]),
        ("全部设施", [*_PLACE, "占地（亩）", "法规", "规划", "问题数"], [*_summary(answer)]),
    ]
    notes = inspection_notes(answer)
    return register_workbook(tables, notes=notes, footer=notes[0])


def _rows(answer: InspectionAnswer, *, broken: bool) -> Iterator[Row]:
    layers = {meta.digest: meta for meta in answer.layers}
    for one in answer.places:
        for item in one.findings if broken else one.open:
            yield [
                *_about(one, answer),
                *(item.code.label_zh, item.force.label_zh if item.force else "登记"),
                *(item.rule_id, item.citation, item.place, item.valid_from, item.evidence),
                *(item.required, _FEATURES.get(item.actual or "", item.actual), item.unit),
                item.message,
                *_layer_cells(layers.get(item.layer)),
            ]


def _layer_cells(layer: SiteLayerMeta | None) -> tuple[str, str, str]:
    if layer is None:
        return "", "", ""
    return layer.title, layer.digest, layer.layer_date.isoformat()


def _summary(answer: InspectionAnswer) -> Iterator[Row]:
    for one in answer.places:
        area = one.place.area_mu
        yield [
            *_about(one, answer),
            None if area is None else float(area),
            *(verdict_text(one.legal), verdict_text(one.plan), len(one.findings)),
        ]


def _about(one: Inspected, answer: InspectionAnswer) -> list[str]:
    place = one.place
    return [
        *(place.id, place.name, place.kind.label_zh, place.division.text),
        *(_division(one, answer), place.status.label_zh, place.operation.label_zh),
        place.level.label_zh if place.level else "",
    ]
