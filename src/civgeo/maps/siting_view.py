"""What the page, the picture and the report of siting show, in the same words and colours."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from civgeo.analysis.site_marks import Exclusions, PlaneKind, Words
from civgeo.domain.site_features import SiteFeature
from civgeo.maps.legend import Legend, Section, Swatch, Symbol
from civgeo.maps.rows import DivisionRow
from civgeo.maps.shapes import shown_counties
from civgeo.maps.theme import LAND, Pattern, Shape

__all__ = ["CANDIDATE", "CANDIDATE_EDGE", "KIND_LOOKS", "ROAD", "SEEN_LOOK", "SITING_TITLE"]
__all__ += [
    "Candidate",
    "Exclusion",
    "ExclusionGroup",
    "SitingTold",
    "SitingView",
    "hectares",
    "styled",
]

SITING_TITLE = "公墓选址：禁止情形与候选地"
CANDIDATE, CANDIDATE_EDGE = "#9fd8c4", "#0b5d4e"
ROAD = "#6b5a4d"
M2_A_HECTARE = 10_000.0
MOST_TOWNS = 45

KIND_LOOKS: Mapping[PlaneKind, tuple[str, str, Pattern]] = {
    PlaneKind.EXCLUDED: ("有禁止情形", "#dcc6ab", Pattern.PLAIN),
    PlaneKind.APPROVAL: ("须经批准", "#f3e3a0", Pattern.STRIPES),
    PlaneKind.UNCLEAR: ("性质不明，须查明", "#e6d9ea", Pattern.CROSSED),
    PlaneKind.MISSING: ("图层未覆盖，未评价", "#e3e6e9", Pattern.DOTS),
    PlaneKind.UNASSESSED: ("没有高程，未评价", "#e3e6e9", Pattern.GRID),
}
"""Words, colour and pattern of what a mark says, all marks of a kind together."""

SEEN_LOOK = ("候选地中从公路主干线看得见", "#f0b7a6", Pattern.STRIPES)
"""Words, colour and pattern of the cells of candidates that are seen from trunk roads."""

_PATTERNS = (Pattern.PLAIN, Pattern.STRIPES, Pattern.GRID, Pattern.DOTS, Pattern.CROSSED)


class ExclusionGroup(StrEnum):
    """Heading under which an exclusion stands beside the map."""

    LAND = "land"
    ZONE = "zone"
    WATER = "water"
    ROAD = "road"
    PEOPLE = "people"
    GROUND = "ground"
    OWN = "own"

    @property
    def label_zh(self) -> str:
        """Heading in Chinese."""
        return _GROUPS[self][0]

    @property
    def colours(self) -> tuple[str, str]:
        """Two colours for the exclusions of the group; patterns tell more of them apart."""
        return _GROUPS[self][1]

    @classmethod
    def of(cls, feature: SiteFeature | None) -> "ExclusionGroup":
        """Group of a feature; None is a layer of the bureau's own."""
        if feature is None:
            return cls.OWN
        return _FEATURE_GROUPS.get(feature, cls.LAND if feature.is_land_cover else cls.ZONE)


