"""What a change of divisions touches, from the registers of the store; nothing is written.

Each list says what it rests on: the codes that records bear, or the outlines, which are drawn for
orientation. What cannot be told is said in ``unknown``.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civgeo.domain.division import DivisionCode
from civgeo.domain.division_change import (
    ChangeClock,
    ChangeDraft,
    clocks,
    code_notes,
    ended_pairs,
    names_told,
    new_pairs,
    successors,
)
from civgeo.domain.round_forms import ChangeKind
from civgeo.formats.boundary_rules import boundary_terms
from civgeo.formats.reference import county_lineage
from civgeo.geo.edges import Mask
from civgeo.services.boundary_records import LineEntry, codes_of, line_entries, record_rows
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

__all__ = ["MOST_LISTED", "effects_of"]

MOST_LISTED = 200
"""At most so many names and markers are listed one by one; all are counted."""

NEAR_DEG = 0.002
"""Reach around an outline, about 200 m: outlines are drawn for orientation only."""

_NAMES, _MARKERS = Collection.PLACE_NAMES, Collection.BOUNDARY_MARKERS
_OWN_LISTS = frozenset(
    {Collection.DIVISIONS, Collection.PLACE_NAMES, Collection.DIVISION_CHANGES}
    | {Collection.INSPECTIONS, Collection.BOUNDARY_LINES, Collection.BOUNDARY_MARKERS}
)
_GENERIC = ("街道办事处", "街道", "自治县", "民族乡", "新区", "省", "市", "县", "区", "镇", "乡")


def effects_of(
    reading: Reading, draft: ChangeDraft, approved_on: date | None, today: date
) -> dict[str, object]:
    """All that a change touches, ready for JSON.

    Parameters
    ----------
    reading
        A read of the store.
    draft
        The change, checked.
    approved_on, today
        Day of the approval, None before it; day of the question.

    Returns
    -------
    dict
        ``successors`` (what follows each code, and what the yearly lists record), ``code_notes``,
        ``names`` (inside, bearing, listed), ``records`` (entries of other registers by title that
        bear the codes), ``lines`` and ``markers`` (each with why), ``new_lines``, ``clocks``,
        ``unknown`` (what could not be told, in Chinese), ``on``.
    """
    unknown: list[str] = []
    outlines = _outlines(reading, draft, unknown)
    lines = line_entries(reading)
    touched = _lines(draft, lines, outlines, unknown)
    begun = _new_lines(draft, lines, unknown)
    running = clocks(approved_on, boundary_terms(), today, demarcates=bool(begun))
    demarcate = next((item.due for item in running if "界线" in item.title), None)
    day = None if demarcate is None else demarcate.isoformat()
    return {
        "on": today.isoformat(),
        "successors": _successors(reading, draft, unknown),
        "code_notes": code_notes(draft),
        "names": _names(reading, draft, unknown),
        "records": _records(reading, draft),
        "lines": touched,
        "markers": _markers(reading, draft, touched, outlines),
        "new_lines": [{**item, "demarcate_by": day} for item in begun],
        "clocks": [_clock(item) for item in running],
        "unknown": unknown,
    }


def _clock(item: ChangeClock) -> dict[str, object]:
    return {
        "title": item.title,
        "months": item.months,
        "due": None if item.due is None else item.due.isoformat(),
        "days": item.days,
        "basis": item.basis,
        "evidence": item.evidence,
    }


def _outlines(reading: Reading, draft: ChangeDraft, unknown: list[str]) -> list[shapely.Geometry]:
    """Outlines of the divisions before the change that the store has."""
    shapes: list[shapely.Geometry] = []
    for code in draft.before:
        frame = reading.features(Collection.DIVISIONS, where={"code": code})
        if frame.empty:
            unknown.append(f"库中没有区划 {code}：名称与轮廓不明")
            continue
        shape = frame.geometry.iloc[0]
        if shape is None:
            name = frame["name"].iloc[0]
            text = f"{name}（{code}）没有轮廓：不能按位置找出界线和界桩，只按登记的代码查"
            unknown.append(text)
        else:
            shapes.append(shape)
    return shapes


def _successors(
    reading: Reading, draft: ChangeDraft, unknown: list[str]
) -> list[dict[str, object]]:
    names = _division_names(reading, draft.before)
    lineage = county_lineage()
    made: list[dict[str, object]] = []
    for code, following in successors(draft).items():
        if not following:
            text = f"{names.get(code, code)} 变更后归入哪一个区划，草案没有写明"
            unknown.append(text)
        latest = lineage.latest(code)
        recorded = [] if latest is None else list(latest.successors)
        made.append(
            {
                "code": code,
                "name": names.get(code),
                "after": [{"name": item.name, "code": item.code} for item in following],
                "recorded": recorded,
                "recorded_inferred": bool(recorded and latest and latest.inferred),
            }
        )
    for item in draft.after:
        ended = item.code not in (None, *draft.before) and lineage.periods(str(item.code))
        if ended:
            unknown.append(
                f"代码 {item.code} 曾用于“{ended[-1].name}”（至 {ended[-1].last_year} 年），请核对"
            )
    return made


def _division_names(reading: Reading, codes: Iterable[str]) -> dict[str, str]:
    found = {}
    for code in codes:
        frame = reading.features(Collection.DIVISIONS, where={"code": code})
        if not frame.empty:
            found[code] = str(frame["name"].iloc[0])
    return found


def _stem(name: str) -> str:
    """The name without its generic part; the whole where two characters would not remain."""
    generic = next((item for item in _GENERIC if name.endswith(item)), "")
    stem = name.removesuffix(generic)
    return stem if len(stem) > 1 else name


def _names(reading: Reading, draft: ChangeDraft, unknown: list[str]) -> dict[str, object]:
    """Place names of the division above that lie in these, span them, or bear their names."""
    before = [DivisionCode.parse(code) for code in draft.before]
    areas = {code.parents[-1].text if code.parents else code.text for code in before}
    frames = [reading.features(_NAMES, division=area) for area in sorted(areas)]
    everything = pd.concat([frame for frame in frames if len(frame)] or frames[:1])
    if everything.empty:
        unknown.append("上级区划内没有登记地名：涉及哪些地名不明")
    names = _division_names(reading, draft.before)
    parents = {code[:6] for code in draft.before}
    inside = _bear(everything["division"], before)
    spanning = np.array(
        [any(_covers(before, code) for code in codes_of(text)) for text in everything["spans"]],
        dtype=bool,
    )
    near = everything["division"].str[:6].isin(parents).to_numpy(dtype=bool)
    bearing = np.zeros(len(everything), dtype=bool)
    for name in names.values():
        held = everything["name"].str.contains(_stem(name), regex=False).to_numpy(dtype=bool)
        bearing |= held & near
    touched = inside | spanning | bearing
    chosen = everything[touched]
    why = [
        "、".join(
            told
            for told, holds in zip(("位于其中", "跨入其中", "含有其名"), flags, strict=True)
            if holds
        )
        for flags in zip(inside[touched], spanning[touched], bearing[touched], strict=True)
    ]
    listed = [
        {"id": str(id), "name": name, "division": division, "why": told}
        for id, name, division, told in zip(
            chosen.index, chosen["name"], chosen["division"], why, strict=True
        )
    ]
    return {
        "inside": int(inside.sum()),
        "spanning": int(spanning.sum()),
        "bearing": int(bearing.sum()),
        "listed": listed[:MOST_LISTED],
        "not_listed": max(0, len(listed) - MOST_LISTED),
    }


def _covers(before: Sequence[DivisionCode], code: object) -> bool:
    digits = str(code)
    return any(digits.startswith(own.digits) for own in before)


def _bear(codes: Iterable[object], before: Sequence[DivisionCode]) -> Mask:
    return np.array([_covers(before, code) for code in codes], dtype=bool)


def _records(reading: Reading, draft: ChangeDraft) -> dict[str, int]:
    """Entries of the other registers that bear the codes, by the register's Chinese title."""
    counted = {}
    for collection in Collection:
        if collection in _OWN_LISTS or collection.value not in COLLECTIONS:
            continue
        total = sum(reading.count(collection, division=code) for code in draft.before)
        if total:
            counted[COLLECTIONS[collection.value].title] = total
    return counted


