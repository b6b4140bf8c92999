"""Refusals of the lifecycle mechanism."""

from kit.errors import Conflict, Invalid


class ActionNotAllowed(Conflict):
    """The subject's state does not have this action."""

    code = "action_not_allowed"
    zh = "当前状态不能做这项操作，请刷新页面查看最新状态。"
    en = "The current state does not allow this. Reload to see the newest state."


class ReasonMissing(Invalid):
    code = "reason_missing"
    zh = "请填写原因。"
    en = "Give a reason."
