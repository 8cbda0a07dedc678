"""The printed checklist, read back from the PDF: rows on one line, blocks on one page."""

from collections.abc import Iterator
from dataclasses import replace

import pypdfium2
import pytest

from civgeo.domain.field_form import ACTIONS, QUESTIONS, STATES
from civgeo.reports.field_checklist_pdf import checklist_pdf
from civgeo.reports.field_marker_page import MarkerPictures
from field_specimens import HOSTILE, specimen_package

MM = 72 / 25.4


@pytest.fixture(scope="module")
def package():
    return specimen_package()


@pytest.fixture(scope="module")
def document(package) -> Iterator[pypdfium2.PdfDocument]:
    found = pypdfium2.PdfDocument(package.files["checklist.pdf"])
    yield found
    found.close()


def placed(page: pypdfium2.PdfPage, words: str) -> list[tuple[float, float, float, float]]:
    """Box of each occurrence of `words`: left, bottom, right, top in points."""
    text = page.get_textpage()
    found, search = [], text.search(words)
    while (hit := search.get_next()) is not None:
        boxes = [text.get_charbox(hit[0] + place) for place in range(hit[1])]
        left, bottom, right, top = zip(*boxes, strict=True)
        found.append((min(left), min(bottom), max(right), max(top)))
    search.close()
    text.close()
    return found


def squares(page: pypdfium2.PdfPage) -> list[tuple[float, float]]:
    """Left and middle of every check box."""
    boxes = [shape.get_bounds() for shape in page.get_objects() if shape.type == 2]
    return [
        (left, (bottom + top) / 2)
        for left, bottom, right, top in boxes
        if abs((right - left) - 3 * MM) < 1.6 and abs((top - bottom) - 3 * MM) < 1.6
    ]


def assert_one_line(page: pypdfium2.PdfPage, options: list[str], above: str) -> None:
    """The options follow each other on the line of `above`, each behind a check box of its own."""
    [title] = placed(page, above)
    middle = (title[1] + title[3]) / 2
    boxes = [x for x, y in squares(page) if abs(y - middle) < 4]
    assert len(boxes) >= len(options)
    right = title[2]
    for words in options:
        own = [box for box in placed(page, words) if abs((box[1] + box[3]) / 2 - middle) < 4]
        own = [box for box in own if box[0] > right]
        assert own, words
        assert any(right <= x < own[0][0] for x in boxes), words
        right = own[0][2]
    assert right < 210 * MM


def test_a_page_for_each_marker_after_cover_and_route_and_a_summary(document, package):
    assert len(document) == 2 + len(package.sheet.markers) + 1
    for number, marker in enumerate(package.sheet.markers):
        assert placed(document[2 + number], f"界桩 {marker.number}")


def test_the_check_boxes_of_a_row_stand_on_one_line(document):
    for number in (3, 7, 14):
        page = document[number]
        assert_one_line(page, [label for _, label in STATES], "界桩状况")
        assert_one_line(page, [label for _, label in ACTIONS], "处理措施")
        assert_one_line(page, ["CGCS2000", "WGS-84", "GCJ-02", "BD-09", "其他"], "实测坐标系")


def test_the_questions_of_a_segment_stand_on_one_line_with_two_boxes_each(document):
    page = document[3]
    middles = {
        round((box[1] + box[3]) / 2) for _, title in QUESTIONS for box in placed(page, title)
    }
    assert max(middles) - min(middles) <= 1
    row = [x for x, y in squares(page) if abs(y - min(middles)) < 4]
    assert len(row) == 2 * len(QUESTIONS)


def test_nothing_stands_outside_the_margins(document):
    for page in document:
        width, height = page.get_size()
        for shape in page.get_objects():
            left, bottom, right, top = shape.get_bounds()
            assert left >= 12 * MM
            assert right <= width - 12 * MM
            assert bottom >= 6 * MM
            assert top <= height - 6 * MM


def test_registered_texts_stand_there_as_texts_and_both_sides_sign(document):
    assert placed(document[4], HOSTILE[0])
    assert placed(document[5], "南坪县检查人（签字）")
    assert placed(document[5], "西岭县检查人（签字）")
    assert placed(document[0], "模拟数据")
    assert placed(document[0], "密级：内部")


def test_sketch_and_overview_are_on_the_page(document):
    images = [shape for shape in document[5].get_objects() if shape.type == 3]
    assert len(images) == 2


def test_a_long_walk_description_moves_the_marker_to_the_next_page_as_a_whole(package):
    sheet, pictures = package.sheet, {}
    for marker in sheet.markers:
        pictures[marker.id] = MarkerPictures(None, package.files["maps/001-overview.png"])
    long = replace(sheet.stops[1].segment, course="沿乡间土路中心线向东，" * 90)
    stops = (sheet.stops[0], replace(sheet.stops[1], segment=long))
    made = checklist_pdf(
        replace(sheet, stops=stops, course="沿河道中心线行。" * 700),
        pictures,
        package.files["maps/line.png"],
    )
    pages = list(pypdfium2.PdfDocument(made))
    holding = [
        number
        for number, page in enumerate(pages)
        if placed(page, "界桩 2223002Q（") or placed(page, "第 2 个，共 2 个")
    ]
    [number] = holding
    assert placed(pages[number], "界桩状况")
    assert placed(pages[number], "南坪县检查人（签字）")
    [before] = [number for number, page in enumerate(pages) if placed(page, "界线段 2223001Q")]
    assert number == before + 1
    assert placed(pages[before], "情况说明")


def test_a_page_drawn_as_a_picture_is_neither_empty_nor_black(document):
    picture = document[5].render(scale=1).to_pil().convert("L")
    width, height = picture.size
    assert width / height == pytest.approx(210 / 297, rel=0.01)
    dark = sum(count for shade, count in enumerate(picture.histogram()) if shade < 128)
    assert 0.02 < dark / (width * height) < 0.2
