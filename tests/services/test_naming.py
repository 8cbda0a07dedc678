from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civgeo.domain.naming_findings import FindingCode, Severity
from civgeo.domain.naming_place import NOWHERE, Areas
from civgeo.domain.naming_words import Links
from civgeo.domain.place_kind import PlaceKind
from civgeo.errors import InvalidInput
from civgeo.services.naming import KnownNames, Proposal, check_among, check_proposal, placed
from naming_specimens import FAILING, PASSING

ON = date(2026, 3, 1)
TOWN = Areas.of(county="411702", builtup_area="主城区")
STREET = PlaceKind.STREET


def codes(name, kind=STREET, existing=(), areas=TOWN, on=ON, **given_links):
    links = Links(**given_links) if given_links else None
    found = check_proposal(Proposal(name, kind, areas), existing, on=on, links=links)
    return [finding.code.value for finding in found.findings]


@pytest.mark.parametrize(("name", "kind"), PASSING, ids=[name for name, _ in PASSING])
def test_an_ordinary_name_has_no_finding(name, kind):
    assert codes(name, kind) == []


@pytest.mark.parametrize(("name", "kind", "code"), FAILING, ids=[name for name, *_ in FAILING])
def test_an_unfit_name_has_its_finding_and_no_other(name, kind, code):
    assert codes(name, kind) == [code]


def test_there_are_enough_specimens():
    assert len(PASSING) >= 60
    assert len(FAILING) >= 60


BLOCKING = {"duplicate", "homophone", "leader_name", "foreign_name", "famous_entity"}
JUSTIFIED = {"scope_unknown", "person_name", "enterprise_name", "unfit_meaning"}


def test_severities_are_those_of_the_contract():
    for code in FindingCode:
        asks = Severity.BLOCK if code.value in BLOCKING else Severity.ADVISE
        assert code.severity is (Severity.JUSTIFY if code.value in JUSTIFIED else asks)


def test_existing_names_are_compared_by_the_readings_of_the_tables():
    existing = [Proposal("建社路", STREET, TOWN, ref=0), Proposal("文明路", STREET, TOWN, ref=1)]
    found = check_proposal(Proposal("建设路", STREET, TOWN), existing, on=ON)
    assert [(each.code.value, each.against) for each in found.findings] == [("homophone", (0,))]
    assert found.blocked


def test_a_given_reading_goes_before_the_table():
    existing = [Proposal("常兴路", STREET, TOWN)]
    assert codes("长兴路", existing=existing) == ["homophone"]
    given_reading = Proposal("长兴路", STREET, TOWN, reading="zhang3 xing1 lu4")
    assert check_proposal(given_reading, existing, on=ON).findings == ()


@pytest.mark.parametrize(
    ("kind", "generic", "same", "other"),
    [
        (PlaceKind.TOWNSHIP, "镇", {"county": "411721"}, {"county": "330203"}),
        (PlaceKind.COMMITTEE_SEAT, "村", {"township": "411702002"}, {"county": "411721"}),
        (PlaceKind.COUNTY, "县", {"province": "33"}, None),
        (STREET, "路", {"county": "411702", "builtup_area": "主城区"}, {"builtup_area": "县城"}),
    ],
)
def test_the_area_in_which_a_name_stands_alone_depends_on_its_kind(kind, generic, same, other):
    name = f"清风{generic}"
    here = Areas.of(township="411702001", builtup_area="主城区")
    assert codes(name, kind, [Proposal(name, kind, Areas.of(**same))], here) == ["duplicate"]
    if other is not None:
        assert codes(name, kind, [Proposal(name, kind, Areas.of(**other))], here) == []


def test_a_natural_village_is_compared_in_its_township_while_the_order_of_2013_held():
    here, there = Areas.of(township="411702001"), Areas.of(township="411702002")
    village = PlaceKind.SETTLEMENT
    before, after = date(2025, 11, 11), date(2025, 11, 12)
    assert codes("小王庄", village, [Proposal("小王庄", village, here)], here, before) == [
        "duplicate"
    ]
    assert codes("小王庄", village, [Proposal("小王庄", village, there)], here, before) == []
    found = check_proposal(Proposal("小王庄", village, here), [], on=after)
    assert any("234号" in note and "待录入" in note for note in found.notes)


