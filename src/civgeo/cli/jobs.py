"""``civgeo jobs``: what waits, runs, and is done."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, settings, table, today

if TYPE_CHECKING:
    from civgeo.services.city import City

__all__ = ["group"]

group = typer.Typer(no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="ID", help=_("任务编号"))]


@contextmanager
def _city(context: typer.Context) -> "Iterator[City]":
    from civgeo.services.city import City
    from civgeo.store.store import Store

    with Store.open(settings(context).store) as store:
        yield City(store, today())


@group.command("list", help=_("列出最近的任务"))
def list_jobs(context: typer.Context) -> None:
    """List the newest jobs."""
    from civgeo.services.jobs import book_of, job_document

    with _city(context) as city:
        found = [job_document(job) for job in book_of(city).jobs()]
    if session(context).as_json:
        for told in found:
            typer.echo(json.dumps(told, ensure_ascii=False))
        return
    keys = ("job", "kind", "state_zh", "progress", "created", "message")
    rows = [[str(told[key]) for key in keys] for told in found]
    labels = [_("编号"), _("种类"), _("状态"), _("进度"), _("提交时间"), _("说明")]
    table(_("任务"), labels, rows)


@group.command("show", help=_("一个任务的状态与结果"))
def show(context: typer.Context, id: Id) -> None:
    """Print one job with its result."""
    from civgeo.services.jobs import book_of, job_document

    with _city(context) as city:
        job = book_of(city).get(id)
    told = job_document(job) | {"result": job.result}
    typer.echo(json.dumps(told, ensure_ascii=False, indent=2))


@group.command("cancel", help=_("取消任务：排队的不再做，进行中的立即终止"))
def cancel(context: typer.Context, id: Id) -> None:
    """Cancel a job."""
    from civgeo.services import jobs

    with _city(context) as city:
        jobs.cancel(city, id)
    messages.print(f"{_('已取消')}: {id}", markup=False)
