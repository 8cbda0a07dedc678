"""What a map draws, as folium elements that carry their data as JSON beside the script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from branca.element import MacroElement
from folium.template import Template

from civgeo.maps.escape import Json, json_for_script
from civgeo.maps.legend import Legend
from civgeo.maps.theme import Pattern, Shape

__all__ = ["Area", "AreaLayer", "Card", "Column", "DataElement", "Facts", "Group", "LegendPanel"]
__all__ += ["Listed", "Point", "PointLayer", "PointStyle", "Story", "Sum"]

Value = str | int | None
Ring = list[list[float]]

OUTLINE_STEPS = 1_000_000


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of every story: its label, and the unit behind it."""

    label: str
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A box below a story that several stories share, such as a standard."""

    title: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """One line that adds up terms, such as what each class of homes requires.

    Parameters
    ----------
    head, tail
        Before and behind the terms; ``{n}`` stands for value n.
    terms
        A term whose first value is not known is left out; the whole line is, where any other
        value of a term or of the tail is not known.
    """

    head: str
    terms: tuple[str, ...]
    tail: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the stories of one layer have in common.

    Parameters
    ----------
    columns
        Label and unit of each value.
    formula
        One line in which ``{n}`` stands for value n; shown when all of them are known.
    cards
        Boxes that stories name by number.
    sum
        A line below the formula.
    listing
        Heading of what each story lists.
    """

    columns: tuple[Column, ...] = ()
    formula: str = ""
    cards: tuple[Card, ...] = ()
    sum: Sum | None = None
    listing: str = ""

    def to_json(self) -> Mapping[str, Json]:
        """The facts as our script reads them."""
        return {
            "columns": [[column.label, column.suffix] for column in self.columns],
            "formula": self.formula,
            "cards": [{"title": card.title, "rows": card.rows} for card in self.cards],
            "sum": None if self.sum is None else [self.sum.head, self.sum.terms, self.sum.tail],
            "listing": self.listing,
        }


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of a story's list: name, kind, figure with its unit, and a remark."""

    name: str
    kind: str
    figure: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """What hover and click tell about one area or point.

    Parameters
    ----------
    name
        Its name, as registered.
    tip
        Second line on hover.
    verdict
        One line under the name on click; empty for none.
    note
        A sentence behind the figures, such as why there is no verdict.
    values
        One per column of the layer's facts, None where not known.
    cards
        Numbers of the layer's cards.
    simulated
        Whether the record is simulated.
    listed, unlisted
        Lines under the heading of the layer's facts, and how many more there are.
    """

    name: str
    tip: str = ""
    verdict: str = ""
    note: str = ""
    values: tuple[Value, ...] = ()
    cards: tuple[int, ...] = ()
    simulated: bool = False
    listed: tuple[Listed, ...] = ()
    unlisted: int = 0


