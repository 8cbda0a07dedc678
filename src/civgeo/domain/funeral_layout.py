"""Layout of funeral facilities: what a plan asks for by kind and level, and which units have it.

A unit has a facility when one that surely counts is in operation inside it. One whose level nobody
registered may count or not: the unit's state is then unknown, neither yes nor no. A unit that a
facility elsewhere serves by its own record, or that holds one of a higher level only, is told apart
and not counted: whether that covers it is for the bureau to say.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from civgeo.domain.cemetery_forms import BurialPlaceLevel
from civgeo.domain.division import DivisionCode
from civgeo.domain.labelled import Labelled
from civgeo.domain.quantity import exact
from civgeo.domain.standard import EVIDENCE_ZH
from civgeo.errors import InvalidInput

__all__ = ["ASK_COLUMNS", "AskForce", "AskMeasure", "Coverage", "FuneralAsk", "FuneralKind"]
__all__ += ["FuneralSite", "SiteState", "Standing", "UnitStanding", "Wanted", "ask_of", "coverage"]
__all__ += ["unit_of"]


class FuneralKind(Labelled):
    """What a funeral facility is."""

    FUNERAL_HOME = "funeral_home", "殡仪馆"
    SERVICE_STATION = "service_station", "殡仪服务站"
    CEMETERY = "cemetery", "公墓"
    COLUMBARIUM = "columbarium", "骨灰堂"
    BURIAL_POINT = "burial_point", "集中安葬点"


class SiteState(Labelled):
    """Whether a facility serves on the day; only ``operating`` counts."""

    OPERATING = "operating", "运营"
    COMING = "coming", "规划或在建"
    CLOSED = "closed", "暂停或停用"


class Standing(Labelled):
    """Whether a unit has what is asked for."""

    HAS = "has", "有"
    SERVED = "served", "由别处或上级设施服务"
    UNKNOWN = "unknown", "情况不明"
    HAS_NOT = "has_not", "没有"


class AskForce(Labelled):
    """How far a plan binds: 约束性 in its words, asked for, or damaged and to be confirmed."""

    BINDING = "binding", "约束性"
    PLAN = "plan", "规划要求"
    TO_CONFIRM = "to_confirm", "待确认"


class AskMeasure(Labelled):
    """What is counted."""

    COVERAGE = "coverage", "有设施的单元占比"
    EACH = "each", "每个单元的个数"
    COUNT = "count", "总数"


@dataclass(frozen=True, slots=True)
class FuneralSite:
    """One facility of a register.

    Parameters
    ----------
    id, register, name, kind
        Its record: ``facilities`` or ``cemeteries``.
    level, may_be
        Whom it surely serves; levels that it may be of where the register does not tell.
    is_public
        Public welfare, not commercial; True for what is no burial place.
    division
        Digits of the division that it lies in.
    state
        Whether it serves on the day.
    serves
        Digits of divisions that its record says it serves.
    place
        Longitude and latitude (EPSG:4490), None without one.
    free
        Places for ashes that are left, None where that is not registered.
    """

    id: str
    register: str
    name: str
    kind: FuneralKind
    level: BurialPlaceLevel | None
    may_be: frozenset[BurialPlaceLevel]
    is_public: bool
    division: str
    state: SiteState
    serves: tuple[str, ...] = ()
    place: tuple[float, float] | None = None
    free: int | None = None


def _above(one: BurialPlaceLevel, other: BurialPlaceLevel) -> bool:
    order = list(BurialPlaceLevel)
    return order.index(one) > order.index(other)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a unit should have: a facility of one of `kinds`, of one of `levels` where any are."""

    kinds: frozenset[FuneralKind]
    levels: frozenset[BurialPlaceLevel] = frozenset()
    is_public: bool | None = None

    def is_kind(self, site: FuneralSite) -> bool:
        """Whether `site` is of the kind, whatever its level."""
        return site.kind in self.kinds and self.is_public in (None, site.is_public)

    def surely(self, site: FuneralSite) -> bool:
        """Whether `site` is one for certain."""
        return self.is_kind(site) and (not self.levels or site.level in self.levels)

    def serves(self, site: FuneralSite, unit: str) -> bool:
        """Whether `site` serves a unit without being its own.

        Its record names the unit, or it stands inside and is of a higher level than is wanted.
        """
        if self.surely(site):
            return any(unit.startswith(digits) for digits in site.serves)
        higher = site.level is not None and all(_above(site.level, each) for each in self.levels)
        return (
            bool(self.levels) and higher and site.division.startswith(unit) and self.is_kind(site)
        )

    def perhaps(self, site: FuneralSite) -> bool:
        """Whether `site` is one, or may be one of a level that nobody registered."""
        return self.surely(site) or (self.is_kind(site) and bool(self.levels & site.may_be))


