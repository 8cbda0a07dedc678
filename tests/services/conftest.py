"""A fictional city, built once; the real ones where a test says so."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from civgeo.services.city import City
from civgeo.services.demo import build_demo_city
from civgeo.store.store import Store

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def fictional(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """City of six invented counties and about 300 estates; nobody writes to it."""
    folder = tmp_path_factory.mktemp("fictional") / "store"
    with built(folder, "990100", estates=300) as store:
        yield City(store, date(2026, 3, 1))


@pytest.fixture(scope="session")
def zhumadian(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """The demonstration city on the real divisions of Zhumadian."""
    with built(tmp_path_factory.mktemp("zhumadian"), "411700") as store:
        yield City(store, date(2026, 3, 1))


def built(folder: Path, code: str, **given: int) -> Store:
    return build_demo_city(folder, code, today=NOW, progress=lambda *step: None, **given)
