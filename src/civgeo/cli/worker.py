"""``civgeo worker``: runs waiting jobs, each in a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, reading_limits, session, settings, today

if TYPE_CHECKING:
    from types import FrameType

    from civgeo.store.jobs import JobBook

__all__ = ["beside", "worker"]

POLL_SECONDS = 0.3
GRACE_SECONDS = 5.0


def worker(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help=_("做完排队的任务就退出"))] = False,
    job: Annotated[str | None, typer.Option(hidden=True)] = None,
    parent: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Claim jobs in the order in which they came, until interrupted."""
    from civgeo.services.city import City
    from civgeo.services.jobs import run
    from civgeo.store.jobs import JobBook
    from civgeo.store.store import Store

    folder = settings(context).store
    if job is not None:
        with Store.open(folder) as store:
            done = run(City(store, today(), reading_limits(context)), job)
        raise typer.Exit(0 if done else 3)
    Store.open(folder).close()
    signal.signal(signal.SIGTERM, _stop)
    if session(context).verbosity >= 0 and parent is None:
        messages.print(_("等待任务，按 Ctrl+C 停止"))
    book = JobBook(folder)
    book.recover()
    with suppress(KeyboardInterrupt):
        _serve(book, folder, once=once, parent=parent)


def _stop(number: int, frame: "FrameType | None") -> None:
    raise KeyboardInterrupt


def _serve(book: "JobBook", folder: Path, *, once: bool, parent: int | None) -> None:
    from civgeo.store.jobs import this_process

    me = this_process()
    while parent is None or os.getppid() == parent:
        claimed = book.claim(me)
        if claimed is not None:
            _run_apart(book, folder, claimed.id)
        elif once:
            return
        else:
            time.sleep(POLL_SECONDS)


def _run_apart(book: "JobBook", folder: Path, id: str) -> None:
    """Run one job in a child process, which ends when the job is cancelled or we are."""
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and command
        [sys.executable, "-m", "civgeo", "--store", str(folder), "-q", "worker", "--job", id],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        while child.poll() is None:
            time.sleep(POLL_SECONDS)
            if book.get(id).state.is_over:
                _end(child)
    finally:
        # a job that is neither done nor cancelled by now was lost with its process
        _end(child)
        book.lost(id)


def _end(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is not None:
        return
    with suppress(subprocess.TimeoutExpired):
        child.wait(POLL_SECONDS)
        return
    child.terminate()
    try:
        child.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


@contextmanager
def beside(folder: Path) -> Iterator[None]:
    """A worker as a child of this process; it ends with the block, or when this process does."""
    arguments = [sys.executable, "-m", "civgeo", "--store", str(folder), "-q", "worker"]
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and command
        [*arguments, "--parent", str(os.getpid())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        child.terminate()
        _end(child)
