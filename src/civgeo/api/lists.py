"""Lists of the place-name office's registers: what is broken, overdue, missing, expired."""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Path, Query, Request, Response

from civgeo.errors import InvalidInput
from civgeo.http.context import CityNow
from civgeo.http.negotiation import Format, negotiate
from civgeo.http.query import require_known
from civgeo.http.token import is_officer
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.services.name_list import PATROL_DAYS, ListRequest
from civgeo.services.name_lists import VIEWS, list_document, list_workbook, name_list

__all__ = ["router"]

router = APIRouter(tags=["地名清单"])

_OWN = ("view", "division", "interval_days", "target", "f")
Register = Literal[
    "name_signs", "protected_names", "rural_naming", "reserved_names", "name_archives"
]


@router.get(
    "/lists/{register}",
    summary="地名登记表的清单与汇总",
    responses={200: {"content": {Format.XLSX.media_type: {}}}},
)
def register_list(
    request: Request,
    city: CityNow,
    register: Annotated[Register, Path(description="登记表")],
    view: Annotated[
        str | None,
        Query(description="；".join(f"{name}：{'、'.join(own)}" for name, own in VIEWS.items())),
    ] = None,
    division: Annotated[str | None, Query(description="区划代码，默认全市")] = None,
    interval_days: Annotated[
        int, Query(ge=1, le=3650, description="地名标志：距上次巡检多少天为逾期")
    ] = PATROL_DAYS,
    target: Annotated[
        str | None, Query(description="乡村著名行动：目标百分数，默认取库中本地的目标")
    ] = None,
    f: Annotated[Literal["json", "xlsx"] | None, Query(description="返回格式")] = None,
) -> Response:
    """A list with its summary; other parameters are properties and the values they must have."""
    names = [item.name for item in COLLECTIONS[register].queryables]
    require_known(request, (*_OWN, *names))
    where = {name: request.query_params[name] for name in names if name in request.query_params}
    where.pop("division", None)
    officer = is_officer(request)
    asked = ListRequest(
        register, view, division, where, interval_days, _percent(target), open_only=not officer
    )
    found = name_list(city, asked)
    headers = {"Vary": "Accept, Authorization"}
    if officer:
        headers["Cache-Control"] = "private, no-store"
    if negotiate(request, (Format.JSON, Format.XLSX)) is Format.XLSX:
        headers["Content-Disposition"] = f'attachment; filename="{register}-{found.view}.xlsx"'
        return Response(list_workbook(found), media_type=Format.XLSX.media_type, headers=headers)
    content = orjson.dumps(list_document(found))
    return Response(content, media_type=Format.JSON.media_type, headers=headers)


def _percent(text: str | None) -> Decimal | None:
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        raise InvalidInput(f"参数 target“{text}”不是数字", code="bad_number") from None
