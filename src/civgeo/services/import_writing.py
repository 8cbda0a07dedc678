"""The plan of a batch: made by the pre-check, brought up to date and written when confirmed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from civgeo.domain.history import Action, Edit
from civgeo.errors import ImportRejected, StoreUnavailable
from civgeo.formats.facts import Facts
from civgeo.services.city import City
from civgeo.services.import_batches import Batch, BatchState, Counts, PreCheck
from civgeo.services.import_check import check, enter_plan
from civgeo.services.import_judging import Judge
from civgeo.services.import_kinds import kind_named
from civgeo.services.import_plan import identity_keys, key_text
from civgeo.services.import_rows import Part
from civgeo.services.import_tally import wrong_rows
from civgeo.store.bulk import corrections, pending_ids, refuse_touched, revivals
from civgeo.store.disk import keep
from civgeo.store.plans import PlanBook, plan_book, sequence_of, touched_since
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection
from civgeo.store.writing import Writing

__all__ = ["ATTEMPTS", "Overtaken", "Planning"]

ATTEMPTS = 3
"""So often a file is judged outside the turn to write; then within it, where nobody overtakes."""

MOST_REJUDGED = 2_000
"""When more rows are about records that were written since, the whole file is judged anew."""

_UNREADABLE = ("store_damaged", "not_a_store", "store_missing", "store_unavailable")
Progress = Callable[[str, int, int], None]


class Overtaken(Exception):
    """While the write waited for its turn, others wrote what the plan rests on."""


@dataclass(frozen=True, slots=True)
class Planning:
    """The plan of one batch.

    Parameters
    ----------
    city, batch, facts
        The city, the batch, and what the jail found out about its file.
    progress
        Called with the step, how much of it is done, and how much there is.
    """

    city: City
    batch: Batch
    facts: Facts
    progress: Progress

    @property
    def file(self) -> Path:
        """Where the plan lies."""
        return self.batch.folder / "plan.sqlite"

    @property
    def collection(self) -> Collection:
        """What is imported."""
        return kind_named(self.batch.kind).collection

    def make(self, reading: Reading) -> PreCheck:
        """Pre-check the batch and keep the plan where it can be confirmed."""
        with plan_book(self.file, self.collection, anew=True) as book:
            found = self._check(reading, book)
            book.note(
                {
                    "sequence": str(sequence_of(reading)),
                    "today": self.city.today.isoformat(),
                    "fingerprint": self.batch.fingerprint,
                }
            )
        if found.state is BatchState.READY:
            keep(self.file)
        else:
            self.discard()
        return found

    def _check(self, reading: Reading, book: PlanBook) -> PreCheck:
        city, batch = self.city, self.batch
        return check(
            *(city.store, reading, batch, self.facts, city.today),
            book=book,
            progress=self.progress,
        )

    def discard(self) -> None:
        """Throw the plan away."""
        self.file.unlink(missing_ok=True)

    def ready(self, reading: Reading, edit: Edit) -> PreCheck:
        """The pre-check as it is now, and everything ready for a write by `edit`.

        What was planned holds on where nothing was recorded since that concerns it.

        Raises
        ------
        ImportRejected
            When the file cannot be imported (any more).
        """
        found = self._brought_up(reading) or self.make(reading)
        _require_ready(found)
        with plan_book(self.file, self.collection) as book:
            book.forget_amendments()
            self._amend(reading, book, edit)
        return found

    def _brought_up(self, reading: Reading) -> PreCheck | None:
        """The pre-check, when the plan that it made still holds or could be brought up to date."""
        before = self.batch.precheck
        if before is None or before.state is not BatchState.READY or not self.file.is_file():
            return None
        try:
            with plan_book(self.file, self.collection) as book:
                facts = book.facts()
                here = facts.get("fingerprint"), facts.get("today")
                if here != (self.batch.fingerprint, self.city.today.isoformat()):
                    return None
                if not self.catch_up(reading, book):
                    return None
                counts = book.counts()
        except StoreUnavailable as error:
            if error.code not in _UNREADABLE:
                raise
            return None
        new = counts.get("new", 0) + counts.get("again", 0)
        if not new and not counts.get("changed"):
            return None
        left = counts.get("changed", 0), counts.get("unchanged", 0)
        return replace(before, counts=Counts(new, *left), data_version=reading.data_version())

    def catch_up(self, reading: Reading, book: PlanBook, edit: Edit | None = None) -> bool:
        """Bring the plan up to what was recorded since; False when it has to be made anew.

        Parameters
        ----------
        reading
            A read, or the transaction that is going to write.
        book
            The plan.
        edit
            Given when its amendments are ready too.
        """
        since, now = int(book.facts()["sequence"]), sequence_of(reading)
        if since == now:
            return True
        touched = touched_since(reading, since)
        judge = Judge(self.city.store, reading, self.batch, self.facts, self.city.today)
        if touched.keys() & _rests_on(judge):
            return False
        own = touched.get(self.collection.value, set())
        if own and not self._rejudge(judge, book, own, edit):
            return False
        book.note({"sequence": str(now)})
        return True

    def _rejudge(self, judge: Judge, book: PlanBook, touched: set[str], edit: Edit | None) -> bool:
        """Judge the rows again that are about `touched` records; False when that is not enough."""
        if not judge.is_streamed or len(touched) > MOST_REJUDGED:
            return False
        records = judge.reading.features(self.collection, ids=touched)
        places = book.about(touched, _key_texts(identity_keys(records, judge.kind.identity)))
        if not places:
            return True
        if len(places) > MOST_REJUDGED:
            return False
        candidates = touched | {id for id, _, _ in book.names(places).values()}
        judged = judge.judge(Part(places=sorted(places)), candidates)
        if wrong_rows(judged.findings) or wrong_rows(judged.outside):
            return False
        ids, keys = judged.plan.whole["id"].astype(str), _key_texts(judged.plan.keys)
        if {*book.about(ids.tolist(), keys)} - {*places}:
            return False
        book.forget_rows(places)
        enter_plan(book, judged)
        if edit is not None:
            self._amend(judge.reading, book, edit, places)
        return True

    def _amend(
        self, reading: Reading, book: PlanBook, edit: Edit, places: list[int] | None = None
    ) -> None:
        """Work out what changed records come to, all or those of some rows."""
        total, done = self.facts.rows, 0
        for rows in book.revivals(places):
            book.amend(revivals(reading, self.collection, rows, edit))
        for page in book.changes(places):
            given = {id: change for id, (change, _) in page.items()}
            versions = {id: version for id, (_, version) in page.items()}
            book.amend(corrections(reading, self.collection, given, edit, versions))
            done += len(page)
            self.progress("核对", min(done, total - 1), total)

    def write(self, writing: Writing, edit: Edit) -> tuple[int, int]:
        """Write the plan; returns how many records are new, and how many are changed.

        Raises
        ------
        Overtaken
            When the plan has to be made anew.
        """
        book = PlanBook.beside(writing, self.collection)
        if not self.catch_up(writing, book, edit):
            raise Overtaken
        return self._pour(writing, book, edit)

    def write_anew(self, writing: Writing, edit: Edit) -> tuple[PreCheck, tuple[int, int]]:
        """Judge the whole file within the write, and write it; raises as `ready`."""
        writing.tell(f"导入 {self.facts.rows:,} 行", 0, self.facts.rows)
        book = PlanBook.in_memory(writing, self.collection)
        found = self._check(writing, book)
        _require_ready(found)
        self._amend(writing, book, edit)
        return found, self._pour(writing, book, edit)

    def _pour(self, writing: Writing, book: PlanBook, edit: Edit) -> tuple[int, int]:
        pending = pending_ids(writing, self.collection)
        refuse_touched(writing, self.collection, book.amended_among(pending))

        def told(done: int, total: int) -> None:
            writing.tell(f"导入 {self.facts.rows:,} 行", done, total)
            self.progress("写入", min(done, total - 1), total)

        writing.pour(book, Action.IMPORT, edit, told)
        return book.written()


def _require_ready(found: PreCheck) -> None:
    if found.state is not BatchState.READY:
        raise ImportRejected(f"不能导入：{found.message}", code="batch_not_ready")


def _rests_on(judge: Judge) -> set[str]:
    """Registers on which what is said of every row rests."""
    found = {Collection.DIVISIONS.value, Collection.BOUNDARY_LINES.value, "standards"}
    found -= {judge.kind.collection.value}
    return found | ({Collection.ESTATES.value} if judge.names_estates else set())


def _key_texts(keys: Iterable[object]) -> list[str]:
    texts = (key_text(key) for key in keys)
    return [text for text in texts if text is not None]
