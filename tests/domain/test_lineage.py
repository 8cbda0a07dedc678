from datetime import date

import pytest

from civgeo.domain.division import DivisionLevel
from civgeo.domain.lineage import DivisionPeriod, Lineage

COUNTY = DivisionLevel.COUNTY


@pytest.fixture
def lineage():
    return Lineage(
        (
            DivisionPeriod(COUNTY, "410381", "偃师市", 1995, 2020, ("410307",), inferred=True),
            DivisionPeriod(COUNTY, "410307", "偃师区", 2021, 2024),
            DivisionPeriod(COUNTY, "419012", "偃师市", 1993, 1994, ("410381",), inferred=True),
            DivisionPeriod(COUNTY, "410306", "吉利区", 1982, 2020),
            DivisionPeriod(COUNTY, "320411", "新北区", 2002, 2024),
            DivisionPeriod(COUNTY, "320411", "郊区", 1983, 2001, ("320411",), inferred=True),
            DivisionPeriod(COUNTY, "100001", "甲县", 1980, 1980, ("100002",)),
            DivisionPeriod(COUNTY, "100002", "甲县", 1981, 1981, ("100001",)),
        ),
        last_listed_year=2024,
    )


def test_periods_of_a_code_come_oldest_first(lineage):
    assert [p.name for p in lineage.periods("320411")] == ["郊区", "新北区"]


def test_unknown_code_has_no_periods_and_no_latest(lineage):
    assert lineage.periods("999999") == ()
    assert lineage.latest("999999") is None
    assert lineage.successors("999999") == ()


@pytest.mark.parametrize(
    ("on", "name"),
    [
        (date(1982, 12, 31), None),
        (date(1983, 1, 1), "郊区"),
        (date(2001, 12, 31), "郊区"),
        (date(2002, 1, 1), "新北区"),
    ],
)
def test_first_and_last_year_both_belong_to_the_period(lineage, on, name):
    period = lineage.at("320411", on)
    assert (period.name if period else None) == name


def test_days_after_the_newest_list_are_answered_with_it(lineage):
    assert lineage.at("410307", date(2026, 11, 22)).name == "偃师区"
    assert lineage.at("410381", date(2026, 11, 22)) is None


def test_abolished_code_is_not_listed_and_names_its_successor(lineage):
    assert not lineage.is_listed("410381")
    assert lineage.is_listed("410307")
    assert lineage.successors("410381") == ("410307",)
    assert lineage.latest("410381").inferred


def test_code_without_a_recorded_successor_has_none(lineage):
    assert lineage.successors("410306") == ()
    assert lineage.current_codes("410306") == ()


def test_current_codes_follow_several_steps(lineage):
    assert lineage.current_codes("419012") == ("410307",)


def test_current_codes_end_on_a_circle(lineage):
    assert lineage.current_codes("100001") == ()


def test_code_that_only_changed_its_name_is_its_own_successor_in_the_old_period(lineage):
    assert lineage.periods("320411")[0].successors == ("320411",)
    assert lineage.successors("320411") == ()
