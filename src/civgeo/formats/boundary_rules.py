"""Terms, rounds, steps and checklists of the boundary office that travel with the package.

Their origin stands in ``data/boundaries/SOURCES.md``.
"""

import csv
import io
from functools import cache

from civgeo.assets import packaged_data
from civgeo.domain.marker_work import Presence, StepRule
from civgeo.domain.round_forms import WorkKind, WorkState
from civgeo.domain.round_terms import InspectionRound, Term, Terms
from civgeo.domain.yearly_check import CheckItem

__all__ = ["boundary_terms", "inspection_rounds", "marker_work_steps", "yearly_check_items"]


@cache
def boundary_terms() -> Terms:
    """Terms that the law sets for inspections, demarcations and changes of divisions."""
    terms = {
        row["id"]: Term(
            int(row["months"]),
            " ".join(part for part in (row["regulation"], row["document_no"]) if part),
            row["article"],
            row["evidence"],
            row["note"],
        )
        for row in _rows("round_terms")
    }
    return Terms(**terms)


@cache
def inspection_rounds() -> tuple[InspectionRound, ...]:
    """The rounds of joint inspections that are known, the oldest first."""
    return tuple(
        InspectionRound(
            int(row["round"]),
            int(row["first_year"]),
            int(row["last_year"]),
            row["adcode"],
            row["document"],
            row["evidence"],
            row["note"],
        )
        for row in _rows("rounds")
    )


@cache
def marker_work_steps() -> tuple[StepRule, ...]:
    """Steps of works on markers, by kind and in order."""
    return tuple(
        StepRule(
            WorkKind(row["kind"]),
            WorkState(row["step"]),
            Presence(row["present"]),
            row["document"] == "true",
            " ".join(part for part in (row["regulation"], row["article"]) if part),
            row["evidence"],
            row["note"],
        )
        for row in sorted(_rows("marker_work_steps"), key=lambda row: int(row["order"]))
    )


@cache
def yearly_check_items() -> tuple[CheckItem, ...]:
    """Items of the yearly check where a bureau has not written its own."""
    return tuple(
        CheckItem(row["id"], row["title"], row["source"], row["evidence"], row["note"])
        for row in _rows("yearly_check_items")
    )


def _rows(name: str) -> list[dict[str, str]]:
    text = packaged_data(f"boundaries/{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))
