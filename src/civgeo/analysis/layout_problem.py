"""A question of layout, and its answer: which sites to open, how good that is, what binds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

import numpy as np
import numpy.typing as npt

__all__ = ["Assignment", "Binding", "BindingKind", "Effort", "LayoutAnswer", "LayoutFinding"]
__all__ += ["LayoutModel", "LayoutProblem", "LayoutStatus", "Quota", "SiteRole", "SiteShare"]

Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
Progress = Callable[[str, int, int], None]


class LayoutModel(StrEnum):
    """What is asked for."""

    LSCP = "lscp"
    MCLP = "mclp"
    PMEDIAN = "pmedian"
    CAPACITATED = "capacitated"

    @property
    def label_zh(self) -> str:
        """Name for officers."""
        return _MODEL_LABELS[self]


_MODEL_LABELS = {
    LayoutModel.LSCP: "最少点位全覆盖（LSCP）",
    LayoutModel.MCLP: "最大覆盖（MCLP）",
    LayoutModel.PMEDIAN: "总距离最短（p-中位）",
    LayoutModel.CAPACITATED: "有容量的最大覆盖与分配",
}


class LayoutStatus(StrEnum):
    """How far the answer goes."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"

    @property
    def label_zh(self) -> str:
        """Word for officers."""
        return _STATUS_LABELS[self]


_STATUS_LABELS = {
    LayoutStatus.OPTIMAL: "已证明最优",
    LayoutStatus.FEASIBLE: "可行，未证明最优",
    LayoutStatus.INFEASIBLE: "无可行方案",
    LayoutStatus.UNKNOWN: "限时内未得出方案",
}


class SiteRole(StrEnum):
    """Why a site is open."""

    EXISTING = "existing"
    REQUIRED = "required"
    CHOSEN = "chosen"


class BindingKind(StrEnum):
    """What keeps the answer from being better."""

    NUMBER = "p"
    QUOTA_MAX = "quota_max"
    QUOTA_MIN = "quota_min"
    CAPACITY = "capacity"
    UNREACHED = "unreached"


