"""Results out of plain values: what fits is taken, the rest is told with its text."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civgeo.domain.boundary_forms import MarkerState
from civgeo.domain.field_results import FieldFile, MarkerResult, ResultFault
from civgeo.domain.result_reading import day_in, field_file
from civgeo.domain.round_forms import MarkerAction


def read(**item: object) -> FieldFile:
    return field_file({"markers": [{"number": "2223001Q", "state": "intact", **item}]})


def marker(**item: object) -> MarkerResult:
    return read(**item).markers[0]


@pytest.mark.parametrize(
    "text",
    ["2026-05-20", "2026/5/20", "2026年5月20日", "２０２６-05-20", "2026-05-20T08:30:00+08:00"],
)
def test_days_are_read_as_people_write_them(text: str) -> None:
    assert day_in(text) == date(2026, 5, 20)


@pytest.mark.parametrize("text", ["2026-02-30", "20日", "", None, [], "26-5-20"])
def test_what_is_no_day_is_none(text: object) -> None:
    assert day_in(text) is None


def test_words_of_forms_and_of_machines_mean_the_same() -> None:
    assert marker(state="移位").state is marker(state="moved").state is MarkerState.MOVED
    assert marker(actions=["描红", "cleared"]).actions == (
        MarkerAction.CLEARED,
        MarkerAction.REPAINTED,
    )
    checks = [{"name": "杨树", "found": "是"}, {"name": "石碑", "found": "no"}]
    assert [check.found for check in marker(witnesses=checks).witnesses] == [True, False]


def test_numbers_may_be_texts() -> None:
    found = marker(longitude="114.02", latitude=33, height_m="８８.５")
    assert (found.longitude, found.latitude, found.height_m) == (114.02, 33.0, 88.5)


@pytest.mark.parametrize(
    ("key", "given_"),
    [
        ("state", "很好"),
        ("longitude", "东经114度"),
        ("longitude", True),
        ("height_m", 1e300),
        ("height_m", [1]),
        ("inspected_on", "昨天"),
        ("remark", "长" * 2001),
        ("actions", "清障"),
        ("actions", ["炸毁"]),
        ("witnesses", [3]),
        ("photos", [{"slot": "上面", "name": "a.jpg"}]),
    ],
)
def test_a_cell_that_cannot_be_read_is_told_and_the_rest_is_kept(key: str, given_: object) -> None:
    found = (
        read(**({"state": "intact"} | {key: given_}), height_m=1.0)
        if key != "height_m"
        else (read(height_m=given_, remark="有"))
    )
    assert len(found.markers) == 1
    [finding] = found.findings
    assert (finding.fault, finding.subject) == (ResultFault.UNREADABLE, "2223001Q")
    assert finding.raw
    assert len(finding.raw) <= 200


def test_unknown_keys_are_told_at_every_level() -> None:
    found = field_file({"colour": 1, "markers": [{"number": "1", "smell": "x", "state": "intact"}]})
    assert [item.fault for item in found.findings] == [ResultFault.UNKNOWN_KEY] * 2


def test_an_item_that_nobody_filled_in_is_no_result() -> None:
    witness = {"name": "杨树", "found": None, "grid_azimuth": None, "distance_m": ""}
    empty = {"marker": "m", "number": "1", "state": None, "witnesses": [witness], "photos": []}
    segment = {"segment": "a/b", "answers": {"dispute": None, "note": " "}}
    found = field_file({"markers": [empty], "segments": [segment]})
    assert (found.markers, found.segments, found.empty, found.findings) == ((), (), 2, ())


def test_a_date_alone_is_told_and_is_no_result() -> None:
    found = field_file({"markers": [{"number": "1", "inspected_on": "2026-05-20"}]})
    assert (found.empty, found.findings[0].fault) == (1, ResultFault.DATE_ONLY)


def test_texts_keep_their_signs_and_lose_what_cannot_be_seen() -> None:
    assert marker(remark="<b>=1+1</b>\u202e\x07").remark == "<b>=1+1</b>"


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)
names = st.sampled_from(
    [
        "marker",
        "number",
        "state",
        "actions",
        "longitude",
        "witnesses",
        "photos",
        "remark",
        "answers",
    ]
)


@settings(max_examples=80)
@given(st.dictionaries(names, plain, max_size=6), st.dictionaries(names, plain, max_size=4))
def test_any_values_are_read_without_an_error(item, segment) -> None:
    found = field_file({"markers": [item], "segments": [segment], "round": 5})
    assert len(found.markers) + len(found.segments) + found.empty == 2
