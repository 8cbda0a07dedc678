"""What each map says about where its data come from and of which day they are."""

from dataclasses import replace
from datetime import UTC, date, datetime

import map_origin_frames as made
import pytest

from civgeo.services.map_origin import Drawn, edition_zh
from civgeo.services.mapping import MapSlug, map_of
from civgeo.store.reading import Register

TODAY = date(2026, 3, 1)
REGISTER = Register(
    city="411700",
    name="某市",
    simulated=True,
    created_at=datetime(2026, 2, 27, 20, 0, tzinfo=UTC),
    edition="2026.11",
    sources={
        "轮廓": "某测绘机构",
        "乡镇街道": "某部名录",
        "县城位置": "GeoNames（CC BY 4.0）",
        "小区、社区与设施": "模拟生成，不是真实数据",
    },
)


def test_a_map_of_real_divisions_is_dated_by_its_layers_and_not_simulated():
    drawn = Drawn(REGISTER, made.divisions(), (), TODAY)
    assert drawn.date == "轮廓 2025-12-21，名录 2025-12-31"
    assert drawn.source == "轮廓：某测绘机构；乡镇街道：某部名录"
    assert not drawn.simulated


def test_a_map_of_simulated_estates_says_so_and_when_they_were_made():
    drawn = Drawn(REGISTER, made.divisions(), (made.estates(simulated=True),), TODAY)
    assert drawn.date == "轮廓 2025-12-21，名录 2025-12-31，模拟数据生成于 2026-02-28"
    assert "小区、社区与设施：模拟生成" in drawn.source
    assert drawn.simulated


def test_a_map_of_registered_estates_names_their_sources_and_the_day_of_the_register():
    drawn = Drawn(REGISTER, made.divisions(), (made.estates(simulated=False),), TODAY)
    assert drawn.date == "轮廓 2025-12-21，名录 2025-12-31，登记截至 2026-03-01"
    assert drawn.source.endswith("登记数据：住建局台账")
    assert "模拟" not in drawn.source
    assert not drawn.simulated


def test_divisions_without_a_day_are_not_given_one():
    divisions = made.divisions().assign(source_date=None)
    assert Drawn(replace(REGISTER, sources={}), divisions, (), TODAY).date == "未注明"


@pytest.mark.parametrize("slug", MapSlug)
def test_every_map_of_the_fictional_city_is_simulated(fictional, slug):
    about = map_of(fictional, slug).about
    assert about.simulated
    assert about.date.endswith("模拟数据生成于 2026-03-01")


def test_the_coverage_map_names_its_edition_in_chinese(fictional):
    about = map_of(fictional, MapSlug.COVERAGE).about
    assert "标准版本：虚构示例标准" in about.origin
    assert edition_zh("2026.11") == "2026.11"


def test_the_estates_of_the_coverage_map_tell_year_stage_and_facilities(fictional):
    page = map_of(fictional, MapSlug.COVERAGE).to_self_hosted()
    for words in ("建成年份", "用房阶段", "本小区的养老用房设施", "老年助餐点"):
        assert words in page
