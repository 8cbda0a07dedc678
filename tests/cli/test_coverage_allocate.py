"""``civgeo coverage allocate`` over files."""

import json

import geopandas as gpd
import pytest
import shapely

ORIGIN = (500_000.0, 3_650_000.0)


def places(file, points, **columns):
    """A layer of points, metres from the origin, in zone 38 (central meridian 114)."""
    shapes = [
        None if at is None else shapely.Point(ORIGIN[0] + at[0], ORIGIN[1] + at[1]) for at in points
    ]
    gpd.GeoDataFrame(columns, geometry=shapes, crs=4547).to_file(file, engine="pyogrio")
    return file.name


@pytest.fixture
def files(clean):
    """A facility, three candidates, four estates on a road of 4 km."""
    demand = [(0, 0), (900, 0), (2000, 0), (2900, 0), (9000, 9000)]
    return [
        *("--facilities", places(clean / "有.gpkg", [(0, 50)], 编号=["F"], 床位=[30])),
        "--candidates",
        places(
            clean / "选.gpkg",
            [(900, 0), (2000, 0), (2900.0, 0)],
            编号=["A", "B", "C"],
            床位=[50, 20, 40],
            县代码=["411702", "411721", "411721"],
            必开=["", "", "是"],
        ),
        "--demand",
        places(clean / "户.gpkg", demand, 编号=list("abcde"), 户数=[10, 20, 30, 40, 5]),
    ]


def answer_of(civgeo, files, *options):
    done = civgeo("--json", "coverage", "allocate", *files, *options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_most_households_by_one_site_in_a_straight_line(civgeo, files):
    found = answer_of(civgeo, files, "--model", "mclp", "-p", "1", "--summary", "out.json")
    assert (found["chosen"], found["objective"], found["sense"]) == (["B"], 80, "max")
    assert (found["status"], found["gap"], found["bound"]) == ("optimal", 0, 80)
    assert (found["method"], found["unit"], found["unreached"]) == ("straight line", "户", ["e"])
    assert found["parameters"]["limit_m"] == 900
    assert {site["id"]: site["role"] for site in found["sites"]} == {"F": "existing", "B": "chosen"}


def test_exactly_the_limit_is_reached_and_less_is_not(civgeo, files):
    found = answer_of(civgeo, files, "--model", "mclp", "-p", "0", "--minutes", "15.05")
    assert found["objective"] == 30
    assert answer_of(civgeo, files, "--model", "mclp", "-p", "0")["objective"] == 10


@pytest.mark.parametrize(
    ("options", "chosen", "objective"),
    [
        (["--model", "lscp"], ["A", "B"], 2),
        (["--model", "pmedian", "-p", "3", "--demand", "近.gpkg"], ["A"], 500),
        (["--model", "mclp", "-p", "2", "--required", "必开"], ["A", "C"], 100),
        (["--model", "mclp", "-p", "1", "--forbidden", "B"], ["C"], 80),
        (["--model", "mclp", "-p", "3", "--quota", "4117=0..1"], ["B"], 80),
        (["--model", "capacitated", "-p", "2", "--capacity", "床位"], ["A", "C"], 70),
        (["--model", "capacitated", "--capacity", "床位"], [], 10),
    ],
)
def test_each_model_and_option(civgeo, files, clean, options, chosen, objective):
    places(clean / "近.gpkg", [(0, 0), (900, 0)], 编号=["a", "b"], 户数=[10, 20])
    found = answer_of(civgeo, files, *options)
    assert (found["chosen"], found["objective"], found["status"]) == (chosen, objective, "optimal")


def test_along_streets_the_detour_counts(civgeo, files, clean):
    at = [(ORIGIN[0] + x, ORIGIN[1] + y) for x, y in [(0, 0), (0, 600), (900, 600), (900, 0)]]
    road = [(ORIGIN[0] + 900, ORIGIN[1]), (ORIGIN[0] + 2900, ORIGIN[1])]
    lines = [shapely.LineString(at), shapely.LineString(road)]
    gpd.GeoDataFrame(geometry=lines, crs=4547).to_file(clean / "路.gpkg", engine="pyogrio")
    found = answer_of(civgeo, files, "--model", "mclp", "-p", "1", "--streets", "路.gpkg")
    assert (found["method"], found["parameters"]["limit_m"]) == ("network", 900)
    assert found["objective"] == 80


def test_the_table_and_the_layer_show_sites_and_who_goes_where(civgeo, files, clean):
    done = civgeo(
        *("coverage", "allocate", *files, "--model", "mclp", "-p", "1", "-o", "out.geojson")
    )
    assert done.returncode == 0
    assert "直线距离" in done.stdout
    assert "已证明最优" in done.stderr
    features = json.loads((clean / "out.geojson").read_text(encoding="utf-8"))["features"]
    demand = {f["id"]: f["properties"] for f in features if f["properties"]["kind"] == "demand"}
    assert [to["facility"] for to in demand["d"]["facilities"]] == ["B"]
    assert demand["e"]["served"] == 0


def test_bad_rows_are_findings_and_the_rest_is_computed(civgeo, files, clean):
    demand = [(0, 0), (900, 0), None, (2000, 0)]
    places(clean / "坏.gpkg", demand, 编号=list("abcd"), 户数=[10, -1, 5, 30])
    places(clean / "缺.gpkg", [(2000, 0), (2000, 0)], 编号=["A", "B"], 床位=[None, 20.0])
    options = ["--demand", "坏.gpkg", "--candidates", "缺.gpkg", "--capacity", "床位"]
    found = answer_of(civgeo, files, *options, "--model", "capacitated", "-p", "1")
    assert {(each["code"], each["file"], each["row"]) for each in found["findings"]} >= {
        ("bad_amount", "坏.gpkg", 2),
        ("no_place", "坏.gpkg", 3),
        ("no_capacity", "缺.gpkg", 1),
    }
    assert (found["objective"], found["chosen"]) == (30, ["B"])


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--model", "best"], 2, "lscp"),
        (["--model", "mclp"], 3, "新开点位数"),
        (["--model", "capacitated", "-p", "1"], 3, "容量"),
        (["--model", "mclp", "-p", "1", "--capacity", "人", "--weight", "无"], 3, "无"),
        (["--model", "mclp", "-p", "1", "--required", "Z"], 3, "Z"),
        (["--model", "mclp", "-p", "1", "--quota", "411702"], 3, "下限..上限"),
        (["--model", "mclp", "-p", "1", "-o", "x.csv"], 2, ".geojson"),
        (["--model", "mclp", "-p", "1", "--minutes", "十"], 2, "十"),
    ],
)
def test_what_cannot_be_answered_is_refused(civgeo, files, options, code, words):
    done = civgeo("coverage", "allocate", *files, *options)
    assert done.returncode == code
    assert words in done.stderr


def test_a_contradiction_is_an_answer_with_its_reason(civgeo, files):
    found = answer_of(civgeo, files, "--model", "mclp", "-p", "1", "--quota", "411702=2..3")
    assert (found["status"], found["objective"], found["chosen"]) == ("infeasible", None, [])
    assert "只有 1 个" in found["reasons"][0]
