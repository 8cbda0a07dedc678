"""What the page, the picture and the county sheet of reach on foot show, in the same classes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from shapely.geometry.base import BaseGeometry

from civgeo.domain.quantity import decimal_text, fixed
from civgeo.domain.reach_reason import ReachReason
from civgeo.maps.layers import PointStyle
from civgeo.maps.legend import (
    NO_FIGURE,
    FigureClass,
    Legend,
    Mark,
    Section,
    Swatch,
    Symbol,
    class_number,
)
from civgeo.maps.rows import DivisionRow
from civgeo.maps.shapes import shown_counties
from civgeo.maps.theme import NEIGHBOUR, Pattern, Shape

__all__ = ["REACHED", "REASON_STYLES", "ReachEstate", "ReachTold", "ReachUnit", "ReachView"]
__all__ += ["reach_classes"]

REACHED = PointStyle(Shape.CIRCLE, "#2b6a9c")
REASON_STYLES: Mapping[ReachReason, PointStyle] = {
    ReachReason.FAR: PointStyle(Shape.TRIANGLE, "#c9622b"),
    ReachReason.BARRIER: PointStyle(Shape.SQUARE, "#7a4a91"),
    ReachReason.SLOW: PointStyle(Shape.DIAMOND, "#e0b13c"),
    ReachReason.DISCONNECTED: PointStyle(Shape.CROSS, "#2f3b47"),
    ReachReason.UNSNAPPED: PointStyle(Shape.RING, "#ffffff"),
    ReachReason.FULL: PointStyle(Shape.DOWN, "#5a6b2f"),
    ReachReason.NO_FACILITY: PointStyle(Shape.DOWN, "#6b7680"),
}
"""Reasons differ by shape, so that no reader depends on colour."""

_WHOLE = Decimal(100)
_UNTARGETED = tuple(Decimal(value) for value in (50, 70, 85, 95))
_EVEN = ("#f4f1e8", "#e6edf0", "#d0e2ec", "#b5d3e5", "#94bfda")
_BELOW = ("#e08a4f", "#f5cfa6")
_ABOVE = ("#c3dcea", "#7fb2d3")


@dataclass(frozen=True, slots=True)
class ReachTold:
    """What was asked, in the words of the map.

    Parameters
    ----------
    kinds
        Labels of the kinds of facility.
    minutes, speed, limit
        Minutes, metres a second, and the farthest walk in metres, as text.
    people, measure
        Who is counted, and the measure word: 户 or 人.
    target
        Percentage that the question compares with; None where it names none.
    counted, reached, straight
        People in all, reached on foot, and inside straight-line circles.
    uncounted
        Estates that are not counted: no place, or no number of people.
    """

    kinds: tuple[str, ...]
    minutes: str
    speed: str
    limit: str
    people: str
    measure: str
    target: Decimal | None
    counted: int
    reached: int
    straight: int
    uncounted: int

    @property
    def rule(self) -> str:
        """What counts as reached, in one sentence."""
        return (
            f"沿街道步行 {self.minutes} 分钟、{self.speed} m/s，不超过 {self.limit} m 为可达，"
            "两端走到街道的路程计入。"
        )


@dataclass(frozen=True, slots=True)
class ReachEstate:
    """An estate with its place in degrees and what was found; NaN-free, None where not known."""

    id: str
    name: str
    division: str
    place: str | None
    people: int
    lon: float
    lat: float
    reason: ReachReason | None
    facility: str | None
    distance_m: float | None
    minutes: float | None
    beyond_m: float | None
    straight_facility: str | None
    straight_m: float | None
    street_m: float | None
    barrier: str | None
    simulated: bool
    shape: BaseGeometry | None = None

    @property
    def style(self) -> PointStyle:
        """Symbol of its verdict."""
        return REACHED if self.reason is None else REASON_STYLES[self.reason]


@dataclass(frozen=True, slots=True)
class ReachUnit:
    """People of one division, reached and in all; `share` is None where there are none."""

    code: str
    people: int
    reached: int
    straight: int

    @property
    def share(self) -> Fraction | None:
        """Percentage reached, exact."""
        return Fraction(100 * self.reached, self.people) if self.people else None


@dataclass(frozen=True)
class ReachView:
    """What all drawings of reach show.

    Parameters
    ----------
    told
        The question.
    units
        Sums by code of the division.
    estates
        Estates that are counted, those not reached last: they are drawn on top.
    rows
        Divisions.
    classes
        Classes of the share, lowest first.
    """

    told: ReachTold
    units: Mapping[str, ReachUnit]
    estates: tuple[ReachEstate, ...]
    rows: tuple[DivisionRow, ...]
    classes: tuple[FigureClass, ...]

    @classmethod
    def of(
        cls,
        told: ReachTold,
        units: Sequence[ReachUnit],
        estates: Sequence[ReachEstate],
        divisions: Sequence[DivisionRow],
    ) -> "ReachView":
        """View of one answer over `divisions`."""
        return cls(
            told,
            {unit.code: unit for unit in units},
            tuple(sorted(estates, key=lambda estate: estate.reason is not None)),
            tuple(divisions),
            reach_classes(told.target),
        )

    @property
    def areas(self) -> list[DivisionRow]:
        """Divisions to fill, those around the city first."""
        around = [row for row in shown_counties(self.rows) if not row.own]
        inside = [row for row in self.rows if row.own and row.geometry and row.code in self.units]
        drawn = [row for row in inside if row.level == self._finest(inside)]
        own = [row for row in shown_counties(self.rows) if row.own]
        plain = [row for row in own if not any(d.code.startswith(row.code) for d in drawn)]
        return [*around, *plain, *drawn]

    @staticmethod
    def _finest(inside: Sequence[DivisionRow]) -> str:
        return max(inside, key=lambda row: len(row.code)).level if inside else ""

    @property
    def own(self) -> list[DivisionRow]:
        """Divisions of the city that are filled."""
        return [row for row in self.areas if row.own]

    def unit(self, row: DivisionRow) -> ReachUnit | None:
        """Sums of a division; None where no estate of it is counted."""
        return self.units.get(row.code)

    def number(self, row: DivisionRow) -> int:
        """Class of a division, -1 where it has no figure."""
        unit = self.unit(row)
        share = None if unit is None else unit.share
        return -1 if share is None else class_number(share, self.classes)

    def colour(self, row: DivisionRow) -> str:
        """Fill of a division."""
        if not row.own:
            return NEIGHBOUR
        number = self.number(row)
        return NO_FIGURE if number < 0 else self.classes[number].colour

    def pattern(self, row: DivisionRow) -> Pattern:
        """Stripes below the target; dots where there is no figure."""
        unit = self.unit(row)
        if not row.own:
            return Pattern.PLAIN
        if unit is None or unit.share is None:
            return Pattern.DOTS
        target = self.told.target
        below = target is not None and unit.share < Fraction(target)
        return Pattern.STRIPES if below else Pattern.PLAIN

    def label(self, row: DivisionRow) -> str:
        """Share of a division for the eye."""
        unit = self.unit(row) if row.own else None
        if unit is None or unit.share is None:
            return ""
        text = fixed(unit.share, 1)
        # what is not quite all is never rounded up to all
        return "＜100%" if text == "100.0" and unit.share < 100 else f"{text}%"

    def legend(self, *, symbols: bool = True) -> Legend:
        """Classes with the target between them, symbols of the estates, and the rule.

        Without `symbols` a layer control beside the legend shows them.
        """
        told = self.told
        numbers = Counter(self.number(row) for row in self.own)
        estates = Section("合计", (), self._people_note)
        if symbols:
            estates = Section("小区（符号）", self._symbols(), f"右列为小区数。{self._people_note}")
        return Legend(
            (
                Section("可达率（%）", self._class_rows(numbers), self._class_note),
                estates,
                Section("口径", (), f"{told.rule}设施：{'、'.join(told.kinds)}。{self._straight}"),
            )
        )

    def _class_rows(self, numbers: Mapping[int, int]) -> tuple[Swatch | Mark, ...]:
        target, rows = self.told.target, list[Swatch | Mark]()
        for number, item in reversed(list(enumerate(self.classes))):
            below = target is not None and item.high is not None and item.high <= target
            pattern = Pattern.STRIPES if below else Pattern.PLAIN
            rows.append(Swatch(item.label, item.colour, pattern, numbers.get(number, 0)))
            if target is not None and item.low == target:
                rows.append(Mark(f"{decimal_text(target)}　目标"))
        if numbers.get(-1):
            rows.append(Swatch("没有数值", NO_FIGURE, Pattern.DOTS, numbers[-1]))
        return tuple(rows)

    @property
    def _class_note(self) -> str:
        if self.told.target is None:
            return "各级含下限、不含上限；没有给出目标，颜色不表示达标。右列为单位数。"
        return "各级含下限、不含上限；粗线为目标，斜线花纹为低于目标。右列为单位数。"

    def _symbols(self) -> tuple[Symbol, ...]:
        counts = Counter(estate.reason for estate in self.estates)
        looks: list[tuple[ReachReason | None, str, PointStyle]] = [(None, "步行可达", REACHED)]
        looks += [(reason, reason.label_zh, style) for reason, style in REASON_STYLES.items()]
        return tuple(
            Symbol(words, style.colour, style.shape, count=counts[key])
            for key, words, style in looks
            if key is None or counts[key]
        )

    @property
    def _people_note(self) -> str:
        told = self.told
        share = Fraction(100 * told.reached, told.counted) if told.counted else None
        rate = "" if share is None else f" ＝ {fixed(share, 2)}%"
        text = (
            f"{told.people}：可达 {told.reached:,} ÷ 合计 {told.counted:,} {told.measure}{rate}。"
        )
        more = f"另有 {told.uncounted} 个小区没有位置或{told.people}，不计入。"
        return text + (more if told.uncounted else "")

    @property
    def _straight(self) -> str:
        told = self.told
        return (
            f"直线距离圈内 {told.straight:,} {told.measure}，比步行可达多"
            f" {told.straight - told.reached:,} {told.measure}，不是步行可达，仅作对照。"
        )


def reach_classes(target: Decimal | None) -> tuple[FigureClass, ...]:
    """Classes of a share, lowest first: even ones without a target, else the target is a break.

    Examples
    --------
    >>> [item.label for item in reach_classes(Decimal(80))]
    ['＜ 40', '40 – 80', '80 – 90', '≥ 90']
    >>> [item.label for item in reach_classes(None)]
    ['＜ 50', '50 – 70', '70 – 85', '85 – 95', '≥ 95']
    """
    if target is None or not 0 < target <= _WHOLE:
        breaks, colours = list(_UNTARGETED), list(_EVEN)
    else:
        breaks, colours = [target / 2, target], [*_BELOW, _ABOVE[1]]
        if target < _WHOLE:
            breaks, colours = [*breaks, (target + _WHOLE) / 2], [*_BELOW, *_ABOVE]
    bounds = pairwise([None, *breaks, None])
    return tuple(
        FigureClass(low, high, colour) for (low, high), colour in zip(bounds, colours, strict=True)
    )
