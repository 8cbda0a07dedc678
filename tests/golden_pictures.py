"""Golden pictures: where a page carries ink, compared so that another typeface still passes.

A picture is reduced to cells of one or two millimetres that hold their share of ink. Another
typeface fills the same lines a little differently and ends its words a little earlier or later:
a cell may hold what the golden has a few cells to its left or right. Something that is turned,
stands on another line or covers something else leaves what the golden has there.

The goldens are grey pictures in ``golden/``, one dot a cell. After a wanted change of a page run
``CIVGEO_RENEW_GOLDENS=1 pytest tests -k golden``, look at the new goldens and at the page itself,
and commit them.
"""

import io
import os
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
from fontTools import subset
from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Polygon
from matplotlib.text import Text
from numpy.typing import NDArray
from PIL import Image

from civgeo.assets.manifest import font_file

__all__ = [
    "DOTS_PER_MM",
    "Golden",
    "drawn",
    "one_label_on_another",
    "other_typeface",
    "reset_in",
    "turn_north_arrow",
]

FOLDER = Path(__file__).parent / "golden"
RENEW = "CIVGEO_RENEW_GOLDENS"
DOTS_PER_MM = 8
ALONG = 4
"""Cells to the left and right whose ink a cell may have."""

TOLERANCE = 0.09
"""Share of ink by which a cell may differ from all of these."""

Cells = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Golden:
    """The golden picture of one page: name of its file, side of its cells in mm."""

    name: str
    cell_mm: float

    @property
    def file(self) -> Path:
        """Where it is kept."""
        return FOLDER / f"{self.name}.png"

    def faults(self, picture: Image.Image) -> list[str]:
        """Places in millimetres from the upper left where `picture` differs, the worst first."""
        found = self._cells(picture)
        golden = np.asarray(Image.open(self.file), dtype=float)
        golden = 1 - golden / 255
        assert found.shape == golden.shape
        excess = np.maximum(_outside(found, golden), _outside(golden, found))
        places = [(float(excess[y, x]), x, y) for y, x in np.argwhere(excess > TOLERANCE)]
        side = self.cell_mm
        return [
            f"{(x + 0.5) * side:.0f} mm across, {(y + 0.5) * side:.0f} mm down: {value:.2f}"
            for value, x, y in sorted(places, reverse=True)
        ]

    def renew_if_asked(self, picture: Image.Image) -> None:
        """Write `picture` as the new golden where the environment variable asks for it."""
        if os.environ.get(RENEW):
            grey = np.round(255 * (1 - self._cells(picture))).astype(np.uint8)
            Image.fromarray(grey).save(self.file, optimize=True)

    def _cells(self, picture: Image.Image) -> Cells:
        """Share of ink in each cell, smoothed over its neighbours."""
        step = round(self.cell_mm * DOTS_PER_MM)
        dark = 1 - np.asarray(picture, dtype=float) / 255
        rows, columns = (side // step for side in dark.shape)
        parts = dark[: rows * step, : columns * step].reshape(rows, step, columns, step)
        return _smooth(_smooth(parts.mean(axis=(1, 3))).T).T


def _smooth(cells: Cells) -> Cells:
    """Half of each cell and a quarter of those above and below."""
    padded = np.pad(cells, ((1, 1), (0, 0)), mode="edge")
    return (padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4


def _outside(one: Cells, other: Cells) -> Cells:
    """How far each cell lies above the most or below the least of `other` along its line."""
    padded = np.pad(other, ((0, 0), (ALONG, ALONG)), mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * ALONG + 1, axis=1)
    return np.maximum(one - around.max(axis=2), around.min(axis=2) - one)


def drawn(figure: Figure) -> Image.Image:
    """`figure` in grey, eight dots a millimetre."""
    figure.set_dpi(DOTS_PER_MM * 25.4)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("L")


def reset_in(figure: Figure, typeface: Path | None = None, scale: float = 1.0) -> None:
    """Set every word of `figure` in another typeface or larger."""
    for text in figure.findobj(Text):
        own = text.get_fontproperties().get_file()
        size = text.get_fontsize() * scale
        text.set_fontproperties(FontProperties(fname=typeface or own, size=size))


def turn_north_arrow(figure: Figure) -> None:
    """Let the north arrow of `figure` point down."""
    wings = [each for each in figure.findobj(Polygon) if each.get_gid() == "north-arrow"]
    heights = [y for wing in wings for _, y in wing.get_xy()]
    for wing in wings:
        wing.set_xy([(x, min(heights) + max(heights) - y) for x, y in wing.get_xy()])


def one_label_on_another(figure: Figure) -> None:
    """Put the second label of `figure` a little beside the third."""
    labels = [each for each in figure.findobj(Text) if each.get_gid() == "label"]
    x, y = labels[2].get_position()
    labels[1].set_position((x + 1.0, y + 0.5))


def other_typeface(folder: Path, words: str) -> Path:
    """A font with the letters and figures of DejaVu Serif and the product's Chinese, for `words`.

    DejaVu comes with matplotlib, so that it is there on every machine.
    """
    latin = {char for char in words if ord(char) < 0x250}
    dejavu = Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSerif.ttf"
    sources = ((dejavu.read_bytes(), latin), (font_file().read_bytes(), set(words) - latin))
    parts = [folder / f"part-{number}.ttf" for number in range(len(sources))]
    for part, (content, kept) in zip(parts, sources, strict=True):
        font = TTFont(io.BytesIO(content))
        dropped = ["FFTM", "GDEF", "GPOS", "GSUB"]
        cutter = subset.Subsetter(subset.Options(drop_tables=dropped, hinting=False))
        cutter.populate(text="".join(sorted(kept)))
        cutter.subset(font)
        scale_upem(font, 1000)
        font.save(part)
    merged = Merger().merge([str(part) for part in parts])
    merged.save(folder / "other.ttf")
    return folder / "other.ttf"
