"""``civgeo cemeteries``: exit codes, the bureau's rules beside a store, the list of rules."""

import json

FAR = {"division": "411702", "on": "2026-03-29", "distances_m": {"trunk_road": 1000}}
NEAR = FAR | {"distances_m": {"trunk_road": "999.99"}}


def lines(*questions):
    return "\n".join(json.dumps(each) for each in questions)


def test_a_site_that_breaks_a_rule_is_a_finding_only_when_that_is_asked(civgeo):
    assert civgeo("cemeteries", "check", given=lines(NEAR)).returncode == 0
    asked = ("cemeteries", "check", "--fail-on-findings")
    assert civgeo(*asked, given=lines(NEAR)).returncode == 1
    assert civgeo(*asked, given=lines(FAR)).returncode == 0
    assert civgeo(*asked, given=lines(FAR, {"division": "4117", "on": "x"})).returncode == 3


def test_days_default_to_today_and_are_echoed(civgeo):
    done = civgeo("cemeteries", "check", given=lines({"division": "411702", "land_class": "耕地"}))
    answer = json.loads(done.stdout)
    assert len(answer["on"]) == 10
    assert answer["meets"]["legal"] is False


def test_the_list_of_rules_tells_missing_texts_and_what_waits(civgeo):
    done = civgeo("cemeteries", "rules", "--missing", "--division", "4213")
    assert done.returncode == 0
    assert "湖北省殡葬管理办法" in done.stdout
    told = civgeo("--json", "cemeteries", "rules", "--on", "2026-03-29", "--division", "411702")
    rules = json.loads(told.stdout)["rules"]
    assert {rule["force"] for rule in rules} == {"legal", "plan"}
    assert all(rule["enabled"] for rule in rules)
    assert civgeo("cemeteries", "rules", "--division", "9").returncode == 3


def test_drafts_are_shown_as_switched_off(civgeo):
    assert "未启用" in civgeo("cemeteries", "rules").stdout


def test_rules_beside_a_named_store_count(civgeo, clean):
    place = clean / "store" / "own" / "rules" / "cemetery_rules.csv"
    place.parent.mkdir(parents=True)
    place.write_text("id,topic\n", encoding="utf-8")
    done = civgeo("--store", str(clean / "store"), "cemeteries", "check", given=lines(FAR))
    assert done.returncode == 3
    assert "cemetery_rules.csv" in done.stderr


def test_a_table_of_people_gives_townships_and_counties(civgeo, clean):
    people = clean / "people.csv"
    people.write_text(
        "区划代码,名称,年份,人口,死亡率‰\n411722100,芦岗乡,2026,20000,7\n", encoding="utf-8"
    )
    asked = ("cemeteries", "demand-table", str(people), "--share", "0.5")
    done = civgeo(*asked, "-o", "years.csv")
    assert done.returncode == 0
    assert "芦岗乡" in done.stdout
    assert len((clean / "years.csv").read_text(encoding="utf-8-sig").splitlines()) == 41
    (county,) = json.loads(civgeo("--json", *asked).stdout)["counties"]
    assert county["plots"] == 1400
    assert civgeo(*asked, "-o", "years.xlsx").returncode == 2
    assert civgeo("cemeteries", "demand-table", "none.csv", "--share", "1").returncode == 3
