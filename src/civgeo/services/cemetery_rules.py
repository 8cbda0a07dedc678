"""The rules on cemeteries in force for a store: the packaged ones with the bureau's own rows.

The bureau's file is ``own/rules/cemetery_rules.csv`` beside the store, with the columns of the
packaged table. A row with the id of a packaged one takes its place; with ``enabled`` false it
strikes it. The edition names the file by its checksum. Whatever edition a verdict was given by is
kept (`store.rule_editions`), so that the verdict can be drawn again by it.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from civgeo.assets import packaged_data
from civgeo.domain.cemetery_rule_table import COLUMNS, rule_of
from civgeo.domain.cemetery_rules import CemeteryRule, CemeteryRuleBook
from civgeo.domain.fields import Fields
from civgeo.domain.history import moment_text
from civgeo.errors import InvalidInput, NotFound, OwnFileBroken, StoreUnavailable
from civgeo.formats.cemetery_rules import PACKAGED_RULES, cemetery_rules, packaged_rules_of
from civgeo.services.own_tables import Layout, OwnRows, own_rows
from civgeo.services.table_cells import Cells, TableFault
from civgeo.store.disk import FILE_NAME
from civgeo.store.own_files import OWN_FOLDER, OwnFile, own_files
from civgeo.store.rule_editions import (
    NO_FILE,
    RULES_FILE,
    EditionEntry,
    RuleAction,
    RuleEditions,
)

__all__ = ["CEMETERY_LAYOUT", "CEMETERY_RULES", "RulesTable", "asked_rules", "cemetery_faults"]
__all__ += [
    "note_edition",
    "packaged_mark",
    "packaged_then",
    "rules_in_force",
    "rules_of",
    "table_faults",
]

CEMETERY_RULES = RULES_FILE
CEMETERY_LAYOUT = Layout({name: name for name in COLUMNS}, COLUMNS)
Entry = tuple[CemeteryRule, Cells]
_EDITION = re.compile(r"(?:(?P<name>\S{1,40}?)（本局修订 ?)?(?P<mark>[0-9a-f]{8,64})）?")
_log = logging.getLogger("civgeo.rules")


@dataclass(frozen=True, slots=True)
class RulesTable:
    """A table of the bureau's rules: its file, and what messages call it."""

    path: Path
    told: str = f"{OWN_FOLDER}/{CEMETERY_RULES}"


def rules_in_force(directory: Path | None, edition: str | None = None) -> CemeteryRuleBook:
    """Rules for the store in `directory`; the packaged ones without a store.

    Parameters
    ----------
    directory
        Folder of the store.
    edition
        An earlier edition: as verdicts name it, or the checksum of the bureau's file (eight digits
        or more); by default the one in force. The rules of then answer as they did.

    Raises
    ------
    OwnFileBroken
        When the bureau's file cannot be read as a whole.
    NotFound
        When no such edition was kept.
    """
    if edition is not None and edition.strip():
        return _earlier(directory, edition.strip())
    files = () if directory is None else own_files(directory)
    own = next((file for file in files if file.name == CEMETERY_RULES), None)
    return cemetery_rules() if directory is None else _current(directory, own)


def asked_rules(fields: Fields, directory: Path | None) -> CemeteryRuleBook | None:
    """Rules of the edition that a question names (``rules_edition``); None where it names none.

    Raises
    ------
    InvalidInput
        When it is no text.
    NotFound, OwnFileBroken
        As `rules_in_force` does.
    """
    named = fields.has("rules_edition")
    return rules_in_force(directory, fields.text("rules_edition")) if named else None


def cemetery_faults(files: Sequence[OwnFile]) -> tuple[TableFault, ...]:
    """What is wrong with the bureau's rules on cemeteries among `files`."""
    own = [file for file in files if file.name == CEMETERY_RULES]
    return table_faults(own[0].path) if own else ()


def table_faults(path: Path) -> tuple[TableFault, ...]:
    """What is wrong with the table at `path`, which is or is to be the bureau's file."""
    return _faults(_read(path), cemetery_rules())


def rules_of(content: bytes, packaged: CemeteryRuleBook) -> CemeteryRuleBook:
    """`packaged` with the bureau's rules, of which `content` is the file.

    Raises
    ------
    OwnFileBroken
        When the table cannot be read as a whole.
    """
    with table_of(content) as path:
        read = _read(path)
    faults = _faults(read, packaged)
    if faults:
        more = f"（共 {len(faults)} 处）" if len(faults) > 1 else ""
        hint = "改好之前不作判断；逐处查看：civgeo names own check"
        raise OwnFileBroken(f"{faults[0].message}{more}。{hint}")
    if not read.entries:
        return packaged
    own, mark = [rule for rule, _ in read.entries], sha256(content).hexdigest()[:8]
    return packaged.with_own(own, f"{packaged.edition}（本局修订 {mark}）")


