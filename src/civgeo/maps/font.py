"""The vendored Chinese font, cut down to the characters of one page."""

import io
from functools import lru_cache

from fontTools import subset
from fontTools.ttLib import TTFont

from civgeo.assets import static_file

__all__ = ["subset_of_font"]

FONT = "noto-sans-sc.ttf"


def subset_of_font(text: str) -> bytes:
    """WOFF font with the characters of `text`; the same characters give the same bytes."""
    return _subset("".join(sorted(set(text))))


@lru_cache(maxsize=4)
def _subset(characters: str) -> bytes:
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.notdef_outline = True
    with static_file(FONT).open("rb") as file:
        font = TTFont(io.BytesIO(file.read()), recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(text=characters)
    cutter.subset(font)
    font.flavor = "woff"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()