def _lines(
    draft: ChangeDraft,
    lines: Sequence[LineEntry],
    outlines: Sequence[shapely.Geometry],
    unknown: list[str],
) -> list[dict[str, object]]:
    """Lines that name the divisions as sides, or run along their outlines."""
    if not lines:
        unknown.append("界线登记是空的：涉及哪些界线不明")
    before = [DivisionCode.parse(code) for code in draft.before]
    near = _near([entry.geometry for entry in lines], outlines)
    told: list[dict[str, object]] = []
    for entry, is_near in zip(lines, near, strict=True):
        sides = entry.facts.sides
        named = [code for code in sides if _covers(before, code)]
        if not named and not is_near:
            continue
        effect = _effect(draft, sides, named) if named else "在轮廓附近，请核对是否涉及"
        told.append(
            {
                "id": entry.id,
                "code": entry.facts.code,
                "name": entry.facts.name,
                "level_zh": entry.facts.level.label_zh,
                "sides": list(sides),
                "why": "sides" if named else "geometry",
                "effect": effect,
            }
        )
    undrawn = sum(entry.geometry is None for entry in lines)
    if undrawn and outlines:
        unknown.append(f"{undrawn} 条界线没有图形，不能按位置核对")
    return told


def _effect(draft: ChangeDraft, sides: Sequence[str], named: Sequence[str]) -> str:
    """What becomes of a line that names divisions of the change, in Chinese."""
    if tuple(sides) in ended_pairs(draft):
        return "双方并为一方，界线废止"
    if draft.kind is ChangeKind.ADJUST and set(sides) <= set(draft.before):
        return "走向调整，须重新勘定"
    kept = {item.code for item in draft.after}
    if all(code in kept for code in named):
        return "该方代码不变；名称、走向是否改变请核对"
    if len(draft.after) > 1 and len(draft.before) == 1:
        return "该方拆分，归哪一个新区划须按位置核对"
    return "该方的代码、名称随之更改"


