"""Result files of the simulated line, as the phone page saves them, and the city they belong to."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from civgeo.domain.history import Edit
from civgeo.services.city import City
from civgeo.services.inspection_import import FieldUpload, Imported, Said, import_results
from field_specimens import LINE_CODE, SIDES, boundary_city, marker_rows

EDIT = Edit(actor="张三", document="第五轮联检外业记录")
MARKERS = sorted(marker_rows(), key=lambda row: str(row["id"]))
"""Along the route."""


def open_city(folder: Path) -> City:
    """The city of the simulated line; the caller closes its store."""
    return boundary_city(folder / "store")


def place_of(number: int) -> tuple[float, float]:
    """Registered place of the marker at that place of the route, from 0."""
    shape = MARKERS[number]["geometry"]
    return shape.x, shape.y  # type: ignore[attr-defined]


def marker_item(place: int, **given: object) -> dict[str, object]:
    """A marker found intact where it stands, 11 m north for each 0.0001 degree added."""
    lon, lat = place_of(place)
    item: dict[str, object] = {
        "marker": MARKERS[place]["id"],
        "number": MARKERS[place]["number"],
        "inspected_on": "2026-05-20",
        "state": "intact",
        "actions": ["cleared"],
        "longitude": lon,
        "latitude": lat,
        "height_m": 88.5 + place,
        "witnesses": [{"name": "", "found": True, "grid_azimuth": None, "distance_m": None}],
        "photos": [{"slot": "near", "name": f"{place}.jpg"}],
        "remark": None,
    }
    return item | given


def result_file(
    folder: Path,
    markers: Sequence[Mapping[str, object]] = (),
    *,
    name: str = "results.json",
    side: str = SIDES[0],
    segments: Sequence[Mapping[str, object]] = (),
    **head: object,
) -> FieldUpload:
    """A file of results in `folder`."""
    content = {
        "format": "civgeo-results/1",
        "package": "5d0f8f0e-7d7b-4a53-8a34-0d7c0a0b5c11",
        "line": LINE_CODE,
        "round": 5,
        "side": side,
        "inspector": "李四",
        "datum": "EPSG:4490",
        "saved_at": "2026-05-21T17:30:00+08:00",
        "markers": list(markers),
        "segments": list(segments),
    }
    path = folder / name
    path.write_text(json.dumps(content | head, ensure_ascii=False), encoding="utf-8")
    return FieldUpload(path, name)


def imported(city: City, *uploads: FieldUpload, said: Said | None = None) -> Imported:
    """The files imported with the bureau's default tolerance."""
    return import_results(city, uploads, EDIT, said, tolerance_m=1.0)
