"""Columns and rules that the tables of the store are made of."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.types import UserDefinedType

__all__ = [
    "VALIDITY",
    "Day",
    "Geometry",
    "Moment",
    "day",
    "days_exist",
    "fid",
    "flag",
    "indexes",
    "kept",
    "metadata",
    "never_negative",
    "note",
    "one_of",
    "text",
    "validity",
    "version",
    "whole",
]

metadata = sa.MetaData()

VALIDITY = ("valid_from", "valid_to")
"""Days from which, and before which, a record exists: half open, null without bound."""


class Geometry(UserDefinedType[bytes]):
    """GeoPackage geometry blob, declared as `kind` (``POINT``, ``MULTIPOLYGON``, ``GEOMETRY``)."""

    cache_ok = True

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def get_col_spec(self, **_: object) -> str:
        """Type as the column declares it."""
        return self.kind


class Day(UserDefinedType[str]):
    """Calendar day as text, YYYY-MM-DD, declared as ``DATE``."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Type as the column declares it."""
        return "DATE"


class Moment(UserDefinedType[str]):
    """Time in UTC as text, YYYY-MM-DDTHH:MM:SS.SSSZ, declared as ``DATETIME``."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Type as the column declares it."""
        return "DATETIME"


def fid() -> sa.Column[int]:
    """Key of the table, as desktop GIS expects it."""
    return sa.Column("fid", sa.Integer, primary_key=True)


def text(name: str) -> sa.Column[str]:
    """Text that every record has."""
    return sa.Column(name, sa.Text, nullable=False)


def note(name: str) -> sa.Column[str]:
    """Text that a record may lack."""
    return sa.Column(name, sa.Text)


def whole(name: str) -> sa.Column[int]:
    """Whole number that a record may lack."""
    return sa.Column(name, sa.Integer)


def day(name: str) -> sa.Column[str]:
    """Day that a record may lack."""
    return sa.Column(name, Day())


def flag(name: str) -> sa.Column[bool]:
    """True or false."""
    return sa.Column(name, sa.Boolean, nullable=False)


def version() -> sa.Column[int]:
    """Version of the record."""
    return sa.Column("version", sa.Integer, nullable=False)


def one_of(table: str, column: str, values: Iterable[str]) -> sa.CheckConstraint:
    """The column holds one of `values`."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"ck_{table}_{column}")


def never_negative(table: str, *columns: str) -> list[sa.CheckConstraint]:
    """The columns hold nothing below zero."""
    return [sa.CheckConstraint(f"{name} >= 0", name=f"ck_{table}_{name}") for name in columns]


def days_exist(table: str, *columns: str) -> list[sa.CheckConstraint]:
    """Days that exist: adding none to another text gives a text that differs, or null."""
    return [
        sa.CheckConstraint(f"{name} IS date({name}, '+0 days')", name=f"ck_{table}_{name}")
        for name in columns
    ]


def kept(table: str) -> list[sa.CheckConstraint]:
    """Rules of every layer: an id, a flag that is one, a version from 1 up."""
    return [
        sa.CheckConstraint("id <> ''", name=f"ck_{table}_id"),
        sa.CheckConstraint("simulated IN (0, 1)", name=f"ck_{table}_simulated"),
        sa.CheckConstraint("version >= 1", name=f"ck_{table}_version"),
    ]


def validity(table: str) -> list[sa.Column[str]]:
    """Days from which and before which a record exists."""
    return [
        sa.Column(
            name,
            Day(),
            sa.CheckConstraint(f"{name} IS date({name}, '+0 days')", name=f"ck_{table}_{name}"),
        )
        for name in VALIDITY
    ]


def indexes(table: str, *columns: str) -> list[sa.Index]:
    """An index on each of the columns."""
    return [sa.Index(f"ix_{table}_{name}", name) for name in columns]
