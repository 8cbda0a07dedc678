"""``civgeo import`` and ``civgeo imports``: files into the store, and back out by batch."""

import getpass
import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli import streets
from civgeo.cli.console import (
    Session,
    messages,
    reading_limits,
    session,
    settings,
    steps,
    table,
    today,
)

if TYPE_CHECKING:
    from civgeo.domain.history import Edit
    from civgeo.services.city import City
    from civgeo.services.import_batches import Batch, ImportRequest
    from civgeo.services.imports import Confirmed

__all__ = ["import_file", "imports"]

REFUSED = 3
MOST_FINDINGS = 40

_Map = Annotated[
    list[str] | None, typer.Option("--map", metavar="列=属性", help=_("写明某列是哪个属性，可多次"))
]
_Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="属性=值", help=_("给空着的格填同一个值，可多次")),
]


def import_file(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help=_("要导入的文件"))] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            "--as",
            help=_("导入为哪一种：divisions、estates、place_names 等；道路 streets、高程 dem"),
        ),
    ] = None,
    crs: Annotated[
        str | None, typer.Option(help=_("坐标系：EPSG:编号、GCJ-02 或 BD-09；以此为准"))
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help=_("文字编码，如 GB18030；默认自行判断"))
    ] = None,
    layer: Annotated[
        str | None, typer.Option("--layer", "--sheet", help=_("图层、工作表或压缩包里的文件"))
    ] = None,
    header_row: Annotated[
        int | None, typer.Option("--header-row", min=1, help=_("表头在第几行；默认自行判断"))
    ] = None,
    columns: _Map = None,
    constants: _Set = None,
    profile: Annotated[str | None, typer.Option(help=_("用保存过的列对应"))] = None,
    save_profile: Annotated[
        str | None, typer.Option("--save-profile", help=_("把这次的列对应存为方案；- 为常用"))
    ] = None,
    dem: Annotated[
        str | None,
        typer.Option(help=_("道路用哪个高程模型（编号开头）；默认最新的，none 为按平地计")),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("只预检，不写入"))] = False,
    errors: Annotated[Path | None, typer.Option(help=_("另存带检查结果列的原表"))] = None,
    actor: Annotated[str | None, typer.Option(help=_("经办人；默认为登录名"))] = None,
    document: Annotated[str | None, typer.Option(help=_("依据文件；默认为导入的文件名"))] = None,
    since: Annotated[
        str | None, typer.Option(help=_("自哪一天起有效，YYYY-MM-DD；默认不限"))
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("不再询问，直接导入"))] = False,
    undo: Annotated[str | None, typer.Option(metavar="BATCH", help=_("撤销一个批次"))] = None,
) -> None:
    """Import a file, or undo a batch; exit code 3 when the file is refused."""
    from civgeo.services.city import City
    from civgeo.services.import_batches import ImportRequest, with_columns
    from civgeo.services.street_files import StreetRequest
    from civgeo.store.store import Store

    edit = _edit(actor, document or (f"导入文件 {file.name}" if file else None), since)
    with Store.open(settings(context).store) as store:
        city = City(store, today(), reading_limits(context))
        if undo is not None:
            _undo(context, city, undo, edit)
            return
        if file is None or kind is None:
            raise typer.BadParameter(_("请写明要导入的文件和 --as 种类，或用 --undo 撤销批次"))
        if kind in (streets.STREETS, streets.DEM):
            own = session(context)
            asked = StreetRequest(layer, encoding, crs, dem)
            if kind == streets.DEM:
                streets.import_dem(own, city, file, crs, dry_run=dry_run)
            else:
                streets.import_streets(own, city, file, asked, dry_run=dry_run)
            return
        request = ImportRequest(
            layer=layer,
            encoding=encoding,
            header_row=header_row,
            crs=crs,
            columns=with_columns({}, columns or []),
            profile=profile,
            constants=dict(_pairs(constants or [])),
        )
        done = _Import(session(context), city, dry_run=dry_run, yes=yes)
        done.run(file, kind, request, edit, errors=errors, save_profile=save_profile)


def _pairs(texts: list[str]) -> list[tuple[str, str]]:
    pairs = []
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise typer.BadParameter(f"{text}: {_('应写成 属性=值')}")
        pairs.append((name.strip(), value.strip()))
    return pairs


def _edit(actor: str | None, document: str | None, since: str | None) -> "Edit":
    from civgeo.domain.history import Edit

    try:
        day = None if since is None else date.fromisoformat(since)
    except ValueError as error:
        raise typer.BadParameter(f"{since}: {_('应为 YYYY-MM-DD')}") from error
    return Edit(actor=actor or getpass.getuser(), document=document or "撤销导入", valid_from=day)


