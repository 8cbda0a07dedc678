"""Whether the attachments that records name are there."""

from collections.abc import Iterator, Mapping

import geopandas as gpd

from civgeo.domain.attachment import documents_fault, is_digest, named_attachments
from civgeo.formats.findings import Finding
from civgeo.store.editing import ChangedValue
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

__all__ = ["documents_entered", "photo_entered", "unknown_references"]


def documents_entered(
    reading: Reading, _: Collection, after: Mapping[str, ChangedValue]
) -> str | None:
    """Why the ``documents`` of a record cannot be taken, None when they can."""
    return documents_fault(after["documents"]) or _unknown(reading, _named(after["documents"], ""))


def photo_entered(reading: Reading, _: Collection, after: Mapping[str, ChangedValue]) -> str | None:
    """Why the ``photo`` of a sign cannot be taken; a text that is no digest is a remark."""
    return _unknown(reading, _named("", after["photo"]))


def unknown_references(
    reading: Reading, frame: gpd.GeoDataFrame, headers: Mapping[str, str]
) -> Iterator[Finding]:
    """Rows of a file that name attachments which the store does not hold.

    Parameters
    ----------
    reading
        The store.
    frame
        Index: row of the file; ``documents`` as JSON texts, ``photo`` as texts.
    headers
        Header of the file by property.
    """
    for name in {"documents", "photo"} & set(frame.columns):
        cells = zip(frame.index, frame[name].tolist(), strict=True)
        named = {int(row): _named(cell, cell) for row, cell in cells}
        unknown = reading.unknown_attachments(set().union(*named.values()))
        for row, digests in named.items():
            for digest in sorted(unknown & digests):
                yield Finding(row, headers.get(name, ""), digest, _NOT_HELD.format(digest))


_NOT_HELD = "库中没有附件 {}：请先用 civgeo names attach（接口 attachments）附上"


def _named(documents: object, photo: object) -> set[str]:
    found = {digest for digest, _ in named_attachments(documents)}
    return found | ({str(photo)} if is_digest(photo) else set())


def _unknown(reading: Reading, digests: set[str]) -> str | None:
    unknown = sorted(reading.unknown_attachments(digests)) if digests else []
    return _NOT_HELD.format(unknown[0]) if unknown else None
