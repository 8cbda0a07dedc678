"""Graves on the list sent to cemeteries that take them, and how far the campaign has come."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from civgeo.analysis.layout_flow import Transport
from civgeo.analysis.layout_problem import LayoutStatus
from civgeo.analysis.layout_solver import Deadline
from civgeo.analysis.relocation import MOST_WAYS, relocate
from civgeo.domain.cemetery_forms import BurialPlaceStatus, GraveStatus
from civgeo.domain.division import DivisionCode
from civgeo.errors import InvalidInput
from civgeo.geo.datum import ground_distance_m
from civgeo.geo.ground import places_of

__all__ = ["Moves", "cemeteries_with_room", "moves_of", "progress_table"]

STRAIGHT_LINE = "直线距离，不是行车距离"
_NOWHERE = "没有可用的公墓：须使用中、有空位，并登记了墓位总数、已用墓位和位置"
_TAKES_NONE = "没有公墓的服务范围包括本地"
_TOO_LARGE = "须整处安置，可接收的公墓都没有这么多空位；允许拆分后可分到几处"
_LEFT_TOO_SMALL = "可接收的公墓余下的空位不够整处安置"
_FULL = "可接收的公墓空位已用完"


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """Who goes where.

    Parameters
    ----------
    rows
        ``grave`` and ``cemetery`` (ids), ``graves``, ``distance_m`` in a straight line on the
        ground; in the order of the graves, the nearest cemetery first.
    reasons
        Why graves have no place, or not all of them, by id of the grave.
    most
        Graves that can have a place at most.
    status, total_m, bound_m
        Whether no more can be placed, nor over a lesser sum of the ways of all graves; that sum,
        and what it cannot fall below, 0 where that is not known.
    """

    rows: pd.DataFrame
    reasons: dict[str, str]
    most: int
    status: LayoutStatus
    total_m: float
    bound_m: float


def cemeteries_with_room(registered: gpd.GeoDataFrame) -> pd.DataFrame:
    """Burial places by id: name, kind, division, serves, status, capacity, used, free, lon, lat.

    ``unused_because`` says why one takes no graves; empty where it does. Only operating ones do:
    what is planned or being built has no place yet.
    """
    frame = pd.DataFrame(registered.drop(columns="geometry")).sort_index()
    shapes = np.asarray(registered.sort_index().geometry.array, dtype=object)
    frame[["lon", "lat"]] = places_of(shapes)
    numbers = {name: pd.to_numeric(frame[name]).astype("Int64") for name in ("capacity", "used")}
    frame = frame.assign(**numbers)
    frame["free"] = (frame["capacity"] - frame["used"]).clip(lower=0)
    frame["unused_because"] = [
        _unused_because(*row)
        for row in zip(frame["status"], frame["free"], frame["lon"], strict=True)
    ]
    wanted = ["name", "kind", "division", "serves", "status", "capacity", "used", "free"]
    return frame[[*wanted, "lon", "lat", "unused_because"]]


def _unused_because(status: str, free: object, lon: float) -> str:
    if status != BurialPlaceStatus.OPERATING:
        return f"状态为“{BurialPlaceStatus(status).label_zh}”，只用使用中的"
    if free is pd.NA:
        return "没有登记墓位总数或已用墓位，空位不明"
    if np.isnan(lon):
        return "没有位置"
    return "" if free else "没有空位"


def moves_of(
    graves: pd.DataFrame, cemeteries: pd.DataFrame, deadline: Deadline, *, divide: bool
) -> Moves:
    """Most graves with a place, and of all ways to do so the least sum of straight lines.

    Parameters
    ----------
    graves
        Those to move, by id: ``division``, ``count``, ``lon``, ``lat``.
    cemeteries
        As `cemeteries_with_room` gives them.
    deadline
        When to stop proving an answer in which each place goes whole.
    divide
        Whether a place of several graves may be divided.

    Raises
    ------
    InvalidInput
        When there are more pairs than can be looked at together.
    """
    usable = cemeteries[cemeteries["unused_because"] == ""]
    if len(graves) * len(usable) > MOST_WAYS:
        text = (
            f"迁移 {len(graves)} 处、公墓 {len(usable)} 处，组合太多；请按县区分别计算（division）"
        )
        raise InvalidInput(text, code="too_large")
    grave, place = np.nonzero(_served(graves, usable))
    metres = ground_distance_m(
        *(graves[name].to_numpy(dtype=np.float64)[grave] for name in ("lon", "lat")),
        *(usable[name].to_numpy(dtype=np.float64)[place] for name in ("lon", "lat")),
    )
    transport = Transport(
        place.astype(np.int32),
        grave.astype(np.int32),
        np.rint(metres * 10).astype(np.int64),
        usable["free"].to_numpy(dtype=np.int64),
        graves["count"].to_numpy(dtype=np.int64),
    )
    found = relocate(transport, deadline, divide=divide)
    going = np.flatnonzero(found.flow)
    rows = pd.DataFrame(
        {
            "grave": graves.index.to_numpy(dtype=object)[grave[going]],
            "cemetery": usable.index.to_numpy(dtype=object)[place[going]],
            "graves": found.flow[going],
            "distance_m": metres[going].round(1),
        }
    )
    rows = rows.iloc[np.lexsort((metres[going], grave[going]))].reset_index(drop=True)
    reasons = _reasons(graves, transport, found.flow, divide=divide)
    sums = found.distance_dm / 10, found.bound_dm / 10
    return Moves(rows, reasons, found.most, found.status, *sums)


def _served(graves: pd.DataFrame, usable: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which cemetery takes graves from where: all, or those of the divisions that it serves."""
    takes = np.ones((len(graves), len(usable)), dtype=np.bool_)
    for at, serves in enumerate(usable["serves"]):
        codes = [] if pd.isna(serves) else [DivisionCode.parse(c).digits for c in serves.split()]
        if codes:
            takes[:, at] = graves["division"].str.startswith(tuple(codes)).to_numpy(dtype=bool)
    return takes


