"""History of records that officers enter: versions, who recorded them, and what differs."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Request, Response

from civgeo.api.landing import PageFormat
from civgeo.api.links import address, link, page_address
from civgeo.domain.history import moment_text
from civgeo.errors import NotFound
from civgeo.http.context import BEIJING, CityNow, Language, is_simulated, speak
from civgeo.http.negotiation import Format, negotiate
from civgeo.http.preconditions import unless_unchanged, version_tag
from civgeo.http.query import require_known
from civgeo.http.templates import page
from civgeo.http.token import is_officer
from civgeo.services.city import City
from civgeo.services.editing import EDITABLE
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.services.history import Assertion, RecordHistory, Version, history
from civgeo.store.tables import Collection

__all__ = ["record_history", "router"]

router = APIRouter(tags=["历史"])

RecordId = Annotated[str, Path(description="记录编号")]
_FORMS: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {}}}}


@router.get("/{register}/{record_id}/history", summary="记录的各版内容", responses=_FORMS)
def of_record(
    request: Request,
    city: CityNow,
    register: Annotated[str, Path(description="登记表：estates、facilities、name_signs 等")],
    record_id: RecordId,
    f: PageFormat = None,
    lang: Language = None,
) -> Response:
    """History of a record that officers enter one by one, closed ones among them."""
    if register not in EDITABLE:
        raise NotFound(f"没有登记表“{register[:40]}”的历史；可读：{'、'.join(EDITABLE)}")
    return record_history(
        request, city, Collection(register), record_id, open_only=not is_officer(request)
    )


def record_history(
    request: Request, city: City, collection: Collection, id: str, *, open_only: bool = False
) -> Response:
    """All versions of a record as JSON or as a page; `open_only` as for `history`."""
    require_known(request, ("f", "lang"))
    found = history(city, collection, id, open_only=open_only)
    if negotiate(request, (Format.JSON, Format.HTML)) is Format.HTML:
        answer: Response = page(
            request,
            "history.html",
            lang=speak(request),
            schema=COLLECTIONS[collection.value],
            found=found,
            office_time=BEIJING,
            data_url=page_address(request, Format.JSON, dropped=["lang"]),
            simulated=is_simulated(city),
        )
    else:
        content = orjson.dumps(_told(request, found))
        answer = Response(content, media_type=Format.JSON.media_type, headers={"Vary": "Accept"})
    return unless_unchanged(request, answer, version_tag(found.version, bytes(answer.body)))


def _told(request: Request, found: RecordHistory) -> dict[str, object]:
    item = address(request, "collections", found.collection, "items", found.id)
    return {
        "collection": found.collection,
        "id": found.id,
        "name": found.name,
        "version": found.version,
        "exists": found.exists,
        "versions": [_version(version) for version in found.versions],
        "links": [
            link(page_address(request, Format.JSON), "self", Format.JSON),
            link(page_address(request, Format.HTML), "alternate", Format.HTML),
            link(item, "latest-version", Format.GEOJSON),
        ],
    }


def _version(version: Version) -> dict[str, object]:
    return {
        "version": version.version,
        "action": version.action.value,
        "action_zh": version.action.label_zh,
        "recorded_at": moment_text(version.recorded_at),
        "actor": version.actor,
        "document": version.document,
        "document_date": version.document_date,
        "batch": version.batch,
        "hash": version.hash,
        "periods": [_assertion(item) for item in version.assertions],
    }


def _assertion(item: Assertion) -> dict[str, object]:
    return {
        "valid_from": item.valid_from,
        "valid_to": item.valid_to,
        "exists": item.state is not None,
        "properties": item.state,
        "differences": [
            {
                "property": change.name,
                "title": change.title,
                "before": change.before,
                "after": change.after,
            }
            for change in item.differences
        ],
    }
