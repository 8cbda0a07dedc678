"""Collections: what there is to read, where it lies, and which properties it has."""

from datetime import date
from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Path, Query, Request, Response

from civgeo.api.landing import PageFormat
from civgeo.api.links import Link, address, link, page_address
from civgeo.api.written import property_schema
from civgeo.http.context import CityNow, Language, is_simulated, speak
from civgeo.http.negotiation import Format, negotiate
from civgeo.http.query import require_known
from civgeo.http.templates import page
from civgeo.services.city import City
from civgeo.services.feature_schema import OPEN_COLLECTIONS, CollectionSchema
from civgeo.services.features import Selection, collection_extent, collection_schema, feature_page
from civgeo.services.geojson import CRS84

__all__ = ["CollectionId", "router"]

router = APIRouter()

QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
JSON_SCHEMA = "application/schema+json"

CollectionId = Annotated[str, Path(description="数据集编号")]


@router.get("/collections", tags=["目录"], summary="全部数据集")
def collections(
    request: Request, city: CityNow, f: PageFormat = None, lang: Language = None
) -> Response:
    """Every collection."""
    require_known(request, ("f", "lang"))
    if negotiate(request, (Format.JSON, Format.HTML)) is Format.HTML:
        return page(
            request,
            "collections.html",
            lang=speak(request),
            schemas=[(schema, _count(city, schema)) for schema in OPEN_COLLECTIONS.values()],
            simulated=is_simulated(city),
        )
    found = [_described(request, city, schema) for schema in OPEN_COLLECTIONS.values()]
    links = [
        link(page_address(request, Format.JSON), "self", Format.JSON, "数据集"),
        link(page_address(request, Format.HTML), "alternate", Format.HTML, "数据集（网页）"),
    ]
    return _json({"links": links, "collections": found})


@router.get("/collections/{collection}", summary="说明")
def collection(
    request: Request,
    city: CityNow,
    collection: CollectionId,
    f: PageFormat = None,
    lang: Language = None,
) -> Response:
    """One collection."""
    schema = collection_schema(collection)
    require_known(request, ("f", "lang"))
    if negotiate(request, (Format.JSON, Format.HTML)) is Format.HTML:
        return page(
            request,
            "collection.html",
            lang=speak(request),
            schema=schema,
            extent=collection_extent(city, collection),
            simulated=is_simulated(city),
        )
    return _json(_described(request, city, schema))


@router.get("/collections/{collection}/queryables", summary="可查询的属性")
def queryables(
    request: Request,
    collection: CollectionId,
    f: Annotated[Literal["json"] | None, Query()] = None,
) -> Response:
    """Properties by which features can be chosen, as JSON Schema."""
    schema = collection_schema(collection)
    require_known(request, ("f",))
    body = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address(request, "collections", schema.id, "queryables"),
        "type": "object",
        "title": schema.title,
        "properties": {item.name: property_schema(item) for item in schema.queryables},
        "additionalProperties": False,
    }
    return Response(orjson.dumps(body), media_type=JSON_SCHEMA)


def _described(request: Request, city: City, schema: CollectionSchema) -> dict[str, object]:
    extent = collection_extent(city, schema.id)
    shown: dict[str, object] = {}
    if extent.bbox is not None:
        shown["spatial"] = {"bbox": [extent.bbox], "crs": CRS84}
    if extent.days is not None:
        shown["temporal"] = {"interval": [[_moment(day) for day in extent.days]]}
    described: dict[str, object] = {
        "id": schema.id,
        "title": schema.title,
        "description": schema.description,
        "itemType": "feature",
        "crs": [CRS84],
        "links": _links(request, schema),
    }
    return described | ({"extent": shown} if shown else {})


def _count(city: City, schema: CollectionSchema) -> int:
    return feature_page(city, schema.id, Selection(), limit=1).matched


def _moment(day: date | None) -> str | None:
    return None if day is None else f"{day.isoformat()}T00:00:00+08:00"


def _links(request: Request, schema: CollectionSchema) -> list[Link]:
    home = address(request, "collections", schema.id)
    items = f"{home}/items"
    return [
        link(home, "self", Format.JSON, schema.title),
        link(f"{home}?f=html", "alternate", Format.HTML, schema.title),
        link(items, "items", Format.GEOJSON, f"{schema.title}（GeoJSON）"),
        link(f"{items}?f=html", "items", Format.HTML, f"{schema.title}（网页）"),
        link(f"{home}/queryables", QUERYABLES, JSON_SCHEMA, "可查询的属性"),
    ]


def _json(body: object) -> Response:
    return Response(
        orjson.dumps(body), media_type=Format.JSON.media_type, headers={"Vary": "Accept"}
    )
