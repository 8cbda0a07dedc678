"""A full disk over HTTP: 507, nothing half written, and work goes on when there is room."""

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from api.served_city import fill
from api.writable_city import EDIT, ESTATES, estate, serving
from civgeo.store.checks import faults_of_file
from store.small_disks import filled, may_mount, small_disk

TABLE = "小区名称,所属街道,小区类别,总户数,用房阶段,经度,纬度\n" + "\n".join(
    f"导入小区{n},990121100,新建,120,建成,{114.11 + n * 1e-5:.6f},33.05" for n in range(3000)
)
UPLOAD = "/imports?kind=estates&crs=EPSG:4490&filename=a.csv"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    if not may_mount(tmp_path):
        pytest.skip("only root may mount a small disk")
    with small_disk(tmp_path, 24_000) as place:
        yield place


@pytest.fixture
def served(disk: Path) -> Iterator[TestClient]:
    with serving(fill(disk / "store")) as client:
        yield client


def assert_full(answer) -> None:
    assert (answer.status_code, answer.json()["code"]) == (507, "disk_full"), answer.text
    assert "磁盘已满" in answer.json()["detail"]
    assert "/disk" not in answer.text


def outlined(number: int) -> dict:
    """An entry whose outline has 8,000 corners: 128 kB, once in the layer and once in history."""
    turn = np.linspace(0, 2 * np.pi, 8000, endpoint=False)
    ring = np.column_stack([114.05 + 0.01 * np.cos(turn), 33.05 + 0.01 * np.sin(turn)]).tolist()
    shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    return estate(name=f"大图形{number}") | {"geometry": shape}


def test_edits_until_the_disk_is_full_are_kept_or_507(served, disk):
    kept, told, numbers = 0, 0, itertools.count()
    for room in (0, 3_000, 40_000, 700_000):
        with filled(disk, leave=room):
            while (answer := served.post(ESTATES, json=outlined(next(numbers)))).is_success:
                kept += 1
            assert_full(answer)
            told += 1
            assert served.get(f"{ESTATES}?limit=50").json()["numberMatched"] == 5 + kept
        again = served.post(ESTATES, json=outlined(next(numbers)))
        assert again.status_code == 201, again.text
        kept += 1
    names = served.get(f"{ESTATES}?limit=50").text
    assert served.get(f"{ESTATES}?limit=1").json()["numberMatched"] == 5 + kept
    assert names.count("大图形") == kept
    sys.stdout.write(f"\nfull disk over HTTP: {kept} writes kept, {told} told 507, 0 lost\n")


@pytest.mark.parametrize("room", [0, 20_000, 190_000, 400_000])
def test_an_upload_on_a_full_disk_is_507_and_leaves_nothing(served, disk, room):
    with filled(disk, leave=room):
        assert_full(served.post(UPLOAD, content=TABLE.encode()))
    assert list((disk / "store" / "staging").iterdir()) == []
    assert served.post(UPLOAD, content=TABLE.encode()).status_code == 201


def test_an_import_and_its_undo_on_a_full_disk_are_507_and_happen_later(served, disk):
    batch = served.post(UPLOAD, content=TABLE.encode()).json()["batch"]
    body = {"edit": EDIT}
    for step, count in (("confirm", "created"), ("undo", "taken_back")):
        with filled(disk, leave=400_000):
            assert_full(served.post(f"/imports/{batch}/{step}", json=body))
            there = served.get(f"{ESTATES}?limit=1").json()["numberMatched"]
            assert there == (5 if step == "confirm" else 3005)
        done = served.post(f"/imports/{batch}/{step}", json=body)
        assert (done.status_code, done.json()[count]) == (200, 3000), done.text
    assert served.get(f"{ESTATES}?limit=1").json()["numberMatched"] == 5


def test_the_store_is_whole_after_a_full_disk(disk):
    with serving(fill(disk / "store")) as client, filled(disk, leave=0):
        for number in itertools.count():
            if not (answer := client.post(ESTATES, json=outlined(number))).is_success:
                break
        assert_full(answer)
    assert faults_of_file(disk / "store" / "civgeo.gpkg") == ()
