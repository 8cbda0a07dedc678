import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString

from analysis.street_grids import ZONE, layer
from civgeo.analysis.slope import STEEPEST, Elevation, heights_at, sloped_lengths, tobler_factor
from civgeo.analysis.street_noding import node_streets
from civgeo.analysis.walk_network import walk_network
from civgeo.errors import InvalidInput

CELL_M = 10.0
AFFINE = (CELL_M, 0.0, -100.0, 0.0, -CELL_M, 1100.0)


def plane(east: float = 0.0, north: float = 0.0) -> Elevation:
    """Ground that rises evenly: so many metres a metre to the east and north."""
    x, y = np.meshgrid(-95 + CELL_M * np.arange(120), 1095 - CELL_M * np.arange(120))
    return Elevation((50 + east * x + north * y).astype(np.float32), AFFINE)


def here(x, y):
    return x, y


def sloped(line, ground, **columns):
    edges, _ = node_streets(layer(line).assign(**columns), ZONE)
    return sloped_lengths(edges, ground, here)


def test_level_ground_counts_the_length_of_the_street():
    forward, backward, report = sloped(LineString([(0, 0), (300, 400)]), plane())

    assert (forward.tolist(), backward.tolist()) == ([5000], [5000])
    assert (report.unknown, report.clamped) == (0, 0)
    assert (report.lowest_m, report.highest_m) == (50, 50)


def test_a_climb_of_a_tenth_takes_as_tobler_says_and_the_way_down_is_quicker():
    forward, backward, _ = sloped(LineString([(0, 0), (900, 0)]), plane(east=0.1))

    assert forward[0] == pytest.approx(9000 * np.exp(3.5 * 0.1), abs=2)
    assert backward[0] == pytest.approx(9000 * np.exp(3.5 * (0.05 - 0.05)), abs=2)


@given(st.floats(-2, 2))
def test_walking_is_quickest_on_a_descent_of_a_twentieth(grade):
    factor = tobler_factor(np.array([grade, -0.05, 0.0]))

    assert factor[0] >= factor[1]
    assert factor[2] == 1.0
    speed_kmh = 6 * np.exp(-3.5 * abs(grade + 0.05))
    assert 6 * np.exp(-3.5 * 0.05) / speed_kmh == pytest.approx(factor[0])


def test_heights_between_cells_lie_on_the_plane_and_are_unknown_beyond_it():
    ground = plane(0.02, -0.03)
    x, y = np.array([0.0, 123.4, 555.5, -101.0, 300.0]), np.array([0.0, 87.6, 1001.0, 5.0, 1101.0])

    found = heights_at(ground, x, y)

    assert found[:3] == pytest.approx(50 + 0.02 * x[:3] - 0.03 * y[:3], abs=1e-4)
    assert np.isnan(found[3:]).all()


def test_a_turned_model_is_read_by_its_affine_numbers():
    heights = np.arange(12, dtype=np.float32).reshape(3, 4)
    turned = Elevation(heights, (0.0, 2.0, 10.0, 2.0, 0.0, 20.0))

    assert heights_at(turned, np.array([10 + 2 * 1.5]), np.array([20 + 2 * 2.5])) == [6.0]
    with pytest.raises(InvalidInput, match="定位参数"):
        heights_at(Elevation(heights, (1.0, 1.0, 0.0, 1.0, 1.0, 0.0)), np.zeros(1), np.zeros(1))


def test_unknown_heights_count_as_level_and_are_counted():
    ground = plane(east=0.1)
    ground.heights[:, :60] = np.nan

    forward, _, report = sloped(LineString([(0, 0), (900, 0)]), ground)

    assert 9000 < forward[0] < 9000 * np.exp(0.35)
    assert report.pieces == 30
    assert 0 < report.unknown_share < 1


def test_a_grade_that_no_street_has_is_held_at_the_steepest_and_counted():
    ground = plane()
    ground.heights[:, 60:] += 500

    forward, _, report = sloped(LineString([(0, 0), (900, 0)]), ground)

    assert report.clamped == 1
    steepest = float(tobler_factor(np.array([STEEPEST]))[0])
    assert forward[0] == pytest.approx(9000 + 300 * (steepest - 1), abs=2)


def test_a_bridge_rises_evenly_between_its_ends_over_a_gorge():
    ground = plane(east=0.02)
    ground.heights[:, 30:60] -= 80
    line = LineString([(0, 0), (900, 0)])

    over, _, _ = sloped(line, ground, bridge=["yes"])
    through, _, _ = sloped(line, ground, bridge=["no"])

    assert over[0] == pytest.approx(9000 * np.exp(3.5 * 0.02), abs=2)
    assert through[0] > over[0] * 1.2


def test_a_network_with_slope_is_directed():
    edges, _ = node_streets(layer(LineString([(0, 0), (900, 0)])), ZONE)
    forward, backward, _ = sloped_lengths(edges, plane(east=0.1), here)

    network = walk_network(edges, ZONE, forward_dm=forward, backward_dm=backward)

    assert not network.is_flat
    assert sorted(network.toward_dm.tolist()) == sorted([*forward.tolist(), *backward.tolist()])
