"""``civgeo import``, ``imports``, ``worker`` and ``jobs`` as an officer calls them."""

import json
import shutil
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from civgeo.domain.history import Edit
from civgeo.services import imports
from civgeo.services.city import City
from civgeo.services.import_batches import ImportRequest
from civgeo.services.jobs import book_of, edit_arguments, submit
from civgeo.store.jobs import JobState
from civgeo.store.store import Store
from civgeo.store.tables import Collection

HEADER = "小区名称,所属街道,小区类别,总户数,用房阶段,经度,纬度\n"
EDIT = Edit("王民", "1号")


def table(folder: Path, rows: int = 2, households: str = "80") -> Path:
    path = folder / "小区.csv"
    lines = [
        f"幸福里{n}号院,中一街道,新建,{households},建成,{114 + n * 1e-6:.6f},33.0\n"
        for n in range(rows)
    ]
    path.write_text(HEADER + "".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def store(store_folder, tmp_path) -> str:
    shutil.copytree(store_folder, tmp_path / "库")
    return str(tmp_path / "库")


def test_a_file_is_imported_listed_and_undone(civgeo, store, tmp_path):
    file = str(table(tmp_path))
    asked = civgeo("import", file, "--as", "estates", "--store", store)
    assert asked.returncode == 3
    assert "命令行用 --crs" in asked.stderr
    given = ("--crs", "EPSG:4490", "--actor", "王民", "--document", "1号")
    dry = civgeo("import", file, "--as", "estates", *given, "--dry-run", "--store", store)
    assert dry.returncode == 0
    assert "新增 2" in dry.stdout
    assert civgeo("imports", "--json", "--store", store).stdout == ""
    done = civgeo("import", file, "--as", "estates", *given, "--json", "--store", store)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["written"], told["created"], told["state"]) == (True, 2, "confirmed")
    listed = json.loads(civgeo("imports", "--json", "--store", store).stdout)
    assert (listed["batch"], listed["actor"]) == (told["batch"], "王民")
    again = civgeo("import", file, "--as", "estates", *given, "--store", store)
    assert (again.returncode, "不会重复导入" in again.stderr) == (0, True)
    undone = civgeo("import", "--undo", told["batch"], "--actor", "李", "--store", store)
    assert "收回 2 条" in undone.stderr
    assert "已撤销" in civgeo("imports", "--store", store).stdout


def test_a_refused_file_leaves_a_table_of_errors_and_exit_code_3(civgeo, store, tmp_path):
    file, out = str(table(tmp_path, households="约80")), tmp_path / "改.csv"
    given = ("--crs", "EPSG:4490", "--errors", str(out))
    done = civgeo("import", file, "--as", "estates", *given, "--store", store)
    assert done.returncode == 3
    assert "不是确定的数字" in done.stdout
    assert "2 行有错误" in done.stderr
    assert "【总户数】" in out.read_text("utf-8")
    assert list((Path(store) / "staging").iterdir()) == []


def test_columns_and_constants_are_given_on_the_command_line(civgeo, store, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("甲,乙,东,北\n某苑,新建,114.0,33.0\n", encoding="utf-8")
    given = ["--crs", "EPSG:4490", "--map", "甲=小区名称", "--map", "乙=estate_class"]
    given += ["--map", "东=lon", "--map", "北=lat", "--set", "division=990102001"]
    given += ["--set", "用房阶段=规划", "--save-profile", "某县", "--store", store]
    assert civgeo("import", str(file), "--as", "estates", *given).returncode == 0
    kept = civgeo(
        *("import", str(file), "--as", "estates", "--crs", "EPSG:4490", "--profile", "某县"),
        *("--set", "division=990102001", "--dry-run", "--store", store),
    )
    assert "没有变化 1" in kept.stdout


def test_usage_errors_are_told(civgeo, store, tmp_path):
    assert civgeo("import", "--store", store).returncode == 2
    file = str(table(tmp_path))
    assert civgeo("import", file, "--as", "x", "--store", store).returncode == 3
    assert civgeo("import", file, "--as", "estates", "--set", "x", "--store", store).returncode == 2
    missing = civgeo("import", "nowhere.csv", "--as", "estates", "--store", store)
    assert (missing.returncode, "没有文件" in missing.stderr) == (3, True)
    undone = civgeo("import", "--undo", "20260101-000000-00000000", "--store", store)
    assert undone.returncode == 3


def large_batch(store: Store, folder: Path, rows: int) -> tuple[City, str]:
    city = City(store, date(2026, 3, 1))
    batch = imports.stage(city, table(folder, rows), "estates", ImportRequest(crs="EPSG:4490"))
    assert batch.state.value == "ready", batch.precheck
    return city, submit(
        city, "import-confirm", {"batch": batch.id, "edit": dict(edit_arguments(EDIT))}
    )


def start_worker(folder: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "civgeo", "--store", folder, "-q", "worker"])


