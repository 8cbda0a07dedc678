import dataclasses
import shutil
from datetime import date

import geopandas as gpd
import numpy as np
import pytest
import shapely

from civgeo.domain.site_features import LAND_COVERS, SiteFeature
from civgeo.errors import InvalidInput, NotFound, StoreUnavailable
from civgeo.services.city import City
from civgeo.services.site_layers import (
    chosen_layers,
    hide_layer,
    save_site_layer,
    site_layer,
    site_layers,
)
from civgeo.store.site_layers import SITE_LAYERS_FOLDER
from civgeo.store.store import Store
from services.import_city import TODAY, city_in, divisions_of
from site_layer_files import DAY, counties_of

GIVEN = {"title": "水库", "layer_date": DAY, "source": "市水利局"}


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("库") / "store"
    city_in(folder).store.close()
    return folder


@pytest.fixture
def city(founded, tmp_path):
    folder = shutil.copytree(founded, tmp_path / "库")
    with Store.open(folder) as store:
        yield City(store, TODAY)


def pond(west=114.0, south=33.0, kind="reservoir", **words):
    box = shapely.box(west, south, west + 0.01, south + 0.01)
    return gpd.GeoDataFrame(
        {"kind": [kind]} | {k: [v] for k, v in words.items()}, geometry=[box], crs=4490
    )


def kept(city, frame=None, extent=None, **given):
    frame = pond() if frame is None else frame
    given = {"covers": [SiteFeature.RESERVOIR]} | GIVEN | given
    return save_site_layer(city, frame, extent, **given)


def folder_of(city, meta):
    return city.store.file.parent / SITE_LAYERS_FOLDER / meta.digest


def test_a_layer_comes_back_as_it_was_kept(city):
    shapes = [
        shapely.box(114, 33, 114.1, 33.1),
        shapely.Point(114, 33),
        shapely.LineString([(114, 33), (115, 34)]),
    ]
    words = {
        "kind": ["arable", "", "forest"],
        "label": ["旱地", None, "0301"],
        "name": ["", "甲", ""],
    }
    frame = gpd.GeoDataFrame(words, geometry=shapes, crs=4490, index=[5, 9, 7])
    extent = shapely.box(113, 32, 116, 35)

    meta = kept(city, frame, extent, title="地类", covers=LAND_COVERS, notes=["补过"])
    found = site_layer(city, meta.digest[:6])

    assert site_layers(city) == (meta,)
    assert found.meta == meta
    assert (meta.features, meta.has_extent, meta.is_land_use, meta.notes) == (
        3,
        True,
        True,
        ("补过",),
    )
    assert found.features["label"].tolist() == ["旱地", "", "0301"]
    assert found.features["kind"].tolist() == words["kind"]
    assert all(shapely.equals_exact(found.features.geometry.to_numpy(), shapes))
    assert found.features.crs.to_epsg() == 4490
    assert shapely.equals(found.extent, extent)


def test_the_same_layer_twice_is_one_layer_and_anything_else_of_it_another(city):
    first = kept(city)

    assert kept(city, notes=["later"]) == first
    others = [
        kept(city, pond(name="甲水库")),
        kept(city, pond(west=114.0000001)),
        kept(city, extent=shapely.box(113, 32, 115, 34)),
        kept(city, layer_date=date(2025, 1, 1)),
        kept(city, source="县水利局"),
        kept(city, title="大型水库"),
        kept(city, covers=[SiteFeature.RIVER]),
        kept(city, covers=[]),
        kept(city, covers=[], own_distance_m=50.0),
    ]

    assert len({meta.digest for meta in (first, *others)}) == 10
    assert len(site_layers(city)) == 10
    assert (others[-2].own_distance_m, others[-2].is_own) == (0.0, True)


def test_a_dry_run_names_the_layer_and_keeps_nothing(city):
    seen = kept(city, dry_run=True)

    assert site_layers(city) == ()
    assert kept(city).digest == seen.digest


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": " "}, "missing_value"),
        ({"source": ""}, "missing_value"),
        ({"own_distance_m": 5.0}, "bad_value"),
        ({"covers": [], "own_distance_m": -1.0}, "bad_value"),
        ({"covers": [], "own_distance_m": float("nan")}, "bad_value"),
        ({"frame": pond()[:0]}, "empty_layer"),
    ],
)
def test_a_layer_without_title_source_features_or_with_a_strange_distance_is_refused(
    city, change, code
):
    with pytest.raises(InvalidInput) as refusal:
        kept(city, **change)

    assert refusal.value.code == code
    assert site_layers(city) == ()


