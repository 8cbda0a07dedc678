"""What is wrong in an outside file, by row and column, in an officer's words."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["ERROR_HEADER", "Finding", "Severity", "by_row", "findings_csv", "formula_safe"]

ERROR_HEADER = "导入检查结果"
"""Header of the column that is added to the officer's own table."""
_FORMULA_STARTS = tuple("=+-@＝＋－＠\t\r\n")
"""Excel for Chinese takes the full-width signs as formulas, too."""


class Severity(StrEnum):
    """Whether a finding stops the import."""

    ERROR = "error"
    NOTE = "note"

    @property
    def label_zh(self) -> str:
        """Severity in Chinese."""
        return {"error": "错误", "note": "提示"}[self.value]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend or to know.

    Parameters
    ----------
    row
        Row number that the officer's spreadsheet shows (the first row is 1); in a layer the
        feature's number, from 1. 0 for the whole file.
    column
        Header as it stands in the file; empty for the whole row.
    value
        Offending value as it was read.
    message
        What is wrong and what to do, in Chinese.
    severity
        Errors stop the import; notes do not.
    """

    row: int
    column: str
    value: str
    message: str
    severity: Severity = Severity.ERROR

    @property
    def text(self) -> str:
        """Finding for the error column of its row."""
        place = f"【{self.column}】" if self.column else ""
        mark = "" if self.severity is Severity.ERROR else f"{self.severity.label_zh}："
        return f"{place}{mark}{self.message}"


def by_row(findings: Iterable[Finding]) -> dict[int, str]:
    """Texts for the error column by row number; several of one row are joined by ``；``."""
    texts: dict[int, list[str]] = {}
    for finding in findings:
        texts.setdefault(finding.row, []).append(finding.text)
    return {row: "；".join(parts) for row, parts in texts.items()}


def formula_safe(text: str) -> str:
    """`text` as a CSV cell that no spreadsheet takes for a formula; plain numbers stay."""
    if text.startswith(_FORMULA_STARTS) and not _is_number(text):
        return f"'{text}"
    return text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def findings_csv(findings: Sequence[Finding]) -> bytes:
    """Findings as a CSV list (UTF-8 with a byte order mark), for files that are no tables."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(["要素序号", "字段", "值", "类别", "说明"])
    for item in findings:
        cells = [item.column, item.value, item.severity.label_zh, item.message]
        writer.writerow([str(item.row or ""), *map(formula_safe, cells)])
    return buffer.getvalue().encode("utf-8-sig")
