"""Tables of the store: columns with their units, and the rules that the database itself keeps.

Kinds of facility are rows of ``facility_kinds``, since SQLite cannot change a CHECK in place and
the kinds grow; the short closed lists are CHECK constraints.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

import sqlalchemy as sa

from civgeo.domain.division import CodeSystem, DivisionLevel
from civgeo.domain.estate import EstateClass, HandoverStage
from civgeo.domain.facility import FacilityStatus
from civgeo.store import columns
from civgeo.store.columns import VALIDITY, Day, Geometry, Moment, metadata
from civgeo.store.record_tables import RECORD_TABLES

__all__ = ["LAYERS", "VALIDITY", "Collection", "Day", "Geometry", "Layer", "Moment", "metadata"]

divisions = sa.Table(
    "divisions",
    metadata,
    columns.fid(),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    *(columns.text(name) for name in ("code", "name", "level", "system")),
    columns.note("parent"),
    columns.text("role"),
    columns.day("valid_from"),
    columns.day("valid_to"),
    columns.text("source"),
    columns.day("source_date"),
    columns.flag("simulated"),
    columns.version(),
    sa.Column("geometry", Geometry("MULTIPOLYGON")),
    *columns.kept("divisions"),
    columns.one_of("divisions", "level", DivisionLevel),
    columns.one_of("divisions", "system", CodeSystem),
    columns.one_of("divisions", "role", ("own", "context")),
    *columns.days_exist("divisions", "valid_from", "valid_to", "source_date"),
    *columns.indexes("divisions", "code", "parent", "level"),
    sqlite_autoincrement=True,
)

estates = sa.Table(
    "estates",
    metadata,
    columns.fid(),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    columns.text("name"),
    columns.text("division"),
    columns.note("community"),
    columns.text("estate_class"),
    *(columns.whole(name) for name in ("completed_year", "households", "households_new", "elders")),
    columns.text("stage"),
    columns.text("source"),
    columns.flag("simulated"),
    columns.version(),
    sa.Column("geometry", Geometry("GEOMETRY")),
    *columns.validity("estates"),
    *columns.kept("estates"),
    columns.one_of("estates", "estate_class", EstateClass),
    columns.one_of("estates", "stage", HandoverStage),
    *columns.never_negative("estates", "households", "households_new", "elders"),
    sa.CheckConstraint("completed_year BETWEEN 1900 AND 2100", name="ck_estates_completed_year"),
    sa.CheckConstraint(
        "households_new IS NULL OR estate_class = 'mixed'", name="ck_estates_households_mixed"
    ),
    sa.CheckConstraint("households_new <= households", name="ck_estates_households_part"),
    *columns.indexes("estates", "division", "community"),
    sqlite_autoincrement=True,
)

facility_kinds = sa.Table(
    "facility_kinds",
    metadata,
    columns.fid(),
    sa.Column("kind", sa.Text, nullable=False, unique=True),
    columns.text("label_zh"),
    sqlite_autoincrement=True,
)

facilities = sa.Table(
    "facilities",
    metadata,
    columns.fid(),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    columns.text("name"),
    sa.Column("kind", sa.Text, sa.ForeignKey("facility_kinds.kind"), nullable=False),
    columns.text("division"),
    columns.note("community"),
    sa.Column("estate", sa.Text, sa.ForeignKey("estates.id")),
    sa.Column("floor_area_m2", sa.Double),
    columns.whole("beds"),
    columns.whole("nursing_beds"),
    columns.day("opened"),
    columns.text("status"),
    columns.text("source"),
    columns.flag("simulated"),
    columns.version(),
    sa.Column("geometry", Geometry("POINT")),
    *columns.validity("facilities"),
    *columns.kept("facilities"),
    columns.one_of("facilities", "status", FacilityStatus),
    *columns.never_negative("facilities", "floor_area_m2", "beds", "nursing_beds"),
    *columns.days_exist("facilities", "opened"),
    *columns.indexes("facilities", "kind", "division", "community", "estate"),
    sqlite_autoincrement=True,
)

standards = sa.Table(
    "standards",
    metadata,
    columns.fid(),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    *(
        columns.text(name)
        for name in ("topic", "place", "adcode", "regulation", "document_no", "article")
    ),
    *(columns.text(name) for name in ("valid_from", "valid_to", "quantity", "estate_class")),
    *(columns.text(name) for name in ("area_basis", "operator")),
    columns.note("value"),
    *(columns.text(name) for name in ("unit", "applies_to", "evidence", "note")),
    columns.flag("enabled"),
    columns.text("repeats"),
    sa.CheckConstraint("id <> ''", name="ck_standards_id"),
    sa.CheckConstraint("enabled IN (0, 1)", name="ck_standards_enabled"),
    *columns.indexes("standards", "topic"),
    sqlite_autoincrement=True,
)

register = sa.Table(
    "register",
    metadata,
    columns.fid(),
    *(columns.text(name) for name in ("city", "name")),
    columns.flag("simulated"),
    sa.Column("created_at", Moment(), nullable=False),
    *(columns.text(name) for name in ("edition", "sources")),
    sa.Column("data_version", sa.Integer, nullable=False),
    sa.CheckConstraint("fid = 1", name="ck_register_one_row"),
    sa.CheckConstraint("simulated IN (0, 1)", name="ck_register_simulated"),
)

attachments = sa.Table(
    "attachments",
    metadata,
    columns.fid(),
    sa.Column("sha256", sa.Text, nullable=False, unique=True),
    *(columns.text(name) for name in ("name", "media_type")),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.CheckConstraint("length(sha256) = 64", name="ck_attachments_sha256"),
    sa.CheckConstraint("size = length(content)", name="ck_attachments_size"),
    sqlite_autoincrement=True,
)
"""Scanned documents and photos, each once under the digest of its bytes; records name it."""


class Collection(StrEnum):
    """Collections of features that the store holds, by their public names."""

    DIVISIONS = "divisions"
    ESTATES = "estates"
    FACILITIES = "facilities"
    PLACE_NAMES = "place_names"
    NAME_CASES = "name_cases"
    NAME_SIGNS = "name_signs"
    PROTECTED_NAMES = "protected_names"
    RURAL_NAMING = "rural_naming"
    RESERVED_NAMES = "reserved_names"
    NAME_ARCHIVES = "name_archives"
    BOUNDARY_LINES = "boundary_lines"
    BOUNDARY_POINTS = "boundary_points"
    BOUNDARY_MARKERS = "boundary_markers"
    TRI_JUNCTIONS = "tri_junctions"
    BOUNDARY_ARCHIVES = "boundary_archives"
    INSPECTION_ROUNDS = "inspection_rounds"
    INSPECTIONS = "inspections"
    MARKER_WORKS = "marker_works"
    BOUNDARY_DISPUTES = "boundary_disputes"
    YEARLY_CHECKS = "yearly_checks"
    DIVISION_CHANGES = "division_changes"
    REPORTING_AREAS = "reporting_areas"
    WALK_BARRIERS = "walk_barriers"
    WALK_CROSSINGS = "walk_crossings"
    INDICATOR_REPORTS = "indicator_reports"
    SCENARIOS = "scenarios"
    CEMETERIES = "cemeteries"
    GRAVES = "graves"
    POPULATION = "population"


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
        **{
            Collection(name): Layer(table, "division", "division", VALIDITY)
            for name, table in RECORD_TABLES.items()
        },
    }
)
