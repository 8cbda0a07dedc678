"""Two server processes and an import at once on one store. Figures are printed (``pytest -s``)."""

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

import httpx2
import pytest

from api.served_city import fill
from api.writable_city import BEARER, EDIT, ESTATES
from civgeo.store.checks import faults_of_file
from civgeo.store.store import Store
from civgeo.store.tables import Collection
from store.witnesses import until

HOT, WRITERS, READERS, ROWS = ("e1", "e2", "e3", "e4", "e5"), 4, 2, 4000
EACH_ANEW = {"Connection": "close"}  # so that either worker may take any request
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked at in /proc")


@contextmanager
def two_workers(folder: Path) -> Iterator[tuple[str, list[int]]]:
    """``civgeo serve --workers 2``: its address, its own process, and those that answer."""
    command = [sys.executable, "-m", "civgeo", "serve", "--store", folder, "--port", "0"]
    environment = os.environ | {"CIVGEO_WRITE_TOKEN": BEARER, "COLUMNS": "200"}
    server = subprocess.Popen(
        [*command, "--workers", "2"], stderr=subprocess.PIPE, text=True, env=environment
    )
    try:
        said = re.search(r"http://[\d.:]+", server.stderr.readline())
        address = said.group()
        deadline = time.monotonic() + 60
        while len(workers := answering(server.pid)) < 2 or not is_up(address):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        yield address, [server.pid, *workers]
    finally:
        server.send_signal(signal.SIGTERM)
        rest = server.communicate(timeout=60)[1]
    assert "Traceback" not in rest, rest


