"""The spatial index of a layer, filled for many new rows at once.

The triggers of a GeoPackage ask four functions of ours for every row that is inserted. A write of
ours knows the edges of its geometries beforehand and puts them into the index itself.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from civgeo.store import geopackage

__all__ = ["insert_trigger_asleep"]


@contextmanager
def insert_trigger_asleep(connection: sqlite3.Connection) -> Iterator[None]:
    """Within the block rows come into the layers without coming into their spatial indexes.

    The trigger passes over empty geometries, and for this connection all are empty meanwhile; no
    other connection notices. Whoever inserts rows must put them into the index as well.
    """
    connection.create_function("ST_IsEmpty", 1, lambda blob: True, deterministic=True)
    try:
        yield
    finally:
        connection.create_function("ST_IsEmpty", 1, geopackage.is_empty, deterministic=True)
