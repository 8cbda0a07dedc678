import json
from datetime import date

import pytest

from civgeo.errors import ImportRejected, InvalidInput
from civgeo.services.naming_audit import audit_names
from civgeo.services.naming_files import listed_divisions, read_register, read_text, text_names

CSV = "标准名称,类别,区划代码,建成区,著名实体,曾用名,备注\n"
CSV += "建设路,街路巷,411702,主城区,否,新华街、南大街,甲\n"
CSV += "建设路,street,411702,主城区,,,乙\n\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_is_read_by_its_chinese_headers_in_any_encoding(tmp_path, encoding):
    path = tmp_path / "names.csv"
    path.write_text(CSV, encoding=encoding)
    register = read_register(path)
    assert register["kind"].tolist() == ["street", "street"]
    assert "备注" not in register
    found = audit_names(register, on=date(2026, 3, 1)).findings
    assert found["code"].tolist() == ["duplicate", "duplicate"]
    assert text_names(register)[0].others == (("新华街", "former"), ("南大街", "former"))


def test_json_lines_are_read_with_their_ids(tmp_path):
    path = tmp_path / "names.jsonl"
    rows = [{"id": "a", "name": "建设路", "kind": "street", "county": "411702", "other": 1}]
    path.write_text("\n".join(map(json.dumps, rows)) + "\n\n", encoding="utf-8")
    register = read_register(path)
    assert register.index.tolist() == ["a"]
    assert "other" not in register


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("{", "第 1 行不是 JSON"),
        ("[1]", "不是 JSON 对象"),
        ('{"name": "建设路"}', "类别"),
        ('{"name": "\\ud800", "kind": "street"}', "残缺"),
        ('{"name": "甲", "kind": "street", "famous": "也许"}', "著名"),
    ],
)
def test_lines_that_cannot_be_read_are_named(tmp_path, content, word):
    path = tmp_path / "names.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput, match=word):
        read_register(path)


def test_a_table_without_a_kind_is_refused(tmp_path):
    path = tmp_path / "names.csv"
    path.write_text("地名,县\n建设路,411702\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="类别"):
        read_register(path)


def test_an_empty_file_is_refused(tmp_path):
    path = tmp_path / "names.csv"
    path.write_bytes(b"")
    with pytest.raises(InvalidInput, match="地名"):
        read_register(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_texts_are_read_in_both_encodings(tmp_path, encoding):
    path = tmp_path / "text.txt"
    path.write_bytes("查岈山镇\r\n驻马店".encode(encoding))
    assert read_text(path) == "查岈山镇\n驻马店"


def test_a_picture_is_no_text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\xff\xff")
    with pytest.raises(ImportRejected):
        read_text(path)


@pytest.mark.data_cn
def test_the_listed_divisions_know_the_former_names_of_counties():
    names = {each.name: each for each in listed_divisions("3204")}
    assert ("金坛市", "former") in names["金坛区"].others
    assert len(listed_divisions("4117")) == 207
