import datetime as dt

import geopandas as gpd
import pytest
import shapely

from civgeo.errors import InvalidInput
from civgeo.geo.placement import Placement, Verdict
from civgeo.geo.topology import check_coverage
from civgeo.maps.theme import MapNote
from civgeo.maps.topology import topology_map

ABOUT = MapNote("拓扑检查", "测试", dt.date(2026, 1, 1), simulated=True)
PLACE = Placement(Verdict.UNKNOWN, "没有可对照的轮廓。")
HOSTILE = "<img src=x onerror=alert(1)>"


def layer(*shapes) -> gpd.GeoDataFrame:
    names = [f"{HOSTILE}{number}" for number in range(len(shapes))]
    codes = [f"4199{number:02d}" for number in range(len(shapes))]
    return gpd.GeoDataFrame({"code": codes, "name": names}, geometry=list(shapes), crs=4490)


FAULTY = layer(
    shapely.box(114.0, 32.9, 114.1, 33.0) - shapely.box(114.02, 32.92, 114.04, 32.94),
    shapely.box(114.09, 32.9, 114.2, 33.0),
    shapely.Polygon([(114.3, 32.9), (114.32, 32.92), (114.32, 32.9), (114.3, 32.92)]),
)


def test_each_finding_tells_its_kind_area_and_width():
    page = topology_map(FAULTY, check_coverage(FAULTY), PLACE, about=ABOUT).to_single_file()
    for words in ("空隙：", "重叠：", "图形无效：", "最宽", "无法判断", "没有可对照的轮廓"):
        assert words in page
    assert "<img" not in page


def test_a_large_layer_is_drawn_in_simpler_lines_and_names_only_what_has_findings():
    discs = [
        shapely.Point(114 + 0.05 * (n % 20), 32 + 0.05 * (n // 20)).buffer(0.02, quad_segs=256)
        for n in range(210)
    ]
    discs.append(discs[0])
    frame = layer(*discs)
    page = topology_map(frame, check_coverage(frame), PLACE, about=ABOUT).to_single_file()
    assert len(page) < 2_000_000


def test_a_layer_without_outlines_is_refused():
    nothing = layer(None)
    with pytest.raises(InvalidInput, match="没有一个政区有图形"):
        topology_map(nothing, check_coverage(FAULTY), PLACE, about=ABOUT)


@pytest.mark.browser
def test_the_page_opens_without_a_complaint(open_offline):
    page = topology_map(FAULTY, check_coverage(FAULTY), PLACE, about=ABOUT).to_single_file()
    opened = open_offline(page)
    assert opened.complaints == []
    assert opened.page.locator(".civgeo-panel").inner_text().count("空隙") >= 2
