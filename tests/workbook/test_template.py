"""The workbook to fill off line: what goes out comes back, and what was damaged on the way is told cell by cell."""

from __future__ import annotations

import io
import shutil
import string
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from forms.compiled import CompiledForm
from forms.fields import FieldType, ValueRules
from forms.loading import shipped
from forms.outcome import Context, Row
from forms.program import Program
from reporting.workbook.book import open_book
from reporting.workbook.errors import FileRefused
from reporting.workbook.filled import Filled, read_filled
from reporting.workbook.marks import HIDDEN, Marks, read_marks
from reporting.workbook.template import TemplateContent, write_template
from tenancy.tiers import Tier

pytestmark = pytest.mark.usefixtures("servers")
MARKS = Marks("unit", "county", "f1", "version", "2026-11", "unit")
F1, F2, F3 = shipped("f1"), shipped("f2"), shipped("f3")


def program(form: CompiledForm) -> Program:
    return form.program(Context(Tier.VILLAGE, date(2026, 11, 1), date(2026, 11, 30)))


def template(form: CompiledForm, path: Path, content: TemplateContent | None = None, marks: Marks = MARKS) -> Path:
    made = path / "template.xlsx"
    blank = TemplateContent("南石村", "2026年11月", {}, None, {})
    write_template(form, program(form), made, marks=marks, content=content or blank)
    return made


def place_of(sheet: Worksheet, code: str) -> tuple[int, int]:
    """Where a person types a field of a fixed table or a matrix."""
    head = next(row for row in range(1, 30) if str(sheet.cell(row, 1).value).startswith("@jiceng"))
    keys = {str(cell.value): cell.column for cell in sheet[head][1:] if cell.value}
    for row in range(head + 1, sheet.max_row + 1):
        key = sheet.cell(row, 1).value
        for column_key, column in keys.items():
            if code == (key if column_key == "=" else f"{key}_{column_key}"):
                return row, int(column or 0)
    raise KeyError(code)


def sheet_of(book: Workbook, code: str) -> tuple[Worksheet, int, int]:
    for sheet in book.worksheets:
        try:
            return (sheet, *place_of(sheet, code))
        except (KeyError, StopIteration):
            continue
    raise KeyError(code)


def type_in(path: Path, values: dict[str, Any]) -> Workbook:
    book = load_workbook(path)
    for code, value in values.items():
        sheet, row, column = sheet_of(book, code)
        cell = sheet.cell(row, column)
        assert not cell.protection.locked
        cell.value = value
    return book


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read(content: bytes, form: CompiledForm, name: str = "a.xlsx") -> Filled:
    sheets = open_book(content, name)
    return read_filled(sheets, read_marks(sheets), form, program(form))


def values_of(filled: Filled) -> dict[str, str | None]:
    return {one.code: one.value for one in filled.cells}


class TestThereAndBack:
    def test_every_cell_to_type_is_there_and_unlocked_and_no_other(self, tmp_path: Path) -> None:
        for form in (F1, F2):
            filled = read(template(form, tmp_path).read_bytes(), form)
            assert filled.found == len(program(form).typed)
            assert filled.troubles == []
            assert filled.cells == []

    def test_what_went_out_unchanged_changes_nothing(self, tmp_path: Path) -> None:
        cells: dict[str, str | None] = {"jf_pc": "12", "wj_je": "1234567.89"}
        base = {code: value for code, value in cells.items() if value}
        content = TemplateContent("南石村", "2026年11月", cells, {"jf_pc": "11"}, {})
        made = template(F1, tmp_path, content, Marks("unit", "c", "f1", "v", "2026-11", "u", base))
        assert read(made.read_bytes(), F1).cells == []

    def test_a_cleared_cell_is_a_change_to_blank(self, tmp_path: Path) -> None:
        content = TemplateContent("南石村", "2026年11月", {"jf_pc": "12"}, None, {})
        made = template(F1, tmp_path, content, Marks("unit", "c", "f1", "v", "2026-11", "u", {"jf_pc": "12"}))
        assert values_of(read(saved(type_in(made, {"jf_pc": None})), F1)) == {"jf_pc": None}

    def test_what_people_type_is_understood(self, tmp_path: Path) -> None:
        made = template(F1, tmp_path)
        book = type_in(made, {"jf_pc": "１２", "jf_rc": "1,234", "ls_je": " ５.50", "zx_rc": 7.0, "wj_je": 0.1 + 0.2})
        filled = read(saved(book), F1)
        assert values_of(filled) == {"jf_pc": "12", "jf_rc": "1234", "ls_je": "5.5", "zx_rc": "7", "wj_je": "0.3"}
        assert filled.troubles == []


