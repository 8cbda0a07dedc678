"""Scenarios over HTTP: what edits change, saved lists of edits, their comparison."""

from contextlib import AbstractContextManager, nullcontext
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from civgeo.analysis.coverage import UnitLevel
from civgeo.api.boundary_examples import answered, body
from civgeo.api.links import address
from civgeo.api.scenario_bodies import QUESTION, entry_in, question_in, question_of
from civgeo.api.scenario_examples import ANSWER, APPENDED, ASKED, COMPARED, ENTRY
from civgeo.domain.scenario_edits import parsed_edits
from civgeo.errors import InvalidInput
from civgeo.http.context import CityNow
from civgeo.http.given import day_in, json_answer
from civgeo.http.limiter import heavy_work
from civgeo.http.negotiation import Format, negotiate
from civgeo.http.preconditions import expected_version
from civgeo.http.query import require_known
from civgeo.http.token import MAY_WRITE, is_officer
from civgeo.http.writing import Body, edit_of, members, refuse_strange, version_of
from civgeo.services import scenarios
from civgeo.services.city import City
from civgeo.services.reach import People
from civgeo.services.scenario_answer import ScenarioQuestion, answer_scenario
from civgeo.services.scenario_files import (
    compared_rows,
    scenario_document,
    scenario_geojson,
    scenario_spreadsheet,
)
from civgeo.services.scenario_views import answer_document

__all__ = ["router"]

router = APIRouter(prefix="/scenarios", tags=["情景方案"])

QUICK_EDITS = 50
"""Longer lists wait for a place among the heavy requests."""

ScenarioId = Annotated[str, Path(description="方案编号")]
Kinds = Annotated[str | None, Query(description="设施种类，逗号并列，分别计算；默认改动涉及的种类")]
Minutes = Annotated[str, Query(description="步行分钟数")]
Speed = Annotated[str, Query(description="步行速度（米/秒）")]
Who = Annotated[People, Query(description="计户数还是老年人口")]
Level = Annotated[UnitLevel, Query(description="汇总单位：community township county city")]
_SHEET, _MAP = Format.XLSX.media_type, Format.GEOJSON.media_type


@router.post(
    "/answer",
    summary="一组改动与现状比较，不保存",
    openapi_extra=body(ASKED),
    responses=answered(ANSWER),
)
def answer_edits(request: Request, city: CityNow, body: Body) -> Response:
    """Delta table of a list of edits; nothing is written."""
    require_known(request, ())
    refuse_strange(body, ("edits", "on", *QUESTION))
    given = body.get("edits")
    if not isinstance(given, list):
        raise InvalidInput("请求内容缺少 edits（改动的列表）", code="missing_key")
    edits, question, on = parsed_edits(given), question_in(body), day_in(body, "on")
    with _place_for(len(edits)):
        return json_answer(answer_document(answer_scenario(city, edits, question, on)))


@router.get("", summary="情景方案列表：共享的人人可看，其余须带令牌")
def list_scenarios(request: Request, city: CityNow) -> Response:
    """Scenarios in the order in which they were entered, without their edits."""
    require_known(request, ())
    found = scenarios.saved_scenarios(city, officer=is_officer(request))
    listed = [scenario_document(one) | {"edits": len(one.entry.edits)} for one in found]
    return json_answer({"scenarios": listed})


@router.post(
    "",
    status_code=201,
    summary="保存新方案",
    openapi_extra=body(ENTRY),
    dependencies=[MAY_WRITE],
)
def create(request: Request, city: CityNow, body: Body) -> Response:
    """Save a scenario; its id is assigned."""
    require_known(request, ())
    saved = scenarios.new_scenario(city, entry_in(body), edit_of(members(body, "edit")))
    answer = _shown(city, saved.id)
    answer.status_code = 201
    answer.headers["Location"] = address(request, "scenarios", saved.id)
    return answer


@router.get("/compare", summary="几个方案与现状的比较表", responses=answered(COMPARED))
def compare(
    request: Request,
    city: CityNow,
    ids: Annotated[str, Query(description="方案编号，逗号并列，至多 10 个")],
    kinds: Kinds = None,
    minutes: Minutes = "15",
    speed: Speed = "1.0",
    people: Who = People.HOUSEHOLDS,
) -> Response:
    """One row for each scenario and kind, all measured by the same kinds and terms."""
    require_known(request, ("ids", "kinds", "minutes", "speed", "people"))
    question = question_of(kinds, minutes, speed, people)
    chosen = [id.strip() for id in ids.split(",") if id.strip()]
    with heavy_work():
        found = scenarios.compared(city, chosen, question, officer=is_officer(request))
        return json_answer({"scenarios": compared_rows(found)})


@router.get("/{scenario_id}", summary="一个方案和它的改动")
def one(request: Request, city: CityNow, scenario_id: ScenarioId) -> Response:
    """The scenario as it is saved; its tag is the version to base an edit on."""
    require_known(request, ())
    return _shown(city, scenario_id, officer=is_officer(request))


@router.put(
    "/{scenario_id}",
    summary="整体更改方案",
    openapi_extra=body(ENTRY),
    dependencies=[MAY_WRITE],
)
def replace(request: Request, city: CityNow, scenario_id: ScenarioId, body: Body) -> Response:
    """Make a scenario what the body holds; who entered it stays."""
    require_known(request, ())
    edit = members(body, "edit")
    expected = expected_version(request, version_of(edit))
    scenarios.revise_scenario(city, scenario_id, entry_in(body), edit_of(edit), expected)
    return _shown(city, scenario_id)


