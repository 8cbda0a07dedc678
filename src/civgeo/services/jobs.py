"""Long work outside the request: submitted, claimed by a worker, run in a process of its own."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from civgeo.domain.history import Edit
from civgeo.errors import CivgeoError, InvalidInput, NotFound
from civgeo.services import imports
from civgeo.services.city import City
from civgeo.services.import_batches import ImportRequest
from civgeo.services.import_report import batch_document
from civgeo.store.jobs import Job, JobBook, JobState

__all__ = [
    "Job",
    "JobState",
    "book_of",
    "cancel",
    "edit_arguments",
    "job_document",
    "result_of",
    "run",
    "submit",
]

REPORT_SECONDS = 0.5
"""Progress within a step is noted twice a second at most."""

Arguments = Mapping[str, object]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a kind of job does, and whether it may be begun again after the worker has died."""

    run: Callable[[City, Arguments, Progress], Arguments]
    idempotent: bool


def _check(city: City, arguments: Arguments, progress: Progress) -> Arguments:
    request = arguments.get("request")
    own = ImportRequest(**request) if isinstance(request, dict) else None
    return batch_document(imports.examine(city, str(arguments["batch"]), own, progress=progress))


def _confirm(city: City, arguments: Arguments, progress: Progress) -> Arguments:
    edit = arguments["edit"]
    if not isinstance(edit, dict):
        raise InvalidInput("任务缺少经办人和依据文件")
    done = imports.confirm(city, str(arguments["batch"]), _edit(edit), progress=progress)
    counts = {"created": done.created, "changed": done.changed, "already": done.already}
    return batch_document(done.batch) | counts


def _layout(city: City, arguments: Arguments, progress: Progress) -> Arguments:
    # the solver and the compiler behind it take a second to import
    from civgeo.services.city_layout import layout_job

    return layout_job(city, arguments, progress)


def _graves(city: City, arguments: Arguments, progress: Progress) -> Arguments:
    from civgeo.services.graves_views import graves_job

    return graves_job(city, arguments, progress)


def _siting(city: City, arguments: Arguments, progress: Progress) -> Arguments:
    from civgeo.services.siting_views import siting_job

    return siting_job(city, arguments, progress)


def _edit(given: Mapping[str, object]) -> Edit:
    def day(name: str) -> date | None:
        value = given.get(name)
        return date.fromisoformat(value) if isinstance(value, str) else None

    return Edit(
        actor=str(given["actor"]),
        document=str(given["document"]),
        document_date=day("document_date"),
        valid_from=day("valid_from"),
        valid_to=day("valid_to"),
    )


def edit_arguments(edit: Edit) -> Arguments:
    """An edit as the arguments of a job hold it."""
    days = {"document_date": edit.document_date, "valid_from": edit.valid_from}
    days["valid_to"] = edit.valid_to
    texts = {name: None if day is None else day.isoformat() for name, day in days.items()}
    return {"actor": edit.actor, "document": edit.document, **texts}


_KINDS: Mapping[str, _Kind] = MappingProxyType(
    {
        "import-check": _Kind(_check, idempotent=True),
        # a batch that is in the history is not written again, so it may be begun again
        "import-confirm": _Kind(_confirm, idempotent=True),
        "layout": _Kind(_layout, idempotent=True),
        "graves": _Kind(_graves, idempotent=True),
        "siting": _Kind(_siting, idempotent=True),
    }
)


def book_of(city: City) -> JobBook:
    """The jobs of the city."""
    return JobBook(city.store.file.parent)


def submit(city: City, kind: str, arguments: Arguments) -> str:
    """Put a job in the queue; returns its id.

    Raises
    ------
    InvalidInput
        When there is no such kind.
    """
    if kind not in _KINDS:
        raise InvalidInput(f"没有“{kind[:40]}”这种任务，可用：{'、'.join(_KINDS)}")
    return book_of(city).submit(kind, arguments, idempotent=_KINDS[kind].idempotent)


def cancel(city: City, id: str) -> Job:
    """Cancel a job; raises NotFound, and RuleViolation when it is over."""
    return book_of(city).cancel(id)


def result_of(city: City, id: str) -> Arguments:
    """What came of a job that is done.

    Raises
    ------
    NotFound
        When there is no such job, or it has no result yet.
    """
    job = book_of(city).get(id)
    if job.result is None:
        text = f"任务 {id} {job.state.label_zh}，还没有结果"
        raise NotFound(text, code="job_unfinished")
    return job.result


def run(city: City, id: str) -> bool:
    """Run a claimed job here and now, and note its result; False when it failed.

    Errors of the work are noted with the job. Meant for the process that a worker starts.
    """
    book = book_of(city)
    job = book.get(id)
    said, step = 0.0, ""

    def progress(label: str, done: int, total: int) -> None:
        nonlocal said, step
        now = time.monotonic()
        if label != step or now - said >= REPORT_SECONDS:
            said, step = now, label
            book.report(id, done / total if total else 0.0, label)

    try:
        result = _KINDS[job.kind].run(city, job.arguments, progress)
    except CivgeoError as error:
        book.fail(id, error.message, error.code)
        return False
    return book.finish(id, result)


def job_document(job: Job) -> dict[str, object]:
    """A job as JSON, without its result."""
    return {
        "job": job.id,
        "kind": job.kind,
        "state": job.state.value,
        "state_zh": job.state.label_zh,
        "progress": round(job.progress, 3),
        "message": job.message,
        "created": job.created.isoformat(timespec="seconds"),
        "started": None if job.started is None else job.started.isoformat(timespec="seconds"),
        "finished": None if job.finished is None else job.finished.isoformat(timespec="seconds"),
    }
