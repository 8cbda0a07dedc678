"""What was done to the bureau's rules on cemeteries: each edit with what it changed."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from civgeo.domain.cemetery_rule_entry import COLUMN_TITLES
from civgeo.domain.cemetery_rule_table import COLUMNS, row_of
from civgeo.domain.cemetery_rules import CemeteryRuleBook
from civgeo.errors import NotFound, OwnFileBroken
from civgeo.services.cemetery_rule_rows import Row, rows_at
from civgeo.services.cemetery_rules import packaged_then, rules_in_force
from civgeo.store.rule_editions import NO_FILE, EditionEntry, RuleEditions

__all__ = ["CellChange", "RuleChange", "RuleEdit", "history_answer", "rule_history"]

MOST_ENTRIES = 100


@dataclass(frozen=True, slots=True)
class CellChange:
    """A column of a rule before and after an edit."""

    column: str
    before: str
    after: str

    @property
    def title(self) -> str:
        """The column in Chinese."""
        return COLUMN_TITLES[self.column]


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule that an edit added, took away or changed."""

    id: str
    what: str
    cells: tuple[CellChange, ...]


@dataclass(frozen=True, slots=True)
class RuleEdit:
    """An entry of the log, the edition after it as verdicts name it, and what changed.

    `changes` is None where one of the two editions cannot be read.
    """

    entry: EditionEntry
    edition: str
    changes: tuple[RuleChange, ...] | None


def rule_history(directory: Path, most: int = MOST_ENTRIES) -> tuple[RuleEdit, ...]:
    """Edits of the rules beside the store in `directory`, the newest first, at most `most`.

    A change of the file by hand that nothing has read yet is noted first, if it can be read.

    Raises
    ------
    OwnFileBroken
        When the log cannot be read.
    """
    with suppress(OwnFileBroken):
        rules_in_force(directory)
    editions = RuleEditions(directory)
    known: dict[str, Mapping[str, Row] | None] = {NO_FILE: {}}
    newest = list(reversed(editions.log()))[:most]
    return tuple(_edit(editions, entry, known) for entry in newest)


def history_answer(edits: tuple[RuleEdit, ...], mark: str) -> dict[str, object]:
    """The history as a document; `mark` is the checksum of the file in force."""
    return {"own_edition": mark, "edits": [_document(item) for item in edits]}


def _edit(
    editions: RuleEditions, entry: EditionEntry, known: dict[str, Mapping[str, Row] | None]
) -> RuleEdit:
    for digest in (entry.before, entry.after):
        if digest not in known:
            known[digest] = _rows(editions, digest)
    before, after = known[entry.before], known[entry.after]
    changes = None
    if before is not None and after is not None:
        packaged = packaged_then(editions, entry.packaged, entry.packaged_digest)
        changes = tuple(_changes(before, after, packaged))
    mark = f"（本局修订 {entry.after[:8]}）" if after is None or after else ""
    return RuleEdit(entry, f"{entry.packaged}{mark}", changes)


def _rows(editions: RuleEditions, digest: str) -> Mapping[str, Row] | None:
    try:
        return rows_at(editions.edition(digest))
    except (NotFound, OwnFileBroken):
        return None


def _changes(
    before: Mapping[str, Row], after: Mapping[str, Row], packaged: CemeteryRuleBook
) -> Iterator[RuleChange]:
    """Rows that differ; the packaged rule stands where the bureau has no row of that id."""
    for id in {**before, **after}:
        if before.get(id) == after.get(id):
            continue
        rule = packaged.find(id)
        otherwise = {} if rule is None else {**row_of(rule), "standard": ""}
        old, new = before.get(id, otherwise), after.get(id, otherwise)
        what = "added" if not old else "changed" if new else "removed"
        cells = [
            CellChange(name, old.get(name, ""), new.get(name, ""))
            for name in COLUMNS
            if name != "id" and old.get(name, "") != new.get(name, "")
        ]
        yield RuleChange(id, what, tuple(cells))


def _document(item: RuleEdit) -> dict[str, object]:
    entry = item.entry
    return {
        "recorded_at": entry.recorded_at,
        "action": entry.action.value,
        "action_zh": entry.action.label_zh,
        "actor": entry.actor or None,
        "document": entry.document or None,
        "document_date": entry.document_date or None,
        "edition": item.edition,
        "own_edition": entry.after,
        "before": entry.before,
        "rules": list(entry.rules),
        "changes": None if item.changes is None else [_change(one) for one in item.changes],
    }


def _change(one: RuleChange) -> dict[str, object]:
    cells = [
        {"column": cell.column, "title": cell.title, "before": cell.before, "after": cell.after}
        for cell in one.cells
    ]
    return {"id": one.id, "what": one.what, "cells": cells}
