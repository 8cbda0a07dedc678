"""One boundary line as a route: its parts joined, its start by the rule, metres along it.

Chainage is measured by geodesics on the ellipsoid of CGCS2000, not on a projection: a 3-degree
zone stretches lengths by up to 0.037 % at its edge (73 m in 200 km), and a long line crosses
zones. Offsets and shapes are measured on the plane of one zone, that of the line's middle, and
what is said of them in metres is brought back to the ellipsoid. Edges are as straight as they are
in degrees; corners are added every 0.01 degree so that the projection cannot bend them.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike
from pyproj import Geod
from shapely.geometry import LineString, MultiLineString

from civgeo.errors import InvalidInput
from civgeo.geo.crs import Zone, project, zone_of
from civgeo.geo.datum import Floats
from civgeo.geo.edges import Mask
from civgeo.geo.ground import DENSE_DEG
from civgeo.geo.index import Numbers

__all__ = ["ELLIPSOID", "JOIN_M", "Gap", "Route", "geodesic_m", "line_zone", "route_of"]

ELLIPSOID = Geod(a=6_378_137.0, rf=298.257222101)
"""Ellipsoid of CGCS2000."""

JOIN_M = 1.0
"""Ends of parts no farther apart than this, in metres, are one place.

Lengths of this order are lost in drawing (0.1 mm on a map of 1:10 000); it is no legal figure.
"""


@dataclass(frozen=True, slots=True)
class Gap:
    """A place where a line is interrupted.

    Parameters
    ----------
    start, end
        Longitude and latitude of the ends on both sides of it, degrees.
    chainage_m
        Where along the route it begins.
    length_m
        From one end to the other.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    chainage_m: float
    length_m: float


@dataclass(frozen=True, slots=True)
class Route:
    """A line from its start to its end.

    Parameters
    ----------
    places
        Longitude and latitude of its corners and of corners added on long edges, (n, 2), degrees.
    plane
        The same in metres of `zone`, easting first.
    chainage_m
        Of each corner, geodesic metres from the start, ascending.
    given
        Which corners the line was drawn with.
    zone
        Where `plane` lies.
    gaps
        Interruptions; the route crosses them straight, and its chainage counts them.
    closed
        Whether it returns to its start (an enclave).
    """

    places: Floats
    plane: Floats
    chainage_m: Floats
    given: Mask
    zone: Zone
    gaps: tuple[Gap, ...]
    closed: bool

    @property
    def length_m(self) -> float:
        """Geodesic length, gaps counted, metres."""
        return float(self.chainage_m[-1])

    @property
    def grid_length_m(self) -> float:
        """Length on the plane of `zone`, metres: what a drawing program would measure."""
        return float(np.hypot(*np.diff(self.plane, axis=0).T).sum())

    @property
    def scale_error(self) -> float:
        """Share by which the plane of `zone` errs in the length: 0.0001 is 1 cm in 100 m."""
        return self.grid_length_m / self.length_m - 1.0

    @property
    def line(self) -> LineString:
        """The route as drawn, EPSG:4490."""
        return LineString(self.places[self.given])

    @property
    def start(self) -> tuple[float, float]:
        """Longitude and latitude of its start."""
        return (float(self.places[0, 0]), float(self.places[0, 1]))

    @property
    def end(self) -> tuple[float, float]:
        """Longitude and latitude of its end."""
        return (float(self.places[-1, 0]), float(self.places[-1, 1]))

    def at(self, chainage_m: ArrayLike) -> Floats:
        """Longitude and latitude at chainages, (n, 2); before the start the start, likewise behind.

        Parameters
        ----------
        chainage_m
            Metres from the start.
        """
        wanted = np.atleast_1d(np.asarray(chainage_m, dtype=np.float64))
        sides = [np.interp(wanted, self.chainage_m, side) for side in self.places.T]
        return np.column_stack(sides)

    def between(self, start_m: float, end_m: float) -> LineString:
        """The stretch from one chainage to another that lies behind it, EPSG:4490."""
        inside = (self.chainage_m > start_m) & (self.chainage_m < end_m) & self.given
        ends = self.at([start_m, end_m])
        return LineString(np.vstack([ends[:1], self.places[inside], ends[1:]]))


