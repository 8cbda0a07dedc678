"""The index of place names, in a file of its own beside the store.

It holds nothing that the store does not: it is fed by the change log whenever it is asked, within
one transaction with the place up to which the log was read, and built anew when it is missing,
damaged, of another form or from another store. The store's own tables know nothing of it, so
desktop GIS can edit them.
"""

from collections.abc import Callable, Iterator
from collections.abc import Collection as Listing
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TypeVar

import sqlalchemy as sa

from civgeo.errors import StoreUnavailable
from civgeo.store.name_index_feed import Readings, changed_since, name_rows, now_at, was_at
from civgeo.store.name_index_folder import FOLDER_NAME, QUEUE_NAME, build, newest
from civgeo.store.name_index_lookup import NameLookup
from civgeo.store.name_index_rows import IndexedName, indexed
from civgeo.store.name_index_tables import change, fill, is_index, note, seen
from civgeo.store.sqlite import Access, engine, errors_in_words
from civgeo.store.turns import StoreBusy, turn

__all__ = ["NameIndex"]

Answer = TypeVar("Answer")

_PATIENCE_SECONDS = 5.0
"""How long a question waits while others feed the index, so that threads do not pile up behind a
build that takes a minute."""

_BUILDERS_PATIENCE_SECONDS = 900.0
_AT_ONCE = 5_000
_FEW_CHANGES = 5_000
"""Above that, and above half of the entries, building anew is quicker than feeding."""

_BROKEN = ("store_damaged", "not_a_store", "store_missing")


class NameIndex:
    """The index of one store; threads may share it, and so may processes share the file.

    Parameters
    ----------
    store_file
        The store; the index lies in a folder beside it.
    store
        Engine that reads the store.
    """

    def __init__(self, store_file: Path, store: sa.Engine) -> None:
        self.folder = store_file.with_name(FOLDER_NAME)
        self._store_file = store_file
        self._store = store
        self._opened: dict[Path, sa.Engine] = {}
        self._lock = Lock()

    def ask(self, question: Callable[[NameLookup], Answer], readings: Readings) -> Answer:
        """Answer of `question` over an index that knows all that the store holds now.

        Parameters
        ----------
        question
            Asked a second time when the index turns out to be damaged.
        readings
            Asked for names whose reading is not stored, when they are taken into the index.

        Raises
        ------
        StoreUnavailable
            When the store or the index cannot be read, the index cannot be written, or somebody
            else is building it.
        """
        file = newest(self.folder)
        if file is not None:
            told = self._told_by(file, question)
            if told is not None:
                return told[0]
        file = self._caught_up(readings)
        try:
            return self._put(question, file)
        except StoreUnavailable as error:
            if error.code not in _BROKEN:
                raise
        with self._turn():
            if newest(self.folder) == file:
                self._build(readings)
        return self._put(question, self._caught_up(readings))

    def rebuild(self, readings: Readings) -> int:
        """Build the index anew, and return how many names it holds; raises as `ask`."""
        with self._turn(_BUILDERS_PATIENCE_SECONDS):
            file = self._build(readings)
        return self._put(lambda names: names.count(), file)

    def close(self) -> None:
        """Close all connections to the index."""
        with self._lock:
            for opened in self._opened.values():
                opened.dispose()
            self._opened.clear()

    def _told_by(
        self, file: Path, question: Callable[[NameLookup], Answer]
    ) -> tuple[Answer] | None:
        """The answer of an index that knows the present state; None of one that does not."""
        with self._store_read() as source:
            now = now_at(source)
        if not _has_content(file):
            return None
        try:
            with errors_in_words(file), self._reader(file).begin() as connection:
                if is_index(connection) and seen(connection) == now:
                    return (question(NameLookup(connection)),)
        except StoreUnavailable as error:
            if error.code not in _BROKEN:
                raise
        return None

    def _put(self, question: Callable[[NameLookup], Answer], file: Path) -> Answer:
        with errors_in_words(file), self._reader(file).begin() as connection:
            return question(NameLookup(connection))

    def _caught_up(self, readings: Readings) -> Path:
        """File of an index that was told of everything up to now."""
        with self._turn():
            file = newest(self.folder)
            if file is None or not self._fed(file, readings):
                file = self._build(readings)
        return file

    @contextmanager
    def _turn(self, patience: float = _PATIENCE_SECONDS) -> Iterator[None]:
        try:
            self.folder.mkdir(exist_ok=True)
        except OSError as error:
            text = f"不能建立检索索引 {self.folder}：{error.strerror}。请检查目录的写权限"
            raise StoreUnavailable(text, code="store_read_only") from error
        try:
            with turn(self.folder / QUEUE_NAME, patience, longest=patience):
                yield
        except StoreBusy as error:
            text = f"检索索引正在建立：请约 {error.retry_after} 秒后重试"
            raise StoreUnavailable(text, code="index_building") from error

    def _reader(self, file: Path) -> sa.Engine:
        """Engine that reads `file`, kept open until another file is in force."""
        with self._lock:
            if file not in self._opened:
                for opened in self._opened.values():
                    opened.dispose()
                self._opened = {file: engine(file, Access.READ)}
            return self._opened[file]

    @contextmanager
    def _store_read(self) -> Iterator[sa.Connection]:
        with errors_in_words(self._store_file), self._store.begin() as source:
            yield source

    def _fed(self, file: Path, readings: Readings) -> bool:
        """Feed the index with what is new; False where it must be built anew."""
        if not _has_content(file):
            return False
        writer = engine(file, Access.WRITE)
        try:
            with (
                self._store_read() as source,
                errors_in_words(file),
                writer.begin() as connection,
            ):
                return is_index(connection) and self._feed(source, connection, readings)
        except StoreUnavailable as error:
            if error.code not in _BROKEN:
                raise
            return False
        finally:
            writer.dispose()

    def _feed(self, source: sa.Connection, connection: sa.Connection, readings: Readings) -> bool:
        then = seen(connection)
        if then != was_at(source, then.sequence):
            return False
        changed = changed_since(source, then.sequence)
        if len(changed) > max(_FEW_CHANGES, NameLookup(connection).count() // 2):
            return False
        for start in range(0, len(changed), _AT_ONCE):
            ids = changed[start : start + _AT_ONCE]
            change(connection, ids, list(self._entries(source, readings, ids)))
        note(connection, now_at(source))
        return True

    def _build(self, readings: Readings) -> Path:
        with self._store_read() as source:

            def filled(connection: sa.Connection) -> None:
                fill(connection, self._entries(source, readings))
                note(connection, now_at(source))

            return build(self.folder, filled)

    def _entries(
        self, source: sa.Connection, readings: Readings, ids: Listing[str] | None = None
    ) -> Iterator[IndexedName]:
        with errors_in_words(self._store_file):
            for row in name_rows(source, readings, ids):
                yield indexed(row)


def _has_content(file: Path) -> bool:
    """Whether a file holds anything; SQLite waits in vain for one that was emptied under it."""
    try:
        return file.stat().st_size > 0
    except FileNotFoundError:
        return False
