"""The one table from errors to HTTP status, and what the reader gets for each."""

import errno
import logging
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match

from civgeo import errors
from civgeo.domain.history import StaleVersion
from civgeo.http.context import speak
from civgeo.http.guard import SAFE_HEADERS
from civgeo.http.negotiation import prefers_page
from civgeo.http.templates import page
from civgeo.services.cemetery_rule_rows import RulesRefused
from civgeo.services.entry_checks import FieldFaults
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.services.history import differences
from civgeo.store.turns import StoreBusy

__all__ = ["PROBLEM_TYPE", "STATUS", "allowed_methods", "install", "problem", "status_of"]

PROBLEM_TYPE = "application/problem+json"
STATUS: Mapping[type[errors.CivgeoError], int] = MappingProxyType(
    {
        errors.CivgeoError: 500,
        errors.InvalidInput: 400,
        errors.CrsError: 400,
        errors.NotPermitted: 403,
        errors.NotFound: 404,
        errors.StaleEdit: 412,
        errors.RuleViolation: 422,
        errors.ImportRejected: 422,
        errors.VersionRequired: 428,
        errors.DataPackageMissing: 503,
        errors.OwnFileBroken: 503,
        errors.StoreUnavailable: 503,
    }
)
"""Status of each error; of a class that is not listed, its nearest base's."""

_TITLES = MappingProxyType(
    {
        400: "请求有误",
        401: "需要令牌",
        403: "没有权限",
        404: "没有找到",
        405: "不支持这种请求方法",
        412: "内容已被他人更新",
        413: "请求内容太大",
        415: "不支持这种内容格式",
        422: "不符合规则",
        428: "须注明所依据的版本",
        503: "服务暂时不可用",
        507: "磁盘已满",
    }
)
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_log = logging.getLogger("civgeo.http")


