"""The city of a command's store, and how commands tell what they did."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, settings, table, today
from civgeo.errors import InvalidInput

if TYPE_CHECKING:
    from civgeo.services.city import City

__all__ = ["On", "city_of", "day_or_today", "pairs", "tell", "tell_rows"]

On = Annotated[str | None, typer.Option("--on", help=_("哪一天办的 YYYY-MM-DD；默认今天"))]


@contextmanager
def city_of(context: typer.Context) -> "Iterator[City]":
    """The city of the store that the command works on."""
    from civgeo.services.city import City
    from civgeo.store.store import Store

    with Store.open(settings(context).store) as store:
        yield City(store, today())


def day_or_today(text: str | None, option: str) -> date:
    """The day that an option gives, today without one.

    Raises
    ------
    InvalidInput
        For what is no day.
    """
    from civgeo.domain.standard import parse_day

    return today() if text is None else parse_day(text, option)


def pairs(values: list[str] | None, option: str, example: str) -> dict[str, str]:
    """Texts KEY=VALUE of a repeated option.

    Raises
    ------
    InvalidInput
        For a text without the mark.
    """
    found = {}
    for text in values or ():
        key, mark, value = text.partition("=")
        if not mark or not key.strip():
            raise InvalidInput(f"{option} {text[:60]} 应写成 {example}")
        found[key.strip()] = value.strip()
    return found


def tell(context: typer.Context, told: Mapping[str, object], line: str) -> None:
    """Print a document: as JSON, else its id on standard output and `line` as a message."""
    if session(context).as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    typer.echo(str(told["id"]))
    messages.print(line, markup=False, soft_wrap=True)


def tell_rows(
    context: typer.Context,
    title: str,
    columns: Mapping[str, str],
    rows: Sequence[Mapping[str, object]],
    nothing: str,
) -> None:
    """Print rows: as JSON, else as a table of `columns`, or `nothing` as a message.

    Parameters
    ----------
    title, columns
        Title of the table; header of each key.
    rows
        Values by key.
    nothing
        What is said without rows.
    """
    if session(context).as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, default=str))
    elif rows:
        cells = [["" if row.get(key) is None else str(row[key]) for key in columns] for row in rows]
        table(title, list(columns.values()), cells)
    else:
        messages.print(nothing, markup=False)
