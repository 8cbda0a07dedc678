"""Rows of the place-name office's tables beside the register: divisions, and which record it is."""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid5

import geopandas as gpd
import pandas as pd
import shapely

from civgeo.domain.division import DivisionCode
from civgeo.errors import InvalidInput
from civgeo.formats.findings import Finding
from civgeo.formats.header_rows import plain_header
from civgeo.services.import_kinds import ImportKind
from civgeo.services.import_name_cells import object_column
from civgeo.services.import_names import folded
from civgeo.services.name_divisions import NameDivisions
from civgeo.services.name_fields import json_text, merged_names, structure
from civgeo.store.tables import Collection

__all__ = ["known_rows", "placed_rows"]

_NAMESPACE = UUID("b1f5a3f0-6a2e-5c0b-9d57-3f0d5a7c2e60")
"""Ids of records that are told by their place codes."""

_POINT = 0
"""Number of points among the types of geometry."""

Located = tuple[gpd.GeoDataFrame, list[Finding], list[str]]


def placed_rows(
    frame: gpd.GeoDataFrame,
    kind: ImportKind,
    divisions: NameDivisions,
    headers: Mapping[str, str],
) -> Located:
    """Rows with codes in place of the divisions that they name; findings and notes.

    The division is that of the cell, else of the county's cell, else of the place code. Further
    divisions of one cell become ``spans``.

    Parameters
    ----------
    frame
        Index: row of the file.
    kind
        A register of the place-name office.
    divisions
        The city's divisions.
    headers
        Header of the file by property.
    """
    made = frame.drop(columns="county", errors="ignore")
    if kind.collection is Collection.NAME_SIGNS:
        made["position"] = _positions(made)
    if "division" not in made:
        return made, [], []
    header = headers.get("division", headers.get("county", headers.get("name", "")))
    asked = _cells(frame, ("division", "county", "place_code"))
    answers = {key: _codes(divisions, *key) for key in dict.fromkeys(asked)}
    rows = [int(row) for row in frame.index]
    findings = [
        Finding(row, header, (key[0] or key[1])[:100], answers[key][1])
        for row, key in zip(rows, asked, strict=True)
        if answers[key][1]
    ]
    found = [answers[key][0] for key in asked]
    made["division"] = object_column([codes[0] if codes else None for codes in found], frame.index)
    if kind.collection is Collection.PLACE_NAMES:
        spans, wrong = _spans(frame, found, divisions, headers.get("spans", header))
        made["spans"] = object_column(spans, frame.index)
        made["attributes"] = object_column(
            _with_words(frame, asked, found, divisions, headers.get("division", "")), frame.index
        )
        findings += wrong
    named = sum(bool(key[0]) and not key[0].isdigit() for key in asked)
    notes = [f"{named} 行的所属政区按名称对应到代码"] if named and any(found) else []
    return made, findings, notes


def _cells(frame: gpd.GeoDataFrame, names: Sequence[str]) -> list[tuple[str, ...]]:
    columns = [
        [value if isinstance(value, str) else "" for value in frame[name].tolist()]
        if name in frame
        else [""] * len(frame)
        for name in names
    ]
    return list(zip(*columns, strict=True))


def _codes(
    divisions: NameDivisions, text: str, county: str, place_code: str
) -> tuple[tuple[str, ...], str]:
    """Codes that a row's cells name, and what is wrong with them."""
    of_place = divisions.of_place_code(place_code)
    try:
        if text:
            found = divisions.codes_of(text, county)
            finer = text.isdigit() and of_place.startswith(found[0])
            return ((of_place, *found[1:]) if finer else found), ""
        if county and not of_place:
            return divisions.codes_of(county), ""
    except InvalidInput as error:
        return (), error.message
    return ((of_place,) if of_place else ()), ""


def _spans(
    frame: gpd.GeoDataFrame,
    found: Sequence[tuple[str, ...]],
    divisions: NameDivisions,
    header: str,
) -> tuple[list[str | None], list[Finding]]:
    """Further divisions of each row as JSON, out of the division's cell and their own column."""
    given = frame["spans"].tolist() if "spans" in frame else [None] * len(frame)
    spans: list[str | None] = []
    findings = []
    for row, codes, text in zip(frame.index, found, given, strict=True):
        named = structure(text)
        further = list(codes[1:])
        for part in named if isinstance(named, list) else ():
            try:
                further += divisions.codes_of(str(part))
            except InvalidInput as error:
                findings.append(Finding(int(row), header, str(part)[:100], error.message))
        own = codes[:1]
        spans.append(json_text([code for code in dict.fromkeys(further) if code not in own]))
    return spans, findings


def _with_words(
    frame: gpd.GeoDataFrame,
    asked: Sequence[tuple[str, ...]],
    found: Sequence[tuple[str, ...]],
    divisions: NameDivisions,
    header: str,
) -> list[str | None]:
    """Attributes with the words of the division's cell, where we would write it otherwise."""
    given = frame["attributes"].tolist() if "attributes" in frame else [None] * len(frame)
    kept = []
    for key, codes, text in zip(asked, found, given, strict=True):
        attributes = _members(text)
        words = key[0]
        if header and words and not words.isdigit() and divisions.paths(codes) != words:
            attributes[header] = words
        kept.append(json_text(attributes))
    return kept


