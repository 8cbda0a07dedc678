"""What a round came to: two contradicting files compared, repairs proposed, products made."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook

from civgeo.domain.inspection_comparison import Differs
from civgeo.domain.round_forms import WorkKind
from civgeo.errors import InvalidInput, NotFound, OwnFileBroken
from civgeo.services.city import City
from civgeo.services.marker_works import works
from civgeo.services.round_archive import archive
from civgeo.services.round_keys import RoundKey, round_key
from civgeo.services.round_products import PaperForm, TableForm, inspection_report, marker_table
from civgeo.services.round_result_files import (
    disagreements_geojson,
    results_document,
    results_text,
    results_workbook,
)
from civgeo.services.round_results import RoundResults, propose_repairs, round_results
from civgeo.store.tables import Collection
from field_specimens import HOSTILE, LINE_CODE, SIDES, boundary_city, round_row
from services.field_result_files import EDIT, MARKERS, imported, marker_item, place_of, result_file

KEY = RoundKey(LINE_CODE, 5)
ROUND = str(round_row()["id"])


def segment(place: int, side_changed: bool) -> dict[str, object]:
    ends = f"{MARKERS[place]['id']}/{MARKERS[place + 1]['id']}"
    answers = {"terrain_changed": side_changed, "dispute": False}
    return {"segment": ends, "inspected_on": "2026-05-20", "answers": answers}


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> Iterator[City]:
    """Both sides' files, which contradict each other in five markers and a segment."""
    folder: Path = tmp_path_factory.mktemp("results")
    found = boundary_city(folder / "store")
    ours = [marker_item(place) for place in range(10)]
    theirs = [marker_item(place, inspected_on="2026-05-22") for place in range(9)]
    ours[2] |= {"state": "damaged", "remark": HOSTILE[1]}
    theirs[2] |= {"state": "illegible", "actions": ["repainted"]}
    theirs[4] |= {"latitude": place_of(4)[1] + 0.00004}
    for items in (ours, theirs):
        items[5] |= {"state": "missing", "longitude": None, "latitude": None}
    theirs[6]["witnesses"] = [{"name": "杨树", "found": False}]
    imported(
        found,
        result_file(folder, ours, segments=[segment(0, True)]),
        result_file(folder, theirs, name="b.json", side=SIDES[1], segments=[segment(0, False)]),
    )
    yield found
    found.store.close()


@pytest.fixture(scope="module")
def results(city: City) -> RoundResults:
    return round_results(city, KEY, tolerance_m=5.0)


def test_every_disagreement_of_the_two_files_is_listed(results: RoundResults) -> None:
    found = [(item.name, item.differs) for item in results.disagreements]
    assert found == [
        ("2223003Q", Differs.STATE),
        ("2223003Q", Differs.ACTION),
        ("2223005Q", Differs.POSITION),
        ("2223007Q", Differs.WITNESS),
        ("2223010Q", Differs.ONE_SIDED),
        ("2223001Q—2223002Q", Differs.ANSWER),
    ]
    assert results.disagreements[2].distance_m == pytest.approx(4.44, abs=0.01)


def test_statistics_have_numerator_and_denominator(results: RoundResults) -> None:
    counts = {share.label: (share.numerator, share.denominator) for share in results.shares}
    assert counts["已检查界桩"] == (10, 24)
    assert counts["各方都有记录的界桩"] == (9, 24)
    assert counts["各方记录一致的界桩"] == (6, 9)
    assert counts["界桩丢失"] == (1, 10)
    assert counts["位移超过限差的界桩"] == (1, 9)
    assert counts["找到的方位物（项次）"] == (18, 19)


def test_markers_stand_in_route_order_and_the_plan_sets_the_tolerance(results) -> None:
    along = [outcome.registered.chainage_m for outcome in results.markers]
    assert along == sorted(along)
    assert (results.tolerance_m, results.by_plan, results.silent) == (1.0, True, ())


def test_page_data_text_and_geojson_say_the_same(results: RoundResults) -> None:
    told = results_document(results)
    assert json.loads(json.dumps(told)) == told
    assert len(told["disagreements"]) == 6
    assert "各方记录不一致：6 处" in results_text(results)
    found = json.loads(disagreements_geojson(results))
    assert len(found["features"]) == 6
    placed = found["features"][0]["geometry"]["coordinates"]
    assert placed == pytest.approx(place_of(2))


def test_the_workbook_has_a_sheet_for_each_and_no_formulas(results: RoundResults) -> None:
    book = load_workbook(io.BytesIO(results_workbook(results)))
    assert book.sheetnames == ["统计", "界桩", "界线段", "不一致", "需办事项", "核对发现", "说明"]
    assert book["不一致"].max_row == 7
    assert all(cell.data_type != "f" for page in book for row in page.rows for cell in row)


