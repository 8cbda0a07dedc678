"""Collects what the inspectors of one boundary line need, from the register to a `FieldSheet`."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import NAMESPACE_URL, uuid5

import geopandas as gpd
import numpy as np
import orjson
import shapely
from shapely import LineString, MultiLineString, Point

from civgeo.domain.bearings import direction16
from civgeo.domain.boundary_forms import BoundaryLevel
from civgeo.domain.field_form import LINE_END, LINE_START
from civgeo.domain.field_sheet import (
    FieldJunction,
    FieldMarker,
    FieldRound,
    FieldSegment,
    FieldSheet,
    FieldSide,
    FieldStop,
    Place,
)
from civgeo.domain.marker_number import explain_marker_number
from civgeo.domain.round_due import current_number
from civgeo.domain.round_forms import RoundState
from civgeo.domain.secrecy import Secrecy
from civgeo.domain.standard import parse_day
from civgeo.errors import InvalidInput, NotFound, RuleViolation
from civgeo.formats.marker_suffixes import marker_suffixes
from civgeo.geo.boundary_line import ELLIPSOID, Route, route_of
from civgeo.geo.line_markers import marker_positions
from civgeo.services.city import City
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.services.field_markers import field_markers
from civgeo.services.geojson import records
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

__all__ = ["field_lines", "field_sheet"]

END_REACH_M = 50.0
"""A stretch before the first or behind the last marker that is shorter is no segment of its own."""

SIDE_REACH_DEG = 0.004
"""How far beside the line the outlines are asked for the names of its sides, about 400 m."""

_RANK = tuple(Secrecy)
Values = Mapping[str, object]


def field_lines(city: City) -> dict[str, str]:
    """Names of the lines that have markers by their codes, in the order of the codes."""
    with city.store.read() as reading:
        lines = reading.features(Collection.BOUNDARY_LINES)
        markers = reading.features(Collection.BOUNDARY_MARKERS)
    marked = lines[lines["code"].isin(markers["line"].dropna())].sort_values("code")
    return dict(zip(marked["code"], marked["name"], strict=True))


def field_sheet(
    city: City, line: str, *, round_number: int | None = None, anyway: bool = False
) -> FieldSheet:
    """One line as its inspectors meet it.

    Parameters
    ----------
    city
        The city.
    line
        Code, name or register id of the line.
    round_number
        Round of the inspection; by default the one that is planned or under way.
    anyway
        Make it of a filed round too, whose results nobody takes.

    Raises
    ------
    NotFound
        When there is no such line.
    InvalidInput
        When several lines are called so; when the line has no geometry or branches, no markers
        (``no_markers``), or no round is planned and none given (``no_round``).
    RuleViolation
        When a record is 秘密 or above (``secret``): phones are no place for it; when the round
        is filed (``round_filed``) and not asked for `anyway`.
    """
    with city.store.read() as reading:
        own = _records(reading, line)
    sheet = _sheet(city, own, round_number)
    if sheet.round.filed and not anyway:
        text = (
            f"{sheet.title}已备案，填写的结果不能导入，没有生成外业数据包：请核对轮次，"
            "需要再查的另列特别联检；只为补印、演练的，用 --anyway（接口 anyway=true）生成"
        )
        raise RuleViolation(text, code="round_filed")
    return sheet


@dataclass(frozen=True, slots=True)
class _Records:
    """What the store holds of one line: the line as a frame of one row, and its properties."""

    line: gpd.GeoDataFrame
    values: Values
    markers: gpd.GeoDataFrame
    rounds: gpd.GeoDataFrame
    junctions: gpd.GeoDataFrame
    divisions: gpd.GeoDataFrame


def _records(reading: Reading, line: str) -> _Records:
    found, values = _line(reading, line)
    code = str(values["code"])
    markers = reading.features(Collection.BOUNDARY_MARKERS, where={"line": code})
    if markers.empty:
        text = f"界线“{values['name']}”（{code}）没有登记界桩，无从逐桩检查：请先导入或登记界桩"
        raise InvalidInput(text, code="no_markers")
    return _Records(
        found,
        values,
        markers,
        reading.features(Collection.INSPECTION_ROUNDS, where={"line": code}),
        reading.features(Collection.TRI_JUNCTIONS),
        reading.features(Collection.DIVISIONS),
    )


def _sheet(city: City, own: _Records, round_number: int | None) -> FieldSheet:
    values, markers = own.values, own.markers
    route = _route(own.line, values)
    secrecy = _secrecy(values, markers)
    names = {str(key): str(name) for key, name in own.divisions["name"].items()}
    sides = tuple(FieldSide(each, names.get(each, each)) for each in _codes(values["sides"]))
    left, right = _beside(route, own.divisions, sides)
    chosen = _round(own.rounds, values, round_number, names, city.today)
    course = str(values["course"] or "")
    listed = field_markers(markers, marker_positions(markers, route), names)
    return FieldSheet(
        package=_package_id(own.line, markers, chosen),
        line=str(own.line.index[0]),
        code=str(values["code"]),
        name=str(values["name"]),
        level=BoundaryLevel(str(values["level"])).label_zh,
        sides=sides,
        left=left,
        right=right,
        round=chosen,
        length_m=route.length_m,
        stops=_stops(listed, route, course),
        junctions=_junctions(own.junctions, str(values["code"])),
        path=_corners(route.line),
        course=course,
        made_on=city.today,
        sources=tuple(dict.fromkeys([str(values["source"]), *markers["source"].tolist()])),
        secrecy=secrecy.label_zh,
        simulated=bool(values["simulated"]) or bool(markers["simulated"].any()),
    )


def _line(reading: Reading, line: str) -> tuple[gpd.GeoDataFrame, Values]:
    """The one line that is called so, as a frame of one row, and its properties."""
    lines = reading.features(Collection.BOUNDARY_LINES)
    wanted = line.strip()
    found = lines[(lines["code"] == wanted) | (lines["name"] == wanted) | (lines.index == wanted)]
    if found.empty:
        known = "、".join(
            f"{name}（{code}）" for name, code in zip(lines["name"], lines["code"], strict=True)
        )
        listed = f"已登记：{known[:400]}" if known else "登记库中还没有界线，请先导入"
        raise NotFound(f"没有代码或名称为“{wanted[:80]}”的界线。{listed}")
    if len(found) > 1:
        ids = "、".join(map(str, found.index[:5]))
        text = f"有 {len(found)} 条界线叫“{wanted[:80]}”，请改用登记编号：{ids}"
        raise InvalidInput(text, code="ambiguous_line")
    [values] = records(found, COLLECTIONS["boundary_lines"])
    return found, values


def _route(found: gpd.GeoDataFrame, values: Values) -> Route:
    shape = found.geometry.iloc[0]
    if not isinstance(shape, LineString | MultiLineString) or shape.is_empty:
        text = f"界线“{values['name']}”没有图形，不能排出路线和里程：请先导入界线的线图形"
        raise InvalidInput(text, code="no_geometry")
    return route_of(shape)


def _secrecy(values: Values, markers: gpd.GeoDataFrame) -> Secrecy:
    """The closest secrecy of all records; refuses what must not be on a phone."""
    secret = markers[markers["secrecy"].map(lambda text: _is_secret(str(text)))]
    if _is_secret(str(values["secrecy"])) or len(secret):
        which = f"界桩 {'、'.join(secret['number'].head(5))}" if len(secret) else "这条界线"
        text = (
            f"{which}的密级为秘密或以上，不能生成外业数据包："
            "涉密数据不得存入手机等非涉密设备。请核对密级，或另按保密规定办理"
        )
        raise RuleViolation(text, code="secret")
    return max(
        (Secrecy(str(text)) for text in (values["secrecy"], *markers["secrecy"])), key=_RANK.index
    )


def _is_secret(text: str) -> bool:
    return _RANK.index(Secrecy(text)) >= _RANK.index(Secrecy.SECRET)


def _codes(text: object) -> list[str]:
    found = orjson.loads(text) if isinstance(text, str) else []
    return [str(code) for code in found] if isinstance(found, list) else []


def _corners(line: LineString) -> tuple[Place, ...]:
    return tuple((float(x), float(y)) for x, y in shapely.get_coordinates(line))


def _round(
    rounds: gpd.GeoDataFrame,
    line: Values,
    number: int | None,
    names: Mapping[str, str],
    today: date,
) -> FieldRound:
    """The round that was asked for, else the current one; of a number, one not yet filed first."""
    planned = list(records(rounds, COLLECTIONS["inspection_rounds"]))
    under_way = [row for row in planned if row["state"] != RoundState.FILED]
    if number is None:
        number = _current(under_way, today)
    if number is None:
        filed = max((int(str(row["round"])) for row in planned), default=None)
        told = "" if filed is None else f"（第 {filed} 轮已备案）"
        text = (
            f"界线“{line['name']}”没有未完成的联检计划{told}：请先登记计划，"
            "或用 --round 写明轮次（2023—2027 年为第 5 轮）"
        )
        raise InvalidInput(text, code="no_round")
    listed = [row for row in under_way if row["round"] == number]
    listed = listed or [row for row in planned if row["round"] == number]
    if not listed:
        return FieldRound(number)
    row = max(listed, key=lambda each: str(each["due"]))
    return FieldRound(
        int(str(row["round"])),
        str(row["name"]),
        int(str(row["year"])),
        parse_day(str(row["due"]), "due"),
        names.get(str(row["leader"]), str(row["leader"] or "")),
        row["state"] == RoundState.FILED,
    )


def _current(under_way: Sequence[Values], today: date) -> int | None:
    return current_number(
        [
            (int(str(row["round"])), int(str(row["year"])), RoundState(str(row["state"])))
            for row in under_way
        ],
        today,
    )


def _package_id(line: gpd.GeoDataFrame, markers: gpd.GeoDataFrame, chosen: FieldRound) -> str:
    """The same for the same line, round and versions, so that a phone finds its answers again."""
    versions = [
        sorted(zip(map(str, frame.index), frame["version"].tolist(), strict=True))
        for frame in (line, markers)
    ]
    told = orjson.dumps([chosen.number, *versions]).decode()
    return str(uuid5(NAMESPACE_URL, f"civgeo:field-package:{told}"))


def _beside(
    route: Route, divisions: gpd.GeoDataFrame, sides: Sequence[FieldSide]
) -> tuple[str, str]:
    """Names left and right of the route, where the outlines tell them apart; else empty."""
    outlines = {
        side.code: divisions.geometry[side.code]
        for side in sides
        if side.code in divisions.index and divisions.geometry[side.code] is not None
    }
    if len(sides) != 2 or len(outlines) != 2:
        return "", ""
    chainages = np.linspace(0.1, 0.9, 17) * route.length_m
    here, ahead = route.at(chainages), route.at(chainages + 0.01 * route.length_m)
    squeeze = np.array([math.cos(math.radians(here[0, 1])), 1.0])
    step = (ahead - here) * squeeze
    step /= np.hypot(*step.T)[:, None]
    across = np.column_stack([-step[:, 1], step[:, 0]]) / squeeze * SIDE_REACH_DEG
    first, second = sides
    votes = sum(
        sign * int(shapely.contains_xy(outlines[side.code], *(here + way * across).T).sum())
        for side, sign in ((first, 1), (second, -1))
        for way, sign in ((1, sign), (-1, -sign))
    )
    if votes == 0:
        return "", ""
    return (first.name, second.name) if votes > 0 else (second.name, first.name)


def _junctions(frame: gpd.GeoDataFrame, code: str) -> tuple[FieldJunction, ...]:
    """Tri-junctions that name the line among theirs and have a place."""
    return tuple(
        FieldJunction(str(name), (place.x, place.y))
        for name, lines, place in zip(frame["name"], frame["lines"], frame.geometry, strict=True)
        if isinstance(place, Point) and code in _codes(lines)
    )


def _stops(markers: Sequence[FieldMarker], route: Route, course: str) -> tuple[FieldStop, ...]:
    """Markers of one serial number as one stop, with the segment that leads there."""
    groups: list[list[FieldMarker]] = []
    placed = [marker for marker in markers if marker.chainage_m is not None]
    for marker in placed:
        if groups and _serial(groups[-1][0]) == _serial(marker) is not None:
            groups[-1].append(marker)
        else:
            groups.append([marker])
    stops: list[FieldStop] = []
    before: FieldMarker | None = None
    reached = 0
    for group in groups:
        own = _twins(group, reached)
        stops.append(FieldStop(_segment(before, own[0], route, course), own))
        before, reached = own[0], reached + len(own)
    if (last := _segment(before, None, route, course)) is not None:
        stops.append(FieldStop(last, ()))
    lost = [marker for marker in markers if marker.chainage_m is None]
    return (*stops, *(FieldStop(None, (marker,)) for marker in lost))


def _twins(group: Sequence[FieldMarker], reached: int) -> tuple[FieldMarker, ...]:
    """Markers of one stop by number, counted on from `reached`, each with the others' numbers."""
    ordered = sorted(group, key=lambda marker: marker.number)
    numbers = [marker.number for marker in ordered]
    return tuple(
        replace(
            marker, order=reached + place, twins=tuple(n for n in numbers if n != marker.number)
        )
        for place, marker in enumerate(ordered, 1)
    )


