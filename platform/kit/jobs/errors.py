"""Why a job came to nothing, in words for whoever waits for it."""

from kit.errors import LOCALES, Conflict, JicengError

Words = dict[str, str]


class JobUnknown(Conflict):
    code = "job_unknown"
    zh = "这个版本不认识这项处理，请联系管理员。"
    en = "This version does not know this kind of work. Tell your administrator."


class JobTooLong(Conflict):
    code = "job_too_long"
    zh = "处理超过了 {minutes} 分钟，已停止。请缩小范围后重试。"
    en = "It took more than {minutes} minutes and was stopped. Try again with less at once."


class JobBroken(Conflict):
    code = "job_broken"
    zh = "处理时出错，没有完成。请联系管理员并告知编号 {id}。"
    en = "Something went wrong and it was not finished. Tell your administrator the number {id}."


class JobLost(Conflict):
    """Its worker died every time."""

    code = "job_lost"
    zh = "处理多次中断，没有完成。请稍后重试；仍不成功请联系管理员。"
    en = "It was interrupted several times and not finished. Try again later; if that fails, tell your administrator."


def words_of(refusal: JicengError) -> Words:
    """The refusal in every language: who waits chooses theirs when they look."""
    return {locale: refusal.message(locale) for locale in LOCALES}
