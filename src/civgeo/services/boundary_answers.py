"""Answers about marker numbers, directions and witness marks, for lines of JSON and for requests.

What they need is imported where it is used: the command line starts without it.
"""

from collections.abc import Mapping
from fractions import Fraction

from civgeo.domain.fields import Fields
from civgeo.errors import InvalidInput

__all__ = ["DIRECTION_KEYS", "MARKER_KEYS", "WITNESS_KEYS"]
__all__ += ["direction_answer", "marker_answer", "witness_answer"]

MARKER_KEYS = frozenset({"number", "sides"})
DIRECTION_KEYS = frozenset({"true_bearing_deg", "grid_azimuth", "lon", "lat", "zone"})
WITNESS_KEYS = frozenset({"northing", "easting", "grid_azimuth", "distance_m"})
NORTHERNMOST = 60
Answer = Mapping[str, object]


def marker_answer(fields: Fields) -> Answer:
    """What a marker number says."""
    from civgeo.domain.marker_number import LINE_EVIDENCE, explain_marker_number
    from civgeo.formats.marker_suffixes import marker_suffixes

    number = fields.text("number")
    sides = _codes(fields) if fields.has("sides") else ()
    found = explain_marker_number(number, marker_suffixes(), sides)
    answer: dict[str, object] = {"status": "ok"}
    if found.well_formed and not found.verified:
        answer = {"status": "unverified", "reason": found.reason}
    return answer | {
        "number": number,
        "well_formed": found.well_formed,
        "verified": found.verified,
        "line": found.line,
        "serial": found.serial,
        "suffix": found.suffix,
        "setting": found.setting.label_zh if found.setting else None,
        "side": found.side,
        "areas": list(found.areas),
        "evidence": {
            "suffix": found.evidence,
            "line": LINE_EVIDENCE if found.areas else None,
        },
        "problems": list(found.problems),
        "notes": list(found.notes),
    }


def _codes(fields: Fields) -> list[str]:
    codes = []
    for place, code in enumerate(fields.items("sides")):
        if not isinstance(code, str):
            raise InvalidInput(f"sides[{place}] 应为字符串，收到 {code!r}", code="bad_type")
        codes.append(code)
    if not codes:
        raise InvalidInput("sides 应为两个或三个不同的区划代码，收到 0 个", code="bad_value")
    return codes


def direction_answer(fields: Fields) -> Answer:
    """Which of sixteen directions a bearing is."""
    from civgeo.domain.bearings import bearing, direction16
    from civgeo.domain.quantity import decimal_text, has_finite_decimal

    convergence = None
    if fields.has("true_bearing_deg"):
        stray = [key for key in ("grid_azimuth", "lon", "lat", "zone") if fields.has(key)]
        if stray:
            told = f"true_bearing_deg 与 {stray[0]} 不能同时给：真方位角不再改正"
            raise InvalidInput(told, code="bad_value")
        true = bearing(Fraction(fields.number("true_bearing_deg")), "true_bearing_deg")
    else:
        true, convergence = _from_grid(fields)
    answer: dict[str, object] = {
        "status": "ok",
        "direction16": direction16(true).label_zh,
        "true_bearing_deg": decimal_text(true),
    }
    if not has_finite_decimal(true):
        answer["ratio"] = f"{true.numerator}/{true.denominator}"
    return answer if convergence is None else answer | {"convergence_deg": convergence}


def _from_grid(fields: Fields) -> tuple[Fraction, float]:
    """True bearing of a grid azimuth at a place, and the convergence there."""
    from civgeo.domain.bearings import parse_angle
    from civgeo.geo.witness import true_bearing, zone_numbered

    if not fields.has("grid_azimuth"):
        told = (
            "缺少键 'true_bearing_deg'（真方位角），或 'grid_azimuth'、'lon'、'lat'（坐标方位角）"
        )
        raise InvalidInput(told, code="missing_key")
    azimuth = parse_angle(fields.raw("grid_azimuth"), "grid_azimuth")
    lon, lat = fields.number("lon"), fields.number("lat")
    if not 0 <= lat <= NORTHERNMOST:
        told = f"纬度 {lat} 不在中国范围（0 至 {NORTHERNMOST} 度）；经纬度是否写反了？"
        raise InvalidInput(told, code="bad_number")
    zone = zone_numbered(fields.count("zone")) if fields.has("zone") else None
    true, convergence = true_bearing(azimuth, lon, lat, zone)
    return true, float(convergence)


def witness_answer(fields: Fields) -> Answer:
    """Where a witness mark stands."""
    from civgeo.domain.bearings import angle_text, parse_angle
    from civgeo.geo.axes import grid_swapped
    from civgeo.geo.witness import witness_mark

    northing, easting = fields.number("northing"), fields.number("easting")
    if grid_swapped(float(northing), float(easting)):
        told = f"纵坐标 northing {northing} 与横坐标 easting {easting} 像是写反了：请对调后再算"
        raise InvalidInput(told, code="bad_number")
    azimuth = parse_angle(fields.raw("grid_azimuth"), "grid_azimuth")
    distance = fields.amount("distance_m")
    north, east = witness_mark(float(northing), float(easting), float(azimuth), float(distance))
    return {
        "status": "ok",
        "northing": round(float(north), 3),
        "easting": round(float(east), 3),
        "grid_azimuth": angle_text(azimuth, seconds=True),
    }
