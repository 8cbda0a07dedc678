"""How the figures of the catalogue are computed from the registers, one function a rule."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

import geopandas as gpd
import pandas as pd

from civgeo.domain.floor_area import VerdictStatus
from civgeo.domain.indicator_catalogue import Counting, IndicatorDefinition
from civgeo.domain.round_forms import RoundKind
from civgeo.services.indicator_data import DayData
from civgeo.services.indicator_figures import (
    Computed,
    Failing,
    Reach,
    ReachQuestion,
    exact_sum,
    kinds_unregistered,
    lacking,
    parts_by_county,
)
from civgeo.services.indicator_layout import of_layout
from civgeo.services.indicator_site_area import site_area
from civgeo.services.indicator_units import UNIT_WORDS, Unit, placed_in, units_of
from civgeo.store.tables import Collection

__all__ = ["computed"]

_ONE = Fraction(1)
_LEVELS = {"county_and_township": ("county", "township")}
_WHOLE_LEVELS = ("county", "city_and_county", "township")
_COMMUNITIES = ("urban_community", "village")
_NO_STREETS = "还没有步行网，步行可达不能计算；请先导入道路：civgeo import FILE --as streets"


def computed(
    definition: IndicatorDefinition, data: DayData, reach: Reach | None = None
) -> Computed:
    """Numerator and denominator of `definition` on the day of `data`.

    Parameters
    ----------
    definition, data
        The indicator, and the registers of the day.
    reach
        Answers questions of reach on foot; None while there is no walk network.
    """
    if definition.counting is Counting.REACH:
        return _reach(definition, data, reach)
    by_layout = "layout" in definition.parameters
    found = (of_layout if by_layout else _RULES[definition.counting])(definition, data)
    twice = data.burials.told(frozenset(kind.value for kind in definition.kinds))
    return replace(found, notes=(*found.notes, *twice)) if twice else found


def _units_with(definition: IndicatorDefinition, data: DayData) -> Computed:
    unregistered = kinds_unregistered(definition, data)
    if unregistered:
        return unregistered
    kind = definition.parameters["unit"]
    sites = _sites(definition, data)
    found: list[tuple[Unit, str | None]] = []
    unplaced = 0
    for part in _LEVELS.get(kind, (kind,)):
        units = units_of(data, part, definition.parameters.get("within", ""))
        if not units:
            word = UNIT_WORDS[part]
            return lacking(f"区划名录中没有{word}，没有分母", f"divisions（{word}）")
        places = placed_in(sites, units)
        unplaced += _unplaced(definition, part, sites, places)
        found += _short_of(definition, sites, units, places)
    told = f"{unplaced} 处设施没有登记所在的{UNIT_WORDS[kind]}" if unplaced else ""
    nowhere = bool(unplaced) and unplaced == len(sites)
    return Computed(
        numerator=Fraction(sum(remark is None for _, remark in found)),
        denominator=Fraction(len(found)),
        status=VerdictStatus.UNVERIFIED if nowhere else VerdictStatus.OK,
        reason=told if nowhere else "",
        notes=(f"另有 {told}，未计入",) if told and not nowhere else (),
        parts=parts_by_county(
            data, ((unit.county, Fraction(remark is None), _ONE) for unit, remark in found)
        ),
        failing=tuple(
            Failing(unit.code, unit.name, unit.county, remark)
            for unit, remark in found
            if remark is not None
        ),
    )


def _unplaced(
    definition: IndicatorDefinition,
    unit: str,
    sites: gpd.GeoDataFrame,
    places: list[str | None],
) -> int:
    """Facilities of which the register does not tell the unit that they lie in."""
    if unit in _COMMUNITIES:
        return int((sites["community"].isna() & (sites["division"].str.len() < 12)).sum())
    if unit in _WHOLE_LEVELS and not definition.parameters.get("within"):
        return sum(place is None for place in places)
    return 0


def _sites(definition: IndicatorDefinition, data: DayData) -> gpd.GeoDataFrame:
    """Facilities in operation that count for the indicator."""
    sites = data.of_kinds(frozenset(kind.value for kind in definition.kinds))
    if definition.parameters.get("opened_this_year"):
        sites = sites[sites["opened"].str[:4] == f"{data.on.year:04d}"]
    area = sites["floor_area_m2"]
    if "floor_min" in definition.parameters:
        sites = sites[area >= definition.number("floor_min", 0)]
    if "floor_max" in definition.parameters:
        sites = sites[sites["floor_area_m2"] <= definition.number("floor_max", 0)]
    return sites


def _short_of(
    definition: IndicatorDefinition,
    sites: gpd.GeoDataFrame,
    units: list[Unit],
    places: list[str | None],
) -> list[tuple[Unit, str | None]]:
    """Each unit with what it has where that is not enough, None where it is."""
    held: dict[str, int] = defaultdict(int)
    beds: dict[str, int] = defaultdict(int)
    for place, count in zip(places, sites["beds"].fillna(0).tolist(), strict=True):
        held[place or ""] += 1
        beds[place or ""] += int(count)
    least, least_beds = definition.number("at_least", 1), definition.number("beds", 0)
    found: list[tuple[Unit, str | None]] = []
    for unit in units:
        enough = held[unit.code] >= least and beds[unit.code] >= least_beds
        remark = f"{held[unit.code]} 处" + (f"，{beds[unit.code]} 张床位" if least_beds else "")
        found.append((unit, None if enough else remark))
    return found


def _bed_share(definition: IndicatorDefinition, data: DayData) -> Computed:
    unregistered = kinds_unregistered(definition, data)
    if unregistered:
        return unregistered
    sites = _sites(definition, data)
    known = sites[sites["beds"].notna() & sites["nursing_beds"].notna()]
    unknown = len(sites) - len(known)
    reason = f"{unknown} 处没有登记床位或护理型床位，只计其余 {len(known)} 处" if unknown else ""
    return Computed(
        numerator=exact_sum(known["nursing_beds"]),
        denominator=exact_sum(known["beds"]),
        status=VerdictStatus.UNVERIFIED if unknown else VerdictStatus.OK,
        reason=reason,
        parts=parts_by_county(data, _triples(known, "nursing_beds", "beds")),
    )


def _triples(
    rows: gpd.GeoDataFrame, above: str, below: str
) -> list[tuple[str, Fraction, Fraction | None]]:
    """Sums of two columns by county."""
    counties = rows["division"].str[:6]
    return [
        (str(code), exact_sum(part[above]), exact_sum(part[below]))
        for code, part in rows[[above, below]].groupby(counties)
    ]


def _facilities(definition: IndicatorDefinition, data: DayData) -> Computed:
    unregistered = kinds_unregistered(definition, data)
    if unregistered:
        return unregistered
    sites = _sites(definition, data)
    ones = ((code, _ONE, None) for code in sites["division"].tolist())
    return Computed(numerator=Fraction(len(sites)), parts=parts_by_county(data, ones))


def _beds(definition: IndicatorDefinition, data: DayData) -> Computed:
    unregistered = kinds_unregistered(definition, data)
    if unregistered:
        return unregistered
    sites = _sites(definition, data)
    known = sites[sites["beds"].notna()]
    unknown = len(sites) - len(known)
    pairs = zip(known["division"].tolist(), known["beds"].tolist(), strict=True)
    return Computed(
        numerator=exact_sum(known["beds"]),
        status=VerdictStatus.UNVERIFIED if unknown else VerdictStatus.OK,
        reason=f"{unknown} 处没有登记床位，合计只是下限" if unknown else "",
        parts=parts_by_county(data, ((code, Fraction(int(beds)), None) for code, beds in pairs)),
    )


def _floor_per_households(definition: IndicatorDefinition, data: DayData) -> Computed:
    unregistered = kinds_unregistered(definition, data)
    if unregistered:
        return unregistered
    estates = data.records(Collection.ESTATES)
    if estates.empty:
        return lacking("登记库中没有小区，没有户数", "estates")
    sites = _sites(definition, data)
    area, homes = sites["floor_area_m2"], estates["households"]
    unknown = int(area.isna().sum()), int(homes.isna().sum())
    pairs = [(code, total, None) for code, total in _county_sums(sites["division"], area)]
    below = [(code, Fraction(), total) for code, total in _county_sums(estates["division"], homes)]
    return Computed(
        numerator=exact_sum(area),
        denominator=exact_sum(homes),
        notes=(f"{unknown[0]} 处没有面积，{unknown[1]} 个小区没有户数，未计入",)
        if any(unknown)
        else (),
        parts=parts_by_county(data, [*pairs, *below]),
    )


def _county_sums(codes: pd.Series, values: pd.Series) -> list[tuple[str, Fraction]]:
    groups = values.groupby(codes.str[:6])
    return [(str(code), exact_sum(part)) for code, part in groups]


def _estates(definition: IndicatorDefinition, data: DayData) -> gpd.GeoDataFrame:
    """Coverage of the estates of the class that the indicator is about, by today's register."""
    return data.estates_covered[
        data.estates_covered["estate_class"] == definition.parameters["class"]
    ]


