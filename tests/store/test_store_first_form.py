import logging
import re
import sqlite3
import subprocess
from pathlib import Path

import pyproj
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from shapely import Point, box
from sqlalchemy.schema import CreateIndex, CreateTable

from civgeo.domain.boundary_forms import BOUNDARY_FORMS
from civgeo.domain.cemetery_forms import CEMETERY_FORMS
from civgeo.domain.facility import FacilityKind
from civgeo.domain.planning_forms import PLANNING_FORMS
from civgeo.domain.record_form import FieldKind, RecordForm
from civgeo.domain.round_forms import ROUND_FORMS
from civgeo.store import geopackage, migrations, tables
from civgeo.store.sqlite import Access, engine

SYSTEM_PYTHON = "/usr/bin/python3"
LAYERS = tuple(tables.LAYERS)


@pytest.fixture
def schema(raw: sa.Engine) -> dict[str, str]:
    """SQL of everything in the file, by name."""
    with raw.connect() as connection:
        rows = connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE sql NOTNULL"))
        return {row.name: row.sql for row in rows}


def _squeezed(sql: str) -> str:
    return re.sub(r"\s*([(),;])\s*", r"\1", re.sub(r"\s+", " ", sql)).strip().lower()


def test_head_is_the_newest_migration():
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert script.get_current_head() == migrations.HEAD


def test_migrations_make_the_tables_that_the_code_reads(raw, schema):
    dialect = raw.dialect
    for table in tables.metadata.sorted_tables:
        wanted = str(CreateTable(table).compile(dialect=dialect))
        assert _squeezed(schema[table.name]) == _squeezed(wanted)
        for index in table.indexes:
            wanted = str(CreateIndex(index).compile(dialect=dialect))
            assert _squeezed(schema[index.name]) == _squeezed(wanted)


def test_every_trigger_and_constraint_is_there_after_the_migrations(schema):
    triggers = [name for name, sql in schema.items() if sql.startswith("CREATE TRIGGER")]
    checks = {name: schema[name].count("CHECK") for name in tables.metadata.tables}
    spatial, log, history, guards = 6 * len(LAYERS), 5 * len(LAYERS), 3, 3 * 3
    attachments = 3
    assert len(LAYERS) == 29
    assert len(triggers) == spatial + log + history + guards + attachments
    assert checks == {
        "divisions": 9,
        "estates": 13,
        "facilities": 10,
        "facility_kinds": 0,
        "standards": 2,
        "register": 2,
        "history": 4,
        "own_write": 2,
        "place_names": 6,
        "name_cases": 12,
        "name_signs": 10,
        "protected_names": 7,
        "rural_naming": 10,
        "reserved_names": 7,
        "name_archives": 7,
        **{
            form.id: 5 + _days_and_counts(form)
            for form in (*BOUNDARY_FORMS, *ROUND_FORMS, *PLANNING_FORMS, *CEMETERY_FORMS)
        },
        "attachments": 2,
        **{f"outside_{layer}": 0 for layer in LAYERS},
    }


def _days_and_counts(form: RecordForm) -> int:
    return sum(field.kind in (FieldKind.DAY, FieldKind.COUNT) for field in form.fields)


def test_migrating_twice_changes_nothing(raw, schema):
    migrations.migrate(raw)
    with raw.connect() as connection:
        rows = connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE sql NOTNULL"))
        assert {row.name: row.sql for row in rows} == schema


def test_migrating_prints_nothing_and_leaves_logging_alone(tmp_path, capfd):
    before = list(logging.root.handlers), logging.root.level, logging.getLogger("alembic").level
    migrations.migrate(engine(tmp_path / "silent.gpkg", Access.CREATE))
    assert capfd.readouterr() == ("", "")
    after = list(logging.root.handlers), logging.root.level, logging.getLogger("alembic").level
    assert after == before


def test_every_kind_of_facility_may_be_stored(raw):
    with raw.connect() as connection:
        rows = connection.execute(sa.text("SELECT kind, label_zh FROM facility_kinds"))
        assert dict(list(rows)) == {kind.value: kind.label_zh for kind in FacilityKind}


