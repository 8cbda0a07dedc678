"""Where the entries of a line stand along it: chainage and offset, renewed with its course."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isnan

import geopandas as gpd

from civgeo.domain.history import Edit
from civgeo.geo.boundary_line import Route
from civgeo.geo.line_markers import marker_positions
from civgeo.services.boundary_records import day_of, record_rows
from civgeo.store.editing import ChangedValue
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

__all__ = ["DERIVED", "Renewal", "along_line", "renewed"]

DERIVED: Mapping[Collection, tuple[str, ...]] = {
    Collection.BOUNDARY_LINES: ("length_m",),
    Collection.BOUNDARY_POINTS: ("chainage_m",),
    Collection.BOUNDARY_MARKERS: ("chainage_m", "offset_m"),
}
"""Properties of entries that their shapes give."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """Changes of one entry, when they hold, and the version that they are made from."""

    id: str
    changes: Mapping[str, ChangedValue]
    edit: Edit
    version: int


def along_line(route: Route | None, places: gpd.GeoDataFrame) -> list[dict[str, ChangedValue]]:
    """``chainage_m`` and ``offset_m`` of each place, metres; null without a line or a place."""
    if route is None or places.empty:
        return [{"chainage_m": None, "offset_m": None} for _ in range(len(places))]
    found = marker_positions(places, route)[["chainage_m", "offset_m"]].round(3)
    return [
        {"chainage_m": _metres(chainage), "offset_m": _metres(offset)}
        for chainage, offset in zip(found["chainage_m"], found["offset_m"], strict=True)
    ]


def _metres(value: float) -> float | None:
    return None if isnan(value) else float(value)


def renewed(
    reading: Reading, collection: Collection, code: str, route: Route | None, edit: Edit
) -> list[Renewal]:
    """What another course of a line changes of the entries along it.

    Each holds over the days of the edit on which the entry exists.

    Parameters
    ----------
    reading
        A read of the store, or the write itself.
    collection
        Points or markers.
    code, route
        The line, and its new course; None when it is no longer drawn.
    edit
        The correction of the line.
    """
    frame = reading.features(collection, where={"line": code})
    bounds = reading.features(collection, ids=frame.index.tolist(), include_closed=True)
    found = []
    for (id, row), places in zip(
        record_rows(frame, collection), along_line(route, frame), strict=True
    ):
        changes = {name: places[name] for name in DERIVED[collection]}
        if all(row[name] == value for name, value in changes.items()):
            continue
        first, since = day_of(bounds["valid_from"].get(id)), edit.valid_from
        late = since is not None and first is not None and first > since
        held = replace(edit, valid_from=first) if late else edit
        found.append(Renewal(id, changes, held, int(str(row["version"]))))
    return found
