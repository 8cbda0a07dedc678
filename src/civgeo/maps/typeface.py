"""The vendored Chinese font as matplotlib wants it."""

from functools import lru_cache
from importlib import resources
from pathlib import Path
from threading import Lock

from matplotlib.font_manager import FontProperties

from civgeo.assets import static_file
from civgeo.maps.font import FONT

__all__ = ["DRAWING", "font"]

DRAWING = Lock()
"""Held while a picture is made: matplotlib's caches and settings are shared by all threads."""


def font(size: float) -> FontProperties:
    """The vendored Chinese font, `size` in points."""
    return FontProperties(fname=_file(), size=size)


@lru_cache(maxsize=1)
def _file() -> Path:
    with resources.as_file(static_file(FONT)) as path:
        return path
