"""A store of the first form, with data, opened by this version."""

import shutil
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa
from shapely import MultiPolygon, Point, box

from civgeo.domain.history import Action, Edit
from civgeo.errors import StoreUnavailable
from civgeo.store import geopackage
from civgeo.store.migrations import FORMS, migrate
from civgeo.store.sqlite import Access, engine
from civgeo.store.store import Store
from civgeo.store.tables import Collection

SYSTEM_PYTHON = "/usr/bin/python3"
POINT = geopackage.encode([Point(114, 33)])[0]
OUTLINE = geopackage.encode([MultiPolygon([box(114, 33, 114.5, 33.5)])])[0]
ROWS = {
    "divisions": [
        (
            *(
                1,
                "411702",
                "411702",
                "驿城区",
                "county",
                "MCA",
                "411700",
                "own",
                "2000-12-31",
                None,
            ),
            *("民政部", "2024-01-01", 0, 1, OUTLINE),
        ),
        (
            *(
                2,
                "411702001",
                "411702001",
                "人民街道",
                "township",
                "MCA",
                "411702",
                "own",
                None,
                None,
            ),
            *("民政部", None, 0, 1, None),
        ),
    ],
    "estates": [
        (
            *(
                1,
                "e1",
                "𠮷祥小区",
                "411702001",
                None,
                "mixed",
                2019,
                500,
                200,
                None,
                "built",
                "台账",
            ),
            *(0, 3, POINT),
        ),
    ],
    "facilities": [
        (
            *(1, "f1", "日间照料", "community_day_care", "411702001", None, "e1", 320.5, None, 4),
            *("2021-05-01", "operating", "台账", 0, 1, POINT),
        ),
    ],
    "standards": [
        (
            *(
                1,
                "s1",
                "t",
                "河南",
                "410000",
                "r",
                "",
                "",
                "2019-01-01",
                "",
                "q",
                "new",
                "",
                ">=",
                "30",
            ),
            *("m2", "", "S", "", 1, ""),
        ),
    ],
    "register": [(1, "411700", "驻马店市", 0, "2026-03-01T08:30:00.125Z", "2026-01", "{}", 7)],
}


@pytest.fixture
def first_form(tmp_path: Path) -> Path:
    """Folder with a store as the first migration makes it, filled."""
    folder = tmp_path / "store"
    folder.mkdir()
    maker = engine(folder / "civgeo.gpkg", Access.CREATE)
    migrate(maker, "0001")
    with maker.begin() as connection:
        for table, rows in ROWS.items():
            marks = ", ".join("?" for _ in rows[0])
            connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 constants
    maker.dispose()
    return folder


def test_an_older_store_is_copied_and_brought_up_to_date(first_form):
    with Store.open(first_form) as store, store.read() as reading:
        assert reading.data_version() == 7
        assert reading.verify_history() == ()
        estate = reading.feature(Collection.ESTATES, "e1")
        assert estate[["name", "households", "version"]].to_numpy().tolist() == [
            ["𠮷祥小区", 500, 3]
        ]
        assert reading.feature(Collection.FACILITIES, "f1")["floor_area_m2"].item() == 320.5
        [entry] = reading.history(Collection.ESTATES, "e1")
        assert (entry.action, entry.version, entry.actor) == (Action.IMPORT, 3, "civgeo")
        assert len(reading.heads()) == 4
    spare, current = sorted(first_form.iterdir())
    assert current.name == "civgeo.gpkg"
    assert spare.name.startswith("civgeo-form-0001-")
    copied = engine(spare, Access.READ)
    with copied.connect() as connection:
        form = sa.text("SELECT version_num FROM alembic_version")
        assert connection.execute(form).scalar() == "0001"
        count = sa.text("SELECT count(*) FROM divisions")
        assert connection.execute(count).scalar() == 2
    copied.dispose()


@pytest.mark.parametrize("form", FORMS)
def test_an_upgraded_store_has_the_structure_of_a_new_one(first_form, empty_file, form):
    between = engine(first_form / "civgeo.gpkg", Access.WRITE)
    migrate(between, form)
    between.dispose()
    with Store.open(first_form) as store, store.read() as reading:
        assert len(reading.history(Collection.ESTATES, "e1")) == 1
        assert reading.verify_history() == ()

    def schema(file: Path) -> dict[str, str]:
        opened = engine(file, Access.READ)
        query = sa.text("SELECT name, sql FROM sqlite_master WHERE sql NOTNULL")
        with opened.connect() as connection:
            found = {row.name: row.sql for row in connection.execute(query)}
        opened.dispose()
        return found

    assert schema(first_form / "civgeo.gpkg") == schema(empty_file)


def test_opening_twice_copies_once(first_form):
    for _ in range(2):
        Store.open(first_form).close()
    assert len(list(first_form.iterdir())) == 2


def test_an_upgrade_that_fails_leaves_the_older_store_as_it_was(first_form):
    opened = engine(first_form / "civgeo.gpkg", Access.WRITE)
    with opened.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE outside_facilities (fid INTEGER PRIMARY KEY)")
    opened.dispose()
    with pytest.raises(StoreUnavailable):
        Store.open(first_form)
    opened = engine(first_form / "civgeo.gpkg", Access.READ)
    with opened.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        assert "history" not in tables
        form = sa.text("SELECT version_num FROM alembic_version")
        assert connection.execute(form).scalar() == "0001"
    opened.dispose()


def assert_valid(file: Path) -> None:
    command = [SYSTEM_PYTHON, "-m", "osgeo_utils.samples.validate_gpkg", "-k", "--extra", file]
    found = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.skipif(not shutil.which("ogrinfo"), reason="GDAL's own Python is not installed")
def test_every_form_is_a_valid_geopackage(tmp_path, form):
    maker = engine(tmp_path / "form.gpkg", Access.CREATE)
    migrate(maker, form)
    maker.dispose()
    assert_valid(tmp_path / "form.gpkg")


@pytest.mark.parametrize("form", FORMS[:-1])
@pytest.mark.skipif(not shutil.which("ogrinfo"), reason="GDAL's own Python is not installed")
def test_a_store_with_data_is_a_valid_geopackage_after_its_upgrade_and_an_edit(first_form, form):
    older = engine(first_form / "civgeo.gpkg", Access.WRITE)
    migrate(older, form)
    older.dispose()
    with Store.open(first_form) as store:
        assert len([*first_form.glob(f"civgeo-form-{form}-*")]) == 1
        change = {"name": "改名", "geometry": MultiPolygon([box(114, 33, 114.1, 33.1)])}
        assert store.correct(Collection.ESTATES, "e1", change, Edit("张三", "升级后"), 3) == 4
        with store.read() as reading:
            assert reading.verify_history() == ()
            counts = [len(reading.features(name)) for name in (*Collection,)[:3]]
    assert counts == [2, 1, 1]
    assert_valid(first_form / "civgeo.gpkg")
