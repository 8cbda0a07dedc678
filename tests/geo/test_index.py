import numpy as np
import pytest
from shapely.geometry import box

from civgeo.errors import InvalidInput
from civgeo.geo.index import PlacedBoxes


def test_a_box_that_touches_another_is_not_placed():
    placed = PlacedBoxes()
    assert placed.place((0, 0, 10, 10))
    assert not placed.place((10, 0, 20, 10))
    assert placed.place((10.001, 0, 20, 10))


def test_a_box_that_was_refused_does_not_stand_in_the_way():
    placed = PlacedBoxes()
    placed.place((0, 0, 10, 10))
    assert not placed.place((5, 0, 30, 10))
    assert placed.place((20, 0, 25, 10))


def test_placing_agrees_with_comparing_every_pair():
    rng = np.random.default_rng(7)
    placed, kept = PlacedBoxes(), []
    for _ in range(300):
        west, south = rng.uniform(0, 1000), rng.uniform(0, 1000)
        area = (west, south, west + rng.uniform(1, 80), south + rng.uniform(1, 80))
        free = not any(box(*area).intersects(other) for other in kept)
        assert placed.place(area) is free
        if free:
            kept.append(box(*area))
    assert 20 < len(kept) < 300


@pytest.mark.parametrize("area", [(10, 0, 0, 10), (0, 10, 10, 0), (0, 0, float("nan"), 1)])
def test_a_box_that_is_none_is_invalid(area):
    with pytest.raises(InvalidInput, match="西、南、东、北"):
        PlacedBoxes().place(area)
