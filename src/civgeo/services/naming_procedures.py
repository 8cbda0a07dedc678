"""The rules of procedure for place names: the packaged edition, and rows that a bureau adds."""

import csv
import io
from functools import cache

from civgeo.assets import packaged_data
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.procedure_rule import (
    NATION,
    Action,
    Body,
    Level,
    ProcedureBook,
    ProcedureRule,
    Step,
    Topic,
    Unit,
)
from civgeo.formats.reference import edition
from civgeo.services.table_cells import Cells, TableFault

__all__ = ["COLUMNS", "naming_procedures", "procedure_rule", "rules_of_table"]

FILE = "gazetteer/naming_procedures.csv"
COLUMNS = (
    *("id", "topic", "place", "adcode", "regulation", "document_no", "article", "item"),
    *("valid_from", "valid_to", "actions", "kinds", "famous", "level", "approved_by"),
    *("answer", "label_zh", "required", "amount", "unit", "counted_from"),
    *("evidence", "note", "enabled"),
)
_TITLE = "程序规则表"
_TO_BODIES = (Topic.APPROVER, Topic.CONSULT, Topic.FILING, Topic.ANNOUNCEMENT)


@cache
def _packaged() -> ProcedureBook:
    text = packaged_data(FILE).read_text(encoding="utf-8")
    return ProcedureBook(rules_of_table(text), edition())


def naming_procedures(own: str = "") -> ProcedureBook:
    """Rules of the packaged edition, with those of the bureau's own table.

    Parameters
    ----------
    own
        CSV text with the columns `COLUMNS`; a row with the id of a packaged rule takes its place,
        a row for a province or city decides before the nation's. Empty: none.

    Raises
    ------
    InvalidInput
        As `rules_of_table` does.
    """
    return _packaged().with_own(rules_of_table(own)) if own.strip() else _packaged()


def rules_of_table(text: str) -> tuple[ProcedureRule, ...]:
    """Rules of procedure in CSV `text`.

    Raises
    ------
    InvalidInput
        ``bad_table`` for a missing column, ``bad_value`` for a cell that cannot be read; the
        message names row and column.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise TableFault(_TITLE, f"缺少列：{'、'.join(missing)}", code="bad_table")
    return tuple(procedure_rule(Cells(_TITLE, reader.line_num, row)) for row in reader)


def procedure_rule(row: Cells) -> ProcedureRule:
    """The rule that a row holds.

    Raises
    ------
    TableFault
        For a cell that cannot be read.
    """
    topic = row.member("topic", Topic)
    _check_answer(row, topic)
    return ProcedureRule(
        id=row.required("id"),
        topic=topic,
        place=row.text("place"),
        adcode=row.division("adcode", NATION),
        regulation=row.text("regulation"),
        document_no=row.text("document_no"),
        article=row.text("article"),
        item=row.text("item"),
        actions=frozenset(row.members("actions", Action)),
        kinds=frozenset(row.members("kinds", PlaceKind)),
        levels=frozenset(row.members("level", Level)),
        approved_by=frozenset(row.members("approved_by", Body)),
        famous=row.flag("famous", None),
        answer=row.text("answer"),
        label_zh=row.text("label_zh"),
        required=bool(row.flag("required", False)),
        amount=row.count("amount"),
        unit=row.member("unit", Unit) if row.text("unit") else Unit.DAYS,
        counted_from=row.member("counted_from", Step) if row.text("counted_from") else None,
        valid_from=row.day("valid_from"),
        valid_to=row.day("valid_to"),
        evidence=row.text("evidence"),
        note=row.text("note"),
        enabled=bool(row.flag("enabled", True)),
    )


def _check_answer(row: Cells, topic: Topic) -> None:
    allowed = tuple(Body) if topic in _TO_BODIES else tuple(Step) if topic is Topic.CHANGE else ()
    if row.text("answer") and allowed and row.text("answer") not in allowed:
        raise row.wrong("answer", f"应为 {'、'.join(allowed)} 之一")
