"""Points whose true places are known: how far the layer lies from them, and which way."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import shapely

from civgeo.errors import InvalidInput
from civgeo.geo.crs import FROM_SHIFTED, TO_SHIFTED, require_crs
from civgeo.geo.datum import EAST, NORTH, SOUTH, WEST, Floats, Shift
from civgeo.geo.ground import coordinates_of, in_metres, points_at
from civgeo.geo.placement import (
    CLEARLY,
    DISPLACED_M,
    LEAST_SHIFT_M,
    UNLIKE_M,
    Placement,
    Verdict,
    about_text,
    shift_text,
)

__all__ = ["known_placement"]

FEWEST = 5
"""So many places must be known before they say anything of the layer."""

AGREES_M = 20.0
"""A conversion explains a shift when it leaves no more than this, or than the shift itself does."""

FARTHEST_DEG, MARGIN_DEG = 3.0, 0.1


def known_placement(layer: gpd.GeoDataFrame, known: gpd.GeoDataFrame) -> Placement:
    """Verdict on features against the places that are known of the same features.

    The shift is the median of the offsets, so that a few moved or mistaken features do not draw
    it. GCJ-02 or BD-09 is named where the exact way back from it brings the features as near to
    their places as the best shift does.

    Parameters
    ----------
    layer, known
        EPSG:4490; the same features row by row. Areas count by their centroids.

    Returns
    -------
    Placement
        Its metres are those of the layer beyond the known places. ``unknown`` with fewer than
        five pairs, or where the offsets have nothing in common.

    Raises
    ------
    CrsError
        When the frames are not in one CRS.
    InvalidInput
        When their lengths differ.
    """
    require_crs(layer, known)
    if len(layer) != len(known):
        raise InvalidInput(f"位置有 {len(layer)} 个，已知位置有 {len(known)} 个，应一一对应。")
    pairs = _Pairs(_middles(layer), _middles(known))
    if pairs.count < FEWEST:
        reason = f"与登记的同名记录只对上 {pairs.count} 个位置，不足以判断整体偏移。"
        return Placement(Verdict.UNKNOWN, reason, matched=pairs.count)
    return _judged(pairs)


def _middles(frame: gpd.GeoDataFrame) -> Floats:
    return coordinates_of(np.asarray(shapely.centroid(frame.geometry.to_numpy()), dtype=object))


class _Pairs:
    """Places of a layer and where they should be, degrees; pairs too far apart to project go."""

    def __init__(self, places: Floats, known: Floats) -> None:
        apart = np.nan_to_num(np.abs(places - known).max(axis=1), nan=np.inf)
        self.places, self.known = places[apart < FARTHEST_DEG], known[apart < FARTHEST_DEG]
        self.count = len(self.places)

    def offsets(self, places: Floats) -> Floats:
        """How far `places` lie east and north of the known ones, metres, array (n, 2)."""
        there = points_at(self.known)
        here = in_metres(points_at(places), None, where=there)
        return coordinates_of(here) - coordinates_of(in_metres(there, None))


def _judged(pairs: _Pairs) -> Placement:
    offsets = pairs.offsets(pairs.places)
    east, north = (round(float(value), 2) + 0.0 for value in np.median(offsets, axis=0))
    spread = float(np.median(np.hypot(*(offsets - (east, north)).T)))
    distance = float(np.hypot(east, north))
    said = f"与登记的 {pairs.count} 条同名记录相比，"
    guess = None
    if spread > UNLIKE_M:
        reason = f"{said}各自偏移相差 {spread:.0f} 米（中位数），不是整体偏移。"
        return Placement(Verdict.UNKNOWN, reason, matched=pairs.count)
    if distance <= max(LEAST_SHIFT_M, spread):
        verdict, rest = Verdict.OK, f"整体偏移 {distance:.0f} 米，在各自差异 {spread:.0f} 米之内。"
    elif distance >= max(DISPLACED_M, CLEARLY * spread):
        where = shift_text(east, north)
        verdict, rest = Verdict.DISPLACED, f"图层整体{where}。请拒绝使用，查明来源。"
    else:
        verdict, guess = Verdict.SHIFTED, _guess(pairs, FROM_SHIFTED, spread)
        rest = f"图层整体偏移{about_text(east, north)}。{_explained(pairs, guess, spread)}"
    return Placement(verdict, f"{said}{rest}", east, north, round(spread, 2), pairs.count, guess)


def _explained(pairs: _Pairs, guess: str | None, spread: float) -> str:
    if guess is not None:
        return f"与 {guess} 的偏移一致，可用 --crs {guess} 精确换算。"
    turned = _guess(pairs, TO_SHIFTED, spread)
    if turned is not None:
        return f"像是多还原了一次 {turned}，或登记的位置本身是 {turned} 坐标：请查明哪一方有误。"
    return "不是 GCJ-02 或 BD-09 的偏移，请查明坐标系，或核对登记的位置。"


def _guess(pairs: _Pairs, ways: Mapping[str, Shift], spread: float) -> str | None:
    """System whose conversion brings the layer onto the known places; None when none does."""
    lon, lat = pairs.places.T
    inside = (lon > WEST + MARGIN_DEG) & (lon < EAST - MARGIN_DEG)
    inside &= (lat > SOUTH + MARGIN_DEG) & (lat < NORTH - MARGIN_DEG)
    if not inside.all():
        return None
    left = {
        system: float(np.median(np.hypot(*pairs.offsets(np.column_stack(way(lon, lat))).T)))
        for system, way in ways.items()
    }
    best = min(left, key=left.__getitem__)
    return best if left[best] <= max(AGREES_M, 1.1 * spread) else None
