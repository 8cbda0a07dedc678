"""``civgeo rounds package``: what inspectors take into the field, one package a line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import Steps, messages, session, steps
from civgeo.cli.opened import city_of
from civgeo.errors import CivgeoError, InvalidInput

if TYPE_CHECKING:
    from civgeo.services.field_package import FieldPackage

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
    anyway: Annotated[
        bool,
        typer.Option("--anyway", help=_("本轮已备案也生成；填写的结果不能导入，只供补印、演练")),
    ] = False,
) -> None:
    """Write the field package of a line, or of every line that has markers."""
    from civgeo.services.field_package import PackageForm, field_package, write_package
    from civgeo.services.field_sheets import field_lines

    if (line is None) == (not everything):
        raise InvalidInput("请写明一条界线的代码或名称，或用 --all 生成全部界线，二者选一")
    with city_of(context) as city, steps(quiet=session(context).verbosity < 0) as progress:
        lines = field_lines(city) if line is None else {line: line}
        if not lines:
            raise InvalidInput("登记库中没有带界桩的界线：请先导入界线和界桩", code="no_markers")

        def write(line: str, inner: Steps | None) -> dict[str, object]:
            found = field_package(city, line, round_number=number, anyway=anyway, progress=inner)
            return _made(found, write_package(found, output, PackageForm(form)))

        made, refused = _written(lines, write, progress)
    if line is not None and refused:
        raise refused[0][1]
    _tell(context, made, refused)
    if refused:
        raise typer.Exit(REFUSED)


def _made(found: "FieldPackage", written: list[Path]) -> dict[str, object]:
    return {
        "line": found.sheet.code,
        "name": found.sheet.name,
        "package": found.sheet.package,
        "round": found.sheet.round.number,
        "filed": found.sheet.round.filed,
        "markers": len(found.sheet.markers),
        "written": [str(path) for path in written],
        "bytes": sum(map(len, found.files.values())),
    }


def _written(
    lines: dict[str, str],
    write: Callable[[str, Steps | None], dict[str, object]],
    progress: Steps,
) -> tuple[list[dict[str, object]], list[tuple[str, CivgeoError]]]:
    """What was written for each line, and the lines that could not be; the others go on."""
    made: list[dict[str, object]] = []
    refused: list[tuple[str, CivgeoError]] = []
    total, label = len(lines), _("外业数据包")
    for place, (line, name) in enumerate(lines.items(), 1):
        if total > 1:
            progress(label, place - 1, total, f"{place}/{total} {name}")
        try:
            made.append(write(line, progress if total == 1 else None))
        except CivgeoError as error:
            refused.append((line, error))
    if total > 1:
        progress(label, total, total)
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
    closed = _("本轮已备案，填写的结果不能导入")
    for each in made:
        if each["filed"]:
            messages.print(f"{each['name']}：{closed}", style="bold red", markup=False)
    for line, error in refused:
        messages.print(f"{line}: {error.message}", style="bold red", markup=False)
