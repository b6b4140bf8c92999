"""Refusals of 套表."""

from kit.errors import Conflict, Invalid


class TitleTaken(Conflict):
    code = "city_title_taken"
    zh = "已经有一份叫“{title}”的套表。请换个名字，或先删去旧的。"
    en = "There is a workbook named “{title}” already. Choose another name, or delete the old one."


class TargetsInvalid(Invalid):
    """Cells that can't be written, or figures that aren't there; `faults` says which, in every language."""

    code = "city_targets_invalid"
    zh = "有 {count} 处对应不能用：{cell} {zh}"
    en = "{count} of the mappings can't be used: {cell}: {en}"


class SheetUnsettled(Conflict):
    """A filling in which some cells would stay blank, without saying that this is meant."""

    code = "city_sheet_unsettled"
    zh = "有 {count} 处这一期填不了，会空着：{cell} {zh}"
    en = "{count} places can't be filled for this period and would stay blank: {cell}: {en}"


class NothingMapped(Conflict):
    code = "city_nothing_mapped"
    zh = "这份套表还没有设对应，请先设好再导出。"
    en = "Nothing of this workbook is mapped yet."
