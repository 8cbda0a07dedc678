"""Search for place names: by text, suggestions while typing, around a point, counts of the same."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response

from civgeo.api.parameters import read_bbox
from civgeo.api.search_examples import COUNTS, FOUND, NEAREST, SUGGESTED, example, given
from civgeo.domain.division import DivisionCode
from civgeo.domain.name_forms import NameStatus
from civgeo.domain.place_kind import PlaceClass, PlaceKind
from civgeo.domain.standard import parse_day
from civgeo.errors import InvalidInput
from civgeo.http.context import CityNow
from civgeo.http.limiter import heavy_work
from civgeo.http.negotiation import Format, negotiate
from civgeo.http.query import require_known
from civgeo.http.token import is_officer
from civgeo.services.name_counts import Alike, Count, Grouping, counts_of, repeated
from civgeo.services.name_hits import hit_members, match_members, name_members, names_then
from civgeo.services.name_places import FARTHEST_M, nearest
from civgeo.services.name_search import listed, search, suggest
from civgeo.store.name_index_lookup import Scope

__all__ = ["router"]

router = APIRouter(prefix="/search", tags=["地名检索"])

MOST_HITS = 200
MOST_SUGGESTIONS = 50
ANY_DAY = "any"
_SCOPE = ("kind", "division", "status", "on")


def _public_only(request: Request) -> bool:
    """Whether only what anybody may see is shown: always, but to the officers' token.

    Raises
    ------
    NotPermitted, HTTPException
        For a token that is not theirs.
    """
    return not is_officer(request)


def _scope(
    city: CityNow,
    public: Annotated[bool, Depends(_public_only)],
    kind: Annotated[
        str | None,
        Query(description="地名类别，多个以逗号分开", openapi_examples=given("township,street")),
    ] = None,
    division: Annotated[
        str | None,
        Query(description="区划代码：其中的和跨入其中的地名", openapi_examples=given("411702")),
    ] = None,
    status: Annotated[NameStatus | None, Query(description="地名状态")] = None,
    on: Annotated[
        str | None,
        Query(description="某日存在的地名，YYYY-MM-DD，默认今天；any 为不限，含已注销的"),
    ] = None,
) -> Scope:
    return Scope(
        kinds=()
        if kind is None
        else tuple(PlaceKind.named(each, "kind") for each in kind.split(",")),
        division=None if division is None else DivisionCode.parse(division),
        status=status,
        day=_day(on, city.today),
        public=public,
    )


InScope = Annotated[Scope, Depends(_scope)]


def _day(text: str | None, today: date) -> date | None:
    if text == ANY_DAY:
        return None
    return today if text is None else parse_day(text, "on")


@router.get("", summary="检索地名", responses=example(FOUND, Format.GEOJSON))
def find(
    request: Request,
    city: CityNow,
    scope: InScope,
    q: Annotated[
        str | None,
        Query(
            description="汉字（一个起）、拼音（声调、空格可有可无）、首字母或混写；"
            "省略时列出 bbox、division、kind 或 status 范围内的地名",
            openapi_examples=given("zhumadian"),
        ),
    ] = None,
    bbox: Annotated[str | None, Query(description="西,南,东,北（度）")] = None,
    limit: Annotated[int, Query(ge=1, description="至多多少条，超过 200 按 200")] = 20,
    f: Annotated[Literal["json", "geojson"] | None, Query(description="返回格式")] = None,
) -> Response:
    """Names that match, the best first, each with why it matches."""
    require_known(request, (*_SCOPE, "q", "bbox", "limit", "f"))
    scope = replace(scope, box=read_bbox(bbox))
    most = min(limit, MOST_HITS)
    if q is not None:
        found = search(city, q, scope, limit=most)
        then = names_then(city, [hit.name for hit in found.hits], scope)
        hits, more = [hit_members(hit, then) for hit in found.hits], found.more
    elif scope.condition or scope.box:
        names = listed(city, scope, limit=most + 1)
        then = names_then(city, names[:most], scope)
        hits, more = [name_members(name, then) for name in names[:most]], len(names) > most
    else:
        told = "请给出检索词 q，或以 bbox、division、kind、status 限定范围"
        raise InvalidInput(told, code="missing_key")
    about = {"q": q, "on": scope.day and scope.day.isoformat(), "more": more}
    if negotiate(request, (Format.JSON, Format.GEOJSON)) is Format.GEOJSON:
        body = {"type": "FeatureCollection", **about, "features": list(map(_feature, hits))}
        return _answer(body, scope, Format.GEOJSON)
    return _answer({**about, "hits": hits}, scope)


@router.get("/suggest", summary="输入提示", responses=example(SUGGESTED))
def suggestions(
    request: Request,
    city: CityNow,
    scope: InScope,
    q: Annotated[str, Query(description="已输入的开头部分", openapi_examples=given("zhum"))],
    limit: Annotated[int, Query(ge=1, description="至多多少条，超过 50 按 50")] = 10,
) -> Response:
    """Standard names that begin like what was typed, each once."""
    require_known(request, (*_SCOPE, "q", "limit"))
    found = suggest(city, q, scope, limit=min(limit, MOST_SUGGESTIONS))
    told = [{"name": each.text, "match": match_members(each.match)} for each in found]
    return _answer({"q": q, "suggestions": told}, scope)


@router.get("/nearest", summary="最近的地名", responses=example(NEAREST))
def around(
    request: Request,
    city: CityNow,
    scope: InScope,
    lon: Annotated[float, Query(description="经度（度）", openapi_examples=given(114.02))],
    lat: Annotated[float, Query(description="纬度（度）", openapi_examples=given(32.98))],
    within: Annotated[
        float, Query(gt=0, le=FARTHEST_M, description="多少米以内", allow_inf_nan=False)
    ] = 50_000.0,
    limit: Annotated[int, Query(ge=1, description="至多多少条，超过 200 按 200")] = 10,
) -> Response:
    """Names by the distance of their point on the ellipsoid, the nearest first."""
    require_known(request, (*_SCOPE, "lon", "lat", "within", "limit"))
    found = nearest(city, lon, lat, scope, limit=min(limit, MOST_HITS), within_m=within)
    hits = [{**name_members(near.name), "distance_m": round(near.metres, 1)} for near in found]
    return _answer({"lon": lon, "lat": lat, "hits": hits}, scope)


@router.get("/counts", summary="同名、同音统计", responses=example(COUNTS))
def counts(
    request: Request,
    city: CityNow,
    scope: InScope,
    of: Annotated[Alike, Query(description="name 同名，reading 同音（声调相同）")] = Alike.NAME,
    by: Annotated[Grouping, Query(description="按下级区划或按大类")] = Grouping.DIVISION,
    q: Annotated[
        str | None,
        Query(description="某个名称或读音；省略时统计各组内重复的全部名称或读音"),
    ] = None,
) -> Response:
    """How many places share a name or a reading, by division or by class."""
    require_known(request, (*_SCOPE, "of", "by", "q"))
    with city.store.read() as reading:
        apart = scope.division or DivisionCode.parse(reading.register().city)
    if q is None:
        with heavy_work():
            found = repeated(city, scope, of=of, by=by, apart=apart)
    else:
        found = counts_of(city, q, scope, of=of, by=by, apart=apart)
    told = [_count(each, by) for each in found]
    body = {"q": q, "of": of.value, "by": by.value, "division": apart.text, "counts": told}
    return _answer(body, scope)


def _count(found: Count, by: Grouping) -> dict[str, object]:
    told: dict[str, object] = {by.value: found.group}
    if by is Grouping.CLASS:
        told["class_zh"] = PlaceClass(found.group).label_zh
    return {**told, "names": found.names, "places": found.places}


def _feature(hit: Mapping[str, object]) -> dict[str, object]:
    properties = {name: value for name, value in hit.items() if name not in ("id", "lon", "lat")}
    shape = None
    if hit["lon"] is not None:
        shape = {"type": "Point", "coordinates": [hit["lon"], hit["lat"]]}
    return {"type": "Feature", "id": hit["id"], "geometry": shape, "properties": properties}


def _answer(body: Mapping[str, object], scope: Scope, form: Format = Format.JSON) -> Response:
    headers = {"Vary": "Accept, Authorization"}
    if not scope.public:
        headers["Cache-Control"] = "no-store"
    return Response(orjson.dumps(dict(body)), media_type=form.media_type, headers=headers)
