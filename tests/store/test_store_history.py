import dataclasses
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from geopandas.testing import assert_geodataframe_equal
from shapely import MultiPolygon, Point, box

from civgeo.domain.history import Action, Edit, Fault, StaleVersion
from civgeo.errors import (
    ImportRejected,
    InvalidInput,
    NotFound,
    RuleViolation,
    VersionRequired,
)
from civgeo.store.store import Store
from civgeo.store.tables import Collection

ESTATES, FACILITIES, DIVISIONS = Collection.ESTATES, Collection.FACILITIES, Collection.DIVISIONS
EDIT = Edit(actor="张三", document="豫民〔2026〕1号", document_date=date(2026, 3, 1))


def since(day: date | None, until: date | None = None) -> Edit:
    return dataclasses.replace(EDIT, valid_from=day, valid_to=until)


def name(reading, id="e", **when):
    found = reading.features(ESTATES, ids=[id], **when)
    return None if found.empty else found["name"].item()


@pytest.fixture
def old_town(store, estates):
    """A store with the estate ``e``, which exists since 1970."""
    with store.write() as writing:
        writing.create(ESTATES, estates({"id": "e", "name": "甲"}), since(date(1970, 1, 1)))
    return store


def test_a_new_record_has_one_entry_with_all_that_was_given(old_town):
    with old_town.read() as reading:
        [entry] = reading.history(ESTATES, "e")
        assert (entry.action, entry.version, entry.county) == (Action.CREATE, 1, "411702")
        assert (entry.actor, entry.document) == ("张三", "豫民〔2026〕1号")
        assert (entry.document_date, entry.valid_from) == (date(2026, 3, 1), date(1970, 1, 1))
        assert entry.state["name"] == "甲"
        assert reading.verify_history() == ()


def test_a_renaming_of_1983_can_be_recorded_today(old_town):
    with old_town.write() as writing:
        version = writing.correct(ESTATES, "e", {"name": "乙"}, since(date(1983, 5, 1)), 1)
    with old_town.read() as reading:
        assert version == reading.feature(ESTATES, "e")["version"].item() == 2
        assert name(reading) == "乙"
        assert name(reading, valid_on=date(1983, 5, 1)) == "乙"
        assert name(reading, valid_on=date(1983, 4, 30)) == "甲"
        assert name(reading, valid_on=date(1969, 12, 31)) is None
        before = reading.history(ESTATES, "e")[0].recorded_at
        assert name(reading, as_of=before) == "甲"
        assert name(reading, as_of=before, valid_on=date(1990, 1, 1)) == "甲"
        assert name(reading, as_of=before - timedelta(milliseconds=1)) is None
        assert reading.verify_history() == ()


def test_a_late_record_of_an_old_change_keeps_what_came_after_it(old_town):
    with old_town.write() as writing:
        writing.correct(ESTATES, "e", {"households": 300}, since(date(2000, 1, 1)), 1)
    with old_town.write() as writing:
        writing.correct(ESTATES, "e", {"name": "乙"}, since(date(1983, 1, 1)), 2)
    with old_town.read() as reading:
        years = (1975, 1990, 2010)
        frames = [reading.features(ESTATES, valid_on=date(year, 1, 1)) for year in years]
        assert [frame["name"].item() for frame in frames] == ["甲", "乙", "乙"]
        assert [frame["households"].isna().item() for frame in frames] == [True, True, False]
        assert [entry.version for entry in reading.history(ESTATES, "e")] == [1, 2, 3, 3]
        assert reading.verify_history() == ()


def test_a_change_may_end(old_town):
    with old_town.write() as writing:
        edit = since(date(1983, 1, 1), date(1991, 1, 1))
        writing.correct(ESTATES, "e", {"name": "乙"}, edit, 1)
    with old_town.read() as reading:
        years = (1982, 1983, 1990, 1991)
        found = [name(reading, valid_on=date(year, 1, 1)) for year in years]
        assert found == ["甲", "乙", "乙", "甲"]
        assert name(reading) == "甲"


def test_closing_ends_validity_and_nothing_is_lost(old_town):
    with old_town.write() as writing:
        writing.close(ESTATES, "e", since(date(2020, 7, 1)), 1)
    with old_town.read() as reading:
        assert reading.count(ESTATES) == 0
        with pytest.raises(NotFound):
            reading.feature(ESTATES, "e")
        shown = reading.features(ESTATES, include_closed=True)
        assert shown[["valid_from", "valid_to"]].to_numpy().tolist() == [
            ["1970-01-01", "2020-07-01"]
        ]
        assert reading.count(ESTATES, include_closed=True) == 1
        assert name(reading, valid_on=date(2020, 6, 30)) == "甲"
        assert name(reading, valid_on=date(2020, 7, 1)) is None
        assert reading.count(ESTATES, valid_on=date(2020, 6, 30)) == 1
        assert reading.verify_history() == ()


