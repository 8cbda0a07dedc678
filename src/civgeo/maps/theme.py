"""What every map shows about itself, and the colours, shapes and patterns of all maps."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from civgeo.domain.floor_area import VerdictStatus

__all__ = ["INK", "LAND", "NEIGHBOUR", "MapNote", "Pattern", "Shape", "State", "state_of"]

INK = "#2f3b47"
LAND = "#fdfcf7"
NEIGHBOUR = "#e6e9ec"
NOT_FOR_DEMARCATION = "示意，不作为划界依据"
SIMULATED = "模拟数据"
INTERNAL = "内部工作用图"


@dataclass(frozen=True, slots=True)
class MapNote:
    """What a map says about itself: title, origin, day, and how far it may be shown.

    Parameters
    ----------
    title
        Chinese title of the map.
    source
        Where the data come from, as it is cited.
    date
        Day of the data drawn, or their days in words.
    simulated
        Whether any of the data drawn are simulated; the map then says 模拟数据.
    public_number
        审图号 of an approved map; without one the map says 内部工作用图.
    on
        Day for which the standards were chosen, where the map holds verdicts.
    edition
        Edition of the standards.
    """

    title: str
    source: str
    date: dt.date | str
    simulated: bool
    public_number: str | None = None
    on: dt.date | str | None = None
    edition: str = ""

    @property
    def origin(self) -> str:
        """Source, date, day of the verdicts and edition in one line."""
        return f"{self.cited}　{self.dated}"

    @property
    def cited(self) -> str:
        """Where the data come from."""
        return f"资料来源：{self.source}"

    @property
    def dated(self) -> str:
        """Date, day of the verdicts and edition."""
        parts = [f"资料日期：{self.date}"]
        if self.on is not None:
            parts.append(f"评价日：{self.on}")
        if self.edition:
            parts.append(f"标准版本：{self.edition}")
        return "　".join(parts)

    @property
    def standing(self) -> tuple[str, ...]:
        """What the reader has to know before using the map, most important first."""
        use = f"审图号：{self.public_number}" if self.public_number else INTERNAL
        return (*((SIMULATED,) if self.simulated else ()), NOT_FOR_DEMARCATION, use)


class Pattern(StrEnum):
    """Fill pattern of an area, drawn over its colour."""

    PLAIN = "plain"
    STRIPES = "stripes"
    DOTS = "dots"
    GRID = "grid"
    CROSSED = "crossed"


class Shape(StrEnum):
    """Shape of a point; a line has none and stands for its course."""

    CIRCLE = "circle"
    TRIANGLE = "triangle"
    DIAMOND = "diamond"
    RING = "ring"
    CROSS = "cross"
    DISC = "disc"
    SQUARE = "square"
    DOWN = "down"
    LINE = "line"


class State(StrEnum):
    """Verdict as a map shows it: by shape and pattern, never by colour alone."""

    MEETS = "meets"
    BELOW = "below"
    UNVERIFIED = "unverified"
    NOT_ASSESSED = "not_assessed"
    UNDEFINED = "undefined"

    @property
    def label_zh(self) -> str:
        """State in Chinese."""
        labels = {
            "meets": "达标",
            "below": "不达标",
            "unverified": "待核实",
            "not_assessed": "未评价",
        }
        return labels.get(self.value, "无户数，无法计算")

    @property
    def shape(self) -> Shape:
        """Shape of points in this state."""
        shapes = {
            "meets": Shape.CIRCLE,
            "below": Shape.TRIANGLE,
            "unverified": Shape.DIAMOND,
            "not_assessed": Shape.RING,
        }
        return shapes.get(self.value, Shape.CROSS)

    @property
    def pattern(self) -> Pattern:
        """Pattern of areas in this state."""
        patterns = {
            "meets": Pattern.PLAIN,
            "below": Pattern.STRIPES,
            "unverified": Pattern.CROSSED,
            "not_assessed": Pattern.DOTS,
        }
        return patterns.get(self.value, Pattern.GRID)


def state_of(status: str, meets: bool | None) -> State:
    """State that a unit's status and verdict give.

    Examples
    --------
    >>> state_of("ok", True).label_zh, state_of("not_assessed", None).label_zh
    ('达标', '未评价')
    """
    match VerdictStatus(status):
        case VerdictStatus.UNVERIFIED:
            return State.UNVERIFIED
        case VerdictStatus.UNDEFINED:
            return State.UNDEFINED
        case VerdictStatus.OK if meets is not None:
            return State.MEETS if meets else State.BELOW
        case _:
            return State.NOT_ASSESSED
