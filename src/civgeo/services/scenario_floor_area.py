"""Elder-care floor area per 100 households of counties under a scenario, exactly.

The figures at hand are sums of a county; an edit changes the sums, and the verdict is taken anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import geopandas as gpd
import numpy as np
import pandas as pd

from civgeo.analysis.double_registration import double_registrations
from civgeo.analysis.requirements import AREA_STEPS
from civgeo.domain.division import DivisionCode
from civgeo.domain.estate import EstateClass
from civgeo.domain.facility import FacilityKind, FacilityStatus
from civgeo.domain.floor_area import FloorAreaVerdict, VerdictStatus, assess
from civgeo.domain.standard import StandardBook
from civgeo.geo.crs import city_zone
from civgeo.services.scenario_stock import Known

__all__ = ["CountyFigure", "Tally", "county_figure", "known_facilities", "tallies"]

_KINDS = {kind.value: kind for kind in FacilityKind}


@dataclass(frozen=True, slots=True)
class Tally:
    """What a county holds.

    Parameters
    ----------
    new, existing
        Households under either standard; None where no estate of that class is registered.
    unknown
        Estates whose households are not known.
    area, doubtful
        Floor area that counts, and that of facilities that seem to be registered twice, in steps
        of 0.0001 m2.
    unmeasured
        Facilities whose floor area is not known.
    """

    new: int | None = None
    existing: int | None = None
    unknown: int = 0
    area: int = 0
    doubtful: int = 0
    unmeasured: int = 0

    def with_homes(self, part: EstateClass, households: int) -> "Tally":
        """With an estate more."""
        if part is EstateClass.NEW:
            return replace(self, new=(self.new or 0) + households)
        return replace(self, existing=(self.existing or 0) + households)

    def with_site(self, site: Known, times: int) -> "Tally":
        """With a facility more (1) or less (-1), where its kind and status count."""
        if not (site.is_operating and site.kind.counts_as_estate_elder_care):
            return self
        area = times * (site.area or 0)
        if site.is_doubtful:
            return replace(self, doubtful=self.doubtful + area)
        missing = times * (site.area is None)
        return replace(self, area=self.area + area, unmeasured=self.unmeasured + missing)


@dataclass(frozen=True, slots=True)
class CountyFigure:
    """Verdict on a county, as `floor_area_per_100_households` takes it.

    Parameters
    ----------
    status, reason
        How far it goes, and why no further.
    households
        Of all estates.
    total_m2, m2_per_100_households, required_m2, gap_m2
        Exact; None where undefined.
    meets
        None where it cannot be decided.
    """

    status: VerdictStatus
    reason: str | None
    households: int
    total_m2: Fraction
    m2_per_100_households: Fraction | None
    required_m2: Fraction | None
    gap_m2: Fraction | None
    meets: bool | None


def county_figure(tally: Tally, county: str, on: date, book: StandardBook) -> CountyFigure:
    """Verdict on the county of those sums.

    Parameters
    ----------
    tally
        Its sums.
    county
        Code of the county.
    on, book
        Day of the question, and the standards.
    """
    given = ((EstateClass.NEW, tally.new), (EstateClass.EXISTING, tally.existing))
    parts = [(part, count) for part, count in given if count is not None]
    total = Decimal(tally.area) / AREA_STEPS
    found = assess(parts, [total], division=DivisionCode.parse(county), on=on, book=book)
    status, reason = found.status, found.reason
    is_open = False
    if status in (VerdictStatus.OK, VerdictStatus.UNVERIFIED):
        net = [rule.id for rule in found.standards.values() if rule.area_basis == "net"]
        if net:
            status = VerdictStatus.UNVERIFIED
            reason = f"标准 {net[0]} 按套内面积计，登记的是建筑面积，须核实套内面积"
        might = tally.unmeasured or _with_doubtful(tally, found)
        is_open = not found.meets and bool(might)
        if is_open:
            status, reason = VerdictStatus.UNVERIFIED, _open_reason(tally)
    lacks_rule = found.required_m2 is None
    if tally.unknown and not lacks_rule:
        status = VerdictStatus.NOT_ASSESSED
        reason = f"{tally.unknown} 个小区的户数未登记，须补录后再评价"
    is_owed = status is VerdictStatus.NOT_ASSESSED
    decided = not is_owed and not is_open and found.households > 0
    return CountyFigure(
        status=status,
        reason=reason,
        households=found.households,
        total_m2=found.total_m2,
        m2_per_100_households=None if tally.unknown else found.m2_per_100_households,
        required_m2=None if is_owed else found.required_m2,
        gap_m2=None if is_owed or is_open else found.gap_m2,
        meets=found.meets if decided else None,
    )


def _with_doubtful(tally: Tally, found: FloorAreaVerdict) -> bool:
    """Whether the county meets if facilities that seem to be registered twice are two."""
    total = found.total_m2 + Fraction(tally.doubtful, AREA_STEPS)
    held = {EstateClass.NEW: tally.new, EstateClass.EXISTING: tally.existing}
    strict = any(rule.operator == ">" and held[part] for part, rule in found.standards.items())
    required = found.required_m2 or Fraction()
    return total > required if strict else total >= required


def _open_reason(tally: Tally) -> str:
    if tally.unmeasured:
        return f"{tally.unmeasured} 处设施的面积未登记，补录后可能达标"
    return "有疑似重复登记的设施未计入；核实为两处后可能达标"


def known_facilities(
    facilities: gpd.GeoDataFrame, estates: gpd.GeoDataFrame, own: gpd.GeoDataFrame
) -> Mapping[str, Known]:
    """Facilities of a day by id; one built for an estate counts where that lies.

    Parameters
    ----------
    facilities, estates, own
        Of that day; the divisions of the city give the zone in which doubles are looked for.
    """
    metric = f"EPSG:{city_zone(own).epsg}" if own.geometry.notna().any() else None
    doubtful = set(double_registrations(facilities, metric)["left_out"])
    county = estates["division"].str[:6]
    home = facilities["estate"].map(county).fillna(facilities["division"].str[:6])
    area = facilities["floor_area_m2"].to_numpy(np.float64)
    steps = np.rint(np.nan_to_num(area) * AREA_STEPS).astype(np.int64)
    beds = facilities["beds"]
    columns = zip(
        facilities.index,
        facilities["name"],
        facilities["kind"],
        home,
        np.isnan(area).tolist(),
        steps.tolist(),
        beds.isna().tolist(),
        beds.fillna(0).astype(int).tolist(),
        (facilities["status"] == FacilityStatus.OPERATING.value).tolist(),
        strict=True,
    )
    return {
        id: Known(
            name=str(name),
            kind=_KINDS[kind],
            county="" if pd.isna(code) else str(code),
            area=None if no_area else floor,
            beds=None if no_beds else count,
            is_operating=operates,
            is_doubtful=id in doubtful,
        )
        for id, name, kind, code, no_area, floor, no_beds, count, operates in columns
    }


def tallies(
    estates: gpd.GeoDataFrame, facilities: Mapping[str, Known], own: gpd.GeoDataFrame
) -> Mapping[str, Tally]:
    """What each county holds that has an estate or a facility.

    Parameters
    ----------
    estates
        Of the day.
    facilities
        As `known_facilities` gives them.
    own
        Divisions of the city; a county without estates has a tally too.
    """
    found = {code: Tally() for code in own.loc[own["level"] == "county", "code"]}
    columns = (estates[name] for name in ("division", "estate_class", "households"))
    new = estates["households_new"].fillna(0)
    for division, kind, households, of_mixed in zip(*columns, new, strict=True):
        county = str(division)[:6]
        tally, total = found.get(county, Tally()), 0 if pd.isna(households) else int(households)
        if kind != EstateClass.EXISTING.value:
            part = total if kind == EstateClass.NEW.value else int(of_mixed)
            tally, total = tally.with_homes(EstateClass.NEW, part), total - part
        if kind != EstateClass.NEW.value:
            tally = tally.with_homes(EstateClass.EXISTING, total)
        found[county] = replace(tally, unknown=tally.unknown + bool(pd.isna(households)))
    for site in facilities.values():
        if site.county:
            found[site.county] = found.get(site.county, Tally()).with_site(site, 1)
    return found
