from decimal import Decimal
from fractions import Fraction

import map_specimens as city
import pytest

from civgeo.domain.estate import EstateClass
from civgeo.maps.legend import Mark, class_number, class_rows, figure_classes, thresholds_of
from civgeo.maps.theme import State, state_of

USED = [(EstateClass.NEW, city.STANDARDS[0]), (EstateClass.EXISTING, city.STANDARDS[1])]


def test_thresholds_are_those_of_the_standards_given():
    found = thresholds_of([*USED, *USED])
    assert [item.value for item in found] == [Decimal(20), Decimal(30)]
    assert [item.text for item in found] == [
        "已建成小区标准（虚构省）",
        "新建小区标准（虚构省）",
    ]


@pytest.mark.parametrize(
    ("figure", "number"),
    [
        ("0", 0),
        ("9.99", 0),
        ("10", 1),
        ("19.9999", 1),
        ("20", 2),
        ("29.99", 2),
        ("30", 3),
        ("45", 4),
    ],
)
def test_a_figure_at_a_threshold_belongs_to_the_class_above_it(figure, number):
    assert class_number(Fraction(figure), figure_classes(thresholds_of(USED))) == number


def test_other_standards_give_other_classes():
    fifteen = city.standard("x", "existing", "15")
    classes = figure_classes(thresholds_of([(EstateClass.EXISTING, fifteen)]))
    assert [item.label for item in classes] == ["＜ 7.5", "7.5 – 15", "15 – 22.5", "≥ 22.5"]


def test_without_standards_nothing_is_graded():
    assert [item.label for item in figure_classes(())] == ["全部"]


def test_the_legend_marks_each_threshold_between_the_classes_it_parts():
    thresholds = thresholds_of(USED)
    rows = class_rows(figure_classes(thresholds), thresholds, {})
    labels = [row.label for row in rows]
    assert labels.index("30 – 45") + 1 == labels.index("30　新建小区标准（虚构省）")
    assert labels.index("20　已建成小区标准（虚构省）") + 1 == labels.index("10 – 20")
    assert sum(isinstance(row, Mark) for row in rows) == 2


def test_states_differ_in_shape_and_pattern_not_only_in_colour():
    assert len({state.shape for state in State}) == len(State)
    assert len({state.pattern for state in State}) == len(State)


@pytest.mark.parametrize(
    ("status", "meets", "state"),
    [
        ("ok", True, State.MEETS),
        ("ok", False, State.BELOW),
        ("unverified", True, State.UNVERIFIED),
        ("not_assessed", None, State.NOT_ASSESSED),
        ("undefined", None, State.UNDEFINED),
    ],
)
def test_each_status_has_its_state(status, meets, state):
    assert state_of(status, meets) is state
