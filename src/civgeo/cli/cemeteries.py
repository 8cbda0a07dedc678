"""``civgeo cemeteries``: sites against the rules, what a place needs, and the rules themselves."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli import cemetery_tables
from civgeo.cli.console import session, settings, table, today
from civgeo.cli.jsonl import Answer, run_lines

if TYPE_CHECKING:
    from civgeo.domain.cemetery_rules import CemeteryRule, CemeteryRuleBook

__all__ = ["group"]

group = typer.Typer(no_args_is_help=True)


@group.command("check", help=_("公墓核对：选址、面积、墓穴等是否符合法规与规划，逐行提问"))
def check(
    context: typer.Context,
    source: Annotated[str, typer.Option("--input", help=_("JSON 行文件，- 为标准输入"))] = "-",
    fail_on_findings: Annotated[
        bool, typer.Option("--fail-on-findings", help=_("有不符合法规或规划之处时退出码为 1"))
    ] = False,
) -> None:
    """Answer each line with its verdict."""
    from civgeo.services.cemetery_answers import check_answer
    from civgeo.services.cemetery_questions import CHECK_KEYS

    book, listed = _book(context), session(context).store is None
    run_lines(
        source,
        CHECK_KEYS,
        lambda fields: check_answer(fields, book, today(), only_listed=listed),
        is_finding=_breaks if fail_on_findings else None,
    )


@group.command("demand", help=_("安葬需求：骨灰数、墓穴、格位、用地与可用年限，逐行提问"))
def demand(
    context: typer.Context,
    source: Annotated[str, typer.Option("--input", help=_("JSON 行文件，- 为标准输入"))] = "-",
) -> None:
    """Answer each line with what is needed."""
    from civgeo.services.cemetery_demand import DEMAND_KEYS, demand_answer

    book = _book(context)
    run_lines(source, DEMAND_KEYS, lambda fields: demand_answer(fields, book))


group.command("demand-table", help=_("安葬需求：由人口表逐乡镇、逐年、逐县计算，与现有墓位比较"))(
    cemetery_tables.demand_table
)


@group.command("rules", help=_("公墓的规定与规划要求；--missing 只列待市局录入的条文"))
def rules(
    context: typer.Context,
    on: Annotated[str | None, typer.Option(help=_("只列这一天施行的；默认全部"))] = None,
    division: Annotated[str | None, typer.Option(help=_("只列适用于这一区划的"))] = None,
    missing: Annotated[
        bool, typer.Option("--missing", help=_("只列条文待录入的，和等它的结论"))
    ] = False,
) -> None:
    """Print the rules."""
    from civgeo.domain.division import DivisionCode
    from civgeo.domain.standard import parse_day
    from civgeo.services.cemetery_answers import listed_rules, rules_answer

    book = _book(context)
    found = listed_rules(
        book,
        division=None if division is None else DivisionCode.parse(division),
        on=None if on is None else parse_day(on),
        missing=missing,
    )
    if session(context).as_json:
        typer.echo(json.dumps(rules_answer(book, found), ensure_ascii=False, indent=2))
    else:
        _print_rules(book, found)


def _breaks(answer: Answer) -> bool:
    meets = answer["meets"]
    return isinstance(meets, dict) and False in meets.values()


def _book(context: typer.Context) -> "CemeteryRuleBook":
    """Rules with the bureau's own where a store is named, else those of the packaged edition."""
    from civgeo.services.cemetery_rules import rules_in_force

    return rules_in_force(settings(context).store if session(context).store else None)


def _print_rules(book: "CemeteryRuleBook", found: "tuple[CemeteryRule, ...]") -> None:
    from civgeo.domain.cemetery_rules import Topic

    rows = [
        [
            rule.id,
            rule.place,
            f"{rule.topic.label_zh}（{rule.force.label_zh}）",
            "、".join(Topic(word).label_zh for word in rule.subjects)
            if rule.topic is Topic.TEXT_MISSING
            else f"{rule.quantity} {_threshold(rule)}".rstrip(),
            rule.citation,
            f"{rule.valid_from or '?'}—{rule.valid_to}",
            rule.evidence,
            "" if rule.enabled else _("未启用"),
        ]
        for rule in found
    ]
    columns = [
        _("编号"),
        _("地区"),
        _("事项"),
        _("内容"),
        _("依据"),
        _("有效期"),
        _("证据"),
        _("备注"),
    ]
    table(f"{_('公墓规定')} {book.edition}", columns, rows)


def _threshold(rule: "CemeteryRule") -> str:
    return "" if rule.value is None else f"{rule.operator.value} {rule.value} {rule.unit}"
