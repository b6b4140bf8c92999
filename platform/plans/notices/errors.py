"""Refusals of notices."""

from kit.errors import Invalid


class PublishTimePast(Invalid):
    code = "publish_time_past"
    zh = "定时发布的时间须晚于现在；要马上发布请选择“立即发布”。"
    en = "The time of publication has to be in the future. To publish at once choose “now”."


class PinTimePast(Invalid):
    code = "pin_time_past"
    zh = "置顶的截止时间须晚于现在。"
    en = "The end of the pinning has to be in the future."
