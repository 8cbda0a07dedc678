"""A batch taken back: worked out before the turn to write, and written in one go."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from civgeo.domain.history import Action, Edit
from civgeo.errors import NotFound
from civgeo.services.city import City
from civgeo.services.import_batches import staging_folder
from civgeo.services.import_writing import ATTEMPTS, Overtaken
from civgeo.store.batches import UNDO, Batch, batches_like
from civgeo.store.bulk import pending_ids, refuse_touched
from civgeo.store.plans import PlanBook, plan_book, sequence_of, touched_since
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection
from civgeo.store.undoing import (
    Undone,
    as_before_batch,
    refuse_occupied,
    refuse_undone,
    undo_batch,
)
from civgeo.store.writing import Writing

__all__ = ["take_back"]

Progress = Callable[[str, int, int], None]


def take_back(city: City, id: str, edit: Edit, progress: Progress) -> Undone:
    """Take a batch back; parameters and errors as for `imports.undo`."""
    for attempt in range(1, ATTEMPTS + 1):
        with _draft(city) as file:
            with city.store.read() as reading:
                found = _found(reading, id)
                undone = _prepared(reading, file, found, progress)
            try:
                with city.store.write(file) as writing:
                    if attempt == ATTEMPTS:
                        return undo_batch(writing, found.name, edit)
                    _write(writing, found, edit, progress)
            except Overtaken:
                continue
        progress("撤销", 1, 1)
        return undone
    raise AssertionError(id)


@contextmanager
def _draft(city: City) -> Iterator[Path]:
    """A file for what is worked out; it goes with the block."""
    folder = staging_folder(city.store)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"undo-{secrets.token_hex(8)}"
    try:
        yield file
    finally:
        file.unlink(missing_ok=True)


def _found(reading: Reading, id: str) -> Batch:
    found = batches_like(reading, f"{id}:%")
    if not found:
        text = f"历史中没有批次 {id[:40]}：请用 civgeo imports 查看"
        raise NotFound(text, code="batch_missing")
    refuse_undone(reading, found[0].name)
    return found[0]


def _prepared(reading: Reading, file: Path, batch: Batch, progress: Progress) -> Undone:
    """Work out what brings the records to what they were before."""
    total = batch.created + batch.changed
    taken_back = done = 0
    progress("核对", 0, total)
    with plan_book(file, Collection(batch.collection), anew=True) as book:
        for created, found in as_before_batch(reading, batch.name):
            book.amend(found)
            taken_back += created
            done += len(found)
            progress("核对", done, total)
        book.note({"sequence": str(sequence_of(reading))})
    return Undone(taken_back, done - taken_back)


def _write(writing: Writing, batch: Batch, edit: Edit, progress: Progress) -> None:
    collection = Collection(batch.collection)
    book = PlanBook.beside(writing, collection)
    refuse_undone(writing, batch.name)
    since = touched_since(writing, int(book.facts()["sequence"]))
    if book.amended_among(since.get(collection.value, set())):
        raise Overtaken
    refuse_touched(writing, collection, book.amended_among(pending_ids(writing, collection)))
    refuse_occupied(writing, collection, batch.name)
    ours = replace(edit, valid_from=None, valid_to=None, batch=f"{UNDO}{batch.name}")

    def told(done: int, total: int) -> None:
        writing.tell(f"撤销 {batch.created + batch.changed:,} 条", done, total)
        progress("撤销", done, total)

    writing.pour(book, Action.RESTORE, ours, told)
