"""The official sheet, read back cell by cell."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import segno
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from forms.definition import FormDefinition, MoneyUnit
from forms.loading import shipped
from reporting.workbook.lines import Line, LineKind, Mark, SheetFacts, UnitRow
from reporting.workbook.page import lines_of, width_of
from reporting.workbook.sheet import official_sheet
from reporting.workbook.stream import sheet_name

F1 = shipped("f1").definition
F2 = shipped("f2").definition
F3 = shipped("f3").definition
FACTS = SheetFacts(
    "某区退役军人事务局", "2026年11月", MoneyUnit.YUAN, signatures=[("制表人", "张三"), ("联系电话", "")]
)
#: Rows above the figures of F1: title, block, facts, three header levels, column numbers.
F1_TOP = 9


def write(
    path: Path,
    lines: Sequence[Line],
    form: FormDefinition = F1,
    facts: SheetFacts = FACTS,
    rows: dict[str, list[UnitRow]] | None = None,
) -> dict[str, Worksheet]:
    target = path / "sheet.xlsx"
    official_sheet(form, target, facts=facts, lines=lines, rows=rows)
    return {sheet.title: sheet for sheet in load_workbook(target).worksheets}


def column_of(sheet: Worksheet, code: str, form: FormDefinition = F1) -> int:
    numeric = [field.code for field in form.fields if field.numeric]
    return numeric.index(code) + 3


def figure(sheet: Worksheet, code: str, line: int = 0) -> Cell:
    cell = sheet.cell(F1_TOP + line + 1, column_of(sheet, code))
    assert isinstance(cell, Cell)
    return cell


def texts(sheet: Worksheet) -> list[str]:
    return [str(value) for row in sheet.iter_rows(values_only=True) for value in row if value not in (None, "")]


def raw(path: Path) -> str:
    with zipfile.ZipFile(path / "sheet.xlsx") as archive:
        return archive.read("xl/worksheets/sheet1.xml").decode()


class TestFigures:
    def test_are_numbers_to_the_last_digit(self, tmp_path: Path) -> None:
        sheet = write(tmp_path, [Line("某村", {"jf_pc": "12", "ls_je": "9.95"})])["工作情况"]
        assert figure(sheet, "jf_pc").value == 12
        assert figure(sheet, "ls_je").value == 9.95
        assert "<v>9.95</v>" in raw(tmp_path), "not 9.949999999999999"

    def test_of_more_than_fifteen_digits_are_text(self, tmp_path: Path) -> None:
        long = "1234567890123456.78"
        sheet = write(tmp_path, [Line("某村", {"ls_je": long, "wj_je": "123456789012345"})])["工作情况"]
        assert figure(sheet, "ls_je").value == long
        assert figure(sheet, "wj_je").value == 123456789012345

    def test_money_in_ten_thousands_is_exact_and_shown_with_two_decimals(self, tmp_path: Path) -> None:
        facts = SheetFacts("某区", "2026年11月", MoneyUnit.WAN_YUAN)
        sheet = write(tmp_path, [Line("某村", {"jf_pc": "10000", "ls_je": "12345.67"})], facts=facts)["工作情况"]
        assert figure(sheet, "jf_pc").value == 10000
        assert "<v>1.234567</v>" in raw(tmp_path)
        assert figure(sheet, "ls_je").number_format == "#,##0.00"
        assert "（万元）" in "".join(texts(sheet))
        assert "（元）" not in "".join(texts(sheet))

    def test_have_thousands_separators(self, tmp_path: Path) -> None:
        sheet = write(tmp_path, [Line("某村", {"jf_pc": "1234567"})])["工作情况"]
        assert figure(sheet, "jf_pc").number_format == "#,##0"

    def test_blank_is_not_zero_and_not_asked_is_a_dash(self, tmp_path: Path) -> None:
        sheet = write(tmp_path, [Line("某村", {"jf_pc": None, "jf_rc": "0"})])["工作情况"]
        assert figure(sheet, "jf_pc").value is None
        assert figure(sheet, "jf_rc").value == 0
        assert figure(sheet, "tk_r").value == "—"

    def test_a_unit_without_a_report_is_marked_and_has_no_figures(self, tmp_path: Path) -> None:
        sheet = write(tmp_path, [Line("甲村", None), Line("乙村", None, remark="免报")])["工作情况"]
        assert [figure(sheet, "jf_pc", line).value for line in (0, 1)] == ["未报", "免报"]
        rest = [figure(sheet, field.code, 0).value for field in F1.fields[1:] if field.numeric]
        assert set(rest) == {None}

    def test_a_rate_keeps_its_decimals(self, tmp_path: Path) -> None:
        lines = [Line("某村", {"jyl": "93.75"})]
        cells = [c for s in write(tmp_path, lines, F2).values() for row in s.iter_rows() for c in row]
        assert [c.number_format for c in cells if c.value == 93.75] == ["0.00"]


class TestLines:
    LINES = (
        Line("合计", {"jf_pc": "3"}, LineKind.TOTAL),
        Line("甲镇", {"jf_pc": "3"}, LineKind.SUBTOTAL),
        Line("镇本级", {"jf_pc": "1"}, LineKind.OWN),
        Line("子村", {"jf_pc": "2"}, remark="逾期"),
        Line("丑村", None),
    )

    def test_stand_in_the_order_given_and_only_units_are_numbered(self, tmp_path: Path) -> None:
        sheet = write(tmp_path, self.LINES)["工作情况"]
        seen = [(sheet.cell(row, 1).value, sheet.cell(row, 2).value) for row in range(F1_TOP + 1, F1_TOP + 6)]
        assert seen == [(None, "合计"), (None, "甲镇"), (None, "镇本级"), ("1", "子村"), ("2", "丑村")]

    def test_totals_stand_out(self, tmp_path: Path) -> None:
        sheet = write(tmp_path, self.LINES)["工作情况"]
        looks = [(figure(sheet, "jf_pc", n).font.b, figure(sheet, "jf_pc", n).fill.fgColor.rgb) for n in (0, 1, 3)]
        assert len(set(looks)) == 3
        assert looks[0][0]

    def test_a_remark_on_a_report_has_its_column(self, tmp_path: Path) -> None:
        sheet = write(tmp_path, self.LINES)["工作情况"]
        assert sheet.cell(F1_TOP - 3, sheet.max_column).value == "备注"
        assert sheet.cell(F1_TOP + 4, sheet.max_column).value == "逾期"

    @pytest.mark.parametrize("name", ["莫𡐓村", "某省某市某区某街道办事处某路某社区居民委员会第二居民小组甲乙丙丁戊"])
    def test_names_rare_and_long(self, tmp_path: Path, name: str) -> None:
        sheet = write(tmp_path, [Line(name, {"jf_pc": "1"})])["工作情况"]
        cell = sheet.cell(F1_TOP + 1, 2)
        assert cell.value == name
        height = sheet.row_dimensions[F1_TOP + 1].height
        assert height is not None
        assert height >= 13 * lines_of(name, sheet.column_dimensions["B"].width - 2)


class TestHostileText:
    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"])
    def test_never_becomes_a_formula(self, tmp_path: Path, text: str) -> None:
        sheets = write(tmp_path, [Line(text, {"jf_pc": "1", "gz_ts": text})])
        for sheet in (sheets["工作情况"], sheets["文字"]):
            cells = [
                c for row in sheet.iter_rows() for c in row if isinstance(c.value, str) and text.strip() in c.value
            ]
            assert cells
            assert {cell.data_type for cell in cells} == {"s"}
            assert all(cell.quotePrefix for cell in cells)
        assert "<f>" not in raw(tmp_path)

    def test_control_characters_are_left_out(self, tmp_path: Path) -> None:
        sheet = write(tmp_path, [Line("甲\x00\x0b乙<&>\ud800", {"jf_pc": "1"})])["工作情况"]
        assert sheet.cell(F1_TOP + 1, 2).value == "甲乙<&>"

    def test_a_text_longer_than_a_cell_is_cut(self, tmp_path: Path) -> None:
        sheet = write(tmp_path, [Line("村", {"gz_ts": "长" * 40_000})])["文字"]
        assert max(len(text) for text in texts(sheet)) == 32_767

    def test_sheet_names_that_excel_takes(self) -> None:
        workbook = Workbook(write_only=True)
        for title in ["a/b[c]:d*e?f\\g'h", "长" * 40, "长" * 40, "", "  ", "\ud800甲\x01", "𡐓" * 40, "长" + "𡐓" * 40]:
            name = sheet_name(workbook, title)
            # Excel counts units of UTF-16: a character of four bytes takes two, and is never torn.
            assert len(name.encode("utf-16-le")) <= 62
            assert re.fullmatch(r"[^\[\]:*?/\\']{1,31}", name)
            assert name not in workbook.sheetnames
            workbook.create_sheet(name)


class TestPage:
    def test_facts_stand_round_the_table(self, tmp_path: Path) -> None:
        sheet = write(tmp_path, [Line("某村", {"jf_pc": "1"})])["工作情况"]
        seen = texts(sheet)
        assert seen[:7] == [
            "退役军人服务站月度工作情况表",
            "表    号：基退1表",
            "制发机关：区（县）退役军人事务局",
            "依    据：（由制发机关填写文号）",
            "填报单位：某区退役军人事务局",
            "报告期：2026年11月",
            "计量单位：批次、人次、人、元、户次、户、场次、次",
        ]
        assert seen[7] == "有效期至：2027年12月31日"
        assert "制表人：张三" in seen
        assert any(text.startswith("说明：1. 谁组织谁填") for text in seen)

    def test_notes_of_a_table_stand_under_its_own_sheet(self, tmp_path: Path) -> None:
        sheets = write(tmp_path, [], F2)
        assert any("一人符合多类" in text for text in texts(sheets["分类"]))
        assert not any("一人符合多类" in text for text in texts(sheets["人员增减、其中"]))

    def test_the_form_s_own_signature_line_when_nobody_signed(self, tmp_path: Path) -> None:
        sheet = write(tmp_path, [], facts=SheetFacts("某区", "2026年11月"))["工作情况"]
        line = [text for text in texts(sheet) if text.endswith("：")]
        assert line == ["制表人：", "审核人（站长）：", "负责人（分管领导）：", "联系电话：", "填报时间："]

    def test_which_figures_these_are(self, tmp_path: Path) -> None:
        facts = SheetFacts("某区", "2026年11月", status="含待审")
        assert texts(write(tmp_path, [], facts=facts)["工作情况"])[0].endswith("（含待审）")

    def test_headings_are_merged_repeated_and_frozen(self, tmp_path: Path) -> None:
        sheet = write(tmp_path, [Line("某村", {"jf_pc": "1"})])["工作情况"]
        merged = {str(cells) for cells in sheet.merged_cells.ranges}
        assert {"C6:G6", "C7:D7", "A6:A8", "B6:B8"} <= merged
        assert sheet.print_title_rows == "$6:$9"
        assert sheet.freeze_panes == "C10"

    def test_a4_landscape_one_page_wide(self, tmp_path: Path) -> None:
        for sheet in write(tmp_path, [Line("某村", {"jf_pc": "1", "gz_ts": "好"})]).values():
            setup = sheet.page_setup
            assert (setup.paperSize, setup.orientation, setup.fitToWidth, setup.fitToHeight) == (9, "landscape", 1, 0)
            assert sheet.sheet_properties.pageSetUpPr is not None
            assert sheet.sheet_properties.pageSetUpPr.fitToPage
            assert sheet.oddFooter is not None
            assert sheet.oddFooter.center.text == "第 &P 页  共 &N 页"


class TestSheets:
    def test_small_tables_share_a_sheet_and_a_matrix_has_its_own(self, tmp_path: Path) -> None:
        assert list(write(tmp_path, [], F2)) == ["人员增减、其中", "分类", "就业、困难、联系、光荣牌"]

    def test_every_numeric_field_has_one_column(self, tmp_path: Path) -> None:
        for form in (F1, F2, F3):
            cells = {field.code: str(n) for n, field in enumerate(form.fields) if field.numeric}
            sheets = write(tmp_path, [Line("某村", dict(cells))], form)
            numbers = [
                str(v) for s in sheets.values() for row in s.iter_rows(values_only=True) for v in row if type(v) is int
            ]
            assert sorted(numbers) == sorted(cells.values())

    def test_texts_are_listed_by_the_units_that_wrote_any(self, tmp_path: Path) -> None:
        lines = [
            Line("甲村", {"gz_ts": "一"}),
            Line("乙村", {"gz_ts": None}),
            Line("丙村", {"kn_wt": "二"}),
            Line("丁村", None),
        ]
        seen = texts(write(tmp_path, lines)["文字"])
        assert "甲村" in seen
        assert "丙村" in seen
        assert not {"乙村", "丁村"} & set(seen)

    def test_rows_print_their_columns_merged_as_declared(self, tmp_path: Path) -> None:
        row = UnitRow(
            "莫𡐓村", {"xfr": "张**", "ba_xm": "王五", "ba_dh": "138", "zb_xm": "李四", "zb_dh": None, "dj": "高"}
        )
        sheet = write(tmp_path, [], F3, rows={"cases": [row]})["排查化解明细"]
        seen = texts(sheet)
        assert {"信访人基本情况", "王五 138", "李四", "莫𡐓村"} <= set(seen)
        assert "高" not in seen, "not a printed column"

    def test_without_rows_the_zero_report_is_printed(self, tmp_path: Path) -> None:
        assert "经排查，本月无此类情况" in texts(write(tmp_path, [], F3)["排查化解明细"])


class TestProgress:
    def test_grows_to_the_total(self, tmp_path: Path) -> None:
        told: list[tuple[int, int]] = []
        lines = [Line(f"{n}村", {"jf_pc": "1"}) for n in range(450)]
        official_sheet(F1, tmp_path / "s.xlsx", facts=FACTS, lines=lines, progress=lambda *now: told.append(now))
        assert told == [(200, 450), (400, 450), (450, 450)]


def test_a_chinese_character_is_two_wide() -> None:
    assert width_of("莫𡐓村a1") == 8
    assert lines_of("一二三四", 5) == 2
    assert lines_of("一\n二", 50) == 2


class TestMark:
    """第 n 次上报 and its code: once a workbook, and readable."""

    ADDRESS = "https://jiceng.example.gov.cn/v/" + "A" * 64

    def marked(self, path: Path, address: str) -> tuple[dict[str, Worksheet], list[str]]:
        facts = replace(FACTS, mark=Mark(3, address))
        sheets = write(path, [Line("甲村", {"jf_pc": "1"})], facts=facts)
        with zipfile.ZipFile(path / "sheet.xlsx") as archive:
            return sheets, [name for name in archive.namelist() if name.startswith("xl/media/")]

    def test_the_code_stands_once_on_the_first_sheet(self, tmp_path: Path) -> None:
        sheets, pictures = self.marked(tmp_path, self.ADDRESS)
        assert len(pictures) == 1
        first, *others = sheets.values()
        assert any("第 3 次上报" in text for text in texts(first))
        assert not any("次上报" in text for sheet in others for text in texts(sheet))
        with zipfile.ZipFile(tmp_path / "sheet.xlsx") as archive:
            drawn = archive.read(pictures[0])
        made = io.BytesIO()
        segno.make_qr(self.ADDRESS, error="m").save(made, kind="png", scale=6, border=2)
        assert drawn == made.getvalue()

    def test_without_an_address_the_number_stands_alone(self, tmp_path: Path) -> None:
        sheets, pictures = self.marked(tmp_path, "")
        assert pictures == []
        assert "第 3 次上报。" in texts(next(iter(sheets.values())))
