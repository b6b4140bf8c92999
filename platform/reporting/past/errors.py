"""Refusals of past years."""

from kit.errors import Conflict, Invalid


class PastPeriodsInvalid(Invalid):
    code = "past_periods_invalid"
    zh = "报告期写法不对，或一次超过 {limit} 期，请重新选择。"
    en = "The periods are not written correctly, or are more than {limit} at once."


class PastFileFaulty(Conflict):
    """An import of a file with faults, without saying that only the rest is meant."""

    code = "past_file_faulty"
    zh = "文件里还有 {count} 处问题。请改好再导入，或勾选“只导入没有问题的单位”。"
    en = "The file still has {count} problems. Mend it, or choose to import only units without problems."


class NothingToImport(Conflict):
    code = "nothing_to_import"
    zh = "文件里没有可以导入的数。"
    en = "There is nothing in the file that can be imported."
