"""Sites with a capacity: which to open so that most people are served, and who goes where."""

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from civgeo.analysis.layout_covering import Choice, most_covered
from civgeo.analysis.layout_flow import Transport, most_served
from civgeo.analysis.layout_input import Instance, rows_alike
from civgeo.analysis.layout_problem import LayoutStatus
from civgeo.analysis.layout_radius import site_rows
from civgeo.analysis.layout_solver import Deadline, LinearModel, Outcome, solve, solver_version

__all__ = ["most_within_capacity", "transport_of"]

Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

MOST_LINKS = 100_000
"""Arcs above which the program goes without its rows for single arcs, which tighten it."""

_FIRST_SHARE = 0.2
"""Of the time, for the covering answer that the program starts from."""


def transport_of(instance: Instance, is_open: Flags, *, alike: bool) -> Transport:
    """Ways from open candidates; with `alike`, demand that the same candidates reach is one."""
    assert instance.capacity is not None  # noqa: S101 - settled() gives every capacity model one
    arc = is_open[instance.candidate]
    candidate, demand, distance = (
        instance.candidate[arc],
        instance.demand[arc],
        instance.distance[arc],
    )
    weight = instance.weight
    if alike and len(demand):
        rows, row = np.unique(demand, return_inverse=True)
        number = rows_alike(row, candidate)
        shown = np.zeros(len(rows), dtype=np.bool_)
        shown[np.unique(number, return_index=True)[1]] = True
        weight = np.zeros(number.max() + 1, dtype=np.int64)
        np.add.at(weight, number, instance.weight[rows])
        kept = shown[row]
        candidate, distance = candidate[kept], distance[kept]
        demand = number[row[kept]].astype(np.int32)
    capacity = np.where(is_open, instance.capacity, 0)
    return Transport(candidate, demand, distance, capacity, weight)


def most_within_capacity(instance: Instance, deadline: Deadline) -> Choice:
    """New sites with which most people are served; a demand may be split between sites."""
    free = instance.eligible & ~instance.required
    fixed = instance.existing | instance.required
    if instance.new_sites <= int(instance.required.sum()) or not free.any():
        return _counted(instance, fixed, deadline, None, LayoutStatus.OPTIMAL)
    effort = replace(deadline.effort, seconds=deadline.left * _FIRST_SHARE, gap=0.0)
    covered = most_covered(instance, Deadline(effort))
    start = instance.existing.copy()
    start[covered.chosen] = True
    first = _counted(instance, start, deadline, None, LayoutStatus.OPTIMAL)
    if first.objective is not None and first.objective == covered.bound:
        return first
    outcome = solve(
        _capacity_model(transport_of(instance, fixed | free, alike=True), instance),
        deadline,
        start.astype(np.float64),
        label="整数规划",
    )
    is_open = start
    if len(outcome.values):
        is_open = outcome.values[: len(start)] > 0.5
    found = _counted(instance, is_open, deadline, outcome, outcome.status)
    if found.bound is None or covered.bound is None or covered.bound >= found.bound:
        return found
    proven = LayoutStatus.OPTIMAL if covered.bound == found.objective else found.status
    return replace(found, bound=covered.bound, status=proven)


def _counted(
    instance: Instance,
    is_open: Flags,
    deadline: Deadline,
    outcome: Outcome | None,
    status: LayoutStatus,
) -> Choice:
    """The choice with the people whom it serves exactly."""
    served = most_served(transport_of(instance, is_open, alike=True), deadline)
    if served is None:
        told = ("限时内没有得出可服务的人数",)
        none = np.zeros(0, np.int32)
        return Choice(none, LayoutStatus.UNKNOWN, None, None, told, solver_version())
    bound = served
    if outcome is not None and (status is not LayoutStatus.OPTIMAL or deadline.effort.gap):
        all_reached = int(instance.weight[np.unique(instance.demand)].sum())
        shown = outcome.bound * (1 + 1e-9) + 1e-6
        bound = min(all_reached, math.floor(shown)) if math.isfinite(shown) else all_reached
        bound = max(bound, served)
    chosen = np.flatnonzero(is_open & ~instance.existing).astype(np.int32)
    proven = LayoutStatus.OPTIMAL if bound == served else LayoutStatus.FEASIBLE
    return Choice(chosen, proven, served, bound, (), solver_version())


def _capacity_model(transport: Transport, instance: Instance) -> LinearModel:
    """Columns: candidates, then people on each arc. Rows: capacity, demand, arcs, number."""
    places, demands, arcs = len(transport.capacity), len(transport.weight), len(transport.place)
    each, flow = np.arange(arcs), places + np.arange(arcs)
    most = np.minimum(transport.capacity[transport.place], transport.weight[transport.demand])
    linked = arcs if arcs <= MOST_LINKS else 0
    row: list[npt.NDArray[np.int64]] = [
        transport.place.astype(np.int64),
        np.arange(places),
        places + transport.demand.astype(np.int64),
    ]
    column = [flow, np.arange(places), flow]
    value = [np.ones(arcs), -transport.capacity.astype(np.float64), np.ones(arcs)]
    first = places + demands
    row += [first + each[:linked], first + each[:linked]]
    column += [flow[:linked], transport.place[:linked].astype(np.int64)]
    value += [np.ones(linked), -most[:linked].astype(np.float64)]
    rows = np.concatenate(row)
    order = np.argsort(rows, kind="stable")
    limits = site_rows(instance.group, instance.least, instance.most, instance.new_sites)
    # existing facilities stand in no quota and do not count among the new
    counted = ~instance.existing[limits[3]]
    of_limit = np.repeat(np.arange(len(limits[2])), limits[2])[counted]
    width = [
        np.bincount(rows, minlength=first + linked),
        np.bincount(of_limit, minlength=len(limits[2])),
    ]
    upper = [np.zeros(places), transport.weight.astype(np.float64), np.zeros(linked), limits[1]]
    open_at_least = instance.existing | instance.required
    return LinearModel(
        maximise=True,
        cost=np.concatenate([np.zeros(places), np.ones(arcs)]),
        lower=np.concatenate([open_at_least, np.zeros(arcs)]).astype(np.float64),
        upper=np.concatenate([open_at_least | instance.eligible, most]).astype(np.float64),
        integer=np.arange(places + arcs) < places,
        row_lower=np.concatenate([np.full(first + linked, -np.inf), limits[0]]),
        row_upper=np.concatenate(upper),
        row_start=np.concatenate([[0], np.cumsum(np.concatenate(width))]).astype(np.int64),
        column=np.concatenate([np.concatenate(column)[order], limits[3][counted]]),
        value=np.concatenate([np.concatenate(value)[order], np.ones(int(counted.sum()))]),
    )
