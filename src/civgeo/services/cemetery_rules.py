"""The rules on cemeteries in force for a store: the packaged ones with the bureau's own rows.

The bureau's file is ``own/rules/cemetery_rules.csv`` beside the store, with the columns of the
packaged table. A row with the id of a packaged one takes its place; with ``enabled`` false it
strikes it. The edition names the file by its checksum, so that a verdict can be drawn again.
"""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from civgeo.domain.cemetery_rule_table import COLUMNS, rule_of
from civgeo.domain.cemetery_rules import CemeteryRule, CemeteryRuleBook
from civgeo.errors import InvalidInput, OwnFileBroken
from civgeo.formats.cemetery_rules import cemetery_rules
from civgeo.services.own_tables import Layout, OwnRows, own_rows
from civgeo.services.table_cells import Cells, TableFault
from civgeo.store.own_files import OwnFile, own_files

__all__ = ["CEMETERY_LAYOUT", "CEMETERY_RULES", "cemetery_faults", "rules_in_force"]

CEMETERY_RULES = "rules/cemetery_rules.csv"
CEMETERY_LAYOUT = Layout({name: name for name in COLUMNS}, COLUMNS)
Entry = tuple[CemeteryRule, Cells]


def rules_in_force(directory: Path | None) -> CemeteryRuleBook:
    """Rules for the store in `directory`; the packaged ones without a store.

    Raises
    ------
    OwnFileBroken
        When the bureau's file cannot be read as a whole.
    """
    files = () if directory is None else own_files(directory)
    return _merged(tuple(file for file in files if file.name == CEMETERY_RULES))


def cemetery_faults(files: Sequence[OwnFile]) -> tuple[TableFault, ...]:
    """What is wrong with the bureau's rules on cemeteries among `files`."""
    own = [file for file in files if file.name == CEMETERY_RULES]
    return _faults(_read(own[0])) if own else ()


@lru_cache(maxsize=8)
def _merged(files: tuple[OwnFile, ...]) -> CemeteryRuleBook:
    packaged = cemetery_rules()
    if not files:
        return packaged
    read = _read(files[0])
    faults = _faults(read)
    if faults:
        more = f"（共 {len(faults)} 处）" if len(faults) > 1 else ""
        hint = "改好之前不作判断；逐处查看：civgeo names own check"
        raise OwnFileBroken(f"{faults[0].message}{more}。{hint}")
    if not read.entries:
        return packaged
    mark = sha256(files[0].path.read_bytes()).hexdigest()[:8]
    own = [rule for rule, _ in read.entries]
    return packaged.with_own(own, f"{packaged.edition}（本局修订 {mark}）")


def _read(file: OwnFile) -> OwnRows[Entry]:
    return own_rows(file, CEMETERY_LAYOUT, _rule, lambda entry: entry[0].id)


def _faults(read: OwnRows[Entry]) -> tuple[TableFault, ...]:
    """Faults of the table, and rows that strike or replace what they should not."""
    packaged, found = cemetery_rules(), list(read.faults)
    for rule, cells in read.entries:
        before = packaged.find(rule.id)
        if before is None and not rule.enabled:
            found.append(cells.wrong("id", "随带的规定里没有这个编号，无可停用；请核对编号"))
        elif before is not None and before.topic is not rule.topic:
            hint = f"与随带的规定（{before.topic.label_zh}）编号相同而事项不同；请另用一个编号"
            found.append(cells.wrong("topic", hint))
    return tuple(found)


def _rule(cells: Cells) -> Entry:
    try:
        return rule_of({name: cells.text(name) for name in COLUMNS}), cells
    except InvalidInput as error:
        column = error.message.partition(" ")[0]
        raise cells.wrong(column if column in COLUMNS else "id", error.message) from None
