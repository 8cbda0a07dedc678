"""Indicators as pages show them: figures for the eye, and small drawings without scripts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from civgeo.domain.indicator import Measure
from civgeo.domain.indicator_catalogue import Chapter, IndicatorDefinition
from civgeo.domain.quantity import decimal_text, fixed
from civgeo.services.indicator_products import goal_zh, layer_zh
from civgeo.services.indicator_results import IndicatorResult, PartVerdict, Standing
from civgeo.services.indicators import YearPoint

__all__ = ["Bar", "Curve", "Dot", "IndicatorRow", "PartRow", "chapters_of", "curve_of"]
__all__ += ["indicator_row", "part_rows"]

MARKS: Mapping[Standing, str] = MappingProxyType(
    {
        Standing.REACHED: "●",
        Standing.MISSED: "▲",
        Standing.UNVERIFIED: "◆",
        Standing.NO_TARGET: "－",
        Standing.UNDEFINED: "✕",
        Standing.NOT_ASSESSED: "○",
    }
)
"""The shapes of the maps, so that a verdict is never told by colour alone."""

BAR_WIDTH = 120
CURVE_WIDTH, CURVE_HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 960, 260, 56, 18, 24, 34
INSET = 34
"""Room between the edges of the drawing and its first and last year."""

_WHOLE = Fraction(100)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar and the tick of the target, in units of its drawing; `tick` is None without one."""

    length: float
    tick: float | None


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """One indicator of a table.

    Parameters
    ----------
    item, result
        The definition and the result.
    mark
        Shape of the standing.
    figure, unit
        Figure for the eye and its unit; a dash where there is none.
    counted
        Numerator and denominator; empty without a figure.
    goal, gap
        Target and what is lacking; empty for nothing.
    missing
        Chinese names of the layers that are not at hand.
    bar
        None without a figure.
    """

    item: IndicatorDefinition
    result: IndicatorResult
    mark: str
    figure: str
    unit: str
    counted: str
    goal: str
    gap: str
    missing: tuple[str, ...]
    bar: Bar | None


