"""Refusals of enclosures."""

from kit.errors import Invalid


class FileGone(Invalid):
    """A file that was gathered and is there no more: withdrawn, sent with another document, or left too long."""

    code = "file_gone"
    zh = "有附件已经不在了（可能已随别的文件发出，或放置超过一周）。请去掉后重新上传。"
    en = "A file is not there any more: it went with another document, or waited for more than a week. Upload it again."
