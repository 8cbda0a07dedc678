"""Exports over HTTP: a collection as one file."""

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request, Response

from civgeo.api.parameters import read_day
from civgeo.http.context import CityNow, desk_of
from civgeo.http.limiter import heavy_work
from civgeo.http.query import require_known
from civgeo.http.token import is_officer
from civgeo.services.exporting import MEDIA_TYPES, ExportRequest, export
from civgeo.services.features import collection_schema

__all__ = ["router"]

router = APIRouter(tags=["导出"])

Suffix = Literal["gpkg", "geojson", "csv", "xlsx", "json"]
_FILES: dict[str, object] = {name.partition(";")[0]: {} for name in MEDIA_TYPES.values()}


@router.get(
    "/export/{collection}.{suffix}",
    summary="导出为一个文件",
    response_class=Response,
    responses={200: {"content": _FILES}},
)
def exported(
    request: Request,
    city: CityNow,
    collection: Annotated[str, Path(description="数据集名称")],
    suffix: Annotated[Suffix, Path(description="文件格式；json 只用于 form=national")],
    division: Annotated[str | None, Query(description="区划代码，默认全市")] = None,
    moment: Annotated[
        str | None, Query(alias="datetime", description="某日的登记，默认今天")
    ] = None,
    form: Annotated[
        Literal["census", "national"] | None, Query(description="地名的普查表式或国家库格式")
    ] = None,
    public: Annotated[bool, Query(description="对外公开：须在设置中写明审图号")] = False,
) -> Response:
    """Records of a collection; those that are not public only for who holds the token."""
    require_known(request, ("division", "datetime", "form", "public"))
    officer = is_officer(request)
    if not officer:
        collection_schema(collection)
    asked = ExportRequest(
        collection,
        suffix,
        division=division,
        on=read_day(moment),
        public=public,
        public_number=desk_of(request).public_number,
        form=form,
        open_only=not officer,
    )
    with heavy_work():
        made = export(city, asked)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(made.file_name)}",
        "Cache-Control": "private, no-store" if officer else "no-cache",
        "Vary": "Authorization",
    }
    return Response(made.content, media_type=made.media_type, headers=headers)
