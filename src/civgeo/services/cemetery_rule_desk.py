"""The rules desk: an officer enters, changes, switches off and restores rules on cemeteries.

The bureau's file stays the one source. An edit checks the rows, refuses what would break the file,
and replaces it whole; the checksum of the file is the version that an edit was made from. Every
earlier edition is kept, and going back to one is an edit too.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from civgeo.domain.cemetery_rule_table import COLUMNS, row_of, rule_of, unit_in
from civgeo.domain.cemetery_rules import CemeteryRule, Topic
from civgeo.domain.history import Edit
from civgeo.errors import InvalidInput, NotFound
from civgeo.formats.cemetery_rules import cemetery_rules
from civgeo.services.cemetery_rule_rows import (
    Row,
    RowFinding,
    RulesRefused,
    rendered,
    row_findings,
    rows_at,
)
from civgeo.services.cemetery_rule_saving import Draft, Rows, Saved, edited, put_back
from civgeo.store.rule_editions import NO_FILE, RuleAction, RuleEditions

__all__ = ["change_rule", "enter_rules", "go_back", "restore_rule", "switch_off"]

_FROM_TEXT = ("place", "adcode", "regulation", "document_no", "valid_from", "force")


def enter_rules(
    directory: Path,
    given: Sequence[Mapping[str, str]],
    edit: Edit,
    *,
    expected: str | None = None,
    text: str | None = None,
    whole: bool = False,
    trial: bool = False,
    first: int = 1,
) -> Saved:
    """Enter new rules: all of them, or none.

    Parameters
    ----------
    directory
        Folder of the store.
    given
        Rows by the columns of the table; id and unit may be left out. With `text`, place, source,
        first day and force may be left out too: they are those of the text.
    edit
        Who enters them, on the strength of what.
    expected
        Checksum of the file that the edit was made from; None for whatever is there.
    text
        Id of the missing text (``text_missing``) that the rows are the clauses of. Topics that
        they cover wait for it no more; when none is left it is switched off.
    whole
        Whether the rows are all that the text says: what they do not cover, it does not rule.
    trial
        Check only.
    first
        Number of the first row, for findings.

    Raises
    ------
    RulesRefused
        With what is wrong, row by row.
    StaleEdit
        When the file is another one by now.
    NotFound
        When there is no such missing text.
    OwnFileBroken, StoreUnavailable
        When the file cannot be read, or not be written.
    """
    if not given:
        raise InvalidInput("没有要录入的规定", code="missing_key")

    def make(rows: Rows) -> Draft:
        waited = None if text is None else _missing_text(rows, text)
        filled = _numbered([_filled(row, waited) for row in given], waited, rows)
        wrong = [*_taken(filled, rows, first), *row_findings(filled, first)]
        if wrong:
            raise RulesRefused(sorted(wrong, key=lambda item: item.row))
        entered = {row["id"]: row for row in filled}
        if waited is None:
            return Draft({**rows, **entered}, tuple(entered))
        left = () if whole else _left(waited, filled)
        after = {**rows, **entered, waited.id: _waiting_row(waited, left)}
        return Draft(after, (*entered, waited.id), left)

    return edited(directory, RuleAction.ENTER, make, edit, expected, trial=trial)


def change_rule(
    directory: Path,
    id: str,
    cells: Mapping[str, str],
    edit: Edit,
    *,
    expected: str | None = None,
    trial: bool = False,
) -> Saved:
    """Change columns of a rule; of a packaged one the bureau's row takes the place.

    Raises
    ------
    NotFound
        When there is no such rule.
    RulesRefused, StaleEdit, OwnFileBroken, StoreUnavailable
        As `enter_rules` does.
    """

    def make(rows: Rows) -> Draft:
        before = rows.get(id) or _packaged_row(id)
        if before is None:
            raise NotFound(f"没有规定 {id[:80]!r}", code="rule_missing")
        after = {**before, **cells, "id": id}
        if not cells.get("unit"):
            after["unit"] = unit_in(after)
        if after == before:
            raise InvalidInput("没有任何改动", code="nothing_changed")
        wrong = row_findings([after])
        if wrong:
            raise RulesRefused(wrong)
        return Draft({**rows, id: after}, (id,))

    return edited(directory, RuleAction.CHANGE, make, edit, expected, trial=trial)


def switch_off(directory: Path, id: str, edit: Edit, *, expected: str | None = None) -> Saved:
    """Take a rule out of force: a packaged one is struck, one of the bureau's alone goes.

    Raises
    ------
    NotFound
        When there is no such rule in use.
    StaleEdit, OwnFileBroken, StoreUnavailable
        As `enter_rules` does.
    """

    def make(rows: Rows) -> Draft:
        packaged = _packaged_row(id)
        row = rows.get(id) or packaged
        if row is None or not _is_on(row):
            raise NotFound(f"没有在用的规定 {id[:80]!r}，无可停用", code="rule_missing")
        others = {key: kept for key, kept in rows.items() if key != id}
        struck = {} if packaged is None else {id: {**row, "enabled": "false"}}
        return Draft({**others, **struck}, (id,))

    return edited(directory, RuleAction.OFF, make, edit, expected)


def restore_rule(directory: Path, id: str, edit: Edit, *, expected: str | None = None) -> Saved:
    """Bring back a rule that was switched off, or the packaged one that the bureau's replaces.

    Raises
    ------
    NotFound
        When there is nothing to bring back.
    StaleEdit, OwnFileBroken, StoreUnavailable
        As `enter_rules` does.
    """
    editions = RuleEditions(directory)

    def make(rows: Rows) -> Draft:
        others = {key: kept for key, kept in rows.items() if key != id}
        own, packaged = rows.get(id), _packaged_row(id)
        earlier = None if own and _is_on(own) else _before_it_went(editions, id)
        if earlier is not None and packaged != earlier:
            return Draft({**others, id: earlier}, (id,))
        if own is None or (packaged is None and _is_on(own)):
            raise NotFound(f"没有停用过的规定 {id[:80]!r}，无可恢复", code="rule_missing")
        return Draft(others, (id,))

    return edited(directory, RuleAction.RESTORE, make, edit, expected)


def go_back(directory: Path, edition: str, edit: Edit, *, expected: str | None = None) -> Saved:
    """Make an earlier edition of the bureau's file the one in force.

    Parameters
    ----------
    directory, edit, expected
        As for `enter_rules`; it works where the file in force is broken, too.
    edition
        Checksum of the earlier edition, eight digits or more; ``none`` for no own rules.

    Raises
    ------
    NotFound
        When no such edition was kept.
    StaleEdit, OwnFileBroken, StoreUnavailable
        As `enter_rules` does.
    """
    editions = RuleEditions(directory)
    content = rendered({}) if edition == NO_FILE else editions.edition(edition).read_bytes()
    return put_back(editions, content, edit, expected)


def _packaged_row(id: str) -> Row | None:
    rule = cemetery_rules().find(id)
    return None if rule is None else {**row_of(rule), "standard": ""}


def _is_on(row: Row) -> bool:
    return rule_of(row).enabled


def _missing_text(rows: Rows, id: str) -> CemeteryRule:
    """The text that waits to be entered; raises NotFound when it waits no more."""
    row = rows.get(id) or _packaged_row(id)
    rule = None if row is None else rule_of(row)
    if rule is None or rule.topic is not Topic.TEXT_MISSING or not rule.enabled:
        hint = "待录入的条文见 civgeo cemeteries rules --missing"
        raise NotFound(f"没有待录入的条文 {id[:80]!r}；{hint}", code="rule_missing")
    return rule


def _filled(row: Mapping[str, str], waited: CemeteryRule | None) -> Row:
    """The row with every column; those of the text where it leaves them out."""
    complete = {name: row.get(name, "").strip() for name in COLUMNS}
    if waited is not None:
        for name in _FROM_TEXT:
            complete[name] = complete[name] or str(getattr(waited, name))
    return {**complete, "unit": complete["unit"] or unit_in(complete)}


def _numbered(filled: Sequence[Row], waited: CemeteryRule | None, rows: Rows) -> list[Row]:
    """Rows in which each has an id; the first free numbers are given."""
    taken = {*rows, *(row["id"] for row in filled)}
    done = []
    for row in filled:
        stem = waited.id.removesuffix("_text") if waited else f"own_{row['adcode'][:12]}"
        free = (f"{stem}_{number}" for number in range(1, len(taken) + 1_000))
        id = row["id"] or next(
            id for id in free if id not in taken and not cemetery_rules().find(id)
        )
        taken.add(id)
        done.append({**row, "id": id})
    return done


def _taken(filled: Sequence[Row], rows: Rows, first: int) -> Iterator[RowFinding]:
    """Rows whose id another rule has."""
    seen: set[str] = set()
    for number, row in enumerate(filled, first):
        id = row["id"]
        if id in rows or cemetery_rules().find(id):
            told = "已有这个编号的规定；要改它请用更改，要录入新的请另用编号或留空"
            yield RowFinding(number, "id", told)
        elif id in seen:
            yield RowFinding(number, "id", "前面已有这个编号")
        seen.add(id)


def _left(waited: CemeteryRule, filled: Sequence[Row]) -> tuple[Topic, ...]:
    """Topics that wait for the text after the rows are entered."""
    covered = {rule_of(row).topic for row in filled}
    return tuple(Topic(word) for word in waited.subjects if Topic(word) not in covered)


def _waiting_row(waited: CemeteryRule, left: Sequence[Topic]) -> Row:
    row = {**row_of(waited), "standard": ""}
    if not left:
        return {**row, "enabled": "false"}
    return {**row, "subjects": " ".join(topic.value for topic in left)}


def _before_it_went(editions: RuleEditions, id: str) -> Row | None:
    """The row of `id` as it was when the bureau last switched it off; None if it never did."""
    for entry in reversed(editions.log()):
        if entry.action is RuleAction.OFF and id in entry.rules:
            old = {} if entry.before == NO_FILE else rows_at(editions.edition(entry.before))
            return old.get(id)
    return None
