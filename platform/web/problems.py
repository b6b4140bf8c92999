"""Every refusal and failure as `application/problem+json`, in the user's language."""

from __future__ import annotations

from typing import Any

import structlog
from litestar import Response
from litestar.exceptions import HTTPException, ValidationException
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from forms.outcome import Problem
from kit.errors import JicengError
from reporting.errors import ChecksFailed
from reporting.explaining import reason_key
from web.dependencies import AnyRequest, locale_of

log = structlog.get_logger(__name__)

_BUSY = {
    "zh-CN": "现在使用的人较多，请稍后再试；您填写的内容没有丢失。",
    "en": "The server is busy. Try again shortly.",
}
_BROKEN = {
    "zh-CN": "系统出错了，没有保存。请稍后再试。",
    "en": "Something went wrong; nothing was saved. Try again later.",
}
_INVALID = {"zh-CN": "提交的内容格式不正确。", "en": "The request is not valid."}
_HTTP = {
    404: {"zh-CN": "没有找到这个页面或内容。", "en": "Not found."},
    405: {"zh-CN": "不支持这种请求。", "en": "Method not allowed."},
    413: {"zh-CN": "内容太大。", "en": "The request is too large."},
}
#: SQLSTATEs by which PostgreSQL says "later": lock and statement time-outs, deadlock, too many connections, shutdown.
_LATER = frozenset({"55P03", "57014", "40P01", "40001", "53300", "57P01", "57P02", "57P03"})
#: The SQLSTATE class of a connection that broke or could not be made.
_CUT_OFF = "08"

#: The SQLSTATE class of values that can't be kept: NUL in a text, a number or a date out of range.
_NOT_STORABLE = "22"
_UNSTORABLE = {
    "zh-CN": "内容里有不能保存的字符，或数值、日期超出范围，请修改后再提交。",
    "en": "Something in it can't be stored: a control character, or a number or date out of range.",
}


def problem(
    request: AnyRequest, *, status: int, code: str, detail: str, headers: dict[str, str] | None = None, **more: Any
) -> Response[dict[str, Any]]:
    body = {"type": f"urn:jiceng:{code}", "code": code, "title": code.replace("_", " "), "status": status}
    return Response(
        {**body, "detail": detail, **more},
        status_code=status,
        media_type="application/problem+json",
        headers=headers or {},
    )


def refused(request: AnyRequest, error: JicengError) -> Response[dict[str, Any]]:
    locale = locale_of(request)
    fields = {name: value for name, value in error.fields.items() if name != "problems"}
    more: dict[str, Any] = {"fields": fields} if fields else {}
    if isinstance(error, ChecksFailed):
        more["problems"] = [_problem(p, locale) for p in error.fields.get("problems", [])]
    headers = {"WWW-Authenticate": "Session"} if error.status == 401 else {}
    return problem(request, status=error.status, code=error.code, detail=error.message(locale), headers=headers, **more)


def _problem(p: Problem, locale: str) -> dict[str, Any]:
    return {
        "code": p.code,
        "key": p.key,
        "reason_key": reason_key(p),
        "severity": p.severity.value,
        "message": p.message.en if locale == "en" else p.message.zh,
        "cells": list(p.cells),
        "table": p.table,
        "row": p.row,
    }


def badly_formed(request: AnyRequest, error: ValidationException) -> Response[dict[str, Any]]:
    faults = error.extra if isinstance(error.extra, list) else []
    words = [
        {"key": str(f.get("key", "")), "message": str(f.get("message", ""))} for f in faults if isinstance(f, dict)
    ]
    return problem(
        request, status=422, code="invalid", detail=_INVALID[locale_of(request)], fields={"faults": words[:20]}
    )


def http_error(request: AnyRequest, error: HTTPException) -> Response[dict[str, Any]]:
    known = _HTTP.get(error.status_code, _INVALID)
    return problem(
        request, status=error.status_code, code=f"http_{error.status_code}", detail=known[locale_of(request)]
    )


def pool_exhausted(request: AnyRequest, _error: PoolTimeout) -> Response[dict[str, Any]]:
    return busy(request)


def busy(request: AnyRequest) -> Response[dict[str, Any]]:
    return problem(request, status=503, code="busy", detail=_BUSY[locale_of(request)], headers={"Retry-After": "3"})


def database_error(request: AnyRequest, error: DBAPIError) -> Response[dict[str, Any]]:
    state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
    if error.connection_invalidated or state is None or state in _LATER or state.startswith(_CUT_OFF):
        return busy(request)
    if state.startswith(_NOT_STORABLE):
        log.warning("not_storable", path=request.url.path, method=request.method, reason=str(error.orig))
        return problem(request, status=422, code="invalid", detail=_UNSTORABLE[locale_of(request)])
    if state == "23505":
        return problem(
            request,
            status=409,
            code="conflict",
            detail={"zh-CN": "内容刚刚已由另一次操作保存，请刷新查看。", "en": "Another request saved this. Reload."}[
                locale_of(request)
            ],
        )
    return broken(request, error)


def undecodable(request: AnyRequest, error: Exception) -> Response[dict[str, Any]]:
    """A body that is not UTF-8 or nests without end: what decodes it lets these through as they are."""
    log.warning("undecodable", path=request.url.path, method=request.method, reason=type(error).__name__)
    return problem(request, status=422, code="invalid", detail=_INVALID[locale_of(request)])


def broken(request: AnyRequest, error: Exception) -> Response[dict[str, Any]]:
    log.error("request_failed", path=request.url.path, method=request.method, exc_info=error)
    return problem(request, status=500, code="broken", detail=_BROKEN[locale_of(request)])


HANDLERS: Any = {
    JicengError: refused,
    ValidationException: badly_formed,
    HTTPException: http_error,
    PoolTimeout: pool_exhausted,
    DBAPIError: database_error,
    UnicodeDecodeError: undecodable,
    RecursionError: undecodable,
    ConnectionError: lambda request, _error: busy(request),
    Exception: broken,
}