def status_of(error: errors.CivgeoError) -> int:
    """HTTP status of `error`."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem(
    request: Request,
    status: int,
    code: str,
    detail: str,
    headers: Mapping[str, str] | None = None,
    members: Mapping[str, object] | None = None,
) -> Response:
    """Answer for an error: a page where a browser asks, else a problem document (RFC 9457).

    `members` go into the document beside those that every one has.
    """
    title = _TITLES.get(status, "服务内部错误" if status >= 500 else "请求不能处理")
    if prefers_page(request):
        language = speak(request)
        answer: Response = page(
            request, "error.html", lang=language, title=title, status=status, detail=detail
        )
        answer.status_code = status
        answer.headers.update(headers or {})
    else:
        body = {"type": "about:blank", "title": title, "status": status}
        content = orjson.dumps({**body, "detail": detail, "code": code, **(members or {})})
        answer = Response(content, status, dict(headers or {}), PROBLEM_TYPE)
    answer.headers["Cache-Control"] = "no-store"
    if status == 503:
        answer.headers.setdefault("Retry-After", "5")
    return answer


def install(app: FastAPI, routes: Sequence[BaseRoute]) -> None:
    """Let `app`, which serves `routes`, answer every error from the table."""
    app.state.routes = routes
    app.add_exception_handler(errors.CivgeoError, _own_error)
    app.add_exception_handler(RequestValidationError, _bad_parameter)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(OSError, _file_error)
    app.add_exception_handler(Exception, _defect)


def _own_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, errors.CivgeoError):
        raise error
    status, detail = status_of(error), error.message
    if status >= 500:
        _log.error("%s: %s", error.code, error.message)
    if isinstance(error, errors.StoreUnavailable) and error.code == "disk_full":
        return _disk_full(request)
    if isinstance(error, StoreBusy):
        headers = {"Retry-After": str(error.retry_after)}
        return problem(request, status, error.code, detail, headers)
    if isinstance(error, errors.StoreUnavailable):
        detail = "登记库暂时不能读取，请稍后重试；仍不行请管理员运行 civgeo doctor 检查"
    return problem(request, status, error.code, detail, members=_members(error))


def _disk_full(request: Request) -> Response:
    return problem(request, 507, "disk_full", "磁盘已满，没有保存。请管理员腾出空间后再提交")


def _file_error(request: Request, error: Exception) -> Response:
    """Answer where a file beside the store, such as an upload, found no room."""
    if not isinstance(error, OSError) or error.errno not in _NO_ROOM:
        raise error
    _log.error("%s %s: %s", request.method, request.url.path, error.strerror)
    return _disk_full(request)


def _members(error: errors.CivgeoError) -> dict[str, object]:
    """What a problem document says beside its text: faults by property, or both versions."""
    if isinstance(error, FieldFaults):
        return {"errors": error.faults}
    if isinstance(error, RulesRefused):
        return {"findings": error.documents}
    if not isinstance(error, StaleVersion):
        return {}
    schema = COLLECTIONS.get(error.collection)
    before, now = error.expected_fields, error.current_fields
    found = () if before is None or schema is None else differences(schema, before, now)
    return {
        "expected": {"version": error.expected, "properties": before},
        "current": {"version": error.current, "properties": now},
        "differences": [
            {"property": i.name, "title": i.title, "expected": i.before, "current": i.after}
            for i in found
        ],
    }


def _bad_parameter(request: Request, error: Exception) -> Response:
    found: Sequence[Mapping[str, object]] = (
        error.errors() if isinstance(error, RequestValidationError) else ()
    )
    detail = ";".join(_in_words(item) for item in found)
    if any(_is_of_path(item) for item in found):
        return problem(request, 404, "not_found", f"没有这个地址：{detail}")
    return problem(request, 400, "bad_parameter", detail)


def _is_of_path(item: Mapping[str, object]) -> bool:
    place = item.get("loc")
    return isinstance(place, tuple) and place[:1] == ("path",)


_EXPECTED = MappingProxyType(
    {
        "int_parsing": "应为整数",
        "int_parsing_size": "数字太大",
        "int_from_float": "应为整数",
        "date_from_datetime_parsing": "应为 YYYY-MM-DD 形式的日期",
        "date_parsing": "应为 YYYY-MM-DD 形式的日期",
        "missing": "必须给出",
    }
)
_LIMITS = MappingProxyType(
    {
        "greater_than_equal": ("ge", "应不小于 {}"),
        "less_than_equal": ("le", "应不大于 {}"),
        "literal_error": ("expected", "应为 {} 之一"),
        "enum": ("expected", "应为 {} 之一"),
        "string_pattern_mismatch": ("pattern", "应符合 {}"),
        "string_too_long": ("max_length", "不超过 {} 个字符"),
    }
)


def _in_words(item: Mapping[str, object]) -> str:
    place, kind, context = item.get("loc"), str(item.get("type")), item.get("ctx")
    name = place[-1] if isinstance(place, tuple) and place else "?"
    if kind == "missing":
        return f"缺少参数 {name}，{_EXPECTED[kind]}"
    expected = _EXPECTED.get(kind, "不合要求")
    if kind in _LIMITS and isinstance(context, Mapping):
        key, text = _LIMITS[kind]
        expected = text.format(str(context.get(key)).replace(" or ", "、").replace("'", ""))
    return f"参数 {name} 的值“{str(item.get('input'))[:60]}”不可用：{expected}"


def _http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(allowed_methods(request))
    path = request.url.path[:200]
    details = {
        404: f"没有这个地址：{path}。目录见 /collections，页面见 /ui",
        405: f"{request.method} 不可用于 {path}；可用：{headers.get('Allow', '')}",
    }
    detail = details.get(error.status_code, str(error.detail))
    return problem(request, error.status_code, f"http_{error.status_code}", detail, headers)


def allowed_methods(request: Request) -> list[str]:
    """Methods that the address of `request` answers, HEAD wherever GET."""
    methods: set[str] = set()
    for route in request.app.state.routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            methods |= getattr(route, "methods", None) or set()
    return sorted(methods | ({"HEAD"} if "GET" in methods else set()))


def _defect(request: Request, error: Exception) -> Response:
    _log.error("%s %s", request.method, request.url.path, exc_info=error)
    return problem(
        request, 500, "defect", "程序出错，已记入日志。请把时间和地址告诉管理员", SAFE_HEADERS
    )
