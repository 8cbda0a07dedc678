"""What officers enter on the command line: who, on which document, which properties, where."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.errors import InvalidInput

if TYPE_CHECKING:
    from civgeo.domain.history import Edit
    from civgeo.store.editing import ChangedValue

__all__ = [
    "Actor",
    "Document",
    "DocumentDate",
    "Earlier",
    "Expected",
    "Id",
    "Outline",
    "Point",
    "Since",
    "Values",
    "changes_of",
    "edit_of",
    "shape_of",
]

LARGEST_FILE = 5_000_000

Id = Annotated[str, typer.Argument(metavar="ID", help=_("编号"))]
Values = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help=_("属性（英文名或中文名）与值，可多次；值为空表示没有")
    ),
]
Point = Annotated[
    str | None, typer.Option(metavar="LON,LAT", help=_("点位：经度,纬度（CGCS2000）"))
]
Outline = Annotated[
    Path | None, typer.Option("--geometry", metavar="FILE", help=_("图形：GeoJSON 文件"))
]
Actor = Annotated[str, typer.Option(help=_("经办人"))]
Document = Annotated[str, typer.Option(help=_("依据文件"))]
DocumentDate = Annotated[str | None, typer.Option(help=_("文件日期 YYYY-MM-DD"))]
Since = Annotated[str | None, typer.Option("--valid-from", help=_("自哪一天起有效 YYYY-MM-DD"))]
Expected = Annotated[int | None, typer.Option("--version", help=_("依据的版本（见 history）"))]
Earlier = Annotated[int | None, typer.Option(help=_("恢复到哪一版；默认撤销注销"))]


def edit_of(actor: str, document: str, document_date: str | None, since: str | None) -> "Edit":
    """Edit that the options describe."""
    from civgeo.domain.history import Edit

    return Edit(
        actor=actor,
        document=document,
        document_date=_day(document_date, "--document-date"),
        valid_from=_day(since, "--valid-from"),
    )


def _day(text: str | None, option: str) -> date | None:
    from civgeo.domain.standard import parse_day

    return None if text is None else parse_day(text, option)


def changes_of(
    name: str, values: list[str] | None, point: str | None, outline: Path | None
) -> "dict[str, ChangedValue]":
    """Properties of a record of collection `name` that ``--set`` and the place options give."""
    from civgeo.services.feature_schema import COLLECTIONS

    schema = COLLECTIONS[name]
    titles = {text: item.name for item in schema.entered for text in item.headers}
    titles |= {item.title: item.name for item in schema.entered}
    found: dict[str, ChangedValue] = {}
    for pair in values or ():
        key, mark, text = pair.partition("=")
        if not mark:
            raise InvalidInput(f"--set {pair[:60]} 应写成 属性=值，如 households=120")
        key = titles.get(key.strip(), key.strip())
        item = schema.property(key)
        if item is None:
            known = "、".join(item.title for item in schema.entered)
            raise InvalidInput(f"没有这个属性：“{key[:40]}”；可用：{known}", code="unknown_key")
        found[key] = {label: value for value, label in item.choices}.get(text, text) or None
        if item.type.value in ("integer", "number", "boolean") and text:
            found[key] = _parsed(text)
    shape = shape_of(point, outline)
    return found if shape is None else {**found, "geometry": shape}


def _parsed(text: str) -> "ChangedValue":
    """Number or flag that `text` writes; the text itself where it writes none."""
    flags = {"true": True, "false": False, "是": True, "否": False}
    if text.lower() in flags:
        return flags[text.lower()]
    try:
        number = float(text)
    except ValueError:
        return text
    return int(text) if text.isascii() and text.lstrip("+-").isdigit() else number


def shape_of(point: str | None, outline: Path | None) -> "ChangedValue":
    """Geometry that ``--point`` or ``--geometry`` gives, None without either."""
    from civgeo.services import geojson

    if point is not None and outline is not None:
        raise InvalidInput("--point 与 --geometry 只能给一个")
    if point is not None:
        try:
            lon, lat = (float(part) for part in point.replace("，", ",").split(","))
        except ValueError:
            raise InvalidInput(f"--point {point[:40]} 应为 经度,纬度，如 114.02,33.01") from None
        return geojson.point(lon, lat)
    return None if outline is None else geojson.geometry_in(_content(outline))


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise InvalidInput(f"{file} 超过 {LARGEST_FILE:,} 字节；大批数据请用 civgeo import")
        return file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"读不了 {file}：{error.strerror}") from None