@contextmanager
def table_of(content: bytes) -> Iterator[Path]:
    """File with `content` for the block, which no editor changes meanwhile."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rules.csv"
        path.write_bytes(content)
        yield path


def note_edition(editions: RuleEditions, content: bytes | None) -> str:
    """Checksum of `content`, which is the file in force; kept and logged unless it was before.

    Called while it is one's turn to edit.
    """
    digest = editions.keep_edition(content)
    log, packaged = editions.log(), packaged_mark()
    last = log[-1] if log else None
    if last and (last.after, last.packaged_digest) == (digest, packaged[1]):
        return digest
    before = last.after if last else NO_FILE
    editions.keep_packaged(_packaged_content())
    action = RuleAction.PACKAGED if digest == before else RuleAction.FOUND
    now = moment_text(datetime.now(UTC))
    editions.append(EditionEntry(now, action, before, digest, *packaged))
    return digest


@cache
def packaged_mark() -> tuple[str, str]:
    """Edition and checksum of the packaged rules."""
    return cemetery_rules().edition, sha256(_packaged_content()).hexdigest()


def _packaged_content() -> bytes:
    return packaged_data(PACKAGED_RULES).read_bytes()


@lru_cache(maxsize=8)
def _current(directory: Path, own: OwnFile | None) -> CemeteryRuleBook:
    content = None if own is None else own.path.read_bytes()
    digest = NO_FILE if content is None else sha256(content).hexdigest()
    packaged = cemetery_rules()
    book = packaged if content is None else rules_of(content, packaged)
    if (directory / FILE_NAME).is_file():
        _remember(RuleEditions(directory), content, digest)
    return book


def _remember(editions: RuleEditions, content: bytes | None, digest: str) -> None:
    """Keep the edition that a verdict is about to name."""
    try:
        log = editions.log()
        if log and (log[-1].after, log[-1].packaged_digest) == (digest, packaged_mark()[1]):
            return
        with editions.turn():
            note_edition(editions, content)
    except (OwnFileBroken, StoreUnavailable) as error:
        _log.warning("公墓规定的版本没有保存：%s", error.message)


def _earlier(directory: Path | None, edition: str) -> CemeteryRuleBook:
    if edition == cemetery_rules().edition:
        return cemetery_rules()
    if directory is None:
        text = f"没有库，只有随带的规定 {cemetery_rules().edition}；以前的版本请用 --store 指明库"
        raise NotFound(text, code="edition_missing")
    editions = RuleEditions(directory)
    found = _EDITION.fullmatch(edition)
    entries = [entry for entry in editions.log() if _is_of(entry, edition, found)]
    if not entries:
        text = f"没有保存过版本 {edition[:60]}：civgeo cemeteries rule history 列出保存的版本"
        raise NotFound(text, code="edition_missing")
    marks = {entry.after for entry in entries} if found else {NO_FILE}
    if len(marks) > 1:
        raise InvalidInput(f"以 {edition[:64]} 开头的版本不止一个，请多写几位", code="bad_value")
    last = entries[-1]
    return _kept(editions, marks.pop(), last.packaged, last.packaged_digest)


def _is_of(entry: EditionEntry, edition: str, found: re.Match[str] | None) -> bool:
    """Whether the log entry speaks of that edition."""
    if found is None:
        return entry.packaged == edition
    return entry.after.startswith(found["mark"]) and found["name"] in (None, entry.packaged)


@lru_cache(maxsize=32)
def packaged_then(editions: RuleEditions, name: str, digest: str) -> CemeteryRuleBook:
    """The packaged rules `name` with that checksum; raises as `RuleEditions.packaged`."""
    if digest == packaged_mark()[1]:
        return cemetery_rules()
    return packaged_rules_of(editions.packaged(digest), name)


@lru_cache(maxsize=32)
def _kept(editions: RuleEditions, mark: str, name: str, packaged_digest: str) -> CemeteryRuleBook:
    packaged = packaged_then(editions, name, packaged_digest)
    if mark == NO_FILE:
        return packaged
    return rules_of(editions.edition(mark).read_bytes(), packaged)


def _read(path: Path) -> OwnRows[Entry]:
    return own_rows(RulesTable(path), CEMETERY_LAYOUT, _rule, lambda entry: entry[0].id)


def _faults(read: OwnRows[Entry], packaged: CemeteryRuleBook) -> tuple[TableFault, ...]:
    """Faults of the table, and rows that strike or replace what they should not."""
    found = list(read.faults)
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
