"""Disks that are full: memory file systems of their own, which only root may mount."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def small_disk(tmp_path: Path, kilobytes: int) -> Iterator[Path]:
    """A disk of that size."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", place]
    subprocess.run(command, check=True, capture_output=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True, capture_output=True)


def may_mount(tmp_path: Path) -> bool:
    probe = tmp_path / "probe"
    probe.mkdir()
    with suppress(OSError, subprocess.CalledProcessError), small_disk(probe, 64):
        return True
    return False


@contextmanager
def filled(folder: Path, leave: int) -> Iterator[None]:
    """All room of the disk taken but for `leave` bytes."""
    ballast = folder / "ballast"
    room = os.statvfs(folder)
    ballast.write_bytes(b"x" * max(0, room.f_bavail * room.f_frsize - leave))
    try:
        yield
    finally:
        ballast.unlink()
