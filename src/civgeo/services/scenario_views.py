"""Answers of scenarios as page data: JSON whose digest tells whether two answers are the same."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256

import orjson

from civgeo.analysis.requirements import AREA_STEPS
from civgeo.analysis.walk_network import DM_A_METRE, UNREACHED
from civgeo.domain.quantity import decimal_text
from civgeo.domain.scenario_edits import digest_of_edits
from civgeo.services.reach_views import provenance, terms_document
from civgeo.services.scenario_answer import CountyDelta, KindDelta, ScenarioAnswer, StockDelta
from civgeo.services.scenario_floor_area import CountyFigure
from civgeo.services.scenario_prefixes import KindWalks
from civgeo.services.scenario_replay import new_id
from civgeo.services.scenario_stock import Stock

__all__ = ["NOT_ASSESSED", "answer_document", "crossed_rows", "percent", "unit_rows"]

MOST_LISTED = 500
KEPT_FIGURES = 2_000
METHOD = "沿步行网逐点清点人数；恰好等于限值的算可达；各设施种类分别计算"
NOT_ASSESSED = (
    "规划指标目录中的指标没有按方案重新计算；床位、面积、设施数的增减见 facilities，"
    "每百户养老用房面积的增减见 floor_area",
    "没有计入设施容量是否已满",
)
OUTSIDE = "不在本市有轮廓的区划内"


def percent(part: int, whole: int) -> str | None:
    """Share in percent with two decimals, rounded half up; None of nothing.

    Examples
    --------
    >>> percent(1, 3), percent(1, 8), percent(0, 0)
    ('33.33', '12.50', None)
    """
    if not whole:
        return None
    hundredths = (20_000 * part + whole) // (2 * whole)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def answer_document(found: ScenarioAnswer) -> dict[str, object]:
    """Answer as JSON; ``digest`` is the SHA-256 of all the rest.

    At most 500 places are listed of those that gain or lose; the counts are of all.
    """
    question, holdings = found.question, found.holdings
    answer: dict[str, object] = {
        **provenance(found.planning.ground),
        **terms_document(question.terms),
        "method": METHOD,
        "people": question.people.value,
        "people_zh": question.people.label_zh,
        "level": question.level.value,
        "edits": len(found.edits),
        "edits_digest": digest_of_edits(found.edits),
        "reach": [_reach(found, part) for part in found.reach],
        "new_estates": [
            {
                "id": new_id(number),
                "name": edit.name,
                "households": edit.households,
                "elders": edit.elders,
            }
            for number, edit in holdings.estates
        ],
        "facilities": [_stock(part) for part in found.stocks],
        "floor_area": [_county(found, part) for part in found.floor_area],
        "cost_yuan": holdings.cost_yuan,
        "without_cost": holdings.without_cost,
        "findings": [
            {
                "edit": item.edit,
                "code": item.fault.value,
                "title": item.fault.label_zh,
                "text": item.text,
                "distance_m": item.distance_m,
            }
            for item in holdings.findings
        ],
        "uncounted": len(found.planning.unknown[question.people]),
        "not_assessed": list(NOT_ASSESSED),
    }
    return answer | {"digest": sha256(orjson.dumps(answer)).hexdigest()}


def _reach(found: ScenarioAnswer, part: KindDelta) -> dict[str, object]:
    sums = part.sums
    names = ("people", "reached")
    totals = {
        f"{name}_{when}": int(getattr(sums, f"{name}_{when}").sum())
        for name in names
        for when in ("before", "after")
    }
    return {
        "kind": part.kind.value,
        "kind_zh": part.kind.label_zh,
        **totals,
        "percent_before": percent(totals["reached_before"], totals["people_before"]),
        "percent_after": percent(totals["reached_after"], totals["people_after"]),
        "gained": int(sums.gained.sum()),
        "lost": int(sums.lost.sum()),
        "contributions": list(part.contributions),
        "units": unit_rows(found, part),
        "places_gained": len(part.gained),
        "places_lost": len(part.lost),
        "gained_places": crossed_rows(found, part, part.gained[:MOST_LISTED]),
        "lost_places": crossed_rows(found, part, part.lost[:MOST_LISTED]),
    }


def unit_rows(found: ScenarioAnswer, part: KindDelta) -> list[dict[str, object]]:
    """Delta table: a row for each unit that has people before or after."""
    sums, names = part.sums, found.planning.names
    columns = (
        sums.people_before,
        sums.people_after,
        sums.reached_before,
        sums.reached_after,
        sums.gained,
        sums.lost,
    )
    rows = zip([*part.codes, ""], *(column.tolist() for column in columns), strict=True)
    return [
        {
            "code": code or None,
            "name": names.get(code, code) if code else OUTSIDE,
            "people_before": before,
            "people_after": after,
            "reached_before": then,
            "reached_after": now,
            "percent_before": percent(then, before),
            "percent_after": percent(now, after),
            "gained": gained,
            "lost": lost,
        }
        for code, before, after, then, now, gained, lost in rows
        if before or after
    ]


def crossed_rows(
    found: ScenarioAnswer, part: KindDelta, rows: Sequence[int]
) -> list[dict[str, object]]:
    """Places that come into reach or lose it, with walk and facility before and after."""
    estates, names = found.planning.ground.estates.index, found.planning.estate_names
    new, old = found.holdings.estates, len(found.planning.estate_names)
    speed = found.question.terms.speed_m_per_s
    listed = []
    for row in rows:
        if row < old:
            id, name = estates[row], names[row]
        else:
            number, edit = new[row - old]
            id, name = new_id(number), edit.name
        listed.append(
            {
                "id": id,
                "name": name,
                "people": int(found.people[row]),
                **_walk(part.before, row, float(speed), "before"),
                **_walk(part.after, row, float(speed), "after"),
            }
        )
    return listed


def _walk(walks: KindWalks, row: int, speed: float, when: str) -> dict[str, object]:
    distance = owner = None
    if row < len(walks.walks.distance_dm):
        distance, owner = int(walks.walks.distance_dm[row]), int(walks.walks.owner[row])
    if distance is None or distance == UNREACHED or owner is None:
        return dict.fromkeys((f"distance_m_{when}", f"minutes_{when}", f"facility_{when}"))
    metres = distance / DM_A_METRE
    return {
        f"distance_m_{when}": metres,
        f"minutes_{when}": round(metres / speed / 60, 2),
        f"facility_{when}": {"id": walks.ids[owner], "name": walks.names[owner]},
    }


def _stock(part: StockDelta) -> dict[str, object]:
    def shown(stock: Stock) -> dict[str, object]:
        return {
            "facilities": stock.facilities,
            "floor_area_m2": decimal_text(Fraction(stock.area, AREA_STEPS)),
            "floor_area_unknown": stock.unknown_area,
            "beds": stock.beds,
            "beds_unknown": stock.unknown_beds,
        }

    return {
        "kind": part.kind.value,
        "kind_zh": part.kind.label_zh,
        "before": shown(part.before),
        "after": shown(part.after),
    }


def _county(found: ScenarioAnswer, part: CountyDelta) -> dict[str, object]:
    return {
        "indicator": "每百户养老用房面积",
        "code": part.county,
        "name": found.planning.names.get(part.county, part.county),
        "before": _figure(part.before),
        "after": _figure(part.after),
    }


@lru_cache(maxsize=KEPT_FIGURES)
def _figure(figure: CountyFigure) -> Mapping[str, object]:
    """A verdict as JSON; shared, so nobody changes it."""
    exact = ("total_m2", "m2_per_100_households", "required_m2", "gap_m2")
    values = {name: getattr(figure, name) for name in exact}
    return {
        "status": figure.status.value,
        "reason": figure.reason,
        "households": figure.households,
        "meets": figure.meets,
        **{name: None if value is None else decimal_text(value) for name, value in values.items()},
    }
