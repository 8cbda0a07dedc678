"""``civgeo rounds package``: what inspectors take into the field, one package a line."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import Steps, messages, session, steps
from civgeo.cli.opened import city_of
from civgeo.errors import CivgeoError, InvalidInput

if TYPE_CHECKING:
    from civgeo.services.city import City
    from civgeo.services.field_package import PackageForm

__all__ = ["package"]

REFUSED = 3


def package(
    context: typer.Context,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help=_("存放的文件夹"))],
    line: Annotated[str | None, typer.Argument(help=_("界线的代码或名称"))] = None,
    everything: Annotated[bool, typer.Option("--all", help=_("全部有界桩的界线"))] = False,
    number: Annotated[
        int | None, typer.Option("--round", min=1, help=_("第几轮；默认未完成的那一轮"))
    ] = None,
    form: Annotated[
        Literal["zip", "folder", "both"],
        typer.Option("--form", help=_("写成压缩包、文件夹或两者")),
    ] = "zip",
) -> None:
    """Write the field package of a line, or of every line that has markers."""
    from civgeo.services.field_package import PackageForm
    from civgeo.services.field_sheets import field_lines

    if (line is None) == (not everything):
        raise InvalidInput("请写明一条界线的代码或名称，或用 --all 生成全部界线，二者选一")
    with city_of(context) as city, steps(quiet=session(context).verbosity < 0) as progress:
        lines = field_lines(city) if line is None else [line]
        if not lines:
            raise InvalidInput("登记库中没有带界桩的界线：请先导入界线和界桩", code="no_markers")
        made, refused = _written(city, lines, output, number, PackageForm(form), progress)
    if line is not None and refused:
        raise refused[0][1]
    _tell(context, made, refused)
    if refused:
        raise typer.Exit(REFUSED)


def _written(
    city: "City",
    lines: list[str],
    output: Path,
    number: int | None,
    form: "PackageForm",
    progress: Steps,
) -> tuple[list[dict[str, object]], list[tuple[str, CivgeoError]]]:
    """What was written for each line, and the lines that could not be; the others go on."""
    from civgeo.services.field_package import field_package, write_package

    made: list[dict[str, object]] = []
    refused: list[tuple[str, CivgeoError]] = []
    inner = progress if len(lines) == 1 else None
    for done, line in enumerate(lines):
        if inner is None:
            progress(_("外业数据包"), done, len(lines))
        try:
            found = field_package(city, line, round_number=number, progress=inner)
        except CivgeoError as error:
            refused.append((line, error))
            continue
        written = write_package(found, output, form)
        made.append(
            {
                "line": found.sheet.code,
                "name": found.sheet.name,
                "package": found.sheet.package,
                "round": found.sheet.round.number,
                "markers": len(found.sheet.markers),
                "written": [str(path) for path in written],
                "bytes": sum(map(len, found.files.values())),
            }
        )
    if inner is None:
        progress(_("外业数据包"), len(lines), len(lines))
    return made, refused


def _tell(
    context: typer.Context,
    made: list[dict[str, object]],
    refused: list[tuple[str, CivgeoError]],
) -> None:
    if session(context).as_json:
        faults = [
            {"line": line, "code": error.code, "reason": error.message} for line, error in refused
        ]
        typer.echo(json.dumps({"packages": made, "refused": faults}, ensure_ascii=False))
        return
    for each in made:
        for path in each["written"] if isinstance(each["written"], list) else []:
            typer.echo(path)
    told = _("已生成外业数据包")
    messages.print(f"{told}：{len(made)}", markup=False)
    for line, error in refused:
        messages.print(f"{line}: {error.message}", style="bold red", markup=False)
