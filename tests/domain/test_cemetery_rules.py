"""The table of rules on cemeteries: what it may hold, and what the packaged one says."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest

from civgeo.assets import packaged_data
from civgeo.domain.cemetery_rule_table import COLUMNS, rule_of
from civgeo.domain.cemetery_rules import CemeteryRuleBook, Topic
from civgeo.domain.division import DivisionCode
from civgeo.errors import InvalidInput
from civgeo.formats.cemetery_rules import cemetery_rules, land_feature
from civgeo.formats.reference import standards

ROW = {
    **dict.fromkeys(COLUMNS, ""),
    "id": "own_distance",
    "topic": "distance",
    "subjects": "reservoir 河流",
    "place": "驻马店市",
    "adcode": "4117",
    "regulation": "驻马店市选址规定",
    "quantity": "距水库、河流",
    "operator": ">=",
    "value": "300",
    "unit": "m",
    "force": "legal",
    "evidence": "S",
}


def test_a_row_is_read_by_words_and_by_chinese_labels():
    rule = rule_of(ROW | {"force": "法规", "enabled": "否"})
    assert (rule.subjects, rule.value, rule.adcode) == (("reservoir", "river"), 300, "411700")
    assert not rule.enabled


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("id", ""),
        ("regulation", ""),
        ("topic", "distances"),
        ("subjects", ""),
        ("subjects", "airport"),
        ("operator", "<="),
        ("operator", "forbidden"),
        ("value", ""),
        ("value", "-1"),
        ("value", "300m"),
        ("unit", "km"),
        ("adcode", "41170"),
        ("valid_from", "2026-02-30"),
        ("valid_to", "2026-13"),
        ("force", "law"),
        ("evidence", "X"),
        ("enabled", "maybe"),
        ("only_on", "moon"),
        ("levels", "village"),
        ("operation", "private"),
    ],
)
def test_a_cell_that_cannot_be_read_names_its_column(column, value):
    with pytest.raises(InvalidInput, match=f"^{column} "):
        rule_of(ROW | {column: value})


def test_the_area_of_a_cemetery_has_levels_and_no_subjects():
    area = ROW | {"topic": "min_area", "unit": "mu", "levels": "township", "subjects": ""}
    assert rule_of(area).limit == 300
    with pytest.raises(InvalidInput, match=r"^subjects "):
        rule_of(area | {"subjects": "reservoir"})


def test_words_instead_of_a_number_have_no_number():
    assert rule_of(ROW | {"operator": "near", "value": "", "unit": ""}).value is None
    with pytest.raises(InvalidInput, match=r"^value "):
        rule_of(ROW | {"operator": "near", "unit": ""})


def test_rules_of_the_packaged_edition_agree_with_the_standards_that_they_name():
    known = {standard.id: standard for standard in standards().standards}
    linked = [rule for rule in cemetery_rules().rules if rule.standard]
    assert len(linked) > 100
    for rule in linked:
        standard = known[rule.standard]
        assert (rule.adcode, rule.evidence) == (standard.adcode, standard.evidence), rule.id
        assert (rule.valid_from, rule.valid_to) == (standard.valid_from, standard.valid_to), rule.id
        assert rule.value in (standard.value, None) or rule.id == "henan_waterworks_25_canal"
        if rule.topic is not Topic.TEXT_MISSING:
            assert rule.enabled is standard.enabled, rule.id


def test_ids_are_unique_and_every_rule_says_where_it_stands():
    rules = cemetery_rules().rules
    assert len({rule.id for rule in rules}) == len(rules) > 150
    assert all(rule.regulation and rule.quantity and rule.applies_to for rule in rules)


def test_every_province_has_its_own_rule_or_a_text_to_be_entered():
    provinces = [f"{number}" for number in (*range(11, 16), *range(21, 24), *range(31, 38))]
    provinces += [f"{number}" for number in (*range(41, 47), *range(50, 55), *range(61, 66))]
    on = date(2026, 1, 1)
    for code in provinces:
        scope = cemetery_rules().in_scope(DivisionCode.parse(code), on)
        assert any(rule.adcode == f"{code}0000" for rule in scope), code


def test_drafts_are_there_and_never_applied():
    drafts = [rule for rule in cemetery_rules().rules if not rule.enabled]
    assert {"urban_cemetery_draft_500", "hunan_plot_ash"} <= {rule.id for rule in drafts}
    scope = cemetery_rules().in_scope(DivisionCode.parse("430102"), date(2026, 1, 1))
    assert not set(drafts) & set(scope)


def test_the_most_local_rule_comes_first():
    scope = cemetery_rules().in_scope(DivisionCode.parse("411702"), date(2026, 1, 1))
    lengths = [0 if rule.adcode == "100000" else len(rule.adcode.rstrip("0")) for rule in scope]
    assert lengths == sorted(lengths, reverse=True)
    assert scope[0].place == "驻马店市"


def test_a_rule_of_the_bureau_takes_the_place_of_the_packaged_one():
    own = rule_of(ROW | {"id": "henan_funeral_26_4", "value": "1500"})
    book = cemetery_rules().with_own([own], "own")
    assert isinstance(book, CemeteryRuleBook)
    assert len(book.rules) == len(cemetery_rules().rules)
    found = book.find("henan_funeral_26_4")
    assert found is not None
    assert found.limit == Decimal(1500)


def test_a_year_in_force_ends_with_its_last_day():
    rule = rule_of(ROW | {"valid_from": "2020-01-01", "valid_to": "2024"})
    assert rule.in_force(date(2024, 12, 31))
    assert not rule.in_force(date(2025, 1, 1))
    assert not rule.in_force(date(2019, 12, 31))


def test_land_classes_are_named_by_codes_names_and_our_words():
    text = packaged_data("gazetteer/land_classes.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(io.StringIO(text)):
        feature = land_feature(row["name"])
        assert feature is land_feature(row["code"])
        assert feature is not None
        assert feature.is_land_cover
    assert land_feature("scenic") is land_feature("风景名胜区")
    assert land_feature("named_area") is None