def test_reference_systems_are_those_of_the_epsg_register(raw):
    with raw.connect() as connection:
        rows = connection.execute(
            sa.text("SELECT srs_id, definition FROM gpkg_spatial_ref_sys ORDER BY srs_id")
        ).all()
    assert [row.srs_id for row in rows] == [-1, 0, 4326, 4490]
    assert pyproj.CRS.from_wkt(rows[2].definition) == pyproj.CRS.from_epsg(4326)
    assert pyproj.CRS.from_wkt(rows[3].definition) == pyproj.CRS.from_epsg(4490)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE estates SET stage = 'sold'",
        "UPDATE estates SET estate_class = 'old'",
        "UPDATE estates SET households = -1",
        "UPDATE estates SET households_new = 1",
        "UPDATE estates SET completed_year = 1899",
        "UPDATE estates SET simulated = 2",
        "UPDATE estates SET version = 0",
        "UPDATE estates SET id = ''",
        "UPDATE facilities SET kind = 'palace'",
        "UPDATE facilities SET estate = 'nobody'",
        "UPDATE facilities SET opened = '2024-02-30'",
        "UPDATE facilities SET floor_area_m2 = -0.1",
        "UPDATE divisions SET role = 'friend'",
        "UPDATE divisions SET level = 'empire'",
        "DELETE FROM estates",
        "INSERT INTO register SELECT 2, 'a', 'b', 0, created_at, 'c', '{}', 0 FROM register",
    ],
)
def test_the_database_itself_refuses_what_breaks_its_rules(
    store, raw, statement, divisions, estates, facilities
):
    with store.write() as writing:
        writing.add_divisions(divisions({"id": "411702", "code": "411702"}))
        writing.add_estates(estates({"id": "e"}))
        writing.add_facilities(facilities({"id": "f", "estate": "e"}))
    with raw.connect() as connection, pytest.raises(sa.exc.IntegrityError):
        connection.execute(sa.text(statement))


@pytest.mark.parametrize("layer", LAYERS)
def test_triggers_are_those_that_gdal_makes_for_version_1_3(schema, tmp_path, layer):
    script = (
        "import sys; from osgeo import ogr, osr; "
        "ogr.UseExceptions(); srs = osr.SpatialReference(); srs.ImportFromEPSG(4490); "
        "data = ogr.GetDriverByName('GPKG').CreateDataSource(sys.argv[1], ['VERSION=1.3']); "
        "data.CreateLayer(sys.argv[2], srs, ogr.wkbUnknown, ['GEOMETRY_NAME=geometry'])"
    )
    theirs = tmp_path / "gdal.gpkg"
    subprocess.run([SYSTEM_PYTHON, "-c", script, theirs, layer], check=True, timeout=60)
    connection = sqlite3.connect(theirs)
    rows = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'rtree%'"
    ).fetchall()
    connection.close()
    assert len(rows) == 6
    for name, sql in rows:
        assert _without_brackets(schema[name]) == _without_brackets(sql)


def _without_brackets(sql: str) -> str:
    return re.sub(r"[\s()]+", "", sql).lower()


def test_r_tree_follows_inserts_moves_and_removals(store, raw, estates):
    with store.write() as writing:
        writing.add_estates(
            estates({"id": "a"}, {"id": "b", "geometry": box(114.0, 33.0, 114.5, 33.5)})
        )
    moved = Point(115.0, 34.0)
    with raw.begin() as connection:
        blob = geopackage.encode([moved])[0]
        connection.execute(sa.text("UPDATE estates SET geometry = :g WHERE id = 'a'"), {"g": blob})
        connection.execute(sa.text("UPDATE estates SET fid = 9 WHERE id = 'a'"))
        connection.execute(sa.text("UPDATE estates SET geometry = NULL WHERE id = 'b'"))
        rows = connection.execute(sa.text("SELECT id, minx, maxy FROM rtree_estates_geometry"))
        assert rows.all() == [(9, 115.0, 34.0)]
        connection.execute(sa.text("DELETE FROM estates"))
        count = sa.text("SELECT count(*) FROM rtree_estates_geometry")
        assert connection.execute(count).scalar() == 0
        check = sa.text("SELECT rtreecheck('rtree_estates_geometry')")
        assert connection.execute(check).scalar() == "ok"