def _by_todays_register(data: DayData, counted: Computed) -> Computed:
    if data.on == data.city.today or counted.status is not VerdictStatus.OK:
        return counted
    reason = "小区与设施按今天的登记，标准按评价日；当日的小区没有回溯"
    return Computed(
        counted.numerator,
        counted.denominator,
        VerdictStatus.UNVERIFIED,
        reason,
        parts=counted.parts,
        failing=counted.failing,
    )


def _estate_rate(definition: IndicatorDefinition, data: DayData) -> Computed:
    units = _estates(definition, data)
    if units.empty:
        return lacking("登记库中没有这一类小区", "estates")
    counted = Computed(
        numerator=exact_sum(units["total_m2"]),
        denominator=exact_sum(units["households"]),
        parts=parts_by_county(data, _triples(units, "total_m2", "households")),
        failing=_estates_below(units),
    )
    return _by_todays_register(data, counted)


def _estates_meeting(definition: IndicatorDefinition, data: DayData) -> Computed:
    units = _estates(definition, data)
    assessed = units[units["meets"].notna()]
    if assessed.empty:
        return lacking("没有可评价的小区：没有小区、户数或现行标准", "estates", "standards")
    left_out = len(units) - len(assessed)
    pairs = zip(assessed["division"].tolist(), assessed["meets"].tolist(), strict=True)
    counted = Computed(
        numerator=Fraction(int(assessed["meets"].sum())),
        denominator=Fraction(len(assessed)),
        notes=(f"{left_out} 个小区没有结论，未计入分母",) if left_out else (),
        parts=parts_by_county(data, ((code, Fraction(int(ok)), _ONE) for code, ok in pairs)),
        failing=_estates_below(units),
    )
    return _by_todays_register(data, counted)


