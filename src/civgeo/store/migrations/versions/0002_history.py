"""History: append-only entries in hash chains, validity of records, log of outside edits.

Every record that the store holds gets its first entry, so that no present is without a past.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

from civgeo.domain.history import canonical, entry_hash, moment_text
from civgeo.store import gpkg_schema, history_schema
from civgeo.store.tables import Day, Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_COMMON = ("source", "simulated")
_STATES: Mapping[str, tuple[str, ...]] = {
    "divisions": (
        *("code", "name", "level", "system", "parent", "role", "source", "source_date"),
        "simulated",
    ),
    "estates": (
        *("name", "division", "community", "estate_class", "completed_year", "households"),
        *("households_new", "elders", "stage", *_COMMON),
    ),
    "facilities": (
        *("name", "kind", "division", "community", "estate", "floor_area_m2", "beds"),
        *("nursing_beds", "opened", "status", *_COMMON),
    ),
}
_STANDARD = (
    *("topic", "place", "adcode", "regulation", "document_no", "article", "valid_from"),
    *("valid_to", "quantity", "estate_class", "area_basis", "operator", "value", "unit"),
    *("applies_to", "evidence", "note", "enabled", "repeats"),
)
_PLACES = {"divisions": "code", "estates": "division", "facilities": "division"}
_CONTENT = (
    *("sequence", "register", "county", "entity", "version", "action"),
    *("valid_from", "valid_to", "recorded_at", "actor", "document", "document_date", "batch"),
    *("state", "shape"),
)


def upgrade() -> None:
    """Add validity, history and log, then write the first entry of every record."""
    _add_validity()
    _create_history()
    _create_log()
    triggers = history_schema.history_triggers()
    for table in _STATES:
        triggers += history_schema.log_triggers(table, _columns(table))
    for statement in triggers:
        op.execute(sa.text(statement.replace(":", r"\:")))
    _first_entries()


def _add_validity() -> None:
    for table in ("estates", "facilities"):
        for name in ("valid_from", "valid_to"):
            op.execute(
                f"ALTER TABLE {table} ADD COLUMN {name} DATE "
                f"CONSTRAINT ck_{table}_{name} CHECK ({name} IS date({name}, '+0 days'))"
            )


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _create_history() -> None:
    actions = "'create', 'correct', 'close', 'restore', 'import', 'adopt', 'revert'"
    op.create_table(
        "history",
        sa.Column("sequence", sa.Integer, primary_key=True),
        *_text("register", "county", "entity"),
        sa.Column("version", sa.Integer, nullable=False),
        *_text("action"),
        sa.Column("valid_from", Day()),
        sa.Column("valid_to", Day()),
        sa.Column("recorded_at", Moment(), nullable=False),
        *_text("actor", "document"),
        sa.Column("document_date", Day()),
        *(sa.Column(name, sa.Text) for name in ("batch", "state", "shape")),
        sa.Column("shape_at", sa.Integer),
        sa.Column("geometry", sa.LargeBinary),
        *_text("previous", "hash"),
        sa.CheckConstraint(f"action IN ({actions})", name="ck_history_action"),
        sa.CheckConstraint("valid_from < valid_to", name="ck_history_period"),
        sa.CheckConstraint("length(hash) = 64", name="ck_history_hash"),
        sa.CheckConstraint(
            "(shape IS NULL) = (shape_at IS NULL) AND (geometry IS NULL OR shape_at = sequence)",
            name="ck_history_shape",
        ),
    )
    op.create_index("ix_history_entity", "history", ["register", "entity"])
    op.create_index("ix_history_county", "history", ["register", "county"])
    for statement in gpkg_schema.register_attributes("history", "历史"):
        op.execute(statement)


def _create_log() -> None:
    op.create_table(
        "own_write",
        sa.Column("fid", sa.Integer, primary_key=True),
        sa.Column("active", sa.Integer, nullable=False),
        sa.CheckConstraint("fid = 1", name="ck_own_write_one_row"),
        sa.CheckConstraint("active IN (0, 1)", name="ck_own_write_active"),
    )
    op.execute("INSERT INTO own_write (fid, active) VALUES (1, 0)")
    for table in _STATES:
        declared = op.get_bind().exec_driver_sql(f"PRAGMA table_info({table})").all()
        columns = ",\n\t".join(f"{row.name} {row.type}" for row in declared)
        op.execute(
            f"CREATE TABLE outside_{table} (\n\tsequence INTEGER NOT NULL PRIMARY KEY "
            "AUTOINCREMENT,\n\thappened_at DATETIME NOT NULL,\n\tevent TEXT NOT NULL,\n\t"
            f"settled TEXT,\n\t{columns}\n)"
        )
        name = f"ix_outside_{table}_settled"
        op.create_index(name, f"outside_{table}", ["settled", "fid"])


def _columns(table: str) -> list[str]:
    declared = op.get_bind().exec_driver_sql(f"PRAGMA table_info({table})")
    return [row.name for row in declared]


def _first_entries() -> None:
    entries = list(_entries())
    if not entries:
        return
    names = (*_CONTENT, "shape_at", "geometry", "previous", "hash")
    columns = ", ".join(names)
    marks = ", ".join("?" for _ in names)
    bind = op.get_bind()
    bind.exec_driver_sql("UPDATE own_write SET active = 1")
    statement = f"INSERT INTO history ({columns}) VALUES ({marks})"  # noqa: S608 names are ours
    bind.exec_driver_sql(statement, entries)
    bind.exec_driver_sql("UPDATE own_write SET active = 0")


def _entries() -> Iterator[tuple[object, ...]]:
    heads: dict[tuple[str, str], str] = {}
    now = moment_text(datetime.now(UTC))
    for sequence, row in enumerate(_rows(), start=1):
        register, county, entity, version, start, end, state, geometry = row
        shape = None if geometry is None else sha256(geometry).hexdigest()
        written = (now, "civgeo", "登记库结构升级到 0002", None, None, state, shape)
        content = (sequence, register, county, entity, version, "import", start, end, *written)
        previous = heads.get((register, county), "")
        heads[register, county] = entry_hash(previous, content)
        shape_at = None if shape is None else sequence
        yield (*content, shape_at, geometry, previous, heads[register, county])


def _rows() -> Iterator[tuple[str, str, str, int, str | None, str | None, str, bytes | None]]:
    bind = op.get_bind()
    for table, names in _STATES.items():
        for row in bind.exec_driver_sql(f"SELECT * FROM {table} ORDER BY fid").mappings():  # noqa: S608 names are ours
            state = canonical({name: _plain(name, row[name]) for name in names})
            county = str(row[_PLACES[table]])[:6].ljust(6, "0")
            period = (row["valid_from"], row["valid_to"])
            yield (table, county, row["id"], row["version"], *period, state, row["geometry"])
    for row in bind.exec_driver_sql("SELECT * FROM standards ORDER BY fid").mappings():
        state = canonical({name: _plain(name, row[name]) for name in _STANDARD})
        yield ("standards", row["adcode"], row["id"], 1, None, None, state, None)


def _plain(name: str, value: object) -> str | int | float | bool | None:
    if name in ("simulated", "enabled"):
        return bool(value)
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"{name}: {value!r}")
