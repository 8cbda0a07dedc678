"""Files that come in over HTTP: who may send them, and how they reach the disk."""

import hmac
from typing import Annotated, BinaryIO

from fastapi import Depends, HTTPException, Request

from civgeo.errors import NotPermitted
from civgeo.formats.jail import MAX_FILE_BYTES
from civgeo.http.context import desk_of

__all__ = ["MAY_IMPORT", "MayImport", "collect", "refuse_length", "require_token"]

_CHUNK = 1 << 20
_FORM_ROOM = 1 << 20
"""What a form holds beside the file."""


def require_token(request: Request, given: str) -> None:
    """Pass when `given` is the token of the settings.

    Raises
    ------
    NotPermitted
        When nobody may write over HTTP.
    HTTPException
        401 for another token.
    """
    token = desk_of(request).write_token
    if not token:
        text = (
            "本服务没有开放接口写入。要开放，请管理员设置写入令牌（环境变量 CIVGEO_WRITE_TOKEN，"
            "或 civgeo.toml 的 write_token）后重启；也可在服务器上用 civgeo import 命令"
        )
        raise NotPermitted(text, code="writing_closed")
    if not hmac.compare_digest(given.strip().encode(), token.encode()):
        text = "写入须带有效的令牌：请核对"
        raise HTTPException(401, text, {"WWW-Authenticate": 'Bearer realm="civgeo"'})


def _may_import(request: Request) -> None:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    require_token(request, given if scheme.lower() == "bearer" else "")


MAY_IMPORT = Depends(_may_import)
MayImport = Annotated[None, MAY_IMPORT]


def refuse_length(request: Request) -> None:
    """Refuse a form that says it is too long, or does not say how long it is.

    Raises
    ------
    HTTPException
        411 or 413.
    """
    length = request.headers.get("content-length", "")
    if not length.isascii() or not length.isdigit():
        raise HTTPException(411, "上传须写明长度（Content-Length）")
    if int(length) > MAX_FILE_BYTES + _FORM_ROOM:
        raise _too_large()


def _too_large() -> HTTPException:
    limit = MAX_FILE_BYTES // 1024**2
    return HTTPException(413, f"文件超过 {limit} MB：请按县区拆分后分批导入")


async def collect(request: Request, target: BinaryIO) -> int:
    """Write the body of `request` to `target` as it comes; returns its length.

    Raises
    ------
    HTTPException
        413 as soon as it is too long.
    """
    length = 0
    async for chunk in request.stream():
        length += len(chunk)
        if length > MAX_FILE_BYTES:
            raise _too_large()
        target.write(chunk)
    return length
