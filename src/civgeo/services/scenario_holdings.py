"""What edits do to facilities, floor area and cost, and what is to be said of each edit."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import isinf

from civgeo.analysis.requirements import AREA_STEPS
from civgeo.analysis.snapping import SNAP_LIMIT_M, Snapped
from civgeo.domain.facility import FacilityKind
from civgeo.domain.labelled import Labelled
from civgeo.domain.scenario_edits import (
    AddCrossing,
    AddEstate,
    AddFacility,
    CloseFacility,
    MoveFacility,
    ResizeFacility,
    ScenarioEdit,
)
from civgeo.services.reach import People
from civgeo.services.scenario_floor_area import Tally
from civgeo.services.scenario_ground import PlanningGround
from civgeo.services.scenario_replay import crossing_of, is_open
from civgeo.services.scenario_stock import Known, Stock

__all__ = ["EditFault", "EditFinding", "Holdings", "holdings_after"]


class EditFault(Labelled):
    """What keeps an edit from its effect, or part of it."""

    UNKNOWN_FACILITY = "unknown_facility", "没有这处设施"
    NOT_OPERATING = "not_operating", "设施未运营"
    NOT_OPEN_YET = "not_open_yet", "尚未启用"
    OFF_NETWORK = "off_network", "不在步行网上"
    CROSSING_OFF_NETWORK = "crossing_off_network", "跨越设施的一端不在步行网上"
    NO_PEOPLE = "no_people", "没有人口"
    OUTSIDE_CITY = "outside_city", "不在本市区划内"
    NO_FLOOR_AREA = "no_floor_area", "没有面积"
    NO_KIND = "no_kind", "没有设施种类"


@dataclass(frozen=True, slots=True)
class EditFinding:
    """Something to know about an edit; the others are carried out all the same.

    Parameters
    ----------
    edit
        Its number from 1; 0 for the list as a whole.
    fault, text
        What it is, and what it means, in Chinese.
    distance_m
        Of the nearest street, where that matters.
    """

    edit: int
    fault: EditFault
    text: str
    distance_m: float | None = None


@dataclass(slots=True)
class Holdings:
    """What stands after the edits.

    Parameters
    ----------
    tallies, stocks
        Homes and floor area by county, facilities by kind, where an edit changed them.
    estates
        Edits that add people: their numbers and what they are.
    cost_yuan
        Sum of the costs that are given; None without any.
    without_cost
        Additions whose cost is not given.
    findings
        In the order of the edits.
    """

    tallies: dict[str, Tally] = field(default_factory=dict)
    stocks: dict[FacilityKind, Stock] = field(default_factory=dict)
    estates: list[tuple[int, AddEstate]] = field(default_factory=list)
    cost_yuan: float | None = None
    without_cost: int = 0
    findings: list[EditFinding] = field(default_factory=list)


def holdings_after(
    planning: PlanningGround, edits: tuple[ScenarioEdit, ...], people: People
) -> Holdings:
    """Facilities, floor area, cost and findings after the edits.

    Parameters
    ----------
    planning
        The ground.
    edits
        In order.
    people
        Who is counted.
    """
    books = _Books(planning, people)
    for number, edit in enumerate(edits, 1):
        books.enter(number, edit)
    return books.kept


class _Books:
    """Holdings while edits are entered."""

    def __init__(self, planning: PlanningGround, people: People) -> None:
        self._planning, self._people = planning, people
        self._changed: dict[str, Known] = {}
        self.kept = Holdings()

    def enter(self, number: int, edit: ScenarioEdit) -> None:
        match edit:
            case AddFacility():
                self._add(number, edit)
            case MoveFacility():
                self._move(number, edit)
            case CloseFacility():
                self._change(number, edit.facility, lambda site: replace(site, is_operating=False))
            case ResizeFacility():
                self._change(number, edit.facility, lambda site: _resized(site, edit))
            case AddEstate():
                self._add_estate(number, edit)
            case AddCrossing():
                self._pay(edit.cost_yuan)
                self._look_at_ends(number, edit)

    def _add(self, number: int, edit: AddFacility) -> None:
        self._pay(edit.cost_yuan)
        if not is_open(self._planning, edit):
            text = f"{edit.opens} 才启用，在 {self._planning.ground.on} 还不计入"
            self._tell(number, EditFault.NOT_OPEN_YET, text)
            return
        county = self._county(number, edit.lon, edit.lat)
        area = None if edit.floor_area_m2 is None else round(edit.floor_area_m2 * AREA_STEPS)
        site = Known(edit.name, edit.kind, county, area, edit.beds, is_operating=True)
        self._look_at_place(number, self._planning.place(edit.lon, edit.lat))
        if area is None and edit.kind.counts_as_estate_elder_care:
            text = "没有填建筑面积：养老用房面积按未登记处理"
            self._tell(number, EditFault.NO_FLOOR_AREA, text)
        self._count(site, 1)

    def _move(self, number: int, edit: MoveFacility) -> None:
        site = self._operating(number, edit.facility)
        if site is None:
            return
        county = self._county(number, edit.lon, edit.lat)
        self._look_at_place(number, self._planning.place(edit.lon, edit.lat))
        self._replace(edit.facility, site, replace(site, county=county))

    def _change(self, number: int, id: str, change: Callable[[Known], Known]) -> None:
        site = self._operating(number, id)
        if site is not None:
            self._replace(id, site, change(site))

    def _add_estate(self, number: int, edit: AddEstate) -> None:
        self.kept.estates.append((number, edit))
        county = self._county(number, edit.lon, edit.lat)
        self._look_at_place(number, self._planning.place(edit.lon, edit.lat))
        if county:
            tally = self._tally(county).with_homes(edit.estate_class, edit.households)
            self.kept.tallies[county] = tally
        count = edit.households if self._people is People.HOUSEHOLDS else edit.elders
        if not count:
            text = f"{self._people.label_zh}为 0：不改变可达的人数"
            self._tell(number, EditFault.NO_PEOPLE, text)

    def _operating(self, number: int, id: str) -> Known | None:
        site = self._changed.get(id) or self._planning.facilities.get(id)
        if site is None:
            text = f"{self._planning.ground.on} 没有编号为“{id[:80]}”的设施：这项改动没有作用"
            self._tell(number, EditFault.UNKNOWN_FACILITY, text)
        elif not site.is_operating:
            text = f"设施“{site.name}”不在运营：这项改动没有作用"
            self._tell(number, EditFault.NOT_OPERATING, text)
            return None
        return site

    def _replace(self, id: str, before: Known, after: Known) -> None:
        self._count(before, -1)
        self._count(after, 1)
        self._changed[id] = after

    def _count(self, site: Known, times: int) -> None:
        stock = self.kept.stocks.get(site.kind) or self._planning.stocks.get(site.kind, Stock())
        self.kept.stocks[site.kind] = stock.with_site(site, times)
        if site.county and site.kind.counts_as_estate_elder_care:
            self.kept.tallies[site.county] = self._tally(site.county).with_site(site, times)

    def _tally(self, county: str) -> Tally:
        return self.kept.tallies.get(county) or self._planning.tallies.get(county, Tally())

    def _county(self, number: int, lon: float, lat: float) -> str:
        division = self._planning.division(lon, lat)
        if division is None:
            text = "不在任何有轮廓的区划内：不计入各县区的面积与户数"
            self._tell(number, EditFault.OUTSIDE_CITY, text)
            return ""
        return division[:6]

    def _look_at_place(self, number: int, place: Snapped) -> None:
        if not place.is_on_network[0]:
            told, far = _off(float(place.nearest_m[0]))
            self._tell(number, EditFault.OFF_NETWORK, f"{told}：不在步行网上，没有路走到", far)

    def _look_at_ends(self, number: int, edit: AddCrossing) -> None:
        ends = crossing_of(self._planning, edit).ends
        for end, title in enumerate(("起点", "终点")):
            if not ends.is_on_network[end]:
                told, far = _off(float(ends.nearest_m[end]))
                text = f"{title}{told}：没有接通"
                self._tell(number, EditFault.CROSSING_OFF_NETWORK, text, far)

    def _pay(self, cost: float | None) -> None:
        if cost is None:
            self.kept.without_cost += 1
        else:
            self.kept.cost_yuan = (self.kept.cost_yuan or 0.0) + cost

    def _tell(
        self, number: int, fault: EditFault, text: str, distance_m: float | None = None
    ) -> None:
        self.kept.findings.append(EditFinding(number, fault, text, distance_m))


def _off(distance_m: float) -> tuple[str, float | None]:
    """How far from a street that is, in words and metres (None beyond the zone)."""
    if isinf(distance_m):
        return "离路太远", None
    return f"离最近的路 {distance_m:.0f} 米，超过 {SNAP_LIMIT_M:g} 米", round(distance_m, 1)


def _resized(site: Known, edit: ResizeFacility) -> Known:
    area, beds = site.area, site.beds
    if edit.floor_area_m2 is not None:
        area = round(edit.floor_area_m2 * AREA_STEPS)
    return replace(site, area=area, beds=beds if edit.beds is None else edit.beds)
