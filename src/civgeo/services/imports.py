"""Importing a file: stage, pre-check, confirm, undo. All rows of a file go in, or none."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from civgeo.domain.history import Edit
from civgeo.errors import (
    ImportRejected,
    InvalidInput,
    NotFound,
    RuleViolation,
    StoreUnavailable,
)
from civgeo.formats import jail
from civgeo.formats.confinement import Limits
from civgeo.formats.facts import Facts, ReadRequest
from civgeo.services import import_batches
from civgeo.services.city import City
from civgeo.services.import_batches import Batch, BatchState, ImportRequest
from civgeo.services.import_kinds import kind_named
from civgeo.services.import_rows import expected_headers
from civgeo.services.import_undoing import take_back
from civgeo.services.import_writing import ATTEMPTS, Overtaken, Planning
from civgeo.store.batches import Batch as Recorded
from civgeo.store.batches import batches, batches_like, was_undone
from civgeo.store.reading import Reading
from civgeo.store.undoing import Undone

__all__ = [
    "Confirmed",
    "confirm",
    "discard",
    "examine",
    "facts_file",
    "imports",
    "look_up",
    "receive",
    "reconsidered",
    "stage",
    "undo",
]

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a confirmed batch wrote.

    Parameters
    ----------
    batch
        The batch.
    created, changed
        Records that are new, and records that were changed.
    already
        Whether it was in the store before, and nothing was written now.
    """

    batch: Batch
    created: int
    changed: int
    already: bool = False


def _silent(label: str, done: int, total: int) -> None:
    """Say nothing."""


def stage(
    city: City,
    file: Path,
    kind: str,
    request: ImportRequest | None = None,
    *,
    file_name: str | None = None,
    progress: Progress = _silent,
) -> Batch:
    """Take `file` in as a new batch and pre-check it; nothing is written to the store.

    Parameters
    ----------
    city
        The city.
    file
        As it came.
    kind
        Name of an entry of `import_kinds.KINDS`.
    request
        How the officer wants it to be taken.
    file_name
        Its name where the file on disk has another one.
    progress
        Called with a step, how much of it is done, and how much there is.

    Returns
    -------
    Batch
        With its pre-check. It stays for 24 hours.

    Raises
    ------
    NotFound
        When there is no such file.
    ImportRejected
        When the file is of no accepted format, hostile, damaged, too large, or takes too long.
    InvalidInput
        When there is no such kind.
    StoreUnavailable
        When the disk is full; nothing of the file stays.
    """
    progress("接收文件", 0, 1)
    batch = receive(city, file, kind, request, file_name=file_name)
    progress("接收文件", 1, 1)
    try:
        return examine(city, batch.id, progress=progress)
    except (OSError, StoreUnavailable):
        import_batches.discard(batch)
        raise


def receive(
    city: City,
    file: Path,
    kind: str,
    request: ImportRequest | None = None,
    *,
    file_name: str | None = None,
) -> Batch:
    """Take `file` in without pre-checking it; parameters and errors as for `stage`."""
    batch = import_batches.receive(city.store, file, kind, file_name=file_name)
    batch = replace(batch, request=request or ImportRequest())
    import_batches.save(batch)
    return batch


def reconsidered(city: City, id: str, request: ImportRequest) -> Batch:
    """The batch, to be pre-checked anew with another request; raises as `examine`."""
    batch = replace(_open(city, id), request=request, precheck=None, state=BatchState.RECEIVED)
    import_batches.save(batch)
    return batch


def _open(city: City, id: str) -> Batch:
    batch = import_batches.open_batch(city.store, id)
    if batch.state in (BatchState.CONFIRMED, BatchState.UNDONE):
        text = f"批次 {id} {batch.state.label_zh}，不能再预检：请重新上传"
        raise RuleViolation(text, code="batch_closed")
    return batch


def examine(
    city: City, id: str, request: ImportRequest | None = None, *, progress: Progress = _silent
) -> Batch:
    """Pre-check a batch, anew with another request where one is given.

    Raises
    ------
    NotFound
        When there is no such batch.
    RuleViolation
        When it was confirmed already.
    ImportRejected
        As `stage`; the batch is thrown away then.
    """
    batch = _open(city, id)
    batch = replace(batch, request=request or batch.request)
    progress("读取文件", 0, 1)
    try:
        facts = _read(batch, city.reading)
    except ImportRejected:
        import_batches.discard(batch)
        raise
    progress("读取文件", 1, 1)
    progress("预检", 0, max(1, facts.rows))
    with city.store.read() as reading:
        found = Planning(city, batch, facts, progress).make(reading)
    progress("预检", max(1, facts.rows), max(1, facts.rows))
    batch = replace(batch, precheck=found, state=found.state)
    import_batches.save(batch)
    return batch


