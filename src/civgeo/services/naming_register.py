"""A register of names as its audit compares it: areas, parts and readings in columns."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from civgeo.domain.division import DivisionCode
from civgeo.domain.naming_place import NOWHERE, Areas
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.spelling import without_tones
from civgeo.errors import InvalidInput
from civgeo.language.bigrams import fold
from civgeo.language.syllables import parse_syllable
from civgeo.services.naming import Proposal, beside, placed
from civgeo.services.naming_groups import AREA_COLUMNS, within

__all__ = ["add_specific_parts", "comparable_register"]

_DIVISIONS = list(AREA_COLUMNS[:4])
_ALL_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]+"


def comparable_register(register: pd.DataFrame, *, read: bool) -> pd.DataFrame:
    """The register with the columns that its audit compares, on a range index.

    Parameters
    ----------
    register
        As `civgeo.services.naming_audit.audit_names` takes it.
    read
        Whether readings that are missing are looked up.

    Raises
    ------
    InvalidInput
        ``missing_key``, ``bad_value`` or ``bad_code``, as the audit says.
    """
    absent = [name for name in ("name", "kind") if name not in register]
    if absent:
        raise InvalidInput(f"缺少列 {absent[0]}：地名、类别两列必须有", code="missing_key")
    rows = register.reset_index(drop=True)
    names = rows["name"].fillna("").astype(str).str.strip()
    table = pd.DataFrame({"name": names.astype(object), "kind": rows["kind"].astype(object)})
    _check(table)
    for column in AREA_COLUMNS:
        table[column] = _text(rows, column)
    table["famous"] = rows["famous"].fillna(False).astype(bool) if "famous" in rows else False
    _fill_areas(table, _text(rows, "division"))
    table["text_full"] = _each(table["name"], lambda name: fold(name) or name)
    table["reading_full"] = _each(_text(rows, "reading"), _reading)
    _read_letters(table)
    if read:
        _read_missing(table)
    table["toneless_full"] = _each(table["reading_full"], without_tones)
    return table


def _text(rows: pd.DataFrame, column: str) -> "pd.Series[str]":
    """A column of texts, null where it is empty or missing."""
    if column not in rows:
        return pd.Series(None, index=rows.index, dtype=object)
    values = rows[column].astype(object)
    return values.where(values.notna() & (values != ""), None)


def _each(column: "pd.Series[str]", make: Callable[[str], str | None]) -> "pd.Series[str]":
    """What `make` makes of each value, made once for each distinct one; null stays null."""
    codes, distinct = pd.factorize(column)
    made = pd.array([*(make(value) for value in distinct), None], dtype=object)
    return pd.Series(made[codes], index=column.index, dtype=object)


def _check(table: pd.DataFrame) -> None:
    empty = table.index[table["name"] == ""]
    if len(empty):
        raise InvalidInput(f"第 {empty[0] + 1} 条没有地名，请补上或删去。", code="bad_value")
    known = {kind.value for kind in PlaceKind}
    strange = table[~table["kind"].isin(list(known))]
    if len(strange):
        first = strange.iloc[0]
        raise InvalidInput(
            f"第 {strange.index[0] + 1} 条“{first['name'][:30]}”的类别 {first['kind']!r} 不认识；"
            f"可用的类别：{'、'.join(kind.value for kind in PlaceKind)}",
            code="bad_value",
        )


def _fill_areas(table: pd.DataFrame, division: "pd.Series[str]") -> None:
    """Fill areas from codes, each distinct combination read once; add the narrowest code."""
    keys = pd.concat([table[_DIVISIONS], division.rename("division")], axis=1)
    combined = keys.groupby([*_DIVISIONS, "division"], sort=False, dropna=False).ngroup()
    firsts = keys[~combined.duplicated()]
    found = [_areas(list(values)) for values in firsts.itertuples(index=False, name=None)]
    numbers = combined.to_numpy()
    for column in _DIVISIONS:
        made = pd.array([getattr(areas, column) for areas in found], dtype=object)
        table[column] = made[numbers]
    codes = [areas.code.digits if areas.code else "" for areas in found]
    table["division"] = pd.array(codes, dtype=object)[numbers]


def _areas(values: Sequence[object]) -> Areas:
    texts = [None if pd.isna(value) else str(value) for value in values]  # type: ignore[call-overload]
    *levels, division = texts
    if division is not None:
        return Areas.of_division(DivisionCode.parse(division))
    if not any(levels):
        return NOWHERE
    return Areas.of(**dict(zip(_DIVISIONS, levels, strict=True)))


def _reading(text: str) -> str | None:
    """Syllables with tone marks; null where the text is not made of syllables by spaces."""
    try:
        return " ".join([parse_syllable(part) for part in text.split()]) or None
    except InvalidInput:
        return None


def _read_letters(table: pd.DataFrame) -> None:
    """Let letters and digits stand for themselves in the readings that are given (107国道)."""
    texts = table["text_full"].to_numpy(object)
    readings = table["reading_full"].to_numpy(object, copy=True)
    mixed = ~table["text_full"].str.fullmatch(_ALL_HAN) & table["reading_full"].notna()
    for row in np.flatnonzero(mixed).tolist():
        sounds = beside(texts[row], readings[row].split())
        readings[row] = " ".join(sounds) if sounds else None
    table["reading_full"] = readings


def _read_missing(table: pd.DataFrame) -> None:
    """Look up the readings that are not given, once for each name of a kind and division."""
    readings = table["reading_full"].to_numpy(object, copy=True)
    columns = [table[name].tolist() for name in ("name", "kind", "division")]
    known: dict[tuple[str, str, str], str | None] = {}
    for row in np.flatnonzero(pd.isna(readings)).tolist():
        name, kind, division = key = (columns[0][row], columns[1][row], columns[2][row])
        if key not in known:
            areas = Areas.of_division(DivisionCode(division)) if division else NOWHERE
            syllables = placed(Proposal(name, PlaceKind(kind), areas)).syllables
            known[key] = " ".join(syllables) if syllables else None
        readings[row] = known[key]
    table["reading_full"] = readings


def add_specific_parts(table: pd.DataFrame, adcodes: Iterable[str]) -> None:
    """Add the specific part of each name in those divisions, and the syllables that belong to it.

    Elsewhere they are null.
    """
    chosen = np.zeros(len(table), bool)
    for adcode in set(adcodes):
        chosen |= within(table, adcode).to_numpy()
    rows = np.flatnonzero(chosen)
    names = zip(table["name"].to_numpy()[rows], table["kind"].to_numpy()[rows], strict=True)
    parts = [placed(Proposal(name, PlaceKind(kind)), read=False).specific for name, kind in names]
    _add_texts(table, "text_specific", rows, parts)
    for form in ("reading", "toneless"):
        whole = table[f"{form}_full"].to_numpy()[rows]
        own = [
            None if reading is None else " ".join(reading.split()[: len(text)])
            for reading, text in zip(whole, parts, strict=True)
        ]
        _add_texts(table, f"{form}_specific", rows, own)


def _add_texts(
    table: pd.DataFrame, column: str, rows: npt.NDArray[np.intp], values: Sequence[str | None]
) -> None:
    texts = np.full(len(table), None, dtype=object)
    texts[rows] = values
    table[column] = texts
