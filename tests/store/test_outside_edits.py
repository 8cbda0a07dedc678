"""Edits by GDAL beside the live store, in a process of its own with its own SQLite."""

import shutil
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from geopandas.testing import assert_geodataframe_equal
from shapely import Point

from civgeo.domain.history import Action, Edit
from civgeo.errors import InvalidInput, RuleViolation, StaleEdit, StoreUnavailable
from civgeo.store.store import Store
from civgeo.store.tables import Collection

ESTATES, FACILITIES = Collection.ESTATES, Collection.FACILITIES
SYSTEM_PYTHON = "/usr/bin/python3"
VALIDATOR = "osgeo_utils.samples.validate_gpkg"
EDIT = Edit(actor="李四", document="外业核查单 7", valid_from=date(2020, 1, 1))

pytestmark = pytest.mark.skipif(
    not shutil.which("ogrinfo"), reason="GDAL's own Python is not installed"
)


def gdal(file: Path, body: str) -> None:
    """Run `body` over `layer`, the estates as GDAL opens them for update."""
    script = (
        "import sys; from osgeo import ogr; ogr.UseExceptions()\n"
        "data = ogr.Open(sys.argv[1], 1); layer = data.GetLayerByName('estates')\n"
    )
    subprocess.run([SYSTEM_PYTHON, "-c", script + body, file], check=True, timeout=60)


CHANGE = "f = layer.GetFeature(2); f.SetField('name', '新名'); f.SetField('households', 500)\n"
CHANGE += "f.SetGeometry(ogr.CreateGeometryFromWkt('POINT (116 35)')); layer.SetFeature(f)\n"
ADD = (
    "f = ogr.Feature(layer.GetLayerDefn())\n"
    "row = dict(id='e9', name='外来', division='411702001', estate_class='new', stage='built',\n"
    "           source='QGIS', simulated=True, version=1)\n"
    "for name, value in row.items(): f.SetField(name, value)\n"
    "f.SetGeometry(ogr.CreateGeometryFromWkt('POINT (115 34)')); layer.CreateFeature(f)\n"
)
REMOVE = "layer.DeleteFeature(3)\n"


@pytest.fixture
def city(store: Store, estates) -> Store:
    rows = [{"id": f"e{n}", "name": f"小区{n}", "households": n * 10} for n in range(1, 5)]
    with store.write() as writing:
        writing.add_estates(estates(*rows))
    return store


def names(reading):
    return dict(reading.features(ESTATES)["name"])


def is_valid(store: Store) -> bool:
    command = [SYSTEM_PYTHON, "-m", VALIDATOR, "-k", "--extra", store.file]
    found = subprocess.run(command, capture_output=True, text=True, timeout=120)
    return (found.returncode, found.stdout, found.stderr) == (0, "", "")


def test_readers_see_the_last_adopted_state_while_gdal_changes_the_live_file(city):
    with city.read() as reading:
        before = reading.features(ESTATES)
    gdal(city.file, CHANGE + ADD + REMOVE)
    with city.read() as reading:
        assert_geodataframe_equal(reading.features(ESTATES), before)
        assert reading.count(ESTATES) == 4
        assert reading.count(ESTATES, bbox=(115.5, 34.5, 117, 36)) == 0
        assert reading.features(ESTATES, bbox=(113.9, 32.9, 114.1, 33.1)).index.tolist() == [
            *("e1", "e2", "e3", "e4")
        ]
        assert reading.features(ESTATES, where={"households": 20}).index.tolist() == ["e2"]
        pages = [reading.features(ESTATES, limit=2)]
        pages.append(reading.features(ESTATES, after=pages[0].attrs["last_fid"]))
        assert [page.index.tolist() for page in pages] == [["e1", "e2"], ["e3", "e4"]]
        assert reading.verify_history() == ()
    assert is_valid(city)


def test_outside_edits_are_listed_with_before_after_and_time(city):
    start = datetime.now(UTC).replace(microsecond=0)
    gdal(city.file, CHANGE + ADD + REMOVE)
    with city.read() as reading:
        found = {edit.id: edit for edit in reading.outside_edits()}
    assert [edit.kind.value for edit in found.values()] == ["changed", "added", "removed"]
    changed = found["e2"]
    assert changed.changed == ("name", "households", "geometry")
    assert (changed.before["name"], changed.after["name"]) == ("小区2", "新名")
    assert (found["e9"].before, found["e9"].after["name"]) == (None, "外来")
    assert (found["e3"].before["name"], found["e3"].after) == ("小区3", None)
    assert all(start <= edit.first_at <= edit.last_at for edit in found.values())


