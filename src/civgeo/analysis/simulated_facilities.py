"""Simulated facilities of a demonstration city, with floor area and beds.

Cemeteries and columbaria are not among them: they have a register of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from civgeo.analysis.simulated_city import simulated_id
from civgeo.domain.estate import EstateClass, HandoverStage
from civgeo.domain.facility import FacilityKind, FacilityStatus

__all__ = ["simulate_facilities"]

SMALLEST_SITE_M2 = 15.0
LARGEST_SITE_M2 = 1_200.0
DOUBLE_REGISTRATIONS = 3
_ESTATE_KINDS = (
    FacilityKind.COMMUNITY_DAY_CARE,
    FacilityKind.COMMUNITY_ELDER_CARE_PLACE,
    FacilityKind.MEAL_POINT,
)


@dataclass(frozen=True, slots=True)
class _Mix:
    """How many of a kind are drawn a township (or a county), and how large they are."""

    kind: FacilityKind
    share: float
    floor_m2: tuple[int, int]
    beds: tuple[int, int] = (0, 0)
    a_county: bool = False


_K = FacilityKind
_MIXES = (
    _Mix(_K.STREET_ELDER_CARE_CENTRE, 0.45, (400, 1_400), (20, 60)),
    _Mix(_K.REGIONAL_ELDER_CARE_CENTRE, 0.5, (1_200, 4_000), (60, 180)),
    _Mix(_K.ELDER_CARE_HOME, 0.6, (900, 6_000), (30, 220)),
    _Mix(_K.VILLAGE_MUTUAL_AID_HOME, 1.6, (80, 400), (5, 20)),
    _Mix(_K.FAMILY_BEDS, 0.4, (20, 60), (5, 40)),
    _Mix(_K.COMMUNITY_SERVICE_FACILITY, 1.5, (150, 1_200)),
    _Mix(_K.VILLAGE_SERVICE_FACILITY, 1.8, (100, 600)),
    _Mix(_K.SOCIAL_WORK_STATION, 0.8, (40, 160)),
    _Mix(_K.MINORS_PROTECTION_STATION, 0.6, (30, 120)),
    _Mix(_K.VOLUNTEER_POINT, 0.9, (20, 80)),
    _Mix(_K.LOTTERY_POINT, 0.9, (15, 60)),
    _Mix(_K.REHABILITATION_AID_POINT, 0.2, (40, 150)),
    _Mix(_K.COUNTY_ELDER_CARE_DEMONSTRATION_CENTRE, 1, (1_000, 2_000), (60, 150), a_county=True),
    _Mix(_K.ELDER_CARE_COMPLEX, 1, (2_500, 9_000), (100, 400), a_county=True),
    _Mix(_K.DESTITUTE_SUPPORT_INSTITUTION, 2, (1_000, 4_000), (60, 200), a_county=True),
    _Mix(_K.DISABLED_DESTITUTE_INSTITUTION, 1, (1_500, 5_000), (80, 240), a_county=True),
    _Mix(_K.MENTAL_REHABILITATION_POINT, 2, (100, 500), a_county=True),
    _Mix(_K.SOCIAL_ORGANISATION_VENUE, 1, (200, 900), a_county=True),
    _Mix(_K.RESCUE_STATION, 1, (800, 2_500), a_county=True),
    _Mix(_K.FUNERAL_HOME, 1, (3_000, 9_000), a_county=True),
    _Mix(_K.FUNERAL_SERVICE_STATION, 2, (200, 800), a_county=True),
)


def simulate_facilities(
    estates: gpd.GeoDataFrame,
    townships: pd.Series,
    aimed_m2: Mapping[EstateClass, float],
    rng: np.random.Generator,
    *,
    last_year: int,
) -> gpd.GeoDataFrame:
    """Simulated facilities: rooms built for estates, and other kinds by township or county.

    Between 42 and 74 in a hundred estates of a county get as much floor area as `aimed_m2` asks
    for, the others less or none.

    Parameters
    ----------
    estates
        As `simulate_estates` gives them.
    townships
        Names by township code (9 digits).
    aimed_m2
        Floor area per 100 households that the drawing aims at for new and existing estates.
    rng
        Seeded generator.
    last_year
        Latest year of opening.

    Returns
    -------
    GeoDataFrame
        Index id; name, kind, division, community, estate, floor_area_m2 (one decimal), beds,
        nursing_beds, opened, status, source, simulated, version; points in EPSG:4490.
    """
    built = _built_for_estates(estates, aimed_m2, rng)
    others = pd.concat([_spread(mix, estates, townships, rng) for mix in _MIXES])
    rows = pd.concat([built, others, _registered_twice(built, rng)], ignore_index=True)
    size = len(rows)
    days = rng.integers(0, 365, size)
    years = rng.integers(2012, last_year, size)
    rows["opened"] = [
        str(np.datetime64(f"{year}-01-01") + int(day))
        for year, day in zip(years, days, strict=True)
    ]
    rows["status"] = rng.choice(
        [FacilityStatus.OPERATING.value, FacilityStatus.SUSPENDED.value], size, p=[0.97, 0.03]
    )
    unbuilt = estates.index[estates["stage"] == HandoverStage.PLANNED.value]
    rows.loc[rows["estate"].isin(unbuilt), "status"] = FacilityStatus.PLANNED.value
    rows["source"], rows["simulated"], rows["version"] = "模拟生成", True, 1
    rows.index = pd.Index([simulated_id(rng) for _ in range(size)], name="id")
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=estates.crs)


def _built_for_estates(
    estates: gpd.GeoDataFrame, aimed_m2: Mapping[EstateClass, float], rng: np.random.Generator
) -> pd.DataFrame:
    """Rooms built for estates; some estates have enough, some too little, some none."""
    households = estates["households"].to_numpy(float)
    of_mixed = estates["households_new"].fillna(0).to_numpy(float)
    kind = estates["estate_class"].to_numpy()
    new = np.where(kind == "new", households, np.where(kind == "mixed", of_mixed, 0.0))
    rates = aimed_m2[EstateClass.NEW], aimed_m2[EstateClass.EXISTING]
    needed = (new * rates[0] + (households - new) * rates[1]) / 100
    county, names = pd.factorize(estates["division"].str[:6])
    chance = rng.uniform(0.42, 0.74, len(names))[county]
    draw = rng.random(len(estates))
    enough = needed * rng.uniform(1.02, 1.9, len(estates))
    too_little = needed * rng.uniform(0.15, 0.95, len(estates))
    area = np.where(draw < chance, enough, np.where(draw < chance + 0.3, too_little, 0.0))
    area = np.where(area < SMALLEST_SITE_M2, 0.0, np.ceil(area * 10) / 10)
    sites = []
    for share in (0, 1):
        split = area > LARGEST_SITE_M2
        part = np.where(split, np.ceil(area * 5) / 10, np.where(share == 0, area, 0.0))
        sites.append(_rooms(estates, part, rng))
    return pd.concat(sites, ignore_index=True)


def _rooms(
    estates: gpd.GeoDataFrame,
    area: np.ndarray[tuple[int], np.dtype[np.float64]],
    rng: np.random.Generator,
) -> pd.DataFrame:
    has = area > 0
    chosen = estates[has]
    kinds = rng.integers(0, len(_ESTATE_KINDS), len(chosen))
    labels = np.array([kind.label_zh.removeprefix("社区") for kind in _ESTATE_KINDS])[kinds]
    beds = np.where(kinds == 0, rng.integers(0, 15, len(chosen)), 0)
    return pd.DataFrame(
        {
            "name": chosen["name"].to_numpy(object) + labels.astype(object),
            "kind": np.array([kind.value for kind in _ESTATE_KINDS])[kinds],
            "division": chosen["division"].to_numpy(object),
            "community": chosen["community"].to_numpy(object),
            "estate": chosen.index.to_numpy(object),
            "floor_area_m2": area[has],
            "beds": beds,
            "nursing_beds": beds // 3,
            "geometry": chosen.geometry.representative_point().to_numpy(),
        }
    )


def _spread(
    mix: _Mix, estates: gpd.GeoDataFrame, townships: pd.Series, rng: np.random.Generator
) -> pd.DataFrame:
    """Facilities of one kind, each beside an estate of a township that is drawn for it."""
    inhabited = pd.Index(estates["division"].unique())
    if mix.a_county:
        groups = pd.Series(inhabited).groupby(inhabited.str[:6])
        towns = np.concatenate(
            [rng.choice(codes.to_numpy(object), int(mix.share)) for _, codes in groups]
        )
    else:
        count = max(1, round(mix.share * len(inhabited)))
        towns = rng.choice(inhabited.to_numpy(object), count, replace=count > len(inhabited))
    beside = _one_estate_each(towns, estates, rng)
    serial = pd.Series(towns).groupby(towns).cumcount().to_numpy() + 1
    beds = rng.integers(mix.beds[0], mix.beds[1] + 1, len(towns))
    names = [
        f"{townships[town]}{mix.kind.label_zh}{'' if number == 1 else number}"
        for town, number in zip(towns, serial, strict=True)
    ]
    shift = rng.uniform(-4e-4, 4e-4, (2, len(towns)))
    points = beside.geometry.representative_point()
    return pd.DataFrame(
        {
            "name": names,
            "kind": mix.kind.value,
            "division": towns,
            "community": beside["community"].to_numpy(object),
            "estate": None,
            "floor_area_m2": rng.integers(*mix.floor_m2, len(towns)).astype(float),
            "beds": beds,
            "nursing_beds": (beds * rng.uniform(0.2, 0.7, len(towns))).astype(int),
            "geometry": gpd.points_from_xy(points.x + shift[0], points.y + shift[1]),
        }
    )


def _one_estate_each(
    towns: np.ndarray[tuple[int], np.dtype[np.object_]],
    estates: gpd.GeoDataFrame,
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    members = estates.groupby("division").indices
    return estates.iloc[[int(rng.choice(members[town])) for town in towns]]


def _registered_twice(built: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Rows that register a day care once more, under the committee's name."""
    day_care = built[built["kind"] == FacilityKind.COMMUNITY_DAY_CARE.value]
    count = min(DOUBLE_REGISTRATIONS, len(day_care))
    twice = day_care.iloc[rng.choice(len(day_care), count, replace=False)].copy()
    twice["name"] = twice["name"].str.replace("日间照料", "居委会日间照料", regex=False)
    return twice
