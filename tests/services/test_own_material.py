"""The bureau's own lists, rules and procedures beside a store, in force once they are saved."""

from datetime import date

import pytest

from civgeo.assets import own_folder_guide, packaged_data
from civgeo.domain.naming_place import Areas
from civgeo.domain.place_kind import PlaceKind
from civgeo.errors import OwnFileBroken
from civgeo.services.naming import Proposal, check_proposal
from civgeo.services.naming_lists import naming_guide
from civgeo.services.naming_procedures import naming_procedures
from civgeo.services.own_lists import OWN_LISTS, RULE_LAYOUT, layout_of
from civgeo.services.own_material import own_guide, own_procedures, own_templates

HEADER = "词语,类别,所指,位置,适用,来源,录入日期,启用\n"
RULES = ",".join(RULE_LAYOUT.titles) + "\n"
STRICT = (
    "own-1,某市,411700,duplicate,,street,,prefecture,specific,某市办法,8,2,2026-01-01,,,S,,true\n"
)
DAY = date(2026, 3, 1)
STREET = PlaceKind.STREET


@pytest.fixture
def save(tmp_path):
    """Write a file of the folder ``own`` beside a store in `tmp_path`."""

    def write(name, text, encoding="utf-8"):
        path = tmp_path / "own" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode(encoding))

    return write


def codes(folder, name, county="411702", existing=()):
    def proposal(text, code):
        return Proposal(text, STREET, Areas.of(county=code, builtup_area=f"{code}城区"))

    found = check_proposal(
        proposal(name, county),
        [proposal(*other) for other in existing],
        on=DAY,
        guide=own_guide(folder),
    )
    return [each.code.value for each in found.findings]


def test_without_the_folder_the_packaged_material_is_in_force(tmp_path):
    assert own_guide(tmp_path) == naming_guide()
    assert own_procedures(tmp_path) is naming_procedures()
    assert own_templates(tmp_path) is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_word_of_the_bureau_is_found_beside_the_packaged_ones(tmp_path, save, encoding):
    row = "清风,,清风公司,,,市监局函,2026-02-01,\n"
    save("lists/enterprises_and_trademarks.csv", HEADER + row, encoding)
    assert codes(tmp_path, "清风路") == ["enterprise_name"]
    assert codes(tmp_path, "万达路") == ["enterprise_name"]
    info = own_guide(tmp_path).lists.terms["enterprises_and_trademarks"].info
    packaged = naming_guide().lists.terms["enterprises_and_trademarks"].info
    assert (info.entries, info.as_of) == (packaged.entries + 1, packaged.as_of)
    assert (info.own.added, info.own.struck, info.own.as_of) == (1, 0, "2026-02-01")
    assert "本局增补 1 条（截至 2026-02-01）" in info.origin


def test_a_packaged_word_can_be_struck_or_read_otherwise(tmp_path, save):
    rows = "中山,,,提示,,局务会,2026-02-01,\n万达,,,,,局务会,2026-02-02,否\n"
    save("lists/persons.csv", HEADER + rows.splitlines(keepends=True)[0])
    save("lists/enterprises_and_trademarks.csv", HEADER + rows.splitlines(keepends=True)[1])
    assert codes(tmp_path, "中山路") == []
    assert codes(tmp_path, "万达路") == []
    own = own_guide(tmp_path).lists.terms["enterprises_and_trademarks"].info.own
    assert (own.added, own.struck, own.as_of) == (0, 1, "2026-02-02")


def test_headers_and_words_may_be_english(tmp_path, save):
    save("lists/unfit_words.csv", "term,category,source,added_on\n清风,vulgar,x,2026-02-01\n")
    assert codes(tmp_path, "清风路") == ["unfit_meaning"]


def test_a_variant_character_of_the_bureau_leads_to_the_standard_one(tmp_path, save):
    save("lists/variant_characters.csv", "异体字,规范字,来源,录入日期\n𠮷,吉,x,2026-02-01\n")
    assert own_guide(tmp_path).lists.variants["𠮷"] == "吉"


