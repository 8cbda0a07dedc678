import io
import shutil
from datetime import date

import geopandas as gpd
import openpyxl
import pytest
import shapely

from civgeo.domain.cemetery_inspection_terms import InspectionCode
from civgeo.domain.cemetery_rules import Force
from civgeo.domain.site_features import LAND_COVERS, SiteFeature
from civgeo.errors import InvalidInput, NotFound
from civgeo.geo.crs import city_zone
from civgeo.services.cemetery_inspection import InspectionQuestion, inspect_cemeteries
from civgeo.services.cemetery_inspection_views import inspection_document, inspection_workbook
from civgeo.services.city import City
from civgeo.services.site_layers import save_site_layer
from civgeo.store.store import Store
from civgeo.store.tables import Collection
from services.import_city import EDIT, TODAY, city_in, county, divisions_of
from site_layer_files import DAY
from specimen_names import name_records

BEFORE, AFTER = InspectionQuestion(on=date(2026, 2, 20)), InspectionQuestion(on=date(2026, 4, 1))
WELL = {
    "kind": "cemetery",
    "operation": "public",
    "status": "operating",
    "division": "411702",
    "level": "county",
    "area_mu": 120.0,
    "approval": "民〔2019〕18号",
    "approved_mu": 120.0,
    "capacity": 1000,
    "used": 400,
    "plot_single_m2": 0.5,
    "plot_joint_m2": 0.8,
}


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


@pytest.fixture
def square(city):
    """Square of 200 m on the grid, in the middle of a county, by its offset in metres."""
    zone = city_zone(divisions_of(city))
    middle = gpd.GeoSeries([county(city)], crs=4490).to_crs(epsg=zone.epsg).iloc[0]

    def at(east=0.0, north=0.0, side=200.0):
        x, y = middle.x + east, middle.y + north
        box = gpd.GeoSeries([shapely.box(x, y, x + side, y + side)], crs=zone.epsg)
        return box.to_crs(4490).iloc[0]

    return at


def entered(city, *rows):
    with city.store.write() as writing:
        for number, row in enumerate(rows):
            named = {"id": f"00000000-0000-4000-8000-{number:012}", "name": f"公墓{number}"}
            given = {"simulated": False} | named | WELL | row
            writing.add(Collection.CEMETERIES, name_records("cemeteries", given), EDIT)


def layered(city, features, extent=None, **given):
    terms = {
        "title": "图层",
        "covers": [SiteFeature.RESERVOIR],
        "layer_date": DAY,
        "source": "市局",
    }
    return save_site_layer(city, features, extent, **terms | given)


def features(kinds, *shapes):
    words = [kinds] * len(shapes) if isinstance(kinds, str) else kinds
    return gpd.GeoDataFrame({"kind": words, "label": words}, geometry=[*shapes], crs=4490)


def only(city, question=BEFORE):
    (found,) = inspect_cemeteries(city, question).places
    return found


def codes(found):
    return [item.code for item in found.findings]


def test_a_place_that_keeps_everything_has_no_finding_and_names_what_was_not_judged(city):
    entered(city, {})

    found = only(city)

    assert found.findings == ()
    assert (found.legal, found.plan) == (None, True)
    assert [item.message for item in found.open] == ["没有登记位置，没有核对选址"]


def test_what_the_register_shows_is_found_with_its_rule(city):
    wrong = {
        "area_mu": 60.55,
        "approved_mu": 50.0,
        "approval": None,
        "used": 1001,
        "plot_single_m2": 1.25,
        "graves_over_limit": 3,
        "graves_counted": 120,
    }
    entered(city, wrong)

    found = only(city)

    told = {(item.code, item.force): item for item in found.findings}
    assert [*told] == [
        (InspectionCode.NO_APPROVAL, Force.LEGAL),
        (InspectionCode.PLOT_SIZE, Force.LEGAL),
        (InspectionCode.GRAVES_OVER_LIMIT, Force.LEGAL),
        (InspectionCode.OVER_APPROVED, None),
        (InspectionCode.OVER_CAPACITY, None),
        (InspectionCode.PLOT_SIZE, Force.PLAN),
        (InspectionCode.MIN_AREA, Force.PLAN),
    ]
    assert (found.legal, found.plan) == (False, False)
    approval = told[InspectionCode.NO_APPROVAL, Force.LEGAL]
    assert (approval.rule_id, approval.evidence) == ("funeral_regulation_8_9_approval", "S")
    assert "《殡葬管理条例》第8、9条" in approval.message
    plot = told[InspectionCode.PLOT_SIZE, Force.LEGAL]
    assert (plot.rule_id, plot.required, plot.actual) == ("henan_funeral_11_ash", "1", "1.25")
    assert "超出限额 25.0%" in plot.message
    assert "属“20%—50%”一档" in plot.message
    assert "2.50%" in told[InspectionCode.GRAVES_OVER_LIMIT, Force.LEGAL].message
    assert "超出 10.55 亩" in told[InspectionCode.OVER_APPROVED, None].message
    assert told[InspectionCode.MIN_AREA, Force.PLAN].rule_id == "zhumadian_plan_area_county"


