"""Files that come in over HTTP: how long they may be, and how they reach the disk."""

from typing import BinaryIO

from fastapi import HTTPException, Request

from civgeo.http.context import desk_of

__all__ = ["collect", "refuse_length"]

_FORM_ROOM = 1 << 20
"""What a form holds beside the file."""


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
    if int(length) > desk_of(request).limits.upload_bytes + _FORM_ROOM:
        raise _too_large(request)


def _too_large(request: Request) -> HTTPException:
    limit = desk_of(request).limits.upload_bytes // 1024**2
    return HTTPException(413, f"文件超过 {limit} MB：请按县区拆分后分批导入")


async def collect(request: Request, target: BinaryIO) -> int:
    """Write the body of `request` to `target` as it comes; returns its length.

    Raises
    ------
    HTTPException
        413 as soon as it is too long.
    """
    length, most = 0, desk_of(request).limits.upload_bytes
    async for chunk in request.stream():
        length += len(chunk)
        if length > most:
            raise _too_large(request)
        target.write(chunk)
    return length
