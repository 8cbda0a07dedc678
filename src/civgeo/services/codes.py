"""Explanation of one code: its parts, whether it is listed, since when, and what followed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from civgeo.domain.division import (
    CodeSystem,
    DivisionCode,
    DivisionLevel,
    class_label,
    range_problems,
)
from civgeo.domain.lineage import DivisionPeriod, Lineage
from civgeo.domain.place_code import PlaceCode
from civgeo.errors import DataPackageMissing, InvalidInput
from civgeo.formats.division_list import DivisionList, ministry_list
from civgeo.formats.reference import county_lineage

__all__ = ["CodeExplanation", "Listing", "Successor", "explain_code"]

_PLACE_CODE_DIGITS = (20, 21)


@dataclass(frozen=True, slots=True)
class Successor:
    """A code that followed, and whether that was inferred from the yearly lists."""

    code: str
    name: str
    inferred: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """What the lists at hand say of a division code; `exists` is None when none is at hand."""

    exists: bool | None
    name: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    successors: tuple[Successor, ...] = ()
    listed_as_of: str | None = None
    reason: str | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeExplanation:
    """All that can be said of one code; `problems` in an officer's words."""

    well_formed: bool
    parts: Mapping[str, str]
    class_zh: str | None
    listing: Listing
    problems: tuple[str, ...]
    level: str | None = None
    parents: tuple[str, ...] = ()


def explain_code(text: str, *, system: CodeSystem = CodeSystem.MCA, on: date) -> CodeExplanation:
    """Explain a division code of 2, 4, 6, 9 or 12 digits or a place code of 20.

    Parameters
    ----------
    text
        The code as it was written.
    system
        Who assigned it: the Ministry's and the statistics bureau's townships differ.
    on
        Day of the question.
    """
    try:
        if len(text) in _PLACE_CODE_DIGITS:
            return _explain_place_code(text, system, on)
        return _explain_division(DivisionCode.parse(text), system, on)
    except InvalidInput as error:
        return CodeExplanation(
            False, {}, None, Listing(None, reason=error.message), (error.message,)
        )


def _explain_division(code: DivisionCode, system: CodeSystem, on: date) -> CodeExplanation:
    listing = _listing(code, system, on)
    problems = (*range_problems(code), *listing.problems)
    return CodeExplanation(
        True,
        _parts(code),
        class_label(code),
        listing,
        problems,
        code.level.value,
        tuple(parent.text for parent in code.parents),
    )


def _parts(code: DivisionCode) -> dict[str, str]:
    digits = code.digits
    ends = {"province": 2, "prefecture": 4, "county": 6}
    parts = {name: digits[:end] for name, end in ends.items() if len(digits) >= end}
    if len(digits) >= 9:
        parts["township"] = digits[6:9]
    if len(digits) == 12:
        parts["village"] = digits[9:12]
    return parts


def _explain_place_code(text: str, system: CodeSystem, on: date) -> CodeExplanation:
    code = PlaceCode.parse(text)
    parts = {
        "county": code.county,
        "township": code.township,
        "type": code.type_code,
        "sequence": code.sequence,
    }
    county = _listing(DivisionCode.parse(code.county), system, on)
    problems = list(county.problems)
    if len(text) == 21:
        problems.append("共 21 位：类别码多补了一个 0，规范为 20 位（县 6、乡 3、类别 5、顺序 6）")
    if code.type_zh is None:
        problems.append(f"类别码 {code.type_code} 不在手头的类别表中，未核实")
    if county.exists is False:
        problems.append(f"所含县级代码 {code.county} 在 {on.isoformat()} 不在用")
    listing = Listing(
        None,
        successors=county.successors,
        reason="手头没有国家地名信息库的地名代码表，只能核对县级部分",
    )
    label = code.type_zh or code.major_zh
    return CodeExplanation(len(text) == 20, parts, label, listing, tuple(problems))


def _listing(code: DivisionCode, system: CodeSystem, on: date) -> Listing:
    if len(code.digits) > 6:
        return _township_listing(code, system, on)
    lineage = county_lineage()
    if on.year < lineage.first_listed_year:
        text = (
            f"手头的代码表始于 {lineage.first_listed_year} 年末，无法核对 {on.isoformat()} 的情形"
        )
        return Listing(None, reason=text)
    newest = _newest_list(on)
    period = lineage.at(code.text, on)
    known = lineage.periods(code.text)
    as_of = _as_of(lineage, newest, on)
    if newest is not None and _holds(newest, code, period) != (period is not None):
        # the Ministry's newer list decides where the yearly lists end
        return _by_newest(code, newest, known, lineage)
    if period is not None:
        return _listed(period, lineage, as_of)
    return _unlisted(code, system, known, lineage, on, as_of)


