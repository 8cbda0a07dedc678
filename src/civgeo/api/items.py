"""Features of a collection: pages of them, and one."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request, Response

from civgeo.api.collections import CollectionId
from civgeo.api.links import Link, address, link, page_address
from civgeo.api.parameters import (
    PAGING,
    property_filters,
    read_bbox,
    read_day,
    read_period,
)
from civgeo.http.context import CityNow, Language, desk_of, is_simulated, speak
from civgeo.http.negotiation import Format, negotiate
from civgeo.http.preconditions import entity_tag, unless_unchanged, version_tag
from civgeo.http.query import require_known
from civgeo.http.templates import page
from civgeo.services.city import City
from civgeo.services.editing import EDITABLE
from civgeo.services.feature_schema import CollectionSchema
from civgeo.services.features import (
    FeaturePage,
    Selection,
    collection_schema,
    feature,
    feature_page,
)
from civgeo.services.geojson import CRS84, Features, feature_members, records

__all__ = ["FeatureId", "feature_answer", "router"]

router = APIRouter()

OFFERED = (Format.GEOJSON, Format.HTML)
_HEADERS = {"Content-Crs": f"<{CRS84}>", "Vary": "Accept"}

FeatureFormat = Annotated[
    Literal["json", "geojson", "html"] | None,
    Query(description="返回格式；不写时按 Accept，默认 GeoJSON"),
]

FeatureId = Annotated[str, Path(description="要素编号")]


@dataclass(frozen=True, slots=True)
class _Place:
    limit: int
    offset: int
    after: int | None


def _place(
    request: Request,
    limit: Annotated[int, Query(ge=1, description="每页至多多少个，超过上限的按上限")] = 100,
    offset: Annotated[int, Query(ge=0, le=10**9, description="跳过多少个")] = 0,
    after: Annotated[
        int | None, Query(ge=0, le=10**15, description="接在上一页之后；取自 next 链接")
    ] = None,
) -> _Place:
    return _Place(min(limit, desk_of(request).largest_page), offset, after)


@router.get(
    "/collections/{collection}/items",
    summary="分页读取",
    responses={200: {"content": {"application/geo+json": {}, "text/html": {}}}},
)
def items(
    request: Request,
    city: CityNow,
    collection: CollectionId,
    place: Annotated[_Place, Depends(_place)],
    bbox: Annotated[str | None, Query(description="西,南,东,北（度）")] = None,
    during: Annotated[
        str | None, Query(alias="datetime", description="时刻或 起/止，.. 为不限")
    ] = None,
    f: FeatureFormat = None,
    lang: Language = None,
) -> Response:
    """Features that lie in a box, hold in a period and have given properties."""
    schema = collection_schema(collection)
    require_known(request, (*PAGING, *(item.name for item in schema.queryables)))
    form = negotiate(request, OFFERED)
    selection = Selection(read_bbox(bbox), read_period(during), property_filters(request, schema))
    found = feature_page(
        city,
        collection,
        selection,
        limit=place.limit,
        offset=place.offset,
        after=place.after,
    )
    if form is Format.HTML:
        return _items_page(request, city, schema, found, place)
    return _feature_collection(request, schema, found, place)


def _feature_collection(
    request: Request, schema: CollectionSchema, found: FeaturePage, place: _Place
) -> Response:
    body = {
        "type": "FeatureCollection",
        "timeStamp": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "numberMatched": found.matched,
        "numberReturned": len(found.frame),
        "links": _page_links(request, schema, found, place),
        "features": feature_members(found.frame, schema),
    }
    return Response(orjson.dumps(body), media_type=Format.GEOJSON.media_type, headers=_HEADERS)


def _page_links(
    request: Request, schema: CollectionSchema, found: FeaturePage, place: _Place
) -> list[Link]:
    home = address(request, "collections", schema.id)
    made = [
        link(page_address(request, Format.GEOJSON), "self", Format.GEOJSON, "本页"),
        link(_as_page(request, place), "alternate", Format.HTML, "网页"),
        link(home, "collection", Format.JSON, schema.title),
    ]
    if found.after is not None:
        following = page_address(request, Format.GEOJSON, {"after": str(found.after)}, ["offset"])
        made.append(link(following, "next", Format.GEOJSON, "下一页"))
    if place.offset:
        before = {"offset": str(max(0, place.offset - place.limit))}
        made.append(
            link(page_address(request, Format.GEOJSON, before), "prev", Format.GEOJSON, "上一页")
        )
    return made


def _as_page(request: Request, place: _Place) -> str:
    """Address of the list as a page, which steps by ``offset`` and begins anew after a keyset."""
    return page_address(request, Format.HTML, {}, ["after"] if place.after is not None else [])


def _items_page(
    request: Request, city: City, schema: CollectionSchema, found: FeaturePage, place: _Place
) -> Response:
    """Page of a list; it steps by ``offset``, so that it can step back too."""
    following = place.offset + len(found.frame)
    previous = max(0, place.offset - place.limit)
    return page(
        request,
        "items.html",
        lang=speak(request),
        schema=schema,
        columns=sorted(schema.properties, key=lambda item: item.name != "name"),
        rows=list(zip(found.frame.index.tolist(), records(found.frame, schema), strict=True)),
        matched=found.matched,
        first=place.offset + 1,
        last=following,
        data_url=page_address(request, Format.GEOJSON),
        next_url=page_address(request, Format.HTML, {"offset": str(following)}, ["after"])
        if found.after is not None
        else None,
        previous_url=page_address(request, Format.HTML, {"offset": str(previous)}, ["after"])
        if place.offset
        else None,
        simulated=is_simulated(city),
    )


@router.get(
    "/collections/{collection}/items/{feature_id}",
    summary="读取一个",
    responses={
        200: {"content": {"application/geo+json": {}, "text/html": {}}},
        304: {"description": "没有变化"},
    },
)
def item(
    request: Request,
    city: CityNow,
    collection: CollectionId,
    feature_id: FeatureId,
    moment: Annotated[
        str | None, Query(alias="datetime", description="某日的内容；默认今天")
    ] = None,
    f: FeatureFormat = None,
    lang: Language = None,
) -> Response:
    """One feature."""
    schema = collection_schema(collection)
    require_known(request, ("f", "lang", "datetime"))
    frame = feature(city, collection, feature_id, read_day(moment))
    if negotiate(request, OFFERED) is Format.HTML:
        answer: Response = page(
            request,
            "item.html",
            lang=speak(request),
            schema=schema,
            id=feature_id,
            record=records(frame, schema)[0],
            has_history=schema.id in EDITABLE,
            simulated=is_simulated(city),
        )
        tag = _tag(frame, bytes(answer.body))
    else:
        answer, tag = feature_answer(
            request,
            frame,
            schema,
            own=page_address(request, Format.GEOJSON),
            other=page_address(request, Format.HTML),
        )
    return unless_unchanged(request, answer, tag)


def feature_answer(
    request: Request, frame: Features, schema: CollectionSchema, *, own: str, other: str
) -> tuple[Response, str]:
    """The one feature of `frame` as GeoJSON, and its entity tag.

    Parameters
    ----------
    request
        The request.
    frame, schema
        The feature and its collection.
    own, other
        Its addresses as GeoJSON and as a page.
    """
    links = [
        link(own, "self", Format.GEOJSON),
        link(other, "alternate", Format.HTML),
        link(address(request, "collections", schema.id), "collection", Format.JSON, schema.title),
    ]
    if schema.id in EDITABLE:
        past = address(request, schema.id, str(frame.index[0]), "history")
        links.append(link(past, "version-history", Format.JSON, "历史"))
    content = orjson.dumps({**feature_members(frame, schema)[0], "links": links})
    answer = Response(content, media_type=Format.GEOJSON.media_type, headers=_HEADERS)
    return answer, _tag(frame, content)


def _tag(frame: Features, content: bytes) -> str:
    """Entity tag that tells the record's version, where it has one."""
    if "version" not in frame:
        return entity_tag(content)
    return version_tag(int(frame["version"].iloc[0]), content)
