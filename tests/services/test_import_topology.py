"""Gaps and overlaps that an import of divisions would leave, told before anything is written."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from import_city import EDIT, TODAY, city_in, divisions_of, register, staged

from civgeo.analysis.fictional_city import fictional_divisions
from civgeo.formats.findings import Severity
from civgeo.geo.crs import city_zone
from civgeo.services.city import City
from civgeo.services.import_batches import BatchState
from civgeo.services.imports import confirm
from civgeo.store.store import Store

WEST, SOUTH, SIDE = 114.0, 32.9, 0.02


def box(column: float, row: float, columns: float = 1, rows: float = 1) -> shapely.Polygon:
    west, south = WEST + SIDE * column, SOUTH + SIDE * row
    return shapely.box(west, south, west + SIDE * columns, south + SIDE * rows)


def code(column: int, row: int) -> str:
    return f"9901{21 + 10 * row + column}"


GRID = {code(x, y): box(x, y) for x in range(5) for y in range(5)}


@pytest.fixture
def city_of(tmp_path):
    """Build a city of counties with the given outlines."""
    cities = []

    def built(cells: dict[str, shapely.Geometry]) -> City:
        likeness = fictional_divisions().loc["990121"].to_dict() | {"simulated": False}
        rows = [likeness | {"code": key, "name": f"{key}县"} for key in cells]
        shapes = [shapely.multipolygons([cell]) for cell in cells.values()]
        frame = gpd.GeoDataFrame(rows, index=pd.Index(list(cells), name="id"))
        frame = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=4490))
        store = Store.create(tmp_path / "库", register=register(simulated=False))
        with store.write() as writing:
            writing.add_divisions(frame)
        cities.append(City(store, TODAY))
        return cities[-1]

    yield built
    for city in cities:
        city.store.close()


@pytest.fixture
def grid(city_of):
    """A city of 5 x 5 square counties."""
    return city_of(GRID)


def brought(city, tmp_path, shapes: dict[str, shapely.Geometry]):
    table = {"代码": list(shapes), "名称": [f"{key}县" for key in shapes]}
    frame = gpd.GeoDataFrame(table, geometry=list(shapes.values()), crs=4490)
    frame.to_file(tmp_path / "区划.gpkg", driver="GPKG")
    batch = staged(city, tmp_path / "区划.gpkg", "divisions", crs=None)
    found = [item for item in batch.precheck.findings if "平方米" in item.message]
    assert all(item.severity is Severity.NOTE for item in found)
    return batch, found


def square_metres(shape: shapely.Geometry) -> str:
    series = gpd.GeoSeries([shapely.segmentize(shape, 0.001)], crs=4490)
    area = series.to_crs(city_zone(gpd.GeoDataFrame(geometry=series)).epsg).area.iloc[0]
    return f"{area:,.0f}"[:-2]


def test_an_overlap_with_a_registered_neighbour_is_told_and_does_not_stand_in_the_way(
    grid, tmp_path
):
    batch, found = brought(grid, tmp_path, {code(2, 2): box(2, 2, 1.5)})
    assert batch.state is BatchState.READY
    assert [item.row for item in found] == [1]
    said = found[0].message
    assert f"与{code(3, 2)}县（{code(3, 2)}，登记库）重叠" in said
    assert square_metres(box(3, 2, 0.5)) in said
    assert "位于 114.065000，32.950000" in said
    confirm(grid, batch.id, EDIT)
    assert divisions_of(grid).loc[code(2, 2)].geometry.equals(box(2, 2, 1.5))


def test_a_gap_is_told_with_all_that_surround_it(grid, tmp_path):
    _, found = brought(grid, tmp_path, {code(2, 2): box(2, 2, 0.5)})
    assert len(found) == 1
    for other in (code(3, 2), code(2, 1), code(2, 3)):
        assert f"（{other}，登记库）" in found[0].message
    assert "之间有空隙" in found[0].message
    assert square_metres(box(2.5, 2, 0.5)) in found[0].message


def test_slivers_are_told_from_true_gaps_by_their_width(grid, tmp_path):
    _, found = brought(grid, tmp_path, {code(2, 2): box(2, 2, 1 - 2e-3)})
    assert len(found) == 1
    assert "最宽 3.7" in found[0].message
    assert "属细缝" in found[0].message


def test_an_overlap_within_the_file_names_the_other_row(grid, tmp_path):
    shapes = {code(1, 1): box(1, 1, 1.3), code(2, 1): box(2, 1, 1, 0.99)}
    _, found = brought(grid, tmp_path, shapes)
    overlap = next(item for item in found if "重叠" in item.message)
    assert overlap.row == 1
    assert f"（{code(2, 1)}，第 2 行）" in overlap.message


def test_faults_that_the_file_does_not_touch_are_left_alone(grid, tmp_path):
    faulty, _ = brought(grid, tmp_path, {code(0, 0): box(0, 0, 1.5)})
    confirm(grid, faulty.id, EDIT)
    _, found = brought(grid, tmp_path, {code(4, 4): box(4, 4, 1.2)})
    assert found == []
    again, found = brought(grid, tmp_path, {key: box(0, 0, 1.5) for key in (code(0, 0),)})
    assert (again.state, found) == (BatchState.UNCHANGED, [])


def test_what_lies_in_a_gap_far_from_the_changed_outline_is_no_part_of_it(city_of, tmp_path):
    west, notch = box(0, 0, 2, 5), box(1.9, 2, 0.3, 1)
    far = box(12, 0, 20, 5).difference(box(12, 1, 19, 3))
    island = box(28, 2, 0.2, 0.2)
    shapes = [west, box(2, 0, 10, 1), box(2, 4, 10, 1), far, island]
    city = city_of({code(number, 0): shape for number, shape in enumerate(shapes)})
    _, found = brought(city, tmp_path, {code(0, 0): west.difference(notch)})
    gap = box(2, 1, 29, 3).union(notch).difference(island)
    assert [square_metres(gap) in item.message for item in found] == [True]


def test_levels_do_not_overlap_each_other(grid, tmp_path):
    town = {f"{code(2, 2)}101": box(2.2, 2.2, 0.5, 0.5)}
    batch, found = brought(grid, tmp_path, town)
    assert (batch.state, found) == (BatchState.READY, [])


def test_outlines_that_cross_all_over_are_not_measured_place_by_place(grid, tmp_path):
    teeth = [box(2.01 + n * 0.009, 2, 0.004, 2) for n in range(105)]
    upright = shapely.union_all([*teeth, box(2, 2, 1, 0.01)])
    bars = [box(2, 2.01 + n * 0.018, 1, 0.008) for n in range(105)]
    level = shapely.union_all([*bars, box(2, 2, 0.005, 2)])
    batch, found = brought(grid, tmp_path, GRID | {code(2, 2): upright, code(2, 3): level})
    assert (batch.state, found) == (BatchState.READY, [])
    notes = [item for item in batch.precheck.findings if "没有逐处检查" in item.message]
    assert [(item.row, item.severity) for item in notes] == [(0, Severity.NOTE)]
    assert "civgeo divisions check" in notes[0].message


def test_a_layer_that_lies_wrong_as_a_whole_is_not_searched_for_gaps(tmp_path):
    city = city_in(tmp_path / "库")
    own = divisions_of(city).query("level == 'county'")
    away = {key: shapely.affinity.translate(own.geometry[key], 0.13) for key in own.index}
    batch, found = brought(city, tmp_path, away)
    assert (batch.precheck.code, found) == ("displaced", [])
    city.store.close()
