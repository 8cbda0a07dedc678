"""What stands before every route: trusted host names, HEAD, safe headers, sharing with scripts."""

import ipaddress
import socket
from collections.abc import Collection

import orjson
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = [
    "PAGE_POLICY",
    "READER_POLICY",
    "SAFE_HEADERS",
    "HeadAsGet",
    "SafeHeaders",
    "SharedWithScripts",
    "TrustedHosts",
    "trusted_hosts",
]

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
"""Content security policy of a page without scripts; pages with scripts send their own."""

READER_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'self'"
)
"""Content security policy of the reader of the API definition."""

SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Content-Security-Policy": PAGE_POLICY,
}
_SHARED = (
    *("/collections", "/conformance", "/api", "/static"),
    *("/coverage/why", "/service-areas", "/maps/cemetery-siting/at"),
)
"""Addresses that scripts of other sites may read: the OGC API, and what sandboxed maps ask for."""


def trusted_hosts(host: str) -> frozenset[str]:
    """Host names by which the service may be called when it listens on `host`.

    Addresses in digits are always trusted: an attack by DNS rebinding needs a name.
    """
    return frozenset({"localhost", host.lower(), socket.gethostname().lower()})


class TrustedHosts:
    """Refuses requests whose ``Host`` is a foreign name, against DNS rebinding."""

    def __init__(self, app: ASGIApp, names: Collection[str]) -> None:
        self.app = app
        self.names = frozenset(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, or answer 400."""
        if scope["type"] != "http" or self._trusts(Headers(scope=scope).get("host", "")):
            await self.app(scope, receive, send)
            return
        body = {
            "type": "about:blank",
            "title": "请求有误",
            "status": 400,
            "detail": "主机名不在信任之列：请用服务器的 IP 地址或设置中的监听名称访问",
            "code": "untrusted_host",
        }
        answer = Response(orjson.dumps(body), 400, media_type="application/problem+json")
        await answer(scope, receive, send)

    def _trusts(self, host: str) -> bool:
        name = host.lower()
        name = name[1:].partition("]")[0] if name.startswith("[") else name.partition(":")[0]
        return name in self.names or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class HeadAsGet:
    """Answers HEAD with the headers of GET and no content."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def without_content(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET"}, receive, without_content)


class SafeHeaders:
    """Adds the headers that keep pages from being misused, where a route has not set its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SAFE_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, with_headers)


class SharedWithScripts:
    """Lets scripts of any site read the OGC API, and nothing else."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.shared = CORSMiddleware(
            app,
            allow_origins=["*"],
            allow_methods=["GET", "HEAD"],
            allow_headers=["If-None-Match"],
            expose_headers=["Content-Crs", "ETag", "Link"],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request."""
        shared = scope["type"] == "http" and _is_shared(scope)
        await (self.shared if shared else self.app)(scope, receive, send)


def _is_shared(scope: Scope) -> bool:
    path = str(scope["path"]).removeprefix(str(scope.get("root_path", "")))
    return path == "/" or any(path == base or path.startswith(f"{base}/") for base in _SHARED)