def test_the_newest_of_each_kind_on_the_day_is_used_unasked(city):
    old = kept(city, layer_date=date(2024, 1, 1))
    new = kept(city, layer_date=date(2025, 1, 1))
    later = kept(city, layer_date=date(2026, 2, 1))
    river = kept(city, covers=[SiteFeature.RIVER], layer_date=date(2023, 1, 1))
    own = [kept(city, covers=[], title=title) for title in ("自划一", "自划二")]

    def used(on=None, asked=()):
        return {layer.meta.digest for layer in chosen_layers(city, asked, on)}

    assert used() == {later.digest, river.digest, *(meta.digest for meta in own)}
    assert used(date(2025, 6, 1)) == {new.digest, river.digest}
    assert used(date(2022, 1, 1)) == set()
    assert used(asked=[old.digest, old.digest[:8]]) == {old.digest}
    with pytest.raises(NotFound, match=new.digest):
        used(asked=["0" * 16])
    asked = chosen_layers(city, [old.digest, river.digest, new.digest])
    assert [layer.meta for layer in asked] == [new, old, river]


def test_layers_of_one_kind_that_cover_different_counties_are_used_together(city):
    west, east = shapely.box(114, 33, 114.5, 34), shapely.box(114.5, 33, 115, 34)
    whole = shapely.box(114, 33, 115, 34)
    first = kept(city, extent=west, layer_date=date(2024, 1, 1))
    second = kept(city, extent=east, layer_date=date(2025, 1, 1))
    under = kept(city, extent=whole, layer_date=date(2023, 1, 1))

    assert {layer.meta for layer in chosen_layers(city)} == {first, second}
    everywhere = kept(city, layer_date=date(2025, 6, 1))
    assert [layer.meta for layer in chosen_layers(city)] == [everywhere]
    hide_layer(city, everywhere.digest)
    hide_layer(city, first.digest)
    assert {layer.meta for layer in chosen_layers(city)} == {second, under}


def test_a_hidden_layer_stays_and_is_used_when_asked_for_or_brought_back(city):
    meta = kept(city)

    hide_layer(city, meta.digest[:5])

    assert chosen_layers(city) == ()
    assert site_layers(city) == (meta,)
    assert [layer.meta for layer in chosen_layers(city, [meta.digest])] == [meta]
    hide_layer(city, meta.digest, hidden=False)
    assert [layer.meta for layer in chosen_layers(city)] == [meta]
    with pytest.raises(NotFound, match="没有图层"):
        hide_layer(city, "..")


@pytest.mark.parametrize(
    "file", ["meta.json", "words.json", "shapes.npy", "ends.npy", "extent.wkb"]
)
def test_a_damaged_layer_is_found_out_and_comes_back_by_importing_it_again(city, file):
    extent = shapely.box(113, 32, 115, 34)
    meta = kept(city, extent=extent)
    place = folder_of(city, meta) / file
    content = place.read_bytes()
    place.write_bytes(content[: len(content) // 2])

    with pytest.raises(StoreUnavailable, match="缺失或已损坏"):
        site_layer(city, meta.digest)
    again = kept(city, extent=extent)

    assert dataclasses.replace(again, saved_at=meta.saved_at) == meta
    assert site_layer(city, meta.digest).meta == again
    assert not [*place.parent.parent.glob(".draft*")]


def test_a_changed_word_or_coordinate_of_a_layer_is_found_out(city):
    meta = kept(city)
    shapes = folder_of(city, meta) / "shapes.npy"
    numbers = np.load(shapes)
    numbers[-1] ^= 1
    np.save(shapes, numbers)

    with pytest.raises(StoreUnavailable, match="已损坏"):
        site_layer(city, meta.digest)


def test_a_store_without_layers_has_none(city):
    assert site_layers(city) == ()
    assert chosen_layers(city) == ()
    assert len(counties_of(divisions_of(city))) > 3
