"""Use cases on estates and facilities over a real store."""

import dataclasses
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from shapely import Point, box

from api.served_city import REGISTER, divisions, fill
from civgeo.domain.history import Action, Edit, StaleVersion
from civgeo.errors import ImportRejected, NotFound, NotPermitted, RuleViolation, VersionRequired
from civgeo.services.city import City
from civgeo.services.editing import close, correct, create, editable, record, replace, restore
from civgeo.services.entry_checks import FieldFaults
from civgeo.services.features import Selection, feature, feature_page
from civgeo.services.history import history
from civgeo.services.periods import Period
from civgeo.store.store import Store
from civgeo.store.tables import Collection

ESTATES, FACILITIES = Collection.ESTATES, Collection.FACILITIES
EDIT = Edit(actor="张三", document="豫民〔2026〕1号", document_date=date(2026, 3, 1))
NEW = {"name": "新苑", "division": "990102001", "estate_class": "new", "stage": "planned"}
NEW |= {"geometry": box(114.06, 33.06, 114.07, 33.07), "simulated": True}


def since(day: str, until: str | None = None) -> Edit:
    end = None if until is None else date.fromisoformat(until)
    return Edit("张三", "豫民〔2026〕1号", None, date.fromisoformat(day), end)


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with Store.open(fill(tmp_path / "store")) as store:
        with store.read() as reading:
            today = reading.today
        yield City(store, today)


def test_a_new_estate_exists_from_its_first_day_on(city: City) -> None:
    saved = create(city, ESTATES, NEW, since("2020-01-01"))
    frame = feature(city, "estates", saved.id)
    assert frame[["name", "source", "version", "valid_from"]].iloc[0].tolist() == [
        "新苑",
        EDIT.document,
        1,
        "2020-01-01",
    ]
    assert feature(city, "estates", saved.id, date(2020, 1, 1))["name"].item() == "新苑"
    with pytest.raises(NotFound, match="当日不存在"):
        feature(city, "estates", saved.id, date(2019, 12, 31))


def test_a_late_correction_of_one_property_leaves_the_others_of_that_time(city: City) -> None:
    saved = create(city, ESTATES, NEW | {"households": 100}, since("2020-01-01"))
    correct(city, ESTATES, saved.id, {"households": 120}, since("2024-01-01"), 1)
    whole = {**NEW, "source": EDIT.document, "households": 120, "stage": "built"}
    assert replace(city, ESTATES, saved.id, whole, since("2022-01-01"), 2).version == 3
    then = feature(city, "estates", saved.id, date(2023, 1, 1))
    assert (then["households"].item(), then["stage"].item()) == (100, "built")
    assert feature(city, "estates", saved.id, date(2021, 1, 1))["stage"].item() == "planned"
    assert feature(city, "estates", saved.id)["households"].item() == 120


def test_replacing_by_the_same_makes_no_version_and_still_asks_for_one(city: City) -> None:
    before = record(city, ESTATES, "e1")
    same = {"geometry": box(114.01, 33.01, 114.02, 33.02, ccw=False)}
    same |= {"name": "祥和苑", "division": "990102001", "estate_class": "new", "stage": "built"}
    same |= {"completed_year": 2024, "households": 100, "elders": 30}
    same |= {"source": "虚构", "simulated": True}
    assert replace(city, ESTATES, "e1", same, EDIT, 1).version == 1
    assert record(city, ESTATES, "e1").equals(before)
    with pytest.raises(VersionRequired):
        replace(city, ESTATES, "e1", same, EDIT, None)
    with pytest.raises(StaleVersion):
        replace(city, ESTATES, "e1", same, EDIT, 7)


def test_a_stale_edit_carries_both_versions_and_changes_nothing(city: City) -> None:
    correct(city, ESTATES, "e1", {"households": 101}, EDIT, 1)
    with pytest.raises(StaleVersion) as caught:
        correct(city, ESTATES, "e1", {"households": -5}, EDIT, 1)
    assert caught.value.expected_fields is not None
    assert caught.value.expected_fields["households"] == 100
    assert caught.value.current_fields["households"] == 101
    assert feature(city, "estates", "e1")["version"].item() == 2


def test_a_closed_estate_can_be_corrected_and_restored(city: City) -> None:
    close(city, ESTATES, "e1", since("2025-01-01"), 1)
    with pytest.raises(NotFound, match="已于 2025-01-01 注销") as caught:
        feature(city, "estates", "e1")
    assert caught.value.code == "closed"
    with pytest.raises(RuleViolation, match="本不存在"):
        close(city, ESTATES, "e1", since("2025-06-01"), 2)
    assert correct(city, ESTATES, "e1", {"elders": 31}, EDIT, 2).version == 3
    assert feature(city, "estates", "e1", date(2024, 12, 31))["elders"].item() == 31
    assert restore(city, ESTATES, "e1", since("2026-01-01"), 3).version == 4
    shown = record(city, ESTATES, "e1")
    assert (shown["elders"].item(), shown["valid_from"].item()) == (31, "2026-01-01")
    with pytest.raises(NotFound):
        feature(city, "estates", "e1", date(2025, 6, 1))
    gap = feature(city, "estates", "e1", date(2024, 12, 31))
    assert gap[["valid_to"]].iloc[0].tolist() == ["2025-01-01"]


