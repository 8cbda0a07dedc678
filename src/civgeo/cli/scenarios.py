"""``civgeo coverage scenario``: save, edit, show and answer scenarios."""

import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, table
from civgeo.cli.entered import Actor, Document, Expected, Id, edit_of
from civgeo.cli.opened import city_of, day_or_today, tell, tell_rows
from civgeo.errors import InvalidInput

if TYPE_CHECKING:
    from civgeo.services.scenario_answer import ScenarioAnswer, ScenarioQuestion
    from civgeo.services.scenarios import SavedScenario

__all__ = ["group"]

group = typer.Typer(no_args_is_help=True)
LARGEST_FILE = 5_000_000

Kinds = Annotated[
    list[str] | None, typer.Option("--kind", help=_("设施种类，可多次；默认改动涉及的种类"))
]
Minutes = Annotated[str, typer.Option(help=_("步行分钟数"))]
Speed = Annotated[str, typer.Option(help=_("步行速度（米/秒）：老年人 0.8 至 1.0"))]
Who = Annotated[str, typer.Option(help=_("计户数（households）还是老年人口（elders）"))]
Level = Annotated[str, typer.Option(help=_("汇总单位：community township county city"))]
_LISTED = {
    "id": _("编号"),
    "name": _("方案名称"),
    "edits": _("改动数"),
    "base_on": _("现状日期"),
    "created_by": _("编制人"),
    "version": _("版本"),
}


@group.command("new", help=_("保存新的情景方案；--edits 给出改动清单"))
def new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("方案名称"))],
    actor: Actor,
    document: Document,
    edits: Annotated[
        Path | None, typer.Option(metavar="FILE", help=_("改动清单：JSON 文件"))
    ] = None,
    purpose: Annotated[str, typer.Option(help=_("目的"))] = "",
    on: Annotated[str | None, typer.Option(help=_("现状日期 YYYY-MM-DD；默认今天"))] = None,
    shared: Annotated[bool, typer.Option("--shared", help=_("共享：人人可看"))] = False,
) -> None:
    """Save a scenario."""
    from civgeo.domain.scenario_edits import parsed_edits
    from civgeo.services.scenarios import ScenarioEntry, new_scenario

    listed = () if edits is None else parsed_edits(_text(edits))
    entry = ScenarioEntry(name, listed, purpose, base_on=day_or_today(on, "--on"), shared=shared)
    with city_of(context) as city:
        saved = new_scenario(city, entry, edit_of(actor, document, None, None))
    tell(context, {"id": saved.id, "version": saved.version}, _("已保存"))


def _text(file: Path) -> str:
    if file.stat().st_size > LARGEST_FILE:
        raise InvalidInput(f"{file.name} 超过 {LARGEST_FILE:,} 字节", code="too_large")
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput(f"{file.name} 不是 UTF-8 文字", code="bad_file") from None


@group.command("add", help=_("在方案末尾追加一项改动（JSON）"))
def add(
    context: typer.Context,
    id: Id,
    change: Annotated[
        str, typer.Argument(metavar="JSON", help=_('改动，如 {"action":"close","facility":"…"}'))
    ],
    actor: Actor,
    document: Document,
    expected: Expected = None,
) -> None:
    """Append one edit."""
    from civgeo.services.scenarios import append_edit

    try:
        item = json.loads(change)
    except (ValueError, RecursionError):
        raise InvalidInput("改动不是有效的 JSON", code="bad_edits") from None
    with city_of(context) as city:
        found = append_edit(city, id, item, edit_of(actor, document, None, None), expected)
    _tell_saved(context, found)


@group.command("undo", help=_("撤销方案的最后一项改动"))
def undo(
    context: typer.Context,
    id: Id,
    actor: Actor,
    document: Document,
    expected: Expected = None,
) -> None:
    """Take the last edit away."""
    from civgeo.services.scenarios import undo_edit

    with city_of(context) as city:
        found = undo_edit(city, id, edit_of(actor, document, None, None), expected)
    _tell_saved(context, found)


def _tell_saved(context: typer.Context, found: "SavedScenario") -> None:
    told = {"id": found.id, "version": found.version, "edits": len(found.entry.edits)}
    tell(context, told, f"{_('改动数')} {len(found.entry.edits)}，{_('版本')} {found.version}")


@group.command("list", help=_("列出情景方案"))
def list_scenarios(context: typer.Context) -> None:
    """Print the scenarios."""
    from civgeo.services.scenario_files import scenario_document
    from civgeo.services.scenarios import saved_scenarios

    with city_of(context) as city:
        found = saved_scenarios(city, officer=True)
    rows = [scenario_document(one) | {"edits": len(one.entry.edits)} for one in found]
    nothing = _("没有情景方案。编制：civgeo coverage scenario new")
    tell_rows(context, _("情景方案"), _LISTED, rows, nothing)


