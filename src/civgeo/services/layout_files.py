"""Use case: where the next facilities should be, from files, without a store."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import numpy.typing as npt

from civgeo.analysis.layout import solve_layout
from civgeo.analysis.layout_problem import (
    Effort,
    LayoutAnswer,
    LayoutFinding,
    LayoutModel,
    LayoutProblem,
    Quota,
)
from civgeo.analysis.layout_reach import straight_arcs
from civgeo.analysis.snapping import SNAP_LIMIT_M, StreetIndex
from civgeo.analysis.walk_arcs import Arcs, reachable_demand
from civgeo.analysis.walk_search import LIMITLESS, limit_dm
from civgeo.errors import InvalidInput
from civgeo.geo.crs import Zone
from civgeo.services.facility_rows import counted_facilities
from civgeo.services.layer_files import column_of, texts_of
from civgeo.services.planning_files import (
    CANDIDATES,
    ESTATES,
    FACILITIES,
    WEIGHT_HEADERS,
    PlaceFinding,
    Places,
    StreetLayer,
    amounts,
    common_zone,
    counted_in,
    read_places,
    read_streets,
)

__all__ = ["LayoutFiles", "LayoutOfFiles", "LayoutTerms", "layout_of_files", "quota_of"]

Progress = Callable[[str, int, int], None]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

MINUTES = Decimal(15)
COUNTY_HEADERS = ("县区代码", "县代码", "county", "区划代码", "division", "adcode", "代码")
_YES = ("1", "是", "true", "yes", "y", "√")


@dataclass(frozen=True, slots=True)
class LayoutFiles:
    """Files of a question, and the columns that matter.

    Parameters
    ----------
    facilities, candidates, demand
        Layers of points or areas; the facilities exist and stay open.
    streets
        Line layer or .osm.pbf; None for straight lines.
    weight
        Column of people of the demand; by default the first usual one.
    capacity
        Column of facilities and candidates.
    county
        Column of the candidates with the county's code, for quotas.
    required, forbidden
        A yes-or-no column of the candidates, or ids with commas between.
    crs
        System of all files, before what they say of themselves.
    kinds
        Codes or Chinese labels of the existing facilities that count; none for all of the layer.
    """

    facilities: Path
    candidates: Path
    demand: Path
    streets: Path | None = None
    weight: str | None = None
    capacity: str | None = None
    county: str | None = None
    required: str | None = None
    forbidden: str | None = None
    crs: str | None = None
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LayoutTerms:
    """What is asked.

    Parameters
    ----------
    model, new_sites, quotas
        As in `LayoutProblem`.
    minutes
        Walk that counts as reached; None for 15, and for no limit with the p-median.
    speed_m_per_s
        Speed of those who walk.
    snap_limit_m
        Farthest that a place may lie from a street.
    """

    model: LayoutModel
    new_sites: int | None = None
    quotas: Mapping[str, Quota] = field(default_factory=dict)
    minutes: Decimal | None = None
    speed_m_per_s: Decimal = Decimal(1)
    snap_limit_m: float = SNAP_LIMIT_M

    @property
    def walk_minutes(self) -> Decimal | None:
        """Minutes that count, None without a limit."""
        if self.minutes is None and self.model is not LayoutModel.PMEDIAN:
            return MINUTES
        return self.minutes

    @property
    def limit_dm(self) -> int | None:
        """Farthest walk in decimetres, None without a limit."""
        minutes = self.walk_minutes
        return None if minutes is None else limit_dm(minutes, self.speed_m_per_s)


@dataclass(frozen=True, slots=True, eq=False)
class LayoutOfFiles:
    """The answer, and the rows that its positions stand for.

    Parameters
    ----------
    answer
        Positions are those of `sites` and `demand`.
    sites
        The facilities, then the candidates: (places, row) of each.
    demand, demand_rows, weights
        The demand, the rows of it that count, and their people.
    terms
        What was asked.
    weight
        Column of the people; None where each place counts as one.
    on_streets
        Whether distances are walks along streets.
    findings
        What was wrong with rows, or with everything.
    kinds
        Kinds of existing facility that were asked for; none for all of the layer.
    simulated
        Whether a row that counts, or a street, says that it is simulated.
    attribution
        Whom the licence of the streets asks to name.
    """

    answer: LayoutAnswer
    sites: tuple[tuple[Places, int], ...]
    demand: Places
    demand_rows: tuple[int, ...]
    weights: tuple[float, ...]
    terms: LayoutTerms
    weight: str | None
    on_streets: bool
    findings: tuple[PlaceFinding, ...]
    kinds: tuple[str, ...] = ()
    simulated: bool = False
    attribution: str = ""

    def site_id(self, position: int) -> str:
        """Id of a facility or candidate."""
        places, row = self.sites[position]
        return str(places.frame["id"].iloc[row])

    def site_name(self, position: int) -> str:
        """Its name."""
        places, row = self.sites[position]
        return str(places.frame["name"].iloc[row])


def quota_of(text: str) -> tuple[str, Quota]:
    """County and quota of ``411702=1..3``; either end may be missing.

    Raises
    ------
    InvalidInput
        When it is written otherwise.

    Examples
    --------
    >>> quota_of("411702=1..3")
    ('411702', Quota(least=1, most=3))
    """
    county, _, range_text = text.partition("=")
    least, dots, most = range_text.partition("..")
    if not county or not dots or not all(end.isdecimal() or not end for end in (least, most)):
        raise InvalidInput(f"配额“{text[:40]}”应写成 区划代码=下限..上限，如 411702=1..3")
    return county, Quota(int(least or 0), int(most) if most else None)


def layout_of_files(
    files: LayoutFiles,
    terms: LayoutTerms,
    *,
    effort: Effort | None = None,
    progress: Progress | None = None,
) -> LayoutOfFiles:
    """Answer `terms` for the places of `files`; a bad row is a finding, the rest is computed.

    Raises
    ------
    NotFound, ImportRejected, CrsError, InvalidInput
        When a file cannot be read or lacks a column, and as `settled`.
    """
    tell = progress or (lambda label, done, total: None)
    registered = read_places(files.facilities, crs=files.crs, own=FACILITIES)
    facilities = counted_facilities(registered, files.kinds)
    candidates = read_places(files.candidates, crs=files.crs, own=CANDIDATES)
    demand = read_places(files.demand, crs=files.crs, own=ESTATES)
    weights, column, bad = amounts(demand, files.weight, WEIGHT_HEADERS, "权重")
    findings = [*facilities.findings, *candidates.findings, *demand.findings, *bad]
    zone = common_zone(facilities, candidates, demand)
    sites = tuple(
        (places, int(row))
        for places in (facilities, candidates)
        for row in np.flatnonzero(places.usable)
    )
    counted = np.flatnonzero(demand.usable & np.isfinite(weights))
    tell("读取设施、候选点和需求点", 1, 1)
    streets = None if files.streets is None else read_streets(files.streets, zone, crs=files.crs)
    arcs = _arcs(streets, terms, zone, (facilities, candidates), (demand, counted))
    tell("计算可达", 1, 1)
    problem = _problem(files, terms, (facilities, candidates), arcs, weights[counted])
    problem = replace(problem, counted=counted_in(demand, column))
    answer = solve_layout(problem, effort)
    findings += _told(answer.findings, sites, (demand, counted))
    return LayoutOfFiles(
        *(answer, sites, demand, tuple(counted.tolist()), tuple(weights[counted].tolist())),
        *(terms, column, streets is not None, tuple(findings), files.kinds),
        simulated=any(layer.simulated for layer in (facilities, candidates, demand))
        or (streets is not None and streets.simulated),
        attribution="" if streets is None else streets.attribution,
    )


def _arcs(
    streets: StreetLayer | None,
    terms: LayoutTerms,
    zone: Zone,
    sites: tuple[Places, Places],
    demand: tuple[Places, npt.NDArray[np.intp]],
) -> Arcs:
    there = np.concatenate([_metres(places, zone)[places.usable] for places in sites])
    people = _metres(demand[0], zone)[demand[1]]
    if streets is None:
        return straight_arcs(there, people, terms.limit_dm)
    index = StreetIndex(streets.network)
    places, homes = (
        index.snap(at[:, 0].copy(), at[:, 1].copy(), terms.snap_limit_m) for at in (there, people)
    )
    limit = LIMITLESS if terms.limit_dm is None else terms.limit_dm
    return reachable_demand(streets.network, places, homes, limit)


def _metres(places: Places, zone: Zone) -> Floats:
    return np.column_stack(places.metres(zone))


def _problem(
    files: LayoutFiles,
    terms: LayoutTerms,
    sites: tuple[Places, Places],
    arcs: Arcs,
    weights: Floats,
) -> LayoutProblem:
    facilities, candidates = sites
    kept, free = facilities.usable, candidates.usable
    none = np.zeros(int(kept.sum()), dtype=np.bool_)
    group = [""] * len(none) + _counties(candidates, files.county, terms.quotas)
    names = [str(name) for places in sites for name in places.frame["name"][places.usable]]
    return LayoutProblem(
        model=terms.model,
        arc_candidate=arcs.facility,
        arc_demand=arcs.demand,
        distance_dm=arcs.distance_dm,
        weights=weights,
        candidates=len(none) + int(free.sum()),
        new_sites=terms.new_sites,
        existing=np.concatenate([~none, np.zeros(int(free.sum()), dtype=np.bool_)]),
        required=np.concatenate([none, _flags(candidates, files.required)]),
        forbidden=np.concatenate([none, _flags(candidates, files.forbidden)]),
        group=tuple(group),
        quotas=terms.quotas,
        capacity=None if files.capacity is None else _capacities(sites, files.capacity),
        labels=tuple(names),
    )


def _flags(candidates: Places, asked: str | None) -> Flags:
    """Which candidates a column says yes for, or a list of ids names."""
    if asked is None:
        return np.zeros(int(candidates.usable.sum()), dtype=np.bool_)
    frame = candidates.frame[candidates.usable]
    column = column_of(frame, [asked.lower()])
    if column is not None:
        return texts_of(frame[column]).str.lower().isin(_YES).to_numpy()
    ids = {text.strip() for text in asked.replace("，", ",").split(",")}
    absent = sorted(ids - set(candidates.frame["id"]))
    if absent:
        told = f"{candidates.file} 没有“{'、'.join(absent)[:80]}”这一列，也没有这些编号的候选点"
        raise InvalidInput(told, code="no_such_candidate")
    return frame["id"].isin(ids).to_numpy()


def _counties(candidates: Places, column: str | None, quotas: Mapping[str, Quota]) -> list[str]:
    """County of each candidate as the quotas name it: the longest code that begins its own."""
    frame = candidates.frame[candidates.usable]
    if not quotas:
        return [""] * len(frame)
    found = column_of(frame, [column.lower()] if column else COUNTY_HEADERS)
    if found is None:
        told = f"{candidates.file} 没有县区代码列，配额无法对应；请用 --county 写明列名"
        raise InvalidInput(told, code="no_group")
    longest = sorted(quotas, key=len, reverse=True)
    return [
        next((code for code in longest if text.startswith(code)), "")
        for text in texts_of(frame[found]).tolist()
    ]


def _capacities(sites: Sequence[Places], column: str) -> Floats:
    """Capacities of facilities and candidates; NaN where a row or a file has none."""
    if all(column_of(places.frame, [column.lower()]) is None for places in sites):
        told = f"设施和候选点的图层都没有“{column[:40]}”列"
        raise InvalidInput(told, code="no_such_column")
    parts = []
    for places in sites:
        if column_of(places.frame, [column.lower()]) is None:
            parts.append(np.full(int(places.usable.sum()), np.nan))
        else:
            parts.append(amounts(places, column, (), "容量")[0][places.usable])
    return np.concatenate(parts)


def _told(
    found: Sequence[LayoutFinding],
    sites: Sequence[tuple[Places, int]],
    demand: tuple[Places, npt.NDArray[np.intp]],
) -> list[PlaceFinding]:
    """Findings of the analysis by file and row; one without rows stands for everything."""
    told = []
    for finding in found:
        if not finding.rows:
            told.append(PlaceFinding("", 0, finding.code, finding.message))
        for position in finding.rows:
            places, row = (
                sites[position]
                if finding.subject == "candidate"
                else (demand[0], int(demand[1][position]))
            )
            told.append(PlaceFinding(places.file, row + 1, finding.code, finding.message))
    return told
