"""Workbook and GeoPackage of a field package, filled in elsewhere, come back as results."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from civgeo.domain.boundary_forms import MarkerState
from civgeo.domain.field_results import ResultFault
from civgeo.domain.field_sheet import FieldSheet
from civgeo.domain.round_forms import MarkerAction
from civgeo.formats.field_geopackage import field_geopackage
from civgeo.reports.field_checklist_xlsx import checklist_xlsx
from civgeo.services.city import City
from civgeo.services.field_sheets import field_sheet
from civgeo.services.inspection_import import FieldUpload, Said
from civgeo.services.inspection_records import line_register
from field_specimens import LINE_CODE, SIDES
from services.field_result_files import imported, open_city, place_of

OGRINFO = shutil.which("ogrinfo")
EDITS = (
    "UPDATE line SET side = ':side', inspector = '王五', datum = 'EPSG:4490'",
    "UPDATE markers SET state = 'damaged', inspected_on = '2026-05-22', action_repainted = 'yes',"
    " witness1_found = 'no', longitude = :lon, latitude = :lat WHERE id = ':marker'",
    "UPDATE segments SET inspected_on = '2026-05-22', terrain_changed = 'yes' WHERE fid = 1",
    "INSERT INTO photos (id, marker, slot, file_name) VALUES"
    " ('5d0f8f0e-7d7b-4a53-8a34-0d7c0a0b5c11', ':marker', 'far', 'photos/远.jpg')",
)


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    found = open_city(tmp_path)
    yield found
    found.store.close()


@pytest.fixture
def sheet(city: City) -> FieldSheet:
    return field_sheet(city, LINE_CODE)


def recorded(city: City):
    with city.store.read() as reading:
        return line_register(reading, LINE_CODE, 5).recorded


def written(tmp_path: Path, name: str, content: bytes) -> FieldUpload:
    file = tmp_path / name
    file.write_bytes(content)
    return FieldUpload(file, name)


def fill_workbook(upload: FieldUpload) -> None:
    """Two markers and a segment filled in as officers do, in the words of the form."""
    book = load_workbook(upload.path)
    about = book["说明"]
    given = {"记录方": f"{SIDES[0]} 南坪县", "检查人": "李四", "坐标系": "CGCS2000（测量设备）"}
    for row in about.iter_rows(max_col=2):
        if row[0].value in given:
            row[1].value = given[row[0].value]
    lon, lat = place_of(0)
    first = {"检查日期": "2026/5/20", "界桩状况": "完好", "清障": "是", "描红": "否"}
    first |= {"一号方位物找到": "是", "一号方位物实测距离（米）": 23.5, "二号方位物找到": "否"}
    first |= {"实测经度": lon, "实测纬度": str(lat), "近景照片文件名": "a.jpg；b.jpg"}
    put(book["界桩"], 2, first)
    put(book["界桩"], 3, {"检查日期": "2026-05-20", "界桩状况": "坏了", "备注": "=1+1"})
    put(book["界线段"], 2, {"检查日期": "2026-05-20", "边界争议": "否", "情况说明": "无"})
    book.save(upload.path)


def put(page, row: int, values: dict[str, object]) -> None:
    titles = {cell.value: cell.column for cell in page[1]}
    for title, value in values.items():
        page.cell(row, titles[title]).value = value
        if value == "=1+1":
            page.cell(row, titles[title]).data_type = "s"


def test_a_checklist_filled_in_with_openpyxl_comes_back(city, sheet, tmp_path) -> None:
    upload = written(tmp_path, "记录表.xlsx", checklist_xlsx(sheet))
    fill_workbook(upload)
    done = imported(city, upload)
    [report] = done.files
    assert (report.side, report.round, report.created) == (SIDES[0], 5, 3)
    assert [finding.fault for finding in report.findings] == [
        ResultFault.UNREADABLE,
        ResultFault.WITNESS_MISSING,
        ResultFault.WITNESS_DISPLACED,
    ]
    assert (report.findings[0].raw, report.findings[0].place[:8]) == ("坏了", "界桩 第 3 行"[:8])
    first, second, segment = recorded(city)
    assert (first.state, first.actions) == (MarkerState.INTACT, (MarkerAction.CLEARED,))
    assert first.displacement_m == pytest.approx(0, abs=0.001)
    assert [check.found for check in first.witnesses] == [True, False]
    assert (first.witnesses[0].distance_m, first.photos) == (
        "23.5",
        (("near", "a.jpg"), ("near", "b.jpg")),
    )
    assert (second.state, second.remark) == (None, "=1+1")
    assert (dict(segment.answers)["dispute"], segment.note) == (False, "无")
    assert imported(city, upload).created == 0


def test_packages_that_nobody_filled_in_change_nothing(city, sheet, tmp_path) -> None:
    with city.store.read() as reading:
        before = reading.data_version()
    book = written(tmp_path, "a.xlsx", checklist_xlsx(sheet))
    layers = written(tmp_path, "a.gpkg", field_geopackage(sheet))
    done = imported(city, book, layers, said=Said(side=SIDES[1]))
    assert [report.created for report in done.files] == [0, 0]
    assert [report.findings for report in done.files] == [(), ()]
    with city.store.read() as reading:
        assert reading.data_version() == before


@pytest.mark.skipif(OGRINFO is None, reason="ogrinfo of GDAL is not installed")
def test_a_geopackage_edited_by_gdal_comes_back(city, sheet, tmp_path) -> None:
    upload = written(tmp_path, "field.gpkg", field_geopackage(sheet))
    marker = sheet.markers[0].id
    lon, lat = place_of(0)
    given = {":side": SIDES[1], ":marker": marker, ":lon": str(lon), ":lat": str(lat + 0.0001)}
    for statement in EDITS:
        for name, value in given.items():
            statement = statement.replace(name, value)
        command = [str(OGRINFO), str(upload.path), "-sql", statement]
        subprocess.run(command, check=True, capture_output=True)
    [report] = imported(city, upload).files
    assert (report.carrier, report.side, report.created) == ("GeoPackage", SIDES[1], 2)
    damaged, segment = recorded(city)
    assert (damaged.state, damaged.inspector) == (MarkerState.DAMAGED, "王五")
    assert (damaged.displacement_m, damaged.towards) == (pytest.approx(11.09, abs=0.01), "北")
    assert damaged.photos == (("far", "photos/远.jpg"),)
    assert dict(segment.answers)["terrain_changed"] is True
    assert imported(city, upload).created == 0