def _estates_below(units: gpd.GeoDataFrame) -> tuple[Failing, ...]:
    below = units[units["meets"].notna() & ~units["meets"].fillna(value=True).astype(bool)]
    rows = zip(below.index, below["name"], below["division"], below["gap_m2"], strict=True)
    return tuple(
        Failing(str(id), str(name), str(code)[:6], f"缺 {gap:.2f} m²")
        for id, name, code, gap in rows
    )


def _paired(definition: IndicatorDefinition, data: DayData) -> Computed:
    hosts, points = (data.of_kinds(frozenset({kind.value})) for kind in definition.kinds)
    for kind in definition.kinds:
        if kind.value not in data.kinds_registered:
            return lacking(f"登记库中没有任何{kind.label_zh}", "facilities")
    told = hosts[hosts["community"].notna()]
    with_point = told["community"].isin(points["community"].dropna())
    pairs = zip(told["division"].tolist(), with_point.tolist(), strict=True)
    left_out = len(hosts) - len(told)
    alone = told[~with_point]
    rows = zip(alone.index, alone["name"], alone["division"], strict=True)
    return Computed(
        numerator=Fraction(int(with_point.sum())),
        denominator=Fraction(len(told)),
        notes=(f"{left_out} 处设施没有登记所在社区，未计入",) if left_out else (),
        parts=parts_by_county(data, ((code, Fraction(int(ok)), _ONE) for code, ok in pairs)),
        failing=tuple(Failing(str(id), name, code[:6]) for id, name, code in rows),
    )


