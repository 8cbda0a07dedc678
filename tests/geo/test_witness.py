from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civgeo.errors import CrsError
from civgeo.geo.crs import project
from civgeo.geo.witness import (
    convergence_deg,
    true_bearing,
    witness_mark,
    witness_reading,
    zone_numbered,
)

northings = st.floats(1_800_000, 6_000_000)
eastings = st.floats(200_000, 800_000) | st.floats(25_200_000, 45_800_000)


@settings(deadline=None)
@given(northings, eastings, st.floats(0, 360, exclude_max=True), st.floats(0.5, 5000))
def test_a_witness_mark_there_and_back_is_the_same_reading(north, east, azimuth, distance):
    mark = witness_mark(north, east, azimuth, distance)
    azimuth_again, distance_again = witness_reading(north, east, *mark)
    assert distance_again == pytest.approx(distance, abs=1e-4)
    again = witness_mark(north, east, azimuth_again, distance_again)
    assert np.hypot(mark[0] - again[0], mark[1] - again[1]) < 0.001


@settings(deadline=None)
@given(northings, eastings, st.floats(0, 360, exclude_max=True), st.floats(1, 5000))
def test_the_marker_seen_from_its_witness_mark_lies_in_the_opposite_direction(
    north, east, azimuth, distance
):
    mark = witness_mark(north, east, azimuth, distance)
    back, _ = witness_reading(*mark, north, east)
    forward, _ = witness_reading(north, east, *mark)
    assert abs(back - forward) == pytest.approx(180.0)


def test_azimuths_count_clockwise_from_grid_north():
    north, east = witness_mark(1000.0, 1000.0, [0, 90, 180, 270], 10.0)
    assert north == pytest.approx([1010, 1000, 990, 1000])
    assert east == pytest.approx([1000, 1010, 1000, 990])


def test_a_mark_on_the_marker_itself_has_azimuth_zero():
    assert [float(value) for value in witness_reading(5.0, 5.0, 5.0, 5.0)] == [0.0, 0.0]


@pytest.mark.parametrize(
    ("lon", "lat", "wanted"), [(113.38, 31.70, -0.326), (112.53, 33.0, -0.80), (114.0, 33.0, 0.0)]
)
def test_convergence_is_that_of_the_rulebook(lon, lat, wanted):
    assert float(convergence_deg(lon, lat, zone_numbered(38))) == pytest.approx(wanted, abs=1e-3)


def test_convergence_is_the_turn_between_meridian_and_northing_axis():
    zone = zone_numbered(38)
    for lon in (112.51, 113.38, 114.0, 115.49):
        (east, above), (north, top) = (project(lon, lat, zone) for lat in (33.0, 33.0001))
        measured = np.degrees(np.arctan2(float(north - east), float(top - above)))
        # the meridian leans the other way on the grid
        assert float(convergence_deg(lon, 33.0, zone)) == pytest.approx(-measured, abs=1e-5)


def test_a_true_bearing_is_the_grid_azimuth_with_the_convergence_added():
    bearing, convergence = true_bearing(Fraction(1, 6), Decimal("112.53"), Decimal(33))
    assert convergence == Decimal("-0.800745")
    assert bearing == Fraction(1, 6) + Fraction(convergence) + 360


def test_a_zone_that_is_not_there_or_far_away_is_refused():
    with pytest.raises(CrsError, match="99"):
        zone_numbered(99)
    with pytest.raises(CrsError):
        convergence_deg(114.0, 33.0, zone_numbered(25))
