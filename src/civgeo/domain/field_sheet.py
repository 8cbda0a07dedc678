"""One boundary line as its inspectors meet it: markers in route order, and the segments between.

Every product of a field package is drawn from a `FieldSheet`. Coordinates are degrees of EPSG:4490,
longitude first; texts stand as they were recorded.
"""

from dataclasses import dataclass
from datetime import date

__all__ = [
    "FieldJunction",
    "FieldMarker",
    "FieldPhoto",
    "FieldRound",
    "FieldSegment",
    "FieldSheet",
    "FieldSide",
    "FieldStop",
    "FieldWitness",
    "Place",
]

Place = tuple[float, float]
"""Longitude and latitude, degrees, EPSG:4490."""


@dataclass(frozen=True, slots=True)
class FieldSide:
    """A division beside the line: its code and name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class FieldRound:
    """The inspection that a package is for.

    Parameters
    ----------
    number
        5 for the fifth.
    name
        Name in the plan; empty where there is no plan.
    year, due
        Planned year, last day; None where there is no plan.
    leader
        Name of the division that leads; empty where not settled.
    filed
        Whether it is filed already: no results are taken any more.
    """

    number: int
    name: str = ""
    year: int | None = None
    due: date | None = None
    leader: str = ""
    filed: bool = False


@dataclass(frozen=True, slots=True)
class FieldWitness:
    """A witness mark of a marker.

    Parameters
    ----------
    number
        From 1, in the order of the registration form.
    name
        Of the thing: a corner of a house, a tree.
    grid_azimuth, distance_m
        As recorded; None where the form has none.
    east_m, north_m
        From the marker on the grid, computed from both; None where either cannot be read.
    place
        Where that is; None where the marker's own place is not known.
    """

    number: int
    name: str
    grid_azimuth: str | None = None
    distance_m: str | None = None
    east_m: float | None = None
    north_m: float | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class FieldPhoto:
    """A registered photo: its slot, file name, and digest where the store holds it."""

    slot: str
    name: str
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class FieldMarker:
    """A marker with what its registration form says.

    Parameters
    ----------
    id, number
        Of the register.
    order
        From 1 along the route; markers without a place come last.
    chainage_m, offset_m
        Metres along the line and from it; None without a place or line.
    place
        Geometry of the register.
    facts
        Title and text of each recorded thing, in the order of the form.
    witnesses
        Up to three.
    photos
        Registered ones.
    twins
        Numbers of the other markers of the same serial number.
    simulated
        Whether the record is simulated.
    """

    id: str
    number: str
    order: int
    chainage_m: float | None
    offset_m: float | None
    place: Place | None
    facts: tuple[tuple[str, str], ...]
    witnesses: tuple[FieldWitness, ...]
    photos: tuple[FieldPhoto, ...] = ()
    twins: tuple[str, ...] = ()
    simulated: bool = False

    @property
    def km(self) -> str:
        """Chainage in kilometres to the metre; a dash where it is not known."""
        return "—" if self.chainage_m is None else f"{self.chainage_m / 1000:.3f}"


@dataclass(frozen=True, slots=True)
class FieldSegment:
    """The stretch of the line from one stop to the next.

    Parameters
    ----------
    id
        Register ids of the markers at both ends, with a slash between; ``start`` or ``end`` where
        the line begins or ends without a marker.
    name
        Numbers of both, with a dash between.
    start_m, end_m
        Chainages.
    direction
        One of sixteen directions from true north, from its start to its end.
    course
        What the walk description on file says of it; empty where nothing can be matched.
    path
        Corners.
    """

    id: str
    name: str
    start_m: float
    end_m: float
    direction: str
    course: str
    path: tuple[Place, ...]

    @property
    def length_km(self) -> float:
        """Length along the line, kilometres."""
        return (self.end_m - self.start_m) / 1000


@dataclass(frozen=True, slots=True)
class FieldStop:
    """Where inspectors stop: the segment that leads there, and the markers of one serial number."""

    segment: FieldSegment | None
    markers: tuple[FieldMarker, ...]


@dataclass(frozen=True, slots=True)
class FieldJunction:
    """A tri-junction of the line: its name and place."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class FieldSheet:
    """Everything that a package of one line holds.

    Parameters
    ----------
    package
        UUID; the same for the same line, round and versions of its records.
    line, code, name, level
        Register id, code, name and level of the line.
    sides
        Divisions on both sides, in the order of the register.
    left, right
        Names of the sides as seen along the route; empty where the outlines do not tell.
    round
        The inspection.
    length_m
        Along the line.
    stops
        In route order; the last may have a segment and no marker.
    junctions, path
        Tri-junctions; corners of the whole line.
    course
        Walk description on file.
    made_on
        Day of the register's state.
    sources
        Where line and markers come from, as recorded.
    secrecy
        密级 of the most closely kept record.
    simulated
        Whether any of it is simulated.
    """

    package: str
    line: str
    code: str
    name: str
    level: str
    sides: tuple[FieldSide, ...]
    left: str
    right: str
    round: FieldRound
    length_m: float
    stops: tuple[FieldStop, ...]
    junctions: tuple[FieldJunction, ...]
    path: tuple[Place, ...]
    course: str
    made_on: date
    sources: tuple[str, ...]
    secrecy: str
    simulated: bool

    @property
    def markers(self) -> tuple[FieldMarker, ...]:
        """Markers in route order."""
        return tuple(marker for stop in self.stops for marker in stop.markers)

    @property
    def segments(self) -> tuple[FieldSegment, ...]:
        """Segments in route order."""
        return tuple(stop.segment for stop in self.stops if stop.segment is not None)

    @property
    def title(self) -> str:
        """Name of the line and round, as products are headed."""
        return f"{self.name}第{_ordinal(self.round.number)}轮联合检查"


def _ordinal(number: int) -> str:
    return "一二三四五六七八九十"[number - 1] if 1 <= number <= 10 else f" {number} "
