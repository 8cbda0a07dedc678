"""The map of boundaries as a page and as a picture."""

import map_specimens as city
import pytest
import shapely

from civgeo.domain.boundary_forms import BoundaryLevel, MarkerState
from civgeo.maps.boundaries import boundaries_map
from civgeo.maps.boundary_sheet import boundaries_picture
from civgeo.maps.boundary_view import (
    BoundaryView,
    DrawnLine,
    DrawnMarker,
    DrawnPlace,
    LineState,
    line_style,
    marker_style,
)
from civgeo.maps.static import PictureFormat

HOSTILE = "</script><script>alert(1)</script>"


@pytest.fixture(scope="module")
def view(outlines) -> BoundaryView:
    west, south, east, north = outlines.total_bounds
    steps = [south + (north - south) * share for share in (0.1, 0.3, 0.5, 0.7, 0.9)]
    lines = tuple(
        DrawnLine(
            f"示例{state.label_zh}线",
            level,
            state,
            shapely.LineString([(west, y), ((west + east) / 2, y + 0.02), (east, y)]),
            ("0221", "甲县、乙县", "20.00", None, None, None, "3"),
            True,
        )
        for y, state, level in zip(
            steps, LineState, [*BoundaryLevel, BoundaryLevel.COUNTY], strict=True
        )
    )
    markers = tuple(
        DrawnMarker(
            f"022100{number}Q",
            state,
            number % 2 == 0,
            west + 0.05 * number,
            steps[2],
            (None,) * 6,
            True,
        )
        for number, state in enumerate(MarkerState, 1)
    )
    middle = ((west + east) / 2, (south + north) / 2)
    junction = DrawnPlace("甲乙丙三交点", "", *middle, (None,) * 4, True)
    dispute = DrawnPlace(HOSTILE, "协商中", west + 0.1, steps[1], (HOSTILE,) * 4, True)
    differs = DrawnPlace("0221001Q", "界桩状况", east - 0.1, steps[3], (None,) * 3, True)
    return BoundaryView(lines, markers, (junction,), (dispute,), (differs,), undrawn=2)


@pytest.mark.browser
def test_page_opens_offline_without_a_request_and_tells_what_it_shows(open_offline, outlines, view):
    opened = open_offline(boundaries_map(view, outlines, about=city.ABOUT).to_single_file())
    assert [url for url in opened.requests if not url.startswith(("file:", "data:"))] == []
    assert opened.complaints == []
    panel = opened.page.locator(".civgeo-panel").inner_text()
    for state in LineState:
        assert state.label_zh in panel
    for words in (
        "界线级别",
        "三交点",
        "争议地段",
        "双方记录不一致",
        "字迹不清（界线逾期）",
        "2 条（座）",
    ):
        assert words in panel
    opened.page.set_viewport_size({"width": 390, "height": 844})
    width = opened.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390


@pytest.mark.browser
def test_a_click_on_a_line_tells_about_it(open_offline, outlines, view):
    opened = open_offline(boundaries_map(view, outlines, about=city.ABOUT).to_single_file())
    box = opened.page.locator(".civgeo-map").bounding_box()
    place = opened.page.evaluate(
        "(([lat, lon]) => { const p = civgeo_map.latLngToContainerPoint([lat, lon]);"
        " return [p.x, p.y]; })",
        shapely.get_coordinates(view.lines[1].shape)[0:2].mean(axis=0)[::-1].tolist(),
    )
    opened.page.mouse.click(box["x"] + place[0], box["y"] + place[1])
    story = opened.page.locator(".civgeo-story").inner_text()
    assert "示例联检中线" in story
    assert "甲县、乙县" in story


def test_states_differ_without_their_colour():
    lines = [line_style(state, BoundaryLevel.COUNTY).dashes for state in LineState]
    assert len(set(lines)) == len(LineState)
    shapes = {marker_style(state, late=False).shape for state in MarkerState}
    assert len(shapes) == len(MarkerState)


@pytest.mark.parametrize("form", list(PictureFormat))
def test_picture_is_the_same_each_time(outlines, view, form):
    one, other = (boundaries_picture(view, outlines, about=city.ABOUT, form=form) for _ in range(2))
    assert one == other
    assert one.startswith(b"\x89PNG" if form is PictureFormat.PNG else b"%PDF")
