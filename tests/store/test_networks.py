from dataclasses import fields, replace

import numpy as np
import pytest

from analysis.street_grids import grid
from civgeo.analysis.walk_network import StreetEdges, WalkNetwork, walk_network
from civgeo.errors import NotFound, StoreUnavailable
from civgeo.store.elevations import ElevationMeta, elevations, load_heights, save_elevation
from civgeo.store.networks import (
    NetworkMeta,
    current_version,
    load_network,
    make_current,
    network_meta,
    network_version,
    networks,
    prune,
    save_network,
)

ARRAYS = [field.name for field in fields(WalkNetwork) if field.init and field.name != "epsg"]


def saved(folder, network, made_at="2026-03-01T00:00:00.000Z", **changed):
    version = network_version(network)
    meta = NetworkMeta(
        *("道路.gpkg", "ab" * 32, "", False, version, made_at, network.epsg),
        *(network.nodes, network.edges, network.parts, 1.5, 0.0, version),
    )
    meta = replace(meta, **changed)
    save_network(folder, network, meta)
    return meta


def with_slope(network):
    edges = StreetEdges(
        *(network.x, network.y, network.edge_start, network.edge_end),
        *(network.shape_start, network.shape_xy, network.level),
    )
    forward = network.length_dm + np.int32(7)
    return walk_network(edges, network.epsg, forward_dm=forward, backward_dm=network.length_dm)


@pytest.mark.parametrize("sloped", [False, True])
def test_a_network_comes_back_as_it_was_mapped_into_memory(tmp_path, sloped):
    network = with_slope(grid(4, 3)) if sloped else grid(4, 3)
    meta = saved(tmp_path, network, notes=("甲",), findings=("乙",), parameters={"dem": None})

    found = load_network(tmp_path, meta.version)

    assert network_meta(tmp_path, meta.version) == meta
    for name in ARRAYS:
        kept, own = getattr(found, name), getattr(network, name)
        assert (kept.dtype, kept.shape) == (own.dtype, own.shape)
        assert np.array_equal(kept, own)
        assert isinstance(kept.base, np.memmap)
    assert found.is_flat is not sloped
    assert network_version(found) == meta.version


def test_the_version_is_told_by_the_arrays_alone():
    assert network_version(grid(4, 3)) == network_version(grid(4, 3))
    versions = {network_version(net) for net in (grid(4, 3), grid(3, 4), with_slope(grid(4, 3)))}
    assert len(versions) == 3


def test_one_version_is_in_use_and_another_may_be_put_in_use(tmp_path):
    assert current_version(tmp_path) is None
    assert networks(tmp_path) == ()
    first = saved(tmp_path, grid(3, 3))
    second = saved(tmp_path, grid(4, 4), made_at="2026-03-02T00:00:00.000Z")
    assert current_version(tmp_path) is None

    make_current(tmp_path, first.version)

    assert current_version(tmp_path) == first.version
    assert networks(tmp_path) == (second, first)
    make_current(tmp_path, second.version)
    assert current_version(tmp_path) == second.version


@pytest.mark.parametrize("version", ["0" * 16, "../../etc", "", "current"])
def test_a_version_that_is_not_there_is_said_plainly(tmp_path, version):
    saved(tmp_path, grid(3, 3))

    for ask in (load_network, make_current, network_meta):
        with pytest.raises(NotFound, match="没有步行网版本"):
            ask(tmp_path, version)


def test_a_network_saved_again_keeps_its_arrays_and_gets_the_new_description(tmp_path):
    first = saved(tmp_path, grid(3, 3))
    again = saved(tmp_path, grid(3, 3), source="另一个.gpkg")

    assert networks(tmp_path) == (again,)
    assert first.version == again.version


def test_old_versions_go_but_not_the_one_in_use_nor_the_streets_beneath_it(tmp_path):
    metas = []
    for size in range(3, 8):
        metas.append(saved(tmp_path, grid(size, 3), made_at=f"2026-03-0{size}T00:00:00.000Z"))
    derived = saved(tmp_path, grid(9, 3), streets=metas[0].version, made_at="2026-03-01")
    make_current(tmp_path, derived.version)

    gone = prune(tmp_path, 2)

    assert set(gone) == {metas[1].version, metas[2].version}
    left = {meta.version for meta in networks(tmp_path)}
    assert left == {metas[0].version, metas[3].version, metas[4].version, derived.version}


def test_a_damaged_network_is_unavailable_and_says_what_to_do(tmp_path):
    meta = saved(tmp_path, grid(3, 3))
    folder = tmp_path / "networks" / meta.version
    (folder / "x.npy").write_bytes((folder / "x.npy").read_bytes()[:90])
    with pytest.raises(StoreUnavailable, match="重新导入道路"):
        load_network(tmp_path, meta.version)

    (folder / "x.npy").unlink()
    with pytest.raises(StoreUnavailable, match="重新导入道路"):
        load_network(tmp_path, meta.version)

    (folder / "meta.json").write_text("{")
    with pytest.raises(StoreUnavailable, match="重新导入道路"):
        networks(tmp_path)


@pytest.mark.parametrize("name", ["neighbour.npy", "length_dm.npy"])
def test_one_changed_byte_is_seen_and_mended_by_saving_again(tmp_path, name):
    network = grid(3, 3)
    meta = saved(tmp_path, network)
    place = tmp_path / "networks" / meta.version / name
    content = bytearray(place.read_bytes())
    content[-1] ^= 0x40
    place.write_bytes(content)
    with pytest.raises(StoreUnavailable, match="重新导入道路"):
        load_network(tmp_path, meta.version)

    saved(tmp_path, network)

    assert network_version(load_network(tmp_path, meta.version)) == meta.version


def test_a_damaged_version_does_not_stop_old_ones_from_going(tmp_path):
    metas = [
        saved(tmp_path, grid(size, 3), made_at=f"2026-03-0{size}T00:00:00.000Z")
        for size in range(3, 6)
    ]
    (tmp_path / "networks" / metas[1].version / "meta.json").write_text("{")
    make_current(tmp_path, metas[2].version)
    assert prune(tmp_path, 1) == (metas[0].version,)


def test_a_network_cannot_be_saved_where_no_folder_can_be_made(tmp_path):
    (tmp_path / "networks").write_text("a file")

    with pytest.raises(StoreUnavailable, match="不能写入"):
        saved(tmp_path, grid(3, 3))


def test_an_elevation_model_comes_back_and_a_missing_one_says_how_to_get_it(tmp_path):
    heights = tmp_path / "h.npy"
    np.save(heights, np.arange(6, dtype=np.float32).reshape(2, 3))
    meta = ElevationMeta(
        *("0123456789abcdef", "dem.tif", "2026-03-01", "EPSG:4326"),
        *((1.0, 0.0, 0.0, 0.0, -1.0, 2.0), 2, 3, 0.0, 0.0, 5.0, (30.0, 31.0), ("注",)),
    )

    save_elevation(tmp_path, heights, meta)

    assert elevations(tmp_path) == (meta,)
    kept = load_heights(tmp_path, meta.digest)
    assert kept.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert not kept.flags.writeable
    with pytest.raises(NotFound, match="--as dem"):
        load_heights(tmp_path, "f" * 16)
    (tmp_path / "dem" / f"{meta.digest}.npy").write_bytes(b"x")
    with pytest.raises(StoreUnavailable, match="重新导入"):
        load_heights(tmp_path, meta.digest)
