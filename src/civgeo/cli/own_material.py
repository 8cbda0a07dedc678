"""``civgeo names own``: the bureau's own lists, rules and templates beside the store."""

import json
from typing import Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, settings, table

__all__ = ["own"]

own = typer.Typer(no_args_is_help=True)


@own.command("init", help=_("在库旁建 own 文件夹：各名单与规定的空表、说明；已有的文件不动"))
def init(
    context: typer.Context,
    templates: Annotated[
        bool, typer.Option("--templates", help=_("把随带的 Word 模板也放进去，供修改"))
    ] = False,
) -> None:
    """Make the folder."""
    from civgeo.services.own_starting import start_own_files
    from civgeo.store.own_files import OWN_FOLDER

    directory = settings(context).store
    made = start_own_files(directory, templates=templates)
    if session(context).as_json:
        typer.echo(json.dumps([str(path) for path in made], ensure_ascii=False))
        return
    for path in made:
        typer.echo(str(path))
    made_words = _("新建文件")
    messages.print(f"{made_words} {len(made)}：{directory / OWN_FOLDER}", markup=False)


@own.command("check", help=_("逐个检查 own 中的文件：编码、表头、日期、编号、模板占位符"))
def check(context: typer.Context) -> None:
    """Print what is wrong, or what is in force; exit code 3 when something is wrong."""
    from civgeo.services.own_check import review_own_files

    found = review_own_files(settings(context).store)
    if session(context).as_json:
        faults = [
            {"file": item.table, "row": item.row, "column": item.column, "problem": item.problem}
            for item in found.faults
        ]
        answer = {"files": list(found.files), "faults": faults, "in_force": list(found.added)}
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    elif found.faults:
        columns = [_("文件"), _("行"), _("列"), _("问题")]
        rows = [
            [item.table, str(item.row or ""), item.column or "", item.problem]
            for item in found.faults
        ]
        title = _("本局自有文件的问题")
        table(f"{title} {len(rows)}", columns, rows)
    else:
        sound = _("文件没有问题")
        messages.print(f"{sound}：{len(found.files)}", markup=False)
        for line in found.added:
            typer.echo(line)
    if found.faults:
        raise typer.Exit(3)
