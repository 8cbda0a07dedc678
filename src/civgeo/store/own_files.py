"""The folder ``own`` beside a store: what a bureau adds to the rules, lists and templates.

The store only finds the files and keeps to the folder; the services read them.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from civgeo.errors import OwnFileBroken

__all__ = ["LARGEST_FILE", "LARGEST_FOLDER", "LARGEST_HISTORY", "MOST_FILES", "MOST_KEPT"]
__all__ += ["OWN_FOLDER", "OWN_HISTORY", "OwnFile", "is_noise", "kept_files", "own_files"]

OWN_FOLDER = "own"
OWN_HISTORY = "rules/history"
"""Folder below it in which earlier editions of the rules are kept (`store.rule_editions`)."""

LARGEST_FILE = 10 * 1024**2
LARGEST_FOLDER = 50 * 1024**2
MOST_FILES = 200
LARGEST_HISTORY = 500 * 1024**2
MOST_KEPT = 5_000


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file of the folder as it lies there; equal ones hold the same.

    Parameters
    ----------
    name
        Path below the folder with slashes, such as ``lists/persons.csv``.
    path
        Where it is.
    bytes, changed_ns, inode
        Its size, when it was changed last, and which file of the disk it is.
    """

    name: str
    path: Path
    bytes: int
    changed_ns: int
    inode: int

    @property
    def told(self) -> str:
        """The name as messages give it."""
        return f"{OWN_FOLDER}/{self.name}"


def own_files(directory: Path) -> tuple[OwnFile, ...]:
    """Files of the folder ``own`` beside the store in `directory`, by name; none without one.

    Hidden files, the lock files of office programs and earlier editions are left out.

    Raises
    ------
    OwnFileBroken
        For a symbolic link or a device, a file above 10 MB, more than 200 files or 50 MB in all.
    """
    folder = directory / OWN_FOLDER
    if not os.path.lexists(folder):
        return ()
    _require_folder(folder)
    found = []
    for path in _walked(folder, aside=folder / OWN_HISTORY):
        found.append(_described(path, path.relative_to(folder).as_posix()))
        if len(found) > MOST_FILES:
            raise OwnFileBroken(f"{OWN_FOLDER} 中的文件超过 {MOST_FILES} 个，请移走无关的文件")
    if sum(file.bytes for file in found) > LARGEST_FOLDER:
        most = LARGEST_FOLDER // 1024**2
        raise OwnFileBroken(f"{OWN_FOLDER} 中的文件合计超过 {most} MB，请移走无关的文件")
    return tuple(sorted(found, key=lambda file: file.name))


def kept_files(directory: Path) -> tuple[OwnFile, ...]:
    """Earlier editions of the rules beside the store in `directory`, by name.

    Raises
    ------
    OwnFileBroken
        As `own_files` does, for more than 5,000 files or 500 MB.
    """
    folder = directory / OWN_FOLDER / OWN_HISTORY
    if not os.path.lexists(folder):
        return ()
    _require_folder(folder)
    found = sorted(_walked(folder))
    own = directory / OWN_FOLDER
    kept = tuple(_described(path, path.relative_to(own).as_posix()) for path in found)
    if len(kept) > MOST_KEPT or sum(file.bytes for file in kept) > LARGEST_HISTORY:
        most = f"{MOST_KEPT:,} 个文件或 {LARGEST_HISTORY // 1024**2} MB"
        raise OwnFileBroken(f"{OWN_FOLDER}/{OWN_HISTORY} 超过 {most}，请备份后移走最早的")
    return kept


def is_noise(name: str) -> bool:
    """Whether a file of that name is none of the bureau's: hidden, or an office program's lock."""
    return name.startswith((".", "~$"))


def _require_folder(folder: Path) -> None:
    if not stat.S_ISDIR(folder.lstat().st_mode):
        text = f"{folder.name} 应是文件夹本身，不能是链接或文件；请换成文件夹"
        raise OwnFileBroken(text)


def _walked(folder: Path, aside: Path | None = None) -> Iterator[Path]:
    """Everything in `folder` and below, but not `aside`, that is no folder; links as they are."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if is_noise(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                if Path(entry.path) != aside:
                    yield from _walked(Path(entry.path), aside)
            else:
                yield Path(entry.path)


def _described(path: Path, name: str) -> OwnFile:
    found = path.lstat()
    told = f"{OWN_FOLDER}/{name}"
    if not stat.S_ISREG(found.st_mode):
        raise OwnFileBroken(f"{told} 是链接或特殊文件，不会读取；请换成文件本身")
    if found.st_size > LARGEST_FILE:
        raise OwnFileBroken(f"{told} 超过 {LARGEST_FILE // 1024**2} MB，请缩小或移走")
    return OwnFile(name, path, found.st_size, found.st_mtime_ns, found.st_ino)