def test_a_closing_that_lies_ahead_hides_nothing_yet(old_town):
    with old_town.write() as writing:
        writing.close(ESTATES, "e", since(writing.today + timedelta(days=1)), 1)
        assert name(writing) == "甲"
        assert name(writing, valid_on=writing.today + timedelta(days=1)) is None


def test_restoring_undoes_a_closing_and_both_stay_in_the_history(old_town):
    with old_town.write() as writing:
        writing.close(ESTATES, "e", since(date(2020, 7, 1)), 1)
    with old_town.write() as writing:
        assert writing.restore(ESTATES, "e", EDIT, 2) == 3
    with old_town.read() as reading:
        assert name(reading) == "甲"
        assert name(reading, valid_on=date(2021, 1, 1)) == "甲"
        actions = [entry.action for entry in reading.history(ESTATES, "e")]
        assert actions == [Action.CREATE, Action.CLOSE, Action.RESTORE]
        assert reading.verify_history() == ()


def test_an_earlier_version_may_hold_again(old_town):
    with old_town.write() as writing:
        writing.correct(ESTATES, "e", {"name": "乙", "geometry": Point(115, 34)}, EDIT, 1)
    with old_town.write() as writing:
        writing.restore(ESTATES, "e", EDIT, 2, of_version=1)
        with pytest.raises(NotFound, match="没有第 9 版"):
            writing.restore(ESTATES, "e", EDIT, 3, of_version=9)
    with old_town.read() as reading:
        found = reading.feature(ESTATES, "e")
        assert (found["name"].item(), found["version"].item()) == ("甲", 3)
        assert found.geometry.item() == Point(114, 33)
        assert reading.verify_history() == ()


def test_existence_may_be_carried_back_before_the_first_day(old_town):
    with old_town.write() as writing:
        with pytest.raises(RuleViolation, match="自 1970-01-01 起才有效"):
            writing.correct(ESTATES, "e", {"name": "乙"}, since(date(1960, 1, 1)), 1)
        writing.restore(ESTATES, "e", since(date(1960, 1, 1)), 1)
        assert name(writing, valid_on=date(1965, 1, 1)) == "甲"
        assert writing.verify_history() == ()


def test_a_geometry_is_kept_once_and_every_past_one_comes_back(store, divisions, raw):
    small, large = (MultiPolygon([box(114, 33, 114 + w, 33 + w)]) for w in (0.1, 0.2))
    with store.write() as writing:
        writing.add_divisions(divisions({"id": "411702", "code": "411702", "geometry": small}))
    changes = [{"name": "一"}, {"geometry": large}, {"name": "二"}, {"geometry": None}]
    for version, change in enumerate(changes, start=1):
        with store.write() as writing:
            writing.correct(DIVISIONS, "411702", change, EDIT, version)
    with store.read() as reading:
        entries = reading.history(DIVISIONS, "411702")
        shapes = [
            reading.features(DIVISIONS, as_of=entry.recorded_at).geometry.item()
            for entry in entries
        ]
        assert shapes == [small, small, large, large, None]
        assert reading.verify_history() == ()
    with raw.connect() as connection:
        kept = sa.text("SELECT count(geometry) FROM history")
        assert connection.execute(kept).scalar() == 2


def test_the_past_answers_the_same_questions_as_the_present(store, estates):
    rows = [
        {"id": f"e{n}", "division": f"41170{n % 3 + 1}001", "households": n}
        | {"geometry": Point(114 + n / 10, 33)}
        for n in range(30)
    ]
    with store.write() as writing:
        writing.add_estates(estates(*rows))
    with store.write() as writing:
        moment = writing.recorded_at
        writing.correct(ESTATES, "e3", {"name": "后来"}, EDIT, 1)
    with store.read() as reading:
        asked = [
            {},
            {"division": "411702"},
            {"bbox": (114.95, 32, 115.55, 34)},
            {"where": {"households": 17, "simulated": True}},
            {"ids": ["e29", "e3", "nobody"]},
            {"limit": 7},
        ]
        for question in asked:
            now = reading.features(ESTATES, **question)
            then = reading.features(ESTATES, as_of=moment, **question)
            assert_geodataframe_equal(now, then)
            if "limit" not in question and "ids" not in question:
                assert reading.count(ESTATES, as_of=moment, **question) == len(now)
        first = reading.features(ESTATES, as_of=moment, limit=10)
        rest = reading.features(ESTATES, as_of=moment, after=first.attrs["last_fid"])
        assert [*first.index, *rest.index] == [f"e{n}" for n in range(30)]


