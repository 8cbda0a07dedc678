from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from civgeo.domain.naming_findings import Citation, FindingCode, Severity
from civgeo.domain.naming_neighbours import conflicts
from civgeo.domain.naming_place import Areas, Comparator, NamedPlace, Scope
from civgeo.domain.naming_rules import NamingRule
from civgeo.domain.place_kind import PlaceKind

ARTICLE = Citation("地名管理条例", "9", "8")
STREETS = NamingRule(
    "streets",
    "全国",
    "100000",
    FindingCode.DUPLICATE,
    ARTICLE,
    frozenset({PlaceKind.STREET}),
    scope=Scope.BUILTUP_AREA,
)
ESTATES = replace(
    STREETS, id="estates", kinds=frozenset({PlaceKind.RESIDENTIAL_AREA, PlaceKind.BUILDING})
)
WHOLE_CITY = replace(
    STREETS,
    id="city",
    cites=Citation("宁波市地名管理条例", "10", "3"),
    scope=Scope.PREFECTURE,
    comparator=Comparator.SPECIFIC,
)
TOWN = Areas.of(county="330203", builtup_area="主城区")
ELSEWHERE = Areas.of(county="330203", builtup_area="另一处")


def street(name, reading, areas=TOWN, ref=0, kind=PlaceKind.STREET):
    syllables = tuple(reading.split()) if reading else None
    own = None if syllables is None else syllables[:-1]
    return NamedPlace(name, kind, name[:-1], name[-1], name[:-1], areas, False, syllables, own, ref)


JIANSHE = street("建设路", "jiàn shè lù")


def codes(proposal, existing, rules=(STREETS,)):
    return [(each.code.value, each.against) for each in conflicts(proposal, existing, rules)]


def test_one_writing_is_a_duplicate_whatever_its_reading():
    assert codes(JIANSHE, [street("建设路", "jiàn shé lù", ref=4)]) == [("duplicate", (4,))]


def test_equal_toned_readings_are_homophones_and_equal_toneless_ones_advice():
    existing = [street("建社路", "jiàn shè lù", ref=1), street("剑蛇路", "jiàn shé lù", ref=2)]
    found = conflicts(JIANSHE, existing, [STREETS])
    assert [(each.code.value, each.severity) for each in found] == [
        ("homophone", Severity.BLOCK),
        ("homophone_toneless", Severity.ADVISE),
    ]
    assert [each.against for each in found] == [(1,), (2,)]


def test_syllables_keep_their_borders():
    xian = street("西安路", "xī ān lù")
    assert codes(xian, [street("先路", "xiān lù")]) == []


def test_names_of_another_area_class_or_unknown_reading_are_no_conflict():
    existing = [
        street("建设路", "jiàn shè lù", ELSEWHERE),
        street("建设路", "jiàn shè lù", kind=PlaceKind.BUILDING),
        street("建社路", None),
    ]
    assert codes(JIANSHE, existing) == []


def test_estates_and_buildings_are_one_group():
    estate = street("幸福里", "xìng fú lǐ", kind=PlaceKind.RESIDENTIAL_AREA)
    building = street("幸福里", "xìng fú lǐ", kind=PlaceKind.BUILDING, ref=7)
    assert codes(estate, [building], [ESTATES]) == [("duplicate", (7,))]


def test_a_missing_area_on_either_side_is_scope_unknown():
    nowhere = Areas.of(county="330203")
    assert codes(JIANSHE, [street("建设路", None, nowhere, 3)]) == [("scope_unknown", (3,))]
    proposal = street("建设路", "jiàn shè lù", nowhere)
    found = conflicts(proposal, [JIANSHE, street("建社路", "jiàn shè lù", ref=1)], [STREETS])
    assert [(each.code, each.severity, each.against) for each in found] == [
        (FindingCode.SCOPE_UNKNOWN, Severity.JUSTIFY, (0, 1))
    ]
    assert "builtup_area" in found[0].message


def test_a_stricter_local_rule_compares_specific_parts_over_the_city():
    lane = replace(street("建设街", "jiàn shè jiē", ELSEWHERE), ref=5)
    assert codes(JIANSHE, [lane]) == []
    found = conflicts(JIANSHE, [lane], [STREETS, WHOLE_CITY])
    assert [(each.code.value, each.rule.regulation) for each in found] == [
        ("duplicate", "宁波市地名管理条例")
    ]


def test_the_gravest_rule_tells_a_conflict_and_tells_it_once():
    unplaced = street("建设路", "jiàn shè lù", Areas.of(county="330205"), 9)
    assert codes(JIANSHE, [unplaced], [STREETS]) == [("scope_unknown", (9,))]
    assert codes(JIANSHE, [unplaced], [STREETS, WHOLE_CITY]) == [("duplicate", (9,))]


def test_only_famous_entities_are_compared_where_the_rule_is_about_them():
    rule = replace(STREETS, kinds=frozenset({PlaceKind.MOUNTAIN}), famous=True, scope=Scope.NATION)
    known = NamedPlace("泰山", PlaceKind.MOUNTAIN, "泰", "山", famous=True)
    plain = replace(known, famous=False, ref=2)
    assert codes(known, [plain], [rule]) == []
    assert codes(known, [replace(known, ref=2)], [rule]) == [("duplicate", (2,))]


SYLLABLES = {"建": "jiàn", "健": "jiàn", "见": "jiàn", "简": "jiǎn", "设": "shè", "社": "shè"}
AREAS = st.sampled_from([TOWN, ELSEWHERE, Areas.of(county="330203"), Areas.of(county="411702")])


@st.composite
def streets(draw):
    text = draw(st.text(st.sampled_from(list(SYLLABLES)), min_size=1, max_size=2))
    reading = " ".join([*(SYLLABLES[char] for char in text), "lù"])
    return street(text + "路", draw(st.sampled_from([reading, None])), draw(AREAS))


@given(
    proposal=streets(),
    existing=st.lists(streets(), max_size=6),
    more=st.lists(streets(), max_size=6),
)
def test_adding_a_name_never_removes_a_finding(proposal, existing, more):
    numbered = [replace(each, ref=ref) for ref, each in enumerate([*existing, *more])]
    rules = [STREETS, WHOLE_CITY]

    def told(names):
        return {
            (each.code, ref) for each in conflicts(proposal, names, rules) for ref in each.against
        }

    before = told(numbered[: len(existing)])
    assert before <= told(numbered)
    assert before == told(list(reversed(numbered[: len(existing)])))


@given(one=streets(), other=streets())
def test_a_conflict_is_mutual(one, other):
    rules = [STREETS, WHOLE_CITY]
    found, back = conflicts(one, [other], rules), conflicts(other, [one], rules)
    assert [each.code for each in found] == [each.code for each in back]
