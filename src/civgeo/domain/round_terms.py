"""Terms that regulations set for boundaries and divisions, and the rounds of inspections."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from civgeo.domain.naming_procedure import due_day
from civgeo.domain.procedure_rule import Unit
from civgeo.errors import InvalidInput, NotFound

__all__ = ["InspectionRound", "Term", "Terms", "round_of", "term_end"]


@dataclass(frozen=True, slots=True)
class Term:
    """A term that a regulation sets: months, regulation, article, evidence, note."""

    months: int
    regulation: str
    article: str
    evidence: str
    note: str

    @property
    def citation(self) -> str:
        """Regulation with its article."""
        return f"{self.regulation} {self.article}".strip()


@dataclass(frozen=True, slots=True)
class Terms:
    """All terms of the boundary office.

    Parameters
    ----------
    inspection_interval
        Between two joint inspections of a line.
    demarcation_limit
        From the approval of a change to the demarcation of the new line.
    change_completion, change_extension, code_issue
        From the approval of a change of divisions to its completion; by how much that may be
        extended; to the new codes.
    """

    inspection_interval: Term
    demarcation_limit: Term
    change_completion: Term
    change_extension: Term
    code_issue: Term


@dataclass(frozen=True, slots=True)
class InspectionRound:
    """One round of a province.

    Parameters
    ----------
    number, first_year, last_year
        Number and years, both included.
    adcode
        Code of the province.
    document, evidence, note
        What orders it, how well that is attested, and what to know of it.
    """

    number: int
    first_year: int
    last_year: int
    adcode: str = ""
    document: str = ""
    evidence: str = "-"
    note: str = ""

    def __post_init__(self) -> None:
        if self.number < 1 or not 1900 <= self.first_year <= self.last_year <= 2200:
            text = f"第 {self.number} 轮 {self.first_year}—{self.last_year} 年：轮次或年份不对"
            raise InvalidInput(text, code="bad_value")

    @property
    def years(self) -> range:
        """Its years."""
        return range(self.first_year, self.last_year + 1)


def round_of(rounds: Iterable[InspectionRound], number: int, province: str) -> InspectionRound:
    """The round of that number in a province.

    Parameters
    ----------
    rounds
        Those that are known.
    number
        Which one.
    province
        Any division code in the province.

    Raises
    ------
    NotFound
        When it is not known; the bureau then gives its years.
    """
    own = [item for item in rounds if item.adcode[:2] == province[:2]]
    found = next((item for item in own if item.number == number), None)
    if found is None:
        known = "、".join(str(item.number) for item in own) or "无"
        text = f"手头没有第 {number} 轮联检的起止年份（已知：{known}）：请给出首年与末年"
        raise NotFound(text, code="unknown_round")
    return found


def term_end(start: date, term: Term) -> date:
    """Last day of a term that begins on `start`, which is not counted.

    Examples
    --------
    >>> term_end(date(2020, 2, 29), Term(60, "353", "12", "S", ""))
    datetime.date(2025, 2, 28)
    """
    return due_day(start, term.months, Unit.MONTHS)
