"""``civgeo verify-history`` and ``civgeo history``: the chains, and edits by other programs."""

import json
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, settings, table

if TYPE_CHECKING:
    from civgeo.domain.history import Edit

__all__ = ["group", "verify_history"]

group = typer.Typer(no_args_is_help=True)

Ids = Annotated[list[str], typer.Argument(metavar="ID...", help=_("outside 列出的修改编号"))]
Actor = Annotated[str, typer.Option(help=_("经办人"))]
Document = Annotated[str, typer.Option(help=_("依据文件"))]
Since = Annotated[str | None, typer.Option(help=_("自哪一天起有效，YYYY-MM-DD；删除必填"))]


def verify_history(
    context: typer.Context,
    fail: Annotated[bool, typer.Option("--fail-on-findings", help=_("有问题时退出码为 1"))] = False,
) -> None:
    """Check all chains and print their heads."""
    from civgeo.store.store import Store

    with Store.open(settings(context).store) as store, store.read() as reading:
        findings, heads = reading.verify_history(), reading.heads()
    if session(context).as_json:
        told = {
            "heads": [
                {
                    "register": head.register,
                    "county": head.county,
                    "entries": head.entries,
                    "sequence": head.sequence,
                    "recorded_at": head.recorded_at.isoformat(),
                    "hash": head.hash,
                }
                for head in heads
            ],
            "findings": [
                {
                    "fault": finding.fault.value,
                    "register": finding.register,
                    "county": finding.county,
                    "id": finding.id,
                    "sequence": finding.sequence,
                    "message": finding.message,
                }
                for finding in findings
            ],
        }
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        columns = [_("登记册"), _("区县"), _("条数"), _("最新记录时间"), _("链头")]
        rows = [
            [h.register, h.county, str(h.entries), f"{h.recorded_at:%Y-%m-%d %H:%M:%S}Z", h.hash]
            for h in heads
        ]
        table(_("各链链头（请另存于库外，作为日后核对的凭据）"), columns, rows)
        for finding in findings:
            messages.print(finding.message, style="bold red", markup=False)
        if not findings:
            messages.print(_("历史完整，没有改动痕迹"), markup=False)
    if findings and fail:
        raise typer.Exit(1)


@group.command("outside", help=_("列出外部程序（如 QGIS）在文件上做的、尚未处理的修改"))
def outside(context: typer.Context) -> None:
    """List edits by other programs with their ids."""
    from civgeo.store.store import Store

    with Store.open(settings(context).store) as store, store.read() as reading:
        edits = reading.outside_edits()
    if session(context).as_json:
        for edit in edits:
            told = {
                "edit": edit.edit_id,
                "collection": edit.collection.value,
                "id": edit.id,
                "kind": edit.kind.value,
                "last_at": edit.last_at.isoformat(),
                "changed": list(edit.changed),
                "before": edit.before and dict(edit.before),
                "after": edit.after and dict(edit.after),
            }
            typer.echo(json.dumps(told, ensure_ascii=False))
        return
    rows = [
        [
            edit.edit_id,
            edit.id,
            _(edit.kind.label_zh),
            f"{edit.last_at:%Y-%m-%d %H:%M:%S}Z",
            "; ".join(
                name
                if name == "geometry"
                else f"{name}: {(edit.before or {})[name]} → {(edit.after or {})[name]}"
                for name in edit.changed
            ),
        ]
        for edit in edits
    ]
    columns = [_("修改编号"), _("记录"), _("种类"), _("时间"), _("内容")]
    table(_("外部修改（何人所为不可知）"), columns, rows)


@group.command("adopt", help=_("采纳外部修改，写入历史"))
def adopt(
    context: typer.Context, ids: Ids, actor: Actor, document: Document, since: Since = None
) -> None:
    """Take edits by other programs over."""
    from civgeo.store.store import Store

    edit = _edit(actor, document, since)
    with Store.open(settings(context).store) as store, store.write() as writing:
        writing.adopt(ids, edit)
    messages.print(f"{_('已采纳')}: {len(ids)}", markup=False)


@group.command("revert", help=_("还原外部修改，写入历史"))
def revert(context: typer.Context, ids: Ids, actor: Actor, document: Document) -> None:
    """Put the adopted state back."""
    from civgeo.store.store import Store

    edit = _edit(actor, document, None)
    with Store.open(settings(context).store) as store, store.write() as writing:
        writing.revert(ids, edit)
    messages.print(f"{_('已还原')}: {len(ids)}", markup=False)


def _edit(actor: str, document: str, since: str | None) -> "Edit":
    from civgeo.domain.history import Edit

    try:
        day = None if since is None else date.fromisoformat(since)
    except ValueError as error:
        raise typer.BadParameter(f"{since}: {_('应为 YYYY-MM-DD')}") from error
    return Edit(actor=actor, document=document, valid_from=day)
