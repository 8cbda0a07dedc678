"""Writing estates and facilities: create, replace, change, close (OGC API - Features Part 4)."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from civgeo.api.collections import CollectionId
from civgeo.api.items import FeatureId, feature_answer
from civgeo.api.links import address
from civgeo.domain.history import Edit, Value
from civgeo.errors import InvalidInput
from civgeo.http.context import CityNow
from civgeo.http.errors import allowed_methods
from civgeo.http.negotiation import Format
from civgeo.http.preconditions import expected_version
from civgeo.http.query import require_known
from civgeo.http.writing import (
    Body,
    JsonObject,
    Writable,
    edit_of,
    members,
    properties_of,
    refuse_strange,
    version_of,
)
from civgeo.services import editing
from civgeo.services.city import City
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.services.features import collection_schema
from civgeo.services.geojson import geometry_of, records
from civgeo.store.editing import ChangedValue
from civgeo.store.tables import Collection

__all__ = ["router"]

router = APIRouter()

_FEATURE = ("type", "id", "geometry", "properties", "edit", "links", "bbox")
_ITEMS = "/collections/{collection}/items"
_ITEM = f"{_ITEMS}/{{feature_id}}"


@router.post(_ITEMS, status_code=201, summary="新增")
def create(request: Request, city: CityNow, collection: Writable, body: Body) -> Response:
    """Enter a new record; its id is assigned."""
    require_known(request, ())
    properties = _properties(body)
    given = dict(members(body, "edit"))
    for name in ("valid_from", "valid_to"):
        given.setdefault(name, properties.pop(name, None))
    properties.pop("version", None)
    entered = {**properties, "geometry": geometry_of(body.get("geometry"))}
    saved = editing.create(city, collection, entered, edit_of(given))
    answer = _answer(request, city, collection, saved.id)
    answer.status_code = 201
    answer.headers["Location"] = _home(request, collection, saved.id)
    return answer


@router.put(_ITEM, summary="整体更改")
def replace(
    request: Request, city: CityNow, collection: Writable, feature_id: FeatureId, body: Body
) -> Response:
    """Make a record what the body holds; what is left out becomes null."""
    require_known(request, ())
    properties, edit, expected = _update(request, city, collection, feature_id, body)
    entered = {**properties, "geometry": geometry_of(body.get("geometry"))}
    editing.replace(city, collection, feature_id, entered, edit, expected)
    return _answer(request, city, collection, feature_id)


@router.patch(_ITEM, summary="更改部分内容")
def change(
    request: Request, city: CityNow, collection: Writable, feature_id: FeatureId, body: Body
) -> Response:
    """Change what the body names (JSON merge patch, RFC 7396); null takes a value away."""
    require_known(request, ())
    properties, edit, expected = _update(request, city, collection, feature_id, body)
    changes: dict[str, ChangedValue] = {**properties}
    if "geometry" in body:
        changes["geometry"] = geometry_of(body["geometry"])
    editing.correct(city, collection, feature_id, changes, edit, expected)
    return _answer(request, city, collection, feature_id)


@router.delete(_ITEM, status_code=204, summary="注销")
def close(
    request: Request,
    city: CityNow,
    collection: Writable,
    feature_id: FeatureId,
    actor: Annotated[str | None, Query(description="经办人")] = None,
    document: Annotated[str | None, Query(description="依据文件")] = None,
    document_date: Annotated[str | None, Query(description="文件日期 YYYY-MM-DD")] = None,
    valid_from: Annotated[str | None, Query(description="自哪一天起不再存在；默认今天")] = None,
    version: Annotated[str | None, Query(description="依据的版本；也可用 If-Match")] = None,
) -> Response:
    """End a record's existence; nothing is deleted, and the history can be read."""
    require_known(request, ("actor", "document", "document_date", "valid_from", "version"))
    given = {"actor": actor, "document": document, "document_date": document_date}
    edit = edit_of({**given, "valid_from": valid_from}, default_day=city.today)
    expected = expected_version(request, version_of({"version": version}))
    editing.close(city, collection, feature_id, edit, expected)
    return Response(status_code=204)


@router.post("/{collection}/{feature_id}/restorations", summary="恢复")
def restore(
    request: Request, city: CityNow, collection: Writable, feature_id: FeatureId, body: Body
) -> Response:
    """Let a closed record exist again, or an earlier version (``of_version``) hold again."""
    require_known(request, ())
    refuse_strange(body, ("edit", "of_version"))
    given = members(body, "edit")
    earlier = version_of({"version": body.get("of_version")})
    expected = expected_version(request, version_of(given))
    editing.restore(city, collection, feature_id, edit_of(given), expected, of_version=earlier)
    return _answer(request, city, collection, feature_id)


@router.options(_ITEMS, include_in_schema=False)
def items_options(request: Request, collection: CollectionId) -> Response:
    """What may be asked of a list."""
    return _options(request, collection, {"POST"})


@router.options(_ITEM, include_in_schema=False)
def item_options(request: Request, collection: CollectionId, feature_id: FeatureId) -> Response:
    """What may be asked of a feature."""
    return _options(request, collection, {"PUT", "PATCH", "DELETE"})


def _options(request: Request, collection: str, writing: set[str]) -> Response:
    closed = set() if collection_schema(collection).id in editing.EDITABLE else writing
    allowed = [method for method in allowed_methods(request) if method not in closed]
    return Response(status_code=204, headers={"Allow": ", ".join(allowed)})


def _properties(body: JsonObject) -> dict[str, Value]:
    refuse_strange(body, _FEATURE)
    if body.get("type", "Feature") != "Feature":
        raise InvalidInput("成员 type 应为 Feature", code="bad_value")
    return properties_of(body)


def _update(
    request: Request, city: City, collection: Collection, id: str, body: JsonObject
) -> tuple[dict[str, Value], Edit, int | None]:
    """Properties, edit and expected version of a change; read-only ones may be sent back."""
    properties = _properties(body)
    given = members(body, "edit")
    stated = version_of(given if "version" in given else properties)
    properties.pop("version", None)
    bounds = {"valid_from", "valid_to"} & set(properties)
    if bounds:
        schema = COLLECTIONS[collection.value]
        known = records(editing.record(city, collection, id), schema)[0]
        for name in [name for name in bounds if properties[name] == known[name]]:
            del properties[name]
    return properties, edit_of(given), expected_version(request, stated)


def _answer(request: Request, city: City, collection: Collection, id: str) -> Response:
    schema = COLLECTIONS[collection.value]
    frame = editing.record(city, collection, id)
    home = _home(request, collection, id)
    own, other = f"{home}?f={Format.GEOJSON}", f"{home}?f={Format.HTML}"
    answer, tag = feature_answer(request, frame, schema, own=own, other=other)
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _home(request: Request, collection: Collection, id: str) -> str:
    return address(request, "collections", collection.value, "items", id)
