"""The demonstration's landscape, layers of siting, cemeteries, graves and people."""

import math
import shutil
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
import shapely

from civgeo.domain.cemetery_demand import AgeGroup, aged_deaths
from civgeo.domain.site_features import LAND_COVERS, SiteFeature
from civgeo.services.cemetery_inspection import inspect_cemeteries
from civgeo.services.city import City
from civgeo.services.demo import complete_demo_city
from civgeo.services.demo_layers import LAYERS
from civgeo.services.elevation import chosen_elevation, elevation_over
from civgeo.services.entry_checks import checked_entry
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.services.indicators import one_indicator
from civgeo.services.site_layers import site_layer, site_layers
from civgeo.store.elevations import elevations, load_heights
from civgeo.store.store import FILE_NAME, Store
from civgeo.store.tables import Collection

REGISTERS = (Collection.CEMETERIES, Collection.GRAVES, Collection.POPULATION)
HAIR_DEG = 1e-5


def frame(city, collection, **where):
    with city.store.read() as reading:
        return reading.features(collection, where=where)


def layers(city):
    return {meta.title: site_layer(city, meta.digest) for meta in site_layers(city)}


def land_use(city):
    return next(layer for layer in layers(city).values() if layer.meta.is_land_use)


def outline(city):
    counties = frame(city, Collection.DIVISIONS, role="own", level="county")
    return counties.geometry.union_all()


def test_elevation_model_covers_the_city_and_says_that_it_is_simulated(fictional):
    meta = chosen_elevation(fictional, None)
    assert meta.source == "模拟"
    assert "模拟数据" in meta.notes[0]
    elevation, to_model = elevation_over(fictional, meta, 4547)
    assert elevation.heights.dtype == np.float32
    assert not np.isnan(elevation.heights).any()
    a, _, west, _, e, north = meta.affine
    zone = frame(fictional, Collection.DIVISIONS, role="own", level="county").to_crs(meta.crs)
    box = shapely.box(west, north + e * meta.rows, west + a * meta.columns, north)
    assert box.contains(zone.geometry.union_all())
    assert to_model(np.array([500_000.0]), np.array([3_600_000.0]))[0] == [500_000.0]


def test_every_layer_says_that_it_is_simulated_what_it_tells_and_of_which_day(fictional):
    kept = layers(fictional)
    planned = {layer.title: layer for layer in LAYERS}
    assert len(kept) == len(planned) + 1
    for title, layer in kept.items():
        meta = layer.meta
        assert meta.simulated
        assert meta.source == "模拟"
        assert "模拟" in title
        assert meta.notes
        assert date(2020, 1, 1) < meta.layer_date < date(2025, 1, 1)
        assert layer.features.geometry.is_valid.all()
        assert layer.features.total_bounds == pytest.approx(outline(fictional).bounds, abs=1.0)
        if title in planned:
            assert set(meta.covers) == set(planned[title].covers)
            told = {cover.value for cover in meta.covers} or {""}
            assert set(layer.features["kind"]) <= told


def test_layers_reach_beyond_the_city_but_for_one_that_lacks_a_county(fictional):
    city = outline(fictional)
    partial = []
    for title, layer in layers(fictional).items():
        if not layer.meta.is_land_use and not shapely.contains(layer.extent, city):
            partial.append(title)
            counties = frame(fictional, Collection.DIVISIONS, role="own", level="county")
            share = shapely.area(shapely.intersection(layer.extent, counties.geometry.to_numpy()))
            missing = share / shapely.area(counties.geometry.to_numpy()) < 0.01
            assert missing.sum() == 1
    assert partial == ["文物保护范围（模拟，缺一个县）"]


def test_some_layers_that_rules_ask_for_are_missing(fictional):
    told = {cover for meta in site_layers(fictional) for cover in meta.covers}
    assert SiteFeature.WATERWORKS_PROTECTION not in told
    assert SiteFeature.DYKE not in told
    assert {SiteFeature.TRUNK_ROAD, SiteFeature.RAILWAY, SiteFeature.RESERVOIR} <= told


