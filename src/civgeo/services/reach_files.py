"""Use case: who of a file reaches the facilities of another on foot, without a store."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd

from civgeo.analysis.layout_reach import straight_arcs
from civgeo.analysis.reach import Points, ReachTerms, straight_reach, walking_reach
from civgeo.analysis.served_people import served_people
from civgeo.analysis.snapping import StreetIndex
from civgeo.analysis.walk_arcs import Arcs, reachable_demand
from civgeo.analysis.walk_network import Floats, WalkNetwork
from civgeo.analysis.walk_search import distance_from_field, nearest_facility
from civgeo.domain.quantity import decimal_text
from civgeo.domain.reach_reason import ReachReason
from civgeo.geo.crs import Zone, to_metric
from civgeo.services.facility_rows import counted_facilities
from civgeo.services.planning_files import (
    BARRIERS,
    ESTATES,
    FACILITIES,
    WEIGHT_HEADERS,
    PlaceFinding,
    Places,
    StreetLayer,
    amounts,
    common_zone,
    read_places,
    read_streets,
)

__all__ = ["ReachFiles", "ReachOfFiles", "reach_geojson", "reach_of_files", "reach_summary"]

Progress = Callable[[str, int, int], None]

BY_NETWORK, BY_STRAIGHT_LINE = "network", "straight line"
FAR_FROM_STREETS_M = 10_000.0


@dataclass(frozen=True, slots=True)
class ReachFiles:
    """Files of a question.

    Parameters
    ----------
    facilities, demand
        Layers of points or areas.
    streets
        Line layer or .osm.pbf; None for straight-line circles.
    barriers
        Lines and areas that stop walkers, to name the cause of detours.
    weight
        Column of people or households; by default the first usual one.
    capacity
        Column of the facilities: people whom each serves; without it they are never full.
    crs
        System of all files, before what they say of themselves.
    kinds
        Codes or Chinese labels of the facilities that count; none for all of the layer.
    """

    facilities: Path
    demand: Path
    streets: Path | None = None
    barriers: Path | None = None
    weight: str | None = None
    crs: str | None = None
    capacity: str | None = None
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class ReachOfFiles:
    """Reach of each demand row, and what it was computed from.

    Parameters
    ----------
    table
        All rows of the demand in EPSG:4490: id, name, weight, the columns of `walking_reach` with
        ids in place of positions, reached_weight (a part of the weight, where the rest finds no
        room), and ``finding`` for rows that were not computed.
    facilities
        Number of facilities with a place.
    terms, method
        What counted as reached, and whether on the network or in a straight line.
    weight, capacity
        Columns of weights and room; None where each place counts as one, and none is ever full.
    network
        Nodes, edges and parts of the network; empty for straight lines.
    findings
        What was wrong with rows, with the streets, or with everything.
    kinds
        Kinds of facility that were asked for; none for all of the layer.
    simulated
        Whether a row that counts, or a street, says that it is simulated.
    attribution
        Whom the licence of the streets asks to name.
    """

    table: gpd.GeoDataFrame
    facilities: int
    terms: ReachTerms
    method: str
    weight: str | None
    network: Mapping[str, int]
    findings: tuple[PlaceFinding, ...]
    capacity: str | None = None
    kinds: tuple[str, ...] = ()
    simulated: bool = False
    attribution: str = ""


def reach_of_files(
    files: ReachFiles, terms: ReachTerms, *, progress: Progress | None = None
) -> ReachOfFiles:
    """Reach of every row of the demand, by streets where they are given.

    Raises
    ------
    NotFound, ImportRejected, CrsError, InvalidInput
        When a file cannot be read or has no places; a bad row is a finding and the rest is
        computed.
    """
    tell = progress or (lambda label, done, total: None)
    registered = read_places(files.facilities, crs=files.crs, own=FACILITIES)
    facilities = counted_facilities(registered, files.kinds)
    demand = read_places(files.demand, crs=files.crs, own=ESTATES)
    weights, column, bad = amounts(demand, files.weight, WEIGHT_HEADERS, "权重")
    findings = [*facilities.findings, *demand.findings, *bad]
    zone = common_zone(facilities, demand)
    tell("读取设施和需求点", 1, 1)
    counted = demand.usable & np.isfinite(weights)
    x, y = demand.metres(zone)
    fx, fy = facilities.metres(zone)
    there = Points(fx[facilities.usable], fy[facilities.usable])
    people = Points(x[counted], y[counted])
    room = None
    if files.capacity is not None:
        given, _name, unknown = amounts(facilities, files.capacity, (), "容量")
        room = given[facilities.usable]
        findings += unknown
    crowd = _Crowd(people, weights[counted], there, room)
    streets: StreetLayer | None = None
    if files.streets is None:
        found = _straight(crowd, terms)
    else:
        streets = read_streets(files.streets, zone, crs=files.crs)
        tell("读取步行网", 1, 1)
        barriers = _barriers(files, zone)
        found = _on_foot(streets.network, crowd, terms, barriers)
        findings += _street_findings(files.streets, found)
        found["barrier"] = _labels(barriers, found["barrier"])
    tell("计算可达", 1, 1)
    return ReachOfFiles(
        _joined(demand, facilities, weights, counted, found),
        len(there),
        terms,
        BY_STRAIGHT_LINE if streets is None else BY_NETWORK,
        column,
        {} if streets is None else _size(streets.network),
        tuple(findings),
        files.capacity,
        files.kinds,
        facilities.simulated or demand.simulated or (streets is not None and streets.simulated),
        "" if streets is None else streets.attribution,
    )


def _size(network: WalkNetwork) -> dict[str, int]:
    return {"nodes": network.nodes, "edges": network.edges, "parts": network.parts}


def _barriers(files: ReachFiles, zone: Zone) -> Places | None:
    return None if files.barriers is None else _in_zone(files.barriers, files.crs, zone)


def _in_zone(file: Path, crs: str | None, zone: Zone) -> Places:
    places = read_places(file, crs=crs, own=BARRIERS)
    metric = to_metric(places.frame[places.usable], zone)
    return Places(places.file, metric, np.ones(len(metric), dtype=bool), places.findings)


def _labels(barriers: Places | None, positions: "pd.Series[int]") -> "pd.Series[str]":
    names = [] if barriers is None else barriers.frame["name"].tolist()
    named = [names[at] if at >= 0 else None for at in positions]
    return pd.Series(named, index=positions.index, dtype=object)


@dataclass(frozen=True, slots=True, eq=False)
class _Crowd:
    """People with their weights, facilities, and the room in each where it counts."""

    people: Points
    weights: Floats
    facilities: Points
    room: Floats | None

    def served(self, arcs: Callable[[], Arcs]) -> Floats | None:
        """Weight of each place that finds room; None where room does not count."""
        return None if self.room is None else served_people(arcs(), self.weights, self.room)

    def finish(self, table: pd.DataFrame, served: Floats | None) -> pd.DataFrame:
        """`table` with the weight reached of each place."""
        whole = np.where(table["reached"].astype(bool), self.weights, 0.0)
        return table.assign(reached_weight=whole if served is None else served)


def _straight(crowd: _Crowd, terms: ReachTerms) -> pd.DataFrame:
    def arcs() -> Arcs:
        sites, homes = (
            np.column_stack([points.x, points.y]) for points in (crowd.facilities, crowd.people)
        )
        return straight_arcs(sites, homes, terms.limit_dm)

    served = crowd.served(arcs)
    all_served = None if served is None else served >= crowd.weights
    table = straight_reach(crowd.people, crowd.facilities, terms, served=all_served)
    return crowd.finish(table, served)


def _on_foot(
    network: WalkNetwork, crowd: _Crowd, terms: ReachTerms, barriers: Places | None
) -> pd.DataFrame:
    index = StreetIndex(network)
    if barriers is not None:
        index = index.beside(barriers.frame.geometry.to_numpy())
    demand = index.snap(crowd.people.x, crowd.people.y, terms.snap_limit_m)
    places = index.snap(crowd.facilities.x, crowd.facilities.y, terms.snap_limit_m)
    field = nearest_facility(network, places)
    distance, owner = distance_from_field(network, field, places, demand)
    served = crowd.served(lambda: reachable_demand(network, places, demand, terms.limit_dm))
    table = walking_reach(
        distance,
        owner,
        demand,
        crowd.facilities,
        terms,
        served=None if served is None else served >= crowd.weights,
        barriers=None if barriers is None else barriers.frame.geometry,
    )
    table = crowd.finish(table, served)
    table.attrs["facilities_off"] = int((~places.is_on_network).sum())
    return table


def _street_findings(streets: Path, found: pd.DataFrame) -> list[PlaceFinding]:
    """What the distances from the streets say about the layer as a whole."""
    findings = []
    off = found.attrs["facilities_off"]
    if off:
        text = f"{off} 处设施附近没有步行路，任何人都走不到"
        findings.append(PlaceFinding(streets.name, 0, "facility_unsnapped", text))
    if len(found) and found["street_m"].min() > FAR_FROM_STREETS_M:
        text = (
            f"最近的路离需求点 {found['street_m'].min() / 1000:.0f} km："
            "路网不在同一地方，或坐标系写错，请核对"
        )
        findings.append(PlaceFinding(streets.name, 0, "streets_elsewhere", text))
    return findings


def _joined(
    demand: Places,
    facilities: Places,
    weights: Floats,
    counted: np.ndarray[tuple[int], np.dtype[np.bool_]],
    found: pd.DataFrame,
) -> gpd.GeoDataFrame:
    ids = facilities.frame.loc[facilities.usable, "id"].tolist()
    found = found.set_index(np.flatnonzero(counted))
    for name in ("facility", "straight_facility"):
        named = [ids[at] if at >= 0 else None for at in found[name]]
        found[name] = pd.Series(named, index=found.index, dtype=object)
    if not found["barrier"].map(lambda value: isinstance(value, str)).any():
        found["barrier"] = None
    table = demand.frame[["id", "name", "geometry"]].assign(weight=weights)
    table = table.join(found.reindex(range(len(table))))
    table["finding"] = [None if used else "未参与计算" for used in counted]
    return gpd.GeoDataFrame(table, geometry="geometry", crs=demand.frame.crs)


def reach_summary(found: ReachOfFiles) -> dict[str, object]:
    """The answer in figures: totals, share, reasons, method and parameters."""
    counted = found.table[found.table["finding"].isna()]
    reached = counted["reached"].astype(bool)
    total, inside = (_whole(counted[name].sum()) for name in ("weight", "reached_weight"))
    reasons = (counted["weight"] - counted["reached_weight"]).groupby(counted["reason"]).sum()
    answer: dict[str, object] = {
        "demand_total": total,
        "demand_reached": inside,
        "share": None if not total else float(Fraction(inside) / Fraction(total)),
        "points": len(counted),
        "points_reached": int(reached.sum()),
        "facilities": found.facilities,
        "kinds": list(found.kinds),
        "simulated": found.simulated,
        "reasons": {reason.value: _whole(reasons.get(reason.value, 0)) for reason in ReachReason},
        "method": found.method,
        "parameters": {
            "minutes": decimal_text(found.terms.minutes),
            "speed_m_per_s": decimal_text(found.terms.speed_m_per_s),
            "limit_m": found.terms.limit_dm / 10,
            "adult_speed_m_per_s": decimal_text(found.terms.adult_speed_m_per_s),
            "snap_limit_m": found.terms.snap_limit_m,
            "weight": found.weight,
            "capacity": found.capacity,
        },
        "network": dict(found.network),
        "attribution": found.attribution,
        "findings": [
            {"file": each.file, "row": each.row, "code": each.code, "message": each.message}
            for each in found.findings
        ],
    }
    if total:
        answer["ratio"] = f"{inside}/{total}"
    else:
        answer |= {"status": "undefined", "reason": "需求合计为 0，覆盖率没有定义"}
    return answer


def _whole(value: object) -> int | float:
    number = float(str(value))
    return int(number) if number.is_integer() else number


def reach_geojson(found: ReachOfFiles) -> bytes:
    """The table as GeoJSON, longitude and latitude."""
    columns = [name for name in found.table.columns if name != "geometry"]
    features = [
        {
            "type": "Feature",
            "id": row["id"],
            "geometry": None if shape is None else shape.__geo_interface__,
            "properties": {name: _plain(row[name]) for name in columns},
        }
        for row, shape in zip(
            found.table[columns].to_dict("records"), found.table.geometry, strict=True
        )
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        value = value.item()
    return None if value is None or value is pd.NA or value != value else value
