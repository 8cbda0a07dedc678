import shutil
from datetime import UTC, date, datetime
from functools import partial

import pytest
import shapely

from civgeo.analysis.coverage import UnitLevel
from civgeo.analysis.fictional_city import fictional_divisions
from civgeo.analysis.simulated_facilities import DOUBLE_REGISTRATIONS
from civgeo.domain.facility import FacilityKind
from civgeo.errors import InvalidInput, NotFound, StoreUnavailable
from civgeo.formats.reference import seats
from civgeo.services.burial_facilities import facility_kinds
from civgeo.services.city import City
from civgeo.services.demo import build_demo_city, inventory
from civgeo.services.founding import write_store
from civgeo.services.planning import floor_area_coverage
from civgeo.services.street_network import network_in_use
from civgeo.store.store import FILE_NAME, Store
from civgeo.store.tables import Collection

UNTIL_STORED = ["区划与轮廓", "模拟小区", "模拟设施", "模拟街道", "模拟地形与地类"]
UNTIL_STORED += ["公墓、散坟与人口", "地名", "界线与界桩", "写入库"]
STEPS = [*UNTIL_STORED, "步行网", "高程与选址图层"]
build = partial(
    build_demo_city,
    today=datetime(2026, 3, 1, 9, 0, tzinfo=UTC),
    progress=lambda *step: None,
    estates=100,
)


def frame(city, collection, **where):
    with city.store.read() as reading:
        return reading.features(collection, where=where)


def test_inventory_counts_what_the_store_holds(fictional):
    found = inventory(fictional)
    assert found.counties == 6
    assert found.counts["estates"] == len(frame(fictional, Collection.ESTATES))
    assert found.register.name == "虚构市"
    assert found.register.simulated
    assert found.register.edition == "fictional"


def test_store_appears_in_a_new_folder_with_all_that_stands_beside_it(tmp_path):
    folder = tmp_path / "new" / "city"
    with build(folder, "990100"):
        assert (folder / FILE_NAME).is_file()
    assert sorted(file.name for file in folder.iterdir()) == [
        FILE_NAME,
        "civgeo.qgs",
        "dem",
        "demo-files",
        "networks",
        "site_layers",
    ]


def test_same_city_is_built_again_feature_by_feature(tmp_path, fictional):
    with build(tmp_path, "990100", estates=300) as store:
        again = City(store, fictional.today)
        for collection in (
            *(Collection.ESTATES, Collection.FACILITIES, Collection.PLACE_NAMES),
            *(Collection.WALK_BARRIERS, Collection.WALK_CROSSINGS, Collection.REPORTING_AREAS),
            *(Collection.CEMETERIES, Collection.GRAVES, Collection.POPULATION),
        ):
            one, other = frame(fictional, collection), frame(again, collection)
            assert one.drop(columns="geometry").equals(other.drop(columns="geometry"))
            assert one.geometry.to_wkb().equals(other.geometry.to_wkb())


def test_progress_is_told_step_by_step(tmp_path):
    steps = []
    build(tmp_path, "990100", progress=lambda *step: steps.append(step)).close()
    finished = [label for label, done, total in steps if done == total]
    assert finished == STEPS
    assert [done for label, done, _ in steps if label == "模拟小区"] == [1, 2, 3, 4, 5, 6]


def test_existing_store_is_never_overwritten(tmp_path, fictional):
    shutil.copy(fictional.store.file, tmp_path / FILE_NAME)
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(StoreUnavailable, match="已有登记库") as refused:
        build(tmp_path, "990100")
    assert refused.value.code == "store_exists"
    assert (tmp_path / FILE_NAME).read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [FILE_NAME]


def test_store_that_appears_meanwhile_is_not_overwritten_either(tmp_path):
    def somebody_else(label, done, total):
        if label == "写入库" and done == 0:
            (tmp_path / FILE_NAME).write_text("theirs")

    with pytest.raises(StoreUnavailable, match="已有登记库"):
        build(tmp_path, "990100", progress=somebody_else)
    assert [file.name for file in tmp_path.iterdir()] == [FILE_NAME]
    assert (tmp_path / FILE_NAME).read_text() == "theirs"


@pytest.mark.parametrize("step", UNTIL_STORED)
def test_build_that_is_interrupted_leaves_nothing_behind(tmp_path, step):
    def stop(label, done, total):
        if label == step:
            raise KeyboardInterrupt

    folder = tmp_path / "city"
    with pytest.raises(KeyboardInterrupt):
        build(folder, "990100", progress=stop)
    assert list(folder.parent.iterdir()) == []


def test_store_whose_data_is_refused_leaves_nothing_behind(tmp_path, fictional):
    with fictional.store.read() as reading:
        register, book = reading.register(), reading.standards()
    twice = [(Collection.DIVISIONS, fictional_divisions())] * 2
    folder = tmp_path / "city"
    with pytest.raises(InvalidInput, match="已有这些编号"):
        write_store(folder, register, book, lambda *step: None, twice)
    assert list(tmp_path.iterdir()) == []


def test_folder_that_was_there_stays_when_the_build_fails(tmp_path, fictional):
    with fictional.store.read() as reading:
        register, book = reading.register(), reading.standards()
    twice = [(Collection.DIVISIONS, fictional_divisions())] * 2
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InvalidInput):
        write_store(tmp_path, register, book, lambda *step: None, twice)
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]


def test_folder_that_cannot_be_made_is_refused_in_words(tmp_path):
    (tmp_path / "file").write_text("a file, no folder")
    with pytest.raises(StoreUnavailable, match="不能写入"):
        build(tmp_path / "file" / "city", "990100")


