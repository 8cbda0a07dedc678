from collections import Counter
from datetime import date

import pytest

from civgeo.assets import packaged_data
from civgeo.domain.division import DivisionCode
from civgeo.domain.naming_findings import FindingCode
from civgeo.domain.naming_place import Areas
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.standard import EVIDENCE_ZH
from civgeo.errors import InvalidInput
from civgeo.services.naming import Proposal, check_proposal
from civgeo.services.naming_lists import naming_guide

GUIDE = naming_guide()
HEADER = "term,category,refers_to,match,classes,evidence\n"


def test_the_table_of_standard_characters_is_whole():
    assert Counter(GUIDE.lists.levels.values()) == {1: 3500, 2: 3000, 3: 1605}
    assert GUIDE.lists.levels["驻"] == 1
    assert (GUIDE.lists.levels["嵖"], GUIDE.lists.levels["鲘"]) == (2, 3)


def test_traditional_characters_lead_to_standard_ones():
    assert GUIDE.lists.variants["馬"] == "马"
    assert not set(GUIDE.lists.variants) & set(GUIDE.lists.levels)
    assert set(GUIDE.lists.variants.values()) <= set(GUIDE.lists.levels)


@pytest.mark.parametrize("name", sorted(GUIDE.lists.terms))
def test_every_list_says_its_size_day_and_source(name):
    listed = GUIDE.lists.terms[name]
    assert listed.info.entries == len(listed.terms) == len({term.text for term in listed.terms})
    assert date.fromisoformat(listed.info.as_of)
    assert listed.info.source
    assert not listed.info.complete
    assert {term.evidence for term in listed.terms} <= set(EVIDENCE_ZH)


def test_no_place_of_china_is_called_foreign():
    foreign = GUIDE.lists.terms["foreign_places"]
    ours = ("中国", "台湾", "台北", "香港", "澳门", "上海", "乌鲁木齐")
    assert not [term.text for name in ours for term, _ in foreign.within(name)]


def test_every_rule_is_dated_attested_and_of_a_place():
    for rule in GUIDE.rules.rules:
        assert rule.evidence in EVIDENCE_ZH, rule.id
        assert rule.adcode == "100000" or DivisionCode.parse(rule.adcode), rule.id
        assert rule.enabled or rule.note, rule.id


@pytest.mark.parametrize("code", [code for code in FindingCode if code.value not in {
    "homophone", "homophone_toneless", "scope_unknown"}])  # fmt: skip
def test_every_finding_rests_on_a_rule_in_force(code):
    kind = PlaceKind.TOWNSHIP
    category = {"form": "script", "unfit_meaning": "exaggerated"}.get(code.value, "")
    rule = GUIDE.rules.at(kind, None, date(2026, 3, 1)).about(code, category)
    assert rule is not None
    assert rule.cites.regulation == "地名管理条例"


def check(name, guide, kind=PlaceKind.STREET):
    areas = Areas.of(county="411702", builtup_area="主城区")
    return check_proposal(Proposal(name, kind, areas), on=date(2026, 3, 1), guide=guide)


def test_a_list_of_the_bureau_takes_the_place_of_the_packaged_one(tmp_path):
    text = HEADER + "清风,property,清风集团,whole,,S\n"
    (tmp_path / "enterprises_and_trademarks.csv").write_text(text, encoding="utf-8-sig")
    manifest = "name,title,as_of,source,complete\n"
    manifest += "enterprises_and_trademarks,本局企业名单,2026-05-01,市场监管局,true\n"
    (tmp_path / "lists.csv").write_text(manifest, encoding="utf-8")
    own = naming_guide(tmp_path)
    found = check("清风路", own)
    assert [each.code.value for each in found.findings] == ["enterprise_name"]
    assert check("万达路", own).findings == ()
    info = own.lists.terms["enterprises_and_trademarks"].info
    assert (info.title, info.entries, info.as_of, info.complete) == (
        "本局企业名单",
        1,
        "2026-05-01",
        True,
    )
    assert own.lists.terms["persons"].info == GUIDE.lists.terms["persons"].info


def test_rules_of_the_bureau_carry_their_own_edition(tmp_path):
    text = packaged_data("gazetteer/naming_rules.csv").read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if "cn-2022-foreign" not in line]
    (tmp_path / "naming_rules.csv").write_text("\n".join(kept), encoding="utf-8")
    own = naming_guide(tmp_path)
    assert own.rules.edition != GUIDE.rules.edition
    assert check("曼哈顿路", own).findings == ()


@pytest.mark.parametrize(
    "row", ["清风,property,清风,somewhere,,S", "清风,property,清风,whole,streets,S", ",x,,whole,,M"]
)
def test_a_row_that_cannot_be_read_is_named(tmp_path, row):
    (tmp_path / "persons.csv").write_text(HEADER + "王五,x,,whole,,M\n" + row, encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"persons\.csv 第 3 行"):
        naming_guide(tmp_path)


def test_a_list_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "persons.csv").write_bytes((HEADER + "王五,x,,whole,,M\n").encode("gb18030"))
    with pytest.raises(InvalidInput, match="UTF-8"):
        naming_guide(tmp_path)
