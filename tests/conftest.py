"""The order of the tests, and the one browser of a process; no example is failed for its time."""

from collections.abc import Iterator

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Rounds of kills take minutes: first, so that other processes do the rest meanwhile."""
    items.sort(key=lambda item: not item.path.stem.endswith("_crash"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The real browser; a process can have one Playwright only."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()
