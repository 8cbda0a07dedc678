import json
import os
import re
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from civgeo.domain.history import Edit
from civgeo.errors import InvalidInput, NotFound, StoreUnavailable
from civgeo.store.backup import back_up, drill, keep_newest, manifest_of, restore, rotated
from civgeo.store.disk import digest
from civgeo.store.sqlite import Access, engine, is_alone
from civgeo.store.store import Store
from civgeo.store.tables import Collection

ESTATES = Collection.ESTATES
EDIT = Edit(actor="张三", document="备份试验")


@pytest.fixture
def city(store, estates, divisions):
    with store.write() as writing:
        writing.add_divisions(divisions({"id": "411702", "code": "411702"}))
        writing.add_estates(estates(*({"id": f"e{n}", "households": n} for n in range(50))))
    return store


def test_a_backup_is_one_file_with_a_manifest_and_its_drill_finds_no_fault(city, tmp_path):
    target = tmp_path / "备份" / "库.gpkg"
    manifest = back_up(city, target)
    assert sorted(file.name for file in target.parent.iterdir()) == ["库.gpkg", "库.gpkg.json"]
    assert manifest == manifest_of(target)
    held = {name: count for name, count in manifest.counts.items() if count}
    assert held == {"divisions": 1, "estates": 50, "history": 51}
    assert drill(target).faults == ()


def test_a_backup_under_load_is_of_one_moment_and_whole(city, tmp_path):
    stop = threading.Event()
    written = []

    def write() -> None:
        version = 1
        while not stop.is_set():
            version = city.correct(ESTATES, "e0", {"households": 100 + version}, EDIT, version)
            written.append(version)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        while len(written) < 3:
            stop.wait(0.01)
        for number in range(3):
            back_up(city, tmp_path / f"{number}.gpkg")
    finally:
        stop.set()
        thread.join()
    versions = []
    for number in range(3):
        assert drill(tmp_path / f"{number}.gpkg").faults == ()
        restore(tmp_path / f"{number}.gpkg", tmp_path / f"back{number}")
        with Store.open(tmp_path / f"back{number}") as back, back.read() as reading:
            row = reading.feature(ESTATES, "e0").iloc[0]
            assert row["households"] == 99 + row["version"]
            versions.append(row["version"])
    assert versions == sorted(versions)
    assert versions[0] >= 3


def test_a_backup_never_overwrites(city, tmp_path):
    back_up(city, tmp_path / "b.gpkg")
    with pytest.raises(StoreUnavailable, match="不会覆盖"):
        back_up(city, tmp_path / "b.gpkg")


def test_the_newest_backups_are_kept_and_strangers_left_alone(city, tmp_path):
    target = tmp_path / "b.gpkg"
    for second in range(5):
        back_up(city, rotated(target, datetime(2026, 1, 1, second=second, tzinfo=UTC)))
    (tmp_path / "b-mine.gpkg").write_text("x")
    gone = keep_newest(target, 2)
    assert len(gone) == 3
    left = sorted(file.name for file in tmp_path.glob("b*"))
    assert [name[:18] for name in left if "T00" in name] == ["b-20260101T0000030"] * 2 + [
        "b-20260101T0000040"
    ] * 2
    assert "b-mine.gpkg" in left
    with pytest.raises(InvalidInput, match="不小于 1"):
        keep_newest(target, 0)


def test_a_backup_comes_back_where_nothing_is_and_replaces_only_when_asked(city, tmp_path):
    backup = tmp_path / "b.gpkg"
    back_up(city, backup)
    city.correct(ESTATES, "e0", {"households": 777}, EDIT, 1)
    folder = city.file.parent
    with pytest.raises(StoreUnavailable, match="--replace"):
        restore(backup, folder)
    with city.read(), pytest.raises(StoreUnavailable, match="停止服务"):
        restore(backup, folder, replace=True)
    city.close()
    assert restore(backup, folder, replace=True).faults == ()
    with Store.open(folder) as opened, opened.read() as reading:
        assert reading.feature(ESTATES, "e0")["households"].item() == 0
    [aside] = folder.glob("civgeo-replaced-*.gpkg")
    (tmp_path / "old").mkdir()
    aside.rename(tmp_path / "old" / "civgeo.gpkg")
    with Store.open(tmp_path / "old") as opened, opened.read() as reading:
        assert reading.feature(ESTATES, "e0")["households"].item() == 777


