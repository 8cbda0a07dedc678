"""What cannot be true of a record of the cemetery registers."""

import pytest

from civgeo.domain.cemetery_forms import CEMETERY_FORMS, BurialPlaceLevel
from civgeo.domain.cemetery_records import RULED_REGISTERS, record_faults
from civgeo.domain.cemetery_rules import CemeteryLevel


@pytest.mark.parametrize(
    ("register", "values", "fields"),
    [
        ("cemeteries", {}, []),
        ("cemeteries", {"capacity": 10, "used": 10, "area_mu": 0.01, "status": "operating"}, []),
        ("cemeteries", {"capacity": 10, "used": 11}, ["used"]),
        ("cemeteries", {"capacity": None, "used": 11}, []),
        ("cemeteries", {"area_mu": 0.0, "approved_mu": -1}, ["area_mu", "approved_mu"]),
        ("cemeteries", {"plot_single_m2": 0, "plot_joint_m2": 0.8}, ["plot_single_m2"]),
        ("cemeteries", {"graves_counted": 5, "graves_over_limit": 6}, ["graves_over_limit"]),
        ("cemeteries", {"status": "planned", "used": 1}, ["used"]),
        ("cemeteries", {"status": "planned", "used": 0}, []),
        ("cemeteries", {"serves": "411702001 411702"}, []),
        ("cemeteries", {"serves": "411702001,411702"}, ["serves"]),
        ("graves", {"count": 1, "kind": "single"}, []),
        ("graves", {"count": 0, "kind": "cluster"}, ["count"]),
        ("graves", {"count": 2, "kind": "single"}, ["count"]),
        ("graves", {"area_m2": 0}, ["area_m2"]),
        ("graves", {"moved_on": "2026-01-01", "status": "standing"}, ["moved_on"]),
        ("graves", {"moved_on": "2026-01-01", "status": "moved"}, []),
        ("population", {"period": 1900, "age_from": 130, "share": 1, "population": 0}, []),
        ("population", {"period": 2101}, ["period"]),
        ("population", {"age_from": 131}, ["age_from"]),
        ("population", {"death_rate_per_mille": 1000.5}, ["death_rate_per_mille"]),
        ("population", {"share": 1.01}, ["share"]),
        ("facilities", {"used": 11, "capacity": 1}, []),
    ],
)
def test_faults_name_the_field_to_mend(register, values, fields):
    assert [fault.field for fault in record_faults(register, values)] == fields


@pytest.mark.parametrize("value", ["十", True, None])
def test_what_is_no_number_is_the_business_of_another_check(value):
    assert list(record_faults("cemeteries", {"capacity": 5, "used": value})) == []


def test_every_rule_looks_at_fields_of_its_form():
    for form in CEMETERY_FORMS:
        assert form.id in RULED_REGISTERS
        wrong = {field.name: -1 for field in form.fields} | {"moved_on": "x", "serves": "x"}
        for fault in record_faults(form.id, wrong):
            assert set(fault.fields) <= {field.name for field in form.fields}
            assert fault.field == fault.fields[0]


def test_graves_are_for_officers_and_hold_no_names_of_people():
    graves = next(form for form in CEMETERY_FORMS if form.id == "graves")
    assert not graves.is_open
    assert not {field.name for field in graves.fields} & {"name", "deceased", "kin", "contact"}
    assert [level.in_rules for level in BurialPlaceLevel] == [None, *CemeteryLevel]
