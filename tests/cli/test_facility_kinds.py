"""Which facilities of a file ``civgeo coverage reach`` and ``allocate`` count."""

import json

import geopandas as gpd
import pytest

from planning_layers import points, saved


@pytest.fixture
def layers():
    facilities = points(
        [(0, 0), (1000, 0), (2000, 0)],
        编号=["meals", "home", "plan"],
        设施类型=["老年助餐点", "养老机构", "老年助餐点"],
        运营状态=["运营", "运营", "规划"],
        **{"床位数（张）": [0, 5, 0], "是否模拟数据": ["是", "是", "是"]},
    )
    demand = points(
        [(100, 0), (1100, 0), (2100, 0)], 编号=list("abc"), **{"户数（户）": [1, 10, 100]}
    )
    return {"facilities": facilities, "demand": demand}


def answer_of(civgeo, folder, layers, *more, exit_code=0, command="reach"):
    files = saved(folder, **layers)
    given = [str(part) for name in files for part in (f"--{name}", files[name])]
    done = civgeo("--json", "coverage", command, *given, "--minutes", "5", *more)
    assert done.returncode == exit_code, done.stderr
    return json.loads(done.stdout) if exit_code == 0 else done.stderr


@pytest.mark.parametrize("kind", ["老年助餐点", "meal_point"])
def test_only_the_kind_that_is_asked_counts_by_its_name_or_code(civgeo, tmp_path, layers, kind):
    found = answer_of(civgeo, tmp_path, layers, "--kind", kind)
    assert (found["facilities"], found["ratio"], found["kinds"]) == (1, "1/111", [kind])
    assert [each["code"] for each in found["findings"]] == ["not_operating"]
    assert found["parameters"]["weight"] == "户数（户）"


def test_codes_of_a_layer_are_found_by_their_names(civgeo, tmp_path, layers):
    layers["facilities"]["设施类型"] = ["meal_point", "elder_care_home", "meal_point"]
    layers["facilities"]["运营状态"] = ["operating", "operating", "planned"]
    found = answer_of(civgeo, tmp_path, layers, "--kind", "老年助餐点", "--kind", "养老机构")
    assert (found["facilities"], found["ratio"]) == (2, "11/111")


def test_several_kinds_counted_as_one_are_told(civgeo, tmp_path, layers):
    found = answer_of(civgeo, tmp_path, layers)
    told = {each["code"]: each["message"] for each in found["findings"]}
    assert "2 种设施" in told["several_kinds"]
    assert "规划 1" in told["not_operating"]
    assert found["ratio"] == "11/111"


def test_a_known_kind_that_the_layer_lacks_reaches_nobody(civgeo, tmp_path, layers):
    found = answer_of(civgeo, tmp_path, layers, "--kind", "殡仪馆")
    assert (found["facilities"], found["reasons"]["no_facility"]) == (0, 111)
    assert found["findings"][0]["message"] == "图层里一处殡仪馆也没有"


def test_a_kind_that_nobody_knows_is_refused_with_those_there(civgeo, tmp_path, layers):
    told = answer_of(civgeo, tmp_path, layers, "--kind", "食堂", exit_code=3)
    assert "没有“食堂”这种设施，现有：老年助餐点、养老机构" in told
    del layers["facilities"]["设施类型"]
    told = answer_of(civgeo, tmp_path, layers, "--kind", "食堂", exit_code=3)
    assert "没有设施类型列" in told


def test_simulated_rows_label_the_answer_and_units_may_be_left_out(civgeo, tmp_path, layers):
    more = ("--kind", "养老机构", "--capacity", "床位数")
    found = answer_of(civgeo, tmp_path, layers, *more)
    assert found["simulated"] is True
    assert (found["demand_reached"], found["reasons"]["full"]) == (5, 5)
    layers["facilities"]["是否模拟数据"] = "否"
    assert answer_of(civgeo, tmp_path, layers, *more)["simulated"] is False


def test_the_layout_keeps_the_facilities_of_the_kind_alone(civgeo, tmp_path, layers):
    layers["candidates"] = points([(1000, 0)], 编号=["new"])
    model = ("--model", "mclp", "-p", "1")
    one = answer_of(civgeo, tmp_path, layers, *model, "--kind", "老年助餐点", command="allocate")
    assert (one["chosen"], one["objective"], one["kinds"]) == (["new"], 11, ["老年助餐点"])
    both = answer_of(civgeo, tmp_path, layers, *model, command="allocate")
    assert (both["chosen"], both["objective"], both["simulated"]) == ([], 11, True)
    assert (both["unit"], both["binding"][0]["message"][:17]) == (
        "户",
        "1 个需求点（100 户）没有可用",
    )


def test_of_several_layers_the_one_of_its_own_name_is_taken(civgeo, tmp_path, layers):
    file = tmp_path / "全部.gpkg"
    for name, layer in (("facilities", layers["facilities"]), ("estates", layers["demand"])):
        layer.to_file(file, layer=name, engine="pyogrio")
    both = ("--facilities", str(file), "--demand", str(file))
    done = civgeo("--json", "coverage", "reach", *both, "--kind", "meal_point", "--minutes", "5")
    assert json.loads(done.stdout)["ratio"] == "1/111"
    gpd.read_file(file, layer="estates").to_file(file, layer="other", engine="pyogrio")
    named = civgeo("coverage", "reach", *both, "--barriers", str(file))
    assert named.returncode == 0
    done = civgeo("coverage", "reach", *both, "--streets", str(file))
    assert done.returncode == 3
    assert "改名为 streets" in done.stderr
