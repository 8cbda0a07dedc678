"""A small city to import into, and tables as officers keep them."""

import csv
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import geopandas as gpd
from shapely import Point

from civgeo.analysis.fictional_city import fictional_divisions
from civgeo.domain.history import Edit
from civgeo.services.city import City
from civgeo.services.import_batches import Batch, ImportRequest
from civgeo.services.imports import stage
from civgeo.store.reading import Register
from civgeo.store.store import Store
from civgeo.store.tables import Collection

TODAY = date(2026, 3, 1)
EDIT = Edit("王民", "民政〔2026〕1号")
DEGREES = ImportRequest(crs="EPSG:4490")
HEADERS = ("小区名称", "所属街道", "小区类别", "建成年份", "总户数", "用房阶段", "经度", "纬度")
CENTRE = "990102001"


def register(*, simulated: bool) -> Register:
    return Register(
        city="990100",
        name="虚构市",
        simulated=simulated,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        edition="fictional",
        sources={"区划": "虚构示例"},
    )


def city_in(folder: Path, *, simulated: bool = False) -> City:
    """A store with the divisions of the fictional city and nothing else."""
    divisions = fictional_divisions().assign(simulated=simulated)
    store = Store.create(folder, register=register(simulated=simulated))
    with store.write() as writing:
        writing.add_divisions(divisions)
    return City(store, TODAY)


def divisions_of(city: City) -> gpd.GeoDataFrame:
    with city.store.read() as reading:
        return reading.features(Collection.DIVISIONS)


def records(city: City, collection: str = "estates") -> gpd.GeoDataFrame:
    with city.store.read() as reading:
        return reading.features(Collection(collection))


@cache
def _middle(code: str) -> Point:
    return fictional_divisions().loc[code].geometry.representative_point()


def county(city: City, code: str = "990102") -> Point:
    """A point well inside a county."""
    return _middle(code)


def estate(city: City, number: int = 0, **changed: object) -> dict[str, object]:
    """One row of an estates table."""
    place = county(city)
    row = ["新村", "中一街道", "新建", "2021", "120", "建成", place.x, place.y]
    found = dict(zip(HEADERS, row, strict=True)) | {"小区名称": f"幸福里{number}号院"}
    found["经度"] = place.x + number * 1e-5
    return found | changed


def csv_file(
    path: Path, rows: list[dict[str, object]], encoding: str = "utf-8", delimiter: str = ","
) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def staged(city: City, path: Path, kind: str = "estates", **request: object) -> Batch:
    return stage(city, path, kind, ImportRequest(**{"crs": "EPSG:4490", **request}))


def said(batch: Batch) -> str:
    """All that the officer reads."""
    found = batch.precheck
    lines = [f"{item.row} {item.column} {item.value} {item.message}" for item in found.findings]
    return "\n".join([found.message, found.placement, *found.notes, *lines])
