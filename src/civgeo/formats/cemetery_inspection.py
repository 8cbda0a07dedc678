"""Sources of the inspection of burial places: approvals, bands of excess; see SOURCES.md."""

import csv
import io
from decimal import Decimal
from functools import cache

from civgeo.assets import packaged_data
from civgeo.domain.cemetery_inspection_terms import InspectionBasis

__all__ = ["inspection_bases"]


@cache
def inspection_bases() -> tuple[InspectionBasis, ...]:
    """All of them, in the order of the table."""
    text = packaged_data("gazetteer/cemetery_inspection.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return tuple(_basis(row) for row in rows)


def _basis(row: dict[str, str]) -> InspectionBasis:
    edges = tuple(Decimal(edge) for edge in row.pop("above_percent").split())
    return InspectionBasis(**row, above_percent=edges)
