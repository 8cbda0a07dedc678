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
import math
import os
import struct
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from civgeo.errors import StoreUnavailable
from civgeo.store.notice import Notice, NoticeBoard

__all__ = ["QUEUE_NAME", "StoreBusy", "Turn", "clear_away", "is_fair", "turn"]

QUEUE_NAME = "civgeo.queue"
PATIENCE_SECONDS = 60.0
"""How long a writer waits while nothing moves before it gives up with an error."""

RETRY_SECONDS = 5.0
_POLL_SECONDS, _SLOW_POLL_SECONDS, _LOOK_SECONDS = 0.001, 0.01, 0.25
_DOOR = 0
"""Byte that is locked while a ticket is taken."""

_FIRST_TICKET = 1
_TO_THE_END = 0


class StoreBusy(StoreUnavailable):
    """Others write, and the turn did not come in time; nothing was written.

    Parameters
    ----------
    notice
        What the holder of the turn says it does; None when it says nothing.
    retry_after
        Seconds after which it is worth another try.
    """

    default_code = "store_busy"

    def __init__(self, notice: Notice | None, retry_after: float) -> None:
        self.retry_after = max(1, math.ceil(retry_after))
        doing = f"（{notice.text}）" if notice else ""
        text = f"登记库一直在被写入{doing}，排队超时，没有写入任何内容"
        super().__init__(f"{text}：请约 {self.retry_after} 秒后重试")


@dataclass(frozen=True, slots=True)
class Turn:
    """The turn to write, while it is held."""

    _board: NoticeBoard

    def tell(self, what: str, done: int, total: int) -> None:
        """Tell those who wait that `done` of `total` of a long write is written."""
        self._board.put(what, done / total if total else 0.0)


@contextmanager
def turn(
    file: Path, patience: float = PATIENCE_SECONDS, longest: float | None = None
) -> Iterator[Turn]:
    """Wait for the turn to write, and hold it for the block.

    Parameters
    ----------
    file
        Queue file; made where it is missing.
    patience
        Seconds to wait while nothing moves: neither does the queue grow shorter, nor does the
        holder of the turn say that it has come farther.
    longest
        Seconds to wait at all, for those whose own reader waits. When the holder foresees that it
        takes longer, they are told at once.

    Raises
    ------
    StoreBusy
        When the turn does not come in time.
    StoreUnavailable
        When the file cannot be made.
    """
    board = NoticeBoard(file)
    try:
        descriptor = _take_place(file, _Waiting(board, patience, longest))
    except OSError as error:
        text = f"不能在 {file.parent} 排队写入：{error.strerror}。请检查目录的写权限和磁盘空间"
        raise StoreUnavailable(text, code="store_read_only") from error
    try:
        board.clear()
        yield Turn(board)
    finally:
        board.clear()
        _release(descriptor)
        os.close(descriptor)


class _Waiting:
    """Patience of one writer: how long it has seen nothing move."""

    def __init__(self, board: NoticeBoard, patience: float, longest: float | None) -> None:
        self.board, self.patience, self.longest = board, patience, longest
        self.begun = self.moved = time.monotonic()
        self.looked = -math.inf
        self.seen: tuple[int, Notice | None] | None = None

    def until(self, free: Callable[[], bool], others: Callable[[], int]) -> None:
        """Wait until the turn is `free`; `others` says how many stand before us.

        Raises
        ------
        StoreBusy
            When patience is at its end.
        """
        while not free():
            now = time.monotonic()
            if now - self.looked >= _LOOK_SECONDS or now - self.moved > self.patience:
                self.looked = now
                self._look(others(), now)
            time.sleep(_POLL_SECONDS if now - self.begun < 1 else _SLOW_POLL_SECONDS)

    def _look(self, others: int, now: float) -> None:
        notice = self.board.look()
        if (others, notice) != self.seen:
            self.seen, self.moved = (others, notice), now
        waited = now - self.begun
        left = notice.seconds_left() if notice else None
        retry = RETRY_SECONDS if left is None else left + 1
        if now - self.moved > self.patience:
            raise StoreBusy(notice, retry)
        if self.longest is not None and waited + (left or 0.0) > self.longest:
            raise StoreBusy(notice, retry)


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

    def _take_place(file: Path, waiting: _Waiting) -> int:
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
                waiting.until(
                    lambda: _locked_from(descriptor, _FIRST_TICKET, earlier) is None,
                    lambda: _count_locked(descriptor, _FIRST_TICKET, earlier),
                )
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def _count_locked(descriptor: int, start: int, length: int) -> int:
        """How many bytes of a range somebody else has locked."""
        places = range(start, start + length)
        return sum(_locked_from(descriptor, place, 1) is not None for place in places)

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

    def _take_place(file: Path, waiting: _Waiting) -> int:
        """Open the queue file and try its lock again and again."""
        descriptor = _open(file)
        try:
            waiting.until(lambda: _try_lock(descriptor), lambda: 0)
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
