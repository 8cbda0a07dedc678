"""Ground reached on foot, on a grid."""

import numpy as np
import pytest
import shapely

from civgeo.analysis.area_share import reached_area
from civgeo.analysis.snapping import StreetIndex
from civgeo.analysis.walk_search import nearest_facility
from civgeo.errors import InvalidInput
from street_towns import network_of


def share_of(region, limit_dm=5_000, cell_m=10.0, snap=100.0):
    network = network_of([(0, 0), (2_000, 0)], [(0, 1)])
    index = StreetIndex(network)
    places = index.snap(np.zeros(1), np.zeros(1))
    field = nearest_facility(network, places)
    return reached_area(index, field, places, region, limit_dm, snap_limit_m=snap, cell_m=cell_m)


def test_ground_beside_a_street_is_reached_as_far_as_its_walk():
    # |x| + |y| <= 500 with |y| <= 100: a strip of 500 m by 200 m less two triangles
    share = share_of(shapely.box(0, -100, 1_000, 100))
    assert share.region_m2 == 200_000
    assert share.reached_m2 == pytest.approx(500 * 200 - 100 * 100, rel=0.02)


def test_ground_far_from_streets_is_not_reached():
    share = share_of(shapely.box(0, 200, 400, 400))
    assert (share.reached, share.cells) == (0, 800)


def test_every_cell_agrees_with_its_own_walk():
    region = shapely.Polygon([(0, -90), (900, -60), (850, 90), (30, 40)])
    share = share_of(region, cell_m=10.0)
    steps = np.arange(-100, 1_000, 10) + 5.0
    inside = reached = 0
    for x in steps:
        for y in steps:
            if region.intersects(shapely.Point(x, y)):
                inside += 1
                reached += round(abs(y) * 10) + round(max(x, 0) * 10) <= 5_000
    assert (share.reached, share.cells) == (reached, inside)


def test_a_large_region_gets_larger_cells_and_nothing_is_refused():
    share = share_of(shapely.box(-2e5, -2e5, 2e5, 2e5), cell_m=25.0)
    assert share.cell_m == 800
    assert share.cells <= 400_000
    with pytest.raises(InvalidInput, match="没有面积"):
        share_of(shapely.LineString([(0, 0), (1, 1)]))
