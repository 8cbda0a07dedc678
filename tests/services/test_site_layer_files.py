import shutil
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
import shapely.affinity

from civgeo.domain.site_features import LAND_COVERS, SiteFeature
from civgeo.errors import CrsError, ImportRejected, InvalidInput, NotFound
from civgeo.geo.datum import bd09_from_cgcs2000, gcj02_from_cgcs2000
from civgeo.services.site_layer_files import HULL, WHOLE
from civgeo.services.site_layers import site_layer, site_layers
from civgeo.store.tables import Collection
from services.import_city import EDIT, city_in, divisions_of
from site_layer_files import counties_of, imported, layer_file, reservoirs, survey
from specimen_names import name_records


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    made = city_in(tmp_path_factory.mktemp("图层") / "库")
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def divisions(city):
    return divisions_of(city)


def moved(frame, way):
    def shift(places):
        return np.column_stack(way(*places.T))

    shapes = shapely.transform(frame.geometry.to_numpy(), shift)
    return frame.set_geometry(gpd.GeoSeries(shapes, crs=4490))


def test_a_file_of_one_kind_becomes_a_layer_with_its_names(city, divisions, tmp_path):
    path = layer_file(tmp_path / "水库.gpkg", reservoirs(divisions))
    seen = []

    meta = imported(city, path, progress=lambda *step: seen.append(step))

    found = site_layer(city, meta.digest)
    assert (meta.covers, meta.crs, meta.has_extent) == (
        (SiteFeature.RESERVOIR,),
        "EPSG:4490",
        False,
    )
    assert found.features["name"].tolist()[:2] == ["第1水库", "第2水库"]
    assert set(found.features["kind"]) == {"reservoir"}
    assert meta.notes == ("未给出图层范围，按全域完整处理",)
    assert {label for label, _, _ in seen} == {"读取图层", "核对图形", "保存图层"}
    assert not [
        item for item in city.store.file.parent.iterdir() if item.name.startswith(".civgeo")
    ]
    assert imported(city, path) == meta


def test_a_zipped_shapefile_in_gbk_and_grid_metres_gives_the_same_shapes_and_names(
    city, divisions, tmp_path
):
    frame = reservoirs(divisions)
    (tmp_path / "图层").mkdir()
    frame.to_crs(epsg=4547).to_file(tmp_path / "图层" / "sk.shp", encoding="GBK")
    path = Path(shutil.make_archive(str(tmp_path / "水库"), "zip", tmp_path / "图层"))

    meta = imported(city, path, title="水库（压缩包）")

    found = site_layer(city, meta.digest).features
    assert (meta.crs, meta.covers) == ("EPSG:4547", (SiteFeature.RESERVOIR,))
    assert found["name"].tolist() == frame["名称"].tolist()
    apart = shapely.hausdorff_distance(found.geometry.to_numpy(), frame.geometry.to_numpy())
    assert apart.max() < 1e-8


def test_of_several_layers_one_must_be_named(city, divisions, tmp_path):
    path = layer_file(tmp_path / "a.gpkg", reservoirs(divisions), layer="水库")
    layer_file(path, reservoirs(divisions, 2), layer="大型")

    with pytest.raises(ImportRejected, match="水库、大型"):
        imported(city, path)

    assert imported(city, path, layer="大型", dry_run=True).features == 2


def test_land_classes_by_code_are_read_and_strange_ones_are_kept_and_told(
    city, divisions, tmp_path
):
    county = counties_of(divisions).geometry.iloc[0]
    frame = survey(county)

    meta = imported(city, layer_file(tmp_path / "d.gpkg", frame), None, "dlbm")

    features = site_layer(city, meta.digest).features
    assert set(meta.covers) == LAND_COVERS
    assert dict(zip(features["label"], features["kind"], strict=True)) == {
        "0103": "arable",
        "0301": "forest",
        "1104": "",
    }
    strange = int((frame["DLBM"] == "1104").sum())
    assert (
        f"{strange} 个要素的地类不在对照表中，按未知地类保留，不作判断：1104 {strange}"
        in meta.notes
    )


def test_a_survey_ends_where_its_features_do(city, divisions, tmp_path):
    county = counties_of(divisions).geometry.iloc[0]
    hole = county.representative_point().buffer(0.01)

    whole = imported(city, layer_file(tmp_path / "a.gpkg", survey(county)), None, "DLBM")
    gap = imported(city, layer_file(tmp_path / "b.gpkg", survey(county - hole)), None, "DLBM")

    assert site_layer(city, whole.digest).extent.symmetric_difference(county).area < 1e-9
    assert site_layer(city, gap.digest).extent.intersection(hole).area < 1e-9
    assert any("空处按没有资料处理" in note for note in gap.notes)


