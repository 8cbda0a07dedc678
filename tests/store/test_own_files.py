"""The bureau's own files beside a store: what is found, what is refused, and their backup."""

import json
import os
import zipfile
from datetime import UTC, datetime

import pytest

from civgeo.errors import OwnFileBroken
from civgeo.store.backup import back_up, drill, keep_newest, manifest_of, restore, rotated
from civgeo.store.disk import digest
from civgeo.store.own_backup import own_copy_of
from civgeo.store.own_files import LARGEST_FILE, MOST_FILES, own_files

LIST = "lists/persons.csv"


@pytest.fixture
def own(store):
    folder = store.file.parent / "own"
    (folder / "lists").mkdir(parents=True)
    (folder / LIST).write_text("词语,来源,录入日期\n清风,本局,2026-05-01\n", encoding="utf-8")
    return folder


def names(store):
    return [file.name for file in own_files(store.file.parent)]


def test_a_store_without_the_folder_has_no_own_files(store):
    assert names(store) == []


def test_files_are_found_by_name_and_lock_files_left_out(store, own):
    (own / "说明.txt").write_text("x", encoding="utf-8")
    for noise in ("lists/~$persons.csv", ".DS_Store", "lists/.~lock.persons.csv#"):
        (own / noise).write_text("x", encoding="utf-8")
    assert names(store) == [LIST, "说明.txt"]


def test_a_file_that_changed_is_another_file(store, own):
    (before,) = own_files(store.file.parent)
    assert own_files(store.file.parent) == (before,)
    (own / LIST).write_text("词语\n", encoding="utf-8")
    assert own_files(store.file.parent) != (before,)


@pytest.mark.parametrize("name", ["lists/foreign_names.csv", "templates"])
def test_links_out_of_the_folder_are_refused(store, own, tmp_path, name):
    outside = tmp_path / "outside"
    outside.mkdir()
    (own / name).symlink_to(outside)
    with pytest.raises(OwnFileBroken, match=rf"own/{name} 是链接"):
        own_files(store.file.parent)


def test_the_folder_itself_may_be_no_link(store, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (store.file.parent / "own").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OwnFileBroken, match="不能是链接"):
        own_files(store.file.parent)


def test_a_pipe_is_refused(store, own):
    os.mkfifo(own / "lists" / "pipe.csv")
    with pytest.raises(OwnFileBroken, match="特殊文件"):
        own_files(store.file.parent)


def test_files_beyond_the_limits_are_refused(store, own):
    with (own / "lists" / "large.csv").open("wb") as file:
        file.truncate(LARGEST_FILE)
        assert len(names(store)) == 2
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(OwnFileBroken, match=r"large\.csv 超过 10 MB"):
        own_files(store.file.parent)
    (own / "lists" / "large.csv").unlink()
    for number in range(MOST_FILES):
        (own / f"{number}.txt").touch()
    with pytest.raises(OwnFileBroken, match="超过 200 个"):
        own_files(store.file.parent)


def test_the_folder_may_not_grow_without_end(store, own):
    for number in range(6):
        with (own / f"{number}.bin").open("wb") as file:
            file.truncate(LARGEST_FILE)
    with pytest.raises(OwnFileBroken, match="合计超过 50 MB"):
        own_files(store.file.parent)


def test_own_files_are_backed_up_and_come_back(store, own, tmp_path):
    target = tmp_path / "b.gpkg"
    manifest = back_up(store, target)
    assert manifest == manifest_of(target)
    assert (manifest.own.files, own_copy_of(target).name) == (1, "b.gpkg.own.zip")
    assert drill(target).faults == ()
    assert restore(target, tmp_path / "back").faults == ()
    back = tmp_path / "back" / "own" / LIST
    assert back.read_bytes() == (own / LIST).read_bytes()


def test_own_files_that_are_there_stay_beside_those_restored(store, own, tmp_path):
    back_up(store, tmp_path / "b.gpkg")
    place = tmp_path / "back" / "own"
    place.mkdir(parents=True)
    (place / "mine.txt").write_text("x", encoding="utf-8")
    restore(tmp_path / "b.gpkg", tmp_path / "back")
    [aside] = (tmp_path / "back").glob("own-replaced-*")
    assert (aside / "mine.txt").is_file()
    assert not (place / "mine.txt").exists()


def test_a_backup_without_own_files_leaves_those_that_are_there(store, tmp_path):
    manifest = back_up(store, tmp_path / "b.gpkg")
    assert manifest.own is None
    place = tmp_path / "back" / "own"
    place.mkdir(parents=True)
    (place / "mine.txt").write_text("x", encoding="utf-8")
    restore(tmp_path / "b.gpkg", tmp_path / "back")
    assert (place / "mine.txt").is_file()


def test_a_backup_of_an_older_civgeo_is_still_read(store, tmp_path):
    back_up(store, tmp_path / "b.gpkg")
    beside = tmp_path / "b.gpkg.json"
    content = json.loads(beside.read_text(encoding="utf-8"))
    del content["own"]
    beside.write_text(json.dumps(content), encoding="utf-8")
    assert drill(tmp_path / "b.gpkg").faults == ()


@pytest.mark.parametrize("harm", ["changed", "missing"])
def test_a_harmed_zip_is_found_out_and_nothing_is_restored(store, own, tmp_path, harm):
    back_up(store, tmp_path / "b.gpkg")
    packed = own_copy_of(tmp_path / "b.gpkg")
    if harm == "changed":
        packed.write_bytes(packed.read_bytes() + b"x")
    else:
        packed.unlink()
    outcome = restore(tmp_path / "b.gpkg", tmp_path / "back")
    assert "own.zip" in outcome.faults[0]
    assert list((tmp_path / "back").iterdir()) == []


@pytest.mark.parametrize(
    "name", ["../evil.txt", "/evil.txt", "a\\..\\..\\evil.txt", "C:evil", "x/"]
)
def test_a_zip_that_would_write_elsewhere_is_refused(store, own, tmp_path, name):
    back_up(store, tmp_path / "b.gpkg")
    packed = own_copy_of(tmp_path / "b.gpkg")
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr(name, "x")
    beside = tmp_path / "b.gpkg.json"
    content = json.loads(beside.read_text(encoding="utf-8"))
    content["own"]["sha256"] = digest(packed)
    beside.write_text(json.dumps(content), encoding="utf-8")
    outcome = restore(tmp_path / "b.gpkg", tmp_path / "x" / "back")
    assert "与清单不符" in outcome.faults[0]
    assert not list(tmp_path.rglob("evil*"))


def test_a_backup_stops_clearly_at_a_link(store, own, tmp_path):
    (own / "x").symlink_to(tmp_path)
    with pytest.raises(OwnFileBroken, match="own/x"):
        back_up(store, tmp_path / "b.gpkg")
    assert not (tmp_path / "b.gpkg").exists()


def test_old_backups_go_with_their_own_files(store, own, tmp_path):
    target = tmp_path / "b.gpkg"
    for second in range(2):
        back_up(store, rotated(target, datetime(2026, 1, 1, second=second, tzinfo=UTC)))
    keep_newest(target, 1)
    assert len(list(tmp_path.glob("b-*.own.zip"))) == 1
