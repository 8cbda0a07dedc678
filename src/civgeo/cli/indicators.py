"""``civgeo indicators``: single figures, the catalogue of the plans, and a city's standing."""

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, settings, table, today
from civgeo.cli.jsonl import Answer, Fields, run_lines
from civgeo.domain.indicator import Measure, Operator, evaluate
from civgeo.domain.quantity import decimal_text, fixed, has_finite_decimal
from civgeo.domain.standard import parse_day
from civgeo.errors import InvalidInput

if TYPE_CHECKING:
    from civgeo.domain.indicator_catalogue import IndicatorCatalogue, IndicatorDefinition
    from civgeo.services.indicators import Evaluation

__all__ = ["group"]

group = typer.Typer(no_args_is_help=True)
_KEYS = frozenset({"measure", "indicator", "numerator", "denominator", "target", "operator"})


@group.command("evaluate", help=_("逐行计算指标：数值、目标、是否达标"))
def evaluate_lines(
    context: typer.Context,
    source: Annotated[str, typer.Option("--input", help=_("JSON 行文件，- 为标准输入"))] = "-",
    fail_on_findings: Annotated[
        bool, typer.Option("--fail-on-findings", help=_("有指标未达目标时退出码为 1"))
    ] = False,
) -> None:
    """Answer each line with its figure."""
    below = (lambda answer: answer["meets"] is False) if fail_on_findings else None
    run_lines(source, _KEYS, lambda fields: _answer(fields, context), is_finding=below)


@group.command("list", help=_("列出各市规划的指标与目标，不需要库"))
def list_indicators(
    context: typer.Context,
    city: Annotated[str | None, typer.Option(help=_("城市的区划代码；默认全部城市"))] = None,
    year: Annotated[int | None, typer.Option(help=_("只列这一年到期的目标"))] = None,
) -> None:
    """Print the catalogue."""
    from civgeo.services.indicator_answers import definition_answer
    from civgeo.services.indicator_catalogue import city_indicators
    from civgeo.services.indicator_products import goal_zh

    catalogue = _catalogue(context)
    cities = list(catalogue.cities) if city is None else [city]
    known = [item for code in cities for item in city_indicators(catalogue, code)]
    found = [item for item in known if year in (None, item.year)]
    if session(context).as_json:
        listed = [definition_answer(item) for item in found]
        answer = {"edition": catalogue.edition, "indicators": listed}
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    columns = [_("编号"), _("行"), _("城市"), _("指标"), _("目标"), _("年份"), _("来源"), _("备注")]
    rows = [
        [
            item.id,
            str(item.row or ""),
            item.place,
            item.name,
            goal_zh(item),
            str(item.year or "—"),
            item.citation,
            _("目标待核实") if item.to_be_confirmed else "",
        ]
        for item in found
    ]
    table(f"{_('规划指标')} {catalogue.edition}", columns, rows)


@group.command("report", help=_("按库评价全部指标：数值、目标、缺口、所缺图层"))
def report(
    context: typer.Context,
    on: Annotated[str | None, typer.Option(help=_("评价日期 YYYY-MM-DD；默认今天"))] = None,
    city: Annotated[str | None, typer.Option(help=_("哪个城市的指标；默认本库的城市"))] = None,
    year: Annotated[int | None, typer.Option(help=_("只列这一年到期的目标"))] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help=_("另存为 .xlsx"))] = None,
    fail_on_findings: Annotated[
        bool, typer.Option("--fail-on-findings", help=_("有指标未达目标时退出码为 1"))
    ] = False,
) -> None:
    """Print, or write as a workbook, how the city stands to its plan."""
    if output is not None and output.suffix.lower() != ".xlsx":
        raise typer.BadParameter(f"{output}: {_('只能另存为 .xlsx')}")
    from civgeo.services.city import City
    from civgeo.services.indicator_answers import evaluation_answer
    from civgeo.services.indicator_products import indicators_spreadsheet
    from civgeo.services.indicator_reach import reach_of
    from civgeo.services.indicators import evaluate_indicators
    from civgeo.store.store import Store

    day = today() if on is None else parse_day(on)
    with Store.open(settings(context).store) as store:
        here = City(store, today())
        found = evaluate_indicators(
            here, of=city, on=day, year=year, reach=reach_of(here), officer=True
        )
        if output is not None:
            output.write_bytes(indicators_spreadsheet(found))
    if session(context).as_json:
        typer.echo(json.dumps(evaluation_answer(found), ensure_ascii=False, indent=2))
    else:
        _print_report(found)
    if output is not None:
        messages.print(f"{_('已保存')}: {output}", markup=False)
    if fail_on_findings and any(result.meets is False for result in found.results):
        raise typer.Exit(1)


