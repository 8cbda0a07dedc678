"""Coverage, stations and proposals of funeral facilities as rows of tables for the eye."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from civgeo.domain.funeral_layout import AskMeasure, Standing, UnitStanding
from civgeo.domain.quantity import decimal_text, fixed
from civgeo.services.funeral_coverage import (
    COUNTY_COLUMNS,
    TOWNSHIP_COLUMNS,
    AskResult,
    FuneralCoverage,
)
from civgeo.services.funeral_proposal import PlaceProposal
from civgeo.services.funeral_station_proposal import CountyProposal, StationProposal
from civgeo.services.funeral_stations import CountyStations, Spread

__all__ = ["COVERED", "ask_rows", "county_rows", "proposal_lines", "station_proposal_rows"]
__all__ += ["station_rows", "unit_rows"]

COVERED = ("代码", "名称", "所属县区", "设施", "有无", "设施名称", "规划或在建")
"""Header of `unit_rows`."""

_SHOWN = 12
_REGISTERS = {"facilities": "设施登记", "cemeteries": "公墓登记"}
_VERDICTS = {True: "达到", False: "没有达到", None: "不作结论"}


def ask_rows(found: FuneralCoverage) -> list[list[str]]:
    """A row for each thing the plan asks: name, force, target, figure, verdict, who lacks it."""
    return [
        [
            result.ask.name,
            result.ask.force.label_zh,
            _target(result),
            _figure(result),
            _VERDICTS[result.meets],
            _lacking(result),
        ]
        for result in found.asks
    ]


def _target(result: AskResult) -> str:
    ask = result.ask
    if ask.measure is AskMeasure.COVERAGE:
        return f"{decimal_text(ask.low)}%"
    if ask.high is not None:
        told = f"{decimal_text(ask.low)}~{decimal_text(ask.high)} 个"
        return f"原文“{ask.written}”，疑为 {told}（待确认）" if ask.written else told
    return f"≥ {decimal_text(ask.low)}"


def _figure(result: AskResult) -> str:
    if result.coverage is not None:
        value = result.coverage.value
        shown = "—" if value is None else fixed(value)
        served = result.coverage.count(Standing.SERVED)
        more = f"（另 {served} 个由别处或上级服务）" if served else ""
        return f"{result.numerator}/{result.denominator} = {shown}%{more}"
    if result.ask.measure is AskMeasure.EACH:
        return "、".join(f"{unit.name} {result.counts[unit.code]}" for unit in result.units) or "—"
    told = "、".join(f"{_REGISTERS[name]} {count}" for name, count in result.counts.items())
    return "—" if result.numerator is None else f"{result.numerator}（{told}）"


def _lacking(result: AskResult) -> str:
    if result.coverage is None:
        return ""
    named = {unit.code: unit.name for unit in result.units}
    units = result.coverage.units
    names = [named[each.code] for each in units if each.standing is Standing.HAS_NOT]
    more = f" 等 {len(names)} 个" if len(names) > _SHOWN else ""
    return "、".join(names[:_SHOWN]) + more


def county_rows(found: FuneralCoverage) -> tuple[list[str], list[list[str]]]:
    """Titles of the columns, and a row for each county."""
    rows = [
        [row.unit.code, row.unit.name, *(_cell(cell) for cell in row.cells)]
        for row in found.counties
    ]
    return [column.title for column in COUNTY_COLUMNS], rows


def _cell(cell: UnitStanding) -> str:
    count = f" {len(cell.sites)}" if cell.standing is Standing.HAS else ""
    coming = f"（另有拟建 {len(cell.coming)}）" if cell.coming else ""
    return f"{cell.standing.label_zh}{count}{coming}"


def unit_rows(found: FuneralCoverage) -> Iterator[list[str]]:
    """A row for each unit and kind: whether it is there, and which facilities say so."""
    for table, columns in ((found.counties, COUNTY_COLUMNS), (found.townships, TOWNSHIP_COLUMNS)):
        for row in table:
            for column, cell in zip(columns, row.cells, strict=True):
                yield [
                    row.unit.code,
                    row.unit.name,
                    row.unit.county,
                    column.title,
                    cell.standing.label_zh,
                    "、".join(site.name for site in cell.sites),
                    "、".join(site.name for site in cell.coming),
                ]


def station_rows(stations: Sequence[CountyStations]) -> list[list[str]]:
    """A row for each county: its stations, townships, directions, and how near they are."""
    return [
        [
            each.ground.unit.name + ("" if each.ground.is_rural else "（市辖区，规划未提）"),
            str(len(each.stations)),
            _yes(each.townships_differ),
            _facing(each),
            _yes(each.directions_differ),
            *_near(each.spread),
        ]
        for each in stations
    ]


def _yes(verdict: bool | None) -> str:
    return "—" if verdict is None else "是" if verdict else "否"


def _facing(each: CountyStations) -> str:
    if each.ground.middle is None:
        return "县城位置未知"
    facing = "、".join(
        "—" if station.direction is None else station.direction.label_zh
        for station in each.stations
    )
    angles = "、".join(
        f"{pair.angle_deg:.1f}°" for pair in each.pairs if pair.angle_deg is not None
    )
    return f"{facing}（{angles}）" if angles else facing


def _near(spread: Spread | None) -> tuple[str, str, str]:
    if spread is None:
        return "—", "—", "—"
    share = None if spread.nearer is None else 100 * spread.nearer / spread.people
    far = spread.farthest
    told = "—" if far is None else f"{far.unit.name} {fixed(spread.farthest_m or Fraction(), 0)} m"
    return ("—" if share is None else f"{fixed(share)}%", _mean(spread), told)


def _mean(spread: Spread | None) -> str:
    return "—" if spread is None or spread.mean_m is None else fixed(spread.mean_m, 0)


def station_proposal_rows(found: StationProposal) -> list[list[str]]:
    """A row for each county: what there is, what is proposed, and the proof."""
    return [_station_proposal(each) for each in found.counties]


def _station_proposal(each: CountyProposal) -> list[str]:
    choice = each.choice
    cost = None if choice is None or choice.cost is None else choice.cost.distance
    free = "" if choice is None else "、".join(town.unit.name for town in each.free)
    return [
        each.ground.unit.name,
        str(len(each.ground.stations)),
        "、".join(town.unit.name for town in each.chosen) or "—",
        each.reason or each.status.label_zh,
        "—" if cost is None else fixed(Fraction(cost, 10_000), 0),
        "—" if choice is None else f"{choice.tried}（合规 {choice.allowed}）",
        free or "—",
        f"{_mean(each.before)} → {_mean(each.after)}",
    ]


def proposal_lines(found: PlaceProposal) -> list[str]:
    """What was chosen, how good that is, and what was left out, a line each."""
    answer, demand = found.answer, found.demand
    count = len(found.existing)
    chosen = [found.candidates[at - count].unit.name for at in answer.chosen]
    lines = [
        f"{answer.model.label_zh}：{answer.status.label_zh}",
        *answer.reasons,
        f"现有 {count} 处，新设于：{'、'.join(chosen) or '—'}",
    ]
    if answer.objective is not None and answer.bound is not None:
        gap = "—" if answer.gap is None else f"{float(answer.gap):.4%}"
        objective, bound = fixed(answer.objective, 1), fixed(answer.bound, 1)
        lines.append(f"目标值 {objective} {answer.unit}，界 {bound}，差距 {gap}")
    unit = found.asked.terms.weight.counted
    lines.append(f"服务 {fixed(answer.served, 0)} / {fixed(answer.people, 0)} {unit}")
    lines += [each.message for each in answer.binding]
    for told, towns in (("没有位置", demand.no_place), ("没有登记人口等", demand.no_weight)):
        if towns:
            names = "、".join(town.unit.name for town in towns[:_SHOWN])
            lines.append(f"{len(towns)} 个乡镇{told}，未计入：{names}")
    if found.no_place:
        lines.append(f"{len(found.no_place)} 处现有设施没有位置，未计入")
    lines += [each.message for each in answer.findings]
    return lines
