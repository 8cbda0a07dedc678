"""``civgeo boundaries map`` and ``sheets``: what a bureau prints of its lines."""

from pathlib import Path
from typing import Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, settings
from civgeo.cli.opened import city_of
from civgeo.errors import InvalidInput

__all__ = ["chart", "sheets"]

Public = Annotated[bool, typer.Option("--public", help=_("只画公开的登记内容"))]


def chart(
    context: typer.Context,
    output: Annotated[
        Path, typer.Option("-o", "--output", help=_("存为 .html（单个文件）、.png 或 .pdf"))
    ],
    public: Public = False,
) -> None:
    """Write the map of all lines by the state of their inspection."""
    from civgeo.maps.static import PictureFormat
    from civgeo.services.boundary_maps import boundary_map, boundary_picture

    form = output.suffix.lower().removeprefix(".")
    if form not in ("html", *PictureFormat):
        raise InvalidInput(f"{output.name}：结尾应为 .html、.png 或 .pdf", code="bad_value")
    chosen = settings(context)
    number, allowed = chosen.public_number, chosen.marker_tolerance_m
    with city_of(context) as city:
        if form == "html":
            made = boundary_map(city, public=public, public_number=number, tolerance_m=allowed)
            content = made.to_single_file().encode()
        else:
            content = boundary_picture(
                city,
                PictureFormat(form),
                public=public,
                public_number=number,
                tolerance_m=allowed,
            )
    output.write_bytes(content)
    messages.print(f"{_('已保存')}: {output}", markup=False)


def sheets(
    context: typer.Context,
    line: Annotated[str, typer.Argument(help=_("界线的代码或名称"))],
    output: Annotated[Path, typer.Option("-o", "--output", help=_("存为 .pdf"))],
    public: Public = False,
) -> None:
    """Write the strip maps of one line as a PDF."""
    from civgeo.services.strip_maps import line_sheets

    number = settings(context).public_number
    with city_of(context) as city:
        content = line_sheets(city, line, public=public, public_number=number)
    output.write_bytes(content)
    messages.print(f"{_('已保存')}: {output}", markup=False)
