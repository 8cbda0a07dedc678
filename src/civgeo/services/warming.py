"""What a service does before its first question of walking, so that this one is quick too."""

from civgeo.domain.scenario_edits import (
    AddCrossing,
    AddFacility,
    CloseFacility,
    MoveFacility,
    ScenarioEdit,
)
from civgeo.errors import CivgeoError
from civgeo.services.city import City
from civgeo.services.scenario_answer import ScenarioQuestion, answer_scenario
from civgeo.services.scenario_ground import PlanningGround, planning_ground
from civgeo.services.scenario_views import answer_document
from civgeo.services.walk_ground import has_streets

__all__ = ["warm_up"]

_NEAR = 0.001


def warm_up(city: City) -> None:
    """Read streets and people, load the compiled loops, find the nearest facilities of each kind.

    Without streets there is nothing to do. What goes wrong here is told to whoever asks first.
    """
    try:
        if has_streets(city):
            _warm_up(city, planning_ground(city))
    except CivgeoError:
        return


def _warm_up(city: City, planning: PlanningGround) -> None:
    for kind in planning.stocks:
        answer_scenario(city, (), ScenarioQuestion((kind,)))
    served = [(id, site.kind) for id, site in planning.facilities.items() if site.is_operating]
    if not served or not len(planning.ground.estates):
        return
    (first, kind), (last, _) = served[0], served[-1]
    place = planning.ground.estates.geometry.iloc[0].representative_point()
    ends = (place.x, place.y), (place.x + _NEAR, place.y)
    edits: list[ScenarioEdit] = [
        AddFacility(kind, "", *ends[0]),
        AddCrossing("", ends),
        MoveFacility(first, *ends[1]),
        *([CloseFacility(last)] if last != first else []),
    ]
    answer_document(answer_scenario(city, edits, ScenarioQuestion((kind,))))
