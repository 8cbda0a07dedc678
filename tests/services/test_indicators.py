"""Figures of the indicators, counted by hand on a city of five townships."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from indicator_city import TODAY, city_with, estate, facility

from civgeo.assets import packaged_data
from civgeo.errors import InvalidInput, NotFound
from civgeo.services.indicator_figures import Computed, ReachQuestion
from civgeo.services.indicator_results import Standing
from civgeo.services.indicators import (
    evaluate_indicators,
    indicator_history,
    one_indicator,
)

CENTRE = "zhumadian_regional_centre_townships"
TOWNSHIPS = ["411702001", "411702002", "411721100", "411721101", "411721200"]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[object]:
    cities = []

    def make(facilities, **given):
        city = city_with(tmp_path / str(len(cities)), facilities, **given)
        cities.append(city)
        return city

    yield make
    for city in cities:
        city.store.close()


def centres(count):
    kind = "regional_elder_care_centre"
    return [facility(n, kind, code) for n, code in enumerate(TOWNSHIPS[:count])]


@pytest.mark.parametrize(
    ("count", "standing"), [(2, Standing.MISSED), (3, Standing.REACHED), (5, Standing.REACHED)]
)
def test_three_townships_of_five_are_exactly_the_sixty_percent_of_the_plan(made, count, standing):
    result = one_indicator(made(centres(count)), CENTRE)
    assert (result.numerator, result.denominator) == (count, 5)
    assert result.value == Fraction(100 * count, 5)
    assert result.standing is standing
    assert [item.code for item in result.failing] == TOWNSHIPS[count:]
    assert {item.remark for item in result.failing} <= {"0 处"}


def test_counties_add_up_to_the_city_and_are_compared_each(made):
    result = one_indicator(made(centres(3)), CENTRE)
    parts = [(p.part.name, p.part.numerator, p.part.denominator) for p in result.parts]
    assert parts == [("驿城区", 2, 2), ("西平县", 1, 3)]
    assert [part.verdict.meets for part in result.parts] == [True, False]
    assert result.parts[1].verdict.gap == Fraction(60) - Fraction(100, 3)


def beds(nursing, total):
    return [facility(1, "elder_care_home", "411702001", beds=total, nursing_beds=nursing)]


@pytest.mark.parametrize(
    ("nursing", "total", "at_least", "exceeded"),
    [
        (1649, 3000, Standing.MISSED, Standing.MISSED),
        (1650, 3000, Standing.REACHED, Standing.MISSED),
        (1651, 3000, Standing.REACHED, Standing.REACHED),
        (0, 0, Standing.UNDEFINED, Standing.UNDEFINED),
    ],
)
def test_the_plan_says_55_and_more_than_55_of_the_same_figure(
    made, nursing, total, at_least, exceeded
):
    city = made(beds(nursing, total))
    assert one_indicator(city, "zhumadian_nursing_bed_share").standing is at_least
    result = one_indicator(city, "zhumadian_nursing_bed_share_exceeded")
    assert result.standing is exceeded
    assert (result.reason == "分母为 0，指标没有定义") is (total == 0)


def test_beds_that_nobody_registered_leave_the_figure_without_a_verdict(made):
    unknown = facility(2, "elder_care_home", "411702001", beds=10)
    result = one_indicator(made([*beds(60, 100), unknown]), "zhumadian_nursing_bed_share")
    assert (result.value, result.meets) == (60, None)
    assert result.standing is Standing.UNVERIFIED
    assert "1 处没有登记" in result.reason


@pytest.mark.parametrize("kind", ["community_day_care", "family_beds", "street_elder_care_centre"])
def test_only_institutions_count_for_the_share_of_nursing_beds(made, kind):
    other = facility(2, kind, "411702001", beds=100, nursing_beds=100)
    result = one_indicator(made([*beds(1, 100), other]), "zhumadian_nursing_bed_share")
    assert result.value == 1


def test_what_does_not_operate_does_not_count(made):
    sites = centres(3)
    sites[0]["status"], sites[1]["opened"] = "suspended", "2026-03-02"
    assert one_indicator(made(sites), CENTRE).numerator == 1


def test_a_kind_that_was_never_registered_is_no_zero(made):
    result = one_indicator(made(centres(1)), "zhumadian_social_work_2025")
    assert result.standing is Standing.NOT_ASSESSED
    assert result.missing == ("facilities",)
    assert (result.value, result.basis) == (None, "")
    assert "没有任何乡镇（街道）社工站" in result.reason


def test_streets_are_told_from_towns_by_their_codes(made):
    kind = "street_elder_care_centre"
    sites = [facility(n, kind, code, beds=30) for n, code in enumerate(TOWNSHIPS[:3])]
    city = made([*sites, facility(9, kind, "411702001", beds=20)])
    assert one_indicator(city, "zhumadian_street_centre_2022").standing is Standing.REACHED
    two = one_indicator(city, "zhumadian_street_two_centres_2025")
    assert (two.numerator, two.denominator) == (1, 2)
    fifty = one_indicator(city, "zhumadian_street_beds_2022")
    assert (fifty.numerator, [item.remark for item in fifty.failing]) == (1, ["1 处，30 张床位"])


def test_city_communities_and_villages_are_counted_apart(made):
    day_care = [
        facility(1, "community_day_care", "411702001", community="411702001001"),
        facility(2, "community_day_care", "411721100", community="411721100200"),
        facility(3, "community_day_care", "411702002"),
    ]
    result = one_indicator(made(day_care), "zhumadian_urban_day_care_2025")
    assert (result.numerator, result.denominator) == (1, 3)
    assert [item.name for item in result.failing] == ["二社区", "三社区"]
    assert result.notes == ("另有 1 处设施没有登记所在的社区，未计入",)


def test_facilities_none_of_which_tells_its_community_give_no_verdict(made):
    result = one_indicator(
        made([facility(1, "community_day_care", "411702001")]), "zhumadian_urban_day_care_2025"
    )
    assert (result.standing, result.meets) == (Standing.UNVERIFIED, None)


def test_districts_are_one_unit_beside_the_counties_for_funeral_homes(made):
    result = one_indicator(
        made([facility(1, "funeral_home", "411702002")]), "zhumadian_funeral_homes"
    )
    assert (result.numerator, result.denominator) == (1, 2)
    assert [item.name for item in result.failing] == ["西平县"]


@pytest.mark.parametrize(
    ("id", "denominator"),
    [("zhumadian_social_work_counties_2022", 3), ("zhumadian_social_work_urban_2022", 2)],
)
def test_counties_and_districts_have_their_own_targets_of_2022(made, id, denominator):
    result = one_indicator(made([facility(1, "social_work_station", "411721100")]), id)
    assert result.denominator == denominator


@pytest.mark.parametrize(
    ("opened", "area", "counts"),
    [
        ("2026-01-01", 1000.0, True),
        ("2026-02-01", 2000.0, True),
        ("2026-02-01", 2000.01, False),
        ("2026-02-01", 999.99, False),
        ("2025-12-31", 1500.0, False),
    ],
)
def test_the_yearly_centre_counts_in_its_year_and_size(made, opened, area, counts):
    kind = "county_elder_care_demonstration_centre"
    site = facility(1, kind, "411702001", opened=opened, floor_area_m2=area)
    result = one_indicator(made([site]), "zhumadian_county_demonstration_yearly")
    assert result.numerator == int(counts)


def test_a_figure_that_the_register_cannot_tell_is_shown_without_a_verdict(made):
    sites = [facility(n, "cemetery_rural", "411721100") for n in range(130)]
    result = one_indicator(made(sites), "zhumadian_township_cemeteries_2025")
    assert (result.value, result.meets, result.standing) == (130, None, Standing.UNVERIFIED)
    assert "示范性" in result.reason


def test_a_target_to_be_confirmed_is_compared_but_is_no_fact(made):
    sites = [facility(n, "minors_protection_station", code) for n, code in enumerate(TOWNSHIPS)]
    result = one_indicator(made(sites), "zhumadian_minors_station_2025")
    assert (result.meets, result.standing) == (True, Standing.UNVERIFIED)
    assert "专栏1" in result.reason


def test_volunteer_points_count_by_the_community_of_the_facility(made):
    sites = [
        facility(1, "community_service_facility", "411702001", community="411702001001"),
        facility(2, "community_service_facility", "411702001", community="411702001002"),
        facility(3, "community_service_facility", "411702002"),
        facility(4, "volunteer_point", "411702001", community="411702001001"),
    ]
    result = one_indicator(made(sites), "zhumadian_volunteer_points_2025")
    assert (result.numerator, result.denominator) == (1, 2)
    assert result.notes == ("1 处设施没有登记所在社区，未计入",)


def test_community_facilities_are_measured_against_all_households(made):
    sites = [
        facility(1, "community_service_facility", "411702001", floor_area_m2=60.5),
        facility(2, "community_day_care", "411702001", floor_area_m2=1000.0),
    ]
    city = made(sites, estates=[estate(1, "411702001"), estate(2, "411721100", households=50)])
    result = one_indicator(city, "zhumadian_community_service_area")
    assert (result.numerator, result.denominator) == (Fraction("60.5"), 150)
    assert result.value == Fraction("60.5") * 100 / 150
    assert result.meets is None


@pytest.mark.parametrize(("area", "meets"), [(30.0, True), (29.9999, False)])
def test_the_rate_of_new_estates_decides_at_thirty(made, area, meets):
    site = facility(1, "community_day_care", "411702001", estate="e1", floor_area_m2=area)
    old = estate(2, "411702001", estate_class="existing")
    city = made([site], estates=[estate(1, "411702001"), old])
    result = one_indicator(city, "zhumadian_new_estate_area")
    assert (result.denominator, result.meets) == (100, meets)
    past = one_indicator(city, "zhumadian_new_estate_area", on=date(2025, 1, 1))
    assert (past.meets, past.standing) == (None, Standing.UNVERIFIED)


def test_reach_waits_for_the_walk_network_and_takes_its_answer(made):
    city, asked = made(centres(1)), []
    without = one_indicator(city, "zhumadian_aid_circle_area")
    assert (without.standing, without.missing) == (Standing.NOT_ASSESSED, ("streets",))

    def answer(question: ReachQuestion) -> Computed:
        asked.append(question)
        return Computed(numerator=Fraction(1), denominator=Fraction(2))

    result = one_indicator(city, "zhumadian_aid_circle_area", reach=answer)
    assert (result.value, result.meets) == (50, True)
    assert (asked[0].minutes, asked[0].measure, asked[0].area) == (15, "area", "main_urban_area")


def test_years_follow_the_days_of_opening_and_end_on_the_day_asked_for(made):
    sites = centres(3)
    for site, day in zip(sites, ("2021-12-31", "2022-01-01", "2025-06-30"), strict=True):
        site["opened"] = day
    points = indicator_history(made(sites), CENTRE)
    assert [(p.year, p.result.numerator) for p in points] == [
        (2021, 1),
        (2022, 2),
        (2023, 2),
        (2024, 2),
        (2025, 3),
        (2026, 3),
    ]
    assert points[-1].on == TODAY
    assert all(p.on == date(p.year, 12, 31) for p in points[:-1])


def test_a_past_day_tells_of_facilities_without_a_day_and_of_the_period_of_the_plan(made):
    sites = centres(2)
    sites[0]["opened"] = None
    city = made(sites)
    assert one_indicator(city, CENTRE).notes == ()
    past = one_indicator(city, CENTRE, on=date(2020, 12, 31))
    assert past.numerator == 2
    assert past.notes == (
        "评价日不在规划期内（自 2021-01-01 起）",
        "登记库中有 1 处设施没有启用日期，按当时在册计",
    )
    assert one_indicator(city, CENTRE, on=date(2020, 1, 1)).numerator == 1


def test_figures_without_days_have_no_years(made):
    city = made(centres(1), estates=[estate(1, "411702001")])
    assert indicator_history(city, "zhumadian_new_estate_area") == ()
    assert indicator_history(city, "zhumadian_cemetery_area_county") == ()


def test_every_indicator_of_the_plan_has_a_result_that_explains_itself(made):
    found = evaluate_indicators(made(centres(1)))
    assert len(found.results) == 52
    for result in found.results:
        assert (result.verdict is None) is (result.basis == "")
        if result.standing is Standing.NOT_ASSESSED:
            assert result.missing
            assert result.reason
        assert result.simulated is (result.verdict is not None)


def test_targets_of_another_city_are_listed_and_never_computed(made):
    found = evaluate_indicators(made(centres(5)), of="421300")
    assert (found.place, len(found.results)) == ("随州市", 8)
    assert {result.standing for result in found.results} == {Standing.NOT_ASSESSED}
    assert all("随州市" in result.reason for result in found.results)
    assert not found.simulated


def test_targets_are_chosen_by_the_year_in_which_they_are_due(made):
    found = evaluate_indicators(made([]), year=2022)
    assert {result.definition.year for result in found.results} == {2022}
    assert len(found.results) == 10


def test_an_unknown_indicator_or_city_is_an_error(made):
    city = made([])
    with pytest.raises(NotFound):
        one_indicator(city, "zhumadian_nothing")
    with pytest.raises(InvalidInput):
        evaluate_indicators(city, of="随州")
    assert evaluate_indicators(city, of="110100").results == ()


def test_a_bureaus_own_row_takes_the_place_of_the_packaged_one(made):
    city = made(centres(2))
    text = packaged_data("gazetteer/indicators.csv").read_text(encoding="utf-8")
    header, *rows = text.splitlines()
    [row] = [row for row in rows if row.startswith(f"{CENTRE},")]
    own = city.store.file.parent / "own" / "rules"
    own.mkdir(parents=True)
    (own / "indicators.csv").write_text(f"{header}\n{row.replace(',60,', ',40,')}\n", "utf-8")
    result = one_indicator(city, CENTRE)
    assert (result.definition.target, result.meets) == (Decimal(40), True)
    assert "本局修订" in evaluate_indicators(city).edition


def test_the_fictional_city_shows_the_invented_targets(fictional):
    found = evaluate_indicators(fictional)
    assert len(found.results) == 52
    assert {result.definition.place for result in found.results} == {"虚构市"}
    assert {result.definition.evidence for result in found.results} == {"-"}
    assert found.results[0].definition.target == 55
