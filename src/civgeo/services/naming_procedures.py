"""The rules of procedure for place names: the packaged edition, and rows that a bureau adds."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from typing import TypeVar

from civgeo.assets import packaged_data
from civgeo.domain.division import DivisionCode
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
from civgeo.domain.standard import parse_day
from civgeo.errors import InvalidInput
from civgeo.formats.reference import edition

__all__ = ["COLUMNS", "naming_procedures", "rules_of_table"]

Member = TypeVar("Member", bound=StrEnum)

FILE = "gazetteer/naming_procedures.csv"
COLUMNS = (
    *("id", "topic", "place", "adcode", "regulation", "document_no", "article", "item"),
    *("valid_from", "valid_to", "actions", "kinds", "famous", "level", "approved_by"),
    *("answer", "label_zh", "required", "amount", "unit", "counted_from"),
    *("evidence", "note", "enabled"),
)
_FLAGS = {"true": True, "false": False}
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
        raise InvalidInput(f"程序规则表缺少列：{'、'.join(missing)}", code="bad_table")
    return tuple(_rule(_Row(reader.line_num, row)) for row in reader)


class _Row:
    """Cells of one row, each read with its type; errors name row and column."""

    def __init__(self, number: int, cells: Mapping[str, str | None]) -> None:
        self._number = number
        self._cells = cells

    def text(self, column: str) -> str:
        return (self._cells[column] or "").strip()

    def wrong(self, column: str, hint: str) -> InvalidInput:
        return InvalidInput(
            f"程序规则表第 {self._number} 行“{column}”为 {self.text(column)!r}，{hint}",
            code="bad_value",
        )

    def member(self, column: str, options: type[Member]) -> Member:
        (found,) = self.members(column, options) or (None,)
        if found is None:
            raise self.wrong(column, f"应为 {'、'.join(options)} 之一")
        return found

    def members(self, column: str, options: type[Member]) -> tuple[Member, ...]:
        words = self.text(column).split()
        if set(words) - set(options):
            raise self.wrong(column, f"只可用 {'、'.join(options)}，以空格分隔")
        return tuple(options(word) for word in words)

    def flag(self, column: str, empty: bool | None) -> bool | None:
        word = self.text(column).lower()
        if word and word not in _FLAGS:
            raise self.wrong(column, "应为 true 或 false")
        return _FLAGS.get(word, empty)

    def day(self, column: str) -> date | None:
        return (
            parse_day(self.text(column), f"程序规则表第 {self._number} 行 {column}")
            if (self.text(column))
            else None
        )

    def count(self, column: str) -> int | None:
        word = self.text(column)
        if word and not (word.isascii() and word.isdigit() and len(word) < 5):
            raise self.wrong(column, "应为不超过四位的正整数")
        return int(word) if word else None


def _rule(row: _Row) -> ProcedureRule:
    topic = row.member("topic", Topic)
    if not row.text("id"):
        raise row.wrong("id", "不能为空")
    if row.text("adcode") != NATION:
        DivisionCode.parse(row.text("adcode"))
    _check_answer(row, topic)
    return ProcedureRule(
        id=row.text("id"),
        topic=topic,
        place=row.text("place"),
        adcode=row.text("adcode"),
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


def _check_answer(row: _Row, topic: Topic) -> None:
    allowed: Iterable[str] = ()
    if topic in _TO_BODIES:
        allowed = Body
    elif topic is Topic.CHANGE:
        allowed = Step
    answer = row.text("answer")
    if answer and allowed and answer not in set(allowed):
        raise row.wrong("answer", f"应为 {'、'.join(allowed)} 之一")
