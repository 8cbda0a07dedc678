"""``civgeo cemeteries demand-table``: what townships and counties need, from tables of people."""

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, settings, table
from civgeo.domain.quantity import fixed

if TYPE_CHECKING:
    from civgeo.domain.cemetery_demand import Capacity
    from civgeo.services.cemetery_demand_table import TableDemand

__all__ = ["demand_table"]


def demand_table(
    context: typer.Context,
    people: Annotated[
        Path, typer.Argument(help=_("人口表（CSV）：区划代码、年份、人口、死亡率‰等"))
    ],
    share: Annotated[str, typer.Option(help=_("安葬于此的骨灰占死亡人数的比例，0 到 1"))],
    places: Annotated[
        Path | None, typer.Option(help=_("现有墓位表（CSV）：编号、区划代码、总数、已用"))
    ] = None,
    years: Annotated[int, typer.Option(help=_("年数；人口表有多年的以表为准"))] = 20,
    single_share: Annotated[str, typer.Option(help=_("墓穴中单人墓穴的比例"))] = "1",
    niche_share: Annotated[str, typer.Option(help=_("入骨灰堂格位的比例"))] = "0",
    plot_single: Annotated[str | None, typer.Option(help=_("单人墓穴面积，平方米"))] = None,
    plot_joint: Annotated[str | None, typer.Option(help=_("合葬墓穴面积，平方米"))] = None,
    path: Annotated[str | None, typer.Option(help=_("每个墓穴分摊的墓间路面积，平方米"))] = None,
    burial_share: Annotated[
        str | None, typer.Option(help=_("墓区占总面积的比例；给了才算总面积"))
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help=_("逐年明细另存为 .csv"))
    ] = None,
) -> None:
    """Print the demand of each township and county."""
    from civgeo.services.cemetery_demand_table import demand_of_tables
    from civgeo.services.cemetery_rules import rules_in_force
    from civgeo.services.cemetery_table_answers import demand_terms, table_answer

    if output is not None and output.suffix.lower() != ".csv":
        raise typer.BadParameter(f"{output}: {_('只能另存为 .csv')}")
    book = rules_in_force(settings(context).store if session(context).store else None)
    given = {
        "share": share,
        "single_share": single_share,
        "niche_share": niche_share,
        "plot_single_m2": plot_single,
        "plot_joint_m2": plot_joint,
        "path_m2": path,
        "burial_share": burial_share,
    }
    terms = demand_terms(given, years, book)
    found = demand_of_tables(people, places, terms)
    if output is not None:
        _write(output, found)
        messages.print(f"{_('已保存')}: {output}", markup=False)
    if session(context).as_json:
        typer.echo(json.dumps(table_answer(found, terms), ensure_ascii=False, indent=2))
    else:
        _print(found)


def _write(output: Path, found: "TableDemand") -> None:
    from civgeo.services.cemetery_table_answers import YEAR_COLUMNS, year_rows

    with output.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(YEAR_COLUMNS)
        writer.writerows(year_rows(found))


def _print(found: "TableDemand") -> None:
    years = len(found.townships[0].years)
    first = found.townships[0].first_year
    columns = [
        _("代码"),
        _("名称"),
        _("骨灰数"),
        _("墓穴"),
        _("格位"),
        _("净面积 m²"),
        _("总面积 m²"),
    ]
    columns += [_("现有空位"), _("缺口"), _("可用年限")]
    for title, places in (
        (_("县区安葬需求"), found.counties),
        (_("乡镇安葬需求"), found.townships),
    ):
        rows = [
            [
                place.division,
                place.name,
                fixed(place.demand.ashes, 1),
                str(place.demand.plots),
                str(place.demand.niches),
                fixed(place.demand.net_plot_m2, 1),
                "—" if place.gross_m2 is None else fixed(place.gross_m2, 1),
                *_lasting(place.capacity, years),
            ]
            for place in places
        ]
        table(f"{title} {first}—{first + years - 1}", columns, rows)


def _lasting(found: "Capacity | None", years: int) -> tuple[str, str, str]:
    if found is None:
        return "—", "—", "—"
    left = f"> {years}" if found.years_left is None else fixed(found.years_left, 1)
    return str(found.free), fixed(found.shortfall, 1), left
