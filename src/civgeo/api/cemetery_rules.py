"""The rules on cemeteries over HTTP: listed, entered, changed, switched off, and their editions."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Annotated, Literal, TypeVar

import orjson
from fastapi import APIRouter, Path, Query, Request, Response

from civgeo.api.boundary_examples import answered, body
from civgeo.api.cemetery_examples import EDITIONS, ENTERED, ENTERING, RULES
from civgeo.api.links import page_address
from civgeo.domain.cemetery_rules import Force, Topic
from civgeo.domain.division import DivisionCode
from civgeo.domain.standard import parse_day
from civgeo.errors import InvalidInput, NotFound, VersionRequired
from civgeo.http.cemetery_rule_pages import RulesAsked, rules_page, texts_page
from civgeo.http.context import CityNow, Language
from civgeo.http.exact_body import ExactBody
from civgeo.http.given import flag_in, needed_text, text_in
from civgeo.http.negotiation import Format, negotiate
from civgeo.http.preconditions import stated_tag
from civgeo.http.query import require_known
from civgeo.http.token import MAY_WRITE, is_officer
from civgeo.http.writing import edit_of, members, refuse_strange
from civgeo.services import cemetery_rule_desk as desk
from civgeo.services.cemetery_answers import listed_rules, rule_record, rules_answer
from civgeo.services.cemetery_rule_history import history_answer, rule_history
from civgeo.services.cemetery_rule_rows import rows_given
from civgeo.services.cemetery_rule_saving import Saved, current_mark, saved_answer
from civgeo.services.cemetery_rule_states import state_of
from civgeo.services.cemetery_rules import rules_in_force
from civgeo.services.cemetery_waiting import waiting_answer, waiting_texts
from civgeo.services.city import City
from civgeo.store.rule_editions import RuleEditions

__all__ = ["router"]

router = APIRouter(prefix="/cemeteries/rules", tags=["公墓"])

RuleId = Annotated[str, Path(description="规定的编号", max_length=80)]
Stated = Annotated[str | None, Query(description="依据的版本（own_edition）；也可用 If-Match")]
Who = Annotated[str | None, Query(description="经办人")]
On = Annotated[str | None, Query(description="依据文件")]
Dated = Annotated[str | None, Query(description="文件日期 YYYY-MM-DD")]
Choice = TypeVar("Choice", Topic, Force)
_QUERY = ("on", "division", "missing", "topic", "force", "rules_edition", "f", "lang")


@router.get(
    "", summary="公墓的规定，与待录入的条文", responses=answered(RULES, Format.HTML.media_type)
)
def rules(
    request: Request,
    city: CityNow,
    on: Annotated[str | None, Query(description="只列这一天施行的，默认全部")] = None,
    division: Annotated[str | None, Query(description="只列适用于这一区划的")] = None,
    missing: Annotated[bool, Query(description="只列条文待市局录入的，和等它的结论")] = False,
    topic: Annotated[str | None, Query(description="只列这一事项的，如 distance")] = None,
    force: Annotated[str | None, Query(description="只列 legal 法规或 plan 规划")] = None,
    rules_edition: Annotated[str | None, Query(description="以前的版本，默认现行")] = None,
    f: Annotated[Literal["json", "html"] | None, Query(description="返回格式")] = None,
    lang: Language = None,
) -> Response:
    """Rules with their source, period, force and evidence; in a browser as a page."""
    require_known(request, _QUERY)
    form = negotiate(request, (Format.JSON, Format.HTML))
    asked = RulesAsked(
        on=parse_day(on) if on else None,
        division=DivisionCode.parse(division) if division else None,
        missing=missing,
        topic=_member(Topic, topic, "topic"),
        force=_member(Force, force, "force"),
        edition=rules_edition or None,
    )
    if form is Format.HTML and not request.query_params.keys() - {"f", "lang"}:
        asked = asked.by_default(city)
    if form is Format.HTML and missing and asked.on is None:
        asked = replace(asked, on=city.today)
    book = rules_in_force(_folder(city), asked.edition)
    found = listed_rules(
        book,
        division=asked.division,
        on=asked.on,
        missing=missing,
        topic=asked.topic,
        force=asked.force,
    )
    officer = is_officer(request)
    if form is Format.HTML:
        data_url = page_address(request, Format.JSON, dropped=["lang"])
        if missing:
            waiting = waiting_texts(city, found, officer=officer)
            return texts_page(request, city, book, asked, waiting, data_url)
        return rules_page(request, city, book, asked, found, data_url)
    texts = waiting_texts(city, found, officer=officer) if missing else ()
    return _marked(
        city, rules_answer(book, found, {text.rule.id: waiting_answer(text) for text in texts})
    )


@router.get("/editions", summary="公墓规定的修改记录与各版本", responses=answered(EDITIONS))
def editions(request: Request, city: CityNow) -> Response:
    """Who changed the bureau's rules, when, on the strength of what, and each edition."""
    require_known(request, ())
    folder = _folder(city)
    return _marked(city, history_answer(rule_history(folder), current_mark(folder)))


