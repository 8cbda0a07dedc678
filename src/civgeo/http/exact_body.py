"""A request's JSON with its numbers read exactly: 0.6 is six tenths, not the nearest double."""

import json
from decimal import Decimal, InvalidOperation
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from civgeo.errors import InvalidInput
from civgeo.http.writing import LARGEST_BODY, JsonObject

__all__ = ["ExactBody"]


async def _body(request: Request) -> JsonObject:
    """JSON object that the request holds; fractions are Decimal.

    Raises
    ------
    HTTPException
        413 above the largest size, 415 for what is no JSON.
    InvalidInput
        When it cannot be read as an object.
    """
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip()
    encoding = request.headers.get("content-encoding", "identity")
    if not (kind == "application/json" or kind.endswith("+json")) or encoding != "identity":
        raise HTTPException(415, "请求内容应为未压缩的 JSON（application/json）")
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > LARGEST_BODY:
            raise HTTPException(413, f"请求内容超过 {LARGEST_BODY:,} 字节；请分几次提问")
    try:
        found = json.loads(
            content.decode(),
            parse_float=_number,
            parse_int=_number,
            parse_constant=_no_constant,
            object_pairs_hook=_unique_keys,
        )
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise InvalidInput("请求内容不是有效的 UTF-8 JSON", code="bad_json") from None
    if not isinstance(found, dict):
        raise InvalidInput("请求内容应为一个 JSON 对象", code="bad_json")
    return found


ExactBody = Annotated[JsonObject, Depends(_body)]


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise InvalidInput(f"数字 {text[:40]} 的指数超出范围", code="bad_number") from None


def _no_constant(name: str) -> object:
    raise InvalidInput(f"数字不能是 {name}", code="bad_number")


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise InvalidInput("请求内容中有重复的键", code="duplicate_key")
    return found