@pytest.mark.parametrize(
    ("m2", "band"),
    [(1.0, None), (1.2, "0%—20%"), (1.21, "20%—50%"), (1.5, "20%—50%"), (1.51, "50% 以上")],
)
def test_bands_of_excess_end_where_the_yearly_check_ends_them(city, m2, band):
    entered(city, {"plot_single_m2": m2, "plot_joint_m2": None})

    found = [item for item in only(city).findings if item.force is Force.LEGAL]

    assert [f"属“{band}”一档" in item.message for item in found] == ([True] if band else [])


def test_from_the_day_of_the_new_regulation_no_approval_is_no_breach_of_law_but_stays_listed(city):
    entered(city, {"approval": None})

    found = only(city, AFTER)

    (finding,) = found.findings
    assert (finding.code, finding.force) == (InspectionCode.NO_APPROVAL, None)
    assert found.legal is None
    assert any("2026-03-30" in item.message and "条文未录入" in item.message for item in found.open)


def test_a_planned_place_needs_no_approval_yet_and_a_village_no_area_of_a_county(city):
    entered(
        city,
        {"status": "planned", "approval": None, "used": None},
        {"level": "village", "area_mu": 3.0, "approved_mu": None},
    )

    assert [codes(found) for found in inspect_cemeteries(city, BEFORE).places] == [[], []]


def test_a_columbarium_is_not_judged_as_a_grave(city, square):
    shape = square()
    entered(city, {"kind": "columbarium", "area_mu": 2.0, "approved_mu": 2.0, "geometry": shape})
    layered(city, features("reservoir", shape))

    found = only(city)

    assert found.findings == ()
    assert any("骨灰堂不是坟墓" in item.message for item in found.open)


def test_distances_run_along_the_ground_from_edge_to_edge(city, square):
    roads = features("trunk_road", shapely.boundary(square(east=1199.0)))
    meta = layered(city, roads, covers=[SiteFeature.TRUNK_ROAD], title="公路主干线")
    entered(city, {"geometry": square()}, {"geometry": square(east=-2.0)})

    near, far = inspect_cemeteries(city, BEFORE).places

    distance = next(item for item in near.findings if item.rule_id == "henan_funeral_26_4")
    assert (near.place.name, far.place.name) == ("公墓0", "公墓1")
    assert (distance.code, distance.layer) == (InspectionCode.DISTANCE, meta.digest)
    assert (distance.force, distance.required) == (Force.LEGAL, "1000")
    assert float(distance.actual) == pytest.approx(999, abs=0.15)
    assert far.findings == ()


def test_land_counts_by_its_largest_share_and_every_forbidden_part_is_told(city, square):
    whole = square()
    west, _, east, _ = whole.bounds
    split = west + (east - west) * 0.3
    arable, grass = shapely.box(0, 0, split, 90), shapely.box(split, 0, 180, 90)
    frame = features(
        ["arable", "grassland"],
        *(shapely.intersection(part, whole.buffer(0.1)) for part in (arable, grass)),
    )
    meta = layered(city, frame, whole.buffer(0.1), covers=LAND_COVERS, title="变更调查")
    entered(city, {"geometry": whole})

    found = only(city)

    land = [item for item in found.findings if item.subject == "land_class"]
    assert {item.rule_id for item in land} >= {"funeral_regulation_10_land", "land_law_37"}
    assert {item.layer for item in land} == {meta.digest}
    assert all(item.message.startswith("其中 30%（") for item in land)
    assert found.legal is False


