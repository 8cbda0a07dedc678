"""Entity tags, and requests that only want what has changed (RFC 9110, section 13)."""

import hashlib
import re

from fastapi import Request, Response

__all__ = ["entity_tag", "not_modified", "unless_unchanged"]

_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_KEPT = ("cache-control", "content-location", "date", "etag", "expires", "vary")


def entity_tag(content: bytes) -> str:
    """Strong entity tag of a representation."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


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
