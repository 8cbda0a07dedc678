"""Attachments in the store: kept once, with their write or not at all, and never changed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from attachment_files import PDF
from civgeo.errors import NotFound, StoreUnavailable
from civgeo.store.attachments import Attachment
from civgeo.store.checks import faults_of_file
from civgeo.store.sqlite import Access, engine
from civgeo.store.store import Store
from civgeo.store.tables import Collection

SCAN = Attachment.of("批复.pdf", "application/pdf", PDF)


@pytest.fixture
def kept(tmp_path: Path, register) -> Iterator[Store]:
    with Store.create(tmp_path / "store", register=register) as store:
        with store.write() as writing:
            writing.keep_attachment(SCAN)
        yield store


def test_a_file_is_read_as_it_was_kept(kept: Store) -> None:
    with kept.write() as writing:
        writing.keep_attachment(Attachment.of("另名.pdf", "application/pdf", PDF))
    with kept.read() as reading:
        assert reading.attachment(SCAN.sha256) == SCAN
        assert reading.unknown_attachments({SCAN.sha256, "0" * 64}) == {"0" * 64}
        with pytest.raises(NotFound):
            reading.attachment("0" * 64)


def test_a_write_that_fails_keeps_no_file(kept: Store) -> None:
    other = Attachment.of("附图.pdf", "application/pdf", PDF + b"2")

    def fail() -> None:
        with kept.write() as writing:
            writing.keep_attachment(other)
            writing.feature(Collection.PLACE_NAMES, "nobody")

    with pytest.raises(NotFound):
        fail()
    with kept.read() as reading:
        assert reading.unknown_attachments({other.sha256})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE attachments SET name = 'x'",
        "DELETE FROM attachments",
        "INSERT INTO attachments (sha256, name, media_type, size, content)"
        " SELECT replace(sha256, '0', '1'), 'x', 'text/html', size, content FROM attachments",
    ],
)
def test_other_programs_cannot_change_files(kept: Store, statement: str) -> None:
    writer = engine(kept.file, Access.WRITE)
    with pytest.raises(sa.exc.DBAPIError, match=r"附件只增不改|请用 civgeo"), writer.begin() as raw:
        raw.execute(sa.text(statement))
    writer.dispose()


def test_a_closed_store_with_a_damaged_file_is_not_whole(kept: Store) -> None:
    kept.close()
    assert faults_of_file(kept.file) == ()
    writer = engine(kept.file, Access.WRITE)
    query = sa.text("SELECT sql FROM sqlite_master WHERE name = 'attachments_no_update'")
    with writer.begin() as raw:
        trigger = raw.execute(query).scalar_one()
        raw.execute(sa.text("DROP TRIGGER attachments_no_update"))
        raw.execute(sa.text("UPDATE attachments SET content = zeroblob(size)"))
        raw.exec_driver_sql(trigger)
    writer.dispose()
    [fault] = faults_of_file(kept.file)
    assert SCAN.sha256 in fault
    with (
        Store.open(kept.file.parent) as store,
        store.read() as reading,
        pytest.raises(StoreUnavailable, match="已损坏"),
    ):
        reading.attachment(SCAN.sha256)
