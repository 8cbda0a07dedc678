"""The packaged rules of procedure, and the bureau's own table."""

import csv
import io

import pytest

from civgeo.assets import packaged_data
from civgeo.domain.procedure_rule import Topic
from civgeo.errors import InvalidInput
from civgeo.services.naming_procedures import COLUMNS, naming_procedures, rules_of_table

ROW = {
    "id": "henan-settlement",
    "topic": "approver",
    "place": "河南省",
    "adcode": "410000",
    "regulation": "河南省地名管理办法",
    "actions": "naming renaming",
    "kinds": "settlement committee_seat",
    "answer": "county_government",
    "evidence": "S",
}


def table(*rows):
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def test_every_packaged_rule_has_its_source_evidence_and_first_day():
    rules = naming_procedures().rules
    assert len({rule.id for rule in rules}) == len(rules) > 50
    for rule in rules:
        assert rule.regulation
        assert rule.document_no
        assert rule.valid_from
        assert rule.evidence in {"S", "E", "M"}
    silent = {rule.id for rule in rules if rule.topic is Topic.APPROVER and not rule.answer}
    assert all(rule.note for rule in rules if rule.id in silent)


def test_packaged_table_is_read_as_it_stands():
    text = packaged_data("gazetteer/naming_procedures.csv").read_text(encoding="utf-8")
    assert rules_of_table(text) == naming_procedures().rules
    assert rules_of_table("\ufeff" + text.replace("\n", "\r\n")) == naming_procedures().rules


def test_own_rows_are_added_and_one_of_the_same_id_takes_the_place():
    own = naming_procedures(table(ROW, ROW | {"id": "filing-county", "topic": "filing"}))
    assert len(own.rules) == len(naming_procedures().rules) + 1
    (changed,) = [rule for rule in own.rules if rule.id == "filing-county"]
    assert changed.place == "河南省"
    assert naming_procedures() is naming_procedures(" \n")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"topic": "approvers"}, "topic"),
        ({"topic": ""}, "topic"),
        ({"id": " "}, "id"),
        ({"kinds": "village"}, "kinds"),
        ({"actions": "naming,renaming"}, "actions"),
        ({"level": "nation"}, "level"),
        ({"answer": "mayor"}, "answer"),
        ({"amount": "十五"}, "amount"),
        ({"amount": "-15"}, "amount"),
        ({"unit": "weeks"}, "unit"),
        ({"famous": "maybe"}, "famous"),
        ({"valid_from": "2025/11/12"}, "valid_from"),
        ({"adcode": "41x"}, "41x"),
    ],
)
def test_cell_that_cannot_be_read_is_named(change, word):
    with pytest.raises(InvalidInput, match=word):
        rules_of_table(table(ROW | change))


def test_missing_column_is_named():
    with pytest.raises(InvalidInput, match="answer") as caught:
        rules_of_table(table(ROW).replace("answer", "reply"))
    assert caught.value.code == "bad_table"