def _serial(marker: FieldMarker) -> tuple[str, int] | None:
    read = explain_marker_number(marker.number, marker_suffixes())
    return (read.line, read.serial) if read.line and read.serial else None


def _segment(
    start: FieldMarker | None, end: FieldMarker | None, route: Route, course: str
) -> FieldSegment | None:
    """The stretch between two markers, or up to an end of the line; None where it has no length."""
    start_m = 0.0 if start is None else start.chainage_m or 0.0
    end_m = route.length_m if end is None else end.chainage_m or 0.0
    shortest = 0.0 if start and end else END_REACH_M
    if end_m - start_m <= shortest:
        return None
    path = _corners(route.between(start_m, end_m))
    azimuth, _, _ = ELLIPSOID.inv(*path[0], *path[-1])
    names = (start.number if start else "起点", end.number if end else "终点")
    ids = (start.id if start else LINE_START, end.id if end else LINE_END)
    return FieldSegment(
        id="/".join(ids),
        name="—".join(names),
        start_m=start_m,
        end_m=end_m,
        direction=direction16(float(azimuth) % 360).label_zh,
        course=_told_of(course, names),
        path=path,
    )


def _told_of(course: str, names: tuple[str, str]) -> str:
    """Sentences of the walk description that name both ends."""
    sentences = course.replace(";", "；").replace("；", "。").splitlines()
    parts = [part.strip() for text in sentences for part in text.split("。")]
    return "；".join(part for part in parts if part and all(name in part for name in names))