def geodesic_m(one: Floats, other: Floats) -> Floats:
    """Metres on the ellipsoid between places, each array (n, 2) of longitudes and latitudes."""
    _, _, metres = ELLIPSOID.inv(one[:, 0], one[:, 1], other[:, 0], other[:, 1])
    return np.asarray(metres, dtype=np.float64)


def line_zone(places: Floats) -> Zone:
    """3-degree zone of the middle of places.

    Raises
    ------
    CrsError
        Outside zones 25 to 45.
    """
    return zone_of(float(places[:, 0].min() + places[:, 0].max()) / 2)


def route_of(
    shape: LineString | MultiLineString, *, join_m: float = JOIN_M, zone: Zone | None = None
) -> Route:
    """The route that a line is drawn as, from its start by the rule of numbering.

    Parts are put together end to end in whatever order and direction they come. The start is in
    the west where the ends lie farther apart from west to east than from north to south, else in
    the north; a closed line starts at its northernmost corner and runs clockwise.

    Parameters
    ----------
    shape
        EPSG:4490; z values are left out.
    join_m
        Ends of parts this near are one place; wider interruptions are `Gap`.
    zone
        Plane to measure in; by default the zone of the line's middle.

    Raises
    ------
    InvalidInput
        When there is no line (``bad_geometry``), or when more than two parts meet at a place
        (``branched_line``).
    CrsError
        When it cannot be projected.

    References
    ----------
    GB/T 17796-2009 numbers markers from west to east or from north to south (excerpts).
    """
    parts = _parts(shape, join_m)
    own = zone or line_zone(np.vstack(parts))
    _refuse_branches(parts, join_m)
    places, steps = _joined(_chained(parts, own), join_m)
    closed = len(places) > 3 and float(geodesic_m(places[:1], places[-1:])[0]) <= join_m
    if closed:
        places = _turned_ring(places)
    elif _runs_back(np.column_stack(project(places[[0, -1], 0], places[[0, -1], 1], own))):
        places, steps = places[::-1], [len(places) - 2 - step for step in reversed(steps)]
    dense, given, edge = _densified(places)
    lengths = geodesic_m(dense[:-1], dense[1:])
    chainage = np.concatenate([[0.0], np.cumsum(lengths)])
    gaps = () if closed else tuple(_gap(dense, chainage, edge, step) for step in steps)
    plane = np.column_stack(project(dense[:, 0], dense[:, 1], own))
    return Route(dense, plane, chainage, given, own, gaps, closed)


def _parts(shape: LineString | MultiLineString, join_m: float) -> list[Floats]:
    """Corners of each part, merged as far as can be, without crumbs shorter than `join_m`."""
    kinds = ("LineString", "MultiLineString", "LinearRing")
    if shape is None or shape.is_empty or shape.geom_type not in kinds:
        kind = "空图形" if shape is None or shape.is_empty else shape.geom_type
        raise InvalidInput(f"界线应为线图形，收到{kind}。", code="bad_geometry")
    drawn = [shapely.force_2d(shape)]
    if not np.isfinite(shapely.get_coordinates(drawn)).all():
        raise InvalidInput("界线有不是数字的坐标。", code="bad_geometry")
    if shape.geom_type == "MultiLineString":
        drawn = list(shapely.get_parts(shapely.line_merge(shapely.union_all(drawn))))
    parts = []
    for part in drawn:
        corners = shapely.get_coordinates(part)
        moved = np.concatenate([[True], (np.diff(corners, axis=0) != 0).any(axis=1)])
        if moved.sum() > 1:
            parts.append(corners[moved])
    if not parts:
        raise InvalidInput("界线没有长度。", code="bad_geometry")
    long = [part for part in parts if geodesic_m(part[:-1], part[1:]).sum() > join_m]
    return long or parts[:1]


