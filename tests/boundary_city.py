"""Two fictional counties with their common line and markers in a real store."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import shapely

from api.served_city import REGISTER, divisions
from civgeo.domain.history import Edit
from civgeo.services.boundary_entries import enter
from civgeo.services.city import City
from civgeo.store.store import Store
from civgeo.store.tables import Collection

TODAY = date(2026, 3, 1)
EDIT = Edit("张三", "甲民〔2026〕1号", date(2026, 3, 1))
SIDES = '["990102","990121"]'
COURSE = shapely.LineString([(114.1, 33.1), (114.1, 33.0)])
LINES, MARKERS = Collection.BOUNDARY_LINES, Collection.BOUNDARY_MARKERS


def empty(folder: Path) -> Path:
    """Store with the divisions alone."""
    with Store.create(folder, register=REGISTER) as store, store.write() as writing:
        writing.add_divisions(divisions())
    return folder


def line(**changed: object) -> dict:
    """Properties of the line of the two counties, drawn from north to south."""
    values = {"code": "0221", "name": "甲乙线", "level": "county", "sides": SIDES}
    return {**values, "status": "demarcated", "geometry": COURSE, **changed}


def marker(number: str, lat: float, **changed: object) -> dict:
    """Properties of a marker on the line."""
    place = shapely.Point(114.1, lat)
    return {"number": number, "line": "0221", "state": "intact", "geometry": place, **changed}


@contextmanager
def opened(folder: Path) -> Iterator[City]:
    """The city on 1 March 2026."""
    with Store.open(folder) as store:
        yield City(store, TODAY)


def founded(folder: Path, last_inspected: str = "2021-05-20") -> tuple[Path, str, str]:
    """Store with the line and a marker two thirds down; ids of both."""
    empty(folder)
    with opened(folder) as city:
        own = enter(city, LINES, line(last_inspected=last_inspected), EDIT).id
        placed = enter(city, MARKERS, marker("0221001Q", 33.04), EDIT).id
    return folder, own, placed


def row(city: City, collection: Collection, id: str) -> dict:
    """One record of today, its geometry among its properties."""
    with city.store.read() as reading:
        frame = reading.features(collection, ids=[id])
    cells = frame.astype(object)
    return {} if frame.empty else cells.where(cells.notna(), None).iloc[0].to_dict()
