"""Attachments: scanned documents and photos, each kept once under the digest of its bytes."""

from collections.abc import Collection as Listing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

import sqlalchemy as sa

from civgeo.domain.attachment import is_digest, named_attachments
from civgeo.domain.history import Fault, Finding
from civgeo.errors import NotFound, StoreUnavailable
from civgeo.store import sqlite
from civgeo.store.disclosure import open_rows
from civgeo.store.outside import adopted_sources
from civgeo.store.selection import Source, exists_on
from civgeo.store.tables import LAYERS, Collection, attachments

__all__ = [
    "Attachment",
    "attachment",
    "attachment_faults",
    "keep_attachment",
    "open_attachments",
    "unknown_attachments",
]

_BYTES = sa.cast(attachments.c.content, sa.LargeBinary)
"""What another program may have written as text."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that records may name.

    Parameters
    ----------
    sha256
        Digest of its bytes in hexadecimal, by which records name it.
    name, media_type
        Under which it is saved, and what it is.
    content
        Its bytes.
    """

    sha256: str
    name: str
    media_type: str
    content: bytes = field(repr=False)

    @classmethod
    def of(cls, name: str, media_type: str, content: bytes) -> "Attachment":
        """The file of those bytes, its digest taken."""
        return cls(sha256(content).hexdigest(), name, media_type, content)


def keep_attachment(connection: sa.Connection, found: Attachment) -> None:
    """Keep a file; one that is there already stays as it is, with the name that it came with."""
    if unknown_attachments(connection, [found.sha256]):
        row = {name: getattr(found, name) for name in ("sha256", "name", "media_type", "content")}
        connection.execute(sa.insert(attachments), {**row, "size": len(found.content)})


def attachment(connection: sa.Connection, digest: str) -> Attachment:
    """The file of that digest.

    Raises
    ------
    NotFound
        When there is none.
    StoreUnavailable
        When its bytes no longer give the digest.
    """
    columns = (attachments.c.name, attachments.c.media_type, _BYTES)
    query = sa.select(*columns).where(attachments.c.sha256 == digest)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"没有附件 {digest[:64]}：请核对条目、案卷里的 attachment")
    found = Attachment.of(*row)
    if found.sha256 != digest:
        text = f"附件 {digest} 的内容已损坏：请用最近的备份核对（civgeo verify-history）"
        raise StoreUnavailable(text, code="store_damaged")
    return found


def unknown_attachments(connection: sa.Connection, digests: Listing[str]) -> set[str]:
    """Those of `digests` that the store does not hold."""
    query = sa.select(attachments.c.sha256).where(sqlite.listed(attachments.c.sha256, digests))
    return set(digests).difference(connection.execute(query).scalars())


def open_attachments(
    connection: sa.Connection, collection: Collection, today: date
) -> Mapping[str, str]:
    """Digests that anybody may know by the records of an open collection, each with a title.

    Only records that exist on `today` and are open (`open_rows`) count; by their documents where
    they tell whether they are public, else by photos alone.
    """
    found: dict[str, str] = {}
    for source in adopted_sources(connection, collection):
        for digest, title in _named(connection, source, today, public_only=True):
            found.setdefault(digest, title)
    return found


def _named(
    connection: sa.Connection, source: Source, today: date | None, *, public_only: bool
) -> Iterator[tuple[str, str]]:
    """Digest and title of what the rows name, as JSON of ``documents`` or as a ``photo``."""
    rows, conditions = source.rows, list(source.only)
    if today is not None:
        conditions.append(exists_on(rows, today))
    tells = {"public", "secrecy"} <= set(rows.c.keys())
    if public_only:
        conditions += open_rows(connection, rows)
    if "documents" in rows.c and (tells or not public_only):
        named = sa.func.instr(rows.c.documents, '"attachment"') > 0
        for text in connection.execute(sa.select(rows.c.documents).where(named, *conditions)):
            yield from named_attachments(text[0])
    if "photo" in rows.c:
        length = sa.func.length(rows.c.photo) == 64
        query = sa.select(rows.c.photo, rows.c.name).where(length, *conditions)
        yield from ((photo, name) for photo, name in connection.execute(query) if is_digest(photo))


def attachment_faults(connection: sa.Connection) -> Iterator[Finding]:
    """Files whose bytes no longer give their digest, and files that a record names in vain."""
    query = sa.select(attachments.c.sha256, _BYTES).order_by(attachments.c.fid)
    held = set()
    for digest, content in connection.execute(query.execution_options(yield_per=1)):
        held.add(digest)
        if sha256(content).hexdigest() != digest:
            yield Finding(Fault.ATTACHMENT, attachments.name, "------", digest, None)
    for collection in LAYERS:
        for source in adopted_sources(connection, collection):
            named = dict(_named(connection, source, None, public_only=False))
            for digest in sorted(named.keys() - held):
                held.add(digest)
                yield Finding(Fault.ATTACHMENT, attachments.name, "------", digest, None)
