"""Writes to the store, all of them or none, each with its entry in the history."""

from collections.abc import Collection as Listing
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime

import geopandas as gpd
import sqlalchemy as sa

from civgeo.domain.history import Action, Edit, moment_text
from civgeo.domain.period import Period
from civgeo.domain.standard import Standard
from civgeo.errors import ImportRejected, InvalidInput
from civgeo.store import settling, sqlite
from civgeo.store.attachments import Attachment, keep_attachment
from civgeo.store.chains import Draft, append, moment_after
from civgeo.store.editing import CHECKS, Change, Standing, State, standing_of
from civgeo.store.frames import Row, state_text
from civgeo.store.outside import adopted_sources
from civgeo.store.pouring import Progress, pour
from civgeo.store.reading import Reading
from civgeo.store.records import (
    apply,
    envelope_of_blob,
    refuse_touched,
    touch,
    united,
)
from civgeo.store.spool import Amended, Spool, in_memory
from civgeo.store.sqlite import Box
from civgeo.store.tables import LAYERS, Collection, register, standards
from civgeo.store.turns import Turn
from civgeo.store.verification import STANDARD_STATE

__all__ = ["FOUNDING", "Writing"]

FOUNDING = Edit(actor="civgeo", document="建库")
"""Stands in the history for records that come without an edit of their own."""


