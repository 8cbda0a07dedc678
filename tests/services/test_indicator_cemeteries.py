"""Indicators of cemeteries: burial places as facilities, each once, and the smallest areas."""

from datetime import date
from pathlib import Path

import pytest
from shapely import Point, box

from civgeo.services.funeral_coverage import funeral_coverage
from civgeo.services.indicator_data import day_data
from civgeo.services.indicator_results import Standing
from civgeo.services.indicators import indicator_history, one_indicator
from civgeo.store.tables import Collection
from services.indicator_city import TODAY, TOWNSHIPS, city_with, facility, records

URBAN = "zhumadian_urban_cemeteries_2025"
RURAL = "zhumadian_township_cemeteries_2025"
COUNTY = "zhumadian_county_burial_2025"
AREA = "zhumadian_cemetery_area_township"
CODES = list(TOWNSHIPS)


def cemetery(number: int, **given: object) -> dict[str, object]:
    row = {"id": f"c{number}", "name": f"公墓{number}", "division": "411702", "kind": "cemetery"}
    row |= {"operation": "public", "status": "operating", "level": "county"}
    return row | given


@pytest.fixture
def made(tmp_path: Path):
    cities = []

    def make(cemeteries, facilities=()):
        held = records(Collection.CEMETERIES, list(cemeteries)) if cemeteries else {}
        folder = tmp_path / str(len(cities))
        cities.append(city_with(folder, list(facilities), records=held))
        return cities[-1]

    yield make
    for city in cities:
        city.store.close()


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({}, "cemetery_urban"),
        ({"level": "city"}, "cemetery_urban"),
        ({"level": "township"}, "cemetery_rural"),
        ({"level": "village"}, "cemetery_rural"),
        ({"level": None}, None),
        ({"level": None, "operation": "commercial"}, "cemetery_commercial"),
        ({"level": None, "kind": "columbarium"}, "columbarium"),
        ({"kind": "burial_point"}, None),
        ({"status": "building"}, None),
        ({"opened": "2026-03-02"}, None),
    ],
)
def test_a_burial_place_counts_as_the_facility_that_it_is(made, given, kind):
    city = made([cemetery(1, **given)])
    rows = day_data(city, TODAY).burials.rows
    assert rows["kind"].tolist() == ([kind] if kind else [])


def test_urban_and_rural_cemeteries_of_both_registers_are_counted_together(made):
    sites = [cemetery(1), cemetery(2, level="township", division=CODES[2]), cemetery(3)]
    far = facility(1, "cemetery_urban", "411721", geometry=Point(114.2, 33.0))
    city = made(sites, [far])
    result = one_indicator(city, URBAN)
    assert (result.numerator, result.standing) == (3, Standing.MISSED)
    assert [part.part.numerator for part in result.parts] == [2, 1]
    assert one_indicator(city, RURAL).numerator == 1
    covered = one_indicator(city, COUNTY)
    assert (covered.numerator, covered.denominator) == (2, 2)


@pytest.mark.parametrize(
    ("given", "counties", "standing"),
    [
        ({"level": "county"}, 1, Standing.UNVERIFIED),
        ({"level": "county", "kind": "burial_point"}, 1, Standing.UNVERIFIED),
        ({"level": "township"}, 0, Standing.MISSED),
        ({"level": "city"}, 0, Standing.UNVERIFIED),
        ({"level": None}, 0, Standing.UNVERIFIED),
        ({"level": "county", "operation": "commercial"}, 0, Standing.MISSED),
    ],
)
def test_a_county_is_covered_by_a_public_burial_place_of_its_level(made, given, counties, standing):
    site = facility(1, "columbarium", "411721", geometry=Point(114.2, 33.0))
    result = one_indicator(made([cemetery(1, kind="columbarium") | given], [site]), COUNTY)
    assert (result.numerator, result.denominator, result.standing) == (counties, 2, standing)


def test_a_county_with_a_place_of_the_city_only_is_told_apart(made):
    sites = [cemetery(1, level="city"), cemetery(2, division="411721", level="township")]
    result = one_indicator(made(sites), COUNTY)
    assert (result.numerator, result.standing) == (0, Standing.MISSED)
    assert [item.remark for item in result.failing] == ["由别处或上级设施服务（公墓1）", "没有"]
    assert "1 个单元由别处或上级的设施服务，是否算覆盖由市局认定" in result.notes


@pytest.mark.parametrize("id", [URBAN, RURAL, COUNTY])
def test_an_indicator_and_the_layout_of_facilities_give_one_figure(made, id):
    levels = ["city", "county", "township", "village", None]
    sites = [cemetery(at, level=level) for at, level in enumerate(levels)]
    sites += [cemetery(9, division=CODES[2], level="township")]
    far = facility(1, "cemetery_urban", "411721", geometry=Point(114.2, 33.0))
    city = made(sites, [far, facility(2, "cemetery_rural", CODES[2])])
    result = one_indicator(city, id)
    (told,) = (ask for ask in funeral_coverage(city).asks if ask.ask.indicator == id)
    assert (result.numerator, result.denominator) == (told.numerator, told.denominator)
    assert result.meets == told.meets
    assert result.reason == told.reason
    assert sum(part.part.numerator for part in result.parts) == told.numerator


