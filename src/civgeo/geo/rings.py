"""Outlines that are no valid polygons: where and why. They are reported and never repaired."""

import re

import numpy as np
import pandas as pd
import shapely

from civgeo.geo.ground import Shapes

__all__ = ["readable_parts", "ring_faults"]

_PLACE = re.compile(r"\[(-?[\d.]+(?:e[-+]?\d+)?) (-?[\d.]+(?:e[-+]?\d+)?)[^\]]*\]$")
_REASONS = {
    "Self-intersection": "边线自相交",
    "Ring Self-intersection": "边线在一点自相接",
    "Hole lies outside shell": "内环在外环之外",
    "Holes are nested": "内环套内环",
    "Nested shells": "一部分套在另一部分里",
    "Interior is disconnected": "内部被边线隔断",
    "Duplicate Rings": "同一条环重复",
    "Too few points in geometry component": "环的点数不足",
    "Invalid Coordinate": "坐标不是有限的数字",
    "Ring is not closed": "环没有闭合",
}


def ring_faults(shapes: Shapes) -> pd.DataFrame:
    """Faults of the invalid polygons among `shapes`, one row for each part that is at fault.

    Parameters
    ----------
    shapes
        Polygons and multipolygons in degrees; null ones have no fault.

    Returns
    -------
    DataFrame
        ``number`` of the shape; ``reason`` in Chinese; ``lon lat`` of the fault, degrees, NaN
        where the coordinate itself is broken. Of several faults in one part the first is named.
    """
    broken = np.flatnonzero(~shapely.is_valid(shapes) & ~shapely.is_missing(shapes))
    parts, owners = shapely.get_parts(shapes[broken], return_index=True)
    bad = ~shapely.is_valid(parts)
    among = np.setdiff1d(np.arange(len(broken)), owners[bad])  # parts sound, but not together
    numbers = np.concatenate([broken[owners[bad]], broken[among]]).astype(np.intp)
    texts = shapely.is_valid_reason(np.concatenate([parts[bad], shapes[broken[among]]]))
    found = pd.DataFrame(
        [_fault(str(text)) for text in texts], columns=["reason", "lon", "lat"]
    ).astype({"lon": float, "lat": float})
    return found.assign(number=numbers).sort_values("number", kind="stable", ignore_index=True)


def readable_parts(shapes: Shapes) -> Shapes:
    """`shapes` with a readable stand-in for each invalid one, for measuring its neighbours only.

    Never to be stored or shown as an outline. A shape without a finite area gives None.
    """
    broken = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    finite = np.isfinite(shapely.bounds(shapes)).all(axis=1)
    stand_ins = np.array(shapes, dtype=object)
    stand_ins[broken & ~finite] = None
    mend = broken & finite
    if mend.any():
        stand_ins[mend] = shapely.make_valid(
            stand_ins[mend], method="structure", keep_collapsed=False
        )
    return stand_ins


def _fault(text: str) -> tuple[str, float, float]:
    place = _PLACE.search(text)
    word = text.split("[", 1)[0]
    lon, lat = (float(place[1]), float(place[2])) if place else (np.nan, np.nan)
    return _REASONS.get(word, word), lon, lat
