"""Files that come in over HTTP: how long they may be, and how they reach the disk."""

from dataclasses import dataclass
from typing import Any, BinaryIO

from fastapi import HTTPException, Request

from civgeo.errors import InvalidInput
from civgeo.http.context import desk_of

__all__ = ["UPLOAD_BODY", "Room", "collect", "received", "refuse_length"]

_FORM_ROOM = 1 << 20
"""What a form holds beside the file."""

UPLOAD_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
        },
    }
}
"""How the definition of the API describes the body that `received` takes."""


@dataclass(frozen=True, slots=True)
class Room:
    """How many bytes a file may have, and what to do with a longer one."""

    most: int
    advice: str

    def too_large(self) -> HTTPException:
        """The refusal of a longer file."""
        return HTTPException(413, f"文件超过 {self.most // 1024**2} MB：{self.advice}")


def _import_room(request: Request) -> Room:
    return Room(desk_of(request).limits.upload_bytes, "请按县区拆分后分批导入")


def refuse_length(request: Request, room: Room | None = None) -> None:
    """Refuse a form that says it is too long, or does not say how long it is.

    Parameters
    ----------
    request
        The request, its body unread.
    room
        Of its file; by default that of an import.

    Raises
    ------
    HTTPException
        411 or 413.
    """
    room = room or _import_room(request)
    length = request.headers.get("content-length", "")
    if not length.isascii() or not length.isdigit():
        raise HTTPException(411, "上传须写明长度（Content-Length）")
    if int(length) > room.most + _FORM_ROOM:
        raise room.too_large()


async def collect(request: Request, target: BinaryIO, room: Room | None = None) -> int:
    """Write the body of `request` to `target` as it comes; returns its length.

    Raises
    ------
    HTTPException
        413 as soon as it is too long.
    """
    room = room or _import_room(request)
    length = 0
    async for chunk in request.stream():
        length += len(chunk)
        if length > room.most:
            raise room.too_large()
        target.write(chunk)
    return length


async def received(request: Request, target: BinaryIO, room: Room | None = None) -> str | None:
    """Write a file to `target`, out of a form or as the body; returns its name in the form.

    Raises
    ------
    HTTPException
        411 or 413.
    InvalidInput
        When there is no file.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        if not await collect(request, target, room):
            raise InvalidInput("没有收到文件：请求内容是空的", code="no_file")
        return None
    room, length = room or _import_room(request), 0
    refuse_length(request, room)
    async with request.form(max_files=1, max_fields=10) as form:
        file = form.get("file")
        if file is None or isinstance(file, str):
            raise InvalidInput("表单里没有名为 file 的文件", code="no_file")
        while chunk := await file.read(1 << 20):
            length += len(chunk)
            if length > room.most:
                raise room.too_large()
            target.write(chunk)
        return file.filename
