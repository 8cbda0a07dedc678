"""The store of one city: a directory with one GeoPackage."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

import sqlalchemy as sa

from civgeo.errors import StoreUnavailable
from civgeo.store.gpkg_schema import APPLICATION_ID
from civgeo.store.migrations import HEAD, migrate
from civgeo.store.reading import Reading, Register
from civgeo.store.sqlite import Access, engine, errors_in_words
from civgeo.store.writing import Writing, enter_register

__all__ = ["FILE_NAME", "Store"]

FILE_NAME = "civgeo.gpkg"


@dataclass(frozen=True, slots=True)
class Store:
    """The store of one city; threads may share it. Made by `create` and `open`.

    Parameters
    ----------
    file
        The GeoPackage.
    """

    file: Path
    _reader: sa.Engine
    _writer: sa.Engine

    @classmethod
    def create(cls, directory: Path, *, register: Register) -> "Store":
        """Make an empty store in `directory`, which is made where it is missing.

        The file gets its name when it is complete: a store that exists is a whole one.

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
            with TemporaryDirectory(prefix=".civgeo-", dir=directory) as workshop:
                draft = Path(workshop) / FILE_NAME
                _make(draft, register)
                draft.rename(file)
        return cls.open(directory)

    @classmethod
    def open(cls, directory: Path) -> "Store":
        """Open the store in `directory`.

        Raises
        ------
        StoreUnavailable
            When there is none, when the file is no store of civgeo, when another version of
            civgeo made it, or when it cannot be read.
        """
        file = directory / FILE_NAME
        if not file.is_file():
            text = f"{directory} 中没有登记库（{FILE_NAME}）：请检查 --store，或先运行 civgeo init"
            raise StoreUnavailable(text, code="store_missing")
        store = cls(file, engine(file, Access.READ), engine(file, Access.WRITE))
        try:
            with errors_in_words(file):
                store._require_known_form()
        except StoreUnavailable:
            store.close()
            raise
        return store

    def _require_known_form(self) -> None:
        with self._reader.connect() as connection:
            form = _form(connection)
        if form is None:
            text = f"{self.file} 是别的 GeoPackage，不是 civgeo 登记库"
            raise StoreUnavailable(text, code="not_a_store")
        if form != HEAD:
            text = (
                f"{self.file} 由另一版本的 civgeo 写成（结构 {form}，本程序 {HEAD}）：请升级 civgeo"
            )
            raise StoreUnavailable(text, code="store_other_form")

    @contextmanager
    def read(self) -> Iterator[Reading]:
        """Read from one moment of the store; a writer is neither awaited nor held up.

        Raises
        ------
        StoreUnavailable
            When the file cannot be read.
        """
        with errors_in_words(self.file), self._reader.begin() as connection:
            yield Reading(connection)

    @contextmanager
    def write(self) -> Iterator[Writing]:
        """Write in one transaction: kept when the block ends, undone when it raises.

        Raises
        ------
        InvalidInput
            When a constraint refuses the data.
        StoreUnavailable
            When another program writes for too long, or the file cannot be written.
        """
        with errors_in_words(self.file), self._writer.begin() as connection:
            writing = Writing(connection)
            yield writing
            writing.count_up()

    def close(self) -> None:
        """Close all connections, and leave one plain file where no other program has it open.

        A read-only connection cannot fold the journal into the file, so one that may write is the
        last to close. Where that fails the journal stays beside the file, and nothing is lost.
        """
        self._reader.dispose()
        with suppress(sa.exc.DBAPIError), self._writer.connect():
            pass
        self._writer.dispose()

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
        maker = engine(file, Access.CREATE)
        migrate(maker)
        with maker.begin() as connection:
            enter_register(connection, register)


def _form(connection: sa.Connection) -> str | None:
    """Migration that made the file what it is, or None when it is no store of civgeo."""
    if connection.execute(sa.text("PRAGMA application_id")).scalar_one() != APPLICATION_ID:
        return None
    tables = set(sa.inspect(connection).get_table_names())
    if not {"alembic_version", "register", "gpkg_contents"} <= tables:
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


@contextmanager
def _file_errors_in_words(directory: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        text = f"{directory} 中不能建立登记库：{error.strerror}。请检查目录的写权限和磁盘空间"
        raise StoreUnavailable(text) from error
