"""The order of the tests, and the one browser of a process."""

from collections.abc import Iterator

import pytest
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