@dataclass(frozen=True, slots=True)
class Quota:
    """How many new sites a county gets; `most` None where nothing bounds it."""

    least: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class LayoutProblem:
    """Candidates, demand, and the ways between them.

    Parameters
    ----------
    model
        What is asked for.
    arc_candidate, arc_demand, distance_dm
        Which candidate reaches which demand, by position, and over how many decimetres.
    weights
        Households or elders of each demand; three decimals are kept.
    candidates
        Number of candidates, the existing facilities among them.
    new_sites
        How many to open beside the existing, the required included (p). Needed for MCLP and the
        p-median; none are opened by CAPACITATED without it; LSCP takes none.
    existing, required, forbidden
        Of each candidate: it is open already and stays; it has to be opened; it must not be.
    group
        County of each candidate, for `quotas`, which count new sites only.
    quotas
        By county.
    capacity
        People whom each candidate serves; inf without a bound, NaN where nobody knows. Read by
        CAPACITATED only.
    limit_dm
        Longer ways do not count.
    labels
        Names of the candidates, for messages.
    counted
        What the weights count, in Chinese, for units and messages: ``人``, ``户``.
    """

    model: LayoutModel
    arc_candidate: Ints
    arc_demand: Ints
    distance_dm: Ints
    weights: npt.ArrayLike
    candidates: int
    new_sites: int | None = None
    existing: Flags | None = None
    required: Flags | None = None
    forbidden: Flags | None = None
    group: tuple[str, ...] | None = None
    quotas: Mapping[str, Quota] = field(default_factory=dict)
    capacity: npt.ArrayLike | None = None
    limit_dm: int | None = None
    labels: tuple[str, ...] | None = None
    counted: str = "人"


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to look, and whom to tell.

    Parameters
    ----------
    seconds
        After this the best answer so far is given, with its bound.
    gap
        A share of the objective: an answer proven to be as near to the best one is good enough.
    progress
        Called with a label, steps done and steps in all.
    cancelled
        Asked now and then; where it says True, the best answer so far is given.
    """

    seconds: float = 60.0
    gap: float = 0.0
    progress: Progress | None = None
    cancelled: Callable[[], bool] | None = None


@dataclass(frozen=True, slots=True)
class LayoutFinding:
    """Something about the input that an officer should know; the rest was computed.

    Parameters
    ----------
    code
        A machine word.
    subject
        ``candidate``, ``demand``, ``group`` or empty for the whole.
    rows
        Positions that it concerns, or empty.
    message
        In Chinese, without the rows.
    """

    code: str
    subject: str
    rows: tuple[int, ...]
    message: str


@dataclass(frozen=True, slots=True)
class SiteShare:
    """What one open site does.

    Parameters
    ----------
    candidate
        Position.
    role
        Why it is open.
    assigned
        People who go there.
    gained
        People whom nobody would serve were this site closed and the others kept; None where a
        capacity model is too large to ask this of every site.
    saved_m
        Metres times people that the others would walk further were it closed; p-median only.
    capacity
        People it serves at most, None without a bound.
    """

    candidate: int
    role: SiteRole
    assigned: Fraction
    gained: Fraction | None
    saved_m: Fraction | None = None
    capacity: Fraction | None = None

    @property
    def is_full(self) -> bool:
        """Whether nobody more can be served."""
        return self.capacity is not None and self.assigned >= self.capacity


@dataclass(frozen=True, slots=True)
class Binding:
    """One thing that binds.

    Parameters
    ----------
    kind
        What it is.
    subject
        County, position of a site, or None.
    gain
        By how much the objective would be better with one more; None where that was not asked.
    message
        In Chinese.
    """

    kind: BindingKind
    subject: str | int | None
    gain: Fraction | None
    message: str


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """Who goes where: one row a demand, more where a capacity splits it."""

    demand: Ints
    candidate: Ints
    people: npt.NDArray[np.float64]
    distance_dm: Ints


@dataclass(frozen=True, slots=True, eq=False)
class LayoutAnswer:
    """What to open.

    Parameters
    ----------
    model, status
        What was asked, and how far the answer goes.
    reasons
        In Chinese, why there is none, or why it is not proven.
    objective, bound
        Value reached, and what no choice can pass; None where there is none.
    sense
        ``min`` or ``max``.
    unit
        Of the objective: ``处``, what the weights count (``人``), or that times ``米``.
    chosen
        Positions of the sites opened new, the required included, rising.
    sites
        Every open site.
    assignment
        Who goes where; in CAPACITATED a demand may be split into whole people.
    binding, findings
        What binds; what was wrong with the input.
    unreached
        Positions of demand that no candidate which may be open reaches.
    people, served
        People in all and people served.
    distance_m
        Metres that the people served walk together.
    method
        How it was found, with the solver's version.
    """

    model: LayoutModel
    status: LayoutStatus
    reasons: tuple[str, ...]
    objective: Fraction | None
    bound: Fraction | None
    sense: str
    unit: str
    chosen: tuple[int, ...]
    sites: tuple[SiteShare, ...]
    assignment: Assignment
    binding: tuple[Binding, ...]
    findings: tuple[LayoutFinding, ...]
    unreached: tuple[int, ...]
    people: Fraction
    served: Fraction
    distance_m: Fraction
    method: str

    @property
    def gap(self) -> Fraction | None:
        """Distance of the bound from the objective, as a share of the objective."""
        if self.objective is None or self.bound is None:
            return None
        apart = abs(self.bound - self.objective)
        if apart == 0:
            return Fraction(0)
        return apart / abs(self.objective) if self.objective else None

    @property
    def mean_distance_m(self) -> Fraction | None:
        """Metres that one person served walks."""
        return self.distance_m / self.served if self.served else None
