import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely.affinity
from affine import Affine
from shapely import LineString

from civgeo.errors import CrsError, ImportRejected, NotFound
from civgeo.geo.crs import city_zone
from civgeo.geo.datum import gcj02_from_cgcs2000
from civgeo.services.elevation import import_elevation
from civgeo.services.import_batches import ImportRequest
from civgeo.services.imports import confirm, stage
from civgeo.services.reach_views import provenance
from civgeo.services.street_files import StreetRequest
from civgeo.services.street_network import (
    import_streets,
    is_stale,
    keep_streets,
    meta_in_use,
    network_in_use,
    renew_network,
    saved_networks,
    streets_in_use,
    use_network,
)
from civgeo.services.walk_ground import walk_ground
from civgeo.store.tables import Collection
from osm_specimens import helsinki, osm_file
from services.import_city import EDIT, city_in, county, divisions_of
from specimen_names import name_records

STEP = 2e-3
COUNT = 6


@pytest.fixture
def city(tmp_path):
    made = city_in(tmp_path / "库")
    yield made
    made.store.close()


def lines(city, move=lambda lon, lat: (lon, lat)):
    """A grid of named streets around the middle of a county, EPSG:4490."""
    middle = county(city)
    steps = np.arange(COUNT) * STEP
    east = [np.column_stack([middle.x + steps, np.full(COUNT, middle.y + y)]) for y in steps]
    north = [np.column_stack([np.full(COUNT, middle.x + x), middle.y + steps]) for x in steps]
    paths = [LineString(np.column_stack(move(*path.T))) for path in (*east, *north)]
    names = [f"第{number}街" for number in range(len(paths))]
    return gpd.GeoDataFrame({"名称": names}, geometry=paths, crs=4490)


def layer_file(path, frame):
    frame.to_file(path, driver="GPKG")
    return path


def enter(city, collection, **row):
    with city.store.write() as writing:
        frame = name_records(collection.value, {"id": row["name"], "simulated": False} | row)
        writing.add(collection, frame, EDIT)


def test_a_layer_of_lines_becomes_the_network_in_use(city, tmp_path):
    path = layer_file(tmp_path / "道路.gpkg", lines(city))
    seen = []

    report = import_streets(city, path, progress=lambda *step: seen.append(step))

    network, meta = network_in_use(city), meta_in_use(city)
    assert (network.nodes, network.edges, network.parts) == (36, 60, 1)
    assert network.epsg == city_zone(divisions_of(city)).epsg
    assert report.meta == meta
    assert report.written
    assert (meta.nodes, meta.edges, meta.parts, meta.loose_share) == (36, 60, 1, 0.0)
    assert meta.length_km == pytest.approx(network.length_dm.sum() / 10_000)
    assert (meta.source, meta.simulated, meta.attribution) == ("道路.gpkg", False, "")
    assert streets_in_use(city) is network
    assert {label for label, _, _ in seen} >= {"读取道路", "打断路段", "保存"}
    assert not [item for item in (tmp_path / "库").iterdir() if item.name.startswith(".civgeo")]


def test_a_dry_run_says_the_same_and_keeps_nothing(city, tmp_path):
    path = layer_file(tmp_path / "道路.gpkg", lines(city))

    report = import_streets(city, path, dry_run=True)

    assert (report.written, report.meta.edges) == (False, 60)
    assert saved_networks(city) == ()
    with pytest.raises(NotFound, match="还没有步行网"):
        network_in_use(city)


def test_streets_in_metres_and_in_gcj02_give_the_same_network(city, tmp_path):
    zone = city_zone(divisions_of(city)).epsg
    plain = import_streets(city, layer_file(tmp_path / "a.gpkg", lines(city)))
    metres = layer_file(tmp_path / "b.gpkg", lines(city).to_crs(epsg=zone))
    shifted = layer_file(tmp_path / "c.gpkg", lines(city, gcj02_from_cgcs2000))

    projected = import_streets(city, metres)
    restored = import_streets(city, shifted, StreetRequest(crs="GCJ-02"))

    for report in (projected, restored):
        assert (report.meta.nodes, report.meta.edges) == (36, 60)
        assert report.meta.length_km == pytest.approx(plain.meta.length_km, abs=0.01)


def test_openstreetmap_data_keeps_its_attribution_and_its_bridges_apart(city, tmp_path):
    middle = county(city)
    street = {"highway": "residential"}
    places = {
        **{number: (middle.x + (number - 2) * STEP, middle.y) for number in (1, 2, 3)},
        **{number: (middle.x, middle.y + (number - 5) * STEP) for number in (4, 5, 6)},
    }
    over = street | {"bridge": "yes", "layer": "1"}
    # node 5 lies on node 2: the bridge has a vertex over the street and is not the same node
    path = osm_file(tmp_path / "a.osm.pbf", places, [((1, 2, 3), street), ((4, 5, 6), over)])

    report = import_streets(city, path)

    assert (report.meta.parts, report.meta.edges) == (2, 2)
    assert report.noding.held_apart == 1
    assert report.meta.attribution == "© OpenStreetMap contributors, ODbL 1.0"
    assert report.meta.loose_share == pytest.approx(0.5, abs=0.1)


