"""``civgeo config``: which settings are in force, and where each comes from."""

import json
import os
from typing import Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import session, settings, table

__all__ = ["group"]

group = typer.Typer(no_args_is_help=True)


@group.callback()
def about() -> None:
    """Keep ``show`` a subcommand."""


@group.command("show", help=_("列出生效的设置"))
def show(
    context: typer.Context,
    origin: Annotated[bool, typer.Option("--origin", help=_("同时列出每项设置的来源"))] = False,
) -> None:
    """Print the settings in force."""
    values = settings(context).model_dump(mode="json")
    origins = _origins(context, list(values))
    if session(context).as_json:
        rows = {
            name: {"value": value, "origin": origins[name]} if origin else value
            for name, value in values.items()
        }
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    columns = [_("设置"), _("值")] + ([_("来源")] if origin else [])
    table(
        _("设置"),
        columns,
        [[k, str(v)] + ([origins[k]] if origin else []) for k, v in values.items()],
    )


def _origins(context: typer.Context, names: list[str]) -> dict[str, str]:
    from civgeo.settings import config_file

    path = config_file()
    import tomllib

    in_file = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    called = session(context)
    on_command_line = {"store": called.store, "lang": called.lang}
    found = {}
    for name in names:
        if on_command_line.get(name) is not None:
            found[name] = _("命令行")
        elif f"CIVGEO_{name.upper()}" in os.environ:
            found[name] = f"CIVGEO_{name.upper()}"
        else:
            found[name] = str(path) if name in in_file else _("默认")
    return found
