"""Refusals when a decision or finding becomes a task."""

from kit.errors import Conflict, Invalid


class TaskedAlready(Conflict):
    code = "tasked_already"
    zh = "这一条已经转为任务，请在任务里跟踪办理。"
    en = "This has become a task already. Follow it there."


class NobodyNamed(Invalid):
    code = "nobody_named"
    zh = "请先选择承办单位。"
    en = "Choose the units that are to do it."


class DueMissing(Invalid):
    code = "due_missing"
    zh = "请先填写办结时限。"
    en = "Say by when it is to be done."