def _members(text: object) -> dict[str, object]:
    found = structure(text)
    return dict(found) if isinstance(found, dict) else {}


def _positions(frame: gpd.GeoDataFrame) -> pd.Series:
    """Where signs stand, in words, or by their coordinates for new signs without words."""
    own = frame["position"].astype(object)
    shapes = frame.geometry.to_numpy()
    is_point = shapely.get_type_id(shapes) == _POINT
    places = zip(shapely.get_x(shapes), shapely.get_y(shapes), is_point, strict=True)
    texts = [f"东经 {x:.6f}，北纬 {y:.6f}" if point else None for x, y, point in places]
    known = own.notna() | (frame["id"].notna() if "id" in frame else False)
    return own.where(known, object_column(texts, frame.index))


def known_rows(
    frame: gpd.GeoDataFrame,
    kind: ImportKind,
    present: gpd.GeoDataFrame,
    headers: Mapping[str, str],
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Rows with the ids of the place names that they are, and what those hold already.

    A row is the record of its place code; without one, or where that record has none, the record
    of its name, kind and division. A new record with a place code gets its id from that, so that
    two classes of one name stay two. Other names, attributes and documents are added to what the
    record has; nothing is taken away, and a township does not become its county again.

    Parameters
    ----------
    frame
        Index: row of the file; divisions as codes.
    kind
        What is imported; other kinds than place names pass untouched.
    present
        Records of the register, index id.
    headers
        Header of the file by property.
    """
    if kind.collection is not Collection.PLACE_NAMES:
        return frame, []
    made = frame.copy()
    ids = _ids(frame, present)
    made["id"] = object_column(ids, frame.index)
    old = present.reindex([id if id in present.index else None for id in ids])
    for name in ("other_names", "attributes", "documents", "spans"):
        if name in made:
            pairs = zip(made[name].tolist(), old[name].tolist(), strict=True)
            made[name] = object_column(
                [_together(name, new, kept) for new, kept in pairs], made.index
            )
    if "division" in made:
        made["division"] = _finer(made["division"], old["division"])
    return made, _renamed(made, old, headers.get("name", ""))


def _finer(new: pd.Series, old: pd.Series) -> pd.Series:
    """Divisions of the rows; a township that is known already is not made its county again."""
    known = []
    for here, there in zip(new.tolist(), old.tolist(), strict=True):
        both = isinstance(here, str) and isinstance(there, str)
        finer = both and there.startswith(DivisionCode.parse(here).digits)
        known.append(there if finer else here)
    return object_column(known, new.index)


def _ids(frame: gpd.GeoDataFrame, present: gpd.GeoDataFrame) -> list[str | None]:
    known = set(present.index)
    codes = {str(code): str(id) for id, code in present["place_code"].dropna().items()}
    uncoded: dict[tuple[str, ...], list[str]] = {}
    for id, key, code in zip(present.index, _keys(present), present["place_code"], strict=True):
        if not isinstance(code, str):
            uncoded.setdefault(key, []).append(str(id))
    ids: list[str | None] = []
    given = _cells(frame, ("id", "place_code"))
    for (own, code), key in zip(given, _keys(frame), strict=True):
        same = uncoded.get(key, [])
        if own in known or (own and not code):
            ids.append(own)
        elif not code:
            ids.append(None)
        elif code in codes or not same:
            ids.append(codes.get(code) or own or str(uuid5(_NAMESPACE, code)))
        else:
            ids.append(same[0] if len(same) == 1 else None)
    return ids


def _keys(frame: gpd.GeoDataFrame) -> list[tuple[str, ...]]:
    parts = _cells(frame, ("name", "kind", "division"))
    return [(folded(name), kind, division) for name, kind, division in parts]


def _together(name: str, new: object, kept: object) -> object:
    """JSON of both, null where the file says nothing."""
    if not isinstance(new, str):
        return None
    before, after = structure(kept), structure(new)
    if name == "attributes":
        own = _members(kept)
        same = {plain_header(header): header for header in own}
        more = {same.get(plain_header(key), key): text for key, text in _members(new).items()}
        return json_text({**own, **more})
    if not isinstance(before, list) or not isinstance(after, list):
        return new
    if name == "other_names":
        return json_text(merged_names(before, after))
    return json_text(before + [entry for entry in after if entry not in before])


def _renamed(frame: gpd.GeoDataFrame, old: gpd.GeoDataFrame, header: str) -> list[Finding]:
    """Rows that would change the name of a record: that is a renaming, never an import."""
    if "name" not in frame:
        return []
    rows = zip(frame.index, frame["name"].tolist(), old["name"].tolist(), strict=True)
    text = "与登记的“{}”不同：更名请办理案卷，更正误写请用 civgeo names correct"
    return [
        Finding(int(row), header, new[:100], text.format(before))
        for row, new, before in rows
        if isinstance(new, str) and isinstance(before, str) and folded(new) != folded(before)
    ]
