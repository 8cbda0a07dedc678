"""Long work that waits for a worker, in a small file of its own beside the store.

A job is no fact: it says what somebody asked for and how far that has come, and may be lost with
nothing lost. So it stands neither in the GeoPackage, whose backups and versions it would change
twice a second, nor in the history.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from uuid import uuid4

import orjson
import sqlalchemy as sa

from civgeo.errors import NotFound, RuleViolation
from civgeo.store.sqlite import Access, engine, errors_in_words

__all__ = ["FILE_NAME", "Job", "JobBook", "JobState", "this_process"]

FILE_NAME = "jobs.sqlite"
MOST_ATTEMPTS = 3
KEPT_JOBS = 1000

Arguments = Mapping[str, object]
_metadata = sa.MetaData()
_jobs = sa.Table(
    "job",
    _metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("kind", "arguments", "state")),
    sa.Column("idempotent", sa.Boolean, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("progress", sa.Double, nullable=False, default=0.0),
    sa.Column("message", sa.Text, nullable=False, default=""),
    sa.Column("created", sa.Text, nullable=False),
    *(sa.Column(name, sa.Text) for name in ("started", "finished", "worker", "result")),
    sa.CheckConstraint("progress BETWEEN 0 AND 1", name="ck_job_progress"),
    sa.Index("ix_job_state", "state", "number"),
    sqlite_autoincrement=True,
)


class JobState(StrEnum):
    """How far a job has come."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def label_zh(self) -> str:
        """State in Chinese."""
        labels = {"queued": "排队", "running": "进行中", "done": "完成", "failed": "失败"}
        return labels.get(self.value, "已取消")

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Job:
    """One job.

    Parameters
    ----------
    id, kind, arguments
        What was asked for.
    state, progress, message
        How far it has come: progress from 0 to 1, and the step in Chinese, or why it failed.
    created, started, finished
        Moments, UTC.
    worker
        Process that runs it, as `this_process` names it.
    result
        What came of it, when it is done.
    """

    id: str
    kind: str
    arguments: Arguments
    state: JobState
    progress: float
    message: str
    created: datetime
    started: datetime | None
    finished: datetime | None
    worker: str | None
    result: Arguments | None