_GROUPS: dict[ExclusionGroup, tuple[str, tuple[str, str]]] = {
    ExclusionGroup.LAND: ("地类：耕地、林地等", ("#5f8f3f", "#a3a83a")),
    ExclusionGroup.ZONE: ("保护区与公园", ("#8557a3", "#b98fc9")),
    ExclusionGroup.WATER: ("水源、水库、河流与堤防", ("#2a72b0", "#69aede")),
    ExclusionGroup.ROAD: ("公路与铁路", ("#8a5236", "#c08a68")),
    ExclusionGroup.PEOPLE: ("居住与建成区", ("#d0702a", "#e8a765")),
    ExclusionGroup.GROUND: ("山体与坡度", ("#6f6a61", "#a7a196")),
    ExclusionGroup.OWN: ("本局图层", ("#a8355f", "#d17c9a")),
}
_FEATURE_GROUPS: dict[SiteFeature, ExclusionGroup] = {
    **dict.fromkeys(
        (
            *(SiteFeature.WATER_SOURCE, SiteFeature.WATER_SOURCE_1, SiteFeature.WATER_SOURCE_2),
            *(SiteFeature.RESERVOIR, SiteFeature.RIVER, SiteFeature.CANAL, SiteFeature.DYKE),
            *(SiteFeature.YELLOW_RIVER_DYKE_RIVER_SIDE, SiteFeature.YELLOW_RIVER_DYKE_LAND_SIDE),
            *(SiteFeature.QIN_RIVER_DYKE_RIVER_SIDE, SiteFeature.QIN_RIVER_DYKE_LAND_SIDE),
            *(SiteFeature.WATERWORKS, SiteFeature.WATERWORKS_PROTECTION, SiteFeature.PUMP_STATION),
        ),
        ExclusionGroup.WATER,
    ),
    **dict.fromkeys(
        (
            *(SiteFeature.TRUNK_ROAD, SiteFeature.MOTORWAY, SiteFeature.NATIONAL_ROAD),
            *(SiteFeature.PROVINCIAL_ROAD, SiteFeature.COUNTY_ROAD, SiteFeature.TOWNSHIP_ROAD),
            *(SiteFeature.RAILWAY, SiteFeature.HIGHSPEED_RAILWAY),
        ),
        ExclusionGroup.ROAD,
    ),
    SiteFeature.RESIDENTIAL: ExclusionGroup.PEOPLE,
    SiteFeature.PLANNED_BUILTUP: ExclusionGroup.PEOPLE,
    SiteFeature.HILL: ExclusionGroup.GROUND,
    SiteFeature.KEY_HILL: ExclusionGroup.GROUND,
}


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One mark that cells carry, as the map names it.

    Parameters
    ----------
    number
        Its plane in the marks.
    kind
        What the mark says.
    group
        Heading that it stands under.
    name
        What excludes, and within which distance: 水库 200 米内.
    cited
        Rules with their identifiers, or that it is the planner's own wish; the layer with its day.
    area_m2, share, alone_m2
        Area in the region, its share, and what carries no other mark.
    colour, pattern
        Look; given by `styled`.
    """

    number: int
    kind: PlaneKind
    group: ExclusionGroup
    name: str
    cited: tuple[str, ...]
    area_m2: float
    share: float
    alone_m2: float
    colour: str = ""
    pattern: Pattern = Pattern.PLAIN

    @property
    def title(self) -> str:
        """Its name, behind what the mark says where that is not an exclusion."""
        words = KIND_LOOKS[self.kind][0]
        return self.name if self.kind is PlaneKind.EXCLUDED else f"{words}：{self.name}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate: its figures as texts, and where it lies.

    Parameters
    ----------
    rank
        1 for the first; its own number, also where scores are equal.
    text
        What was found there, with what is missing.
    facts
        Label and figure of the card, in order; what is not known is left out.
    shape, lon, lat
        Outline, EPSG:4490, and a place inside.
    """

    rank: int
    text: str
    facts: tuple[tuple[str, str], ...]
    shape: BaseGeometry
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class SitingTold:
    """The question and what bounds the answer, in words.

    Parameters
    ----------
    place
        Name of the region.
    headline
        What the answer says, never more.
    on, edition
        Day of the rules and their edition.
    lacking, missing
        What rules speak of and no layer tells: by name, and in a sentence each.
    waiting
        Texts that the bureau has to enter.
    notes
        Partial layers, approvals, named areas to look up, holes.
    region_m2, free_m2, cell_m
        Area of the region and of what has no known exclusion; side of a cell.
    found
        Number of candidates, listed or not.
    """

    place: str
    headline: str
    on: str
    edition: str
    lacking: tuple[str, ...]
    missing: tuple[str, ...]
    waiting: tuple[str, ...]
    notes: tuple[str, ...]
    region_m2: float
    free_m2: float
    cell_m: float
    found: int


