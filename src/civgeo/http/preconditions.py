"""Entity tags, and requests that only want what has changed (RFC 9110, section 13)."""

import hashlib
import re

from fastapi import Request, Response

from civgeo.errors import InvalidInput

__all__ = [
    "entity_tag",
    "expected_version",
    "not_modified",
    "stated_tag",
    "unless_unchanged",
    "version_tag",
]

_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_VERSION = re.compile(r'"(\d{1,18})(?:-[0-9a-f]+)?"')
_KEPT = (
    *("cache-control", "content-location", "date", "etag", "expires", "vary"),
    "content-security-policy",  # browsers apply that of a 304 to the page that they kept
)


def entity_tag(content: bytes) -> str:
    """Strong entity tag of a representation."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def version_tag(version: int, content: bytes) -> str:
    """Entity tag of a record's representation: its version, then a mark of the content."""
    return f'"{version}-{hashlib.sha256(content).hexdigest()[:8]}"'


def expected_version(request: Request, stated: int | None = None) -> int | None:
    """Version that the edit was made from: of ``If-Match``, else the one `stated` in the body.

    ``If-Match`` may hold the entity tag as it was sent, weak or strong, or just the version in
    quotes. ``*`` names no version. A tag of something else gives 0, which no record has.

    Raises
    ------
    InvalidInput
        When the header holds several tags.
    """
    header = ",".join(request.headers.getlist("if-match")).strip()
    if not header:
        return stated
    if header == "*":
        return None
    tags = _TAG.findall(header)
    if len(tags) > 1:
        raise InvalidInput("If-Match 只能给一个版本标识", code="bad_header")
    found = _VERSION.fullmatch(tags[0]) if tags else None
    return int(found[1]) if found else 0


def stated_tag(request: Request) -> str | None:
    """The one entity tag of ``If-Match`` without its quotes; None without one, and for ``*``.

    Raises
    ------
    InvalidInput
        When the header holds several tags, or none that can be read.
    """
    header = ",".join(request.headers.getlist("if-match")).strip()
    if header in ("", "*"):
        return None
    tags = _TAG.findall(header)
    if len(tags) != 1:
        raise InvalidInput("If-Match 应为一个加引号的版本标识", code="bad_header")
    return str(tags[0]).strip('"')


def not_modified(request: Request, tag: str) -> bool:
    """Whether ``If-None-Match`` names `tag`, compared weakly as GET and HEAD ask for.

    Parameters
    ----------
    request
        The request; its header may hold ``*``, one tag, or a list, weak ones among them.
    tag
        Entity tag of what would be sent.
    """
    header = ",".join(request.headers.getlist("if-none-match")).strip()
    if header == "*":
        return True
    return tag.removeprefix("W/") in _TAG.findall(header)


def unless_unchanged(request: Request, response: Response, tag: str) -> Response:
    """`response` with its tag, or 304 with the headers that it needs when the reader has it."""
    response.headers["ETag"] = tag
    response.headers.setdefault("Cache-Control", "no-cache")
    if not not_modified(request, tag):
        return response
    kept = {name: value for name, value in response.headers.items() if name in _KEPT}
    return Response(status_code=304, headers=kept)
