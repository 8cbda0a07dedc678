import itertools
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civgeo.domain.history import (
    Edit,
    Fault,
    Link,
    broken_links,
    canonical,
    entry_hash,
    moment_text,
)
from civgeo.domain.period import Period, amended, run_around, timeline
from civgeo.errors import InvalidInput

DAYS = st.integers(1, 40).map(lambda n: date(2000, 1, 1) + timedelta(days=n))
BOUNDS = st.tuples(st.none() | DAYS, st.none() | DAYS).filter(
    lambda pair: pair[0] is None or pair[1] is None or pair[0] < pair[1]
)
ASSERTED = st.lists(st.tuples(BOUNDS, st.none() | st.sampled_from("甲乙丙")), max_size=8).map(
    lambda rows: [Period(*bounds, state) for bounds, state in rows]
)


@given(ASSERTED, DAYS)
def test_a_day_has_the_state_of_the_last_assertion_that_holds_it(asserted, day):
    holding = [period.state for period in asserted if period.holds(day)]
    found = [period.state for period in timeline(asserted) if period.holds(day)]
    assert found == holding[-1:]


@given(ASSERTED)
def test_periods_of_a_timeline_follow_each_other_without_overlap(asserted):
    found = timeline(asserted)
    for before, after in itertools.pairwise(found):
        assert before.end is not None
        assert after.start is not None
        assert before.end <= after.start


@given(ASSERTED, BOUNDS, DAYS)
def test_a_change_touches_the_days_it_is_for_and_no_others(asserted, bounds, day):
    before = timeline(asserted)
    made = amended(before, *bounds, lambda state: state + "新")
    after = timeline([*before, *made])
    was = next((period.state for period in before if period.holds(day)), None)
    now = next((period.state for period in after if period.holds(day)), None)
    inside = Period(*bounds, None).holds(day)
    assert now == (was + "新" if inside and was is not None else was)


@given(ASSERTED, DAYS)
def test_the_existence_around_a_day_holds_the_day_where_the_record_exists(asserted, day):
    periods = timeline(asserted)
    now = next((period.state for period in periods if period.holds(day)), None)
    run = run_around(periods, day)
    assert (run is None) == all(period.state is None for period in periods)
    if run is not None:
        assert run.holds(day) == (now is not None)
        assert now is None or run.state == now


def test_a_renaming_of_1983_leaves_the_days_before_it_alone():
    renamed = date(1983, 5, 1)
    periods = timeline([Period(date(1950, 1, 1), None, "旧"), Period(renamed, None, "新")])
    assert [(p.start, p.end, p.state) for p in periods] == [
        (date(1950, 1, 1), renamed, "旧"),
        (renamed, None, "新"),
    ]
    run = run_around(periods, date(1970, 1, 1))
    assert (run.start, run.end, run.state) == (date(1950, 1, 1), None, "旧")


def test_a_gap_parts_two_existences():
    gap = Period(date(1990, 1, 1), date(1995, 1, 1), None)
    periods = timeline([Period(None, None, "甲"), gap])
    found = [
        (run.start, run.end)
        for day in (date(1980, 1, 1), date(1992, 1, 1), date(2000, 1, 1))
        if (run := run_around(periods, day))
    ]
    assert found == [(None, gap.start), (None, gap.start), (gap.end, None)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"actor": " "},
        {"document": ""},
        {"valid_from": date(2020, 1, 1), "valid_to": date(2020, 1, 1)},
    ],
)
def test_an_edit_without_actor_document_or_a_day_is_refused(wrong):
    with pytest.raises(InvalidInput):
        Edit(**{"actor": "张三", "document": "豫民〔2026〕1号"} | wrong)


def test_canonical_text_does_not_depend_on_the_order_of_the_keys():
    assert canonical({"b": 1.5, "a": None}) == canonical({"a": None, "b": 1.5})
    assert canonical({"名": "𠮷"}) == '{"名":"𠮷"}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"a": float("nan")})


def test_a_moment_is_written_in_utc_and_needs_a_zone():
    china = timezone(timedelta(hours=8))
    assert moment_text(datetime(2026, 3, 1, 8, tzinfo=china)) == "2026-03-01T00:00:00.000Z"
    with pytest.raises(InvalidInput, match="时区"):
        moment_text(datetime(2026, 3, 1))  # noqa: DTZ001 the fault under test


def _chain(county, sequences):
    links, seal = [], ""
    for n in sequences:
        content = (n, county, f"state {n}")
        link = Link("estates", county, f"e{n}", n, content, seal, entry_hash(seal, content))
        links.append(link)
        seal = link.hash
    return links


def test_two_chains_without_a_fault_give_no_finding():
    links = sorted(
        [*_chain("411702", [1, 3, 5]), *_chain("411721", [2, 4])], key=lambda x: x.sequence
    )
    assert list(broken_links(links)) == []


def test_the_first_fault_of_a_chain_is_found_with_its_place():
    whole = _chain("411702", range(1, 9))
    rewritten = [*whole[:4], Link(*_fields(whole[4], content=(5, "411702", "other"))), *whole[5:]]
    dropped = [*whole[:4], *whole[5:]]
    [finding] = broken_links(rewritten)
    assert (finding.fault, finding.sequence) == (Fault.SEAL, 5)
    [finding] = broken_links(dropped)
    assert (finding.fault, finding.sequence) == (Fault.LINK, 6)
    assert "第 6 条历史" in finding.message


def _fields(link, **changed):
    names = ("register", "county", "entity", "sequence", "content", "previous", "hash")
    return [changed.get(name, getattr(link, name)) for name in names]


def test_the_seal_covers_every_part_of_the_content_and_the_seal_before():
    content = (1, "estates", None, "甲")
    seals = {
        entry_hash("", content),
        entry_hash("a", content),
        entry_hash("", (1, "estates", "", "甲")),
        entry_hash("", (1, "estates", "甲", None)),
        entry_hash("", (2, "estates", None, "甲")),
    }
    assert len(seals) == 5
