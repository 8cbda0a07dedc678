"""Zip files from outside: counted, measured and unpacked under names of our own."""

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from civgeo.errors import ImportRejected

__all__ = [
    "MAX_ENTRIES",
    "MAX_RATIO",
    "MAX_TOTAL_BYTES",
    "Member",
    "check",
    "entry_name",
    "names",
    "unpack",
]

MAX_ENTRIES = 1_000
MAX_TOTAL_BYTES = 400 * 1024**2
MAX_RATIO = 200
"""Unpacked to packed size; real spreadsheets and layers stay under 60."""
_RATIO_MATTERS_BYTES = 8 * 1024**2
_CHUNK = 1024**2
_UTF8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")
_LITTER = re.compile(r"(^|/)(__MACOSX/|\.|Thumbs\.db$|desktop\.ini$)")


@dataclass(frozen=True, slots=True)
class Member:
    """One unpacked file: its name inside the zip, and where it lies now."""

    name: str
    path: Path


def entry_name(info: zipfile.ZipInfo) -> str:
    """Name of an entry; without the UTF-8 flag it may be GB18030, as Chinese desktops write."""
    if info.flag_bits & _UTF8_FLAG:
        return info.filename
    raw = info.filename.encode("cp437", errors="replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def names(file: BinaryIO) -> set[str]:
    """Names of the entries of a zip.

    Raises
    ------
    zipfile.BadZipFile
        When it is no readable zip.
    """
    with zipfile.ZipFile(file) as container:
        return {entry_name(info) for info in container.infolist()}


def check(path: Path) -> None:
    """Refuse a container that is too large, too tightly packed, encrypted, or points outside.

    Raises
    ------
    ImportRejected
        With the entry and the limit.
    """
    with _opened(path) as container:
        _check(container)


def unpack(path: Path, folder: Path) -> list[Member]:
    """Unpack the zip at `path` into `folder`, each entry under a name of our own.

    Entries that share a folder and a stem (``小区.shp``, ``小区.dbf``) share a stem afterwards.
    Folders and the litter of desktops (``__MACOSX``, ``Thumbs.db``) are left out.

    Raises
    ------
    ImportRejected
        When a limit is passed, an entry is a link, encrypted, itself an archive, damaged, or its
        name leads outside.
    """
    groups: dict[str, int] = {}
    members = []
    with _opened(path) as container:
        _check(container)
        for info in container.infolist():
            name = entry_name(info)
            if name.endswith("/") or _LITTER.search(name):
                continue
            entry = PurePosixPath(name)
            group = groups.setdefault(str(entry.with_suffix("")).lower(), len(groups))
            suffix = re.sub(r"[^a-z0-9.]", "", entry.suffix.lower())
            target = folder / f"{group:04d}{suffix}"
            if target.exists():
                raise _rejected(f"压缩文件里有重名的 {name}", "请删去其一后重新打包")
            _write(container, info, target)
            members.append(Member(name, target))
    return members


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as container:
            yield container
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise _rejected(f"压缩文件已损坏或不完整（{error}）", "请重新打包或重新上传") from error


def _rejected(what: str, then: str) -> ImportRejected:
    return ImportRejected(f"不能导入：{what}。{then}。", code="bad_archive")


def _check(container: zipfile.ZipFile) -> None:
    entries = container.infolist()
    if len(entries) > MAX_ENTRIES:
        raise _rejected(f"压缩文件里有 {len(entries)} 个文件，最多 {MAX_ENTRIES} 个", "请分批打包")
    for info in entries:
        _check_entry(info)
    total = sum(info.file_size for info in entries)
    packed = sum(info.compress_size for info in entries)
    if total > MAX_TOTAL_BYTES:
        raise _rejected(
            f"压缩文件解开后有 {total / 1024**2:.0f} MB，最多 {MAX_TOTAL_BYTES // 1024**2} MB",
            "请分批打包",
        )
    if total > _RATIO_MATTERS_BYTES and total > MAX_RATIO * max(packed, 1):
        raise _rejected(
            f"压缩比约 {total // max(packed, 1)} 倍，超过 {MAX_RATIO} 倍，像是压缩炸弹",
            "请核对文件来源",
        )


def _check_entry(info: zipfile.ZipInfo) -> None:
    name = entry_name(info).replace("\\", "/")
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in name.split("/"):
        raise _rejected(f"压缩文件里的 {name} 指向包外的位置", "请核对文件来源")
    if info.flag_bits & _ENCRYPTED_FLAG:
        raise _rejected(f"压缩文件里的 {name} 加了密码", "请去掉密码后重新打包")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise _rejected(f"压缩文件里的 {name} 是链接，不是文件", "请打包文件本身")


def _write(container: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    """Unpack one entry; never more bytes than it declares, which the total has counted."""
    with container.open(info) as source, target.open("wb") as file:
        chunk = source.read(_CHUNK)
        if chunk.startswith(_ARCHIVES):
            raise _rejected(
                f"压缩文件里的 {entry_name(info)} 又是压缩文件（或 Excel 文件）",
                "请解压后直接上传其中的文件",
            )
        while chunk:
            file.write(chunk)
            chunk = source.read(_CHUNK)
