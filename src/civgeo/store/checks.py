"""Whether a closed store file is whole: pages, keys, index, GeoPackage tables, history."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from civgeo.store.forms import require_store
from civgeo.store.gpkg_schema import USER_VERSION
from civgeo.store.reading import Reading
from civgeo.store.sqlite import Access, engine, errors_in_words
from civgeo.store.tables import LAYERS, Collection, metadata

__all__ = ["faults_of_file", "geopackage_faults"]


def faults_of_file(file: Path) -> tuple[str, ...]:
    """What is wrong with a store file that nobody has open, in an officer's words.

    Raises
    ------
    StoreUnavailable
        When it cannot be read at all, is no store, or has another form than this version's.
    """
    opened = engine(file, Access.READ)
    try:
        with errors_in_words(file), opened.begin() as connection:
            require_store(connection, file)
            return tuple(_faults(connection))
    finally:
        opened.dispose()


def _faults(connection: sa.Connection) -> Iterator[str]:
    pages = connection.execute(sa.text("PRAGMA integrity_check(5)")).scalars().all()
    if pages != ["ok"]:
        yield f"文件内部结构有损坏：{'；'.join(pages)}"
    keys = connection.execute(sa.text("PRAGMA foreign_key_check")).all()
    if keys:
        yield f"{len(keys)} 处引用的记录不存在（如 {keys[0][0]} 第 {keys[0][1]} 行）"
    yield from geopackage_faults(connection)
    for finding in Reading(connection, datetime.now(UTC)).verify_history():
        yield finding.message


def geopackage_faults(connection: sa.Connection) -> Iterator[str]:
    """What the GeoPackage tables and the spatial indexes lack."""
    if connection.execute(sa.text("PRAGMA user_version")).scalar() != USER_VERSION:
        yield "文件头不是 GeoPackage 1.3"
    tables = set(sa.inspect(connection).get_table_names())
    missing = sorted(set(metadata.tables) - tables)
    if missing:
        yield f"缺少数据表：{'、'.join(missing)}"
        return
    columns = sa.text(
        "SELECT c.table_name FROM gpkg_contents c JOIN gpkg_geometry_columns g USING (table_name)"
        " JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id AND s.srs_id = c.srs_id"
        " WHERE c.data_type = 'features'"
    )
    registered = set(connection.execute(columns).scalars())
    for collection, layer in LAYERS.items():
        if collection.value not in registered:
            yield f"图层 {collection} 未在 GeoPackage 目录中登记"
        tree = f"rtree_{layer.table.name}_geometry"
        state = connection.execute(sa.select(sa.func.rtreecheck(tree))).scalar_one()
        if state != "ok":
            yield f"图层 {collection} 的空间索引有损坏：{state}"
        yield from _index_faults(connection, collection)


def _index_faults(connection: sa.Connection, collection: Collection) -> Iterator[str]:
    """The index and the layer must hold the same rows."""
    query = sa.text(
        f"SELECT count(*) FROM {collection.value} AS row"  # noqa: S608 name of our table
        f" LEFT JOIN rtree_{collection.value}_geometry AS tree ON tree.id = row.fid"
        " WHERE (row.geometry IS NULL OR ST_IsEmpty(row.geometry)) <> (tree.id IS NULL)"
    )
    wrong = connection.execute(query).scalar_one()
    if wrong:
        yield f"图层 {collection} 有 {wrong} 行与空间索引不一致"
