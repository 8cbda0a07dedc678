"""``civgeo crs``: zones and conversions, longitude or easting always first."""

from typing import Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.jsonl import Answer, Fields, run_lines
from civgeo.errors import InvalidInput

__all__ = ["group"]

group = typer.Typer(no_args_is_help=True)
NORTHERNMOST = 60
_ZONE_KEYS = frozenset({"lon", "lat"})
_CONVERT_KEYS = frozenset({"x", "y", "from", "to"})
Source = Annotated[str, typer.Option("--input", help=_("JSON 行文件，- 为标准输入"))]


@group.command("zone", help=_("逐行给出 3 度带、中央经线与投影坐标"))
def zone_lines(source: Source = "-") -> None:
    """Answer each line with the zone of its point."""
    run_lines(source, _ZONE_KEYS, _zone)


@group.command("convert", help=_("逐行换算坐标：EPSG:n、GCJ-02、BD-09"))
def convert_lines(source: Source = "-") -> None:
    """Answer each line with the converted point."""
    run_lines(source, _CONVERT_KEYS, _convert)


def _zone(fields: Fields) -> Answer:
    from civgeo.geo.crs import project, zone_of

    lon, lat = fields.number("lon"), fields.number("lat")
    if not 0 <= lat <= NORTHERNMOST:
        text = f"纬度 {lat} 不在中国范围（0 至 {NORTHERNMOST} 度）；经纬度是否写反了？"
        raise InvalidInput(text, code="bad_number")
    zone = zone_of(lon)
    easting, northing = (round(float(value), 3) for value in project(float(lon), float(lat), zone))
    return {
        "status": "ok",
        "zone": zone.number,
        "central_meridian": zone.central_meridian,
        "epsg": f"EPSG:{zone.epsg}",
        "epsg_prefixed": f"EPSG:{zone.epsg_prefixed}",
        "easting": easting,
        "northing": northing,
        "easting_prefixed": round(zone.prefix_m + easting, 3),
    }


def _convert(fields: Fields) -> Answer:
    from civgeo.geo.crs import CrsName, transform_points
    from civgeo.geo.datum import ground_distance_m

    source, target = CrsName.parse(fields.text("from")), CrsName.parse(fields.text("to"))
    x, y = float(fields.number("x")), float(fields.number("y"))
    new_x, new_y = (float(value) for value in transform_points(x, y, source, target))
    shift = None
    if source.is_geographic and target.is_geographic:
        shift = round(float(ground_distance_m(x, y, new_x, new_y)), 3)
    digits = 10 if target.is_geographic else 4
    return {
        "status": "ok",
        "x": round(new_x, digits),
        "y": round(new_y, digits),
        "from": source.text,
        "to": target.text,
        "shift_m": shift,
    }
