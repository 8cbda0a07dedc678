"""Which counties and townships have which funeral facilities, and how that stands to the plan."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from civgeo.domain.cemetery_forms import BurialPlaceLevel
from civgeo.domain.division import DivisionCode
from civgeo.domain.floor_area import VerdictStatus
from civgeo.domain.funeral_layout import (
    AskForce,
    AskMeasure,
    Coverage,
    FuneralAsk,
    FuneralKind,
    FuneralSite,
    SiteState,
    Standing,
    UnitStanding,
    Wanted,
    coverage,
)
from civgeo.errors import InvalidInput
from civgeo.formats.funeral_layout import funeral_asks
from civgeo.services.city import City
from civgeo.services.funeral_sites import funeral_sites
from civgeo.services.indicator_data import DayData, day_data
from civgeo.services.indicator_units import UNIT_WORDS, Unit, units_of

__all__ = ["COUNTY_COLUMNS", "TOWNSHIP_COLUMNS", "AskResult", "Column", "FuneralCoverage"]
__all__ += ["UnitRow", "area_of", "ask_result", "funeral_coverage"]

_K, _L = FuneralKind, BurialPlaceLevel
_BURIAL = frozenset({_K.CEMETERY, _K.COLUMBARIUM, _K.BURIAL_POINT})
_TOWN_DIGITS = 9
_REGISTERS = ("facilities", "cemeteries")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its word, its title, and what counts."""

    id: str
    title: str
    wanted: Wanted


def _column(
    id: str, title: str, kinds: Iterable[FuneralKind], *levels: BurialPlaceLevel, public: bool
) -> Column:
    return Column(id, title, Wanted(frozenset(kinds), frozenset(levels), public))


_STATION = _column("service_station", "殡仪服务站", [_K.SERVICE_STATION], public=True)
_COLUMBARIUM = _column("columbarium", "骨灰堂（公益性，各级）", [_K.COLUMBARIUM], public=True)
_POINT = _column("burial_point", "集中安葬点（公益性）", [_K.BURIAL_POINT], public=True)
COUNTY_COLUMNS = (
    _column("funeral_home", "殡仪馆", [_K.FUNERAL_HOME], public=True),
    _STATION,
    _column("county_burial", "县级公益性安葬（放）设施", _BURIAL, _L.COUNTY, public=True),
    _column("county_cemetery", "县级公益性公墓", [_K.CEMETERY], _L.COUNTY, public=True),
    _column("city_cemetery", "市级公益性公墓", [_K.CEMETERY], _L.CITY, public=True),
    _COLUMBARIUM,
    _POINT,
    _column("commercial_cemetery", "经营性公墓", [_K.CEMETERY], public=False),
)
TOWNSHIP_COLUMNS = (
    _STATION,
    _column("township_burial", "乡级公益性安葬（放）设施", _BURIAL, _L.TOWNSHIP, public=True),
    _column("township_cemetery", "乡镇级公益性公墓", [_K.CEMETERY], _L.TOWNSHIP, public=True),
    _COLUMBARIUM,
    _POINT,
)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit with its standing in each column, in the columns' order."""

    unit: Unit
    cells: tuple[UnitStanding, ...]


