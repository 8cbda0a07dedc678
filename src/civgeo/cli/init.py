"""``civgeo init``: the store of a real city, with its divisions and standards."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, steps
from civgeo.cli.demo import outline_source
from civgeo.domain.clock import BEIJING

__all__ = ["init"]


def init(
    context: typer.Context,
    directory: Annotated[Path, typer.Argument(metavar="DIR", help=_("库所在文件夹"))],
    city: Annotated[str, typer.Option(help=_("地级市或县级市代码"))],
    source: Annotated[
        str, typer.Option("--outlines", help=_("轮廓来源：tianditu 或 amap"))
    ] = "tianditu",
) -> None:
    """Make the store; nothing in it is simulated."""
    from civgeo.services.founding import found_city

    now = datetime.now(BEIJING)
    with steps(quiet=session(context).verbosity < 0) as progress:
        found_city(
            directory, city, today=now, progress=progress, source=outline_source(source)
        ).close()
    messages.print(f"{_('已建库')}: {directory}", markup=False)
