"""``civgeo coverage reach`` over files."""

import json

import geopandas as gpd
import numpy as np
import pytest

from planning_layers import lines, points, saved, two_banks


@pytest.fixture
def run(civgeo):
    def call(*arguments, exit_code=0):
        done = civgeo(*map(str, arguments))
        assert done.returncode == exit_code, done.stderr
        return done

    return call


def asked(files, *more, names=("facilities", "demand", "streets", "barriers")):
    given = [part for name in names if name in files for part in (f"--{name}", files[name])]
    return ["coverage", "reach", *given, *more]


def test_each_reason_is_told_with_its_households_and_barrier(tmp_path, run):
    files = saved(tmp_path, **two_banks())
    out, summary = tmp_path / "out.geojson", tmp_path / "summary.json"
    run(*asked(files, "-o", out, "--summary", summary))
    answer = json.loads(summary.read_text(encoding="utf-8"))
    assert answer["demand_total"] == 190
    assert answer["demand_reached"] == 100
    assert answer["ratio"] == "100/190"
    assert answer["share"] == pytest.approx(100 / 190)
    assert answer["reasons"] == {
        "no_facility": 0,
        "unsnapped": 7,
        "full": 0,
        "barrier": 50,
        "slow": 20,
        "disconnected": 3,
        "far": 10,
    }
    assert sum(answer["reasons"].values()) == answer["demand_total"] - answer["demand_reached"]
    assert answer["method"] == "network"
    assert answer["parameters"]["minutes"] == "15"
    assert answer["parameters"]["weight"] == "households"
    table = gpd.read_file(out).set_index("id")
    assert table.loc["near", "facility"] == "f1"
    assert table.loc["near", "distance_m"] == pytest.approx(200, abs=0.1)
    assert table.loc["near", "minutes"] == pytest.approx(200 / 60, abs=0.01)
    assert table.loc["behind", "barrier"] == "大河"
    assert table.loc["off", "street_m"] == pytest.approx(600, abs=0.1)
    assert table.loc["far", "beyond_m"] == pytest.approx(600, abs=0.2)


def test_without_streets_the_circles_are_called_straight_lines(tmp_path, run):
    files = saved(tmp_path, **two_banks())
    result = run("--json", *asked(files, names=("facilities", "demand")))
    answer = json.loads(result.stdout)
    assert answer["method"] == "straight line"
    assert answer["demand_reached"] == 157
    assert answer["reasons"]["barrier"] == 0
    printed = run(*asked(files, names=("facilities", "demand"))).stdout
    assert "直线距离" in printed


def test_speed_and_minutes_change_the_limit_exactly(tmp_path, run):
    layers = two_banks()
    layers["demand"] = points([(720, 0), (721, 0)], id=["at", "past"], households=[1, 1])
    files = saved(tmp_path, **layers)
    result = run("--json", *asked(files, "--speed", "0.8"))
    assert json.loads(result.stdout)["demand_reached"] == 1
    result = run("--json", *asked(files, "--minutes", "7.5", "--speed", "1.6"))
    assert json.loads(result.stdout)["parameters"]["limit_m"] == 720


def test_bad_rows_are_findings_and_the_rest_is_computed(tmp_path, run):
    layers = two_banks()
    frame = layers["demand"]
    frame["households"] = [100, -50, np.nan, 0, 7, 3]
    frame.loc[4, "geometry"] = None
    files = saved(tmp_path, **layers)
    out = tmp_path / "out.geojson"
    answer = json.loads(run("--json", *asked(files, "-o", out)).stdout)
    assert [(each["row"], each["code"]) for each in answer["findings"]] == [
        (5, "no_place"),
        (2, "bad_amount"),
        (3, "bad_amount"),
    ]
    assert answer["demand_total"] == 103
    table = gpd.read_file(out).set_index("id")
    assert len(table) == 6
    assert table.loc["behind", "finding"] == "未参与计算"


def test_those_who_find_no_room_are_not_reached(tmp_path, run):
    layers = two_banks()
    layers["facilities"]["beds"] = [60]
    files = saved(tmp_path, **layers)
    answer = json.loads(run("--json", *asked(files, "--capacity", "beds")).stdout)
    assert (answer["demand_reached"], answer["reasons"]["full"]) == (60, 40)
    assert answer["points_reached"] == 0
    straight = asked(files, "--capacity", "beds", names=("facilities", "demand"))
    assert json.loads(run("--json", *straight).stdout)["demand_reached"] == 60
    assert "没有“座位”列" in run(*asked(files, "--capacity", "座位"), exit_code=3).stderr


def test_streets_of_another_place_are_told(tmp_path, run):
    layers = two_banks() | {"streets": lines([[(80_000, 0), (81_000, 0)]])}
    files = saved(tmp_path, **layers)
    answer = json.loads(run("--json", *asked(files)).stdout)
    codes = {each["code"] for each in answer["findings"]}
    assert {"streets_elsewhere", "facility_unsnapped"} <= codes
    assert answer["demand_reached"] == 0
    assert answer["reasons"]["unsnapped"] == 190


def test_streets_in_another_system_give_the_same_answer(tmp_path, run):
    layers = two_banks()
    own = json.loads(run("--json", *asked(saved(tmp_path, **layers))).stdout)
    other = tmp_path / "streets.gpkg"
    layers["streets"].to_crs("EPSG:4526").to_file(other, layer="streets", engine="pyogrio")
    files = saved(tmp_path, **layers) | {"streets": other}
    again = json.loads(run("--json", *asked(files)).stdout)
    assert again["reasons"] == own["reasons"]
    assert again["demand_reached"] == own["demand_reached"]


def test_no_facility_ten_at_one_place_and_no_weight(tmp_path, run):
    layers = two_banks()
    layers["facilities"] = points([(0, 0)] * 10, name=["同址"] * 10)
    layers["demand"] = layers["demand"].drop(columns="households")
    files = saved(tmp_path, **layers)
    answer = json.loads(run("--json", *asked(files)).stdout)
    assert (answer["facilities"], answer["demand_reached"]) == (10, 1)
    assert answer["parameters"]["weight"] is None
    empty = tmp_path / "empty.geojson"
    empty.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    files = saved(tmp_path, **layers) | {"facilities": empty}
    answer = json.loads(run("--json", *asked(files)).stdout)
    assert answer["reasons"]["no_facility"] == answer["demand_total"] == 6
    assert [each["code"] for each in answer["findings"]] == ["empty_layer"]


def test_a_table_with_longitude_and_latitude_will_do(tmp_path, run):
    layers = two_banks()
    files = saved(tmp_path, **layers)
    frame = layers["demand"]
    table = tmp_path / "demand.csv"
    rows = frame.assign(经度=frame.geometry.x, 纬度=frame.geometry.y).drop(columns="geometry")
    rows.to_csv(table, index=False, encoding="gbk")
    answer = json.loads(
        run("--json", *asked(files | {"demand": table}, "--crs", "EPSG:4490")).stdout
    )
    assert answer["demand_reached"] == 100


def test_what_cannot_be_answered_says_why(tmp_path, run):
    files = saved(tmp_path, **two_banks())
    told = run(*asked(files, "--weight", "人数"), exit_code=3).stderr
    assert "没有“人数”列" in told
    assert "大于 0" in run(*asked(files, "--minutes", "0"), exit_code=3).stderr
    run(*asked(files, "--minutes", "abc"), exit_code=2)
    missing = files | {"streets": tmp_path / "none.gpkg"}
    assert "none.gpkg" in run(*asked(missing), exit_code=3).stderr
    run(*asked(files, "--fail-on-findings"), exit_code=1)
