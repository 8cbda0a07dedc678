"""A name is compared as it is heard and meant, whatever writing hides it."""

from datetime import date

import pandas as pd
import pytest

from api.served_city import REGISTER, divisions
from civgeo.domain.fields import Fields
from civgeo.domain.naming_place import Areas
from civgeo.domain.place_kind import PlaceKind
from civgeo.services.city import City
from civgeo.services.name_conflicts import REGISTER_CHECK_KEYS, register_check
from civgeo.services.naming import Proposal, check_proposal
from civgeo.services.naming_audit import audit_names
from civgeo.store.store import Store
from civgeo.store.tables import Collection
from specimen_names import name_records

ON = date(2026, 3, 1)
TOWN = Areas.of(county="411702", builtup_area="主城区")
STREET = PlaceKind.STREET
HIDDEN = (
    *("建設路", "建 设路", "建\u3000设路", "建\u200d设路", "建设\u200b路", "建设\ufe00路"),
    *("\u202e建设路", "建设\u00ad路", "建·设路", "建-设路"),
)


def codes(name, *existing, kind=STREET):
    known = [Proposal(text, kind, TOWN, ref=at) for at, text in enumerate(existing)]
    found = check_proposal(Proposal(name, kind, TOWN), known, on=ON)
    return {finding.code.value for finding in found.findings}


@pytest.mark.parametrize("name", HIDDEN, ids=[name.encode("unicode_escape") for name in HIDDEN])
def test_no_writing_hides_a_duplicate(name):
    assert "duplicate" in codes(name, "建设路")
    assert "duplicate" in codes("建设路", name)


@pytest.mark.parametrize("name", ["建 射路", "建\u200d射路", "建\u200b社路"])
def test_no_writing_hides_a_homophone(name):
    assert "homophone" in codes(name, "建设路")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("毛澤東路", "leader_name"),
        ("毛 泽东路", "leader_name"),
        ("毛\u200d泽东路", "leader_name"),
        ("紐約路", "foreign_name"),
        ("纽·约路", "foreign_name"),
        ("马可·波罗路", "foreign_name"),
        ("達·芬奇路", "foreign_name"),
        ("萬科路", "enterprise_name"),
        ("阿Q路", "person_name"),
        ("阿Ｑ路", "person_name"),
    ],
)
def test_no_writing_hides_a_word_of_the_lists(name, code):
    assert code in codes(name)


@pytest.mark.parametrize(
    ("name", "other"),
    [("208路", "107路"), ("2号路", "1号路"), ("B座", "A座"), ("G107国道", "G106国道")],
)
def test_numbers_and_letters_are_heard_too(name, other):
    assert not {"duplicate", "homophone", "homophone_toneless"} & codes(name, other)
    assert "duplicate" in codes(name, name)


def test_an_audit_compares_as_the_check_of_one_name_does():
    names = ["建设路", "建設路", "建 射路", "107路", "208路", "１０７路"]
    readings = [None, None, None, "lù", None, "lù"]
    table = pd.DataFrame({"name": names, "reading": readings}).assign(
        kind="street", division="411702", builtup_area="主城区"
    )
    found = audit_names(table, on=ON).findings
    told = {(row["id"], row["code"]) for row in found.to_dict("records")}
    assert {each for each in told if each[1] in ("duplicate", "homophone")} == {
        *((row, "duplicate") for row in (0, 1, 3, 5)),
        *((row, "homophone") for row in (0, 1, 2)),
    }


def test_a_register_compares_as_a_list_does(tmp_path):
    row = {"kind": "street", "division": "990102", "builtup_area": "甲区城区", "status": "standard"}
    names = name_records(
        "place_names",
        row | {"id": "a", "name": "建設路"},
        row | {"id": "b", "name": "107路", "reading": "lù"},
    )
    with Store.create(tmp_path / "s", register=REGISTER) as store:
        with store.write() as writing:
            writing.add_divisions(divisions())
            writing.add(Collection.PLACE_NAMES, names)
        city = City(store, ON)
        found = {}
        for name in ("建 设路", "建\u200d射路", "208路", "１０７路"):
            question = {"kind": "street", "division": "990102", "builtup_area": "甲区城区"}
            fields = Fields(question | {"name": name}, REGISTER_CHECK_KEYS)
            found[name] = register_check(city, fields).conflicts["code"].to_dict()
    assert found == {
        "建 设路": {"a": "duplicate"},
        "建\u200d射路": {"a": "homophone"},
        "208路": {},
        "１０７路": {"b": "duplicate"},
    }