class _Import:
    """One call of ``civgeo import FILE``."""

    def __init__(self, own: Session, city: "City", *, dry_run: bool, yes: bool) -> None:
        self.own, self.city, self.dry_run, self.yes = own, city, dry_run, yes

    def run(
        self,
        file: Path,
        kind: str,
        request: "ImportRequest",
        edit: "Edit",
        *,
        errors: Path | None,
        save_profile: str | None,
    ) -> None:
        """Pre-check, ask, write."""
        from civgeo.services import imports as service
        from civgeo.services.import_batches import BatchState
        from civgeo.services.import_outputs import errors_table, keep_profile

        with steps(quiet=self.own.verbosity < 0 or self.own.as_json) as progress:
            batch = service.stage(self.city, file, kind, request, progress=progress)
            found = batch.precheck
            assert found is not None  # noqa: S101 `stage` promises it
            if errors is not None and found.findings:
                errors.write_bytes(errors_table(self.city, batch.id).content)
                messages.print(f"{_('已保存检查结果')}: {errors}", markup=False)
            if save_profile is not None and found.mapping:
                name = None if save_profile == "-" else save_profile
                keep_profile(self.city, batch.id, name)
            if not self.own.as_json:
                _print(batch)
            written = None
            if batch.state is BatchState.READY and not self.dry_run and self._agreed():
                written = service.confirm(self.city, batch.id, edit, progress=progress)
        if written is None:
            service.discard(self.city, batch.id)
        self._tell(batch, written)
        if batch.state in (BatchState.REFUSED, BatchState.QUESTION):
            raise typer.Exit(REFUSED)

    def _agreed(self) -> bool:
        if self.yes or self.own.as_json or not sys.stdin.isatty():
            return True
        return typer.confirm(_("确认导入？"), err=True)

    def _tell(self, batch: "Batch", written: "Confirmed | None") -> None:
        from civgeo.services.import_report import batch_document

        if self.own.as_json:
            shown = batch if written is None else written.batch
            told = batch_document(shown) | {"written": written is not None}
            if written is not None:
                told |= {"created": written.created, "changed": written.changed}
            typer.echo(json.dumps(told, ensure_ascii=False))
        elif written is not None:
            text = f"已导入：新增 {written.created}，更改 {written.changed}。批次 {batch.id}"
            messages.print(text, style="bold green", markup=False)
            messages.print(f"{_('撤销')}: civgeo import --undo {batch.id}", markup=False)
        elif batch.precheck is not None and batch.precheck.message:
            messages.print(batch.precheck.message, style="bold red", markup=False)
        else:
            messages.print(_("预检通过，没有写入"), markup=False)


def _print(batch: "Batch") -> None:
    from civgeo.services.import_report import ACTIONS_ZH, facts_rows, finding_rows

    found = batch.precheck
    if found is None:
        return
    table(_("预检结果"), [_("项目"), _("内容")], facts_rows(batch))
    rows = finding_rows(found.findings)
    if rows:
        labels = [_("行"), _("列"), _("值"), _("类别"), _("说明")]
        table(_("逐行检查"), labels, rows[:MOST_FINDINGS])
    if len(rows) > MOST_FINDINGS:
        rest = _("处未列，用 --errors 另存全部")
        messages.print(f"{len(rows) - MOST_FINDINGS} {rest}", markup=False)
    if found.samples and batch.state.value == "ready":
        titles = list(found.samples[0].fields)
        samples = [
            [str(item.row), ACTIONS_ZH[item.action], *(item.fields[key] for key in titles)]
            for item in found.samples
        ]
        table(_("将写入的几行"), [_("行"), _("处理"), *titles], samples)


def _undo(context: typer.Context, city: "City", id: str, edit: "Edit") -> None:
    from civgeo.services import imports as service

    own = session(context)
    with steps(quiet=own.verbosity < 0 or own.as_json) as progress:
        undone = service.undo(city, id, edit, progress=progress)
    if own.as_json:
        told = {"batch": id, "taken_back": undone.taken_back, "put_back": undone.put_back}
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    text = f"已撤销批次 {id}：收回 {undone.taken_back} 条，恢复原样 {undone.put_back} 条"
    messages.print(text, style="bold green", markup=False)


def imports(context: typer.Context) -> None:
    """List the batches in the history, the newest first."""
    from civgeo.services import imports as service
    from civgeo.services.city import City
    from civgeo.services.import_report import recorded_document
    from civgeo.store.store import Store

    with Store.open(settings(context).store) as store:
        found = service.imports(City(store, today()))
    documents = [recorded_document(batch) for batch in found]
    if session(context).as_json:
        for told in documents:
            typer.echo(json.dumps(told, ensure_ascii=False))
        return
    keys = ("batch", "kind", "recorded_at", "actor", "document", "created", "changed")
    rows = [
        [*(str(told[key]) for key in keys), _("已撤销") if told["undone"] else ""]
        for told in documents
    ]
    labels = [_("批次"), _("种类"), _("时间"), _("经办人"), _("依据文件"), _("新增"), _("更改"), ""]
    table(_("导入过的批次"), labels, rows)
