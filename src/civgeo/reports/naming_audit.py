"""The workbook of a naming audit: what a clean-up campaign works through."""

from collections.abc import Iterable, Sequence
from datetime import date

import pandas as pd

from civgeo.domain.naming_findings import Citation, FindingCode, Severity
from civgeo.domain.naming_lists import ListInfo
from civgeo.domain.place_kind import PlaceKind
from civgeo.reports.spreadsheet import Sheet, workbook

__all__ = ["MOST_ROWS", "naming_audit_workbook"]

MOST_ROWS = 1_000_000
"""Findings that fit on one sheet."""

_CODES = {code.value: code.label_zh for code in FindingCode}
_GRAVITY = {severity.value: severity.label_zh for severity in Severity}
_KINDS = {kind.value: kind.label_zh for kind in PlaceKind}
_FINDING_HEADERS = {
    "name": "地名",
    "kind_zh": "类别",
    "county": "县区",
    "township": "乡镇",
    "builtup_area": "建成区",
    "code_zh": "问题",
    "severity_zh": "处理",
    "message": "说明",
    "basis": "依据",
    "group_zh": "同组编号",
    "others": "冲突数",
    "against_zh": "冲突条目",
    "id": "条目编号",
}
_TOTAL_HEADERS = {
    "code_zh": "问题",
    "severity_zh": "处理",
    "findings": "发现数",
    "entries": "涉及条目",
    "basis": "依据",
}
_LIST_HEADERS = {
    "title": "名单",
    "entries": "条数",
    "as_of": "日期",
    "source": "来源",
    "complete": "是否齐全",
}


def naming_audit_workbook(
    findings: pd.DataFrame,
    *,
    names: int,
    unread: int,
    on: date,
    edition: str,
    lists: Iterable[ListInfo],
    notes: Sequence[str] = (),
    simulated: bool = False,
) -> bytes:
    """XLSX with totals, counts by county, every finding, and the lists that were consulted.

    Parameters
    ----------
    findings
        As `civgeo.services.naming_audit.Audit` holds them.
    names, unread
        Entries looked at, and those without a reading.
    on, edition
        Day and edition of the rules.
    lists
        Lists that the names were held against.
    notes
        What the audit does not say.
    simulated
        Whether any of the data is simulated; every sheet then says so.
    """
    table = _labelled(findings)
    head = [
        f"比对日期 {on.isoformat()}，规定版本 {edition}；共 {names} 条地名，发现 {len(table)} 处",
        f"没有读音、未比对同音的 {unread} 条",
        *notes,
    ]
    left = len(table) - MOST_ROWS
    every = [*head, *([f"只列出前 {MOST_ROWS} 处，另有 {left} 处未列"] if left > 0 else [])]
    sheets = [
        Sheet("汇总", _totals(table), _TOTAL_HEADERS, head),
        _by_county(table, head),
        Sheet("逐条", table.head(MOST_ROWS), _FINDING_HEADERS, every),
        Sheet("名单", _lists(lists), _LIST_HEADERS, ["没有命中不等于没有问题"]),
    ]
    return workbook(sheets, simulated=simulated)


def _labelled(findings: pd.DataFrame) -> pd.DataFrame:
    """Findings with the words of tables beside the codes."""
    rules = zip(findings["regulation"], findings["article"], findings["item"], strict=True)
    groups = findings["group"].astype(object)
    return findings.assign(
        kind_zh=findings["kind"].map(_KINDS),
        code_zh=findings["code"].map(_CODES),
        severity_zh=findings["severity"].map(_GRAVITY),
        basis=[Citation(*rule).text for rule in rules],
        group_zh=(groups + 1).where(groups >= 0, None),
        against_zh=["、".join(map(str, ids)) for ids in findings["against"]],
    )


def _totals(table: pd.DataFrame) -> pd.DataFrame:
    keys = ["code_zh", "severity_zh", "basis"]
    grouped = table.groupby(keys, sort=False)["id"]
    return grouped.agg(findings="size", entries="nunique").reset_index()


def _by_county(table: pd.DataFrame, notes: Sequence[str]) -> Sheet:
    """Entries by county and kind of finding, with the county's total."""
    county = table["county"].fillna("（未写明）").rename("county")
    counted = pd.crosstab(county, table["code_zh"]) if len(table) else pd.DataFrame()
    present = [label for label in _CODES.values() if label in counted]
    counted = counted.reindex(columns=present)
    counted["total"] = counted.sum(axis=1)
    counted = counted.sort_values("total", ascending=False, kind="stable")
    headers = {"county": "县区", "total": "合计", **{label: label for label in present}}
    rows = counted.rename_axis("county").reset_index()
    return Sheet("按县区", rows, headers, notes)


def _lists(lists: Iterable[ListInfo]) -> pd.DataFrame:
    rows = [
        {
            "title": info.title,
            "entries": info.entries,
            "as_of": info.as_of or "未注明",
            "source": info.origin,
            "complete": "是" if info.complete else "否",
        }
        for info in lists
    ]
    return pd.DataFrame(rows, columns=list(_LIST_HEADERS))
