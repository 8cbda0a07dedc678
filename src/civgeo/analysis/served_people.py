"""How many people of each place find room in the facilities that they can walk to."""

import numpy as np
import numpy.typing as npt

from civgeo.analysis.layout import solve_layout
from civgeo.analysis.layout_problem import LayoutModel, LayoutProblem
from civgeo.analysis.walk_arcs import Arcs
from civgeo.analysis.walk_network import Floats
from civgeo.errors import InvalidInput

__all__ = ["served_people"]


def served_people(arcs: Arcs, people: npt.ArrayLike, capacity: npt.ArrayLike) -> Floats:
    """People of each place whom the facilities in reach have room for.

    As many as possible are served in all, over the shortest ways; people of one place may go to
    different facilities, and some of them to none.

    Parameters
    ----------
    arcs
        Who can walk where in time.
    people
        People of each place, not negative.
    capacity
        People whom each facility serves; NaN where nobody knows, which counts as no room.

    Raises
    ------
    InvalidInput
        When a capacity is negative, or nothing could be computed.
    """
    wanted = np.asarray(people, dtype=np.float64)
    room = np.nan_to_num(np.asarray(capacity, dtype=np.float64), nan=0.0, posinf=np.inf)
    served = np.zeros(len(wanted))
    if not len(arcs) or not len(room):
        return served
    if (room < 0).any():
        raise InvalidInput("设施容量不能为负", code="negative")
    answer = solve_layout(
        LayoutProblem(
            model=LayoutModel.CAPACITATED,
            arc_candidate=arcs.facility,
            arc_demand=arcs.demand,
            distance_dm=arcs.distance_dm,
            weights=wanted,
            candidates=len(room),
            existing=np.ones(len(room), dtype=np.bool_),
            capacity=room,
        )
    )
    if answer.objective is None:
        raise InvalidInput("；".join(answer.reasons) or "容量分配没有算出结果", code="not_assigned")
    np.add.at(served, answer.assignment.demand, answer.assignment.people)
    return np.minimum(served, wanted)
