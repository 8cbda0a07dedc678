import pytest

from civgeo.domain.national_class import DOUBLE_CLASSES
from civgeo.domain.place_code import PLACE_TYPES
from civgeo.domain.place_kind import PlaceKind
from civgeo.formats.place_classes import place_classes


@pytest.mark.parametrize(
    ("code", "title", "kind", "listed"),
    [
        ("22200", "农村居民点", PlaceKind.SETTLEMENT, True),
        ("222", "农村居民点", PlaceKind.SETTLEMENT, True),
        ("21610", "行政村", PlaceKind.COMMITTEE_SEAT, True),
        ("27620", "社区居民委员会", PlaceKind.COMMITTEE_SEAT, True),
        ("23213", "县道", PlaceKind.HIGHWAY, True),
        ("23219", "公路", PlaceKind.HIGHWAY, False),
        ("22231", "工矿点", PlaceKind.SETTLEMENT, False),
        ("1121", "自然地理实体", PlaceKind.NATURAL_OTHER, False),
    ],
)
def test_a_code_is_of_its_class_or_of_the_branch_that_it_begins_with(code, title, kind, listed):
    found = place_classes().by_code(code)
    assert (found.title, found.kind, place_classes().lists(code)) == (title, kind, listed)


@pytest.mark.parametrize("text", ["99999", "9", "2220a", "222000", "", "２２２"])
def test_what_is_no_code_of_a_known_branch_has_no_class(text):
    assert place_classes().by_code(text) is None


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("村（居）委会", PlaceKind.COMMITTEE_SEAT),
        ("住宅小区", PlaceKind.RESIDENTIAL_AREA),
        ("水利、电力、通信设施", PlaceKind.FACILITY_OTHER),
        ("山峰", PlaceKind.PEAK),
        ("行政区域", None),
    ],
)
def test_titles_stand_for_kinds_and_the_widest_for_none(title, kind):
    assert place_classes().by_title(title).kind is kind


def test_an_unknown_title_has_no_class():
    assert place_classes().by_title("太空站") is None


def test_titles_and_codes_occur_once():
    entries = place_classes().entries
    titles = [item.title for item in entries]
    codes = [item.code for item in entries if item.code]
    assert (len(set(titles)), len(set(codes))) == (len(titles), len(codes))


def test_verified_classes_bear_the_titles_of_the_place_codes():
    for item in place_classes().entries:
        if item.verified:
            assert PLACE_TYPES[item.code] == item.title


def test_the_committee_of_a_village_is_the_class_of_the_village():
    for committee, area in DOUBLE_CLASSES.items():
        assert place_classes().by_code(committee).kind is place_classes().by_code(area).kind