def test_streets_elsewhere_are_refused_and_some_outside_are_a_finding(city, tmp_path):
    west = divisions_of(city).total_bounds[0]
    some = lines(city)
    outside = LineString([(west - 0.2, county(city).y), (west - 0.1, county(city).y)])
    some.loc[0, "geometry"] = outside

    with pytest.raises(ImportRejected, match="全部在本市之外") as refusal:
        import_streets(city, helsinki())
    report = import_streets(city, layer_file(tmp_path / "b.gpkg", some))

    assert refusal.value.code == "streets_outside_city"
    assert any("1 条路（8.3%）在本市之外" in note for note in report.meta.notes)


def test_simulated_streets_are_refused_by_a_production_store_and_marked_in_a_demonstration(
    city, tmp_path
):
    path = layer_file(tmp_path / "a.gpkg", lines(city).assign(simulated=[True] + [False] * 11))
    demo = city_in(tmp_path / "演示", simulated=True)

    with pytest.raises(ImportRejected, match="不接收模拟数据"):
        import_streets(city, path)
    with pytest.raises(ImportRejected, match="不接收模拟数据"):
        keep_streets(city, lines(city), source="模拟", simulated=True)
    assert import_streets(demo, path).meta.simulated
    assert keep_streets(demo, lines(demo), source="模拟道路", simulated=True).meta.simulated
    demo.store.close()


def test_a_file_without_lines_or_without_a_system_is_refused(city, tmp_path):
    points = lines(city).set_geometry(lines(city).geometry.representative_point())
    nowhere = tmp_path / "b.gpkg"
    with pytest.warns(UserWarning, match="crs"):
        lines(city).set_crs(None, allow_override=True).to_file(nowhere, driver="GPKG")
    dots = lines(city).set_geometry([LineString([(114, 33), (114, 33)])] * 12, crs=4490)

    with pytest.raises(ImportRejected, match="没有线状图形"):
        import_streets(city, layer_file(tmp_path / "a.gpkg", points))
    with pytest.raises(CrsError, match="没有写明坐标系"):
        import_streets(city, nowhere)
    with pytest.raises(ImportRejected, match="12 条线没有长度"):
        import_streets(city, layer_file(tmp_path / "c.gpkg", dots))
    with pytest.raises(NotFound, match="没有文件"):
        import_streets(city, tmp_path / "d.gpkg")


def test_motorways_of_a_layer_with_kinds_are_not_walked(city, tmp_path):
    kinds = ["motorway"] + ["residential"] * 11
    path = layer_file(tmp_path / "a.gpkg", lines(city).assign(fclass=kinds))

    report = import_streets(city, path)

    assert report.noding.parts == 11
    assert any("1 条路的种类不供步行" in note for note in report.meta.notes)


def test_registered_barriers_cut_the_network_and_crossings_join_it_again(city, tmp_path):
    middle = county(city)
    import_streets(city, layer_file(tmp_path / "道路.gpkg", lines(city)))
    y = middle.y + 2.5 * STEP
    river = LineString([(middle.x - STEP, y), (middle.x + COUNT * STEP, y)])
    enter(city, Collection.WALK_BARRIERS, geometry=river, name="汝河", kind="river")

    cut = renew_network(city)

    assert (cut.cut_edges, network_in_use(city).parts) == (6, 2)
    assert (streets_in_use(city).parts, meta_in_use(city).streets) == (1, cut.meta.streets)
    assert cut.meta.findings == ("1 处阻隔断开了 6 个路段",)
    bank = np.array([middle.x + STEP / 3, middle.x + STEP / 3])
    bridge = LineString(np.column_stack([bank, middle.y + np.array([2, 3]) * STEP]))
    nowhere = shapely.affinity.translate(bridge, yoff=COUNT * STEP * 2)
    own = {"kind": "footbridge", "status": "existing"}
    enter(city, Collection.WALK_CROSSINGS, geometry=bridge, name="人行桥", **own)
    enter(city, Collection.WALK_CROSSINGS, geometry=nowhere, name="远桥", **own)
    planned = shapely.affinity.translate(bridge, xoff=STEP)
    own = {"kind": "bridge", "status": "planned"}
    enter(city, Collection.WALK_CROSSINGS, geometry=planned, name="规划桥", **own)

    joined = renew_network(city)

    assert (joined.cut_edges, joined.crossings, network_in_use(city).parts) == (6, 1, 1)
    assert any("远桥 有一端离最近的道路" in text for text in joined.meta.findings)
    again = import_streets(city, tmp_path / "道路.gpkg")
    assert again.meta.version == joined.meta.version
    assert again.meta.findings == joined.meta.findings
    use_network(city, joined.meta.streets)
    assert network_in_use(city).edges == 60


