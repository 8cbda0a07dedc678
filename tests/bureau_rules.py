"""Rules that a bureau enters in tests, and the verdicts that they are asked for."""

from datetime import date

from civgeo.domain.fields import Fields
from civgeo.domain.history import Edit
from civgeo.services.cemetery_answers import check_answer
from civgeo.services.cemetery_questions import CHECK_KEYS
from civgeo.services.cemetery_rules import rules_in_force

TODAY = date(2026, 4, 1)
TEXT = "funeral_regulation_2026_text"
EDIT = Edit("张三", "驻民〔2026〕8号", date(2026, 4, 1))
RESERVOIR = {
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
    "force": "legal",
    "evidence": "S",
}
CLAUSE = {
    "topic": "距离",
    "subjects": "水库",
    "article": "20",
    "quantity": "距水库",
    "operator": ">=",
    "value": "500",
    "evidence": "S",
}


def bureau(folder):
    """A folder as a store has it, without own files."""
    (folder / "civgeo.gpkg").touch()
    return folder


def answer(folder, edition=None, **given):
    question = {"division": "411702", "distances_m": {"reservoir": 400}, **given}
    book = rules_in_force(folder, edition)
    return check_answer(Fields(question, CHECK_KEYS), book, TODAY)


def own_file(folder):
    return folder / "own" / "rules" / "cemetery_rules.csv"