def _near(
    shapes: Sequence[shapely.Geometry | None], outlines: Sequence[shapely.Geometry]
) -> list[bool]:
    """Which shapes come within reach of an outline."""
    if not outlines:
        return [False] * len(shapes)
    area = shapely.union_all(list(outlines))
    shapely.prepare(area)
    return [shape is not None and bool(shapely.dwithin(area, shape, NEAR_DEG)) for shape in shapes]


def _markers(
    reading: Reading,
    draft: ChangeDraft,
    lines: Sequence[Mapping[str, object]],
    outlines: Sequence[shapely.Geometry],
) -> dict[str, object]:
    """Markers that name the divisions, or stand within reach of their outlines."""
    frame = _candidates(reading, lines, outlines)
    before = [DivisionCode.parse(code) for code in draft.before]
    near = _near(frame.geometry.tolist(), outlines)
    listed = []
    for (id, row), is_near in zip(record_rows(frame, _MARKERS), near, strict=True):
        named = any(_covers(before, code) for code in codes_of(row["sides"]))
        if named or is_near:
            why = "sides" if named else "geometry"
            listed.append({"id": id, "number": row["number"], "line": row["line"], "why": why})
    return {
        "by_sides": sum(item["why"] == "sides" for item in listed),
        "by_geometry": sum(item["why"] == "geometry" for item in listed),
        "listed": listed[:MOST_LISTED],
        "not_listed": max(0, len(listed) - MOST_LISTED),
    }


def _candidates(
    reading: Reading,
    lines: Sequence[Mapping[str, object]],
    outlines: Sequence[shapely.Geometry],
) -> gpd.GeoDataFrame:
    """Markers of the lines that are touched, and those about the outlines."""
    frame = reading.features(_MARKERS)
    on_line = frame["line"].isin([str(item["code"]) for item in lines]).to_numpy(dtype=bool)
    near = np.array(_near(frame.geometry.tolist(), outlines), dtype=bool)
    return frame[on_line | near] if len(frame) else frame


def _new_lines(
    draft: ChangeDraft, lines: Sequence[LineEntry], unknown: list[str]
) -> list[dict[str, object]]:
    """Lines that begin, or move, between the divisions after the change."""
    known = {entry.facts.sides: entry.facts for entry in lines}
    made: list[dict[str, object]] = []
    for one, other in new_pairs(draft):
        codes = tuple(sorted(code for code in (one.code, other.code) if code is not None))
        standing = known.get(codes)
        made.append(
            {
                "between": [one.name, other.name],
                "codes": list(codes),
                "line": None if standing is None else standing.code,
            }
        )
    if made:
        text = f"{names_told(draft.after)}之间是否相邻，变更后的轮廓不在库中，不能核对"
        unknown.append(text)
    return made
