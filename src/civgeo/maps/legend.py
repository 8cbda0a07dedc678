"""Legends: colour classes whose breaks are the thresholds in force, symbols, and patterns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from civgeo.domain.estate import EstateClass
from civgeo.domain.quantity import decimal_text
from civgeo.domain.standard import Standard
from civgeo.maps.escape import Json
from civgeo.maps.theme import Pattern, Shape

__all__ = ["FigureClass", "Legend", "Mark", "Section", "Swatch", "Symbol", "Threshold"]
__all__ += ["class_number", "class_rows", "figure_classes", "thresholds_of"]

NO_FIGURE = "#d9dde1"
_BELOW = ("#cf7038", "#f3b884")
_BETWEEN = ("#f6e8b8", "#ece6d2", "#e3e3de")
_ABOVE = ("#a3cde3", "#3f86b8")
_ONE = "#c9d3dc"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A value that a standard in force asks for, and the standards that ask for it."""

    value: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class FigureClass:
    """Class of figures from `low` (included) up to `high` (not included), None where open."""

    low: Decimal | None
    high: Decimal | None
    colour: str

    @property
    def label(self) -> str:
        """Bounds of the class as they stand in the legend."""
        if self.low is None:
            return "全部" if self.high is None else f"＜ {decimal_text(self.high)}"
        if self.high is None:
            return f"≥ {decimal_text(self.low)}"
        return f"{decimal_text(self.low)} – {decimal_text(self.high)}"


@dataclass(frozen=True, slots=True)
class Swatch:
    """Legend row of an area: colour and pattern."""

    label: str
    colour: str
    pattern: Pattern = Pattern.PLAIN
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Symbol:
    """Legend row of a point: shape, colour, and a character inside a disc; or of a line."""

    label: str
    colour: str
    shape: Shape
    glyph: str = ""
    count: int | None = None
    width: float = 2.5
    dashes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """Legend row that marks an exact threshold between two classes."""

    label: str


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under one heading; `note` explains them."""

    title: str
    rows: tuple[Swatch | Symbol | Mark, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Legend:
    """Sections of one map's legend, from the top."""

    sections: tuple[Section, ...]

    def to_json(self) -> Json:
        """The legend as our script reads it."""
        return [
            {
                "title": section.title,
                "note": section.note,
                "rows": [_row_json(row) for row in section.rows],
            }
            for section in self.sections
        ]


def _row_json(row: Swatch | Symbol | Mark) -> Json:
    match row:
        case Mark():
            return {"kind": "mark", "label": row.label}
        case Swatch():
            return {
                "kind": "swatch",
                "label": row.label,
                "colour": row.colour,
                "pattern": row.pattern.value,
                "count": row.count,
            }
        case Symbol():
            symbol: dict[str, Json] = {
                "kind": "symbol",
                "label": row.label,
                "colour": row.colour,
                "shape": row.shape.value,
                "glyph": row.glyph,
                "count": row.count,
            }
            if row.shape is Shape.LINE:
                symbol |= {"width": row.width, "dashes": list(row.dashes)}
            return symbol


def thresholds_of(used: Iterable[tuple[EstateClass, Standard]]) -> tuple[Threshold, ...]:
    """Values that the standards really used ask for, ascending, each with whom it binds.

    Parameters
    ----------
    used
        Class of estate and the standard that decided for it; repetitions do not count.
    """
    found: dict[Decimal, dict[str, None]] = {}
    for estate_class, standard in used:
        if standard.value is not None:
            text = f"{estate_class.label_zh}小区标准（{standard.place}）"
            found.setdefault(standard.value, {})[text] = None
    return tuple(Threshold(value, "、".join(found[value])) for value in sorted(found))


def figure_classes(thresholds: Sequence[Threshold]) -> tuple[FigureClass, ...]:
    """Classes of a figure, lowest first; every threshold is a break.

    Below the lowest threshold one further break stands at its half, above the highest at one and
    a half of it. Without thresholds there is one class: no colour may suggest a verdict then.

    Examples
    --------
    >>> [c.label for c in figure_classes([Threshold(Decimal(20), ""), Threshold(Decimal(30), "")])]
    ['＜ 10', '10 – 20', '20 – 30', '30 – 45', '≥ 45']
    """
    if not thresholds:
        return (FigureClass(None, None, _ONE),)
    values = [threshold.value for threshold in thresholds]
    breaks = [values[0] / 2, *values, values[-1] * 3 / 2]
    between = [_BETWEEN[number % len(_BETWEEN)] for number in range(len(values) - 1)]
    colours = [*_BELOW, *between, *_ABOVE]
    bounds = pairwise([None, *breaks, None])
    return tuple(
        FigureClass(low, high, colour) for (low, high), colour in zip(bounds, colours, strict=True)
    )


def class_number(figure: Fraction, classes: Sequence[FigureClass]) -> int:
    """Number of the class that holds `figure`; a figure at a break belongs to the class above."""
    return sum(item.low is not None and figure >= item.low for item in classes)


def class_rows(
    classes: Sequence[FigureClass], thresholds: Sequence[Threshold], counts: Mapping[int, int]
) -> tuple[Swatch | Mark, ...]:
    """Legend rows from the highest class down, with a mark at each exact threshold."""
    marks = {item.value: f"{decimal_text(item.value)}　{item.text}" for item in thresholds}
    rows: list[Swatch | Mark] = []
    for number, item in reversed(list(enumerate(classes))):
        rows.append(Swatch(item.label, item.colour, count=counts.get(number, 0)))
        if item.low in marks:
            rows.append(Mark(marks[item.low]))
    return tuple(rows)
