"""Refusals of files."""

from kit.errors import Invalid


class FileRefused(Invalid):
    """A file that can't be read, or won't be."""

    code = "file_refused"
    zh = "文件不能使用：{problem}。"
    en = "The file can't be used: {problem}."
