"""Lists of the place-name office: their figures, at the limits, and their workbooks."""

import io
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from civgeo.domain.standard import StandardBook
from civgeo.errors import InvalidInput, NotFound
from civgeo.formats.reference import standards
from civgeo.services.city import City
from civgeo.services.name_list import ListRequest
from civgeo.services.name_list_progress import TOPIC_RURAL_NAMING
from civgeo.services.name_lists import VIEWS, list_document, list_workbook, name_list
from civgeo.store.tables import Collection
from services.import_city import TODAY, city_in
from specimen_names import name_records

SIGNS = [
    {
        "id": "s1",
        "name": "甲路",
        "state": "intact",
        "patrol_round": "一",
        "last_patrol": "2026-02-01",
    },
    {
        "id": "s2",
        "name": "乙路",
        "state": "broken",
        "patrol_round": "一",
        "last_patrol": "2026-02-02",
    },
    {"id": "s3", "name": "丙路", "state": "missing", "division": "990121100"},
    {
        "id": "s4",
        "name": "丁路",
        "state": "intact",
        "patrol_round": "旧",
        "last_patrol": "2025-03-01",
    },
    {"id": "s5", "name": "戊路", "state": "intact", "next_patrol": "2026-02-28"},
    {"id": "s6", "name": "己路", "state": "intact", "next_patrol": "2026-03-01"},
]
PROTECTED = [
    {"id": "p1", "name": "灈阳", "category": "千年古镇"},
    {"id": "p2", "name": "嵖岈山", "category": "千年古地名", "measures": "立碑"},
]
RURAL = [
    {
        "id": "r1",
        "name": "东一镇",
        "division": "990121100",
        "goal_reached": False,
        "roads_named": 1,
    },
    {
        "id": "r2",
        "name": "东一镇",
        "division": "990121100",
        "goal_reached": True,
        "counted_on": "2026-02-01",
        "roads_named": 4,
    },
    {"id": "r3", "name": "东二镇", "division": "990121101", "goal_reached": True},
    {
        "id": "r4",
        "name": "东二镇",
        "division": "990121101",
        "goal_reached": False,
        "counted_on": "2026-12-31",
    },
    {"id": "r5", "name": "东三镇", "division": "990121102", "goal_reached": False},
]
RESERVED = [
    {"id": "n1", "name": "清源路", "area": "东部新区", "reserved_until": "2026-02-28"},
    {"id": "n2", "name": "清泉路", "area": "东部新区", "reserved_until": "2026-03-01"},
    {
        "id": "n3",
        "name": "清波路",
        "area": "南部新区",
        "reserved_until": "2020-01-01",
        "state": "used",
    },
]
ARCHIVES = [
    {"id": "a1", "number": "2025-1", "name": "甲", "year": 2025, "pages": 3},
    {"id": "a2", "number": "2024-1", "name": "乙", "year": 2024, "retention": "ten_years"},
    {"id": "a3", "number": "2025-2", "name": "丙", "year": 2025, "pages": 4},
]
ROWS = {
    "name_signs": SIGNS,
    "protected_names": PROTECTED,
    "rural_naming": RURAL,
    "reserved_names": RESERVED,
    "name_archives": ARCHIVES,
}


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    made = city_in(tmp_path_factory.mktemp("listed") / "store", simulated=True)
    with made.store.write() as writing:
        writing.add_standards(goal().standards)
        for register, rows in ROWS.items():
            writing.add(Collection(register), name_records(register, *rows))
    yield made
    made.store.close()


def goal() -> StandardBook:
    """Nanyang's goal, as if it were that of the fictional city."""
    from dataclasses import replace

    (own,) = standards().about(TOPIC_RURAL_NAMING)
    return StandardBook((replace(own, id="goal", adcode="990100", place="虚构市"),), "fictional")


def listed(city, register, view=None, **asked):
    return name_list(city, ListRequest(register, view, **asked))


def ids(found) -> list[str]:
    return [str(row["id"]) for row in found.main.rows]


def whole(found) -> dict[str, object]:
    return dict(found.summary.rows[-1])


def test_signs_are_counted_by_state_and_county(city):
    found = listed(city, "name_signs")
    counted = {row["county"]: (row["signs"], row["intact"]) for row in found.summary.rows}
    assert counted == {"中心区": (5, 4), "东丘县": (1, 0), "虚构市": (6, 4)}
    assert whole(found)["broken"] == 2


def test_broken_signs_are_those_in_any_other_state_than_intact(city):
    assert sorted(ids(listed(city, "name_signs", "broken"))) == ["s2", "s3"]


def test_a_sign_is_overdue_the_day_after_its_next_patrol_or_the_interval(city):
    found = listed(city, "name_signs", "overdue")
    told = {row["id"]: (row["overdue_days"], row["reason"]) for row in found.main.rows}
    assert told == {"s3": (None, "没有巡检记录"), "s5": (1, "下次巡检日已过")}
    shorter = listed(city, "name_signs", "overdue", interval_days=364)
    (late,) = [row for row in shorter.main.rows if row["id"] == "s4"]
    assert (late["overdue_days"], late["reason"]) == (1, "距上次巡检超过 364 天")
    assert shorter.parameters == {"interval_days": 364}
    assert any("超过 364 天" in note for note in shorter.notes)


@pytest.mark.parametrize("days", [0, 3651])
def test_an_interval_out_of_its_range_is_refused(city, days):
    with pytest.raises(InvalidInput, match="1 至 3650 天"):
        listed(city, "name_signs", "overdue", interval_days=days)


