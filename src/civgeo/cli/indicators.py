"""``civgeo indicators``: a figure with its numerator, denominator, target and operator."""

from typing import Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.jsonl import Answer, Fields, run_lines
from civgeo.domain.indicator import Measure, Operator, evaluate
from civgeo.domain.quantity import decimal_text, fixed, has_finite_decimal
from civgeo.errors import InvalidInput

__all__ = ["group"]

group = typer.Typer(no_args_is_help=True)
_KEYS = frozenset({"measure", "indicator", "numerator", "denominator", "target", "operator"})


@group.callback()
def about() -> None:
    """Keep ``evaluate`` a subcommand."""


@group.command("evaluate", help=_("逐行计算指标：数值、目标、是否达标"))
def evaluate_lines(
    source: Annotated[str, typer.Option("--input", help=_("JSON 行文件，- 为标准输入"))] = "-",
    fail_on_findings: Annotated[
        bool, typer.Option("--fail-on-findings", help=_("有指标未达目标时退出码为 1"))
    ] = False,
) -> None:
    """Answer each line with its figure."""
    below = (lambda answer: answer["meets"] is False) if fail_on_findings else None
    run_lines(source, _KEYS, _answer, is_finding=below)


def _answer(fields: Fields) -> Answer:
    if fields.has("indicator"):
        raise InvalidInput(
            "本版没有指标目录，请改用 measure(percent、per_100_households、per_1000、per_person)",
            code="indicator_not_at_hand",
        )
    measure = fields.choice("measure", Measure)
    numerator, denominator = fields.amount("numerator"), fields.amount("denominator")
    target = fields.amount("target") if fields.has("target") else None
    operator = Operator.AT_LEAST
    if fields.has("operator"):
        operator = fields.choice("operator", Operator)
    verdict = evaluate(measure, numerator, denominator, target=target, operator=operator)
    answer: dict[str, object] = {"status": verdict.status.value}
    if verdict.reason:
        answer["reason"] = verdict.reason
    answer |= {
        "value": None if verdict.value is None else decimal_text(verdict.value),
        "display": None if verdict.value is None else fixed(verdict.value),
        "unit": measure.unit,
        "meets": verdict.meets,
        "target": None if target is None else decimal_text(target),
        "operator": operator.value,
    }
    if verdict.value is not None and not has_finite_decimal(verdict.value):
        answer["ratio"] = f"{decimal_text(numerator)}/{decimal_text(denominator)}"
    return answer
