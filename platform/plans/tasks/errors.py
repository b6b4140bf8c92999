"""Refusals of tasks."""

from kit.errors import Conflict, Forbidden, Invalid


class DeadlinePast(Invalid):
    code = "deadline_past"
    zh = "办结时限须晚于现在。"
    en = "The deadline has to be in the future."


class DeadlineBeyond(Invalid):
    code = "deadline_beyond"
    zh = "时限不能晚于本单位的办结时限（{until}）。"
    en = "The deadline can't be later than your own ({until})."


class NoticeShort(Forbidden):
    """A deadline cut below the county's minimum notice by somebody who doesn't lead the unit."""

    code = "notice_short"
    zh = "这样只给承办单位留 {days} 个工作日，少于规定的 {least} 个，须由本单位领导来办。"
    en = "This leaves {days} working days, fewer than the {least} that are the rule: your leader has to do it."


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


class ReportDecides(Conflict):
    """Handing in, accepting or passing on a share that carries a report, by itself."""

    code = "report_decides"
    zh = "本任务随附表格：填好上报即报结，审核通过即办结；报结、撤回、确认和退回都在表中办理，也不再转办。"
    en = "This task carries a table: reporting hands it in, approval accepts it. Act on the report; it isn't passed on."


class TableFixed(Conflict):
    """Changing the fields of a table that was sent."""

    code = "table_fixed"
    zh = "附表下达后不能再改字段。确需修改的，请收回本任务后重新下达。"
    en = "The fields of a table can't change once it was sent. Recall the task and issue it again."


class TableNotFor(Invalid):
    """A form of the catalogue that some of the addressees are not asked, or that has run out."""

    code = "table_not_for"
    zh = "所选报表不由这些单位填报，或已过有效期，请改选报表或承办单位。"
    en = "These units don't fill that form, or it is no longer valid. Choose another form or other units."


class TableConfidential(Invalid):
    code = "table_confidential"
    zh = "信访交办不能附表：表中数据会逐级汇总，不能只给相关股室看。"
    en = "A petition carries no table: its figures would be seen by more than the sections concerned."


class NothingAmended(Invalid):
    code = "nothing_amended"
    zh = "内容没有变化。"
    en = "Nothing was changed."