def test_codes_that_lost_their_zero_and_names_of_classes_are_known(city, divisions, tmp_path):
    county = counties_of(divisions).geometry.iloc[0]
    numbers = survey(county, classes=(103, 301))
    words = survey(county, classes=("旱地", "乔木林地")).rename(columns={"DLBM": "DLMC"})

    one = imported(city, layer_file(tmp_path / "a.gpkg", numbers), None, "DLBM")
    other = imported(city, layer_file(tmp_path / "b.gpkg", words), None, "DLMC")

    kinds = [site_layer(city, meta.digest).features["kind"].tolist() for meta in (one, other)]
    assert kinds[0] == kinds[1]
    assert set(kinds[0]) == {"arable", "forest"}
    assert any("丢了前导零" in note for note in one.notes)


def test_roads_by_a_column_of_their_kinds_tell_of_those_kinds_only(city, divisions, tmp_path):
    frame = reservoirs(divisions, 3).assign(类型=["国道", "高速公路", "村道"])
    frame = frame.set_geometry(frame.geometry.boundary)

    meta = imported(city, layer_file(tmp_path / "a.gpkg", frame), None, "类型", extent=WHOLE)

    assert meta.covers == (SiteFeature.MOTORWAY, SiteFeature.NATIONAL_ROAD)
    assert any("村道 1" in note for note in meta.notes)


def test_a_layer_silent_in_some_counties_does_not_count_as_complete_there(
    city, divisions, tmp_path
):
    path = layer_file(tmp_path / "a.gpkg", reservoirs(divisions, 2))
    counties = counties_of(divisions)

    meta, told = imported(city, path), imported(city, path, extent=WHOLE)

    extent = site_layer(city, meta.digest).extent
    assert shapely.equals(extent, counties.geometry.iloc[:2].union_all())
    assert counties["name"].iloc[2] in meta.notes[-1]
    assert "--extent whole" in meta.notes[-1]
    assert site_layer(city, told.digest).extent is None


def test_the_extent_may_be_a_file_or_the_hull(city, divisions, tmp_path):
    path = layer_file(tmp_path / "a.gpkg", reservoirs(divisions, 3))
    area = gpd.GeoDataFrame(geometry=counties_of(divisions).geometry.iloc[:1], crs=4490)
    middles = shapely.centroid(reservoirs(divisions).geometry.to_numpy())
    points = gpd.GeoDataFrame(geometry=middles, crs=4490)

    drawn = imported(city, path, extent=layer_file(tmp_path / "b.gpkg", area))
    hull = imported(city, path, extent=HULL)

    assert shapely.equals(site_layer(city, drawn.digest).extent, area.geometry.iloc[0])
    shapes = reservoirs(divisions, 3).geometry
    assert shapely.covers(site_layer(city, hull.digest).extent, shapes.to_numpy()).all()
    with pytest.raises(ImportRejected, match="没有面图形"):
        imported(city, path, extent=layer_file(tmp_path / "c.gpkg", points))
    with pytest.raises(InvalidInput, match="外包"):
        imported(city, layer_file(tmp_path / "d.gpkg", points[:1]), extent=HULL)


def test_shapes_that_are_not_valid_are_mended_and_told_with_their_areas(city, divisions, tmp_path):
    frame = reservoirs(divisions)
    place = shapely.centroid(frame.geometry.iloc[0])
    bow = [(0, 0), (0.002, 0.002), (0.002, 0), (0, 0.002), (0, 0)]
    bow = shapely.affinity.translate(shapely.Polygon(bow), place.x, place.y)
    shapes = [bow, shapely.Polygon(), shapely.Point(float("nan"), 33), *frame.geometry[3:]]
    path = layer_file(tmp_path / "a.gpkg", frame.set_geometry(gpd.GeoSeries(shapes, crs=4490)))

    meta = imported(city, path)

    features = site_layer(city, meta.digest).features
    assert len(features) == len(frame) - 2
    assert features.geometry.is_valid.all()
    assert features.geometry.iloc[0].area == pytest.approx(0.002**2 / 2)
    assert any("1 个图形自相交或不成面，已修补：这些图形的面积由" in note for note in meta.notes)
    assert any("2 个要素没有图形、坐标无效" in note for note in meta.notes)


def test_heights_are_dropped(city, divisions, tmp_path):
    frame = reservoirs(divisions)
    frame = frame.set_geometry(gpd.GeoSeries(shapely.force_3d(frame.geometry, 100.0), crs=4490))

    meta = imported(city, layer_file(tmp_path / "a.gpkg", frame), title="带高程的水库")

    assert not site_layer(city, meta.digest).features.geometry.has_z.any()
    assert any("只保留平面坐标" in note for note in meta.notes)


def test_features_outside_the_city_are_told_and_a_layer_all_outside_is_refused(
    city, divisions, tmp_path
):
    frame = reservoirs(divisions)
    away = frame.set_geometry(frame.geometry.translate(xoff=-5))
    some = gpd.GeoDataFrame(geometry=[*frame.geometry, away.geometry.iloc[0]], crs=4490)

    meta = imported(city, layer_file(tmp_path / "a.gpkg", some))

    assert any("1 个要素" in note and "在本市之外" in note for note in meta.notes)
    with pytest.raises(ImportRejected, match="全部在本市之外") as refusal:
        imported(city, layer_file(tmp_path / "b.gpkg", away))
    assert refusal.value.code == "layer_outside_city"


