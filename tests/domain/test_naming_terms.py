import pytest

from civgeo.domain.naming_lists import ListInfo, Match, Term, TermList
from civgeo.domain.place_kind import PlaceClass, PlaceKind

INFO = ListInfo("words", "词表", 0, "2026-11-22", "测试")
STREET = PlaceKind.STREET


def hits(text, *terms, kind=STREET, ordinary=()):
    return [term.text for term in TermList(INFO, terms).hits(text, kind, ordinary)]


@pytest.mark.parametrize(
    ("match", "text", "counts"),
    [
        (Match.ANYWHERE, "东方巴黎", True),
        (Match.START, "巴黎春天", True),
        (Match.START, "东方巴黎", False),
        (Match.WHOLE, "巴黎", True),
        (Match.WHOLE, "巴黎春天", False),
        (Match.NOTE, "巴黎", True),
        (Match.NOTE, "新巴黎", False),
    ],
)
def test_where_a_term_must_stand(match, text, counts):
    assert bool(hits(text, Term("巴黎", "city", match=match))) is counts


def test_the_longest_term_counts_and_what_is_inside_it_does_not():
    terms = [Term("新西兰", "territory"), Term("西兰", "city"), Term("新西", "city")]
    assert hits("新西兰", *terms) == ["新西兰"]


def test_terms_that_touch_an_ordinary_word_do_not_count():
    europe = Term("南欧", "place")
    assert hits("南欧阳", europe) == ["南欧"]
    assert hits("南欧阳", europe, ordinary=[range(1, 3)]) == []
    assert hits("南欧阳南欧", europe, ordinary=[range(1, 3)]) == ["南欧"]


def test_terms_of_some_classes_are_looked_for_in_those_alone():
    term = Term("东坡", "style", classes=frozenset({PlaceClass.STREET}))
    assert hits("东坡", term) == ["东坡"]
    assert hits("东坡", term, kind=PlaceKind.SETTLEMENT) == []


def test_every_place_of_a_term_is_found():
    found = TermList(INFO, (Term("山", "x"),)).within("山中有山")
    assert [start for _, start in found] == [0, 3]
