"""Markers of one line in route order, with the words of their registration forms."""

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

import geopandas as gpd
import orjson
import pandas as pd

from civgeo.domain.bearings import parse_angle
from civgeo.domain.boundary_forms import BoundaryLevel, MarkerState
from civgeo.domain.field_form import WITNESSES
from civgeo.domain.field_sheet import FieldMarker, FieldPhoto, FieldWitness, Place
from civgeo.errors import InvalidInput
from civgeo.geo.crs import CGCS2000_EPSG, CrsName, project, transform_points, zone_of
from civgeo.geo.witness import witness_mark
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.services.geojson import records

__all__ = ["field_markers"]

Values = Mapping[str, object]


def field_markers(
    markers: gpd.GeoDataFrame, positions: pd.DataFrame, names: Mapping[str, str]
) -> list[FieldMarker]:
    """Markers in route order; those without a place last, by number.

    Parameters
    ----------
    markers
        Records of ``boundary_markers``, EPSG:4490.
    positions
        Of them, as `geo.line_markers.marker_positions` gives them.
    names
        Names of divisions by code.
    """
    rows = zip(
        markers.index.tolist(),
        records(markers, COLLECTIONS["boundary_markers"]),
        markers.geometry,
        _positions(positions),
        strict=True,
    )
    ordered = sorted(rows, key=lambda row: (row[3][0] or math.inf, str(row[1]["number"])))
    return [
        _marker(str(id), values, _place(shape), position[1:], order, names)
        for order, (id, values, shape, position) in enumerate(ordered, 1)
    ]


def _positions(found: pd.DataFrame) -> list[tuple[int, float | None, float | None]]:
    """Order, chainage and offset of each marker; 0, None and None without a place."""
    rows = zip(found["order"], found["chainage_m"], found["offset_m"], strict=True)
    return [
        (int(order), float(along), float(aside)) if order else (0, None, None)
        for order, along, aside in rows
    ]


def _place(shape: object) -> Place | None:
    lon, lat = getattr(shape, "x", None), getattr(shape, "y", None)
    return None if lon is None or lat is None else (float(lon), float(lat))


def _marker(
    id: str,
    values: Values,
    place: Place | None,
    position: tuple[float | None, float | None],
    order: int,
    names: Mapping[str, str],
) -> FieldMarker:
    chainage, offset = position
    return FieldMarker(
        id=id,
        number=str(values["number"]),
        order=order,
        chainage_m=chainage,
        offset_m=offset,
        place=place,
        facts=tuple(_facts(values, place, offset, names)),
        witnesses=tuple(_witnesses(values["witnesses"], place)),
        photos=tuple(_photo(item) for item in _entries(values["photos"])),
        simulated=bool(values["simulated"]),
    )


def _photo(item: Values) -> FieldPhoto:
    digest = item.get("sha256")
    name = str(item.get("name") or "")
    return FieldPhoto(str(item.get("slot") or ""), name, None if digest is None else str(digest))


def _entries(text: object) -> list[Mapping[str, object]]:
    """Objects of a JSON list; whatever else it holds is left out."""
    found = orjson.loads(text) if isinstance(text, str) else []
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _facts(
    values: Values, place: Place | None, offset_m: float | None, names: Mapping[str, str]
) -> Iterable[tuple[str, str]]:
    """What the registration form says, in its order; what it does not say is left out."""
    level = values["level"]
    kind = [values["setting"], BoundaryLevel(str(level)).label_zh if level else None]
    found: list[tuple[str, object]] = [
        ("所刻文字", values["engraved"]),
        ("类型、等级", "，".join(str(text) for text in kind if text)),
        ("材质", values["material"]),
        ("登记坐标系", values["datum"]),
        ("纵坐标 X", _metres(values["northing_m"], "m")),
        ("横坐标 Y", _metres(values["easting_m"], "m")),
        (
            "登记经纬度",
            "，".join(str(values[key]) for key in ("longitude", "latitude") if values[key]),
        ),
        ("高程", _metres(values["height_m"], "m")),
        ("图上经纬度", "" if place is None else f"{place[0]:.7f}，{place[1]:.7f}"),
        ("偏离界线", "" if offset_m is None else f"{offset_m:.1f} m"),
        ("登记状况", MarkerState(str(values["state"])).label_zh),
        ("上次检查", values["last_inspected"]),
        ("埋设日期", values["set_on"]),
        ("管理方", names.get(str(values["responsible"]), values["responsible"])),
        ("托管单位", values["custodian"]),
        *(
            (f"所在地（{names.get(str(item.get('side')), item.get('side'))}）", item.get("text"))
            for item in _entries(values["locations"])
        ),
        ("位置描述", values["position"]),
        ("备注", values["remark"]),
    ]
    return ((title, str(text)) for title, text in found if text)


def _metres(value: object, unit: str) -> str:
    return "" if value is None else f"{float(str(value)):.3f}".rstrip("0").rstrip(".") + f" {unit}"


def _witnesses(text: object, place: Place | None) -> Iterable[FieldWitness]:
    for number, item in enumerate(_entries(text)[:WITNESSES], 1):
        azimuth, distance = (
            None if item.get(key) is None else str(item[key])
            for key in ("grid_azimuth", "distance_m")
        )
        step = _step(azimuth, distance)
        east, north = step if step is not None else (None, None)
        beside = None if step is None or place is None else _beside(place, *step)
        name = str(item.get("name") or "")
        yield FieldWitness(number, name, azimuth, distance, east, north, beside)


def _step(azimuth: str | None, distance: str | None) -> tuple[float, float] | None:
    """Metres east and north on the grid; None where one of both cannot be read."""
    if azimuth is None or distance is None:
        return None
    try:
        degrees, metres = float(parse_angle(azimuth)), float(Decimal(distance))
    except (InvalidInput, InvalidOperation):
        return None
    north, east = witness_mark(0.0, 0.0, degrees, metres)
    return (float(east), float(north)) if metres >= 0 and metres < 1e6 else None


def _beside(place: Place, east_m: float, north_m: float) -> Place:
    """A place so many metres from another on the grid of the other's zone."""
    zone = zone_of(place[0])
    east, north = project(*place, zone)
    lon, lat = transform_points(
        east + east_m,
        north + north_m,
        CrsName.parse(f"EPSG:{zone.epsg}"),
        CrsName.parse(f"EPSG:{CGCS2000_EPSG}"),
    )
    return float(lon), float(lat)
