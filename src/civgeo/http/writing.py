"""What a request to write over HTTP holds, and which collection it is about."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated

import orjson
from fastapi import Depends, HTTPException, Path, Request

from civgeo.domain.history import Edit, Value
from civgeo.domain.standard import parse_day
from civgeo.errors import InvalidInput
from civgeo.http.token import bearer_token, require_token
from civgeo.services.editing import editable
from civgeo.store.tables import Collection

__all__ = [
    "LARGEST_BODY",
    "UNNAMED_ACTOR",
    "UNNAMED_DOCUMENT",
    "Body",
    "JsonObject",
    "Writable",
    "edit_of",
    "members",
    "properties_of",
    "refuse_strange",
    "version_of",
]

LARGEST_BODY = 1_000_000
DEEPEST = 16
LONGEST_NOTE = 200
UNNAMED_ACTOR = "接口（写入令牌）"
UNNAMED_DOCUMENT = "接口提交，未注明依据文件"
"""Stand in the history where a request does not say who writes, and on the strength of what."""

JsonObject = Mapping[str, object]
_EDIT = ("actor", "document", "document_date", "valid_from", "valid_to", "version")


def _writable(
    request: Request, collection: Annotated[str, Path(description="数据集编号")]
) -> Collection:
    """The collection, when it may be written and the request may write.

    Raises
    ------
    NotFound, NotPermitted
        When there is no such collection, another use case keeps it, or writing is not allowed.
    HTTPException
        401 without the token.
    """
    found = editable(collection)
    require_token(request, bearer_token(request))
    return found


Writable = Annotated[Collection, Depends(_writable)]


async def _body(request: Request) -> JsonObject:
    """JSON object that the request holds.

    Raises
    ------
    HTTPException
        413 above the largest size, 415 for what is no JSON.
    InvalidInput
        When it cannot be read as an object, or is nested too deep.
    """
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip()
    encoding = request.headers.get("content-encoding", "identity")
    if not (kind == "application/json" or kind.endswith("+json")) or encoding != "identity":
        raise HTTPException(415, "请求内容应为未压缩的 JSON（application/geo+json）")
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > LARGEST_BODY:
            raise HTTPException(413, f"请求内容超过 {LARGEST_BODY:,} 字节；大批数据请用导入")
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        place = f"第 {error.lineno} 行第 {error.colno} 个字符"
        raise InvalidInput(f"请求内容不是有效的 JSON（{place}）", code="bad_json") from None
    if not isinstance(found, dict):
        raise InvalidInput("请求内容应为一个 JSON 对象", code="bad_json")
    _refuse_deep(found)
    return found


Body = Annotated[JsonObject, Depends(_body)]


def _refuse_deep(found: object) -> None:
    level = [found]
    for _ in range(DEEPEST):
        level = [child for item in level for child in _children(item)]
        if not level:
            return
    raise InvalidInput(f"请求内容的嵌套超过 {DEEPEST} 层", code="bad_json")


def _children(item: object) -> Iterator[object]:
    values = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
    return (value for value in values if isinstance(value, dict | list))


def members(found: JsonObject, name: str, known: tuple[str, ...] | None = None) -> JsonObject:
    """Member `name` as an object, empty where it is left out; of `known` members, if given.

    Raises
    ------
    InvalidInput
        When it is no object, or has a member that is not known.
    """
    inner = found.get(name, {})
    if not isinstance(inner, dict):
        raise InvalidInput(f"成员 {name} 应为 JSON 对象", code="bad_type")
    refuse_strange(inner, known, name)
    return inner


def refuse_strange(found: JsonObject, known: tuple[str, ...] | None, name: str = "") -> None:
    """Refuse members that are not among `known` (None: any)."""
    strange = sorted(set(found) - set(known)) if known is not None else []
    if strange:
        place = f" {name} " if name else "请求内容"
        shown = "、".join(item[:40] for item in strange[:5])
        text = f"{place}中没有成员 {shown}；可用：{'、'.join(known or ())}"
        raise InvalidInput(text.strip(), code="unknown_key")


def edit_of(given: Mapping[str, object], *, default_day: date | None = None) -> Edit:
    """Edit that a member ``edit`` or a query describes.

    Raises
    ------
    InvalidInput
        When a day cannot be read, or a text is empty, too long or of another type.
    """
    refuse_strange(given, _EDIT, "edit")
    return Edit(
        actor=_note(given, "actor", UNNAMED_ACTOR),
        document=_note(given, "document", UNNAMED_DOCUMENT),
        document_date=_day(given, "document_date"),
        valid_from=_day(given, "valid_from") or default_day,
        valid_to=_day(given, "valid_to"),
    )


def version_of(given: Mapping[str, object]) -> int | None:
    """Version that a body or query says the edit was made from, None without.

    Raises
    ------
    InvalidInput
        When it is no whole number.
    """
    value = given.get("version")
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        value = int(value)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise InvalidInput(f"version 应为整数，收到“{str(value)[:40]}”", code="bad_value")


def _note(given: Mapping[str, object], name: str, otherwise: str) -> str:
    value = given.get(name)
    if value is None:
        return otherwise
    fits = isinstance(value, str) and value.strip() and value.isprintable()
    if not fits or len(str(value)) > LONGEST_NOTE:
        text = f"edit.{name} 应为不超过 {LONGEST_NOTE} 个字的文字，收到“{str(value)[:40]}”"
        raise InvalidInput(text, code="bad_value")
    return str(value)


def _day(given: Mapping[str, object], name: str) -> date | None:
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        text = f"edit.{name} 应为 YYYY-MM-DD 形式的文字，收到“{str(value)[:40]}”"
        raise InvalidInput(text, code="bad_date")
    return parse_day(value, name)


def properties_of(found: JsonObject) -> dict[str, Value]:
    """Member ``properties`` with plain values.

    Raises
    ------
    InvalidInput
        When it is no object, or a value is an object or a list.
    """
    values: dict[str, Value] = {}
    for name, value in members(found, "properties").items():
        if value is not None and not isinstance(value, str | int | float | bool):
            raise InvalidInput(f"属性 {name[:40]} 应为文字、数字、真假或 null", code="bad_type")
        values[name] = value
    return values
