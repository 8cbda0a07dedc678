"""Records of the boundary registers as typed values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import orjson
import shapely

from civgeo.domain.boundary_forms import BoundaryLevel, LineStatus
from civgeo.domain.division import DivisionCode
from civgeo.domain.round_plan import LineFacts
from civgeo.errors import InvalidInput, NotFound
from civgeo.geo.boundary_line import Route, route_of
from civgeo.services.feature_schema import COLLECTIONS, PropertyType
from civgeo.services.geojson import records
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

__all__ = [
    "LineEntry",
    "codes_of",
    "day_of",
    "division_names",
    "json_text",
    "line_entries",
    "line_entry",
    "own_division",
    "parsed_sides",
    "record_rows",
    "route_or_none",
    "sides_text",
    "structure",
    "unfolded",
]

_SEPARATORS = str.maketrans("，、；;|—-/", ",,,,,,,,")


@dataclass(frozen=True, slots=True)
class LineEntry:
    """A boundary line of the register.

    Parameters
    ----------
    id, version
        Its record.
    facts
        What plans are made from.
    division
        Division under which it is registered.
    geometry
        EPSG:4490, None where it is not drawn.
    simulated
        Whether it is an exercise.
    """

    id: str
    version: int
    facts: LineFacts
    division: str
    geometry: shapely.Geometry | None
    simulated: bool

    def route(self) -> Route | None:
        """The line as a route, None where it is not drawn; raises as `route_of`."""
        return route_or_none(self.geometry)


def route_or_none(shape: object) -> Route | None:
    """The route of a line (EPSG:4490), None for no line; raises as `route_of`."""
    if isinstance(shape, shapely.LineString | shapely.MultiLineString):
        return route_of(shape)
    return None


def line_entries(reading: Reading) -> list[LineEntry]:
    """The lines that exist today, in the order in which they were entered."""
    frame = reading.features(Collection.BOUNDARY_LINES)
    return [
        _line(id, row, shape)
        for (id, row), shape in zip(
            record_rows(frame, Collection.BOUNDARY_LINES), frame.geometry, strict=True
        )
    ]


def line_entry(reading: Reading, code: str) -> LineEntry:
    """The line of that code.

    Raises
    ------
    NotFound
        ``unknown_line`` when the register has none.
    """
    frame = reading.features(Collection.BOUNDARY_LINES, where={"code": code})
    if frame.empty:
        text = f"界线登记中没有代码为“{code[:40]}”的界线：请先登记界线，或核对代码"
        raise NotFound(text, code="unknown_line")
    id, row = record_rows(frame, Collection.BOUNDARY_LINES)[0]
    return _line(id, row, frame.geometry.iloc[0])


def _line(id: str, row: Mapping[str, object], shape: shapely.Geometry | None) -> LineEntry:
    facts = LineFacts(
        code=str(row["code"]),
        name=str(row["name"]),
        level=BoundaryLevel(str(row["level"])),
        sides=codes_of(row["sides"]),
        status=LineStatus(str(row["status"])),
        last_inspected=day_of(row["last_inspected"]),
        next_due=day_of(row["next_due"]),
        demarcate_by=day_of(row["demarcate_by"]),
    )
    version, simulated = int(str(row["version"])), bool(row["simulated"])
    return LineEntry(id, version, facts, str(row["division"]), shape, simulated)


def record_rows(
    frame: gpd.GeoDataFrame, collection: Collection
) -> list[tuple[str, Mapping[str, object]]]:
    """Id and properties of each row, None for what is missing."""
    rows = records(frame, COLLECTIONS[collection.value])
    return list(zip(map(str, frame.index), rows, strict=True))


def structure(value: object) -> object:
    """What a JSON text of the store holds, None for null."""
    return orjson.loads(value) if isinstance(value, str) else None


def unfolded(values: Mapping[str, object], collection: Collection) -> dict[str, object]:
    """`values` with the JSON texts of a collection's properties as what they hold."""
    schema = COLLECTIONS[collection.value]
    nested = {item.name for item in schema.properties if item.type is PropertyType.JSON}
    return {
        name: structure(value) if name in nested and isinstance(value, str) else value
        for name, value in values.items()
    }


def json_text(value: object) -> str:
    """`value` as a JSON text of the store."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def codes_of(value: object) -> tuple[str, ...]:
    """Division codes that a JSON text of the store lists; none for null."""
    found = structure(value)
    return tuple(str(code) for code in found) if isinstance(found, list) else ()


def day_of(value: object) -> date | None:
    """Day of a text YYYY-MM-DD, None for null."""
    return date.fromisoformat(value) if isinstance(value, str) else None


def parsed_sides(value: object, *, key: str = "sides") -> tuple[str, ...]:
    """Two or three different division codes of one level, the smaller first.

    Parameters
    ----------
    value
        JSON text of a list, or codes separated by commas or 、.
    key
        Where it was written.

    Raises
    ------
    InvalidInput
        ``bad_value`` for another number of codes, one twice, or two levels; ``bad_code`` for what
        is no code.
    """
    text = value.strip() if isinstance(value, str) else ""
    listed = text.startswith("[")
    try:
        given = orjson.loads(text) if listed else text.translate(_SEPARATORS).split(",")
    except orjson.JSONDecodeError:
        given = []
    parsed = sorted(
        DivisionCode.parse(code.strip() if isinstance(code, str) else code) for code in given
    )
    if len(parsed) not in (2, 3) or len(set(parsed)) != len(parsed):
        told = f'{key} 应为两个或三个不同的区划代码，如 ["411702","411721"]，收到“{text[:60]}”'
        raise InvalidInput(told, code="bad_value")
    if len({code.level for code in parsed}) > 1:
        raise InvalidInput(f"{key} 应为同一级的区划代码，收到“{text[:60]}”", code="bad_value")
    return tuple(code.text for code in parsed)


def own_division(reading: Reading, sides: Iterable[str]) -> str:
    """The first of `sides` that the store holds as its own, else the first: the registering side.

    A line to another city is registered under the side that lies in this one, a line to another
    province under the city's province.
    """
    listed, city = list(sides), reading.register().city
    for code in listed:
        own = {"code": code, "role": "own"}
        if code == f"{city[:2]}0000" or reading.count(Collection.DIVISIONS, where=own):
            return code
    return listed[0]


def division_names(reading: Reading) -> dict[str, str]:
    """Names of the divisions of the store by code, neighbours among them."""
    frame = reading.features(Collection.DIVISIONS, where={"system": "MCA"})
    return dict(zip(frame["code"].tolist(), frame["name"].tolist(), strict=True))


def sides_text(sides: Iterable[str], names: Mapping[str, str]) -> str:
    """Names of the sides for a reader, codes where a name is not known."""
    return "、".join(names.get(code, code) for code in sides)
