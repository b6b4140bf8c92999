"""Refusals of visits."""

from kit.errors import Conflict, Invalid


class VisitAhead(Invalid):
    code = "visit_ahead"
    zh = "调研日期不能晚于今天。"
    en = "A visit is written down once it has taken place."


class FindingsElsewhere(Invalid):
    code = "findings_elsewhere"
    zh = "领导到站调研的意见请写在“工作要求”里；发现问题由上级单位在调研指导中登记。"
    en = "What a leader asks for is written under requirements. Findings belong to the visit of a unit above."


class FindingTasked(Conflict):
    code = "finding_tasked"
    zh = "有问题已经转为整改任务，不能作废。请先收回任务。"
    en = "A finding has become a task, so the visit stands. Recall the task first."
