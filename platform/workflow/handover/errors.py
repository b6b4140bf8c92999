"""Refusals of hand-overs."""

from kit.errors import Conflict, Invalid


class PostEnded(Conflict):
    code = "post_ended"
    zh = "这个岗位已经交接过了，请刷新页面查看。"
    en = "This post was handed over already. Reload to see it."


class SuccessorMissing(Invalid):
    """Neither somebody who has an account nor somebody new, or both, or the leaver."""

    code = "successor_missing"
    zh = "请选择接任人，或填写新接任人的登录名和姓名。"
    en = "Choose who takes over, or give a new person's sign-in name and name."


class DateImpossible(Invalid):
    code = "date_impossible"
    zh = "交接日期不能晚于今天：确认后立即生效。"
    en = "The date can't be after today: a hand-over is in force when it is confirmed."
