"""``civgeo cemeteries``: sites against the rules, what a place needs, and the rules themselves."""

from typing import Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli import (
    cemetery_graves,
    cemetery_inspect,
    cemetery_layers,
    cemetery_layout,
    cemetery_report,
    cemetery_rules,
    cemetery_sites,
    cemetery_tables,
)
from civgeo.cli.console import session, today
from civgeo.cli.jsonl import Answer, Fields, run_lines

__all__ = ["group"]

group = typer.Typer(no_args_is_help=True)


@group.command("check", help=_("公墓核对：选址、面积、墓穴等是否符合法规与规划，逐行提问"))
def check(
    context: typer.Context,
    source: Annotated[str, typer.Option("--input", help=_("JSON 行文件，- 为标准输入"))] = "-",
    fail_on_findings: Annotated[
        bool, typer.Option("--fail-on-findings", help=_("有不符合法规或规划之处时退出码为 1"))
    ] = False,
    edition: cemetery_rules.EarlierRules = None,
) -> None:
    """Answer each line with its verdict."""
    from civgeo.services.cemetery_answers import check_answer
    from civgeo.services.cemetery_questions import CHECK_KEYS
    from civgeo.services.cemetery_rules import asked_rules

    book, folder = cemetery_rules.book_of(context, edition), session(context).store

    def answer(fields: Fields) -> Answer:
        asked = asked_rules(fields, folder) or book
        return check_answer(fields, asked, today(), only_listed=folder is None)

    run_lines(
        source,
        CHECK_KEYS,
        answer,
        is_finding=_breaks if fail_on_findings else None,
    )


@group.command("demand", help=_("安葬需求：骨灰数、墓穴、格位、用地与可用年限，逐行提问"))
def demand(
    context: typer.Context,
    source: Annotated[str, typer.Option("--input", help=_("JSON 行文件，- 为标准输入"))] = "-",
) -> None:
    """Answer each line with what is needed."""
    from civgeo.services.cemetery_demand import DEMAND_KEYS, demand_answer
    from civgeo.services.cemetery_rules import asked_rules

    book, folder = cemetery_rules.book_of(context), session(context).store
    run_lines(
        source,
        DEMAND_KEYS,
        lambda fields: demand_answer(fields, asked_rules(fields, folder) or book),
    )


group.command("demand-table", help=_("安葬需求：由人口表逐乡镇、逐年、逐县计算，与现有墓位比较"))(
    cemetery_tables.demand_table
)

group.command("layer", help=_("导入选址图层：耕地、水库、道路等，写明日期与来源"))(
    cemetery_layers.layer
)
group.command("layers", help=_("选址图层一览；--hide 今后不自动使用某一图层"))(
    cemetery_layers.layers
)

group.command("layout", help=_("殡葬设施布局：县区、乡镇有无与规划要求；服务站、骨灰堂等放在哪里"))(
    cemetery_layout.layout
)

group.command("site", help=_("公墓选址：候选地、一处地点或逐块地块，逐条列出依据、图层与日期"))(
    cemetery_sites.site
)
group.command("report", help=_("公墓选址报告：规定、图层、参数、禁止情形、候选地，Word 或 PDF"))(
    cemetery_report.report
)
group.command("map", help=_("公墓选址图：每项禁止情形一层、候选地，网页、PNG 或 PDF"))(
    cemetery_report.siting_map
)

group.command("graves", help=_("散坟：道路上看得见哪些，迁到哪处公墓；迁移清单与进度"))(
    cemetery_graves.graves
)
group.command("graves-map", help=_("散坟图：看得见与看不见的、道路、迁往的公墓；供工作人员"))(
    cemetery_report.graves_map
)

group.command("inspect", help=_("未经审批与超标设施检查清单：逐条列出规定、图层与证据"))(
    cemetery_inspect.inspect
)

group.command("rules", help=_("公墓的规定与规划要求；--missing 只列待市局录入的条文"))(
    cemetery_rules.rules
)
group.add_typer(
    cemetery_rules.group, name="rule", help=_("本局规定：录入、更改、停用、恢复、各版本")
)


def _breaks(answer: Answer) -> bool:
    meets = answer["meets"]
    return isinstance(meets, dict) and False in meets.values()
