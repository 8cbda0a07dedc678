"""Maps of the boundaries: what may be drawn for whom, and in which state each line stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import shapely

from civgeo.domain.boundary_forms import BoundaryLevel, MarkerState
from civgeo.domain.round_forms import RoundState
from civgeo.domain.secrecy import Secrecy
from civgeo.maps.boundaries import boundaries_map
from civgeo.maps.boundary_sheet import boundaries_picture
from civgeo.maps.boundary_view import BoundaryView, DrawnLine, DrawnMarker, DrawnPlace, LineState
from civgeo.maps.civmap import CivMap
from civgeo.maps.static import PictureFormat
from civgeo.maps.theme import MapNote
from civgeo.services.boundary_records import (
    LineEntry,
    codes_of,
    division_names,
    line_entries,
    record_rows,
    sides_text,
)
from civgeo.services.city import City
from civgeo.services.line_standing import LineStanding, standings
from civgeo.services.map_origin import Drawn
from civgeo.services.round_keys import RoundKey
from civgeo.services.round_records import RoundFile, rounds_of
from civgeo.services.round_results import round_results
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

__all__ = ["PUBLIC_BOUNDARY", "BoundaryContent", "boundary_content", "boundary_map"]
__all__ += ["boundary_picture", "has_public_boundaries"]

_LINES, _MARKERS = Collection.BOUNDARY_LINES, Collection.BOUNDARY_MARKERS
_JUNCTIONS = Collection.TRI_JUNCTIONS
PUBLIC_BOUNDARY: Mapping[str, str | bool] = {"public": True, "secrecy": Secrecy.PUBLIC.value}
"""What a record must say before everybody may see it: 是否公开 and 密级."""

_TITLE = "行政区域界线"
TOLERANCE_M = 1.0
Rows = Sequence[tuple[str, Mapping[str, object]]]


@dataclass(frozen=True, slots=True)
class BoundaryContent:
    """What a map shows: view, divisions to draw it over, and what it says about itself."""

    view: BoundaryView
    divisions: gpd.GeoDataFrame
    about: MapNote


def has_public_boundaries(reading: Reading) -> bool:
    """Whether there is a line that everybody may see."""
    return reading.count(_LINES, where=PUBLIC_BOUNDARY) > 0


def boundary_map(
    city: City, *, public: bool, public_number: str = "", tolerance_m: float = TOLERANCE_M
) -> CivMap:
    """Map of the boundaries; parameters as `boundary_content`."""
    shown = boundary_content(
        city, public=public, public_number=public_number, tolerance_m=tolerance_m
    )
    return boundaries_map(shown.view, shown.divisions, about=shown.about)


def boundary_picture(
    city: City,
    form: PictureFormat,
    *,
    public: bool,
    public_number: str = "",
    tolerance_m: float = TOLERANCE_M,
) -> bytes:
    """The same map as a picture, drawn without a browser."""
    shown = boundary_content(
        city, public=public, public_number=public_number, tolerance_m=tolerance_m
    )
    return boundaries_picture(shown.view, shown.divisions, about=shown.about, form=form)


def boundary_content(
    city: City, *, public: bool, public_number: str = "", tolerance_m: float = TOLERANCE_M
) -> BoundaryContent:
    """What a map of the boundaries shows.

    Parameters
    ----------
    city
        The city, on its today.
    public
        Drop what is not public: records that are not, plans and progress of inspections, disputes
        and disagreements. What is left says of a line whether its next inspection is overdue.
    public_number
        审图号 of an approved map; only a public map bears it.
    tolerance_m
        Displacement up to which a marker has not moved, where the plan sets none.
    """
    with city.store.read() as reading:
        register, divisions = reading.register(), reading.features(Collection.DIVISIONS)
        names = division_names(reading)
        where = PUBLIC_BOUNDARY if public else {}
        frames = [reading.features(layer, where=where) for layer in (_LINES, _MARKERS, _JUNCTIONS)]
        disputes = None if public else reading.features(Collection.BOUNDARY_DISPUTES)
        entries, files = line_entries(reading), [] if public else rounds_of(reading)
    lines, markers, junctions = frames
    found = standings(entries, files, city.today)
    shown = set(lines.index)
    named = {entry.facts.code: entry.facts.name for entry in entries if entry.id in shown}
    view = BoundaryView(
        lines=tuple(_lines(lines, entries, found, names)),
        markers=tuple(_markers(markers, found, named, names)),
        junctions=tuple(_junctions(junctions, named, names)),
        disputes=() if disputes is None else tuple(_disputes(disputes, named, names)),
        differences=tuple(_differences(city, files, names, tolerance_m)),
        undrawn=int(lines.geometry.isna().sum() + markers.geometry.isna().sum()),
        withheld=public,
    )
    drawn = Drawn(register, divisions, tuple(frames), city.today)
    about = MapNote(
        title=f"{register.name}{_TITLE}" + ("" if public else "联检进度"),
        source=drawn.source,
        date=drawn.date,
        simulated=drawn.simulated,
        public_number=(public_number or None) if public else None,
        on=city.today,
    )
    return BoundaryContent(view, divisions, about)


def _lines(
    frame: gpd.GeoDataFrame,
    entries: Sequence[LineEntry],
    found: Mapping[str, LineStanding],
    names: Mapping[str, str],
) -> list[DrawnLine]:
    """Lines that are drawn, those of the higher levels last."""
    shown = []
    wanted = set(frame.index)
    for entry in entries:
        route = entry.route()
        if entry.id not in wanted or route is None:
            continue
        facts, standing = entry.facts, found[entry.facts.code]
        told = (
            facts.code,
            sides_text(facts.sides, names),
            f"{route.length_m / 1000:.2f}",
            _day(facts.last_inspected),
            _day(standing.due),
            standing.progress,
            str(standing.days) if standing.days else None,
        )
        line = DrawnLine(facts.name, facts.level, standing.state, route.line, told, entry.simulated)
        shown.append(line)
    return sorted(shown, key=lambda line: -tuple(BoundaryLevel).index(line.level))


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _markers(
    frame: gpd.GeoDataFrame,
    found: Mapping[str, LineStanding],
    named: Mapping[str, str],
    names: Mapping[str, str],
) -> list[DrawnMarker]:
    shown = []
    for (_, row), place in zip(record_rows(frame, _MARKERS), frame.geometry, strict=True):
        if not isinstance(place, shapely.Point):
            continue
        line = str(row["line"])
        standing = found.get(line)
        keeper = row["responsible"]
        facts = (
            f"{named.get(line, '')} {line}".strip(),
            _text(row["setting"]),
            None if row["chainage_m"] is None else f"{float(str(row['chainage_m'])) / 1000:.3f}",
            None if row["offset_m"] is None else f"{float(str(row['offset_m'])):.1f}",
            None if keeper is None else names.get(str(keeper), str(keeper)),
            _text(row["last_inspected"]),
        )
        late = standing is not None and standing.state is LineState.OVERDUE
        state = MarkerState(str(row["state"]))
        shown.append(
            DrawnMarker(
                str(row["number"]), state, late, place.x, place.y, facts, bool(row["simulated"])
            )
        )
    return shown


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _junctions(
    frame: gpd.GeoDataFrame, named: Mapping[str, str], names: Mapping[str, str]
) -> list[DrawnPlace]:
    shown = []
    for (_, row), place in zip(record_rows(frame, _JUNCTIONS), frame.geometry, strict=True):
        if isinstance(place, shapely.Point):
            level = BoundaryLevel(str(row["level"])).label_zh if row["level"] else None
            lines = "、".join(named[code] for code in codes_of(row["lines"]) if code in named)
            sides = sides_text(codes_of(row["sides"]), names)
            facts = (level, sides, lines or None, _text(row["marker"]))
            name = f"{row['name']}三交点"
            simulated = bool(row["simulated"])
            shown.append(DrawnPlace(name, sides, place.x, place.y, facts, simulated))
    return shown


_DISPUTE_STATES = {
    "open": "争议中",
    "talking": "协商中",
    "escalated": "已报上级",
}


def _disputes(
    frame: gpd.GeoDataFrame, named: Mapping[str, str], names: Mapping[str, str]
) -> list[DrawnPlace]:
    """Disputes that are not settled and have a place."""
    shown = []
    rows = record_rows(frame, Collection.BOUNDARY_DISPUTES)
    for (_, row), shape in zip(rows, frame.geometry, strict=True):
        state = _DISPUTE_STATES.get(str(row["state"]))
        if state is None or shape is None:
            continue
        at = shape.representative_point()
        line = str(row["line"])
        sides = sides_text(codes_of(row["sides"]), names)
        facts = (named.get(line, line), sides, state, _text(row["began_on"]))
        simulated = bool(row["simulated"])
        shown.append(DrawnPlace(str(row["name"]), state, at.x, at.y, facts, simulated, shape))
    return shown


def _differences(
    city: City, files: Sequence[RoundFile], names: Mapping[str, str], tolerance_m: float
) -> list[DrawnPlace]:
    """What the sides of a line under way recorded differently, where it has a place."""
    under_way = (RoundState.OPEN, RoundState.COMPARING)
    shown = []
    for file in files:
        if file.facts.state not in under_way:
            continue
        key = RoundKey(file.facts.line, file.facts.number)
        results = round_results(city, key, tolerance_m=tolerance_m)
        for item in results.disagreements:
            marker = results.register.markers.get(item.key)
            place = item.place or (None if marker is None else marker.place)
            if place is None:
                continue
            said = "；".join(
                f"{names.get(side, side)}：{text or '没有记录'}"
                for side, text in item.values.items()
            )
            what = f"{item.differs.label_zh}{f'（{item.item}）' if item.item else ''}"
            facts = (file.line_name, what, said)
            shown.append(DrawnPlace(item.name, what, *place, facts, file.simulated))
    return shown
