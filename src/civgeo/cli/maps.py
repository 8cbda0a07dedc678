"""``civgeo maps``: every map of a store as HTML, PNG and PDF, by one command."""

from pathlib import Path
from typing import Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, settings, steps, today

__all__ = ["maps"]


def maps(
    context: typer.Context,
    out: Annotated[Path, typer.Option("-o", "--out", help=_("存放地图的文件夹"))] = Path("maps"),
) -> None:
    """Write the maps of the store into a folder."""
    from civgeo.services.city import City
    from civgeo.services.mapping import write_maps
    from civgeo.store.store import Store

    chosen = settings(context)
    with (
        Store.open(chosen.store) as store,
        steps(quiet=session(context).verbosity < 0) as progress,
    ):
        written = write_maps(
            City(store, today()), out, progress=progress, public_number=chosen.public_number
        )
    messages.print(f"{_('已保存')} {len(written)}: {out}", markup=False)
