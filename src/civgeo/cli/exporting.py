"""``civgeo export``: a collection as one file."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, settings, today

__all__ = ["export_collection"]


def export_collection(
    context: typer.Context,
    collection: Annotated[str, typer.Argument(help=_("数据集，如 place_names、estates"))],
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="FILE", help=_("文件：.gpkg、.geojson、.csv、.xlsx、.json")
        ),
    ],
    division: Annotated[str | None, typer.Option(help=_("区划代码；默认全市"))] = None,
    on: Annotated[str | None, typer.Option(help=_("某日的登记 YYYY-MM-DD；默认今天"))] = None,
    form: Annotated[
        str | None,
        typer.Option(
            help=_("地名的别种表式：census 普查表（.xlsx、.csv），national 国家库（.json）")
        ),
    ] = None,
    public: Annotated[
        bool, typer.Option("--public", help=_("对外公开：只留公开的记录，须注明审图号"))
    ] = False,
    public_number: Annotated[
        str | None, typer.Option(help=_("审图号；默认取设置 public_number"))
    ] = None,
) -> None:
    """Write the records of a collection to a file, in the format that its suffix names."""
    from civgeo.services.city import City
    from civgeo.services.exporting import ExportRequest, export
    from civgeo.store.store import Store

    own = settings(context, public_number=public_number)
    request = ExportRequest(
        collection,
        output.suffix.removeprefix(".").lower(),
        division=division,
        on=_day(on),
        public=public,
        public_number=own.public_number,
        form=form,
    )
    with Store.open(own.store) as store:
        made = export(City(store, today()), request)
    output.write_bytes(made.content)
    if session(context).as_json:
        told = {"file": str(output), "count": made.count, "left_out": made.left_out}
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    left_out = f"，{_('不公开而未导出')} {made.left_out}" if made.left_out else ""
    messages.print(f"{_('已导出')} {made.count}{left_out}：{output}", markup=False)


def _day(text: str | None) -> date | None:
    from civgeo.domain.standard import parse_day

    return None if text is None else parse_day(text, "--on")