def _holds(newest: DivisionList, code: DivisionCode, period: DivisionPeriod | None) -> bool:
    """Whether the newest list holds a division; it names Taiwan Province without its code."""
    return code.text in newest or (period is not None and period.name in newest.without_code)


def _newest_list(on: date) -> DivisionList | None:
    """The Ministry's list when it is installed and not younger than the question."""
    try:
        newest = ministry_list()
    except DataPackageMissing:
        return None
    return newest if newest.as_of <= on else None


def _as_of(lineage: Lineage, newest: DivisionList | None, on: date) -> str:
    if newest is not None:
        return newest.as_of.isoformat()
    return f"{min(on.year, lineage.last_listed_year)}-12-31"


def _by_newest(
    code: DivisionCode,
    newest: DivisionList,
    known: tuple[DivisionPeriod, ...],
    lineage: Lineage,
) -> Listing:
    if code.text in newest:
        name = newest.name(code.text)
        first = str(lineage.last_listed_year + 1)
        return Listing(True, name, first, None, listed_as_of=newest.as_of.isoformat())
    last = known[-1]
    text = f"{code.text} {last.name}已不在 {newest.as_of} 的民政部代码表中"
    return Listing(
        False,
        last.name,
        str(last.first_year),
        str(last.last_year),
        _successors(last, lineage),
        newest.as_of.isoformat(),
        problems=(text,),
    )


def _listed(period: DivisionPeriod, lineage: Lineage, as_of: str) -> Listing:
    runs_on = period.last_year == lineage.last_listed_year
    return Listing(
        True,
        period.name,
        str(period.first_year),
        None if runs_on else str(period.last_year),
        _successors(period, lineage),
        as_of,
    )


def _unlisted(
    code: DivisionCode,
    system: CodeSystem,
    known: tuple[DivisionPeriod, ...],
    lineage: Lineage,
    on: date,
    as_of: str,
) -> Listing:
    if not known:
        if system is CodeSystem.NBS and code.level is DivisionLevel.COUNTY:
            return Listing(None, reason="手头没有国家统计局的代码表，无法核对统计用区域")
        text = f"{code.text} 在 1980 年以来的各年代码表中都没有"
        return Listing(False, listed_as_of=as_of, problems=(text,))
    ended = [period for period in known if period.last_year < on.year]
    if not ended:
        return _not_yet(code, known[0], lineage, as_of)
    last = ended[-1]
    followed = _successors(last, lineage)
    names = "、".join(f"{s.code} {s.name}" for s in followed)
    after = f"，其后为 {names}(推断)" if names else "，没有记录其后的代码"
    text = f"{code.text} {last.name}只见于 {last.first_year} 至 {last.last_year} 年的代码表{after}"
    return Listing(
        False, last.name, str(last.first_year), str(last.last_year), followed, as_of, None, (text,)
    )


def _not_yet(code: DivisionCode, first: DivisionPeriod, lineage: Lineage, as_of: str) -> Listing:
    """Answer for a day before the code was first listed."""
    text = f"{code.text} {first.name}自 {first.first_year} 年起才见于代码表"
    later = replace(_listed(first, lineage, as_of), exists=False, problems=(text,))
    return replace(later, successors=())


def _successors(period: DivisionPeriod, lineage: Lineage) -> tuple[Successor, ...]:
    return tuple(
        Successor(code, latest.name if (latest := lineage.latest(code)) else "", period.inferred)
        for code in period.successors
    )


def _township_listing(code: DivisionCode, system: CodeSystem, on: date) -> Listing:
    """Townships and below: only the Ministry's list of one day is ever at hand."""
    if system is CodeSystem.NBS:
        return Listing(None, reason="手头没有国家统计局的代码表；两套乡级代码不同，不能互查")
    try:
        listed = ministry_list()
    except DataPackageMissing as missing:
        return Listing(None, reason=missing.message)
    if on < listed.as_of:
        text = f"手头只有 {listed.as_of} 的乡级代码表，无法核对 {on.isoformat()} 的情形"
        return Listing(None, reason=text)
    town = code.digits[:9]
    if len(code.digits) > 9:
        known = town in listed
        text = f"手头没有村级代码表；所属乡级代码 {town} {'在' if known else '不在'}民政部代码表中"
        return Listing(None, listed_as_of=listed.as_of.isoformat(), reason=text)
    if town in listed:
        return Listing(True, listed.name(town), listed_as_of=listed.as_of.isoformat())
    text = f"{town} 不在 {listed.as_of} 的民政部代码表中；统计局的乡级代码与之不同，请核对来源"
    return Listing(False, listed_as_of=listed.as_of.isoformat(), problems=(text,))
