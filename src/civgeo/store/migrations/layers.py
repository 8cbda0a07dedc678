"""Layers as a migration creates them; written once, because what a migration did never changes."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from civgeo.store import gpkg_schema, history_schema
from civgeo.store.columns import Day, Geometry

__all__ = ["create_layer"]

_KINDS = {"": sa.Text, "day": Day, "count": sa.Integer, "number": sa.Double, "flag": sa.Boolean}
_LAST = "source! simulated:flag! version:count!"


def create_layer(table: str, title: str, shapes: str, fields: str, indexed: Sequence[str]) -> None:
    """Create a layer with its R*Tree, log and triggers.

    Parameters
    ----------
    table, title
        Its name; Chinese title.
    shapes
        Type of its geometry in the GeoPackage.
    fields
        Words ``name:kind!``: kind is day, count, number or flag, none for texts; ``!`` where every
        record has it.
    indexed
        Fields by which records are looked up.
    """
    _create(table, shapes, fields)
    for name in indexed:
        op.create_index(f"ix_{table}_{name}", table, [name])
    for statement in gpkg_schema.register_layer(table, title, shapes):
        op.execute(statement)
    _create_log(table)


def _field(written: str) -> tuple[str, str, bool]:
    """Name, kind and whether every record has it, of ``name:kind!``."""
    name, _, kind = written.rstrip("!").partition(":")
    return name, kind, written.endswith("!")


def _create(table: str, shapes: str, fields: str) -> None:
    listed = [_field(written) for written in fields.split()]
    columns = [
        sa.Column(name, _KINDS[kind](), nullable=not required)
        for name, kind, required in [*listed, *(_field(written) for written in _LAST.split())]
    ]
    validity = [
        sa.Column(name, Day(), sa.CheckConstraint(_is_day(name), name=f"ck_{table}_{name}"))
        for name in ("valid_from", "valid_to")
    ]
    checks = {"id": "id <> ''", "simulated": "simulated IN (0, 1)", "version": "version >= 1"}
    checks |= {name: f"{name} >= 0" for name, kind, _ in listed if kind == "count"}
    checks |= {name: _is_day(name) for name, kind, _ in listed if kind == "day"}
    op.create_table(
        table,
        sa.Column("fid", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        *columns,
        sa.Column("geometry", Geometry(shapes)),
        *validity,
        *(sa.CheckConstraint(rule, name=f"ck_{table}_{name}") for name, rule in checks.items()),
        sqlite_autoincrement=True,
    )


def _is_day(name: str) -> str:
    return f"{name} IS date({name}, '+0 days')"


def _create_log(table: str) -> None:
    declared = op.get_bind().exec_driver_sql(f"PRAGMA table_info({table})").all()
    quote = op.get_bind().dialect.identifier_preparer.quote
    columns = ",\n\t".join(f"{quote(row.name)} {row.type}" for row in declared)
    op.execute(
        f"CREATE TABLE outside_{table} (\n\tsequence INTEGER NOT NULL PRIMARY KEY "
        "AUTOINCREMENT,\n\thappened_at DATETIME NOT NULL,\n\tevent TEXT NOT NULL,\n\t"
        f"settled TEXT,\n\t{columns}\n)"
    )
    op.create_index(f"ix_outside_{table}_settled", f"outside_{table}", ["settled", "fid"])
    for statement in history_schema.log_triggers(table, [row.name for row in declared]):
        op.execute(sa.text(statement.replace(":", r"\:")))