@pytest.mark.parametrize(
    ("row", "site", "told"),
    [
        ({"name": "东山公墓"}, {"name": "东山 公墓"}, "同名同区划；只计"),
        ({"name": "东山公墓"}, {"name": "东山公墓", "division": CODES[0]}, "同名同区划"),
        ({"geometry": Point(114.0, 33.0)}, {}, "相距不到 200 米"),
        ({"geometry": box(113.999, 32.999, 114.0031, 33.001)}, {}, "相距不到 200 米"),
    ],
)
def test_a_place_in_both_registers_counts_once_and_is_told(made, row, site, told):
    other = {"geometry": Point(114.001, 33.0), **site}
    city = made([cemetery(1, **row)], [facility(1, "cemetery_urban", "411702") | other])
    result = one_indicator(city, URBAN)
    assert result.numerator == 1
    assert [told in note for note in result.notes] == [True]


@pytest.mark.parametrize(
    ("row", "site"),
    [
        ({"name": "东山公墓"}, {"name": "东山公墓", "division": "411721"}),
        ({"geometry": Point(114.003, 33.0)}, {}),
        ({"geometry": Point(114.0, 33.0), "level": "township"}, {}),
        ({"geometry": Point(114.0, 33.0), "status": "closed"}, {}),
    ],
)
def test_places_that_differ_are_two(made, row, site):
    city = made([cemetery(1, **row)], [facility(1, "cemetery_urban", "411702") | site])
    data = day_data(city, TODAY)
    assert (data.burials.twins, data.burials.findings) == (frozenset(), ())
    assert "f1" in data.of_kinds(frozenset({"cemetery_urban"})).index


def test_a_place_registered_under_two_kinds_counts_by_the_register_of_cemeteries(made):
    site = facility(1, "cemetery_urban", "411702", name="东山公墓")
    city = made([cemetery(1, name="东山公墓", level="township")], [site])
    urban, rural = one_indicator(city, URBAN), one_indicator(city, RURAL)
    assert (urban.numerator, rural.numerator) == (0, 1)
    told = "类型不同（前者为城市公益性公墓，后者为农村公益性公墓）"
    assert told in urban.notes[0]
    assert told in rural.notes[0]


def test_places_that_cannot_be_counted_are_told(made):
    city = made([cemetery(1, level=None), cemetery(2, kind="burial_point", level="village")])
    result = one_indicator(city, RURAL)
    assert (result.numerator, result.standing) == (0, Standing.UNVERIFIED)
    assert result.notes == (
        "公墓登记中 1 处公益性公墓没有服务级别，未计入",
        "公墓登记中 1 处集中安葬点不是公墓，未计入",
    )


def area(number: int, mu: float | None, code: str = CODES[0], **given: object):
    return cemetery(number, division=code, area_mu=mu, **{"level": "township"} | given)


@pytest.mark.parametrize(
    ("mu", "value", "standing"),
    [
        (49.994, "49.99", Standing.MISSED),
        (49.995, "50", Standing.REACHED),
        (50.0, "50", Standing.REACHED),
    ],
)
def test_the_smallest_area_of_a_level_compares_at_a_hundredth_of_a_mu(made, mu, value, standing):
    sites = [area(1, mu), area(2, 80.0, CODES[2]), area(3, 3.0, level="village")]
    others = [area(4, 2.0, operation="commercial"), area(5, 2.0, status="closed")]
    city = made([*sites, *others, cemetery(6, area_mu=1.0)])
    result = one_indicator(city, AREA)
    assert (str(float(result.value)).removesuffix(".0"), result.standing) == (value, standing)
    assert [part.part.code for part in result.parts] == ["411702", "411721"]
    failing = [(item.name, item.remark) for item in result.failing]
    assert failing == ([("公墓1", "49.99 亩")] if standing is Standing.MISSED else [])


def test_a_site_without_an_area_leaves_the_minimum_open(made):
    result = one_indicator(made([area(1, 60.0), area(2, None)]), AREA)
    assert (result.value, result.standing) == (60, Standing.UNVERIFIED)
    assert "1 处没有登记占地面积" in result.reason
    assert [item.remark for item in result.failing] == ["没有登记占地面积，未评价"]


def test_a_site_below_the_target_decides_whatever_the_others_have(made):
    result = one_indicator(made([area(1, 40.0), area(2, None)]), AREA)
    assert (result.value, result.standing) == (40, Standing.MISSED)
    assert result.notes == ("1 处没有登记占地面积，未评价",)


@pytest.mark.parametrize(
    ("sites", "reason"),
    [
        ([], "公墓登记中没有使用中的乡镇级公益性公墓"),
        ([area(1, None)], "1 处乡镇级公益性公墓都没有登记占地面积"),
    ],
)
def test_without_any_area_nothing_is_assessed(made, sites, reason):
    result = one_indicator(made(sites), AREA)
    assert (result.standing, result.reason) == (Standing.NOT_ASSESSED, reason)
    assert result.missing


def test_areas_have_years_by_the_day_of_opening(made):
    city = made([area(1, 60.0, opened="2020-05-01"), area(2, 40.0, opened="2025-06-01")])
    points = indicator_history(city, AREA)
    assert [(p.year, p.result.value) for p in points][-3:] == [(2024, 60), (2025, 40), (2026, 40)]
    assert one_indicator(city, AREA, on=date(2025, 5, 31)).value == 60


def test_a_reported_figure_stays_beside_the_computed_one(made):
    report = {"id": "r1", "indicator": AREA, "division": "411700", "reported_on": "2025-12-20"}
    report |= {"period": 2025, "numerator": 55.0}
    held = records(Collection.INDICATOR_REPORTS, [report])
    city = made([area(1, 40.0)])
    with city.store.write() as writing:
        writing.add(Collection.INDICATOR_REPORTS, held[Collection.INDICATOR_REPORTS])
    result = one_indicator(city, AREA, officer=True)
    assert (result.basis, result.value, result.report.numerator) == ("computed", 40, 55)