@dataclass(frozen=True, slots=True)
class AskResult:
    """How the city stands to one thing that its plan asks for.

    Parameters
    ----------
    ask
        What is asked.
    status, reason
        ``ok``, ``not_assessed``, ``unverified``; why it is not ok.
    numerator, denominator
        Units that have one and all units; of counts the count, and None.
    meets
        Whether that is what is asked; None where it cannot be told.
    units, coverage
        The units, and their standings; None for counts.
    counts
        Of a count how many each register tells; of the number in each unit by its digits.
    counted, perhaps
        Of a count the facilities; those that may count, of a level that nobody registered.
    notes
        What a reader has to know.
    """

    ask: FuneralAsk
    status: VerdictStatus
    reason: str
    numerator: int | None
    denominator: int | None
    meets: bool | None
    units: tuple[Unit, ...]
    coverage: Coverage | None
    counts: Mapping[str, int]
    counted: tuple[FuneralSite, ...] = ()
    perhaps: tuple[FuneralSite, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FuneralCoverage:
    """Coverage of one city on one day.

    Parameters
    ----------
    data, division
        The registers of the day; digits of the area, empty for the whole city.
    asks
        What the city's plan asks for; none where it is not in the table.
    counties, townships
        Rows in the columns `COUNTY_COLUMNS` and `TOWNSHIP_COLUMNS`.
    sites
        Facilities of the area.
    """

    data: DayData
    division: str
    asks: tuple[AskResult, ...]
    counties: tuple[UnitRow, ...]
    townships: tuple[UnitRow, ...]
    sites: tuple[FuneralSite, ...]


def funeral_coverage(city: City, *, on: date | None = None, division: str = "") -> FuneralCoverage:
    """Coverage of the counties and townships of `city` on a day, today by default.

    Parameters
    ----------
    city, on
        The city, the day.
    division
        Digits of the area; empty for the whole city.

    Raises
    ------
    InvalidInput
        When there is no such division.
    """
    data = day_data(city, on or city.today)
    division = area_of(data, division)
    every = funeral_sites(data)
    asks = [
        ask for ask in funeral_asks() if ask.adcode == DivisionCode.parse(data.register.city).text
    ]
    return FuneralCoverage(
        data,
        division,
        tuple(_result(ask, data, every, division) for ask in asks),
        _rows(_units(data, "county", division), COUNTY_COLUMNS, every),
        _rows(_units(data, "township", division), TOWNSHIP_COLUMNS, every),
        tuple(site for site in every if site.division.startswith(division)),
    )


def ask_result(ask: FuneralAsk, data: DayData) -> AskResult:
    """How the whole city stands to one thing that its plan asks for, on the day of `data`."""
    return _result(ask, data, funeral_sites(data), "")


def area_of(data: DayData, division: str) -> str:
    """Digits of an area of the city; empty for the city itself.

    Raises
    ------
    InvalidInput
        When no division of the register lies there, or below townships.
    """
    if len(division) > _TOWN_DIGITS:
        raise InvalidInput(f"区划 {division} 低于乡镇，请给到乡镇为止", code="bad_value")
    if DivisionCode.parse(data.register.city).digits == division:
        return ""
    if division and not data.divisions["code"].str.startswith(division).any():
        raise InvalidInput(f"登记库的区划中没有 {division}", code="no_such_division")
    return division


def _rows(
    units: Sequence[Unit], columns: Sequence[Column], sites: Sequence[FuneralSite]
) -> tuple[UnitRow, ...]:
    codes = [unit.code for unit in units]
    found = [coverage(column.wanted, codes, sites).units for column in columns]
    return tuple(
        UnitRow(unit, tuple(column[at] for column in found)) for at, unit in enumerate(units)
    )


def _units(data: DayData, kind: str, division: str) -> list[Unit]:
    if kind == "city":
        city = DivisionCode.parse(data.register.city)
        return [Unit(city.digits, data.register.name, city.text)]
    rural = kind == "rural_county"
    units = units_of(data, "county", "county") if rural else units_of(data, kind)
    return [unit for unit in units if unit.code.startswith(division)]


def _result(
    ask: FuneralAsk, data: DayData, sites: Sequence[FuneralSite], division: str
) -> AskResult:
    inside = [site for site in sites if site.division.startswith(division)]
    units = _units(data, ask.unit, division)
    notes = tuple(_about(ask, data, division))
    if not units:
        where = "范围内" if division else "区划名录中"
        return _without(ask, f"{where}没有{UNIT_WORDS.get(ask.unit, '县')}，没有分母", notes)
    if not any(ask.wanted.is_kind(site) for site in sites):
        kinds = "、".join(kind.label_zh for kind in FuneralKind if kind in ask.wanted.kinds)
        told = f"登记库中没有任何{kinds}，不能分辨是没有建成还是没有登记"
        return _without(ask, told, notes)
    if ask.measure is AskMeasure.COVERAGE:
        return _covered(ask, units, sites, notes)
    if ask.measure is AskMeasure.EACH:
        return _each(ask, units, inside, notes)
    return _counted(ask, inside, notes, whole=not division)


def _about(ask: FuneralAsk, data: DayData, division: str) -> Iterable[str]:
    if ask.valid_from and data.on.isoformat() < ask.valid_from:
        yield f"评价日不在规划期内（自 {ask.valid_from} 起）"
    if division:
        yield f"只统计区划 {division} 内的"


def _without(ask: FuneralAsk, reason: str, notes: tuple[str, ...]) -> AskResult:
    return AskResult(
        *(ask, VerdictStatus.NOT_ASSESSED, reason, None, None, None, (), None, {}), notes=notes
    )


def _covered(
    ask: FuneralAsk, units: list[Unit], sites: Sequence[FuneralSite], notes: tuple[str, ...]
) -> AskResult:
    found = coverage(ask.wanted, [unit.code for unit in units], sites)
    unknown, served = found.count(Standing.UNKNOWN), found.count(Standing.SERVED)
    doubts = [f"{unknown} 个单元有设施而没有登记服务级别，不能确定"] if unknown else []
    if served:
        doubts.append(f"{served} 个单元由别处或上级的设施服务，是否算覆盖由市局认定")
    unplaced = len(found.unplaced)
    told = [f"另有 {unplaced} 处设施没有登记到这一级区划，未计入"] if unplaced else []
    open_yet = found.meets is None
    return AskResult(
        ask=ask,
        status=VerdictStatus.UNVERIFIED if open_yet else VerdictStatus.OK,
        reason="；".join(doubts) if open_yet else "",
        numerator=found.count(Standing.HAS),
        denominator=len(units),
        meets=found.meets,
        units=tuple(units),
        coverage=found,
        counts={},
        notes=(*notes, *told, *([] if open_yet else doubts)),
    )


def _each(
    ask: FuneralAsk, units: list[Unit], sites: Sequence[FuneralSite], notes: tuple[str, ...]
) -> AskResult:
    counts = {
        unit.code: sum(
            ask.wanted.surely(site)
            and site.state is SiteState.OPERATING
            and site.division.startswith(unit.code)
            for site in sites
        )
        for unit in units
    }
    most = ask.high if ask.high is not None else max(counts.values())
    return AskResult(
        ask=ask,
        status=VerdictStatus.UNVERIFIED if ask.confirm else VerdictStatus.OK,
        reason=ask.confirm,
        numerator=sum(ask.low <= count <= most for count in counts.values()),
        denominator=len(units),
        meets=None
        if ask.force is AskForce.TO_CONFIRM
        else all(ask.low <= count <= most for count in counts.values()),
        units=tuple(units),
        coverage=None,
        counts=counts,
        notes=notes,
    )


def _counted(
    ask: FuneralAsk, sites: Sequence[FuneralSite], notes: tuple[str, ...], *, whole: bool
) -> AskResult:
    """Facilities of both registers together, each place once."""
    running = [site for site in sites if site.state is SiteState.OPERATING]
    sure = [site for site in running if ask.wanted.surely(site)]
    perhaps = tuple(
        site for site in running if ask.wanted.perhaps(site) and not ask.wanted.surely(site)
    )
    total = len(sure)
    reason = ask.caveat if whole else "这是全市的目标，一个县区没有目标"
    if not reason and total < ask.low <= total + len(perhaps):
        reason = f"另有 {len(perhaps)} 处没有登记服务级别，不能确定"
    return AskResult(
        ask=ask,
        status=VerdictStatus.UNVERIFIED if reason else VerdictStatus.OK,
        reason=reason,
        numerator=total,
        denominator=None,
        meets=None if reason else total >= ask.low,
        units=(),
        coverage=None,
        counts={name: sum(site.register == name for site in sure) for name in _REGISTERS},
        counted=tuple(sure),
        perhaps=perhaps,
        notes=notes,
    )