def some_value(rules: ValueRules) -> st.SearchStrategy[tuple[Any, str]]:
    """What is typed, and what is to be stored."""
    match rules.type:
        case FieldType.INTEGER:
            return st.integers(0, 10**12).map(lambda n: (n, str(n)))
        case FieldType.MONEY | FieldType.DECIMAL | FieldType.PERCENT:
            cents = st.integers(0, 10**11)
            return cents.map(lambda n: (f"{n // 100}.{n % 100:02}", f"{n // 100}.{n % 100:02}".rstrip("0").rstrip(".")))
        case FieldType.CHOICE:
            return st.sampled_from([c.value for c in rules.choices]).map(lambda v: (v, v))
        case FieldType.DATE:
            return st.dates(date(1950, 1, 1), date(2090, 1, 1)).map(lambda d: (d, d.isoformat()))
        case FieldType.IDENTITY | FieldType.PHONE:
            return st.text(string.digits, min_size=8, max_size=15).map(lambda v: (v, v))
        case _:
            texts = st.text("村民𠮷𡈽=+-@'\"<&;甲乙a1", min_size=1, max_size=min(rules.max_length, 40))
            return texts.map(lambda v: (v, v))


@examples(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_figures_filled_by_chance_read_back_equal(data: st.DataObject, tmp_path: Path) -> None:
    form = data.draw(st.sampled_from([F1, F2]))
    typed = {cell.code: cell.rules for cell in program(form).typed}
    chosen = data.draw(st.lists(st.sampled_from(sorted(typed)), unique=True, max_size=15))
    values = {code: data.draw(some_value(typed[code])) for code in chosen}
    book = load_workbook(template(form, tmp_path))
    for code, (value, _) in values.items():
        sheet, row, column = sheet_of(book, code)
        cell = sheet.cell(row, column)
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
    filled = read(saved(book), form)
    assert filled.troubles == []
    assert values_of(filled) == {code: stored for code, (_, stored) in values.items()}


@examples(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_rows_filled_by_chance_read_back_equal(data: st.DataObject, tmp_path: Path) -> None:
    columns = F3.plan.tables["cases"].columns
    drawn = data.draw(
        st.lists(st.fixed_dictionaries({code: some_value(one.column) for code, one in columns.items()}), max_size=4)
    )
    book = load_workbook(template(F3, tmp_path))
    sheet = book.worksheets[0]
    for number, row in enumerate(drawn):
        for place, code in enumerate(columns):
            cell = sheet.cell(6 + number, 3 + place)
            cell.value = row[code][0]
            if isinstance(row[code][0], str):
                cell.data_type = "s"
    filled = read(saved(book), F3)
    assert filled.troubles == []
    assert [dict(row.cells) for row in filled.rows["cases"]] == [
        {code: stored for code, (_, stored) in row.items()} for row in drawn
    ]


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_another_program_saves_it_and_nothing_is_lost(kind: str, tmp_path: Path) -> None:
    """LibreOffice stands for whatever an office has, and for its old format; without it, what it once wrote is read."""
    made = template(F2, tmp_path)
    book = type_in(made, {"qc": 120, "c01_m": "１２", "ld": "1,024"})
    book.save(tmp_path / "filled.xlsx")
    sheets = open_book(_converted(tmp_path, kind), f"filled.{kind}")
    filled = read_filled(sheets, MARKS, F2, program(F2))
    assert values_of(filled) == {"qc": "120", "c01_m": "12", "ld": "1024"}
    assert filled.troubles == []


def _converted(folder: Path, kind: str) -> bytes:
    office = shutil.which("soffice")
    if office is None:
        return (Path(__file__).parent / "converted" / f"filled.{kind}").read_bytes()
    out, profile = folder / "out", f"-env:UserInstallation=file://{folder}/profile"
    convert = [office, profile, "--headless", "--convert-to", kind, "--outdir", str(out), str(folder / "filled.xlsx")]
    subprocess.run(convert, check=True, capture_output=True, timeout=180)
    return (out / f"filled.{kind}").read_bytes()


class TestDamage:
    def told(self, content: bytes, form: CompiledForm = F1) -> list[tuple[str, str | None]]:
        return [(one.cell, one.code) for one in read(content, form).troubles]

    def test_a_text_in_a_number_cell(self, tmp_path: Path) -> None:
        book = type_in(template(F1, tmp_path), {"jf_pc": "三批", "jf_rc": "5"})
        filled = read(saved(book), F1)
        assert [(t.sheet, t.cell, t.code) for t in filled.troubles] == [("工作情况", "F6", "jf_pc")]
        assert "不是数字" in filled.troubles[0].message.zh
        assert values_of(filled) == {"jf_rc": "5"}

    def test_a_formula(self, tmp_path: Path) -> None:
        book = type_in(template(F1, tmp_path), {"jf_pc": "=1+1"})
        assert self.told(saved(book)) == [("F6", "jf_pc")]

    def test_a_command_as_a_formula_is_never_a_value(self, tmp_path: Path) -> None:
        book = type_in(template(F1, tmp_path), {"jf_pc": "=cmd|'/c calc'!A0"})
        assert self.told(saved(book)) == [("F6", "jf_pc")]

    def test_a_date_that_excel_made_of_a_number(self, tmp_path: Path) -> None:
        book = type_in(template(F1, tmp_path), {"jf_pc": date(2026, 3, 4)})
        assert self.told(saved(book)) == [("F6", "jf_pc")]

    def test_merged_cells(self, tmp_path: Path) -> None:
        book = type_in(template(F1, tmp_path), {"jf_pc": 5})
        book.worksheets[0].merge_cells("F6:F7")
        assert self.told(saved(book)) == [("F6", "jf_pc"), ("F7", "jf_rc")]

    def test_rows_and_columns_put_in_change_nothing(self, tmp_path: Path) -> None:
        book = type_in(template(F1, tmp_path), {"jf_pc": 5, "jf_rc": 6})
        book.worksheets[0].insert_rows(7, 3)
        book.worksheets[0].insert_cols(4)
        filled = read(saved(book), F1)
        assert values_of(filled) == {"jf_pc": "5", "jf_rc": "6"}
        assert filled.troubles == []

    def test_a_deleted_row_is_missed(self, tmp_path: Path) -> None:
        book = type_in(template(F1, tmp_path), {"jf_rc": 6})
        book.worksheets[0].delete_rows(6)
        filled = read(saved(book), F1)
        assert [t.code for t in filled.troubles] == ["jf_pc"]
        assert values_of(filled) == {"jf_rc": "6"}

    def test_a_copied_row_counts_once(self, tmp_path: Path) -> None:
        book = type_in(template(F1, tmp_path), {"jf_pc": 5})
        sheet = book.worksheets[0]
        sheet.append(["jf_pc", "", "", "", "", 9])
        filled = read(saved(book), F1)
        assert values_of(filled) == {"jf_pc": "5"}
        assert "两次" in filled.troubles[0].message.zh

    def test_a_number_that_lost_its_digits(self, tmp_path: Path) -> None:
        book = load_workbook(template(F3, tmp_path))
        sheet = book.worksheets[0]
        sheet.cell(6, 3 + list(F3.plan.tables["cases"].columns).index("sfz")).value = 110105194912310021
        filled = read(saved(book), F3)
        assert [t.code for t in filled.troubles] == ["sfz"]
        assert filled.rows["cases"][0].faulty

    def test_masked_values_hold_only_in_their_own_row(self, tmp_path: Path) -> None:
        rows = {"cases": [Row("r1", {"xfr": "张**", "zt": "在办"})]}
        made = template(F3, tmp_path, TemplateContent("村", "11月", {}, None, rows))
        assert read(made.read_bytes(), F3).troubles == []
        book = load_workbook(made)
        book.worksheets[0].cell(7, 3).value = "张**"
        filled = read(saved(book), F3)
        assert [(t.cell, t.code) for t in filled.troubles] == [("C7", "xfr")]
        assert [row.faulty for row in filled.rows["cases"]] == [False, True]

    def test_without_its_marks_it_is_nobodys(self, tmp_path: Path) -> None:
        book = load_workbook(template(F1, tmp_path))
        del book[HIDDEN]
        with pytest.raises(FileRefused):
            read(saved(book), F1)

    def test_marks_that_were_changed_are_refused(self, tmp_path: Path) -> None:
        book = load_workbook(template(F1, tmp_path))
        hidden = book[HIDDEN]
        for row in hidden.iter_rows():
            if row[0].value == "unit":
                row[1].value = "another"
        with pytest.raises(FileRefused):
            read(saved(book), F1)
