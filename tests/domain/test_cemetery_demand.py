"""What a place needs for its dead: the formula, whole plots at the end, ageing, years left."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from civgeo.domain.cemetery_demand import (
    AgeGroup,
    Burials,
    aged_deaths,
    burial_demand,
    constant_deaths,
    gross_m2,
    lasting,
    lasting_at,
)

HALF = Burials(Decimal("0.5"), Decimal("0.5"), Decimal("0.8"))


def mixed(niche="0", single="1", share="1"):
    return Burials(Decimal(share), Decimal("0.5"), Decimal("0.8"), Decimal(niche), Decimal(single))


def test_ashes_are_population_times_rate_times_years_times_share():
    found = burial_demand(constant_deaths(50_000, Decimal(7), 20), HALF)
    assert (found.ashes, found.single_plots, found.joint_plots, found.niches) == (3500, 3500, 0, 0)
    assert found.net_plot_m2 == 1750


def test_two_lie_in_a_joint_plot_and_niches_come_first():
    found = burial_demand(Fraction(1000), mixed(niche="0.25", single="0.4"))
    assert (found.niches, found.single_plots, found.joint_plots) == (250, 300, 225)
    assert found.plots == 525
    assert found.net_plot_m2 == 300 * Fraction("0.5") + 225 * Fraction("0.8")


def test_a_part_of_an_urn_needs_a_whole_plot_and_nothing_is_rounded_before():
    found = burial_demand(Fraction(1, 3), mixed(niche="0.1", single="0.5"))
    assert (found.niches, found.single_plots, found.joint_plots) == (1, 1, 1)
    assert found.ashes == Fraction(1, 3)


def test_ground_is_plots_with_their_paths_over_the_share_that_they_cover():
    demand = burial_demand(Fraction(1000), mixed())
    assert gross_m2(demand, path_m2=Decimal("1.5"), burial_share=Decimal("0.4")) == 5000


def test_places_last_as_many_years_as_the_ashes_take_to_fill_them():
    assert lasting_at(1750, Fraction(3500), Fraction(20)).years_left == 10
    assert lasting_at(1750, Fraction(3500), Fraction(20)).shortfall == 1750
    assert lasting_at(5, Fraction(0), Fraction(20)).years_left is None
    found = lasting(100, [Fraction(70), Fraction(60)])
    assert (found.years_left, found.shortfall) == (Fraction(3, 2), 30)
    assert lasting(200, [Fraction(70), Fraction(60)]).years_left is None
    assert lasting(0, [Fraction(1)]).years_left == 0


def test_people_grow_into_groups_in_which_more_die():
    groups = [
        AgeGroup(0, Decimal(6000), Decimal(0)),
        AgeGroup(60, Decimal(0), Decimal(100)),
    ]
    first, second, third = aged_deaths(groups, 3)
    assert (first.deaths, second.deaths, third.deaths) == (0, 10, Fraction(113, 6))
    assert third.population == 6000 - 10


counts = st.integers(0, 100_000).map(Decimal)
rates = st.decimals(0, 1000, places=2)
shares = st.decimals(0, 1, places=2)


@given(deaths=st.fractions(0, 10**6), niche=shares, single=shares, share=shares)
def test_every_urn_has_a_place_and_at_most_three_are_to_spare(deaths, niche, single, share):
    found = burial_demand(deaths, Burials(share, Decimal(1), Decimal(1), niche, single))
    places = found.niches + found.single_plots + 2 * found.joint_plots
    assert found.ashes <= places < found.ashes + 4


@given(population=counts, rate=rates, years=st.integers(0, 30))
def test_one_age_group_is_a_population_that_shrinks_by_its_dead(population, rate, years):
    yearly = aged_deaths([AgeGroup(0, population, rate)], years)
    left = Fraction(population) * (1 - Fraction(rate) / 1000) ** years
    assert sum((year.deaths for year in yearly), Fraction()) == Fraction(population) - left


@given(
    people=st.lists(counts, min_size=3, max_size=3),
    rates=st.lists(rates, min_size=3, max_size=3),
    years=st.integers(1, 20),
)
def test_nobody_is_lost_or_born_among_the_ageing(people, rates, years):
    groups = [
        AgeGroup(age, number, rate)
        for age, number, rate in zip((0, 60, 80), people, rates, strict=True)
    ]
    yearly = aged_deaths(groups, years + 1)
    dead = sum((year.deaths for year in yearly[:years]), Fraction())
    assert yearly[years].population + dead == sum(map(Fraction, people), Fraction())


@given(free=st.integers(0, 1000), yearly=st.lists(st.integers(0, 100).map(Fraction), max_size=20))
def test_places_are_full_exactly_when_the_ashes_reach_them(free, yearly):
    found = lasting(free, yearly)
    total = sum(yearly, Fraction())
    assert found.shortfall == max(total - free, Fraction())
    assert (found.years_left is None) is (total < free or not any(yearly))