def test_a_layer_that_ends_near_a_place_does_not_prove_that_nothing_is_near(city, square):
    entered(city, {"geometry": square(), "division": "370102"})
    river = features("river", square(east=5_000.0))

    def told(extent):
        meta = layered(city, river, extent, covers=[SiteFeature.RIVER], title="河流")
        found = only(city, InspectionQuestion(on=BEFORE.on, layers=(meta.digest,)))
        return [item.message for item in found.open if item.required == "2000"]

    near = told(square(east=-100.0, north=-100.0, side=400.0))
    away = told(square(east=4_000.0, side=2_000.0))

    assert told(None) == []
    assert told(square(east=-9e3, north=-9e3, side=2e4)) == []
    assert near
    assert len(near) == len(away)
    assert all("但图层只到 100 米以内" in text or "但图层只到 99.9" in text for text in near)
    assert all("但图层没有覆盖到这里" in text for text in away)


def test_the_list_begins_with_the_worst_and_keeps_to_the_division_asked(city):
    entered(
        city,
        {"division": "411702"},
        {"division": "411702", "used": 2000},
        {"division": "411722", "approval": None, "plot_single_m2": 2.0},
    )

    found = inspect_cemeteries(city, BEFORE)
    some = inspect_cemeteries(city, InspectionQuestion("411702", BEFORE.on))

    assert [one.place.name for one in found.places] == ["公墓2", "公墓1", "公墓0"]
    assert [one.place.name for one in some.places] == ["公墓1", "公墓0"]
    assert [one.place.name for one in some.broken] == ["公墓1"]
    with pytest.raises(InvalidInput):
        inspect_cemeteries(city, InspectionQuestion("驿城区"))
    with pytest.raises(NotFound):
        inspect_cemeteries(city, InspectionQuestion(layers=("abc",)))


def test_an_area_that_is_not_registered_is_taken_from_the_outline(city, square):
    entered(city, {"geometry": square(), "area_mu": None, "approved_mu": 50.0})

    answer = inspect_cemeteries(city, BEFORE)

    (one,) = answer.places
    assert float(one.place.area_mu) == pytest.approx(60.0, abs=0.05)
    assert InspectionCode.OVER_APPROVED in codes(one)
    assert answer.drawn == {one.place.id}


def test_the_document_and_the_workbook_tell_the_same(city, square):
    entered(city, {"approval": None, "geometry": square().centroid}, {})
    layered(city, features("reservoir", square(east=100.0)))
    answer = inspect_cemeteries(city, BEFORE)

    document = inspection_document(answer)
    book = openpyxl.load_workbook(io.BytesIO(inspection_workbook(answer)))

    assert document["counts"]["inspected"] == 2
    assert document["counts"]["findings"] == book["检查清单"].max_row - 1
    first = document["cemeteries"][0]
    assert first["findings"][0]["code"] == "no_approval"
    assert (
        sum(len(one["not_judged"]) for one in document["cemeteries"])
        == book["未能判断"].max_row - 1
    )
    assert book["全部设施"].max_row == 3
    assert any("1 处只有点位" in note for note in document["notes"])
    assert document["layers"][0]["covers"] == ["reservoir"]
    assert not document["simulated"]


def test_the_workbook_names_the_land_in_the_words_of_the_list(city, square):
    entered(city, {"geometry": square()})
    whole = square().buffer(0.1)
    layered(city, features("arable", whole), whole, covers=LAND_COVERS, title="变更调查")
    book = openpyxl.load_workbook(io.BytesIO(inspection_workbook(inspect_cemeteries(city, BEFORE))))
    head, *rows = book["检查清单"].iter_rows(values_only=True)
    actual = {row[head.index("实际")] for row in rows if row[head.index("事项")] == "在禁止区域内"}
    assert actual == {"耕地"}


def test_a_city_without_burial_places_has_an_empty_list(city):
    answer = inspect_cemeteries(city)

    assert answer.places == ()
    assert inspection_workbook(answer)[:2] == b"PK"
    assert any("没有图层" in note for note in inspection_document(answer)["notes"])
