"""Who reaches a facility on foot in time, and why the others do not.

People are counted on the network, never by a polygon. A walk of exactly the limit is in time.
"""

from dataclasses import dataclass, field
from decimal import Decimal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from civgeo.analysis.snapping import SNAP_LIMIT_M, Snapped
from civgeo.analysis.walk_network import DM_A_METRE, UNREACHED, Floats, Ints
from civgeo.analysis.walk_search import limit_dm
from civgeo.domain.reach_reason import ReachReason

__all__ = ["Points", "ReachTerms", "nearest_straight", "straight_reach", "walking_reach"]

Flags = npt.NDArray[np.bool_]

ADULT_SPEED = Decimal("1.2")


@dataclass(frozen=True, slots=True)
class ReachTerms:
    """What counts as reached.

    Parameters
    ----------
    minutes, speed_m_per_s
        Time, and the speed of those who walk: 0.8 for the frail, 1.0 for most elders.
    adult_speed_m_per_s
        Speed by which a place is told "too slow" from "too far".
    snap_limit_m
        Farthest that a place may lie from a street.
    """

    minutes: Decimal = Decimal(15)
    speed_m_per_s: Decimal = Decimal(1)
    adult_speed_m_per_s: Decimal = ADULT_SPEED
    snap_limit_m: float = SNAP_LIMIT_M

    @property
    def limit_dm(self) -> int:
        """Farthest walk, decimetres."""
        return limit_dm(self.minutes, self.speed_m_per_s)

    @property
    def adult_limit_dm(self) -> int:
        """Farthest walk of an adult, decimetres; never below the limit."""
        return max(self.limit_dm, limit_dm(self.minutes, self.adult_speed_m_per_s))


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Places in one metric zone.

    Parameters
    ----------
    x, y
        Metres east and north.
    """

    x: Floats
    y: Floats

    def __len__(self) -> int:
        """Number of places."""
        return len(self.x)


@dataclass(slots=True, eq=False)
class _Reasons:
    """Reasons being given, each place the first that holds."""

    open: Flags
    given: npt.NDArray[np.object_] = field(init=False)

    def __post_init__(self) -> None:
        self.given = np.full(len(self.open), None, dtype=object)

    def give(self, reason: ReachReason, where: Flags) -> None:
        chosen = self.open & where
        self.given[chosen] = reason.value
        self.open = self.open & ~chosen


def walking_reach(
    distance_dm: Ints,
    owner: Ints,
    demand: Snapped,
    facilities: Points,
    terms: ReachTerms,
    *,
    served: Flags | None = None,
    barriers: gpd.GeoSeries | None = None,
) -> pd.DataFrame:
    """Reach of each place on foot, with the reason where it is not reached.

    Parameters
    ----------
    distance_dm, owner
        Walk to the nearest facility and its position, as `distance_from_field` gives them.
    demand
        The places, snapped with the limit of `terms`.
    facilities
        All facilities, those off the network too: the straight-line circles are theirs.
    terms
        Minutes, speeds and limits.
    served
        Whether all people of each place find room in a facility in reach, where capacity counts.
    barriers
        Lines and polygons in the same zone that stop walkers.

    Returns
    -------
    DataFrame
        One row a place, in order: facility (position, -1 for none), distance_m and minutes of the
        walk (NaN for none), reached, reason (`ReachReason` value, None where reached), beyond_m
        (how much too long the walk is), straight_m to straight_facility, straight_reached
        (inside a straight-line circle), street_m (distance of the nearest street, infinite where
        there is none), barrier (position in `barriers`, -1 for none).
    """
    limit = terms.limit_dm
    straight_dm, straight = nearest_straight(Points(demand.x, demand.y), facilities)
    in_time = distance_dm <= limit
    has_room = np.ones(len(demand), dtype=bool) if served is None else served
    reached = in_time & has_room
    inside = straight_dm <= limit
    barrier = _first_barrier(demand, facilities, straight, inside & ~in_time, barriers)
    reasons = _Reasons(~reached)
    reasons.give(ReachReason.NO_FACILITY, np.full(len(demand), len(facilities) == 0))
    reasons.give(ReachReason.UNSNAPPED, ~demand.is_on_network)
    reasons.give(ReachReason.FULL, in_time)
    reasons.give(ReachReason.BARRIER, inside & (barrier >= 0))
    reasons.give(ReachReason.SLOW, distance_dm <= terms.adult_limit_dm)
    reasons.give(ReachReason.BARRIER, inside & (distance_dm != UNREACHED))
    reasons.give(ReachReason.DISCONNECTED, distance_dm == UNREACHED)
    reasons.give(ReachReason.FAR, np.ones(len(demand), dtype=bool))
    barrier[reasons.given != ReachReason.BARRIER.value] = -1
    table = _table(distance_dm, owner, straight_dm, straight, terms, reached, reasons)
    table["street_m"] = demand.nearest_m
    table["barrier"] = barrier
    return table


def straight_reach(
    demand: Points, facilities: Points, terms: ReachTerms, *, served: Flags | None = None
) -> pd.DataFrame:
    """Reach of each place by straight-line circles, as `walking_reach` without streets.

    Barriers, streets and connections are not seen: the reasons are ``far``, ``slow``, ``full``
    and ``no_facility`` only.
    """
    distance_dm, owner = nearest_straight(demand, facilities)
    in_time = distance_dm <= terms.limit_dm
    reached = in_time if served is None else in_time & served
    reasons = _Reasons(~reached)
    reasons.give(ReachReason.NO_FACILITY, np.full(len(demand), len(facilities) == 0))
    reasons.give(ReachReason.FULL, in_time)
    reasons.give(ReachReason.SLOW, distance_dm <= terms.adult_limit_dm)
    reasons.give(ReachReason.FAR, np.ones(len(demand), dtype=bool))
    table = _table(distance_dm, owner, distance_dm, owner, terms, reached, reasons)
    table["street_m"] = np.nan
    table["barrier"] = np.int64(-1)
    return table


def _table(
    distance_dm: Ints,
    owner: Ints,
    straight_dm: Ints,
    straight: Ints,
    terms: ReachTerms,
    reached: Flags,
    reasons: _Reasons,
) -> pd.DataFrame:
    metres = _metres(distance_dm)
    beyond = np.maximum(metres - terms.limit_dm / DM_A_METRE, 0)
    return pd.DataFrame(
        {
            "facility": owner.astype(np.int64),
            "distance_m": metres,
            "minutes": metres / float(terms.speed_m_per_s) / 60,
            "reached": reached,
            "reason": pd.Series(reasons.given, dtype=object),
            "beyond_m": beyond,
            "straight_m": _metres(straight_dm),
            "straight_facility": straight.astype(np.int64),
            "straight_reached": straight_dm <= terms.limit_dm,
        }
    )


def _metres(distance_dm: Ints) -> Floats:
    found: Floats = np.where(distance_dm == UNREACHED, np.nan, distance_dm / DM_A_METRE)
    return found


def nearest_straight(demand: Points, facilities: Points) -> tuple[Ints, Ints]:
    """Straight-line distance (decimetres) to the nearest facility, and its position.

    Of equally near facilities the first; ``UNREACHED`` and -1 where there is none.
    """
    distance = np.full(len(demand), UNREACHED, dtype=np.int32)
    owner = np.full(len(demand), -1, dtype=np.int32)
    if not len(demand) or not len(facilities):
        return distance, owner
    tree = shapely.STRtree(np.asarray(shapely.points(facilities.x, facilities.y)))
    row, found = tree.query_nearest(np.asarray(shapely.points(demand.x, demand.y)))
    order = np.lexsort((found, row))
    first = np.ones(len(order), dtype=bool)
    first[1:] = np.diff(row[order]) > 0
    owner[:] = found[order][first]
    metres = np.hypot(demand.x - facilities.x[owner], demand.y - facilities.y[owner])
    distance[:] = np.minimum(np.rint(metres * DM_A_METRE), UNREACHED - 1)
    return distance, owner


def _first_barrier(
    demand: Snapped,
    facilities: Points,
    straight: Ints,
    asked: Flags,
    barriers: gpd.GeoSeries | None,
) -> npt.NDArray[np.int64]:
    """Barrier that the straight line to the nearest facility meets first; -1 for none."""
    found = np.full(len(demand), -1, dtype=np.int64)
    rows = np.flatnonzero(asked & (straight >= 0))
    if barriers is None or barriers.empty or not len(rows):
        return found
    start = np.column_stack([demand.x[rows], demand.y[rows]])
    end = np.column_stack([facilities.x[straight[rows]], facilities.y[straight[rows]]])
    lines = np.asarray(shapely.linestrings(np.stack([start, end], axis=1)))
    shapes = np.asarray(barriers.array)
    line, shape = shapely.STRtree(shapes).query(lines, predicate="intersects")
    meeting = shapely.intersection(lines[line], shapes[shape])
    away = shapely.distance(shapely.points(start[line]), meeting)
    order = np.lexsort((shape, away, line))
    first = np.ones(len(order), dtype=bool)
    first[1:] = np.diff(line[order]) > 0
    found[rows[line[order][first]]] = shape[order][first]
    return found
