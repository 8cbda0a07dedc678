"""The root of the ``civgeo`` command: global options, groups, errors to exit codes.

Exit codes: 0 done, 1 findings with ``--fail-on-findings``, 2 usage, 3 some input could not be
answered or was refused, 4 store or service unavailable.
"""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from civgeo import __version__
from civgeo.assets.translation import LANGUAGES
from civgeo.assets.translation import translate as _
from civgeo.cli import (
    backup,
    boundaries,
    boundary_maps,
    cemeteries,
    config,
    coverage,
    crs,
    demo,
    divisions,
    doctor,
    editing,
    exporting,
    history,
    importing,
    indicators,
    init,
    jobs,
    lists,
    maps,
    names,
    rounds,
    scenarios,
    serve,
    streets,
    worker,
)
from civgeo.cli.console import Session, messages
from civgeo.cli.help_text import show_help_whole
from civgeo.errors import CivgeoError, InvalidInput, StoreUnavailable

__all__ = ["app", "run"]

REFUSED = 3
UNAVAILABLE = 4

app = typer.Typer(
    name="civgeo",
    help=_("民政地理信息：地名、界线与养老设施覆盖。数据走标准输出，提示走标准错误。"),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(names.group, name="names", help=_("地名与代码"))
boundaries.group.command("map", help=_("界线联检进度图"))(boundary_maps.chart)
boundaries.group.command("sheets", help=_("一条界线的分幅图（PDF）"))(boundary_maps.sheets)
app.add_typer(boundaries.group, name="boundaries", help=_("界线与界桩"))
app.add_typer(crs.group, name="crs", help=_("坐标系与换算"))
app.add_typer(rounds.group, name="rounds", help=_("联合检查：计划、期限、外业数据包"))
coverage.group.command("network", help=_("步行网：使用中的与保存的版本"))(streets.network)
coverage.group.add_typer(
    scenarios.group, name="scenario", help=_("情景方案：改动与现状比较，保存、追加、撤销")
)
app.add_typer(coverage.group, name="coverage", help=_("养老设施覆盖"))
app.add_typer(divisions.group, name="divisions", help=_("行政区划图层的检查"))
app.add_typer(editing.estates, name="estates", help=_("住宅小区：登记、更改、注销、恢复、移交"))
app.add_typer(editing.facilities, name="facilities", help=_("民政设施：登记、更改、注销、恢复"))
app.add_typer(lists.signs, name="signs", help=_("地名标志：登记、巡检、逾期与进度"))
app.add_typer(lists.protected, name="protected", help=_("地名保护名录：登记与保护措施"))
app.add_typer(lists.rural_naming, name="rural-naming", help=_("乡村著名行动：进度与目标"))
app.add_typer(lists.reserved, name="reserved", help=_("地名规划储备：登记与期限"))
app.add_typer(lists.archives, name="archives", help=_("地名档案：登记与年度清单"))
app.add_typer(indicators.group, name="indicators", help=_("规划指标"))
app.add_typer(cemeteries.group, name="cemeteries", help=_("公墓：规定、核对与安葬需求"))
app.add_typer(history.group, name="history", help=_("外部程序对库文件的修改"))
app.add_typer(jobs.group, name="jobs", help=_("排队与进行中的任务"))
app.add_typer(config.group, name="config", help=_("设置"))
app.command("demo", help=_("生成并打开演示城市：真实区划与轮廓，模拟小区与设施"))(demo.demo)
app.command("init", help=_("为真实城市建库：区划、轮廓与标准，没有模拟数据"))(init.init)
app.command("serve", help=_("启动服务：接口、地图与页面"))(serve.serve)
app.command("import", help=_("导入文件：预检、确认、按批次撤销"))(importing.import_file)
app.command("export", help=_("把一个数据集导出为文件：GeoPackage、GeoJSON、CSV、Excel"))(
    exporting.export_collection
)
app.command("imports", help=_("列出导入过的批次"))(importing.imports)
app.command("worker", help=_("逐个处理排队的任务；serve 会自己启动一个"))(worker.worker)
app.command("maps", help=_("把全部地图写入文件夹：HTML、PNG、PDF 与表格"))(maps.maps)
app.command("verify-history", help=_("核对历史的封印并列出各链链头"))(history.verify_history)
app.command("backup", help=_("备份登记库，服务不必停"))(backup.backup)
app.command("restore", help=_("恢复备份，或只演练（--verify）"))(backup.restore)
app.command("doctor", help=_("检查安装与库，逐条给出修复办法"))(doctor.doctor)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"civgeo {__version__}")
        raise typer.Exit


def _known_language(value: str | None) -> str | None:
    if value is not None and value not in LANGUAGES:
        raise typer.BadParameter(_("应为 zh 或 en"))
    return value


@app.callback()
def root(
    context: typer.Context,
    store: Annotated[
        Path | None,
        typer.Option(help=_("库所在文件夹（默认 CIVGEO_STORE，其次 ./civgeo-data）")),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=_("以 JSON 输出"))] = False,
    lang: Annotated[
        str | None, typer.Option(help=_("界面语言：zh 或 en"), callback=_known_language)
    ] = None,
    verbose: Annotated[int, typer.Option("-v", "--verbose", count=True, help=_("多说一些"))] = 0,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help=_("只报错误"))] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help=_("版本"))
    ] = False,
) -> None:
    """Keep the global options for the command that follows."""
    verbosity = -1 if quiet else verbose
    context.obj = Session(store=store, as_json=as_json, verbosity=verbosity, lang=lang)


def run(arguments: list[str]) -> None:
    """Run `arguments` and leave with the exit code of the contract."""
    show_help_whole()
    try:
        app(arguments)
    except StoreUnavailable as error:
        _complain(error)
        sys.exit(UNAVAILABLE)
    except CivgeoError as error:
        _complain(error)
        sys.exit(REFUSED)
    except BrokenPipeError:
        # whoever read the answers has gone; nothing more can be said there
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(REFUSED)
    except OSError as error:
        text = f"不能读写 {error.filename or ''}：{os.strerror(error.errno or 0)}"
        _complain(InvalidInput(text, code="bad_file"))
        sys.exit(REFUSED)


def _complain(error: CivgeoError) -> None:
    text = f"{_('错误')}：{error.message}"
    messages.print(text, style="bold red", markup=False, soft_wrap=True)
