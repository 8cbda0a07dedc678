"""Boundary registers imported from tables: what follows from a row, and what no import may move."""

import json
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from pyproj import Geod

from boundary_city import EDIT, LINES, MARKERS, founded, opened, row
from civgeo.domain.round_forms import WorkKind
from civgeo.errors import ImportRejected, RuleViolation
from civgeo.services.boundary_entries import enter
from civgeo.services.city import City
from civgeo.services.exporting import ExportRequest, export
from civgeo.services.import_batches import BatchState
from civgeo.services.import_kinds import KINDS
from civgeo.services.imports import confirm, undo
from civgeo.services.marker_works import Proposal, open_work, works
from services.import_city import csv_file, said, staged


@pytest.fixture
def founding(tmp_path: Path) -> Iterator[tuple[City, str]]:
    folder, _, placed = founded(tmp_path / "store")
    with opened(folder) as city:
        yield city, placed


def table(tmp_path: Path, **cells: object) -> Path:
    return csv_file(tmp_path / "in.csv", [cells])


def listed(city: City, number: str) -> dict:
    with city.store.read() as reading:
        (id,) = reading.features(MARKERS, where={"number": number}).index
    return row(city, MARKERS, id)


def test_a_workbook_that_an_export_wrote_comes_back_unchanged_with_nothing_said(
    founding, tmp_path
) -> None:
    city, _ = founding
    abroad = {"code": "9899", "name": "省际线", "sides": "980000,990000", "status": "demarcated"}
    id = enter(city, LINES, abroad, EDIT).id
    assert row(city, LINES, id)["division"] == "990000"
    for register in (LINES, MARKERS):
        path = tmp_path / f"{register}.xlsx"
        path.write_bytes(export(city, ExportRequest(register.value, "xlsx")).content)
        check = staged(city, path, register.value)
        assert check.state is BatchState.UNCHANGED, said(check)


def test_a_new_marker_gets_what_its_line_its_number_and_its_place_say(founding, tmp_path) -> None:
    city, _ = founding
    file = table(tmp_path, 界桩编号="0221003A", 所属界线="0221", 经度=114.1, 纬度=33.02)
    assert confirm(city, staged(city, file, "boundary_markers").id, EDIT).created == 1
    found = listed(city, "0221003A")
    assert found["geometry"].equals(shapely.Point(114.1, 33.02))
    assert (found["division"], found["level"], found["suffix"]) == ("990102", "county", "A")
    assert found["sides"] == row(city, MARKERS, founding[1])["sides"]
    assert found["chainage_m"] == pytest.approx(8872.4, abs=0.1)
    assert (found["public"], found["secrecy"]) == (False, "internal")


@pytest.mark.parametrize(
    ("east_deg", "told"), [(0.0, False), (0.000008, False), (0.00002, True), (-0.00002, False)]
)
def test_a_marker_on_the_border_of_its_division_is_not_outside(
    founding, tmp_path, east_deg, told
) -> None:
    city, _ = founding
    shared = {"所属界线": "0221", "区划代码": "990102", "纬度": 33.02}
    places = (114.05, 114.06, 114.1 + east_deg)
    rows = [
        {"界桩编号": f"022100{number}Q", "经度": lon, **shared}
        for number, lon in enumerate(places, 3)
    ]
    batch = staged(city, csv_file(tmp_path / "in.csv", rows), "boundary_markers")
    assert batch.state is BatchState.READY
    assert ("在所写的甲区之外 2 米" in said(batch)) is told
    assert ("甲区之外" in said(batch)) is told


def test_markers_that_all_stand_on_a_border_are_no_displaced_layer(founding, tmp_path) -> None:
    city, _ = founding
    rows = [
        {
            "界桩编号": f"02210{number:02d}Q",
            "所属界线": "0221",
            "区划代码": "990102",
            "经度": 114.1 + 1e-8,
            "纬度": 33.0 + number / 200,
        }
        for number in range(2, 20)
    ]
    batch = staged(city, csv_file(tmp_path / "in.csv", rows), "boundary_markers")
    assert batch.state is BatchState.READY, said(batch)


def test_an_import_does_not_move_a_registered_marker(founding, tmp_path) -> None:
    city, placed = founding
    place = {"经度": 114.1, "纬度": 33.06}
    file = table(tmp_path, 登记编号=placed, 界桩编号="0221001Q", 界线代码="0221", **place)
    batch = staged(city, file, "boundary_markers")
    assert "界桩变动" in said(batch)
    with pytest.raises(ImportRejected):
        confirm(city, batch.id, EDIT)
    assert row(city, MARKERS, placed)["version"] == 1


