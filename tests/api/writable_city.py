"""The fictional city in a store of its own, served to officers who may write."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.served_city import BASE, fill
from civgeo.app import create_app
from civgeo.settings import Settings

BEARER = "a-long-token-of-the-bureau"
ESTATES = "/collections/estates/items"
EDIT = {"actor": "张三", "document": "豫民〔2026〕1号", "document_date": "2026-03-01"}


@contextmanager
def serving(folder: Path, token: str = BEARER) -> Iterator[TestClient]:
    """Client that carries the token, over the store in `folder`."""
    app = create_app(Settings(store=folder, max_page=50, write_token=SecretStr(token)))
    with TestClient(app, base_url=BASE, raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {BEARER}"
        yield client


@pytest.fixture(scope="module")
def officer_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Store of the fictional city that the tests of one module may write to."""
    return fill(tmp_path_factory.mktemp("writable") / "store")


@pytest.fixture(scope="module")
def officer(officer_folder: Path) -> Iterator[TestClient]:
    """Client of an officer who may write."""
    with serving(officer_folder) as client:
        yield client


def estate(**changed: object) -> dict:
    """Feature of a new estate with its edit."""
    properties = {
        "name": "新苑",
        "division": "990102001",
        "estate_class": "new",
        "stage": "built",
        "households": 120,
        "simulated": True,
    }
    shape = [[114.06, 33.06], [114.07, 33.06], [114.07, 33.07], [114.06, 33.07], [114.06, 33.06]]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [shape]},
        "properties": properties | changed,
        "edit": EDIT | {"valid_from": "2020-01-01"},
    }
