"""Which round of which line somebody asks for."""

from dataclasses import dataclass

from civgeo.errors import InvalidInput, NotFound
from civgeo.services.boundary_records import line_entries
from civgeo.services.city import City
from civgeo.services.round_records import current_of, one_round, rounds_of
from civgeo.store.reading import Reading

__all__ = ["RoundKey", "round_key"]


@dataclass(frozen=True, slots=True)
class RoundKey:
    """A round of one line: code of the line, number of the round."""

    line: str
    number: int


def round_key(city: City, asked: str, number: int | None = None) -> RoundKey:
    """The round that is asked for.

    Parameters
    ----------
    city
        The city.
    asked
        Id of the inspection in the plan; or code, name or id of a line.
    number
        Round of the line; by default the latest that has begun, else the first to come.

    Raises
    ------
    NotFound
        When there is no such line or round.
    InvalidInput
        ``no_round`` when the line has no plan and no number is given; ``ambiguous_line`` when
        several lines are called so.
    """
    with city.store.read() as reading:
        try:
            plan = one_round(reading, asked.strip())
        except NotFound:
            plan = None
        if plan is not None:
            return RoundKey(plan.facts.line, plan.facts.number)
        code = _line_code(reading, asked.strip())
        plans = [file for file in rounds_of(reading) if file.facts.line == code]
    if number is not None:
        return RoundKey(code, number)
    current = current_of(plans, city.today)
    if current is None:
        text = f"界线 {code} 没有联检计划：请用 --round 写明轮次，或先登记计划"
        raise InvalidInput(text, code="no_round")
    return RoundKey(code, current)


def _line_code(reading: Reading, asked: str) -> str:
    lines = line_entries(reading)
    found = [e.facts.code for e in lines if asked in (e.facts.code, e.facts.name, e.id)]
    if not found:
        text = f"没有编号为“{asked[:80]}”的联检，也没有这样的界线：请写联检编号、界线代码或名称"
        raise NotFound(text, code="unknown_line")
    if len(found) > 1:
        text = f"有 {len(found)} 条界线叫“{asked[:80]}”，请改用代码：{'、'.join(found[:5])}"
        raise InvalidInput(text, code="ambiguous_line")
    return found[0]
