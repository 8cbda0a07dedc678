"""Boundary lines of a demonstration city, cut from the outlines of its counties."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import shapely
from shapely import LineString, MultiLineString

from civgeo.domain.boundary_forms import BoundaryLevel
from civgeo.domain.line_names import boundary_line_name, tri_junction_name
from civgeo.domain.line_sides import line_number, sides_between
from civgeo.errors import InvalidInput
from civgeo.formats.province_names import province_short_names
from civgeo.formats.reference import county_lineage
from civgeo.geo.boundary_line import Route, route_of
from civgeo.geo.shared_lines import shared_lines
from civgeo.services.demo_frames import new_id

__all__ = ["DemoBoundaries", "DemoJunction", "DemoLine", "boundaries_of"]

_ORDER = tuple(BoundaryLevel)
Sides = tuple[str, ...]


@dataclass(frozen=True)
class DemoLine:
    """A line between two divisions.

    Parameters
    ----------
    code, number
        Code in the register; four digits that its markers bear. They are the same unless two
        lines share a number.
    name, level, sides
        As the bureaus call it; its level; codes of the divisions, the smaller first.
    names
        Names of the sides.
    division
        The side that is the city's own.
    shape
        EPSG:4490.
    """

    code: str
    number: str
    name: str
    level: BoundaryLevel
    sides: Sides
    names: tuple[str, ...]
    division: str
    shape: LineString | MultiLineString

    @cached_property
    def route(self) -> Route:
        """The line from its start."""
        return route_of(self.shape)


@dataclass(frozen=True, slots=True)
class DemoJunction:
    """A point where three divisions meet, and the codes of the lines that meet there."""

    id: str
    name: str
    level: BoundaryLevel
    sides: Sides
    names: tuple[str, ...]
    division: str
    lines: tuple[str, ...]
    place: shapely.Point

    @property
    def number(self) -> str:
        """Six digits that its marker bears."""
        return line_number(self.level, self.sides)


@dataclass(frozen=True)
class DemoBoundaries:
    """The lines and junctions of a city, and the counties on both sides of them.

    Parameters
    ----------
    lines
        By level, then by code.
    junctions
        From west to east.
    counties
        Own and neighbouring ones with outlines, EPSG:4490.
    names
        Names of all sides by code.
    """

    lines: tuple[DemoLine, ...]
    junctions: tuple[DemoJunction, ...]
    counties: gpd.GeoDataFrame
    names: Mapping[str, str]

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.counties.geometry.to_numpy())

    def side_at(self, line: DemoLine, lon: float, lat: float) -> str | None:
        """Code of the side of `line` that a place lies on; None outside both."""
        found = self._tree.query(shapely.Point(lon, lat), predicate="within")
        codes = self.counties["code"].iloc[found]
        sides = {side.rstrip("0"): side for side in line.sides}
        return next(
            (side for code in codes for head, side in sides.items() if code.startswith(head)), None
        )


def boundaries_of(divisions: gpd.GeoDataFrame, rng: np.random.Generator) -> DemoBoundaries:
    """Lines and junctions that the outlines of a city and its neighbours yield.

    A line is all that a pair of divisions shares along the city, on the highest level on which
    its counties differ.

    Parameters
    ----------
    divisions
        Rows of the divisions table, EPSG:4490.
    rng
        Seeded generator of ids.
    """
    drawn = divisions[divisions.geometry.notna()]
    counties = drawn[drawn["level"] == "county"]
    own = set(counties.loc[counties["role"] == "own", "code"])
    names = dict(zip(divisions["code"], divisions["name"], strict=True))
    if not own:
        return DemoBoundaries((), (), counties, names)
    shared, corners = shared_lines(counties)
    groups: dict[tuple[BoundaryLevel, Sides], list[shapely.Geometry]] = {}
    for one, other, shape in zip(shared["one"], shared["other"], shared.geometry, strict=True):
        if {one, other} & own:
            groups.setdefault(sides_between((one, other)), []).append(shape)
    ordered = sorted(groups, key=lambda key: (_ORDER.index(key[0]), key[1]))
    names |= _names_of({side for _, sides in ordered for side in sides} - set(names))
    heads = _own_heads(own)
    used: set[str] = set()
    lines = []
    for level, sides in ordered:
        line = _line(level, sides, groups[level, sides], names, heads, used)
        used.add(line.code)
        lines.append(line)
    codes = {(line.level, line.sides): line.code for line in lines}
    junctions = [
        _junction(met, place, codes, names, heads, new_id(rng))
        for met, place in zip(corners["codes"], corners.geometry, strict=True)
        if set(met) & own and len(met) == 3 and isinstance(place, shapely.Point)
    ]
    return DemoBoundaries(tuple(lines), tuple(junctions), counties, names)


def _own_heads(own: Iterable[str]) -> set[str]:
    """Codes of the own counties, and of the prefectures and provinces above them."""
    return {code[:digits].ljust(6, "0") for code in own for digits in (2, 4, 6)}


def _names_of(codes: Iterable[str]) -> dict[str, str]:
    """Names of divisions that the table does not hold; the code where no list has one."""
    lineage = county_lineage()
    found = {code: lineage.latest(code) for code in sorted(codes)}
    return {code: code if entry is None else entry.name for code, entry in found.items()}


def _called(level: BoundaryLevel, sides: Sides, names: Mapping[str, str]) -> dict[str, str]:
    """Names as the name of a line is made of them: short ones of provinces."""
    short = province_short_names() if level is BoundaryLevel.PROVINCE else {}
    return {side: short.get(side, names.get(side, side)) for side in sides}


def _line(
    level: BoundaryLevel,
    sides: Sides,
    shapes: Sequence[shapely.Geometry],
    names: Mapping[str, str],
    own: set[str],
    used: set[str],
) -> DemoLine:
    number = line_number(level, sides)
    return DemoLine(
        code="-".join(sides) if number in used else number,
        number=number,
        name=boundary_line_name(_called(level, sides, names)),
        level=level,
        sides=sides,
        names=tuple(names.get(side, side) for side in sides),
        division=next(side for side in sides if side in own),
        shape=_one_line(shapes),
    )


def _one_line(shapes: Sequence[shapely.Geometry]) -> LineString | MultiLineString:
    """Stretches of a line end to end."""
    merged = shapely.line_merge(shapely.union_all(shapes))
    if isinstance(merged, LineString | MultiLineString):
        return merged
    raise InvalidInput("轮廓的共用部分不是线，切不出界线", code="bad_geometry")


def _junction(
    met: Sides,
    place: shapely.Point,
    codes: Mapping[tuple[BoundaryLevel, Sides], str],
    names: Mapping[str, str],
    own: set[str],
    id: str,
) -> DemoJunction:
    level, sides = sides_between(met)
    pairs = [(met[0], met[1]), (met[0], met[2]), (met[1], met[2])]
    listed = [codes.get(sides_between(pair)) for pair in pairs]
    known = {**_names_of(set(sides) - set(names)), **names}
    return DemoJunction(
        id=id,
        name=tri_junction_name(_called(level, sides, known)),
        level=level,
        sides=sides,
        names=tuple(known[side] for side in sides),
        division=next(side for side in sides if side in own),
        lines=tuple(sorted({code for code in listed if code is not None})),
        place=place,
    )
