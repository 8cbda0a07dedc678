"""Reads of the store, all from the one moment at which they began."""

from collections.abc import Collection as Listing
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import geopandas as gpd
import orjson
import sqlalchemy as sa

from civgeo.domain.history import Edit, Entry, Finding, Head, moment_text
from civgeo.domain.standard import Standard, StandardBook
from civgeo.errors import InvalidInput, NotFound
from civgeo.store import attachments, chains
from civgeo.store.attachments import Attachment
from civgeo.store.disclosure import keeps_back, open_extent, open_rows
from civgeo.store.editing import Change, standing_of
from civgeo.store.frames import frame_of
from civgeo.store.gpkg_schema import contents
from civgeo.store.outside import OutsideEdit, adopted_sources, outside_edits
from civgeo.store.past import count_past, past_rows
from civgeo.store.selection import Scalar, Selection, exists_on
from civgeo.store.sqlite import Box
from civgeo.store.tables import LAYERS, Collection, register, standards
from civgeo.store.verification import present_faults

__all__ = ["OFFICE_TIME", "Reading", "Register", "Scalar"]

OFFICE_TIME = timezone(timedelta(hours=8))
"""China has one official time; a day of validity begins at midnight there."""


@dataclass(frozen=True, slots=True)
class Register:
    """What a store is about.

    Parameters
    ----------
    city
        Code of the city, such as ``411700``.
    name
        Name of the city.
    simulated
        Whether the store may hold simulated data; a production store refuses it.
    created_at
        When it was made, with a time zone; kept to the millisecond in UTC.
    edition
        Edition of its standards, printed with every verdict.
    sources
        Where each part of the data comes from, as it is cited.
    """

    city: str
    name: str
    simulated: bool
    created_at: datetime
    edition: str
    sources: Mapping[str, str]


END_OF_TIME = "9999-12-31T23:59:59.999Z"


