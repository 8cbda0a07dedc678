"""System tables, layer records and R*Tree triggers of GeoPackage 1.3, as OGC 12-128r17 gives them.

Migrations run these statements, so they must never change: a later form gets its own functions.
"""

from string import Template

import sqlalchemy as sa

__all__ = ["contents", "register_attributes", "register_layer", "system_statements"]

APPLICATION_ID = 0x47504B47
"""``GPKG`` in ASCII."""

USER_VERSION = 10300
"""GeoPackage 1.3.0."""

_WKT_4326 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,'
    'AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,'
    'AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],'
    'AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]'
)
_WKT_4490 = (
    'GEOGCS["China Geodetic Coordinate System 2000",DATUM["China_2000",SPHEROID["CGCS2000",'
    '6378137,298.257222101,AUTHORITY["EPSG","1024"]],AUTHORITY["EPSG","1043"]],'
    'PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,'
    'AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],'
    'AUTHORITY["EPSG","4490"]]'
)

_SYSTEM_TABLES = (
    """
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL,
  srs_id INTEGER PRIMARY KEY,
  organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL,
  definition  TEXT NOT NULL,
  description TEXT
)""",
    """
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY,
  data_type TEXT NOT NULL,
  identifier TEXT UNIQUE,
  description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE,
  min_y DOUBLE,
  max_x DOUBLE,
  max_y DOUBLE,
  srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id)
)""",
    """
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL,
  m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
)""",
    """
CREATE TABLE gpkg_extensions (
  table_name TEXT,
  column_name TEXT,
  extension_name TEXT NOT NULL,
  definition TEXT NOT NULL,
  scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name)
)""",
)

_REFERENCE_SYSTEMS = (
    ("Undefined cartesian SRS", -1, "NONE", -1, "undefined", "undefined cartesian"),
    ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic"),
    ("WGS 84 geodetic", 4326, "EPSG", 4326, _WKT_4326, "longitude/latitude in degrees, WGS 84"),
    (
        "China Geodetic Coordinate System 2000",
        4490,
        "EPSG",
        4490,
        _WKT_4490,
        "longitude/latitude in degrees, CGCS2000",
    ),
)

contents = sa.table(
    "gpkg_contents",
    *(sa.column(name, sa.Text) for name in ("table_name", "data_type", "identifier")),
    *(sa.column(name, sa.Text) for name in ("description", "last_change")),
    *(sa.column(name, sa.Double) for name in ("min_x", "min_y", "max_x", "max_y")),
    sa.column("srs_id", sa.Integer),
)
"""``gpkg_contents``, for reading and keeping up to date."""

_RTREE_DEFINITION = "http://www.geopackage.org/spec130/#extension_rtree"


def system_statements() -> list[sa.Executable]:
    """Statements that make an empty database a GeoPackage 1.3 with its reference systems."""
    systems = sa.table(
        "gpkg_spatial_ref_sys",
        *(
            sa.column(name)
            for name in (
                "srs_name",
                "srs_id",
                "organization",
                "organization_coordsys_id",
                "definition",
                "description",
            )
        ),
    )
    return [
        sa.text(f"PRAGMA application_id = {APPLICATION_ID}"),
        sa.text(f"PRAGMA user_version = {USER_VERSION}"),
        *(_as_written(statement) for statement in _SYSTEM_TABLES),
        *(sa.insert(systems).values(row) for row in _REFERENCE_SYSTEMS),
    ]


def register_attributes(table: str, identifier: str) -> list[sa.Executable]:
    """Statements that register an existing `table` without geometry, under its Chinese name."""
    return [_content(table, "attributes", identifier)]


