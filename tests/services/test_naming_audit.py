import io
from datetime import date

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civgeo.domain.naming_place import Areas
from civgeo.domain.place_kind import PlaceKind
from civgeo.errors import InvalidInput
from civgeo.services.naming import Proposal, check_proposal
from civgeo.services.naming_audit import audit_names, audit_workbook
from civgeo.services.naming_lists import naming_guide

ON = date(2026, 3, 1)


def register(*rows):
    return pd.DataFrame(
        [dict(zip(("name", "kind", "division", "builtup_area"), row, strict=True)) for row in rows]
    )


def told(found):
    return {(row["id"], row["code"]) for row in found.findings.to_dict("records")}


CITY = register(
    ("建设路", "street", "411702", "主城区"),
    ("建设路", "street", "411721", "主城区"),
    ("建社路", "street", "411702", "主城区"),
    ("剑射路", "street", "411702", "主城区"),
    ("简设路", "street", "411702", "主城区"),
    ("建设路", "street", "411721", "县城"),
    ("建设路", "street", "411702", None),
    ("中山路", "street", "411702", "主城区"),
    ("翡翠城", "residential_area", "411702", "主城区"),
    ("翡翠城", "building", "411702", "主城区"),
    ("清风路", "street", "411702", "主城区"),
)


def test_every_rule_is_held_against_the_register():
    found = audit_names(CITY, on=ON)
    assert told(found) == {
        *((row, "duplicate") for row in (0, 1, 8, 9)),
        *((row, "homophone") for row in (0, 1, 2, 3)),
        *((row, "homophone_toneless") for row in (0, 1, 2, 3, 4)),
        (6, "scope_unknown"),
        (7, "person_name"),
    }
    assert (found.names, found.unread) == (11, 0)
    grave = found.findings["severity"].tolist()
    assert grave == sorted(grave, key=["block", "justify", "advise"].index)


def test_conflicting_entries_share_a_group_and_name_each_other():
    found = audit_names(CITY, on=ON).findings
    doubles = found[found["code"] == "duplicate"].set_index("id")
    assert doubles.loc[0, "group"] == doubles.loc[1, "group"] != doubles.loc[8, "group"]
    assert doubles.loc[0, "against"] == [1]
    assert doubles.loc[0, "message"] == "名称与同一建成区的“建设路”同名"
    same = found[found["code"] == "homophone"].set_index("id")
    assert same.loc[2, "others"] == 3
    assert sorted(same.loc[2, "against"]) == [0, 1, 3]


def test_counts_are_by_code_and_by_county():
    found = audit_names(CITY, on=ON)
    counts = found.counts("code").set_index("code")
    assert counts.loc["duplicate"].tolist() == [4, 4]
    assert found.counts("county")["findings"].sum() == len(found.findings)


def test_ids_are_those_of_the_register():
    named = CITY.set_index(pd.Index([f"p{row}" for row in range(len(CITY))]))
    assert {row["id"] for row in audit_names(named, on=ON).findings.to_dict("records")} >= {"p0"}


def test_stored_readings_go_before_the_tables_and_unreadable_ones_are_counted():
    rows = register(
        ("长兴路", "street", "411702", "主城区"),
        ("常兴路", "street", "411702", "主城区"),
        ("常行路", "street", "411702", "主城区"),
    )
    assert (0, "homophone") in told(audit_names(rows, on=ON))
    rows["reading"] = ["zhang3 xing1 lu4", "cháng xīng lù", "???"]
    found = audit_names(rows, on=ON, read=False)
    assert told(found) == set()
    assert found.unread == 1


def test_ningbo_is_compared_by_specific_parts_over_the_city():
    rows = register(
        ("环翠路", "street", "330203", "海曙"),
        ("环翠街", "street", "330205", "江北"),
        ("环翠街", "street", "330106", "西湖"),
    )
    found = audit_names(rows, on=ON)
    assert told(found) == {(0, "duplicate"), (1, "duplicate")}
    assert set(found.findings["regulation"]) == {"宁波市地名管理条例"}


