from hypothesis import given, settings
from hypothesis import strategies as st

from civgeo.domain.bearings import Direction16
from civgeo.domain.walk_description import (
    DifferenceKind,
    WalkLeg,
    compare_walks,
    read_walk,
    written_walk,
)

WALK = [
    WalkLeg("1617001Q号界桩", "1617002Q号界桩", Direction16.NE, "汝河", 3200.0),
    WalkLeg("1617002Q号界桩", "拐点1", Direction16.ESE, "界线", 850.0),
    WalkLeg("拐点1", "1617003A号界桩", Direction16.S, "大虎山山脊", 1200.0),
]
ON_FILE = (
    "1、自1617001Q号界桩起，沿汝河向东北行约3.2公里，至1617002Q号界桩；"
    "再沿界线向东偏东南行850米至拐点1；转向南行1.2千米，到1617003A号界桩。界线由此止。"
)


def kinds(walk, filed):
    return [each.kind for each in compare_walks(walk, filed)]


def test_a_description_as_the_bureaus_write_it_is_read_leg_by_leg():
    legs, unread = read_walk(ON_FILE)
    assert [(leg.start, leg.end, leg.direction, leg.distance_m) for leg in legs] == [
        (leg.start, leg.end, leg.direction, leg.distance_m) for leg in WALK
    ]
    assert [leg.along for leg in legs] == ["汝河", "界线", "界线"]
    assert unread == ["界线由此止"]


names = st.from_regex(r"[0-9]{7}[ABQ]号界桩", fullmatch=True)
legs = st.builds(
    WalkLeg,
    names,
    names,
    st.sampled_from(Direction16),
    st.sampled_from(["界线", "汝河", "大别山山脊", "G107"]),
    st.integers(0, 9_999_999).map(lambda metres: metres // 10 * 10.0),
)


@settings(deadline=None)
@given(st.lists(legs, max_size=6))
def test_what_is_written_is_read_back(walk):
    assert read_walk(written_walk(walk)) == (walk, [])
    assert read_walk(written_walk(walk))[0] == walk


@settings(deadline=None)
@given(st.lists(legs, max_size=6))
def test_a_walk_does_not_differ_from_itself(walk):
    assert compare_walks(walk, walk) == []


@settings(deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read_or_left_as_unread_sentences(text):
    legs, unread = read_walk(text)
    assert all(leg.distance_m >= 0 for leg in legs)
    assert all(isinstance(sentence, str) for sentence in unread)


def test_direction_distance_and_end_that_differ_are_told_of_their_leg():
    filed = [
        WALK[0],
        WalkLeg("1617002Q号界桩", "陈庄", Direction16.SE, "界线", 850.0),
        WalkLeg("陈庄", "1617003A号界桩", Direction16.S, "界线", 1500.0),
    ]
    found = compare_walks(WALK, filed)
    assert [each.kind for each in found] == [
        DifferenceKind.DIRECTION,
        DifferenceKind.END,
        DifferenceKind.DISTANCE,
    ]
    assert [each.leg for each in found] == [2, 2, 3]


def test_distances_are_rounded_on_purpose_and_differ_only_beyond_both_limits():
    leg = WALK[0]
    assert kinds([leg], [WalkLeg(leg.start, leg.end, leg.direction, "", 3360.0)]) == []
    assert kinds([leg], [WalkLeg(leg.start, leg.end, leg.direction, "", 3400.0)]) == [
        DifferenceKind.DISTANCE
    ]


def test_a_stretch_cut_otherwise_is_compared_as_a_whole():
    whole = WalkLeg("1617002Q界桩", "1617003A界桩", Direction16.SE, "界线", 2050.0)
    assert kinds(WALK, [WALK[0], whole]) == [DifferenceKind.LEGS]


def test_legs_beyond_the_last_common_end_are_only_here_or_only_on_file():
    assert kinds(WALK, WALK[:1]) == [DifferenceKind.ONLY_HERE] * 2
    assert kinds(WALK[:1], WALK) == [DifferenceKind.ONLY_ON_FILE] * 2
