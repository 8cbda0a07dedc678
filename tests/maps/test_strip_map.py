"""Sheets of a line: labels apart, the whole line shown, north up, scale true."""

from itertools import combinations, pairwise

import numpy as np
import pytest
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from strip_specimens import strip_content

from civgeo.geo.boundary_line import geodesic_m, route_of
from civgeo.maps.strip_map import (
    StripContent,
    frames_along,
    strip_map,
    strip_sheets,
)
from civgeo.maps.theme import MapNote

NOTE = MapNote("坪岭线", "模拟界线", "2026-06-01", True)


@pytest.fixture(scope="module")
def content() -> StripContent:
    return strip_content()


@pytest.fixture(scope="module")
def sheets(content):
    return list(strip_sheets(content, about=NOTE))


def extents(sheet) -> dict[str, object]:
    """Every label of the frame as it is really drawn, in dots."""
    sheet.figure.set_dpi(150)
    renderer = FigureCanvasAgg(sheet.figure).get_renderer()
    found = [text for text in sheet.map.texts if text.get_gid() == "label"]
    return {text.get_text(): text.get_window_extent(renderer) for text in found}


def test_no_labels_overlap_on_any_sheet(sheets):
    for sheet in sheets:
        found = extents(sheet)
        inside = sheet.map.get_window_extent()
        for name, box in found.items():
            assert inside.x0 <= box.x0 < box.x1 <= inside.x1, name
            assert inside.y0 <= box.y0 < box.y1 <= inside.y1, name
        for (one, first), (other, second) in combinations(found.items(), 2):
            assert not first.overlaps(second), (one, other)


def test_every_marker_is_named_with_its_km_on_some_sheet(content, sheets):
    words = " ".join(name for sheet in sheets for name in extents(sheet))
    for marker in content.markers:
        if marker.number[-1] == "Q":
            assert f"{marker.number}　{marker.chainage_m / 1000:.2f} km" in words
    assert "2223011A、B" in words


def test_texts_of_the_page_stay_on_the_page(sheets):
    for sheet in sheets:
        sheet.figure.set_dpi(150)
        renderer = FigureCanvasAgg(sheet.figure).get_renderer()
        width, height = sheet.figure.bbox.size
        for text in (*sheet.page.texts, *sheet.index.texts):
            box = text.get_window_extent(renderer)
            assert 0 <= box.x0 < box.x1 <= width, text.get_text()
            assert 0 <= box.y0 < box.y1 <= height, text.get_text()


def test_frames_cover_the_line_and_overlap(content):
    scale, frames = frames_along(content.route)
    assert scale in (25_000, 50_000, 75_000)
    assert frames[0].start_m == 0
    assert frames[-1].end_m == pytest.approx(content.route.length_m)
    for before, after in pairwise(frames):
        assert before.start_m < after.start_m < before.end_m < after.end_m
    assert len(frames) <= 6


@pytest.mark.parametrize("length_deg", [0.0005, 0.02, 3.0])
def test_short_and_long_lines_have_sheets(length_deg):
    route = route_of(shapely.LineString([(114.0, 33.0), (114.0 + length_deg, 33.0)]))
    _, frames = frames_along(route)
    assert 1 <= len(frames) <= 6
    assert frames[-1].end_m == pytest.approx(route.length_m)


def test_north_is_up_and_the_scale_bar_is_true(content, sheets):
    scale, frames = frames_along(content.route)
    sheet = sheets[0]
    halves = [patch for patch in sheet.map.patches if patch.get_gid() == "scale-bar"]
    length_mm = sum(half.get_width() for half in halves)
    words = next(t.get_text() for t in sheet.map.texts if t.get_text().endswith((" km", " m")))
    number, unit = words.split()
    metres = float(number) * (1000 if unit == "km" else 1)
    assert length_mm * scale / 1000 == pytest.approx(metres)
    arrows = [patch for patch in sheet.map.patches if patch.get_gid() == "north-arrow"]
    tips = [patch.get_xy()[:, 1].max() for patch in arrows]
    feet = [patch.get_xy()[:, 1].min() for patch in arrows]
    assert min(tips) > max(feet)
    drawn = max(
        (line for line in sheet.map.lines if line.get_linewidth() == 2.2),
        key=lambda line: len(line.get_xdata()),
    )
    ends = np.column_stack(drawn.get_data())[[0, -1]]
    places = content.route.at([frames[0].start_m, frames[0].end_m])
    on_paper = float(np.hypot(*(ends[1] - ends[0]))) * scale / 1000
    assert on_paper == pytest.approx(float(geodesic_m(places[:1], places[1:])[0]), rel=1e-3)
    assert np.sign(ends[1] - ends[0]).tolist() == np.sign(places[1] - places[0]).tolist()


def test_the_same_line_gives_the_same_file(content):
    one, other = (strip_map(content, about=NOTE) for _ in range(2))
    assert one == other
    assert one.startswith(b"%PDF")


def test_what_the_sheet_says_about_itself(sheets):
    told = " ".join(text.get_text() for text in sheets[0].page.texts)
    for words in (
        "坪岭线（2223）分幅图",
        "模拟数据",
        "内部工作用图",
        "资料来源",
        "资料日期",
        "图例",
    ):
        assert words in told
