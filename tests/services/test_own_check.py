"""Beginning the bureau's folder, and the check of all that lies in it."""

import io
import zipfile

import pytest
from docx import Document

from civgeo.assets import document_template
from civgeo.errors import StoreUnavailable
from civgeo.services.naming_lists import naming_guide
from civgeo.services.own_check import review_own_files
from civgeo.services.own_material import TEMPLATE_NAMES, own_guide, own_templates
from civgeo.services.own_starting import start_own_files


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "civgeo.gpkg").touch()
    return tmp_path


def put_template(folder, name, *paragraphs):
    place = folder / "own" / "templates"
    place.mkdir(parents=True, exist_ok=True)
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.save(str(place / f"{name}.docx"))


def problems(folder):
    return [(fault.table, fault.row, fault.column) for fault in review_own_files(folder).faults]


def test_a_folder_that_was_begun_changes_nothing_and_has_no_fault(folder):
    made = start_own_files(folder, templates=True)
    assert len(made) == 21
    found = review_own_files(folder)
    assert (found.faults, len(found.files)) == ((), 21)
    assert own_guide(folder) == naming_guide()
    assert own_templates(folder) == folder / "own" / "templates"


def test_beginning_again_leaves_what_is_there(folder):
    (list_file,) = [path for path in start_own_files(folder) if path.name == "persons.csv"]
    list_file.write_text("x", encoding="utf-8")
    assert start_own_files(folder) == []
    assert list_file.read_text(encoding="utf-8") == "x"
    assert len(start_own_files(folder, templates=True)) == len(TEMPLATE_NAMES)


def test_where_there_is_no_store_nothing_is_begun(tmp_path):
    with pytest.raises(StoreUnavailable, match="没有登记库"):
        start_own_files(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_every_fault_of_every_file_is_told_at_once(folder):
    start_own_files(folder)
    lists = folder / "own" / "lists"
    rows = "词语,来源,录入日期\n清风,x,2026/1/1\n,x,2026-01-01\n"
    (lists / "persons.csv").write_text(rows, encoding="utf-8")
    (lists / "foreign_names.csv").write_text("词语\n", encoding="utf-8")
    (lists / "other.csv").write_text("词语\n", encoding="utf-8")
    put_template(folder, "announcement", "{{ nmae }}")
    assert problems(folder) == [
        ("own/lists/other.csv", None, None),
        ("own/lists/foreign_names.csv", 1, None),
        ("own/lists/persons.csv", 2, "录入日期"),
        ("own/lists/persons.csv", 3, "词语"),
        ("own/templates/announcement.docx", None, None),
    ]


def test_what_is_in_force_is_told_when_all_is_well(folder):
    start_own_files(folder)
    rows = "词语,来源,录入日期\n清风,x,2026-01-01\n"
    (folder / "own" / "lists" / "persons.csv").write_text(rows, encoding="gb18030")
    put_template(folder, "application", "{{ place.name }}")
    told = "\n".join(review_own_files(folder).added)
    assert "本局增补 1 条（截至 2026-01-01）" in told
    assert "文书模板：application.docx" in told


@pytest.mark.parametrize("name", TEMPLATE_NAMES)
def test_every_packaged_template_passes_its_trial(folder, name):
    place = folder / "own" / "templates"
    place.mkdir(parents=True)
    (place / f"{name}.docx").write_bytes(document_template(name).read_bytes())
    assert problems(folder) == []


@pytest.mark.parametrize(
    ("paragraphs", "told"),
    [
        (("{{ places[0].name }} {{ nmae }}",), "nmae"),
        (("{% for place in places %}{{ place.name }}",), "endfor"),
        (("关于命名的公告",), "没有一处写出地名"),
        (("{{ places[0].name.__class__.__mro__ }}",), "unsafe"),
    ],
)
def test_a_template_that_cannot_be_filled_is_told(folder, paragraphs, told):
    put_template(folder, "announcement", *paragraphs)
    [fault] = review_own_files(folder).faults
    assert told in fault.message
    assert str(folder) not in fault.message


def broken_part(name: str) -> bytes:
    """The packaged template with one part that is no XML."""
    made = io.BytesIO()
    source = io.BytesIO(document_template("announcement").read_bytes())
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(made, "w") as new:
        for item in old.namelist():
            new.writestr(item, b"<w:document><" if item == name else old.read(item))
    return made.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"no zip", broken_part("word/document.xml"), broken_part("[Content_Types].xml")],
)
def test_a_template_that_is_no_word_document_is_told(folder, content):
    put_template(folder, "announcement")
    (folder / "own" / "templates" / "announcement.docx").write_bytes(content)
    assert problems(folder) == [("own/templates/announcement.docx", None, None)]


def test_a_link_is_told_as_a_fault(folder, tmp_path):
    start_own_files(folder)
    (folder / "own" / "lists" / "x.csv").symlink_to(tmp_path / "nowhere")
    [fault] = review_own_files(folder).faults
    assert "own/lists/x.csv 是链接" in fault.message
