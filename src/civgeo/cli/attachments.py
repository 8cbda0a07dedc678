"""``civgeo names attach|attachment``: files that entries, cases and signs name."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, settings, today
from civgeo.cli.entered import Actor, Document, DocumentDate, Expected, Id, Since, edit_of
from civgeo.errors import InvalidInput

__all__ = ["attach", "attachment"]


def attach(
    context: typer.Context,
    id: Id,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("要附的文件"))],
    actor: Actor,
    document: Document,
    title: Annotated[str, typer.Option(help=_("题名；标志的照片不写"))] = "",
    number: Annotated[str, typer.Option(help=_("文号"))] = "",
    date: Annotated[str | None, typer.Option(help=_("附件的日期 YYYY-MM-DD"))] = None,
    version: Expected = None,
    document_date: DocumentDate = None,
    since: Since = None,
) -> None:
    """Attach a file to an entry or a case, or a photo to a sign."""
    from civgeo.domain.attachment import Paper
    from civgeo.domain.standard import parse_day
    from civgeo.services import attachments
    from civgeo.services.city import City
    from civgeo.store.store import Store

    found = settings(context)
    largest = found.max_attachment_mb * 1024**2
    edit = edit_of(actor, document, document_date, since)
    paper = Paper(title, number, parse_day(date, "--date") if date else None)
    upload = attachments.Upload(file.name, _content(file, largest))
    with Store.open(found.store) as store:
        city = City(store, today())
        holder = attachments.attachment_holder(city, id)
        made = attachments.attach(city, holder, id, upload, paper, edit, version, largest=largest)
    if session(context).as_json:
        typer.echo(json.dumps({"collection": holder.value, **asdict(made)}, ensure_ascii=False))
    else:
        typer.echo(made.sha256)
        messages.print(_("已附，版本"), made.version, markup=False)


def _content(file: Path, largest: int) -> bytes:
    """Bytes of the file, one too many where it is too large."""
    try:
        with file.open("rb") as opened:
            return opened.read(largest + 1)
    except OSError as error:
        raise InvalidInput(f"读不了 {file}：{error.strerror}") from None


def attachment(
    context: typer.Context,
    sha256: Annotated[str, typer.Argument(metavar="SHA256", help=_("附件的 SHA-256"))],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help=_("存到哪里；默认用附件的文件名"))
    ] = None,
) -> None:
    """Save an attachment as a file."""
    from civgeo.services import attachments
    from civgeo.services.city import City
    from civgeo.store.store import Store

    with Store.open(settings(context).store) as store:
        found = attachments.attachment(City(store, today()), sha256, public_only=False)
    target = Path(found.name) if output is None else output
    if output is None and target.exists():
        raise InvalidInput(f"{target} 已存在：请用 --output 另写文件名", code="bad_value")
    target.write_bytes(found.content)
    messages.print(f"{_('已写入')} {target}", markup=False)