def test_a_closing_may_lie_ahead_and_a_change_may_not(city: City) -> None:
    ahead = (city.today + timedelta(days=1)).isoformat()
    assert close(city, ESTATES, "e1", since(ahead), 1).version == 2
    assert feature(city, "estates", "e1")["valid_to"].item() == ahead
    with pytest.raises(RuleViolation, match="今天之后"):
        correct(city, ESTATES, "e2", {"elders": 1}, since(ahead), 1)
    with pytest.raises(RuleViolation, match="今天之后"):
        create(city, ESTATES, NEW, since(ahead))


def test_history_tells_who_did_what_and_what_differs(city: City) -> None:
    correct(city, ESTATES, "e1", {"stage": "accepted", "elders": None}, since("2025-01-01"), 1)
    close(city, ESTATES, "e1", since("2026-01-01"), 2)
    restore(city, ESTATES, "e1", EDIT, 3)
    found = history(city, ESTATES, "e1")
    actions = [Action.IMPORT, Action.CORRECT, Action.CLOSE, Action.RESTORE]
    assert [version.action for version in found.versions] == actions
    assert (found.version, found.exists, found.name) == (4, True, "祥和苑")
    [changed] = found.versions[1].assertions
    told = [(item.name, item.before_zh, item.after_zh) for item in changed.differences]
    assert told == [("elders", "30 人", ""), ("stage", "建成", "验收")]
    assert found.versions[2].assertions[0].state is None
    assert found.versions[3].assertions[0].differences == ()


def test_a_move_is_told_as_another_geometry(city: City) -> None:
    correct(city, FACILITIES, "f1", {"geometry": Point(114.016, 33.016)}, EDIT, 1)
    [change] = history(city, FACILITIES, "f1").versions[-1].assertions[0].differences
    assert (change.name, change.title) == ("geometry", "图形")
    assert change.before != change.after


def test_all_faults_are_told_at_once(city: City) -> None:
    with pytest.raises(FieldFaults) as caught:
        create(city, ESTATES, {"name": "", "households": 1.5, "estate_class": "x"}, EDIT)
    named = {"name", "households", "estate_class", "division", "stage", "geometry"}
    assert set(caught.value.faults) == named


def test_a_fault_that_was_there_before_does_not_hinder_another_correction(city: City) -> None:
    with city.store.write() as writing:
        writing.correct(FACILITIES, "f1", {"beds": 1, "nursing_beds": 5}, EDIT, 1)
    assert correct(city, FACILITIES, "f1", {"name": "改名站"}, EDIT, 2).version == 3
    with pytest.raises(FieldFaults, match="多于床位数"):
        correct(city, FACILITIES, "f1", {"nursing_beds": 4}, EDIT, 3)


def test_a_closed_estate_takes_no_new_facility(city: City) -> None:
    close(city, ESTATES, "e4", since("2025-01-01"), 1)
    with pytest.raises(FieldFaults, match="没有编号"):
        correct(city, FACILITIES, "f1", {"estate": "e4"}, EDIT, 1)


def test_a_production_store_takes_no_simulated_record(tmp_path: Path) -> None:
    register = dataclasses.replace(REGISTER, simulated=False)
    with Store.create(tmp_path / "real", register=register) as store:
        with store.write() as writing:
            writing.add_divisions(divisions().assign(simulated=False))
            city = City(store, writing.today)
        with pytest.raises(ImportRejected, match="模拟"):
            create(city, ESTATES, NEW, EDIT)
        assert create(city, ESTATES, NEW | {"simulated": False}, EDIT).version == 1


@pytest.mark.parametrize("collection", ["divisions", "coverage_units"])
def test_what_another_use_case_keeps_cannot_be_edited(collection: str) -> None:
    with pytest.raises(NotPermitted):
        editable(collection)
    with pytest.raises(NotFound):
        editable("nothing")


def test_pages_of_the_past_walk_on_and_count(city: City) -> None:
    close(city, ESTATES, "e2", since("2025-01-01"), 1)
    then = Selection(during=Period(date(2024, 6, 1), date(2024, 6, 1)))
    first = feature_page(city, "estates", then, limit=3)
    assert (first.matched, len(first.frame)) == (5, 3)
    rest = feature_page(city, "estates", then, limit=3, after=first.after)
    assert (rest.matched, rest.after) == (5, None)
    assert [*first.frame.index, *rest.frame.index] == ["e1", "e2", "e3", "e4", "e5"]
    assert feature_page(city, "estates", Selection(), limit=9).matched == 4
