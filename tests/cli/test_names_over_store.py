"""``names check``, ``audit``, ``text``, ``own`` and ``book`` over a real store."""

import json

import openpyxl
import pytest
from docx import Document
from shapely import Point

from api.served_city import REGISTER, divisions
from civgeo.store.store import Store
from civgeo.store.tables import Collection
from specimen_names import name_records

STREET = {
    "kind": "street",
    "division": "990102",
    "builtup_area": "甲区城区",
    "status": "standard",
    "secrecy": "public",
    "public": True,
    "name": "光明路",
    "reading": "guāng míng lù",
}
ASKED = {"kind": "street", "division": "990102", "builtup_area": "甲区城区", "on": "2026-03-01"}
UNPLACED = json.dumps({"name": "清风路", "kind": "street", "on": "2026-03-01"})
LIST = "词语,来源,录入日期\n清风,局务会,2026-02-01\n"


@pytest.fixture
def folder(tmp_path):
    names = name_records(
        "place_names",
        STREET | {"id": "a", "geometry": Point(114.05, 33.05)},
        STREET | {"id": "b"},
        STREET
        | {
            "id": "c",
            "name": "望湖路",
            "reading": "wàng hú lù",
            "other_names": '[{"name": "湖滨土路", "kind": "former"}]',
        },
    )
    place = tmp_path / "store"
    with Store.create(place, register=REGISTER) as store, store.write() as writing:
        writing.add_divisions(divisions())
        writing.add(Collection.PLACE_NAMES, names)
    return place


@pytest.fixture
def over(civgeo, folder):
    def call(*words, given=""):
        return civgeo("--store", str(folder), *words, given=given)

    return call


def save_own(folder, name, text, encoding="utf-8"):
    path = folder / "own" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))


