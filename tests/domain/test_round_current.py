"""Which round is under way."""

from datetime import date

import pytest

from civgeo.domain.round_due import current_number
from civgeo.domain.round_forms import RoundState

PLANNED, OPEN, FILED = RoundState.PLANNED, RoundState.OPEN, RoundState.FILED
FOURTH = (4, 2021, FILED)


@pytest.mark.parametrize(
    ("planned", "number"),
    [
        ([], None),
        ([FOURTH, (5, 2026, PLANNED)], 5),
        ([FOURTH, (5, 2025, PLANNED), (6, 2030, PLANNED)], 5),
        ([FOURTH, (5, 2027, PLANNED)], 4),
        ([FOURTH, (5, 2027, OPEN)], 5),
        ([(6, 2030, PLANNED), (5, 2027, PLANNED)], 5),
    ],
)
def test_a_round_planned_ahead_does_not_take_the_place_of_the_one_under_way(planned, number):
    assert current_number(planned, date(2026, 3, 1)) == number
