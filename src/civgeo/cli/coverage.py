"""``civgeo coverage``: elder-care floor area, as single questions or over a store."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli import coverage_allocate, coverage_reach, coverage_report
from civgeo.cli.console import messages, session, settings, table, today
from civgeo.cli.jsonl import Answer, Fields, run_lines
from civgeo.domain.division import DivisionCode
from civgeo.domain.estate import EstateClass
from civgeo.domain.floor_area import FloorAreaVerdict, VerdictStatus, assess
from civgeo.domain.quantity import decimal_text, exact, fixed, has_finite_decimal
from civgeo.domain.standard import Standard, StandardBook, parse_day
from civgeo.errors import InvalidInput

if TYPE_CHECKING:
    from civgeo.services.planning import Coverage

__all__ = ["group"]

group = typer.Typer(no_args_is_help=True)
_KEYS = frozenset({"division", "on", "parts", "facilities_m2"})
_PART_KEYS = frozenset({"estate_class", "households"})


@group.callback()
def about() -> None:
    """Keep ``floor-area`` a subcommand."""


group.command("reach", help=_("步行可达：谁在若干分钟内走得到，谁走不到、为什么（不需要库）"))(
    coverage_reach.reach
)
group.command("report", help=_("步行可达的规划分析报告（Word、PDF）"))(coverage_report.report)
group.command("allocate", help=_("布局：下一处设施放在哪里（不需要库）"))(
    coverage_allocate.allocate
)


@group.command("floor-area", help=_("每百户养老用房面积：逐行提问（--input），或按库汇总"))
def floor_area(
    context: typer.Context,
    source: Annotated[
        str | None, typer.Option("--input", help=_("JSON 行文件，- 为标准输入；不给则按库汇总"))
    ] = None,
    division: Annotated[str | None, typer.Option(help=_("区划代码；默认全市"))] = None,
    level: Annotated[
        str, typer.Option(help=_("汇总单位：estate community township county city reporting_area"))
    ] = "county",
    on: Annotated[str | None, typer.Option(help=_("评价日期 YYYY-MM-DD；默认今天"))] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help=_("另存为 .xlsx"))] = None,
    fail_on_findings: Annotated[
        bool, typer.Option("--fail-on-findings", help=_("有单位不达标时退出码为 1"))
    ] = False,
) -> None:
    """Answer lines, or print the coverage of the store."""
    if source is not None:
        if division or on or output:
            raise typer.BadParameter(_("--input 不能与 --division、--on、--output 同用"))
        book, listed = _book(context), session(context).store is None
        run_lines(
            source,
            _KEYS,
            lambda fields: _answer(fields, book, only_listed=listed),
            is_finding=(lambda answer: answer["meets"] is False) if fail_on_findings else None,
        )
        return
    if output is not None and output.suffix.lower() != ".xlsx":
        raise typer.BadParameter(f"{output}: {_('只能另存为 .xlsx')}")
    _over_store(context, division, level, on, output, fail_on_findings=fail_on_findings)


def _book(context: typer.Context) -> StandardBook:
    """Standards of the store where one is named, else of the packaged edition."""
    if session(context).store is None:
        from civgeo.formats.reference import standards

        return standards()
    from civgeo.store.store import Store

    with Store.open(settings(context).store) as store, store.read() as reading:
        return reading.standards()


def _answer(fields: Fields, book: StandardBook, *, only_listed: bool) -> Answer:
    division, on = DivisionCode.parse(fields.text("division")), fields.day("on", today())
    parts = [_part(item) for item in fields.items("parts")]
    areas = [_area(item) for item in fields.items("facilities_m2")]
    verdict = assess(parts, areas, division=division, on=on, book=book)
    status, reason = verdict.status, verdict.reason
    if status is VerdictStatus.OK and only_listed:
        reason = _why_not_in_use(division, on)
        status = VerdictStatus.OK if reason is None else VerdictStatus.UNVERIFIED
    answer: dict[str, object] = {"status": status.value}
    if reason:
        answer["reason"] = reason
    answer |= {
        "division": fields.text("division"),
        "on": on.isoformat(),
        "edition": book.edition,
        "households": verdict.households,
        "required_m2": _text(verdict.required_m2),
        "total_m2": _text(verdict.total_m2),
        "m2_per_100_households": _text(verdict.m2_per_100_households),
        "meets": verdict.meets,
        "gap_m2": _text(verdict.gap_m2),
        "surplus_m2": _text(verdict.surplus_m2),
        "standards": [_cited(part, found) for part, found in verdict.standards.items()],
    }
    rate = verdict.m2_per_100_households
    if rate is not None and not has_finite_decimal(rate):
        answer["ratio"] = f"{_text(verdict.total_m2)}/{verdict.households}"
    return answer | _single_sites(verdict)


def _why_not_in_use(division: DivisionCode, on: date) -> str | None:
    """Why no such division is in use on that day by the lists at hand; None when one is."""
    from civgeo.services.codes import explain_code

    found = explain_code(division.text[:6], on=on)
    return "；".join(found.problems) if found.listing.exists is False else None


def _single_sites(verdict: FloorAreaVerdict) -> dict[str, object]:
    """Rule on the smallest site, where one holds; it does not change ``meets``."""
    if not verdict.single_site:
        return {}
    return {
        "single_site": [
            {
                "meets": finding.meets,
                "min_m2": _text(finding.standard.value),
                "below_m2": [decimal_text(area) for area in finding.below],
                "id": finding.standard.id,
                "place": finding.standard.place,
                "source": finding.standard.source,
            }
            for finding in verdict.single_site
        ]
    }


def _part(item: object) -> tuple[EstateClass, int]:
    if not isinstance(item, dict):
        raise InvalidInput(f"parts 的每一项应为对象，收到 {item!r}", code="bad_type")
    part = Fields(item, _PART_KEYS)
    estate_class = part.choice("estate_class", EstateClass)
    if estate_class is EstateClass.MIXED:
        raise InvalidInput("新旧混合的小区请拆成 new 与 existing 两项", code="bad_value")
    return estate_class, part.count("households")


def _area(item: object) -> Decimal:
    area = exact(item, "facilities_m2")
    if area < 0:
        raise InvalidInput(f"facilities_m2 不能为负：{area}", code="negative")
    return area


def _cited(part: EstateClass, standard: Standard) -> dict[str, object]:
    return {
        "id": standard.id,
        "estate_class": part.value,
        "min": _text(standard.value),
        "operator": standard.operator,
        "place": standard.place,
        "source": standard.source,
        "valid_from": standard.valid_from or None,
        "valid_to": standard.valid_to or None,
        "area_basis": standard.area_basis,
        "evidence": standard.evidence,
    }


def _text(value: Fraction | Decimal | None) -> str | None:
    return None if value is None else decimal_text(value)


def _over_store(
    context: typer.Context,
    division: str | None,
    level: str,
    on: str | None,
    output: Path | None,
    *,
    fail_on_findings: bool,
) -> None:
    from civgeo.analysis.coverage import UnitLevel
    from civgeo.services.city import City
    from civgeo.services.planning import coverage_spreadsheet, floor_area_coverage
    from civgeo.store.store import Store

    day = today() if on is None else parse_day(on)
    if level not in set(UnitLevel):
        raise typer.BadParameter(f"{level}: " + " ".join(UnitLevel))
    with Store.open(settings(context).store) as store:
        city = City(store, day)
        found = floor_area_coverage(city, level=UnitLevel(level), division=division)
        if output is not None:
            output.write_bytes(coverage_spreadsheet(city, division=division))
            messages.print(f"{_('已保存')} {output}", markup=False)
    if session(context).as_json:
        typer.echo(json.dumps(_rows(found, day), ensure_ascii=False, indent=2))
    else:
        _print_table(found, day)
        for item in found.findings:
            messages.print(f"{item.fault.label_zh}：{item.text}", markup=False)
    if fail_on_findings and bool((~found.units["meets"].fillna(True)).any()):
        raise typer.Exit(1)


def _rows(found: "Coverage", day: date) -> dict[str, object]:
    from civgeo.services.planning import exact_figures

    return {
        "on": day.isoformat(),
        "edition": found.register.edition,
        "simulated": found.register.simulated,
        "level": found.level.value,
        "units": exact_figures(found),
        "standards": [
            _cited(EstateClass(part), item)
            for item in found.standards.values()
            for part in _classes(item)
        ],
        "double_registrations": found.doubles.to_dict("records"),
        "findings": [
            {"code": item.fault.value, "areas": list(item.areas), "text": item.text}
            for item in found.findings
        ],
    }


def _classes(standard: Standard) -> Sequence[str]:
    return ("new", "existing") if standard.estate_class == "both" else (standard.estate_class,)


def _print_table(found: "Coverage", day: date) -> None:
    from civgeo.reports.coverage import verdict_zh
    from civgeo.services.planning import exact_figures

    rows = [
        [
            str(unit["name"]),
            str(unit["code"]),
            str(unit["households"]),
            _short(unit["total_m2"]),
            _short(unit["m2_per_100_households"]),
            _short(unit["gap_m2"]),
            verdict_zh(str(unit["status"]), unit["meets"]),
        ]
        for unit in exact_figures(found)
    ]
    columns = [
        _("名称"),
        _("代码"),
        _("户数"),
        _("现有面积 m²"),
        _("每百户 m²"),
        _("缺口 m²"),
        _("结论"),
    ]
    title = f"{found.register.name} {_('每百户养老用房面积')} {day.isoformat()}"
    if found.register.simulated:
        title += f" 【{_('模拟数据')}】"
    table(title, columns, rows)
    for item in found.standards.values():
        messages.print(
            f"{_('标准')} {item.place} {item.citation} {item.operator} {item.value}", markup=False
        )
    if len(found.doubles):
        messages.print(f"{_('疑似重复登记，只计一次')}: {len(found.doubles)}")


def _short(exact_text: object) -> str:
    return "—" if exact_text is None else fixed(Decimal(str(exact_text)))
