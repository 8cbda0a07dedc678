"""Saving the bureau's rules on cemeteries: one editor at a time, all of an edit or nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from civgeo.domain.cemetery_rules import CemeteryRuleBook, Topic
from civgeo.domain.history import Edit, moment_text
from civgeo.errors import InvalidInput, OwnFileBroken, StaleEdit, StoreUnavailable
from civgeo.formats.cemetery_rules import cemetery_rules
from civgeo.services.cemetery_answers import rule_record
from civgeo.services.cemetery_rule_rows import (
    Row,
    RowFinding,
    RulesRefused,
    rendered,
    rows_in,
)
from civgeo.services.cemetery_rules import (
    note_edition,
    packaged_mark,
    rules_of,
    table_faults,
    table_of,
)
from civgeo.services.table_cells import TableFault
from civgeo.store.disk import FILE_NAME
from civgeo.store.own_files import LARGEST_FILE, own_files
from civgeo.store.rule_editions import NO_FILE, EditionEntry, RuleAction, RuleEditions

__all__ = ["Draft", "Rows", "Saved", "current_mark", "edited", "put_back", "saved_answer"]

Rows = dict[str, Row]
_SHORTEST_MARK = 8


@dataclass(frozen=True, slots=True)
class Saved:
    """What an edit left.

    Parameters
    ----------
    book
        The rules with the edit; in force unless it was a trial.
    mark
        Checksum of the bureau's file after it.
    rules
        Ids of the rules that it touched.
    waiting
        Topics of the text that was entered which still wait.
    trial
        Whether nothing was written.
    """

    book: CemeteryRuleBook
    mark: str
    rules: tuple[str, ...]
    waiting: tuple[Topic, ...] = ()
    trial: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """Rows of the bureau's file after an edit, the ids it touches, and topics that still wait."""

    rows: Rows
    touched: tuple[str, ...]
    waiting: tuple[Topic, ...] = ()


def current_mark(directory: Path) -> str:
    """Checksum of the bureau's file, which an edit names as what it was made from."""
    own_files(directory)
    return _mark(RuleEditions(directory).content())


def saved_answer(saved: Saved) -> dict[str, object]:
    """What an edit left as a document."""
    rules = [saved.book.find(id) for id in saved.rules]
    return {
        "edition": saved.book.edition,
        "own_edition": saved.mark,
        "rules": [rule_record(rule) for rule in rules if rule is not None],
        "touched": list(saved.rules),
        "waiting": [{"topic": item.value, "label_zh": item.label_zh} for item in saved.waiting],
        "dry_run": saved.trial,
    }


def edited(
    directory: Path,
    action: RuleAction,
    make: Callable[[Rows], Draft],
    edit: Edit,
    expected: str | None,
    *,
    trial: bool = False,
) -> Saved:
    """Save what `make` makes of the rows of the bureau's file.

    Parameters
    ----------
    directory
        Folder of the store.
    action, edit
        What the log says of it.
    make
        The rows after the edit from those before it.
    expected
        Checksum of the file that the edit was made from; None for whatever is there.
    trial
        Check only; nothing is written.

    Raises
    ------
    RulesRefused
        When a row of the edit does not fit into the file.
    StaleEdit
        When the file is another one by now.
    OwnFileBroken
        When the file cannot be read, or another row of it is broken.
    StoreUnavailable
        When there is no store, or the disk cannot be written.
    """
    editions = _editions(directory)
    if trial:
        content = editions.content()
        _require_same(_mark(content), expected)
        return _tried(make(_rows(content)))
    with _turn(editions, expected) as content:
        before = note_edition(editions, content)
        draft = make(_rows(content))
        book = _tried(draft).book
        return _written(editions, action, before, rendered(draft.rows), book, draft, edit)


def put_back(editions: RuleEditions, content: bytes, edit: Edit, expected: str | None) -> Saved:
    """Save `content`, an earlier edition; works where the file in force is broken, too."""
    _editions(editions.directory)
    with _turn(editions, expected) as now:
        if now is not None and _mark(now) == _mark(content):
            raise InvalidInput("现在用的就是这个版本", code="nothing_changed")
        book = rules_of(content, cemetery_rules())
        before = note_edition(editions, now)
        draft = Draft({}, _differing(now, content))
        return _written(editions, RuleAction.UNDO, before, content, book, draft, edit)


def _editions(directory: Path) -> RuleEditions:
    if not (directory / FILE_NAME).is_file():
        text = f"{directory} 中没有登记库（{FILE_NAME}）：请检查 --store，或先运行 civgeo init"
        raise StoreUnavailable(text, code="store_missing")
    own_files(directory)
    return RuleEditions(directory)


@contextmanager
def _turn(editions: RuleEditions, expected: str | None) -> Iterator[bytes | None]:
    """The file in force, while nobody else may edit it."""
    with editions.turn():
        content = editions.content()
        _require_same(_mark(content), expected)
        yield content


def _require_same(mark: str, expected: str | None) -> None:
    if expected is None or expected == mark:
        return
    if len(expected) < _SHORTEST_MARK or not mark.startswith(expected):
        text = f"规定已被他人改动，现在是版本 {mark[:8]}，没有保存：请重新打开，在新版本上再改"
        raise StaleEdit(text)


def _written(
    editions: RuleEditions,
    action: RuleAction,
    before: str,
    content: bytes,
    book: CemeteryRuleBook,
    draft: Draft,
    edit: Edit,
) -> Saved:
    """Log the edit, then put the file in its place: a file that changed is always in the log."""
    after = editions.keep_edition(content)
    editions.append(
        EditionEntry(
            moment_text(datetime.now(UTC)),
            action,
            before,
            after,
            *packaged_mark(),
            rules=draft.touched,
            actor=edit.actor,
            document=edit.document,
            document_date=edit.document_date.isoformat() if edit.document_date else "",
        )
    )
    editions.replace(content)
    return Saved(book, after, draft.touched, draft.waiting)


def _tried(draft: Draft) -> Saved:
    """What the draft would leave; raises for rows that do not fit."""
    content = rendered(draft.rows)
    if len(content) > LARGEST_FILE:
        most = LARGEST_FILE // 1024**2
        raise InvalidInput(f"本局规定的文件将超过 {most} MB，没有保存", code="too_large")
    with table_of(content) as path:
        _refuse_faults(table_faults(path), draft)
    book = rules_of(content, cemetery_rules())
    return Saved(book, _mark(content), draft.touched, draft.waiting, trial=True)


def _refuse_faults(faults: tuple[TableFault, ...], draft: Draft) -> None:
    ids = list(draft.rows)
    found = []
    for fault in faults:
        id = ids[fault.row - 2] if fault.row and 2 <= fault.row < len(ids) + 2 else ""
        if id not in draft.touched:
            hint = "改好，或回到以前的版本（civgeo cemeteries rule undo）之后才能录入"
            raise OwnFileBroken(f"{fault.message}。{hint}")
        found.append(RowFinding(draft.touched.index(id) + 1, fault.column or "", fault.problem))
    if found:
        raise RulesRefused(found)


def _rows(content: bytes | None) -> Rows:
    return {} if content is None else rows_in(content)


def _differing(before: bytes | None, after: bytes) -> tuple[str, ...]:
    """Ids of the rows that differ; none where one of the files cannot be read."""
    try:
        old, new = _rows(before), _rows(after)
    except OwnFileBroken:
        return ()
    return tuple(id for id in {**old, **new} if old.get(id) != new.get(id))


def _mark(content: bytes | None) -> str:
    return NO_FILE if content is None else sha256(content).hexdigest()
