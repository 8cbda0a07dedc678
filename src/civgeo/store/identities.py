"""What the records of a collection are called, without the rest of them."""

from collections.abc import Iterator, Sequence

import orjson
import sqlalchemy as sa

from civgeo.store.reading import Reading
from civgeo.store.selection import Selection
from civgeo.store.tables import Collection

__all__ = ["identities", "ids_at"]

AT_ONCE = 10_000


def identities(
    reading: Reading, collection: Collection, names: Sequence[str]
) -> Iterator[Sequence[Sequence[object]]]:
    """Key (``fid``) and the columns `names` of each record that exists today, some at a time."""
    for source, conditions in reading._adopted(collection, Selection(), include_closed=False):
        query = sa.select(source.c.fid, *(source.c[name] for name in names)).where(*conditions)
        found = reading._connection.execute(query.execution_options(yield_per=AT_ONCE))
        yield from found.partitions()


def ids_at(reading: Reading, collection: Collection, fids: Sequence[int]) -> list[str]:
    """Ids of the records with these keys."""
    listed = sa.func.json_each(orjson.dumps(list(fids)).decode()).table_valued("value")
    found: list[str] = []
    for source, conditions in reading._adopted(collection, Selection(), include_closed=False):
        here = source.c.fid.in_(sa.select(listed.c.value))
        query = sa.select(source.c.id).where(here, *conditions)
        found += reading._connection.execute(query).scalars()
    return found
