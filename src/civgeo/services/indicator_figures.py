"""What a rule of the catalogue gives: a numerator and a denominator, or why there are none."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np
import pandas as pd

from civgeo.domain.facility import FacilityKind
from civgeo.domain.floor_area import VerdictStatus
from civgeo.domain.indicator_catalogue import IndicatorDefinition
from civgeo.services.city import City
from civgeo.services.indicator_data import DayData

__all__ = ["Computed", "Failing", "Part", "Reach", "ReachQuestion", "exact_sum", "lacking"]
__all__ += ["kinds_unregistered", "parts_by_county"]


_STEPS = 1_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """The figure of one county; the denominator is None for counts."""

    code: str
    name: str
    numerator: Fraction
    denominator: Fraction | None


@dataclass(frozen=True, slots=True)
class Failing:
    """A unit that does not have what the indicator asks for; `remark` says what it has."""

    code: str
    name: str
    county: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Computed:
    """Outcome of one rule.

    Parameters
    ----------
    numerator, denominator
        Exact; the numerator is None where nothing could be computed.
    status, reason
        Not ok where the registers do not tell, and why.
    missing
        Layers that are not at hand.
    notes
        What a reader has to know about the count.
    parts, failing
        By county; units that lack what is asked for.
    """

    numerator: Fraction | None = None
    denominator: Fraction | None = None
    status: VerdictStatus = VerdictStatus.OK
    reason: str = ""
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    failing: tuple[Failing, ...] = ()


@dataclass(frozen=True, slots=True)
class ReachQuestion:
    """What an indicator of reach on foot asks of the walk network.

    Parameters
    ----------
    city, on
        The city, and the day whose facilities count.
    kinds, minutes
        Facilities to walk to, and the time it may take.
    measure
        ``elders`` or ``households`` for people reached, ``area`` for the area reached.
    area
        Kind of reporting area that bounds an area share, such as ``main_urban_area``; else empty.
    """

    city: City
    on: date
    kinds: tuple[FacilityKind, ...]
    minutes: int
    measure: str
    area: str


Reach = Callable[[ReachQuestion], Computed | None]
"""Answers a question of reach; None while there is no walk network."""


def lacking(reason: str, *missing: str) -> Computed:
    """Nothing computed for want of `missing` layers."""
    return Computed(status=VerdictStatus.NOT_ASSESSED, reason=reason, missing=missing)


def kinds_unregistered(definition: IndicatorDefinition, data: DayData) -> Computed | None:
    """Why facilities cannot be counted: none of the kinds was ever registered; None when one was.

    A register without one record of a kind does not tell a city that has none from one that
    registered none.
    """
    kinds = {kind.value for kind in definition.kinds}
    if data.kinds_registered & kinds:
        return None
    labels = "、".join(kind.label_zh for kind in definition.kinds)
    return lacking(f"登记库中没有任何{labels}，不能分辨是没有建成还是没有登记", "facilities")


def exact_sum(column: pd.Series) -> Fraction:
    """Sum of a column of counts or areas, exact to a millionth; nulls count as nothing."""
    values = column.dropna().to_numpy(np.float64)
    return Fraction(int(np.rint(values * _STEPS).astype(np.int64).sum()), _STEPS)


def parts_by_county(
    data: DayData, pairs: Iterable[tuple[str, Fraction, Fraction | None]]
) -> tuple[Part, ...]:
    """Sums by county of (code, numerator, denominator), for every county of the city."""
    counties = data.divisions[data.divisions["level"] == "county"]
    names = dict(sorted(zip(counties["code"], counties["name"], strict=True)))
    above = dict.fromkeys(names, Fraction())
    below: dict[str, Fraction | None] = dict.fromkeys(names)
    for code, numerator, denominator in pairs:
        county = code[:6]
        if county in names:
            above[county] += numerator
            if denominator is not None:
                below[county] = (below[county] or Fraction()) + denominator
    return tuple(Part(code, names[code], above[code], below[code]) for code in names)