def test_land_use_covers_the_city_without_gaps_and_overlaps(fictional):
    layer, city = land_use(fictional), outline(fictional)
    shapes = layer.features.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    assert shapely.area(shapes).sum() == pytest.approx(city.area, rel=1e-6)
    assert shapely.contains(layer.extent, city)
    assert shapely.buffer(city, HAIR_DEG).contains(layer.extent)
    assert {kind.value for kind in LAND_COVERS} <= set(layer.features["kind"])
    assert (layer.features["label"] != "").all()


def test_approved_cemeteries_are_land_of_their_own_and_others_lie_on_what_was_there(fictional):
    cemeteries = frame(fictional, Collection.CEMETERIES)
    land = land_use(fictional).features
    inside = cemeteries.representative_point()
    place, parcel = shapely.STRtree(land.geometry.to_numpy()).query(inside, predicate="within")
    assert place.tolist() == list(range(len(cemeteries)))
    kind = land["kind"].to_numpy()[parcel]
    approved = cemeteries["approval"].notna().to_numpy()
    assert (kind[approved] == "funeral").all()
    assert not (kind[~approved] == "funeral").any()
    assert 0.05 < (~approved).mean() < 0.4


def test_rivers_are_those_that_stop_walkers(fictional):
    rivers = layers(fictional)["河流（模拟）"].features
    barriers = frame(fictional, Collection.WALK_BARRIERS, kind="river")
    assert set(rivers["name"]) == set(barriers["name"])
    shapes = shapely.buffer(rivers.geometry.to_numpy(), 1e-6)
    widened = dict(zip(rivers["name"], shapes, strict=True))
    for name, line in zip(barriers["name"], barriers.geometry, strict=True):
        assert widened[name].contains(line)


@pytest.mark.parametrize("collection", REGISTERS)
def test_records_are_such_as_an_officer_may_enter(fictional, collection):
    rows = frame(fictional, collection)
    assert rows["simulated"].all()
    entered = [item.name for item in COLLECTIONS[collection.value].entered]
    chosen = rows.iloc[:: math.ceil(len(rows) / 120)]
    with fictional.store.read() as reading:
        for _, row in chosen.iterrows():
            given = {name: row[name] for name in entered if pd.notna(row[name])}
            if row.geometry is not None:
                given["geometry"] = row.geometry
            checked_entry(reading, collection, given)


def test_cemeteries_of_every_level_show_what_is_to_be_mended(fictional):
    rows = frame(fictional, Collection.CEMETERIES)
    assert set(rows["level"].dropna()) == {"village", "township", "county", "city"}
    assert set(rows["kind"]) == {"cemetery", "columbarium", "burial_point"}
    assert (rows["operation"] == "commercial").any()
    assert (rows["used"] == rows["capacity"]).any()
    assert (rows["area_mu"] > rows["approved_mu"]).any()
    assert (rows["plot_single_m2"] > 0.5).any()
    assert (rows["graves_over_limit"] > 0).any()
    assert {"operating", "building"} <= set(rows["status"])
    assert rows.loc[rows["status"].isin(["building", "planned"]), "opened"].isna().all()
    assert rows["name"].str.contains("模拟").all()


def test_inspection_finds_unapproved_oversized_and_misplaced_ones(fictional):
    found = inspect_cemeteries(fictional)
    assert found.simulated
    assert len(found.places) == len(frame(fictional, Collection.CEMETERIES))
    assert 5 < len(found.broken) <= len(found.places)


