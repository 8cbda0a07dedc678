"""The committed Word templates are what their script makes, and A4 with the standard's margins."""

import importlib.util
import io
import sys
import zipfile
from pathlib import Path

import pytest
from docx import Document

from civgeo.assets import document_template

SCRIPTS = Path(__file__).parents[2] / "scripts"
NAMES = ("announcement", "application", "filing_report", "gazetteer_book", "inspection_report")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("templates")
    sys.path.insert(0, str(SCRIPTS))
    try:
        path = SCRIPTS / "make_document_templates.py"
        spec = importlib.util.spec_from_file_location("make_document_templates", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.write_templates(folder)
    finally:
        sys.path.remove(str(SCRIPTS))
    return folder


def body(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("word/document.xml")


@pytest.mark.parametrize("name", NAMES)
def test_committed_template_is_what_the_script_makes(made, name):
    assert body((made / f"{name}.docx").read_bytes()) == body(document_template(name).read_bytes())


@pytest.mark.parametrize("name", ["filing_report", "announcement", "gazetteer_book"])
def test_official_papers_have_the_margins_of_the_standard(name):
    section = Document(io.BytesIO(document_template(name).read_bytes())).sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
