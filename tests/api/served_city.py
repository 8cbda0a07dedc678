"""A small fictional city in a real store, and a client of the service over it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import MultiPolygon, Point, Polygon, box
from starlette.testclient import TestClient

from civgeo.app import create_app
from civgeo.domain.standard import TOPIC_FLOOR_AREA, Standard
from civgeo.settings import Settings
from civgeo.store.reading import Register
from civgeo.store.store import Store
from civgeo.store.tables import Collection
from specimen_names import every_register

BASE = "http://127.0.0.1"
HOSTILE = "<img src=x onerror=alert(1)>`${7*7}`</script>\"'=1+1&"
CLOCKWISE = Polygon([(114.03, 33.03), (114.03, 33.04), (114.04, 33.04), (114.04, 33.03)])

REGISTER = Register(
    city="990100",
    name="示例市",
    simulated=True,
    created_at=datetime(2026, 3, 1, tzinfo=UTC),
    edition="2026.03",
    sources={"divisions": "虚构区划", "estates": "虚构小区"},
)


def _frame(rows: list[dict[str, object]], defaults: dict[str, object]) -> gpd.GeoDataFrame:
    common = {"source": "虚构", "simulated": True, "version": 1}
    complete = [common | defaults | row for row in rows]
    frame = pd.DataFrame(complete).set_index("id")
    return gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4490")


def divisions() -> gpd.GeoDataFrame:
    defaults = {
        **dict.fromkeys(("parent", "valid_from", "valid_to", "source_date", "geometry")),
        "system": "MCA",
        "role": "own",
        "level": "county",
    }
    rows = [
        {"code": "990100", "name": "示例市", "level": "prefecture"},
        {
            "code": "990102",
            "name": "甲区",
            "parent": "990100",
            "valid_from": "2010-06-01",
            "geometry": MultiPolygon([box(114.0, 33.0, 114.1, 33.1)]),
        },
        {
            "code": "990121",
            "name": "乙县",
            "parent": "990100",
            "geometry": MultiPolygon([box(114.1, 33.0, 114.2, 33.1)]),
        },
        {
            "code": "990103",
            "name": "老城区",
            "valid_from": "1990-01-01",
            "valid_to": "2010-06-01",
            "role": "context",
            "geometry": MultiPolygon([box(113.9, 33.0, 114.0, 33.1)]),
        },
        {"code": "990102001", "name": "东街道", "level": "township", "parent": "990102"},
        {"code": "990121100", "name": "西镇", "level": "township", "parent": "990121"},
    ]
    return _frame([{"id": row["code"], **row} for row in rows], defaults)


def _estates() -> gpd.GeoDataFrame:
    nothing = ("community", "completed_year", "households", "households_new", "elders")
    defaults = {
        **dict.fromkeys(nothing),
        "division": "990102001",
        "estate_class": "new",
        "stage": "built",
        "geometry": box(114.01, 33.01, 114.02, 33.02),
    }
    rows = [
        {"id": "e1", "name": "祥和苑", "households": 100, "completed_year": 2024, "elders": 30},
        {"id": "e2", "name": HOSTILE, "households": 200, "geometry": CLOCKWISE},
        {
            "id": "e3",
            "name": "混合里",
            "estate_class": "mixed",
            "households": 77,
            "households_new": 7,
            "geometry": Point(114.05, 33.05),
        },
        {"id": "e4", "name": "未登记户数", "estate_class": "existing"},
        {
            "id": "e5",
            "name": "西镇小区",
            "division": "990121100",
            "estate_class": "existing",
            "households": 50,
            "geometry": box(114.15, 33.05, 114.16, 33.06),
        },
    ]
    return _frame(rows, defaults)


def _facilities() -> gpd.GeoDataFrame:
    nothing = ("community", "estate", "floor_area_m2", "beds", "nursing_beds", "opened")
    defaults = {
        **dict.fromkeys(nothing),
        "kind": "community_day_care",
        "division": "990102001",
        "status": "operating",
        "geometry": Point(114.015, 33.015),
    }
    rows = [
        {"id": "f1", "name": "祥和日间照料", "estate": "e1", "floor_area_m2": 30.0, "beds": 5},
        {
            "id": "f2",
            "name": "第二站",
            "estate": "e2",
            "floor_area_m2": 12.5,
            "opened": "2020-05-01",
        },
        {"id": "f3", "name": "混合站", "estate": "e3", "floor_area_m2": 46.0},
    ]
    rows[1]["geometry"] = Point(114.035, 33.035)
    rows[2]["geometry"] = Point(114.05, 33.0501)
    return _frame(rows, defaults)


def _standard(part: str, value: str) -> Standard:
    return Standard(
        id=f"s-{part}",
        topic=TOPIC_FLOOR_AREA,
        place="示例市",
        adcode="990100",
        regulation="示例市养老服务设施规定",
        valid_from="2020-01-01",
        quantity="floor area per 100 households",
        operator=">=",
        value=Decimal(value),
        unit="m2",
        applies_to=part,
        evidence="S",
        estate_class=part,
        area_basis="gross",
    )


def fill(directory: Path) -> Path:
    """Make the store of the fictional city in `directory`."""
    with Store.create(directory, register=REGISTER) as store, store.write() as writing:
        writing.add_divisions(divisions())
        writing.add_estates(_estates())
        writing.add_facilities(_facilities())
        for register, records in every_register().items():
            writing.add(Collection(register), records)
        writing.add_standards([_standard("new", "30"), _standard("existing", "20")])
    return directory


@pytest.fixture(scope="session")
def store_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("city") / "store")


@pytest.fixture(scope="session")
def client(store_folder: Path) -> Iterator[TestClient]:
    app = create_app(Settings(store=store_folder, max_page=50))
    with TestClient(app, base_url=BASE, raise_server_exceptions=False) as made:
        yield made


@pytest.fixture
def empty_client(tmp_path: Path) -> Iterator[TestClient]:
    Store.create(tmp_path / "empty", register=REGISTER).close()
    app = create_app(Settings(store=tmp_path / "empty"))
    with TestClient(app, base_url=BASE, raise_server_exceptions=False) as made:
        yield made
