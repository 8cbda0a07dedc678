"""Markers that do not stand where their numbers and the line want them."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
from shapely.geometry import Point

from civgeo.domain.marker_number import (
    MarkerNumber,
    MarkerSetting,
    MarkerSuffix,
    explain_marker_number,
)
from civgeo.errors import InvalidInput
from civgeo.geo.line_findings import LineFault, LineFinding
from civgeo.geo.line_markers import LEFT

__all__ = ["OFF_LINE_M", "TWIN_REACH_M", "LineSides", "marker_findings"]

OFF_LINE_M = 10.0
"""Farthest that a single marker may stand from the line before it is reported, metres.

The accuracy figures of GB/T 17796-2009 are not at hand; this is twice 0.1 mm on a map of 1:50 000
and the bureau's to set.
"""

TWIN_REACH_M = 1000.0
"""Farthest that one of several markers of a number may stand from the line, as across a river."""

SEVERAL = (MarkerSetting.DOUBLE, MarkerSetting.TRIPLE)


@dataclass(frozen=True, slots=True)
class LineSides:
    """Codes of the divisions on the left and on the right of a route, seen along it."""

    left: str
    right: str

    def at(self, side: str) -> str:
        """Code on ``left`` or ``right``."""
        return self.left if side == LEFT else self.right


@dataclass(frozen=True, slots=True)
class _Standing:
    """A marker at its place, in route order."""

    number: MarkerNumber
    shape: Point
    chainage_m: float
    offset_m: float
    side: str

    def finding(self, fault: LineFault, line: str, message: str) -> LineFinding:
        return LineFinding(
            fault,
            line,
            message,
            shape=self.shape,
            chainage_m=self.chainage_m,
            greatest_m=self.offset_m,
            refs=(self.number.engraved,),
        )


def marker_findings(
    markers: gpd.GeoDataFrame,
    positions: pd.DataFrame,
    *,
    line: str,
    suffixes: Mapping[str, MarkerSuffix],
    sides: LineSides | None = None,
    off_line_m: float = OFF_LINE_M,
    twin_reach_m: float = TWIN_REACH_M,
) -> list[LineFinding]:
    """Markers off the line, on the wrong side, and out of the order of their numbers.

    The side of a double is judged only farther from the line than `off_line_m`: nearer, the line
    is not known well enough. Serials must not fall along the route; of those that break the order
    as few as possible are named.

    Parameters
    ----------
    markers
        EPSG:4490, ``number`` (engraved text), geometry POINT.
    positions
        `civgeo.geo.line_markers.marker_positions` of them.
    line
        Name of the line.
    suffixes
        Letters that are known.
    sides
        What lies left and right; None where unknown, and then only doubles on one side are found.
    off_line_m, twin_reach_m
        Farthest that a single marker, or one of several, may stand from the line, metres.

    Raises
    ------
    InvalidInput
        When ``number`` is missing, or a distance is negative.

    References
    ----------
    GB/T 17796-2009 (excerpts): from 001, west to east or north to south; A on the side of the
    smaller code.
    """
    if "number" not in markers.columns:
        raise InvalidInput("界桩图层缺少编号列 number。", code="missing_column")
    if not (off_line_m >= 0 and twin_reach_m >= 0):
        raise InvalidInput("界桩离线的限差应为不小于 0 的米数。")
    codes = () if sides is None else (sides.left, sides.right)
    standing = _standing(markers, positions, suffixes, codes)
    clear = [each for each in standing if each.offset_m > off_line_m]
    return [
        *_off_line(clear, line, twin_reach_m),
        *_wrong_side(clear, line, sides),
        *_same_side(clear, line),
        *_out_of_order(standing, line),
    ]


def _standing(
    markers: gpd.GeoDataFrame,
    positions: pd.DataFrame,
    suffixes: Mapping[str, MarkerSuffix],
    codes: Sequence[str],
) -> list[_Standing]:
    """Markers with a place, in route order."""
    rows = zip(
        positions["order"].tolist(),
        markers["number"].astype(str).tolist(),
        markers.geometry.tolist(),
        *(positions[name].tolist() for name in ("chainage_m", "offset_m", "side")),
        strict=True,
    )
    return [
        _Standing(explain_marker_number(text, suffixes, codes), shape, chainage, offset, side)
        for order, text, shape, chainage, offset, side in sorted(rows, key=lambda row: row[0])
        if order > 0
    ]


def _off_line(clear: list[_Standing], line: str, twin_reach_m: float) -> Iterable[LineFinding]:
    for each in clear:
        if each.number.setting not in SEVERAL or each.offset_m > twin_reach_m:
            told = f"{each.number.engraved} 离界线 {each.offset_m:.1f} 米"
            yield each.finding(LineFault.OFF_LINE, line, told)


def _wrong_side(
    clear: list[_Standing], line: str, sides: LineSides | None
) -> Iterable[LineFinding]:
    for each in clear:
        wanted = each.number.side
        if sides is None or wanted not in (sides.left, sides.right):
            continue
        stands = sides.at(each.side)
        if stands != wanted:
            told = (
                f"{each.number.engraved} 应在 {wanted} 一侧，实在 {stands} 一侧，"
                f"离界线 {each.offset_m:.1f} 米"
            )
            yield each.finding(LineFault.WRONG_SIDE, line, told)


def _same_side(clear: list[_Standing], line: str) -> Iterable[LineFinding]:
    """Doubles that both stand clear of the line on one side of it."""
    pairs: dict[tuple[str | None, int | None], list[_Standing]] = defaultdict(list)
    for each in clear:
        if each.number.setting is MarkerSetting.DOUBLE:
            pairs[each.number.line, each.number.serial].append(each)
    for twins in pairs.values():
        letters = {twin.number.suffix for twin in twins}
        if len(letters) > 1 and len({twin.side for twin in twins}) == 1:
            told = "、".join(twin.number.engraved for twin in twins)
            yield twins[0].finding(LineFault.SAME_SIDE, line, f"{told} 同在界线一侧，应分立两侧")


def _out_of_order(standing: list[_Standing], line: str) -> Iterable[LineFinding]:
    """Markers whose serials break the order along the route."""
    numbered = [each for each in standing if each.number.serial is not None]
    serials = [each.number.serial or 0 for each in numbered]
    rising = _longest_rising(serials)
    falling = _longest_rising([-serial for serial in serials])
    if len(falling) > max(len(rising), 2):
        told = (
            f"序号从 {serials[0]:03d} 到 {serials[-1]:03d} 递减：编号的起点与由西向东或由北向南相反"
        )
        yield numbered[0].finding(LineFault.REVERSED, line, told)
        rising = falling
    for place, each in enumerate(numbered):
        if place not in rising:
            told = (
                f"{each.number.engraved} 在 {each.chainage_m / 1000:.3f} 千米处，与前后序号次序不符"
            )
            yield each.finding(LineFault.OUT_OF_ORDER, line, told)


def _longest_rising(values: Sequence[int]) -> set[int]:
    """Places of a longest run of `values` that never falls (patience sorting)."""
    tails: list[int] = []
    tail_places: list[int] = []
    before: list[int | None] = []
    for place, value in enumerate(values):
        rank = bisect_right(tails, value)
        before.append(tail_places[rank - 1] if rank else None)
        tails[rank : rank + 1] = [value]
        tail_places[rank : rank + 1] = [place]
    found: set[int] = set()
    here = tail_places[-1] if tail_places else None
    while here is not None:
        found.add(here)
        here = before[here]
    return found
