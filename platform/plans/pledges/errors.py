"""Refusals of pledges."""

from kit.errors import Conflict, Forbidden, Invalid


class SignatureImpossible(Invalid):
    """Not a PNG of a signature's size, or an empty one."""

    code = "signature_impossible"
    zh = "没有收到有效的签名，请在签名框内重新签写。"
    en = "No usable signature came. Sign again inside the box."


class PledgeNotOpen(Conflict):
    code = "pledge_not_open"
    zh = "{year} 年度的保密承诺书还没有下发。"
    en = "The pledge of {year} has not been issued yet."


class SignedAlready(Conflict):
    code = "pledge_signed"
    zh = "{name} 已签署 {year} 年度的保密承诺书，每人每年签一次。"
    en = "{name} has signed the pledge of {year}: once a person and year."


class VoidAlready(Conflict):
    code = "pledge_void"
    zh = "{name} 的这份承诺书已经作废。"
    en = "This pledge of {name} is void already."


class SomebodyElse(Forbidden):
    code = "pledge_somebody_else"
    zh = "承诺书须由本人签署：这名人员有自己的账号，请用该账号登录后签。"
    en = "A pledge is signed in person: this one has an account of their own, to sign in with."


class PledgeYearImpossible(Invalid):
    code = "pledge_year"
    zh = "只能下发今年或明年的承诺书，办理期限不能早于今天。"
    en = "Only this year's or the next one's pledge can be issued, and its last day can't have passed."
