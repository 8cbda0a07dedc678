"""Figures that an office reported for an indicator, as the register of reports holds them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from civgeo.domain.division import DivisionCode
from civgeo.services.indicator_data import DayData
from civgeo.store.tables import Collection

__all__ = ["Report", "Reports", "reports_for"]


@dataclass(frozen=True, slots=True)
class Report:
    """One reported figure.

    Parameters
    ----------
    indicator, division
        What it is of; code of the office's division.
    period, reported_on
        Year that it is for; day of reporting, empty where not known.
    numerator, denominator
        Exact; the denominator is None for counts.
    document
        What it rests on; empty where not known.
    """

    indicator: str
    division: str
    period: int
    reported_on: str
    numerator: Fraction
    denominator: Fraction | None
    document: str


Reports = Mapping[str, tuple[Report, ...]]
"""Reports by indicator."""


def reports_for(data: DayData, *, officer: bool) -> Reports:
    """Reports known by the day of `data`, by indicator; those of later years are left out.

    The register of reports is the officers': for anybody else there are none.
    """
    if not officer:
        return {}
    rows = data.records(Collection.INDICATOR_REPORTS)
    found: dict[str, list[Report]] = defaultdict(list)
    for row in rows.to_dict("records"):
        report = _report(row)
        if report.period <= data.on.year and report.reported_on <= data.on.isoformat():
            found[report.indicator].append(report)
    return {name: tuple(reports) for name, reports in found.items()}


def _report(row: Mapping[object, object]) -> Report:
    below = row["denominator"]
    return Report(
        indicator=str(row["indicator"]).strip(),
        division=DivisionCode.parse(row["division"]).text,
        period=int(str(row["period"])),
        reported_on=_text(row["reported_on"]),
        numerator=Fraction(str(row["numerator"])),
        denominator=None if pd.isna(below) else Fraction(str(below)),  # type: ignore[call-overload]
        document=_text(row["document"]),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