@pytest.mark.parametrize("form", list(PaperForm))
def test_the_report_says_what_was_found(city: City, form: PaperForm) -> None:
    name, content = inspection_report(city, KEY, form, tolerance_m=5.0)
    assert name == f"坪岭线第五轮联检报告.{form}"
    if form is PaperForm.DOCX:
        text = "\n".join(Document(io.BytesIO(content)).element.body.itertext())
        assert "第六条" in text
        assert "2223006Q" in text
        assert "{{" not in text
        assert "重制埋设" in text
    else:
        assert content.startswith(b"%PDF")


def test_the_bureaus_own_template_goes_first_and_a_broken_one_is_told(city: City) -> None:
    folder = city.store.file.parent / "own" / "templates"
    folder.mkdir(parents=True)
    file = folder / "inspection_report.docx"
    for text in ("{{ title[0] }} 本局格式", "{{ titel }}"):
        own = Document()
        own.add_paragraph(text)
        own.save(str(file))
        if "titel" in text:
            with pytest.raises(OwnFileBroken, match="titel"):
                inspection_report(city, KEY, PaperForm.DOCX, tolerance_m=5.0)
        else:
            _, content = inspection_report(city, KEY, PaperForm.DOCX, tolerance_m=5.0)
            made = "".join(Document(io.BytesIO(content)).element.body.itertext())
            assert "坪岭线行政区域界线 本局格式" in made
    file.unlink()


def test_the_marker_table_holds_registered_and_measured_coordinates(city: City) -> None:
    _, content = marker_table(city, KEY, TableForm.XLSX, tolerance_m=5.0)
    page = load_workbook(io.BytesIO(content)).worksheets[0]
    rows = list(page.values)
    assert len(rows) == 25
    first = dict(zip(rows[0], rows[1], strict=True))
    assert (first["界桩编号"], first["登记坐标系"]) == ("2223001Q", "1980西安坐标系")
    assert first["实测经度"] == pytest.approx(place_of(0)[0])
    assert rows[24][-3] == "未检查"
    _, printed = marker_table(city, KEY, TableForm.PDF, tolerance_m=5.0)
    assert printed.startswith(b"%PDF")


def test_the_archive_proves_itself(city: City) -> None:
    name, content = archive(city, KEY, tolerance_m=5.0)
    packed = zipfile.ZipFile(io.BytesIO(content))
    manifest = json.loads(packed.read("manifest.json"))
    assert name == "坪岭线第五轮联检档案.zip"
    for item in manifest["files"]:
        assert hashlib.sha256(packed.read(item["name"])).hexdigest() == item["sha256"]
    entries = json.loads(packed.read("history/entries.json"))
    records = json.loads(packed.read("records.json"))
    assert {entry["id"] for entry in entries} == {record["id"] for record in records}
    [head] = [
        h for h in json.loads(packed.read("history/heads.json")) if h["register"] == "inspections"
    ]
    assert head["hash"] == max(entries, key=lambda entry: entry["sequence"])["hash"]
    sources = [name for name in packed.namelist() if name.startswith("sources/")]
    assert len(sources) == 2
    assert json.loads(packed.read(sources[0]))["format"] == "civgeo-results/1"


def test_repairs_are_proposed_once_and_the_register_stays(city: City, results) -> None:
    needed = {(repair.marker.number, repair.kind) for repair in results.repairs}
    assert needed == {("2223003Q", WorkKind.REPAIR), ("2223006Q", WorkKind.REMAKE)}
    with city.store.read() as reading:
        before = reading.features(Collection.BOUNDARY_MARKERS)
    made = propose_repairs(city, KEY, EDIT, tolerance_m=5.0)
    assert propose_repairs(city, KEY, EDIT, tolerance_m=5.0) == ()
    with city.store.read() as reading:
        after = reading.features(Collection.BOUNDARY_MARKERS)
    assert before.equals(after)
    opened = {work.id: work for work in works(city)}
    assert set(opened) == set(made)
    keepers = {row["number"]: row["responsible"] for row in MARKERS}
    assert all(work.work.responsible == keepers[work.name] for work in opened.values())
    again = round_results(city, KEY, tolerance_m=5.0)
    assert {repair.opened for repair in again.repairs} == set(made)


def test_a_round_is_found_by_its_id_or_its_line(city: City) -> None:
    for asked in (ROUND, LINE_CODE, "坪岭线"):
        assert round_key(city, asked) == KEY
    assert round_key(city, LINE_CODE, 4) == RoundKey(LINE_CODE, 4)
    with pytest.raises(NotFound, match="无此线"):
        round_key(city, "无此线")


def test_nothing_recorded_is_no_report(city: City) -> None:
    with pytest.raises(NotFound, match="还没有导入"):
        inspection_report(city, RoundKey(LINE_CODE, 4), PaperForm.PDF, tolerance_m=5.0)
    found = round_results(city, RoundKey(LINE_CODE, 4), tolerance_m=5.0)
    assert (found.silent, found.by_plan, found.tolerance_m) == (SIDES, False, 5.0)


def test_a_line_without_a_plan_needs_the_number(tmp_path: Path) -> None:
    bare = boundary_city(tmp_path / "store", rounds=[])
    with bare.store, pytest.raises(InvalidInput, match="轮次"):
        round_key(bare, LINE_CODE)
