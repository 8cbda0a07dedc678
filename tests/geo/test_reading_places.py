"""Readings against the register: displacement, and the reasons why there is none."""

import pytest

from civgeo.errors import CrsError
from civgeo.geo.crs import CrsName, transform_points
from civgeo.geo.reading_places import Doubt, ReadingPlace, ground_offset, reading_places

AT = (114.02, 33.01)


def reading(lon: float | None, lat: float | None, datum: str = "EPSG:4490") -> ReadingPlace:
    return reading_places([(lon, lat)], [AT], datum)[0]


def shifted(system: str) -> tuple[float, float]:
    own = CrsName.parse("EPSG:4490")
    x, y = transform_points(*AT, own, CrsName.parse(system))
    return float(x), float(y)


def test_a_reading_is_measured_on_the_ground_and_by_true_azimuth() -> None:
    found = reading(114.02, 33.0101)
    assert found.distance_m == pytest.approx(11.09, abs=0.01)
    assert found.azimuth_deg == pytest.approx(0, abs=1e-6)
    assert reading(114.0201, 33.01).azimuth_deg == pytest.approx(90, abs=0.01)


def test_there_and_back_is_as_far() -> None:
    other = (114.03, 33.02)
    assert ground_offset(AT, other)[0] == pytest.approx(ground_offset(other, AT)[0])


@pytest.mark.parametrize("system", ["GCJ-02", "BD-09"])
def test_coordinates_of_phone_maps_are_recognised_and_not_moved(system: str) -> None:
    found = reading(*shifted(system))
    assert (found.doubt, found.guess, found.place) == (Doubt.SHIFTED, system, None)
    assert found.seen_m is not None
    assert found.seen_m > 400
    assert found.left_m == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("system", ["GCJ-02", "BD-09"])
def test_coordinates_that_say_their_system_are_converted_exactly(system: str) -> None:
    found = reading(*shifted(system), datum=system)
    assert found.doubt is None
    assert found.distance_m == pytest.approx(0, abs=0.01)


def test_surveyed_coordinates_said_to_be_those_of_a_phone_map_are_recognised() -> None:
    found = reading(*AT, datum="GCJ-02")
    assert (found.doubt, found.guess) == (Doubt.SHIFTED, "EPSG:4490")


def test_swapped_axes_are_recognised() -> None:
    found = reading(33.0101, 114.02)
    assert (found.doubt, found.distance_m) == (Doubt.SWAPPED, None)
    assert found.left_m == pytest.approx(11.09, abs=0.01)


@pytest.mark.parametrize(
    ("lon", "lat", "doubt"),
    [
        (114.02, None, Doubt.INCOMPLETE),
        (None, 33.0, Doubt.INCOMPLETE),
        (None, None, None),
        (2.3, 48.9, Doubt.OUTSIDE),
        (0.0, 0.0, Doubt.OUTSIDE),
        (115.02, 33.01, Doubt.FAR),
    ],
)
def test_other_readings_without_a_displacement(lon, lat, doubt) -> None:
    found = reading(lon, lat)
    assert (found.doubt, found.distance_m, found.place) == (doubt, None, None)


def test_a_marker_without_a_place_has_a_reading_and_no_displacement() -> None:
    [found] = reading_places([AT], [None], "EPSG:4326")
    assert (found.place, found.distance_m) == (pytest.approx(AT), None)


def test_an_unknown_system_is_refused() -> None:
    with pytest.raises(CrsError):
        reading_places([AT], [AT], "EPSG:4214")
