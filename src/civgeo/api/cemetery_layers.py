"""Constraint layers over HTTP: what is known of each, and its features. For officers."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from civgeo.api.boundary_examples import answered
from civgeo.api.cemetery_layer_examples import LAYER, LAYERS
from civgeo.api.parameters import read_bbox
from civgeo.http.context import CityNow
from civgeo.http.given import json_answer
from civgeo.http.query import require_known
from civgeo.http.token import MAY_WRITE
from civgeo.services import site_layer_views as views

__all__ = ["router"]

router = APIRouter(prefix="/cemeteries/layers", tags=["公墓"], dependencies=[MAY_WRITE])

Digest = Annotated[str, Path(description="图层编号，或其开头几位")]


@router.get("", summary="选址图层：种类、日期、来源、是否使用中", responses=answered(LAYERS))
def layers(request: Request, city: CityNow) -> Response:
    """All layers, the newest first, and whether each is used unasked."""
    require_known(request, ())
    return json_answer({"layers": views.layer_documents(city)})


@router.get("/{digest}", summary="一个选址图层的说明", responses=answered(LAYER))
def layer(request: Request, city: CityNow, digest: Digest) -> Response:
    """What is known of a layer, without its features."""
    require_known(request, ())
    return json_answer(views.one_layer_document(city, digest))


@router.get("/{digest}/features", summary="选址图层的要素（GeoJSON），可按范围")
def features(
    request: Request,
    city: CityNow,
    digest: Digest,
    bbox: Annotated[str | None, Query(description="西,南,东,北（度）")] = None,
    limit: Annotated[int, Query(ge=1, le=views.LARGEST_PAGE, description="至多几个要素")] = 1_000,
    offset: Annotated[int, Query(ge=0, description="略过前几个")] = 0,
) -> Response:
    """Features of a layer in their order, EPSG:4490."""
    require_known(request, ("bbox", "limit", "offset"))
    box = read_bbox(bbox)
    found = views.layer_features(city, digest, box=box, limit=limit, skip=offset)
    answer = json_answer(found)
    answer.headers["Content-Type"] = "application/geo+json"
    return answer
