"""Editions of the rules beside a store: kept by checksum, checked, backed up, within limits."""

import pytest

from civgeo.errors import InvalidInput, NotFound, OwnFileBroken
from civgeo.store.backup import back_up, drill, restore
from civgeo.store.own_files import MOST_FILES, kept_files, own_files
from civgeo.store.rule_editions import NO_FILE, RuleEditions


@pytest.fixture
def editions(store):
    return RuleEditions(store.file.parent)


def kept(editions, content):
    with editions.turn():
        return editions.keep_edition(content)


def test_what_is_kept_comes_back_by_the_beginning_of_its_checksum(editions):
    digest = kept(editions, b"id,topic\r\n")
    assert kept(editions, b"id,topic\r\n") == digest
    for mark in (digest, digest[:8]):
        assert editions.edition(mark).read_bytes() == b"id,topic\r\n"
    assert kept(editions, None) == NO_FILE
    with pytest.raises(NotFound):
        editions.edition("0" * 64)
    with pytest.raises(NotFound):
        editions.packaged(digest)
    for strange in ("*", "../../x", digest[:7], "ABCDEF01"):
        with pytest.raises(InvalidInput):
            editions.edition(strange)


def test_many_editions_do_not_fill_the_folder_of_own_files(editions):
    for number in range(MOST_FILES + 5):
        kept(editions, f"{number}".encode())
    assert own_files(editions.directory) == ()
    assert len(kept_files(editions.directory)) == MOST_FILES + 5


def test_a_foreign_or_changed_file_among_them_is_told(editions):
    digest = kept(editions, b"a")
    assert editions.faults() == ()
    editions.edition(digest).write_bytes(b"b")
    assert ["被改动过" in told for told in editions.faults()] == [True]
    with pytest.raises(OwnFileBroken, match="被改动过"):
        editions.edition(digest)
    (editions.folder / "link.csv").symlink_to("/etc/passwd")
    assert "链接" in editions.faults()[0]


def test_a_folder_of_editions_that_is_a_link_is_refused(editions, tmp_path):
    editions.folder.parent.mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    editions.folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OwnFileBroken), editions.turn():
        pass
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_editions_are_backed_up_with_the_own_files_and_come_back(store, editions, tmp_path):
    digest = kept(editions, b"id,topic\r\n")
    editions.replace(b"id,topic\r\n")
    manifest = back_up(store, tmp_path / "b.gpkg")
    assert manifest.own.files == 2
    assert drill(tmp_path / "b.gpkg").faults == ()
    assert restore(tmp_path / "b.gpkg", tmp_path / "back").faults == ()
    back = RuleEditions(tmp_path / "back")
    assert back.edition(digest).read_bytes() == back.content() == b"id,topic\r\n"
