import json

import geopandas as gpd
import pytest

from boundary_files import HOSTILE, divisions_layer, lines_layer, markers_layer
from civgeo.cli.main import run


@pytest.fixture
def call(capsys, monkeypatch, tmp_path):
    """Run a command in an empty folder: exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run_command(*arguments):
        with pytest.raises(SystemExit) as left:
            run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return left.value.code or 0, said.out, said.err

    return run_command


@pytest.fixture
def saved(tmp_path):
    def save(frame: gpd.GeoDataFrame, name: str) -> str:
        frame.to_file(tmp_path / name)
        return name

    return save


def checked(call, *arguments):
    code, out, err = call("--json", "boundaries", "check", *arguments)
    assert code == 0, err
    return json.loads(out)


def counts(found):
    return {kind: each["count"] for kind, each in found["findings"].items() if each["count"]}


def test_a_sound_layer_of_three_lines_has_no_findings_and_one_tri_junction(call, saved):
    found = checked(call, saved(lines_layer(), "lines.gpkg"))
    assert counts(found) == {}
    assert [line["name"] for line in found["lines"]] == ["周驻线", "平驻线", "平周线"]
    assert found["tri_junctions"][0]["equal"]
    assert {"没有给出界桩", "没有给出政区轮廓"} <= set(found["left_out"])


def test_markers_off_the_line_missing_twins_and_gaps_are_found(call, saved):
    numbers = ["1617001Q", "1617002A", "1617004Q"]
    markers = markers_layer(numbers, north_deg=[0, 0.0005, 0.001])
    found = checked(
        call, saved(lines_layer(), "lines.gpkg"), "--markers", saved(markers, "markers.gpkg")
    )
    assert counts(found) == {"number": 2, "off_line": 1}
    told = " ".join(place["message"] for place in found["findings"]["number"]["places"])
    assert "1617002B" in told
    assert "1617003" in told
    positions = [marker["chainage_m"] for marker in found["markers"]]
    assert positions == sorted(positions)


def test_a_table_of_markers_with_longitude_and_latitude_will_do(call, saved, tmp_path):
    rows = ["界桩编号,经度,纬度", "1617001Q,114.05,33.0", "1617002Q,114.2,33.0", "1617003Q,,"]
    (tmp_path / "markers.csv").write_text("\n".join(rows), encoding="utf-8")
    files = (saved(lines_layer(), "l.gpkg"), "--markers", "markers.csv")
    code, _, err = call("boundaries", "check", *files)
    assert code == 3
    assert "没有写明坐标系" in err
    found = checked(call, *files, "--crs", "EPSG:4490")
    assert counts(found) == {}
    assert [marker["order"] for marker in found["markers"]] == [1, 2, 0]


def test_doubles_are_judged_by_the_sides_that_the_outlines_tell(call, saved):
    markers = markers_layer(["1617001A", "1617001B"], north_deg=[-0.001, 0.001])
    files = (saved(lines_layer(), "l.gpkg"), "--markers", saved(markers, "m.gpkg"))
    found = checked(call, *files, "--divisions", saved(divisions_layer(), "d.gpkg"))
    assert (found["lines"][0]["left"], found["lines"][0]["right"]) == ("411600", "411700")
    assert counts(found)["wrong_side"] == 2


def test_the_neighbours_line_is_compared_with_place_and_area(call, saved, tmp_path):
    ours, theirs = saved(lines_layer(), "a.gpkg"), saved(lines_layer(bend=0.001), "b.gpkg")
    outputs = ("--out-geojson", "found.geojson", "--summary", "out.json")
    found = checked(call, ours, "--other", theirs, *outputs)
    assert counts(found) == {"apart": 1}
    first = found["comparisons"][0]
    assert first["line"] == "周驻线"
    assert first["greatest_m"] == pytest.approx(110.9, abs=0.5)
    assert first["shared_m"] + first["apart_m"] == pytest.approx(found["lines"][0]["length_m"])
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8")) == found
    saved_rows = gpd.read_file(tmp_path / "found.geojson")
    assert saved_rows["kind"].tolist() == ["apart", "tri_junction"]


def test_layers_as_exports_write_them_are_matched_by_the_codes_of_their_lines(call, saved):
    lines = lines_layer().assign(code=["1617", "0417", "0416"])
    lines["sides"] = [json.dumps(text.split("、")) for text in lines["sides"]]
    markers = markers_layer(["1617001Q", "1617002Q"]).assign(line="1617")
    theirs = lines_layer(bend=0.001).assign(name=["驻周线", "驻平线", "周平线"], code=lines["code"])
    files = (saved(lines, "l.gpkg"), "--markers", saved(markers, "m.gpkg"))
    found = checked(call, *files, "--other", saved(theirs, "other.gpkg"))
    assert counts(found) == {"apart": 1}
    assert found["lines"][0]["sides"] == ["411600", "411700"]
    assert {marker["line"] for marker in found["markers"]} == {"周驻线"}
    assert [each["line"] for each in found["comparisons"]] == ["周驻线", "平驻线", "平周线"]


def test_findings_give_exit_code_1_only_where_asked_for(call, saved):
    ours, theirs = saved(lines_layer(), "a.gpkg"), saved(lines_layer(bend=0.001), "b.gpkg")
    assert call("boundaries", "check", ours, "--other", theirs)[0] == 0
    assert call("boundaries", "check", ours, "--other", theirs, "--fail-on-findings")[0] == 1
    assert call("boundaries", "check", ours, "--fail-on-findings")[0] == 0


def test_the_report_lists_lines_findings_and_what_was_not_checked(call, saved):
    theirs = saved(lines_layer(bend=0.001), "b.gpkg")
    _, out, err = call("boundaries", "check", saved(lines_layer(), "a.gpkg"), "--other", theirs)
    for words in ("周驻线", "两份界线不一致", "共用"):
        assert words in out
    for words in ("三交点 1 处", "不是法定数值", "没有给出界桩"):
        assert words in err


def test_hostile_names_are_shown_as_they_are(call, saved):
    layer = lines_layer().assign(name=[HOSTILE, "平驻线", "平周线"])
    code, out, _ = call("boundaries", "check", saved(layer, "a.gpkg"))
    assert code == 0
    assert "onerror" in out


def test_a_walk_is_written_and_does_not_differ_from_itself(call, saved, tmp_path):
    lines = saved(lines_layer()[:1], "lines.gpkg")
    markers = saved(markers_layer(["1617001Q", "1617002Q", "1617003Q"]), "markers.gpkg")
    code, out, _ = call("--json", "boundaries", "describe", lines, "--markers", markers)
    (walk,) = json.loads(out)
    assert code == 0
    assert walk["legs"][0]["from"] == "1617001Q号界桩"
    assert {leg["direction16"] for leg in walk["legs"]} == {"东"}
    (tmp_path / "filed.txt").write_text(walk["text"], encoding="gb18030")
    options = ("--markers", markers, "--filed", "filed.txt", "--fail-on-findings")
    assert call("boundaries", "describe", lines, *options)[0] == 0
    (tmp_path / "filed.txt").write_text(walk["text"].replace("向东行", "向北行"), encoding="utf-8")
    code, out, _ = call("boundaries", "describe", lines, *options)
    assert code == 1
    assert "方向为东，存档为北" in out


def test_lines_without_coordinate_system_or_of_another_kind_are_refused(call, saved, tmp_path):
    layer = lines_layer().set_crs(None, allow_override=True)
    with pytest.warns(UserWarning, match="crs"):
        without = saved(layer, "none.gpkg")
    assert call("boundaries", "check", without)[0] == 3
    code, _, err = call("boundaries", "check", saved(divisions_layer(), "d.gpkg"))
    assert code == 3
    assert "没有可用的界线" in err
    (tmp_path / "text.txt").write_text("不是图层", encoding="utf-8")
    assert call("boundaries", "check", "text.txt")[0] == 3
    assert call("boundaries", "check", "nothing.gpkg")[0] == 3
    assert call("boundaries", "check", saved(lines_layer(), "l.gpkg"), "-o", "x.pdf")[0] == 3


def test_markers_without_numbers_are_refused(call, saved):
    markers = saved(markers_layer(["1617001Q"]).drop(columns="number"), "m.gpkg")
    code, _, err = call("boundaries", "check", saved(lines_layer(), "l.gpkg"), "--markers", markers)
    assert code == 3
    assert "界桩编号列" in err


def test_markers_of_a_line_that_is_not_there_are_counted_and_left_out(call, saved):
    markers = saved(markers_layer(["1317001Q", "1317002Q"]).assign(line="南驻线"), "m.gpkg")
    found = checked(call, saved(lines_layer(), "l.gpkg"), "--markers", markers)
    assert "2 个界桩属于界线“南驻线”，界线图层中没有" in found["left_out"]
    assert found["markers"] == []


def test_markers_that_name_no_line_belong_to_the_nearest(call, saved):
    markers = saved(markers_layer(["1617001Q", "1617002Q"]).assign(line=""), "m.gpkg")
    found = checked(call, saved(lines_layer(), "l.gpkg"), "--markers", markers)
    assert {marker["line"] for marker in found["markers"]} == {"周驻线"}
