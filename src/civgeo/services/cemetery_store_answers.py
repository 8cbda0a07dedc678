"""Demand by the registers of the store as documents, and as a workbook with its sources."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from civgeo.domain.cemetery_findings import SQUARE_METRES_PER_MU
from civgeo.domain.cemetery_rules import CemeteryRuleBook
from civgeo.domain.fields import Fields
from civgeo.domain.quantity import decimal_text, fixed
from civgeo.errors import InvalidInput
from civgeo.reports.spreadsheet import Sheet, workbook
from civgeo.services.cemetery_demand import PLOT_RULES, told_parameters
from civgeo.services.cemetery_store_demand import RegisteredDemand, StoreDemand, StoreTerms
from civgeo.services.cemetery_table_answers import demand_terms, place_answer, rows_of

__all__ = ["METHOD", "StoreAsked", "demand_book", "store_answer", "store_terms"]
__all__ += ["store_year_rows", "years_left_text"]

METHOD = (
    "骨灰数 = 人口 × 死亡率 × 年数 × 安葬比例（DB34/T 4180-2022《农村公益性公墓建设规范》，摘录）"
)
LEVELS_ZH = {"township": "乡镇（街道）", "county": "县区", "city": "全市"}
PER_MILLE = 1000


@dataclass(frozen=True, slots=True)
class StoreAsked:
    """What was asked: the terms, the rules that gave the rest, and which of them did."""

    terms: StoreTerms
    book: CemeteryRuleBook
    defaults: Mapping[str, str]


def store_terms(
    given: Mapping[str, str | None],
    book: CemeteryRuleBook,
    *,
    years: int,
    base_year: int | None = None,
    division: str | None = None,
    commercial: bool = False,
) -> StoreAsked:
    """Terms of a question whose numbers are texts.

    Parameters
    ----------
    given
        As for `demand_terms`, and ``death_rate_per_mille``.
    book
        Gives the plot sizes where the question has none.
    years, base_year, division, commercial
        As for `StoreTerms`.

    Raises
    ------
    InvalidInput
        When a value is not allowed.
    """
    table = demand_terms(
        {key: value for key, value in given.items() if key != "death_rate_per_mille"}, years, book
    )
    rate = None
    if given.get("death_rate_per_mille"):
        rate = Fields(given, frozenset(given)).amount("death_rate_per_mille")
        if rate > PER_MILLE:
            text = f"death_rate_per_mille 是千分率，应为 0 到 1000，收到 {rate}"
            raise InvalidInput(text, code="bad_value")
    terms = StoreTerms(table, base_year, rate, division, commercial)
    defaults = {key: rule for key, rule in PLOT_RULES.items() if not given.get(key)}
    return StoreAsked(terms, book, defaults)


def store_answer(found: StoreDemand, asked: StoreAsked) -> dict[str, object]:
    """Every division with what it needs and what is not known, the parameters and the sources."""
    return {
        "status": "ok",
        "place": found.place,
        "simulated": found.simulated,
        "data_version": found.data_version,
        "first_year": found.first_year,
        "years": found.years,
        "city": None if found.city is None else _row(found.city),
        "counties": [_row(row) for row in found.counties],
        "townships": [_row(row) for row in found.townships],
        "method": METHOD,
        "parameters": _parameters(found, asked),
        "edition": asked.book.edition,
        "sources": list(found.sources),
        "notes": list(found.notes),
    }


def store_year_rows(found: StoreDemand) -> Iterator[list[str]]:
    """Rows under `YEAR_COLUMNS`, townships before counties and the city."""
    for row in (*found.townships, *found.counties, *((found.city,) if found.city else ())):
        if row.demand is not None:
            yield from rows_of(row.level, row.demand)


def years_left_text(row: RegisteredDemand) -> str:
    """How long the free places last: years, ``> n`` beyond those counted, a dash if unknown."""
    if row.demand is None or row.demand.capacity is None:
        return "—"
    left = row.demand.capacity.years_left
    return f"> {len(row.demand.years)}" if left is None else fixed(left, 1)


def _row(row: RegisteredDemand) -> dict[str, object]:
    answer: dict[str, object] = {
        "level": row.level,
        "division": row.division,
        "name": row.name,
        "status": "not_assessed" if row.demand is None else "ok",
        "reason": row.reason or None,
        "period": row.period,
        "sites": row.places.sites,
        "sites_unknown": row.places.unknown,
    }
    if row.demand is not None:
        answer |= place_answer(row.demand)
    answer |= {
        "free": row.places.free if row.places.sites else None,
        "years_left": answer.get("years_left"),
        "years_left_text": years_left_text(row),
        "years_left_reason": row.years_reason or None,
        "partial": row.partial,
        "notes": list(row.notes),
    }
    return answer


def _parameters(found: StoreDemand, asked: StoreAsked) -> dict[str, object]:
    table, rate = asked.terms.table, asked.terms.death_rate_per_mille
    told = told_parameters(
        Fraction(found.years),
        table.burials,
        path_m2=table.path_m2,
        burial_share=table.burial_share,
    )
    told["death_rate_per_mille"] = None if rate is None else decimal_text(rate)
    told["commercial"] = asked.terms.commercial
    return told | {"defaults": dict(asked.defaults)}


_PLACES = {
    "level": "级别",
    "division": "代码",
    "name": "名称",
    "period": "人口年份",
    "population": "起算年人口",
    "ashes": "骨灰数",
    "single_plots": "单人墓穴",
    "joint_plots": "合葬墓穴",
    "niches": "格位",
    "net_plot_m2": "墓穴净面积（平方米）",
    "gross_mu": "总面积（亩）",
    "sites": "现有处数",
    "free": "现有空位",
    "shortfall": "缺口",
    "years_left": "可用年限",
    "remarks": "说明",
}
_YEARS = {
    "level": "级别",
    "division": "代码",
    "name": "名称",
    "year": "年份",
    "population": "人口",
    "deaths": "死亡人数",
    "ashes": "骨灰数",
    "ashes_so_far": "累计骨灰数",
}
_NUMBERS = {"ashes": "0.0", "net_plot_m2": "0.0", "gross_mu": "0.00", "shortfall": "0.0"}
_NUMBERS |= {"deaths": "0.00", "ashes_so_far": "0.0", "population": "0"}


def demand_book(found: StoreDemand, asked: StoreAsked) -> bytes:
    """XLSX: counties, townships and years, above each the rule, parameters, edition and sources."""
    notes = tuple(_notes(found, asked))
    wide = [row for row in (found.city, *found.counties) if row is not None]
    sheets = [
        _sheet("县区", _PLACES, (_cells(row) for row in wide), notes),
        _sheet("乡镇", _PLACES, (_cells(row) for row in found.townships), notes),
        _sheet("逐年", _YEARS, (cells for row in found.rows for cells in _by_year(row)), notes),
    ]
    return workbook(sheets, simulated=found.simulated)


def _sheet(
    title: str,
    headers: Mapping[str, str],
    rows: Iterator[dict[str, object]],
    notes: tuple[str, ...],
) -> Sheet:
    listed = list(rows)
    table = pd.DataFrame(
        {name: pd.Series([row.get(name) for row in listed], dtype=object) for name in headers}
    )
    formats = {name: form for name, form in _NUMBERS.items() if name in headers}
    return Sheet(title, table, headers, notes, formats)


def _notes(found: StoreDemand, asked: StoreAsked) -> Iterator[str]:
    last = found.first_year + found.years - 1
    yield f"{found.place}安葬需求 {found.first_year}—{last} 年，登记库版本 {found.data_version}"
    yield METHOD
    told = _parameters(found, asked)
    yield "参数：" + "；".join(
        f"{_PARAMETERS_ZH[name]} {value}"
        for name, value in told.items()
        if name in _PARAMETERS_ZH and value is not None
    )
    for key, id in asked.defaults.items():
        rule = asked.book.find(id)
        if rule is not None:
            yield f"{_PARAMETERS_ZH[key]}取自{rule.place}{rule.citation}（{rule.force.label_zh}）"
    yield f"规定版本：{asked.book.edition}"
    yield "人口来源：" + ("；".join(found.sources) or "登记中没有写明依据文件")
    yield "没有登记的不推算：缺人口的写明未评价，墓位不明的不给可用年限"
    yield from found.notes


_PARAMETERS_ZH = {
    "years": "年数",
    "share": "安葬比例（登记中没有时）",
    "death_rate_per_mille": "死亡率‰（登记中没有时）",
    "niche_share": "入格位比例",
    "single_share": "单人墓穴比例",
    "plot_single_m2": "单人墓穴面积（平方米）",
    "plot_joint_m2": "合葬墓穴面积（平方米）",
    "path_m2": "每穴墓间路（平方米）",
    "burial_share": "墓区占总面积比例",
}


def _cells(row: RegisteredDemand) -> dict[str, object]:
    cells: dict[str, object] = {
        "level": LEVELS_ZH[row.level],
        "division": row.division,
        "name": row.name,
        "period": row.period,
        "sites": row.places.sites,
        "free": row.places.free if row.places.sites else None,
        "remarks": "；".join(text for text in (row.reason, row.years_reason, *row.notes) if text),
    }
    if row.demand is None:
        return cells
    need, capacity = row.demand.demand, row.demand.capacity
    gross = row.demand.gross_m2
    return cells | {
        "population": _number(row.demand.years[0].population),
        "ashes": _number(need.ashes),
        "single_plots": need.single_plots,
        "joint_plots": need.joint_plots,
        "niches": need.niches,
        "net_plot_m2": _number(need.net_plot_m2),
        "gross_mu": None if gross is None else _number(gross / SQUARE_METRES_PER_MU),
        "shortfall": None if capacity is None else _number(capacity.shortfall),
        "years_left": None if capacity is None else years_left_text(row),
    }


def _by_year(row: RegisteredDemand) -> Iterator[dict[str, object]]:
    if row.demand is None:
        return
    so_far = Fraction()
    for year, (people, ashes) in enumerate(
        zip(row.demand.years, row.demand.ashes, strict=True), start=row.demand.first_year
    ):
        so_far += ashes
        yield {
            "level": LEVELS_ZH[row.level],
            "division": row.division,
            "name": row.name,
            "year": year,
            "population": _number(people.population),
            "deaths": _number(people.deaths),
            "ashes": _number(ashes),
            "ashes_so_far": _number(so_far),
        }


def _number(value: Fraction | Decimal) -> float | int:
    """For a cell of a spreadsheet, which knows no fractions."""
    return int(value) if value == int(value) else float(value)
