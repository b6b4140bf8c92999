"""Refusals of the roster."""

from kit.errors import Conflict, Invalid


class AccountTaken(Conflict):
    code = "staff_account_taken"
    zh = "这个登录账号已对应本单位另一名工作人员，请先在那名人员处取消。"
    en = "That account stands for another person of the unit. Unlink it there first."


class AccountElsewhere(Invalid):
    code = "staff_account_elsewhere"
    zh = "只能选择该单位自己的登录账号。"
    en = "Choose an account of that unit."


class DatesReversed(Invalid):
    code = "staff_dates_reversed"
    zh = "离岗日期不能早于到岗日期，也不能晚于今天。"
    en = "Nobody leaves before they began, nor on a day to come."


class StartsLater(Invalid):
    code = "staff_starts_later"
    zh = "到岗日期不能晚于今天。"
    en = "The first day can't be a day to come."