@dataclass(frozen=True, slots=True)
class FuneralAsk:
    """One thing that a plan asks for.

    Parameters
    ----------
    id, name
        Stable identifier; Chinese name.
    wanted
        Facilities that count.
    unit
        Sort of unit: ``city``, ``county``, ``city_and_county``, ``rural_county`` (counties and
        county-level cities, no districts), ``township``.
    measure, low, high
        What is counted, and between which figures; None for no upper end.
    written
        The figure as it stands in a damaged copy, where that is not how it is read; else empty.
    force, confirm
        How far it binds; why the figure has to be confirmed, empty otherwise.
    caveat
        What the registers cannot tell, so that a figure has no verdict; empty otherwise.
    place, adcode, document, document_day, article, passage, evidence
        The city that asks, and where it is written, in the words that stand there.
    year, valid_from
        Due at the end of this year, 0 where the plan names none; first day of the plan.
    rule
        In Chinese, what is divided by what.
    indicator
        Id in the catalogue of indicators, empty where it has none.
    """

    id: str
    name: str
    wanted: Wanted
    unit: str
    measure: AskMeasure
    written: str
    low: Decimal
    high: Decimal | None
    force: AskForce
    confirm: str
    caveat: str
    place: str
    adcode: str
    document: str
    document_day: str
    article: str
    passage: str
    evidence: str
    year: int
    valid_from: str
    rule: str
    indicator: str