@pytest.mark.parametrize("way", [gcj02_from_cgcs2000, bd09_from_cgcs2000])
def test_a_survey_in_a_shifted_system_is_refused_unless_it_is_named(city, divisions, tmp_path, way):
    county = counties_of(divisions).geometry.iloc[0]
    path = layer_file(tmp_path / "a.gpkg", moved(survey(shapely.segmentize(county, 0.01)), way))
    name = "GCJ-02" if way is gcj02_from_cgcs2000 else "BD-09"
    outline = gpd.GeoDataFrame(geometry=[shapely.segmentize(county, 0.01)], crs=4490)
    drawn = layer_file(tmp_path / "b.gpkg", moved(outline, way))

    with pytest.raises(ImportRejected, match=name) as refusal:
        imported(city, path, None, "DLBM")

    assert refusal.value.code == "shifted"
    assert imported(city, path, None, "DLBM", crs=name, dry_run=True).crs == name
    with pytest.raises(ImportRejected, match=name):
        imported(city, path, None, "DLBM", extent=drawn)
    meta = imported(city, path, None, "DLBM", crs=name, extent=drawn)
    assert site_layer(city, meta.digest).extent.symmetric_difference(county).area < 1e-6


def test_named_features_in_a_shifted_system_are_refused(city, divisions, tmp_path):
    frame = reservoirs(divisions)
    places = shapely.centroid(frame.geometry.to_numpy())
    with city.store.write() as writing:
        for number, (name, place) in enumerate(zip(frame["名称"], places, strict=True)):
            row = {"id": f"00000000-0000-4000-8000-{number:012}", "simulated": False}
            row |= {"name": name, "geometry": place, "kind": "reservoir"}
            writing.add(Collection.PLACE_NAMES, name_records("place_names", row), EDIT)

    with pytest.raises(ImportRejected, match="GCJ-02"):
        imported(city, layer_file(tmp_path / "a.gpkg", moved(frame, gcj02_from_cgcs2000)))


def test_swapped_axes_unknown_systems_and_other_datums_are_refused(city, divisions, tmp_path):
    frame = reservoirs(divisions)
    swapped = moved(frame, lambda lon, lat: (lat, lon))
    nowhere = tmp_path / "n.gpkg"
    with pytest.warns(UserWarning, match="crs"):
        frame.set_crs(None, allow_override=True).to_file(nowhere, driver="GPKG")
    old = frame.set_crs(4610, allow_override=True)

    with pytest.raises(CrsError, match="纬度写反了") as swap:
        imported(city, layer_file(tmp_path / "a.gpkg", swapped))
    with pytest.raises(CrsError, match="没有写明坐标系"):
        imported(city, nowhere)
    with pytest.raises(CrsError, match="1980"):
        imported(city, layer_file(tmp_path / "b.gpkg", old))

    assert swap.value.code == "axes_swapped"


def test_simulated_layers_are_for_demonstrations_only(city, divisions, tmp_path):
    path = layer_file(tmp_path / "a.gpkg", reservoirs(divisions).assign(simulated=True))
    demo = city_in(tmp_path / "演示", simulated=True)

    with pytest.raises(ImportRejected, match="不接收模拟数据"):
        imported(city, path)

    assert imported(demo, path).simulated
    demo.store.close()


def test_what_does_not_fit_is_refused_with_its_reason(city, divisions, tmp_path):
    path = layer_file(tmp_path / "a.gpkg", reservoirs(divisions))
    table = tmp_path / "t.csv"
    table.write_text("名称,面积\n甲,1\n乙,2\n", encoding="utf-8")
    before = site_layers(city)

    for error, match, given in [
        (InvalidInput, "没有“地类”列，现有：名称", {"kind": None, "kind_column": "地类"}),
        (InvalidInput, "只写一项", {"kind_column": "名称"}),
        (ImportRejected, "没有一个认得的地类：第", {"kind": None, "kind_column": "名称"}),
        (InvalidInput, "晚于今天", {"layer_date": date(2026, 3, 2)}),
        (InvalidInput, "数据来源", {"source": " "}),
    ]:
        with pytest.raises(error, match=match):
            imported(city, path, **given)
    with pytest.raises(NotFound, match="没有文件"):
        imported(city, tmp_path / "no.gpkg")
    with pytest.raises(InvalidInput, match="没有带图形的图层"):
        imported(city, table)

    assert site_layers(city) == before


def test_a_layer_of_the_bureaus_own_keeps_its_distance(city, divisions, tmp_path):
    path = layer_file(tmp_path / "a.gpkg", reservoirs(divisions, 1))

    meta = imported(city, path, None, own_distance_m=300.0, title="规划林场")

    assert (meta.is_own, meta.own_distance_m, meta.has_extent, meta.notes) == (
        True,
        300.0,
        False,
        (),
    )