def _print_report(found: "Evaluation") -> None:
    from civgeo.services.indicator_products import goal_zh

    title = f"{found.place} {_('规划指标')} {found.on.isoformat()}"
    if found.simulated:
        title += f" 【{_('模拟数据')}】"
    columns = [_("结论"), _("指标"), _("数值"), _("目标"), _("年份"), _("缺口"), _("说明")]
    rows = []
    for result in found.results:
        gap = None if result.verdict is None else result.verdict.gap
        rows.append(
            [
                f"{_MARKS[result.standing.value]} {_(result.standing.label_zh)}",
                result.definition.name,
                "—" if result.value is None else fixed(result.value),
                goal_zh(result.definition),
                str(result.definition.year or "—"),
                fixed(gap) if gap else "",
                result.reason,
            ]
        )
    table(title, columns, rows)


_MARKS: Mapping[str, str] = {
    "reached": "●",
    "missed": "▲",
    "unverified": "◆",
    "no_target": "－",
    "undefined": "✕",
    "not_assessed": "○",
}


def _catalogue(context: typer.Context) -> "IndicatorCatalogue":
    """Catalogue of the store where one is named, else the packaged one."""
    from civgeo.services.indicator_catalogue import catalogue_in_force

    named = session(context).store is not None
    return catalogue_in_force(settings(context).store if named else None)


def _answer(fields: Fields, context: typer.Context) -> Answer:
    if fields.has("indicator"):
        if fields.has("measure"):
            raise InvalidInput("measure 与 indicator 只给一个", code="bad_value")
        item = _catalogue(context).definition(fields.text("indicator"))
        return _figures(fields, item.measure, item)
    return _figures(fields, fields.choice("measure", Measure), None)


def _figures(fields: Fields, measure: Measure, item: "IndicatorDefinition | None") -> Answer:
    numerator, denominator = fields.amount("numerator"), _denominator(fields, measure)
    target, operator = _compared_with(fields, item)
    verdict = evaluate(measure, numerator, denominator, target=target, operator=operator)
    doubt = item.confirm if item and not fields.has("target") else ""
    answer: dict[str, object] = {"status": verdict.status.value}
    if verdict.reason is None and doubt:
        answer = {"status": "unverified", "reason": doubt}
    elif verdict.reason:
        answer["reason"] = verdict.reason
    answer |= {
        "value": None if verdict.value is None else decimal_text(verdict.value),
        "display": None if verdict.value is None else fixed(verdict.value),
        "unit": item.unit if item else measure.unit,
        "meets": verdict.meets,
        "target": None if target is None else decimal_text(target),
        "operator": operator.value,
    }
    if item is not None:
        answer |= _source(item, given=fields.has("target") or fields.has("operator"))
    if denominator and verdict.value is not None and not has_finite_decimal(verdict.value):
        answer["ratio"] = f"{decimal_text(numerator)}/{decimal_text(denominator)}"
    return answer


def _denominator(fields: Fields, measure: Measure) -> Decimal | None:
    if measure.is_ratio:
        return fields.amount("denominator")
    if fields.has("denominator"):
        raise InvalidInput(f"{measure.value} 没有分母，请去掉 denominator", code="bad_value")
    return None


def _compared_with(
    fields: Fields, item: "IndicatorDefinition | None"
) -> tuple[Decimal | None, Operator]:
    """Target and operator: those of the question, else of the catalogue."""
    target = item.target if item else None
    operator = item.operator if item else Operator.AT_LEAST
    if fields.has("target"):
        target = fields.amount("target")
    if fields.has("operator"):
        operator = fields.choice("operator", Operator)
    return target, operator


def _source(item: "IndicatorDefinition", *, given: bool) -> dict[str, object]:
    """Where the target comes from, and whether the question put another in its place."""
    return {
        "indicator": item.id,
        "name": item.name,
        "place": item.place,
        "year": item.year,
        "source": item.citation,
        "evidence": item.evidence,
        "to_be_confirmed": item.to_be_confirmed,
        "target_from": "question" if given else "catalogue",
    }