class JobBook:
    """The jobs of one store; any number of processes may share the file."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / FILE_NAME
        self._engine = engine(self.file, Access.CREATE)
        with self._writing() as connection:
            _metadata.create_all(connection, checkfirst=True)

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with errors_in_words(self.file), self._engine.begin() as connection:
            yield connection

    def submit(self, kind: str, arguments: Arguments, *, idempotent: bool) -> str:
        """Put a job at the end of the queue; returns its id.

        Parameters
        ----------
        kind, arguments
            What is to be done; the arguments as JSON.
        idempotent
            Whether it may be begun again after the worker has died.
        """
        id = str(uuid4())
        row = {
            "id": id,
            "kind": kind,
            "arguments": orjson.dumps(dict(arguments)).decode(),
            "state": JobState.QUEUED,
            "idempotent": idempotent,
            "created": _now(),
        }
        with self._writing() as connection:
            connection.execute(sa.insert(_jobs).values(row))
            newest = sa.select(sa.func.max(_jobs.c.number)).scalar_subquery()
            over = [state for state in JobState if state.is_over]
            old = sa.and_(_jobs.c.number <= newest - KEPT_JOBS, _jobs.c.state.in_(over))
            connection.execute(sa.delete(_jobs).where(old))
        return id

    def get(self, id: str) -> Job:
        """The job called `id`; raises NotFound."""
        with self._writing() as connection:
            row = connection.execute(sa.select(_jobs).where(_jobs.c.id == id)).first()
        if row is None:
            raise NotFound(f"没有任务 {id[:60]!r}：请用 civgeo jobs list 查看", code="job_missing")
        return _job(row)

    def jobs(self, limit: int = 50) -> list[Job]:
        """The newest jobs, the newest first."""
        query = sa.select(_jobs).order_by(_jobs.c.number.desc()).limit(limit)
        with self._writing() as connection:
            return [_job(row) for row in connection.execute(query)]

    def claim(self, worker: str) -> Job | None:
        """Take the job that has waited longest, None when none waits."""
        query = sa.select(_jobs).where(_jobs.c.state == JobState.QUEUED).order_by(_jobs.c.number)
        with self._writing() as connection:
            row = connection.execute(query.limit(1)).first()
            if row is None:
                return None
            values = {
                "state": JobState.RUNNING,
                "worker": worker,
                "started": _now(),
                "attempts": row.attempts + 1,
                "progress": 0.0,
                "message": "",
            }
            connection.execute(sa.update(_jobs).where(_jobs.c.id == row.id).values(values))
            return _job(connection.execute(sa.select(_jobs).where(_jobs.c.id == row.id)).one())

    def report(self, id: str, progress: float, message: str) -> None:
        """Note how far a running job is; a job that is over stays as it is."""
        values = {"progress": min(1.0, max(0.0, progress)), "message": message}
        with self._writing() as connection:
            connection.execute(sa.update(_jobs).where(_running(id)).values(values))

    def finish(self, id: str, result: Arguments) -> bool:
        """Note the result of a running job; False when it is over already."""
        values = {"result": orjson.dumps(dict(result)).decode(), "progress": 1.0}
        return self._end(id, JobState.DONE, values)

    def fail(self, id: str, message: str, code: str = "failed") -> bool:
        """Note why a running job failed; False when it is over already."""
        result = orjson.dumps({"code": code, "message": message}).decode()
        return self._end(id, JobState.FAILED, {"message": message, "result": result})

    def _end(self, id: str, state: JobState, values: Mapping[str, object]) -> bool:
        told = {**values, "state": state, "finished": _now()}
        with self._writing() as connection:
            done = connection.execute(sa.update(_jobs).where(_running(id)).values(told))
            return done.rowcount == 1

    def cancel(self, id: str) -> Job:
        """Cancel a job that waits or runs; its worker ends the process that runs it.

        Raises
        ------
        NotFound
            When there is no such job.
        RuleViolation
            When it is over.
        """
        open_ = _jobs.c.state.in_([JobState.QUEUED, JobState.RUNNING])
        values = {"state": JobState.CANCELLED, "finished": _now()}
        with self._writing() as connection:
            update = sa.update(_jobs).where(_jobs.c.id == id, open_).values(values)
            done = connection.execute(update).rowcount
        found = self.get(id)
        if not done and found.state is not JobState.CANCELLED:
            raise RuleViolation(f"任务{found.state.label_zh}，不能取消", code="job_over")
        return found

    def lost(self, id: str) -> None:
        """Queue a job again whose process has died, or fail it where it must not run twice."""
        text = "运行任务的进程意外终止"
        with self._writing() as connection:
            row = connection.execute(sa.select(_jobs).where(_running(id))).first()
            if row is None:
                return
            again = row.idempotent and row.attempts < MOST_ATTEMPTS
            values: dict[str, object] = {"state": JobState.QUEUED, "worker": None, "progress": 0.0}
            if not again:
                failed = orjson.dumps({"code": "worker_died", "message": text}).decode()
                values = {"state": JobState.FAILED, "message": text, "result": failed}
                values["finished"] = _now()
            connection.execute(sa.update(_jobs).where(_jobs.c.id == id).values(values))

    def recover(self) -> None:
        """Deal with running jobs whose workers are gone, after a restart."""
        query = sa.select(_jobs.c.id, _jobs.c.worker).where(_jobs.c.state == JobState.RUNNING)
        with self._writing() as connection:
            running = connection.execute(query).all()
        for id, worker in running:
            if worker is None or not _is_alive(worker):
                self.lost(id)


def _running(id: str) -> sa.ColumnElement[bool]:
    return sa.and_(_jobs.c.id == id, _jobs.c.state == JobState.RUNNING)


def _job(row: sa.Row[tuple[object, ...]]) -> Job:
    return Job(
        id=row.id,
        kind=row.kind,
        arguments=orjson.loads(row.arguments),
        state=JobState(row.state),
        progress=row.progress,
        message=row.message,
        created=datetime.fromisoformat(row.created),
        started=None if row.started is None else datetime.fromisoformat(row.started),
        finished=None if row.finished is None else datetime.fromisoformat(row.finished),
        worker=row.worker,
        result=None if row.result is None else orjson.loads(row.result),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def this_process(pid: int | None = None) -> str:
    """Name of a process that no later one with the same number has (on Linux)."""
    number = os.getpid() if pid is None else pid
    return f"{number}:{_begun(number)}"


def _begun(pid: int) -> str:
    """When the process began, in ticks of the kernel; empty where nobody tells."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return text.rpartition(")")[2].split()[19]


def _is_alive(worker: str) -> bool:
    pid, _, begun = worker.partition(":")
    if sys.platform == "linux":
        return bool(begun) and _begun(int(pid)) == begun
    try:
        os.kill(int(pid), 0)
    except OSError:
        return False
    return True
