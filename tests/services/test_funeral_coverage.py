"""Which units have which funeral facilities, and what the plan asks, over a store."""

from datetime import date

import pytest

from civgeo.domain.fields import Fields
from civgeo.domain.floor_area import VerdictStatus
from civgeo.errors import InvalidInput
from civgeo.services.funeral_coverage import funeral_coverage
from civgeo.services.funeral_question import TERM_KEYS, funeral_terms
from civgeo.services.funeral_stations import station_layout
from civgeo.services.funeral_views import coverage_document, coverage_geojson
from funeral_city import COUNTY, DISTRICT, cemetery, city_of, station, town_code
from services.indicator_city import facility

TOWNS = [(0, 0), (10, 0), (0, 10), (-10, 0)]


@pytest.fixture
def made(tmp_path):
    cities = []

    def make(**given):
        city = city_of(tmp_path / str(len(cities)), TOWNS, **given)
        cities.append(city)
        return city

    yield make
    for city in cities:
        city.store.close()


def asks(city, **given):
    return {result.ask.id: result for result in funeral_coverage(city, **given).asks}


def test_funeral_homes_count_the_districts_as_one_city_and_each_county(made):
    district = facility(1, "funeral_home", f"{DISTRICT}001")
    only = asks(made(facilities=[district]))["funeral_home_coverage"]
    assert (only.numerator, only.denominator, only.meets) == (1, 2, False)
    assert [each.code for each in only.coverage.units if each.standing == "has_not"] == [COUNTY]
    both = asks(made(facilities=[district, facility(2, "funeral_home", COUNTY)]))
    assert both["funeral_home_coverage"].meets is True


def test_the_damaged_figure_is_shown_read_and_never_judged(made):
    city = made(facilities=[station(1, (10, 0), 1), station(2, (-10, 0), 3)])
    found = funeral_coverage(city)
    (result,) = (each for each in found.asks if each.ask.id == "stations_per_county")
    assert result.status is VerdictStatus.UNVERIFIED
    assert result.meets is None
    assert result.counts == {COUNTY: 2}
    terms = funeral_terms(Fields({}, TERM_KEYS))
    document = coverage_document(found, station_layout(found.data, terms), terms)
    (told,) = (each for each in document["asks"] if each["id"] == "stations_per_county")
    assert (told["written"], told["low"], told["high"]) == ("12个", "1", "2")
    assert told["force"] == "to_confirm"
    assert "待确认" in told["confirm"]
    assert told["counts"] == [{"code": COUNTY, "name": "西平县", "count": 2, "reading": "within"}]
    assert "模型" in document["stations"]["model_zh"]


@pytest.mark.parametrize(("count", "reading"), [(0, "below"), (1, "within"), (3, "above")])
def test_numbers_of_stations_are_read_as_one_or_two(made, count, reading):
    stations = [station(number, (10, 0), 1) for number in range(count)]
    stations += [facility(9, "funeral_service_station", f"{DISTRICT}001")]
    result = asks(made(facilities=stations))["stations_per_county"]
    document = coverage_document(
        funeral_coverage(made(facilities=stations)), (), funeral_terms(Fields({}, TERM_KEYS))
    )
    (told,) = (each for each in document["asks"] if each["id"] == "stations_per_county")
    assert told["counts"][0]["reading"] == reading
    assert list(result.counts) == [COUNTY]


def test_a_township_has_none_has_one_is_served_or_is_unknown(made):
    rows = [
        cemetery(1, town_code(0), serves=f"{town_code(1)} {town_code(0)}"),
        cemetery(2, town_code(2), level=None),
        cemetery(3, town_code(3), status="building"),
    ]
    result = asks(made(cemeteries=rows))["township_burial_coverage"]
    standings = {each.code: each.standing.value for each in result.coverage.units}
    assert standings == {
        f"{DISTRICT}001": "has_not",
        town_code(0): "has",
        town_code(1): "served",
        town_code(2): "unknown",
        town_code(3): "has_not",
    }
    assert (result.numerator, result.denominator, result.meets) == (1, 5, False)
    building = next(each for each in result.coverage.units if each.code == town_code(3))
    assert [site.name for site in building.coming] == ["公墓3"]


