"""HiGHS, called with arrays: one thread, one seed, a deadline, a callback that may stop it."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt

from civgeo.analysis.layout_problem import Effort, LayoutStatus

__all__ = ["Deadline", "LinearModel", "Outcome", "solve", "solver_version"]

Floats = npt.NDArray[np.float64]

SEED = 20260101
_ENDED = {
    highspy.HighsModelStatus.kOptimal: LayoutStatus.OPTIMAL,
    highspy.HighsModelStatus.kInfeasible: LayoutStatus.INFEASIBLE,
}


class Deadline:
    """When an effort ends."""

    def __init__(self, effort: Effort) -> None:
        self.effort = effort
        self._end = monotonic() + effort.seconds

    @property
    def left(self) -> float:
        """Seconds that are left, at least 0."""
        return max(0.0, self._end - monotonic())

    @property
    def is_over(self) -> bool:
        """Whether to stop now."""
        asked = self.effort.cancelled
        return self.left == 0 or (asked is not None and asked())

    def tell(self, label: str, done: int, total: int) -> None:
        """Say how far the work is."""
        if self.effort.progress is not None:
            self.effort.progress(label, done, total)


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """Columns from `lower` to `upper`, rows as compressed rows, and what a column brings."""

    maximise: bool
    cost: Floats
    lower: Floats
    upper: Floats
    integer: npt.NDArray[np.bool_]
    row_lower: Floats
    row_upper: Floats
    row_start: npt.NDArray[np.int64]
    column: npt.NDArray[np.integer]
    value: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What HiGHS found; `values` empty where it found nothing, `duals` of an LP only."""

    status: LayoutStatus
    values: Floats
    objective: float
    bound: float
    duals: Floats


def solver_version() -> str:
    """Name and version for the method of an answer."""
    return f"HiGHS {highspy.Highs().version()}"


def solve(
    model: LinearModel, deadline: Deadline, start: Floats | None = None, label: str = "求解"
) -> Outcome:
    """Best columns of `model`; `start` gives values of the first columns to begin from."""
    highs = highspy.Highs()
    options = {
        "output_flag": False,
        "threads": 1,
        "random_seed": SEED,
        "mip_rel_gap": deadline.effort.gap,
        "time_limit": max(deadline.left, 0.01),
    }
    for name, option in options.items():
        highs.setOptionValue(name, option)
    highs.passModel(_in_highs(model))
    if start is not None:
        highs.setSolution(len(start), np.arange(len(start), dtype=np.int32), start)
    told = _listen(highs, deadline, label)
    highs.run()
    told(1)
    return _outcome(highs, model)


def _in_highs(model: LinearModel) -> Any:  # noqa: ANN401 - a class of the solver's own
    made = highspy.HighsLp()
    made.num_col_, made.num_row_ = len(model.cost), len(model.row_lower)
    made.sense_ = highspy.ObjSense.kMaximize if model.maximise else highspy.ObjSense.kMinimize
    made.col_cost_, made.col_lower_, made.col_upper_ = model.cost, model.lower, model.upper
    made.row_lower_, made.row_upper_ = model.row_lower, model.row_upper
    made.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    made.a_matrix_.start_ = model.row_start.astype(np.int32)
    made.a_matrix_.index_ = model.column.astype(np.int32)
    made.a_matrix_.value_ = model.value
    if model.integer.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        made.integrality_ = [kinds[whole] for whole in model.integer.astype(int)]
    return made


def _listen(highs: Any, deadline: Deadline, label: str) -> Callable[[int], None]:  # noqa: ANN401
    """Have the solver ask whether to stop; gives what says that it has ended."""

    def ask(event: Any) -> None:  # noqa: ANN401
        if deadline.effort.cancelled is not None and deadline.effort.cancelled():
            event.interrupt()

    def tell(done: int) -> None:
        deadline.tell(label, done, 1)

    if deadline.effort.cancelled is not None:
        for asked in (highs.cbMipInterrupt, highs.cbSimplexInterrupt):
            asked.subscribe(ask)
    tell(0)
    return tell


def _outcome(highs: Any, model: LinearModel) -> Outcome:  # noqa: ANN401
    info, solution = highs.getInfo(), highs.getSolution()
    status = _ENDED.get(highs.getModelStatus(), LayoutStatus.UNKNOWN)
    feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    if status is LayoutStatus.UNKNOWN and feasible:
        status = LayoutStatus.FEASIBLE
    found = status in (LayoutStatus.OPTIMAL, LayoutStatus.FEASIBLE)
    values = np.array(solution.col_value) if found else np.zeros(0)
    objective = float(info.objective_function_value)
    bound = float(info.mip_dual_bound) if model.integer.any() else objective
    if not model.integer.any() and status is not LayoutStatus.OPTIMAL:
        bound = np.inf if model.maximise else -np.inf
    duals = np.array(solution.row_dual) if found else np.zeros(0)
    return Outcome(status, values, objective, bound, duals)
