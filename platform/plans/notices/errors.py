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


class JobPostIncomplete(Invalid):
    """A job post without who hires for what until when; or these on a notice that is none."""

    code = "job_post_incomplete"
    zh = "招聘信息须写明用人单位、岗位、联系方式和报名截止日期；其他类别的通知不填这些。"
    en = "A job post names the employer, the posts, a contact and a last day; no other notice does."


class JobPostOver(Invalid):
    code = "job_post_over"
    zh = "报名截止日期不能早于发布的日期。"
    en = "The last day to apply can't lie before the day of publication."
