"""Jobs over HTTP: how far they are, what came of them, and cancelling them."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Request, Response

from civgeo.http.context import CityNow
from civgeo.http.query import require_known
from civgeo.http.token import MAY_WRITE
from civgeo.services.jobs import book_of, cancel, job_document, result_of

__all__ = ["router"]

router = APIRouter(prefix="/jobs", tags=["任务"], dependencies=[MAY_WRITE])

JobId = Annotated[str, Path(description="任务编号")]


@router.get("/{job_id}", summary="任务进度")
def status(request: Request, city: CityNow, job_id: JobId) -> Response:
    """How far a job is."""
    require_known(request, ())
    return _json(job_document(book_of(city).get(job_id)))


@router.get("/{job_id}/result", summary="任务结果")
def result(request: Request, city: CityNow, job_id: JobId) -> Response:
    """What came of a job; 404 while it is not over."""
    require_known(request, ())
    return _json(dict(result_of(city, job_id)))


@router.delete("/{job_id}", summary="取消任务")
def drop(request: Request, city: CityNow, job_id: JobId) -> Response:
    """Cancel a job that waits or runs."""
    require_known(request, ())
    return _json(job_document(cancel(city, job_id)))


def _json(document: dict[str, object]) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(orjson.dumps(document), headers=headers, media_type="application/json")
