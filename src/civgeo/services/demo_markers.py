"""Simulated markers along the lines of a demonstration city, with a few faults on purpose.

Real lines carry one marker in tens of kilometres; these stand closer, so that every product of an
inspection has something to show.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import shapely

from civgeo.domain.bearings import angle_text
from civgeo.domain.boundary_forms import BoundaryLevel, MarkerState
from civgeo.domain.marker_number import MarkerSetting
from civgeo.geo.boundary_line import ELLIPSOID, Route
from civgeo.geo.crs import project, zone_of
from civgeo.services.boundary_records import json_text
from civgeo.services.demo_frames import Row, new_id
from civgeo.services.demo_lines import DemoBoundaries, DemoJunction, DemoLine

__all__ = ["DemoMarker", "markers_of"]

Place = tuple[float, float]

STEP_M = (6_000.0, 12_000.0)
FIRST_M = (800.0, 3_000.0)
APART_M = (8.0, 25.0)
OFF_LINE_M = 60.0
DOUBLE_SHARE, TRIPLE_SHARE = 0.16, 0.02
_STATES = tuple(MarkerState)[:5]
_STATE_SHARES = (0.88, 0.06, 0.03, 0.015, 0.015)
_MATERIALS = ("花岗岩", "钢筋混凝土")
_THINGS = (
    *("机井房东南角", "杨树", "村道水泥桥栏杆北端", "高压线塔二号腿", "石碑", "民房西北角"),
    *("水闸启闭机房西南角", "柿树", "变压器台东侧电杆", "涵洞东端", "界标旁电杆", "泵站南墙角"),
)


@dataclass(frozen=True, slots=True)
class DemoMarker:
    """A marker of the demonstration: where it stands, and its register entry.

    Parameters
    ----------
    line
        Code of its line.
    place
        Longitude and latitude, EPSG:4490.
    row
        Properties of the register by name.
    """

    line: str
    place: Place
    row: Row

    @property
    def id(self) -> str:
        """Id of the register entry."""
        return str(self.row["id"])

    @property
    def number(self) -> str:
        """Engraved number."""
        return str(self.row["number"])

    @property
    def state(self) -> MarkerState:
        """State as registered."""
        return MarkerState(str(self.row["state"]))


@dataclass(frozen=True, slots=True)
class _Stand:
    """A place of a number: where on the line, the letter, and how far aside (left positive)."""

    serial: int
    letter: str
    setting: MarkerSetting
    chainage_m: float
    aside_m: float = 0.0


def markers_of(
    found: DemoBoundaries, rng: np.random.Generator, today: date
) -> tuple[DemoMarker, ...]:
    """Markers of every line in route order, and those at tri-junctions.

    On purpose the longest line between counties lacks a number, the next one the twin of a double
    marker, and one marker of the third stands 60 m off its line.

    Parameters
    ----------
    found
        Lines and junctions.
    rng
        Seeded generator.
    today
        Day of making; no marker was set after it.
    """
    longest = sorted(found.lines, key=lambda each: (_above(each), -each.route.length_m))
    faulty = {line.code: fault for fault, line in enumerate(longest[:3])}
    markers = []
    for line in found.lines:
        stands = _with_fault(_stands(line, found, rng), faulty.get(line.code))
        markers += [_marker(line, found, stand, rng, today) for stand in stands]
    return (*markers, *_at_junctions(found, rng, today))


def _above(line: DemoLine) -> bool:
    """Whether a line lies between divisions above the county."""
    return line.level is not BoundaryLevel.COUNTY


def _stands(line: DemoLine, found: DemoBoundaries, rng: np.random.Generator) -> list[_Stand]:
    """Places of the markers of one line from its start."""
    stands: list[_Stand] = []
    along, serial = float(rng.uniform(*FIRST_M)), 0
    while along < line.route.length_m - FIRST_M[0]:
        serial += 1
        drawn = rng.random()
        if drawn < DOUBLE_SHARE:
            stands += _double(line, found, serial, along, float(rng.uniform(*APART_M)))
        elif drawn < DOUBLE_SHARE + TRIPLE_SHARE:
            aside = float(rng.uniform(*APART_M))
            for letter, way in (("C", aside), ("D", -aside), ("E", 0.0)):
                stands.append(_Stand(serial, letter, MarkerSetting.TRIPLE, along, way))
        else:
            stands.append(_Stand(serial, "Q", MarkerSetting.SINGLE, along))
        along += float(rng.uniform(*STEP_M))
    return stands


def _double(
    line: DemoLine, found: DemoBoundaries, serial: int, along: float, aside: float
) -> Iterator[_Stand]:
    """A on the side with the smaller code, B on the other; a single one where outlines differ."""
    sides = [found.side_at(line, *_beside(line.route, along, way)) for way in (aside, -aside)]
    if set(sides) != set(line.sides):
        yield _Stand(serial, "Q", MarkerSetting.SINGLE, along)
        return
    ways = (aside, -aside) if sides[0] == line.sides[0] else (-aside, aside)
    for letter, way in zip("AB", ways, strict=True):
        yield _Stand(serial, letter, MarkerSetting.DOUBLE, along, way)


def _with_fault(stands: list[_Stand], fault: int | None) -> list[_Stand]:
    """The stands with the fault of that number, None for none."""
    match fault:
        case 0 if len({each.serial for each in stands}) > 3:
            return [each for each in stands if each.serial != 3]
        case 1:
            first = next((each for each in stands if each.letter == "B"), None)
            if first is None:
                pair = stands[0].serial if stands else 0
                return [_as_twin(each) if each.serial == pair else each for each in stands]
            return [each for each in stands if each is not first]
        case 2:
            single = [each for each in stands if each.setting is MarkerSetting.SINGLE]
            middle = single[len(single) // 2] if single else None
            return [_off(each) if each is middle else each for each in stands]
        case _:
            return stands


def _as_twin(each: _Stand) -> _Stand:
    return _Stand(each.serial, "A", MarkerSetting.DOUBLE, each.chainage_m)


def _off(each: _Stand) -> _Stand:
    return _Stand(each.serial, each.letter, each.setting, each.chainage_m, OFF_LINE_M)


def _beside(route: Route, along_m: float, aside_m: float) -> Place:
    """A place beside the line, to the left of its run where `aside_m` is positive."""
    here, ahead = route.at([along_m, along_m + 5.0])
    if aside_m == 0:
        return float(here[0]), float(here[1])
    heading, _, _ = ELLIPSOID.inv(*here, *ahead)
    across = heading - math.copysign(90.0, aside_m)
    lon, lat, _ = ELLIPSOID.fwd(float(here[0]), float(here[1]), across, abs(aside_m))
    return float(lon), float(lat)


def _marker(
    line: DemoLine, found: DemoBoundaries, stand: _Stand, rng: np.random.Generator, today: date
) -> DemoMarker:
    place = _beside(line.route, stand.chainage_m, stand.aside_m)
    number = f"{line.number}{stand.serial:03d}{stand.letter}"
    own = {
        "name": f"{line.name}{stand.serial:03d}号界桩",
        "serial": stand.serial,
        "suffix": stand.letter,
        "setting": stand.setting.label_zh,
        "level": line.level.value,
        "line": line.code,
        "division": line.division,
        "sides": json_text(list(line.sides)),
        "responsible": line.sides[(stand.serial + 1) % 2],
    }
    return _entry(number, place, line.sides, line.names, own, rng, today)


def _at_junctions(
    found: DemoBoundaries, rng: np.random.Generator, today: date
) -> Iterator[DemoMarker]:
    """One marker at each tri-junction, registered with the first of its lines."""
    used: set[str] = set()
    order = [line.code for line in found.lines]
    for junction in found.junctions:
        number = next(
            number for letter in "IJKLMN" if (number := f"{junction.number}{letter}") not in used
        )
        used.add(number)
        own = {
            "name": f"{junction.name}三交点界桩",
            "suffix": number[-1],
            "setting": MarkerSetting.JUNCTION.label_zh,
            "level": junction.level.value,
            "line": min(junction.lines, key=order.index),
            "division": junction.division,
            "sides": json_text(list(junction.sides)),
            "responsible": junction.division,
        }
        yield _entry(number, _point(junction), junction.sides, junction.names, own, rng, today)


def _point(junction: DemoJunction) -> Place:
    return junction.place.x, junction.place.y


def _entry(
    number: str,
    place: Place,
    sides: Sequence[str],
    names: Sequence[str],
    own: Row,
    rng: np.random.Generator,
    today: date,
) -> DemoMarker:
    lon, lat = place
    zone = zone_of(lon)
    east, north = project(lon, lat, zone)
    set_on = date(int(rng.integers(1996, 2003)), int(rng.integers(1, 13)), int(rng.integers(1, 28)))
    set_on = min(set_on, today - timedelta(days=365))
    texts = [{"side": side, "text": f"{name}境内"} for side, name in zip(sides, names, strict=True)]
    row = {
        "id": new_id(rng),
        "number": number,
        "engraved": number,
        "material": str(rng.choice(_MATERIALS)),
        "state": str(rng.choice(_STATES, p=_STATE_SHARES)),
        "datum": f"CGCS2000，3 度带，中央经线 {zone.central_meridian}°",
        "northing_m": round(float(north), 3),
        "easting_m": round(float(east), 3),
        "longitude": _degrees(lon),
        "latitude": _degrees(lat),
        "height_m": round(float(rng.uniform(38.0, 210.0)), 2),
        "witnesses": json_text(list(_witnesses(rng))),
        "position": f"{'、'.join(names)}交界处（模拟位置）",
        "locations": json_text(texts),
        "custodian": "模拟托管单位",
        "set_on": set_on.isoformat(),
        "registered_on": (set_on + timedelta(days=int(rng.integers(5, 60)))).isoformat(),
        "secrecy": "public",
        "public": True,
        "geometry": shapely.Point(lon, lat),
        **own,
    }
    return DemoMarker(str(own["line"]), place, row)


def _witnesses(rng: np.random.Generator) -> Iterator[dict[str, str]]:
    """Three things around a marker, at least 60 degrees apart."""
    turn = int(rng.integers(0, 360 * 60))
    things = rng.choice(_THINGS, 3, replace=False)
    for place, thing in enumerate(things):
        minutes = (turn + place * 120 * 60 + int(rng.integers(-1800, 1800))) % (360 * 60)
        yield {
            "name": str(thing),
            "grid_azimuth": angle_text(Fraction(minutes, 60)),
            "distance_m": f"{rng.uniform(4.0, 45.0):.2f}",
        }


def _degrees(value: float) -> str:
    """Degrees, minutes and seconds to 0.01 second."""
    hundredths = round(value * 360_000)
    minutes, rest = divmod(hundredths, 6_000)
    return f"{minutes // 60}°{minutes % 60:02d}′{rest / 100:05.2f}″"