def register_layer(table: str, identifier: str, geometry_type: str) -> list[sa.Executable]:
    """Statements that register `table` (keyed by ``fid``) as a layer in EPSG:4490 and index it.

    Parameters
    ----------
    table
        Existing table with the columns ``fid`` and ``geometry``.
    identifier
        Chinese name of the layer.
    geometry_type
        Declared type: ``POINT``, ``MULTIPOLYGON``, ``GEOMETRY``.
    """
    columns = sa.table(
        "gpkg_geometry_columns",
        *(
            sa.column(name)
            for name in ("table_name", "column_name", "geometry_type_name", "srs_id", "z", "m")
        ),
    )
    extensions = sa.table(
        "gpkg_extensions",
        *(
            sa.column(name)
            for name in ("table_name", "column_name", "extension_name", "definition", "scope")
        ),
    )
    rtree = (table, "geometry", "gpkg_rtree_index", _RTREE_DEFINITION, "write-only")
    return [
        _content(table, "features", identifier),
        sa.insert(columns).values((table, "geometry", geometry_type, 4490, 0, 0)),
        sa.insert(extensions).values(rtree),
        *(_as_written(statement) for statement in _rtree_statements(table)),
    ]


def _as_written(statement: str) -> sa.Executable:
    """The statement without bound parameters: ``:`` is no mark of one here."""
    return sa.text(statement.strip().replace(":", r"\:"))


def _content(table: str, data_type: str, identifier: str) -> sa.Executable:
    row = {"table_name": table, "data_type": data_type, "identifier": identifier}
    srs_id = 4490 if data_type == "features" else None
    return sa.insert(contents).values(row | {"srs_id": srs_id})


_RTREE = Template("""
CREATE VIRTUAL TABLE "$tree" USING rtree(id, minx, maxx, miny, maxy)
;;
CREATE TRIGGER "${tree}_insert" AFTER INSERT ON "$table"
  WHEN (NEW."geometry" NOT NULL AND NOT ST_IsEmpty(NEW."geometry"))
BEGIN
  $put
END
;;
CREATE TRIGGER "${tree}_update1" AFTER UPDATE OF "geometry" ON "$table"
  WHEN OLD."fid" = NEW."fid" AND (NEW."geometry" NOTNULL AND NOT ST_IsEmpty(NEW."geometry"))
BEGIN
  $put
END
;;
CREATE TRIGGER "${tree}_update2" AFTER UPDATE OF "geometry" ON "$table"
  WHEN OLD."fid" = NEW."fid" AND (NEW."geometry" ISNULL OR ST_IsEmpty(NEW."geometry"))
BEGIN
  DELETE FROM "$tree" WHERE id = OLD."fid";
END
;;
CREATE TRIGGER "${tree}_update3" AFTER UPDATE ON "$table"
  WHEN OLD."fid" != NEW."fid" AND (NEW."geometry" NOTNULL AND NOT ST_IsEmpty(NEW."geometry"))
BEGIN
  DELETE FROM "$tree" WHERE id = OLD."fid";
  $put
END
;;
CREATE TRIGGER "${tree}_update4" AFTER UPDATE ON "$table"
  WHEN OLD."fid" != NEW."fid" AND (NEW."geometry" ISNULL OR ST_IsEmpty(NEW."geometry"))
BEGIN
  DELETE FROM "$tree" WHERE id IN (OLD."fid", NEW."fid");
END
;;
CREATE TRIGGER "${tree}_delete" AFTER DELETE ON "$table"
  WHEN OLD."geometry" NOT NULL
BEGIN
  DELETE FROM "$tree" WHERE id = OLD."fid";
END
""")
_PUT = Template("""INSERT OR REPLACE INTO "$tree" VALUES (
    NEW."fid",
    ST_MinX(NEW."geometry"), ST_MaxX(NEW."geometry"),
    ST_MinY(NEW."geometry"), ST_MaxY(NEW."geometry")
  );""")


def _rtree_statements(table: str) -> list[str]:
    """R*Tree and its six classic triggers (annex F.3 of 1.3; the 1.4 triggers differ)."""
    tree = f"rtree_{table}_geometry"
    script = _RTREE.substitute(tree=tree, table=table, put=_PUT.substitute(tree=tree))
    return script.split(";;\n")