class Writing(Reading):
    """One transaction on the store; made by ``Store.write``. It reads what it has written.

    Parameters
    ----------
    connection
        Connection with a write transaction begun and marked as ours.
    now
        The moment of writing, with a time zone.
    held
        The turn to write.
    """

    def __init__(self, connection: sa.Connection, now: datetime, held: Turn | None = None) -> None:
        super().__init__(connection, now)
        self._held = held
        self.recorded_at = moment_after(connection, now)
        self._moment = moment_text(self.recorded_at)

    def add_divisions(self, frame: gpd.GeoDataFrame, edit: Edit = FOUNDING) -> None:
        """Add divisions in bulk.

        Parameters
        ----------
        frame
            As `geo.frames.check_divisions` demands; columns of other names are not stored. A
            division exists over its own valid_from and valid_to.
        edit
            Who adds them, on the strength of what.

        Raises
        ------
        InvalidInput
            When the frame is not as promised, or an id is in the store already.
        CrsError
            When it is not in EPSG:4490.
        ImportRejected
            When it holds simulated rows and this is a production store.
        """
        self._add(Collection.DIVISIONS, frame, edit, Action.IMPORT)

    def add_estates(self, frame: gpd.GeoDataFrame, edit: Edit = FOUNDING) -> None:
        """Add estates in bulk, as `geo.frames.check_estates` demands them.

        They exist over the period of `edit`. Raises as `add_divisions`.
        """
        self._add(Collection.ESTATES, frame, edit, Action.IMPORT)

    def add_facilities(self, frame: gpd.GeoDataFrame, edit: Edit = FOUNDING) -> None:
        """Add facilities in bulk, as `geo.frames.check_facilities` demands them.

        They exist over the period of `edit`.

        Raises
        ------
        InvalidInput, CrsError, ImportRejected
            As `add_divisions`, and when a facility names an estate that the store does not hold.
        """
        self._add(Collection.FACILITIES, frame, edit, Action.IMPORT)

    def add(self, collection: Collection, frame: gpd.GeoDataFrame, edit: Edit = FOUNDING) -> None:
        """Add records of any collection in bulk, as the check of its frames demands them.

        They exist over the period of `edit`; divisions over their own. Raises as
        `add_divisions`.
        """
        self._add(collection, frame, edit, Action.IMPORT)

    def add_standards(self, records: Iterable[Standard], edit: Edit = FOUNDING) -> None:
        """Add standard records.

        Raises
        ------
        InvalidInput
            When an id is in the store already, or comes twice.
        """
        rows = [_standard_row(record) for record in records]
        self._refuse_known(standards, {str(row["id"]) for row in rows}, "标准")
        if rows:
            self._connection.execute(sa.insert(standards), rows)
        drafts = [
            Draft(
                register=standards.name,
                county=str(row["adcode"]),
                entity=str(row["id"]),
                version=1,
                action=Action.IMPORT,
                edit=edit,
                valid_from=None,
                valid_to=None,
                state=state_text(STANDARD_STATE, row),
            )
            for row in rows
        ]
        append(self._connection, drafts, self._moment)
        touch(self._connection, standards, None)

    def keep_attachment(self, found: Attachment) -> None:
        """Keep a file that records may name; one that is there already stays as it is."""
        keep_attachment(self._connection, found)

    def create(self, collection: Collection, frame: gpd.GeoDataFrame, edit: Edit) -> None:
        """Enter new records; parameters and errors as for `add_divisions` and its like."""
        self._add(collection, frame, edit, Action.CREATE)

    def correct(
        self,
        collection: Collection,
        id: str,
        changes: Change,
        edit: Edit,
        expected_version: int | None,
    ) -> int:
        """Change properties of a record over the period of `edit`; a renaming is one.

        Without valid_from the change holds for as far back as the record exists. What was
        recorded about later days is changed too, so give valid_to where the change ended.

        Parameters
        ----------
        collection, id
            The record.
        changes
            Properties, ``geometry`` (shapely, EPSG:4490) among them, and their new values.
        edit
            Who changes it, on the strength of what, and when it holds.
        expected_version
            Version that the change was made from.

        Returns
        -------
        int
            The new version; the standing one when nothing differs.

        Raises
        ------
        NotFound
            When there is no such record.
        VersionRequired, StaleVersion
            Without an expected version, or when it is not the standing one.
        InvalidInput, CrsError, ImportRejected
            When the record would not be valid any more.
        RuleViolation
            When the record does not exist over the period, the period lies in the future, or
            another program changed the row and nobody has settled that.
        """
        standing = self._standing(collection, id, expected_version)
        self._refuse_simulated(collection, [id] if changes.get("simulated") else [])
        periods = standing.changed(changes, edit)
        if not periods:
            return standing.version
        if "estate" in changes:
            self._require_estates([changes["estate"]])
        return self._apply(standing, Action.CORRECT, edit, periods)

    def close(
        self, collection: Collection, id: str, edit: Edit, expected_version: int | None
    ) -> int:
        """End a record's existence on ``edit.valid_from``; it stays in the history.

        Returns the new version. Raises as `correct`, and InvalidInput without a day.
        """
        standing = self._standing(collection, id, expected_version)
        return self._apply(standing, Action.CLOSE, edit, [standing.closing(edit)])

    def restore(
        self,
        collection: Collection,
        id: str,
        edit: Edit,
        expected_version: int | None,
        *,
        of_version: int | None = None,
    ) -> int:
        """Let a closed record exist again, or an earlier version hold again.

        Parameters
        ----------
        collection, id, edit, expected_version
            As in `correct`. Without valid_from the closing is undone from its own day on.
        of_version
            Version whose state holds again; by default the last one before the closing.

        Returns
        -------
        int
            The new version.

        Raises
        ------
        NotFound, VersionRequired, StaleVersion, RuleViolation
            As in `correct`, and when there was no such version, or nothing to restore.
        """
        standing = self._standing(collection, id, expected_version)
        period = standing.restoring(edit, of_version)
        return self._apply(standing, Action.RESTORE, edit, [period])

    def adopt(self, edit_ids: Listing[str], edit: Edit) -> None:
        """Take over edits that another program made to the file, as `outside_edits` lists them.

        Raises
        ------
        StaleEdit
            When one is settled already, or was changed again.
        InvalidInput, CrsError, ImportRejected, RuleViolation
            When a row is not what the store may hold.
        """
        simulated = self.register().simulated
        for found in settling.chosen(self._connection, edit_ids):
            row = settling.adopt(
                self._connection,
                found,
                edit,
                moment=self._moment,
                today=self.today,
                simulated=simulated,
            )
            self._touch(found.collection, envelope_of_blob(row["geometry"]))

    def revert(self, edit_ids: Listing[str], edit: Edit) -> None:
        """Undo edits that another program made to the file; what it wrote stays in the log.

        Raises
        ------
        StaleEdit
            When one is settled already, or was changed again.
        """
        for found in settling.chosen(self._connection, edit_ids):
            settling.revert(self._connection, found, edit, moment=self._moment, today=self.today)
            self._touch(found.collection, None)

    def _standing(self, collection: Collection, id: str, expected: int | None) -> Standing:
        standing = standing_of(self._connection, collection, id, self.today)
        refuse_touched(self._connection, collection, id)
        standing.require_version(expected)
        return standing

    def _apply(
        self, standing: Standing, action: Action, edit: Edit, periods: Sequence[Period[State]]
    ) -> int:
        row = apply(self._connection, standing, action, edit, periods, self._moment)
        table = standing.layer.table
        self._connection.execute(sa.update(table).where(table.c.id == standing.id).values(row))
        self._touch(standing.collection, envelope_of_blob(row["geometry"]))
        return standing.version + 1

    def _add(
        self, collection: Collection, frame: gpd.GeoDataFrame, edit: Edit, action: Action
    ) -> None:
        layer = LAYERS[collection]
        checked = CHECKS[collection](frame)
        self._refuse_simulated(collection, checked.index[checked["simulated"]].tolist())
        if collection is Collection.FACILITIES:
            self._require_estates(checked["estate"].dropna().unique().tolist())
        self._refuse_known(layer.table, set(checked.index), str(collection))
        with in_memory(self._connection, collection) as spool:
            spool.enter(checked)
            self.pour(spool, action, edit)

    def amend(
        self, collection: Collection, found: Sequence[Amended], action: Action, edit: Edit
    ) -> None:
        """Record changes that were worked out together, as `store.bulk` does it."""
        with in_memory(self._connection, collection) as spool:
            spool.amend(found)
            self.pour(spool, action, edit)

    def tell(self, what: str, done: int, total: int) -> None:
        """Tell the writers who wait that `done` of `total` of this write is done."""
        if self._held is not None:
            self._held.tell(what, done, total)

    def pour(
        self, spool: Spool, action: Action, edit: Edit, progress: Progress | None = None
    ) -> None:
        """Record what a spool holds.

        Parameters
        ----------
        spool
            Rows that were checked, and that nobody has changed since.
        action, edit
            What all their entries have in common.
        progress
            Told how many rows are written, of how many.
        """
        pour(self._connection, spool, action, edit, self._moment, progress)
        self._touch(spool.collection, spool.extent())

    def _refuse_simulated(self, collection: Collection, ids: Sequence[str]) -> None:
        if ids and not self.register().simulated:
            text = f"正式登记库不接收模拟数据：{collection} 中编号 {ids[0]!r} 等记录标为模拟"
            raise ImportRejected(text, code="simulated")

    def _require_estates(self, named: Sequence[object]) -> None:
        ids = {str(id) for id in named if id is not None}
        sources = adopted_sources(self._connection, Collection.ESTATES)
        unknown = ids.difference(
            *(self._present(source.rows, ids, source.only) for source in sources)
        )
        if unknown:
            text = f"设施所属的小区不在登记库中：{_some(sorted(unknown))}。请先登记小区"
            raise InvalidInput(text, code="unknown_estate")

    def _refuse_known(self, table: sa.Table, ids: set[str], title: str) -> None:
        known = self._present(table, ids)
        if table.name in {name.value for name in LAYERS}:
            for source in adopted_sources(self._connection, Collection(table.name))[1:]:
                known |= self._present(source.rows, ids)
        if known:
            text = f"{title} 中已有这些编号：{_some(sorted(known))}"
            raise InvalidInput(text, code="already_there")

    def _present(
        self,
        rows: sa.FromClause,
        ids: Listing[str],
        only: Iterable[sa.ColumnElement[bool]] = (),
    ) -> set[str]:
        query = sa.select(rows.c.id).where(sqlite.listed(rows.c.id, ids), *only)
        return set(self._connection.execute(query).scalars())

    def _touch(self, collection: Collection, added: Box | None) -> None:
        """Note the change, and the extent that `added` widens."""
        extent = united(self.extent(collection), added)
        touch(self._connection, LAYERS[collection].table, extent)

    def count_up(self) -> None:
        """Raise the data version; ``Store.write`` does it before it commits."""
        raised = {"data_version": register.c.data_version + 1}
        self._connection.execute(sa.update(register).values(raised))


def _standard_row(record: Standard) -> Row:
    row: Row = {field.name: getattr(record, field.name) for field in fields(Standard)}
    if record.value is not None:
        row["value"] = f"{record.value:f}"
    return row


def _some(ids: Sequence[str]) -> str:
    shown = "、".join(ids[:5])
    return shown if len(ids) <= 5 else f"{shown} 等 {len(ids)} 个"
