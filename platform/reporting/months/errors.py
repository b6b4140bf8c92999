"""Refusals of contacts."""

from kit.errors import Invalid


class PhoneImpossible(Invalid):
    code = "phone_impossible"
    zh = "电话号码须为 5 至 24 位数字，可带开头的 + 和中间的 -。"
    en = "A telephone number has 5 to 24 digits, with a leading + and dashes if need be."
