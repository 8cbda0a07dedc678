"""Searches of the walk network: nearest facilities, walking circles, who reaches what.

People walk to a facility: along streets, and straight from a place to its street at both ends.
Every distance is a whole number of decimetres.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from civgeo.analysis.kernels.search import FAR, LIMITLESS, meet, settle, sheds
from civgeo.analysis.snapping import Snapped
from civgeo.analysis.walk_network import DM_A_METRE, UNREACHED, Ints, WalkNetwork
from civgeo.errors import InvalidInput

__all__ = [
    "LIMITLESS",
    "Field",
    "Sheds",
    "distance_from_field",
    "labels_of_demand",
    "limit_dm",
    "nearest_facility",
    "owners",
    "seeds_of",
    "spread",
    "walk_sheds",
    "widest_step",
]

Labels = npt.NDArray[np.int64]

BUCKET_SHIFT = 7
MOST_DIGITS = 30


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """For every node, the nearest facility and how far it is.

    Parameters
    ----------
    label
        Distance (decimetres, high half) and index of the facility (low half) in one number.
    """

    label: Labels

    @property
    def distance_dm(self) -> Ints:
        """Distance to the nearest facility, ``UNREACHED`` where there is none."""
        return (self.label >> 32).astype(np.int32)

    @property
    def owner(self) -> Ints:
        """Index of the nearest facility, the smallest of equally near ones; -1 for none."""
        return owners(self.label)


def owners(label: Labels) -> Ints:
    """Facility of each label, -1 for none."""
    return np.where(label == FAR, -1, label & UNREACHED).astype(np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Sheds:
    """Nodes within a limit of each origin.

    Parameters
    ----------
    start
        Where each origin's nodes begin; one more entry than origins.
    node, distance_dm
        Nodes, and how far each is from its origin, in no particular order.
    """

    start: npt.NDArray[np.int64]
    node: Ints
    distance_dm: Ints


def limit_dm(minutes: Decimal | int, speed_m_per_s: Decimal | int) -> int:
    """Farthest walk in whole decimetres: a place at this very distance is reached.

    Parameters
    ----------
    minutes, speed_m_per_s
        Time and speed, exact.

    Raises
    ------
    InvalidInput
        When either is not above zero or has more than 30 digits or decimal places, or the walk is
        longer than 1,000 km.

    Examples
    --------
    >>> limit_dm(15, 1), limit_dm(15, Decimal("0.8")), limit_dm(15, Decimal("1.2"))
    (9000, 7200, 10800)
    """
    for title, value in (("分钟数", minutes), ("步行速度（米/秒）", speed_m_per_s)):
        if not Decimal(value).is_finite() or value <= 0:
            raise InvalidInput(f"{title}应大于 0：{value}", code="not_positive")
        _require_short(title, Decimal(value))
    walk = Fraction(minutes) * 60 * Fraction(speed_m_per_s) * DM_A_METRE
    if walk > LIMITLESS // 100:
        raise InvalidInput(f"步行距离 {float(walk) / 1e4:.0f} km 超过 1000 km", code="too_far")
    # a walk of whole decimetres reaches the limit when it is not longer: fractions fall away
    return walk.numerator // walk.denominator


def _require_short(title: str, value: Decimal) -> None:
    """Refuse numbers that take hours to reckon with exactly, such as 1e-99999999."""
    digits, exponent = value.as_tuple()[1:]
    if not (len(digits) <= MOST_DIGITS and isinstance(exponent, int)):
        raise InvalidInput(f"{title}的位数过多，至多 {MOST_DIGITS} 位", code="bad_number")
    if not -MOST_DIGITS <= exponent <= MOST_DIGITS:
        raise InvalidInput(f"{title}超出可处理的范围", code="bad_number")


def seeds_of(network: WalkNetwork, places: Snapped) -> tuple[Ints, Labels]:
    """Two nodes a place with the labels that a search outwards starts from.

    Places off the network give node -1. The low half of a label is the place's index.
    """
    on = places.is_on_network
    edge = np.where(on, places.edge, 0)
    seeds = np.full((len(places), 2), -1, dtype=np.int32)
    label = np.full((len(places), 2), FAR)
    if not on.any():
        return seeds.ravel(), label.ravel()
    length, offset = network.length_dm[edge], places.offset_dm
    # people come along the edge from its start, or back along it from its end
    ways = (
        (network.edge_start, network.forward_dm[edge], offset),
        (network.edge_end, network.backward_dm[edge], length - offset),
    )
    for column, (end, cost, part) in enumerate(ways):
        walk = (cost.astype(np.int64) * part + length // 2) // length + places.access_dm
        seeds[on, column] = end[edge][on]
        label[on, column] = ((walk << 32) | np.arange(len(places)))[on]
    return seeds.ravel(), label.ravel()


def nearest_facility(network: WalkNetwork, facilities: Snapped, limit: int = LIMITLESS) -> Field:
    """Nearest facility of every node, one search for all.

    Parameters
    ----------
    network, facilities
        Streets, and facilities on them; those off the network serve nobody.
    limit
        Farthest walk that is of interest, decimetres.
    """
    label = np.full(network.nodes, FAR)
    seeds, seed_label = seeds_of(network, facilities)
    spread(network, label, seeds[seeds >= 0], seed_label[seeds >= 0], limit)
    return Field(label)


def spread(
    network: WalkNetwork, label: Labels, seeds: Ints, seed_label: Labels, limit: int = LIMITLESS
) -> None:
    """Lower `label` in place, from the seeds outwards."""
    if not network.nodes or not len(seeds):
        return
    settle(
        network.row_start,
        network.arcs,
        seeds,
        seed_label,
        limit,
        BUCKET_SHIFT,
        widest_step(network, seed_label),
        label,
        np.empty(network.nodes, dtype=np.int32),
    )


def widest_step(network: WalkNetwork, seed_label: Labels) -> int:
    """Longest step of a search: an arc, or the way to a seed."""
    seeds = seed_label[seed_label != FAR]
    farthest = int(seeds.max() >> 32) if len(seeds) else 0
    return max(network.longest_dm, farthest)


def distance_from_field(
    network: WalkNetwork, field: Field, facilities: Snapped, demand: Snapped
) -> tuple[Ints, Ints]:
    """Walk from each demand place to its nearest facility, and that facility's index.

    Parameters
    ----------
    network, field, facilities
        Streets, the field of `nearest_facility`, and the facilities that it was made of.
    demand
        Places of people; those off the network reach nothing.

    Returns
    -------
    tuple of arrays
        Distances in decimetres (``UNREACHED`` for none) and indices (-1 for none).
    """
    met = labels_of_demand(network, field.label, facilities, demand)
    return (met >> 32).astype(np.int32), owners(met)


def labels_of_demand(
    network: WalkNetwork, label: Labels, facilities: Snapped, demand: Snapped
) -> Labels:
    """Label of each demand place: by the nodes of its edge, or along the edge itself."""
    met = np.full(len(demand), FAR)
    order = np.argsort(facilities.edge, kind="stable")
    order = order[facilities.edge[order] >= 0]
    meet(
        label,
        network.edge_start,
        network.edge_end,
        network.length_dm,
        network.forward_dm,
        network.backward_dm,
        demand.edge,
        demand.offset_dm,
        demand.access_dm,
        facilities.edge[order],
        facilities.offset_dm[order].astype(np.int64),
        facilities.access_dm[order].astype(np.int64),
        order,
        met,
    )
    return met


def walk_sheds(network: WalkNetwork, origins: Snapped, limit: int, *, threads: int = 2) -> Sheds:
    """Nodes from which each origin can be walked to within `limit` decimetres.

    Parameters
    ----------
    network, origins
        Streets, and the places of the circles; one off the network has an empty circle.
    limit
        Farthest walk, decimetres.
    threads
        Searches that run side by side; the answer is the same for any number.
    """
    seeds, seed_label = seeds_of(network, origins)
    widest = widest_step(network, seed_label)

    def some(first: int, last: int) -> tuple[npt.NDArray[np.int64], Ints, Ints]:
        found: tuple[npt.NDArray[np.int64], Ints, Ints] = sheds(
            network.row_start,
            network.arcs,
            seeds[2 * first : 2 * last],
            seed_label[2 * first : 2 * last] & ~np.int64(UNREACHED),
            limit,
            BUCKET_SHIFT,
            widest,
            network.nodes,
        )
        return found

    cuts = np.linspace(0, len(origins), max(1, threads) + 1).astype(int)
    with ThreadPoolExecutor(max(1, threads)) as pool:
        parts = list(pool.map(some, cuts[:-1], cuts[1:]))
    sizes = np.concatenate([np.diff(part[0]) for part in parts])
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return Sheds(
        start, np.concatenate([part[1] for part in parts]), np.concatenate([p[2] for p in parts])
    )