@dataclass(frozen=True, slots=True)
class PartRow:
    """One county of a table."""

    code: str
    name: str
    standing: Standing | None
    mark: str
    figure: str
    counted: str
    bar: Bar | None


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of a curve: place in the drawing, its year, and its figure."""

    x: float
    y: float
    year: int
    text: str


@dataclass(frozen=True, slots=True)
class Curve:
    """Progress by year, ready to be drawn: no point stands where no figure was computed.

    Parameters
    ----------
    dots, line
        Figures, and the line through them as points of an SVG polyline.
    base
        What the plan gives as the figure before it began; None for nothing.
    goal_y, goal_x, goal_text
        Height of the target and place of the year in which it is due; None for none.
    ticks
        Heights with their labels; years with their places.
    """

    dots: tuple[Dot, ...]
    line: str
    base: Dot | None
    goal_y: float | None
    goal_x: float | None
    goal_text: str
    ticks: tuple[tuple[float, str], ...]
    years: tuple[tuple[float, int], ...]


def chapters_of(results: Sequence[IndicatorResult]) -> list[tuple[Chapter, list[IndicatorRow]]]:
    """Rows by chapter, in the order of the chapters."""
    rows = [indicator_row(result) for result in results]
    grouped = [(part, [row for row in rows if row.item.chapter is part]) for part in Chapter]
    return [(part, found) for part, found in grouped if found]


def indicator_row(result: IndicatorResult) -> IndicatorRow:
    """Row of one indicator."""
    item = result.definition
    gap = None if result.verdict is None else result.verdict.gap
    return IndicatorRow(
        item=item,
        result=result,
        mark=MARKS[result.standing],
        figure=_figure(result.value, item.measure),
        unit=item.unit,
        counted=_counted(result.numerator, result.denominator),
        goal="" if item.target is None else goal_zh(item),
        gap="" if not gap else _figure(gap, item.measure),
        missing=tuple(layer_zh(layer) for layer in result.missing),
        bar=_bar(result.value, item),
    )


def part_rows(result: IndicatorResult) -> list[PartRow]:
    """Rows of the counties, the lowest figure first."""
    parts = sorted(result.parts, key=lambda part: (part.verdict.value is None, _order(part)))
    return [_part_row(part, result) for part in parts]


def curve_of(definition: IndicatorDefinition, points: Sequence[YearPoint]) -> Curve | None:
    """Drawing of the progress by year; None where fewer than two figures are known."""
    known = [(point.year, value) for point in points if (value := point.result.value) is not None]
    base = None
    if definition.base is not None and definition.base_year is not None:
        base = definition.base_year, Fraction(definition.base)
    if len(known) + (base is not None) < 2:
        return None
    target = None if definition.target is None else Fraction(definition.target)
    years = [year for year, _ in (*known, *((base,) if base else ()))]
    years += [definition.year] if definition.year else []
    scale = _Scale.over(years, [value for _, value in known], base, target, definition.measure)
    dots = tuple(scale.dot(year, value) for year, value in known)
    return Curve(
        dots=dots,
        line=" ".join(f"{dot.x:.1f},{dot.y:.1f}" for dot in dots),
        base=scale.dot(*base) if base else None,
        goal_y=None if target is None else scale.y(target),
        goal_x=None if definition.year is None else scale.x(definition.year),
        goal_text="" if target is None else goal_zh(definition),
        ticks=scale.ticks(),
        years=tuple((scale.x(year), year) for year in range(scale.first, scale.last + 1)),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """Years across and figures upwards, from 0 to `top`."""

    first: int
    last: int
    top: Fraction

    @classmethod
    def over(
        cls,
        years: Sequence[int],
        values: Sequence[Fraction],
        base: tuple[int, Fraction] | None,
        target: Fraction | None,
        measure: Measure,
    ) -> "_Scale":
        """Scale that holds all of them; a share fills the drawing at 100."""
        largest = max([*values, base[1] if base else Fraction(), target or Fraction()])
        top = _WHOLE if measure is Measure.PERCENT and largest <= _WHOLE else largest * 6 / 5
        return cls(min(years), max(years), top or Fraction(1))

    def x(self, year: int) -> float:
        """Place of a year."""
        room = CURVE_WIDTH - LEFT - RIGHT - 2 * INSET
        return LEFT + INSET + room * (year - self.first) / max(1, self.last - self.first)

    def y(self, value: Fraction) -> float:
        """Height of a figure, from the top."""
        return TOP + (CURVE_HEIGHT - TOP - BOTTOM) * float(1 - value / self.top)

    def dot(self, year: int, value: Fraction) -> Dot:
        """A figure in the drawing."""
        places = 0 if value.denominator == 1 else 1
        return Dot(self.x(year), self.y(value), year, fixed(value, places))

    def ticks(self) -> tuple[tuple[float, str], ...]:
        """Five heights with their figures."""
        steps = [self.top * part / 4 for part in range(5)]
        places = 0 if self.top >= 8 else 2
        return tuple((self.y(value), fixed(value, places)) for value in steps)


def _order(part: PartVerdict) -> Fraction:
    return part.verdict.value or Fraction()


def _part_row(part: PartVerdict, result: IndicatorResult) -> PartRow:
    meets = part.verdict.meets
    doubtful = result.standing is Standing.UNVERIFIED
    standing = None if meets is None else Standing.REACHED if meets else Standing.MISSED
    if doubtful and standing is not None:
        standing = Standing.UNVERIFIED
    item = result.definition
    return PartRow(
        code=part.part.code,
        name=part.part.name,
        standing=standing,
        mark=MARKS[standing] if standing else "",
        figure=_figure(part.verdict.value, item.measure),
        counted=_counted(part.part.numerator, part.part.denominator),
        bar=_bar(part.verdict.value, item) if item.measure.is_ratio else None,
    )


def _bar(value: Fraction | None, item: IndicatorDefinition) -> Bar | None:
    if value is None:
        return None
    target = None if item.target is None else Fraction(item.target)
    full = max(value, target or Fraction()) * 5 / 4
    if item.measure is Measure.PERCENT:
        full = max(value, _WHOLE)
    if not full:
        return None
    tick = None if target is None else float(BAR_WIDTH * target / full)
    return Bar(float(BAR_WIDTH * value / full), tick)


def _figure(value: Fraction | None, measure: Measure) -> str:
    if value is None:
        return "—"
    places = 0 if not measure.is_ratio and value.denominator == 1 else 2
    return _grouped(fixed(value, places))


def _counted(numerator: Fraction | None, denominator: Fraction | None) -> str:
    if numerator is None or denominator is None:
        return ""
    return f"{_grouped(decimal_text(numerator))} / {_grouped(decimal_text(denominator))}"


def _grouped(text: str) -> str:
    whole, point, rest = text.partition(".")
    return f"{int(whole):,}{point}{rest}"
