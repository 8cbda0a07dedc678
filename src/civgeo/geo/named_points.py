"""Points that name their division: whether they lie in it, and if not, why."""

from dataclasses import dataclass
from math import comb

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from civgeo.geo.crs import FROM_SHIFTED, Zone, require_crs
from civgeo.geo.datum import EAST, NORTH, SOUTH, WEST, Floats
from civgeo.geo.ground import (
    Shapes,
    coordinates_of,
    in_metres,
    places_of,
    points_at,
    zone_or_none,
)
from civgeo.geo.placement import DISPLACED_M, Placement, Verdict, about_text, shift_text
from civgeo.geo.rings import readable_parts

__all__ = ["PointPlacement", "point_placement", "points_outside_named_division"]

AS_IS, SWAPPED = "as_is", "swapped"
GOOD_SHARE = 0.9
LOST_SHARE = 0.5
MOST_TRIED = 400
REACH_M, STEP_M = 18_000.0, 1_500.0
DEGREE_M = 111_200.0
CHANCE = 0.01
BORDER_DEG = 0.00001
"""So near to an outline, about a metre, a point is on it: markers stand on borders."""

_LABELS = {
    AS_IS: "原样",
    SWAPPED: "经纬度互换",
    "GCJ-02": "按 GCJ-02 还原",
    "BD-09": "按 BD-09 还原",
}


@dataclass(frozen=True, slots=True)
class PointPlacement:
    """Verdict on a layer of points, and how many lie in their named division in each reading.

    Parameters
    ----------
    placement
        The verdict; a shift in metres is that of the system named, at the layer's middle.
    inside
        Number of points inside by reading: ``as_is``, ``GCJ-02``, ``BD-09`` (converted back) and
        ``swapped`` (latitude first); a reading that is not possible is missing.
    compared
        Number of points whose named division has an outline.
    """

    placement: Placement
    inside: dict[str, int]
    compared: int


def point_placement(points: gpd.GeoDataFrame, divisions: gpd.GeoDataFrame) -> PointPlacement:
    """Verdict on a layer of points (or areas, by a point in each) that name their division.

    A reading wins over the coordinates as they are only where the points that tell the two apart
    favour it more than chance would (sign test, p < 0.01). Where no point tells a shifted reading
    apart, a shift of some hundred metres cannot be seen and the verdict is ``unknown``.

    Parameters
    ----------
    points
        EPSG:4490; ``division``, a code. It is compared with the outline of the longest code that
        it begins with, so townships without outlines count by their county.
    divisions
        EPSG:4490; ``code`` and outlines.

    Raises
    ------
    CrsError
        When the frames are not in one CRS.
    """
    require_crs(points, divisions)
    places = places_of(points.geometry.to_numpy())
    named = _named_rows(points["division"], divisions)
    rows = np.flatnonzero((named >= 0) & np.isfinite(places).all(axis=1))
    if not rows.size:
        reason = "没有一个点的所属政区有已知轮廓，无法判断位置。"
        return PointPlacement(Placement(Verdict.UNKNOWN, reason), {}, 0)
    outlines = readable_parts(divisions.geometry.to_numpy())
    shapely.prepare(outlines)
    homes = outlines[named[rows]]
    hits = {
        reading: _held(homes, points_at(found))
        for reading, found in _readings(places[rows]).items()
    }
    inside = {reading: int(hit.sum()) for reading, hit in hits.items()}
    return PointPlacement(_verdict(hits, places[rows], homes), inside, int(rows.size))


