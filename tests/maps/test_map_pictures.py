import re
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import map_specimens as city
import numpy as np
import pypdfium2
import pytest
from PIL import Image

from civgeo.errors import CrsError
from civgeo.geo.crs import zone_of
from civgeo.maps.clusters import clusters_of, crowding
from civgeo.maps.facilities import FacilitiesView
from civgeo.maps.legend import Legend
from civgeo.maps.rows import FacilityRow, rows_of
from civgeo.maps.sheet import Sheet, bar_length_m, wrapped
from civgeo.maps.static import (
    PictureFormat,
    coverage_picture,
    divisions_picture,
    facilities_picture,
)
from civgeo.maps.theme import MapNote


@pytest.fixture(params=["coverage", "divisions", "facilities"])
def picture(request, covered, outlines, places):
    def draw(form, about=city.ABOUT):
        if request.param == "coverage":
            return coverage_picture(covered, outlines, city.STANDARDS, about=about, form=form)
        if request.param == "divisions":
            return divisions_picture(outlines, about=about, form=form)
        return facilities_picture(places, outlines, about=about, form=form)

    return draw


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    words = document[0].get_textpage().get_text_range()
    document.close()
    return words


def test_a_pdf_holds_title_labels_standing_and_source_as_text(picture):
    words = text_of(picture(PictureFormat.PDF))
    expected = [city.ABOUT.title, "模拟数据", "示意，不作为划界依据", "内部工作用图", "北"]
    expected += ["资料来源：虚构市民政局（测试数据）", "资料日期：2025-12-31", "km", *city.NAMES]
    for line in expected:
        assert line in words


def test_the_coverage_legend_names_the_thresholds(covered, outlines):
    form = PictureFormat.PDF
    pdf = coverage_picture(covered, outlines, city.STANDARDS, about=city.ABOUT, form=form)
    words = re.sub(r"\s", "", text_of(pdf))
    assert "30新建小区标准（虚构省）" in words
    assert "20已建成小区标准（虚构省）" in words


def test_crowded_estates_are_dots_and_the_legend_says_so(outlines):
    homes = city.estates(outlines, count=2000)
    units = city.units(homes, city.facilities(homes))
    form = PictureFormat.PDF
    pdf = coverage_picture(units, outlines, city.STANDARDS, about=city.ABOUT, form=form)
    words = re.sub(r"\s", "", text_of(pdf))
    assert "图上只画圆点" in words
    few = units.drop(homes.index[40:])
    pdf = coverage_picture(few, outlines, city.STANDARDS, about=city.ABOUT, form=form)
    assert "小区结论（符号）" in text_of(pdf)


def test_facilities_near_each_other_are_counted_in_one_ring(places, outlines):
    pdf = facilities_picture(places, outlines, about=city.ABOUT, form=PictureFormat.PDF)
    words = text_of(pdf)
    assert "邻近的合为一环" in words
    view = FacilitiesView.of(rows_of(places, FacilityRow))
    found = view.clustered(zone_of(113.5), 0.003)
    assert sorted(n for cluster in found for n in cluster.members) == list(range(len(places)))
    largest = max(found, key=lambda cluster: len(cluster.members))
    assert str(len(largest.members)) in words or len(largest.members) > 10
    shares = view.shares(largest.members)
    assert shares[0][0] == "#b8501c"
    assert sum(number for _, number in shares) == len(largest.members)


def test_clusters_do_not_overlap_when_drawn_from_one_crowd():
    rng = np.random.default_rng(1)
    found = clusters_of(rng.uniform(0, 60, (500, 2)), 26)
    assert sum(len(cluster.members) for cluster in found) == 500
    assert len(found) < 10


def test_crowding_is_the_usual_distance_to_the_nearest():
    assert crowding([(0, 0), (0, 3), (0, 7)]) == 3.0
    assert crowding([(0, 0)]) == float("inf")


def test_a_long_source_stays_on_the_page():
    about = MapNote("图", "很长的来源" * 40, "2026-01-01", simulated=True, on="2026-01-01")
    sheet = Sheet(about, Legend(()), (0.0, 0.0, 100.0, 100.0))
    assert all(text.get_position()[1] > 0.01 for text in sheet.figure.texts)
    assert [text.get_text() for text in sheet.figure.texts][-1] == about.dated


def test_a_png_is_a_page_of_200_dots_per_inch_with_colours(picture):
    image = Image.open(BytesIO(picture(PictureFormat.PNG)))
    assert image.size == (2338, 1654)
    assert len(image.convert("RGB").getcolors(maxcolors=1_000_000)) > 100


@pytest.mark.parametrize("form", PictureFormat)
def test_the_same_map_gives_the_same_bytes(picture, form):
    assert picture(form) == picture(form)


def test_maps_drawn_by_several_threads_are_the_same(outlines):
    def draw(_):
        return divisions_picture(outlines, about=city.ABOUT, form=PictureFormat.PNG)

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(draw, range(3)))) == 1


def test_hostile_titles_are_drawn_as_they_are(outlines):
    for name in ("$x^2$ ${alert(1)}", "\\frac{", "=1+1"):
        about = MapNote(name, name, "2026-01-01", simulated=False)
        pdf = divisions_picture(outlines, about=about, form=PictureFormat.PDF)
        assert name in text_of(pdf)


def test_the_scale_bar_is_as_long_as_it_says():
    sheet = Sheet(city.ABOUT, Legend(()), (400_000.0, 3_600_000.0, 560_000.0, 3_720_000.0))
    sheet.furnish()
    halves = [patch for patch in sheet.map.patches if patch.get_gid() == "scale-bar"]
    length = sum(half.get_width() for half in halves)
    west, east = sheet.map.get_xlim()
    assert length == bar_length_m(east - west) == 20_000
    shown = [text.get_text() for text in sheet.map.texts]
    assert "20 km" in shown


def test_the_map_has_one_scale_in_both_directions():
    sheet = Sheet(city.ABOUT, Legend(()), (400_000.0, 3_600_000.0, 500_000.0, 3_900_000.0))
    (left, bottom), (right, top) = sheet.map.transData.transform(
        [(400_000.0, 3_600_000.0), (410_000.0, 3_610_000.0)]
    )
    assert right - left == pytest.approx(top - bottom)


def test_the_north_arrow_points_up():
    sheet = Sheet(city.ABOUT, Legend(()), (0.0, 0.0, 100.0, 100.0))
    sheet.furnish()
    wings = [patch for patch in sheet.map.patches if patch.get_gid() == "north-arrow"]
    assert len(wings) == 2
    for wing in wings:
        tip, *foot = wing.get_xy()[:3]
        assert all(tip[1] > corner[1] for corner in foot)


@pytest.mark.parametrize(
    ("width_m", "bar_m"), [(100, 20), (150_000, 20_000), (227_272, 20_000), (227_273, 50_000)]
)
def test_the_bar_is_the_longest_round_length_below_its_share(width_m, bar_m):
    assert bar_length_m(width_m) == bar_m


def test_lines_break_where_they_are_full_and_never_before_a_comma():
    assert wrapped("甲乙丙丁，戊", 40, 10) == ["甲乙丙丁，", "戊"]


def test_another_zone_can_be_asked_for(outlines):
    form = PictureFormat.PNG
    chosen = divisions_picture(outlines, about=city.ABOUT, form=form, zone=zone_of(117.0))
    assert chosen != divisions_picture(outlines, about=city.ABOUT, form=form)


def test_a_frame_in_another_system_is_refused(outlines):
    with pytest.raises(CrsError):
        divisions_picture(outlines.to_crs(3857), about=city.ABOUT, form=PictureFormat.PNG)