def test_rounds_show_how_many_of_all_signs_were_inspected(city):
    found = listed(city, "name_signs", "progress")
    told = [(row["round"], row["inspected"], row["signs"]) for row in found.main.rows]
    assert told == [("一", 2, 6), ("旧", 1, 6)]
    assert [row["percent"] for row in found.main.rows] == [33.3, 16.7]
    assert {row["county"]: row["inspected"] for row in found.summary.rows}["东丘县"] == 0


def test_protected_names_without_measures_stand_apart(city):
    assert len(ids(listed(city, "protected_names"))) == 2
    found = listed(city, "protected_names", "unprotected")
    assert ids(found) == ["p1"]
    assert (whole(found)["with_measures"], whole(found)["without"]) == (1, 1)


def test_rural_naming_takes_the_latest_count_of_each_township(city):
    found = listed(city, "rural_naming", "progress", division="990121")
    told = {row["name"]: (row["goal_reached"], row["roads_named"]) for row in found.main.rows}
    assert told["东一镇"] == (True, 4)
    assert told["东二镇"][0] is True, "a count of a day ahead does not count yet"
    assert told["东三镇"][0] is False
    assert told["东四镇"] == (None, None)


def test_rural_naming_shows_numerator_denominator_and_the_goal_with_its_source(city):
    found = listed(city, "rural_naming", "progress", division="990121")
    (row,) = found.summary.rows
    assert (row["numerator"], row["denominator"], row["unrecorded"]) == (2, 8, 5)
    assert (row["percent"], row["target"], row["meets"]) == ("25.00", "40", False)
    assert any("2025年南阳市民政工作会议" in note for note in found.notes)
    city_row = whole(listed(city, "rural_naming", "progress"))
    assert (city_row["county"], city_row["numerator"], city_row["denominator"]) == ("虚构市", 2, 48)


@pytest.mark.parametrize(("target", "meets"), [("25", True), ("25.01", False), ("0", True)])
def test_the_goal_is_met_at_its_figure(city, target, meets):
    asked = {"division": "990121", "target": Decimal(target)}
    found = listed(city, "rural_naming", "progress", **asked)
    assert whole(found)["meets"] is meets
    assert any("由查询人给定" in note for note in found.notes)


def test_a_city_without_a_goal_of_its_own_is_not_compared(tmp_path):
    made = city_in(tmp_path / "store")
    found = listed(made, "rural_naming", "progress")
    assert whole(found)["meets"] is None
    assert any("没有本地的目标值" in note for note in found.notes)
    assert whole(found)["percent"] == "0.00"


def test_the_recorded_goal_holds_in_nanyang_only():
    from civgeo.domain.division import DivisionCode

    day = date(2026, 3, 1)
    book = standards()
    assert book.choose(TOPIC_RURAL_NAMING, DivisionCode.parse("411302"), day).value == 40
    assert book.choose(TOPIC_RURAL_NAMING, DivisionCode.parse("411702"), day) is None
    assert book.choose(TOPIC_RURAL_NAMING, DivisionCode.parse("411302"), date(2025, 3, 25)) is None


def test_all_counts_of_rural_naming_are_listed_the_latest_first(city):
    found = listed(city, "rural_naming", "list")
    assert ids(found)[:2] == ["r2", "r1"]
    assert whole(found)["roads_named"] == 4


def test_a_reserved_name_expires_the_day_after_its_term(city):
    assert ids(listed(city, "reserved_names", "expired")) == ["n1"]
    found = listed(city, "reserved_names")
    areas = {row["area"]: (row["names"], row["expired"], row["used"]) for row in found.summary.rows}
    assert areas == {"东部新区": (2, 1, 0), "南部新区": (1, 0, 1)}


def test_archives_are_counted_by_year(city):
    found = listed(city, "name_archives")
    told = [(row["year"], row["records"], row["pages"]) for row in found.summary.rows]
    assert told == [(2024, 1, None), (2025, 2, 7)]
    assert ids(found) == ["a2", "a1", "a3"]


@pytest.mark.parametrize("key", ["state", "状况"])
def test_properties_choose_records_by_name_or_title_and_by_value_or_word(city, key):
    for value in ("broken", "损坏"):
        assert ids(listed(city, "name_signs", where={key: value})) == ["s2"]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"view": "map"}, "没有“map”清单"),
        ({"where": {"颜色": "红"}}, "没有属性“颜色”"),
        ({"where": {"状况": "飞走"}}, "状况“飞走”"),
        ({"division": "99"}, "没有区划"),
        ({"division": "x"}, "不合格式"),
    ],
)
def test_what_cannot_be_listed_is_said(city, asked, message):
    with pytest.raises((InvalidInput, NotFound), match=message):
        listed(city, "name_signs", **asked)


def test_an_unknown_register_is_said(city):
    with pytest.raises(NotFound, match="没有登记表“place_names”的清单"):
        listed(city, "place_names")


@pytest.mark.parametrize(
    ("register", "view"), [(register, view) for register, own in VIEWS.items() for view in own]
)
def test_every_list_is_a_workbook_with_notes_and_is_empty_in_an_empty_register(
    city, tmp_path, register, view
):
    found = listed(city, register, view)
    book = load_workbook(io.BytesIO(list_workbook(found)))
    assert len(book.sheetnames) == 3
    assert book.worksheets[0].max_row == len(found.main.rows) + 1
    notes = [row[0] for row in book["说明"].values]
    assert {"内部工作用", "模拟数据：由程序生成，不是真实数据，不得用于决策"} <= set(notes)
    assert list_document(found)["simulated"] is True
    empty = city_in(tmp_path / "empty")
    nothing = name_list(City(empty.store, TODAY), ListRequest(register, view))
    assert nothing.simulated is False
    assert list_workbook(nothing)
