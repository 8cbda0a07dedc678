"""``civgeo names``: codes of divisions and places."""

from typing import Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import today
from civgeo.cli.jsonl import Answer, Fields, run_lines
from civgeo.domain.division import CodeSystem

__all__ = ["group"]

group = typer.Typer(no_args_is_help=True)
_KEYS = frozenset({"code", "system", "on"})


@group.callback()
def about() -> None:
    """Keep ``code`` a subcommand."""


@group.command("code", help=_("逐行解释区划代码或 20 位地名代码"))
def code_lines(
    source: Annotated[str, typer.Option("--input", help=_("JSON 行文件，- 为标准输入"))] = "-",
    fail_on_findings: Annotated[
        bool, typer.Option("--fail-on-findings", help=_("有代码存疑时退出码为 1"))
    ] = False,
) -> None:
    """Answer each line with the explanation of its code."""
    doubtful = (lambda answer: bool(answer["problems"])) if fail_on_findings else None
    run_lines(source, _KEYS, _answer, is_finding=doubtful)


def _answer(fields: Fields) -> Answer:
    from civgeo.services.codes import explain_code

    code, on = fields.text("code"), fields.day("on", today())
    system = fields.choice("system", CodeSystem) if fields.has("system") else CodeSystem.MCA
    found = explain_code(code, system=system, on=on)
    listing = found.listing
    answer: dict[str, object] = {"status": "ok"}
    if listing.reason and found.well_formed:
        answer["note"] = listing.reason
    span = None
    if listing.valid_from or listing.valid_to:
        span = {"from": listing.valid_from, "to": listing.valid_to}
    return answer | {
        "code": code,
        "system": system.value,
        "on": on.isoformat(),
        "well_formed": found.well_formed,
        "parts": dict(found.parts),
        "level": found.level,
        "parents": list(found.parents),
        "class_zh": found.class_zh,
        "name": listing.name,
        "exists": listing.exists,
        "listed_as_of": listing.listed_as_of,
        "valid_period": span,
        "successors": [
            {"code": item.code, "name": item.name, "inferred": item.inferred}
            for item in listing.successors
        ],
        "problems": list(found.problems),
    }
