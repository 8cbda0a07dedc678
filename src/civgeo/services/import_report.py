"""A batch for readers: as a JSON document, and as rows of tables in Chinese."""

from civgeo.domain.clock import BEIJING
from civgeo.formats.findings import Finding
from civgeo.services.import_batches import Batch, PreCheck
from civgeo.services.import_kinds import kind_named
from civgeo.store.batches import Batch as Recorded

__all__ = ["ACTIONS_ZH", "batch_document", "facts_rows", "finding_rows", "recorded_document"]

ACTIONS_ZH = {"new": "新增", "changed": "更改", "unchanged": "没有变化", "refused": "有错误"}


def batch_document(batch: Batch) -> dict[str, object]:
    """The batch as JSON: what was asked, what was found, what can be done next."""
    found = batch.precheck
    document: dict[str, object] = {
        "batch": batch.id,
        "kind": batch.kind,
        "state": batch.state.value,
        "state_zh": batch.state.label_zh,
        "file": {"name": batch.file_name, "size": batch.size, "sha256": batch.sha256},
        "received_at": batch.received_at.isoformat(timespec="seconds"),
        "request": {
            "layer": batch.request.layer,
            "encoding": batch.request.encoding,
            "header_row": batch.request.header_row,
            "crs": batch.request.crs,
            "columns": dict(batch.request.columns),
            "profile": batch.request.profile,
            "constants": dict(batch.request.constants),
        },
    }
    return document if found is None else document | _found(found)


def _found(found: PreCheck) -> dict[str, object]:
    return {
        "code": found.code,
        "message": found.message,
        "rows": found.rows,
        "counts": {
            "new": found.counts.new,
            "changed": found.counts.changed,
            "unchanged": found.counts.unchanged,
            "refused": found.counts.refused,
        },
        "reading": {
            "format": found.format,
            "layer": found.layer,
            "layers": list(found.layers),
            "encoding": found.encoding,
            "encoding_basis": found.encoding_basis,
            "preview": list(found.preview),
            "crs": found.crs,
            "crs_basis": found.crs_basis,
        },
        "mapping": dict(found.mapping),
        "coordinates": list(found.coordinates),
        "unmatched": list(found.unmatched),
        "place": {
            "verdict": found.verdict,
            "reason": found.placement,
            "east_m": found.east_m,
            "north_m": found.north_m,
            "guess": found.guess,
        },
        "notes": list(found.notes),
        "findings": [_finding(item) for item in found.findings],
        "samples": [
            {"row": item.row, "action": item.action, "fields": dict(item.fields)}
            for item in found.samples
        ],
    }


def _finding(item: Finding) -> dict[str, object]:
    return {
        "row": item.row,
        "column": item.column,
        "value": item.value,
        "severity": item.severity.value,
        "message": item.message,
    }


def facts_rows(batch: Batch) -> list[list[str]]:
    """What was found about the file and its rows, as title and text."""
    found = batch.precheck
    kind = kind_named(batch.kind)
    rows = [["文件", batch.file_name], ["导入为", f"{kind.title}（{batch.kind}）"]]
    if found is None:
        return rows
    counts = found.counts
    pairs = [f"{key} → {kind.title_of(name)}" for key, name in found.mapping.items()]
    judged = counts.new + counts.changed + counts.unchanged + counts.refused
    totals = f"新增 {counts.new}，更改 {counts.changed}，没有变化 {counts.unchanged}"
    totals = f"{totals}，有错误 {counts.refused}" if judged else "尚未逐行比对"
    encoding = f"{found.encoding}（{found.encoding_basis}）" if found.encoding else ""
    layer = f"，{found.layer}" if found.layer and found.layer != found.format else ""
    rows += [
        ["格式", found.format + layer],
        ["编码", encoding],
        ["文字预览", "、".join(found.preview[:3]) if encoding else ""],
        ["列的对应", "；".join(pairs)],
        ["坐标列", "、".join(found.coordinates)],
        ["不导入的列", "、".join(found.unmatched)],
        ["坐标系", found.crs or ""],
        ["位置核对", found.placement],
        ["行数", f"{found.rows}：{totals}"],
        *(["说明", note] for note in found.notes),
    ]
    return [row for row in rows if row[1]]


def finding_rows(findings: tuple[Finding, ...]) -> list[list[str]]:
    """Findings as row number, header, value, severity, text."""
    return [
        [
            str(item.row or "全文件"),
            item.column,
            item.value,
            item.severity.label_zh,
            item.message,
        ]
        for item in findings
    ]


def recorded_document(batch: Recorded) -> dict[str, object]:
    """A batch of the history as JSON."""
    return {
        "batch": batch.name.partition(":")[0],
        "kind": batch.collection,
        "recorded_at": batch.recorded_at.astimezone(BEIJING).isoformat(timespec="seconds"),
        "actor": batch.actor,
        "document": batch.document,
        "created": batch.created,
        "changed": batch.changed,
        "undone": batch.undone,
    }
