import shutil
from collections import Counter
from datetime import date

import numpy as np
import pyogrio

from civgeo.domain.facility import FacilityKind
from civgeo.domain.planning_forms import ReportingAreaKind
from civgeo.services.city import City
from civgeo.services.demo import complete_demo_city
from civgeo.services.demo_planning import planning_registers
from civgeo.services.reach import reach_coverage
from civgeo.services.street_files import StreetRequest
from civgeo.services.street_network import import_streets, meta_in_use, network_in_use
from civgeo.store.store import FILE_NAME, Store
from civgeo.store.tables import Collection


def frame(city, collection, **where):
    with city.store.read() as reading:
        return reading.features(collection, where=where)


def folder_of(city):
    return city.store.file.parent


def test_walk_network_of_the_demonstration_is_simulated_and_uncut(fictional):
    meta = meta_in_use(fictional)
    assert meta.simulated
    assert "模拟" in meta.source
    assert meta.nodes > 8_000
    assert meta.parts > 1
    assert meta.parameters["cut_edges"] == 0
    existing = frame(fictional, Collection.WALK_CROSSINGS, status="existing")
    assert meta.parameters["crossings"] == len(existing) > 0
    assert meta.findings == ()


def test_barriers_lie_in_the_register_labelled_as_simulated(fictional):
    barriers = frame(fictional, Collection.WALK_BARRIERS)
    assert barriers["kind"].value_counts().to_dict().keys() == {"river", "railway", "wall", "other"}
    assert barriers["simulated"].all()
    assert barriers["name"].str.contains("模拟").all()
    assert set(barriers["division"]) <= set(
        frame(fictional, Collection.DIVISIONS, level="county")["code"]
    )


def test_layers_beside_the_store_can_be_imported_again(tmp_path, fictional):
    file = folder_of(fictional) / "demo-files" / "streets-990100.gpkg"
    assert sorted(name for name, _ in pyogrio.list_layers(file)) == [
        "barriers",
        "crossings",
        "streets",
    ]
    shutil.copy(fictional.store.file, tmp_path / FILE_NAME)
    with Store.open(tmp_path) as store:
        again = City(store, fictional.today)
        report = import_streets(again, file, StreetRequest(layer="streets"))
        assert report.meta.simulated
        assert network_in_use(again).nodes == network_in_use(fictional).nodes


def test_named_streets_of_the_gazetteer_lie_on_the_network(fictional):
    file = folder_of(fictional) / "demo-files" / "streets-990100.gpkg"
    named = pyogrio.read_dataframe(file, layer="streets").dropna(subset="name")
    assert len(named) == 6 * 24
    lines = {line.wkb: name for line, name in zip(named.geometry, named["name"], strict=True)}
    streets = frame(fictional, Collection.PLACE_NAMES, kind="street", status="standard")
    assert {
        line.wkb: name for line, name in zip(streets.geometry, streets["name"], strict=True)
    } == (lines)


def test_network_that_is_missing_is_made_again_and_is_the_same(tmp_path, fictional):
    shutil.copy(fictional.store.file, tmp_path / FILE_NAME)
    with Store.open(tmp_path) as store:
        city = City(store, fictional.today)
        complete_demo_city(city, tmp_path, progress=lambda *step: None)
        assert meta_in_use(city).version == meta_in_use(fictional).version
        steps = []
        complete_demo_city(city, tmp_path, progress=lambda *step: steps.append(step))
        assert steps == []


def test_every_reason_for_not_reaching_occurs(fictional):
    told = Counter()
    for kind in (
        FacilityKind.ELDER_CARE_HOME,
        FacilityKind.MEAL_POINT,
        FacilityKind.REHABILITATION_AID_POINT,
    ):
        told += Counter(reach_coverage(fictional, [kind]).reasons)
    assert {reason.value for reason, people in told.items() if people} >= {
        "far",
        "barrier",
        "slow",
        "unsnapped",
        "disconnected",
    }


def test_main_urban_area_and_a_development_zone_are_drawn(fictional):
    areas = frame(fictional, Collection.REPORTING_AREAS).set_index("kind")
    assert set(areas.index) == {
        ReportingAreaKind.MAIN_URBAN_AREA.value,
        ReportingAreaKind.DEVELOPMENT_ZONE.value,
    }
    assert areas["simulated"].all()
    assert areas["name"].str.contains("模拟").all()
    counties = frame(fictional, Collection.DIVISIONS, level="county").geometry
    for _, area in areas.iterrows():
        assert counties.loc[area["division"]].buffer(1e-6).contains(area.geometry)
    homes = frame(fictional, Collection.ESTATES).representative_point()
    for shape in areas.geometry:
        assert homes.within(shape).any()


def test_figures_are_reported_for_each_year_of_the_plan(fictional):
    divisions = frame(fictional, Collection.DIVISIONS, role="own", level="county")
    homes = frame(fictional, Collection.ESTATES)
    seats = divisions.geometry.representative_point()
    made = planning_registers(
        "411700", divisions, homes, seats, np.random.default_rng(1), date(2026, 3, 1)
    )[Collection.INDICATOR_REPORTS]
    assert made["simulated"].all()
    assert made["document"].str.contains("模拟").all()
    years = made.groupby("indicator")["period"].agg(list)
    assert len(years) >= 10
    assert all(listed == list(range(2020, 2026)) for listed in years)
    ratios = made.dropna(subset="denominator")
    assert (ratios["denominator"].astype(float) > 0).all()
