"""The edit list of a scenario: what is taken, what is refused, and one text for equal lists."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civgeo.domain.estate import EstateClass
from civgeo.domain.facility import FacilityKind
from civgeo.domain.scenario_edits import (
    AddCrossing,
    AddEstate,
    AddFacility,
    CloseFacility,
    MoveFacility,
    ResizeFacility,
    canonical_edits,
    digest_of_edits,
    parsed_edits,
)
from civgeo.errors import InvalidInput

HERE = {"lon": 114.02, "lat": 32.98}
ADD = {"action": "add", "kind": "meal_point", "name": "助餐点", **HERE}
ESTATE = {
    "action": "add_estate",
    "name": "新苑",
    **HERE,
    "households": 900,
    "elders": 210,
    "estate_class": "new",
}
CROSSING = {"action": "add_crossing", "name": "天桥", "line": [[114.0, 33.0], [114.01, 33]]}
MOVE = {"action": "move", "facility": "f1", **HERE}
CLOSE = {"action": "close", "facility": "f1"}
RESIZE = {"action": "resize", "facility": "f1", "beds": 30}


def test_every_action_is_read_with_its_values():
    more = {"floor_area_m2": 320.5, "beds": 12, "cost_yuan": 2e6, "opens": "2027-05-01"}
    found = parsed_edits([ADD | more, ESTATE, CROSSING, MOVE, RESIZE, CLOSE])
    assert found == (
        AddFacility(
            FacilityKind.MEAL_POINT, "助餐点", 114.02, 32.98, 320.5, 12, 2e6, date(2027, 5, 1)
        ),
        AddEstate("新苑", 114.02, 32.98, 900, 210, EstateClass.NEW),
        AddCrossing("天桥", ((114.0, 33.0), (114.01, 33.0))),
        MoveFacility("f1", 114.02, 32.98),
        ResizeFacility("f1", None, 30),
        CloseFacility("f1"),
    )


def test_no_edit_is_a_scenario_like_the_present():
    assert parsed_edits("[]") == ()
    assert canonical_edits(()) == "[]"


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ("close", "应为 JSON 对象，收到“close”"),
        ({"action": "drop"}, "action 应为 add（增设设施）"),
        ({}, "收到“None”"),
        (ADD | {"colour": 1}, "“增设设施”没有键“colour”；可用的键：kind、name、lon"),
        (CLOSE | {"lon": 114}, "“关闭设施”没有键“lon”；可用的键：facility"),
        ({**ADD, "kind": "temple"}, "kind 不是已知的设施类型，收到“temple”"),
        ({**ADD, "name": " "}, "name 应为不超过 200 个字的文字"),
        ({**ADD, "name": None}, "“增设设施”缺少 name"),
        ({**ADD, "lon": 32.98, "lat": 114.02}, "lon 应在 73.5 至 136.5 度之间，收到“32.98”"),
        ({**ADD, "lon": float("nan")}, "lon 应为有限的数字"),
        ({**ADD, "lat": True}, "lat 应为数字，收到“True”"),
        ({**ADD, "lat": "33"}, "lat 应为数字，收到“33”"),
        ({**ADD, "lat": 10**400}, "lat 应为有限的数字"),
        ({**ADD, "beds": -1}, "beds 不能为负，收到“-1”"),
        ({**ADD, "beds": 1.5}, "beds 应为整数，收到“1.5”"),
        ({**ADD, "cost_yuan": 1e13}, "cost_yuan 超出可处理的范围"),
        ({**ADD, "opens": "2027-02-30"}, "opens 不是有效日期"),
        ({**ESTATE, "estate_class": "mixed"}, "应为 new（新建） 或 existing（已建成）"),
        ({**CROSSING, "line": [[114, 33]]}, "line 应有 2 至 1,000 个点，收到 1 个"),
        ({**CROSSING, "line": [[114, 33], [114, 33]]}, "line 的点都在一处"),
        ({**CROSSING, "line": [[114, 33], [114]]}, "line 第 2 点应为 [经度, 纬度]"),
        ({**CROSSING, "line": [[114, 33], [114, 99]]}, "line 第 2 点 应在 0 至 60 度之间"),
        ({**CROSSING, "line": "LINESTRING"}, "line 应为点的列表"),
        ({"action": "resize", "facility": "f1"}, "应写明 floor_area_m2 或 beds"),
    ],
)
def test_a_bad_edit_is_refused_with_its_number(edit, said):
    with pytest.raises(InvalidInput) as caught:
        parsed_edits([ESTATE, edit])
    assert caught.value.code == "bad_edits"
    assert caught.value.message.startswith("第 2 项改动：")
    assert said in caught.value.message


@pytest.mark.parametrize("later", [MOVE, RESIZE, CLOSE])
def test_a_closed_facility_is_not_changed_again(later):
    with pytest.raises(InvalidInput, match="第 3 项改动：设施“f1”已在第 1 项关闭"):
        parsed_edits([CLOSE, ADD, later])
    assert len(parsed_edits([CLOSE, later | {"facility": "f2"}])) == 2


@pytest.mark.parametrize("text", ["{", "[" * 100_000, '{"action": "close"}', '"[]"', "3"])
def test_what_is_no_list_is_refused(text):
    with pytest.raises(InvalidInput) as caught:
        parsed_edits(text)
    assert caught.value.code == "bad_edits"


def test_a_list_too_long_is_refused():
    with pytest.raises(InvalidInput, match="至多 1,000 项"):
        parsed_edits([MOVE] * 1001)


def test_equal_lists_have_one_text_and_one_digest():
    one = parsed_edits([ADD | {"beds": 12, "floor_area_m2": 300}])
    other = parsed_edits([{"floor_area_m2": 300.0, "beds": 12.0, **dict(reversed(ADD.items()))}])
    assert canonical_edits(one) == canonical_edits(other)
    assert digest_of_edits(one) == digest_of_edits(other)
    swapped = [parsed_edits([MOVE, RESIZE]), parsed_edits([RESIZE, MOVE])]
    assert len({digest_of_edits(edits) for edits in swapped}) == 2


_EDITS = st.lists(st.sampled_from([ADD, ESTATE, CROSSING, MOVE, RESIZE]), max_size=6)


@given(_EDITS, st.floats(73.5, 136.5), st.floats(0, 60))
def test_the_canonical_text_is_read_as_the_same_edits(edits, lon, lat):
    moved = [item | {"lon": lon, "lat": lat} if "lon" in item else item for item in edits]
    found = parsed_edits(moved)
    assert parsed_edits(canonical_edits(found)) == found
    assert parsed_edits(json.dumps(moved)) == found
