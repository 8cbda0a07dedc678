"""Entries of the gazetteer for officers: all that is recorded, corrections, versions, changes."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Query, Request, Response

from civgeo.api.history import record_history
from civgeo.api.items import feature_answer
from civgeo.api.links import address
from civgeo.domain.history import moment_text
from civgeo.errors import InvalidInput
from civgeo.http.context import CityNow
from civgeo.http.nested import nested_properties
from civgeo.http.preconditions import expected_version
from civgeo.http.query import require_known
from civgeo.http.token import MAY_WRITE
from civgeo.http.writing import Body, edit_of, members, refuse_strange, version_of
from civgeo.services import editing, name_entries
from civgeo.services.city import City
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.store.tables import Collection

__all__ = ["router"]

router = APIRouter(prefix="/place-names", tags=["地名条目"], dependencies=[MAY_WRITE])

PlaceId = Annotated[str, Path(description="地名条目编号")]
_NAMES = Collection.PLACE_NAMES
MOST_CHANGES = 1_000


@router.get("/changes", summary="条目的变更流")
def changes(
    request: Request,
    city: CityNow,
    since: Annotated[int, Query(ge=0, le=10**15, description="上次读到的 sequence")] = 0,
    limit: Annotated[int, Query(ge=1, description="至多多少条")] = 100,
) -> Response:
    """What changed after ``since``, the oldest first; go on with ``next``."""
    require_known(request, ("since", "limit"))
    found = name_entries.name_changes(city, since, min(limit, MOST_CHANGES))
    told = [
        {
            "sequence": item.sequence,
            "id": item.id,
            "version": item.version,
            "action": item.action.value,
            "action_zh": item.action.label_zh,
            "name": item.name,
            "public": item.public,
            "recorded_at": moment_text(item.recorded_at),
        }
        for item in found
    ]
    body = {"changes": told, "next": found[-1].sequence if found else since}
    return Response(orjson.dumps(body), media_type="application/json")


@router.get("/{place_id}", summary="一个条目的全部内容（含未公开的）")
def entry(request: Request, city: CityNow, place_id: PlaceId) -> Response:
    """One entry, public or not, closed or not."""
    require_known(request, ())
    return _answer(request, city, place_id)


@router.post("/{place_id}/corrections", summary="更正登记内容（名称与类别除外）")
def correct(request: Request, city: CityNow, place_id: PlaceId, body: Body) -> Response:
    """Correct what is recorded; another name needs a case."""
    require_known(request, ())
    refuse_strange(body, ("properties", "geometry", "edit"))
    edit = members(body, "edit")
    name_entries.correct_entry(
        city,
        place_id,
        nested_properties(body, "place_names"),
        edit_of(edit),
        expected_version(request, version_of(edit)),
    )
    return _answer(request, city, place_id)


@router.post("/{place_id}/reversions", summary="恢复到以前的一版，成为新的一版")
def revert(request: Request, city: CityNow, place_id: PlaceId, body: Body) -> Response:
    """Let an earlier version hold again, as a new version; nothing is lost."""
    require_known(request, ())
    refuse_strange(body, ("to_version", "edit"))
    wanted = body.get("to_version")
    if not isinstance(wanted, int) or isinstance(wanted, bool):
        raise InvalidInput("to_version 应为版本号（整数）", code="bad_type")
    edit = members(body, "edit")
    editing.restore(
        city,
        _NAMES,
        place_id,
        edit_of(edit),
        expected_version(request, version_of(edit)),
        of_version=wanted,
    )
    return _answer(request, city, place_id)


@router.get("/{place_id}/history", summary="条目的各版内容与逐项差别")
def history(request: Request, city: CityNow, place_id: PlaceId) -> Response:
    """Versions of an entry, who recorded them, and what differs."""
    return record_history(request, city, _NAMES, place_id)


def _answer(request: Request, city: City, id: str) -> Response:
    frame = name_entries.entry(city, id)
    home = address(request, "place-names", id)
    answer, tag = feature_answer(
        request, frame, COLLECTIONS[_NAMES.value], own=home, other=f"{home}/history?f=html"
    )
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = "no-store"
    return answer
