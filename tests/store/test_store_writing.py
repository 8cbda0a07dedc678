import dataclasses
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from shapely import Point

from civgeo.errors import CrsError, ImportRejected, InvalidInput, StoreUnavailable
from civgeo.store.sqlite import sqlite_facts
from civgeo.store.store import Store
from civgeo.store.tables import Collection

needs_wal = pytest.mark.skipif(
    sqlite_facts().journal_mode != "wal", reason="this SQLite has no safe WAL"
)


def test_a_new_store_says_what_it_is_about(store, register):
    with store.read() as reading:
        assert reading.register() == register
        assert reading.data_version() == 0


def test_a_moment_without_a_time_zone_is_refused(tmp_path, register):
    naive = dataclasses.replace(register, created_at=datetime(2026, 1, 1))  # noqa: DTZ001 the fault under test
    with pytest.raises(InvalidInput, match="时区"):
        Store.create(tmp_path, register=naive)
    assert list(tmp_path.iterdir()) == []


def test_a_second_store_in_the_same_place_is_refused(store, register):
    with pytest.raises(StoreUnavailable, match="已存在"):
        Store.create(store.file.parent, register=register)


def test_a_store_cannot_be_made_where_a_file_lies(tmp_path, register):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable, match="不能建立登记库"):
        Store.create(tmp_path / "file", register=register)


def test_every_committed_write_raises_the_data_version(store, estates):
    for number in range(3):
        with store.write() as writing:
            writing.add_estates(estates({"id": f"e{number}"}))
    with store.read() as reading:
        assert reading.data_version() == 3


def test_a_failed_write_leaves_nothing(store, divisions, estates):
    def fail_halfway() -> None:
        with store.write() as writing:
            writing.add_divisions(divisions({"id": "411702", "code": "411702"}))
            writing.add_estates(estates({"id": "e"}))
            assert writing.count(Collection.ESTATES) == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    with store.read() as reading:
        assert reading.count(Collection.DIVISIONS) == reading.count(Collection.ESTATES) == 0
        assert reading.extent(Collection.ESTATES) is None
        assert reading.data_version() == 0


def test_an_id_is_given_once_and_the_whole_write_is_undone(store, estates):
    with store.write() as writing:
        writing.add_estates(estates({"id": "old"}))

    def add_both() -> None:
        with store.write() as writing:
            writing.add_estates(estates({"id": "new"}))
            writing.add_estates(estates({"id": "old"}))

    with pytest.raises(InvalidInput, match="已有这些编号：old") as refused:
        add_both()
    assert refused.value.code == "already_there"
    with store.read() as reading:
        assert reading.features(Collection.ESTATES).index.tolist() == ["old"]


def test_a_facility_needs_the_estate_that_it_names(store, facilities):
    rows = [{"id": f"f{n}", "estate": f"e{n}"} for n in range(7)]
    with pytest.raises(InvalidInput, match="e4 等 7 个"), store.write() as writing:
        writing.add_facilities(facilities(*rows))


def test_a_production_store_takes_no_simulated_data(tmp_path, register, estates):
    real = dataclasses.replace(register, simulated=False)
    with Store.create(tmp_path, register=real) as store:
        with pytest.raises(ImportRejected, match="模拟数据"), store.write() as writing:
            writing.add_estates(estates({"id": "a", "simulated": False}, {"id": "b"}))
        with store.write() as writing:
            writing.add_estates(estates({"id": "a", "simulated": False}))


def test_frames_are_checked_where_they_enter(store, estates):
    with pytest.raises(CrsError), store.write() as writing:
        writing.add_estates(estates({"id": "a"}).to_crs("EPSG:4326"))
    with pytest.raises(InvalidInput), store.write() as writing:
        writing.add_estates(estates({"id": "a", "stage": "sold"}))
    with pytest.raises(InvalidInput, match="代理码位"), store.write() as writing:
        writing.add_estates(estates({"id": "a", "name": "\ud800"}))


def test_columns_that_the_table_does_not_know_are_not_stored(store, estates):
    frame = estates({"id": "a"}).assign(colour="red")
    with store.write() as writing:
        writing.add_estates(frame)
        assert "colour" not in writing.features(Collection.ESTATES).columns


def test_adding_nothing_is_allowed(store, estates):
    with store.write() as writing:
        writing.add_estates(estates({"id": "a"}).iloc[:0])
        writing.add_standards([])
        assert writing.extent(Collection.ESTATES) is None


def test_standards_keep_their_exact_numbers(store, standard):
    values = [Decimal("0.50"), Decimal("1E+3"), Decimal("29.999999999999999999999"), None]
    records = [
        dataclasses.replace(standard, id=f"s{n}", value=value, enabled=n != 1)
        for n, value in enumerate(values)
    ]
    with store.write() as writing:
        writing.add_standards(records)
    with store.read() as reading:
        assert list(reading.standards().standards) == records
    with pytest.raises(InvalidInput, match="s0"), store.write() as writing:
        writing.add_standards(records[:1])
    with pytest.raises(InvalidInput, match="约束"), store.write() as writing:
        writing.add_standards([dataclasses.replace(standard, id="twice")] * 2)


