"""Matching by words: where the headings of the city's sheet are the names of a form's fields. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from forms.compiled import CompiledForm
from reporting.city.targets import Basis, BlockTarget, FigureTarget, Source, Span, Target
from reporting.models import CycleUnit
from reporting.workbook.city import CityCell, CityPage, column_letter
from reporting.workbook.units import UNIT_HEADINGS, plain_heading, titles_of

_LEVELS = 3
_NAME_HEADINGS = UNIT_HEADINGS | {"镇", "乡镇", "镇（街道）", "镇街名称", "村（居）", "村居", "社区"}


@dataclass(frozen=True, slots=True)
class How:
    """What figures are wanted where the words match."""

    form_id: UUID
    basis: Basis
    span: Span


@dataclass(frozen=True, slots=True)
class Names:
    """Which tier bears a name."""

    tiers: Mapping[str, str]

    @classmethod
    def of(cls, units: Sequence[CycleUnit]) -> Names:
        return cls({plain_heading(name): unit.tier.value for unit in units for name in (unit.name, unit.short_name)})


def numeric_codes(form: CompiledForm) -> list[str]:
    """The figures of a form, as printed. Pure."""
    return [code for code, planned in form.plan.fields.items() if planned.field.numeric]


def propose(page: CityPage, form: CompiledForm, names: Names, how: How) -> list[Target]:
    """A target for every blank cell beside or below a field's name; a block where a column of unit names begins."""
    return _Proposal(page, form, names, how).made()


class _Proposal:
    def __init__(self, page: CityPage, form: CompiledForm, names: Names, how: How) -> None:
        self._page, self._form, self._names, self._how = page, form, names, how
        self._titles = titles_of(form, numeric_codes(form))
        self._at = {(cell.row, cell.column): cell for cell in page.cells}
        self._texts = {
            (row, column): plain_heading(cell.text)
            for cell in page.cells
            if cell.kind == "text"
            for row in range(cell.row, cell.row + cell.rows)
            for column in range(cell.column, cell.column + cell.columns)
        }

    def made(self) -> list[Target]:
        heads: dict[int, dict[int, str]] = {}
        found: dict[str, Target] = {}
        for cell in self._page.cells:
            if cell.kind != "text":
                continue
            right = None if self._in_header(cell) else self._fillable(cell.row, cell.column + cell.columns)
            code = self._code(cell, across=True) if right is not None else None
            if right is not None and code is not None:
                found.setdefault(right.ref, self._figure(right, code))
                continue
            below = self._fillable(cell.row + cell.rows, cell.column)
            code = self._code(cell, across=False) if below is not None else None
            if below is not None and code is not None:
                heads.setdefault(below.row, {})[below.column] = code
        for row, columns in heads.items():
            block = self._block(row, columns)
            if block is not None:
                found[f"block{row}"] = block
                continue
            for column, code in columns.items():
                cell = self._at[row, column]
                found.setdefault(cell.ref, self._figure(cell, code))
        return list(found.values())

    def _in_header(self, cell: CityCell) -> bool:
        """Whether the heading before it is one too, and both stand over what is filled."""
        before = self._texts.get((cell.row + cell.rows - 1, cell.column - 1), "")
        return (before in self._titles or before in _NAME_HEADINGS) and self._fillable(
            cell.row + cell.rows, cell.column
        ) is not None

    def _fillable(self, row: int, column: int) -> CityCell | None:
        cell = self._at.get((row, column))
        return cell if cell is not None and cell.kind in ("blank", "number") else None

    def _code(self, cell: CityCell, *, across: bool) -> str | None:
        """The field that a heading and those outside it name together, the longest name first."""
        chain: list[str] = []
        row, column = cell.row, cell.column
        while (row, column) in self._texts and len(chain) < _LEVELS:
            text = self._texts[row, column]
            if not chain or chain[-1] != text:
                chain.append(text)
            row, column = (row, column - 1) if across else (row - 1, column)
        joined = ("".join(reversed(chain[:levels])) for levels in range(len(chain), 0, -1))
        return next((self._titles[text] for text in joined if text in self._titles), None)

    def _source(self, code: str) -> Source:
        return Source(field=code, label=self._form.plan.labels[code].zh)

    def _figure(self, cell: CityCell, code: str) -> FigureTarget:
        how = self._how
        return FigureTarget(
            kind="figure",
            sheet=self._page.name,
            cell=cell.ref,
            form_id=how.form_id,
            basis=how.basis,
            span=how.span,
            source=self._source(code),
        )

    def _block(self, first: int, columns: Mapping[int, str]) -> BlockTarget | None:
        """A block, where a heading of unit names stands beside the fields' and there are lines to fill."""
        name_at = next(
            (
                column
                for column in range(1, self._page.columns + 1)
                if self._texts.get((first - 1, column)) in _NAME_HEADINGS and column not in columns
            ),
            None,
        )
        last = first
        while all(self._fillable(last + 1, column) is not None for column in columns):
            last += 1
        if name_at is None or last == first:
            return None
        tiers = [self._names.tiers.get(self._texts.get((row, name_at), "")) for row in range(first, last + 1)]
        known = [tier for tier in tiers if tier in ("township", "village")]
        if any((row, name_at) in self._texts for row in range(first, last + 1)) and not known:
            return None
        how = self._how
        return BlockTarget(
            kind="block",
            sheet=self._page.name,
            first_row=first,
            last_row=last,
            name_column=column_letter(name_at),
            named=bool(known),
            units="village" if known.count("village") > len(known) / 2 else "township",
            form_id=how.form_id,
            basis=how.basis,
            span=how.span,
            columns={column_letter(column): self._source(code) for column, code in columns.items()},
        )
