from itertools import combinations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civgeo.analysis.name_similarity import Likeness, double_places, near_duplicates

LIKENESS = Likeness(
    sounds={"查": ("zha", "cha"), "嵖": ("cha",), "李": ("li",), "里": ("li",), "王": ("wang",)},
    shapes={"查": (1,), "嵖": (1,), "未": (2,), "末": (2,)},
)


def pairs(names, *, within=None, fresh=None):
    rows = pd.Series(names, dtype=object)
    groups = pd.Series(within or ["a"] * len(names))
    new = pd.Series(fresh if fresh is not None else [True] * len(names))
    found = near_duplicates(rows, groups, new, LIKENESS)
    columns = (found[name].tolist() for name in ("first", "second", "reason", "differs"))
    return list(zip(*columns, strict=True))


def test_a_character_of_like_sound_makes_names_nearly_one():
    assert pairs(["查岈山", "嵖岈山"]) == [(1, 0, "sound", 0)]


def test_a_character_of_like_shape_makes_names_nearly_one():
    assert pairs(["未央路", "末央路"]) == [(1, 0, "shape", 0)]


@pytest.mark.parametrize(
    "names",
    [
        ["王家庄", "李家庄"],
        ["查岈山", "嵖岈山镇"],
        ["李里庄", "里李庄"],
        ["查岈山", "查岈山"],
        ["李庄", "里庄"],
        ["李" * 21, "李" * 20 + "里"],
        [None, "李家庄"],
        [],
    ],
)
def test_other_names_are_no_pair(names):
    assert pairs(names) == []


def test_only_names_with_something_in_common_are_compared():
    assert pairs(["查岈山", "嵖岈山"], within=["a", "b"]) == []


def test_two_old_names_are_no_pair_and_the_fresh_one_comes_first():
    assert pairs(["查岈山", "嵖岈山"], fresh=[False, False]) == []
    assert pairs(["查岈山", "嵖岈山"], fresh=[True, False]) == [(0, 1, "sound", 0)]


def test_the_same_name_twice_is_paired_with_its_like_twice():
    assert [pair[:2] for pair in pairs(["查岈山", "查岈山", "嵖岈山"])] == [(2, 0), (2, 1)]


def test_a_village_and_its_committee_are_one_place():
    names = pd.Series(["新华村", "新华村民委员会", "东风村"])
    stems = pd.Series(["新华", "新华", "东风"])
    fresh = pd.Series([False, True, True])
    found = double_places(stems, pd.Series(["t"] * 3), fresh, names)
    assert found[["first", "second", "reason"]].to_numpy().tolist() == [[1, 0, "committee"]]


def alike(one: str, other: str) -> bool:
    """The rule, asked of one pair."""
    if len(one) != len(other) or not 3 <= len(one) <= 20:
        return False
    differing = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    if len(differing) != 1:
        return False
    (a, b) = differing[0]
    tables = (LIKENESS.sounds, LIKENESS.shapes)
    return any(set(table.get(a, ())) & set(table.get(b, ())) for table in tables)


NAMES = st.lists(st.text("查嵖李里王未末", min_size=2, max_size=4), max_size=12)


@given(NAMES)
def test_blocking_finds_what_comparing_every_pair_finds(names):
    found = {frozenset(pair[:2]) for pair in pairs(names)}
    asked = {
        frozenset(pair)
        for pair in combinations(range(len(names)), 2)
        if alike(names[pair[0]], names[pair[1]])
    }
    assert found == asked