def test_contents_of_the_geopackage_note_when_a_layer_changed(store, raw, estates):
    query = sa.text("SELECT table_name, last_change FROM gpkg_contents")
    with raw.connect() as connection:
        before = dict(list(connection.execute(query)))
    time.sleep(0.01)
    with store.write() as writing:
        writing.add_estates(estates({"id": "a"}))
    with raw.connect() as connection:
        after = dict(list(connection.execute(query)))
    assert [name for name in after if after[name] != before[name]] == ["estates"]
    assert datetime.fromisoformat(after["estates"]).tzinfo == UTC


def test_a_missing_store_is_told_with_its_place(tmp_path):
    with pytest.raises(StoreUnavailable, match="没有登记库") as told:
        Store.open(tmp_path / "无")
    assert told.value.code == "store_missing"


def test_a_file_that_is_no_database_is_told(tmp_path):
    (tmp_path / "civgeo.gpkg").write_bytes(b"PK\x03\x04" + bytes(4096))
    with pytest.raises(StoreUnavailable, match="不是 GeoPackage") as told:
        Store.open(tmp_path)
    assert told.value.code == "not_a_store"


@pytest.mark.parametrize("application_id", [0, 0x47504B47])
def test_a_database_of_another_program_is_told(tmp_path, application_id):
    connection = sqlite3.connect(tmp_path / "civgeo.gpkg")
    connection.execute(f"PRAGMA application_id = {application_id}")
    connection.execute("CREATE TABLE gpkg_contents (table_name TEXT)")
    connection.commit()
    connection.close()
    with pytest.raises(StoreUnavailable, match="不是 civgeo 登记库"):
        Store.open(tmp_path)


def test_a_store_of_a_newer_program_is_told_and_left_alone(store, raw):
    with raw.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreUnavailable, match=r"结构 9999.*升级") as told:
        Store.open(store.file.parent)
    assert told.value.code == "store_other_form"


def test_a_reading_cannot_write(store):
    with pytest.raises(StoreUnavailable, match="只能读取"), store.read() as reading:
        reading._connection.execute(sa.text("DELETE FROM estates"))


@needs_wal
def test_a_reading_sees_one_moment(store, estates):
    with store.read() as reading:
        assert reading.count(Collection.ESTATES) == 0
        with store.write() as writing:
            writing.add_estates(estates({"id": "a"}))
        assert reading.count(Collection.ESTATES) == 0
        assert reading.data_version() == 0


WRITER = """
import sys
from pathlib import Path
from civgeo.store.store import Store
import sqlalchemy as sa
store = Store.open(Path(sys.argv[1]))
with store.write() as writing:
    writing._connection.execute(sa.text("UPDATE register SET name = '改'"))
    print("writing", flush=True)
    sys.stdin.readline()
store.close()
print("done", flush=True)
"""


@needs_wal
def test_a_reader_is_not_held_up_by_a_writer_in_another_process(store, register):
    command = [sys.executable, "-c", WRITER, store.file.parent]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout.readline() == "writing\n"
        with store.read() as reading:
            assert reading.register() == register
        writer.stdin.write("\n")
        writer.stdin.flush()
        assert writer.stdout.readline() == "done\n"
    with store.read() as reading:
        assert reading.register().name == "改"


def test_ten_thousand_estates_are_written_and_read_whole(store, estates):
    one = estates({"id": "e"})
    frame = one.loc[["e"] * 10_000].set_axis([f"e{n}" for n in range(10_000)])
    frame = frame.set_geometry([Point(114 + n / 10_000, 33) for n in range(10_000)], crs=4490)
    with store.write() as writing:
        writing.add_estates(frame)
    with store.read() as reading:
        found = reading.features(Collection.ESTATES)
    assert found.index.tolist() == frame.index.tolist()
    assert found.geometry.geom_equals(frame.geometry, align=False).all()


def test_facts_for_the_doctor_name_library_version_and_journal():
    facts = sqlite_facts()
    assert facts.library in ("pysqlite3", "sqlite3")
    assert facts.journal_mode == ("wal" if _numbers(facts.version) >= (3, 51, 3) else "delete")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def test_the_file_is_as_durable_as_promised(store, raw):
    with raw.connect() as connection:
        pragmas = ("synchronous", "foreign_keys", "application_id", "user_version", "journal_mode")
        found = [connection.execute(sa.text(f"PRAGMA {name}")).scalar() for name in pragmas]
    assert found == [2, 1, 0x47504B47, 10300, sqlite_facts().journal_mode]
    assert Path(store.file).name == "civgeo.gpkg"