class Reading:
    """One consistent view of the store; made by ``Store.read``.

    Parameters
    ----------
    connection
        Connection with a transaction begun.
    now
        The moment of reading, with a time zone.
    """

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    @property
    def today(self) -> date:
        """The day of reading, in China."""
        return self._now.astimezone(OFFICE_TIME).date()

    def register(self) -> Register:
        """What the store is about."""
        row = self._connection.execute(sa.select(register)).one()
        created_at = datetime.fromisoformat(row.created_at).astimezone(UTC)
        sources = orjson.loads(row.sources)
        return Register(row.city, row.name, row.simulated, created_at, row.edition, sources)

    def data_version(self) -> int:
        """Number that grows with every committed write."""
        version: int = self._connection.execute(sa.select(register.c.data_version)).scalar_one()
        return version

    def last_change(self, *, apart_from: Collection) -> int:
        """Number of the newest entry in the history that is not of the register `apart_from`."""
        return chains.last_sequence(self._connection, apart_from.value)

    def features(
        self,
        collection: Collection,
        *,
        division: str | None = None,
        bbox: Box | None = None,
        where: Mapping[str, Scalar] | None = None,
        ids: Listing[str] | None = None,
        limit: int | None = None,
        after: int | None = None,
        as_of: datetime | None = None,
        valid_on: date | None = None,
        include_closed: bool = False,
        open_only: bool = False,
    ) -> gpd.GeoDataFrame:
        """Features of a collection, in the order in which they were entered.

        Without `as_of` and `valid_on`: those that exist today, as they were last adopted. What
        another program changed in the file is not seen before it is adopted.

        Parameters
        ----------
        collection
            Which one.
        division
            Division code; the features in it and below it. The division itself is among the
            ``divisions``.
        bbox
            West, south, east, north in degrees (EPSG:4490); features that have a point in common
            with it. West greater than east crosses the antimeridian.
        where
            Properties and the values that they must equal.
        ids
            Only these; ids that are not there are left out.
        limit
            At most so many.
        after
            Only those after this ``last_fid`` of the page before.
        as_of
            What was known at this moment (with a time zone); by default all that is known.
        valid_on
            What holds on this day; by default today, or the day of `as_of` in China.
        include_closed
            Also those that no longer exist, or not yet; the frame then has the columns
            ``valid_from`` and ``valid_to`` (date text, half open, null without bound) in every
            collection. Only without `as_of` and `valid_on`.
        open_only
            Only those that anybody may know today: not secret ones, nor what names a secret
            place, nor what became secret later.

        Returns
        -------
        GeoDataFrame
            Index ``id``, the columns of the collection in the table's order, EPSG:4490; text as
            ``str`` with NaN for null, nullable whole numbers as Int64. ``attrs["last_fid"]`` is
            the place to go on from, None when no feature was found; it serves the same `as_of`
            and `valid_on` only.

        Raises
        ------
        InvalidInput
            For a bad division code or bbox, an unknown property, a value of another type, a
            moment without a time zone.
        StoreUnavailable
            When a stored geometry cannot be read.
        """
        layer = LAYERS[collection]
        selection = Selection(division, bbox, where or {}, ids)
        if as_of is not None or valid_on is not None:
            moment, day = self._past(as_of, valid_on, include_closed=include_closed)
            rows = past_rows(
                self._connection,
                layer,
                selection,
                moment=moment,
                day=day,
                limit=limit,
                after=after,
                open_only=open_only,
            )
            return frame_of(layer, rows)
        selects = [
            sa.select(*(source.c[column.name] for column in layer.table.columns)).where(*conditions)
            for source, conditions in self._adopted(
                collection, selection, include_closed=include_closed, open_only=open_only
            )
        ]
        if after is not None:
            selects = [query.where(query.selected_columns.fid > after) for query in selects]
        query = selects[0] if len(selects) == 1 else sa.union_all(*selects)
        found = self._connection.execute(query.order_by("fid").limit(limit)).all()
        return frame_of(layer, found, layer.unlisted if include_closed else ())

    def _adopted(
        self,
        collection: Collection,
        selection: Selection,
        *,
        include_closed: bool,
        open_only: bool = False,
    ) -> list[tuple[sa.FromClause, list[sa.ColumnElement[bool]]]]:
        """What the adopted rows are read from, with the conditions on each."""
        found = []
        for source in adopted_sources(self._connection, collection):
            conditions = selection.conditions(LAYERS[collection], source)
            if not include_closed:
                conditions.append(exists_on(source.rows, self.today))
            if open_only:
                conditions += open_rows(self._connection, source.rows)
            found.append((source.rows, conditions))
        return found

    def _past(
        self, as_of: datetime | None, valid_on: date | None, *, include_closed: bool
    ) -> tuple[str, date]:
        if include_closed:
            text = "include_closed 不能与 as_of、valid_on 同用：过去某日只列当日有效的记录"
            raise InvalidInput(text, code="bad_period")
        if as_of is None:
            return END_OF_TIME, valid_on or self.today
        return moment_text(as_of), valid_on or as_of.astimezone(OFFICE_TIME).date()

    def feature(self, collection: Collection, id: str) -> gpd.GeoDataFrame:
        """Frame of the one feature with that id, as `features` gives it.

        Raises
        ------
        NotFound
            When there is none today.
        """
        frame = self.features(collection, ids=[id])
        if frame.empty:
            raise NotFound(f"{collection} 中没有编号为 {id[:80]!r} 的记录")
        return frame

    def count(
        self,
        collection: Collection,
        *,
        division: str | None = None,
        bbox: Box | None = None,
        where: Mapping[str, Scalar] | None = None,
        as_of: datetime | None = None,
        valid_on: date | None = None,
        include_closed: bool = False,
        open_only: bool = False,
    ) -> int:
        """How many features `features` gives for the same conditions, without a limit."""
        layer, selection = LAYERS[collection], Selection(division, bbox, where or {})
        if as_of is not None or valid_on is not None:
            moment, day = self._past(as_of, valid_on, include_closed=include_closed)
            return count_past(
                self._connection, layer, selection, moment=moment, day=day, open_only=open_only
            )
        total = 0
        for source, conditions in self._adopted(
            collection, selection, include_closed=include_closed, open_only=open_only
        ):
            query = sa.select(sa.func.count()).select_from(source).where(*conditions)
            total += self._connection.execute(query).scalar_one()
        return total

    def history(self, collection: Collection, id: str) -> tuple[Entry, ...]:
        """All entries of one record, in the order in which they were recorded.

        Raises
        ------
        NotFound
            When there is no such record and never was.
        """
        found = chains.entries(self._connection, collection.value, id)
        if not found:
            raise NotFound(f"{collection} 中没有编号为 {id[:80]!r} 的记录")
        return found

    def changes(self, collection: Collection, since: int, limit: int) -> tuple[Entry, ...]:
        """The first `limit` entries of a collection after the sequence `since`, in order."""
        return chains.entries_since(self._connection, collection.value, since, limit)

    def rehearse(
        self,
        collection: Collection,
        id: str,
        changes: Change,
        edit: Edit,
        expected_version: int | None,
    ) -> None:
        """Raise what `Writing.correct` would raise now, so that no writer waits for the checks."""
        standing = standing_of(self._connection, collection, id, self.today)
        standing.require_version(expected_version)
        standing.changed(changes, edit)

    def heads(self) -> tuple[Head, ...]:
        """Last link of each chain of history, by register and county."""
        return chains.heads(self._connection)

    def verify_history(self) -> tuple[Finding, ...]:
        """What is wrong with the history, empty when all is well.

        The first broken link of each chain, geometries that were changed, records that are not
        what their history gives, and attachments that were changed or are not there.
        """
        broken = chains.chain_faults(self._connection)
        present = present_faults(self._connection, self.today)
        return (*broken, *present, *attachments.attachment_faults(self._connection))

    def attachment(self, digest: str) -> Attachment:
        """The attached file of that SHA-256; raises NotFound."""
        return attachments.attachment(self._connection, digest)

    def unknown_attachments(self, digests: Listing[str]) -> set[str]:
        """Those of `digests` that no attached file has."""
        return attachments.unknown_attachments(self._connection, digests)

    def open_attachments(self, collection: Collection) -> Mapping[str, str]:
        """Digests that the public records of today name, each with a title."""
        return attachments.open_attachments(self._connection, collection, self.today)

    def outside_edits(self) -> tuple[OutsideEdit, ...]:
        """Edits by other programs that nobody has adopted or reverted, the oldest first."""
        return outside_edits(self._connection)

    def extent(self, collection: Collection, *, open_only: bool = False) -> Box | None:
        """West, south, east, north of a collection in degrees; None while it has no geometry.

        With `open_only` of what anybody may know, as for `features`; a secret place must not be
        told by the edge of the others.
        """
        if open_only and keeps_back(collection):
            return open_extent(self._connection, collection)
        edges = sa.select(contents.c.min_x, contents.c.min_y, contents.c.max_x, contents.c.max_y)
        row = self._connection.execute(edges.where(contents.c.table_name == collection.value)).one()
        return None if row.min_x is None else (row.min_x, row.min_y, row.max_x, row.max_y)

    def standards(self) -> StandardBook:
        """All standard records of the store, under its own edition."""
        rows = self._connection.execute(sa.select(standards).order_by(standards.c.fid))
        edition = self._connection.execute(sa.select(register.c.edition)).scalar_one()
        return StandardBook(tuple(_standard(row) for row in rows.mappings()), edition)


def _standard(row: sa.RowMapping) -> Standard:
    values = {field.name: row[field.name] for field in fields(Standard)}
    if row["value"] is not None:
        values["value"] = Decimal(row["value"])
    return Standard(**values)
