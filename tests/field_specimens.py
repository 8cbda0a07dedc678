"""A simulated boundary line between two fictional counties, with markers, in a store of its own.

The line follows no real boundary and is 40 km long. Of its 24 markers two are a double (A on the
side with the smaller code, B on the other); two have witness marks with hostile names, one a
hostile remark.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import shapely

from civgeo.analysis.fictional_city import FICTIONAL_CITY, FICTIONAL_NAME, fictional_divisions
from civgeo.domain.bearings import angle_text
from civgeo.domain.field_sheet import FieldSheet, FieldSide
from civgeo.formats.reference import standards
from civgeo.geo.boundary_line import Route, route_of
from civgeo.services.city import City
from civgeo.services.field_package import FieldPackage, field_package
from civgeo.services.founding import write_store
from civgeo.store.reading import Register
from civgeo.store.tables import Collection
from specimen_names import name_records

__all__ = [
    "HOSTILE",
    "LINE_CODE",
    "SIDES",
    "TODAY",
    "boundary_city",
    "hostile_sheet",
    "line_row",
    "marker_rows",
    "round_row",
    "specimen_package",
    "wound_line",
]

LINE_CODE = "2223"
LINE_NAME = "坪岭线"
SIDES = ("990122", "990123")
TODAY = date(2026, 6, 1)
MARKERS = 24
HOSTILE = (
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "行\u2028分隔 ]]> & '单' =1+1",
)
"""Texts that must stay texts on every page and in every file."""

_THINGS = ("机井房东南角", "杨树", "村道水泥桥栏杆北端", "高压线塔 2 号腿", "石碑", "房屋西北角")
_MATERIALS = ("花岗岩", "钢筋混凝土")
_NUMBERS = [*range(1, 12), 12, 12, *range(13, 24)]
"""Serial numbers; the twelfth stands twice."""


def wound_line(seed: int = 5) -> shapely.LineString:
    """A line between the two counties that winds about their straight outline."""
    shapes = fictional_divisions().geometry
    straight = shapely.line_merge(
        shapely.intersection(shapes[SIDES[0]].boundary, shapes[SIDES[1]].boundary)
    )
    rng = np.random.default_rng(seed)
    share = np.linspace(0.0, 1.0, 240)
    corners = shapely.get_coordinates(
        shapely.line_interpolate_point(straight, share, normalized=True)
    )
    along = corners[-1] - corners[0]
    across = np.array([-along[1], along[0]]) / np.hypot(*along)
    waves = sum(
        0.011 / n * np.sin(2 * np.pi * n * share + phase)
        for n, phase in zip((2, 3, 5, 9, 17), rng.uniform(0, 6.28, 5), strict=True)
    )
    swing = waves * np.minimum(1, 12 * np.minimum(share, 1 - share))
    return shapely.LineString(np.round(corners + swing[:, None] * across, 7))


def line_row(**changed: object) -> dict[str, object]:
    """The line as the register holds it."""
    row: dict[str, object] = {
        "id": "6f0d7c3e-0000-4000-8000-000000000001",
        "code": LINE_CODE,
        "name": LINE_NAME,
        "level": "county",
        "division": SIDES[0],
        "sides": json.dumps(SIDES),
        "status": "demarcated",
        "agreement": "南坪县与西岭县行政区域界线协议书",
        "course": (
            "从2223001Q界桩起，沿乡间土路中心线向东南至2223002Q界桩；"
            "由2223002Q界桩沿引水渠中心线至2223003Q界桩。"
        ),
        "secrecy": "internal",
        "public": False,
        "source": "模拟界线",
        "geometry": wound_line(),
    }
    return row | changed


def marker_rows(count: int = MARKERS) -> list[dict[str, object]]:
    """Markers along the line, in the order of the register (not of the route)."""
    route = route_of(wound_line())
    chainages = np.linspace(0.0, route.length_m, MARKERS - 1)
    chainages[1:-1] += np.random.default_rng(7).uniform(-500, 500, MARKERS - 3)
    rows = [_marker(route, chainages, place) for place in range(MARKERS)]
    return [*rows[1::2], *rows[::2]][:count]


def _marker(route: Route, chainages: np.ndarray, place: int) -> dict[str, object]:
    serial = _NUMBERS[place]
    letter = "Q" if serial != 12 else "AB"[place - 11]
    lon, lat = route.at(float(chainages[serial - 1]))[0].tolist()
    lat += {"A": 0.0002, "B": -0.0002}.get(letter, 0.0)
    number = f"{LINE_CODE}{serial:03d}{letter}"
    return {
        "id": f"6f0d7c3e-0000-4000-8000-0000000001{place:02d}",
        "number": number,
        "engraved": f"南坪 {serial:03d} 西岭",
        "serial": serial,
        "suffix": letter,
        "setting": "单立" if letter == "Q" else "同号双立",
        "level": "county",
        "material": _MATERIALS[place % 2],
        "line": LINE_CODE,
        "division": SIDES[place % 2],
        "sides": json.dumps(SIDES),
        "state": "intact",
        "datum": "1980西安坐标系",
        "northing_m": 3_650_000.0 + 100 * place,
        "easting_m": 38_450_000.0 + 50 * place,
        "height_m": 88.5 + place,
        "witnesses": json.dumps(_witnesses(place), ensure_ascii=False),
        "locations": json.dumps(
            [
                {"side": SIDES[0], "text": "南三镇前进村东约 300 米"},
                {"side": SIDES[1], "text": "西二镇向阳村"},
            ],
            ensure_ascii=False,
        ),
        "responsible": SIDES[place % 2],
        "position": "田埂交叉处，距村道中心线约 12 米",
        "set_on": "2001-10-12",
        "last_inspected": "2021-09-03",
        "photos": json.dumps([{"slot": "registered", "name": f"{number}.jpg", "sha256": None}]),
        "remark": HOSTILE[2] if place == 4 else None,
        "secrecy": "internal",
        "public": False,
        "source": "模拟界桩",
        "geometry": shapely.Point(lon, lat),
    }


def _witnesses(place: int) -> list[dict[str, object]]:
    rng = np.random.default_rng(100 + place)
    first = float(rng.uniform(0, 360))
    # marker 7 has all its witness marks close together on one side: labels must still part
    apart = (0.0, 9.0, 18.0) if place == 7 else (0.0, 117.0, 231.0)
    names = [_THINGS[(place + step) % len(_THINGS)] for step in range(3)]
    if place in (2, 3):
        names[0] = HOSTILE[place - 2]
    return [
        {
            "name": name,
            "grid_azimuth": angle_text(int((first + turn) % 360 * 60) / 60),
            "distance_m": f"{rng.uniform(3, 60):.2f}",
        }
        for name, turn in zip(names, apart, strict=True)
    ][: 2 if place == 9 else 3]


def round_row(**changed: object) -> dict[str, object]:
    """The fifth round of the line, planned and open."""
    row: dict[str, object] = {
        "id": "6f0d7c3e-0000-4000-8000-000000000002",
        "name": f"{LINE_NAME}第五轮联合检查",
        "line": LINE_CODE,
        "line_name": LINE_NAME,
        "level": "county",
        "round": 5,
        "kind": "regular",
        "year": 2026,
        "due": "2026-11-30",
        "division": SIDES[0],
        "sides": json.dumps(SIDES),
        "leader": SIDES[0],
        "state": "open",
        "tolerance_m": 1.0,
        "source": "模拟计划",
    }
    return row | changed


def boundary_city(
    folder: Path,
    *,
    lines: Sequence[Mapping[str, object]] | None = None,
    markers: Sequence[Mapping[str, object]] | None = None,
    rounds: Sequence[Mapping[str, object]] | None = None,
) -> City:
    """The fictional city with the line in a new store; the caller closes ``city.store``."""
    register = Register(
        city=FICTIONAL_CITY,
        name=FICTIONAL_NAME,
        simulated=True,
        created_at=datetime(2026, 6, 1, 8, tzinfo=UTC),
        edition="fictional",
        sources={"轮廓": "虚构"},
    )
    kept = {
        Collection.BOUNDARY_LINES: [line_row()] if lines is None else lines,
        Collection.BOUNDARY_MARKERS: marker_rows() if markers is None else markers,
        Collection.INSPECTION_ROUNDS: [round_row()] if rounds is None else rounds,
    }
    frames = [(Collection.DIVISIONS, fictional_divisions())]
    frames += [
        (name, name_records(name.value, *map(dict, rows))) for name, rows in kept.items() if rows
    ]
    store = write_store(folder, register, standards(), lambda *step: None, frames)
    return City(store, TODAY)


@cache
def specimen_package() -> FieldPackage:
    """The package of the line, built once for all tests."""
    with TemporaryDirectory() as folder:
        city = boundary_city(Path(folder) / "store")
        with city.store:
            return field_package(city, LINE_CODE)


def hostile_sheet() -> FieldSheet:
    """The line cut to its first two stops, with hostile names of line, sides and markers."""
    sheet = specimen_package().sheet
    first, second = sheet.stops[:2]
    stops = (
        replace(first, markers=(replace(first.markers[0], number=HOSTILE[0]),)),
        replace(
            second,
            segment=replace(second.segment, name=HOSTILE[2], course=HOSTILE[0]),
            markers=(replace(second.markers[0], number=HOSTILE[1], twins=HOSTILE),),
        ),
    )
    sides = (FieldSide("990122", HOSTILE[1]), FieldSide("990123", HOSTILE[2]))
    return replace(sheet, name=HOSTILE[0], sides=sides, left=HOSTILE[1], stops=stops)