def test_a_township_was_compared_in_its_county_before_may_2022():
    here, there = Areas.of(county="411702"), Areas.of(county="411721")
    existing = [Proposal("水屯镇", PlaceKind.TOWNSHIP, there)]
    for on, expected in ((date(2022, 4, 30), []), (date(2022, 5, 1), ["duplicate"])):
        assert codes("水屯镇", PlaceKind.TOWNSHIP, existing, here, on) == expected


def test_foreign_names_are_forbidden_by_the_regulation_of_2022():
    assert codes("曼哈顿路", on=date(2022, 4, 30)) == []
    assert codes("曼哈顿路", on=date(2022, 5, 1)) == ["foreign_name"]


def test_ningbo_compares_specific_parts_over_the_whole_city():
    here = Areas.of(county="330203", builtup_area="海曙")
    there = Areas.of(county="330205", builtup_area="江北")
    existing = [Proposal("环翠街", STREET, there)]
    assert codes("环翠路", existing=existing, areas=here) == ["duplicate"]
    assert codes("环翠路", existing=existing, areas=here, on=date(2020, 4, 30)) == []
    found = check_proposal(Proposal("环翠路", STREET, here), existing, on=ON)
    assert found.findings[0].rule.text == "《宁波市地名管理条例》第10条第3项"
    assert any("方言" in note for note in found.notes)


def test_shanghai_compares_streets_over_the_whole_city():
    here = Areas.of(county="310101", builtup_area="黄浦")
    there = Areas.of(county="310115", builtup_area="浦东")
    assert codes("清风路", existing=[Proposal("清风路", STREET, there)], areas=here) == [
        "duplicate"
    ]


def test_a_rule_without_its_text_is_told_and_not_applied():
    areas = Areas.of(county="320481", builtup_area="溧城")
    found = check_proposal(Proposal("清风路", STREET, areas), on=ON)
    assert any("江苏省地名管理条例" in note and "待录入" in note for note in found.notes)
    assert {each.rule.regulation for each in found.findings} <= {"地名管理条例"}


def test_only_famous_natural_entities_stand_alone_in_the_country():
    lake, other = PlaceKind.LAKE, Areas.of(province="33")
    existing = [Proposal("清风湖", lake, other, famous=True)]
    plain = check_proposal(Proposal("清风湖", lake, TOWN), existing, on=ON)
    assert plain.findings == ()
    assert any("famous" in note for note in plain.notes)
    famous = check_proposal(Proposal("清风湖", lake, TOWN, famous=True), existing, on=ON)
    assert [each.code.value for each in famous.findings] == ["duplicate"]


def test_an_entity_of_the_famous_list_is_asked_about():
    found = check_proposal(Proposal("泰山", PlaceKind.MOUNTAIN, TOWN), on=ON)
    assert any("泰山" in note and "famous" in note for note in found.notes)


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ({}, ["person_name"]),
        ({"person": True}, ["person_name"]),
        ({"person": False}, ["person_name"]),
        ({"person": False, "reason": " "}, ["person_name"]),
        ({"person": False, "reason": "路在中山岗"}, []),
    ],
)
def test_a_persons_name_may_stand_without_a_link_for_a_reason(links, expected):
    assert codes("中山路", **links) == expected


def test_an_officer_may_say_that_a_name_is_a_persons():
    assert codes("清风路", person=True) == ["person_name"]
    assert codes("万里路", person=True) == ["leader_name"]
    assert codes("毛泽东路", person=False, reason="无关") == ["leader_name"]