def test_the_days_rules_decide():
    rows = register(
        ("水屯镇", "township", "411702001", None), ("水屯镇", "township", "411721001", None)
    )
    assert told(audit_names(rows, on=date(2022, 5, 1))) == {(0, "duplicate"), (1, "duplicate")}
    assert told(audit_names(rows, on=date(2022, 4, 30))) == set()


def test_an_empty_register_has_no_findings():
    found = audit_names(register().reindex(columns=["name", "kind"]), on=ON)
    assert (len(found.findings), found.names) == (0, 0)


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        (pd.DataFrame({"name": ["建设路"]}), "kind"),
        (register(("建设路", "road", "411702", None)), "road"),
        (register(("", "street", "411702", None)), "第 1 条"),
        (register(("建设路", "street", "41170", None)), "41170"),
    ],
)
def test_a_register_that_cannot_be_read_is_refused(rows, word):
    with pytest.raises(InvalidInput, match=word):
        audit_names(rows, on=ON)


def test_odd_names_are_answered():
    odd = ["<b>路</b>", "=1+1", "路" * 200, "\U0001f600", "建设\u0007路"]
    rows = register(*((name, "street", "411702", "主城区") for name in odd))
    assert {row for row, _ in told(audit_names(rows, on=ON))} == set(range(len(odd)))


CODES = ("duplicate", "homophone", "homophone_toneless")
ROWS = st.tuples(
    st.text(st.sampled_from("建见剑简设社射"), min_size=1, max_size=2).map(
        lambda text: text + "路"
    ),
    st.sampled_from(["street", "building", "township"]),
    st.sampled_from(["411702", "411721", "330203", "330205"]),
    st.sampled_from(["主城区", "县城"]),
)


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(ROWS, min_size=1, max_size=8))
def test_the_audit_tells_what_a_check_of_every_name_tells(rows):
    listed = [
        Proposal(name, PlaceKind(kind), Areas.of(county=county, builtup_area=town), ref=ref)
        for ref, (name, kind, county, town) in enumerate(rows)
    ]
    expected = set()
    for place in listed:
        others = [each for each in listed if each.ref != place.ref]
        for finding in check_proposal(place, others, on=ON).findings:
            if finding.code.value in CODES:
                expected.add((place.ref, finding.code.value))
    found = {each for each in told(audit_names(register(*rows), on=ON)) if each[1] in CODES}
    # a pair that one rule calls homophones and another duplicates is told by the audit as both
    assert expected <= found
    assert {ref for ref, _ in expected} == {ref for ref, _ in found}


def sheets(content):
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {page.title: [[cell.value for cell in row] for row in page] for page in book}


def test_the_workbook_holds_totals_counties_findings_and_lists():
    rows = pd.concat([CITY, register(("=1+1路", "street", "411702", "主城区"))], ignore_index=True)
    found = audit_names(rows, on=ON)
    pages = sheets(audit_workbook(found, naming_guide(), simulated=True))
    assert list(pages) == ["汇总", "按县区", "逐条", "名单"]
    assert all("模拟" in page[0][0] for page in pages.values())
    header = next(row for row in pages["逐条"] if row[0] == "地名")
    assert header[:3] == ["地名", "类别", "县区"]
    assert any(row[0] == "=1+1路" for row in pages["逐条"])
    counties = {row[0]: row[1] for row in pages["按县区"]}
    assert counties["411702"] + counties["411721"] == len(found.findings)
    assert any(row[0] == "通用规范汉字表" and row[1] == 8105 for row in pages["名单"])


def test_the_workbook_of_nothing_found_opens():
    found = audit_names(register(("清风路", "street", "411702", "主城区")), on=ON)
    assert "汇总" in sheets(audit_workbook(found, naming_guide()))
