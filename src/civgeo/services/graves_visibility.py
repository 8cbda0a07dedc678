"""Which graves are seen from roads, or lie in a corridor along them, over a city's layers."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from civgeo.analysis.ground_grid import GroundGrid, Heights, HeightSource
from civgeo.analysis.sight_from_roads import (
    SightState,
    SightTerms,
    finest_cell_m,
    sightings,
)
from civgeo.analysis.viewshed import road_observers
from civgeo.errors import InvalidInput
from civgeo.geo.crs import CrsName, Zone
from civgeo.geo.datum import Floats
from civgeo.services.city import City
from civgeo.services.elevation import elevation_over
from civgeo.services.grave_question import GraveQuestion
from civgeo.services.grave_roads import Roads, degrees_of, nearest_road
from civgeo.store.elevations import ElevationMeta

__all__ = ["NOT_BY_SIGHT", "PlacedGraves", "SightMethod", "sight_columns"]

Progress = Callable[[str, int, int], None]

NOT_BY_SIGHT = "按距离带，不是可视分析"
MOST_OBSERVERS = 1_000_000
AT_ONCE_CELLS = 500_000_000
"""Cells under all observers' reach that are looked at within one request."""

_OFF_LAYER = "道路图层不到这里，不能判断"
_NOT_ASKED = "没有高程模型，未作可视分析"


@dataclass(frozen=True, slots=True, eq=False)
class PlacedGraves:
    """Graves with a usable place.

    Parameters
    ----------
    lon, lat
        Degrees, EPSG:4490.
    metres
        The same in the zone, (n, 2).
    zone
        Metric zone of the city.
    """

    lon: Floats
    lat: Floats
    metres: Floats
    zone: Zone


@dataclass(frozen=True, slots=True)
class SightMethod:
    """How graves were looked for: side of the cells in metres, observers, those without a height.

    All None where there was no elevation model.
    """

    cell_m: float | None = None
    observers: int | None = None
    observers_without_height: int | None = None


def sight_columns(
    city: City,
    graves: PlacedGraves,
    roads: Roads,
    question: GraveQuestion,
    elevation: ElevationMeta | None,
    progress: Progress,
    *,
    at_once: bool = False,
) -> tuple[pd.DataFrame, SightMethod]:
    """What is known of each grave beside the roads, and how it was found.

    With `at_once` a question of more than `AT_ONCE_CELLS` is refused.

    Returns
    -------
    columns
        ``seen`` (True, False, None where it cannot be told), ``sight`` (state), ``reason``,
        ``undecided`` (neither sight nor, without heights, the corridor could be told),
        ``observers`` that see it, ``road`` (position of the nearest), ``road_m`` (on the
        ground), ``in_corridor``, ``observer_road``, ``observer_along_m``, ``observer_m``,
        ``observer_lon``, ``observer_lat`` of the nearest observer that sees it, or of the
        nearest in reach where none does.
    method
        Cells and observers.

    Raises
    ------
    InvalidInput
        When there are too many observers, or ``too_long``.
    """
    near = nearest_road(roads, graves.metres, graves.zone)
    found = pd.DataFrame({"road": near.road, "road_m": near.distance_m})
    corridor = _corridor_m(question, elevation)
    found["in_corridor"] = False if corridor is None else (found["road_m"] <= corridor)
    off_layer = _beyond_layers(graves, roads)
    if elevation is None:
        columns = ("observer_road", "observer_along_m", "observer_m", "observer_lon")
        found[[*columns, "observer_lat", "observers"]] = np.nan
        undecided = off_layer & ~found["in_corridor"]
        reason = np.where(undecided, _OFF_LAYER, _NOT_ASKED)
        return found.assign(
            seen=None, sight=None, reason=reason, undecided=undecided
        ), SightMethod()
    stands = road_observers(roads.lines.geometry, float(question.every_m))
    ground = _ground(city, elevation, graves.zone, float(question.max_m))
    _require_room(len(stands), 2 * float(question.max_m) / ground.cell_m, at_once=at_once)
    seen, method = _seen(graves, stands, question, ground, progress)
    unseen = off_layer & np.array([value is False for value in seen["seen"]], dtype=np.bool_)
    seen.loc[unseen, ["seen", "reason"]] = [None, _OFF_LAYER]
    seen["undecided"] = [value is None for value in seen["seen"]]
    return pd.concat([found, seen], axis=1), method


