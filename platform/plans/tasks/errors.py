"""Refusals of tasks."""

from kit.errors import Conflict, Invalid


class DeadlinePast(Invalid):
    code = "deadline_past"
    zh = "办结时限须晚于现在。"
    en = "The deadline has to be in the future."


class DeadlineBeyond(Invalid):
    code = "deadline_beyond"
    zh = "时限不能晚于本单位的办结时限（{until}）。"
    en = "The deadline can't be later than your own ({until})."


class SharesOpen(Conflict):
    code = "shares_open"
    zh = "还有 {count} 个下级单位未办结；如需先行报结，请写明原因。"
    en = "{count} units below have not finished. To hand in all the same, say why."


class NothingAsked(Conflict):
    code = "nothing_asked"
    zh = "该事项没有待答复的延期申请。"
    en = "No extension is being asked for."


class ExtensionTooShort(Invalid):
    code = "extension_too_short"
    zh = "延期后的时限须晚于原时限和现在。"
    en = "The new deadline has to be later than the present one and in the future."


class AlreadyAssigned(Conflict):
    code = "already_assigned"
    zh = "所选单位均已承办本任务。"
    en = "All of these units have a share in this task already."


class NothingAmended(Invalid):
    code = "nothing_amended"
    zh = "内容没有变化。"
    en = "Nothing was changed."
