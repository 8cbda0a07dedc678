"""The files of a field package, read back by other programs."""

import hashlib
import io
import json
import sqlite3
import zipfile
from xml.etree import ElementTree as ET

import gpxpy
import openpyxl
import pyogrio
import pypdfium2
import pytest

from civgeo.domain.field_form import MARKER_ANSWERS, SEGMENT_ANSWERS
from civgeo.formats.field_geopackage import field_geopackage, field_qgis_project
from civgeo.formats.field_tracks import field_gpx, field_kml
from civgeo.maps.line_overview import line_overview
from civgeo.maps.theme import MapNote
from civgeo.reports.field_checklist_pdf import checklist_pdf
from civgeo.reports.field_checklist_xlsx import checklist_xlsx
from civgeo.reports.field_marker_page import MarkerPictures
from civgeo.services.field_package import PackageForm, field_package, packed, write_package
from civgeo.store.attachments import Attachment
from field_specimens import (
    HOSTILE,
    LINE_CODE,
    boundary_city,
    hostile_sheet,
    marker_rows,
    specimen_package,
)


@pytest.fixture(scope="module")
def package():
    return specimen_package()


def test_the_manifest_lists_every_file_with_its_digest(package):
    manifest = json.loads(package.files["manifest.json"])
    listed = {item["path"]: (item["bytes"], item["sha256"]) for item in manifest["files"]}
    own = {
        path: (len(content), hashlib.sha256(content).hexdigest())
        for path, content in package.files.items()
        if path != "manifest.json"
    }
    assert listed == own
    assert (manifest["format"], manifest["line"], manifest["round"]) == (
        "civgeo-field-package/1",
        LINE_CODE,
        5,
    )
    assert (manifest["markers"], manifest["segments"], manifest["simulated"]) == (24, 22, True)


def test_the_readme_names_every_file_and_says_how_results_come_back(package):
    told = package.files["README.txt"].decode("utf-8-sig")
    for path in package.files:
        assert path.split("/")[0] in told or path == "README.txt"
    assert "civgeo rounds import" in told
    assert "模拟数据" in told
    assert "QField" in told


def test_zip_and_folder_hold_the_same_and_are_written_again_in_place(package, tmp_path):
    for _ in range(2):
        zipped, folder = write_package(package, tmp_path / "out", PackageForm.BOTH)
    assert (zipped.name, folder.name) == ("civgeo-2223-r5.zip", "civgeo-2223-r5")
    with zipfile.ZipFile(zipped) as archive:
        assert archive.testzip() is None
        inside = {name.split("/", 1)[1]: archive.read(name) for name in archive.namelist()}
    assert inside == dict(package.files)
    assert {path: (folder / path).read_bytes() for path in inside} == inside
    assert packed(package) == zipped.read_bytes()
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [folder.name, zipped.name]


