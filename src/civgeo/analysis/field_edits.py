"""A field of nearest facilities that follows edits: one facility added, moved, closed, resized.

Only the nodes whose nearest facility changes are searched again; the result equals a search from
the beginning, distances and owners, whatever the order of edits.
"""

from copy import copy
from dataclasses import dataclass, replace

import numpy as np

from civgeo.analysis.kernels.search import FAR, forget
from civgeo.analysis.snapping import Snapped, joined
from civgeo.analysis.walk_network import UNREACHED, Ints, WalkNetwork
from civgeo.analysis.walk_search import (
    Field,
    Labels,
    labels_of_demand,
    nearest_facility,
    owners,
    seeds_of,
    spread,
)
from civgeo.errors import InvalidInput

__all__ = ["Crossing", "EditableField"]


@dataclass(frozen=True, slots=True, eq=False)
class Crossing:
    """A way over a barrier that is not in the network yet.

    Parameters
    ----------
    ends
        Its two ends, snapped to streets.
    length_dm
        Length from end to end, decimetres.
    """

    ends: Snapped
    length_dm: int


class EditableField:
    """Nearest facility of every node, kept right through edits.

    Parameters
    ----------
    network, facilities
        Streets, and the facilities at the beginning.
    field
        Their field, where it is known already; it is copied, never changed.
    """

    def __init__(
        self, network: WalkNetwork, facilities: Snapped, field: Field | None = None
    ) -> None:
        self._network = network
        self._places = facilities
        self._open = np.ones(len(facilities), dtype=bool)
        self._crossings: list[Crossing] = []
        found = nearest_facility(network, facilities) if field is None else field
        self._label: Labels = np.array(found.label)
        self._seeds, self._seed_label = seeds_of(network, facilities)

    def __len__(self) -> int:
        """Number of facilities, the closed ones included."""
        return len(self._places)

    def copy(self) -> "EditableField":
        """A field of its own that stands where this one stands."""
        made = copy(self)
        made._open, made._label = self._open.copy(), self._label.copy()
        made._seeds, made._seed_label = self._seeds.copy(), self._seed_label.copy()
        made._crossings = list(self._crossings)
        return made

    def add(self, place: Snapped) -> int:
        """Add a facility; returns its index.

        Raises
        ------
        InvalidInput
            When `place` is not one point.
        """
        if len(place) != 1:
            raise InvalidInput(f"每次增加一处设施，收到 {len(place)} 处", code="not_one_place")
        index = len(self)
        self._places = joined(self._places, place)
        self._open = np.append(self._open, False)
        seeds, labels = self._seeds_at(index, place)
        self._seeds = np.concatenate([self._seeds, seeds])
        self._seed_label = np.concatenate([self._seed_label, labels])
        self.reopen(index)
        return index

    def close(self, index: int) -> None:
        """Close a facility; one that is closed stays so."""
        self._require(index)
        if not self._open[index]:
            return
        self._open[index] = False
        network = self._network
        seeds = self._seeds[2 * index : 2 * index + 2]
        border, offers = forget(
            network.row_start,
            network.neighbour,
            network.toward_dm,
            seeds,
            index,
            self._label,
            np.empty(network.nodes, dtype=np.int32),
        )
        others = np.repeat(self._open, 2) & (self._seeds >= 0)
        spread(
            network,
            self._label,
            np.concatenate([border, self._seeds[others]]),
            np.concatenate([offers, self._seed_label[others]]),
        )

    def reopen(self, index: int) -> None:
        """Open a facility again; one that is open stays so."""
        self._require(index)
        self._open[index] = True
        seeds = self._seeds[2 * index : 2 * index + 2]
        on = seeds >= 0
        labels = self._seed_label[2 * index : 2 * index + 2]
        spread(self._network, self._label, seeds[on], labels[on])

    def move(self, index: int, place: Snapped) -> None:
        """Move a facility; a closed one stays closed."""
        self._require(index)
        was_open = bool(self._open[index])
        self.close(index)
        self._places = _with(self._places, index, place)
        seeds, labels = self._seeds_at(index, place)
        self._seeds[2 * index : 2 * index + 2] = seeds
        self._seed_label[2 * index : 2 * index + 2] = labels
        if was_open:
            self.reopen(index)

    def add_crossing(self, crossing: Crossing) -> None:
        """Add a way over a barrier.

        Raises
        ------
        InvalidInput
            When it has not two ends on streets.
        """
        if len(crossing.ends) != 2 or not crossing.ends.is_on_network.all():
            raise InvalidInput("跨越设施的两端都应在步行网附近", code="crossing_off_network")
        self._crossings.append(crossing)

    def field(self) -> Field:
        """The field as it stands, crossings included."""
        return Field(self._with_crossings()[0])

    def demand(self, demand: Snapped) -> tuple[Ints, Ints]:
        """Distance and index of the nearest facility of each place, as `distance_from_field`."""
        label, ends = self._with_crossings()
        places = self._open_places()
        met = labels_of_demand(self._network, label, places, demand)
        for end, owner in ends:
            via = labels_of_demand(self._network, np.full(self._network.nodes, FAR), end, demand)
            near = via != FAR
            met[near] = np.minimum(met[near], (via[near] & ~np.int64(UNREACHED)) | owner)
        return (met >> 32).astype(np.int32), owners(met)

    def _open_places(self) -> Snapped:
        edge = np.where(self._open, self._places.edge, -1).astype(np.int32)
        return replace(self._places, edge=edge)

    def _with_crossings(self) -> tuple[Labels, list[tuple[Snapped, int]]]:
        """Labels that use the crossings, and each end of one as a place that serves."""
        if not self._crossings:
            return self._label, []
        label = self._label.copy()
        ends: dict[tuple[int, int], tuple[Snapped, int]] = {}
        offered: dict[tuple[int, int], int] = {}
        changed = True
        while changed:
            changed = False
            for number, crossing in enumerate(self._crossings):
                for side in (0, 1):
                    best = self._across(label, crossing, side, ends)
                    if best >= offered.get((number, side), int(FAR)):
                        continue
                    changed = True
                    offered[number, side] = best
                    ends[number, side] = self._serving(label, crossing, side, best)
        return label, list(ends.values())

    def _across(
        self,
        label: Labels,
        crossing: Crossing,
        side: int,
        ends: dict[tuple[int, int], tuple[Snapped, int]],
    ) -> int:
        """Label at one end by way of the other end."""
        other = crossing.ends.take(np.array([1 - side]))
        best = int(labels_of_demand(self._network, label, self._open_places(), other)[0])
        for end, owner in ends.values():
            if end is not None and end.edge[0] == other.edge[0]:
                lone = np.full(self._network.nodes, FAR)
                via = int(labels_of_demand(self._network, lone, end, other)[0])
                if via != FAR:
                    best = min(best, (via & ~int(UNREACHED)) | owner)
        if best == FAR:
            return int(FAR)
        return best + (crossing.length_dm << 32)

    def _serving(
        self, label: Labels, crossing: Crossing, side: int, best: int
    ) -> tuple[Snapped, int]:
        """One end as a place that is as far from a facility as `best` says; spreads from it."""
        place = crossing.ends.take(np.array([side]))
        owner = best & int(UNREACHED)
        walk = place.access_dm + np.int32(best >> 32)
        place = replace(place, access_dm=walk)
        seeds, labels = seeds_of(self._network, place)
        spread(self._network, label, seeds, (labels & ~np.int64(UNREACHED)) | owner)
        return place, owner

    def _seeds_at(self, index: int, place: Snapped) -> tuple[Ints, Labels]:
        seeds, labels = seeds_of(self._network, place)
        return seeds, np.where(labels == FAR, FAR, labels | index)

    def _require(self, index: int) -> None:
        if not 0 <= index < len(self):
            raise InvalidInput(f"没有序号为 {index} 的设施", code="no_such_facility")


def _with(places: Snapped, index: int, place: Snapped) -> Snapped:
    """`places` with the one at `index` replaced."""
    values = {}
    for name in ("x", "y", "edge", "offset_dm", "access_dm", "nearest_m"):
        column = getattr(places, name).copy()
        column[index] = getattr(place, name)[0]
        values[name] = column
    return Snapped(**values)
