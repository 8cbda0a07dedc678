"""Rules, lists and templates in force for a store: the packaged ones with the bureau's own.

The folder ``own`` beside the store is looked at for every question, so that a file takes effect
once it is saved; it is read again only when it changed. A file that cannot be used is an error
wherever it would count: nothing of the bureau's falls away silently.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from civgeo.domain.naming_check import Guide
from civgeo.domain.procedure_rule import ProcedureBook, ProcedureRule
from civgeo.errors import OwnFileBroken
from civgeo.services.cemetery_rules import CEMETERY_RULES
from civgeo.services.indicator_catalogue import INDICATORS
from civgeo.services.naming_lists import naming_guide
from civgeo.services.naming_procedures import COLUMNS, naming_procedures, procedure_rule
from civgeo.services.own_lists import OWN_LISTS, Read, with_own_list, with_own_rules
from civgeo.services.own_tables import Layout, own_rows
from civgeo.services.table_cells import Cells, TableFault
from civgeo.store.own_files import OWN_FOLDER, OwnFile, own_files

__all__ = [
    "LISTS",
    "PROCEDURES",
    "PROCEDURE_LAYOUT",
    "RULES",
    "TEMPLATES",
    "TEMPLATE_NAMES",
    "guide_faults",
    "own_guide",
    "own_procedures",
    "own_templates",
    "procedure_faults",
    "strange_files",
]

LISTS, TEMPLATES = "lists/", "templates/"
RULES, PROCEDURES = "rules/naming_rules.csv", "rules/naming_procedures.csv"
TEMPLATE_NAMES = (
    *("application", "filing_report", "announcement", "gazetteer_book"),
    "inspection_report",
)
PROCEDURE_LAYOUT = Layout({name: name for name in COLUMNS}, COLUMNS)
_FOLDERS = ("lists", "rules", "templates")
_KNOWN = frozenset(
    {
        *(f"{LISTS}{name}.csv" for name in OWN_LISTS),
        *(RULES, PROCEDURES, INDICATORS, CEMETERY_RULES),
        *(f"{TEMPLATES}{name}.docx" for name in TEMPLATE_NAMES),
    }
)


@dataclass(frozen=True, slots=True)
class _Book:
    book: ProcedureBook
    faults: tuple[TableFault, ...]


def own_guide(directory: Path) -> Guide:
    """Naming rules and word lists in force for the store in `directory`.

    Raises
    ------
    OwnFileBroken
        When a list or the rules of the bureau cannot be read as a whole.
    """
    return _guide(_part(directory, LISTS, RULES))


def own_procedures(directory: Path) -> ProcedureBook:
    """Rules of procedure in force for the store in `directory`; raises as `own_guide`."""
    return _procedures(_part(directory, PROCEDURES))


def own_templates(directory: Path) -> Path | None:
    """Folder of the bureau's Word templates, None without any; raises as `own_guide`."""
    files = _part(directory, TEMPLATES)
    _require_known(files)
    return directory / OWN_FOLDER / TEMPLATES if files else None


def guide_faults(files: Sequence[OwnFile]) -> tuple[TableFault, ...]:
    """What is wrong with the lists and naming rules among `files`."""
    return _read_guide(files).faults


def procedure_faults(files: Sequence[OwnFile]) -> tuple[TableFault, ...]:
    """What is wrong with the rules of procedure among `files`."""
    return _read_procedures(files).faults


def strange_files(files: Sequence[OwnFile]) -> tuple[TableFault, ...]:
    """Files in the three folders that nothing would read."""
    told = "、".join(sorted(_KNOWN))
    return tuple(
        TableFault(file.told, f"不会用到：文件名或位置不对。可用的有 {told}")
        for file in files
        if file.name.partition("/")[0] in _FOLDERS and file.name not in _KNOWN
    )


def _part(directory: Path, *starts: str) -> tuple[OwnFile, ...]:
    """Files whose names begin so, and strangers in the same folder."""
    folders = {start.partition("/")[0] for start in starts}
    return tuple(
        file
        for file in own_files(directory)
        if file.name.startswith(starts)
        or (file.name.partition("/")[0] in folders and file.name not in _KNOWN)
    )


def _require_known(files: Sequence[OwnFile]) -> None:
    _require_whole(strange_files(files))


def _require_whole(faults: Sequence[TableFault]) -> None:
    if faults:
        more = f"（共 {len(faults)} 处）" if len(faults) > 1 else ""
        text = f"{faults[0].message}{more}。改好之前不作判断；逐处查看：civgeo names own check"
        raise OwnFileBroken(text)


@lru_cache(maxsize=8)
def _guide(files: tuple[OwnFile, ...]) -> Guide:
    _require_known(files)
    read = _read_guide(files)
    _require_whole(read.faults)
    return read.guide


def _read_guide(files: Sequence[OwnFile]) -> Read:
    read = Read(naming_guide(), ())
    for file in files:
        step = _step(file)
        if step is not None:
            after = step(read.guide)
            read = replace(after, faults=(*read.faults, *after.faults))
    return read


def _step(file: OwnFile) -> Callable[[Guide], Read] | None:
    """What `file` does to a guide; None for a file of another use."""
    if file.name == RULES:
        return lambda guide: with_own_rules(guide, file)
    name = file.name.removeprefix(LISTS).removesuffix(".csv")
    if file.name == f"{LISTS}{name}.csv" and name in OWN_LISTS:
        return lambda guide: with_own_list(guide, name, file)
    return None


@lru_cache(maxsize=8)
def _procedures(files: tuple[OwnFile, ...]) -> ProcedureBook:
    _require_known(files)
    read = _read_procedures(files)
    _require_whole(read.faults)
    return read.book


def _read_procedures(files: Sequence[OwnFile]) -> _Book:
    packaged = naming_procedures()
    file = next((file for file in files if file.name == PROCEDURES), None)
    if file is None:
        return _Book(packaged, ())
    read = own_rows(file, PROCEDURE_LAYOUT, _procedure, lambda pair: pair[0].id)
    faults = [*read.faults, *_misnumbered(packaged, read.entries)]
    rules = [rule for rule, _ in read.entries]
    book = packaged.with_own(rules) if rules else packaged
    if rules:
        mark = sha256(file.path.read_bytes()).hexdigest()[:8]
        book = replace(book, edition=f"{book.edition}（本局修订 {mark}）")
    return _Book(book, tuple(faults))


def _procedure(row: Cells) -> tuple[ProcedureRule, Cells]:
    row.required("regulation")
    return procedure_rule(row), row


def _misnumbered(
    packaged: ProcedureBook, own: Sequence[tuple[ProcedureRule, Cells]]
) -> list[TableFault]:
    """Rows that stop a rule which is not there, or take the place of one about something else."""
    known = {rule.id: rule for rule in packaged.rules}
    faults = []
    for rule, cells in own:
        before = known.get(rule.id)
        if before is None and not rule.enabled:
            faults.append(cells.wrong("id", "随带的规则里没有这个编号，无可停用；请核对编号"))
        elif before is not None and before.topic is not rule.topic:
            hint = f"与随带的规则（{before.topic.value}）编号相同而事项不同；请另用一个编号"
            faults.append(cells.wrong("topic", hint))
    return faults
