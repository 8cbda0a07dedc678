"""The folder ``own`` beside a store: what a bureau adds to the rules, lists and templates.

The store only finds the files and keeps to the folder; the services read them.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from civgeo.errors import OwnFileBroken

__all__ = ["LARGEST_FOLDER", "MOST_FILES", "OWN_FOLDER", "OwnFile", "is_noise", "own_files"]

OWN_FOLDER = "own"
LARGEST_FILE = 10 * 1024**2
LARGEST_FOLDER = 50 * 1024**2
MOST_FILES = 200


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

    Hidden files and the lock files of office programs are left out.

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
    for path in _walked(folder):
        found.append(_described(path, path.relative_to(folder).as_posix()))
        if len(found) > MOST_FILES:
            raise OwnFileBroken(f"{OWN_FOLDER} 中的文件超过 {MOST_FILES} 个，请移走无关的文件")
    if sum(file.bytes for file in found) > LARGEST_FOLDER:
        most = LARGEST_FOLDER // 1024**2
        raise OwnFileBroken(f"{OWN_FOLDER} 中的文件合计超过 {most} MB，请移走无关的文件")
    return tuple(sorted(found, key=lambda file: file.name))


def is_noise(name: str) -> bool:
    """Whether a file of that name is none of the bureau's: hidden, or an office program's lock."""
    return name.startswith((".", "~$"))


def _require_folder(folder: Path) -> None:
    if not stat.S_ISDIR(folder.lstat().st_mode):
        text = f"{folder.name} 应是文件夹本身，不能是链接或文件；请换成文件夹"
        raise OwnFileBroken(text)


def _walked(folder: Path) -> Iterator[Path]:
    """Everything in `folder` and below that is no folder; links are not followed."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if is_noise(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _walked(Path(entry.path))
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