@router.delete("/{scenario_id}", status_code=204, summary="注销方案", dependencies=[MAY_WRITE])
def close(
    request: Request,
    city: CityNow,
    scenario_id: ScenarioId,
    actor: Annotated[str | None, Query(description="经办人")] = None,
    document: Annotated[str | None, Query(description="依据文件")] = None,
    version: Annotated[str | None, Query(description="依据的版本；也可用 If-Match")] = None,
) -> Response:
    """End a scenario's existence; its history stays."""
    require_known(request, ("actor", "document", "version"))
    edit = edit_of({"actor": actor, "document": document}, default_day=city.today)
    expected = expected_version(request, version_of({"version": version}))
    scenarios.close_scenario(city, scenario_id, edit, expected)
    return Response(status_code=204)


@router.get(
    "/{scenario_id}/answer",
    summary="方案与现状比较：按单位、按小区、按改动",
    responses=answered(ANSWER, _SHEET, _MAP),
)
def answer(
    request: Request,
    city: CityNow,
    scenario_id: ScenarioId,
    kinds: Kinds = None,
    minutes: Minutes = "15",
    speed: Speed = "1.0",
    people: Who = People.HOUSEHOLDS,
    level: Level = UnitLevel.COUNTY,
    f: Annotated[Literal["json", "xlsx", "geojson"] | None, Query(description="返回格式")] = None,
) -> Response:
    """Delta table of a saved scenario as JSON, workbook or GeoJSON."""
    del f
    require_known(request, (*QUESTION, "f"))
    found = scenarios.one_scenario(city, scenario_id, officer=is_officer(request))
    question = question_of(kinds, minutes, speed, people, level)
    asked = request.query_params.get("f")
    if asked == "geojson":
        with heavy_work():
            content = scenario_geojson(scenarios.saved_answer(city, found, question))
            return Response(content, media_type=_MAP, headers={"Cache-Control": "no-store"})
    if negotiate(request, (Format.JSON, Format.XLSX)) is Format.XLSX:
        with heavy_work():
            made = scenarios.saved_answer(city, found, question)
            content = scenario_spreadsheet(made, found.entry.name)
        name = {"Content-Disposition": 'attachment; filename="scenario.xlsx"'}
        return Response(content, media_type=_SHEET, headers=name | {"Cache-Control": "no-store"})
    return _answered(city, found, question)


@router.post(
    "/{scenario_id}/edits",
    summary="追加一项改动，同时返回与现状的比较",
    openapi_extra=body(APPENDED),
    responses=answered(ANSWER),
    dependencies=[MAY_WRITE],
)
def append(request: Request, city: CityNow, scenario_id: ScenarioId, body: Body) -> Response:
    """Save one more edit (member ``add``), and answer as for the whole list."""
    require_known(request, ())
    refuse_strange(body, ("add", "edit", *QUESTION))
    question, edit = question_in(body), members(body, "edit")
    expected = expected_version(request, version_of(edit))
    saved = scenarios.append_edit(city, scenario_id, body.get("add"), edit_of(edit), expected)
    return _answered(city, saved, question)


@router.delete(
    "/{scenario_id}/edits/last",
    summary="撤销最后一项改动，同时返回与现状的比较",
    responses=answered(ANSWER),
    dependencies=[MAY_WRITE],
)
def undo(
    request: Request,
    city: CityNow,
    scenario_id: ScenarioId,
    actor: Annotated[str | None, Query(description="经办人")] = None,
    document: Annotated[str | None, Query(description="依据文件")] = None,
    version: Annotated[str | None, Query(description="依据的版本；也可用 If-Match")] = None,
    kinds: Kinds = None,
    minutes: Minutes = "15",
    speed: Speed = "1.0",
    people: Who = People.HOUSEHOLDS,
    level: Level = UnitLevel.COUNTY,
) -> Response:
    """Take the last edit away, and answer as for the rest."""
    require_known(request, ("actor", "document", "version", *QUESTION))
    question = question_of(kinds, minutes, speed, people, level)
    expected = expected_version(request, version_of({"version": version}))
    edit = edit_of({"actor": actor, "document": document})
    return _answered(city, scenarios.undo_edit(city, scenario_id, edit, expected), question)


def _place_for(edits: int) -> AbstractContextManager[None]:
    """A place among the heavy requests for a long list; none is needed for a short one."""
    return heavy_work() if edits > QUICK_EDITS else nullcontext()


def _shown(city: City, id: str, *, officer: bool = True) -> Response:
    found = scenarios.one_scenario(city, id, officer=officer)
    return json_answer(scenario_document(found), found.version)


def _answered(city: City, found: scenarios.SavedScenario, question: ScenarioQuestion) -> Response:
    with _place_for(len(found.entry.edits)):
        made = scenarios.saved_answer(city, found, question)
    scenario = {
        "id": found.id,
        "name": found.entry.name,
        "version": found.version,
        "saved_data_version": found.data_version,
        "data_changed": found.data_version != made.planning.ground.data_version,
    }
    return json_answer({"scenario": scenario, **answer_document(made)}, found.version)
