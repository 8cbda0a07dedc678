"""The index of names follows the store, and mends itself."""

import shutil
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from shapely import LineString, Point

from civgeo.domain.history import Edit
from civgeo.errors import StoreUnavailable
from civgeo.store.backup import back_up
from civgeo.store.name_index_folder import newest
from civgeo.store.name_index_lookup import Key, Scope
from civgeo.store.sqlite import Access, engine
from civgeo.store.store import Store
from civgeo.store.tables import Collection
from civgeo.store.undoing import undo_batch
from civgeo.store.writing import Writing
from store.index_contents import contents, no_readings
from store.named_places import name_frame

NAMES = Collection.PLACE_NAMES
EDIT = Edit("测试", "测试")
BATCH = Edit("测试", "测试", batch="b1")
SINCE = Edit("测试", "测试", valid_from=date(2020, 1, 1))
FIRST = (
    {"id": "a", "name": "张庄", "specific": "张", "reading": "zhāng zhuāng"},
    {"id": "b", "name": "嵖岈山镇", "specific": "嵖岈山", "kind": "township"},
    {"id": "c", "name": "解放路", "kind": "street", "geometry": LineString([(114, 33), (115, 33)])},
)


@pytest.fixture
def named(store: Store) -> Store:
    with store.write() as writing:
        writing.add(NAMES, name_frame(*FIRST), EDIT)
    return store


def found(store: Store, name: str) -> list[str]:
    scope = Scope()
    return store.names.ask(
        lambda names: [each.id for each in names.same(Key.NAME, name, scope)], no_readings
    )


def rebuilt(store: Store) -> None:
    store.names.rebuild(no_readings)


Step = Callable[[Writing], object]
STEPS: dict[str, Step] = {
    "a new name": lambda w: w.add(NAMES, name_frame({"id": "d", "name": "新村"}), EDIT),
    "another name": lambda w: w.correct(NAMES, "a", {"name": "章庄"}, EDIT, 1),
    "another kind, so another rank": lambda w: w.correct(NAMES, "c", {"kind": "river"}, EDIT, 1),
    "other names": lambda w: w.correct(
        NAMES, "c", {"other_names": '[{"name": "人民路", "kind": "former"}]'}, SINCE, 2
    ),
    "a place of its own": lambda w: w.correct(NAMES, "a", {"geometry": Point(113, 32)}, EDIT, 2),
    "a secret": lambda w: w.correct(NAMES, "b", {"secrecy": "secret"}, EDIT, 1),
    "nothing that is searched for": lambda w: w.correct(NAMES, "b", {"meaning": "山"}, EDIT, 2),
    "a retired name": lambda w: w.close(NAMES, "b", SINCE, 3),
    "a restored one": lambda w: w.restore(NAMES, "b", EDIT, 4),
    "a batch": lambda w: w.add(NAMES, name_frame({"id": "e", "name": "误村"}), BATCH),
    "a batch undone": lambda w: undo_batch(w, "b1", EDIT),
}


def test_after_every_step_the_index_is_what_a_new_one_would_be(named: Store) -> None:
    contents(named)
    for step, work in STEPS.items():
        with named.write() as writing:
            work(writing)
        fed = contents(named)
        rebuilt(named)
        assert fed == contents(named), step


def test_many_steps_taken_over_at_once_give_the_same(named: Store) -> None:
    contents(named)
    before = newest(named.names.folder)
    for work in STEPS.values():
        with named.write() as writing:
            work(writing)
    fed = contents(named)
    assert newest(named.names.folder) == before
    rebuilt(named)
    assert fed == contents(named)
    assert found(named, "章庄") == ["a"]
    assert found(named, "张庄") == []


def test_what_another_program_changed_is_found_when_it_is_adopted(
    named: Store, raw: sa.Engine
) -> None:
    assert found(named, "张庄") == ["a"]
    with raw.begin() as connection:
        connection.exec_driver_sql("UPDATE place_names SET name = '李庄' WHERE id = 'a'")
    assert (found(named, "张庄"), found(named, "李庄")) == (["a"], [])
    rebuilt(named)
    assert (found(named, "张庄"), found(named, "李庄")) == (["a"], [])
    with named.write() as writing, named.read() as reading:
        writing.adopt([edit.edit_id for edit in reading.outside_edits()], EDIT)
    assert (found(named, "张庄"), found(named, "李庄")) == ([], ["a"])


def test_writes_to_other_registers_leave_the_index_as_it_is(named: Store, estates) -> None:
    before = contents(named)
    file = newest(named.names.folder)
    with named.write() as writing:
        writing.add_estates(estates({"id": "e1"}))
    assert contents(named) == before
    assert newest(named.names.folder) == file


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def scribbled(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[100:4000] = b"\xa5" * 3900
    file.write_bytes(content)


def torn(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:8192])


