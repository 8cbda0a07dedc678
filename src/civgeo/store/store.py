"""The store of one city: a directory with one GeoPackage."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

import sqlalchemy as sa

from civgeo.domain.history import Edit
from civgeo.errors import StoreUnavailable
from civgeo.store.disk import FILE_NAME, keep, keep_folder, refuse_network_share
from civgeo.store.editing import Change
from civgeo.store.forms import bring_up_to_date, require_store
from civgeo.store.migrations import migrate
from civgeo.store.name_index import NameIndex
from civgeo.store.reading import Reading, Register
from civgeo.store.records import begin_own, end_own
from civgeo.store.registering import enter_register
from civgeo.store.spool import attached
from civgeo.store.sqlite import Access, engine, errors_in_words, fold
from civgeo.store.tables import Collection
from civgeo.store.turns import QUEUE_NAME, clear_away, turn
from civgeo.store.writing import Writing

__all__ = ["FILE_NAME", "Store"]


@dataclass(frozen=True, slots=True)
class Store:
    """The store of one city; threads may share it. Made by `create` and `open`.

    Parameters
    ----------
    file
        The GeoPackage.
    names
        The index of its place names.
    longest_wait
        Seconds that a write waits for its turn at all; without, for as long as the others get on.
    """

    file: Path
    names: NameIndex
    _reader: sa.Engine
    _writer: sa.Engine
    longest_wait: float | None = None

    @classmethod
    def create(cls, directory: Path, *, register: Register, mounts: str | None = None) -> "Store":
        """Make an empty store in `directory`, which is made where it is missing.

        The file gets its name when it is complete: a store that exists is a whole one.

        Parameters
        ----------
        directory
            Its folder.
        register
            Whose store it is.
        mounts
            As for `civgeo.store.disk.network_share`.

        Raises
        ------
        StoreUnavailable
            When there is a store already, or the directory cannot be written.
        """
        file = directory / FILE_NAME
        if file.exists():
            text = f"{file} 已存在：请换一个目录，或先移走原有登记库"
            raise StoreUnavailable(text, code="store_exists")
        with _file_errors_in_words(directory):
            directory.mkdir(parents=True, exist_ok=True)
            refuse_network_share(directory, mounts)
            with TemporaryDirectory(prefix=".civgeo-", dir=directory) as workshop:
                draft = Path(workshop) / FILE_NAME
                _make(draft, register)
                keep(draft)
                draft.rename(file)
                keep_folder(directory)
        return cls.open(directory, mounts=mounts)

    @classmethod
    def open(
        cls, directory: Path, *, longest_wait: float | None = None, mounts: str | None = None
    ) -> "Store":
        """Open the store in `directory`, and bring one of an older version up to date.

        An older store is copied beside itself first; the name of the copy tells its form.

        Parameters
        ----------
        directory
            Its folder.
        longest_wait
            As of the store.
        mounts
            As for `civgeo.store.disk.network_share`.

        Raises
        ------
        StoreUnavailable
            When there is none, when the file is no store of civgeo, when a newer version of
            civgeo made it, when another program took its structure apart, when it lies on a
            network share, or when it cannot be read.
        """
        file = directory / FILE_NAME
        if not file.is_file():
            text = f"{directory} 中没有登记库（{FILE_NAME}）：请检查 --store，或先运行 civgeo init"
            raise StoreUnavailable(text, code="store_missing")
        refuse_network_share(directory, mounts)
        reader = engine(file, Access.READ)
        writer = engine(file, Access.WRITE)
        store = cls(file, NameIndex(file, reader), reader, writer, longest_wait)
        try:
            with errors_in_words(file):
                store._bring_up_to_date()
        except StoreUnavailable:
            store.close()
            raise
        return store

    def _bring_up_to_date(self) -> None:
        with self._reader.connect() as connection:
            current = require_store(connection, self.file)
        if not current:
            with turn(self.queue):
                bring_up_to_date(self.file, self._writer)

    @property
    def queue(self) -> Path:
        """File in which writers wait for their turn."""
        return self.file.with_name(QUEUE_NAME)

    @contextmanager
    def read(self) -> Iterator[Reading]:
        """Read from one moment of the store; a writer is neither awaited nor held up.

        Raises
        ------
        StoreUnavailable
            When the file cannot be read.
        """
        with errors_in_words(self.file), self._reader.begin() as connection:
            yield Reading(connection, datetime.now(UTC))

    @contextmanager
    def write(self, beside: Path | None = None) -> Iterator[Writing]:
        """Write in one transaction: kept when the block ends, undone when it raises.

        Writers of all threads and processes wait in one queue, first come, first served.

        Parameters
        ----------
        beside
            File with a spool (`store.spool`) that the write sees too.

        Raises
        ------
        InvalidInput
            When a constraint refuses the data.
        StoreBusy
            When the turn does not come in time.
        StoreUnavailable
            When another program writes for too long, the disk is full, or the file cannot be
            written.
        """
        with (
            turn(self.queue, longest=self.longest_wait) as held,
            errors_in_words(self.file),
            self._writer.connect() as connection,
            attached(connection, beside),
            connection.begin(),
        ):
            begin_own(connection)
            writing = Writing(connection, datetime.now(UTC), held)
            yield writing
            writing.count_up()
            end_own(connection)
        if beside is not None:
            fold(self._writer)

    def correct(
        self,
        collection: Collection,
        id: str,
        changes: Change,
        edit: Edit,
        expected_version: int | None,
    ) -> int:
        """Change properties of one record: `Writing.correct`, checked before it queues."""
        with self.read() as reading:
            reading.rehearse(collection, id, changes, edit, expected_version)
        with self.write() as writing:
            return writing.correct(collection, id, changes, edit, expected_version)

    def close(self) -> None:
        """Close all connections, and leave one plain file where no other program has it open.

        A read-only connection cannot fold the journal into the file, so one that may write is the
        last to close. Where that fails the journal stays beside the file, and nothing is lost.
        """
        self.names.close()
        self._reader.dispose()
        with suppress(sa.exc.DBAPIError), self._writer.connect():
            pass
        self._writer.dispose()
        clear_away(self.queue)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _make(file: Path, register: Register) -> None:
    with errors_in_words(file):
        file.write_bytes(_blank())
        with engine(file, Access.CREATE).begin() as connection:
            enter_register(connection, register)


@cache
def _blank() -> bytes:
    """A store of today's form that is of no city yet; its migrations run once a process."""
    with TemporaryDirectory(prefix="civgeo-") as workshop:
        file = Path(workshop) / FILE_NAME
        maker = engine(file, Access.CREATE)
        migrate(maker)
        maker.dispose()
        return file.read_bytes()


@contextmanager
def _file_errors_in_words(directory: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        text = f"{directory} 中不能建立登记库：{error.strerror}。请检查目录的写权限和磁盘空间"
        raise StoreUnavailable(text) from error
