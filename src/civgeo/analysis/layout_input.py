"""A question of layout made sound: whole people, distinct arcs, what may be open."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from civgeo.analysis.layout_problem import Flags, Ints, LayoutFinding, LayoutModel, LayoutProblem
from civgeo.errors import InvalidInput

__all__ = ["Instance", "rows_alike", "settled"]

Whole = npt.NDArray[np.int64]

PARTS_OF_ONE = 1000
"""Weights that are not whole are counted in thousandths."""

MOST_PEOPLE = 10**10
_SHOWN = 10


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """A sound problem.

    Parameters
    ----------
    problem
        What was asked.
    candidate, demand, distance
        Arcs from what may be open to who counts, each pair once, by demand and candidate.
    weight
        People of each demand in parts of `scale`; 0 for rows that are refused.
    scale
        1, or 1000 where a weight is not whole.
    existing, required, eligible
        Of each candidate: open and stays; to be opened; may be opened.
    group, least, most
        Group of each candidate by position, and the quota of each group.
    groups
        Names of the groups.
    new_sites
        At most so many are opened.
    capacity
        Of each candidate in parts of `scale`; None where the model has none.
    unreached
        Demand with people that no arc leads to.
    findings, contradictions
        What was wrong; in Chinese, why there can be no answer.
    """

    problem: LayoutProblem
    candidate: Ints
    demand: Ints
    distance: Whole
    weight: Whole
    scale: int
    existing: Flags
    required: Flags
    eligible: Flags
    group: Ints
    least: Whole
    most: Whole
    groups: tuple[str, ...]
    new_sites: int
    capacity: Whole | None
    unreached: Ints
    findings: tuple[LayoutFinding, ...]
    contradictions: tuple[str, ...]

    def label(self, candidate: int) -> str:
        """How a message names a candidate."""
        return _label(self.problem, candidate)


def _label(problem: LayoutProblem, candidate: int) -> str:
    if problem.labels is None:
        return f"候选点第 {candidate + 1} 行"
    return problem.labels[candidate]


def settled(problem: LayoutProblem) -> Instance:
    """`problem` with what cannot count left out and named.

    Raises
    ------
    InvalidInput
        When arrays do not fit together, p is missing or negative, quotas come without counties,
        or a capacity model without capacities.
    """
    findings: list[LayoutFinding] = []
    weight, scale = _people(problem, findings)
    existing, required, eligible = _roles(problem, findings)
    capacity = _capacities(problem, scale, int(weight.sum()), findings)
    open_to = existing | eligible
    if capacity is not None:
        open_to &= capacity >= 0
        eligible = eligible & open_to
        capacity = np.maximum(capacity, 0)
    candidate, demand, distance = _arcs(problem, open_to, weight)
    _tell_coincident(candidate, demand, distance, findings)
    groups, group, least, most = _quotas(problem, findings)
    new_sites = _number(problem, int(eligible.sum()), findings)
    reached = np.zeros(len(weight), dtype=np.bool_)
    reached[demand] = True
    unreached = np.flatnonzero(~reached & (weight > 0)).astype(np.int32)
    if len(unreached):
        told = "任何可用点位都不能在限定距离内到达，计为未覆盖"
        findings.append(_finding("unreached", "demand", unreached, told))
    required = required & ~existing
    wanted = (required, eligible, group, least, most)
    return Instance(
        *(problem, candidate, demand, distance, weight, scale, existing, required, eligible),
        *(group, least, most, groups, new_sites, capacity, unreached, tuple(findings)),
        _contradictions(problem, groups, *wanted, new_sites),
    )


def rows_alike(row: npt.NDArray[np.integer], *columns: npt.NDArray[np.generic]) -> Whole:
    """Number of each row; rows whose cells are equal in every column have the same one.

    Parameters
    ----------
    row
        Row of each cell, rising from 0 without a break.
    columns
        What the cells hold.
    """
    ends = np.flatnonzero(np.diff(row, append=row[-1:] + 1)) + 1
    held = [np.ascontiguousarray(column).view(np.uint8) for column in columns]
    widths = [column.dtype.itemsize for column in columns]
    seen: dict[bytes, int] = {}
    numbers, begin = np.empty(len(ends), dtype=np.int64), 0
    for place, end in enumerate(ends.tolist()):
        key = b"".join(
            cells[begin * width : end * width].tobytes()
            for cells, width in zip(held, widths, strict=True)
        )
        numbers[place] = seen.setdefault(key, len(seen))
        begin = end
    return numbers


def _tell_coincident(
    candidate: Ints, demand: Ints, distance: Whole, findings: list[LayoutFinding]
) -> None:
    """Name candidates from which every demand is as far as from an earlier one."""
    order = np.lexsort((demand, candidate))
    present, row = np.unique(candidate[order], return_inverse=True)
    number = rows_alike(row, demand[order], distance[order])
    first = np.unique(number, return_index=True)[1]
    again = np.delete(present, first)
    if len(again):
        told = "可达的需求点和距离与前面一处现有设施或候选点完全相同（同一地点？）"
        findings.append(_finding("coincident", "candidate", again, told))


def _finding(code: str, subject: str, rows: npt.NDArray[np.integer], told: str) -> LayoutFinding:
    return LayoutFinding(code, subject, tuple(int(row) for row in rows), f"{told}。")


def _people(problem: LayoutProblem, findings: list[LayoutFinding]) -> tuple[Whole, int]:
    given = np.asarray(problem.weights, dtype=np.float64)
    if given.ndim != 1:
        raise InvalidInput("需求权重应为一列数", code="bad_weights")
    if not len(given):
        findings.append(LayoutFinding("no_demand", "", (), "没有需求点。"))
    bad = ~np.isfinite(given) | (given < 0) | (given > MOST_PEOPLE)
    if bad.any():
        told = "人数为负、缺失或过大，未计入"
        findings.append(_finding("bad_weight", "demand", np.flatnonzero(bad), told))
    sound = np.where(bad, 0.0, given)
    if sound.sum() > MOST_PEOPLE:
        raise InvalidInput(f"人数合计超过 {MOST_PEOPLE}，请检查权重列", code="too_large")
    scale = 1 if (sound == np.rint(sound)).all() else PARTS_OF_ONE
    weight = np.rint(sound * scale).astype(np.int64)
    rounded = np.abs(weight / scale - sound) > 1e-9 * np.maximum(sound, 1)
    if rounded.any():
        told = "人数多于三位小数，四舍五入到千分之一"
        findings.append(_finding("weight_rounded", "demand", np.flatnonzero(rounded), told))
    if len(weight) and not weight.any():
        findings.append(LayoutFinding("no_people", "", (), "全部需求点的人数都是 0。"))
    return weight, scale


def _roles(problem: LayoutProblem, findings: list[LayoutFinding]) -> tuple[Flags, Flags, Flags]:
    count = problem.candidates
    flags = []
    for given in (problem.existing, problem.required, problem.forbidden):
        flag = np.zeros(count, dtype=np.bool_) if given is None else np.asarray(given, np.bool_)
        if flag.shape != (count,):
            raise InvalidInput("候选点的标记与候选点数不符", code="bad_shape")
        flags.append(flag)
    existing, required, forbidden = flags
    if not (~existing & ~forbidden).any():
        findings.append(LayoutFinding("no_candidates", "", (), "没有可新开的候选点。"))
    both = existing & forbidden
    if both.any():
        told = "已是现有设施，保留，“禁用”未生效"
        findings.append(_finding("existing_forbidden", "candidate", np.flatnonzero(both), told))
    return existing, required, ~existing & ~forbidden


def _capacities(
    problem: LayoutProblem, scale: int, people: int, findings: list[LayoutFinding]
) -> Whole | None:
    """Capacities, at most all people; -1 where it is not known."""
    if problem.model is not LayoutModel.CAPACITATED:
        return None
    if problem.capacity is None:
        raise InvalidInput("有容量的模型需要容量列", code="no_capacity")
    given = np.asarray(problem.capacity, dtype=np.float64)
    if given.shape != (problem.candidates,):
        raise InvalidInput("容量与候选点数不符", code="bad_shape")
    unknown = np.isnan(given) | (given < 0)
    if unknown.any():
        told = "没有容量或容量为负，未计入"
        findings.append(_finding("no_capacity", "candidate", np.flatnonzero(unknown), told))
    if (given == 0).any():
        told = "容量为 0，不能服务任何人"
        findings.append(_finding("zero_capacity", "candidate", np.flatnonzero(given == 0), told))
    whole = np.floor(np.minimum(np.where(unknown, 0.0, given) * scale + 1e-6, people))
    return np.where(unknown, -1, whole.astype(np.int64))


def _arcs(problem: LayoutProblem, open_to: Flags, weight: Whole) -> tuple[Ints, Ints, Whole]:
    candidate = np.asarray(problem.arc_candidate, dtype=np.int32)
    demand = np.asarray(problem.arc_demand, dtype=np.int32)
    distance = np.asarray(problem.distance_dm, dtype=np.int64)
    if not len(candidate) == len(demand) == len(distance):
        raise InvalidInput("可达关系的三列长度不同", code="bad_shape")
    for places, count in ((candidate, problem.candidates), (demand, len(weight))):
        if len(places) and (places.min() < 0 or places.max() >= count):
            raise InvalidInput("可达关系引用了不存在的点", code="bad_arc")
    if len(distance) and distance.min() < 0:
        raise InvalidInput("距离不能为负", code="bad_arc")
    kept = open_to[candidate] & (weight[demand] > 0)
    if problem.limit_dm is not None:
        kept &= distance <= problem.limit_dm
    candidate, demand, distance = candidate[kept], demand[kept], distance[kept]
    order = np.lexsort((distance, candidate, demand))
    candidate, demand, distance = candidate[order], demand[order], distance[order]
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (np.diff(demand) != 0) | (np.diff(candidate) != 0)
    return candidate[first], demand[first], distance[first]


def _quotas(
    problem: LayoutProblem, findings: list[LayoutFinding]
) -> tuple[tuple[str, ...], Ints, Whole, Whole]:
    """Groups that have a quota, and one nameless group of all the others."""
    count = problem.candidates
    if problem.quotas and problem.group is None:
        raise InvalidInput("给了县区配额，但候选点没有所属县区", code="no_group")
    of_each = problem.group or ("",) * count
    if len(of_each) != count:
        raise InvalidInput("候选点的县区与候选点数不符", code="bad_shape")
    absent = sorted(set(problem.quotas) - set(of_each))
    if absent:
        text = f"配额中的县区 {'、'.join(absent)} 没有候选点。"
        findings.append(LayoutFinding("quota_without_candidates", "group", (), text))
    names = tuple(sorted(problem.quotas))
    place = {name: number for number, name in enumerate(names)}
    group = np.array([place.get(name, len(names)) for name in of_each], dtype=np.int32)
    quotas = [problem.quotas[name] for name in names]
    # more than there are candidates is one more than there are, however much it is
    most = [count if quota.most is None else min(quota.most, count) for quota in quotas]
    asked = (min(quota.least, count + 1) for quota in quotas)
    least = np.array([*asked, 0], dtype=np.int64)
    return names, group, least, np.array([*most, count], dtype=np.int64)


def _number(problem: LayoutProblem, eligible: int, findings: list[LayoutFinding]) -> int:
    asked = problem.new_sites
    if asked is not None and asked < 0:
        raise InvalidInput(f"新开点位数不能为负：{asked}", code="negative")
    if problem.model is LayoutModel.LSCP:
        if asked is not None:
            findings.append(LayoutFinding("p_ignored", "", (), "LSCP 自己求点位数，p 未用。"))
        return eligible
    if asked is None and problem.model is not LayoutModel.CAPACITATED:
        raise InvalidInput(f"{problem.model.label_zh} 需要给出新开点位数 p", code="no_p")
    if asked is not None and asked > eligible:
        text = f"p={asked} 多于可新开的 {eligible} 处，按 {eligible} 处计。"
        findings.append(LayoutFinding("p_larger", "", (), text))
    if asked is None:
        return int(np.count_nonzero(problem.required)) if problem.required is not None else 0
    return min(asked, eligible)


def _contradictions(
    problem: LayoutProblem,
    groups: tuple[str, ...],
    required: Flags,
    eligible: Flags,
    group: Ints,
    least: Whole,
    most: Whole,
    new_sites: int,
) -> tuple[str, ...]:
    """In Chinese, what no choice can satisfy."""
    told = []
    barred = np.flatnonzero(required & ~eligible)
    if len(barred):
        names = "、".join(_label(problem, row) for row in barred[:_SHOWN].tolist())
        told.append(f"{names} 既须开设又不可用")
    if required.sum() > new_sites:
        told.append(f"须开设 {required.sum()} 处，多于可新开的 {new_sites} 处")
    needed = np.bincount(group[required], minlength=len(least))
    there = np.bincount(group[eligible], minlength=len(least))
    for number, name in enumerate(groups):
        low, high = int(least[number]), int(most[number])
        if low < 0 or low > high:
            told.append(f"{name} 的配额下限 {low} 大于上限 {high}")
        elif there[number] < low:
            told.append(f"{name} 至少 {low} 处，但只有 {there[number]} 个可用候选点")
        elif needed[number] > high:
            told.append(f"{name} 至多 {high} 处，但其中须开设 {needed[number]} 处")
    least_of_all = int(np.maximum(least, needed).sum())
    if not told and least_of_all > new_sites:
        told.append(f"各县区下限与须开设的合计 {least_of_all} 处，多于可新开的 {new_sites} 处")
    return tuple(told)
