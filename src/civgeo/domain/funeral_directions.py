"""Directions of service stations from the middle of a county: eight sectors and the angle between.

A plan that says “不同的方向” does not say what differs. The reading here is a model of ours: two
stations lie in different directions when their sectors differ and the angle between them is not
less than a bound that the planner sees and sets.
"""

from dataclasses import dataclass

from civgeo.domain.labelled import Labelled

__all__ = ["ApartRule", "Direction8", "angle_between", "direction8"]

CIRCLE = 360.0
DECIMALS = 6
"""Decimals of a degree that bearings are compared to, so that 90 is 90 after all arithmetic."""


class Direction8(Labelled):
    """One of eight directions from true north."""

    N = "N", "北"
    NE = "NE", "东北"
    E = "E", "东"
    SE = "SE", "东南"
    S = "S", "南"
    SW = "SW", "西南"
    W = "W", "西"
    NW = "NW", "西北"


_CLOCKWISE = tuple(Direction8)


def direction8(bearing_deg: float) -> Direction8:
    """Sector of 45 degrees that a true bearing falls in; an edge belongs to the next, clockwise.

    Examples
    --------
    >>> direction8(337.5).label_zh, direction8(22.4).label_zh, direction8(22.5).label_zh
    ('北', '北', '东北')
    """
    width = CIRCLE / len(_CLOCKWISE)
    return _CLOCKWISE[int((round(bearing_deg, DECIMALS) + width / 2) // width) % len(_CLOCKWISE)]


def angle_between(one_deg: float, other_deg: float) -> float:
    """Angle between two bearings, 0 to 180 degrees.

    Examples
    --------
    >>> angle_between(350, 20), angle_between(10, 190)
    (30.0, 180.0)
    """
    apart = abs(one_deg - other_deg) % CIRCLE
    return min(apart, CIRCLE - apart)


@dataclass(frozen=True, slots=True)
class ApartRule:
    """When two directions count as different.

    Parameters
    ----------
    least_deg
        Smallest angle between them; one of just this size counts.
    """

    least_deg: float = 90.0

    def differ(self, one_deg: float | None, other_deg: float | None) -> bool | None:
        """Whether the sectors differ and the angle is large enough; None without a direction."""
        if one_deg is None or other_deg is None:
            return None
        enough = round(angle_between(one_deg, other_deg), DECIMALS) >= self.least_deg
        return enough and direction8(one_deg) is not direction8(other_deg)
