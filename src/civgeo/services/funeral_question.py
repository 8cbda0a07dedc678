"""What is asked about the layout of funeral facilities: terms of measuring, and a proposal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from civgeo.analysis.layout_problem import LayoutModel
from civgeo.domain.cemetery_forms import BurialPlaceLevel
from civgeo.domain.division import DivisionCode, DivisionLevel
from civgeo.domain.fields import Fields
from civgeo.domain.labelled import Labelled
from civgeo.domain.quantity import exact
from civgeo.errors import InvalidInput
from civgeo.services.funeral_distances import SNAP_M, DistanceKind
from civgeo.services.funeral_people import DeathsAsked, Weight
from civgeo.services.funeral_sites import Place

__all__ = ["PROPOSAL_KEYS", "TERM_KEYS", "Centre", "FuneralProposal", "FuneralTerms", "Proposed"]
__all__ += ["funeral_proposal", "funeral_terms"]

Member = TypeVar("Member", bound=StrEnum)

TERM_KEYS = frozenset(
    {
        *("division", "on", "distance", "weight", "years", "death_rate_per_mille", "share"),
        *("centre", "seats", "min_angle_deg", "snap_m"),
    }
)
PROPOSAL_KEYS = TERM_KEYS | {
    *("propose", "p", "model", "max_km", "capacity_of_new", "level", "seconds"),
}
MOST_STATIONS = 3
MOST_SITES = 500
LONGEST_YEARS = 200
FARTHEST_SNAP_M = 20_000
FARTHEST_KM = 1_000
LARGEST_CAPACITY = 10**9
LONGEST_S = 600
_HALF_CIRCLE = 180


class Centre(Labelled):
    """Where the directions of a county are seen from."""

    SEAT = "seat", "县城"
    PEOPLE = "people", "人口重心"


class Proposed(Labelled):
    """What is to be placed."""

    STATIONS = "stations", "殡仪服务站"
    COLUMBARIA = "columbaria", "骨灰堂"
    BURIAL_POINTS = "burial_points", "集中安葬点"
    CEMETERIES = "cemeteries", "公益性公墓"


@dataclass(frozen=True, slots=True)
class FuneralTerms:
    """How the layout is measured.

    Parameters
    ----------
    division
        Digits of the area; empty for the whole city.
    on
        Day of the registers; None for today.
    distance, snap_m
        Straight or along streets; how far a place may lie from a street.
    weight, deaths
        What a township counts; of deaths and ashes the years, and what is not registered.
    centre, seats
        Where directions are seen from; seats given by hand, by digits of the county.
    min_angle_deg
        Smallest angle of two different directions: ours, the plan names none.
    """

    division: str = ""
    on: date | None = None
    distance: DistanceKind = DistanceKind.STRAIGHT
    weight: Weight = Weight.POPULATION
    deaths: DeathsAsked = field(default_factory=DeathsAsked)
    centre: Centre = Centre.SEAT
    seats: Mapping[str, Place] = field(default_factory=dict)
    min_angle_deg: Decimal = Decimal(90)
    snap_m: float = SNAP_M


@dataclass(frozen=True, slots=True)
class FuneralProposal:
    """What is to be opened.

    Parameters
    ----------
    terms, what
        How distances are measured; what is placed.
    p
        Stations of each county, those that exist included; new sites in all of anything else.
    model, max_km
        p-median, covering within `max_km`, or with capacities; stations are always p-median by
        enumeration.
    capacity_of_new
        Ashes that a new site takes; the model with capacities only.
    level
        Only existing burial places of this level count; None for all.
    seconds
        Longest search.
    """

    terms: FuneralTerms
    what: Proposed
    p: int
    model: LayoutModel = LayoutModel.PMEDIAN
    max_km: Decimal | None = None
    capacity_of_new: Decimal | None = None
    level: BurialPlaceLevel | None = None
    seconds: float = 20.0


def funeral_terms(fields: Fields) -> FuneralTerms:
    """Terms of a question; what is not given is the default.

    Raises
    ------
    InvalidInput
        Naming the key that is wrong.
    """
    weight = _named(fields, "weight", Weight.POPULATION)
    centre = _named(fields, "centre", Centre.SEAT)
    angle = fields.has("min_angle_deg")
    snap = fields.has("snap_m")
    return FuneralTerms(
        division=DivisionCode.parse(fields.text("division")).digits
        if fields.has("division")
        else "",
        on=fields.day("on", date.min) if fields.has("on") else None,
        distance=_named(fields, "distance", DistanceKind.STRAIGHT),
        weight=weight,
        deaths=_deaths(fields, weight),
        centre=centre,
        seats=_seats(fields, centre),
        min_angle_deg=_between(fields, "min_angle_deg", 0, _HALF_CIRCLE) if angle else Decimal(90),
        snap_m=float(_between(fields, "snap_m", 0, FARTHEST_SNAP_M)) if snap else SNAP_M,
    )


def _deaths(fields: Fields, weight: Weight) -> DeathsAsked:
    given = [key for key in ("years", "death_rate_per_mille", "share") if fields.has(key)]
    if given and weight not in (Weight.DEATHS, Weight.ASHES):
        raise InvalidInput(f"{given[0]} 只用于 weight=deaths 或 ashes", code="bad_value")
    if fields.has("share") and weight is not Weight.ASHES:
        raise InvalidInput("share 只用于 weight=ashes（骨灰数）", code="bad_value")
    years = fields.count("years") if fields.has("years") else 1
    if not 1 <= years <= LONGEST_YEARS:
        raise InvalidInput(
            f"years 应为 1 至 {LONGEST_YEARS} 的整数，收到 {years}", code="bad_value"
        )
    rate, most = "death_rate_per_mille", 1_000
    return DeathsAsked(
        years,
        _between(fields, rate, 0, most) if fields.has(rate) else None,
        _between(fields, "share", 0, 1) if fields.has("share") else None,
    )


def funeral_proposal(given: Mapping[str, object]) -> FuneralProposal:
    """Proposal that a JSON object asks for.

    Raises
    ------
    InvalidInput
        Naming the key that is missing, unknown or wrong.
    """
    fields = Fields(given, PROPOSAL_KEYS)
    what = Proposed.named(fields.text("propose"), "propose")
    number = fields.count("p")
    most = MOST_STATIONS if what is Proposed.STATIONS else MOST_SITES
    if not 1 <= number <= most:
        raise InvalidInput(f"p 应为 1 至 {most}，收到 {number}", code="bad_value")
    model = _named(fields, "model", LayoutModel.PMEDIAN)
    _require_fitting(fields, what, model)
    limit = _between(fields, "max_km", 0, FARTHEST_KM) if fields.has("max_km") else None
    if limit == 0:
        raise InvalidInput("max_km 应大于 0", code="bad_value")
    seconds = _between(fields, "seconds", 0, LONGEST_S) if fields.has("seconds") else Decimal(20)
    capacity = fields.has("capacity_of_new")
    return FuneralProposal(
        terms=funeral_terms(Fields({k: given.get(k) for k in TERM_KEYS}, TERM_KEYS)),
        what=what,
        p=number,
        model=model,
        max_km=limit,
        capacity_of_new=_between(fields, "capacity_of_new", 0, LARGEST_CAPACITY)
        if capacity
        else None,
        level=BurialPlaceLevel.named(fields.text("level"), "level")
        if fields.has("level")
        else None,
        seconds=float(max(seconds, Decimal("0.1"))),
    )


def _require_fitting(fields: Fields, what: Proposed, model: LayoutModel) -> None:
    """Refuse what does not go together."""
    if what is Proposed.STATIONS:
        extra = [key for key in ("model", "max_km", "capacity_of_new", "level") if fields.has(key)]
        if extra:
            told = f"{extra[0]} 不用于服务站：服务站按县区枚举，使到站总距离最短"
            raise InvalidInput(told, code="bad_value")
        return
    if model is LayoutModel.LSCP:
        raise InvalidInput("model 应为 pmedian、mclp 或 capacitated", code="bad_value")
    if model is LayoutModel.MCLP and not fields.has("max_km"):
        raise InvalidInput("model=mclp 须给 max_km（最大服务距离，公里）", code="missing_key")
    with_room = model is LayoutModel.CAPACITATED
    if with_room is not fields.has("capacity_of_new"):
        raise InvalidInput("model=capacitated 与 capacity_of_new 须一起给", code="missing_key")
    if with_room and _named(fields, "weight", Weight.POPULATION) is not Weight.ASHES:
        raise InvalidInput("容量以骨灰数计：model=capacitated 须 weight=ashes", code="bad_value")


def _named(fields: Fields, key: str, default: Member) -> Member:
    return fields.choice(key, type(default)) if fields.has(key) else default


def _between(fields: Fields, key: str, least: int, most: int) -> Decimal:
    value = fields.raw(key)
    number = exact(repr(value) if isinstance(value, float) else value, key)
    if not least <= number <= most:
        raise InvalidInput(f"{key} 应为 {least} 至 {most}，收到 {number}", code="bad_value")
    return number


def _seats(fields: Fields, centre: Centre) -> dict[str, Place]:
    if not fields.has("seats"):
        return {}
    if centre is not Centre.SEAT:
        raise InvalidInput("seats 只用于 centre=seat（县城）", code="bad_value")
    given = fields.raw("seats")
    if not isinstance(given, dict):
        raise InvalidInput("seats 应为对象：{县区代码: [经度, 纬度]}", code="bad_type")
    return {_county(str(code)): _place(str(code), ends) for code, ends in given.items()}


def _county(text: str) -> str:
    code = DivisionCode.parse(text)
    if code.level is not DivisionLevel.COUNTY:
        raise InvalidInput(f"seats 的 {text[:20]} 不是县区代码", code="bad_value")
    return code.digits


def _place(code: str, ends: object) -> Place:
    if not isinstance(ends, list) or len(ends) != 2:
        raise InvalidInput(f"seats 的 {code[:20]} 应为 [经度, 纬度]", code="bad_type")
    lon, lat = (
        float(exact(repr(end) if isinstance(end, float) else end, f"seats.{code[:20]}"))
        for end in ends
    )
    if not (73 <= lon <= 136 and 3 <= lat <= 54):
        raise InvalidInput(f"seats 的 {code[:20]} 不在国内，或经纬度填反了", code="bad_value")
    return lon, lat
