"""Walks of all people after each edit of a scenario, and what the edits gain and lose.

One more edit costs one edit: what stood before it is kept and never changed in place.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from civgeo.analysis.field_edits import Crossing, EditableField
from civgeo.analysis.snapping import Snapped, joined
from civgeo.analysis.walk_network import UNREACHED, Ints

__all__ = ["Replay", "Step", "UnitSums", "Walks", "contributions", "first_walks", "unit_sums"]

Rows = npt.NDArray[np.intp]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """What one edit changed.

    Parameters
    ----------
    rows
        Places of people whose walk is another one; a place that the edit adds is the last row.
    before_dm, after_dm
        Their walks, decimetres.
    """

    rows: Rows
    before_dm: Ints
    after_dm: Ints


_NOTHING = Step(np.zeros(0, np.intp), np.zeros(0, np.int32), np.zeros(0, np.int32))


@dataclass(frozen=True, slots=True, eq=False)
class Walks:
    """Walks of people to the nearest facility after some edits.

    Parameters
    ----------
    field
        Field of the facilities; shared, so nobody edits it.
    demand
        Places of people.
    distance_dm, owner
        Walk of each, and position of its facility (-1 for none).
    steps
        One for each edit so far.
    """

    field: EditableField
    demand: Snapped
    distance_dm: Ints
    owner: Ints
    steps: tuple[Step, ...] = ()


def first_walks(field: EditableField, demand: Snapped) -> Walks:
    """Walks before the first edit."""
    distance, owner = field.demand(demand)
    return Walks(field, demand, distance, owner)


class Replay:
    """Goes on from some walks, edit by edit; what it starts from stays as it is."""

    def __init__(self, start: Walks) -> None:
        self._field = start.field
        self._is_own = False
        self._demand = start.demand
        self._distance, self._owner = start.distance_dm, start.owner
        self._steps = list(start.steps)

    def walks(self) -> Walks:
        """Walks as they stand; the replay goes on with a field of its own."""
        self._is_own = False
        return Walks(self._field, self._demand, self._distance, self._owner, tuple(self._steps))

    def leave(self) -> None:
        """An edit that changes no walk."""
        self._steps.append(_NOTHING)

    def add(self, place: Snapped) -> int:
        """A new facility; returns its position."""
        position = self._editable().add(place)
        self._step()
        return position

    def move(self, position: int, place: Snapped) -> None:
        """A facility stands elsewhere."""
        self._editable().move(position, place)
        self._step()

    def close(self, position: int) -> None:
        """A facility serves no longer."""
        self._editable().close(position)
        self._step()

    def add_crossing(self, crossing: Crossing) -> None:
        """A new way over a barrier."""
        self._editable().add_crossing(crossing)
        self._step()

    def add_people(self, place: Snapped) -> None:
        """People at one more place."""
        self._demand = joined(self._demand, place)
        self._distance = np.append(self._distance, np.int32(UNREACHED))
        self._step()

    def _editable(self) -> EditableField:
        if not self._is_own:
            self._field, self._is_own = self._field.copy(), True
        return self._field

    def _step(self) -> None:
        distance, self._owner = self._field.demand(self._demand)
        rows = np.flatnonzero(distance != self._distance)
        self._steps.append(Step(rows, self._distance[rows], distance[rows]))
        self._distance = distance


def contributions(steps: Sequence[Step], people: Counts, limit_dm: int) -> Counts:
    """People that each edit alone adds to those reached, in the order of the edits.

    Parameters
    ----------
    steps
        What the edits changed.
    people
        People of each place; places that an edit added are the last.
    limit_dm
        Farthest walk, decimetres.
    """
    if not steps:
        return np.zeros(0, np.int64)
    number = np.repeat(np.arange(len(steps)), [len(step.rows) for step in steps])
    rows = np.concatenate([step.rows for step in steps])
    before = np.concatenate([step.before_dm for step in steps]) <= limit_dm
    after = np.concatenate([step.after_dm for step in steps]) <= limit_dm
    change = people[rows] * (after.astype(np.int64) - before)
    return _sums(number, change, len(steps))


@dataclass(frozen=True, slots=True, eq=False)
class UnitSums:
    """People of each unit, before and after.

    Parameters
    ----------
    people_before, people_after, reached_before, reached_after
        People, and those of them in reach.
    gained, lost
        Reached after and not before, and the other way round; those of new places are gained.
    """

    people_before: Counts
    people_after: Counts
    reached_before: Counts
    reached_after: Counts
    gained: Counts
    lost: Counts


def unit_sums(
    unit: Rows, units: int, people: Counts, before_dm: Ints, after_dm: Ints, limit_dm: int
) -> UnitSums:
    """Sums of each unit; the last one is for places in none of them.

    Parameters
    ----------
    unit
        Number of the unit of each place, -1 for none.
    units
        How many units there are.
    people
        People of each place.
    before_dm, after_dm
        Walks of the places; those after the end of `before_dm` are new.
    limit_dm
        Farthest walk, decimetres.
    """
    old = len(before_dm)
    then = np.zeros(len(after_dm), dtype=bool)
    then[:old] = before_dm <= limit_dm
    now = after_dm <= limit_dm
    place = np.where(unit < 0, units, unit)

    def summed(values: Counts) -> Counts:
        return _sums(place, values, units + 1)

    known_before = people.copy()
    known_before[old:] = 0
    return UnitSums(
        people_before=summed(known_before),
        people_after=summed(people),
        reached_before=summed(people * then),
        reached_after=summed(people * now),
        gained=summed(people * (now & ~then)),
        lost=summed(people * (then & ~now)),
    )


def _sums(place: Rows, values: Counts, count: int) -> Counts:
    """Exact sums: whole numbers below 2**53 stay whole in floating point."""
    return np.bincount(place, weights=values, minlength=count).astype(np.int64)
