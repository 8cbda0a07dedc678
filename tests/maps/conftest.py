from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import geopandas as gpd
import map_specimens as city
import pytest


class OpenPage:
    """A page of Chromium with everything that it asked for and complained about."""

    def __init__(self, page):
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (self.complaints.append("dialog"), dialog.dismiss()))
        page.on(
            "console",
            lambda said: said.type in ("error", "warning") and self.complaints.append(said.text),
        )


@pytest.fixture(scope="session")
def outlines() -> gpd.GeoDataFrame:
    return city.divisions()


@pytest.fixture(scope="session")
def homes(outlines) -> gpd.GeoDataFrame:
    return city.estates(outlines)


@pytest.fixture(scope="session")
def places(homes) -> gpd.GeoDataFrame:
    return city.facilities(homes)


@pytest.fixture(scope="session")
def covered(homes, places) -> gpd.GeoDataFrame:
    return city.units(homes, places)


@pytest.fixture
def open_offline(chromium, tmp_path) -> Iterator[Callable[[str], OpenPage]]:
    """Open a page as a file, without a network."""
    context = chromium.new_context(viewport={"width": 1200, "height": 800})
    context.set_offline(True)

    def open_page(html: str) -> OpenPage:
        file = tmp_path / "map.html"
        file.write_text(html, encoding="utf-8")
        opened = OpenPage(context.new_page())
        opened.page.goto(file.as_uri())
        opened.page.wait_for_selector(".civgeo-label")
        return opened

    yield open_page
    context.close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def served(tmp_path) -> Iterator[tuple[Path, str]]:
    """A folder, and the local address that serves it."""
    handler = partial(_Quiet, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield tmp_path, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
