"""``civgeo cemeteries site``: candidates, one place, parcels, and what is saved."""

import json

import geopandas as gpd
import openpyxl
import pytest

from civgeo.domain.site_features import SiteFeature
from siting_city import founded, laid, patch, path, spot

ASKED = ("--division", "411702", "--level", "township", "--on", "2026-03-29")


@pytest.fixture
def store(clean):
    city = founded(clean / "store")
    laid(city, SiteFeature.TRUNK_ROAD, [path((0, 0.5), (1, 0.55))], name="G107")
    laid(city, SiteFeature.RESERVOIR, [patch(0.1, 0.1, 0.3, 0.3)])
    city.store.close()
    return clean / "store"


@pytest.fixture
def site(civgeo, store):
    def call(*more: str, json_out: bool = False):
        first = ("--json",) if json_out else ()
        return civgeo(*first, "--store", str(store), "cemeteries", "site", *ASKED, *more)

    return call


def test_candidates_are_printed_with_the_words_and_steps(site):
    done = site("--cell", "25", "--weight", "area_m2=2", "--weight", "road_m=1")

    assert done.returncode == 0, done.stderr
    assert "在已提供的 2 个图层中，没有发现禁止情形的土地共" in done.stderr
    assert "缺少图层：耕地" in done.stderr
    assert "逐条规定标记禁止情形" in done.stderr
    assert "G107" in done.stdout
    assert "适宜" not in done.stdout + done.stderr


def test_answers_are_saved_as_geojson_workbook_and_json(site, clean):
    for name in ("out.geojson", "out.xlsx", "out.json"):
        assert site("--cell", "50", "-o", name).returncode == 0
    drawn = gpd.read_file(clean / "out.geojson")
    assert drawn["rank"].tolist()[0] == 1
    assert drawn.crs.to_epsg() in (4326, 4490)
    assert openpyxl.load_workbook(clean / "out.xlsx").sheetnames[0] == "候选地"
    document = json.loads((clean / "out.json").read_text(encoding="utf-8"))
    assert document["grid"]["cell_m"] == 50
    refused = site("-o", "out.txt")
    assert refused.returncode == 2


def test_one_place_is_answered_with_its_rules(site, clean):
    place = spot(0.5, 0.525)
    done = site("--at", f"{place.x},{place.y}")
    assert done.returncode == 0, done.stderr
    assert "henan_funeral_26_4" in done.stdout
    assert "项规定或要求排除此处" in done.stderr
    told = json.loads(site("--at", f"{place.x}，{place.y}", "-o", "at.json", json_out=True).stdout)
    assert told == json.loads((clean / "at.json").read_text(encoding="utf-8"))
    assert site("--at", "east").returncode == 2
    assert site("--at", "0,0").returncode != 0


def test_parcels_of_a_file_are_judged_one_by_one(site, clean):
    shapes = [patch(0.1, 0.1, 0.15, 0.15), patch(0.8, 0.05, 0.9, 0.15), patch(0.85, 0.1, 0.95, 0.2)]
    frame = gpd.GeoDataFrame({"编号": ["湖", "甲", "乙"]}, geometry=shapes, crs=4490)
    frame.to_file(clean / "parcels.gpkg", driver="GPKG")
    done = site("--parcels", "parcels.gpkg", "-o", "out.xlsx")

    assert done.returncode == 0, done.stderr
    assert "有禁止情形" in done.stdout
    assert "地块“甲”与“乙”重叠" in done.stderr
    assert openpyxl.load_workbook(clean / "out.xlsx").sheetnames == ["地块", "逐条"]
    told = json.loads(site("--parcels", "parcels.gpkg", json_out=True).stdout)
    verdicts = {each["id"]: each["verdict"] for each in told["parcels"]}
    assert verdicts == {"湖": "excluded", "甲": "not_found", "乙": "not_found"}
    assert site("--parcels", "parcels.gpkg", "--at", "1,1").returncode == 2


def test_bad_figures_are_refused_with_their_names(site):
    for option, value in (("--weight", "area_m2=-1"), ("--cell", "0"), ("--slope", "95")):
        done = site(option, value)
        assert done.returncode != 0
        assert "应" in done.stderr or "不能" in done.stderr
