"""The small maps of a field package: labels apart, north up, everything inside."""

import io
from dataclasses import replace
from itertools import combinations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.image import imread

from civgeo.domain.field_sheet import FieldWitness
from civgeo.maps.line_overview import line_overview, overview_sheet
from civgeo.maps.marker_sketch import marker_sketch, sketch_sheet
from civgeo.maps.small_sheet import SmallSheet, text_box_mm
from civgeo.maps.theme import MapNote
from field_specimens import specimen_package

SIZE = (90.0, 58.0)
NOTE = MapNote("坪岭线", "模拟界线", "2026-06-01", True)


@pytest.fixture(scope="module")
def sheet():
    return specimen_package().sheet


def boxes(small: SmallSheet) -> dict[str, object]:
    """Extent of every label as it is really drawn, in dots."""
    small.figure.set_dpi(200)
    renderer = FigureCanvasAgg(small.figure).get_renderer()
    found = [text for text in small.map.texts if text.get_gid() == "label"]
    return {text.get_text(): text.get_window_extent(renderer) for text in found}


def assert_apart(small: SmallSheet) -> None:
    found = boxes(small)
    inside = small.map.get_window_extent()
    for name, box in found.items():
        assert inside.x0 <= box.x0 < box.x1 <= inside.x1, name
        assert inside.y0 <= box.y0 < box.y1 <= inside.y1, name
    for (one, first), (other, second) in combinations(found.items(), 2):
        assert not first.overlaps(second), (one, other)


def test_no_labels_overlap_in_any_sketch_or_overview(sheet):
    for marker in sheet.markers:
        sketch = sketch_sheet(sheet, marker, NOTE, SIZE)
        assert_apart(sketch)
        told = sum(witness.east_m is not None for witness in marker.witnesses)
        assert len(boxes(sketch)) >= told + 1
        assert_apart(overview_sheet(sheet, marker, NOTE, SIZE))
    assert_apart(overview_sheet(sheet, None, NOTE, (182.0, 108.0)))


def test_labels_stay_apart_where_all_witness_marks_are_at_one_place(sheet):
    crowded = tuple(
        FieldWitness(number, "杨树", "45°00′", "10.00", 7.07, 7.07) for number in (1, 2, 3)
    )
    small = sketch_sheet(sheet, replace(sheet.markers[5], witnesses=crowded), NOTE, SIZE)
    assert_apart(small)
    assert sum(name.startswith(("①", "②", "③")) for name in boxes(small)) == 3


def test_a_far_witness_mark_sets_the_scale_and_near_ones_keep_their_labels(sheet):
    spread = (
        FieldWitness(1, "水塔", "0°00′", "480.00", 0.0, 480.0),
        FieldWitness(2, "杨树", "90°00′", "3.00", 3.0, 0.0),
        FieldWitness(3, "石碑", "180°00′", "2.50", 0.0, -2.5),
    )
    small = sketch_sheet(sheet, replace(sheet.markers[5], witnesses=spread), NOTE, SIZE)
    assert_apart(small)
    assert {name[0] for name in boxes(small)} >= {"①", "②", "③"}


def test_north_is_up_and_a_witness_mark_to_the_north_is_drawn_above(sheet):
    north = (FieldWitness(1, "树", "0°00′", "20.00", 0.0, 20.0),)
    small = sketch_sheet(sheet, replace(sheet.markers[5], witnesses=north), NOTE, SIZE)
    wings = [patch for patch in small.map.patches if patch.get_gid() == "north-arrow"]
    assert len(wings) == 2
    for wing in wings:
        x, y = wing.get_xy().T
        assert y[0] == y.max()
        assert x[0] == pytest.approx(small.map_mm[0] - 4.0)
    spots = {
        line.get_gid(): (line.get_xdata()[0], line.get_ydata()[0])
        for line in small.map.lines
        if str(line.get_gid()).startswith("symbol")
    }
    marker, witness = spots["symbol-marker"], spots["symbol-witness"]
    assert witness[0] == pytest.approx(marker[0])
    assert witness[1] > marker[1] + 5


def test_the_map_says_what_it_is_and_how_far_it_may_be_shown(sheet):
    small = sketch_sheet(sheet, sheet.markers[0], NOTE, SIZE)
    words = [text.get_text() for text in small.page.texts]
    assert words[0] == "界桩 2223001Q 略图"
    assert "图例" in words
    assert any("模拟数据" in text and "内部工作用图" in text for text in words)
    assert any("资料来源" in text and "2026-06-01" in text for text in words)
    assert any(patch.get_gid() == "scale-bar" for patch in small.map.patches)


def test_a_marker_without_a_place_has_no_sketch(sheet):
    assert marker_sketch(sheet, replace(sheet.markers[0], place=None), NOTE, SIZE) is None


def test_pictures_are_the_same_each_time_and_as_large_as_asked(sheet):
    marker = sheet.markers[3]
    first = line_overview(sheet, marker, NOTE, SIZE)
    assert first == line_overview(sheet, marker, NOTE, SIZE)
    height, width, _ = imread(io.BytesIO(first)).shape
    assert width / height == pytest.approx(SIZE[0] / SIZE[1], rel=0.01)


@pytest.mark.parametrize("words", ["① 233°28′  30.23 m", "2223012A", "南坪县", "南坪 é W"])
def test_the_room_kept_for_a_label_is_no_less_than_it_takes(sheet, words):
    small = SmallSheet(NOTE, SIZE, 20.0)
    small.label((30.0, 25.0), words, 6.2)
    [box] = boxes(small).values()
    width, height = text_box_mm(words, 6.2)
    assert box.width / 200 * 25.4 <= width
    assert box.height / 200 * 25.4 <= height * 1.05
