import stat
import zipfile

import pytest
from dirty import bomb, gbk_entry

from civgeo.errors import ImportRejected
from civgeo.formats import archive


def _zip(path, *entries):
    with zipfile.ZipFile(path, "w") as container:
        for name, data in entries:
            container.writestr(name, data)
    return path


def _unpack(path, folder):
    folder.mkdir()
    return archive.unpack(path, folder)


@pytest.mark.parametrize(
    "name", ["../../evil.csv", "/etc/cron.d/evil", "C:\\evil.csv", "a\\..\\..\\evil.csv"]
)
def test_a_name_that_leads_outside_is_refused(tmp_path, name):
    path = _zip(tmp_path / "a.zip", (name, "x,y"))

    with pytest.raises(ImportRejected, match="指向包外"):
        _unpack(path, tmp_path / "out")

    assert list((tmp_path / "out").iterdir()) == []
    assert not (tmp_path.parent / "evil.csv").exists()


def test_a_link_is_refused(tmp_path):
    info = zipfile.ZipInfo("x.csv")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = _zip(tmp_path / "a.zip", (info, "/etc/passwd"))

    with pytest.raises(ImportRejected, match="是链接"):
        _unpack(path, tmp_path / "out")


def test_a_zip_inside_a_zip_is_refused(tmp_path):
    inner = _zip(tmp_path / "inner.zip", ("a.csv", "x,y"))
    path = _zip(tmp_path / "a.zip", ("b.bin", inner.read_bytes()))

    with pytest.raises(ImportRejected, match="又是压缩文件"):
        _unpack(path, tmp_path / "out")


def test_an_encrypted_entry_is_refused(tmp_path):
    path = _zip(tmp_path / "a.zip", ("a.csv", "x,y"))
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)

    with pytest.raises(ImportRejected, match="加了密码"):
        archive.check(path)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = bomb(tmp_path / "a.zip", megabytes=100)

    with pytest.raises(ImportRejected, match="压缩炸弹"):
        _unpack(path, tmp_path / "out")

    assert list((tmp_path / "out").iterdir()) == []


def test_an_entry_never_gives_more_than_it_declares(tmp_path):
    path = _zip(tmp_path / "a.zip", ("a.csv", "x,y\n" * 1000))
    raw = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        start = raw.index(mark) + place
        raw[start : start + 4] = (8).to_bytes(4, "little")
    path.write_bytes(raw)

    with pytest.raises(ImportRejected, match="已损坏"):
        _unpack(path, tmp_path / "out")

    assert sum(item.stat().st_size for item in (tmp_path / "out").iterdir()) <= 8


def test_too_many_entries_are_refused(tmp_path):
    path = _zip(tmp_path / "a.zip", *((f"{n}.txt", "") for n in range(archive.MAX_ENTRIES + 1)))

    with pytest.raises(ImportRejected, match="1001 个文件，最多 1000 个"):
        archive.check(path)


def test_names_in_gb18030_are_read_and_siblings_stay_together(tmp_path):
    names = ("数据/小区.shp", "数据/小区.DBF", "__MACOSX/x", "别的/小区.shp")
    path = _zip(tmp_path / "a.zip", *((gbk_entry(name), b"1") for name in names))

    members = _unpack(path, tmp_path / "out")

    assert [member.name for member in members] == [names[0], names[1], names[3]]
    assert [member.path.name for member in members] == ["0000.shp", "0000.dbf", "0001.shp"]