def points_outside_named_division(
    points: gpd.GeoDataFrame, divisions: gpd.GeoDataFrame, *, zone: Zone | None = None
) -> pd.DataFrame:
    """Points that lie outside the division they name and off its outline, in their order.

    Parameters
    ----------
    points, divisions
        As for `point_placement`; areas count by a point inside them.
    zone
        Where distances are measured; by default that of the divisions' middle.

    Returns
    -------
    DataFrame
        Index: that of `points`. ``division`` as named; ``compared`` (code of the outline that
        stood for it); ``distance_m`` to that outline; ``lies_in`` (code of the division with the
        longest code that covers the point, None for none); ``lon``, ``lat``. Points without
        geometry, and whose division has no outline, are not listed.

    Raises
    ------
    CrsError
        When the frames are not in one CRS.
    """
    require_crs(points, divisions)
    places = places_of(points.geometry.to_numpy())
    named = _named_rows(points["division"], divisions)
    outlines = readable_parts(divisions.geometry.to_numpy())
    shapely.prepare(outlines)
    rows = np.flatnonzero((named >= 0) & np.isfinite(places).all(axis=1))
    spots = points_at(places[rows])
    away = ~_held(outlines[named[rows]], spots)
    rows, spots = rows[away], spots[away]
    codes = divisions["code"].astype(str).to_numpy()
    return pd.DataFrame(
        {
            "division": points["division"].to_numpy()[rows],
            "compared": codes[named[rows]],
            "distance_m": _distances(spots, outlines, named[rows], zone, divisions),
            "lies_in": pd.Series(
                _covering(spots, outlines, codes), dtype=object, index=points.index[rows]
            ),
            "lon": places[rows, 0],
            "lat": places[rows, 1],
        },
        index=points.index[rows],
    )


def _held(homes: Shapes, spots: Shapes) -> NDArray[np.bool_]:
    """Which points lie in their homes or on the outline."""
    held = np.asarray(shapely.covers(homes, spots))
    rest = np.flatnonzero(~held)
    held[rest] = shapely.dwithin(homes[rest], spots[rest], BORDER_DEG)
    return held


def _named_rows(named: pd.Series, divisions: gpd.GeoDataFrame) -> NDArray[np.intp]:
    """Row of the outline that stands for each named division; -1 where there is none."""
    shapes = divisions.geometry
    drawn = shapes.notna().to_numpy() & ~shapes.is_empty.to_numpy()
    rows = {
        _digits(str(code)): row for row, code in enumerate(divisions["code"].tolist()) if drawn[row]
    }

    def outline(code: object) -> int:
        digits = _digits(str(code))
        lengths = (12, 9, 6, 4, 2)
        return next((rows[digits[:n]] for n in lengths if digits[:n] in rows), -1)

    found = {code: outline(code) for code in named.dropna().unique()}
    return np.array([found.get(code, -1) for code in named.tolist()], dtype=np.intp)


def _digits(code: str) -> str:
    """Significant digits: 411700 is the same as 4117."""
    while len(code) > 2 and len(code) <= 6 and code.endswith("00"):
        code = code[:-2]
    return code


def _readings(places: Floats) -> dict[str, Floats]:
    readings = {AS_IS: places, SWAPPED: places[:, ::-1]}
    lon, lat = places.T
    margin = 0.1
    inside = (lon > WEST + margin) & (lon < EAST - margin)
    inside &= (lat > SOUTH + margin) & (lat < NORTH - margin)
    if inside.all():
        readings |= {
            system: np.column_stack(back(lon, lat)) for system, back in FROM_SHIFTED.items()
        }
    return readings


def _verdict(hits: dict[str, NDArray[np.bool_]], places: Floats, homes: Shapes) -> Placement:
    here = hits[AS_IS]
    count = int(here.size)
    rivals = {reading: hit for reading, hit in hits.items() if reading != AS_IS}
    best = max(rivals, key=lambda reading: int(rivals[reading].sum()))
    said = f"{count} 个点中落在所写政区内的：{_shares(hits)}。"
    if _beats(rivals[best], here) and rivals[best].mean() >= GOOD_SHARE:
        if best == SWAPPED:
            reason = f"{said}经度和纬度写反了，请换过来再导入。"
            return Placement(Verdict.DISPLACED, reason, matched=count)
        east, north = _shift_of(best, places)
        where = about_text(east, north)
        reason = f"{said}图层应为 {best} 坐标，偏移{where}，可用 --crs {best} 精确换算。"
        return Placement(Verdict.SHIFTED, reason, east, north, matched=count, guess=best)
    if here.mean() < GOOD_SHARE:
        return _displaced(here, places, homes, said)
    shifted = [hit for reading, hit in rivals.items() if reading != SWAPPED]
    if here.mean() >= GOOD_SHARE and shifted and all(_beats(here, hit) for hit in shifted):
        return Placement(Verdict.OK, f"{said}原样最相符。", matched=count)
    reason = f"{said}能区分的点太少，看不出几百米的偏移，请用已知位置的点核对。"
    return Placement(Verdict.UNKNOWN, reason, matched=count)