def test_what_cannot_be_asked_of_the_past_is_told(old_town):
    with old_town.read() as reading:
        with pytest.raises(InvalidInput, match="include_closed"):
            reading.features(ESTATES, valid_on=date(2000, 1, 1), include_closed=True)
        with pytest.raises(InvalidInput, match="没有属性"):
            reading.features(ESTATES, valid_on=date(2000, 1, 1), where={"colour": "red"})
        with pytest.raises(NotFound):
            reading.history(ESTATES, "nobody")


def test_an_update_needs_the_version_that_it_was_made_from(old_town):
    changes = {"name": "乙"}
    with pytest.raises(VersionRequired, match="依据的版本"), old_town.write() as writing:
        writing.correct(ESTATES, "e", changes, EDIT, None)
    with old_town.write() as writing:
        writing.correct(ESTATES, "e", changes, EDIT, 1)
    with pytest.raises(StaleVersion, match="第 2 版") as stale, old_town.write() as writing:
        writing.correct(ESTATES, "e", {"name": "丙"}, EDIT, 1)
    assert (stale.value.expected, stale.value.current) == (1, 2)
    assert stale.value.expected_fields["name"] == "甲"
    assert stale.value.current_fields["name"] == "乙"
    for expected in (0, 7):
        with pytest.raises(StaleVersion) as stale, old_town.write() as writing:
            writing.close(ESTATES, "e", since(date(2020, 1, 1)), expected)
        assert stale.value.expected_fields is None


def test_a_change_that_changes_nothing_makes_no_version(old_town):
    with old_town.write() as writing:
        same = {"name": "甲", "geometry": Point(114, 33)}
        assert writing.correct(ESTATES, "e", same, EDIT, 1) == 1
        assert len(writing.history(ESTATES, "e")) == 1


@pytest.mark.parametrize(
    ("changes", "edit", "error", "message"),
    [
        ({}, EDIT, InvalidInput, "没有给出"),
        ({"colour": "red"}, EDIT, InvalidInput, "不能更改 colour"),
        ({"version": 9}, EDIT, InvalidInput, "不能更改 version"),
        ({"valid_to": "2030-01-01"}, EDIT, InvalidInput, "不能更改 valid_to"),
        ({"stage": "sold"}, EDIT, InvalidInput, "sold"),
        ({"households": -1}, EDIT, InvalidInput, "households"),
        ({"geometry": None}, EDIT, InvalidInput, "空图形|geometry"),
        ({"geometry": "POINT (1 1)"}, EDIT, InvalidInput, "几何对象"),
        ({"name": "乙"}, since(date(2999, 1, 1)), RuleViolation, "今天之后"),
    ],
)
def test_a_change_that_may_not_be_is_refused(old_town, changes, edit, error, message):
    with pytest.raises(error, match=message), old_town.write() as writing:
        writing.correct(ESTATES, "e", changes, edit, 1)
    with old_town.read() as reading:
        assert len(reading.history(ESTATES, "e")) == 1
        assert reading.verify_history() == ()


def test_what_does_not_exist_cannot_be_closed_changed_or_restored(old_town):
    closed = since(date(2020, 7, 1))
    with pytest.raises(InvalidInput, match="哪一天"), old_town.write() as writing:
        writing.close(ESTATES, "e", EDIT, 1)
    with pytest.raises(RuleViolation, match="没有注销"), old_town.write() as writing:
        writing.restore(ESTATES, "e", EDIT, 1)
    with old_town.write() as writing:
        writing.close(ESTATES, "e", closed, 1)
    with pytest.raises(RuleViolation, match="本不存在"), old_town.write() as writing:
        writing.close(ESTATES, "e", closed, 2)
    with pytest.raises(RuleViolation, match="不存在"), old_town.write() as writing:
        writing.correct(ESTATES, "e", {"name": "乙"}, since(date(2021, 1, 1)), 2)
    with pytest.raises(NotFound), old_town.write() as writing:
        writing.correct(ESTATES, "nobody", {"name": "乙"}, EDIT, 1)


