"""Use case: scattered graves in sight of roads, and where those to be moved should go."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from civgeo.analysis.layout_problem import Effort
from civgeo.analysis.layout_solver import Deadline
from civgeo.domain.cemetery_forms import GraveStatus
from civgeo.domain.site_layer import SiteLayerMeta
from civgeo.errors import NotFound
from civgeo.geo.crs import Zone, city_zone
from civgeo.geo.ground import coordinates_of, in_metres
from civgeo.services.cemetery_rules import rules_in_force
from civgeo.services.city import City
from civgeo.services.elevation import chosen_elevation
from civgeo.services.grave_question import GraveQuestion
from civgeo.services.grave_roads import Roads, nearest_road, roads_of, tells_roads
from civgeo.services.grave_standing import GraveFinding, grave_findings, registered_graves
from civgeo.services.graves_land import ForbiddenLand, forbidden_land
from civgeo.services.graves_relocation import (
    Moves,
    cemeteries_with_room,
    moves_of,
    progress_table,
)
from civgeo.services.graves_visibility import PlacedGraves, SightMethod, sight_columns
from civgeo.services.site_layers import SiteLayer, chosen_layers, default_layers
from civgeo.store.elevations import ElevationMeta
from civgeo.store.reading import Register
from civgeo.store.tables import Collection

__all__ = ["IN_PLACE", "GraveAnswer", "city_graves"]

Progress = Callable[[str, int, int], None]

ASSIGNING_SECONDS = 20.0
"""Longest search for the best way to send each place of graves whole."""

_FAR = "（最远距离内没有道路）"
IN_PLACE = (GraveStatus.STANDING, GraveStatus.REGISTERED_TO_MOVE)
"""Graves that are still to be seen."""


@dataclass(frozen=True, slots=True, eq=False)
class GraveAnswer:
    """The graves of an area, which of them are to move, and where to.

    Parameters
    ----------
    question, register, on, data_version
        What was asked, of what city, for what day, and the version of its registers.
    graves
        EPSG:4490, index id, by number: fields of the register; ``township``, ``township_name``;
        the columns of `civgeo.services.graves_visibility.sight_columns` with roads by name;
        ``land`` (rules that forbid graves there), ``to_move``, ``basis``, ``undecided``,
        ``list_road`` (the road that it is listed by).
    moves
        Which graves go to which cemetery, and why others have no place.
    cemeteries
        As `civgeo.services.graves_relocation.cemeteries_with_room`; ``assigned``, ``left``.
    by_road, by_township
        Progress: ``places``, ``graves``, ``to_move``, ``moved``, ``screened``, ``undecided``.
    roads, layers, elevation, method
        Roads looked from; layers used; the elevation model, None without one; how it was done.
    land
        What rules forbid, and what no layer tells; None where that was not asked.
    edition
        Edition of the rules; empty where they were not asked.
    findings
        What is odd in the registers.
    simulated
        Whether any of it is simulated.
    """

    question: GraveQuestion
    register: Register
    on: date
    data_version: int
    graves: gpd.GeoDataFrame
    moves: Moves
    cemeteries: pd.DataFrame
    by_road: pd.DataFrame
    by_township: pd.DataFrame
    roads: Roads
    layers: tuple[SiteLayerMeta, ...]
    elevation: ElevationMeta | None
    method: SightMethod
    land: ForbiddenLand | None
    edition: str
    findings: tuple[GraveFinding, ...]
    simulated: bool


def city_graves(
    city: City,
    question: GraveQuestion,
    *,
    progress: Progress | None = None,
    at_once: bool = False,
) -> GraveAnswer:
    """Which registered graves are seen from roads, and where those to be moved go.

    On the list are graves still in place that are seen, lie in the corridor, lie on forbidden
    land where that is asked, or are registered to move already. With `at_once` a question that
    would take long is refused.

    Raises
    ------
    NotFound
        ``no_graves`` without registered graves, ``no_roads`` without a layer of roads, and for
        an unknown layer or elevation model.
    CrsError
        When the city has no outlines.
    InvalidInput
        When there are too many observers, too many graves to assign together, or ``too_long``.
    """
    tell = progress or (lambda label, done, total: None)
    on = question.on or city.today
    records = _records(city, question, on)
    zone = city_zone(records.divisions)
    graves = registered_graves(records.graves, records.divisions)
    layers = _layers(city, question, on)
    roads = roads_of(layers, question.roads, zone)
    elevation = chosen_elevation(city, question.elevation)
    method = _with_sight(city, graves, roads, question, elevation, tell, zone, at_once=at_once)
    land, edition = _with_land(city, graves, layers, question, on)
    _with_list(graves, question, roads)
    cemeteries = cemeteries_with_room(records.cemeteries)
    moves = _moves(graves, cemeteries, question, tell)
    assigned = moves.rows.groupby("cemetery")["graves"].sum()
    cemeteries["assigned"] = assigned.reindex(cemeteries.index, fill_value=0)
    cemeteries["left"] = cemeteries["free"] - cemeteries["assigned"]
    used = _used_layers(roads, land, layers)
    return GraveAnswer(
        question=question,
        register=records.register,
        on=on,
        data_version=records.version,
        graves=graves,
        moves=moves,
        cemeteries=cemeteries,
        by_road=progress_table(graves, ["list_road"]),
        by_township=progress_table(graves, ["township", "township_name"]),
        roads=roads,
        layers=used,
        elevation=elevation,
        method=method,
        land=land,
        edition=edition,
        findings=grave_findings(graves, cemeteries),
        simulated=records.simulated or any(meta.simulated for meta in used),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Records:
    """What the registers hold on the day."""

    graves: gpd.GeoDataFrame
    cemeteries: gpd.GeoDataFrame
    divisions: gpd.GeoDataFrame
    register: Register
    version: int

    @property
    def simulated(self) -> bool:
        """Whether the city, a grave or a cemetery is simulated."""
        rows = self.graves, self.cemeteries
        return self.register.simulated or any(bool(each["simulated"].any()) for each in rows)


def _records(city: City, question: GraveQuestion, on: date) -> _Records:
    with city.store.read() as reading:
        day = None if on == reading.today else on
        inside = question.division or None
        graves = reading.features(Collection.GRAVES, division=inside, valid_on=day)
        cemeteries = reading.features(Collection.CEMETERIES, valid_on=day)
        divisions = reading.features(Collection.DIVISIONS)
        found = _Records(graves, cemeteries, divisions, reading.register(), reading.data_version())
    if graves.empty:
        text = "这一范围没有登记散坟：请先 civgeo import 文件 --as graves"
        raise NotFound(text, code="no_graves")
    return found


def _layers(city: City, question: GraveQuestion, on: date) -> tuple[SiteLayer, ...]:
    """Layers asked for; else those in use, without forbidden land those of roads alone."""
    digests = question.layers or tuple(
        meta.digest
        for meta in default_layers(city, on)
        if question.land or tells_roads(meta, question.roads)
    )
    return chosen_layers(city, digests, on) if digests else ()


def _with_sight(
    city: City,
    graves: gpd.GeoDataFrame,
    roads: Roads,
    question: GraveQuestion,
    elevation: ElevationMeta | None,
    tell: Progress,
    zone: Zone,
    *,
    at_once: bool,
) -> SightMethod:
    """Add the columns of sight: of graves in place all, of others the nearest road."""
    placed = graves["usable"].to_numpy(dtype=np.bool_)
    standing = placed & graves["status"].isin(IN_PLACE).to_numpy(dtype=np.bool_)
    there = _placed(graves[standing], zone)
    found, method = sight_columns(city, there, roads, question, elevation, tell, at_once=at_once)
    others = placed & ~standing
    near = nearest_road(roads, _placed(graves[others], zone).metres, zone)
    found.index = graves.index[standing]
    columns = found.reindex(graves.index).astype({"seen": object, "reason": object})
    columns.loc[others, "road"], columns.loc[others, "road_m"] = near.road, near.distance_m
    columns["seen"] = columns["seen"].where(columns["seen"].notna(), None)
    unplaced = ~placed & graves["status"].isin(IN_PLACE)
    columns["undecided"] = columns["undecided"].eq(True) | unplaced
    columns["in_corridor"] = columns["in_corridor"].eq(True)
    columns["reason"] = columns["reason"].where(placed, graves["unusable_because"]).fillna("")
    columns["road_m"] = columns["road_m"].round(1)
    for name in columns:
        graves[name] = columns[name]
    return method


def _placed(graves: gpd.GeoDataFrame, zone: Zone) -> PlacedGraves:
    points = np.asarray(graves.geometry.array, dtype=object)
    metres = coordinates_of(in_metres(points, zone))
    lon, lat = coordinates_of(points).T
    return PlacedGraves(lon, lat, metres, zone)


def _with_land(
    city: City,
    graves: gpd.GeoDataFrame,
    layers: tuple[SiteLayer, ...],
    question: GraveQuestion,
    on: date,
) -> tuple[ForbiddenLand | None, str]:
    """Add the column of forbidden land; what was found, and the edition of the rules."""
    graves["land"] = ""
    if not question.land:
        return None, ""
    book = rules_in_force(city.store.file.parent)
    placed = graves[graves["usable"]]
    found = forbidden_land(placed, layers, book, on)
    graves.loc[placed.index, "land"] = list(found.texts)
    return found, book.edition


def _with_list(graves: gpd.GeoDataFrame, question: GraveQuestion, roads: Roads) -> None:
    """Add which graves are to move and why, and the road that each is listed by."""
    standing = graves["status"].isin(IN_PLACE)
    reasons = {
        "看得见": graves["seen"].eq(True),
        "距离带内": graves["in_corridor"],
        "禁止建造坟墓的土地": graves["land"] != "",
        GraveStatus.REGISTERED_TO_MOVE.label_zh: graves["status"].eq("registered_to_move"),
    }
    table = pd.DataFrame(reasons).to_numpy(dtype=np.bool_) & standing.to_numpy()[:, None]
    going = np.asarray(table.any(axis=1))
    graves["to_move"] = going
    graves["basis"] = ["、".join(np.array([*reasons])[row]) for row in table]
    graves["undecided"] = graves["undecided"] & ~going
    near = _named(graves["road"], roads)
    watched = _named(graves["observer_road"], roads)
    reach = float(max(question.max_m, question.corridor_m or 0))
    by_near = near.where((graves["road_m"] <= reach).to_numpy(), _FAR)
    graves["list_road"] = watched.where(graves["seen"].eq(True).to_numpy(), by_near)
    graves["road"], graves["observer_road"] = near, watched


def _named(position: pd.Series, roads: Roads) -> pd.Series:
    """Names of roads by their positions; None where there is none."""
    names = [*roads.lines["name"], None]
    last = len(roads.lines)
    at: npt.NDArray[np.int64] = position.fillna(last).to_numpy(dtype=np.int64)
    return pd.Series([names[each] for each in at], index=position.index, dtype=object)


def _moves(
    graves: gpd.GeoDataFrame, cemeteries: pd.DataFrame, question: GraveQuestion, tell: Progress
) -> Moves:
    going = graves[graves["to_move"] & graves["usable"] & (graves["count"] > 0)]
    deadline = Deadline(Effort(ASSIGNING_SECONDS, progress=tell))
    tell("分配公墓", 0, 1)
    found = moves_of(
        going[["division", "count", "lon", "lat"]], cemeteries, deadline, divide=question.divide
    )
    tell("分配公墓", 1, 1)
    return found


def _used_layers(
    roads: Roads, land: ForbiddenLand | None, layers: tuple[SiteLayer, ...]
) -> tuple[SiteLayerMeta, ...]:
    """Layers that the answer rests on, in the order in which they are kept."""
    digests = {meta.digest for meta in roads.layers} | (land.layers if land else frozenset())
    return tuple(layer.meta for layer in layers if layer.meta.digest in digests)
