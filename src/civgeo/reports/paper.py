"""Official papers as PDF: A4, the margins of GB/T 9704-2012, one vendored Chinese font."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources

from fpdf import FPDF
from fpdf.enums import Align, TextMode

from civgeo.assets.manifest import FONT_FAMILY, font_file, missing_characters
from civgeo.reports.line_breaking import broken_into_lines

__all__ = ["BODY", "TABLE", "Paper"]

LEFT, RIGHT, TOP, BOTTOM = 28.0, 26.0, 37.0, 35.0
BODY, TABLE, NUMBER = 16.0, 10.5, 14.0
"""Sizes in points: body, tables, page numbers."""
BODY_LINE, TABLE_LINE = 10.21, 6.2
"""Line heights in millimetres; 22 lines of the body fill a page."""
MM_PER_POINT = 25.4 / 72
RED, SIMULATED_RED, BLACK = (0xC0, 0, 0), (0xB0, 0, 0x20), (0, 0, 0)
CAP_HEIGHT = 0.88
PADDING = 1.2
MISSING = "〓"


@dataclass(frozen=True, slots=True)
class _Columns:
    """Form of a grid: widths in mm, titles, size in points, least height of a row in mm."""

    widths: Sequence[float]
    head: Sequence[str]
    size: float
    least: float
    centred: frozenset[int]


class Paper(FPDF):
    """A paper that is written from top to bottom; what does not fit goes on the next page.

    Parameters
    ----------
    title
        Title in the properties of the file.
    label
        Label in red at the head of every page; empty for none.
    running_head
        Small text at the head of every page.
    """

    def __init__(self, title: str, *, label: str = "", running_head: str = "") -> None:
        super().__init__(format="A4")
        self.set_margins(LEFT, TOP, RIGHT)
        self.set_auto_page_break(False)
        with resources.as_file(font_file()) as file:
            self.add_font(FONT_FAMILY, fname=file)
        self.set_title(title)
        self.set_lang("zh-CN")
        self._label, self._running_head = label, running_head
        self._lacking: dict[str, None] = {}
        self._unit_width = lru_cache(maxsize=None)(self._measured)
        self.add_page()

    def header(self) -> None:
        """Label and running head."""
        if self._label:
            self._line(self._label, 22, TABLE, align=Align.C, colour=SIMULATED_RED, bold=True)
        if self._running_head:
            self._line(self._running_head, 29, 9, align=Align.R)
        self.set_y(TOP)

    def footer(self) -> None:
        """Page number — 1 —, on the outer side."""
        align = Align.R if self.page_no() % 2 else Align.L
        self._line(f"— {self.page_no()} —", self.h - 26, NUMBER, align=align, inset=5)

    @property
    def room(self) -> float:
        """Width between the margins, mm."""
        return self.w - LEFT - RIGHT

    @property
    def left_on_page(self) -> float:
        """Height left on the page, mm."""
        return self.h - BOTTOM - self.get_y()

    def drawable(self, text: str) -> str:
        """`text` with 〓 for the characters that the font cannot draw, which are remembered."""
        lacking = missing_characters(text)
        self._lacking.update(dict.fromkeys(lacking))
        return "".join(MISSING if char in lacking else char for char in text)

    def paragraph(
        self,
        text: str,
        *,
        size: float = BODY,
        line: float = BODY_LINE,
        align: Align = Align.L,
        indent: float = 0,
        hanging: float = 0,
        right: float = 0,
        colour: tuple[int, int, int] = BLACK,
        bold: bool = False,
    ) -> None:
        """Write `text` over as many lines and pages as it takes.

        Parameters
        ----------
        text
            Without line breaks.
        size, line
            Size in points, line height in millimetres.
        align, indent, hanging, right
            Alignment; indents of the first line, of the others, and of the right, in millimetres.
        colour, bold
            Colour as red, green, blue; bold by a stroke around each letter.
        """
        room = self.room - hanging - right
        lines = broken_into_lines(
            self.drawable(text), room, self._measure(size), first=indent - hanging
        )
        for number, words in enumerate(lines):
            if self.left_on_page < line:
                self.add_page()
            inset = right if align is Align.R else (indent if number == 0 else hanging)
            top = self.get_y()
            self._line(words, top, size, line, align=align, inset=inset, colour=colour, bold=bold)
            self.set_y(top + line)

    def line_count(self, text: str, *, size: float, right: float = 0) -> int:
        """How many lines `paragraph` would write `text` over."""
        lines = broken_into_lines(self.drawable(text), self.room - right, self._measure(size))
        return sum(1 for _ in lines)

    def space(self, height: float) -> None:
        """Leave `height` millimetres free."""
        self.set_y(self.get_y() + height)

    def rule(self, colour: tuple[int, int, int] = BLACK, width: float = 0.5) -> None:
        """Line across the page."""
        self.set_draw_color(*colour)
        self.set_line_width(width)
        self.line(LEFT, self.get_y(), self.w - RIGHT, self.get_y())

    def keep(self, height: float) -> None:
        """Go on to the next page unless `height` millimetres are left."""
        if self.left_on_page < height:
            self.add_page()

    def grid(
        self,
        rows: Iterable[Sequence[str]],
        widths: Sequence[float],
        *,
        head: Sequence[str] = (),
        size: float = TABLE,
        least: float = 0,
        centred: Sequence[int] = (),
    ) -> None:
        """Grid of texts; rows go on over pages, where the head is repeated.

        Parameters
        ----------
        rows, widths
            Texts, which may hold line breaks, and the width of each column in millimetres.
        head
            Titles of the columns.
        size, least
            Size in points; least height of a row in millimetres.
        centred
            Columns whose texts stand in the middle.
        """
        columns = _Columns(widths, head, size, least, frozenset(centred))
        if head:
            self.keep(4 * TABLE_LINE)
            self._head_row(columns)
        for row in rows:
            self._row(row, columns)

    def _head_row(self, columns: "_Columns") -> None:
        everything = frozenset(range(len(columns.widths)))
        self._row(columns.head, replace(columns, head=(), centred=everything))

    def _row(self, row: Sequence[str], columns: "_Columns") -> None:
        """One row, on as many pages as it takes."""
        cells = [
            self._cell_lines(text, width, columns.size)
            for text, width in zip(row, columns.widths, strict=True)
        ]
        while any(cells):
            tallest = max(map(len, cells))
            if self._lines_that_fit() < min(tallest, 3) or self.left_on_page < columns.least:
                self.add_page()
                if columns.head:
                    self._head_row(columns)
            count = min(tallest, self._lines_that_fit())
            height = max(count * TABLE_LINE + 2 * PADDING, columns.least)
            self._boxes([cell[:count] for cell in cells], columns, height)
            cells = [cell[count:] for cell in cells]

    def _cell_lines(self, text: str, width: float, size: float) -> list[str]:
        measure = self._measure(size)
        parts = self.drawable(text).split("\n")
        broken = (broken_into_lines(part, width - 2 * PADDING, measure) for part in parts)
        return [line for lines in broken for line in lines]

    def _lines_that_fit(self) -> int:
        return int((self.left_on_page - 2 * PADDING) // TABLE_LINE)

    def _boxes(self, cells: Sequence[Sequence[str]], columns: "_Columns", height: float) -> None:
        """One row of boxes, their lines in the middle between top and bottom."""
        self.set_draw_color(*BLACK)
        self.set_line_width(0.2)
        self.set_font(FONT_FAMILY, size=columns.size)
        measure = self._measure(columns.size)
        x, top = LEFT, self.get_y()
        for number, (lines, width) in enumerate(zip(cells, columns.widths, strict=True)):
            self.rect(x, top, width, height)
            y = top + (height - len(lines) * TABLE_LINE) / 2
            for line in lines:
                gap = (width - measure(line)) / 2 if number in columns.centred else PADDING
                self._draw(line, x + gap, y, columns.size, TABLE_LINE)
                y += TABLE_LINE
            x += width
        self.set_y(top + height)

    def finished(self) -> bytes:
        """The file; where the font lacked characters, a last line says which."""
        if self._lacking:
            listed = "、".join(f"U+{ord(char):04X}" for char in self._lacking)
            self.space(4)
            self.paragraph(
                f"“{MISSING}”为本文件字体没有的字，依次为：{listed}", size=9, line=TABLE_LINE
            )
        return bytes(self.output())

    def _measured(self, char: str) -> float:
        """Width of one character at one point, mm."""
        self.set_font(FONT_FAMILY, size=100)
        return float(self.get_string_width(char)) / 100

    def _measure(self, size: float) -> Callable[[str], float]:
        return lambda text: size * sum(map(self._unit_width, text))

    def _line(
        self,
        text: str,
        top: float,
        size: float,
        line: float = TABLE_LINE,
        *,
        align: Align = Align.L,
        inset: float = 0,
        colour: tuple[int, int, int] = BLACK,
        bold: bool = False,
    ) -> None:
        """One line between the margins, `inset` from the side that it is aligned to."""
        width = self._measure(size)(text)
        x = {
            Align.L: LEFT + inset,
            Align.C: LEFT + (self.room - width) / 2,
            Align.R: self.w - RIGHT - inset - width,
        }[align]
        with self.local_context(text_mode=TextMode.FILL_STROKE if bold else TextMode.FILL):
            self.set_text_color(*colour)
            self.set_draw_color(*colour)
            self.set_line_width(size * 0.008)
            self._draw(text, x, top, size, line)

    def _draw(self, text: str, x: float, top: float, size: float, line: float) -> None:
        """Text at `x`, in the middle of a line that begins at `top`."""
        self.set_font(FONT_FAMILY, size=size)
        height = size * MM_PER_POINT
        self.text(x, top + (line - height) / 2 + height * CAP_HEIGHT, text)
