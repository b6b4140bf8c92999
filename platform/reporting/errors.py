"""Refusals of reporting."""

from kit.errors import Conflict, Invalid


class ChecksFailed(Invalid):
    """Figures that can't be handed in: cells with faults, 须改正 not met, 须说明 without a reason."""

    code = "checks_failed"
    zh = "还有 {count} 处需要处理，才能上报。"
    en = "{count} problems must be dealt with before this can be submitted."


class SubordinatesMissing(Invalid):
    """A hand-in while subordinates are missing, without saying why."""

    code = "subordinates_missing"
    zh = "还有 {count} 个下属单位没有审核通过，请说明原因后再汇总上报。"
    en = "{count} subordinate units are not approved yet. Say why before handing in."


class NotAsked(Invalid):
    """Rows of a unit that hands in its subordinates' figures and is asked for none of its own."""

    code = "not_asked"
    zh = "本级不填报此表，只汇总下属单位，请清空明细行。"
    en = "Your unit is not asked for figures of its own here; it only hands in those below. Clear the rows."


class BeingReviewed(Conflict):
    """Somebody else holds the claim."""

    code = "being_reviewed"
    zh = "{name}正在审核这份报表，请稍后再试。"
    en = "{name} is reviewing this submission. Try again later."


class CycleClosed(Conflict):
    code = "cycle_closed"
    zh = "本期已封存，不能再修改。您填写的内容没有丢失，可以导出。"
    en = "This cycle is closed. What you typed is kept and can be exported."


class CycleNotClosed(Conflict):
    code = "cycle_not_closed"
    zh = "本期没有封存，不需要启封。"
    en = "This cycle is not closed; nothing needs reopening."


class Exempted(Conflict):
    """A unit that owes nothing in this cycle."""

    code = "exempted"
    zh = "本单位本期免报，不需要填报。"
    en = "Your unit is exempt in this cycle and owes nothing."


class ExemptionRefused(Conflict):
    code = "exemption_refused"
    zh = "有下属单位的，或已有数据计入汇总的，不能免报。"
    en = "A unit with subordinates, or whose figures count already, can't be exempted."


class ExtensionTooEarly(Invalid):
    code = "extension_too_early"
    zh = "延期后的截止时间要晚于现在的截止时间，且不超过一年。"
    en = "The new due time must be later than the present one, within a year."


class TooManyRows(Invalid):
    code = "too_many_rows"
    zh = "一张明细表最多 {limit} 行。"
    en = "A table holds at most {limit} rows."


class PeriodNotServed(Invalid):
    code = "period_not_served"
    zh = "没有适用于该报告期的已发布版本，或报告期写法不对。"
    en = "No published version serves this period, or the period is not written correctly."


class SignOffNeeded(Conflict):
    """Handing in directly where the unit signs inside first."""

    code = "sign_off_needed"
    zh = "本单位这张表要先在内部签批，请点“送签”。"
    en = "Your unit signs this form inside before it goes up. Send it for signature."


class SignersMissing(Invalid):
    """Signing inside is chosen for units where nobody holds a role that it waits for."""

    code = "signers_missing"
    zh = "{count} 个单位没有人可以签批（{zh}）。请先在账号管理里给相应人员加上岗位，再设签批步骤。"
    en = "In {count} units nobody could sign ({en}). Grant somebody there the role first."


class SignedAlready(Conflict):
    """A second signature of the same person, in a unit that has others."""

    code = "signed_already"
    zh = "您已经以另一身份签过这份报表，请由本单位另一位同志签。"
    en = "You have signed this report in another capacity. Somebody else of your unit must sign now."


class TreeMismatch(RuntimeError):
    """A fold did not see the children that the cycle froze. A bug or a policy fault, never a user's error: rather no
    total than a wrong one."""