@dataclass(frozen=True, slots=True)
class UnitStanding:
    """A unit, whether it has what is asked for, and the facilities that say so.

    Parameters
    ----------
    code, standing
        Digits of the unit; its state.
    sites
        Operating facilities that count, that serve it, or that may count.
    coming
        Facilities inside it that are planned or being built.
    """

    code: str
    standing: Standing
    sites: tuple[FuneralSite, ...]
    coming: tuple[FuneralSite, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Standings of all units, with the exact counts.

    Parameters
    ----------
    units
        In the order asked.
    unplaced
        Operating facilities of the kind whose unit the register does not tell.
    """

    units: tuple[UnitStanding, ...]
    unplaced: tuple[FuneralSite, ...] = ()

    def count(self, standing: Standing) -> int:
        """How many units are in that state."""
        return sum(unit.standing is standing for unit in self.units)

    @property
    def value(self) -> Fraction | None:
        """Share of the units that surely have one, in percent; None without units."""
        return Fraction(100 * self.count(Standing.HAS), len(self.units)) if self.units else None

    @property
    def meets(self) -> bool | None:
        """Whether all units have one; None where no unit is certain to have none, nor all have."""
        if self.count(Standing.HAS_NOT):
            return False
        return True if self.units and self.count(Standing.HAS) == len(self.units) else None


def unit_of(division: str, units: Iterable[str]) -> str | None:
    """The unit that digits of a division lie in: of several the one with most digits."""
    return max((code for code in units if division.startswith(code)), key=len, default=None)


def coverage(wanted: Wanted, units: Sequence[str], sites: Sequence[FuneralSite]) -> Coverage:
    """Which of `units` have what is wanted.

    Where neither register holds any record of the kinds, nobody can tell a unit that has none from
    one that registered none: all are unknown.

    Parameters
    ----------
    wanted
        What counts.
    units
        Digits of the units; one may lie within another (a city without its counties).
    sites
        All facilities of the registers.
    """
    asked = [site for site in sites if wanted.perhaps(site)]
    serving = [site for site in sites if wanted.is_kind(site)]
    inside: dict[str, list[FuneralSite]] = {code: [] for code in units}
    unplaced = []
    for site in asked:
        unit = unit_of(site.division, inside)
        if unit is not None:
            inside[unit].append(site)
        elif site.state is SiteState.OPERATING:
            unplaced.append(site)
    found = tuple(_standing(wanted, code, inside[code], serving) for code in units)
    return Coverage(found, tuple(unplaced))


def _standing(
    wanted: Wanted,
    code: str,
    inside: Sequence[FuneralSite],
    every: Sequence[FuneralSite],
) -> UnitStanding:
    coming = tuple(site for site in inside if site.state is SiteState.COMING)
    operating = [site for site in inside if site.state is SiteState.OPERATING]
    sure = tuple(site for site in operating if wanted.surely(site))
    if sure:
        return UnitStanding(code, Standing.HAS, sure, coming)
    serving = tuple(
        site for site in every if site.state is SiteState.OPERATING and wanted.serves(site, code)
    )
    if serving:
        return UnitStanding(code, Standing.SERVED, serving, coming)
    if operating or not every:
        return UnitStanding(code, Standing.UNKNOWN, tuple(operating), coming)
    return UnitStanding(code, Standing.HAS_NOT, (), coming)


ASK_COLUMNS = (
    *("id", "name", "kinds", "level", "unit", "measure", "written", "low", "high", "force"),
    *("place", "adcode", "document", "document_day", "article", "passage", "evidence", "year"),
    *("valid_from", "rule", "confirm", "caveat", "indicator"),
)
"""Columns of ``data/gazetteer/funeral_layout.csv``."""

_TEXTS = (
    *("id", "name", "written", "confirm", "caveat", "place", "document", "document_day"),
    *("article", "passage", "valid_from", "rule", "indicator"),
)
_UNITS = ("city", "county", "city_and_county", "rural_county", "township")
_BURIAL = frozenset({FuneralKind.CEMETERY, FuneralKind.COLUMBARIUM, FuneralKind.BURIAL_POINT})


def ask_of(row: Mapping[str, str]) -> FuneralAsk:
    """The thing asked for that a row of the table holds.

    Raises
    ------
    InvalidInput
        Naming the column that cannot be read.
    """
    kinds = frozenset(FuneralKind.named(word, "kinds") for word in row["kinds"].split())
    levels = frozenset(BurialPlaceLevel.named(word, "level") for word in row["level"].split())
    if not kinds or row["unit"] not in _UNITS or row["evidence"] not in EVIDENCE_ZH:
        raise InvalidInput(f"{row['id']} 的 kinds、unit 或 evidence 不可用", code="bad_value")
    force = AskForce.named(row["force"], "force")
    if (force is AskForce.TO_CONFIRM) is not bool(row["confirm"]):
        raise InvalidInput(f"{row['id']} 的 confirm 与 force 不符", code="bad_value")
    return FuneralAsk(
        **{name: row[name] for name in _TEXTS},
        wanted=Wanted(kinds, levels, True if kinds <= _BURIAL else None),
        unit=row["unit"],
        measure=AskMeasure.named(row["measure"], "measure"),
        low=exact(row["low"], "low"),
        high=exact(row["high"], "high") if row["high"] else None,
        force=force,
        adcode=DivisionCode.parse(row["adcode"]).text,
        evidence=row["evidence"],
        year=int(row["year"] or 0),
    )
