"""``civgeo coverage report``: the planning report of reach on foot, as Word or PDF."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, settings, today

if TYPE_CHECKING:
    from civgeo.services.reach_maps import ReachQuestion

__all__ = ["report"]


def report(
    context: typer.Context,
    output: Annotated[Path, typer.Option("-o", "--output", help=_("另存为 .docx 或 .pdf"))],
    kinds: Annotated[
        str, typer.Option(help=_("设施种类代码，可用逗号并列；默认计入小区养老用房的各类"))
    ] = "",
    minutes: Annotated[str, typer.Option(help=_("步行分钟数"))] = "15",
    speed: Annotated[str, typer.Option(help=_("步行速度，米/秒"))] = "1.0",
    people: Annotated[
        str, typer.Option(help=_("计数：households 户数，elders 老年人口"))
    ] = "households",
    level: Annotated[
        str, typer.Option(help=_("汇总单位：estate community township county city"))
    ] = "county",
    division: Annotated[str | None, typer.Option(help=_("区划代码；默认全市"))] = None,
    target: Annotated[str | None, typer.Option(help=_("目标百分比；默认没有目标"))] = None,
) -> None:
    """Write the report of the store."""
    from civgeo.services.city import City
    from civgeo.services.reach_report import ReportForm, reach_report
    from civgeo.store.store import Store

    form = output.suffix.lower().removeprefix(".")
    if form not in set(ReportForm):
        raise typer.BadParameter(f"{output}: {_('只能另存为 .docx 或 .pdf')}")
    asked = _question(kinds, minutes, speed, people, level, division, target)
    chosen = settings(context)
    with Store.open(chosen.store) as store:
        content = reach_report(
            City(store, today()), asked, ReportForm(form), public_number=chosen.public_number
        )
    output.write_bytes(content)
    messages.print(f"{_('已保存')} {output}", markup=False)


def _question(
    kinds: str,
    minutes: str,
    speed: str,
    people: str,
    level: str,
    division: str | None,
    target: str | None,
) -> "ReachQuestion":
    from civgeo.analysis.coverage import UnitLevel
    from civgeo.services.reach import People
    from civgeo.services.reach_question import question_asked

    if people not in set(People):
        raise typer.BadParameter(f"--people {people}: " + " ".join(People))
    if level not in set(UnitLevel):
        raise typer.BadParameter(f"--level {level}: " + " ".join(UnitLevel))
    return question_asked(
        [kinds], minutes, speed, People(people), UnitLevel(level), division, target
    )
