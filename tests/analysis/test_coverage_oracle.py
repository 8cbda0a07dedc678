"""The measure against the verdict of the domain, unit by unit, on drawn cities."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random

import pandas as pd
import pytest
from analysis_frames import area, estates_frame, facilities_frame
from hypothesis import given, settings
from hypothesis import strategies as st

from civgeo.analysis.coverage import COUNTED_KINDS, UnitLevel, floor_area_per_100_households
from civgeo.domain.division import DivisionCode
from civgeo.domain.estate import EstateClass
from civgeo.domain.floor_area import assess
from civgeo.formats.reference import standards

BOOK = standards()
ON = date(2026, 3, 1)
NEW, EXISTING = EstateClass.NEW, EstateClass.EXISTING
LEVELS = list(UnitLevel)
DIGITS = {UnitLevel.TOWNSHIP: 9, UnitLevel.COUNTY: 6}


def coverage(estates, facilities, level=UnitLevel.ESTATE, on=ON):
    """Measure of rows given as dictionaries; their communities are reporting areas too."""
    homes, sites = estates_frame(*estates), facilities_frame(*facilities)
    if level is UnitLevel.REPORTING_AREA:
        homes = homes.assign(reporting_area=homes["community"])
        sites = sites.assign(reporting_area=sites["community"])
    return floor_area_per_100_households(homes, sites, level=level, book=BOOK, on=on)


TOWNS = [
    "411702001",
    "411702002",
    "411721100",
    "411302001",
    "421303001",
    "320481001",
    "440106001",
    "340102001",
    "370102001",
    "330102001",
]


COUNTY_ONLY = "411702"


def estate_row(chance, number, towns=TOWNS):
    town = chance.choice(towns)
    part = chance.choice(["new", "existing", "mixed"])
    households = chance.choices([None, 0, chance.randint(1, 3_000)], [1, 1, 40])[0]
    return {
        "id": f"e{number}",
        "division": town,
        "community": chance.choice([None, town + "901", town + "902", town + "903"]),
        "estate_class": part,
        "households": households,
        "households_new": None
        if part != "mixed" or households is None
        else chance.randint(0, households),
    }


def site_row(chance, estates):
    """A facility of some estate or of none; many have exactly what a standard asks for."""
    estate = chance.choice(estates) if estates and chance.random() < 0.9 else None
    households = (estate and estate["households"]) or 0
    exact = [float(households * Decimal(rate) / 100) for rate in (15, 20, 30)]
    m2 = chance.choices(
        [chance.randint(0, 5_000_000) / 10_000, chance.choice(exact), None], [5, 5, 1]
    )
    return {
        "division": estate["division"] if estate else chance.choice([*TOWNS, COUNTY_ONLY]),
        "community": estate["community"] if estate else None,
        "estate": estate["id"] if estate else None,
        "floor_area_m2": m2[0],
        "kind": chance.choice([*COUNTED_KINDS, "elder_care_home"]),
        "status": chance.choices(["operating", "closed"], [8, 1])[0],
    }


def city_rows(chance, size=80):
    """Estates over places with new, old, undated, missing and lacking standards; facilities."""
    estates = [estate_row(chance, number) for number in range(size)]
    estates += [estate_row(chance, size, ["411721100"])]
    return estates, [site_row(chance, estates) for _ in range(size)]


def seeded(seed):
    return Random(seed)  # noqa: S311 - test data, no secret


chances = st.integers(0, 2**32).map(seeded)


def parts_of(estate):
    households, part = estate["households"] or 0, estate["estate_class"]
    if part == "mixed":
        new = estate["households_new"] or 0
        return [(NEW, new), (EXISTING, households - new)]
    return [(EstateClass(part), households)]


def unit_of(row, level):
    if level is UnitLevel.ESTATE:
        return row.get("estate", row.get("id"))
    if level in (UnitLevel.COMMUNITY, UnitLevel.REPORTING_AREA):
        return row["community"]
    if level is UnitLevel.CITY:
        return "city"
    digits = DIGITS[level]
    return row["division"][:digits] if len(row["division"]) >= digits else None


def by_unit(rows, level):
    units = defaultdict(list)
    for row in rows:
        if (unit := unit_of(row, level)) is not None:
            units[unit].append(row)
    return units


def assert_agrees(found, estates, sites):
    """The row of one unit agrees with `assess`, asked for each county that it has homes in."""
    counted = [
        site for site in sites if site["status"] == "operating" and site["kind"] in COUNTED_KINDS
    ]
    areas = [area(site) for site in counted]
    counties = by_unit(estates, UnitLevel.COUNTY)
    verdicts = [
        assess(
            [part for row in rows for part in parts_of(row)],
            [],
            division=DivisionCode.parse(county),
            on=ON,
            book=BOOK,
        )
        for county, rows in counties.items()
    ]
    total, households = Fraction(sum(areas, Decimal())), sum(item.households for item in verdicts)
    unknown = any(row["households"] is None for row in estates)
    lacking = any(item.required_m2 is None for item in verdicts)
    assert found["facilities"] == len(counted)
    assert found["total_m2"] == pytest.approx(float(total), abs=1e-7)
    assert found["households"] == households
    if lacking or unknown or not households:
        status = "not_assessed" if lacking or unknown else "undefined"
        assert found["status"] == status
        assert pd.isna(found["meets"])
        return
    required = sum((item.required_m2 for item in verdicts), Fraction())
    assert found["required_m2"] == pytest.approx(float(required), abs=1e-7)
    if any(site["floor_area_m2"] is None for site in counted) and total < required:
        assert found["status"] == "unverified"
        assert pd.isna(found["meets"])
        assert pd.isna(found["gap_m2"])
        return
    assert bool(found["meets"]) is (total >= required)
    assert found["gap_m2"] == pytest.approx(float(max(required - total, 0)), abs=1e-7)
    assert found["surplus_m2"] == pytest.approx(float(max(total - required, 0)), abs=1e-7)
    rate = float(100 * total / households)
    assert found["m2_per_100_households"] == pytest.approx(rate, rel=1e-12)
    undated = any(item.status == "unverified" for item in verdicts)
    assert found["status"] == ("unverified" if undated else "ok")


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("level", LEVELS)
def test_every_unit_agrees_with_the_verdict_of_the_domain(level, seed):
    estates, sites = city_rows(seeded(seed))
    found = coverage(estates, sites, level)
    of_estates, of_sites = by_unit(estates, level), by_unit(sites, level)
    counted = [s for s in sites if s["status"] == "operating" and s["kind"] in COUNTED_KINDS]
    expected = set(of_estates)
    if level is not UnitLevel.ESTATE:
        expected |= set(by_unit(counted, level))
    assert set(found.index) == expected
    assert found.index.is_unique
    for unit in expected:
        assert_agrees(found.loc[unit], of_estates[unit], of_sites[unit])


@pytest.mark.parametrize("town", TOWNS)
@pytest.mark.parametrize("part", ["new", "existing", "mixed"])
def test_single_estate_agrees_with_the_domain_in_reason_and_standards(town, part):
    estate = {"id": "e", "division": town, "estate_class": part, "households": 400}
    estate |= {"households_new": 150 if part == "mixed" else None}
    found = coverage([estate], [{"estate": "e", "floor_area_m2": 90.0}]).loc["e"]
    county = DivisionCode.parse(town[:6])
    verdict = assess(parts_of(estate), [Decimal(90)], division=county, on=ON, book=BOOK)
    assert found["status"] == verdict.status
    assert nullable(found["reason"]) == verdict.reason
    assert nullable(found["meets"]) == verdict.meets
    for standard_class, column in ((NEW, "standard_new"), (EXISTING, "standard_existing")):
        cited = verdict.standards.get(standard_class)
        assert nullable(found[column]) == (cited and cited.id)
    assert found["sites_below_minimum"] == sum(len(s.below) for s in verdict.single_site)


def nullable(value):
    return None if pd.isna(value) else value


@pytest.mark.parametrize("level", LEVELS)
@settings(deadline=None, max_examples=6)
@given(chances)
def test_adding_a_facility_never_lowers_coverage(level, chance):
    estates, sites = city_rows(chance, size=10)
    more = site_row(chance, estates)
    before, after = coverage(estates, sites, level), coverage(estates, [*sites, more], level)
    assert set(before.index) <= set(after.index)
    after = after.loc[before.index]
    assert (after["total_m2"] >= before["total_m2"]).all()
    assert not (after["gap_m2"] > before["gap_m2"]).any()
    assert not (before["meets"].fillna(False) & ~after["meets"].fillna(False)).any()


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("seed", range(2))
def test_order_of_the_rows_does_not_change_any_figure(level, seed):
    chance = seeded(seed)
    estates, sites = city_rows(chance, size=30)
    found = coverage(estates, sites, level)
    chance.shuffle(estates)
    chance.shuffle(sites)
    again = coverage(estates, sites, level).loc[found.index]
    columns = ["households", "required_m2", "total_m2", "meets", "gap_m2", "status", "facilities"]
    pd.testing.assert_frame_equal(pd.DataFrame(found[columns]), pd.DataFrame(again[columns]))
