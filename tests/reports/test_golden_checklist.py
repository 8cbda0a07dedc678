"""A page of the checklist as a picture: any typeface passes, check boxes off their line do not."""

from collections.abc import Iterable
from dataclasses import replace

import pypdfium2
import pytest
from PIL import Image

from civgeo.reports.field_marker_page import MarkerPictures, marker_block, segment_block
from civgeo.reports.form_paper import CELL, FormPaper
from field_specimens import specimen_package
from golden_pictures import DOTS_PER_MM, Golden, other_typeface

GOLDEN = Golden("checklist-page", 2.0)
MANY = 4
"""Rows with so many check boxes take the faults."""


class Larger(FormPaper):
    """Letters five per cent larger."""

    def set_font(self, family=None, style="", size=0):
        super().set_font(family, style, size * 1.05)


class Wrapped(FormPaper):
    """The last check box of a long row stands on a second line within the row."""

    def options(self, x: float, top: float, height: float, options: Iterable[str], size=CELL):
        first, rest = list(options), []
        if len(first) >= MANY:
            first, rest = first[:-1], first[-1:]
            top -= 1.6
        end = super().options(x, top, height, first, size)
        return super().options(x, top + 3.2, height, rest, size) if rest else end


class Crowded(FormPaper):
    """The check boxes of a long row stand eight millimetres apart, over each other's words."""

    def options(self, x: float, top: float, height: float, options: Iterable[str], size=CELL):
        words = list(options)
        if len(words) < MANY:
            return super().options(x, top, height, words, size)
        return max(
            super(Crowded, self).options(x + 8.0 * number, top, height, [word], size)
            for number, word in enumerate(words)
        )


def page(paper: FormPaper) -> pypdfium2.PdfDocument:
    """The page of the sixth marker, drawn on `paper`; the facts fit their boxes in any typeface."""
    package = specimen_package()
    stop = next(stop for stop in package.sheet.stops if stop.markers[0].order == 6)
    short = {"图上经纬度": "113.57，32.81"}
    facts = tuple((title, short.get(title, text)) for title, text in stop.markers[0].facts)
    marker = replace(stop.markers[0], facts=facts)
    pictures = (package.files[f"maps/006-{kind}.png"] for kind in ("sketch", "overview"))
    assert stop.segment is not None
    segment_block(paper, stop.segment)
    marker_block(paper, package.sheet, marker, MarkerPictures(*pictures))
    return pypdfium2.PdfDocument(paper.finished())


def drawn_on(kind: type[FormPaper]) -> Image.Image:
    document = page(kind("坪岭线第五轮联合检查外业记录表", "模拟数据　密级：内部"))
    picture = document[0].render(scale=DOTS_PER_MM * 25.4 / 72).to_pil().convert("L")
    document.close()
    return picture


@pytest.fixture(scope="module")
def other(tmp_path_factory) -> type[FormPaper]:
    """Paper with another typeface."""
    document = page(FormPaper("坪岭线第五轮联合检查外业记录表", "模拟数据　密级：内部"))
    words = document[0].get_textpage().get_text_range() + " 　"
    document.close()
    file = other_typeface(tmp_path_factory.mktemp("typeface"), words)

    class Other(FormPaper):
        def add_font(self, family=None, style="", fname=None, **others):
            super().add_font(family, style, file, **others)

    return Other


def test_the_page_of_a_marker_is_as_its_golden():
    picture = drawn_on(FormPaper)
    GOLDEN.renew_if_asked(picture)
    assert GOLDEN.faults(picture) == []


def test_larger_letters_pass_the_golden():
    assert GOLDEN.faults(drawn_on(Larger)) == []


def test_another_typeface_passes_the_golden(other):
    assert GOLDEN.faults(drawn_on(other)) == []


@pytest.mark.parametrize("kind", [Wrapped, Crowded])
def test_check_boxes_on_two_lines_or_over_words_fail_the_golden(kind):
    assert len(GOLDEN.faults(drawn_on(kind))) >= 3
