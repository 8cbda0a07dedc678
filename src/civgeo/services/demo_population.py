"""Population of the townships of a demonstration city by year and age, all of it simulated."""

from collections.abc import Iterator

import geopandas as gpd
import numpy as np

from civgeo.services.demo_cemeteries import DemoTowns
from civgeo.services.demo_frames import Row, simulated_frame
from civgeo.store.tables import Collection

__all__ = ["population_register"]

YEARS = range(2020, 2026)
HOUSEHOLD = 2.55
VILLAGERS = (8_000, 34_000)
YEARLY = -0.004
_DOCUMENT = "模拟人口表（不是真实数据）"
_AGES = (
    (0, 0.055, 0.6),
    (5, 0.165, 0.2),
    (15, 0.13, 0.4),
    (25, 0.125, 0.7),
    (35, 0.13, 1.2),
    (45, 0.135, 2.7),
    (55, 0.115, 6.2),
    (65, 0.09, 16.0),
    (75, 0.042, 46.0),
    (85, 0.013, 135.0),
)
"""First age of a group, its share of the people, and how many of 1000 die a year."""


def population_register(
    towns: DemoTowns, estates: gpd.GeoDataFrame, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """People and deaths of each township: one row a year, the last year by age.

    Parameters
    ----------
    towns
        The townships.
    estates
        Simulated estates; their households live in the towns, others in the villages.
    rng
        Seeded generator.
    """
    rows = list(_rows(towns, estates, rng))
    return simulated_frame(Collection.POPULATION, rows, rng)


def _rows(towns: DemoTowns, estates: gpd.GeoDataFrame, rng: np.random.Generator) -> Iterator[Row]:
    households = estates["households"].astype(float).groupby(estates["division"]).sum()
    for code in towns.codes:
        street = int(code[6:9]) < 100
        villagers = 0.0 if street else float(rng.uniform(*VILLAGERS))
        now = households[code] * HOUSEHOLD + villagers
        yearly = YEARLY + float(rng.normal(0, 0.004)) + 0.008 * street
        old = float(rng.normal(0.85 if street else 1.3, 0.06))
        groups = _by_age(now, old, rng)
        dead = sum(people * rate for _, people, rate in groups) / sum(n for _, n, _ in groups)
        for year in YEARS[:-1]:
            people = round(now * (1 + yearly) ** (year - YEARS[-1]))
            rate = round(dead * float(rng.uniform(0.93, 1.05)), 2)
            yield _row(code, year, None, people, rate)
        for age, people, rate in groups:
            yield _row(code, YEARS[-1], age, people, rate)


def _by_age(now: float, old: float, rng: np.random.Generator) -> list[tuple[int, int, float]]:
    """People of each group and their deaths a thousand; `old` says how many more are old."""
    parts = np.array([part * (old if age >= 55 else 1.0) for age, part, _ in _AGES])
    parts = parts * rng.uniform(0.94, 1.06, len(parts))
    people = np.rint(now * parts / parts.sum()).astype(int).tolist()
    return [
        (age, number, round(rate * float(rng.uniform(0.92, 1.08)), 2))
        for (age, _, rate), number in zip(_AGES, people, strict=True)
    ]


def _row(code: str, year: int, age: int | None, people: int, rate: float) -> Row:
    return {
        "division": code,
        "period": year,
        "age_from": age,
        "population": people,
        "death_rate_per_mille": rate,
        "document": _DOCUMENT,
    }
