"""The map of names in conflict with proposed ones."""

import map_specimens as city
import name_specimens as made
import pytest
import shapely

from civgeo.domain.place_kind import PlaceKind
from civgeo.errors import CrsError
from civgeo.maps.name_conflicts import ProposedName, conflicts_map

PROPOSED = ProposedName("文化路", PlaceKind.STREET, shapely.Point(113.51, 33.02))


def conflicts(*codes: str, frame=None):
    """The first streets of the fictional city, each in conflict as it is told."""
    rows = (made.few() if frame is None else frame).iloc[: len(codes)]
    far = [1234.0 + 9000 * number for number in range(len(codes))]
    return rows.assign(entry=rows.index, proposal=0, code=list(codes), distance_m=far)


def page(found, outlines, proposals=(PROPOSED,)) -> str:
    return conflicts_map(proposals, found, outlines, about=city.ABOUT).to_single_file()


def test_each_kind_of_conflict_has_its_own_group_and_character(outlines):
    text = page(conflicts("duplicate", "homophone_toneless", "scope_unknown"), outlines)
    for words in (
        "重名",
        "近音（仅声调不同）",
        "重名范围不明",
        "拟用位置",
        "1.2 千米",
        "10.2 千米",
    ):
        assert words in text
    for glyph in ('"重"', '"近"', '"疑"', '"拟"'):
        assert glyph in text


def test_a_conflict_without_a_place_is_named_beside_the_map(outlines):
    found = conflicts("duplicate", "homophone")
    found.loc[found.index[0], "geometry"] = None
    assert "没有位置而未画出的 1 条：“文化路”" in page(found, outlines)


def test_the_same_question_gives_the_same_page(outlines):
    found = conflicts("duplicate", "homophone")
    assert page(found, outlines) == page(found, outlines)


def test_many_conflicts_gather_where_they_are_close(outlines):
    many = conflicts(*["duplicate"] * 100, frame=made.many(100))
    assert '"clustered":true' in page(many, outlines)
    assert '"clustered":true' not in page(conflicts("duplicate"), outlines)


def test_another_system_of_coordinates_is_refused(outlines):
    with pytest.raises(CrsError):
        page(conflicts("duplicate").to_crs(4326), outlines)


@pytest.mark.browser
def test_lines_and_words_are_drawn_without_a_complaint(open_offline, outlines):
    found = conflicts("duplicate", "homophone", "homophone_toneless")
    opened = open_offline(page(found, outlines))
    labels = opened.page.locator(".civgeo-name").all_inner_texts()
    assert "拟用：文化路" in labels
    assert any(label.startswith("文华路") for label in labels)
    switch = opened.page.get_by_label("名称与距离")
    switch.uncheck()
    assert opened.page.locator(".civgeo-name").count() == 0
    assert opened.complaints == []
    assert all(url.startswith(("file:", "data:")) for url in opened.requests)


@pytest.mark.browser
def test_hostile_names_stand_as_text(open_offline, outlines):
    frame = made.hostile()
    found = conflicts(*["duplicate"] * len(frame), frame=frame)
    proposal = ProposedName(city.HOSTILE[0], PlaceKind.STREET, PROPOSED.place)
    opened = open_offline(page(found, outlines, (proposal,)))
    assert opened.complaints == []
    assert opened.page.locator(".civgeo-map img, .civgeo-panel img").count() == 0
