"""``civgeo cemeteries rules`` and ``rule``: rules listed, entered, changed, and their editions."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, settings, table
from civgeo.cli.entered import Actor, Document, DocumentDate, edit_of
from civgeo.cli.opened import city_of, pairs
from civgeo.domain.clock import BEIJING
from civgeo.errors import InvalidInput

if TYPE_CHECKING:
    from civgeo.domain.cemetery_rules import CemeteryRule, CemeteryRuleBook
    from civgeo.services.cemetery_rule_history import RuleEdit
    from civgeo.services.cemetery_rule_rows import Row
    from civgeo.services.cemetery_rule_saving import Saved

__all__ = ["EarlierRules", "book_of", "group", "rules"]

group = typer.Typer(no_args_is_help=True)

EarlierRules = Annotated[
    str | None,
    typer.Option(
        "--edition", help=_("按以前的版本：答复中的 edition，或校验值前 8 位；默认现行的规定")
    ),
]
RuleId = Annotated[str, typer.Argument(metavar="ID", help=_("规定的编号"))]
MadeFrom = Annotated[
    str | None,
    typer.Option("--edition", help=_("依据的版本（校验值前 8 位）；文件已被他人改动时不保存")),
]
Cells = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help=_("列名（英文或中文）与内容，可多次")),
]
Trial = Annotated[bool, typer.Option("--dry-run", help=_("只检查，不保存"))]


def book_of(context: typer.Context, edition: str | None = None) -> "CemeteryRuleBook":
    """Rules with the bureau's own where a store is named, else those of the packaged edition."""
    from civgeo.services.cemetery_rules import rules_in_force

    return rules_in_force(settings(context).store if session(context).store else None, edition)


def rules(
    context: typer.Context,
    on: Annotated[str | None, typer.Option(help=_("只列这一天施行的；默认全部"))] = None,
    division: Annotated[str | None, typer.Option(help=_("只列适用于这一区划的"))] = None,
    missing: Annotated[
        bool, typer.Option("--missing", help=_("只列条文待录入的，和等它的结论"))
    ] = False,
    edition: EarlierRules = None,
) -> None:
    """Print the rules."""
    from civgeo.domain.division import DivisionCode
    from civgeo.domain.standard import parse_day
    from civgeo.services.cemetery_answers import listed_rules, rules_answer

    book = book_of(context, edition)
    found = listed_rules(
        book,
        division=None if division is None else DivisionCode.parse(division),
        on=None if on is None else parse_day(on),
        missing=missing,
    )
    waiting = _waiting(context, found) if missing and session(context).store else {}
    if session(context).as_json:
        answer = rules_answer(book, found, waiting)
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        _print_rules(book, found, waiting)


@group.command("enter", help=_("录入本局规定；--text 录入一部待录入的条文（CSV，一款一行）"))
def enter(
    context: typer.Context,
    actor: Actor,
    document: Document,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help=_("规定表（CSV）；一条可用 --set"))
    ] = None,
    cells: Cells = None,
    text: Annotated[
        str | None, typer.Option(metavar="ID", help=_("录入的是哪一部待录入的条文"))
    ] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help=_("全文已录：表中没有的事项，条文没有规定"))
    ] = False,
    document_date: DocumentDate = None,
    edition: MadeFrom = None,
    dry_run: Trial = False,
) -> None:
    """Enter rules, all or none."""
    from civgeo.services import cemetery_rule_desk as desk
    from civgeo.services.cemetery_rule_rows import rows_of_file

    if (file is None) == (not cells):
        raise InvalidInput("请给出规定表，或用 --set 写一条，二者取一")
    rows = (_cells(cells),) if file is None else rows_of_file(file)
    edit = edit_of(actor, document, document_date, None)
    _save(
        context,
        lambda folder: desk.enter_rules(
            folder,
            rows,
            edit,
            expected=edition,
            text=text,
            whole=whole,
            trial=dry_run,
            first=1 if file is None else 2,
        ),
    )


@group.command("change", help=_("更改一条规定；随带的由本局的一条代替"))
def change(
    context: typer.Context,
    id: RuleId,
    actor: Actor,
    document: Document,
    cells: Cells = None,
    document_date: DocumentDate = None,
    edition: MadeFrom = None,
    dry_run: Trial = False,
) -> None:
    """Change columns of a rule."""
    from civgeo.services import cemetery_rule_desk as desk

    changed = _cells(cells)
    edit = edit_of(actor, document, document_date, None)
    _save(
        context,
        lambda folder: desk.change_rule(folder, id, changed, edit, expected=edition, trial=dry_run),
    )


@group.command("off", help=_("停用一条规定；以前的版本照存"))
def off(
    context: typer.Context,
    id: RuleId,
    actor: Actor,
    document: Document,
    document_date: DocumentDate = None,
    edition: MadeFrom = None,
) -> None:
    """Take a rule out of force."""
    from civgeo.services import cemetery_rule_desk as desk

    edit = edit_of(actor, document, document_date, None)
    _save(context, lambda folder: desk.switch_off(folder, id, edit, expected=edition))


