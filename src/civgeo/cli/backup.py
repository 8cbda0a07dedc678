"""``civgeo backup`` and ``civgeo restore``."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, settings

__all__ = ["backup", "restore"]


def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("备份文件，如 备份.gpkg"))],
    keep: Annotated[int | None, typer.Option(help=_("文件名加上时间，并只保留最新的几份"))] = None,
) -> None:
    """Write a backup of the store; the service may go on meanwhile."""
    from civgeo.store.backup import back_up, keep_newest, rotated
    from civgeo.store.store import Store

    target = file if keep is None else rotated(file, datetime.now(UTC))
    with Store.open(settings(context).store) as store:
        manifest = back_up(store, target)
    gone = [] if keep is None else keep_newest(file, keep)
    if session(context).as_json:
        typer.echo(json.dumps(asdict(manifest), ensure_ascii=False))
        return
    messages.print(f"{_('已备份')}: {target}", markup=False)
    typer.echo(f"{manifest.sha256}  {target}")
    for old in gone:
        messages.print(f"{_('已删除旧备份')}: {old}", markup=False)


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("备份文件"))],
    verify: Annotated[
        bool, typer.Option("--verify", help=_("只演练：恢复到临时目录并逐项核对，不动登记库"))
    ] = False,
    directory: Annotated[
        Path | None, typer.Option("--dir", help=_("恢复到哪个文件夹（默认为库所在文件夹）"))
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help=_("原有登记库改名留在一旁，再恢复"))
    ] = False,
) -> None:
    """Bring a backup back, or only prove that it could be; exit code 3 when it cannot."""
    from civgeo.store import backup as backups

    if verify:
        outcome = backups.drill(file)
    else:
        place = directory or settings(context).store
        outcome = backups.restore(file, place, replace=replace)
    if session(context).as_json:
        typer.echo(json.dumps(asdict(outcome), ensure_ascii=False))
    for fault in outcome.faults:
        messages.print(f"{_('错误')}: {fault}", style="bold red", markup=False)
    if outcome.faults:
        raise typer.Exit(3)
    done = _("备份完好，可以恢复") if verify else _("已恢复")
    messages.print(f"{done}: {file}（{outcome.manifest.made_at}）", markup=False)