def test_adopting_appends_to_the_history_and_readers_follow(city):
    gdal(city.file, CHANGE + ADD + REMOVE)
    with city.write() as writing:
        writing.adopt([edit.edit_id for edit in writing.outside_edits()], EDIT)
    with city.read() as reading:
        assert reading.outside_edits() == ()
        assert names(reading) == {"e1": "小区1", "e2": "新名", "e4": "小区4", "e9": "外来"}
        assert reading.feature(ESTATES, "e2").geometry.item() == Point(116, 35)
        assert reading.feature(ESTATES, "e2")["version"].item() == 2
        assert reading.count(ESTATES, include_closed=True) == 5
        assert reading.features(ESTATES, ids=["e2"], valid_on=date(2019, 12, 31))[
            "name"
        ].tolist() == ["小区2"]
        assert reading.features(ESTATES, ids=["e3"], valid_on=date(2019, 12, 31)).index.tolist()
        last = reading.history(ESTATES, "e2")[-1]
        assert (last.action, last.actor, last.document) == (Action.ADOPT, "李四", "外业核查单 7")
        assert reading.verify_history() == ()
    with city.write() as writing:
        assert writing.correct(ESTATES, "e9", {"name": "改"}, EDIT, 1) == 2
        assert writing.verify_history() == ()
    assert is_valid(city)


def test_reverting_puts_the_adopted_rows_back_and_keeps_what_was_refused(city, raw):
    with city.read() as reading:
        before = reading.features(ESTATES)
    gdal(city.file, CHANGE + ADD + REMOVE)
    with city.write() as writing:
        writing.revert([edit.edit_id for edit in writing.outside_edits()], EDIT)
    with city.read() as reading:
        assert_geodataframe_equal(reading.features(ESTATES), before)
        assert reading.outside_edits() == ()
        assert [entry.action for entry in reading.history(ESTATES, "e2")][1:] == [Action.REVERT]
        assert reading.history(ESTATES, "e9")[0].state is None
        assert reading.verify_history() == ()
    with raw.connect() as connection:
        kept = sa.text("SELECT id, name FROM outside_estates WHERE event = 'refused' ORDER BY id")
        assert connection.execute(kept).all() == [("e2", "新名"), ("e9", "外来")]
        check = sa.text("SELECT rtreecheck('rtree_estates_geometry')")
        assert connection.execute(check).scalar() == "ok"
    assert is_valid(city)


def test_a_record_that_was_reverted_when_it_was_new_may_be_entered_later(city, estates):
    gdal(city.file, ADD)
    with city.write() as writing:
        writing.revert([edit.edit_id for edit in writing.outside_edits()], EDIT)
        writing.create(ESTATES, estates({"id": "e9", "name": "正式"}), EDIT)
        assert names(writing)["e9"] == "正式"
        assert writing.verify_history() == ()


def test_several_saves_of_one_feature_are_one_edit_and_an_undone_one_changes_nothing(city):
    gdal(city.file, CHANGE)
    back = "f = layer.GetFeature(2); f.SetField('name', '小区2'); f.SetField('households', 20)\n"
    back += "f.SetGeometry(ogr.CreateGeometryFromWkt('POINT (114 33)')); layer.SetFeature(f)\n"
    gdal(city.file, back)
    with city.write() as writing:
        [edit] = writing.outside_edits()
        assert (edit.events, edit.changed) == (2, ())
        writing.adopt([edit.edit_id], EDIT)
        assert len(writing.history(ESTATES, "e2")) == 1
        assert writing.outside_edits() == ()


def test_a_save_that_changes_nothing_and_a_row_that_came_and_went_are_no_edits(city):
    gdal(city.file, "layer.SetFeature(layer.GetFeature(2))\n")
    gdal(city.file, ADD + "layer.DeleteFeature(f.GetFID())\n")
    with city.read() as reading:
        assert reading.outside_edits() == ()
        assert len(names(reading)) == 4