def test_a_change_counts_as_soon_as_it_is_saved(tmp_path, save):
    save("lists/persons.csv", HEADER)
    assert codes(tmp_path, "清风路") == []
    save("lists/persons.csv", HEADER + "清风,,,,,x,2026-02-01,\n")
    assert codes(tmp_path, "清风路") == ["person_name"]
    save("lists/persons.csv", HEADER)
    assert codes(tmp_path, "清风路") == []


def test_a_stricter_comparator_of_the_bureau_decides_in_its_city_only(tmp_path, save):
    other = [("文明大道", "411722")]
    assert codes(tmp_path, "文明路", existing=other) == []
    save("rules/naming_rules.csv", RULES + STRICT)
    assert codes(tmp_path, "文明路", existing=other) == ["duplicate"]
    assert codes(tmp_path, "文明路", "330203", [("文明大道", "330203")]) == ["duplicate"]
    assert codes(tmp_path, "文明路", "410102", [("文明大道", "410103")]) == []
    edition = own_guide(tmp_path).rules.edition
    assert edition.startswith(f"{naming_guide().rules.edition}（本局修订 ")


def test_a_packaged_rule_can_be_stopped(tmp_path, save):
    row = next(
        line
        for line in packaged_data("gazetteer/naming_rules.csv").read_text("utf-8").splitlines()
        if line.startswith("practice-stacked,")
    )
    save("rules/naming_rules.csv", RULES + row.removesuffix("true") + "false\n")
    assert codes(tmp_path, "人民大道路") == []


def test_the_example_of_the_guide_is_a_rule(tmp_path, save):
    text = own_folder_guide().read_text(encoding="utf-8")
    [row] = [line.strip() for line in text.splitlines() if line.strip().startswith("own-")]
    save("rules/naming_rules.csv", RULES + row)
    assert own_guide(tmp_path).rules.edition != naming_guide().rules.edition


@pytest.mark.parametrize("name", OWN_LISTS)
def test_the_guide_tells_of_every_list_and_column(name):
    text = own_folder_guide().read_text(encoding="utf-8")
    assert f"{name}.csv" in text
    assert all(title in text for title in layout_of(name).titles.values())
    assert all(column in text for column in RULE_LAYOUT.titles)


def test_own_rules_of_procedure_go_before_the_nations(tmp_path, save):
    packaged = packaged_data("gazetteer/naming_procedures.csv").read_text(encoding="utf-8")
    header, row = (
        packaged.splitlines()[0],
        next(line for line in packaged.splitlines() if line.startswith("approver-natural-other,")),
    )
    named = row.replace(",,,,,,,,,S,", ",,,county_government,,,,,,S,")
    assert named != row
    save("rules/naming_procedures.csv", f"{header}\n{named}\n", "gb18030")
    book = own_procedures(tmp_path)
    [rule] = [rule for rule in book.rules if rule.id == "approver-natural-other"]
    assert rule.answer == "county_government"
    assert book.edition.startswith(f"{naming_procedures().edition}（本局修订 ")


