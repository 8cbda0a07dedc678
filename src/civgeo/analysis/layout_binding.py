"""What keeps an answer from being better: the number, quotas, full sites, demand out of reach."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from civgeo.analysis.layout_input import Instance
from civgeo.analysis.layout_problem import Binding, BindingKind, LayoutModel, SiteShare
from civgeo.domain.quantity import decimal_text

__all__ = ["bindings"]

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

DM_A_METRE = 10


def bindings(
    instance: Instance, is_open: Flags, shares: Sequence[SiteShare]
) -> tuple[Binding, ...]:
    """What binds at the sites `is_open`, in the order of `BindingKind`.

    A number or quota binds when one more site would help; what it helps is said, the sites kept.
    """
    new, counted = is_open & ~instance.existing, instance.problem.counted
    added = _added(instance, is_open)
    found = [*_number(instance, new, added), *_quotas(instance, new, added)]
    found += [
        Binding(
            BindingKind.CAPACITY,
            share.candidate,
            None,
            f"{instance.label(share.candidate)} 已满（{decimal_text(share.assigned)} {counted}）",
        )
        for share in shares
        if share.is_full
    ]
    if len(instance.unreached):
        people = Fraction(int(instance.weight[instance.unreached].sum()), instance.scale)
        told = (
            f"{len(instance.unreached)} 个需求点（{decimal_text(people)} {counted}）"
            "没有可用点位能到"
        )
        found.append(Binding(BindingKind.UNREACHED, None, people, told))
    return tuple(found)


def _added(instance: Instance, is_open: Flags) -> Whole:
    """What each closed candidate would add by itself; 0 in the capacity model, which is asked less.

    People in parts of the scale, or decimetres times people for the p-median.
    """
    count = instance.problem.candidates
    added = np.zeros(count, dtype=np.int64)
    model = instance.problem.model
    if model is LayoutModel.LSCP:
        return added
    open_arc = is_open[instance.candidate]
    if model is LayoutModel.PMEDIAN:
        far = np.zeros(len(instance.weight), dtype=np.int64)
        near = np.full(len(instance.weight), np.iinfo(np.int64).max)
        np.minimum.at(near, instance.demand[open_arc], instance.distance[open_arc])
        far = near[instance.demand] - instance.distance
    else:
        served = np.zeros(len(instance.weight), dtype=np.bool_)
        if model is LayoutModel.MCLP:
            served[instance.demand[open_arc]] = True
        far = (~served[instance.demand]).astype(np.int64)
    worth = np.where(open_arc, 0, np.maximum(far, 0) * instance.weight[instance.demand])
    np.add.at(added, instance.candidate, worth)
    added[~instance.eligible] = 0
    return added


def _best(instance: Instance, added: Whole, among: Flags) -> tuple[int, Fraction] | None:
    """Candidate that adds most, and how much in the unit of the objective."""
    worth = np.where(among, added, 0)
    site = int(np.argmax(worth)) if len(worth) else 0
    if not len(worth) or worth[site] == 0:
        return None
    metres = DM_A_METRE if instance.problem.model is LayoutModel.PMEDIAN else 1
    return site, Fraction(int(worth[site]), instance.scale * metres)


def _helps(instance: Instance, site: int, gain: Fraction) -> str:
    model, name = instance.problem.model, instance.label(site)
    text = f"{decimal_text(gain)} {instance.problem.counted}"
    if model is LayoutModel.PMEDIAN:
        return f"再开 {name} 可少走 {text}·米"
    if model is LayoutModel.CAPACITATED:
        return f"{name} 可达 {text}，容量另计"
    return f"再开 {name} 可多覆盖 {text}"


def _number(instance: Instance, new: Flags, added: Whole) -> list[Binding]:
    if instance.problem.model is LayoutModel.LSCP or new.sum() < instance.new_sites:
        return []
    best = _best(instance, added, instance.eligible & ~new)
    if best is None:
        return []
    told = f"新开点位数 p={instance.new_sites} 已用完：{_helps(instance, *best)}"
    gain = None if instance.problem.model is LayoutModel.CAPACITATED else best[1]
    return [Binding(BindingKind.NUMBER, None, gain, told)]


def _quotas(instance: Instance, new: Flags, added: Whole) -> list[Binding]:
    found = []
    held = np.bincount(instance.group[new], minlength=len(instance.least))
    for place, name in enumerate(instance.groups):
        inside = instance.eligible & ~new & (instance.group == place)
        if held[place] == instance.most[place] and inside.any():
            best = _best(instance, added, inside)
            helps = "" if best is None else f"：{_helps(instance, *best)}"
            told = f"{name} 已达上限 {instance.most[place]} 处{helps}"
            found.append(Binding(BindingKind.QUOTA_MAX, name, best and best[1], told))
        if held[place] == instance.least[place] > 0:
            told = f"{name} 恰为下限 {instance.least[place]} 处"
            found.append(Binding(BindingKind.QUOTA_MIN, name, None, told))
    return found
