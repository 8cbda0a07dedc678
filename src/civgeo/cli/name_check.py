"""``civgeo names check``: proposed names against names in use, rules and lists."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, settings, today
from civgeo.cli.jsonl import Answer, Fields, run_lines
from civgeo.domain.place_kind import PlaceKind
from civgeo.errors import InvalidInput

if TYPE_CHECKING:
    from civgeo.domain.naming_check import Guide, NameCheck
    from civgeo.domain.naming_findings import Finding
    from civgeo.domain.naming_words import Links
    from civgeo.services.city import City
    from civgeo.services.name_conflicts import RegisterCheck
    from civgeo.services.naming import Proposal

__all__ = ["Lists", "check_lines", "guide_in_force"]

_AREAS = ("province", "prefecture", "county", "township", "builtup_area")
_PLACE_KEYS = frozenset({"name", "kind", *_AREAS, "famous", "reading"})
_KEYS = _PLACE_KEYS | {"person_link", "enterprise_link", "reason", "on", "existing"}
_EXISTING_KEYS = _PLACE_KEYS | {"id"}
Lists = Annotated[
    Path | None,
    typer.Option("--lists", help=_("名单与规定文件夹，同名文件代替随带的；不用库旁的 own")),
]


def guide_in_force(context: typer.Context, lists: Path | None) -> "Guide":
    """Rules and lists of the folder that was named, or those in force for the store."""
    from civgeo.services.naming_lists import naming_guide
    from civgeo.services.own_material import own_guide

    return own_guide(settings(context).store) if lists is None else naming_guide(lists)


def check_lines(
    context: typer.Context,
    source: Annotated[str, typer.Option("--input", help=_("JSON 行文件，- 为标准输入"))] = "-",
    lists: Lists = None,
    register: Annotated[
        bool, typer.Option("--register", help=_("与登记库核对：每行给 division，不用 existing"))
    ] = False,
    map_file: Annotated[
        Path | None,
        typer.Option("--map", help=_("与登记库核对，把冲突的地名画成地图（.html）")),
    ] = None,
    fail_on_findings: Annotated[
        bool, typer.Option("--fail-on-findings", help=_("有发现时退出码为 1"))
    ] = False,
) -> None:
    """Answer each line with the findings of its name."""
    guide = guide_in_force(context, lists)
    wanting = (lambda answer: bool(answer["findings"])) if fail_on_findings else None
    if register or map_file is not None:
        _check_in_register(context, source, guide, map_file, wanting)
    else:
        run_lines(source, _KEYS, lambda fields: _answer(fields, guide), is_finding=wanting)


def _check_in_register(
    context: typer.Context,
    source: str,
    guide: "Guide",
    map_file: Path | None,
    wanting: Callable[[Answer], bool] | None,
) -> None:
    """Answer each line from the store's register, and draw what conflicts where asked."""
    from civgeo.services.city import City
    from civgeo.services.name_conflicts import (
        REGISTER_CHECK_KEYS,
        register_answer,
        register_check,
    )
    from civgeo.store.store import Store

    with Store.open(settings(context).store) as store:
        city, checks = City(store, today()), []

        def answer(fields: Fields) -> Answer:
            found = register_check(city, fields, guide=guide)
            if map_file is not None:
                checks.append(found)
            return register_answer(found)

        try:
            run_lines(source, REGISTER_CHECK_KEYS, answer, is_finding=wanting)
        finally:
            if map_file is not None and checks:
                _draw(city, checks, map_file, settings(context).public_number)


def _draw(city: "City", checks: "list[RegisterCheck]", target: Path, public_number: str) -> None:
    from civgeo.services.name_conflicts import conflicts_chart

    page = conflicts_chart(city, checks, public_number=public_number).to_single_file()
    target.write_text(page, encoding="utf-8")
    messages.print(f"{_('已保存')} {target}", markup=False)


def _answer(fields: Fields, guide: "Guide") -> Answer:
    from civgeo.services.naming import check_proposal
    from civgeo.services.rule_answers import lists_document

    on = fields.day("on", today())
    proposal = _proposal(fields)
    items = fields.items("existing") if fields.has("existing") else []
    existing = [_existing(item, number) for number, item in enumerate(items)]
    found = check_proposal(proposal, existing, on=on, links=_links(fields), guide=guide)
    return {
        **_status(found, on),
        "name": proposal.name,
        "kind": proposal.kind.value,
        "on": on.isoformat(),
        "reading": " ".join(found.syllables) if found.syllables else None,
        "findings": [_finding(finding) for finding in found.findings],
        "blocked": found.blocked,
        **lists_document(found.consulted),
        "notes": list(found.notes),
        "edition": guide.rules.edition,
    }


def _status(found: "NameCheck", on: date) -> dict[str, str]:
    if found.assessed:
        return {"status": "ok"}
    reason = f"手头没有 {on.isoformat()} 施行的全国地名命名规定"
    return {"status": "not_assessed", "reason": reason}


def _finding(finding: "Finding") -> dict[str, object]:
    return {
        "rule": {
            "regulation": finding.rule.regulation,
            "article": finding.rule.article or None,
            "item": finding.rule.item or None,
        },
        "code": finding.code.value,
        "severity": finding.severity.value,
        "against": list(finding.against),
        "message": finding.message,
    }


def _proposal(fields: Fields, ref: int = 0) -> "Proposal":
    from civgeo.domain.naming_place import Areas
    from civgeo.services.naming import Proposal

    areas = {key: fields.text(key) for key in _AREAS if fields.has(key)}
    return Proposal(
        fields.text("name"),
        fields.choice("kind", PlaceKind),
        Areas.of(**areas),
        _flag(fields, "famous") is True,
        fields.text("reading") if fields.has("reading") else None,
        ref,
    )


def _existing(item: object, number: int) -> "Proposal":
    """One name in use; an error says which."""
    if not isinstance(item, dict):
        raise InvalidInput(f"existing[{number}] 应为对象，收到 {item!r}", code="bad_type")
    try:
        proposal = _proposal(Fields(item, _EXISTING_KEYS), number)
    except InvalidInput as error:
        raise InvalidInput(f"existing[{number}]：{error.message}", code=error.code) from None
    if not proposal.name.strip():
        raise InvalidInput(f"existing[{number}]：名称是空的", code="bad_value")
    return proposal


def _links(fields: Fields) -> "Links":
    from civgeo.domain.naming_words import Links

    reason = fields.text("reason") if fields.has("reason") else ""
    return Links(_flag(fields, "person_link"), _flag(fields, "enterprise_link"), reason)


def _flag(fields: Fields, key: str) -> bool | None:
    value = fields.raw(key) if fields.has(key) else None
    if value is not None and not isinstance(value, bool):
        raise InvalidInput(f"{key} 应为 true 或 false，收到 {value!r}", code="bad_type")
    return value
