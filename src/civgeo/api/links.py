"""Addresses of this service, and typed links to them."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

from fastapi import Request

from civgeo.http.negotiation import Format

__all__ = ["Link", "address", "link", "page_address", "with_query"]

Link = dict[str, str]


def address(request: Request, *parts: str) -> str:
    """Absolute address of a path under the root of this service, each part quoted."""
    base = str(request.base_url).rstrip("/")
    return "/".join([base, *(quote(part, safe="") for part in parts)]) if parts else f"{base}/"


def with_query(url: str, query: Mapping[str, str]) -> str:
    """`url` with a query; commas, colons and slashes stay readable."""
    return f"{url}?{urlencode(query, safe=',:/')}" if query else url


def link(href: str, rel: str, form: Format | str, title: str = "") -> Link:
    """Typed link."""
    kind = form.media_type.partition(";")[0] if isinstance(form, Format) else form
    made = {"href": href, "rel": rel, "type": kind}
    return made | {"title": title} if title else made


def page_address(
    request: Request,
    form: Format,
    changed: Mapping[str, str] | None = None,
    dropped: Sequence[str] = (),
) -> str:
    """Address of this very request in `form`, with other parameters kept, changed or dropped."""
    url = address(request, *[part for part in _route_path(request).split("/") if part])
    query = {
        name: value for name, value in request.query_params.items() if name not in (*dropped, "f")
    }
    return with_query(url, query | dict(changed or {}) | {"f": form.value})


def _route_path(request: Request) -> str:
    root = str(request.scope.get("root_path", "")).rstrip("/")
    return request.url.path.removeprefix(root)