def _reasons(
    graves: pd.DataFrame, transport: Transport, flow: npt.NDArray[np.int64], *, divide: bool
) -> dict[str, str]:
    placed = np.bincount(transport.demand, flow, len(graves))
    roomiest = np.zeros(len(graves), np.int64)
    np.maximum.at(roomiest, transport.demand, transport.capacity[transport.place])
    reached = np.bincount(transport.demand, minlength=len(graves))
    found = {}
    for at in np.flatnonzero(placed < transport.weight).tolist():
        if not len(transport.capacity):
            reason = _NOWHERE
        elif not reached[at]:
            reason = _TAKES_NONE
        elif not divide and roomiest[at] < transport.weight[at]:
            reason = _TOO_LARGE
        elif not divide and transport.weight[at] > 1:
            reason = _LEFT_TOO_SMALL
        else:
            reason = _FULL
        found[str(graves.index[at])] = reason
    return found


def progress_table(graves: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Places and graves of each unit: all, to move, moved, screened, not to be told.

    Parameters
    ----------
    graves
        ``count``, ``status``, ``to_move``, ``undecided`` and the columns of `by`.
    by
        Columns of the unit.
    """
    count = graves["count"]
    sums = {
        "places": pd.Series(1, index=graves.index),
        "graves": count,
        "to_move": count.where(graves["to_move"], 0),
        "moved": count.where(graves["status"] == GraveStatus.MOVED, 0),
        "screened": count.where(graves["status"] == GraveStatus.SCREENED, 0),
        "undecided": count.where(graves["undecided"], 0),
    }
    table = graves[by].assign(**sums)
    return table.groupby(by, sort=True, dropna=False, as_index=False)[list(sums)].sum()
