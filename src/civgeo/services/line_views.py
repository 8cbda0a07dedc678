"""One boundary line as it is shown: its record, markers in route order, walk, and check."""

from collections.abc import Mapping

import geopandas as gpd
import shapely

from civgeo.errors import InvalidInput
from civgeo.geo.boundary_line import Route
from civgeo.geo.line_junctions import NamedRoute
from civgeo.geo.line_markers import marker_positions
from civgeo.services.boundary_check import check_lines
from civgeo.services.boundary_findings import line_summary
from civgeo.services.boundary_maps import PUBLIC_BOUNDARY
from civgeo.services.boundary_records import LineEntry, codes_of, record_rows, unfolded
from civgeo.services.boundary_walk import walk_of_line, walk_record
from civgeo.services.city import City
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.services.geojson import feature_members
from civgeo.services.line_asked import one_line
from civgeo.services.line_standing import standings
from civgeo.services.round_records import rounds_of
from civgeo.store.tables import Collection

__all__ = ["check_document", "description_document", "line_document", "markers_document"]

_LINES, _MARKERS = Collection.BOUNDARY_LINES, Collection.BOUNDARY_MARKERS
_OF_MARKERS = (
    *("number", "name", "setting", "level", "material", "state", "datum", "northing_m"),
    *("easting_m", "longitude", "latitude", "height_m", "witnesses", "position", "responsible"),
    *("last_inspected", "public", "simulated"),
)
_NOWHERE: Mapping[str, object] = {"chainage_km": None, "offset_m": None, "side": None}


def line_document(city: City, asked: str, *, public: bool) -> dict[str, object]:
    """A line as a GeoJSON feature, with its standing and how many markers it has.

    Parameters
    ----------
    city
        The city, on its today.
    asked
        Code, name or id of the line.
    public
        Whether only what is public counts; plans and progress are then left out.

    Raises
    ------
    NotFound, InvalidInput
        As `civgeo.services.line_asked.one_line`.
    """
    with city.store.read() as reading:
        line = one_line(reading, asked, public=public)
        frame = reading.features(_LINES, ids=[line.id])
        files = [] if public else rounds_of(reading)
        markers = reading.count(_MARKERS, where=_own(line, public=public))
    [found] = feature_members(frame, COLLECTIONS[_LINES.value])
    standing = standings([line], files, city.today)[line.facts.code]
    return {
        **found,
        "today": city.today.isoformat(),
        "markers": markers,
        "standing": {
            "state": standing.state.value,
            "state_zh": standing.state.label_zh,
            "due": None if standing.due is None else standing.due.isoformat(),
            "overdue_days": standing.days,
            "progress": standing.progress,
        },
    }


def markers_document(city: City, asked: str, *, public: bool) -> dict[str, object]:
    """Markers of a line in route order with their chainage; parameters as `line_document`.

    Those without a place come last, by number.
    """
    line, frame = _with_markers(city, asked, public=public)
    route = line.route()
    along = {} if route is None else _along(frame, route)
    rows = []
    for (id, row), shape in zip(record_rows(frame, _MARKERS), frame.geometry, strict=True):
        own = unfolded(row, _MARKERS)
        at = [shape.x, shape.y] if isinstance(shape, shapely.Point) else None
        found = along.get(id, _NOWHERE)
        rows.append({"id": id, **found, "place": at, **{name: own[name] for name in _OF_MARKERS}})
    rows.sort(key=_route_order)
    return {
        "line": line.facts.code,
        "name": line.facts.name,
        "length_km": None if route is None else round(route.length_m / 1000, 3),
        "markers": [{"order": order, **row} for order, row in enumerate(rows, 1)],
    }


def _along(frame: gpd.GeoDataFrame, route: Route) -> dict[str, Mapping[str, object]]:
    """Chainage, offset and side of the markers that have a place, by id."""
    found = marker_positions(frame, route)
    found = found[found["order"] > 0]
    columns = (found[name].tolist() for name in ("chainage_m", "offset_m", "side"))
    return {
        str(id): {
            "chainage_km": round(chainage / 1000, 3),
            "offset_m": round(offset, 2),
            "side": side,
        }
        for id, chainage, offset, side in zip(found.index, *columns, strict=True)
    }


def _route_order(row: Mapping[str, object]) -> tuple[bool, float, str]:
    chainage = row["chainage_km"]
    return chainage is None, float(str(chainage or 0)), str(row["number"])


def description_document(city: City, asked: str, *, public: bool) -> dict[str, object]:
    """Walk description between the markers, and how the one on file differs.

    Parameters as `line_document`.

    Raises
    ------
    NotFound, InvalidInput
        As `line_document`; ``no_geometry`` for a line without a shape.
    """
    line, frame = _with_markers(city, asked, public=public)
    with city.store.read() as reading:
        [filed] = reading.features(_LINES, ids=[line.id])["course"]
    own = frame[frame.geometry.notna()]
    walk = walk_of_line(_named(line), own, filed=filed if isinstance(filed, str) else None)
    return walk_record(walk)


def check_document(city: City, asked: str) -> dict[str, object]:
    """What is wrong with a line, its markers and their numbers; for the bureau.

    Raises
    ------
    NotFound, InvalidInput
        As `description_document`.
    """
    line, frame = _with_markers(city, asked, public=False)
    with city.store.read() as reading:
        divisions = reading.features(Collection.DIVISIONS)
    drawn = divisions[(divisions["level"] == "county") & divisions.geometry.notna()]
    sides = set(line.facts.sides)
    named = _named(line)
    at_junctions = frame["sides"].map(lambda text: len(codes_of(text)) > 2).astype(bool)
    standing = frame[~at_junctions].assign(line=named.name)
    outlines = drawn if sides <= set(drawn["code"]) else None
    found = dict(line_summary(check_lines((named,), markers=standing, divisions=outlines)))
    told = f"三交点界桩 {int(at_junctions.sum())} 座：编号按三方代码，不与本线的编号一起核对"
    return {**found, "left_out": [told] if at_junctions.any() else []}


def _with_markers(city: City, asked: str, *, public: bool) -> tuple[LineEntry, gpd.GeoDataFrame]:
    with city.store.read() as reading:
        line = one_line(reading, asked, public=public)
        return line, reading.features(_MARKERS, where=_own(line, public=public))


def _own(line: LineEntry, *, public: bool) -> dict[str, str | bool]:
    return {"line": line.facts.code, **(PUBLIC_BOUNDARY if public else {})}


def _named(line: LineEntry) -> NamedRoute:
    route = line.route()
    if route is None:
        text = f"界线“{line.facts.name}”没有图形，无从量算：请先导入界线的线图形"
        raise InvalidInput(text, code="no_geometry")
    return NamedRoute(line.facts.name, line.facts.sides, route)
