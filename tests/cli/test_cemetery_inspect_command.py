import json

import openpyxl
import pytest

from civgeo.store.tables import Collection
from services.import_city import EDIT, city_in, county
from specimen_names import name_records


@pytest.fixture
def store(tmp_path):
    city = city_in(tmp_path / "库")
    place = {
        "id": "00000000-0000-4000-8000-000000000001",
        "name": "东山公墓",
        "kind": "cemetery",
        "operation": "public",
        "status": "operating",
        "division": "411702",
        "area_mu": 40.0,
        "approved_mu": 30.0,
        "simulated": False,
        "geometry": county(city),
    }
    with city.store.write() as writing:
        writing.add(Collection.CEMETERIES, name_records("cemeteries", place), EDIT)
    city.store.close()
    return tmp_path


def test_the_list_is_printed_saved_and_fails_when_asked(civgeo, store):
    own = ("--store", str(store / "库"), "cemeteries", "inspect", "--on", "2026-03-01")

    shown = civgeo(*own, "-o", str(store / "清单.xlsx"), "--fail-on-findings")
    document = json.loads(civgeo("--json", *own, "-o", str(store / "清单.json")).stdout)

    assert shown.returncode == 1
    assert "东山公墓" in shown.stdout
    assert "没有图层" in shown.stderr
    assert "项未能判断" in shown.stderr
    assert document["counts"]["findings"] == 2
    assert json.loads((store / "清单.json").read_text("utf-8")) == document
    assert openpyxl.load_workbook(store / "清单.xlsx")["检查清单"].max_row == 3
    elsewhere = civgeo("--json", *own, "--division", "411722", "--fail-on-findings")
    assert (elsewhere.returncode, json.loads(elsewhere.stdout)["cemeteries"]) == (0, [])


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--on", "2026"), 3, "--on"),
        (("--layer", "abc"), 3, "没有图层"),
        (("-o", "清单.docx"), 2, ".xlsx 或 .json"),
        (("--division", "驿城"), 3, "驿城"),
    ],
)
def test_what_cannot_be_meant_is_refused(civgeo, store, options, code, said):
    found = civgeo("--store", str(store / "库"), "cemeteries", "inspect", *options)

    assert (found.returncode, said in found.stderr) == (code, True), found.stderr
