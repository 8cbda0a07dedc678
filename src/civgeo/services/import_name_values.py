"""What new records of the place-name office are given where their file says nothing."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import geopandas as gpd
import pandas as pd

from civgeo.domain.name_forms import NameStatus
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.romanisation import Romanisation
from civgeo.domain.secrecy import Secrecy
from civgeo.domain.spelling import without_tones
from civgeo.errors import InvalidInput
from civgeo.services.import_kinds import ImportKind
from civgeo.services.import_name_cells import object_column
from civgeo.services.name_fields import status_of_use, structure
from civgeo.services.romanising import romanise
from civgeo.store.tables import Collection

__all__ = ["Spelling", "assumed_of_names", "same_spelling", "spelling", "spellings"]

_SPELLED = ("specific", "generic", "toned", "plain", "reading", "reading_source")
_USE = "使用时间"


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name as the rules spell it, or why they cannot."""

    found: Romanisation | None
    problem: str


@lru_cache(maxsize=200_000)
def spelling(name: str, kind: str, division: str | None, reading: str | None) -> Spelling:
    """Romanised form of a name in its division, read as `reading` says where it says so."""
    try:
        found = romanise(name, PlaceKind(kind), reading=reading, division=division)
    except InvalidInput as error:
        return Spelling(None, error.message)
    return Spelling(found, "")


def spellings(frame: gpd.GeoDataFrame) -> list[Spelling | None]:
    """Spelling of each row; None where it has no name or kind."""
    names = ("name", "kind", "division", "reading")
    columns = [[_text(value) for value in frame[name].tolist()] for name in names]
    return [
        None if name is None or kind is None else spelling(name, kind, division, reading)
        for name, kind, division, reading in zip(*columns, strict=True)
    ]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def assumed_of_names(
    made: gpd.GeoDataFrame, new: "pd.Series[bool]", kind: ImportKind
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Rows with the values that new ones are given, and notes that say so.

    Place names: the parts and the spelling by the rules of 1984, never confirmed; public only
    where their secrecy is; nonstandard where the form says that they are used no more.

    Parameters
    ----------
    made
        All rows as they would stand in the store.
    new
        Which of them are new.
    kind
        What is imported; tables of other offices pass untouched.
    """
    if kind.collection is not Collection.PLACE_NAMES or not new.any():
        return made, []
    made, notes = _with_standing(made, new)
    made, more = _with_spelling(made, new)
    return made, [*notes, *more]


def _with_standing(
    made: gpd.GeoDataFrame, new: "pd.Series[bool]"
) -> tuple[gpd.GeoDataFrame, list[str]]:
    notes = []
    uses = [_use(text) for text in made["attributes"].tolist()]
    past = pd.Series([use is NameStatus.NONSTANDARD for use in uses], index=made.index)
    past &= new & made["status"].isna()
    made.loc[past, "status"] = NameStatus.NONSTANDARD.value
    if past.any():
        notes.append(f"{int(past.sum())} 行的使用时间为历史：按“非标准地名”登记，请核对")
    open_ = new & made["public"].isna()
    secret = made["secrecy"].notna() & (made["secrecy"] != Secrecy.PUBLIC.value)
    made.loc[open_, "public"] = ~secret[open_]
    if open_.any():
        closed = int((open_ & secret).sum())
        rest = f"，其中 {closed} 行因密级登记为不公开" if closed else ""
        notes.append(f"{int(open_.sum())} 行没有写明是否公开：按“是”登记{rest}")
    return made, notes


def _use(text: object) -> NameStatus | None:
    found = structure(text)
    use = found.get(_USE) if isinstance(found, dict) else None
    return status_of_use(use) if isinstance(use, str) else None


def _with_spelling(
    made: gpd.GeoDataFrame, new: "pd.Series[bool]"
) -> tuple[gpd.GeoDataFrame, list[str]]:
    rows = made[new]
    given = {name: rows[name].astype(object) for name in _SPELLED}
    values = [
        _values(found.found if found else None, _text(specific), _text(toned))
        for found, specific, toned in zip(
            spellings(rows), given["specific"].tolist(), given["toned"].tolist(), strict=True
        )
    ]
    for place, name in enumerate(_SPELLED):
        filled = object_column([row[place] for row in values], rows.index)
        made.loc[new, name] = given[name].where(given[name].notna(), filled)
    split = int((given["specific"].isna() & made.loc[new, "specific"].notna()).sum())
    spelled = int((given["toned"].isna() & made.loc[new, "toned"].notna()).sum())
    notes = []
    if split:
        notes.append(f"{split} 行没有专名、通名：按通名表拆分")
    if spelled:
        notes.append(f"{spelled} 行没有罗马字母拼写：按拼写规则生成，读音待核定")
    return made, notes


def _values(
    found: Romanisation | None, specific: str | None, toned: str | None
) -> tuple[str | None, ...]:
    """What the rules give for the columns `_SPELLED`, beside what the file gives."""
    if found is None:
        return (None,) * len(_SPELLED)
    generic = found.generic.hanzi if found.generic else None
    if specific is not None:
        whole = found.specific.hanzi + (generic or "")
        generic = whole.removeprefix(specific) if whole.startswith(specific) else None
    own_spelling = toned is None or same_spelling(toned, found.toned)
    return (
        specific or found.specific.hanzi,
        generic or None,
        found.toned,
        found.plain if own_spelling else without_tones(toned or ""),
        " ".join(found.syllables) if own_spelling else None,
        found.source.value if own_spelling else None,
    )


def same_spelling(one: str, other: str) -> bool:
    """Whether two spellings differ in case, blanks and apostrophes at most, or one has no tones."""
    first, second = _bare(one), _bare(other)
    bare = without_tones(first)
    return first == second or (bare == without_tones(second) and bare in (first, second))


def _bare(text: str) -> str:
    plain = unicodedata.normalize("NFC", text.casefold())
    return "".join(char for char in plain if char.isalnum())
