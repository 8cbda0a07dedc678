"""What is wrong with the bureau's own files, all of it at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from civgeo.errors import InvalidInput, OwnFileBroken
from civgeo.reports.template_trial import try_template
from civgeo.services.cemetery_rules import cemetery_faults, rules_in_force
from civgeo.services.indicator_catalogue import catalogue_in_force, indicator_faults
from civgeo.services.own_material import (
    TEMPLATE_NAMES,
    TEMPLATES,
    guide_faults,
    own_guide,
    own_procedures,
    procedure_faults,
    strange_files,
)
from civgeo.services.table_cells import TableFault
from civgeo.store.own_files import OWN_FOLDER, OWN_HISTORY, OwnFile, own_files
from civgeo.store.rule_editions import RuleEditions

__all__ = ["OwnReview", "review_own_files"]


@dataclass(frozen=True, slots=True)
class OwnReview:
    """What the folder ``own`` holds.

    Parameters
    ----------
    files
        Names of its files below the folder.
    faults
        What is wrong with them; empty when all are in use.
    added
        What they change, in words; empty while there are faults.
    """

    files: tuple[str, ...]
    faults: tuple[TableFault, ...]
    added: tuple[str, ...]


def review_own_files(directory: Path) -> OwnReview:
    """Look at every file of the bureau beside the store in `directory`.

    Encoding, headers, days, words that columns allow, numbers of rules, and the templates, which
    are filled on trial.
    """
    try:
        files = own_files(directory)
    except OwnFileBroken as error:
        return OwnReview((), (TableFault(OWN_FOLDER, error.message),), ())
    faults = (
        *strange_files(files),
        *guide_faults(files),
        *procedure_faults(files),
        *indicator_faults(files),
        *cemetery_faults(files),
        *_history_faults(directory),
        *_template_faults(files),
    )
    names = tuple(file.name for file in files)
    return OwnReview(names, faults, () if faults else tuple(_added(directory, files)))


def _history_faults(directory: Path) -> Iterator[TableFault]:
    """Earlier editions of the rules that are not as they were kept."""
    for problem in RuleEditions(directory).faults():
        yield TableFault(f"{OWN_FOLDER}/{OWN_HISTORY}", problem)


def _template_faults(files: tuple[OwnFile, ...]) -> Iterator[TableFault]:
    for file in files:
        name = file.name.removeprefix(TEMPLATES).removesuffix(".docx")
        if file.name == f"{TEMPLATES}{name}.docx" and name in TEMPLATE_NAMES:
            try:
                try_template(name, file.path.parent)
            except InvalidInput as error:
                problem = error.message.replace(str(file.path), "").strip()
                yield TableFault(file.told, problem, code=error.code)


def _added(directory: Path, files: tuple[OwnFile, ...]) -> Iterator[str]:
    """What the files change, list by list."""
    guide, book = own_guide(directory), own_procedures(directory)
    lists = guide.lists
    for info in (lists.variants_info, *(listed.info for listed in lists.terms.values())):
        if info.own is not None:
            yield f"{info.title}：{info.entries} 条，{info.origin}"
    yield f"命名规定版本 {guide.rules.edition}"
    yield f"程序规则版本 {book.edition}"
    yield f"指标目录版本 {catalogue_in_force(directory).edition}"
    yield f"公墓规定版本 {rules_in_force(directory).edition}"
    templates = [file.name.removeprefix(TEMPLATES) for file in files if "docx" in file.name]
    if templates:
        yield f"文书模板：{'、'.join(templates)}"
