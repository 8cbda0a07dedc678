"""The folder of the bureau's own files, begun: tables with their headers, and what each is for."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from civgeo.assets import document_template, own_folder_guide
from civgeo.errors import StoreUnavailable
from civgeo.services.cemetery_rules import CEMETERY_LAYOUT, CEMETERY_RULES
from civgeo.services.indicator_catalogue import INDICATOR_LAYOUT, INDICATORS
from civgeo.services.own_lists import OWN_LISTS, RULE_LAYOUT, layout_of
from civgeo.services.own_material import (
    LISTS,
    PROCEDURE_LAYOUT,
    PROCEDURES,
    RULES,
    TEMPLATE_NAMES,
    TEMPLATES,
)
from civgeo.services.own_tables import Layout
from civgeo.store.own_files import OWN_FOLDER, own_files
from civgeo.store.store import FILE_NAME

__all__ = ["GUIDE_NAME", "start_own_files"]

GUIDE_NAME = "说明.txt"


def start_own_files(directory: Path, *, templates: bool = False) -> list[Path]:
    """Make the folder ``own`` beside a store; files that are there stay as they are.

    Parameters
    ----------
    directory
        Folder of the store.
    templates
        Whether the packaged Word templates are copied there, to be changed.

    Returns
    -------
    list of Path
        The files that were made.

    Raises
    ------
    StoreUnavailable
        When there is no store.
    OwnFileBroken
        When the folder holds links or the like.
    """
    if not (directory / FILE_NAME).is_file():
        text = f"{directory} 中没有登记库（{FILE_NAME}）：请检查 --store，或先运行 civgeo init"
        raise StoreUnavailable(text, code="store_missing")
    own_files(directory)
    made = []
    for name, content in _contents(templates=templates):
        place = directory / OWN_FOLDER / name
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
            made.append(place)
    return made


def _contents(*, templates: bool) -> Iterator[tuple[str, bytes]]:
    yield GUIDE_NAME, own_folder_guide().read_bytes()
    for name in OWN_LISTS:
        yield f"{LISTS}{name}.csv", _header(layout_of(name))
    yield RULES, _header(RULE_LAYOUT)
    yield PROCEDURES, _header(PROCEDURE_LAYOUT)
    yield INDICATORS, _header(INDICATOR_LAYOUT)
    yield CEMETERY_RULES, _header(CEMETERY_LAYOUT)
    for name in TEMPLATE_NAMES if templates else ():
        yield f"{TEMPLATES}{name}.docx", document_template(name).read_bytes()


def _header(layout: Layout) -> bytes:
    """The header line, marked so that spreadsheet programs read it as UTF-8."""
    text = io.StringIO(newline="")
    csv.writer(text).writerow(layout.titles.values())
    return text.getvalue().encode("utf-8-sig")