@pytest.mark.parametrize(
    ("name", "links", "expected"),
    [
        ("万达路", {}, [("enterprise_name", "justify")]),
        ("万达路", {"enterprise": True}, [("enterprise_name", "block")]),
        ("万达路", {"enterprise": False}, [("enterprise_name", "justify")]),
        ("万达路", {"enterprise": False, "reason": "通达四方之意"}, []),
        ("清风路", {"enterprise": True}, [("enterprise_name", "block")]),
        ("长城路", {}, []),
        ("长城路", {"enterprise": True}, [("enterprise_name", "block")]),
    ],
)
def test_an_enterprises_name_is_settled_by_the_link(name, links, expected):
    found = check_proposal(Proposal(name, STREET, TOWN), on=ON, links=Links(**links))
    assert [(each.code.value, each.severity.value) for each in found.findings] == expected


def test_a_word_that_is_ordinary_too_is_a_remark():
    found = check_proposal(Proposal("长城路", STREET, TOWN), on=ON)
    assert found.findings == ()
    assert any("长城" in note for note in found.notes)


def test_the_lists_consulted_are_named_with_size_and_day_and_are_no_pass():
    found = check_proposal(Proposal("清风路", STREET, TOWN), on=ON)
    sizes = {info.name: (info.entries, info.as_of) for info in found.consulted}
    assert sizes["standard_characters"] == (8105, "2013-06-05")
    assert {"state_leaders", "persons", "foreign_places", "enterprises_and_trademarks"} <= set(
        sizes
    )
    assert "famous_entities" not in sizes
    assert any("不等于没有问题" in note for note in found.notes)


BAD_NAMES = ["", " ", "\u3000", "\t\n"]
ODD_NAMES = [
    "<script>alert(1)</script>",
    "=HYPERLINK(1)",
    "建设路\u0007",
    "\U0001f600路",
    "路" * 200,
    "ABC",
    "\ud800路",
    "建设路\u200b",
    "𠮷路",
    "0",
]


@pytest.mark.parametrize("name", BAD_NAMES, ids=repr)
def test_an_empty_name_is_refused(name):
    with pytest.raises(InvalidInput):
        check_proposal(Proposal(name, STREET, TOWN), on=ON)


@pytest.mark.parametrize("name", ODD_NAMES, ids=ascii)
def test_an_odd_name_gets_a_clear_answer(name):
    found = check_proposal(Proposal(name, STREET, TOWN), [Proposal(name, STREET, TOWN)], on=ON)
    assert {"duplicate"} < {each.code.value for each in found.findings}
    assert all(len(each.message) < 300 + len(name) for each in found.findings)


def test_a_reading_that_does_not_fit_is_refused():
    with pytest.raises(InvalidInput):
        check_proposal(Proposal("建设路", STREET, TOWN, reading="jian4"), on=ON)


@settings(deadline=None)
@given(st.text(min_size=1, max_size=30).filter(str.strip), st.sampled_from(PlaceKind))
def test_any_text_that_is_not_blank_is_answered(name, kind):
    found = check_proposal(Proposal(name, kind, NOWHERE), on=ON)
    assert all(each.message for each in found.findings)


CHARACTERS = st.sampled_from("建见剑设社射文闻长常")
NAMES = st.text(CHARACTERS, min_size=1, max_size=3).map(lambda text: text + "路")
PLACES = st.sampled_from(
    [TOWN, Areas.of(county="411702"), Areas.of(county="330203", builtup_area="海曙"), NOWHERE]
)


@settings(deadline=None)
@given(
    name=NAMES,
    areas=PLACES,
    existing=st.lists(st.tuples(NAMES, PLACES), max_size=12),
)
def test_an_index_finds_what_the_plain_list_finds(name, areas, existing):
    listed = [Proposal(text, STREET, where, ref=ref) for ref, (text, where) in enumerate(existing)]
    known = KnownNames(placed(each) for each in listed)
    proposal = Proposal(name, STREET, areas)
    plain, indexed = check_proposal(proposal, listed, on=ON), check_among(proposal, known, on=ON)

    def told(found):
        return {(each.code, ref) for each in found.findings for ref in each.against}

    assert told(plain) == told(indexed)
    assert plain.blocked == indexed.blocked
