"""Errors that people meet: a code, a status, and a sentence in their language that says what to do.

A capability declares its errors as subclasses in its own `errors.py`; one handler in `web` renders them as
`application/problem+json`. `zh` and `en` are format strings over the error's named fields.
"""

from __future__ import annotations

from typing import Any, ClassVar

LOCALES = ("zh-CN", "en")


class JicengError(Exception):
    """Base of every refusal that has words for a person."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    zh: ClassVar[str] = "操作没有完成。"
    en: ClassVar[str] = "The operation did not complete."

    def __init__(self, **fields: Any) -> None:
        self.fields = fields
        super().__init__(f"{self.code}: {self.message('en')}")

    def message(self, locale: str) -> str:
        """The sentence for a person, in `zh-CN` or `en`."""
        return (self.en if locale == "en" else self.zh).format_map(_Blank(self.fields))


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


class NotFound(JicengError):
    """The object does not exist, or is out of the actor's scope: the two are told apart to nobody."""

    code = "not_found"
    status = 404
    zh = "没有找到，可能已被移动，或不在您的管理范围内。"
    en = "Not found: it may have moved, or it is outside what you may see."


class Forbidden(JicengError):
    """The object is in scope, but the acting membership may not do this."""

    code = "forbidden"
    status = 403
    zh = "您当前的身份不能做这项操作。"
    en = "Your current role may not do this."


class NotAuthenticated(JicengError):
    """No session, or one that has ended."""

    code = "not_authenticated"
    status = 401
    zh = "请先登录。"
    en = "Please sign in first."


class Invalid(JicengError):
    """What was sent can't be used; `problem` says which part."""

    code = "invalid"
    status = 422
    zh = "提交的内容有误：{problem}"
    en = "The request is not valid: {problem}"


class PreconditionRequired(JicengError):
    """An edit of shared data came without If-Match."""

    code = "precondition_required"
    status = 428
    zh = "请刷新页面后再操作。"
    en = "Reload the page and try again."


class Stale(JicengError):
    """Somebody else changed the object since it was read."""

    code = "stale"
    status = 412
    zh = "内容已被他人更新，请刷新后再操作；您填写的内容没有丢失。"
    en = "Somebody changed this meanwhile. Reload and try again; what you typed is kept."


class Conflict(JicengError):
    """The object is not in a state that allows the action."""

    code = "conflict"
    status = 409
    zh = "当前状态不能做这项操作。"
    en = "The current state does not allow this."


class IdempotencyMismatch(JicengError):
    """An Idempotency-Key was used again with another body."""

    code = "idempotency_mismatch"
    status = 422
    zh = "这次提交与之前的请求编号相同但内容不同，请刷新后重试。"
    en = "This request reuses an earlier request's key with different content. Reload and try again."
