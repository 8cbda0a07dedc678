"""What plans ask of the layout of funeral facilities; origin in ``gazetteer/SOURCES.md``."""

import csv
import io
from functools import cache

from civgeo.assets import packaged_data
from civgeo.domain.funeral_layout import FuneralAsk, ask_of

__all__ = ["funeral_asks"]


@cache
def funeral_asks() -> tuple[FuneralAsk, ...]:
    """Everything that the packaged edition knows of, in its order."""
    text = packaged_data("gazetteer/funeral_layout.csv").read_text(encoding="utf-8")
    return tuple(ask_of(row) for row in csv.DictReader(io.StringIO(text, newline="")))
