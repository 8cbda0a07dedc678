"""Triggers that guard the history and log what other programs do, in plain SQL.

Desktop GIS fires them with its own SQLite, so they call no function of ours. Migrations run these
statements, so they must never change: a later form gets its own functions.
"""

from collections.abc import Mapping, Sequence
from string import Template

__all__ = [
    "GUARDED",
    "attachment_triggers",
    "history_triggers",
    "log_triggers",
    "trigger_names",
]

GUARDED = ("facility_kinds", "register", "standards")
"""Tables that only civgeo may write: a verdict rests on them."""

_OURS = "(SELECT active FROM own_write) = 0"
_NOW = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"

_HISTORY = """
CREATE TRIGGER history_no_update BEFORE UPDATE ON history
BEGIN
  SELECT RAISE(ABORT, '历史只增不改');
END
;;
CREATE TRIGGER history_no_delete BEFORE DELETE ON history
BEGIN
  SELECT RAISE(ABORT, '历史只增不删');
END
;;
CREATE TRIGGER history_own_insert BEFORE INSERT ON history WHEN $outside
BEGIN
  SELECT RAISE(ABORT, '历史由 civgeo 写入');
END
"""

_GUARD = """
CREATE TRIGGER guard_${table}_$verb BEFORE $VERB ON $table WHEN $outside
BEGIN
  SELECT RAISE(ABORT, '请用 civgeo 修改此表');
END
"""

_LOG = """
CREATE TRIGGER outside_${table}_replace BEFORE INSERT ON $table
  WHEN $outside AND EXISTS (SELECT 1 FROM $table WHERE fid = NEW.fid OR id = NEW.id)
BEGIN
  INSERT INTO outside_$table (happened_at, event, $columns)
  SELECT $now, 'delete', $columns FROM $table WHERE fid = NEW.fid OR id = NEW.id;
END
;;
CREATE TRIGGER outside_${table}_insert AFTER INSERT ON $table WHEN $outside
BEGIN
  INSERT INTO outside_$table (happened_at, event, fid) VALUES ($now, 'insert', NEW.fid);
END
;;
CREATE TRIGGER outside_${table}_update AFTER UPDATE ON $table
  WHEN $outside AND OLD.fid = NEW.fid AND ($differs)
BEGIN
  INSERT INTO outside_$table (happened_at, event, $columns) VALUES ($now, 'update', $old);
END
;;
CREATE TRIGGER outside_${table}_move AFTER UPDATE ON $table WHEN $outside AND OLD.fid <> NEW.fid
BEGIN
  INSERT INTO outside_$table (happened_at, event, $columns) VALUES ($now, 'delete', $old);
  INSERT INTO outside_$table (happened_at, event, fid) VALUES ($now, 'insert', NEW.fid);
END
;;
CREATE TRIGGER outside_${table}_delete AFTER DELETE ON $table WHEN $outside
BEGIN
  INSERT INTO outside_$table (happened_at, event, $columns) VALUES ($now, 'delete', $old);
END
"""


def history_triggers() -> list[str]:
    """Statements that let the history only grow, and keep the guarded tables to civgeo."""
    made = Template(_HISTORY).substitute(outside=_OURS).split(";;\n")
    made += [
        Template(_GUARD).substitute(table=table, verb=verb, VERB=verb.upper(), outside=_OURS)
        for table in GUARDED
        for verb in ("insert", "update", "delete")
    ]
    return [statement.strip() for statement in made]


def attachment_triggers() -> list[str]:
    """Statements that let attachments only grow, and keep them to civgeo."""
    guard = Template(_GUARD).substitute(
        table="attachments", verb="insert", VERB="INSERT", outside=_OURS
    )
    kept = [
        f"CREATE TRIGGER attachments_no_{verb} BEFORE {verb.upper()} ON attachments\nBEGIN\n"
        "  SELECT RAISE(ABORT, '附件只增不改');\nEND"
        for verb in ("update", "delete")
    ]
    return [guard.strip(), *kept]


def log_triggers(table: str, columns: Sequence[str]) -> list[str]:
    """Statements that log what other programs do to `table`.

    Parameters
    ----------
    table
        Feature table, keyed by ``fid``.
    columns
        All its columns.
    """
    script = Template(_LOG).substitute(
        table=table,
        outside=_OURS,
        now=_NOW,
        columns=", ".join(columns),
        old=", ".join(f"OLD.{name}" for name in columns),
        differs=" OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in columns),
    )
    return [statement.strip() for statement in script.split(";;\n")]


def trigger_names(layers: Mapping[str, Sequence[str]]) -> set[str]:
    """Names of all triggers that the statements of this module make for `layers`."""
    made = history_triggers() + attachment_triggers()
    for table, columns in layers.items():
        made += log_triggers(table, columns)
    return {statement.split()[2] for statement in made}
