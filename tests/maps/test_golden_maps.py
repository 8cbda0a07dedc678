"""A page of a strip map and a marker sketch as pictures: any typeface passes, no fault does."""

from collections.abc import Callable
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from strip_specimens import strip_content

from civgeo.maps.marker_sketch import sketch_sheet
from civgeo.maps.strip_map import strip_sheets
from civgeo.maps.theme import MapNote
from field_specimens import specimen_package
from golden_pictures import (
    Golden,
    drawn,
    one_label_on_another,
    other_typeface,
    reset_in,
    turn_north_arrow,
)

NOTE = MapNote("坪岭线", "模拟界线", "2026-06-01", True)
GOLDENS = {"strip": Golden("strip-map", 1.5), "sketch": Golden("marker-sketch", 1.0)}


def figure_of(map_name: str) -> Figure:
    """The second page of the strip map, or the sketch of the sixth marker."""
    if map_name == "strip":
        return list(strip_sheets(strip_content(), about=NOTE))[1].figure
    sheet = specimen_package().sheet
    sketch = sketch_sheet(sheet, sheet.markers[5], NOTE, (90.0, 58.0))
    assert sketch is not None
    return sketch.figure


@pytest.fixture(params=GOLDENS)
def case(request) -> tuple[Figure, Golden]:
    return figure_of(request.param), GOLDENS[request.param]


def test_the_map_is_as_its_golden(case):
    figure, golden = case
    picture = drawn(figure)
    golden.renew_if_asked(picture)
    assert golden.faults(picture) == []


@pytest.mark.parametrize("scale", [0.95, 1.0, 1.05])
def test_another_typeface_or_size_passes_the_golden(case, scale, tmp_path: Path):
    figure, golden = case
    words = "".join(text.get_text() for text in figure.findobj(Text))
    reset_in(figure, None if scale == 0.95 else other_typeface(tmp_path, words), scale)
    assert golden.faults(drawn(figure)) == []


@pytest.mark.parametrize("fault", [turn_north_arrow, one_label_on_another])
def test_a_turned_north_arrow_and_overlapping_labels_fail_the_golden(
    case, fault: Callable[[Figure], None]
):
    figure, golden = case
    fault(figure)
    assert len(golden.faults(drawn(figure))) >= 3


def test_a_fault_is_told_by_its_place():
    figure = figure_of("sketch")
    turn_north_arrow(figure)
    across, down = (
        float(part.split()[0]) for part in GOLDENS["sketch"].faults(drawn(figure))[0].split(", ")
    )
    assert (across, down) == (pytest.approx(58, abs=4), pytest.approx(11, abs=4))
