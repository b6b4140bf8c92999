"""Refusals of trainings."""

from kit.errors import Conflict, Invalid, JicengError


class SessionsImpossible(Invalid):
    code = "sessions_impossible"
    zh = "第 {no} 场的结束时间须晚于开始时间，且开始时间不能早于报名截止时间。"
    en = "Session {no} has to end after it begins, and to begin after sign-up is over."


class StudyNotOver(Invalid):
    code = "study_not_over"
    zh = "本单位学习在结束后登记，结束时间不能晚于现在。"
    en = "What a unit studies by itself is written down once it is over."


class SignUpPast(Invalid):
    code = "sign_up_past"
    zh = "报名截止时间须晚于现在。"
    en = "The end of sign-up has to be in the future."


class SignUpOver(Conflict):
    code = "sign_up_over"
    zh = "报名已截止。确需参加或取消，请联系主办单位，由其在名单上调整。"
    en = "Sign-up is over. Ask the organiser, who can still change the list."


class SessionFull(Conflict):
    code = "session_full"
    zh = "名额不够：还剩 {left} 个，您要报 {asked} 人，本次没有报上任何人。请减少人数，或改报其他场次。"
    en = (
        "Not enough places: {left} left, {asked} asked for, and nobody was signed up. Choose fewer, or another session."
    )


class UnitFull(Conflict):
    code = "unit_full"
    zh = "每个单位最多 {limit} 人，您单位已报 {taken} 人，本次没有报上任何人。"
    en = "{limit} people of a unit at most; {taken} of yours have a place, and nobody was signed up."


class QuotaBelowTaken(Conflict):
    code = "quota_below_taken"
    zh = "第 {no} 场已有 {taken} 人报名，名额不能少于这个数。"
    en = "{taken} people have a place in session {no}: its quota can't be smaller."


class StaffElsewhere(Invalid):
    code = "staff_elsewhere"
    zh = "只能为本单位在岗的工作人员报名，请先在“工作人员”里登记。"
    en = "Only people who serve at your unit can be signed up. Put them on the roster first."


class NotAddressed(Invalid):
    code = "staff_not_addressed"
    zh = "名单里有人所在的单位不在本次培训的通知范围内，或已离岗。"
    en = "Somebody on the list has left, or belongs to a unit that was not told of the training."


class PlaceTwice(Conflict):
    code = "place_twice"
    zh = "这名人员在那一场已有报名记录。"
    en = "That person is on that session's list already."


class CodeOver(JicengError):
    """A code of another moment, another session, another county, or none at all: told apart to nobody."""

    code = "check_in_code_over"
    status = 409
    zh = "二维码已更新（每 25 秒更换一次）。请重新扫描现场屏幕上的二维码。"
    en = "The code has changed (it does every 25 seconds). Scan the one on the screen again."


class CheckInClosed(Conflict):
    code = "check_in_closed"
    zh = "现在不能签到：培训还没有开班，或已经结束。请找主办单位在名单上签到。"
    en = "Checking in is not open: the training has not begun or is over. Ask the organiser to tick you on the list."


class NotSignedUp(Conflict):
    code = "not_signed_up"
    zh = "您单位没有人报名本场培训，或您本人不在名单上。请找现场工作人员加入名单后再签到。"
    en = "Nobody of your unit, or not you, is on this session's list. Ask the organiser to add you, then check in."


class TooManyHours(Invalid):
    code = "too_many_hours"
    zh = "学时不能超过本场的 {hours} 学时。"
    en = "No more than the session's {hours} hours."


class AbsentWithoutResult(Invalid):
    code = "absent_without_result"
    zh = "缺席的人没有成绩和学时。"
    en = "Whoever was absent has no result and no hours."
