"""Rules on cemeteries that a bureau enters: taken up at once, refused as a whole when broken."""

import csv
from datetime import date

import pytest

from civgeo.domain.cemetery_rule_table import COLUMNS
from civgeo.domain.fields import Fields
from civgeo.errors import OwnFileBroken
from civgeo.formats.cemetery_rules import cemetery_rules
from civgeo.services.cemetery_answers import check_answer, listed_rules
from civgeo.services.cemetery_questions import CHECK_KEYS
from civgeo.services.cemetery_rules import rules_in_force
from civgeo.services.own_check import review_own_files

TODAY = date(2026, 4, 1)
OWN = {
    "id": "own_reservoir",
    "topic": "distance",
    "subjects": "reservoir",
    "place": "驻马店市",
    "adcode": "411700",
    "regulation": "驻马店市公墓选址规定",
    "article": "3",
    "valid_from": "2026-04-01",
    "quantity": "距水库",
    "operator": ">=",
    "value": "300",
    "unit": "m",
    "force": "legal",
    "evidence": "S",
}
STRUCK = {
    "id": "funeral_regulation_2026_text",
    "topic": "text_missing",
    "subjects": "distance",
    "place": "全国",
    "adcode": "100000",
    "regulation": "殡葬管理条例",
    "operator": "missing",
    "force": "legal",
    "evidence": "S",
    "enabled": "false",
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "civgeo.gpkg").touch()
    return tmp_path


def enter(folder, *rows):
    place = folder / "own" / "rules" / "cemetery_rules.csv"
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)


def answer(folder, **given):
    question = {"division": "411702", "distances_m": {"reservoir": 300}, **given}
    return check_answer(Fields(question, CHECK_KEYS), rules_in_force(folder), TODAY)


def test_without_a_file_the_packaged_rules_are_in_force(folder):
    assert rules_in_force(folder) == rules_in_force(None) == cemetery_rules()


def test_a_text_that_was_entered_decides_what_waited_for_it(folder):
    assert answer(folder)["meets"] == {"legal": None, "plan": None}
    enter(folder, OWN, STRUCK)
    found = answer(folder)
    assert found["meets"] == {"legal": True, "plan": None}
    assert found["status"] == "ok"
    assert "本局修订" in found["edition"]
    assert answer(folder, distances_m={"reservoir": "299.99"})["meets"]["legal"] is False
    assert answer(folder, on="2026-03-31")["meets"]["legal"] is None


def test_an_edition_names_the_file_so_that_a_verdict_can_be_drawn_again(folder):
    enter(folder, OWN)
    first = answer(folder)
    enter(folder, OWN | {"value": "400"})
    assert answer(folder)["edition"] != first["edition"]
    enter(folder, OWN)
    assert answer(folder) == first


def test_a_text_that_was_entered_leaves_the_list_of_missing_ones(folder):
    enter(folder, STRUCK)
    found = listed_rules(rules_in_force(folder), missing=True)
    assert "funeral_regulation_2026_text" not in {rule.id for rule in found}
    assert "hubei_funeral_text" in {rule.id for rule in found}


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (OWN | {"value": ""}, "value"),
        (OWN | {"subjects": "sea"}, "subjects"),
        (OWN | {"enabled": "false"}, "id"),
        (OWN | {"id": "henan_funeral_11_ash"}, "topic"),
    ],
)
def test_a_broken_row_stops_every_verdict_and_is_told_by_its_column(folder, row, column):
    enter(folder, row)
    with pytest.raises(OwnFileBroken, match="改好之前不作判断"):
        rules_in_force(folder)
    (fault,) = review_own_files(folder).faults
    assert (fault.row, fault.column) == (2, column)


def test_the_check_of_own_files_names_the_edition(folder):
    enter(folder, OWN)
    assert any(line.startswith("公墓规定版本") for line in review_own_files(folder).added)
