from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civgeo.domain.estate import EstateClass, HandoverStage, class_by_completion

HENAN = date(2019, 1, 1)
GUIZHOU = date(2022, 3, 24)


@pytest.mark.parametrize(
    ("year", "new_from", "found"),
    [
        (2018, HENAN, EstateClass.EXISTING),
        (2019, HENAN, EstateClass.NEW),
        (2020, HENAN, EstateClass.NEW),
        (2021, GUIZHOU, EstateClass.EXISTING),
        (2022, GUIZHOU, None),
        (2023, GUIZHOU, EstateClass.NEW),
        (2022, date(2022, 1, 2), None),
        (2022, date(2022, 12, 31), None),
    ],
)
def test_year_of_completion_decides_unless_the_rule_begins_within_it(year, new_from, found):
    assert class_by_completion(year, new_from) is found


@pytest.mark.parametrize(("year", "new_from"), [(None, HENAN), (2020, None), (None, None)])
def test_unknown_year_or_rule_decides_nothing(year, new_from):
    assert class_by_completion(year, new_from) is None


@given(st.integers(1900, 2100), st.integers(1900, 2100), st.dates())
def test_later_estates_are_never_less_new(one, other, new_from):
    order = [EstateClass.EXISTING, None, EstateClass.NEW]
    first, last = sorted((one, other))
    assert order.index(class_by_completion(first, new_from)) <= order.index(
        class_by_completion(last, new_from)
    )


def test_classes_and_stages_have_chinese_labels():
    assert [part.label_zh for part in EstateClass] == ["新建", "已建成", "新旧混合"]
    assert [stage.label_zh for stage in HandoverStage] == ["规划", "建成", "验收", "移交"]