@router.get(
    "/editions/{edition}",
    summary="一个版本的本局规定（CSV）",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}}},
)
def edition(
    request: Request,
    city: CityNow,
    edition: Annotated[str, Path(description="校验值，至少前 8 位", max_length=64)],
) -> Response:
    """The bureau's file as it was."""
    require_known(request, ())
    path = RuleEditions(_folder(city)).edition(edition)
    name = f"cemetery_rules-{path.name.split('.')[1][:8]}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(path.read_bytes(), 200, headers, "text/csv; charset=utf-8")


@router.post(
    "",
    status_code=201,
    summary="录入本局规定，或录入一部条文",
    openapi_extra=body(ENTERING),
    responses=answered(ENTERED),
    dependencies=[MAY_WRITE],
)
def enter(request: Request, city: CityNow, body: ExactBody) -> Response:
    """Enter rules, all or none; with ``text`` they are the clauses of that missing text."""
    require_known(request, ())
    refuse_strange(body, ("rules", "text", "whole", "dry_run", "edit", "own_edition"))
    items = body.get("rules")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise InvalidInput("rules 应为规定的列表，每条为一个对象", code="bad_type")
    saved = desk.enter_rules(
        _folder(city),
        rows_given(items),
        edit_of(members(body, "edit")),
        expected=_expected(request, text_in(body, "own_edition")),
        text=text_in(body, "text") or None,
        whole=flag_in(body, "whole"),
        trial=flag_in(body, "dry_run"),
    )
    return _saved(saved, 200 if saved.trial else 201)


@router.post(
    "/undo",
    summary="回到以前的版本（也是一次修改）",
    openapi_extra=body({"to": "1a2b3c4d", "edit": ENTERING["edit"], "own_edition": "5e6f7a8b"}),
    responses=answered(ENTERED),
    dependencies=[MAY_WRITE],
)
def undo(request: Request, city: CityNow, body: ExactBody) -> Response:
    """Make an earlier edition of the bureau's rules the one in force."""
    require_known(request, ())
    refuse_strange(body, ("to", "edit", "own_edition"))
    expected = _needed(request, text_in(body, "own_edition"))
    edit = edit_of(members(body, "edit"))
    return _saved(desk.go_back(_folder(city), needed_text(body, "to"), edit, expected=expected))


@router.get("/{id}", summary="一条规定", responses=answered({"edition": "", "rule": {}}))
def rule(
    request: Request,
    city: CityNow,
    id: RuleId,
    rules_edition: Annotated[str | None, Query(description="以前的版本，默认现行")] = None,
) -> Response:
    """One rule with where it comes from: packaged, or the bureau's."""
    require_known(request, ("rules_edition",))
    book = rules_in_force(_folder(city), rules_edition or None)
    found = book.find(id)
    if found is None:
        raise NotFound(f"没有规定 {id[:80]!r}", code="rule_missing")
    state = {"state": state_of(found).value, "state_zh": state_of(found).label_zh}
    return _marked(city, {"edition": book.edition, "rule": rule_record(found) | state})


