"""What the homes of each estate require: households by class, and the standards that hold there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from civgeo.domain.division import DivisionCode
from civgeo.domain.estate import EstateClass
from civgeo.domain.floor_area import missing_reason
from civgeo.domain.standard import TOPIC_FLOOR_AREA, TOPIC_SINGLE_SITE, Standard, StandardBook

__all__ = ["AREA_STEPS", "NOTHING", "ClassRules", "Flags", "Homes", "Integers", "Places", "Texts"]
__all__ += ["homes_of", "of_classes", "standards_of"]

AREA_STEPS = 10_000

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]
Texts = npt.NDArray[np.object_]
NOTHING = np.array(None, dtype=object)


@dataclass(frozen=True, slots=True)
class ClassRules:
    """What holds for one class of estates, by number of the county.

    Parameters
    ----------
    minimum, site
        Floor area per 100 households, and of a single site, in steps of 0.0001 m2; 0 for none.
    strict
        Whether the minimum must be passed, not only reached.
    standard
        Id of the standard; None where none is at hand.
    lacking
        Why none is at hand; None where one is.
    caveat
        Why a verdict by the standard has to be verified; None where nothing speaks against it.
    """

    minimum: Integers
    site: Integers
    strict: Flags
    standard: Texts
    lacking: Texts
    caveat: Texts


@dataclass(frozen=True, slots=True)
class Homes:
    """Estates as arrays: households, of them new and existing ones, and whose rules apply."""

    households: Integers
    of_class: Mapping[EstateClass, Integers]
    unknown: Flags
    simulated: Flags
    county: Places
    required: Integers
    strict: Flags
    smallest_site: Integers
    holds: Mapping[EstateClass, Flags]
    rules: Mapping[EstateClass, ClassRules]


def _class_rules(
    part: EstateClass, counties: Sequence[str], book: StandardBook, on: date
) -> ClassRules:
    codes = [DivisionCode.parse(county) for county in counties]
    chosen = [book.choose(TOPIC_FLOOR_AREA, code, on, part) for code in codes]
    single = [book.choose(TOPIC_SINGLE_SITE, code, on, part) for code in codes]
    reasons = [
        missing_reason(part, code, on, book) if standard is None else None
        for code, standard in zip(codes, chosen, strict=True)
    ]
    return ClassRules(
        minimum=np.array([_steps(standard) for standard in chosen], np.int64),
        site=np.array([_steps(standard) for standard in single], np.int64),
        strict=np.array([s is not None and s.operator == ">" for s in chosen], bool),
        standard=np.array([None if s is None else s.id for s in chosen], object),
        lacking=np.array(reasons, object),
        caveat=np.array([_caveat(s) for s in chosen], object),
    )


def _caveat(standard: Standard | None) -> str | None:
    """What has to be verified; registered floor areas are gross."""
    if standard is None:
        return None
    if standard.area_basis == "net":
        return f"标准 {standard.id} 按套内面积计，登记的是建筑面积，须核实套内面积"
    if not standard.valid_from:
        return f"标准 {standard.id} 的施行日期未录入，待市局确认"
    return None


def _steps(standard: Standard | None) -> int:
    return 0 if standard is None else int((standard.value or 0) * AREA_STEPS)


def homes_of(estates: gpd.GeoDataFrame, book: StandardBook, on: date) -> Homes:
    """Estates as arrays, with the rules of their counties on that day."""
    county, names = pd.factorize(estates["division"].str[:6])
    households = estates["households"].astype("Int64")
    total = np.asarray(households.fillna(0), np.int64)
    of_mixed = estates["households_new"].astype("Int64").fillna(0).to_numpy(np.int64)
    kind = estates["estate_class"].to_numpy(object)
    new = np.where(kind == "new", total, np.where(kind == "mixed", of_mixed, 0))
    required, smallest = np.zeros(len(kind), np.int64), np.zeros(len(kind), np.int64)
    strict = np.zeros(len(kind), bool)
    holds, rules = {}, {}
    of_class = {EstateClass.NEW: new, EstateClass.EXISTING: total - new}
    for part, count in of_class.items():
        rule = rules[part] = _class_rules(part, list(names), book, on)
        held = holds[part] = (kind == part.value) | (kind == "mixed")
        required += np.where(held, count * rule.minimum[county], 0)
        smallest = np.maximum(smallest, np.where(held, rule.site[county], 0))
        strict |= held & rule.strict[county] & (count > 0)
    return Homes(
        households=total,
        of_class=of_class,
        unknown=households.isna().to_numpy(bool),
        simulated=estates["simulated"].to_numpy(bool),
        county=county,
        required=required,
        strict=strict,
        smallest_site=smallest,
        holds=holds,
        rules=rules,
    )


def of_classes(homes: Homes, text: Callable[[ClassRules], Texts]) -> Texts:
    """A `text` of the class rules for each estate: of its new homes, else of its others."""
    found = np.full(len(homes.households), None, dtype=object)
    for part in (EstateClass.EXISTING, EstateClass.NEW):
        values = text(homes.rules[part])
        held = homes.holds[part] & (values[homes.county] != NOTHING)
        found[held] = values[homes.county[held]]
    return found


def standards_of(homes: Homes, part: EstateClass) -> Texts:
    """Id of the standard for homes of class `part` of each estate; None where it has none."""
    return np.where(homes.holds[part], homes.rules[part].standard[homes.county], NOTHING)
