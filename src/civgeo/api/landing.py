"""Where the API begins: landing page, conformance, definition, reader, and health."""

from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Query, Request, Response

from civgeo.api.definition import OPENAPI_TYPE, definition
from civgeo.api.links import address, link, page_address
from civgeo.http.context import CityNow, Language, desk_of, speak
from civgeo.http.guard import READER_POLICY
from civgeo.http.negotiation import Format, negotiate
from civgeo.http.query import require_known
from civgeo.http.templates import page

__all__ = ["router"]

router = APIRouter()

_PART_1 = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
CONFORMANCE = (
    f"{_PART_1}/core",
    f"{_PART_1}/oas30",
    f"{_PART_1}/html",
    f"{_PART_1}/geojson",
)
_PART_4 = "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf"
CONFORMANCE_OF_WRITING = (
    f"{_PART_4}/create-replace-delete",
    f"{_PART_4}/update",
    f"{_PART_4}/optimistic-locking",
    f"{_PART_4}/features",
)
DESCRIPTION = (
    "养老服务设施覆盖评价的空间数据接口（OGC API - Features）。坐标为经度、纬度（CRS84）；"
    "登记坐标系为 CGCS2000，两者相差在厘米以内。"
)

PageFormat = Annotated[
    Literal["json", "html"] | None, Query(description="返回格式；不写时按 Accept，默认 json")
]


@router.get("/", tags=["目录"], summary="首页")
def landing(
    request: Request, city: CityNow, f: PageFormat = None, lang: Language = None
) -> Response:
    """Landing page of the API."""
    require_known(request, ("f", "lang"))
    with city.store.read() as reading:
        register = reading.register()
    if negotiate(request, (Format.JSON, Format.HTML)) is Format.HTML:
        return page(
            request,
            "landing.html",
            lang=speak(request),
            register=register,
            base_url=address(request),
        )
    body = {
        "title": f"{register.name}民政地理信息",
        "description": DESCRIPTION,
        "attribution": ";".join(dict.fromkeys(register.sources.values())),
        "simulated": register.simulated,
        "links": [
            link(page_address(request, Format.JSON), "self", Format.JSON, "本页"),
            link(page_address(request, Format.HTML), "alternate", Format.HTML, "本页（网页）"),
            link(address(request, "conformance"), "conformance", Format.JSON, "遵循的标准"),
            link(address(request, "collections"), "data", Format.JSON, "数据集"),
            link(address(request, "api"), "service-desc", OPENAPI_TYPE, "接口定义"),
            link(address(request, "docs"), "service-doc", Format.HTML, "接口说明"),
            link(address(request, "ui"), "related", Format.HTML, "业务页面"),
        ],
    }
    return _json(body)


@router.get("/conformance", tags=["目录"], summary="遵循的标准")
def conformance(request: Request, f: PageFormat = None, lang: Language = None) -> Response:
    """Conformance classes that the API keeps to."""
    require_known(request, ("f", "lang"))
    writable = bool(desk_of(request).write_token)
    classes = (*CONFORMANCE, *(CONFORMANCE_OF_WRITING if writable else ()))
    if negotiate(request, (Format.JSON, Format.HTML)) is Format.HTML:
        return page(request, "conformance.html", lang=speak(request), classes=classes)
    links = [
        link(page_address(request, Format.JSON), "self", Format.JSON),
        link(page_address(request, Format.HTML), "alternate", Format.HTML),
    ]
    return _json({"conformsTo": classes, "links": links})


@router.get("/api", tags=["目录"], summary="接口定义（OpenAPI）", response_class=Response)
def api_definition(
    request: Request, f: Annotated[Literal["json"] | None, Query()] = None
) -> Response:
    """OpenAPI 3.0 document of this API."""
    require_known(request, ("f",))
    document = definition(request.app) | {"servers": [{"url": address(request).rstrip("/")}]}
    return Response(orjson.dumps(document), media_type=OPENAPI_TYPE)


@router.get("/docs", include_in_schema=False)
def reader(request: Request, lang: Language = None) -> Response:
    """Reader of the definition."""
    require_known(request, ("lang",))
    answer = page(request, "docs.html", lang=speak(request))
    answer.headers["Content-Security-Policy"] = READER_POLICY
    return answer


@router.get("/healthz", tags=["运行"], summary="服务在运行")
async def alive(request: Request) -> Response:
    """Answer while the process is alive; needs no thread, so that load does not hide it."""
    return _json({"status": "ok"})


@router.get("/readyz", tags=["运行"], summary="服务能读取登记库")
def ready(request: Request, city: CityNow) -> Response:
    """Answer 200 when the store can be read, else 503."""
    with city.store.read() as reading:
        return _json({"status": "ok", "data_version": reading.data_version()})


def _json(body: object) -> Response:
    return Response(
        orjson.dumps(body), media_type=Format.JSON.media_type, headers={"Vary": "Accept"}
    )