def model(path, middle, *, crs="EPSG:4326"):
    """Ground that rises 100 m a thousandth of a degree to the east."""
    size, cell = 200, 2e-4
    columns = np.arange(size, dtype=np.float32) * np.float32(0.2)
    heights = np.tile(columns * 10, (size, 1))
    affine = Affine(cell, 0, middle.x - 10 * cell, 0, -cell, middle.y + 100 * cell)
    known = {"driver": "GTiff", "count": 1, "dtype": "float32", "crs": crs, "transform": affine}
    with rasterio.open(path, "w", **known, height=size, width=size) as file:
        file.write(heights.reshape(1, size, size))
    return path


def test_an_elevation_model_makes_the_network_sloped_and_may_be_left_aside(city, tmp_path):
    streets = layer_file(tmp_path / "道路.gpkg", lines(city))
    seen = import_elevation(city, model(tmp_path / "a.tif", county(city)), dry_run=True)
    assert meta_of(city, streets).parameters["dem"] is None

    kept = import_elevation(city, model(tmp_path / "a.tif", county(city)))
    sloped = import_streets(city, streets)

    assert kept.digest == seen.digest
    assert kept.cell_m == pytest.approx((18.7, 22.2), abs=0.1)
    assert (kept.lowest_m, kept.unknown_share) == (0, 0)
    network = network_in_use(city)
    assert not network.is_flat
    assert sloped.slope.unknown == 0
    assert sloped.meta.parameters["dem"] == kept.digest
    east = network.forward_dm > network.length_dm * 1.2
    assert east.sum() == 30
    level = import_streets(city, streets, StreetRequest(dem="none"))
    assert (level.slope, network_in_use(city).is_flat) == (None, True)
    again = import_streets(city, streets, StreetRequest(dem=kept.digest[:6]))
    assert again.meta.version == sloped.meta.version
    with pytest.raises(NotFound, match=kept.digest):
        import_streets(city, streets, StreetRequest(dem="zz"))


def meta_of(city, streets):
    return import_streets(city, streets, dry_run=True).meta


def test_an_elevation_model_without_a_system_asks_for_one(city, tmp_path):
    middle = county(city)
    path = tmp_path / "a.asc"
    cells = "\n".join("1 2 3" for _ in range(3))
    head = f"ncols 3\nnrows 3\nxllcorner {middle.x}\nyllcorner {middle.y}\ncellsize 0.001\n"
    path.write_text(head + cells)

    with pytest.raises(CrsError, match="请用 --crs"):
        import_elevation(city, path)
    assert import_elevation(city, path, crs="EPSG:4326").crs == "EPSG:4326"


def test_streets_shifted_from_the_registered_places_of_their_names_are_refused(city, tmp_path):
    for name, line in zip(lines(city)["名称"], lines(city).geometry, strict=True):
        enter(city, Collection.PLACE_NAMES, name=name, geometry=line)
    shifted = layer_file(tmp_path / "a.gpkg", lines(city, gcj02_from_cgcs2000))

    with pytest.raises(ImportRejected, match="GCJ-02 的偏移一致") as refusal:
        import_streets(city, shifted)

    assert refusal.value.code == "shifted"
    assert import_streets(city, shifted, StreetRequest(crs="GCJ-02")).written
    with pytest.raises(ImportRejected, match="按 BD-09 换算之后"):
        import_streets(city, shifted, StreetRequest(crs="BD-09"))


def test_barriers_of_openstreetmap_data_can_be_registered(city, tmp_path):
    middle = county(city)
    places = {number: (middle.x + number * 1e-3, middle.y) for number in range(1, 7)}
    ways = [
        ((1, 2), {"waterway": "river", "name": "汝河"}),
        ((2, 3), {"waterway": "river", "name": "汝河"}),
        ((5, 6), {"railway": "rail"}),
    ]
    path = osm_file(tmp_path / "a.osm.pbf", places, ways)
    asked = ImportRequest(layer="barriers", constants={"division": "990102"})

    batch = stage(city, path, "walk_barriers", asked)
    confirm(city, batch.id, EDIT)

    with city.store.read() as reading:
        kept = reading.features(Collection.WALK_BARRIERS)
    assert sorted(zip(kept["name"], kept["kind"], strict=True)) == [
        ("汝河", "river"),
        ("铁路 3", "railway"),
    ]


def test_a_network_is_told_stale_once_a_barrier_is_edited_until_it_is_renewed(city, tmp_path):
    import_streets(city, layer_file(tmp_path / "a.gpkg", lines(city)))
    assert not is_stale(city)

    middle = county(city)
    wall = LineString([(middle.x, middle.y), (middle.x + 1e-3, middle.y)])
    enter(city, Collection.WALK_BARRIERS, name="围墙", kind="wall", geometry=wall)
    assert is_stale(city)
    told = provenance(walk_ground(city))
    assert "coverage network --renew" in told["warnings"][0]

    renew_network(city)
    assert not is_stale(city)
    assert provenance(walk_ground(city))["warnings"] == []
