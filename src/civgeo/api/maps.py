"""Maps of the city: pages, pictures, and the data beside them."""

from functools import lru_cache
from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Request, Response

from civgeo.http.context import CityNow, desk_of
from civgeo.http.limiter import heavy_work
from civgeo.http.map_pages import map_answer, static_url
from civgeo.http.negotiation import Format
from civgeo.http.preconditions import entity_tag, unless_unchanged
from civgeo.http.query import require_known
from civgeo.maps.names import PUBLIC_NAME
from civgeo.maps.static import PictureFormat
from civgeo.services.boundary_maps import PUBLIC_BOUNDARY
from civgeo.services.city import City
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.services.features import Selection, data_version, feature_page
from civgeo.services.geojson import feature_members
from civgeo.services.mapping import MapSlug, map_of, picture_of
from civgeo.services.planning import coverage_spreadsheet

__all__ = ["router"]

router = APIRouter(tags=["地图"])

Slug = Annotated[MapSlug, Path(description="地图名称")]
_BEHIND = {MapSlug.COVERAGE: "coverage_units", MapSlug.NAMES: "place_names"}
_BEHIND |= {MapSlug.BOUNDARIES: "boundary_lines"}
_ONLY = {
    MapSlug.NAMES: Selection(where=PUBLIC_NAME),
    MapSlug.BOUNDARIES: Selection(where=PUBLIC_BOUNDARY),
}
_EVERYTHING = 1_000_000


@router.get("/maps/{slug}.png", summary="地图图片（PNG）", response_class=Response)
def png(request: Request, city: CityNow, slug: Slug) -> Response:
    """Map as a PNG picture."""
    return _picture(request, city, slug, PictureFormat.PNG, "image/png")


@router.get("/maps/{slug}.pdf", summary="地图图片（PDF）", response_class=Response)
def pdf(request: Request, city: CityNow, slug: Slug) -> Response:
    """Map as a PDF page."""
    return _picture(request, city, slug, PictureFormat.PDF, "application/pdf")


@router.get("/maps/{slug}.geojson", summary="地图上的数据（GeoJSON）", response_class=Response)
def data(request: Request, city: CityNow, slug: Slug) -> Response:
    """Everything that the map is drawn from, in one file."""
    require_known(request, ())
    schema = COLLECTIONS[_BEHIND.get(slug, slug.value)]
    found = feature_page(city, schema.id, _ONLY.get(slug, Selection()), limit=_EVERYTHING)
    body = {"type": "FeatureCollection", "features": feature_members(found.frame, schema)}
    return _download(orjson.dumps(body), Format.GEOJSON.media_type, f"{slug}.geojson")


@router.get("/maps/coverage.xlsx", summary="评价表（Excel）", response_class=Response)
def sheet(request: Request, city: CityNow) -> Response:
    """Figures behind the coverage map, as a spreadsheet."""
    require_known(request, ())
    with heavy_work():
        content = coverage_spreadsheet(city)
    return _download(content, Format.XLSX.media_type, "coverage.xlsx")


@router.get("/maps/{slug}", summary="地图网页", response_class=Response)
def map_page(request: Request, city: CityNow, slug: Slug) -> Response:
    """Map as a page; it asks for files of this service only, and may stand in a frame."""
    require_known(request, ())
    number = desk_of(request).public_number
    with heavy_work():
        text = _page_text(city, data_version(city), slug, number, static_url(request))
    answer = map_answer(text)
    return unless_unchanged(request, answer, entity_tag(bytes(answer.body)))


@lru_cache(maxsize=len(MapSlug))
def _page_text(
    city: City, _version: int, slug: MapSlug, public_number: str, static_url: str
) -> str:
    return map_of(city, slug, public_number=public_number).to_self_hosted(static_url)


def _picture(
    request: Request, city: City, slug: MapSlug, form: PictureFormat, media_type: str
) -> Response:
    require_known(request, ())
    with heavy_work():
        content = _drawn(city, data_version(city), slug, form, desk_of(request).public_number)
    disposition = {"Content-Disposition": f'inline; filename="{slug}.{form}"'}
    answer = Response(content, media_type=media_type, headers=disposition)
    return unless_unchanged(request, answer, entity_tag(content))


@lru_cache(maxsize=2 * len(MapSlug))
def _drawn(
    city: City, _version: int, slug: MapSlug, form: PictureFormat, public_number: str
) -> bytes:
    return picture_of(city, slug, form, public_number=public_number)


def _download(content: bytes, media_type: str, name: str) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=disposition)
