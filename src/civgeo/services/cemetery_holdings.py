"""Places for the dead that are at hand: free plots and niches, by whom they serve."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd

from civgeo.domain.cemetery_forms import BurialPlaceLevel, BurialPlaceStatus
from civgeo.domain.cemetery_rules import Operation
from civgeo.domain.division import DivisionCode

__all__ = ["Holdings", "Places", "holdings"]

COUNTY_DIGITS, TOWNSHIP_DIGITS = 6, 9


@dataclass(frozen=True, slots=True)
class Places:
    """Burial places of one division.

    Parameters
    ----------
    sites
        How many.
    free
        Free plots and niches of those whose numbers are registered.
    unknown
        How many of them have no number of plots, or of used ones.
    """

    sites: int = 0
    free: int = 0
    unknown: int = 0

    def __add__(self, other: "Places") -> "Places":
        """Those of both."""
        return Places(
            self.sites + other.sites, self.free + other.free, self.unknown + other.unknown
        )


@dataclass(frozen=True, slots=True)
class Holdings:
    """Places that serve one township, one county as a whole, or the city; what was left out.

    Parameters
    ----------
    townships, counties
        By code. Those of a county do not hold those of its townships.
    city
        Those that serve several counties.
    notes
        What was not counted, and where it lies.
    """

    townships: Mapping[str, Places] = field(default_factory=dict)
    counties: Mapping[str, Places] = field(default_factory=dict)
    city: Places = Places()
    notes: tuple[str, ...] = ()

    def in_county(self, code: str) -> Places:
        """Those of the county as a whole and of its townships."""
        below = (found for town, found in self.townships.items() if town.startswith(code))
        return sum(below, self.counties.get(code, Places()))


@dataclass(frozen=True, slots=True)
class _Site:
    codes: tuple[str, ...]
    status: str
    operation: str
    places: Places


def holdings(rows: pd.DataFrame, *, commercial: bool = False) -> Holdings:
    """Free places by whom they serve.

    A burial place serves the divisions that its record names (``serves``), else those of its level
    around the place where it lies. Only operating ones count.

    Parameters
    ----------
    rows
        Records of the register ``cemeteries``.
    commercial
        Whether commercial cemeteries count as well.
    """
    townships: defaultdict[str, Places] = defaultdict(Places)
    counties: defaultdict[str, Places] = defaultdict(Places)
    city, sites = Places(), list(_sites(rows))
    counted = [site for site in sites if _counts(site, commercial=commercial)]
    for site in counted:
        served = _served(site.codes)
        if served is None:
            city += site.places
        elif len(served) == TOWNSHIP_DIGITS:
            townships[served] += site.places
        else:
            counties[served] += site.places
    return Holdings(
        MappingProxyType(dict(townships)),
        MappingProxyType(dict(counties)),
        city,
        (*_left_out(sites, commercial=commercial), *_wider(counties, city)),
    )


def _sites(rows: pd.DataFrame) -> Iterator[_Site]:
    names = ("division", "level", "serves", "status", "operation", "capacity", "used")
    for division, level, serves, status, operation, capacity, used in zip(
        *(rows[name].tolist() for name in names), strict=True
    ):
        known = not (pd.isna(capacity) or pd.isna(used))
        free = max(int(capacity) - int(used), 0) if known else 0
        codes = str(serves).split() if isinstance(serves, str) else []
        yield _Site(
            tuple(codes) or (_around(str(division), level),),
            str(status),
            str(operation),
            Places(1, free, int(not known)),
        )


def _around(division: str, level: object) -> str:
    """Digits of the division that a place of that level serves, by where it lies."""
    digits = DivisionCode.parse(division).digits
    if level == BurialPlaceLevel.CITY:
        return digits[:4]
    return digits[:COUNTY_DIGITS] if level == BurialPlaceLevel.COUNTY else digits


def _served(codes: Sequence[str]) -> str | None:
    """The one township or county that is served; None where it is more than one county."""
    digits = {DivisionCode.parse(code).digits[:TOWNSHIP_DIGITS] for code in codes}
    if len(digits) == 1 and len(next(iter(digits))) == TOWNSHIP_DIGITS:
        return next(iter(digits))
    counties = {code[:COUNTY_DIGITS] for code in digits}
    found = next(iter(counties))
    return found if len(counties) == 1 and len(found) == COUNTY_DIGITS else None


def _counts(site: _Site, *, commercial: bool) -> bool:
    operating = site.status == BurialPlaceStatus.OPERATING
    return operating and (commercial or site.operation != Operation.COMMERCIAL)


def _left_out(sites: Sequence[_Site], *, commercial: bool) -> Iterator[str]:
    for status in BurialPlaceStatus:
        count = sum(site.status == status for site in sites)
        if count and status is not BurialPlaceStatus.OPERATING:
            yield f"{status.label_zh}的 {count} 处未计入现有墓位"
    left = [
        site
        for site in sites
        if _counts(site, commercial=True) and not _counts(site, commercial=commercial)
    ]
    if left:
        free = sum(site.places.free for site in left)
        yield f"经营性公墓 {len(left)} 处、空位 {free} 个未计入"


def _wider(counties: Mapping[str, Places], city: Places) -> Iterator[str]:
    shared = sum(counties.values(), Places())
    if shared.sites:
        yield f"服务全县区或几个乡镇的 {shared.sites} 处、空位 {shared.free} 个只计入县区合计"
    if city.sites:
        yield f"服务几个县区的 {city.sites} 处、空位 {city.free} 个只计入全市合计"
