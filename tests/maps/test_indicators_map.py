"""Map of one indicator: classes that break at the target, verdicts by pattern, the story."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import geopandas as gpd
import pytest
from shapely import MultiPolygon, box

from civgeo.maps.indicator_sheet import indicator_picture
from civgeo.maps.indicators import CountyFigure, IndicatorFigure, IndicatorView, indicator_map
from civgeo.maps.legend import Mark, Swatch
from civgeo.maps.rows import DivisionRow, rows_of
from civgeo.maps.static import PictureFormat
from civgeo.maps.theme import MapNote, State

ABOUT = MapNote("示例市覆盖率", "虚构", date(2026, 3, 1), simulated=True, on=date(2026, 3, 1))


@pytest.fixture
def divisions() -> gpd.GeoDataFrame:
    rows = [
        ("990102", "甲区", "own", 114.0),
        ("990121", "乙县", "own", 114.1),
        ("990122", "丙县", "own", 114.2),
        ("990221", "邻县", "context", 114.3),
    ]
    return gpd.GeoDataFrame(
        {
            "code": [row[0] for row in rows],
            "name": [row[1] for row in rows],
            "level": "county",
            "system": "MCA",
            "parent": None,
            "role": [row[2] for row in rows],
            "valid_from": None,
            "source": "虚构",
            "source_date": "2026-01-01",
            "simulated": True,
        },
        geometry=[MultiPolygon([box(row[3], 33, row[3] + 0.1, 33.1)]) for row in rows],
        crs="EPSG:4490",
    )


def figure(target="60", *, is_share=True, **values):
    found = {"990102": Fraction(60), "990121": Fraction("59.99")} | values
    counties = [
        CountyFigure(
            code,
            value,
            value / 10,
            Fraction(10),
            State.MEETS if target and value >= Fraction(target) else State.BELOW,
        )
        for code, value in found.items()
    ]
    return IndicatorFigure(
        name="覆盖率",
        unit="%",
        goal=f"≥ {target}%",
        source="《示例规划》",
        numerator="有设施的乡镇",
        denominator="乡镇",
        target=Decimal(target) if target else None,
        is_share=is_share,
        counties=tuple(counties),
    )


def view(divisions, shown):
    return IndicatorView.of(shown, rows_of(divisions, DivisionRow))


@pytest.mark.parametrize(
    ("target", "is_share", "labels"),
    [
        ("60", True, ["＜ 30", "30 – 60", "60 – 80", "≥ 80"]),
        ("100", True, ["＜ 50", "50 – 100", "≥ 100"]),
        ("30", False, ["＜ 15", "15 – 30", "30 – 45", "≥ 45"]),
        ("", True, ["全部"]),
    ],
)
def test_classes_break_at_the_target_and_never_beyond_the_possible(
    divisions, target, is_share, labels
):
    found = view(divisions, figure(target, is_share=is_share)).classes
    assert [item.label for item in found] == labels
    assert len({item.colour for item in found}) == len(found)


def test_a_figure_at_the_target_lies_above_the_line_and_one_below_under_it(divisions):
    shown = view(divisions, figure())
    first, second, third = (row for row in shown.counties if row.own)
    assert shown.colour(first) == shown.classes[2].colour
    assert shown.colour(second) == shown.classes[1].colour
    assert (shown.state(first), shown.state(second)) == (State.MEETS, State.BELOW)
    assert shown.state(third) is State.UNDEFINED
    assert shown.label(second) == "60.0%"


def test_the_legend_draws_the_target_and_counts_every_county(divisions):
    sections = view(divisions, figure()).legend().sections
    marks = [row.label for row in sections[0].rows if isinstance(row, Mark)]
    assert marks == ["60　目标（≥ 60%）"]
    counts = [row.count or 0 for row in sections[0].rows if isinstance(row, Swatch)]
    assert sum(counts) == 3
    assert "《示例规划》" in sections[1].note


def test_the_page_tells_every_county_and_asks_nobody(divisions):
    page = indicator_map(figure(), divisions, about=ABOUT).to_single_file()
    for word in ("甲区", "乙县", "邻县", "有设施的乡镇", "模拟数据", "≥ 60%"):
        assert word in page
    assert "cdn" not in page


@pytest.mark.parametrize(("form", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_the_picture_is_the_same_for_the_same_figures(divisions, form, start):
    made = [
        indicator_picture(figure(), divisions, about=ABOUT, form=PictureFormat(form))
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert made[0].startswith(start)
