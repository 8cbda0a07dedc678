import shutil

import osmium
import pytest
import shapely

from civgeo.errors import ImportRejected
from civgeo.formats.facts import ReadRequest
from civgeo.formats.jail import read_file
from civgeo.formats.osm_streets import ATTRIBUTION
from civgeo.formats.sniff import FileFormat, is_osm_pbf, sniff
from civgeo.formats.walkable_ways import walkable_ways
from osm_specimens import crossroads, helsinki, osm_file

SQUARE = {1: (114.0, 33.0), 2: (114.1, 33.0), 3: (114.1, 33.1), 4: (114.0, 33.1)}
STREETS = ReadRequest(layer="streets")
BARRIERS = ReadRequest(layer="barriers")


def refused(path, staging, request=STREETS):
    with pytest.raises(ImportRejected) as refusal:
        read_file(path, staging, request)
    return refusal.value


@pytest.mark.parametrize(
    ("tags", "walked"),
    [
        ({"highway": "footway"}, True),
        ({"highway": "steps"}, True),
        ({"highway": "living_street", "oneway": "yes"}, True),
        ({"highway": "trunk"}, True),
        ({"highway": "platform"}, True),
        ({"highway": "motorway"}, False),
        ({"highway": "motorway", "sidewalk": "both"}, True),
        ({"highway": "residential", "foot": "no"}, False),
        ({"highway": "residential", "foot": "use_sidepath"}, False),
        ({"highway": "primary", "motorroad": "yes"}, False),
        ({"highway": "service", "access": "private"}, False),
        ({"highway": "service", "access": "private", "foot": "permissive"}, True),
        ({"highway": "construction", "foot": "yes"}, False),
        ({"railway": "platform", "foot": "yes"}, False),
        ({"building": "yes"}, False),
    ],
)
def test_ways_are_walked_on_by_their_tags(tags, walked):
    assert walkable_ways().are_walked(tags) is walked


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"waterway": "river"}, "river"),
        ({"railway": "rail"}, "railway"),
        ({"railway": "rail", "bridge": "no"}, "railway"),
        ({"railway": "rail", "bridge": "viaduct"}, None),
        ({"waterway": "canal", "tunnel": "culvert"}, None),
        ({"barrier": "city_wall"}, "wall"),
        ({"barrier": "kerb"}, None),
    ],
)
def test_barriers_are_those_on_the_ground(tags, kind):
    assert walkable_ways().barrier(tags) == kind


def test_a_small_file_is_read_with_its_levels_and_names(tmp_path):
    over = {"bridge": "yes", "layer": "1", "name": "天桥"}
    path = crossroads(tmp_path / "a.osm.pbf", over=over).rename(tmp_path / "路.bin")

    checked = read_file(path, tmp_path / "staging", STREETS)
    frame = checked.frame()

    assert is_osm_pbf(path)
    assert sniff(path) is FileFormat.OSM_PBF
    assert frame["level"].tolist() == [0, 1]
    assert frame["bridge"].fillna("").tolist() == ["", "yes"]
    assert frame["name"].fillna("").tolist() == ["", "天桥"]
    assert frame.crs.to_epsg() == 4326
    assert frame.geometry.iloc[0].coords[1] == frame.geometry.iloc[1].coords[1] == (114.01, 33.0)
    assert checked.facts.notes[0] == ATTRIBUTION


def test_without_a_layer_the_officer_is_asked_which_and_another_is_refused(tmp_path):
    path = crossroads(tmp_path / "a.osm.pbf")

    facts = read_file(path, tmp_path / "staging").facts

    assert facts.must_choose
    assert [layer.name for layer in facts.layers] == ["streets", "barriers"]
    assert "没有名为“roads”的图层" in refused(path, tmp_path, ReadRequest(layer="roads")).message


def test_ways_that_lack_nodes_keep_their_pieces_and_broken_ones_are_counted(tmp_path):
    street = {"highway": "residential"}
    ways = [
        ((1, 2, 99, 3, 4), street),
        ((1, 98, 2), street),
        ((1, 1), street),
        ((2, 3), street),
        ((3, 4), {"highway": "footway", "foot": "no"}),
    ]
    path = osm_file(tmp_path / "a.osm.pbf", SQUARE, ways)

    checked = read_file(path, tmp_path / "staging", STREETS)

    assert shapely.length(checked.frame().geometry.to_numpy()).round(3).tolist() == [0.1, 0.1, 0.1]
    assert checked.facts.notes[1:] == (
        "读取 2 条可步行的路，另有 1 条不供步行或禁止步行",
        "2 条路的部分节点不在文件里，只取在文件里的各段",
        "1 条路没有可用的图形或标签，没有读取",
    )


def test_barriers_are_one_of_each_name_and_water_that_closes_is_an_area(tmp_path):
    water = {"natural": "water"}
    ways = [
        ((1, 2, 3, 4, 1), water),
        ((1, 2, 3), water),
        ((1, 2, 99, 3, 4, 1), water),
        ((2, 4), {"waterway": "river", "name": "汝河"}),
        ((4, 1), {"waterway": "river", "name": "汝河"}),
        ((3, 4), {"railway": "rail"}),
        ((1, 3), {"railway": "rail", "tunnel": "yes"}),
    ]
    path = osm_file(tmp_path / "a.osm.pbf", SQUARE, ways)

    frame = read_file(path, tmp_path / "staging", BARRIERS).frame()

    assert frame["kind"].tolist() == ["river", "river", "railway"]
    assert frame.geom_type.tolist() == ["Polygon", "MultiLineString", "LineString"]
    assert frame["name"].tolist() == ["水面 1", "汝河", "铁路 6"]


def test_an_empty_file_and_a_truncated_one_are_refused_plainly(tmp_path):
    empty = osm_file(tmp_path / "空.osm.pbf", SQUARE, [((1, 2), {"building": "yes"})])
    cut = tmp_path / "断.osm.pbf"
    cut.write_bytes(helsinki().read_bytes()[:300_000])

    assert "没有可步行的道路" in refused(empty, tmp_path / "1").message
    assert "没有作为阻隔的" in refused(empty, tmp_path / "2", BARRIERS).message
    assert refused(cut, tmp_path / "3").code == "broken_file"


def test_ways_before_their_nodes_keep_nothing_and_say_so(tmp_path):
    path = tmp_path / "a.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        tags = {"highway": "path"}
        writer.add_way(osmium.osm.mutable.Way(id=1, nodes=(1, 2), tags=tags))
        for id, place in SQUARE.items():
            writer.add_node(osmium.osm.mutable.Node(id=id, location=place))

    assert refused(path, tmp_path / "staging").code in ("empty_layer", "broken_file")


def test_the_real_extract_is_read_whatever_it_is_called(tmp_path):
    path = shutil.copy(helsinki(), tmp_path / "upload.dat")

    checked = read_file(path, tmp_path / "staging", STREETS)
    frame = checked.frame()

    assert checked.facts.rows == len(frame) > 2000
    assert set(frame["highway"]) >= {"footway", "steps", "residential", "pedestrian"}
    assert "motorway" not in set(frame["highway"])
    assert frame.geometry.is_valid.all()


@pytest.mark.parametrize("layer", ["1;2", "hoch", "1" + "0" * 30, "-99", ""])
def test_a_layer_that_is_no_level_counts_as_the_ground(tmp_path, layer):
    path = crossroads(tmp_path / "a.osm.pbf", over={"layer": layer})

    assert read_file(path, tmp_path / "staging", STREETS).frame()["level"].tolist() == [0, 0]
