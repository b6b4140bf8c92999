"""Refusals of plans."""

from __future__ import annotations

from kit.errors import Conflict, Invalid


class PlanYearOutOfReach(Invalid):
    """A plan is made for last year, this one or the next, by the date in China."""

    code = "plan_year_out_of_reach"
    zh = "只能编制 {first} 至 {last} 年度的工作计划。"
    en = "A plan can be made for the years {first} to {last}."


class PlanThereAlready(Conflict):
    """One plan a unit and year."""

    code = "plan_there_already"
    zh = "本单位 {year} 年度的工作计划已经建立，请在原计划上修改。"
    en = "There is a plan of {year} already. Edit that one."


class PlanEmpty(Invalid):
    code = "plan_empty"
    zh = "计划里还没有事项，请至少写一项再上报。"
    en = "The plan has no items yet. Write at least one before sending it up."


class PlanLineWrong(Invalid):
    """A line whose dates lie outside the year or are the wrong way round, or that names what is not there."""

    code = "plan_line_wrong"
    zh = "第 {line} 项有误：{fault}。"
    en = "Item {line}: {fault_en}."


class NothingChanged(Conflict):
    """A change that leaves every item as it is."""

    code = "plan_nothing_changed"
    zh = "与已批准的计划没有差别，不需要再次上报；不改了请点“放弃变更”。"
    en = "This does not differ from the approved plan. Abandon the change instead."


class NotYetApproved(Conflict):
    """There is no edition in force yet."""

    code = "plan_not_approved"
    zh = "计划还没有批准过，没有可恢复的内容。"
    en = "No edition of this plan was approved yet."


class DoneTooEarly(Invalid):
    """A day of completion in the days to come."""

    code = "plan_done_in_future"
    zh = "完成日期不能晚于今天。"
    en = "The day of completion can't lie in the future."


class DoneBeforeYear(Invalid):
    """No period of the plan's year would tell of it."""

    code = "plan_done_before_year"
    zh = "完成日期不能早于 {year} 年。"
    en = "The day of completion can't lie before {year}."


class SummaryOpen(Conflict):
    """A version of the same period is being written."""

    code = "plan_summary_open"
    zh = "这一期已有正在编辑的小结，请在原稿上修改。"
    en = "A summary of this period is being written. Edit that one."


class PeriodToCome(Invalid):
    """Nothing can have been recorded in it."""

    code = "plan_period_to_come"
    zh = "这一期还没有开始，开始后再起草。"
    en = "That period has not begun yet."
