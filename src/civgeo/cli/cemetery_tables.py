"""``civgeo cemeteries demand-table``: what townships and counties need, by table or store."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, settings, table, today
from civgeo.domain.quantity import fixed

if TYPE_CHECKING:
    from civgeo.domain.cemetery_demand import Capacity
    from civgeo.domain.cemetery_rules import CemeteryRuleBook
    from civgeo.services.cemetery_demand_table import TableDemand
    from civgeo.services.cemetery_place_demand import PlaceDemand
    from civgeo.services.cemetery_store_answers import StoreAsked
    from civgeo.services.cemetery_store_demand import RegisteredDemand, StoreDemand

__all__ = ["demand_table"]


def demand_table(
    context: typer.Context,
    share: Annotated[str, typer.Option(help=_("安葬于此的骨灰占死亡人数的比例，0 到 1"))],
    people: Annotated[
        Path | None,
        typer.Argument(
            help=_("人口表（CSV）：区划代码、年份、人口、死亡率‰等；不给则用库中登记的人口与公墓")
        ),
    ] = None,
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
    rate: Annotated[
        str | None, typer.Option(help=_("库中没有登记死亡率时用的千分率；只用于库"))
    ] = None,
    from_year: Annotated[int | None, typer.Option(help=_("起算年，默认今年；只用于库"))] = None,
    division: Annotated[
        str | None, typer.Option(help=_("只算这个县区或乡镇（街道）；只用于库"))
    ] = None,
    commercial: Annotated[
        bool, typer.Option("--commercial", help=_("现有墓位计入经营性公墓；只用于库"))
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help=_("逐年明细另存为 .csv；库的结果可另存为 .xlsx")),
    ] = None,
) -> None:
    """Print the demand of each township and county."""
    given = {
        "share": share,
        "single_share": single_share,
        "niche_share": niche_share,
        "plot_single_m2": plot_single,
        "plot_joint_m2": plot_joint,
        "path_m2": path,
        "burial_share": burial_share,
    }
    if people is None:
        if places is not None:
            raise typer.BadParameter(_("--places 只与人口表同用；库中的墓位取自公墓登记"))
        from civgeo.services.cemetery_store_answers import store_terms

        asked = store_terms(
            given | {"death_rate_per_mille": rate},
            _book(context),
            years=years,
            base_year=from_year,
            division=division,
            commercial=commercial,
        )
        _of_store(context, asked, _target(output, ".csv", ".xlsx"))
        return
    if commercial or any(item is not None for item in (rate, from_year, division)):
        told = _("--rate、--from-year、--division、--commercial 只用于库：不给人口表")
        raise typer.BadParameter(told)
    _of_table(context, people, places, given, years, _target(output, ".csv"))


def _target(output: Path | None, *suffixes: str) -> Path | None:
    if output is not None and output.suffix.lower() not in suffixes:
        told = _("只能另存为")
        raise typer.BadParameter(f"{output}: {told} {'、'.join(suffixes)}")
    return output


def _book(context: typer.Context) -> "CemeteryRuleBook":
    from civgeo.services.cemetery_rules import rules_in_force

    return rules_in_force(settings(context).store if session(context).store else None)


def _of_table(
    context: typer.Context,
    people: Path,
    places: Path | None,
    given: Mapping[str, str | None],
    years: int,
    output: Path | None,
) -> None:
    from civgeo.services.cemetery_demand_table import demand_of_tables
    from civgeo.services.cemetery_table_answers import demand_terms, table_answer, year_rows

    terms = demand_terms(given, years, _book(context))
    found = demand_of_tables(people, places, terms)
    if output is not None:
        _write(output, year_rows(found))
    if session(context).as_json:
        typer.echo(json.dumps(table_answer(found, terms), ensure_ascii=False, indent=2))
    else:
        _print(found)


def _of_store(context: typer.Context, asked: "StoreAsked", output: Path | None) -> None:
    from civgeo.services.cemetery_store_answers import demand_book, store_answer, store_year_rows
    from civgeo.services.cemetery_store_demand import demand_of_store
    from civgeo.services.city import City
    from civgeo.store.store import Store

    with Store.open(settings(context).store) as store:
        found = demand_of_store(City(store, today()), asked.terms)
    if output is not None and output.suffix.lower() == ".xlsx":
        output.write_bytes(demand_book(found, asked))
        messages.print(f"{_('已保存')}: {output}", markup=False)
    elif output is not None:
        _write(output, store_year_rows(found))
    if session(context).as_json:
        typer.echo(json.dumps(store_answer(found, asked), ensure_ascii=False, indent=2))
    else:
        _print_store(found)


def _write(output: Path, rows: Iterable[list[str]]) -> None:
    from civgeo.formats.export_files import csv_content
    from civgeo.services.cemetery_table_answers import YEAR_COLUMNS

    output.write_bytes(csv_content(YEAR_COLUMNS, rows))
    messages.print(f"{_('已保存')}: {output}", markup=False)


def _columns() -> list[str]:
    return [
        *(_("代码"), _("名称"), _("骨灰数"), _("墓穴"), _("格位"), _("净面积 m²"), _("总面积 m²")),
        *(_("现有空位"), _("缺口"), _("可用年限")),
    ]


def _need(place: "PlaceDemand") -> list[str]:
    return [
        fixed(place.demand.ashes, 1),
        str(place.demand.plots),
        str(place.demand.niches),
        fixed(place.demand.net_plot_m2, 1),
        "—" if place.gross_m2 is None else fixed(place.gross_m2, 1),
    ]


def _print(found: "TableDemand") -> None:
    years = len(found.townships[0].years)
    first = found.townships[0].first_year
    for title, places in (
        (_("县区安葬需求"), found.counties),
        (_("乡镇安葬需求"), found.townships),
    ):
        rows = [
            [place.division, place.name, *_need(place), *_lasting(place.capacity, years)]
            for place in places
        ]
        table(f"{title} {first}—{first + years - 1}", _columns(), rows)


def _lasting(found: "Capacity | None", years: int) -> tuple[str, str, str]:
    if found is None:
        return "—", "—", "—"
    left = f"> {years}" if found.years_left is None else fixed(found.years_left, 1)
    return str(found.free), fixed(found.shortfall, 1), left


def _print_store(found: "StoreDemand") -> None:
    span = f"{found.first_year}—{found.first_year + found.years - 1}"
    if found.simulated:
        span += f" 【{_('模拟数据')}】"
    counties = (*found.counties, *((found.city,) if found.city else ()))
    for title, rows in (
        (_("县区安葬需求"), counties),
        (_("乡镇安葬需求"), found.townships),
    ):
        if rows:
            cells = [_registered(row) for row in rows]
            table(f"{found.place} {title} {span}", [*_columns(), _("说明")], cells)
    for note in found.notes:
        messages.print(note, markup=False)


def _registered(row: "RegisteredDemand") -> list[str]:
    remarks = "；".join(text for text in (row.reason, row.years_reason, *row.notes) if text)
    free = str(row.places.free) if row.places.sites else "—"
    if row.demand is None:
        return [row.division, row.name, *("—",) * 5, free, "—", "—", remarks]
    _free, short, left = _lasting(row.demand.capacity, len(row.demand.years))
    return [row.division, row.name, *_need(row.demand), free, short, left, remarks]
