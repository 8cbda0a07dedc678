"""How far the elder-care rooms of estates have come: planned, built, accepted, handed over."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import geopandas as gpd

from civgeo.domain.division import DivisionCode, DivisionLevel
from civgeo.domain.estate import EstateClass, HandoverStage
from civgeo.errors import NotFound
from civgeo.reports.handover import handover_workbook
from civgeo.services.city import City
from civgeo.store.reading import Reading, Register
from civgeo.store.tables import Collection

__all__ = [
    "STAGES",
    "CountyHandover",
    "Handover",
    "Pending",
    "handover",
    "handover_spreadsheet",
    "months_since",
]

STAGES = tuple(HandoverStage)
"""Stages in their order, the handover last."""


@dataclass(frozen=True, slots=True)
class Pending:
    """An estate whose rooms are not handed over.

    Parameters
    ----------
    id, name, county, county_name, division
        The estate, its county by code and name, and the code of its township.
    estate_class
        New, existing or mixed.
    stage
        What is reached, None where it is not recorded.
    completed_year
        Year of completion, None where unknown.
    months
        Whole months since the end of that year: at least so long ago. None where the year is
        unknown or lies ahead.
    households
        None where unknown.
    """

    id: str
    name: str
    county: str
    county_name: str
    division: str
    estate_class: EstateClass
    stage: HandoverStage | None
    completed_year: int | None
    months: int | None
    households: int | None


@dataclass(frozen=True, slots=True)
class CountyHandover:
    """Rate of one county: `handed_over` of the estates whose stage is `known`.

    Parameters
    ----------
    code, name
        The county, or the whole that was asked.
    stages
        Estates by stage, in the order of the stages.
    unknown
        Estates without a recorded stage, which the rate leaves out.
    """

    code: str
    name: str
    stages: tuple[int, ...]
    unknown: int

    @property
    def handed_over(self) -> int:
        """Numerator of the rate."""
        return self.stages[STAGES.index(HandoverStage.HANDED_OVER)]

    @property
    def known(self) -> int:
        """Denominator of the rate."""
        return sum(self.stages)

    @property
    def rate(self) -> Fraction | None:
        """Share that is handed over; None where no stage is known."""
        return Fraction(self.handed_over, self.known) if self.known else None


@dataclass(frozen=True, slots=True)
class Handover:
    """What is not handed over, new estates and the longest finished first; rates by county."""

    register: Register
    on: date
    division: str
    pending: tuple[Pending, ...]
    counties: tuple[CountyHandover, ...]
    whole: CountyHandover


def handover(city: City, *, division: str | None = None) -> Handover:
    """Estates whose rooms are not handed over, and the rate of each county, on the city's today.

    The rate is the number of estates whose rooms are handed over, divided by the number of those
    whose stage is recorded.

    Parameters
    ----------
    city
        The city.
    division
        Code of the area to look at; the whole city by default.

    Raises
    ------
    InvalidInput
        When `division` is no division code.
    NotFound
        When the city holds no such division.
    """
    with city.store.read() as reading:
        register = reading.register()
        area = DivisionCode.parse(division or register.city).text
        names = _county_names(reading)
        _require_division(reading, register, area)
        estates = reading.features(Collection.ESTATES, division=None if division is None else area)
    rows = [_row(values, names, city.today) for values in _values(estates)]
    listed = {code for code in names if code.startswith(area)} | {row.county for row in rows}
    by_county = [
        _county(code, names.get(code, code), [row for row in rows if row.county == code])
        for code in sorted(listed)
    ]
    pending = [row for row in rows if row.stage is not HandoverStage.HANDED_OVER]
    return Handover(
        register=register,
        on=city.today,
        division=area,
        pending=tuple(sorted(pending, key=_new_and_longest_first)),
        counties=tuple(by_county),
        whole=_county(area, names.get(area, register.name), rows),
    )


def handover_spreadsheet(city: City, *, division: str | None = None) -> bytes:
    """XLSX of `handover`: the list and the rates."""
    found = handover(city, division=division)
    return handover_workbook(
        pending=[
            {
                "name": row.name,
                "county": row.county_name,
                "division": row.division,
                "class": row.estate_class.label_zh,
                "stage": "未登记" if row.stage is None else row.stage.label_zh,
                "completed_year": row.completed_year,
                "months": row.months,
                "households": row.households,
                "id": row.id,
            }
            for row in found.pending
        ],
        counties=[
            {
                "name": row.name,
                "code": row.code,
                "handed_over": row.handed_over,
                "known": row.known,
                "rate": None if row.rate is None else float(row.rate),
                "unknown": row.unknown,
                **{stage.value: row.stages[place] for place, stage in enumerate(STAGES[:-1])},
            }
            for row in (*found.counties, found.whole)
        ],
        on=found.on,
        sources=found.register.sources,
        simulated=found.register.simulated,
    )


def months_since(completed_year: int | None, today: date) -> int | None:
    """Whole months since the end of the year of completion, 0 within it; None for a later year.

    Examples
    --------
    >>> months_since(2024, date(2026, 3, 1)), months_since(2026, date(2026, 3, 1))
    (14, 0)
    """
    if completed_year is None or completed_year > today.year:
        return None
    return max(0, (today.year - completed_year - 1) * 12 + today.month - 1)


def _require_division(reading: Reading, register: Register, code: str) -> None:
    own = {"code": code, "role": "own"}
    if code != register.city and not reading.count(Collection.DIVISIONS, where=own):
        raise NotFound(f"{register.name}的库中没有区划 {code}；请核对代码，或查看 divisions 列表")


def _county_names(reading: Reading) -> dict[str, str]:
    own = {"role": "own", "level": DivisionLevel.COUNTY.value}
    counties = reading.features(Collection.DIVISIONS, where=own)
    return dict(zip(counties["code"].tolist(), counties["name"].tolist(), strict=True))


def _values(estates: gpd.GeoDataFrame) -> list[tuple[object, ...]]:
    names = ["name", "division", "estate_class", "stage", "completed_year", "households"]
    cells = [estates[n].astype(object).where(estates[n].notna(), None).tolist() for n in names]
    return list(zip(estates.index.tolist(), *cells, strict=True))


def _row(values: tuple[object, ...], names: dict[str, str], today: date) -> Pending:
    id, name, division, estate_class, stage, year, households = values
    county = str(division)[:6]
    completed = year if isinstance(year, int) else None
    return Pending(
        id=str(id),
        name=str(name),
        county=county,
        county_name=names.get(county, county),
        division=str(division),
        estate_class=EstateClass(str(estate_class)),
        stage=None if stage is None else HandoverStage(str(stage)),
        completed_year=completed,
        months=months_since(completed, today),
        households=households if isinstance(households, int) else None,
    )


def _county(code: str, name: str, rows: Sequence[Pending]) -> CountyHandover:
    counts = Counter(row.stage for row in rows)
    return CountyHandover(code, name, tuple(counts[stage] for stage in STAGES), counts[None])


def _new_and_longest_first(row: Pending) -> tuple[bool, bool, int, str, str]:
    existing = row.estate_class is EstateClass.EXISTING
    return existing, row.months is None, -(row.months or 0), row.county, row.name