def _shift_of(system: str, places: Floats) -> tuple[float, float]:
    """Metres east and north by which `system` moved the middle of the layer."""
    shifted = np.median(places, axis=0)
    true = points_at(np.column_stack(FROM_SHIFTED[system](shifted[:1], shifted[1:])))
    moved = in_metres(points_at(shifted), None, where=true)
    east, north = (coordinates_of(moved) - coordinates_of(in_metres(true, None)))[0]
    return round(float(east), 2), round(float(north), 2)


def _displaced(here: NDArray[np.bool_], places: Floats, homes: Shapes, said: str) -> Placement:
    """Verdict on points of which many lie outside and no reading brings them in."""
    count = int(here.size)
    shift, hit, tried = _best_move(places, homes)
    if np.hypot(*shift) >= DISPLACED_M and hit.mean() >= GOOD_SHARE and _beats(hit, here[tried]):
        east, north = (round(float(value), -2) for value in shift)
        reason = f"{said}图层大致整体{shift_text(east, north)}。请拒绝使用，查明来源。"
        return Placement(Verdict.DISPLACED, reason, east, north, matched=count)
    if here.mean() < LOST_SHARE:
        reason = f"{said}多数点不在所写的政区内，换算也不能解释。请拒绝使用，查明来源。"
        return Placement(Verdict.DISPLACED, reason, matched=count)
    reason = f"{said}不少点不在所写的政区内，又不是整体偏移，请逐点核对所写的政区。"
    return Placement(Verdict.UNKNOWN, reason, matched=count)


def _best_move(places: Floats, homes: Shapes) -> tuple[Floats, NDArray[np.bool_], NDArray[np.intp]]:
    """Shift that the points most likely have, the points it brings home, and those tried.

    Every move on a grid of 1.5 km up to 18 km is tried; the answer is the middle of the best.
    """
    tried = np.unique(np.linspace(0, len(places) - 1, min(len(places), MOST_TRIED)).astype(int))
    latitude = np.radians(np.median(places[:, 1]))
    per_degree = DEGREE_M * np.array([np.cos(latitude), 1.0])
    steps = np.arange(-REACH_M, REACH_M + 1, STEP_M)
    moves = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    hits = np.array(
        [
            shapely.covers(homes[tried], points_at(places[tried] - move / per_degree))
            for move in moves
        ]
    )
    counts = hits.sum(axis=1)
    shift = moves[counts == counts.max()].mean(axis=0)
    return shift, hits[int(counts.argmax())], tried


def _shares(hits: dict[str, NDArray[np.bool_]]) -> str:
    return "，".join(f"{_LABELS[reading]} {int(hit.sum())} 个" for reading, hit in hits.items())


def _beats(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> bool:
    """Whether `one` holds the points that differ more often than chance would give."""
    wins, losses = int((one & ~other).sum()), int((other & ~one).sum())
    total = wins + losses
    tail = sum(comb(total, k) for k in range(wins, total + 1)) / 2**total if total else 1.0
    return tail < CHANCE


def _distances(
    spots: Shapes,
    outlines: Shapes,
    named: NDArray[np.intp],
    zone: Zone | None,
    divisions: gpd.GeoDataFrame,
) -> Floats:
    if not len(spots):
        return np.empty(0)
    chosen = zone or zone_or_none(divisions)
    used, back = np.unique(named, return_inverse=True)
    homes = in_metres(outlines[used], chosen)
    shapely.prepare(homes)
    metric = in_metres(spots, chosen, where=outlines[named])
    return np.asarray(shapely.distance(homes[back], metric), dtype=np.float64)


def _covering(spots: Shapes, outlines: Shapes, codes: NDArray[np.object_]) -> list[str | None]:
    spot, outline = shapely.STRtree(outlines).query(spots, predicate="covered_by")
    found: dict[int, str] = {}
    for number, code in zip(spot.tolist(), codes[outline].tolist(), strict=True):
        if len(_digits(code)) > len(_digits(found.get(number, ""))):
            found[number] = code
    return [found.get(number) for number in range(len(spots))]