def test_graves_are_scattered_with_clusters_and_those_moved_lie_in_a_cemetery(fictional):
    rows = frame(fictional, Collection.GRAVES)
    assert 550 <= len(rows) <= 600
    assert rows["number"].is_unique
    assert (rows["kind"] == "cluster").equals(rows["count"] > 1)
    moved = rows[rows["status"] == "moved"]
    assert len(moved)
    assert set(moved["relocated_to"]) <= set(frame(fictional, Collection.CEMETERIES).index)
    assert rows.loc[rows["status"] != "moved", "relocated_to"].isna().all()
    counties = frame(fictional, Collection.DIVISIONS, role="own", level="county").geometry
    own = counties.reindex(rows["division"].str[:6]).to_numpy()
    assert shapely.contains(own, rows.geometry.to_numpy()).mean() > 0.99


def test_people_are_told_by_year_and_in_the_last_year_by_age(fictional):
    rows = frame(fictional, Collection.POPULATION)
    assert len(rows) < 6_000
    by_age = rows[rows["age_from"].notna()]
    assert set(by_age["period"]) == {2025}
    yearly = rows[rows["age_from"].isna()].groupby("division")["period"].agg(list)
    assert all(years == [2020, 2021, 2022, 2023, 2024] for years in yearly)
    towns = frame(fictional, Collection.DIVISIONS, role="own", level="township")
    assert set(rows["division"]) <= set(towns["code"])
    for _, groups in by_age.sort_values("age_from").groupby("division"):
        columns = (groups[name] for name in ("age_from", "population", "death_rate_per_mille"))
        known = [
            AgeGroup(int(age), Decimal(int(people)), Decimal(str(rate)))
            for age, people, rate in zip(*columns, strict=True)
        ]
        dead = [float(year.deaths / year.population) for year in aged_deaths(known, 5)]
        assert 0.004 < dead[0] < dead[-1] < 0.015


def test_what_stands_beside_the_store_is_made_again_and_is_the_same(tmp_path, fictional):
    shutil.copy(fictional.store.file, tmp_path / FILE_NAME)
    with Store.open(tmp_path) as store:
        again = City(store, fictional.today)
        complete_demo_city(again, tmp_path, progress=lambda *step: None)
        assert set(layers(again)) == set(layers(fictional))
        digests = [sorted(meta.digest for meta in site_layers(city)) for city in (again, fictional)]
        assert digests[0] == digests[1]
        [meta], [before] = elevations(tmp_path), elevations(fictional.store.file.parent)
        assert meta == before
        heights = load_heights(tmp_path, meta.digest)
        kept = load_heights(fictional.store.file.parent, meta.digest)
        assert heights.tobytes() == kept.tobytes()


@pytest.mark.data_cn
class TestZhumadian:
    """The plan of Zhumadian asks for 9 urban and 123 township cemeteries."""

    @pytest.mark.parametrize(
        ("indicator", "least"),
        [
            ("zhumadian_urban_cemeteries_2025", 3),
            ("zhumadian_township_cemeteries_2025", 60),
            ("zhumadian_county_burial_2025", 20),
        ],
    )
    def test_targets_are_near_and_not_met_yet(self, zhumadian, indicator, least):
        found = one_indicator(zhumadian, indicator)
        assert found.value is not None
        assert least <= found.value < found.definition.target

    def test_elevation_model_and_layers_are_of_modest_size(self, zhumadian):
        folder = zhumadian.store.file.parent
        sizes = {
            name: sum(file.stat().st_size for file in (folder / name).rglob("*") if file.is_file())
            for name in ("dem", "site_layers")
        }
        assert sizes["dem"] < 12e6
        assert sizes["site_layers"] < 25e6
        assert 5_000 < len(land_use(zhumadian).features) < 20_000

    def test_land_use_covers_the_real_outlines(self, zhumadian):
        layer = land_use(zhumadian)
        shapes = layer.features.geometry.to_numpy()
        assert shapely.coverage_is_valid(shapes)
        assert shapely.area(shapes).sum() == pytest.approx(outline(zhumadian).area, rel=1e-6)
