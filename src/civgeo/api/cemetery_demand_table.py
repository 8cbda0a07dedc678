"""What townships and counties need for their dead, by the registers of the store, over HTTP."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from civgeo.api.boundary_examples import answered
from civgeo.api.cemetery_demand_examples import DEMAND_TABLE
from civgeo.http.context import CityNow
from civgeo.http.given import json_answer
from civgeo.http.limiter import heavy_work
from civgeo.http.negotiation import Format, negotiate
from civgeo.http.query import require_known
from civgeo.services.cemetery_rules import rules_in_force
from civgeo.services.cemetery_store_answers import demand_book, store_answer, store_terms
from civgeo.services.cemetery_store_demand import demand_of_store

__all__ = ["router"]

router = APIRouter(prefix="/cemeteries", tags=["公墓"])
_NUMBERS = (
    *("share", "single_share", "niche_share", "plot_single_m2", "plot_joint_m2"),
    *("path_m2", "burial_share", "death_rate_per_mille"),
)
_KNOWN = (*_NUMBERS, "years", "from_year", "division", "commercial", "f")


@router.get(
    "/demand-table",
    summary="按登记的人口与公墓逐乡镇、逐年、逐县计算安葬需求与可用年限",
    responses=answered(DEMAND_TABLE),
)
def demand_table(
    request: Request,
    city: CityNow,
    share: Annotated[str, Query(description="安葬比例，0 到 1；登记中有的以登记为准")],
    years: Annotated[int, Query(ge=1, le=200, description="年数")] = 20,
    from_year: Annotated[int | None, Query(description="起算年，默认今年")] = None,
    death_rate_per_mille: Annotated[
        str | None, Query(description="登记中没有死亡率时用的千分率")
    ] = None,
    single_share: Annotated[str, Query(description="墓穴中单人墓穴的比例")] = "1",
    niche_share: Annotated[str, Query(description="入骨灰堂格位的比例")] = "0",
    plot_single_m2: Annotated[
        str | None, Query(description="单人墓穴面积，默认取规划（见 parameters.defaults）")
    ] = None,
    plot_joint_m2: Annotated[str | None, Query(description="合葬墓穴面积，默认同上")] = None,
    path_m2: Annotated[str | None, Query(description="每穴墓间路面积")] = None,
    burial_share: Annotated[
        str | None, Query(description="墓区占总面积的比例；给了才有总面积")
    ] = None,
    division: Annotated[str | None, Query(description="只算这个县区或乡镇（街道）")] = None,
    commercial: Annotated[bool, Query(description="现有墓位是否计入经营性公墓")] = False,
    f: Annotated[Literal["json", "xlsx"] | None, Query(description="返回格式")] = None,
) -> Response:
    """Demand of townships and counties, as ``civgeo cemeteries demand-table`` gives it."""
    require_known(request, _KNOWN)
    given = {name: request.query_params.get(name) for name in _NUMBERS}
    given |= {"share": share, "single_share": single_share, "niche_share": niche_share}
    asked = store_terms(
        given,
        rules_in_force(city.store.file.parent),
        years=years,
        base_year=from_year,
        division=division,
        commercial=commercial,
    )
    with heavy_work():
        found = demand_of_store(city, asked.terms)
        if negotiate(request, (Format.JSON, Format.XLSX)) is Format.XLSX:
            file = {"Content-Disposition": 'attachment; filename="demand-table.xlsx"'}
            return Response(
                demand_book(found, asked), media_type=Format.XLSX.media_type, headers=file
            )
    return json_answer(store_answer(found, asked))
