"""A column of names in an officer's spreadsheet, romanised, with the list of what is doubtful."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.romanisation import ReadingSource, Romanisation
from civgeo.errors import ImportRejected, InvalidInput
from civgeo.formats import jail
from civgeo.formats.facts import ReadRequest
from civgeo.reports.romanised_names import SPELLING_HEADERS, romanised_workbook
from civgeo.services.romanising import romanise

__all__ = ["MOST_ROWS", "ColumnsOfNames", "RomanisedFile", "romanise_file"]

MOST_ROWS: Final = 300_000
"""Rows of one file: more make a workbook that desktops open badly."""
_SOURCES: Final = {
    ReadingSource.GIVEN: "人工填写",
    ReadingSource.OVERRIDE: "读音表",
    ReadingSource.DICTIONARY: "字典",
}
_KINDS: Final = {text: kind for kind in PlaceKind for text in (kind.value, kind.label_zh)}
_NOTES: Final = (
    "按《中国地名汉语拼音字母拼写规则（汉语地名部分）》（(84)中地字第17号）拼写",
    "“读音已确认”为“否”的，须由地名主管部门核实后使用",
)


@dataclass(frozen=True, slots=True)
class ColumnsOfNames:
    """Where the names stand in a file.

    Parameters
    ----------
    name
        Header of the column of names.
    kind_column, kind
        Header of the column of kinds (their machine words or Chinese labels), or the one kind of
        all names; the column goes first, and `kind` stands in for its empty cells.
    reading_column, division_column
        Headers of the columns of given readings and of division codes, where there are any.
    """

    name: str
    kind_column: str | None = None
    kind: PlaceKind | None = None
    reading_column: str | None = None
    division_column: str | None = None


@dataclass(frozen=True, slots=True)
class RomanisedFile:
    """The workbook, and how many names it holds, how many are doubtful and were not spelled."""

    content: bytes
    names: int
    doubtful: int
    refused: int


def romanise_file(
    file: Path, columns: ColumnsOfNames, request: ReadRequest | None = None
) -> RomanisedFile:
    """Romanise a column of names in a spreadsheet or CSV file, which the jail reads.

    Returns
    -------
    RomanisedFile
        A workbook with the rows as they came and their spellings, and a second sheet of those
        that somebody must look at. Nothing is left out.

    Raises
    ------
    NotFound
        When there is no such file.
    ImportRejected
        When it is no table, is damaged or hostile, or has more than `MOST_ROWS` rows.
    InvalidInput
        ``no_such_column`` or ``kind_missing``.
    """
    if columns.kind is None and columns.kind_column is None:
        text = "请用一列写明地名类别（--kind-column），或给出全表的类别（--kind）。"
        raise InvalidInput(text, code="kind_missing")
    with tempfile.TemporaryDirectory(prefix="civgeo-names-") as folder:
        own = pd.DataFrame(jail.read_file(file, Path(folder), request).frame())
    own = own.drop(columns="geometry", errors="ignore")
    if len(own) > MOST_ROWS:
        raise ImportRejected(
            f"表中有 {len(own)} 行，最多 {MOST_ROWS} 行。请拆分后分批处理。", code="too_many_rows"
        )
    columns = ColumnsOfNames(
        _header(own, columns.name) or columns.name,
        _header(own, columns.kind_column),
        columns.kind,
        _header(own, columns.reading_column),
        _header(own, columns.division_column),
    )
    spelled = pd.DataFrame(list(_spelled(own, columns)), index=own.index, dtype=object)
    content = romanised_workbook(own, spelled, notes=_NOTES)
    refused = int((spelled["remark"].notna() & spelled["toned"].isna()).sum())
    return RomanisedFile(content, len(own), int(spelled["remark"].notna().sum()), refused)


def _header(own: pd.DataFrame, wanted: str | None) -> str | None:
    """Header of the column that is meant: the whole one, or the lower line of a merged header."""
    if wanted is None or wanted in own.columns:
        return wanted
    known = [str(header) for header in own.columns]
    lower = [header for header in known if header.rpartition("/")[2] == wanted]
    if len(lower) == 1:
        return lower[0]
    text = f"表中没有列“{wanted}”。有的列：{'、'.join(known)}"
    raise InvalidInput(text, code="no_such_column")


def _spelled(own: pd.DataFrame, columns: ColumnsOfNames) -> Iterator[Mapping[str, object]]:
    """One row of the report for each row of the file."""
    kinds = _cells(own, columns.kind_column)
    readings = _cells(own, columns.reading_column)
    divisions = _cells(own, columns.division_column)
    names = _cells(own, columns.name)
    for name, kind, reading, division in zip(names, kinds, readings, divisions, strict=True):
        row: dict[str, object] = dict.fromkeys(SPELLING_HEADERS)
        label = kind or (columns.kind.label_zh if columns.kind else None)
        row |= {"name": name, "kind": label}
        try:
            place_kind = _kind(kind, columns.kind)
            found = romanise(name or "", place_kind, reading=reading, division=division)
        except InvalidInput as error:
            row["remark"] = error.message if name else "名称是空的"
        else:
            row |= _told(found, place_kind)
        yield row


def _cells(own: pd.DataFrame, header: str | None) -> list[str | None]:
    """Texts of a column, None for an empty cell; all None without a column."""
    if header is None:
        return [None] * len(own)
    return [None if pd.isna(cell) else str(cell).strip() or None for cell in own[header].tolist()]


def _kind(text: str | None, default: PlaceKind | None) -> PlaceKind:
    if text is None and default is not None:
        return default
    found = _KINDS.get(text or "")
    if found is None:
        known = "、".join(kind.label_zh for kind in PlaceKind)
        raise InvalidInput(f"不认识的类别 {(text or '')[:40]!r}；可用的类别：{known}")
    return found


def _told(found: Romanisation, kind: PlaceKind) -> dict[str, object]:
    remark = None if found.confirmed else "读音有歧义，未见依据"
    if found.generic is None and kind is not PlaceKind.SETTLEMENT:
        remark = "通名不在表中，全名连写"
    return {
        "toned": found.toned,
        "plain": found.plain,
        "specific": found.specific.toned,
        "generic": found.generic.toned if found.generic else None,
        "source": _SOURCES[found.source],
        "confirmed": found.confirmed,
        "alternatives": "；".join(found.alternatives) or None,
        "remark": remark,
    }
