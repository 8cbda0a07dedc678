"""The packaged catalogue of indicators; its origin stands in ``data/gazetteer/SOURCES.md``."""

import csv
import io
from functools import cache

from civgeo.assets import packaged_data
from civgeo.domain.indicator_catalogue import IndicatorCatalogue, definition_of
from civgeo.formats.reference import edition

__all__ = ["indicator_catalogue"]


@cache
def indicator_catalogue() -> IndicatorCatalogue:
    """Every figure of the five cities' plans, with its target, source and passage."""
    text = packaged_data("gazetteer/indicators.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return IndicatorCatalogue(tuple(definition_of(row) for row in rows), edition())