def _corridor_m(question: GraveQuestion, elevation: ElevationMeta | None) -> float | None:
    """Width of the corridor, metres; without heights the farthest distance stands in."""
    if question.corridor_m is not None:
        return float(question.corridor_m)
    return float(question.max_m) if elevation is None else None


def _beyond_layers(graves: PlacedGraves, roads: Roads) -> npt.NDArray[np.bool_]:
    """Graves where the layers of roads do not reach: another road may be there."""
    if roads.ends is None:
        return np.zeros(len(graves.lon), dtype=np.bool_)
    return np.asarray(~shapely.intersects_xy(roads.ends, graves.lon, graves.lat))


def _require_room(stands: int, across: float, *, at_once: bool) -> None:
    if stands > MOST_OBSERVERS:
        text = f"观察点有 {stands} 个，最多 {MOST_OBSERVERS} 个；请加大 every_m 或减少道路"
        raise InvalidInput(text, code="too_many_observers")
    if at_once and stands * across * across > AT_ONCE_CELLS:
        text = "计算量大，不能当场作答：请用 POST /cemeteries/graves 提交为任务，或加大 every_m"
        raise InvalidInput(text, code="too_long")


def _seen(
    graves: PlacedGraves,
    stands: pd.DataFrame,
    question: GraveQuestion,
    ground: "_Ground",
    progress: Progress,
) -> tuple[pd.DataFrame, SightMethod]:
    places = stands[["x", "y"]].to_numpy(dtype=np.float64)
    found = sightings(
        *(graves.metres - ground.corner, places - ground.corner, ground.heights),
        SightTerms(float(question.observer_m), float(question.target_m), float(question.max_m)),
        epsg=graves.zone.epsg,
        cell_m=ground.cell_m,
        progress=progress,
    )
    columns = pd.DataFrame(
        {
            "seen": pd.Series([state.is_seen for state in found.state], dtype=object),
            "sight": [state.value for state in found.state],
            "reason": [_reason(state) for state in found.state],
            "observers": pd.array(found.observers, dtype="Int64"),
            "observer_m": found.distance_m.round(1),
        }
    )
    _nearest_observer(columns, stands, found.nearest, graves.zone)
    return columns, SightMethod(ground.cell_m, len(stands), found.unplaced)


def _reason(state: SightState) -> str:
    return "" if state is SightState.SEEN else state.label_zh


def _nearest_observer(
    columns: pd.DataFrame, stands: pd.DataFrame, nearest: npt.NDArray[np.int64], zone: Zone
) -> None:
    known = nearest >= 0
    at = stands.iloc[nearest[known]]
    lon, lat = degrees_of(at[["x", "y"]].to_numpy(dtype=np.float64), zone)
    given = {"observer_road": at["road"], "observer_along_m": at["along_m"].round(1)}
    for name, values in {**given, "observer_lon": lon, "observer_lat": lat}.items():
        columns[name] = np.nan
        columns.loc[known, name] = np.asarray(values, dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """Heights of any grid whose coordinates count from a corner of the model's cells.

    Parameters
    ----------
    heights
        Metres, NaN where not known.
    corner
        Metres of the zone; cells of a model in the zone are then those of the analysis.
    cell_m
        Side of the cells that the model and memory allow.
    """

    heights: Callable[[GroundGrid], Heights]
    corner: Floats
    cell_m: float


def _ground(city: City, meta: ElevationMeta, zone: Zone, max_m: float) -> _Ground:
    elevation, to_model = elevation_over(city, meta, zone.epsg)
    in_zone = CrsName.parse(meta.crs) == CrsName.parse(f"EPSG:{zone.epsg}")
    a, _, c, _, e, f = meta.affine
    cell_m = max(min(abs(a), abs(e)) if in_zone else min(meta.cell_m), finest_cell_m(max_m))
    corner = np.array([c % cell_m, f % cell_m]) if in_zone else np.zeros(2)

    def heights(grid: GroundGrid) -> Heights:
        moved = replace(grid, west=grid.west + corner[0], north=grid.north + corner[1])
        source = HeightSource(moved, elevation, None if in_zone else to_model)
        found = source.whole()
        source.let_go()
        return found

    return _Ground(heights, corner, cell_m)
