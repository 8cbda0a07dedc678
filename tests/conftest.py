"""The order of the tests."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Rounds of kills take minutes: first, so that other processes do the rest meanwhile."""
    items.sort(key=lambda item: not item.path.stem.endswith("_crash"))
