"""Edits of a scenario carried out on the walk network, kind by kind.

What stood after each list of edits is kept for a while: one more edit replays only that one.
"""

import numpy as np

from civgeo.analysis.field_edits import Crossing, EditableField
from civgeo.analysis.scenario_reach import Replay, first_walks
from civgeo.analysis.snapping import joined
from civgeo.analysis.walk_network import DM_A_METRE
from civgeo.domain.facility import FacilityKind
from civgeo.domain.scenario_edits import (
    AddCrossing,
    AddEstate,
    AddFacility,
    CloseFacility,
    MoveFacility,
    ScenarioEdit,
)
from civgeo.errors import CrsError
from civgeo.services.city import City
from civgeo.services.scenario_ground import NOWHERE, PlanningGround
from civgeo.services.scenario_prefixes import KindWalks
from civgeo.services.walk_ground import served_by

__all__ = ["crossing_of", "is_open", "new_id", "walks_after"]


def new_id(number: int) -> str:
    """Id in answers of what edit `number` (from 1) adds."""
    return f"edit-{number}"


def is_open(planning: PlanningGround, edit: AddFacility) -> bool:
    """Whether a new facility serves on the scenario's day."""
    return edit.opens is None or edit.opens <= planning.ground.on


def crossing_of(planning: PlanningGround, edit: AddCrossing) -> Crossing:
    """The crossing of an edit; its ends may be off the network."""
    lon, lat = (np.array(values) for values in zip(*edit.line, strict=True))
    try:
        x, y = planning.metres(lon, lat)
    except CrsError:  # too far away for the zone
        return Crossing(joined(NOWHERE, NOWHERE), 1)
    length = float(np.hypot(np.diff(x), np.diff(y)).sum())
    first, last = planning.place(*edit.line[0]), planning.place(*edit.line[-1])
    return Crossing(joined(first, last), max(1, round(length * DM_A_METRE)))


def walks_after(
    city: City, planning: PlanningGround, kind: FacilityKind, edits: tuple[ScenarioEdit, ...]
) -> tuple[KindWalks, KindWalks]:
    """Walks to facilities of `kind` before and after the edits.

    Parameters
    ----------
    city, planning
        The city and its ground.
    kind
        Facilities that serve.
    edits
        Carried out in order; those that do not concern the kind change nothing.
    """
    marks = [0]
    for edit in edits:
        marks.append(hash((marks[-1], edit)))
    prefixes = planning.prefixes
    before = prefixes.longest(kind, (), marks)
    if before is None:
        before = _present(city, planning, kind)
        prefixes.keep(kind, (), marks[0], before)
    known = prefixes.longest(kind, edits, marks) or before
    done = len(known.walks.steps)
    if done == len(edits):
        return before, known
    carried = _Carried(planning, kind, known)
    for number, edit in enumerate(edits[done:], done + 1):
        carried.carry_out(number, edit)
    after = carried.result()
    prefixes.keep(kind, edits, marks[-1], after)
    return before, after


def _present(city: City, planning: PlanningGround, kind: FacilityKind) -> KindWalks:
    ground = planning.ground
    served = served_by(city, ground, (kind,))
    field = EditableField(ground.network, served.places, served.field)
    ids = tuple(served.facilities.index)
    names = tuple(served.facilities["name"])
    position = {id: at for at, id in enumerate(ids)}
    return KindWalks(first_walks(field, ground.people), ids, names, position)


class _Carried:
    """One kind while edits are carried out."""

    def __init__(self, planning: PlanningGround, kind: FacilityKind, start: KindWalks) -> None:
        self._planning, self._kind = planning, kind
        self._replay = Replay(start.walks)
        self._ids, self._names = list(start.ids), list(start.names)
        self._position = dict(start.position)

    def result(self) -> KindWalks:
        """Where it stands; nothing is carried out after that."""
        return KindWalks(self._replay.walks(), tuple(self._ids), tuple(self._names), self._position)

    def carry_out(self, number: int, edit: ScenarioEdit) -> None:
        """Carry out edit `number`."""
        match edit:
            case AddFacility() if edit.kind is self._kind and is_open(self._planning, edit):
                self._stand(new_id(number), edit.name, edit.lon, edit.lat)
            case MoveFacility() if self._serves(edit.facility):
                known = self._planning.facilities[edit.facility]
                self._stand(edit.facility, known.name, edit.lon, edit.lat)
            case CloseFacility() if edit.facility in self._position:
                self._replay.close(self._position[edit.facility])
            case AddEstate():
                self._replay.add_people(self._planning.place(edit.lon, edit.lat))
            case AddCrossing():
                self._cross(edit)
            case _:
                self._replay.leave()

    def _serves(self, id: str) -> bool:
        known = self._planning.facilities.get(id)
        return known is not None and known.kind is self._kind and known.is_operating

    def _stand(self, id: str, name: str, lon: float, lat: float) -> None:
        """A facility stands there now; one that had no place so far is a new one."""
        place = self._planning.place(lon, lat)
        if id in self._position:
            self._replay.move(self._position[id], place)
            return
        self._position[id] = self._replay.add(place)
        self._ids.append(id)
        self._names.append(name)

    def _cross(self, edit: AddCrossing) -> None:
        crossing = crossing_of(self._planning, edit)
        if crossing.ends.is_on_network.all():
            self._replay.add_crossing(crossing)
        else:
            self._replay.leave()
