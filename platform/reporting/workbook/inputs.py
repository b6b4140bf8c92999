"""Cells to type into: how they look, what Excel lets in, and what it says to who types something else."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from openpyxl import Workbook
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from forms.fields import FieldType, ValueRules
from forms.formula.numbers import CELL_DIGITS
from forms.values import NO, YES
from reporting.workbook.looks import FIGURE, MARK, TEXT, Look
from reporting.workbook.marks import HIDDEN
from reporting.workbook.stream import Cells, StreamCell, StreamSheet

#: Rows and columns of a hand-typed sheet that Excel checks a length in.
_INLINE = 240
_TEXT_FORMAT = "@"
COMPUTED = replace(MARK, fill="FFF1F3F6")
COMPUTED_TEXT = "自动计算"


def input_look(rules: ValueRules) -> Look:
    """An unlocked cell; texts, dates and numbers that name something are kept as they are typed."""
    if not rules.numeric:
        return replace(TEXT, unlocked=True, number_format=_TEXT_FORMAT, vertical="center")
    if rules.type is FieldType.PERCENT or rules.decimals:
        return replace(FIGURE, unlocked=True, number_format="0." + "0" * min(max(rules.decimals, 1), 6))
    return replace(FIGURE, unlocked=True, number_format="0")


def filled(cells: Cells, rules: ValueRules, text: str | None, look: Look) -> StreamCell:
    """What stands in the cell when the workbook goes out."""
    if text is None or text == "":
        return cells.empty(look)
    return cells.number(text, look) if rules.numeric and _is_number(text) else cells.text(text, look)


def _is_number(text: str) -> bool:
    """A draft may hold what can't be read as a number yet; it goes out as it was typed."""
    return text.isascii() and text.removeprefix("-").replace(".", "", 1).isdigit()


class Guards:
    """The validations of one workbook. Choices too long for one line are listed on the hidden sheet."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        #: Lists that the hidden sheet has to carry, from its third column on.
        self.lists: list[tuple[str, ...]] = []

    def put(self, sheet: StreamSheet, rules: ValueRules, row: int, column: int, last_row: int | None = None) -> None:
        """Guard cells of one column; rows and columns count from 1."""
        guard = self._guard(rules)
        if guard is None:
            return
        letter = get_column_letter(column)
        guard.add(f"{letter}{row}:{letter}{last_row or row}")
        sheet.data_validations.append(guard)

    def _guard(self, rules: ValueRules) -> DataValidation | None:
        match rules.type:
            case FieldType.CHOICE:
                return self._list(tuple(choice.value for choice in rules.choices))
            case FieldType.YES_NO:
                return self._list((YES, NO))
            case FieldType.INTEGER:
                return _number("whole", rules, "请填整数")
            case FieldType.DECIMAL | FieldType.MONEY | FieldType.PERCENT:
                hint = "百分数只填数字：66.67% 填 66.67" if rules.type is FieldType.PERCENT else "请填数字"
                return _number("decimal", rules, f"{hint}，最多 {rules.decimals} 位小数")
            case FieldType.DATE:
                return _prompt("请写成 2026-01-31")
            case FieldType.IDENTITY:
                return _prompt("18 位身份证号，逐位核对")
            case _:
                return None

    def _list(self, values: tuple[str, ...]) -> DataValidation:
        joined = ",".join(values)
        if len(joined) <= _INLINE and not any("," in value or '"' in value for value in values):
            source = f'"{joined}"'
        else:
            source = self._named(values)
        guard = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=True)
        return _told(guard, "请从下拉选项中选")

    def _named(self, values: tuple[str, ...]) -> str:
        if values not in self.lists:
            self.lists.append(values)
            letter = get_column_letter(len(self.lists) + 2)
            name = f"jiceng_list_{len(self.lists)}"
            place = f"{quote_sheetname(HIDDEN)}!${letter}$1:${letter}${len(values)}"
            self._workbook.defined_names[name] = DefinedName(name, attr_text=place)
        return f"jiceng_list_{self.lists.index(values) + 1}"


def _number(kind: Literal["whole", "decimal"], rules: ValueRules, hint: str) -> DataValidation:
    most = "9" * min(CELL_DIGITS, 15)
    least = f"-{most}" if rules.negative else "0"
    guard = DataValidation(
        type=kind, operator="between", formula1=least, formula2=most, allow_blank=True, showErrorMessage=True
    )
    return _told(guard, hint if rules.negative else f"{hint}，不能是负数；没有就填 0")


def _told(guard: DataValidation, hint: str) -> DataValidation:
    guard.errorTitle, guard.error, guard.errorStyle = "填写有误", hint, "stop"
    return guard


def _prompt(hint: str) -> DataValidation:
    """Says how to write it, and refuses nothing."""
    guard = DataValidation(type=None, allow_blank=True, showInputMessage=True)
    guard.promptTitle, guard.prompt = "填写说明", hint
    return guard
