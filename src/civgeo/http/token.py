"""The one guard of writing over HTTP: the token of the settings."""

import hmac

from fastapi import Depends, HTTPException, Request

from civgeo.errors import NotPermitted
from civgeo.http.context import desk_of

__all__ = ["MAY_WRITE", "bearer_token", "is_officer", "require_token"]


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
            "或 civgeo.toml 的 write_token）后重启；也可在服务器上用 civgeo 命令写入"
        )
        raise NotPermitted(text, code="writing_closed")
    if not hmac.compare_digest(given.strip().encode(), token.encode()):
        text = (
            "须带有效的令牌（接口 Authorization: Bearer 令牌；网页填“令牌”）：请核对。"
            "网页请后退，填过的内容还在，改正令牌后再提交"
        )
        raise HTTPException(401, text, {"WWW-Authenticate": 'Bearer realm="civgeo"'})


def bearer_token(request: Request) -> str:
    """Token in the header ``Authorization: Bearer``, empty without one."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return given.encode("latin-1").decode(errors="replace") if scheme.lower() == "bearer" else ""


def is_officer(request: Request) -> bool:
    """Whether the request carries the token; a wrong one is refused as by `require_token`."""
    if "authorization" not in request.headers:
        return False
    require_token(request, bearer_token(request))
    return True


def _may_write(request: Request) -> None:
    require_token(request, bearer_token(request))


MAY_WRITE = Depends(_may_write)
"""Dependency of a route that only the bearer of the token may use."""