def _rural_naming(definition: IndicatorDefinition, data: DayData) -> Computed:
    del definition
    rows = data.records(Collection.RURAL_NAMING)
    rows = rows[rows["counted_on"] <= data.on.isoformat()].sort_values("counted_on")
    units = units_of(data, "township")
    if rows.empty:
        return lacking("到评价日没有乡村著名行动的进度记录", "rural_naming")
    if not units:
        return lacking("区划名录中没有乡镇（街道），没有分母", "divisions（乡镇（街道））")
    goals = dict(zip(rows["division"].tolist(), rows["goal_reached"].tolist(), strict=True))
    unrecorded = sum(unit.code not in goals for unit in units)
    short = [unit for unit in units if not goals.get(unit.code)]
    ones = ((unit.county, Fraction(bool(goals.get(unit.code))), _ONE) for unit in units)
    return Computed(
        numerator=Fraction(len(units) - len(short)),
        denominator=Fraction(len(units)),
        notes=(f"{unrecorded} 个乡镇（街道）没有进度记录，按未达到计",) if unrecorded else (),
        parts=parts_by_county(data, ones),
        failing=tuple(
            Failing(unit.code, unit.name, unit.county, "" if unit.code in goals else "没有进度记录")
            for unit in short
        ),
    )


def _lines_inspected(definition: IndicatorDefinition, data: DayData) -> Computed:
    levels = definition.parameters["levels"].split(",")
    lines = data.records(Collection.BOUNDARY_LINES)
    lines = lines[lines["level"].isin(levels)]
    rounds = data.records(Collection.INSPECTION_ROUNDS)
    if lines.empty:
        return lacking("登记库中没有这一级的界线", "boundary_lines")
    if rounds.empty:
        return lacking("登记库中没有联检计划", "inspection_rounds")
    regular = rounds[rounds["kind"] == RoundKind.REGULAR.value]
    reported = regular["reported_on"].fillna("9999") <= data.on.isoformat()
    done = set(regular[reported & (regular["round"] >= definition.number("round", 1))]["line"])
    inspected = lines["code"].isin(done)
    left = lines[~inspected]
    told = [
        Failing(code, name, "") if public else Failing("", "未公开的界线", "")
        for code, name, public in zip(left["code"], left["name"], left["public"], strict=True)
    ]
    return Computed(
        numerator=Fraction(int(inspected.sum())),
        denominator=Fraction(len(lines)),
        failing=tuple(told),
    )


def _reach(definition: IndicatorDefinition, data: DayData, reach: Reach | None) -> Computed:
    question = ReachQuestion(
        city=data.city,
        on=data.on,
        kinds=definition.kinds,
        minutes=definition.number("minutes", 15),
        measure=definition.parameters["measure"],
        area=definition.parameters.get("area", ""),
    )
    answer = None if reach is None else reach(question)
    return lacking(_NO_STREETS, "streets") if answer is None else answer


def _reported(definition: IndicatorDefinition, data: DayData) -> Computed:
    del data
    told = "登记库算不出这一指标，须由各地上报；没有上报数，或上报数只供工作人员查看"
    return lacking(told, *definition.layers)


_RULES: Mapping[Counting, Callable[[IndicatorDefinition, DayData], Computed]] = {
    Counting.UNITS_WITH: _units_with,
    Counting.BED_SHARE: _bed_share,
    Counting.FACILITIES: _facilities,
    Counting.BEDS: _beds,
    Counting.FLOOR_PER_HOUSEHOLDS: _floor_per_households,
    Counting.ESTATE_RATE: _estate_rate,
    Counting.ESTATES_MEETING: _estates_meeting,
    Counting.PAIRED: _paired,
    Counting.RURAL_NAMING: _rural_naming,
    Counting.LINES_INSPECTED: _lines_inspected,
    Counting.SITE_AREA: site_area,
    Counting.REPORTED: _reported,
}