@group.command("show", help=_("一个方案和它的改动"))
def show(context: typer.Context, id: Id) -> None:
    """Print a scenario."""
    from civgeo.services.scenario_files import edit_text, scenario_document
    from civgeo.services.scenarios import one_scenario

    with city_of(context) as city:
        found = one_scenario(city, id, officer=True)
    if session(context).as_json:
        typer.echo(json.dumps(scenario_document(found), ensure_ascii=False, indent=2))
        return
    rows = [
        [str(number), edit.action.label_zh, edit_text(None, edit)]
        for number, edit in enumerate(found.entry.edits, 1)
    ]
    table(found.entry.name, [_("序号"), _("改动"), _("内容")], rows)
    messages.print(
        f"{_('现状日期')} {found.entry.base_on}，{_('版本')} {found.version}", markup=False
    )


@group.command("answer", help=_("方案与现状比较：可达人数、每百户面积、造价、须知"))
def answer(
    context: typer.Context,
    id: Id,
    kind: Kinds = None,
    minutes: Minutes = "15",
    speed: Speed = "1.0",
    people: Who = "households",
    level: Level = "county",
    output: Annotated[Path | None, typer.Option("-o", "--output", help=_("另存为 .xlsx"))] = None,
) -> None:
    """Answer, print, and save where asked."""
    from civgeo.services.scenario_files import scenario_spreadsheet
    from civgeo.services.scenario_views import answer_document
    from civgeo.services.scenarios import one_scenario, saved_answer

    if output is not None and output.suffix.lower() != ".xlsx":
        raise typer.BadParameter(f"{output}: {_('只能另存为 .xlsx')}")
    question = _question(kind, minutes, speed, people, level)
    with city_of(context) as city:
        scenario = one_scenario(city, id, officer=True)
        found = saved_answer(city, scenario, question)
    if session(context).as_json:
        typer.echo(json.dumps(answer_document(found), ensure_ascii=False))
    else:
        _print(scenario, found)
    if output is not None:
        output.write_bytes(scenario_spreadsheet(found, scenario.entry.name))
        messages.print(f"{_('已保存')} {output}", markup=False)


def _question(
    kinds: list[str] | None, minutes: str, speed: str, people: str, level: str
) -> "ScenarioQuestion":
    from civgeo.analysis.coverage import UnitLevel
    from civgeo.analysis.reach import ReachTerms
    from civgeo.domain.facility import FacilityKind
    from civgeo.services.reach import People
    from civgeo.services.scenario_answer import ScenarioQuestion

    known = {kind.value: kind for kind in FacilityKind}
    choices = {"--people": (people, [*People]), "--level": (level, [*UnitLevel])}
    choices |= {f"--kind {kind}": (kind, [*known]) for kind in kinds or ()}
    for option, (text, listed) in choices.items():
        if text not in listed:
            raise typer.BadParameter(f"{option.split()[0]} {text}: {' '.join(listed)}")
    chosen = tuple(dict.fromkeys(known[kind] for kind in kinds or ()))
    terms = ReachTerms(_number(minutes), _number(speed))
    return ScenarioQuestion(chosen, terms, People(people), UnitLevel(level))


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise typer.BadParameter(f"{text}: {_('应为数')}") from None


def _print(scenario: "SavedScenario", found: "ScenarioAnswer") -> None:
    from civgeo.services.scenario_views import unit_rows

    ground, terms = found.planning.ground, found.question.terms
    columns = {
        "name": _("单位"),
        "reached_before": _("现状可达"),
        "reached_after": _("方案可达"),
        "percent_before": _("现状 %"),
        "percent_after": _("方案 %"),
        "gained": _("新增"),
        "lost": _("失去"),
    }
    for part in found.reach:
        rows = [
            ["—" if row[key] is None else str(row[key]) for key in columns]
            for row in unit_rows(found, part)
        ]
        title = f"{scenario.entry.name}：{part.kind.label_zh} {terms.minutes} {_('分钟')}"
        if ground.simulated:
            title += f" 【{_('模拟数据')}】"
        table(title, list(columns.values()), rows)
    if found.holdings.cost_yuan is not None:
        messages.print(f"{_('造价合计（元）')} {found.holdings.cost_yuan:,.0f}", markup=False)
    for item in found.holdings.findings:
        messages.print(f"{_('改动')} {item.edit}：{item.text}", markup=False)
    if scenario.data_version != ground.data_version:
        messages.print(_("方案保存后，登记数据已有变化：结果按现在的数据计算"), markup=False)
