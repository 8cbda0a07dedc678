"""Place names of a file that an officer should look at: misprints, double entries, spellings.

All of it is advice. 查岈山镇 beside 嵖岈山镇 may be a misprint; 行政村 and 村民委员会 of one
village are two entries of the national list for one place.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from civgeo.analysis.name_similarity import Likeness, PairReason, double_places, near_duplicates
from civgeo.domain.national_class import DOUBLE_CLASSES
from civgeo.domain.place_kind import PlaceClass, PlaceKind
from civgeo.domain.spelling import without_tones
from civgeo.formats.findings import Finding, Severity
from civgeo.geo.crs import Zone
from civgeo.geo.ground import Shapes, in_metres
from civgeo.language.dictionary import readings_of_character
from civgeo.language.name_tables import table_rows
from civgeo.services.import_kinds import ImportKind
from civgeo.services.import_name_values import same_spelling, spellings
from civgeo.services.import_names import folded
from civgeo.store.tables import Collection

__all__ = ["NEAR_M", "name_findings"]

NEAR_M = 2000.0
"""Like names of two townships are told only where the places lie so near to each other."""

MOST_LISTED = 2000
_COMMITTEE = re.compile(r"(居民委员会|村民委员会|居委会|村委会)$")
_AREA = re.compile(r"(行政村|社区|村)$")
_VILLAGE, _COMMUNITY = "21610", "21620"
_COLUMNS = ("name", "kind", "division", "type_code", "place_code")


def name_findings(
    whole: gpd.GeoDataFrame,
    actions: pd.Series,
    kind: ImportKind,
    present: gpd.GeoDataFrame,
    headers: Mapping[str, str],
    zone: Zone | None,
) -> list[Finding]:
    """Notes on new and changed place names; none for other kinds.

    Parameters
    ----------
    whole, actions
        As in `import_plan.Plan`.
    kind
        What is imported.
    present
        Records of the register, index id.
    headers
        Header of the file by property.
    zone
        Where distances are measured; None for the zone of each place.
    """
    if kind.collection is not Collection.PLACE_NAMES:
        return []
    rows = whole[actions.isin(["new", "changed"])]
    if rows.empty:
        return []
    others = present[~present.index.isin(whole["id"].tolist())]
    entries = _entries(rows, whole[~whole.index.isin(rows.index)], others)
    pairs = pd.concat([_near(entries, zone), _double(entries)])
    return [
        *_told(pairs, entries, zone, headers.get("name", "")),
        *_spellings(rows, headers),
        *_place_codes(rows, headers.get("place_code", "")),
    ]


def _entries(
    rows: gpd.GeoDataFrame, unchanged: gpd.GeoDataFrame, others: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """All entries that stand beside each other; label: row of the file, or id."""
    parts = []
    for frame, fresh in ((rows, True), (unchanged, False), (others, False)):
        part = pd.DataFrame({name: frame[name].astype(object) for name in _COLUMNS})
        part["label"], part["fresh"], part["geometry"] = frame.index, fresh, frame.geometry
        part["in_file"] = frame is not others
        parts.append(part)
    table = pd.concat(parts, ignore_index=True)
    return gpd.GeoDataFrame(table, geometry="geometry", crs=rows.crs)


def _likeness(names: pd.Series) -> Likeness:
    characters = set("".join(names.dropna()))
    return Likeness({char: _sounds(char) for char in characters}, _shapes())


@cache
def _sounds(char: str) -> tuple[str, ...]:
    """Readings of a character without their tones."""
    return tuple(dict.fromkeys(map(without_tones, readings_of_character(char))))


@cache
def _shapes() -> Mapping[str, tuple[int, ...]]:
    """Groups of similar characters that each character belongs to."""
    found: dict[str, tuple[int, ...]] = {}
    for number, row in enumerate(table_rows("similar_characters.csv")):
        for char in row["characters"]:
            found[char] = (*found.get(char, ()), number)
    return found


def _near(entries: gpd.GeoDataFrame, zone: Zone | None) -> pd.DataFrame:
    """Pairs that differ in a like character, of one class and county, and not far apart."""
    names = entries["name"].map(folded, na_action="ignore")
    classes = entries["kind"].map(lambda kind: PlaceKind(kind).place_class, na_action="ignore")
    is_division = classes == PlaceClass.DIVISION
    area = entries["division"].str[:6].where(~is_division, entries["division"].str[:4])
    within = classes.astype(str) + area.fillna("")
    pairs = near_duplicates(names, within, entries["fresh"], _likeness(names))
    first, second = _rows(pairs, "first"), _rows(pairs, "second")
    towns = entries["division"].where(entries["division"].str.len() >= 9).str[:9]
    codes = towns.to_numpy(dtype=object)
    one, other = codes[first], codes[second]
    apart = _distances(entries, pairs, zone)
    unknown = np.isnan(apart) & (pd.isna(one) | pd.isna(other))
    keep = is_division.to_numpy(dtype=bool)[first] | (one == other) | unknown
    near: pd.DataFrame = pairs.loc[keep | (apart <= NEAR_M)]
    return near


def _rows(pairs: pd.DataFrame, name: str) -> NDArray[np.intp]:
    return pairs[name].to_numpy(dtype=np.intp)


def _double(entries: gpd.GeoDataFrame) -> pd.DataFrame:
    """Pairs that are one village or community under two names, in one township."""
    seats = entries["kind"] == PlaceKind.COMMITTEE_SEAT.value
    names = entries["name"].map(folded, na_action="ignore").where(seats)
    bare = names.str.replace(_COMMITTEE, "", regex=True)
    stems = bare.str.replace(_AREA, "", regex=True)
    families = [
        _family(code, name)
        for code, name in zip(entries["type_code"].tolist(), names.tolist(), strict=True)
    ]
    within = entries["division"].str[:9].fillna("") + pd.Series(families, index=entries.index)
    return double_places(stems.where(stems != "", bare), within, entries["fresh"], names)


def _family(code: object, name: object) -> str:
    """Class of the village or community that an entry is, or is the committee of."""
    own = DOUBLE_CLASSES.get(str(code), str(code))
    if own in (_VILLAGE, _COMMUNITY):
        return own
    return _COMMUNITY if re.search("社区|居民委员会|居委会", str(name)) else _VILLAGE


def _distances(
    entries: gpd.GeoDataFrame, pairs: pd.DataFrame, zone: Zone | None
) -> NDArray[np.float64]:
    """Metres between the two of each pair, NaN where one has no position."""
    if pairs.empty:
        return np.empty(0)
    shapes: Shapes = np.asarray(entries.geometry, dtype=np.object_)
    one, other = shapes[_rows(pairs, "first")], shapes[_rows(pairs, "second")]
    return shapely.distance(in_metres(one, zone, where=one), in_metres(other, zone, where=one))


_WHY = {
    PairReason.SOUND.value: "只差一个读音相同的字",
    PairReason.SHAPE.value: "只差一个字形相近的字",
    PairReason.COMMITTEE.value: "像是同一村（社区）的两种登记",
}
_ADVICE = {PairReason.COMMITTEE.value: "请确认是否重复登记，只保留一条"}


def _told(
    pairs: pd.DataFrame, entries: gpd.GeoDataFrame, zone: Zone | None, header: str
) -> Iterator[Finding]:
    """Each pair as a note on the row of the file, with the other entry and the distance."""
    listed = pairs.iloc[:MOST_LISTED]
    apart = _distances(entries, listed, zone)
    for pair, metres in zip(listed.itertuples(), apart.tolist(), strict=True):
        first, second, reason = int(str(pair.first)), int(str(pair.second)), str(pair.reason)
        text = (
            f"与{_place(entries, second)}{_WHY[reason]}，{_distance_text(metres)}："
            f"{_ADVICE.get(reason, '请核对是否误写或重复登记')}"
        )
        row, name = int(str(entries.at[first, "label"])), str(entries.at[first, "name"])
        yield Finding(row, header, name, text, Severity.NOTE)
    if len(pairs) > len(listed):
        text = f"另有 {len(pairs) - len(listed)} 处名称相近没有列出"
        yield Finding(0, header, "", text, Severity.NOTE)


def _place(entries: gpd.GeoDataFrame, place: int) -> str:
    name, label, division = (str(entries.at[place, key]) for key in ("name", "label", "division"))
    where = f"（{division}）" if division.isdigit() else ""
    if entries.at[place, "in_file"]:
        return f"第 {label} 行“{name}”{where}"
    return f"登记的“{name}”{where}[{label}]"


def _distance_text(metres: float) -> str:
    if np.isnan(metres):
        return "其一没有位置，量不出距离"
    return f"相距 {metres / 1000:.1f} 公里" if metres >= 1000 else f"相距 {metres:.0f} 米"


def _spellings(rows: gpd.GeoDataFrame, headers: Mapping[str, str]) -> Iterator[Finding]:
    """Spellings of the file that are not those of the rules, and those without tones."""
    if "toned" not in headers:
        return
    toneless = 0
    cells = zip(rows.index, rows["toned"].tolist(), spellings(rows), strict=True)
    for row, toned, spelled in cells:
        if not isinstance(toned, str) or spelled is None or spelled.found is None:
            continue
        ours = spelled.found
        if without_tones(toned) == toned != ours.toned:
            toneless += 1
        if same_spelling(toned, ours.toned):
            continue
        other = any(same_spelling(toned, text) for text in ours.alternatives)
        advice = "是另一种读法或写法，待核定" if other else "请核对"
        text = f"按拼写规则应为“{ours.toned}”，文件的拼写{advice}"
        yield Finding(int(row), headers["toned"], toned, text, Severity.NOTE)
    if toneless:
        text = f"{toneless} 行的罗马字母拼写没有标调，按原样登记"
        yield Finding(0, headers["toned"], "", text, Severity.NOTE)


def _place_codes(rows: gpd.GeoDataFrame, header: str) -> Iterator[Finding]:
    """Place codes that begin with another county, and those with a digit too many."""
    cells = zip(rows.index, rows["place_code"].tolist(), rows["division"].tolist(), strict=True)
    for row, code, division in cells:
        if not isinstance(code, str):
            continue
        if isinstance(division, str) and len(division) >= 6 and code[:6] != division[:6]:
            text = f"地名代码的县级部分 {code[:6]} 与所在政区 {division[:6]} 不同：请核对"
            yield Finding(int(row), header, code, text, Severity.NOTE)
        if len(code) == 21:
            text = "地名代码 21 位：类别码多补了一个 0，规范为 20 位"
            yield Finding(int(row), header, code, text, Severity.NOTE)
