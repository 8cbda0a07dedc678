"""A workbook of romanised names: the officer's own rows with spellings, and the doubtful list."""

from collections.abc import Mapping, Sequence

import pandas as pd

from civgeo.reports.spreadsheet import Sheet, workbook

__all__ = ["SPELLING_HEADERS", "romanised_workbook"]

SPELLING_HEADERS = {
    "toned": "汉语拼音（标调）",
    "plain": "汉语拼音（不标调）",
    "specific": "专名拼写",
    "generic": "通名拼写",
    "source": "读音来源",
    "confirmed": "读音已确认",
    "alternatives": "其他拼写",
    "remark": "需核实之处",
}
_DOUBTFUL = {
    "row": "原表行号",
    "name": "名称",
    "kind": "类别",
    "toned": "汉语拼音（标调）",
    "alternatives": "其他拼写",
    "remark": "需核实之处",
}


def romanised_workbook(
    own: pd.DataFrame, spellings: pd.DataFrame, *, notes: Sequence[str]
) -> bytes:
    """XLSX workbook with two sheets.

    Parameters
    ----------
    own
        The officer's rows, every cell text or null; index: the row number in the file.
    spellings
        One row for each row of `own`, with the same index: `name`, `kind` and the columns of
        `SPELLING_HEADERS`; `remark` is null where nothing is doubtful.
    notes
        Lines above both tables.
    """
    columns = {f"own{place}": str(header) for place, header in enumerate(own.columns)}
    rows = own.set_axis(list(columns), axis="columns")
    rows = pd.concat([rows, spellings[list(SPELLING_HEADERS)]], axis="columns")
    doubtful = spellings[spellings["remark"].notna()].rename_axis("row").reset_index()
    sheets = [
        Sheet("汉语拼音", rows, columns | SPELLING_HEADERS, notes),
        Sheet("待核实", doubtful, _headers(doubtful), notes),
    ]
    return workbook(sheets, simulated=False)


def _headers(doubtful: pd.DataFrame) -> Mapping[str, str]:
    return {name: title for name, title in _DOUBTFUL.items() if name in doubtful.columns}
