"""The newest entry apart from a register, and JSON texts that change alone."""

from datetime import date

import pytest

from civgeo.domain.history import Edit
from civgeo.errors import InvalidInput
from civgeo.services import editing
from civgeo.services.city import City
from civgeo.services.scenarios import ScenarioEntry, new_scenario
from civgeo.store.store import Store
from civgeo.store.tables import Collection
from scenario_city import fill

EDIT = Edit(actor="张三", document="试")


def last(store):
    with store.read() as reading:
        return reading.last_change(apart_from=Collection.SCENARIOS)


def test_what_is_saved_in_the_register_is_no_change(tmp_path):
    with Store.open(fill(tmp_path / "store")) as store:
        city, before = City(store, date(2026, 3, 1)), last(store)
        saved = new_scenario(city, ScenarioEntry("方案"), EDIT)
        assert last(store) == before
        text = '[{"action":"close","facility":"f1"}]'
        assert store.correct(Collection.SCENARIOS, saved.id, {"edits": text}, EDIT, 1) == 2
        assert last(store) == before
        editing.correct(city, Collection.ESTATES, "e1", {"households": 7}, EDIT, 1)
        assert last(store) > before
        with store.read() as reading:
            assert reading.feature(Collection.SCENARIOS, saved.id)["edits"].iloc[0] == text
            assert reading.verify_history() == ()


@pytest.mark.parametrize("text", ["[", "", None])
def test_a_text_that_is_no_json_is_refused_when_it_changes_alone(tmp_path, text):
    with Store.open(fill(tmp_path / "store")) as store:
        saved = new_scenario(City(store, date(2026, 3, 1)), ScenarioEntry("方案"), EDIT)
        with pytest.raises(InvalidInput):
            store.correct(Collection.SCENARIOS, saved.id, {"edits": text}, EDIT, 1)
