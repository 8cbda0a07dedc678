"""What anybody may know: conditions that keep back secret records, and those that name them.

A record that tells (``public``, ``secrecy``) is open when it says so today; one that names a place
(a sign, a reserved name, a file) is open when that place is, else it would give the place away.
"""

import sqlalchemy as sa

from civgeo.domain.secrecy import Secrecy
from civgeo.store.outside import adopted_sources
from civgeo.store.sqlite import Box
from civgeo.store.tables import LAYERS, Collection

__all__ = ["keeps_back", "open_extent", "open_rows", "open_still"]

_TELLS = {"public", "secrecy"}
_NAMES_A_PLACE = "place"


def keeps_back(collection: Collection) -> bool:
    """Whether a collection may hold records that not everybody may know."""
    columns = LAYERS[collection].table.c
    return set(columns.keys()) >= _TELLS or _NAMES_A_PLACE in columns


def open_rows(connection: sa.Connection, rows: sa.FromClause) -> list[sa.ColumnElement[bool]]:
    """Conditions that a row of `rows`, with the columns of a layer, may be known by anybody."""
    found = [_says_so(rows)] if set(rows.c.keys()) >= _TELLS else []
    if _NAMES_A_PLACE in rows.c:
        hidden = _hidden(connection, Collection.PLACE_NAMES, rows.c[_NAMES_A_PLACE])
        found.append(sa.not_(hidden))
    return found


def open_still(
    connection: sa.Connection, collection: Collection, rows: sa.FromClause
) -> list[sa.ColumnElement[bool]]:
    """Conditions as `open_rows`, on past states: of the state, and of the record as it is now.

    What became secret later is not to be read under an earlier date.
    """
    if not keeps_back(collection):
        return []
    now_hidden = _hidden(connection, collection, rows.c.id)
    return [*open_rows(connection, rows), sa.not_(now_hidden)]


def _says_so(rows: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(rows.c.public.is_(True), rows.c.secrecy == Secrecy.PUBLIC.value)


def _hidden(
    connection: sa.Connection, collection: Collection, id: sa.ColumnElement[str]
) -> sa.ColumnElement[bool]:
    """Condition: the record `id`, closed or not, is not open as it was last adopted."""
    found = []
    for source in adopted_sources(connection, collection):
        is_open = sa.and_(*open_rows(connection, source.rows))
        own = (source.rows.c.id == id, *source.only)
        found.append(sa.exists().where(*own, sa.not_(is_open)))
    return sa.or_(*found)


def open_extent(connection: sa.Connection, collection: Collection) -> Box | None:
    """West, south, east, north of the open records, closed ones among them; None without any.

    The R*Tree rounds outwards, by less than two metres.
    """
    edges = [
        tuple(connection.execute(query).one())
        for source in adopted_sources(connection, collection)
        for query in [_edges(source.rows).where(*source.only, *open_rows(connection, source.rows))]
    ]
    found = [edge for edge in edges if edge[0] is not None]
    if not found:
        return None
    west, south, east, north = zip(*found, strict=True)
    return (min(west), min(south), max(east), max(north))


def _edges(rows: sa.FromClause) -> sa.Select[float, float, float, float]:
    joined: sa.FromClause = rows
    found: list[sa.ColumnElement[float]]
    if isinstance(rows, sa.Table):
        columns = [sa.column(name, sa.Double) for name in ("minx", "miny", "maxx", "maxy")]
        tree = sa.table(f"rtree_{rows.name}_geometry", sa.column("id", sa.Integer), *columns)
        joined, found = rows.join(tree, tree.c.id == rows.c.fid), [tree.c[c.name] for c in columns]
    else:
        call = sa.func
        bounds = (call.ST_MinX, call.ST_MinY, call.ST_MaxX, call.ST_MaxY)
        found = [bound(rows.c.geometry) for bound in bounds]
    west, south, east, north = found
    least, most = sa.func.min, sa.func.max
    edges = (least(west), least(south), most(east), most(north))
    return sa.select(*edges).select_from(joined)
