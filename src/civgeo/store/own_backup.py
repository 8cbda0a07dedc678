"""The folder ``own`` in backups: one zip beside the GeoPackage, told in the same manifest."""

import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from civgeo.store.disk import digest, keep
from civgeo.store.own_files import (
    LARGEST_FOLDER,
    LARGEST_HISTORY,
    MOST_FILES,
    MOST_KEPT,
    OWN_HISTORY,
    kept_files,
    own_files,
)

__all__ = ["OwnCopy", "own_copy_of", "pack_own", "unpack_own"]


@dataclass(frozen=True, slots=True)
class OwnCopy:
    """What a backup holds of the folder ``own``: number of files, bytes and hash of the zip."""

    files: int
    bytes: int
    sha256: str


def own_copy_of(backup: Path) -> Path:
    """Where the zip of a backup lies."""
    return backup.with_name(f"{backup.name}.own.zip")


def pack_own(directory: Path, target: Path) -> OwnCopy | None:
    """Write the folder ``own`` of the store in `directory` as a zip; None without such files.

    Raises
    ------
    OwnFileBroken
        As `own_files` does.
    """
    files = own_files(directory) + kept_files(directory)
    if not files:
        return None
    with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED) as packed:
        for file in files:
            packed.writestr(file.name, file.path.read_bytes())
    keep(target)
    return OwnCopy(len(files), target.stat().st_size, digest(target))


def unpack_own(copy: OwnCopy, backup: Path, folder: Path) -> str:
    """Bring the files of a backup into `folder`, which is made.

    Returns
    -------
    str
        What is wrong with the zip, in an officer's words; empty when it was whole.
    """
    source = own_copy_of(backup)
    if not source.is_file():
        return f"缺少本局自有文件的备份 {source.name}：请把它与备份放在一起"
    if digest(source) != copy.sha256:
        return f"{source.name} 的校验和与清单不符：文件被改动或没有复制完整"
    folder.mkdir()
    try:
        with zipfile.ZipFile(source) as packed:
            if not _is_modest(packed, copy):
                return f"{source.name} 的内容与清单不符：文件名、个数或大小不对"
            for item in packed.infolist():
                place = folder / item.filename
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(packed.read(item))
                keep(place)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        return f"{source.name} 不能解开：{error}"
    return ""


def _is_modest(packed: zipfile.ZipFile, copy: OwnCopy) -> bool:
    """Whether the zip holds as many files as it should, of modest size, all inside the folder."""
    items = packed.infolist()
    inside = all(_is_inside(item.filename) for item in items)
    kept = [item.file_size for item in items if item.filename.startswith(f"{OWN_HISTORY}/")]
    own = [item.file_size for item in items if not item.filename.startswith(f"{OWN_HISTORY}/")]
    modest = len(own) <= MOST_FILES and sum(own) <= LARGEST_FOLDER
    old = len(kept) <= MOST_KEPT and sum(kept) <= LARGEST_HISTORY
    return inside and len(items) == copy.files and modest and old


def _is_inside(name: str) -> bool:
    parts = PurePosixPath(name).parts
    plain = bool(parts) and not {"..", "/", "."} & set(parts)
    return plain and not any(mark in name for mark in ("\\", ":")) and not name.endswith("/")
