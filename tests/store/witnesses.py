"""Processes that are killed, and what is known about the moment of it."""

import json
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

WORKERS = Path(__file__).with_name("store_workers.py")
WRITE_LOCK = 120
"""Byte of the shared memory that the one connection holds that writes (SQLite's WAL format)."""

_WAL_HEADER, _FRAME_HEADER = struct.Struct(">8I"), struct.Struct(">6I")


class Witness:
    """A writer in another process, and what it acknowledged until it was killed."""

    def __init__(self, folder: Path, name: str) -> None:
        command = [sys.executable, WORKERS, "acknowledge", folder, name]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen(command, **pipes, text=True)
        assert "ready" in self.process.stdout.readline()
        self.lines: list[str] = []
        self.thread = threading.Thread(target=self._listen)
        self.thread.start()

    def _listen(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line)

    def go(self) -> None:
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def acknowledged(self) -> int:
        return sum('"version"' in line for line in self.lines)

    def end(self) -> list[dict]:
        """Everything it said, complete lines only, after it was killed."""
        self.process.wait()
        self.thread.join()
        self.process.stdin.close()
        self.process.stdout.close()
        return [json.loads(line) for line in self.lines if line.endswith("\n")]


def until(found: Callable[[], bool], seconds: float = 60) -> bool:
    """Look again and again whether something is so, and say whether it was in that time."""
    end = time.monotonic() + seconds
    while not (so := found()) and time.monotonic() < end:
        time.sleep(0.0001)
    return so


def writes_now(file: Path, process: int) -> bool:
    """Whether that process holds the write lock of the store `file`, which we do not have open.

    A reader takes that lock for a moment when it meets a writer, so it must be held for longer.
    """
    if not _holds(file, process):
        return False
    time.sleep(0.02)
    return _holds(file, process)


def _holds(file: Path, process: int) -> bool:
    import fcntl

    try:
        shared = os.open(f"{file}-shm", os.O_RDWR)
    except FileNotFoundError:
        return False
    asked = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, WRITE_LOCK, 1, 0)
    try:
        kind, _, _, _, holder = struct.unpack("hhqqi4x", fcntl.fcntl(shared, fcntl.F_GETLK, asked))
    finally:
        os.close(shared)
    return kind != fcntl.F_UNLCK and holder == process


class Journal:
    """Write-ahead log of a store as it grows; `pages` were in it when this was made."""

    def __init__(self, file: Path) -> None:
        self.place = Path(f"{file}-wal")
        self.salts, self.pages, self.uncommitted = self._read()

    def _read(self) -> tuple[list[int], int, int]:
        """Its salts, its pages, and how many at the end no commit covers."""
        pages = uncommitted = 0
        with self.place.open("rb") as log:
            _, _, size, _, *salts, _, _ = _WAL_HEADER.unpack(log.read(_WAL_HEADER.size))
            while len(head := log.read(_FRAME_HEADER.size)) == _FRAME_HEADER.size:
                _, committed, *own, _, _ = _FRAME_HEADER.unpack(head)
                if own != salts:
                    break
                pages, uncommitted = pages + 1, 0 if committed else uncommitted + 1
                log.seek(size, os.SEEK_CUR)
        return salts, pages, uncommitted

    def has_grown(self, by: int) -> bool:
        """Whether so many pages have come since; it may have begun anew meanwhile."""
        with self.place.open("rb") as log:
            _, _, size, _, *salts, _, _ = _WAL_HEADER.unpack(log.read(_WAL_HEADER.size))
            before = self.pages if salts == self.salts else 0
            log.seek((before + by - 1) * (size + _FRAME_HEADER.size), os.SEEK_CUR)
            head = log.read(_FRAME_HEADER.size)
        return len(head) == _FRAME_HEADER.size and list(_FRAME_HEADER.unpack(head)[2:4]) == salts


def freeze(process: subprocess.Popen) -> None:
    """Stop a process where it stands, so that one may look before it is killed."""
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
