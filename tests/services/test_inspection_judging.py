"""Laws of judging: twice is once, and an item that nobody filled in is never a record."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civgeo.domain.boundary_forms import MarkerState
from civgeo.domain.field_results import FieldFile, FileHead
from civgeo.domain.result_reading import field_file
from civgeo.services.inspection_judging import Judged, judged
from civgeo.services.inspection_records import LineRegister, line_register
from field_specimens import LINE_CODE, SIDES, TODAY, boundary_city
from services.field_result_files import MARKERS, place_of

HEAD = FileHead(line=LINE_CODE, round=5, side=SIDES[0], datum="EPSG:4490")
offsets = st.none() | st.sampled_from([0.0, 0.00001, 0.0001, 0.005, 1.0])
items = st.builds(
    lambda place, state, day, offset, found, remark: {
        "marker": MARKERS[place]["id"],
        "inspected_on": day,
        "state": state,
        "longitude": None if offset is None else place_of(place)[0],
        "latitude": None if offset is None else place_of(place)[1] + offset,
        "witnesses": [{"name": "杨树", "found": found}],
        "remark": remark,
    },
    st.integers(0, 5),
    st.none() | st.sampled_from([state.value for state in MarkerState if state != "unknown"]),
    st.sampled_from(["2026-05-20", "2026-05-21", None, "2027-01-01"]),
    offsets,
    st.none() | st.booleans(),
    st.none() | st.sampled_from(["草", "<b>"]),
)


@pytest.fixture(scope="module")
def register(tmp_path_factory) -> LineRegister:
    city = boundary_city(tmp_path_factory.mktemp("judging") / "store")
    with city.store, city.store.read() as reading:
        return line_register(reading, LINE_CODE, 5)


def judge(register: LineRegister, given_: list[dict[str, object]]) -> Judged:
    file: FieldFile = replace(field_file({"markers": given_}), head=HEAD)
    return judged(register, file, {}, tolerance_m=1.0, today=TODAY)


@settings(max_examples=60, deadline=None)
@given(st.lists(items, max_size=6))
def test_judging_what_was_recorded_records_nothing_more(register, given_) -> None:
    first = judge(register, given_)
    grown = replace(register, recorded=(*register.recorded, *first.records))
    again = judge(grown, given_)
    assert again.records == ()
    assert again.repeated == first.repeated + len(first.records)


@settings(max_examples=40, deadline=None)
@given(st.lists(items, max_size=6))
def test_every_item_is_a_record_a_repetition_or_a_finding(register, given_) -> None:
    found = judge(register, given_)
    filled = field_file({"markers": given_}).markers
    told = {finding.place for finding in found.findings}
    dated = [item for item in filled if item.inspected_on and item.inspected_on <= TODAY]
    assert len(found.records) + found.repeated == len(dated)
    assert {item.place for item in filled if item not in dated} <= told
    assert all(record.inspected_on <= TODAY for record in found.records)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 23), max_size=24))
def test_items_that_nobody_filled_in_are_never_records(register, places) -> None:
    empty = [{"marker": MARKERS[place]["id"], "state": "", "witnesses": []} for place in places]
    found = judge(register, empty)
    assert (found.records, found.repeated, found.findings) == ((), 0, ())


def test_days_are_those_of_the_round(register) -> None:
    late = replace(
        register,
        round=replace(
            register.round, days={**register.round.days, "started_on": date(2026, 5, 21)}
        ),
    )
    item = {"marker": MARKERS[0]["id"], "state": "intact", "inspected_on": "2026-05-20"}
    assert judge(register, [item]).findings == ()
    [finding] = judge(late, [item]).findings
    assert "2026-05-21 至 2026-11-30" in finding.message
