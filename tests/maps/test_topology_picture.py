import datetime as dt
import re
from io import BytesIO

import geopandas as gpd
import numpy as np
import pypdfium2
import pytest
import shapely
from PIL import Image

from civgeo.errors import CrsError, InvalidInput
from civgeo.geo.placement import Placement, Verdict
from civgeo.geo.topology import check_coverage
from civgeo.maps.static import PictureFormat
from civgeo.maps.theme import MapNote
from civgeo.maps.topology_picture import topology_picture

ABOUT = MapNote("拓扑检查", "测试", dt.date(2026, 1, 1), simulated=True)
PLACE = Placement(Verdict.UNKNOWN, "没有可对照的轮廓。")
GAP, OVERLAP = "#d1495b", "#6a4c93"


def layer(*shapes, names=None) -> gpd.GeoDataFrame:
    names = names or [f"第{number}县" for number in range(1, len(shapes) + 1)]
    codes = [f"4199{number:02d}" for number in range(1, len(shapes) + 1)]
    return gpd.GeoDataFrame({"code": codes, "name": names}, geometry=list(shapes), crs=4490)


WITH_GAP = layer(
    shapely.box(114.0, 32.9, 114.1, 33.0) - shapely.box(114.02, 32.92, 114.06, 32.96),
    shapely.box(114.09, 32.9, 114.2, 33.0),
    shapely.Polygon([(114.3, 32.9), (114.32, 32.92), (114.32, 32.9), (114.3, 32.92)]),
)


def drawn(frame, form=PictureFormat.PDF, **given):
    return topology_picture(frame, check_coverage(frame), PLACE, about=ABOUT, form=form, **given)


def words_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    words = document[0].get_textpage().get_text_range()
    document.close()
    return re.sub(r"\s", "", words)


def share_of(colour: str, png: bytes) -> float:
    """Share of the sheet in nearly this colour."""
    pixels = np.asarray(Image.open(BytesIO(png)).convert("RGB")).astype(int)
    wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return float((np.abs(pixels - wanted).max(axis=2) <= 3).mean())


def test_the_picture_says_what_was_found_and_how_far_it_may_be_trusted():
    words = words_of(drawn(WITH_GAP))
    assert "图形无效1" in words
    assert "空隙1" in words
    assert "重叠1" in words
    for line in ("第1县", "第2县", "没有可对照的轮廓", "向图层外敞开的缺口不算空隙"):
        assert line in words
    for line in ("模拟数据", "示意，不作为划界依据", "内部工作用图"):
        assert line in words


def test_gaps_and_overlaps_are_filled_where_they_are():
    found = drawn(WITH_GAP, PictureFormat.PNG)
    sound = drawn(layer(shapely.box(114.0, 32.9, 114.1, 33.0)), PictureFormat.PNG)
    for colour in (GAP, OVERLAP):
        assert share_of(colour, found) > 20 * share_of(colour, sound)


def test_the_same_findings_give_the_same_bytes():
    assert drawn(WITH_GAP, PictureFormat.PNG) == drawn(WITH_GAP, PictureFormat.PNG)


def test_of_many_divisions_only_those_with_findings_are_named():
    cells = [
        shapely.box(114 + 0.1 * x, 32 + 0.1 * y, 114.1 + 0.1 * x, 32.1 + 0.1 * y)
        for x in range(8)
        for y in range(8)
    ]
    cells[10] = cells[10].buffer(0.01)
    words = words_of(drawn(layer(*cells)))
    assert "第11县" in words
    assert "第64县" not in words


def test_hostile_names_are_drawn_as_they_are():
    names = ["$x^2$", "<b>县</b>", "\\frac"]
    words = words_of(drawn(layer(*WITH_GAP.geometry, names=names)))
    for name in names:
        assert name in words


def test_a_layer_without_outlines_or_too_wide_for_one_zone_is_refused():
    with pytest.raises(InvalidInput, match="没有一个政区有图形"):
        topology_picture(
            layer(None), check_coverage(WITH_GAP), PLACE, about=ABOUT, form=PictureFormat.PDF
        )
    with pytest.raises(CrsError, match="跨度"):
        drawn(layer(shapely.box(100, 30, 101, 31), shapely.box(115, 30, 116, 31)))