def test_only_unknown_levels_leave_the_verdict_open(made):
    rows = [cemetery(1, COUNTY, level="county"), cemetery(2, f"{DISTRICT}001", level=None)]
    result = asks(made(cemeteries=rows))["county_burial_coverage"]
    assert result.ask.force == "binding"
    assert result.meets is None
    assert result.status is VerdictStatus.UNVERIFIED
    assert "级别" in result.reason


def test_columbaria_and_burial_points_count_and_commercial_ones_do_not(made):
    rows = [
        cemetery(1, COUNTY, level="county", kind="columbarium"),
        cemetery(2, DISTRICT, level="county", operation="commercial"),
        cemetery(3, town_code(1), kind="burial_point"),
    ]
    found = asks(made(cemeteries=rows))
    assert (found["county_burial_coverage"].numerator, found["county_burial_coverage"].meets) == (
        1,
        False,
    )
    assert found["township_burial_coverage"].numerator == 1


def test_nothing_registered_is_not_nothing_built(made):
    found = asks(made())
    for id in ("funeral_home_coverage", "township_burial_coverage", "urban_cemeteries"):
        assert found[id].status is VerdictStatus.NOT_ASSESSED
        assert "不能分辨" in found[id].reason
        assert found[id].meets is None


def test_one_place_in_both_registers_counts_once(made):
    listed = [facility(number, "cemetery_urban", COUNTY) for number in range(8)]
    listed[0] |= {"name": "汝宁公墓"}
    few = [
        cemetery(1, COUNTY, level="county", name="汝宁公墓"),
        cemetery(2, COUNTY, level="county"),
    ]
    found = asks(made(facilities=listed, cemeteries=few))["urban_cemeteries"]
    assert found.counts == {"facilities": 7, "cemeteries": 2}
    assert (found.numerator, found.meets) == (9, True)
    unknown = asks(made(facilities=listed, cemeteries=[cemetery(3, COUNTY, level=None)]))
    assert unknown["urban_cemeteries"].meets is None
    assert "级别" in unknown["urban_cemeteries"].reason
    assert asks(made(facilities=listed))["urban_cemeteries"].meets is False
    township = asks(made(cemeteries=[cemetery(1, town_code(1))]))["township_cemeteries"]
    assert township.meets is None
    assert "示范性" in township.reason


def test_the_day_and_the_area_bound_what_counts(made):
    rows = [cemetery(1, town_code(1), opened="2026-06-01"), cemetery(2, town_code(2))]
    city = made(cemeteries=rows)
    now, later = (
        asks(city, on=day)["township_burial_coverage"] for day in (None, date(2026, 7, 1))
    )
    assert (now.numerator, later.numerator) == (1, 2)
    part = asks(city, division=COUNTY)
    assert part["township_burial_coverage"].denominator == 4
    assert part["urban_cemeteries"].meets is None
    assert funeral_coverage(city, division="4117").townships == funeral_coverage(city).townships
    before = asks(city, on=date(2020, 1, 1))["township_burial_coverage"]
    assert any("规划期" in note for note in before.notes)
    with pytest.raises(InvalidInput, match="没有"):
        funeral_coverage(city, division="411799")


def test_a_city_without_asks_gets_its_table_all_the_same(made):
    found = funeral_coverage(made(city="990100", facilities=[station(1, (10, 0), 1)]))
    assert found.asks == ()
    (row,) = (row for row in found.counties if row.unit.code == COUNTY)
    assert [cell.standing.value for cell in row.cells][:2] == ["unknown", "has"]


def test_facilities_with_a_place_are_features(made):
    city = made(facilities=[station(1, (10, 0), 1)], cemeteries=[cemetery(2, town_code(2))])
    text = coverage_geojson(funeral_coverage(city)).decode()
    assert text.count('"Feature"') == 1
    assert "facilities/f1" in text