def _refuse_branches(parts: list[Floats], join_m: float) -> None:
    """Raise where the ends of three parts or more lie within `join_m`."""
    if len(parts) < 2:
        return
    ends = np.vstack([corners[[0, -1]] for corners in parts])
    for place in ends:
        near = geodesic_m(np.broadcast_to(place, ends.shape), ends) <= join_m
        if near.sum() > 2:
            raise InvalidInput(
                f"界线在经度 {place[0]:.6f}、纬度 {place[1]:.6f} 处分岔：有 {near.sum()} 段相接。"
                "一条界线应当没有岔口，请拆成几条后再试。",
                code="branched_line",
            )


def _chained(parts: list[Floats], zone: Zone) -> list[Floats]:
    """Parts in the order and direction of the route, each next to the nearest end."""
    if len(parts) == 1:
        return parts
    ends = np.vstack([corners[[0, -1]] for corners in parts])
    plane = np.column_stack(project(ends[:, 0], ends[:, 1], zone))
    apart = np.abs(plane[:, None] - plane[None, :])
    distance = np.hypot(apart[..., 0], apart[..., 1])
    # the end farthest from every other part's ends is an end of the whole
    first = int(np.argmax(_loneliness(distance)))
    left = set(range(len(parts)))
    chain, here = [], first
    while True:
        number, backwards = divmod(here, 2)
        left.discard(number)
        chain.append(parts[number][::-1] if backwards else parts[number])
        if not left:
            return chain
        tail = here ^ 1
        free = [end for each in left for end in (2 * each, 2 * each + 1)]
        here = min(free, key=lambda end: distance[tail, end])


def _loneliness(distance: Floats) -> Floats:
    """Distance of each end to the nearest end of another part."""
    own = np.arange(len(distance)) // 2
    others = np.where(own[:, None] == own[None, :], np.inf, distance)
    return np.asarray(others.min(axis=1), dtype=np.float64)


def _joined(parts: list[Floats], join_m: float) -> tuple[Floats, list[int]]:
    """Corners of all parts, and the numbers of the edges that cross gaps."""
    corners = [parts[0]]
    gaps: list[int] = []
    count = len(parts[0])
    for part in parts[1:]:
        here = part
        if geodesic_m(corners[-1][-1:], part[:1])[0] <= join_m:
            here = part[1 + int((part[1] == corners[-1][-1]).all()) :]
        else:
            gaps.append(count - 1)
        corners.append(here)
        count += len(here)
    return np.vstack(corners), gaps


def _turned_ring(places: Floats) -> Floats:
    """A closed line from its northernmost corner, clockwise."""
    ring = places[:-1]
    top = int(np.argmax(ring[:, 1]))
    turned = np.vstack([ring[top:], ring[: top + 1]])
    clockwise = not shapely.is_ccw(shapely.linearrings(turned))
    return np.asarray(turned if clockwise else turned[::-1], dtype=np.float64)


def _densified(places: Floats) -> tuple[Floats, Mask, Numbers]:
    """Corners with others added on long edges, which were given, and the edge of each piece."""
    spans = np.abs(np.diff(places, axis=0)).max(axis=1)
    pieces = np.maximum(np.ceil(spans / DENSE_DEG).astype(np.intp), 1)
    edge = np.repeat(np.arange(len(pieces)), pieces)
    within = np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    share = (within / pieces[edge])[:, None]
    dense = np.vstack([places[edge] * (1.0 - share) + places[edge + 1] * share, places[-1:]])
    return np.asarray(dense), np.concatenate([within == 0, [True]]), edge


def _runs_back(plane: Floats) -> bool:
    """Whether the line as drawn ends where it should start."""
    east, north = plane[-1] - plane[0]
    return bool(east < 0) if abs(east) >= abs(north) else bool(north > 0)


def _gap(places: Floats, chainage: Floats, edge: Numbers, step: int) -> Gap:
    """The gap that edge `step` of the corners given crosses."""
    first, last = np.searchsorted(edge, [step, step + 1])
    return Gap(
        (float(places[first, 0]), float(places[first, 1])),
        (float(places[last, 0]), float(places[last, 1])),
        float(chainage[first]),
        float(chainage[last] - chainage[first]),
    )