@router.put(
    "/{id}",
    summary="更改一条规定；随带的由本局的一条代替",
    openapi_extra=body({"rule": {"value": 1500}, "edit": ENTERING["edit"]}),
    responses=answered(ENTERED),
    dependencies=[MAY_WRITE],
)
def change(request: Request, city: CityNow, id: RuleId, body: ExactBody) -> Response:
    """Change the columns that the body names."""
    require_known(request, ())
    refuse_strange(body, ("rule", "edit", "own_edition", "dry_run"))
    (cells,) = rows_given([members(body, "rule")])
    expected = _needed(request, text_in(body, "own_edition"))
    edit, trial = edit_of(members(body, "edit")), flag_in(body, "dry_run")
    return _saved(desk.change_rule(_folder(city), id, cells, edit, expected=expected, trial=trial))


@router.delete(
    "/{id}", summary="停用一条规定", responses=answered(ENTERED), dependencies=[MAY_WRITE]
)
def switch_off(
    request: Request,
    city: CityNow,
    id: RuleId,
    actor: Who = None,
    document: On = None,
    document_date: Dated = None,
    own_edition: Stated = None,
) -> Response:
    """Take a rule out of force; its earlier editions stay."""
    require_known(request, ("actor", "document", "document_date", "own_edition"))
    edit = edit_of({"actor": actor, "document": document, "document_date": document_date})
    expected = _needed(request, own_edition or "")
    return _saved(desk.switch_off(_folder(city), id, edit, expected=expected))


@router.post(
    "/{id}/restore",
    summary="恢复停用的规定，或恢复随带的原条",
    openapi_extra=body({"edit": ENTERING["edit"], "own_edition": "5e6f7a8b"}),
    responses=answered(ENTERED),
    dependencies=[MAY_WRITE],
)
def restore(request: Request, city: CityNow, id: RuleId, body: ExactBody) -> Response:
    """Bring a rule back."""
    require_known(request, ())
    refuse_strange(body, ("edit", "own_edition"))
    expected = _needed(request, text_in(body, "own_edition"))
    edit = edit_of(members(body, "edit"))
    return _saved(desk.restore_rule(_folder(city), id, edit, expected=expected))


def _folder(city: City) -> FilePath:
    return city.store.file.parent


def _expected(request: Request, stated: str) -> str | None:
    return stated_tag(request) or stated or None


def _needed(request: Request, stated: str) -> str:
    """Version that an edit was made from; raises VersionRequired without one."""
    found = _expected(request, stated)
    if found is None:
        text = "请给出所依据的版本：If-Match 或 own_edition（GET /cemeteries/rules 的答复中有）"
        raise VersionRequired(text)
    return found


def _member(options: type[Choice], word: str | None, name: str) -> Choice | None:
    if not word:
        return None
    known = [option.value for option in options]
    if word not in known:
        raise InvalidInput(f"{name} 应为 {'、'.join(known)} 之一", code="bad_value")
    return options(word)


def _marked(city: City, answer: Mapping[str, object]) -> Response:
    """An answer with the mark of the bureau's file: what an edit says that it was made from."""
    mark = current_mark(_folder(city))
    return _answer({**answer, "own_edition": mark}, mark, 200)


def _saved(saved: Saved, status: int = 200) -> Response:
    return _answer(saved_answer(saved), saved.mark, status)


def _answer(answer: Mapping[str, object], mark: str, status: int) -> Response:
    headers = {"Cache-Control": "no-store", "ETag": f'"{mark[:16]}"', "Vary": "Accept"}
    content = orjson.dumps(answer)
    return Response(content, status, headers, Format.JSON.media_type)
