"""Days of results from the field."""

from datetime import date

import pytest

from civgeo.domain.result_reading import day_in


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-05-20T22:30:00.000Z", date(2026, 5, 21)),
        ("2026-05-20T15:59:59Z", date(2026, 5, 20)),
        ("2026-05-20T16:00:00+00:00", date(2026, 5, 21)),
        ("2026-05-21T00:10:00+08:00", date(2026, 5, 21)),
        ("2026-05-20T23:59:59", date(2026, 5, 20)),
        ("9999-12-31T23:59:59Z", date(9999, 12, 31)),
    ],
)
def test_a_moment_is_of_the_day_that_it_is_in_china(text: str, day: date) -> None:
    assert day_in(text) == day
