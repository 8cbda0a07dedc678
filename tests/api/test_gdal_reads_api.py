"""GDAL's OAPIF driver reads the served API; in a process of its own, as every GDAL here."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from civgeo.app import create_app
from civgeo.settings import Settings

READER = """
import json, sys
import pyogrio
address, collection, page, box, where = json.loads(sys.argv[1])
chosen = {"bbox": box and tuple(box), "where": where, "PAGE_SIZE": str(page)}
frame = pyogrio.read_dataframe(f"OAPIF:{address}", layer=collection, **chosen)
info = pyogrio.read_info(f"OAPIF:{address}", layer=collection)
print(json.dumps({
    "ids": sorted(frame["id"]) if "id" in frame else sorted(frame.index.astype(str)),
    "names": sorted(frame["name"]),
    "count": info["features"],
    "fields": list(info["fields"]),
    "crs": frame.crs.to_authority(),
    "bounds": list(frame.total_bounds),
}))
"""


@pytest.fixture(scope="module")
def address(store_folder: Path) -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    app = create_app(Settings(store=store_folder, max_page=50))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)


def read(
    address: str,
    collection: str,
    *,
    page: int = 50,
    box: tuple[float, ...] | None = None,
    where: str | None = None,
) -> dict:
    asked = json.dumps([address, collection, page, box, where])
    done = subprocess.run(
        [sys.executable, "-c", READER, asked],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("collection", "count"),
    [("divisions", 5), ("estates", 5), ("facilities", 3), ("coverage_units", 9)],
)
def test_gdal_reads_every_page_however_small(address: str, collection: str, count: int) -> None:
    found = read(address, collection, page=2)
    assert (len(found["ids"]), found["count"]) == (count, count)
    assert len(set(found["ids"])) == count
    assert "name" in found["fields"]


def test_gdal_chooses_by_a_box(address: str) -> None:
    found = read(address, "estates", box=(114.14, 33.04, 114.17, 33.07))
    assert found["names"] == ["西镇小区"]
    assert found["bounds"] == pytest.approx([114.15, 33.05, 114.16, 33.06])


def test_gdal_sees_longitude_first(address: str) -> None:
    found = read(address, "facilities")
    assert found["crs"][1] in ("4326", "CRS84")
    assert found["bounds"][0] == pytest.approx(114.015)


@pytest.mark.parametrize(
    ("collection", "where", "names"),
    [
        ("estates", "households = 77", ["混合里"]),
        ("estates", "name = '祥和苑' AND estate_class = 'new'", ["祥和苑"]),
        ("facilities", "floor_area_m2 = 12.5", ["第二站"]),
        ("facilities", "beds > 3", ["祥和日间照料"]),
        ("facilities", "opened = '2020-05-01'", ["第二站"]),
        ("coverage_units", "meets = 0 AND level = 'county'", ["乙县"]),
    ],
)
def test_gdal_chooses_by_properties(
    address: str, collection: str, where: str, names: list[str]
) -> None:
    assert read(address, collection, where=where)["names"] == names
