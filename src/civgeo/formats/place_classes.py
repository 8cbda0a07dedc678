"""Classes of places that travel with the package.

Their origin stands in ``data/gazetteer/SOURCES.md``.
"""

import csv
import io
from functools import cache

from civgeo.assets import packaged_data
from civgeo.domain.national_class import NationalClass, NationalClasses
from civgeo.domain.place_kind import PlaceKind

__all__ = ["place_classes"]


@cache
def place_classes() -> NationalClasses:
    """Classes of the national list and of the census, with the kinds that they stand for."""
    text = packaged_data("gazetteer/place_classes.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return NationalClasses(
        tuple(
            NationalClass(
                code=row["code"],
                title=row["title"],
                kind=PlaceKind(row["kind"]) if row["kind"] else None,
                census_class=row["census_class"],
                verified=row["verified"] == "true",
                source=row["source"],
            )
            for row in rows
        )
    )