def is_up(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/conformance", timeout=10).status_code == 200
    except httpx2.TransportError:
        return False


def answering(server: int) -> list[int]:
    """Children of the server that it started by spawning itself."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return [int(one) for one in children if "spawn_main" in command_of(one)]


def command_of(process: str) -> str:
    """Command line of a process; empty when it has ended."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def processor_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass
class Told:
    """What one client was answered."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    added: Counter[str] = field(default_factory=Counter)


def officer(address: str, number: int, done: threading.Event, told: Told) -> None:
    """Add one to hot rows over HTTP, each time from what was read a moment ago."""
    chance = random.Random(number)  # noqa: S311 a test
    headers = {"Authorization": f"Bearer {BEARER}", **EACH_ANEW}
    with httpx2.Client(base_url=address, headers=headers, timeout=60) as client:
        while not done.is_set():
            id = chance.choice(HOT)
            read = client.get(f"{ESTATES}/{id}")
            assert read.status_code == 200, read.text
            households = (read.json()["properties"]["households"] or 0) + 1
            done.wait(chance.uniform(0, 0.2))
            body = {"properties": {"households": households}, "edit": EDIT}
            started = time.perf_counter()
            match = {"If-Match": read.headers["etag"]}
            answer = client.patch(f"{ESTATES}/{id}", json=body, headers=match)
            told.seconds.append(time.perf_counter() - started)
            told.statuses[answer.status_code] += 1
            told.added[id] += answer.status_code == 200


def reader(address: str, number: int, done: threading.Event, told: Told) -> None:
    """Read all the time."""
    urls = (f"{ESTATES}?limit=50", "/estates/e1/history", "/coverage/floor-area?f=json")
    with httpx2.Client(base_url=address, headers=EACH_ANEW, timeout=60) as client:
        while not done.is_set():
            for url in urls:
                started = time.perf_counter()
                told.statuses[client.get(url).status_code] += 1
                told.seconds.append(time.perf_counter() - started)
                done.wait(0.05)


def crowd(
    address: str, work: Callable[..., None], count: int, done: threading.Event
) -> tuple[list[threading.Thread], list[Told]]:
    told = [Told() for _ in range(count)]
    threads = [
        threading.Thread(target=work, args=(address, number, done, one))
        for number, one in enumerate(told)
    ]
    for thread in threads:
        thread.start()
    return threads, told


def estates_table(path: Path) -> Path:
    places = [(114.11 + n % 80 * 1e-3, 33.01 + n // 80 * 1e-3) for n in range(ROWS)]
    rows = [
        f"导入小区{n},990121100,新建,120,建成,{lon:.6f},{lat:.6f}"
        for n, (lon, lat) in enumerate(places)
    ]
    header = "小区名称,所属街道,小区类别,总户数,用房阶段,经度,纬度"
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return path


def figures(seconds: list[float]) -> str:
    cuts = [
        round(1000 * cut) for cut in (*quantiles(seconds, n=20, method="inclusive"), max(seconds))
    ]
    return f"p50 {cuts[9]} ms, p95 {cuts[18]} ms, max {cuts[-1]} ms"


def households(folder: Path) -> dict[str, int]:
    with Store.open(folder) as store, store.read() as reading:
        found = reading.features(Collection.ESTATES)
        assert reading.verify_history() == ()
    counts = found["households"].fillna(0).astype(int)
    return {id: counts[id] for id in HOT} | {"all": len(found)}


def test_two_workers_and_an_import_lose_nothing_and_refuse_nobody(tmp_path):
    folder, done = fill(tmp_path / "store"), threading.Event()
    before = households(folder)
    with two_workers(folder) as (address, [_, *workers]):
        spent = [processor_seconds(one) for one in workers]
        writing, writers = crowd(address, officer, WRITERS, done)
        reading, readers = crowd(address, reader, READERS, done)
        done.wait(4)
        alone = [len(one.seconds) for one in writers]
        words = ["import", estates_table(tmp_path / "大表.csv"), "--as", "estates"]
        words += ["--crs", "EPSG:4490", "--actor", "王民", "--yes"]
        started = time.perf_counter()
        imported = subprocess.run(
            [sys.executable, "-m", "civgeo", "--store", folder, *words],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        took = time.perf_counter() - started
        done.wait(1)
        done.set()
        for thread in writing + reading:
            thread.join()
        spent = [processor_seconds(one) - two for one, two in zip(workers, spent, strict=True)]
    assert imported.returncode == 0, imported.stderr
    statuses = sum((one.statuses for one in writers), Counter())
    reads = sum((one.statuses for one in readers), Counter())
    added = sum((one.added for one in writers), Counter())
    after = households(folder)
    assert {id: after[id] - before[id] for id in HOT} == dict(added)
    assert after["all"] - before["all"] == ROWS
    assert set(statuses) <= {200, 412}
    assert set(reads) == {200}
    assert min(spent) > 0.2
    assert faults_of_file(folder / "civgeo.gpkg") == ()
    quiet = [s for one, n in zip(writers, alone, strict=True) for s in one.seconds[:n]]
    busy = [s for one, n in zip(writers, alone, strict=True) for s in one.seconds[n:]]
    looked = [s for one in readers for s in one.seconds]
    sys.stdout.write(
        f"\n2 workers, {WRITERS} officers, {READERS} readers, {len(HOT)} hot rows over HTTP:"
        f" {statuses[200]} edits kept, {statuses[412]} told they were stale, 0 lost, 0 5xx;"
        f" edits before the import {figures(quiet)}, beside an import of {ROWS} rows ({took:.1f} s)"
        f" {figures(busy)} (bar: p95 <= 100 ms, max <= 2 s); {reads[200]} readings, all answered,"
        f" {figures(looked)}; the workers took {spent[0]:.1f} and {spent[1]:.1f} s of processor\n"
    )


def test_a_worker_that_is_killed_is_replaced_and_none_outlives_its_parent(tmp_path):
    with two_workers(fill(tmp_path / "store")) as (address, [server, first, second]):
        os.kill(first, signal.SIGKILL)
        assert until(lambda: len({*answering(server)} - {first}) == 2)
        assert all(until(lambda: is_up(address)) for _ in range(20))
        [third] = {*answering(server)} - {first, second}
        os.kill(server, signal.SIGKILL)
        assert until(lambda: not any(is_alive(one) for one in (second, third)))


def is_alive(process: int) -> bool:
    return Path(f"/proc/{process}/exe").exists()