def _read(batch: Batch, limits: Limits) -> Facts:
    """Facts of the file, from the jail; what it read before in the same way is used again."""
    asked = batch.request
    request = ReadRequest(
        layer=asked.layer,
        encoding=asked.encoding,
        header_row=asked.header_row,
        expected_headers=expected_headers(kind_named(batch.kind)),
    )
    limits = jail.limits_for(batch.source, limits)
    return jail.read_file(batch.source, batch.folder, request, limits=limits).facts


def look_up(city: City, id: str) -> Batch:
    """The batch called `id`, as it stands; raises NotFound."""
    return import_batches.open_batch(city.store, id)


def discard(city: City, id: str) -> None:
    """Throw an upload away; what was confirmed stays in the store. Raises NotFound."""
    import_batches.discard(import_batches.open_batch(city.store, id))


def confirm(city: City, id: str, edit: Edit, *, progress: Progress = _silent) -> Confirmed:
    """Write a pre-checked batch to the store, in one transaction.

    What was recorded since the pre-check is taken into account; if that makes a row an error,
    nothing is written.

    Parameters
    ----------
    city, id
        The city and the batch.
    edit
        Who imports it, on the strength of what, and from when it holds; its batch is set here.
    progress
        As for `stage`.

    Raises
    ------
    NotFound
        When there is no such batch.
    ImportRejected
        When it has errors or open questions (code ``batch_not_ready``).
    StaleEdit, RuleViolation, InvalidInput
        When a record was changed meanwhile in a way that stands against it, or the batch was
        undone.
    """
    batch = import_batches.open_batch(city.store, id)
    facts = Facts.read(facts_file(batch))
    planning = Planning(city, batch, facts, progress)
    ours, rows = replace(edit, batch=batch.name_in_history), max(1, facts.rows)
    for attempt in range(1, ATTEMPTS + 1):
        progress("核对", 0, rows)
        with city.store.read() as reading:
            done = _recorded(reading, batch)
            if done is not None:
                return _already(batch, done)
            found = planning.ready(reading, ours)
        progress("核对", rows, rows)
        progress("写入", 0, rows)
        try:
            with city.store.write(planning.file) as writing:
                done = _recorded(writing, batch)
                if done is not None:
                    return _already(batch, done)
                if attempt < ATTEMPTS:
                    written = planning.write(writing, ours)
                else:
                    found, written = planning.write_anew(writing, ours)
            break
        except Overtaken:
            continue
    progress("写入", rows, rows)
    planning.discard()
    batch = replace(batch, precheck=found, state=BatchState.CONFIRMED)
    import_batches.save(batch)
    return Confirmed(batch, *written)


def facts_file(batch: Batch) -> Path:
    """Facts of a batch whose file the jail has read; ImportRejected before that."""
    file = batch.folder / "checked" / "facts.json"
    if not file.is_file():
        raise ImportRejected(f"批次 {batch.id} 还没有预检：请先预检", code="batch_not_ready")
    return file


def _recorded(reading: Reading, batch: Batch) -> Recorded | None:
    """The batch in which the same file was written; a batch that was undone is not taken again."""
    if was_undone(reading, batch.name_in_history):
        text = f"批次 {batch.id} 已撤销，不能再导入：请重新上传"
        raise RuleViolation(text, code="batch_closed")
    found = batches_like(reading, f"%:{batch.fingerprint}")
    return next((batch for batch in found if not batch.undone), None)


def _already(batch: Batch, done: Recorded) -> Confirmed:
    if batch.name_in_history == done.name and batch.state is not BatchState.CONFIRMED:
        import_batches.save(replace(batch, state=BatchState.CONFIRMED))
    return Confirmed(batch, done.created, done.changed, already=True)


def undo(city: City, id: str, edit: Edit, *, progress: Progress = _silent) -> Undone:
    """Take a confirmed batch back: its new records never were, the others are as before it.

    Parameters
    ----------
    city
        The city.
    id
        The batch, also one whose upload was cleared away.
    edit
        Who takes it back, on the strength of what.
    progress
        As for `stage`.

    Raises
    ------
    NotFound
        When the history has no such batch.
    RuleViolation
        When it was undone before, or records were edited since; the message lists them.
    """
    if not id or not all(char.isalnum() or char == "-" for char in id):
        raise InvalidInput(f"批次编号“{id[:40]}”不合格式：请用 civgeo imports 查看")
    undone = take_back(city, id, edit, progress)
    try:
        batch = import_batches.open_batch(city.store, id)
    except NotFound:
        return undone
    import_batches.save(replace(batch, state=BatchState.UNDONE))
    return undone


def imports(city: City) -> tuple[Recorded, ...]:
    """All batches in the history, the newest first."""
    with city.store.read() as reading:
        return batches(reading)
