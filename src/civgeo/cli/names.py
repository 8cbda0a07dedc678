"""``civgeo names``: codes of divisions and places."""

from typing import Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli import attachments, name_entries
from civgeo.cli.console import today
from civgeo.cli.jsonl import Answer, Fields, run_lines
from civgeo.cli.name_cases import cases
from civgeo.cli.name_check import check_lines
from civgeo.cli.naming import audit, check_text
from civgeo.cli.own_material import own
from civgeo.cli.procedure import procedure_lines
from civgeo.cli.romanising import romanize_lines
from civgeo.cli.search import reindex_names, search_names
from civgeo.domain.division import CodeSystem

__all__ = ["group"]

group = typer.Typer(no_args_is_help=True)
_KEYS = frozenset({"code", "system", "on"})


group.command("check", help=_("逐行核查拟用地名：重名、同音、用字与各项名单"))(check_lines)
group.command("text", help=_("查出文稿中的不规范地名，旁注标准地名"))(check_text)
group.command("audit", help=_("整表核查地名，供清理整治"))(audit)
group.command("procedure", help=_("逐行给出批准机关、征求意见、备案、公告与期限"))(procedure_lines)
group.add_typer(own, name="own", help=_("本局自有的名单、规定和文书模板"))
group.add_typer(cases, name="case", help=_("命名、更名、注销的办理"))
group.command("show", help=_("一个条目的全部内容"))(name_entries.show)
group.command("correct", help=_("更正登记内容（名称与类别除外）"))(name_entries.correct)
group.command("revert", help=_("恢复到以前的一版，成为新的一版"))(name_entries.revert)
group.command("history", help=_("条目的各版：何人、依据、有效期与逐项差别"))(name_entries.history)
group.command("attach", help=_("给条目、案卷附一份文件，给标志附照片"))(attachments.attach)
group.command("attachment", help=_("取出一份附件"))(attachments.attachment)
group.command("changes", help=_("地名登记的变更流"))(name_entries.changes)
group.command("book", help=_("标准地名录：Word、Excel 或 PDF"))(name_entries.book)
group.command("romanize", help=_("逐行拼写地名的汉语拼音，或整列拼写 Excel、CSV"))(romanize_lines)
group.command("search", help=_("检索地名：汉字、拼音、首字母、曾用名、一字之差"))(search_names)
group.command("reindex", help=_("重建地名检索索引"))(reindex_names)


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
