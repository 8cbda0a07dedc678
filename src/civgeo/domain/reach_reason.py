"""Why demand is not reached: a closed list that parts the unreached without rest."""

from civgeo.domain.labelled import Labelled

__all__ = ["ReachReason"]


class ReachReason(Labelled):
    """Reason why people at a place do not reach a facility in time.

    The first that holds is given: there is none at all; the place is on no street; all that it
    reaches are full; a barrier lies between it and a facility whose straight-line circle it lies
    in; an adult would be in time; it is inside such a circle, but the walk is longer, and the
    layers given name no barrier; no way leads to any facility; every facility is too far.
    """

    NO_FACILITY = "no_facility", "没有此类设施"
    UNSNAPPED = "unsnapped", "附近没有步行路"
    FULL = "full", "可达设施已满"
    BARRIER = "barrier", "直线在圈内，步行绕行在圈外"
    SLOW = "slow", "成人可达，老年人步速不可达"
    DISCONNECTED = "disconnected", "与任何设施都不连通"
    FAR = "far", "距离太远"
