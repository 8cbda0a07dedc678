"""A form on A4: boxes, labels, check boxes and codes at places in millimetres.

Unlike `Paper`, nothing flows: a form knows the height of each of its blocks before it is drawn, so
that a block stands on one page.
"""

from collections.abc import Iterable, Sequence

import segno
from fpdf.enums import Align, TextMode

from civgeo.reports.line_breaking import broken_into_lines
from civgeo.reports.paper import BLACK, SIMULATED_RED, Paper

__all__ = ["CELL", "SMALL", "FormPaper"]

EDGE, TOP, BOTTOM = 14.0, 19.0, 15.0
CELL, SMALL = 8.6, 7.2
"""Sizes in points: what is filled in and read, and remarks."""

LINE_OF_POINT = 0.47
"""Line height in mm for each point of type size."""

BOX, BOX_GAP, OPTION_GAP = 3.0, 1.1, 4.2
GREY, LIGHT, DARK = (0x5D, 0x69, 0x74), (0xEC, 0xF0, 0xF4), (0x2F, 0x3B, 0x47)
WHITE, RULE = (0xFF, 0xFF, 0xFF), (0x8A, 0x94, 0x9E)
PAD = 1.2

Colour = tuple[int, int, int]


class FormPaper(Paper):
    """A form that is drawn block by block.

    Parameters
    ----------
    title
        At the head of every page, and in the properties of the file.
    standing
        In red at the head of every page: 密级, 模拟数据.
    """

    def __init__(self, title: str, standing: str) -> None:
        self._heading, self._standing = title, standing
        super().__init__(title)

    def header(self) -> None:
        """Title and standing."""
        self.put(EDGE, 9, self._heading, 9, colour=GREY)
        self.put(EDGE, 9, self._standing, 9, colour=SIMULATED_RED, align=Align.R)
        self.set_draw_color(*RULE)
        self.set_line_width(0.2)
        self.line(EDGE, 15.5, self.w - EDGE, 15.5)
        self.set_y(TOP)

    def footer(self) -> None:
        """Page number."""
        self.put(EDGE, self.h - 12, f"第 {self.page_no()} 页", 8, colour=GREY, align=Align.C)

    @property
    def room(self) -> float:
        """Width between the margins, mm."""
        return float(self.w) - 2 * EDGE

    @property
    def left_on_page(self) -> float:
        """Height left on the page, mm."""
        return float(self.h) - BOTTOM - self.get_y()

    def put(
        self,
        x: float,
        top: float,
        words: str,
        size: float = CELL,
        *,
        width: float | None = None,
        align: Align = Align.L,
        colour: Colour = BLACK,
        bold: bool = False,
    ) -> None:
        """One line of `words` whose box begins at `x`, `top`; `width` is for alignment."""
        words = self.drawable(words)
        wide, own = width or self.room, self.width_of(words, size)
        left = {Align.L: x, Align.C: x + (wide - own) / 2, Align.R: x + wide - own}[align]
        with self.local_context(text_mode=TextMode.FILL_STROKE if bold else TextMode.FILL):
            self.set_text_color(*colour)
            self.set_draw_color(*colour)
            self.set_line_width(size * 0.006)
            self._draw(words, left, top, size, size * LINE_OF_POINT)

    def width_of(self, words: str, size: float) -> float:
        """Width of one line, mm."""
        return self._measure(size)(self.drawable(words))

    def lines_of(self, words: str, width: float, size: float = CELL) -> list[str]:
        """`words` in lines no wider than `width`."""
        return list(broken_into_lines(self.drawable(words), width, self._measure(size)))

    def height_of(self, words: str, width: float, size: float = CELL) -> float:
        """Height of a cell with `words`, mm."""
        count = max(1, len(self.lines_of(words, width - 2 * PAD, size)))
        return count * size * LINE_OF_POINT + 1.4

    def boxed(
        self,
        x: float,
        top: float,
        width: float,
        height: float,
        words: str = "",
        *,
        size: float = CELL,
        fill: Colour | None = None,
        align: Align = Align.L,
        colour: Colour = BLACK,
    ) -> None:
        """A box with words in the middle between its top and bottom."""
        self.set_draw_color(*RULE)
        self.set_line_width(0.2)
        if fill is not None:
            self.set_fill_color(*fill)
        self.rect(x, top, width, height, style="D" if fill is None else "DF")
        lines = self.lines_of(words, width - 2 * PAD, size) if words else []
        step = size * LINE_OF_POINT
        y = top + (height - len(lines) * step) / 2
        for line in lines:
            self.put(x + PAD, y, line, size, width=width - 2 * PAD, align=align, colour=colour)
            y += step

    def band(self, words: str, right: str, *, dark: bool, height: float = 7.0) -> None:
        """A coloured band across the page with words left and right; goes down below it."""
        top = self.get_y()
        fill, colour = (DARK, WHITE) if dark else (LIGHT, BLACK)
        self.set_fill_color(*fill)
        self.rect(EDGE, top, self.room, height, style="F")
        size = 11.0 if dark else 9.4
        y = top + (height - size * LINE_OF_POINT) / 2
        room = self.room - 2 * PAD - self.width_of(right, 9.4) - 4
        words = next(iter(self.lines_of(words, room, size)), "")
        self.put(EDGE + 2, y, words, size, colour=colour, bold=True)
        y = top + (height - 9.4 * LINE_OF_POINT) / 2
        self.put(EDGE, y, right, 9.4, width=self.room - 2, align=Align.R, colour=colour)
        self.set_y(top + height)

    def options(
        self, x: float, top: float, height: float, options: Iterable[str], size: float = CELL
    ) -> float:
        """Check boxes with their words, all on one line; where the line ends."""
        step = size * LINE_OF_POINT
        for words in options:
            self.set_draw_color(*BLACK)
            self.set_line_width(0.25)
            self.rect(x, top + (height - BOX) / 2, BOX, BOX)
            x += BOX + BOX_GAP
            self.put(x, top + (height - step) / 2, words, size)
            x += self.width_of(words, size) + OPTION_GAP
        return x - OPTION_GAP

    def option_width(self, options: Sequence[str], size: float = CELL) -> float:
        """Width that check boxes and their words take on one line, mm."""
        each = sum(BOX + BOX_GAP + self.width_of(words, size) for words in options)
        return each + OPTION_GAP * (len(options) - 1)

    def choice_row(
        self, title: str, options: Sequence[str], *, title_width: float = 22.0, height: float = 6.6
    ) -> None:
        """A row across the page: its title, and check boxes on one line."""
        top = self.get_y()
        self.boxed(EDGE, top, title_width, height, title, fill=LIGHT)
        self.boxed(EDGE + title_width, top, self.room - title_width, height)
        self.options(EDGE + title_width + 2.4, top, height, options)
        self.set_y(top + height)

    def code(self, x: float, top: float, side: float, content: str) -> None:
        """A QR code `side` mm wide, drawn as squares; its quiet zone is left free."""
        made = segno.make(content, micro=False, error="m", encoding="utf-8")
        rows = list(made.matrix_iter(border=4))
        unit = side / len(rows)
        self.set_fill_color(*BLACK)
        for number, row in enumerate(rows):
            for start, length in _runs(row):
                self.rect(x + start * unit, top + number * unit, length * unit, unit, style="F")

    def picture(self, content: bytes, x: float, top: float, width: float, height: float) -> None:
        """A picture in the middle of a box, as large as fits."""
        self.image(content, x=x, y=top, w=width, h=height, keep_aspect_ratio=True)


def _runs(row: Iterable[int]) -> Iterable[tuple[int, int]]:
    """Start and length of the dark stretches of a row."""
    start: int | None = None
    place = -1
    for place, dark in enumerate(row):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            yield start, place - start
            start = None
    if start is not None:
        yield start, place + 1 - start
