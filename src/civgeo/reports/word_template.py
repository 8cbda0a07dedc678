"""Word documents from templates: the packaged ones, or a bureau's own of the same name."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.section import _Header
from docx.shared import Pt, RGBColor
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from civgeo.assets import document_template
from civgeo.errors import InvalidInput

__all__ = ["SIMULATED_LABEL", "filled_template", "label_every_page"]

SIMULATED_LABEL = "模拟数据　不得作为正式文件使用"
_RED = RGBColor(0xB0, 0x00, 0x20)
_UNUSABLE = (TemplateError, PackageNotFoundError, zipfile.BadZipFile, SyntaxError)
"""SyntaxError is how lxml tells that a part of the document is no XML."""


def filled_template(
    name: str, values: Mapping[str, object], *, folder: Path | None, simulated: bool
) -> bytes:
    """Word document of template `name` (without ``.docx``) with `values` in its tags.

    Values are text: tags, markup and formulas in them are written as they stand.

    Parameters
    ----------
    name
        ``application``, ``filing_report``, ``announcement`` or ``gazetteer_book``.
    values
        Names that the template's tags may use.
    folder
        Folder of the bureau's own templates; one of the same name goes before the packaged one.
    simulated
        Whether every page is headed with `SIMULATED_LABEL`, whatever the template says.

    Raises
    ------
    InvalidInput
        ``bad_template`` when the template is no Word document, or a tag of it cannot be filled.
    """
    own = folder / f"{name}.docx" if folder else None
    source = own if own and own.is_file() else document_template(name)
    try:
        template = DocxTemplate(io.BytesIO(source.read_bytes()))
        environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
        template.render(dict(values), environment, autoescape=True)
    except (*_UNUSABLE, KeyError, ValueError) as error:
        raise InvalidInput(
            f"模板 {source} 不能使用：{error}。请对照文书模板说明修改，或删去后使用随带的模板",
            code="bad_template",
        ) from error
    document: Document = template.docx
    if simulated:
        label_every_page(document)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def label_every_page(document: Document) -> None:
    """Head every kind of page of every section with the label."""
    for number, section in enumerate(document.sections):
        for header in (section.header, section.even_page_header, section.first_page_header):
            if number == 0 or not header.is_linked_to_previous:
                _label(header)


def _label(header: _Header) -> None:
    header.is_linked_to_previous = False
    paragraph = header.paragraphs[0].insert_paragraph_before()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(SIMULATED_LABEL)
    run.font.size, run.font.bold, run.font.color.rgb = Pt(10.5), True, _RED
    run.font.name = "黑体"
    run._element.get_or_add_rPr().rFonts.set(qn("w:eastAsia"), "黑体")
