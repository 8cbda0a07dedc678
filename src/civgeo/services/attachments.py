"""Attachments of the place-name office: scans of documents, photos of signs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

import orjson

from civgeo.domain.attachment import MediaType, Paper, file_name
from civgeo.domain.history import Edit
from civgeo.errors import InvalidInput, NotFound
from civgeo.formats.attachment_kind import attachment_kind
from civgeo.services.city import City
from civgeo.services.feature_schema import OPEN_COLLECTIONS
from civgeo.services.features import data_version
from civgeo.store.attachments import Attachment
from civgeo.store.editing import ChangedValue
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

__all__ = ["ATTACHABLE", "Attached", "Upload", "attach", "attachment", "attachment_holder"]

ATTACHABLE = (Collection.PLACE_NAMES, Collection.NAME_CASES, Collection.NAME_SIGNS)
"""Collections whose records take attachments: entries, cases, and the photo of a sign."""

MOST_DOCUMENTS = 200


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: the name that somebody gave it, and its bytes."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Attached:
    """What came of attaching a file.

    Parameters
    ----------
    id, version
        The record, and the version to base the next edit on.
    sha256, name, media_type, size
        The file as it is kept; size in bytes.
    """

    id: str
    version: int
    sha256: str
    name: str
    media_type: str
    size: int


def attach(
    city: City,
    collection: Collection,
    id: str,
    upload: Upload,
    paper: Paper,
    edit: Edit,
    expected_version: int | None,
    *,
    largest: int,
) -> Attached:
    """Keep a file and let a record name it, both or neither.

    An entry or a case gets one more of its ``documents``; a document that it lists already is not
    listed twice. A sign gets its photo. The same bytes are kept once, whatever their name.

    Parameters
    ----------
    city, collection, id
        The record, in one of `ATTACHABLE`.
    upload, paper
        The file, and how the record lists it; a photo needs no title.
    edit, expected_version
        Who attaches it, on the strength of what, and the version that was seen.
    largest
        Most bytes of a file.

    Raises
    ------
    InvalidInput
        When the file is empty, too large or of a kind that is not taken, or the paper cannot be
        listed.
    NotFound, VersionRequired, StaleVersion, RuleViolation
        As `editing.correct`; nothing is kept then.
    """
    kept = _checked(upload, largest)
    if collection is Collection.NAME_CASES:
        edit = replace(edit, valid_from=None, valid_to=None)
    with city.store.read() as reading:
        changes = _changes(reading, collection, id, kept, paper)
        reading.rehearse(collection, id, changes, edit, expected_version)
    with city.store.write() as writing:
        writing.keep_attachment(kept)
        version = writing.correct(collection, id, changes, edit, expected_version)
    size = len(kept.content)
    return Attached(id, version, kept.sha256, kept.name, kept.media_type, size)


def _checked(upload: Upload, largest: int) -> Attachment:
    if len(upload.content) > largest:
        text = f"附件超过 {largest // 1024**2} MB：请压缩，或分成几份后再传"
        raise InvalidInput(text, code="file_too_large")
    kind = attachment_kind(upload.content)
    return Attachment.of(file_name(upload.name, kind), kind.value, upload.content)


def _changes(
    reading: Reading, collection: Collection, id: str, kept: Attachment, paper: Paper
) -> dict[str, ChangedValue]:
    """What the record becomes, from the state that `reading` sees."""
    if collection is Collection.NAME_SIGNS:
        return {"photo": _photo(kept)}
    standing = reading.features(collection, ids=[id], include_closed=True)
    listed = standing["documents"].iloc[0] if len(standing) else None
    return {"documents": _with_document(listed, paper.entry(kept.sha256))}


def _photo(kept: Attachment) -> str:
    if not MediaType(kept.media_type).is_image:
        raise InvalidInput("地名标志的照片应为 JPEG、PNG 或 TIFF 图片", code="unsupported_format")
    return kept.sha256


def _with_document(documents: object, entry: Mapping[str, str]) -> str:
    """JSON of the documents with one more, written as the register writes it."""
    found = orjson.loads(documents) if isinstance(documents, str) else []
    listed = found if isinstance(found, list) else []
    if entry not in listed:
        listed = [*listed, entry]
    if len(listed) > MOST_DOCUMENTS:
        text = f"一条记录至多附 {MOST_DOCUMENTS} 份文件：请合并后再附"
        raise InvalidInput(text, code="bad_value")
    return orjson.dumps(listed, option=orjson.OPT_SORT_KEYS).decode()


def attachment_holder(city: City, id: str) -> Collection:
    """Collection of the entry, case or sign with that id; raises NotFound."""
    with city.store.read() as reading:
        for collection in ATTACHABLE:
            if len(reading.features(collection, ids=[id], include_closed=True)):
                return collection
    raise NotFound(f"没有编号为“{id[:80]}”的地名条目、案卷或地名标志")


def attachment(city: City, sha256: str, *, public_only: bool) -> Attachment:
    """An attached file.

    Parameters
    ----------
    city
        The city.
    sha256
        Its digest in hexadecimal.
    public_only
        Only what a public record of today names, under the title that it has there; the name
        that the file came with may tell what another record keeps to itself.

    Raises
    ------
    NotFound
        When there is none, or the public may not have it.
    """
    with city.store.read() as reading:
        found = reading.attachment(sha256)
    if not public_only:
        return found
    title = _open_titles(city, data_version(city)).get(sha256)
    if title is None:
        raise NotFound(f"没有附件 {sha256[:64]}：请核对条目、案卷里的 attachment")
    return replace(found, name=file_name(title, MediaType(found.media_type)))


@lru_cache(maxsize=2)
def _open_titles(city: City, _version: int) -> Mapping[str, str]:
    """Titles of the files that public records name; kept until the store or the day changes."""
    open_ones = [item for item in Collection if item.value in OPEN_COLLECTIONS]
    with city.store.read() as reading:
        found = [reading.open_attachments(collection) for collection in open_ones]
    return {digest: title for each in found for digest, title in each.items()}
