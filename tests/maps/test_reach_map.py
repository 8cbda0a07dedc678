"""Maps of reach: classes, legend, symbols, pictures, hostile names."""

import re
from decimal import Decimal

import map_specimens as city
import pypdfium2
import pytest
import shapely

from civgeo.domain.facility import FacilityKind
from civgeo.domain.reach_reason import ReachReason
from civgeo.maps.reach import ReachSite, ReachSurroundings, reach_map
from civgeo.maps.reach_sheet import reach_counties_picture, reach_picture
from civgeo.maps.reach_view import (
    REACHED,
    REASON_STYLES,
    ReachEstate,
    ReachTold,
    ReachUnit,
    ReachView,
)
from civgeo.maps.rows import DivisionRow, rows_of
from civgeo.maps.static import PictureFormat
from civgeo.maps.theme import Pattern


def told(target: str | None = "80", kinds: tuple[str, ...] = ("老年助餐点",)) -> ReachTold:
    goal = None if target is None else Decimal(target)
    return ReachTold(kinds, "15", "1.0", "900", "户数", "户", goal, 1_000, 640, 900, 2)


def estate(row, number: int, reason: ReachReason | None) -> ReachEstate:
    place = shapely.point_on_surface(row.geometry)
    return ReachEstate(
        id=f"e{number}",
        name=city.HOSTILE[number % len(city.HOSTILE)],
        division=f"{row.code}100",
        place=row.name,
        people=100,
        lon=place.x + number / 200,
        lat=place.y,
        reason=reason,
        facility=city.HOSTILE[0],
        distance_m=1_200.5,
        minutes=20.0,
        beyond_m=None if reason is None else 300.5,
        straight_facility="近处",
        straight_m=500.0,
        street_m=3.0,
        barrier=city.HOSTILE[3] if reason is ReachReason.BARRIER else None,
        simulated=True,
    )


def view(outlines, *, target: str | None = "80") -> ReachView:
    rows = rows_of(outlines, DivisionRow)
    counties = [row for row in rows if row.own and row.level == "county"]
    units = [
        ReachUnit(row.code, 100, share, 95)
        for row, share in zip(counties[:-1], (95, 90, 80, 79, 40, 10), strict=True)
    ]
    verdicts = [None, *ReachReason]
    estates = [
        estate(counties[number % len(counties)], number, verdicts[number % len(verdicts)])
        for number in range(40)
    ]
    return ReachView.of(told(target), units, estates, rows)


def around() -> ReachSurroundings:
    square = shapely.MultiPolygon([shapely.box(113.4, 32.9, 113.6, 33.1)])
    river = shapely.LineString([(113.2, 33.0), (113.8, 33.0)])
    site = ReachSite(city.HOSTILE[1], FacilityKind.MEAL_POINT, 113.5, 33.0)
    return ReachSurroundings(
        sites=[site],
        circles=(("15", square),),
        barriers=[(city.HOSTILE[2], "河流", river)],
        streets=[(city.HOSTILE[4], river)],
    )


def words_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    words = document[0].get_textpage().get_text_range()
    document.close()
    return re.sub(r"\s", "", words)


def test_reasons_differ_by_shape_from_each_other_and_from_reached():
    together = [reason for reason in REASON_STYLES if reason is not ReachReason.NO_FACILITY]
    shapes = [REASON_STYLES[reason].shape for reason in together]
    assert len({*shapes, REACHED.shape}) == len(shapes) + 1
    assert set(REASON_STYLES) == set(ReachReason)


def test_the_target_is_a_break_and_a_share_at_it_is_not_below(outlines):
    shown = view(outlines)
    patterns = {shown.label(row): shown.pattern(row) for row in shown.own}
    assert patterns["80.0%"] is Pattern.PLAIN
    assert patterns["79.0%"] is Pattern.STRIPES
    assert patterns[""] is Pattern.DOTS
    labels = [row.label for row in shown.legend().sections[0].rows]
    assert labels == ["≥ 90", "80 – 90", "80　目标", "40 – 80", "＜ 40", "没有数值"]
    counts = [getattr(row, "count", None) for row in shown.legend().sections[0].rows]
    assert counts == [2, 1, None, 2, 1, 1]


def test_without_a_target_nothing_looks_like_a_verdict(outlines):
    shown = view(outlines, target=None)
    assert Pattern.STRIPES not in {shown.pattern(row) for row in shown.own}
    section = shown.legend().sections[0]
    assert "颜色不表示达标" in section.note
    assert [row.label for row in section.rows][:2] == ["≥ 95", "85 – 95"]


def test_the_legend_says_the_rule_and_that_circles_are_not_reach(outlines):
    said = "".join(section.note for section in view(outlines).legend().sections)
    for words in (
        "步行 15 分钟、1.0 m/s，不超过 900 m",
        "可达 640 ÷ 合计 1,000 户 ＝ 64.00%",
        "另有 2 个小区",
        "直线距离圈内 900 户，比步行可达多 260 户",
    ):
        assert words in said


@pytest.mark.parametrize("draw", [reach_picture, reach_counties_picture])
def test_pictures_hold_thresholds_labels_scale_and_north(outlines, draw):
    words = words_of(draw(view(outlines), outlines, about=city.ABOUT, form=PictureFormat.PDF))
    for expected in ("80目标", "80–90", "95.0%", "模拟数据", "北", "km", *city.NAMES):
        assert expected in words
    png = draw(view(outlines), outlines, about=city.ABOUT, form=PictureFormat.PNG)
    assert png == draw(view(outlines), outlines, about=city.ABOUT, form=PictureFormat.PNG)


def test_counties_side_by_side_tell_their_people(outlines):
    pdf = reach_counties_picture(view(outlines), outlines, about=city.ABOUT, form=PictureFormat.PDF)
    words = words_of(pdf)
    assert "79/100户" in words
    assert "没有计入的小区" in words


@pytest.mark.browser
def test_the_single_file_asks_nothing_and_tells_the_figures_of_an_estate(open_offline, outlines):
    shown = view(outlines)
    chart = reach_map(shown, around(), about=city.ABOUT, query="kind=meal_point")
    opened = open_offline(chart.to_single_file())
    number = next(n for n, e in enumerate(shown.estates) if e.reason is ReachReason.BARRIER)
    one = shown.estates[number]
    opened.page.evaluate(
        "([lat, lon]) => { civgeo_map.setView([lat, lon], 16, {animate: false}); }",
        [one.lat, one.lon],
    )
    hidden = opened.page.locator(".civgeo-section input:not(:checked)")
    while hidden.count():
        hidden.first.check()
    opened.page.evaluate(
        """n => {
            const points = civgeo_map.civgeo.points.civgeo_estates;
            points.open(points.rows[n]);
        }""",
        number,
    )
    said = opened.page.inner_text(".civgeo-story")
    assert opened.page.locator(".civgeo-story h2").inner_text() == one.name
    for words in ("未覆盖（直线在圈内，步行绕行在圈外）", "1,200.5 m", "20.0 分钟", "300.5 m"):
        assert words in said
    assert opened.page.locator(".leaflet-pane img").count() == 0
    assert opened.complaints == []
    assert all(url.startswith(("file:", "data:")) for url in opened.requests)


def test_only_the_served_page_may_ask_its_server(outlines):
    chart = reach_map(view(outlines), around(), about=city.ABOUT, query="kind=meal_point")
    assert "connect-src 'self'" in chart.to_self_hosted()
    assert "connect-src 'none'" in chart.to_single_file(embed_font=False)
    assert "civgeo-asks-server" not in chart.to_single_file(embed_font=False).split("<script")[0]