def test_an_edit_that_was_changed_after_it_was_listed_is_not_adopted_unseen(city):
    gdal(city.file, CHANGE)
    with city.read() as reading:
        [listed] = reading.outside_edits()
    gdal(city.file, "f = layer.GetFeature(2); f.SetField('name', '又改'); layer.SetFeature(f)\n")
    for settle in ("adopt", "revert"):
        with pytest.raises(StaleEdit, match="重新查看"), city.write() as writing:
            getattr(writing, settle)([listed.edit_id], EDIT)


def test_a_record_that_was_touched_outside_waits_for_a_decision(city, estates):
    gdal(city.file, CHANGE + ADD + REMOVE)
    for id in ("e2", "e3"):
        with pytest.raises(RuleViolation, match="QGIS") as refused, city.write() as writing:
            writing.correct(ESTATES, id, {"name": "我的"}, EDIT, 1)
        assert refused.value.code == "outside_pending"
    for id in ("e9", "e3"):
        with pytest.raises(InvalidInput, match="已有这些编号"), city.write() as writing:
            writing.add_estates(estates({"id": id}))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("f = layer.GetFeature(2); f.SetField('id', 'x'); layer.SetFeature(f)\n", "编号"),
        ("f = layer.GetFeature(2); f.SetField('division', '41'); layer.SetFeature(f)\n", "区划"),
        (
            "f = layer.GetFeature(2); layer.DeleteFeature(2)\n"
            "f.SetFID(-1); f.SetField('name', '重画'); layer.CreateFeature(f)\n",
            "已有编号 e2",
        ),
    ],
)
def test_what_may_not_be_adopted_can_still_be_reverted(city, body, message):
    gdal(city.file, body)
    with city.read() as reading:
        edits = [edit.edit_id for edit in reading.outside_edits()]
        before = names(reading)
    with pytest.raises(InvalidInput, match=message), city.write() as writing:
        writing.adopt(edits, EDIT)
    with city.write() as writing:
        assert writing.outside_edits() != ()
        writing.revert(edits, EDIT)
        assert names(writing) == before
        assert writing.features(ESTATES)["name"].tolist() == [f"小区{n}" for n in range(1, 5)]
        assert writing.verify_history() == ()


def test_statements_of_ogrinfo_and_a_replaced_row_are_logged_too(city, raw):
    sql = "UPDATE estates SET households = households + 1 WHERE id IN ('e1', 'e4')"
    subprocess.run(["ogrinfo", "-q", city.file, "-sql", sql], check=True, timeout=60)
    columns = "name, division, community, estate_class, completed_year, households, households_new"
    columns += ", elders, stage, source, simulated, version, geometry, valid_from, valid_to"
    with raw.begin() as connection:
        connection.exec_driver_sql("PRAGMA recursive_triggers = OFF")
        connection.exec_driver_sql(
            f"INSERT OR REPLACE INTO estates SELECT fid, 'e2', {columns} FROM estates"  # noqa: S608 constants
            " WHERE id = 'e1'"
        )
        connection.exec_driver_sql("UPDATE estates SET fid = 99 WHERE id = 'e3'")
    with city.read() as reading:
        assert sorted(names(reading).items()) == [(f"e{n}", f"小区{n}") for n in range(1, 5)]
        assert reading.features(ESTATES)["households"].tolist() == [10, 20, 30, 40]
    with city.write() as writing:
        writing.revert([edit.edit_id for edit in writing.outside_edits()], EDIT)
        assert writing.features(ESTATES)["households"].tolist() == [10, 20, 30, 40]
        assert writing.verify_history() == ()


def test_a_layer_that_was_overwritten_is_told_when_the_store_is_opened(city, tmp_path):
    other = tmp_path / "other.gpkg"
    city.close()
    subprocess.run(["ogr2ogr", other, city.file, "estates"], check=True, timeout=60)
    command = ["ogr2ogr", "-overwrite", "-nln", "estates", city.file, other, "estates"]
    subprocess.run(command, check=True, timeout=60, capture_output=True)
    with pytest.raises(StoreUnavailable, match=r"触发器.*备份") as told:
        Store.open(city.file.parent)
    assert told.value.code == "store_structure"
