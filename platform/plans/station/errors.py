"""Refusals of stations."""

from kit.errors import Invalid


class NotOfTheStandard(Invalid):
    code = "station_item_unknown"
    zh = "所选内容不在本级服务站标准之内，请刷新页面后重试。"
    en = "That isn't an item of this tier's standard. Reload the page and try again."


class FoundedLater(Invalid):
    code = "station_date_later"
    zh = "成立日期不能晚于今天。"
    en = "The date can't be a day to come."
