"""``civgeo cemeteries demand-table`` over a store, and its registers imported and exported."""

import json
from pathlib import Path

import openpyxl
import pytest

from civgeo.store.tables import Collection
from services.indicator_city import TOWNSHIPS, city_with, records

EAST, WEST, *_REST = TOWNSHIPS


@pytest.fixture
def store(clean: Path) -> str:
    people = [
        {"id": f"p{code}", "division": code, "period": 2025, "population": 10_000}
        | {"death_rate_per_mille": 7.0}
        for code in (EAST, *_REST)
    ]
    city_with(clean, [], records=records(Collection.POPULATION, people)).store.close()
    return str(clean / "store")


def test_the_registers_of_the_store_give_demand_and_say_what_is_unknown(civgeo, clean, store):
    cemetery = clean / "cemeteries.csv"
    cemetery.write_text(
        "公墓名称,种类,级别,公墓性质,区划代码,墓位总数,已用墓位\n"
        f"东山公墓,公墓,乡镇级,公益性,{EAST},1000,300\n",
        encoding="utf-8",
    )
    done = civgeo("--store", store, "import", str(cemetery), "--as", "cemeteries", "--yes")
    assert done.returncode == 0, done.stderr
    asked = ("--store", store, "cemeteries", "demand-table", "--share", "1", "--from-year", "2026")
    done = civgeo(*asked, "-o", "demand.xlsx")
    assert done.returncode == 0, done.stderr
    assert "没有登记人口" in done.stdout
    assert openpyxl.load_workbook(clean / "demand.xlsx").sheetnames == ["县区", "乡镇", "逐年"]
    answer = json.loads(civgeo("--json", *asked).stdout)
    towns = {row["division"]: row for row in answer["townships"]}
    assert (towns[EAST]["years_left"], towns[EAST]["free"]) == ("10", 700)
    assert (towns[WEST]["status"], towns[WEST]["reason"]) == ("not_assessed", "没有登记人口")
    assert answer["city"]["partial"]
    done = civgeo(*asked, "--division", EAST, "--years", "3", "-o", "years.csv")
    assert len((clean / "years.csv").read_text(encoding="utf-8-sig").splitlines()) == 4


def test_a_name_that_a_spreadsheet_would_run_is_saved_as_text(civgeo, clean):
    people = clean / "people.csv"
    people.write_text(
        f"区划代码,名称,年份,人口,死亡率‰\n{EAST},=1+1,2026,100,7\n", encoding="utf-8"
    )
    asked = ("cemeteries", "demand-table", "people.csv", "--share", "1", "--years", "1")
    assert civgeo(*asked, "-o", "years.csv").returncode == 0
    assert f",{EAST},'=1+1," in (clean / "years.csv").read_text(encoding="utf-8-sig")


def test_options_of_the_one_are_refused_with_the_other(civgeo, store):
    asked = ("--store", store, "cemeteries", "demand-table", "--share", "1")
    assert civgeo(*asked, "--places", "places.csv").returncode == 2
    assert civgeo(*asked, "people.csv", "--rate", "7").returncode == 2
    assert civgeo(*asked, "-o", "demand.pdf").returncode == 2
    assert civgeo(*asked, "--rate", "1200").returncode == 3


def test_graves_are_imported_and_exported_for_the_office_only(civgeo, clean, store):
    graves = clean / "graves.csv"
    graves.write_text(
        f"编号,区划代码,坟墓类型,坟墓数量,经度,纬度\nS-1,{EAST},成片,12,114.0,33.0\n",
        encoding="utf-8",
    )
    asked = ("--store", store, "import", str(graves), "--as", "graves")
    assert civgeo(*asked, "--crs", "EPSG:4490", "--yes").returncode == 0
    out = str(clean / "out.csv")
    assert civgeo("--store", store, "export", "graves", "-o", out).returncode == 0
    assert "S-1" in Path(out).read_text(encoding="utf-8-sig")
    public = ("export", "graves", "-o", out, "--public", "--public-number", "豫S(2026)1号")
    assert civgeo("--store", store, *public).returncode != 0