def lines(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def asked(**more):
    return json.dumps(ASKED | more, ensure_ascii=False)


def test_the_register_is_audited_and_saved_as_a_workbook(over, tmp_path):
    target = tmp_path / "核查.xlsx"
    done = over("names", "audit", "--on", "2026-03-01", "-o", str(target))
    assert done.returncode == 0
    assert "重名" in done.stdout
    book = openpyxl.load_workbook(target)
    assert book.sheetnames == ["汇总", "按县区", "逐条", "名单"]
    rows = list(book["逐条"].values)
    header = next(number for number, row in enumerate(rows) if row[0] == "地名")
    ids = rows[header].index("条目编号")
    assert sorted(row[ids] for row in rows[header + 1 :]) == ["a", "b"]
    county = rows[header].index("县区")
    assert {row[county] for row in rows[header + 1 :]} == {"甲区"}
    assert any("模拟数据" in str(cell) for row in rows[:header] for cell in row if cell)


def test_findings_of_the_audit_decide_the_exit_code_only_when_asked(over):
    assert over("names", "audit").returncode == 0
    assert over("names", "audit", "--fail-on-findings").returncode == 1


def test_an_audit_as_json_names_its_rules_and_lists(over):
    answer = json.loads(over("--json", "names", "audit").stdout)
    assert {(row["id"], row["code"]) for row in answer["findings"]} == {
        ("a", "duplicate"),
        ("b", "duplicate"),
    }
    assert answer["names"] == 3
    assert answer["lists"]["persons"] > 600
    assert answer["list_dates"]["persons"]
    assert "own_lists" not in answer


def test_a_missing_store_is_unavailable(civgeo, tmp_path):
    assert civgeo("--store", str(tmp_path / "none"), "names", "audit").returncode == 4


def test_a_text_is_held_against_the_register(over, tmp_path):
    text = tmp_path / "文稿.txt"
    text.write_text("第一行\n位于湖滨土路。", encoding="gb18030")
    done = over("--json", "names", "text", str(text))
    answer = json.loads(done.stdout)
    assert answer["names"] == 3
    [found] = answer["findings"]
    assert (found["line"], found["found"], found["standard"]) == (2, "湖滨土路", ["望湖路"])
    assert answer["lists"]["variant_characters"] > 2000
    assert over("names", "text", str(text)).returncode == 0
    shown = over("names", "text", str(text), "--fail-on-findings")
    assert (shown.returncode, "曾用名" in shown.stdout) == (1, True)
    text.write_text("位于望湖路。", encoding="utf-8")
    assert over("names", "text", str(text), "--fail-on-findings").returncode == 0


def test_own_lists_count_in_every_command_and_are_named(over, folder, tmp_path):
    save_own(folder, "lists/persons.csv", LIST, "gb18030")
    [answer] = lines(over("names", "check", given=UNPLACED))
    assert [item["code"] for item in answer["findings"]] == ["person_name"]
    assert answer["own_lists"] == {"persons": {"added": 1, "struck": 0, "as_of": "2026-02-01"}}
    audit = json.loads(over("--json", "names", "audit").stdout)
    assert audit["own_lists"] == answer["own_lists"]
    target = tmp_path / "核查.xlsx"
    over("names", "audit", "-o", str(target))
    cells = [str(cell) for row in openpyxl.load_workbook(target)["名单"].values for cell in row]
    assert any("本局增补 1 条（截至 2026-02-01）" in cell for cell in cells)


def test_own_variants_count_in_texts(over, folder, tmp_path):
    save_own(
        folder, "lists/variant_characters.csv", "异体字,规范字,来源,录入日期\n𣇄,光,x,2026-02-01\n"
    )
    text = tmp_path / "文稿.txt"
    text.write_text("位于𣇄明路。", encoding="utf-8")
    answer = json.loads(over("--json", "names", "text", str(text)).stdout)
    assert [(item["found"], item["standard"]) for item in answer["findings"]] == [
        ("𣇄明路", ["光明路"])
    ]
    assert answer["own_lists"]["variant_characters"]["added"] == 1


def test_lists_that_were_named_go_before_own_ones(over, folder, tmp_path):
    save_own(folder, "lists/persons.csv", LIST)
    (tmp_path / "lists").mkdir()
    done = over("names", "check", "--lists", str(tmp_path / "lists"), given=UNPLACED)
    assert lines(done)[0]["findings"] == []


@pytest.mark.parametrize(
    "words",
    [("names", "check"), ("names", "audit"), ("names", "check", "--register")],
)
def test_a_broken_list_stops_the_command_with_its_place(over, folder, words):
    save_own(folder, "lists/persons.csv", "词语,来源,录入日期\n清风,x,昨天\n")
    done = over(*words, given=asked(name="清风路"))
    assert (done.returncode, done.stdout) == (3, "")
    told = done.stderr.replace("\n", "")
    assert "own/lists/persons.csv" in told
    assert "第 2 行“录入日期”" in told


def test_own_rules_of_procedure_are_used_and_a_broken_one_is_told(over, folder):
    over("names", "own", "init")
    question = json.dumps({"kind": "street", "action": "naming", "division": "990102"})
    [before] = lines(over("names", "procedure", given=question))
    path = folder / "own" / "rules" / "naming_procedures.csv"
    header = path.read_text(encoding="utf-8-sig").strip()
    cells = dict.fromkeys(header.split(","), "")
    cells |= {"id": "own", "topic": "approver", "place": "示例市", "adcode": "990100"}
    cells |= {"regulation": "示例市办法", "kinds": "street", "answer": "municipal_government"}
    path.write_text(f"{header}\n{','.join(cells.values())}\n", encoding="utf-8")
    [after] = lines(over("names", "procedure", given=question))
    assert after["approver"]["body"] == "municipal_government"
    assert after["edition"].startswith(f"{before['edition']}（本局修订 ")
    path.write_text(f"{header}\n{','.join(cells.values())},x\n", encoding="utf-8")
    done = over("names", "procedure", given=question)
    assert (done.returncode, done.stdout) == (3, "")


def test_own_is_begun_checked_and_its_faults_listed(over, folder):
    done = over("--json", "names", "own", "init", "--templates")
    assert len(json.loads(done.stdout)) == 21
    assert over("names", "own", "init").stdout == ""
    checked = over("names", "own", "check")
    assert (checked.returncode, "没有问题" in checked.stderr) == (0, True)
    save_own(folder, "lists/persons.csv", "词语,来源,录入日期\n清风,x,昨天\n")
    assert over("names", "own", "check").returncode == 3
    faults = json.loads(over("--json", "names", "own", "check").stdout)["faults"]
    assert [(item["file"], item["row"], item["column"]) for item in faults] == [
        ("own/lists/persons.csv", 2, "录入日期")
    ]


def test_own_is_not_begun_where_there_is_no_store(civgeo, tmp_path):
    assert civgeo("--store", str(tmp_path), "names", "own", "init").returncode == 4


def test_the_gazetteer_book_is_written_by_the_bureaus_own_template(over, folder, tmp_path):
    target = tmp_path / "地名录.docx"
    assert over("names", "book", "-o", str(target)).returncode == 0
    assert "本局版式" not in "".join(item.text for item in Document(target).paragraphs)
    place = folder / "own" / "templates"
    place.mkdir(parents=True)
    template = Document()
    template.add_paragraph("本局版式 {{ title }}")
    template.save(place / "gazetteer_book.docx")
    over("names", "book", "-o", str(target))
    assert "本局版式 示例市标准地名录" in [item.text for item in Document(target).paragraphs]
    template.add_paragraph("{{ titel }}")
    template.save(place / "gazetteer_book.docx")
    done = over("names", "book", "-o", str(target))
    assert done.returncode == 3
    assert "own/templates/gazetteer_book.docx" in done.stderr.replace("\n", "")


def test_a_name_is_checked_against_the_register_and_its_conflicts_drawn(over, tmp_path):
    target = tmp_path / "冲突.html"
    question = asked(name="光明路", lon=114.06, lat=33.05)
    done = over("names", "check", "--map", str(target), given=question)
    [answer] = lines(done)
    assert done.returncode == 0
    assert sorted(item["id"] for item in answer["conflicts"]["features"]) == ["a", "b"]
    page = target.read_text(encoding="utf-8")
    assert "示例市拟用地名与已有地名的冲突" in page
    assert "没有位置而未画出的 1 条" in page


def test_a_line_that_is_refused_leaves_the_map_of_the_others(over, tmp_path):
    target = tmp_path / "冲突.html"
    given = "\n".join([asked(name="光明路"), asked(name="光明路", existing=[])])
    done = over("names", "check", "--map", str(target), given=given)
    first, second = lines(done)
    assert (done.returncode, first["blocked"], second["code"]) == (3, True, "unknown_key")
    assert target.is_file()


def test_findings_in_the_register_decide_the_exit_code_when_asked(over):
    words = ("names", "check", "--register", "--fail-on-findings")
    assert over(*words, given=asked(name="光明路")).returncode == 1
    assert over(*words, given=asked(name="清风路")).returncode == 0
