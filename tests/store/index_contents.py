"""What a name index holds, to be compared with another."""

from collections.abc import Sequence

from civgeo.domain.place_kind import PlaceKind
from civgeo.store.name_index_folder import newest
from civgeo.store.sqlite import Access, engine
from civgeo.store.store import Store

__all__ = ["Contents", "contents", "no_readings"]

Contents = tuple[list[tuple[object, ...]], set[tuple[object, ...]], list[tuple[object, ...]]]
VOCABULARY = "CREATE VIRTUAL TABLE temp.held USING fts5vocab(main, words, instance)"


def no_readings(name: str, kind: PlaceKind, division: str | None) -> Sequence[str]:
    return ()


def contents(store: Store) -> Contents:
    """Entries, their words, and their points, once the index has caught up."""
    store.names.ask(lambda names: names.count(), no_readings)
    file = newest(store.names.folder)
    assert file is not None
    made = engine(file, Access.WRITE)
    with made.connect() as connection:
        entries = connection.exec_driver_sql("SELECT * FROM entry ORDER BY rank").all()
        connection.exec_driver_sql(VOCABULARY)
        words = connection.exec_driver_sql("SELECT term, doc FROM held").all()
        points = connection.exec_driver_sql("SELECT * FROM point ORDER BY rank").all()
        connection.rollback()
    made.dispose()
    return [*map(tuple, entries)], {*map(tuple, words)}, [*map(tuple, points)]