def test_an_import_amends_what_is_no_position(founding, tmp_path) -> None:
    city, placed = founding
    file = table(tmp_path, 登记编号=placed, 界线代码="0221", 备注="路东", 沿线里程="7")
    batch = staged(city, file, "boundary_markers")
    assert "沿线里程由图形算出" in said(batch)
    assert confirm(city, batch.id, EDIT).changed == 1
    found = row(city, MARKERS, placed)
    assert (found["remark"], found["version"]) == ("路东", 2)
    assert found["chainage_m"] == pytest.approx(6654.3, abs=0.1)


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"界线代码": "9999"}, "没有代码为“9999”的界线"),
        ({"界线代码": "0221", "毗邻方": "990102,8x"}, "不合格式"),
        ({"界线代码": "0221", "状况": "完好", "登记日期": "2026-02-30"}, "登记日期"),
    ],
)
def test_a_row_that_no_entry_could_be_is_refused_with_the_reason(
    founding, tmp_path, cells, why
) -> None:
    batch = staged(founding[0], table(tmp_path, 界桩编号="0221009Q", **cells), "boundary_markers")
    assert why in said(batch)
    with pytest.raises(ImportRejected):
        confirm(founding[0], batch.id, EDIT)


def test_a_new_line_is_measured_and_a_course_with_markers_is_not_replaced(
    founding, tmp_path
) -> None:
    city, _ = founding
    courses = [
        shapely.LineString([(114.1, 33.1), (114.1, 33.01)]),
        shapely.LineString([(114.1, 33.1), (114.12, 33.1)]),
    ]
    rows = {"界线代码": ["0221", "0223"], "界线名称": ["甲乙线", "新线"]}
    frame = gpd.GeoDataFrame(rows | {"毗邻方": ["990121、990102"] * 2}, geometry=courses, crs=4490)
    frame.to_file(tmp_path / "both.geojson")
    assert "走向不能随导入修改" in said(staged(city, tmp_path / "both.geojson", "boundary_lines"))
    frame.iloc[1:].to_file(tmp_path / "new.geojson")
    batch = staged(city, tmp_path / "new.geojson", "boundary_lines")
    assert confirm(city, batch.id, EDIT).created == 1
    with city.store.read() as reading:
        found = reading.features(LINES, where={"code": "0223"}).iloc[0]
    _, _, metres = Geod(ellps="GRS80").inv(114.1, 33.1, 114.12, 33.1)
    assert found["length_m"] == pytest.approx(metres, abs=0.01)
    assert (found["level"], json.loads(found["sides"])) == ("county", ["990102", "990121"])


@pytest.mark.parametrize("kind", [name for name in KINDS if name.startswith(("bound", "tri"))])
def test_every_boundary_register_takes_a_table(founding, tmp_path, kind: str) -> None:
    cells = {
        "boundary_lines": {"界线代码": "0224", "界线名称": "丙丁线", "毗邻方": "990102,990121"},
        "boundary_points": {"边界点编号": "1", "界线代码": "0221", "经度": 114.1, "纬度": 33.05},
        "boundary_markers": {"界桩编号": "0221002Q", "界线代码": "0221"},
        "tri_junctions": {"三交点名称": "甲乙丙", "毗邻方": "990102,990121,990103"},
        "boundary_archives": {"档号": "1", "题名": "方案", "档案种类": "联检方案", "年度": 2025},
    }[kind]
    if kind == "boundary_archives":
        cells["界线代码"] = "0221"
    city, _ = founding
    batch = staged(city, table(tmp_path, **cells), kind)
    assert confirm(city, batch.id, EDIT).created == 1, said(batch)


def test_markers_on_which_works_are_open_are_not_taken_back(founding, tmp_path) -> None:
    city, _ = founding
    file = table(tmp_path, 界桩编号="0221003A", 所属界线="0221", 经度=114.1, 纬度=33.02)
    batch = staged(city, file, "boundary_markers")
    confirm(city, batch.id, EDIT)
    with city.store.read() as reading:
        (id,) = reading.features(MARKERS, where={"number": "0221003A"}).index
    work = open_work(city, Proposal(WorkKind.REPAIR, "字迹不清", str(id)), EDIT)
    with pytest.raises(RuleViolation, match="1 项界桩变动：0221003A"):
        undo(city, batch.id, EDIT)
    assert listed(city, "0221003A")["version"] == 1
    assert work.id in {file.id for file in works(city)}
