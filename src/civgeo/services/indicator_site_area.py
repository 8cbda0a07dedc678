"""The smallest area of the public cemeteries of one level, from the register of cemeteries."""

from decimal import Decimal
from fractions import Fraction

import geopandas as gpd

from civgeo.domain.cemetery_forms import BurialPlaceKind, BurialPlaceLevel
from civgeo.domain.cemetery_rules import Operation
from civgeo.domain.floor_area import VerdictStatus
from civgeo.domain.indicator_catalogue import IndicatorDefinition
from civgeo.domain.quantity import fixed
from civgeo.services.indicator_data import DayData
from civgeo.services.indicator_figures import Computed, Failing, Part, lacking

__all__ = ["site_area"]


def site_area(definition: IndicatorDefinition, data: DayData) -> Computed:
    """Smallest registered area in mu of the operating public cemeteries of a level.

    Areas compare at 0.01 mu, rounded half up. Where sites have no registered area the minimum of
    the others decides only when it misses the target.

    Parameters
    ----------
    definition, data
        With the parameter ``cemetery_level``, and the registers of the day.
    """
    level = BurialPlaceLevel(definition.parameters["cemetery_level"])
    sites = _sites(data.cemeteries, level)
    if sites.empty:
        told = f"公墓登记中没有使用中的{level.label_zh}公益性公墓"
        return lacking(told, "cemeteries")
    known = sites[sites["area_mu"].notna()]
    unknown = len(sites) - len(known)
    if known.empty:
        told = f"{unknown} 处{level.label_zh}公益性公墓都没有登记占地面积"
        return lacking(told, "cemeteries（占地面积）")
    areas = {str(id): _compared(mu) for id, mu in known["area_mu"].items()}
    below = _below(known, areas, definition.target)
    told = f"{unknown} 处没有登记占地面积，最小的可能不在其中" if unknown else ""
    return Computed(
        numerator=Fraction(min(areas.values())),
        status=VerdictStatus.UNVERIFIED if told and not below else VerdictStatus.OK,
        reason=told if not below else "",
        notes=(f"{unknown} 处没有登记占地面积，未评价",) if told and below else (),
        parts=_by_county(data, known, areas),
        failing=(*below, *_without_area(sites)),
    )


def _sites(cemeteries: gpd.GeoDataFrame, level: BurialPlaceLevel) -> gpd.GeoDataFrame:
    fits = cemeteries["level"] == level.value
    fits &= cemeteries["kind"] == BurialPlaceKind.CEMETERY.value
    return cemeteries[fits & (cemeteries["operation"] == Operation.PUBLIC.value)].sort_index()


def _compared(mu: float) -> Decimal:
    """Area to 0.01 mu, rounded half up."""
    return Decimal(fixed(Fraction(Decimal(str(mu))), 2))


def _below(
    known: gpd.GeoDataFrame, areas: dict[str, Decimal], target: Decimal | None
) -> tuple[Failing, ...]:
    rows = zip(known.index, known["name"], known["division"], strict=True)
    return tuple(
        Failing(str(code), str(name), str(code)[:6], f"{areas[str(id)]} 亩")
        for id, name, code in rows
        if target is not None and areas[str(id)] < target
    )


def _without_area(sites: gpd.GeoDataFrame) -> tuple[Failing, ...]:
    unknown = sites[sites["area_mu"].isna()]
    rows = zip(unknown["name"], unknown["division"], strict=True)
    return tuple(
        Failing(str(code), str(name), str(code)[:6], "没有登记占地面积，未评价")
        for name, code in rows
    )


def _by_county(
    data: DayData, known: gpd.GeoDataFrame, areas: dict[str, Decimal]
) -> tuple[Part, ...]:
    """Smallest area of each county that has any."""
    names = data.named()
    smallest: dict[str, Decimal] = {}
    for id, code in known["division"].items():
        county, area = str(code)[:6], areas[str(id)]
        smallest[county] = min(area, smallest.get(county, area))
    return tuple(
        Part(county, names[county], Fraction(area), None)
        for county, area in sorted(smallest.items())
        if county in names
    )