def of_another_form(file: Path) -> None:
    made = engine(file, Access.WRITE)
    with made.begin() as connection:
        connection.exec_driver_sql("PRAGMA user_version = 99")
    made.dispose()


def of_another_program(file: Path) -> None:
    file.unlink()
    made = engine(file, Access.CREATE)
    with made.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE state (x)")


def no_database(file: Path) -> None:
    file.write_text("这不是索引" * 1000, encoding="utf-8")


@pytest.mark.parametrize(
    "harm",
    [
        Path.unlink,
        emptied,
        scribbled,
        torn,
        of_another_form,
        of_another_program,
        no_database,
    ],
)
def test_an_index_that_is_missing_strange_or_damaged_is_built_anew(
    named: Store, harm: Callable[[Path], None]
) -> None:
    before = contents(named)
    named.names.close()
    file = newest(named.names.folder)
    for journal in named.names.folder.glob("*-*"):
        journal.unlink()
    harm(file)
    assert found(named, "张庄") == ["a"]
    assert contents(named) == before


def test_an_index_that_is_emptied_while_it_is_read_is_built_anew(named: Store) -> None:
    assert found(named, "张庄") == ["a"]
    emptied(newest(named.names.folder))
    assert found(named, "张庄") == ["a"]
    assert found(named, "解放路") == ["c"]


def test_damage_that_shows_in_an_answer_is_mended_before_it_is_given(named: Store) -> None:
    with named.write() as writing:
        many = [{"id": f"n{n}", "name": f"第{n}村"} for n in range(3000)]
        writing.add(NAMES, name_frame(*many), EDIT)
    contents(named)
    named.names.close()
    file = newest(named.names.folder)
    content = bytearray(file.read_bytes())
    content[5 * 4096 :] = b"\xa5" * (len(content) - 5 * 4096)
    file.write_bytes(content)
    shown = named.names.ask(lambda names: sum(1 for _ in names.that("", Scope())), no_readings)
    assert shown == 3003
    assert newest(named.names.folder) != file


def test_the_index_of_another_store_is_not_believed(named: Store, tmp_path: Path, register) -> None:
    contents(named)
    with Store.create(tmp_path / "other", register=register) as other:
        shutil.copytree(named.names.folder, other.names.folder)
        assert found(other, "张庄") == []
        with other.write() as writing:
            writing.add(NAMES, name_frame({"id": "x", "name": "张庄"}), EDIT)
        assert found(other, "张庄") == ["x"]


def test_an_older_store_put_back_is_noticed_though_it_was_edited_on(
    named: Store, tmp_path: Path
) -> None:
    back_up(named, tmp_path / "old.gpkg")
    with named.write() as writing:
        writing.add(NAMES, name_frame({"id": "d", "name": "新村"}), EDIT)
    assert found(named, "新村") == ["d"]
    folder = named.file.parent
    named.close()
    shutil.copy(tmp_path / "old.gpkg", named.file)
    with Store.open(folder) as older:
        with older.write() as writing:
            writing.add(NAMES, name_frame({"id": "e", "name": "另村"}), EDIT)
        assert (found(older, "新村"), found(older, "另村")) == ([], ["e"])


def test_threads_that_ask_at_once_build_one_index(named: Store) -> None:
    answers: list[list[str]] = []
    crowd = [threading.Thread(target=lambda: answers.append(found(named, "张庄"))) for _ in "1234"]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert answers == [["a"]] * 4
    assert len(list(named.names.folder.glob("*.sqlite"))) == 1


def test_a_second_reader_goes_over_to_the_index_that_another_built(named: Store) -> None:
    with Store.open(named.file.parent) as second:
        assert found(second, "张庄") == ["a"]
        rebuilt(named)
        assert len(list(named.names.folder.glob("*.sqlite"))) == 1
        with named.write() as writing:
            writing.add(NAMES, name_frame({"id": "d", "name": "张庄"}), EDIT)
        assert found(second, "张庄") == ["a", "d"]


def test_a_folder_that_cannot_be_made_is_told_in_words(named: Store) -> None:
    named.names.folder.write_text("在此处", encoding="utf-8")
    with pytest.raises(StoreUnavailable, match="检索索引"):
        found(named, "张庄")


@pytest.mark.parametrize("strange", [{}, "x", [1], [{"name": 1}], [{"name": "某", "kind": "x"}]])
def test_lists_that_are_none_are_passed_over(named: Store, strange: object) -> None:
    with named.write() as writing:
        row = {"id": "d", "name": "新村", "other_names": strange, "spans": strange}
        writing.add(NAMES, name_frame(row), EDIT)
    assert found(named, "新村") == ["d"]


def test_the_same_file_tells_how_many_names_it_holds(named: Store) -> None:
    assert named.names.rebuild(no_readings) == 3
