"""The siting report: every rule, version, layer, day and parameter; words that claim no more."""

import io
import re

import pypdfium2
import pytest
from docx import Document

from civgeo.analysis.site_marks import PlaneKind
from civgeo.services.reach_report import ReportForm
from civgeo.services.siting_maps import siting_chart, siting_note, siting_view
from civgeo.services.siting_report import siting_report
from civgeo.services.siting_tables import used_rules
from civgeo.services.siting_terms import siting_terms
from siting_answers import HOSTILE, LONG_NAME, answered, sited


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    made = sited(tmp_path_factory.mktemp("siting") / "库")
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def answer(city):
    return answered(city, weights={"area_m2": "2", "road_m": "1"})


@pytest.fixture(scope="module")
def words(city, answer):
    document = pypdfium2.PdfDocument(siting_report(city, answer, ReportForm.PDF))
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module")
def typed(city, answer):
    document = Document(io.BytesIO(siting_report(city, answer, ReportForm.DOCX)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_every_rule_stands_in_the_report_with_its_period_and_force(answer, words, typed):
    rules = used_rules(answer)
    rules += [rule for each in answer.missing for rule in each.rules]
    rules += [*answer.waiting, *answer.to_look_up]
    assert len({rule.id for rule in rules}) > 20
    for rule in rules:
        assert rule.id in typed
        assert rule.citation in typed
        assert re.sub(r"\s", "", rule.id) in words
    assert f"规定版本 {answer.edition}" in typed
    assert "法规，S" in typed


def test_every_layer_stands_in_it_with_day_source_and_digest(answer, typed):
    for layer in answer.layers:
        for expected in (layer.title, layer.layer_date.isoformat(), layer.source, layer.digest):
            assert expected in typed


def test_every_parameter_stands_in_it_and_defaults_are_marked(answer, typed):
    terms = siting_terms(answer)
    origins = {term.label: term.origin for term in terms}
    assert origins["权重"] == origins["最小面积"] == origins["容量"] == "提问给出"
    assert origins["坡度上限"] == origins["经营性质"] == origins["公路可视"] == "默认"
    for term in terms:
        assert term.label in typed
        assert term.value in typed


def test_the_words_never_call_land_suitable_and_name_what_is_missing(answer, typed):
    assert "适宜" not in typed
    assert "适合" not in typed
    assert answer.headline in typed
    assert "不等于可以建设" in typed
    for gap in answer.missing:
        assert gap.text in typed
    ends = [each for each in answer.constraints if each.kind is PlaneKind.MISSING and each.alone_m2]
    assert ends
    for each in ends:
        assert each.text in typed
        assert f"{each.feature.label_zh}（没有覆盖全域）" in typed


def test_figures_of_rules_stand_in_words(typed):
    assert "铁路、公路主干线两侧各 1 公里：不小于 1000 米" in typed
    assert ">=" not in typed


def test_candidates_have_a_table_and_a_card_each(answer, typed):
    assert len(answer.candidates) >= 2
    for number, row in zip(
        answer.candidates.index, answer.candidates.to_dict("records"), strict=True
    ):
        assert f"候选地 {number}" in typed
        assert row["text"] in typed
        assert f"{row['capacity']:,} 穴" in typed


def test_the_view_joins_rules_that_mark_the_same_cells_and_leaves_out_what_marks_nothing(
    city, answer
):
    shown = siting_view(city, answer)
    farmland = next(item for item in shown.exclusions if item.name == "耕地")
    assert farmland.kind is PlaneKind.EXCLUDED
    assert len(farmland.cited) == 5
    assert farmland.cited[-1] == "图层：地类图斑（2025-06-30）"
    assert not any(item.name == "河流" for item in shown.exclusions)
    assert {item.number for item in shown.exclusions} <= {
        each.number for each in answer.constraints
    }


def test_roads_and_towns_of_the_region_are_drawn_and_the_note_names_the_sources(city, answer):
    shown = siting_view(city, answer)
    assert [row.name for row in shown.towns] == ["东镇", "西镇"]
    assert [row.name for row in shown.around] == ["乙县"]
    assert {(name, kind) for name, kind, _ in shown.roads} == {
        ("G999", "国道"),
        (LONG_NAME, "铁路"),
    }
    note = siting_note(city, answer)
    assert note.title == "甲县公墓选址：禁止情形与候选地"
    assert "2025-06-30" in str(note.date)
    assert "虚构" in note.source


def test_without_heights_nothing_is_said_of_what_roads_see(city, answer):
    assert answer.seen is None
    assert siting_view(city, answer).seen is None
    assert "可视域" not in siting_chart(city, answer).to_single_file(embed_font=False)


def test_a_title_with_markup_stays_text_in_the_page(city, answer):
    page = siting_chart(city, answer).to_single_file(embed_font=False)
    assert HOSTILE not in page
    assert "<script>alert(1)" not in page


def test_a_missing_layer_changes_the_words(city):
    without = answered(city, layers=[answered(city).layers[0].digest])
    whole = answered(city)
    assert without.headline != whole.headline
    assert len(without.missing) > len(whole.missing)
    assert siting_view(city, without).told.lacking != siting_view(city, whole).told.lacking
