"""``civgeo names case``: propose, check, decide, file, announce and publish a name."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, settings, table, today
from civgeo.cli.editing import show_history
from civgeo.cli.entered import (
    Actor,
    Document,
    DocumentDate,
    Expected,
    Id,
    Outline,
    Point,
    Values,
    changes_of,
    edit_of,
)
from civgeo.domain.name_case import CaseState
from civgeo.domain.naming_findings import Severity
from civgeo.domain.procedure_rule import Body, Level, Step

if TYPE_CHECKING:
    from civgeo.domain.naming_words import Links
    from civgeo.services.city import City
    from civgeo.services.editing import Saved

__all__ = ["cases"]

cases = typer.Typer(no_args_is_help=True)

Reason = Annotated[str, typer.Option(help=_("命名、更名或注销的理由"))]
Rank = Annotated[Level | None, typer.Option("--level", help=_("实体级别"))]
On = Annotated[str | None, typer.Option("--on", help=_("哪一天办的 YYYY-MM-DD；默认今天"))]


@cases.command("open", help=_("拟一个新地名：--set name=… --set kind=… --set division=…"))
def open_case(
    context: typer.Context,
    actor: Actor,
    document: Document,
    values: Values = None,
    point: Point = None,
    outline: Outline = None,
    reason: Reason = "",
    level: Rank = None,
    sector: Annotated[str, typer.Option(help=_("行业主管部门（设施）"))] = "",
    document_date: DocumentDate = None,
) -> None:
    """Open the case of a new name."""
    from civgeo.services.case_opening import open_naming

    given = changes_of("place_names", values, point, outline)
    edit = edit_of(actor, document, document_date, None)
    _act(context, lambda c: open_naming(c, given, edit, reason=reason, level=level, sector=sector))


@cases.command("rename", help=_("拟给条目更名：--set name=新名"))
def rename(
    context: typer.Context,
    id: Id,
    actor: Actor,
    document: Document,
    version: Expected = None,
    values: Values = None,
    point: Point = None,
    outline: Outline = None,
    reason: Reason = "",
    level: Rank = None,
    document_date: DocumentDate = None,
) -> None:
    """Open the case of another name for an entry."""
    from civgeo.services.case_opening import open_renaming

    given = changes_of("place_names", values, point, outline)
    edit = edit_of(actor, document, document_date, None)
    _act(
        context,
        lambda c: open_renaming(c, id, given, edit, version, reason=reason, level=level),
    )


@cases.command("retire", help=_("拟注销条目的名称"))
def retire(
    context: typer.Context,
    id: Id,
    actor: Actor,
    document: Document,
    reason: Reason,
    version: Expected = None,
    level: Rank = None,
    document_date: DocumentDate = None,
) -> None:
    """Open the case of a name that ends."""
    from civgeo.services.case_opening import open_retiring

    edit = edit_of(actor, document, document_date, None)
    _act(context, lambda c: open_retiring(c, id, edit, version, reason=reason, level=level))


@cases.command("revise", help=_("修改草拟内容；已审核或被退回的回到草拟"))
def revise(
    context: typer.Context,
    id: Id,
    actor: Actor,
    document: Document,
    version: Expected = None,
    values: Values = None,
    point: Point = None,
    outline: Outline = None,
    reason: Annotated[str | None, typer.Option(help=_("改写理由"))] = None,
    document_date: DocumentDate = None,
) -> None:
    """Change the proposal of a case."""
    from civgeo.services.name_cases import redraft

    given = changes_of("place_names", values, point, outline)
    edit = edit_of(actor, document, document_date, None)
    _act(context, lambda c: redraft(c, id, given, edit, version, reason=reason))


@cases.command("check", help=_("按命名规则审核；没有禁止性问题才进入下一步"))
def check(
    context: typer.Context,
    id: Id,
    actor: Actor,
    document: Document,
    version: Expected = None,
    justification: Annotated[str, typer.Option(help=_("须说明事项的书面理由"))] = "",
    person_link: Annotated[
        bool | None, typer.Option("--person-link/--no-person-link", help=_("与人物有无特定联系"))
    ] = None,
    enterprise_link: Annotated[
        bool | None,
        typer.Option("--enterprise-link/--no-enterprise-link", help=_("与企业有无特定联系")),
    ] = None,
    reason: Reason = "",
    document_date: DocumentDate = None,
) -> None:
    """Check the proposed name."""
    from civgeo.services.name_cases import check_case

    edit = edit_of(actor, document, document_date, None)
    links = _links(person_link, enterprise_link, reason)

    def act(city: "City") -> "Saved":
        saved, _found = check_case(
            city, id, edit, version, justification=justification, links=links
        )
        return saved

    _act(context, act)


def _links(person: bool | None, enterprise: bool | None, reason: str) -> "Links":
    from civgeo.domain.naming_words import Links

    return Links(person, enterprise, reason)


@cases.command("materials", help=_("勾选申请材料（以所给代码为准）"))
def materials(
    context: typer.Context,
    id: Id,
    codes: Annotated[list[str], typer.Argument(metavar="CODE...", help=_("材料代码，见 show"))],
    actor: Actor,
    document: Document,
    version: Expected = None,
    document_date: DocumentDate = None,
) -> None:
    """Tick exactly these materials."""
    from civgeo.services.name_cases import tick_materials

    edit = edit_of(actor, document, document_date, None)
    _act(context, lambda c: tick_materials(c, id, frozenset(codes), edit, version))


@cases.command("step", help=_("记录一步：consulting submission approval return filing …"))
def step(
    context: typer.Context,
    id: Id,
    what: Annotated[Step, typer.Argument(metavar="STEP", help=_("办了哪一步"))],
    actor: Actor,
    document: Document,
    version: Expected = None,
    on: On = None,
    number: Annotated[str, typer.Option(help=_("文号"))] = "",
    title: Annotated[str, typer.Option(help=_("文件标题"))] = "",
    approver: Annotated[Body | None, typer.Option(help=_("批准机关（批准时）"))] = None,
    reason: Annotated[str, typer.Option(help=_("退回的理由（退回时）"))] = "",
    document_date: DocumentDate = None,
    entry_version: Annotated[
        int | None,
        typer.Option(help=_("发布时：办理期间条目另有更正的，写核对过的条目版本")),
    ] = None,
) -> None:
    """Record a step that was taken."""
    from civgeo.services.case_document import deed
    from civgeo.services.name_cases import take_step

    given: Mapping[str, str | None] = {
        "on": on,
        "number": number or None,
        "dated": document_date,
        "title": title or None,
        "approver": None if approver is None else approver.value,
        "reason": reason or None,
    }
    edit = edit_of(actor, document, document_date, None)
    done = deed(what.value, given, today())
    _act(
        context,
        lambda c: take_step(c, id, done, edit, version, entry_version=entry_version),
    )


@cases.command("list", help=_("列出案卷"))
def list_cases(
    context: typer.Context,
    state: Annotated[CaseState | None, typer.Option(help=_("办理状态"))] = None,
    division: Annotated[str | None, typer.Option(help=_("区划代码"))] = None,
) -> None:
    """Print the cases."""
    from civgeo.services import name_cases
    from civgeo.services.case_document import case_document

    with _city(context) as city:
        found = [
            case_document(file, city.today)
            for file in name_cases.cases(city, state=state, division=division)
        ]
    if session(context).as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    if not found:
        messages.print(_("没有案卷。拟一个新地名：civgeo names case open"))
        return
    columns = [_("编号"), _("事项"), _("名称"), _("状态"), _("下一步"), _("期限"), _("版本")]
    table(_("地名案卷"), columns, [_row(item) for item in found])


def _row(item: Mapping[str, object]) -> list[str]:
    due = item["due"]
    first = due[0] if isinstance(due, list) and due else {}
    cells = (item["id"], item["action_zh"], item["name"], item["state_zh"])
    return [
        *map(str, cells),
        first.get("label_zh", ""),
        first.get("due") or "",
        f"{item['version']}",
    ]


@cases.command("show", help=_("一个案卷：发现、材料、可办的步骤与期限"))
def show(context: typer.Context, id: Id) -> None:
    """Print one case as JSON."""
    from civgeo.services.case_document import case_document
    from civgeo.services.name_cases import case_file

    with _city(context) as city:
        found = case_document(case_file(city, id), city.today)
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2))


@cases.command("history", help=_("案卷办理经过：每一步何人、何时、依据什么"))
def history(context: typer.Context, id: Id) -> None:
    """Print the versions of a case."""
    show_history(context, "name_cases", id)


@cases.command("overdue", help=_("逾期未办的备案与公告"))
def overdue(
    context: typer.Context,
    calendar: Annotated[
        Path | None, typer.Option("--calendar", help=_("另存全部期限为日历 .ics"))
    ] = None,
    fail_on_findings: Annotated[
        bool, typer.Option("--fail-on-findings", help=_("有逾期时退出码为 1"))
    ] = False,
) -> None:
    """Print what is overdue."""
    from civgeo.services.case_document import overdue_document
    from civgeo.services.name_cases import cases as all_cases

    with _city(context) as city:
        found = overdue_document(city, all_cases(city))
        if calendar is not None:
            _save_calendar(city, calendar)
    if session(context).as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
    elif found:
        columns = [_("名称"), _("步骤"), _("由谁办"), _("期限"), _("逾期天数"), _("案卷")]
        keys = ("name", "label_zh", "who", "due", "days", "id")
        table(_("逾期未办"), columns, [[str(item[key]) for key in keys] for item in found])
    else:
        messages.print(_("没有逾期。"))
    if found and fail_on_findings:
        raise typer.Exit(1)


def _save_calendar(city: "City", target: Path) -> None:
    from datetime import datetime

    from civgeo.domain.clock import BEIJING
    from civgeo.services.case_papers import calendar

    target.write_bytes(calendar(city, datetime.now(BEIJING)))


@cases.command("paper", help=_("生成文书：application filing announcement，按后缀 .docx、.pdf"))
def paper(
    context: typer.Context,
    id: Id,
    what: Annotated[str, typer.Argument(metavar="PAPER", help=_("哪一种文书"))],
    output: Annotated[Path, typer.Option("-o", "--output", help=_("存到哪里"))],
    office: Annotated[str, typer.Option(help=_("申请单位或发文机关"))],
    number: Annotated[str, typer.Option(help=_("文号"))] = "",
) -> None:
    """Write one paper of a case."""
    from civgeo.errors import InvalidInput
    from civgeo.services.case_papers import Paper, case_paper
    from civgeo.services.name_documents import FileFormat

    try:
        kind, form = Paper(what), FileFormat(output.suffix.removeprefix("."))
    except ValueError:
        text = "文书应为 application、filing 或 announcement，文件后缀应为 .docx 或 .pdf"
        raise InvalidInput(text, code="bad_value") from None
    with _city(context) as city:
        output.write_bytes(case_paper(city, id, kind, form, office=office, number=number))
    messages.print(f"{_('已写入')} {output}", markup=False)


@contextmanager
def _city(context: typer.Context) -> "Iterator[City]":
    """The city of the store that the command works on."""
    from civgeo.services.city import City
    from civgeo.store.store import Store

    with Store.open(settings(context).store) as store:
        yield City(store, today())


def _act(context: typer.Context, act: Callable[["City"], "Saved"]) -> None:
    """Do `act`, then say where the case stands and what comes next."""
    from civgeo.services.case_document import case_document
    from civgeo.services.name_cases import case_file

    with _city(context) as city:
        saved = act(city)
        found = case_document(case_file(city, saved.id), city.today)
    if session(context).as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    typer.echo(saved.id)
    told = f"{found['name']} {found['state_zh']}，{_('版本')} {saved.version}"
    messages.print(told, markup=False)
    for item in _listed(found["findings"]):
        weight = Severity(str(item["severity"])).label_zh
        messages.print(f"  【{_(weight)}】{item['message']}", markup=False, soft_wrap=True)
    problems = found["problems"]
    for problem in problems if isinstance(problems, list) else ():
        messages.print(f"  【{_('请核对')}】{problem}", markup=False, soft_wrap=True)
    names = "、".join(str(item["label_zh"]) for item in _listed(found["steps_open"]))
    messages.print(f"{_('可办')}：{names or '—'}", markup=False)


def _listed(value: object) -> list[Mapping[str, object]]:
    return value if isinstance(value, list) else []