@dataclass(frozen=True)
class SitingView:
    """What all drawings of an answer of siting show.

    Parameters
    ----------
    told
        The question and its bounds.
    marks
        What excludes each cell.
    exclusions
        Planes of the marks that some cell of the region carries, styled.
    candidates
        By rank.
    region
        EPSG:4490.
    rows
        Divisions around and in the region.
    roads
        Name, kind in Chinese, and course of trunk roads and railways, EPSG:4490.
    seen
        Cells of candidates that are seen from trunk roads; None where that is not known.
    """

    told: SitingTold
    marks: Exclusions
    exclusions: tuple[Exclusion, ...]
    candidates: tuple[Candidate, ...]
    region: BaseGeometry
    rows: tuple[DivisionRow, ...]
    roads: tuple[tuple[str, str, BaseGeometry], ...] = ()
    seen: Words | None = None

    @property
    def grouped(self) -> list[tuple[ExclusionGroup, list[Exclusion]]]:
        """Exclusions under their headings, the largest first."""
        listed = sorted(self.exclusions, key=lambda item: -item.area_m2)
        groups = {
            group: [item for item in listed if item.group is group] for group in ExclusionGroup
        }
        return [(group, items) for group, items in groups.items() if items]

    @cached_property
    def kinds(self) -> dict[PlaneKind, Words]:
        """Plane of all marks of each kind that some cell carries, what excludes first."""
        numbers = {
            kind: [item.number for item in self.exclusions if item.kind is kind]
            for kind in KIND_LOOKS
        }
        return {
            kind: np.bitwise_or.reduce(self.marks.bits[sorted(set(chosen))], axis=0)
            for kind, chosen in numbers.items()
            if chosen
        }

    def area_of(self, kind: PlaneKind) -> float:
        """Area in the region that carries any mark of a kind, m2."""
        return self.area(self.kinds[kind])

    def area(self, plane: Words) -> float:
        """Area of the cells of a plane in the region, m2."""
        cells = int(np.bitwise_count(plane & ~self.marks.outside).sum())
        return cells * self.marks.grid.cell_area_m2

    @cached_property
    def towns(self) -> list[DivisionRow]:
        """Townships that lie in the region; its counties where they would be too many."""
        for level in ("township", "county", "prefecture"):
            found = [row for row in self.rows if row.level == level and self._holds(row)]
            if 0 < len(found) <= MOST_TOWNS:
                return found
        return []

    @property
    def around(self) -> list[DivisionRow]:
        """Counties beside the region, as context."""
        beside = [row for row in shown_counties(self.rows) if not self._holds(row)]
        return [replace(row, role="context") for row in beside]

    def _holds(self, row: DivisionRow) -> bool:
        """Whether the region holds the middle of a division of the city that has an outline."""
        if not row.own or row.geometry is None:
            return False
        return bool(self.region.contains(shapely.point_on_surface(row.geometry)))

    def legend(self, *, printed: bool = True) -> Legend:
        """What colours and patterns mean, with hectares; what is missing; how it was found.

        Not `printed`, a layer control beside it shows the marks, and a box what is missing.
        """
        told = self.told
        method = (
            f"格子边长 {told.cell_m:g} m，以格子中心判断。规定取 {told.on} 施行的，"
            f"版本 {told.edition}。“没有发现”只就已有图层而言。"
        )
        lacking = Section(
            "缺少的图层（没有评价）", (), "、".join(told.lacking) or "没有缺少的图层。"
        )
        return Legend(
            (
                Section("图上", self._rows(printed=printed), self._areas),
                *((lacking,) if printed else ()),
                Section("口径", (), method),
            )
        )

    def _rows(self, *, printed: bool) -> tuple[Swatch | Symbol, ...]:
        rows: list[Swatch | Symbol] = []
        for kind in self.kinds if printed else ():
            words, colour, pattern = KIND_LOOKS[kind]
            rows.append(Swatch(f"{words}　{hectares(self.area_of(kind))}", colour, pattern))
        rows.append(Swatch("没有发现禁止情形", LAND))
        rows.append(Swatch("候选地（数字为名次）", CANDIDATE, count=len(self.candidates)))
        if self.seen is not None and printed:
            words, colour, pattern = SEEN_LOOK
            rows.append(Swatch(f"{words}　{hectares(self.area(self.seen))}", colour, pattern))
        kept = dict.fromkeys(kind for _, kind, _ in self.roads)
        if kept:
            rows.append(Symbol("、".join(kept), ROAD, Shape.LINE, width=2.0))
        return tuple(rows)

    @property
    def _areas(self) -> str:
        told = self.told
        share = told.free_m2 / told.region_m2 if told.region_m2 else 0.0
        more = told.found - len(self.candidates)
        return (
            f"{told.place}共 {hectares(told.region_m2)}，没有发现禁止情形的"
            f" {hectares(told.free_m2)}，占 {100 * share:.1f}%；候选地 {told.found} 片"
            f"{f'，图上为前 {len(self.candidates)} 片' if more else ''}。"
        )


def hectares(area_m2: float) -> str:
    """Area for the eye, in hectares.

    Examples
    --------
    >>> hectares(1_234_567), hectares(400), hectares(98_765_432)
    ('123.5 公顷', '0.04 公顷', '9,877 公顷')
    """
    value = area_m2 / M2_A_HECTARE
    decimals = 0 if value >= 1_000 or not value else 1 if value >= 1 else 2
    return f"{value:,.{decimals}f} 公顷"


def styled(exclusions: Iterable[Exclusion]) -> tuple[Exclusion, ...]:
    """`exclusions` with a colour and pattern each; in a group no two of the first ten look alike.

    What does not exclude looks as its kind does.
    """
    seen: Counter[ExclusionGroup] = Counter()
    found: list[Exclusion] = []
    for item in exclusions:
        _, colour, pattern = KIND_LOOKS[item.kind]
        if item.kind is PlaneKind.EXCLUDED:
            number = seen[item.group]
            seen[item.group] += 1
            colours = item.group.colours
            colour = colours[number // len(_PATTERNS) % len(colours)]
            pattern = _PATTERNS[number % len(_PATTERNS)]
        found.append(replace(item, colour=colour, pattern=pattern))
    return tuple(found)
