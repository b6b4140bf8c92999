"""Refusals of petitions."""

from kit.errors import Conflict, Invalid


class PetitionFacts(Invalid):
    """A 信访交办 without its facts, or facts with another kind of task."""

    code = "petition_facts"
    zh = "信访交办须填写办理方式、信访类别和收到日期；其他任务不填。"
    en = "A petition needs its manner, class and date of receipt; no other task has them."


class OneHandler(Invalid):
    code = "petition_one_handler"
    zh = "一件信访事项只交一个单位办理（首办责任）。"
    en = "A petition goes to one unit, which answers for it from the first."


class DayImpossible(Invalid):
    code = "petition_day"
    zh = "日期不能晚于今天，也不能早于上一环节（{since}）。"
    en = "The day can't be after today, nor before the step before it ({since})."


class ObjectionLate(Conflict):
    code = "petition_objection_late"
    zh = "提出异议的期限（收到之日起 5 个工作日，至 {until}）已过。"
    en = "An objection was possible within 5 working days, until {until}."


class NotAnAppeal(Conflict):
    code = "petition_not_appeal"
    zh = "只有申诉求决类事项有办结期限，可以延期、复查、复核。"
    en = "Only appeals have a limit to conclude, an extension, a review and a re-examination."


class ExtendedAlready(Conflict):
    code = "petition_extended"
    zh = "办理期限只能延长一次。"
    en = "The limit can be extended only once."


class ExtensionDays(Invalid):
    code = "petition_extension_days"
    zh = "延长期限为 1 至 30 日。"
    en = "An extension is of 1 to 30 days."


class OutcomeMissing(Invalid):
    code = "petition_outcome"
    zh = "请选择处理结果：支持、解释说明或不予支持。"
    en = "Say the outcome: supported, explained or not supported."


class PetitionStays(Conflict):
    """Passing a petition on: who it was sent to answers for it (首办责任)."""

    code = "petition_stays"
    zh = "信访事项由首办单位办理，不再转办；需要下级配合的，另行交办任务。"
    en = "A petition stays with the unit that it was sent to. Units below that are to help get a task of their own."


class PetitionRunning(Conflict):
    """Handing in the share of a petition that was not concluded, without saying why."""

    code = "petition_running"
    zh = "信访事项还没有登记办结；如需先行报结，请写明原因。"
    en = "The petition is not concluded yet. To hand in all the same, say why."


class StepDone(Conflict):
    code = "petition_step"
    zh = "这一步已经登记过，或上一环节还没有登记。"
    en = "That step is on record already, or the one before it is not."
