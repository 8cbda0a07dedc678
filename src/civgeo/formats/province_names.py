"""Short names of the provinces, as the names of boundary lines use them."""

import csv
import io
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from civgeo.assets import packaged_data

__all__ = ["province_short_names"]


@cache
def province_short_names() -> Mapping[str, str]:
    """Short name (豫) by six-digit code of the province, the common one where two are in use."""
    text = packaged_data("boundaries/province_short_names.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return MappingProxyType({row["code"]: row["short_name"] for row in rows})
