"""What every command shares: the session, messages on stderr, tables, progress."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from civgeo.assets.translation import translate as _
from civgeo.domain.clock import BEIJING
from civgeo.errors import InvalidInput

if TYPE_CHECKING:
    from civgeo.formats.confinement import Limits
    from civgeo.settings import Settings

__all__ = ["Session", "Steps", "messages", "reading_limits", "session", "settings", "steps"]
__all__ += ["table", "today"]

messages = Console(stderr=True, highlight=False)
_PIPED = 160
"""Characters of a line where nobody's window bounds it."""

_WHOLE_IDS = 36
_NARROW = 7
"""Characters of a record's id, and of the least that any other column needs."""

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Session:
    """The global options of one call."""

    store: Path | None
    as_json: bool
    verbosity: int
    lang: str | None = None


def session(context: typer.Context) -> Session:
    """Global options that `context` was called with."""
    found = context.find_root().obj
    if not isinstance(found, Session):
        raise typer.BadParameter(_("命令须经 civgeo 启动"))
    return found


def settings(context: typer.Context, **given: object) -> "Settings":
    """Settings in force, options given on the command line first (None counts as not given).

    Raises
    ------
    InvalidInput
        When the settings file is no TOML, or a value of it or of the environment is not allowed.
    """
    from tomllib import TOMLDecodeError

    from pydantic import ValidationError

    from civgeo.settings import Settings, config_file

    options = {"store": session(context).store, "lang": session(context).lang, **given}
    try:
        return Settings(**{key: value for key, value in options.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        text = f"设置 {name} 的值 {str(first['input'])[:40]!r} 不可用；请检查环境变量和设置文件"
        raise InvalidInput(text, code="bad_config") from None
    except (TOMLDecodeError, UnicodeDecodeError) as error:
        text = f"设置文件 {config_file()} 不是有效的 TOML:{error}"
        raise InvalidInput(text, code="bad_config") from None


def reading_limits(context: typer.Context) -> "Limits":
    """Limits of the process that reads a file from outside, as the settings have them."""
    from civgeo.formats.confinement import Limits

    own = settings(context)
    return Limits(own.import_memory_mb * 1024**2, own.import_seconds)


def today() -> date:
    """Today in China."""
    return datetime.now(BEIJING).date()


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table on standard output; names are shown as they are, never as markup.

    Record ids stay on one line where the table has room, so that they can be copied.
    """
    output = Console(highlight=False)
    if not output.is_terminal:
        output = Console(highlight=False, width=_PIPED)
    whole = output.width >= _WHOLE_IDS + len(columns) * _NARROW
    grid = Table(title=title, title_justify="left")
    for place, column in enumerate(columns):
        ids = whole and any(_ID.fullmatch(row[place]) for row in rows)
        grid.add_column(column, overflow="fold", no_wrap=ids)
    for row in rows:
        grid.add_row(*[_plain(cell) for cell in row])
    output.print(grid)


def _plain(cell: str) -> str:
    return "".join(char for char in cell if char.isprintable()).replace("[", "\\[")


class Steps(Protocol):
    """How a long piece of work says where it is."""

    def __call__(self, label: str, done: int, total: int, detail: str = "") -> None:
        """Say that `done` of `total` of `label` is finished, and what `detail` comes now."""
        ...


@contextmanager
def steps(*, quiet: bool) -> Iterator[Steps]:
    """A progress bar on a terminal, one line a step when piped, nothing when `quiet`."""
    if quiet:
        yield lambda label, done, total, detail="": None
    elif not messages.is_terminal:
        yield _one_line_a_step
    else:
        from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

        bars: dict[str, TaskID] = {}
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=messages) as progress:

            def show(label: str, done: int, total: int, detail: str = "") -> None:
                if label not in bars:
                    bars[label] = progress.add_task(label, total=total)
                told = escape(f"{label} {detail}".rstrip())
                progress.update(bars[label], completed=done, total=total, description=told)

            yield show


def _one_line_a_step(label: str, done: int, total: int, detail: str = "") -> None:
    if detail:
        messages.print(f"{label} {detail}", markup=False)
    elif done == total:
        messages.print(f"{label} ({done}/{total})")