def test_a_facility_may_only_move_to_an_estate_that_is_there(store, estates, facilities):
    with store.write() as writing:
        writing.add_estates(estates({"id": "e"}))
        writing.add_facilities(facilities({"id": "f", "floor_area_m2": 0.1}))
    with pytest.raises(InvalidInput, match="nobody"), store.write() as writing:
        writing.correct(FACILITIES, "f", {"estate": "nobody"}, EDIT, 1)
    with store.write() as writing:
        writing.correct(FACILITIES, "f", {"estate": "e", "floor_area_m2": 320.25}, EDIT, 1)
    with store.read() as reading:
        assert reading.feature(FACILITIES, "f")["floor_area_m2"].item() == 320.25
        assert reading.verify_history() == ()


def test_a_production_store_never_turns_simulated(tmp_path, register, estates):
    real = dataclasses.replace(register, simulated=False)
    with Store.create(tmp_path, register=real) as store:
        with store.write() as writing:
            writing.add_estates(estates({"id": "e", "simulated": False}))
        with pytest.raises(ImportRejected), store.write() as writing:
            writing.correct(ESTATES, "e", {"simulated": True}, EDIT, 1)


def test_each_register_and_county_has_a_chain_of_its_own(store, estates, divisions, standard):
    with store.write() as writing:
        writing.add_divisions(divisions({"id": "411702", "code": "411702"}))
        writing.add_estates(estates({"id": "a"}, {"id": "b", "division": "411721001"}))
        writing.add_standards([standard])
    with store.write() as writing:
        writing.correct(ESTATES, "a", {"division": "411721002"}, EDIT, 1)
    with store.read() as reading:
        heads = {(head.register, head.county): head.entries for head in reading.heads()}
        assert heads == {
            ("divisions", "411702"): 1,
            ("estates", "411702"): 1,
            ("estates", "411721"): 2,
            ("standards", "410000"): 1,
        }
        assert len({head.hash for head in reading.heads()}) == 4
        assert reading.verify_history() == ()


def test_moments_of_recording_grow_even_within_a_millisecond(old_town):
    moments = []
    for version in range(1, 30):
        with old_town.write() as writing:
            writing.correct(ESTATES, "e", {"households": version}, EDIT, version)
            moments.append(writing.recorded_at)
    assert moments == sorted(set(moments))
    with old_town.read() as reading:
        for version, moment in enumerate(moments, start=1):
            assert reading.features(ESTATES, as_of=moment)["households"].item() == version


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history SET actor = '李四'",
        "DELETE FROM history",
        "INSERT OR REPLACE INTO history SELECT * FROM history",
        "UPDATE standards SET value = '0'",
        "DELETE FROM facility_kinds",
        "UPDATE register SET simulated = 0",
    ],
)
def test_other_programs_cannot_write_the_history_and_the_rules(old_town, raw, statement, standard):
    with old_town.write() as writing:
        writing.add_standards([standard])
    with raw.connect() as connection, pytest.raises(sa.exc.IntegrityError):
        connection.execute(sa.text(statement))


TAMPERED = {
    "UPDATE history SET actor = '李四' WHERE sequence = 2": (Fault.SEAL, 2),
    "UPDATE history SET state = replace(state, '甲', '乙') WHERE sequence = 1": (Fault.SEAL, 1),
    "UPDATE history SET recorded_at = '2020-01-01T00:00:00.000Z' WHERE sequence = 3": (
        Fault.SEAL,
        3,
    ),
    "DELETE FROM history WHERE sequence = 2": (Fault.LINK, 3),
    "UPDATE history SET geometry = x'00' WHERE sequence = 1": (Fault.SHAPE, 1),
    "UPDATE estates SET name = '丙'": (Fault.PRESENT, None),
    "UPDATE estates SET version = 9": (Fault.PRESENT, None),
    "DELETE FROM estates": (Fault.PRESENT, None),
    "INSERT INTO estates SELECT 9, 'x', name, division, community, estate_class, completed_year,"
    " households, households_new, elders, stage, source, simulated, version, geometry, null, null"
    " FROM estates": (Fault.PRESENT, None),
}


@pytest.mark.parametrize("statement", TAMPERED)
def test_a_history_that_was_tampered_with_is_found_with_its_place(old_town, raw, statement):
    for version in (1, 2, 3):
        with old_town.write() as writing:
            writing.correct(ESTATES, "e", {"households": version}, EDIT, version)
    with raw.begin() as connection:
        for trigger in ("history_no_update", "history_no_delete"):
            connection.execute(sa.text(f"DROP TRIGGER {trigger}"))
        connection.execute(sa.text("UPDATE own_write SET active = 1"))
        connection.exec_driver_sql(statement)
        connection.execute(sa.text("UPDATE own_write SET active = 0"))
    with old_town.read() as reading:
        finding = reading.verify_history()[0]
        assert (finding.fault, finding.sequence) == TAMPERED[statement]
        assert "备份" in finding.message
