"""Boundary lines over HTTP: one line with its markers, walk, check, sheets and field package.

Anonymous readers get what is public; the bearer of the token gets everything. Rules, checks,
packages and the map of the rounds are for the bearer alone.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Literal
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Path, Query, Request, Response

from civgeo.api import boundary_line_examples as examples
from civgeo.api.boundary_examples import answered, body
from civgeo.domain.fields import Fields
from civgeo.http.context import CityNow, desk_of
from civgeo.http.limiter import heavy_work
from civgeo.http.map_pages import map_answer, static_url
from civgeo.http.query import require_known
from civgeo.http.token import MAY_WRITE, is_officer
from civgeo.http.writing import Body
from civgeo.maps.static import PictureFormat
from civgeo.services import boundary_answers as rules
from civgeo.services import line_views
from civgeo.services.boundary_maps import boundary_map, boundary_picture
from civgeo.services.field_package import field_package, packed
from civgeo.services.strip_maps import line_sheets

__all__ = ["router"]

router = APIRouter(prefix="/boundaries", tags=["界线"])

Line = Annotated[str, Path(description="界线代码、名称或登记编号")]
_MEDIA = {"png": "image/png", "pdf": "application/pdf"}
_PRIVATE = {"Cache-Control": "no-store"}
_BY_TOKEN = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}


@router.post(
    "/marker",
    summary="解释界桩编号",
    dependencies=[MAY_WRITE],
    openapi_extra=body(examples.MARKER),
)
def marker(request: Request, body: Body) -> Response:
    """What a marker number says, as ``civgeo boundaries marker`` gives it."""
    return _rule(request, body, rules.MARKER_KEYS, rules.marker_answer)


@router.post(
    "/direction",
    summary="十六方位（以真北为准）",
    dependencies=[MAY_WRITE],
    openapi_extra=body(examples.DIRECTION),
)
def direction(request: Request, body: Body) -> Response:
    """Which of sixteen directions a bearing is, as ``civgeo boundaries direction`` gives it."""
    return _rule(request, body, rules.DIRECTION_KEYS, rules.direction_answer)


@router.post(
    "/witness",
    summary="由界桩坐标、坐标方位角与距离推算方位物坐标",
    dependencies=[MAY_WRITE],
    openapi_extra=body(examples.WITNESS),
)
def witness(request: Request, body: Body) -> Response:
    """Where a witness mark stands, as ``civgeo boundaries witness`` gives it."""
    return _rule(request, body, rules.WITNESS_KEYS, rules.witness_answer)


def _rule(
    request: Request,
    body: Mapping[str, object],
    keys: frozenset[str],
    answer: Callable[[Fields], rules.Answer],
) -> Response:
    require_known(request, ())
    content = orjson.dumps(answer(Fields(body, keys)))
    return Response(content, media_type="application/json", headers=_PRIVATE)


@router.get(
    "/map",
    summary="界线联检进度图（含不公开的界线、争议与双方不一致）",
    dependencies=[MAY_WRITE],
    response_class=Response,
)
def internal_map(
    request: Request,
    city: CityNow,
    f: Annotated[Literal["html", "png", "pdf"], Query(description="返回格式")] = "html",
) -> Response:
    """Map of all lines by the state of the round, for the bureau."""
    require_known(request, ("f",))
    allowed = desk_of(request).marker_tolerance_m
    with heavy_work():
        if f == "html":
            chart = boundary_map(city, public=False, tolerance_m=allowed)
            page = chart.to_self_hosted(static_url(request))
            answer = map_answer(page)
            answer.headers.update(_PRIVATE)
            return answer
        content = boundary_picture(city, PictureFormat(f), public=False, tolerance_m=allowed)
    disposition = {"Content-Disposition": f'inline; filename="boundaries.{f}"'}
    return Response(content, media_type=_MEDIA[f], headers={**disposition, **_PRIVATE})


@router.get("/{line}", summary="一条界线的登记与联检情况", responses=answered(examples.LINE))
def one(request: Request, city: CityNow, line: Line) -> Response:
    """A line as a GeoJSON feature; without the token a public one only."""
    require_known(request, ())
    return _shown(line_views.line_document(city, line, public=not is_officer(request)))


@router.get("/{line}/markers", summary="界桩，按沿线里程排列", responses=answered(examples.MARKERS))
def markers(request: Request, city: CityNow, line: Line) -> Response:
    """Markers in route order with km; without the token public ones only."""
    require_known(request, ())
    return _shown(line_views.markers_document(city, line, public=not is_officer(request)))


@router.get(
    "/{line}/description", summary="走向说明，与存档的逐段比较", responses=answered(examples.WALK)
)
def description(request: Request, city: CityNow, line: Line) -> Response:
    """Walk description; without the token of a public line between public markers."""
    require_known(request, ())
    with heavy_work():
        found = line_views.description_document(city, line, public=not is_officer(request))
    return _shown(found)


@router.get(
    "/{line}/check",
    summary="检查界线、界桩编号与位置，只报告不修改",
    dependencies=[MAY_WRITE],
    responses=answered(examples.CHECKED),
)
def check(request: Request, city: CityNow, line: Line) -> Response:
    """What is wrong with a line and its markers."""
    require_known(request, ())
    with heavy_work():
        found = line_views.check_document(city, line)
    return _shown(found)


@router.get("/{line}/sheets.pdf", summary="分幅图（PDF，A4 横幅）", response_class=Response)
def sheets(
    request: Request,
    city: CityNow,
    line: Line,
    public: Annotated[bool, Query(description="只画公开的登记内容")] = False,
) -> Response:
    """Strip maps; without the token, or with ``public=true``, only what is public."""
    require_known(request, ("public",))
    only_public = public or not is_officer(request)
    with heavy_work():
        number = desk_of(request).public_number
        content = line_sheets(city, line, public=only_public, public_number=number)
    return _file(content, f"sheets-{line}.pdf", "application/pdf")


@router.get(
    "/{line}/package",
    summary="外业数据包（zip）",
    dependencies=[MAY_WRITE],
    response_class=Response,
)
def package(
    request: Request,
    city: CityNow,
    line: Line,
    number: Annotated[int | None, Query(alias="round", ge=1, description="轮次")] = None,
    anyway: Annotated[
        bool, Query(description="本轮已备案也生成；填写的结果不能导入，只供补印、演练")
    ] = False,
) -> Response:
    """The field package of a line, as ``civgeo rounds package`` writes it."""
    require_known(request, ("round", "anyway"))
    with heavy_work():
        made = field_package(city, line, round_number=number, anyway=anyway)
        content = packed(made)
    return _file(content, f"{made.name}.zip", "application/zip")


def _shown(found: Mapping[str, object]) -> Response:
    content = orjson.dumps(found, option=orjson.OPT_SERIALIZE_NUMPY)
    return Response(content, media_type="application/json", headers=_BY_TOKEN)


def _file(content: bytes, name: str, media_type: str) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    headers = {"Content-Disposition": disposition, **_BY_TOKEN}
    return Response(content, media_type=media_type, headers=headers)
