"""A store in a temporary folder, and frames small enough to read."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import geopandas as gpd
import pytest
import sqlalchemy as sa
from shapely import MultiPolygon, Point, box

from civgeo.domain.standard import Standard
from civgeo.store.reading import Register
from civgeo.store.sqlite import Access, engine
from civgeo.store.store import Store

MakeFrame = Callable[..., gpd.GeoDataFrame]


@pytest.fixture
def register() -> Register:
    return REGISTER


REGISTER = Register(
    city="411700",
    name="驻马店市",
    simulated=True,
    created_at=datetime(2026, 3, 1, 8, 30, 0, 125000, tzinfo=UTC),
    edition="2026-01",
    sources={"divisions": "民政部区划代码", "estates": "模拟数据"},
)


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store, made once; closed, so that it may be copied."""
    with Store.create(tmp_path_factory.mktemp("empty"), register=REGISTER) as made:
        return made.file


@pytest.fixture
def store(tmp_path: Path, empty_file: Path) -> Iterator[Store]:
    folder = tmp_path / "登记库 100%#?"
    folder.mkdir()
    shutil.copy(empty_file, folder)
    with Store.open(folder) as made:
        yield made


@pytest.fixture
def raw(store: Store) -> Iterator[sa.Engine]:
    """The store's file without the store around it, for what it never does itself."""
    made = engine(store.file, Access.WRITE)
    yield made
    made.dispose()


def _frame(rows: list[dict], defaults: dict) -> gpd.GeoDataFrame:
    complete = [defaults | row for row in rows]
    frame = gpd.GeoDataFrame(complete, geometry="geometry", crs="EPSG:4490")
    return frame.set_index("id")


@pytest.fixture
def divisions() -> MakeFrame:
    defaults = {
        "name": "驿城区",
        "level": "county",
        "system": "MCA",
        "parent": "411700",
        "role": "own",
        "valid_from": None,
        "valid_to": None,
        "source": "模拟",
        "source_date": None,
        "simulated": True,
        "version": 1,
        "geometry": MultiPolygon([box(114.0, 32.9, 114.2, 33.1)]),
    }
    return lambda *rows: _frame(list(rows), defaults)


@pytest.fixture
def estates() -> MakeFrame:
    defaults = {
        "name": "阳光小区",
        "division": "411702001",
        "community": None,
        "estate_class": "new",
        "completed_year": None,
        "households": None,
        "households_new": None,
        "elders": None,
        "stage": "built",
        "source": "模拟",
        "simulated": True,
        "version": 1,
        "geometry": Point(114.0, 33.0),
    }
    return lambda *rows: _frame(list(rows), defaults)


@pytest.fixture
def facilities() -> MakeFrame:
    defaults = {
        "name": "日间照料中心",
        "kind": "community_day_care",
        "division": "411702001",
        "community": None,
        "estate": None,
        "floor_area_m2": None,
        "beds": None,
        "nursing_beds": None,
        "opened": None,
        "status": "operating",
        "source": "模拟",
        "simulated": True,
        "version": 1,
        "geometry": Point(114.0, 33.0),
    }
    return lambda *rows: _frame(list(rows), defaults)


@pytest.fixture
def standard() -> Standard:
    return Standard(
        id="henan-new",
        topic="elder_area_per_100hh",
        place="河南省",
        adcode="410000",
        regulation="河南省老年人权益保障条例",
        article="34",
        valid_from="2019-01-01",
        quantity="facility floor area per 100 households",
        operator=">=",
        value=Decimal("30"),
        unit="m2",
        applies_to="new residential estate",
        evidence="S",
        estate_class="new",
    )
