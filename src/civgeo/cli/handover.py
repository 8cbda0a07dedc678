"""The list of ``civgeo estates not-handed-over``."""

import json
from pathlib import Path

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, settings, table, today
from civgeo.domain.quantity import decimal_text, fixed
from civgeo.services.city import City
from civgeo.services.handover import CountyHandover, Handover, handover, handover_spreadsheet
from civgeo.store.store import Store

__all__ = ["show_handover"]

MOST_ROWS = 40


def show_handover(context: typer.Context, division: str | None, output: Path | None) -> None:
    """Print the estates whose rooms are not handed over, and the rates; save them where asked."""
    with Store.open(settings(context).store) as store:
        city = City(store, today())
        found = handover(city, division=division)
        if output is not None:
            output.write_bytes(handover_spreadsheet(city, division=division))
            messages.print(f"{_('已保存')} {output}", markup=False)
    if session(context).as_json:
        typer.echo(json.dumps(_told(found), ensure_ascii=False))
    else:
        _print(found)


def _told(found: Handover) -> dict[str, object]:
    return {
        "division": found.division,
        "on": found.on.isoformat(),
        "simulated": found.register.simulated,
        "whole": _rate(found.whole),
        "counties": [_rate(county) for county in found.counties],
        "not_handed_over": [
            {
                "id": row.id,
                "name": row.name,
                "county": row.county,
                "division": row.division,
                "stage": row.stage and row.stage.value,
                "completed_year": row.completed_year,
                "months_since_completion_at_least": row.months,
            }
            for row in found.pending
        ],
    }


def _rate(row: CountyHandover) -> dict[str, object]:
    return {
        "code": row.code,
        "name": row.name,
        "numerator": row.handed_over,
        "denominator": row.known,
        "rate": None if row.rate is None else decimal_text(row.rate),
        "unknown": row.unknown,
    }


def _print(found: Handover) -> None:
    simulated = f" 【{_('模拟数据')}】" if found.register.simulated else ""
    rates = [
        [
            row.name,
            row.code,
            f"{row.handed_over} / {row.known}",
            "—" if row.rate is None else f"{fixed(100 * row.rate, 1)}%",
            str(row.unknown),
        ]
        for row in (*found.counties, found.whole)
    ]
    columns = [_("县区"), _("代码"), _("已移交 / 阶段已登记"), _("移交率"), _("阶段未登记")]
    table(f"{found.whole.name} {_('养老用房移交')}{simulated}", columns, rates)
    rows = [
        [
            row.name,
            row.county_name,
            _("未登记") if row.stage is None else _(row.stage.label_zh),
            str(row.completed_year or "—"),
            "—" if row.months is None else str(row.months),
            row.id,
        ]
        for row in found.pending[:MOST_ROWS]
    ]
    listed = [_("小区"), _("县区"), _("用房阶段"), _("建成年份"), _("建成至今至少（月）"), "ID"]
    table(_("尚未移交的小区"), listed, rows)
    if len(found.pending) > MOST_ROWS:
        rest = _("其余未列，全部见 --json 或 -o")
        messages.print(f"{len(found.pending) - MOST_ROWS} {rest}", markup=False)