def test_the_workbook_has_hidden_ids_value_lists_and_hostile_texts_as_texts(package):
    book = openpyxl.load_workbook(io.BytesIO(package.files["checklist.xlsx"]))
    assert book.sheetnames == ["说明", "界桩", "界线段"]
    page = book["界桩"]
    heads = [cell.value for cell in page[1]]
    assert heads[0] == "登记编号"
    assert page.column_dimensions["A"].hidden
    assert heads[-len(MARKER_ANSWERS) :] == [field.title for field in MARKER_ANSWERS]
    ids = [page.cell(row, 1).value for row in range(2, page.max_row + 1)]
    assert ids == [marker.id for marker in package.sheet.markers]
    texts = [cell.value for row in page.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert any(HOSTILE[0] in text for text in texts)
    assert {cell.data_type for row in page.iter_rows() for cell in row} <= {"s", "n"}
    lists = [rule.formula1 for rule in page.data_validations.dataValidation if rule.type == "list"]
    assert '"完好,字迹不清,损坏,移位,丢失"' in lists
    assert len(lists) == sum(bool(field.choices) for field in MARKER_ANSWERS)
    segments = [cell.value for cell in book["界线段"][1]]
    assert segments[-len(SEGMENT_ANSWERS) :] == [field.title for field in SEGMENT_ANSWERS]


def test_an_unfilled_workbook_has_no_answer_at_all(package):
    book = openpyxl.load_workbook(io.BytesIO(package.files["checklist.xlsx"]))
    for title, fields in (("界桩", MARKER_ANSWERS), ("界线段", SEGMENT_ANSWERS)):
        page = book[title]
        first = page.max_column - len(fields) + 1
        cells = page.iter_rows(min_row=2, min_col=first, values_only=True)
        assert {cell for row in cells for cell in row} == {None}


def test_the_gpx_has_a_waypoint_for_each_marker_and_a_route_in_order(package):
    gpx = gpxpy.parse(package.files["markers.gpx"].decode())
    numbers = [marker.number for marker in package.sheet.markers]
    assert [point.name for point in gpx.waypoints] == numbers
    [route] = gpx.routes
    assert [point.name for point in route.points] == numbers
    first = package.sheet.markers[0].place
    assert (route.points[0].longitude, route.points[0].latitude) == pytest.approx(first)
    assert HOSTILE[0] in gpx.waypoints[2].description


def test_the_kml_is_sound_and_keeps_hostile_names_as_texts(package):
    space = {"k": "http://www.opengis.net/kml/2.2"}
    root = ET.fromstring(package.files["line.kml"])  # noqa: S314 our own file
    folders = [
        folder.findtext("k:name", "", space) for folder in root.iter(f"{{{space['k']}}}Folder")
    ]
    assert folders == ["界线", "界桩", "方位物"]
    names = [name.text or "" for name in root.iter(f"{{{space['k']}}}name")]
    assert any(HOSTILE[0] in name for name in names)
    assert root.find(".//{*}img") is None


@pytest.fixture
def geopackage(package, tmp_path):
    file = tmp_path / "field.gpkg"
    file.write_bytes(package.files["field.gpkg"])
    return file


def test_the_geopackage_has_ids_empty_answers_and_a_table_for_photos(package, geopackage):
    layers = {str(name): kind for name, kind in pyogrio.list_layers(geopackage)}
    assert layers == {
        "markers": "Point",
        "segments": "LineString",
        "line": "LineString",
        "photos": None,
    }
    markers = pyogrio.read_dataframe(geopackage, layer="markers")
    assert markers["id"].tolist() == [marker.id for marker in package.sheet.markers]
    assert markers.crs.to_epsg() == 4490
    asked = [field.name for field in MARKER_ANSWERS if not field.name.startswith("photo_")]
    assert markers[asked].isna().all(axis=None)
    segments = pyogrio.read_dataframe(geopackage, layer="segments")
    assert segments[[field.name for field in SEGMENT_ANSWERS]].isna().all(axis=None)
    line = pyogrio.read_dataframe(geopackage, layer="line").iloc[0]
    assert (line["package"], line["round"]) == (package.sheet.package, 5)
    assert line[["side", "inspector", "datum"]].isna().all()
    photos = pyogrio.read_dataframe(geopackage, layer="photos")
    assert list(photos) == ["id", "marker", "slot", "file_name"]
    with sqlite3.connect(geopackage) as plain:
        assert plain.execute("PRAGMA user_version").fetchone() == (10300,)


def test_the_phone_page_asks_for_no_address_and_fits_in_a_few_megabytes(package):
    page = package.files["phone.html"]
    assert len(page) < 4_000_000
    for sign in (
        b"http://",
        b"https://",
        b"<link",
        b"<img",
        HOSTILE[0].encode(),
        "\u2028".encode(),
    ):
        assert sign not in page


def test_hostile_names_of_line_sides_and_markers_stay_texts_in_every_file(tmp_path):
    sheet = hostile_sheet()
    note = MapNote(sheet.name, HOSTILE[1], "2026-06-01", True)
    picture = line_overview(sheet, sheet.markers[1], note, (90.0, 58.0))
    pictures = {marker.id: MarkerPictures(None, picture) for marker in sheet.markers}
    assert checklist_pdf(sheet, pictures, picture).startswith(b"%PDF")
    book = openpyxl.load_workbook(io.BytesIO(checklist_xlsx(sheet)))
    assert book["界桩"]["D3"].value == HOSTILE[1]
    gpx = gpxpy.parse(field_gpx(sheet).decode())
    assert [point.name for point in gpx.waypoints] == [HOSTILE[0], HOSTILE[1]]
    kml = ET.fromstring(field_kml(sheet))  # noqa: S314 our own file
    names = [name.text for name in kml.findall(".//{*}name")]
    assert HOSTILE[0] in names
    assert ET.fromstring(field_qgis_project(sheet, "field.gpkg")).tag == "qgis"  # noqa: S314
    (tmp_path / "field.gpkg").write_bytes(field_geopackage(sheet))
    kept = pyogrio.read_dataframe(tmp_path / "field.gpkg", layer="segments")
    assert kept["name"].tolist() == [HOSTILE[2]]


def test_a_registered_photo_that_the_store_holds_is_printed_and_a_lost_one_is_not(
    package, tmp_path
):
    picture = package.files["maps/001-overview.png"]
    kept = Attachment.of("2223002Q.png", "image/png", picture)
    rows = marker_rows(2)
    for row, digest in zip(rows, (kept.sha256, "0" * 64), strict=True):
        photo = {"slot": "registered", "name": "2223002Q.png", "sha256": digest}
        row["photos"] = json.dumps([photo])
    city = boundary_city(tmp_path / "store", markers=rows)
    with city.store:
        with city.store.write() as writing:
            writing.keep_attachment(kept)
        made = field_package(city, LINE_CODE)
    pages = list(pypdfium2.PdfDocument(made.files["checklist.pdf"]))
    images = [sum(shape.type == 3 for shape in page.get_objects()) for page in pages[2:4]]
    assert images == [3, 2]
