"""What the store asks of a disk: that it is in this machine, and that what is written stays."""

import os
import sys
from hashlib import file_digest
from pathlib import Path, PurePosixPath

from civgeo.errors import StoreUnavailable

__all__ = ["FILE_NAME", "digest", "keep", "keep_folder", "network_share", "refuse_network_share"]

FILE_NAME = "civgeo.gpkg"
"""Name of the store's file in its folder."""

_MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = frozenset(
    {
        *("nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "ncpfs", "afs", "9p", "davfs"),
        *("ceph", "glusterfs", "lustre", "gpfs", "beegfs", "vboxsf", "vmhgfs", "prl_fs"),
        *("fuse.sshfs", "fuse.glusterfs", "fuse.davfs2", "fuse.rclone", "fuse.s3fs"),
        *("fuse.cifs", "fuse.smbnetfs", "fuse.vmhgfs-fuse", "fuse.gvfsd-fuse", "fuse.curlftpfs"),
    }
)
"""Types of file system that reach another machine, or share no memory between their users."""


def refuse_network_share(folder: Path, mounts: str | None = None) -> None:
    """Refuse a folder on a network share, where that can be found out (Linux and Windows).

    Write-ahead logging needs memory that all programs share, and locks that hold; a share has
    neither for certain, and a store on one can be destroyed by two machines that write.

    Parameters
    ----------
    folder
        Where the store is to lie.
    mounts
        As for `network_share`.

    Raises
    ------
    StoreUnavailable
        Naming the kind of share.
    """
    kind = network_share(folder.resolve(), mounts)
    if kind is not None:
        text = (
            f"{folder} 在网络共享（{kind}）上，多机同时写入会损坏登记库："
            "请把库放在服务器本机磁盘，其他电脑用浏览器访问"
        )
        raise StoreUnavailable(text, code="network_share")


def network_share(folder: Path, mounts: str | None = None) -> str | None:
    """Kind of network share that `folder` lies on; None when it lies on none, or nobody knows.

    Parameters
    ----------
    folder
        Absolute path without links.
    mounts
        Mounts as Linux lists them in ``mountinfo``; by default those of this process.
    """
    if sys.platform == "win32":
        return _windows_share(folder)
    if mounts is None:
        if not _MOUNTS.exists():
            return None
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    found, depth = "", -1
    for line in mounts.splitlines():
        place, _, rest = line.partition(" - ")
        point = PurePosixPath(_unescaped(place.split()[4]))
        if folder.is_relative_to(point) and len(point.parts) >= depth:
            found, depth = rest.split()[0], len(point.parts)
    return found if found in _NETWORK else None


def _unescaped(text: str) -> str:
    for code, char in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(code, char)
    return text


def _windows_share(folder: Path) -> str | None:
    if folder.drive.startswith("\\\\"):
        return "UNC"
    import ctypes

    remote = 4
    kind: int = getattr(ctypes, "windll").kernel32.GetDriveTypeW(f"{folder.drive}\\")  # noqa: B009 exists on Windows only
    return "REMOTE" if kind == remote else None


def keep(file: Path) -> None:
    """Have the content of `file` on the disk before anything else; not for a live store."""
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())


def keep_folder(folder: Path) -> None:
    """Have the names in `folder` on the disk; Windows does so by itself."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digest(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal; not for a live store."""
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()
