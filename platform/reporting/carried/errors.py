"""Refusals of cycles that a task carries."""

from kit.errors import Conflict


class TaskDecides(Conflict):
    """Closing, and what follows a closing, of a cycle that belongs to a task."""

    code = "task_decides"
    zh = "这张表随任务下达，封存、启封请在任务中办理（归档后不再改动）。"
    en = "This table belongs to a task: it is closed with the task, for good."


class FiguresCount(Conflict):
    """Taking a report back from a unit when it, or one below it, has handed in."""

    code = "figures_count"
    zh = "{unit}已经上报或正在签批，不能收回；如数据有误，请在审核中退回。"
    en = "{unit} has handed in already, or is signing: that can't be taken back. Return the report instead."
