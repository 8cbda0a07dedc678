"""Coverage of a county, a prefecture and a province: 1,000, 10,000 and 100,000 estates.

Peers: the plain geopandas ways, with the same exact thresholds. One joins the facilities to the
estates by their registered link and sums Decimals group by group; the other finds the estate of
each facility by its place.
"""

from collections.abc import Callable  # noqa: TC003 - read at run time by partial
from datetime import date
from decimal import Decimal
from functools import partial

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from benchmarks.measurement import Measured, exponent, in_turns, report, versions
from civgeo.analysis.coverage import COUNTED_KINDS, UnitLevel, floor_area_per_100_households
from civgeo.formats.reference import standards
from civgeo.geo.frames import check_estates, check_facilities

__all__ = ["run"]

SIZES = {1_000: "county", 10_000: "prefecture", 100_000: "province"}
RUNS = {1_000: 9, 10_000: 5, 100_000: 3}
ON = date(2026, 3, 1)
MINIMUM = {"new": Decimal(30), "existing": Decimal(20)}
COUNTIES = ["411702", *(f"4117{number}" for number in range(21, 30))]
PITCH = 0.0006


def run() -> None:
    """Measure at three sizes, check every verdict and report."""
    lines: list[Measured] = []
    growth: dict[str, list[float]] = {}
    book = standards()
    for size, name in SIZES.items():
        estates, facilities = city(size)
        contestants: dict[str, Callable[[], object]] = {
            f"civgeo ({versions('geopandas', 'pandas')})": partial(
                floor_area_per_100_households,
                estates,
                facilities,
                level=UnitLevel.ESTATE,
                book=book,
                on=ON,
            ),
            "merge, groupby.apply, Decimal a row": partial(by_link, estates, facilities),
            "sjoin, groupby.apply, Decimal a row": partial(by_place, estates, facilities),
        }
        seconds, answers = in_turns(contestants, runs=RUNS[size])
        ours, *others = contestants
        verdicts = pd.DataFrame(answers[ours])["meets"].astype(bool)
        checks = {ours: f"{verdicts.mean():.0%} of the estates meet"}
        checks |= {other: _agreement(verdicts, pd.Series(answers[other])) for other in others}
        for label, taken in seconds.items():
            task = f"{size:,} estates ({name})"
            lines.append(Measured(task, label, taken, taken / seconds[ours], checks[label]))
            growth.setdefault(label, []).append(taken)
    notes = [
        f"{label}: grows with size to the power {exponent(list(SIZES), taken):.2f}"
        for label, taken in growth.items()
    ]
    report("coverage", lines, notes)


def _agreement(verdicts: pd.Series, other: pd.Series) -> str:
    different = int((verdicts != other.loc[verdicts.index].astype(bool)).sum())
    return "every verdict equal" if different == 0 else f"{different} VERDICTS DIFFER"


def by_link(estates: gpd.GeoDataFrame, facilities: gpd.GeoDataFrame) -> pd.Series:
    """Whether each estate meets, with its facilities found by their registered link."""
    counted = _counted(facilities)
    return _verdicts(estates, counted["estate"], counted["floor_area_m2"])


def by_place(estates: gpd.GeoDataFrame, facilities: gpd.GeoDataFrame) -> pd.Series:
    """Whether each estate meets, with its facilities found by their place."""
    counted = _counted(facilities)
    joined = gpd.sjoin(counted, estates[["geometry"]], predicate="within", rsuffix="estate")
    return _verdicts(estates, joined["id_estate"], joined["floor_area_m2"])


def _counted(facilities: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return facilities[
        facilities["kind"].isin(COUNTED_KINDS) & (facilities["status"] == "operating")
    ]


def _verdicts(estates: gpd.GeoDataFrame, estate: pd.Series, area: pd.Series) -> pd.Series:
    totals = area.groupby(estate).apply(
        lambda sites: sum((Decimal(str(value)) for value in sites), Decimal())
    )
    table = estates[["estate_class", "households", "households_new"]].join(totals.rename("total"))
    return table.apply(_meets, axis=1)


def _meets(row: pd.Series) -> bool:
    households = int(row["households"])
    new = int(row["households_new"]) if row["estate_class"] == "mixed" else households
    if row["estate_class"] == "existing":
        new = 0
    required = (new * MINIMUM["new"] + (households - new) * MINIMUM["existing"]) / 100
    total = row["total"] if isinstance(row["total"], Decimal) else Decimal()
    return bool(total >= required)


def city(size: int) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Seeded estates on a grid and their facilities; many have exactly what is asked for."""
    rng = np.random.default_rng(size)
    place = np.arange(size)
    side = int(np.ceil(np.sqrt(size)))
    west, south = 113.0 + (place % side) * PITCH, 32.0 + (place // side) * PITCH
    households = rng.integers(60, 2_600, size)
    kind = rng.choice(["new", "existing", "mixed"], size, p=[0.3, 0.6, 0.1])
    county = np.array(COUNTIES, dtype=object)[place * len(COUNTIES) // size]
    ids = [f"e{number}" for number in place]
    share = pd.array((households * rng.random(size)).astype(int), dtype="Int64")
    share[kind != "mixed"] = pd.NA
    estates = pd.DataFrame(
        {
            "name": "小区",
            "division": county + "001",
            "community": county + "001901",
            "estate_class": kind,
            "completed_year": pd.array(rng.integers(1985, 2026, size), dtype="Int64"),
            "households": pd.array(households, dtype="Int64"),
            "households_new": share,
            "elders": pd.array(households // 4, dtype="Int64"),
            "stage": "built",
            **_simulated(),
        },
        index=ids,
    )
    homes = shapely.box(west, south, west + PITCH * 0.8, south + PITCH * 0.8)
    frame = gpd.GeoDataFrame(estates, geometry=homes, crs="EPSG:4490")
    return check_estates(frame), check_facilities(_facilities(frame, rng))


def _facilities(estates: gpd.GeoDataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """About 1.3 facilities an estate: of all kinds, statuses and sizes."""
    size = len(estates) * 13 // 10
    chosen = rng.integers(0, len(estates), size)
    home = estates.iloc[chosen]
    asked = home["households"].to_numpy(np.int64) * rng.choice([20, 30], size) / 100
    area = np.where(rng.random(size) < 0.4, asked, rng.integers(0, 5_000_000, size) / 10_000)
    rows = pd.DataFrame(
        {
            "name": "设施",
            "kind": rng.choice([*COUNTED_KINDS, "elder_care_home"], size),
            "division": home["division"].to_numpy(object),
            "community": home["community"].to_numpy(object),
            "estate": home.index.to_numpy(object),
            "floor_area_m2": area,
            "beds": pd.array(np.zeros(size, np.int64), dtype="Int64"),
            "nursing_beds": pd.array(np.zeros(size, np.int64), dtype="Int64"),
            "opened": None,
            "status": rng.choice(["operating", "suspended"], size, p=[0.95, 0.05]),
            **_simulated(),
        },
        index=[f"f{number}" for number in range(size)],
    )
    points = shapely.centroid(home.geometry.to_numpy())
    return gpd.GeoDataFrame(rows, geometry=points, crs="EPSG:4490")


def _simulated() -> dict[str, object]:
    return {"source": "benchmark", "simulated": True, "version": 1}