def wait_for(condition, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_worker_runs_what_waits(civgeo, store, tmp_path):
    with Store.open(Path(store)) as opened:
        city, job = large_batch(opened, tmp_path, 50)
        done = subprocess.run(
            [sys.executable, "-m", "civgeo", "--store", store, "worker", "--once"], check=False
        )
        assert done.returncode == 0
        found = book_of(city).get(job)
        assert (found.state, found.result["created"]) == (JobState.DONE, 50)
    shown = json.loads(civgeo("jobs", "show", job, "--store", store).stdout)
    assert shown["result"]["state"] == "confirmed"
    assert job in civgeo("jobs", "list", "--json", "--store", store).stdout
    assert civgeo("jobs", "cancel", job, "--store", store).returncode == 3


def estates(city: City) -> int:
    with city.store.read() as reading:
        return reading.count(Collection.ESTATES, where={"source": "导入文件 小区.csv"})


def test_a_worker_killed_in_the_middle_leaves_nothing_half_written(store, tmp_path):
    rows = 2000
    with Store.open(Path(store)) as opened:
        city, job = large_batch(opened, tmp_path, rows)
        book = book_of(city)
        with start_worker(store) as worker:
            wait_for(lambda: book.get(job).message == "写入" or book.get(job).state.is_over)
            children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
            worker.kill()
            for child in children:
                subprocess.run(["/bin/kill", "-9", child], check=False)
        assert estates(city) in (0, rows)
        with start_worker(store) as second:
            wait_for(lambda: book.get(job).state.is_over)
            second.terminate()
        assert book.get(job).state is JobState.DONE, book.get(job).message
        assert estates(city) == rows
        with city.store.read() as reading:
            assert reading.verify_history() == ()
        assert len(imports.imports(city)) == 1


def test_cancelling_ends_the_process_and_writes_nothing(store, tmp_path):
    with Store.open(Path(store)) as opened:
        city, job = large_batch(opened, tmp_path, 2000)
        book = book_of(city)
        with start_worker(store) as worker:
            wait_for(lambda: book.get(job).state is JobState.RUNNING)
            book.cancel(job)
            wait_for(lambda: not Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text())
            worker.terminate()
        assert book.get(job).state is JobState.CANCELLED
        assert estates(city) == 0


def test_editors_go_on_while_an_import_is_written(store, tmp_path):
    with Store.open(Path(store)) as opened:
        city, job = large_batch(opened, tmp_path, 1500)
        book = book_of(city)
        with city.store.read() as reading:
            frame = reading.features(Collection.ESTATES, limit=2)
        versions = dict(zip(frame.index, frame["version"], strict=True))
        edits, waits = 0, []
        with start_worker(store) as worker:
            while not book.get(job).state.is_over:
                for id in frame.index:
                    before = time.monotonic()
                    versions[id] = city.store.correct(
                        Collection.ESTATES, str(id), {"elders": edits}, EDIT, int(versions[id])
                    )
                    waits.append(time.monotonic() - before)
                    edits += 1
            worker.terminate()
        assert book.get(job).state is JobState.DONE, book.get(job).message
        assert estates(city) == 1500
        with city.store.read() as reading:
            assert reading.verify_history() == ()
            now = reading.features(Collection.ESTATES, ids=list(frame.index))
        assert now["version"].to_dict() == versions
        told = f"{edits} edits beside an import of 1500, longest wait {max(waits):.2f} s\n"
        sys.stdout.write(told)