@pytest.mark.parametrize(
    ("code", "error"), [("41", InvalidInput), ("411799", NotFound), ("nonsense", InvalidInput)]
)
@pytest.mark.data_cn
def test_code_that_is_no_city_leaves_nothing_behind(tmp_path, code, error):
    folder = tmp_path / "city"
    with pytest.raises(error):
        build(folder, code)
    assert not folder.exists()


@pytest.mark.data_cn
class TestZhumadian:
    """The demonstration city that a newcomer sees first."""

    def test_at_least_3000_estates_over_ten_counties(self, zhumadian):
        found = inventory(zhumadian)
        homes = frame(zhumadian, Collection.ESTATES)
        assert found.register.name == "驻马店市"
        assert found.counties == 10
        assert len(homes) >= 3_000
        assert homes["division"].str[:6].nunique() == 10
        assert homes["division"].str.startswith("4117").all()

    def test_no_estate_lies_outside_its_county(self, zhumadian):
        homes = frame(zhumadian, Collection.ESTATES)
        counties = frame(zhumadian, Collection.DIVISIONS, role="own", level="county")
        outlines = counties.geometry.reindex(homes["division"].str[:6]).to_numpy()
        assert shapely.contains(outlines, homes.geometry.to_numpy()).all()

    def test_divisions_are_real_and_complete(self, zhumadian):
        divisions = frame(zhumadian, Collection.DIVISIONS)
        own = divisions[divisions["role"] == "own"]
        assert (own["level"] == "township").sum() == 196
        assert (own["level"] == "prefecture").sum() == 1
        assert not own.loc[own["level"] != "community", "simulated"].any()
        assert own.loc[own["level"] == "community", "simulated"].all()
        assert own.loc["411702", "name"] == "驿城区"
        around = divisions[divisions["role"] == "context"]
        assert len(around) > 10
        assert not around.index.str.startswith("4117").any()

    def test_estates_gather_round_the_real_seats(self, zhumadian):
        homes = frame(zhumadian, Collection.ESTATES)
        known = seats().geometry
        for county, members in homes.groupby(homes["division"].str[:6]):
            if county in known.index:
                near = members.to_crs(4547).distance(known.to_crs(4547).loc[county]) < 8_000
                assert near.mean() > 0.4

    def test_every_kind_of_facility_is_in_one_register(self, zhumadian):
        sites = frame(zhumadian, Collection.FACILITIES)
        buried = set(facility_kinds(frame(zhumadian, Collection.CEMETERIES)).dropna())
        assert not buried & set(sites["kind"])
        assert buried | set(sites["kind"]) == {kind.value for kind in FacilityKind}
        assert (sites["floor_area_m2"] > 0).all()
        beds = sites.groupby("kind")["beds"].sum()
        assert all(bool(beds.get(kind.value)) is kind.has_beds for kind in FacilityKind)

    def test_walk_network_has_100000_nodes_and_nine_of_ten_are_in_one_part(self, zhumadian):
        network = network_in_use(zhumadian)
        assert network.nodes >= 100_000
        assert (network.component == 0).mean() >= 0.9
        assert network.parts > 1

    def test_between_30_and_70_percent_of_the_estates_meet(self, zhumadian):
        units = floor_area_coverage(zhumadian, level=UnitLevel.ESTATE).units
        assert set(units["status"]) <= {"ok", "unverified"}
        assert (units["status"] == "unverified").sum() <= DOUBLE_REGISTRATIONS
        meets = units["meets"].fillna(value=False).astype(float)
        assert 0.3 <= meets.mean() <= 0.7
        by_county = meets.groupby(units["division"].str[:6]).mean()
        assert by_county.between(0.25, 0.75).all()

    def test_city_is_judged_by_its_own_standard(self, zhumadian):
        found = floor_area_coverage(zhumadian, level=UnitLevel.CITY)
        assert {standard.place for standard in found.standards.values()} == {"驻马店市"}
        earlier = floor_area_coverage(zhumadian, level=UnitLevel.CITY, on=date(2020, 1, 1))
        assert {standard.place for standard in earlier.standards.values()} == {"河南省"}


@pytest.mark.data_cn
@pytest.mark.parametrize("level", list(UnitLevel))
def test_county_level_city_without_a_standard_is_built_and_not_assessed(liyang, level):
    units = floor_area_coverage(liyang, level=level).units
    assert len(units)
    inhabited = units[units["estates"] > 0]
    assert set(inhabited["status"]) == {"not_assessed"}
    assert units["meets"].isna().all()
    assert inhabited["reason"].str.contains("江苏省").all()


@pytest.fixture(scope="module")
def liyang(tmp_path_factory):
    with build(tmp_path_factory.mktemp("liyang"), "320481") as store:
        assert isinstance(store, Store)
        yield City(store, date(2026, 3, 1))


@pytest.mark.data_cn
def test_county_level_city_is_one_county(liyang):
    found = inventory(liyang)
    assert (found.register.city, found.register.name, found.counties) == ("320481", "溧阳市", 1)
    homes = frame(liyang, Collection.ESTATES)
    assert homes["division"].str.startswith("320481").all()
    assert set(homes["estate_class"]) == {"existing"}


def test_a_qgis_project_in_chinese_stands_beside_the_store(fictional):
    project = fictional.store.file.with_suffix(".qgs").read_text(encoding="utf-8")
    assert "虚构市" in project
    for words in ("住宅小区", "小区类别", "已建成", "civgeo.gpkg|layername=estates"):
        assert words in project
