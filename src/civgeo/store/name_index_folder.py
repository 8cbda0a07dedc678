"""The file of the name index: beside the store, in a folder of its own, replaced as a whole.

Each build is a file with a number of its own, which gets its name when it is complete and on the
disk. So a journal of the file before it can never be applied to it, and whoever has the file
before it open may go on reading. What is left of a build that was cut off is removed by the next.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa

from civgeo.errors import StoreUnavailable
from civgeo.store.disk import keep, keep_folder
from civgeo.store.sqlite import Access, engine, errors_in_words, sqlite_facts

__all__ = ["FOLDER_NAME", "QUEUE_NAME", "build", "newest"]

FOLDER_NAME = "names.index"
QUEUE_NAME = "queue"
_SUFFIX = ".sqlite"
_DRAFT = "draft"
_CACHE_KIB = 262_144


def newest(folder: Path) -> Path | None:
    """The index in force; None when there is none."""
    try:
        number = max(map(_number, folder.iterdir()), default=0)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return folder / f"{number}{_SUFFIX}" if number else None


def _number(file: Path) -> int:
    fits = file.suffix == _SUFFIX and file.stem.isascii() and file.stem.isdigit()
    return int(file.stem) if fits else 0


def build(folder: Path, fill: Callable[[sa.Connection], None]) -> Path:
    """Build an index by `fill`, put it in force and remove all else; call it in turn.

    Raises
    ------
    StoreUnavailable
        When the disk is full, or the folder cannot be written.
    """
    folder.mkdir(exist_ok=True)
    before = newest(folder)
    _remove_all_but(folder, before)
    draft = folder / _DRAFT
    with errors_in_words(draft):
        _write(draft, fill)
    keep(draft)
    # by the clock, so that no number comes again after somebody emptied the folder
    number = max(int(time.time()), _number(before) + 1 if before else 0)
    made = draft.rename(folder / f"{number}{_SUFFIX}")
    keep_folder(folder)
    _remove_all_but(folder, made)
    return made


def _write(draft: Path, fill: Callable[[sa.Connection], None]) -> None:
    """Write without a journal: a draft that is cut off is thrown away."""
    with engine(draft, Access.CREATE).connect() as connection:
        plain = connection.connection.driver_connection
        if plain is None:
            raise StoreUnavailable("检索索引的连接已断开，请重试")
        plain.execute("PRAGMA journal_mode = OFF")
        plain.execute("PRAGMA synchronous = OFF")
        plain.execute(f"PRAGMA cache_size = {-_CACHE_KIB}")
        with connection.begin():
            fill(connection)
        plain.execute(f"PRAGMA journal_mode = {sqlite_facts().journal_mode}")


def _remove_all_but(folder: Path, kept: Path | None) -> None:
    """Remove what is left of other builds; what is open and cannot be removed stays (Windows)."""
    names = (QUEUE_NAME,) if kept is None else (QUEUE_NAME, kept.name)
    for file in folder.iterdir():
        if not file.name.startswith(names):
            with suppress(OSError):
                file.unlink()
