"""Letters of boundary markers that travel with the package.

Their origin stands in ``data/boundaries/SOURCES.md``.
"""

import csv
import io
from collections.abc import Mapping
from functools import cache

from civgeo.assets import packaged_data
from civgeo.domain.marker_number import MarkerSetting, MarkerSuffix

__all__ = ["marker_suffixes"]


@cache
def marker_suffixes() -> Mapping[str, MarkerSuffix]:
    """What each letter at the end of a marker's number means, by letter."""
    text = packaged_data("boundaries/marker_suffixes.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return {
        row["letter"]: MarkerSuffix(
            row["letter"],
            MarkerSetting(row["setting"]),
            int(row["position"]) if row["position"] else None,
            row["meaning"],
            row["evidence"],
            row["source"],
        )
        for row in rows
    }
