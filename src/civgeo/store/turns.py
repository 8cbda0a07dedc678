"""Whose turn it is to write: a fair queue over the threads and processes of one machine.

SQLite lets one connection write at a time, and lets the others try again and again: some starve.
So each writer first takes a ticket in the queue file that lies beside the store, and begins its
transaction when all earlier tickets are gone. A ticket is a lock on one byte of the file, held by
the open file description, so it goes with the process that holds it, however that ends. The file
stays empty, so a full disk does not matter.

On Linux (open file description locks) the order is first come, first served. Elsewhere one lock is
tried again until it is free: as safe, but not fair. Programs other than civgeo do not take part;
SQLite's own lock keeps them apart.
"""

import importlib
import os
import struct
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from civgeo.errors import StoreUnavailable

__all__ = ["QUEUE_NAME", "clear_away", "is_fair", "turn"]

QUEUE_NAME = "civgeo.queue"
PATIENCE_SECONDS = 60.0
"""How long a writer waits for its turn before it gives up with an error."""

_POLL_SECONDS = 0.001
_DOOR = 0
"""Byte that is locked while a ticket is taken."""

_FIRST_TICKET = 1
_TO_THE_END = 0


@contextmanager
def turn(file: Path, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Wait for the turn to write, and hold it for the block.

    Parameters
    ----------
    file
        Queue file; made where it is missing.
    patience
        Seconds to wait.

    Raises
    ------
    StoreUnavailable
        When the turn does not come in time, or the file cannot be made.
    """
    deadline = time.monotonic() + patience
    try:
        descriptor = _take_place(file, deadline)
    except OSError as error:
        text = f"不能在 {file.parent} 排队写入：{error.strerror}。请检查目录的写权限和磁盘空间"
        raise StoreUnavailable(text, code="store_read_only") from error
    try:
        yield
    finally:
        _release(descriptor)
        os.close(descriptor)


def _too_late(file: Path) -> StoreUnavailable:
    text = f"{file.parent} 中的登记库一直在被写入，排队超时：请稍后重试"
    return StoreUnavailable(text, code="store_busy")


def _wait(free: Callable[[], bool], file: Path, deadline: float) -> None:
    while not free():
        if time.monotonic() > deadline:
            raise _too_late(file)
        time.sleep(_POLL_SECONDS)


def _open(file: Path) -> int:
    return os.open(file, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)


def _is_same(descriptor: int, file: Path) -> bool:
    """Whether the open file is still the one at that place."""
    try:
        return os.path.samestat(os.fstat(descriptor), file.stat())
    except FileNotFoundError:
        return False


if sys.platform == "linux":
    import fcntl

    _FLOCK = struct.Struct("hhqqi0q")

    def _ask(command: int, descriptor: int, kind: int, start: int, length: int) -> tuple[int, ...]:
        asked = _FLOCK.pack(kind, os.SEEK_SET, start, length, 0)
        return _FLOCK.unpack(fcntl.fcntl(descriptor, command, asked))

    def _locked_from(descriptor: int, start: int, length: int) -> tuple[int, int] | None:
        """First and last byte of a lock of somebody else in the range, None when it is free."""
        kind, _, first, size, _ = _ask(fcntl.F_OFD_GETLK, descriptor, fcntl.F_WRLCK, start, length)
        return None if kind == fcntl.F_UNLCK else (first, first + size - 1)

    def _take_place(file: Path, deadline: float) -> int:
        """Take a ticket and wait until no earlier one is left."""
        descriptor = _enter(file)
        try:
            ticket = _FIRST_TICKET
            while lock := _locked_from(descriptor, ticket, _TO_THE_END):
                ticket = lock[1] + 1
            _ask(fcntl.F_OFD_SETLK, descriptor, fcntl.F_WRLCK, ticket, 1)
            _ask(fcntl.F_OFD_SETLK, descriptor, fcntl.F_UNLCK, _DOOR, 1)
            earlier = ticket - _FIRST_TICKET
            if earlier:
                _wait(
                    lambda: _locked_from(descriptor, _FIRST_TICKET, earlier) is None, file, deadline
                )
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def _enter(file: Path) -> int:
        """Open the queue file with its door locked."""
        while True:
            descriptor = _open(file)
            _ask(fcntl.F_OFD_SETLKW, descriptor, fcntl.F_WRLCK, _DOOR, 1)
            if _is_same(descriptor, file):
                return descriptor
            os.close(descriptor)

    def _release(descriptor: int) -> None:
        _ask(fcntl.F_OFD_SETLK, descriptor, fcntl.F_UNLCK, 0, _TO_THE_END)

    def clear_away(file: Path) -> None:
        """Remove the queue file when nobody stands in the queue."""
        if not file.exists():
            return
        with suppress(OSError):
            descriptor = _enter(file)
            if _locked_from(descriptor, _FIRST_TICKET, _TO_THE_END) is None:
                file.unlink()
            _release(descriptor)
            os.close(descriptor)

    def is_fair() -> bool:
        """Whether writers come to their turn in the order in which they asked."""
        return True

else:

    def _try_lock(descriptor: int) -> bool:
        try:
            if sys.platform == "win32":
                locking = importlib.import_module("msvcrt")
                os.lseek(descriptor, _DOOR, os.SEEK_SET)
                locking.locking(descriptor, locking.LK_NBLCK, 1)
            else:
                locking = importlib.import_module("fcntl")
                locking.flock(descriptor, locking.LOCK_EX | locking.LOCK_NB)
        except OSError:
            return False
        return True

    def _take_place(file: Path, deadline: float) -> int:
        """Open the queue file and try its lock again and again."""
        descriptor = _open(file)
        try:
            _wait(lambda: _try_lock(descriptor), file, deadline)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def _release(descriptor: int) -> None:
        if sys.platform == "win32":
            locking = importlib.import_module("msvcrt")
            os.lseek(descriptor, _DOOR, os.SEEK_SET)
            locking.locking(descriptor, locking.LK_UNLCK, 1)

    def clear_away(file: Path) -> None:
        """Leave the queue file: without ticket locks nobody can tell that it is unused."""

    def is_fair() -> bool:
        """Whether writers come to their turn in the order in which they asked."""
        return False