@dataclass(frozen=True, slots=True)
class Area:
    """One outlined area; `polygons` hold rings of [latitude, longitude], the shell first."""

    story: Story
    polygons: list[list[Ring]]
    label_at: tuple[float, float] | None
    colour: str
    pattern: Pattern = Pattern.PLAIN
    sublabel: str = ""
    context: bool = False
    outline_only: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """One point, degrees; `group` and `style` are numbers in the layer's lists.

    `outline` holds rings of [latitude, longitude] and `course` lines, such as those of a street;
    both are drawn below the symbol where there is room.
    """

    story: Story
    lon: float
    lat: float
    group: int
    style: int
    outline: Sequence[Ring] = ()
    course: Sequence[Ring] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Points that are shown and hidden together."""

    label: str
    count: int
    style: int | None = None


@dataclass(frozen=True, slots=True)
class PointStyle:
    """How a point is drawn; `glyph` is the character inside a disc.

    `width` and `dashes` (lengths of strokes and gaps, pixels) are those of its course.
    """

    shape: Shape
    colour: str
    glyph: str = ""
    width: float = 2.5
    dashes: tuple[int, ...] = ()

    def to_json(self) -> Json:
        """The style as our script reads it."""
        drawn = [self.shape.value, self.colour, self.glyph]
        plain = self.shape is not Shape.LINE and not self.dashes
        return drawn if plain else [*drawn, self.width, list(self.dashes)]


class DataElement(MacroElement):
    """An element that hands its data to one function of our script.

    The name decides the element's id, so that the same data give the same page.
    """

    function = ""
    _template = Template(
        """
        {% macro html(this, kwargs) %}
            <script type="application/json" id="{{ this.get_name() }}">{{ this.data }}</script>
        {% endmacro %}
        {% macro script(this, kwargs) %}
            civgeo.{{ this.function }}({{ this._parent.get_name() }}, "{{ this.get_name() }}");
        {% endmacro %}
        """
    )

    def __init__(self, name: str, content: Json) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca leaves it without types
        self._name = "civgeo"
        self._id = name
        self.data = json_for_script(content)


class AreaLayer(DataElement):
    """Areas with outlines, labels, hover and click.

    Parameters
    ----------
    name
        Unique in the map; letters and digits.
    areas
        Drawn in this order.
    facts
        What their stories have in common.
    """

    function = "areas"

    def __init__(self, name: str, areas: Sequence[Area], facts: Facts | None = None) -> None:
        content: Json = {
            "facts": (facts or Facts()).to_json(),
            "areas": [_area_json(area) for area in areas],
        }
        super().__init__(name, content)


class PointLayer(DataElement):
    """Points drawn on the canvas, in groups that can be hidden.

    Parameters
    ----------
    name
        Unique in the map; letters and digits.
    points
        Any number; 10,000 stay fluent.
    groups
        Chinese label and count of each group, in the order of the layer control.
    styles
        Styles that points name by number.
    title
        Heading of the groups in the layer control.
    facts
        What their stories have in common.
    clustered
        Whether points near each other join into one disc with their number, ringed in the
        colours of the layers that they are of, until one comes closer.
    counted
        Measure word and noun behind the number of such a disc.
    """

    function = "points"

    def __init__(
        self,
        name: str,
        points: Sequence[Point],
        *,
        groups: Sequence[Group],
        styles: Sequence[PointStyle],
        title: str,
        facts: Facts | None = None,
        clustered: bool = False,
        counted: str = "处设施",
    ) -> None:
        pool = _TextPool()
        content: Json = {
            "title": title,
            "clustered": clustered,
            "counted": counted,
            "facts": (facts or Facts()).to_json(),
            "groups": [
                {"label": group.label, "count": group.count, "style": group.style}
                for group in groups
            ],
            "styles": [style.to_json() for style in styles],
            "points": [_point_json(point, pool) for point in points],
            "texts": pool.texts,
        }
        super().__init__(name, content)


class LegendPanel(DataElement):
    """The legend, beside the map."""

    function = "legend"

    def __init__(self, legend: Legend) -> None:
        super().__init__("legend", legend.to_json())


@dataclass(slots=True)
class _TextPool:
    """Sentences that many points share, each kept once."""

    texts: list[str] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)

    def number(self, text: str) -> int:
        """Number of `text` in the pool."""
        if text not in self._numbers:
            self._numbers[text] = len(self.texts)
            self.texts.append(text)
        return self._numbers[text]


def _area_json(area: Area) -> Json:
    story = area.story
    return {
        "polygons": area.polygons,
        "at": area.label_at,
        "colour": area.colour,
        "pattern": area.pattern.value,
        "sublabel": area.sublabel,
        "context": area.context,
        "outline": area.outline_only,
        "name": story.name,
        "tip": story.tip,
        "verdict": story.verdict,
        "note": story.note,
        "values": story.values,
        "cards": story.cards,
        "simulated": story.simulated,
    }


def _point_json(point: Point, pool: _TextPool) -> Json:
    story = point.story
    return [
        round(point.lat, 6),
        round(point.lon, 6),
        point.group,
        point.style,
        story.name,
        story.tip,
        pool.number(story.verdict),
        pool.number(story.note),
        story.values,
        story.cards,
        int(story.simulated),
        [[line.name, pool.number(line.kind), line.figure, line.remark] for line in story.listed],
        story.unlisted,
        [_steps(ring, point) for ring in point.outline],
        [_steps(line, point) for line in point.course],
    ]


def _steps(ring: Ring, point: Point) -> list[int]:
    """Corners as latitude and longitude from the point, in millionths of a degree."""
    return [
        round((value - own) * OUTLINE_STEPS)
        for corner in ring
        for value, own in zip(corner, (round(point.lat, 6), round(point.lon, 6)), strict=True)
    ]
