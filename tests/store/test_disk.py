from pathlib import Path

import pytest

from civgeo.errors import StoreUnavailable
from civgeo.store import disk
from civgeo.store.store import Store

MOUNTS = """\
22 1 259:2 / / rw,relatime shared:1 - ext4 /dev/root rw
90 22 0:44 / /mnt/share rw,relatime shared:50 - nfs4 server:/export rw,vers=4.2
91 22 0:45 / /mnt/with\\040space rw shared:51 - cifs //server/share rw
92 90 0:46 / /mnt/share/local rw shared:52 - xfs /dev/sdb1 rw
93 22 0:47 / /home/me/remote rw - fuse.sshfs me@host: rw
94 22 0:48 / /mnt/c rw - 9p C:\\134 rw
95 22 0:49 / /mnt/local rw - ext4 /dev/sda1 rw
96 95 0:50 / /mnt/local rw - nfs server:/over rw
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/var/lib/civgeo", None),
        ("/mnt/share", "nfs4"),
        ("/mnt/share/deep/er", "nfs4"),
        ("/mnt/shareholder", None),
        ("/mnt/with space/x", "cifs"),
        ("/mnt/share/local/x", None),
        ("/home/me/remote/x", "fuse.sshfs"),
        ("/mnt/c/Users", "9p"),
        ("/mnt/local/x", "nfs"),
    ],
)
def test_the_innermost_and_last_mount_decides_whether_a_folder_is_shared(folder, kind):
    assert disk.network_share(Path(folder), MOUNTS) == kind


def test_a_store_on_a_network_share_is_refused(tmp_path, register, empty_file):
    mounts = f"{MOUNTS}97 22 0:51 / {tmp_path} rw - nfs server:/x rw\n"
    for use in (
        lambda: Store.create(tmp_path / "new", register=register, mounts=mounts),
        lambda: Store.open(_with_copy(tmp_path / "old", empty_file), mounts=mounts),
    ):
        with pytest.raises(StoreUnavailable, match=r"网络共享（nfs）.*本机磁盘") as refused:
            use()
        assert refused.value.code == "network_share"


def _with_copy(folder: Path, file: Path) -> Path:
    folder.mkdir()
    (folder / "civgeo.gpkg").write_bytes(file.read_bytes())
    return folder


def test_this_folder_is_not_on_a_share_or_nobody_knows(tmp_path):
    assert disk.network_share(tmp_path) is None
