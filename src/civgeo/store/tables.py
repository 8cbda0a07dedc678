"""Tables of the store: columns with their units, and the rules that the database itself keeps.

Kinds of facility are rows of ``facility_kinds``, since SQLite cannot change a CHECK in place and
the kinds grow; the short closed lists are CHECK constraints.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy.types import UserDefinedType

from civgeo.domain.division import CodeSystem, DivisionLevel
from civgeo.domain.estate import EstateClass, HandoverStage
from civgeo.domain.facility import FacilityStatus

__all__ = ["LAYERS", "VALIDITY", "Collection", "Day", "Geometry", "Layer", "Moment", "metadata"]

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


def _fid() -> sa.Column[int]:
    return sa.Column("fid", sa.Integer, primary_key=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _note(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer)


def _day(name: str) -> sa.Column[str]:
    return sa.Column(name, Day())


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False)


def _version() -> sa.Column[int]:
    return sa.Column("version", sa.Integer, nullable=False)


def _one_of(table: str, column: str, values: Iterable[str]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"ck_{table}_{column}")


def _never_negative(table: str, *columns: str) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(f"{name} >= 0", name=f"ck_{table}_{name}") for name in columns]


def _days(table: str, *columns: str) -> list[sa.CheckConstraint]:
    """Days that exist: adding none to another text gives a text that differs, or null."""
    return [
        sa.CheckConstraint(f"{name} IS date({name}, '+0 days')", name=f"ck_{table}_{name}")
        for name in columns
    ]


def _kept(table: str) -> list[sa.CheckConstraint]:
    """Rules of every layer: an id, a flag that is one, a version from 1 up."""
    return [
        sa.CheckConstraint("id <> ''", name=f"ck_{table}_id"),
        sa.CheckConstraint("simulated IN (0, 1)", name=f"ck_{table}_simulated"),
        sa.CheckConstraint("version >= 1", name=f"ck_{table}_version"),
    ]


def _validity(table: str) -> list[sa.Column[str]]:
    """Days from which and before which a record exists; added by the second migration."""
    return [
        sa.Column(
            name,
            Day(),
            sa.CheckConstraint(f"{name} IS date({name}, '+0 days')", name=f"ck_{table}_{name}"),
        )
        for name in VALIDITY
    ]


def _indexes(table: str, *columns: str) -> list[sa.Index]:
    return [sa.Index(f"ix_{table}_{name}", name) for name in columns]


divisions = sa.Table(
    "divisions",
    metadata,
    _fid(),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    *(_text(name) for name in ("code", "name", "level", "system")),
    _note("parent"),
    _text("role"),
    _day("valid_from"),
    _day("valid_to"),
    _text("source"),
    _day("source_date"),
    _flag("simulated"),
    _version(),
    sa.Column("geometry", Geometry("MULTIPOLYGON")),
    *_kept("divisions"),
    _one_of("divisions", "level", DivisionLevel),
    _one_of("divisions", "system", CodeSystem),
    _one_of("divisions", "role", ("own", "context")),
    *_days("divisions", "valid_from", "valid_to", "source_date"),
    *_indexes("divisions", "code", "parent", "level"),
    sqlite_autoincrement=True,
)

estates = sa.Table(
    "estates",
    metadata,
    _fid(),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    _text("name"),
    _text("division"),
    _note("community"),
    _text("estate_class"),
    *(_whole(name) for name in ("completed_year", "households", "households_new", "elders")),
    _text("stage"),
    _text("source"),
    _flag("simulated"),
    _version(),
    sa.Column("geometry", Geometry("GEOMETRY")),
    *_validity("estates"),
    *_kept("estates"),
    _one_of("estates", "estate_class", EstateClass),
    _one_of("estates", "stage", HandoverStage),
    *_never_negative("estates", "households", "households_new", "elders"),
    sa.CheckConstraint("completed_year BETWEEN 1900 AND 2100", name="ck_estates_completed_year"),
    sa.CheckConstraint(
        "households_new IS NULL OR estate_class = 'mixed'", name="ck_estates_households_mixed"
    ),
    sa.CheckConstraint("households_new <= households", name="ck_estates_households_part"),
    *_indexes("estates", "division", "community"),
    sqlite_autoincrement=True,
)

facility_kinds = sa.Table(
    "facility_kinds",
    metadata,
    _fid(),
    sa.Column("kind", sa.Text, nullable=False, unique=True),
    _text("label_zh"),
    sqlite_autoincrement=True,
)

facilities = sa.Table(
    "facilities",
    metadata,
    _fid(),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    _text("name"),
    sa.Column("kind", sa.Text, sa.ForeignKey("facility_kinds.kind"), nullable=False),
    _text("division"),
    _note("community"),
    sa.Column("estate", sa.Text, sa.ForeignKey("estates.id")),
    sa.Column("floor_area_m2", sa.Double),
    _whole("beds"),
    _whole("nursing_beds"),
    _day("opened"),
    _text("status"),
    _text("source"),
    _flag("simulated"),
    _version(),
    sa.Column("geometry", Geometry("POINT")),
    *_validity("facilities"),
    *_kept("facilities"),
    _one_of("facilities", "status", FacilityStatus),
    *_never_negative("facilities", "floor_area_m2", "beds", "nursing_beds"),
    *_days("facilities", "opened"),
    *_indexes("facilities", "kind", "division", "community", "estate"),
    sqlite_autoincrement=True,
)

standards = sa.Table(
    "standards",
    metadata,
    _fid(),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    *(_text(name) for name in ("topic", "place", "adcode", "regulation", "document_no", "article")),
    *(_text(name) for name in ("valid_from", "valid_to", "quantity", "estate_class")),
    *(_text(name) for name in ("area_basis", "operator")),
    _note("value"),
    *(_text(name) for name in ("unit", "applies_to", "evidence", "note")),
    _flag("enabled"),
    _text("repeats"),
    sa.CheckConstraint("id <> ''", name="ck_standards_id"),
    sa.CheckConstraint("enabled IN (0, 1)", name="ck_standards_enabled"),
    *_indexes("standards", "topic"),
    sqlite_autoincrement=True,
)

register = sa.Table(
    "register",
    metadata,
    _fid(),
    *(_text(name) for name in ("city", "name")),
    _flag("simulated"),
    sa.Column("created_at", Moment(), nullable=False),
    *(_text(name) for name in ("edition", "sources")),
    sa.Column("data_version", sa.Integer, nullable=False),
    sa.CheckConstraint("fid = 1", name="ck_register_one_row"),
    sa.CheckConstraint("simulated IN (0, 1)", name="ck_register_simulated"),
)


class Collection(StrEnum):
    """Collections of features that the store holds, by their public names."""

    DIVISIONS = "divisions"
    ESTATES = "estates"
    FACILITIES = "facilities"


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of the GeoPackage.

    Parameters
    ----------
    table
        Its table.
    division_column
        Column with the division code by which it is read.
    community_column
        Column with the 12-digit code, where it is another one.
    unlisted
        Columns that frames leave out by default, besides the key and the geometry.
    """

    table: sa.Table
    division_column: str
    community_column: str
    unlisted: tuple[str, ...] = ()

    @property
    def properties(self) -> Mapping[str, type]:
        """Properties in the table's order, each with its Python type."""
        hidden = ("fid", "id", "geometry", *self.unlisted)
        return {
            column.name: str if isinstance(column.type, Day) else column.type.python_type
            for column in self.table.columns
            if column.name not in hidden
        }

    @property
    def recorded(self) -> tuple[str, ...]:
        """Properties that make up the state which the history keeps."""
        return _recorded(self)


@lru_cache
def _recorded(layer: Layer) -> tuple[str, ...]:
    return tuple(name for name in layer.properties if name not in ("version", *VALIDITY))


LAYERS: Mapping[Collection, Layer] = MappingProxyType(
    {
        Collection.DIVISIONS: Layer(divisions, "code", "code"),
        Collection.ESTATES: Layer(estates, "division", "community", VALIDITY),
        Collection.FACILITIES: Layer(facilities, "division", "community", VALIDITY),
    }
)
