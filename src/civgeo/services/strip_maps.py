"""Printable sheets of one boundary line."""

import geopandas as gpd
import shapely

from civgeo.domain.boundary_forms import MarkerState
from civgeo.domain.secrecy import Secrecy
from civgeo.errors import InvalidInput, RuleViolation
from civgeo.geo.boundary_line import Route
from civgeo.geo.line_markers import marker_positions
from civgeo.maps.strip_map import StripContent, StripMarker, StripPlace, strip_map
from civgeo.maps.theme import MapNote
from civgeo.services.boundary_maps import PUBLIC_BOUNDARY
from civgeo.services.boundary_records import LineEntry, codes_of, record_rows
from civgeo.services.city import City
from civgeo.services.line_asked import one_line
from civgeo.services.map_origin import Drawn
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

__all__ = ["line_sheets", "strip_content"]

_MARKERS = Collection.BOUNDARY_MARKERS
_CLOSED = tuple(Secrecy)[tuple(Secrecy).index(Secrecy.SECRET) :]


def line_sheets(city: City, asked: str, *, public: bool, public_number: str = "") -> bytes:
    """Strip maps of a line as PDF, A4 across.

    Parameters
    ----------
    city
        The city.
    asked
        Code, name or id of the line.
    public
        Whether only what is public is drawn.
    public_number
        审图号 of an approved map; only public sheets bear it.

    Raises
    ------
    NotFound
        When there is no such line, or for public sheets none that is public.
    InvalidInput
        When the line has no shape (``no_geometry``), or several are called so.
    RuleViolation
        ``secret`` when the line or one of its markers is 秘密 or above.
    """
    content, about = strip_content(city, asked, public=public, public_number=public_number)
    return strip_map(content, about=about)


def strip_content(
    city: City, asked: str, *, public: bool, public_number: str = ""
) -> tuple[StripContent, MapNote]:
    """What the sheets show and say; parameters and errors as `line_sheets`."""
    with city.store.read() as reading:
        line = one_line(reading, asked, public=public)
        route = line.route()
        if route is None:
            text = f"界线“{line.facts.name}”没有图形，画不出分幅图：请先导入界线的线图形"
            raise InvalidInput(text, code="no_geometry")
        register, divisions = reading.register(), reading.features(Collection.DIVISIONS)
        code = line.facts.code
        own = {"line": code, **(PUBLIC_BOUNDARY if public else {})}
        markers = reading.features(_MARKERS, where=own)
        junctions = reading.features(
            Collection.TRI_JUNCTIONS, where=PUBLIC_BOUNDARY if public else {}
        )
        lines = reading.features(Collection.BOUNDARY_LINES, ids=[line.id])
        disputes = _disputes(reading, code) if not public else ()
    _refuse_secret(line, lines, markers)
    content = StripContent(
        line.facts.name,
        code,
        route,
        _markers(markers, route),
        _junctions(junctions, code),
        disputes,
        _counties(divisions, route),
    )
    drawn = Drawn(register, divisions, (lines, markers), city.today)
    about = MapNote(
        title=line.facts.name,
        source=drawn.source,
        date=drawn.date,
        simulated=drawn.simulated,
        public_number=(public_number or None) if public else None,
    )
    return content, about


def _refuse_secret(line: LineEntry, lines: gpd.GeoDataFrame, markers: gpd.GeoDataFrame) -> None:
    if {*lines["secrecy"], *markers["secrecy"]} & {str(level) for level in _CLOSED}:
        text = (
            f"界线“{line.facts.name}”或其界桩的密级为秘密或以上，不能在本系统出图："
            "请核对密级，或另按保密规定办理"
        )
        raise RuleViolation(text, code="secret")


def _markers(frame: gpd.GeoDataFrame, route: Route) -> tuple[StripMarker, ...]:
    """Markers with a place, in route order."""
    drawn = frame[frame.geometry.notna()]
    along = marker_positions(drawn, route)["chainage_m"].tolist()
    places = shapely.get_coordinates(drawn.geometry.to_numpy()).tolist()
    listed = [
        StripMarker(
            str(row["number"]),
            (lon, lat),
            float(chainage),
            str(row["setting"] or "—"),
            MarkerState(str(row["state"])).label_zh,
        )
        for (_, row), (lon, lat), chainage in zip(
            record_rows(drawn, _MARKERS), places, along, strict=True
        )
    ]
    return tuple(sorted(listed, key=lambda marker: (round(marker.chainage_m), marker.number)))


def _junctions(frame: gpd.GeoDataFrame, code: str) -> tuple[StripPlace, ...]:
    return tuple(
        StripPlace(str(name), place)
        for name, lines, place in zip(frame["name"], frame["lines"], frame.geometry, strict=True)
        if isinstance(place, shapely.Point) and code in codes_of(lines)
    )


def _disputes(reading: Reading, code: str) -> tuple[StripPlace, ...]:
    """Contested stretches that are not settled."""
    frame = reading.features(Collection.BOUNDARY_DISPUTES, where={"line": code})
    return tuple(
        StripPlace(str(name), shape)
        for name, state, shape in zip(frame["name"], frame["state"], frame.geometry, strict=True)
        if shape is not None and state != "settled"
    )


def _counties(divisions: gpd.GeoDataFrame, route: Route) -> tuple[StripPlace, ...]:
    """Counties within about 30 km of the line."""
    drawn = divisions[(divisions["level"] == "county") & divisions.geometry.notna()]
    near = drawn[drawn.geometry.intersects(shapely.box(*route.line.buffer(0.3).bounds))]
    return tuple(
        StripPlace(str(name), shape)
        for name, shape in zip(near["name"], near.geometry, strict=True)
    )
