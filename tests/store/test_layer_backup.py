"""Constraint layers go along with a backup, are drilled, and come back."""

import json
import shutil
import zipfile
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from civgeo.domain.site_features import SiteFeature
from civgeo.services.city import City
from civgeo.services.site_layers import hide_layer, save_site_layer, site_layer, site_layers
from civgeo.store.backup import back_up, drill, keep_newest, manifest_of, restore, rotated
from civgeo.store.layer_backup import layer_copy_of
from civgeo.store.site_layers import SITE_LAYERS_FOLDER, hidden_layers
from civgeo.store.store import Store

TODAY = date(2026, 3, 1)


@pytest.fixture
def city(store):
    made = City(store, TODAY)
    for number in (1, 2):
        box = shapely.box(114, 33, 114 + number / 10, 33.1)
        save_site_layer(
            made,
            gpd.GeoDataFrame({"kind": ["reservoir"]}, geometry=[box], crs=4490),
            box if number == 1 else None,
            title=f"水库{number}",
            covers=[SiteFeature.RESERVOIR],
            layer_date=date(2025, number, 1),
            source="市水利局",
        )
    hide_layer(made, site_layers(made)[0].digest)
    return made


def back_up_of(city, tmp_path):
    target = tmp_path / "备份" / "库.gpkg"
    return target, back_up(city.store, target)


def test_layers_come_back_with_a_restored_store_hidden_ones_hidden(city, tmp_path):
    target, manifest = back_up_of(city, tmp_path)

    outcome = restore(target, tmp_path / "新")

    assert manifest == manifest_of(target)
    assert (manifest.layers.files, outcome.faults) == (10, ())
    with Store.open(tmp_path / "新") as store:
        there = City(store, TODAY)
        assert site_layers(there) == site_layers(city)
        assert hidden_layers(tmp_path / "新") == {site_layers(city)[0].digest}
        for meta in site_layers(city):
            shapes = [site_layer(each, meta.digest).features for each in (there, city)]
            assert shapes[0].equals(shapes[1])


def test_a_store_without_layers_makes_no_zip_and_leaves_those_that_are_there(city, tmp_path):
    shutil.move(city.store.file.parent / SITE_LAYERS_FOLDER, tmp_path / "别处")
    target, manifest = back_up_of(city, tmp_path)
    (tmp_path / "新" / SITE_LAYERS_FOLDER).mkdir(parents=True)

    restore(target, tmp_path / "新")

    assert manifest.layers is None
    assert not layer_copy_of(target).exists()
    assert (tmp_path / "新" / SITE_LAYERS_FOLDER).is_dir()


def test_layers_that_are_there_stay_beside_those_that_come_back(city, tmp_path):
    target, _ = back_up_of(city, tmp_path)
    old = tmp_path / "新" / SITE_LAYERS_FOLDER / "旧"
    old.mkdir(parents=True)

    restore(target, tmp_path / "新")

    (aside,) = (tmp_path / "新").glob(f"{SITE_LAYERS_FOLDER}-replaced-*")
    assert (aside / "旧").is_dir()


def test_a_backup_from_before_there_were_layers_is_read(city, tmp_path):
    target, _ = back_up_of(city, tmp_path)
    beside = target.with_name("库.gpkg.json")
    content = json.loads(beside.read_text("utf-8"))
    del content["layers"]
    beside.write_text(json.dumps(content), encoding="utf-8")

    assert manifest_of(target).layers is None
    assert drill(target).faults == ()


def _rewritten(target: Path, change) -> None:
    """The zip of the layers with other items, and a manifest that fits it."""
    source = layer_copy_of(target)
    with zipfile.ZipFile(source) as packed:
        items = {name: packed.read(name) for name in packed.namelist()}
    kind = change(items) or zipfile.ZIP_STORED
    with zipfile.ZipFile(source, "w", kind) as packed:
        for name, content in items.items():
            packed.writestr(name, content)
    beside = target.with_name(f"{target.name}.json")
    manifest = json.loads(beside.read_text("utf-8"))
    manifest["layers"] |= {
        "sha256": sha256(source.read_bytes()).hexdigest(),
        "files": len(items),
    }
    beside.write_text(json.dumps(manifest), encoding="utf-8")


def _spoil(items):
    name = next(name for name in items if name.endswith("words.json"))
    items[name] = items[name].replace(b"reservoir", b"river")


def _compress(items):
    return zipfile.ZIP_DEFLATED


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_spoil, "缺失或已损坏"),
        (lambda items: items.update({"../外面": b""}), "文件名、个数或压缩方式"),
        (lambda items: items.update({"0123456789abcdef/a/b": b""}), "文件名、个数或压缩方式"),
        (_compress, "文件名、个数或压缩方式"),
    ],
)
def test_a_drill_finds_layers_that_are_not_whole(city, tmp_path, change, said):
    target, _ = back_up_of(city, tmp_path)
    _rewritten(target, change)

    (fault,) = drill(target).faults

    assert said in fault
    assert not (tmp_path / "外面").exists()


def test_a_lost_or_changed_zip_is_found_and_nothing_is_restored(city, tmp_path):
    target, _ = back_up_of(city, tmp_path)
    packed = layer_copy_of(target)
    content = packed.read_bytes()

    packed.write_bytes(content[:-9])
    changed = drill(target).faults
    packed.unlink()
    lost = restore(target, tmp_path / "新").faults

    assert ["校验和" in fault for fault in changed] == [True]
    assert ["缺少选址图层的备份" in fault for fault in lost] == [True]
    assert not (tmp_path / "新" / "civgeo.gpkg").exists()


def test_old_copies_go_with_their_backups(city, tmp_path):
    target = tmp_path / "库.gpkg"
    for day in (1, 2):
        back_up(city.store, rotated(target, datetime(2026, 3, day, tzinfo=UTC)))

    keep_newest(target, 1)

    assert len([*tmp_path.glob("*.layers.zip")]) == 1