def _flip(file: Path, offset: int) -> None:
    content = bytearray(file.read_bytes())
    content[offset] ^= 0xFF
    file.write_bytes(bytes(content))


def _reseal(file: Path) -> None:
    """Let the manifest agree with the bytes, so that only the content can betray a change."""
    beside = file.with_name(f"{file.name}.json")
    content = json.loads(beside.read_text(encoding="utf-8"))
    beside.write_text(json.dumps(content | {"sha256": digest(file)}), encoding="utf-8")


def test_a_damaged_backup_is_refused_and_nothing_is_put_in_place(city, tmp_path):
    backup = tmp_path / "b.gpkg"
    back_up(city, backup)
    _flip(backup, backup.stat().st_size // 2)
    assert "校验和" in drill(backup).faults[0]
    outcome = restore(backup, tmp_path / "new")
    assert outcome.faults
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("DROP TABLE history", "缺少数据表|触发器"),
        ("DELETE FROM rtree_estates_geometry WHERE id = 7", "空间索引"),
        ("DELETE FROM gpkg_geometry_columns WHERE table_name = 'estates'", "目录中登记"),
        ("UPDATE estates SET households = 5 WHERE id = 'e1'", "历史推得"),
        ("PRAGMA user_version = 0", "GeoPackage 1.3"),
    ],
)
def test_a_backup_whose_content_was_changed_is_found_out(city, tmp_path, statement, message):
    backup = tmp_path / "b.gpkg"
    back_up(city, backup)
    opened = engine(backup, Access.WRITE)
    with opened.connect() as connection:
        connection.exec_driver_sql("UPDATE own_write SET active = 1")
        connection.exec_driver_sql(statement)
        connection.exec_driver_sql("UPDATE own_write SET active = 0")
        connection.commit()
    opened.dispose()
    assert is_alone(backup)
    _reseal(backup)
    faults = drill(backup).faults
    assert any(re.search(message, fault) for fault in faults), faults


def test_a_backup_without_its_manifest_or_with_a_broken_one_is_told(city, tmp_path):
    backup = tmp_path / "b.gpkg"
    with pytest.raises(NotFound, match="没有备份文件"):
        drill(backup)
    back_up(city, backup)
    backup.with_name("b.gpkg.json").write_text("{")
    with pytest.raises(InvalidInput, match="清单"):
        drill(backup)


def test_the_commands_back_up_verify_and_restore(city, tmp_path):
    environment = {**os.environ, "CIVGEO_STORE": str(city.file.parent)}

    def civgeo(*words: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "civgeo", *words]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
        )

    made = civgeo("backup", "b.gpkg", "--keep", "1", "--json")
    backup = json.loads(made.stdout)["file"]
    assert civgeo("restore", backup, "--verify").returncode == 0
    assert civgeo("restore", backup).returncode == 4
    assert civgeo("restore", backup, "--dir", "new").returncode == 0
    heads = json.loads(civgeo("verify-history", "--json", "--fail-on-findings").stdout)
    assert [head["entries"] for head in heads["heads"]] == [1, 50]
    assert heads["findings"] == []
    assert civgeo("history", "outside").returncode == 0
    _flip(tmp_path / backup, 50_000)
    assert civgeo("restore", backup, "--verify").returncode == 3


def test_the_commands_adopt_and_revert(city, tmp_path, raw):
    with raw.begin() as connection:
        connection.execute(sa.text("UPDATE estates SET name = '外改' WHERE id IN ('e1', 'e2')"))

    def civgeo(*words: str) -> str:
        command = [sys.executable, "-m", "civgeo", "--store", city.file.parent, *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
        return done.stdout

    edits = [json.loads(line) for line in civgeo("--json", "history", "outside").splitlines()]
    assert [(edit["id"], edit["changed"]) for edit in edits] == [("e1", ["name"]), ("e2", ["name"])]
    who = ("--actor", "李四", "--document", "核查单")
    civgeo("history", "adopt", edits[0]["edit"], *who, "--since", "2020-01-01")
    civgeo("history", "revert", edits[1]["edit"], *who)
    with city.read() as reading:
        assert reading.features(ESTATES, ids=["e1", "e2"])["name"].tolist() == ["外改", "阳光小区"]
        assert reading.outside_edits() == ()
        assert reading.verify_history() == ()
