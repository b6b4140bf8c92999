"""Refusals of sign-in, accounts and the tree."""

from kit.errors import Conflict, Forbidden, Invalid, JicengError, NotAuthenticated


class SessionRevoked(NotAuthenticated):
    """The session was ended by somebody, not by time: what a browser keeps for it has to go."""

    code = "session_revoked"
    zh = "本次登录已被结束，请重新登录。"
    en = "This session was ended. Please sign in again."


class InvalidCredentials(JicengError):
    code = "invalid_credentials"
    status = 401
    zh = "用户名或密码不正确。忘记密码请联系上一级管理员开具重置码。"
    en = "The name or the password is wrong. If you forgot it, ask the level above for a reset code."


class TotpRequired(JicengError):
    code = "totp_required"
    status = 401
    zh = "请输入动态验证码。"
    en = "Enter the one-time code."


class AccountLocked(JicengError):
    code = "locked"
    status = 423
    zh = "连续多次输错，账号已锁定，请在 {minutes} 分钟后再试，或联系上一级管理员解锁。"
    en = "Too many failures: locked. Try again in {minutes} minutes or ask the level above to unlock it."


class PasswordRefused(Invalid):
    code = "password_refused"
    zh = "密码不符合要求：至少 8 位，含大写字母、小写字母、数字、符号中的三类，且不含用户名。"
    en = "The password needs 8 characters of three kinds (upper, lower, digit, sign) and must not contain your name."


class PasswordUnchanged(PasswordRefused):
    zh = "新密码不能与当前密码相同。"
    en = "The new password must differ from the current one."


class CodeInvalid(Invalid):
    code = "code_invalid"
    zh = "重置码或链接无效、已使用或已过期，请重新向上一级管理员索取。"
    en = "The code or link is wrong, used or expired. Ask the level above for a new one."


class SignNameTaken(Conflict):
    code = "sign_name_taken"
    zh = "登录名“{sign_name}”已被使用。"
    en = "The sign-in name “{sign_name}” is taken."


class UnitCodeTaken(Conflict):
    code = "unit_code_taken"
    zh = "单位代码“{unit_code}”已被使用。"
    en = "The unit code “{unit_code}” is taken."


class UnitImpossible(Invalid):
    code = "unit_impossible"
    zh = "单位调整无法进行：{problem}"
    en = "The change of units is not possible: {problem}"


class RolesExclude(Conflict):
    code = "roles_exclude"
    zh = "系统管理员、安全管理员、审计管理员三员互斥，不能由同一人担任，也不能兼任业务角色。"
    en = "System, security and audit administrator exclude one another and any working role."


class AdministratorsApart(Forbidden):
    """三员 exclude one another: who holds the other's password holds the other's post."""

    code = "administrators_apart"
    zh = "三员之间不能互相管理账号和职务，请由平台运维人员在服务器上办理。"
    en = "System, security and audit administrator don't manage one another. Ask the operator of the server."


class PasswordChangeRequired(JicengError):
    code = "password_change_required"
    status = 403
    zh = "首次登录或密码已重置，请先修改密码。"
    en = "Change the initial password first."


class UnknownMembership(JicengError):
    code = "unknown_membership"
    status = 403
    zh = "您没有这个身份，请重新选择单位。"
    en = "You do not hold that membership. Choose your unit again."


class PinRefused(Invalid):
    code = "pin_refused"
    zh = "请用 6 位数字，且不要用 123456、111111 这类好猜的号码。"
    en = "Six digits, and none that is easily guessed, like 123456 or 111111."


class PinWrong(JicengError):
    code = "pin_wrong"
    status = 401
    zh = "PIN 不正确，还可以再试 {left} 次。"
    en = "The PIN is wrong; {left} more tries."


class DeviceForgotten(JicengError):
    code = "device_forgotten"
    status = 401
    zh = "这台设备不再记住您，请用密码登录。"
    en = "This device does not remember you any more. Sign in with your password."


class ScanOver(Conflict):
    code = "scan_over"
    zh = "二维码已过期或已用过，请在电脑上刷新后重新扫描。"
    en = "The code is over or was used. Renew it on the computer and scan again."


class ScanUnavailable(JicengError):
    code = "scan_unavailable"
    status = 503
    zh = "暂时不能扫码登录，请用密码登录。"
    en = "Signing in by scanning is not available now. Use your password."


class OutsideUnknown(JicengError):
    code = "outside_unknown"
    status = 401
    zh = "该身份还没有绑定账号。请先用密码登录，再到“我的”里绑定。"
    en = "That identity is not linked to an account. Sign in with your password and link it under “Me”."


class OutsideRefused(JicengError):
    code = "outside_refused"
    status = 401
    zh = "外部身份验证没有完成，请重试或用密码登录。"
    en = "The outside sign-in was not completed. Try again or use your password."


class OutsideTaken(Conflict):
    code = "outside_taken"
    zh = "该身份已经绑定了另一个账号。"
    en = "That identity is linked to another account."


class SectionNameTaken(Conflict):
    code = "section_name_taken"
    zh = "本单位已有同名科室。"
    en = "The unit has a section of that name."


class SectionInUse(Conflict):
    code = "section_in_use"
    zh = "该科室还有 {count} 人，请先把他们调到别的科室再关闭。"
    en = "{count} people stand in that section. Move them to another one first."
