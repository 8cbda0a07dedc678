"""Result files read in the jail: what is hostile is refused with the reason."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from civgeo.errors import ImportRejected, NotFound
from civgeo.formats.results import read_results

HEAD = '{"format": "civgeo-results/1", "line": "2223", '


def refused(tmp_path: Path, content: str | bytes) -> str:
    file = tmp_path / "upload"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ImportRejected) as refusal:
        read_results(file, tmp_path)
    return refusal.value.code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (HEAD + '"markers": ' + "[" * 50_000 + "]" * 50_000 + "}", "nested_too_deep"),
        (HEAD + '"markers": [{"longitude": NaN}]}', "bad_number"),
        (HEAD + '"markers": [{"longitude": -Infinity}]}', "bad_number"),
        (HEAD + '"round": ' + "9" * 5000 + "}", "bad_number"),
        (HEAD + '"side": "1", "side": "2"}', "duplicate_key"),
        (HEAD + '"markers": [{"state": "a", "state": "b"}]}', "duplicate_key"),
        (HEAD + '"remark": "' + "长" * 4_000_000 + '"}', "file_too_large"),
        (HEAD + '"markers": [', "bad_json"),
        (HEAD.encode() + '"side": "驻马店市'.encode("gb18030") + b'"}', "bad_json"),
        (HEAD + '"inspector": "\\ud800"}', "bad_json"),
        ('{"format": "civgeo-results/9"}', "no_results"),
        ('{"type": "FeatureCollection", "features": []}', "no_results"),
        ("<OGRVRTDataSource/>", "unsupported_format"),
        (b"\x89PNG....", "unsupported_format"),
        (b"PK\x03\x04broken", "broken_archive"),
        (b"SQLite format 3\x00" + b"\x00" * 52 + b"GPKG" + b"\x00" * 100, "broken_file"),
    ],
)
def test_a_hostile_or_broken_file_is_refused(tmp_path, content, code) -> None:
    assert refused(tmp_path, content) == code


def test_brackets_inside_texts_are_no_depth(tmp_path) -> None:
    file = tmp_path / "upload"
    told = {"format": "civgeo-results/1", "markers": [{"remark": '[{"' * 40 + "\\"}]}
    file.write_text(json.dumps(told), encoding="utf-8")
    found = read_results(file, tmp_path)
    assert (found.carrier, found.values) == ("JSON", told)


def test_a_file_that_is_not_there_or_too_large_is_told(tmp_path) -> None:
    with pytest.raises(NotFound):
        read_results(tmp_path / "none.json", tmp_path)
    large = tmp_path / "large.gpkg"
    with large.open("wb") as file:
        file.truncate(21 * 1024**2)
    with pytest.raises(ImportRejected, match="20 MB"):
        read_results(large, tmp_path)


def test_a_zip_or_a_workbook_without_the_sheets_is_refused(tmp_path, workbook_of) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("a.json", "{}")
    assert refused(tmp_path, target.getvalue()) == "unsupported_format"
    assert refused(tmp_path, workbook_of({"台账": [["登记编号"], ["1"]]})) == "no_results"
    assert refused(tmp_path, workbook_of({"界桩": [["界桩编号"], ["1"]]})) == "no_results"


@pytest.fixture
def workbook_of():
    from openpyxl import Workbook

    def made(sheets: dict[str, list[list[object]]]) -> bytes:
        book = Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            page = book.create_sheet(title)
            for row in rows:
                page.append(row)
        target = io.BytesIO()
        book.save(target)
        return target.getvalue()

    return made


def test_columns_may_stand_in_any_order_and_below_a_title(tmp_path, workbook_of) -> None:
    rows = [["外业记录表"], ["备注", "登记编号", "清障", "多的列"], ["有草", "m1", "是", 3]]
    rows.append(["", "m2", "=IF(1,2)"])
    head = [["记录方：", "", "411702 驿城区"], ["坐标系", "GCJ-02（高德、腾讯地图）"]]
    file = tmp_path / "upload"
    file.write_bytes(workbook_of({"说明": head, "界桩": rows}))
    found = read_results(file, tmp_path).values
    assert (found["side"], found["datum"]) == ("411702", "GCJ-02")
    item, formula = found["markers"]
    assert formula["actions"] == ["（公式没有保存结果）"]
    assert (item["marker"], item["actions"], item["remark"]) == ("m1", ["cleared"], "有草")
    assert item["place"] == "界桩 第 3 行"