@group.command("restore", help=_("恢复停用的规定，或恢复随带的原条"))
def restore(
    context: typer.Context,
    id: RuleId,
    actor: Actor,
    document: Document,
    document_date: DocumentDate = None,
    edition: MadeFrom = None,
) -> None:
    """Bring a rule back."""
    from civgeo.services import cemetery_rule_desk as desk

    edit = edit_of(actor, document, document_date, None)
    _save(context, lambda folder: desk.restore_rule(folder, id, edit, expected=edition))


@group.command("undo", help=_("回到以前的版本，也是一次修改；文件改坏了也可用"))
def undo(
    context: typer.Context,
    to: Annotated[
        str, typer.Argument(metavar="EDITION", help=_("校验值前 8 位；none 为没有本局规定"))
    ],
    actor: Actor,
    document: Document,
    document_date: DocumentDate = None,
    edition: MadeFrom = None,
) -> None:
    """Go back to an earlier edition."""
    from civgeo.services import cemetery_rule_desk as desk

    edit = edit_of(actor, document, document_date, None)
    _save(context, lambda folder: desk.go_back(folder, to, edit, expected=edition))


@group.command("history", help=_("修改记录：何时、何人、依据、改了哪些，和各版本"))
def history(context: typer.Context) -> None:
    """Print the edits, the newest first."""
    from civgeo.services.cemetery_rule_history import history_answer, rule_history
    from civgeo.services.cemetery_rule_saving import current_mark

    folder = settings(context).store
    edits = rule_history(folder)
    if session(context).as_json:
        answer = history_answer(edits, current_mark(folder))
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    columns = [_("时间"), _("修改"), _("规定"), _("经办人"), _("依据文件"), _("版本")]
    table(_("规定的修改记录"), columns, [_history_row(item) for item in edits])


def _history_row(item: "RuleEdit") -> list[str]:
    from datetime import datetime

    at = datetime.fromisoformat(item.entry.recorded_at).astimezone(BEIJING)
    ids = [change.id for change in item.changes or ()] or list(item.entry.rules)
    told = [at.strftime("%Y-%m-%d %H:%M"), item.entry.action.label_zh, "、".join(ids)]
    return [*told, item.entry.actor, item.entry.document, item.edition]


def _cells(given: list[str] | None) -> "Row":
    from civgeo.services.cemetery_rule_rows import rows_given

    (row,) = rows_given([pairs(given, "--set", "value=300")])
    return row


def _save(context: typer.Context, act: "Callable[[Path], Saved]") -> None:
    """Do it, and tell what was saved, or what is wrong row by row."""
    from civgeo.services.cemetery_rule_rows import RulesRefused
    from civgeo.services.cemetery_rule_saving import saved_answer

    try:
        saved = act(settings(context).store)
    except RulesRefused as error:
        if session(context).as_json:
            typer.echo(json.dumps({"findings": error.documents}, ensure_ascii=False, indent=2))
        else:
            rows = [[str(item.row), item.title, item.problem] for item in error.findings]
            table(_("没有保存"), [_("行"), _("列"), _("问题")], rows)
        raise typer.Exit(3) from None
    if session(context).as_json:
        typer.echo(json.dumps(saved_answer(saved), ensure_ascii=False, indent=2))
        return
    done = _("检查通过，没有保存") if saved.trial else _("已保存")
    messages.print(f"{done}：{'、'.join(saved.rules)}", markup=False)
    if saved.waiting:
        left = "、".join(topic.label_zh for topic in saved.waiting)
        messages.print(f"{_('仍在等这部条文的事项')}：{left}", markup=False)
    typer.echo(saved.book.edition)


def _waiting(
    context: typer.Context, found: "tuple[CemeteryRule, ...]"
) -> dict[str, dict[str, object]]:
    from civgeo.services.cemetery_waiting import waiting_answer, waiting_texts

    with city_of(context) as city:
        texts = waiting_texts(city, found, officer=True)
    return {text.rule.id: waiting_answer(text) for text in texts}


def _print_rules(
    book: "CemeteryRuleBook",
    found: "tuple[CemeteryRule, ...]",
    waiting: dict[str, dict[str, object]],
) -> None:
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
            _remark(rule, waiting.get(rule.id)),
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


def _remark(rule: "CemeteryRule", waits: dict[str, object] | None) -> str:
    if waits is not None:
        return f"{_('等它的公墓')} {waits['cemeteries']}"
    return "" if rule.enabled else _("未启用")


def _threshold(rule: "CemeteryRule") -> str:
    return "" if rule.value is None else f"{rule.operator.value} {rule.value} {rule.unit}"
