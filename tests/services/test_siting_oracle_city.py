"""A county of millions of cells with layers of every form: the answer is the vector difference."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from civgeo.analysis.label_grid import LabelGrid
from civgeo.analysis.siting import PlaneKind
from civgeo.domain.site_features import SiteFeature
from civgeo.services.siting import site
from civgeo.services.siting_question import siting_question
from siting_city import (
    EAST,
    NORTH,
    SOUTH,
    WEST,
    ZONE,
    founded,
    laid,
    land_use,
    metric,
    patch,
    path,
    raised,
    spot,
)

CELL_M = 2.5
LIMIT_DEG = 12
F = SiteFeature


def scattered(rng: np.random.Generator, count: int, size: float) -> list[shapely.Polygon]:
    """Ragged polygons with holes, their middles anywhere in the county."""
    found = []
    for west, south in rng.uniform(-0.05, 1, (count, 2)):
        outer = np.array([(0, 0), (1, 0.1), (0.9, 0.6), (1, 1), (0.3, 0.8), (0, 1)]) * size
        inner = outer * 0.3 + 0.3 * size
        turn = [[spot(west + x, south + y) for x, y in ring] for ring in (outer, inner)]
        found.append(shapely.Polygon(turn[0], [turn[1]]))
    return found


def winding(rng: np.random.Generator) -> shapely.LineString:
    y = rng.uniform(0, 1) + np.cumsum(rng.normal(0, 0.01, 40))
    return path(*zip(np.linspace(-0.1, 1.1, 40), y, strict=True))


def laid_out(city, rng: np.random.Generator) -> dict[str, object]:
    """Layers of every form, in metres for the oracle."""
    arable, forest = scattered(rng, 8, 0.06), scattered(rng, 8, 0.05)
    ends = patch(-0.2, -0.2, 0.93, 1.3)
    patches = [("arable", "水田", shape) for shape in arable]
    land_use(city, patches + [("forest", "乔木林地", shape) for shape in forest], extent=ends)
    trunk = [winding(rng)]
    laid(city, F.TRUNK_ROAD, trunk)
    rail = [shapely.MultiLineString([path((0.1, -0.1), (0.05, 1.1)), path((0, 0), (0.1, 0))])]
    rail_ends = patch(-1, 0.04, 2, 2)
    laid(city, F.RAILWAY, rail, extent=rail_ends)
    water = scattered(rng, 3, 0.1)
    laid(city, F.RESERVOIR, water)
    river = [winding(rng)]
    laid(city, F.RIVER, river)
    heritage = scattered(rng, 4, 0.03)
    laid(city, F.HERITAGE, [shapely.MultiPolygon(heritage[:2]), *heritage[2:]])
    hills = [patch(0.3, 0.3, 0.7, 0.7)]
    laid(city, F.HILL, hills)
    graves = [spot(*place) for place in rng.uniform(0, 1, (5, 2))]
    laid(city, None, [shapely.MultiPoint(graves[:3]), *graves[3:]], own_distance_m=150.0)
    return {
        "inside": metric([*arable, *forest, *water, *heritage]),
        "trunk": metric(trunk),
        "rail": metric(rail),
        "graves": metric(graves),
        "land_ends": metric([ends])[0],
        "rail_ends": metric([rail_ends])[0],
    }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_answer_for_a_county_is_the_difference_of_the_polygons_within_a_cell(seed, tmp_path):
    rng = np.random.default_rng(seed)
    city = founded(tmp_path / "store")
    drawn = laid_out(city, rng)
    # ground that is ever steeper to the east, with a hole
    reach = metric([shapely.box(WEST, SOUTH - 0.01, EAST + 0.01, NORTH + 0.01)])[0]
    west, _, east, _ = shapely.bounds(reach)
    width, (flat, steepest) = east - west, np.tan(np.radians([6.0, 20.0]))
    across = (np.arange(400) + 0.5) / 400
    rise = (flat * across + (steepest - flat) * across**2 / 2) * width
    limit_at = west + width * (np.tan(np.radians(LIMIT_DEG)) - flat) / (steepest - flat)
    heights = np.tile(rise, (300, 1))
    heights[100:140, 150:200] = np.nan
    raised(city, tmp_path / "dem.tif", heights, crs=ZONE.epsg, west=WEST)
    answer = site(
        city,
        siting_question(
            {"division": "411702", "level": "township", "cell_m": "2.5", "slope_deg": LIMIT_DEG}
        ),
    )

    marks = answer.marks
    assert marks.grid.cells >= 4_000_000
    assert {plane.kind for plane in marks.planes} == set(PlaneKind)
    region = metric([shapely.box(WEST, SOUTH, EAST, NORTH)])[0]
    forbidden = [
        *drawn["inside"],
        *shapely.buffer(drawn["trunk"], 1_000, quad_segs=256),
        *shapely.buffer(drawn["rail"], 1_000, quad_segs=256),
        *shapely.buffer(drawn["graves"], 150, quad_segs=64),
    ]
    known = drawn["land_ends"] & shapely.buffer(drawn["rail_ends"], -1_000, join_style="mitre")
    expected = (region & known) - shapely.union_all(forbidden)
    number = {plane.kind: n for n, plane in enumerate(marks.planes) if plane.position is None}
    rows, columns = marks.grid.rows, marks.grid.columns
    x, y = marks.grid.middles(*np.indices((rows, columns)).reshape(2, -1))
    steep = marks.mask(number[PlaneKind.EXCLUDED]).ravel()
    unknown = marks.mask(number[PlaneKind.UNASSESSED]).ravel()
    wanted = (
        (LabelGrid(gpd.GeoSeries([expected], crs=ZONE.epsg)).label(x, y) == 0) & ~steep & ~unknown
    )
    found = marks.unpacked(marks.free(frozenset({PlaneKind.APPROVAL, PlaneKind.UNCLEAR}))).ravel()
    assert 0.02 < wanted.mean() < 0.9
    differing = np.flatnonzero(found != wanted)
    off = shapely.distance(expected.boundary, shapely.points(x[differing], y[differing]))
    assert (off <= CELL_M).all()
    assert len(differing) < 1e-3 * len(found)
    assert steep.any()
    assert unknown.any()
    assert np.abs(np.min(x[steep]) - limit_at) < 2 * width / len(across)