BROKEN = [
    ("lists/persons.csv", HEADER + ",,,,,x,2026-02-01,\n", "第 2 行“词语”"),
    ("lists/persons.csv", HEADER + "清风,,,,,,2026-02-01,\n", "第 2 行“来源”"),
    ("lists/persons.csv", HEADER + "清风,,,,,x,,\n", "第 2 行“录入日期”"),
    ("lists/persons.csv", HEADER + "\n清风,,,,,x,2026/2/1,\n", "第 3 行“录入日期”"),
    ("lists/persons.csv", HEADER + "清风,,,中间,,x,2026-02-01,\n", "第 2 行“位置”"),
    ("lists/persons.csv", HEADER + "清风,,,,路,x,2026-02-01,\n", "第 2 行“适用”"),
    ("lists/persons.csv", HEADER + "清风,,,,,x,2026-02-01,不\n", "第 2 行“启用”"),
    ("lists/persons.csv", HEADER + "清风,,,,,x,2026-02-01,否\n", "无可停用"),
    ("lists/persons.csv", HEADER + "清 风,,,,,x,2026-02-01,\n", "没有空格"),
    ("lists/persons.csv", HEADER + "清风,,,,,x,2026-02-01,\n" * 2, "第 3 行“词语”"),
    ("lists/persons.csv", HEADER + "清风,,,,,甲,乙,2026-02-01,是\n", "比表头多出内容"),
    ("lists/persons.csv", "词语,来源\n清风,x\n", "缺少列：录入日期"),
    ("lists/persons.csv", "词语,来源,录入日期,备考\n", "“备考”：不认识这一列"),
    ("lists/persons.csv", "词语,来源,录入日期,来源\n", "“来源”：这一列重复了"),
    ("lists/persons.csv", "", "没有表头"),
    ("lists/unfit_words.csv", HEADER + "清风,不雅,,,,x,2026-02-01,\n", "第 2 行“类别”"),
    ("lists/foreign_names.csv", HEADER + "清风,,,,,x,2026-02-01,\n", "第 2 行“类别”"),
    ("lists/person.csv", HEADER, "不会用到"),
    ("lists/persons.xlsx", "x", "不会用到"),
    ("lists/variant_characters.csv", "异体字,规范字,来源,录入日期\n吉,吉,x,2026-02-01\n", "异体字"),
    ("lists/variant_characters.csv", "异体字,规范字,来源,录入日期\n𠮷,𠮷,x,2026-02-01\n", "规范字"),
    ("rules/naming_rules.csv", RULES + STRICT.replace("411700", "4117x"), "“adcode”"),
    ("rules/naming_rules.csv", RULES + STRICT.replace("duplicate", "double"), "“code”"),
    ("rules/naming_rules.csv", RULES + STRICT.replace("prefecture", ""), "“scope”"),
    ("rules/naming_rules.csv", RULES + STRICT.replace(",specific", ",专名"), "“comparator”"),
    ("rules/naming_rules.csv", RULES + STRICT.replace("2026-01-01", "今年"), "“valid_from”"),
    ("rules/naming_rules.csv", RULES + STRICT.replace(",S,", ",很好,"), "“evidence”"),
    ("rules/naming_rules.csv", RULES + STRICT.replace("true", "false"), "没有这个编号"),
    ("rules/naming_rules.csv", RULES + STRICT.replace("own-1", "cn-2022-rare"), "编号相同"),
    ("rules/naming_rules.csv", "id,place\n", "缺少列"),
]


@pytest.mark.parametrize(("name", "text", "told"), BROKEN)
def test_a_broken_file_is_told_with_its_place_and_never_falls_away(
    tmp_path, save, name, text, told
):
    save(name, text)
    with pytest.raises(OwnFileBroken) as caught:
        own_guide(tmp_path)
    assert told in caught.value.message
    assert f"own/{name}" in caught.value.message
    assert "civgeo names own check" in caught.value.message


def test_bytes_of_no_encoding_are_told(tmp_path, save):
    save("lists/persons.csv", HEADER)
    (tmp_path / "own/lists/persons.csv").write_bytes(b"\xff\x81\x00\xff")
    with pytest.raises(OwnFileBroken, match=r"own/lists/persons\.csv"):
        own_guide(tmp_path)


@pytest.mark.parametrize(
    ("change", "told"),
    [(("approver-natural-other", "x,y"), "多出"), ((",S,", ",S,注，,,"), "多出"),
     (("approver,", "approvers,"), "“topic”"), ((",100000,", ",中国,"), "“adcode”"),
     ((",approver,", ",consult,"), "编号相同而事项不同"),
     (("approver-natural-other", "stranger"), ""), ],
)  # fmt: skip
def test_a_broken_rule_of_procedure_is_told(tmp_path, save, change, told):
    packaged = packaged_data("gazetteer/naming_procedures.csv").read_text(encoding="utf-8")
    header, *rows = packaged.splitlines()
    row = next(line for line in rows if line.startswith("approver-natural-other,"))
    save("rules/naming_procedures.csv", f"{header}\n{row.replace(*change, 1)}\n")
    if not told:
        assert len(own_procedures(tmp_path).rules) == len(naming_procedures().rules) + 1
        return
    with pytest.raises(OwnFileBroken, match=r"own/rules/naming_procedures\.csv 第 2 行") as caught:
        own_procedures(tmp_path)
    assert told in caught.value.message
    assert own_guide(tmp_path) == naming_guide()
