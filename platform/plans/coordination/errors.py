"""Refusals of requests for coordination."""

from __future__ import annotations

from kit.errors import JicengError


class NobodyAbove(JicengError):
    """The county has nobody above it in the platform."""

    code = "nobody_above"
    status = 409
    zh = "平台上没有更上一级单位，不能再向上提请。"
    en = "There is no unit above this one on the platform."


class NothingWritten(JicengError):
    """The report's field is empty, or no field that asks for help."""

    code = "nothing_written"
    status = 422
    zh = "报表的这一栏没有填写需要协调的问题。"
    en = "Nothing is written in this field of the report."


class RaisedAlready(JicengError):
    """The same text of the same report was sent up before."""

    code = "raised_already"
    status = 409
    zh = "这一栏已经提请过，请在原来的提请中补充。"
    en = "This was sent up before. Add to that request instead."
