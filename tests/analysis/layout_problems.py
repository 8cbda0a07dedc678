"""Generated layout problems on a plane."""

from dataclasses import replace

import numpy as np

from civgeo.analysis.layout_problem import LayoutModel, LayoutProblem
from civgeo.analysis.layout_reach import straight_arcs


def plane(model, demands, sites, new_sites, limit_m=None, seed=1, **more):
    """Demand and candidates at random in a square of 20 km."""
    random = np.random.default_rng(seed)
    homes, places = random.random((demands, 2)) * 20_000, random.random((sites, 2)) * 20_000
    arcs = straight_arcs(places, homes, None if limit_m is None else limit_m * 10)
    return LayoutProblem(
        model,
        arcs.facility,
        arcs.demand,
        arcs.distance_dm,
        random.integers(1, 200, demands),
        sites,
        new_sites=new_sites,
        **more,
    )


def small(model=LayoutModel.MCLP, **changes):
    """Three candidates: the first reaches demand 0 and 1, the second 1 and 2, the third 3."""
    problem = LayoutProblem(
        model,
        np.array([0, 0, 1, 1, 2], dtype=np.int32),
        np.array([0, 1, 1, 2, 3], dtype=np.int32),
        np.array([10, 20, 10, 20, 10], dtype=np.int32),
        np.array([5, 4, 3, 1]),
        3,
        new_sites=None if model is LayoutModel.LSCP else 2,
    )
    return replace(problem, **changes)
