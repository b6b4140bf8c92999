"""One submission, or one rollup, against its form: typed cells are read, computed cells filled in, checks run.

Pure: the same cells in the same context give the same outcome, here and in the browser.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext

from forms.definition import Severity
from forms.fields import ValueRules
from forms.formula.evaluate import Env, RowValues, Value
from forms.formula.numbers import CELL_LIMIT, WORK, to_places
from forms.outcome import Cells, Context, Evaluation, Note, Problem, Row, Rows
from forms.plan import Plan
from forms.program import ComputedCell, Program, RunnableCheck, TableProgram, TypedCell
from forms.values import ValueFault, stored_text, stored_value
from forms.wording import check_message, sentence


def evaluate(plan: Plan, program: Program, cells: Cells, rows: Rows, context: Context) -> Evaluation:
    """Evaluates under the program made for the context's tier and place (own or rollup)."""
    with localcontext(WORK):
        return _Run(plan, program, context).evaluate(cells, rows)


def complete(plan: Plan, program: Program, cells: Cells, context: Context) -> dict[str, str | None]:
    """A rollup's cells with the computed ones filled in from the folded parts; no checks."""
    with localcontext(WORK):
        return _Run(plan, program, context).complete(cells)


class _Run:
    def __init__(self, plan: Plan, program: Program, context: Context) -> None:
        self._plan = plan
        self._program = program
        self._context = context
        self._stored: dict[str, str | None] = {}
        self._values: dict[str, Value] = {}
        self._problems: list[Problem] = []
        self._notes: list[Note] = []
        self._row_values: dict[str, list[RowValues]] = {}
        fields = {c: p.field for c, p in plan.fields.items()}
        self._env = Env(
            cells=self._values,
            start=context.period_start.isoformat(),
            end=context.period_end.isoformat(),
            previous=_Parsed(fields, context.prev_cells or {}),
            medians=_Parsed(fields, context.medians),
            flags=context.flags,
            rows=self._row_values,
        )

    def evaluate(self, cells: Cells, rows: Rows) -> Evaluation:
        if self._context.on_rollup:
            self._trust(cells)
        else:
            self._read_cells(cells)
        kept = {} if self._context.on_rollup else self._read_tables(rows)
        in_order = self._compute()
        for check in self._program.checks:
            self._check(check, self._stored, None)
        for table in self._program.tables:
            self._check_rows(table, kept[table.code])
        return Evaluation(in_order, kept, tuple(self._problems), tuple(self._notes))

    def complete(self, cells: Cells) -> dict[str, str | None]:
        self._trust(cells)
        return self._compute()

    def _compute(self) -> dict[str, str | None]:
        for cell in self._program.computed:
            self._stored[cell.code], self._values[cell.code] = self._computed(cell)
        return {code: self._stored[code] for code in self._program.in_order}

    def _trust(self, cells: Cells) -> None:
        """A rollup's cells were computed here before; they are not read like typing."""
        for cell in self._program.typed:
            stored = cells.get(cell.code)
            self._stored[cell.code], self._values[cell.code] = stored, stored_value(cell.rules, stored)

    def _read_cells(self, cells: Cells) -> None:
        for cell in self._program.typed:
            raw = cells.get(cell.code)
            try:
                stored, value = cell.read(raw)
            except ValueFault as fault:
                self._fault(fault, cell.code)
                stored, value = None, None
            else:
                if stored is None and cell.rules.required:
                    self._blank(cell)
            self._stored[cell.code] = stored
            self._values[cell.code] = value
        for code in cells:
            if code in self._program.asked:
                continue
            if code not in self._plan.fields:
                self._tell("cell.unknown", (), code=code[:40])
            elif (cells[code] or "").strip():
                self._tell("cell.not_asked", (code,))

    def _read_tables(self, rows: Rows) -> dict[str, tuple[Row, ...]]:
        for code in rows:
            if code not in self._plan.tables:
                self._tell("row.unknown_table", (), code=code[:40])
        return {table.code: self._read_rows(table, rows.get(table.code, ())) for table in self._program.tables}

    def _read_rows(self, program: TableProgram, rows: Sequence[Row]) -> tuple[Row, ...]:
        code, table = program.code, self._plan.tables[program.code].table
        if len(rows) > table.max_rows:
            self._tell("row.too_many", (), table=code, given=len(rows), limit=table.max_rows)
        if table.required and not rows and not self._context.zero_report:
            self._tell("row.none", (), table=code)
        if len({row.id for row in rows}) < len(rows):
            self._tell("row.same_id", (), table=code)
        previous = {row.id: row.cells for row in (self._context.prev_rows or {}).get(code, ())}
        rules = {name: one.column for name, one in self._plan.tables[code].columns.items()}
        values = self._row_values.setdefault(code, [])
        kept = []
        for row in rows[: table.max_rows]:
            before = previous.get(row.id)
            at = RowValues(code, row.id, {}, None if before is None else _Parsed(rules, before))
            kept.append(Row(row.id, self._read_row(program, row, at)))
            values.append(at)
        return tuple(kept)

    def _read_row(self, program: TableProgram, row: Row, at: RowValues) -> Cells:
        stored: dict[str, str | None] = {}
        columns = self._plan.tables[program.code].columns
        for cell in program.typed:
            try:
                stored[cell.code], at.values[cell.code] = cell.read(row.cells.get(cell.code))
            except ValueFault as fault:
                self._fault(fault, cell.code, program.code, row.id)
                stored[cell.code], at.values[cell.code] = None, None
            else:
                if stored[cell.code] is None and cell.rules.required:
                    self._blank(cell, program.code, row.id)
        for code in row.cells:
            if code not in columns:
                self._tell("cell.unknown", (), table=program.code, row=row.id, code=code[:40])
        self._env.row = at
        for computed in program.computed:
            stored[computed.code], at.values[computed.code] = self._computed(computed)
        return {code: stored[code] for code in columns}

    def _computed(self, cell: ComputedCell) -> tuple[str | None, Value]:
        """Formulas that read this cell see the exact value; what is stored is rounded half up."""
        self._env.notes.clear()
        value = cell.compute(self._env)
        for code in dict.fromkeys(self._env.notes):
            self._note(code, cell.code)
        if not isinstance(value, Decimal) or cell.places is None:
            return stored_text(value), value
        rounded = to_places(value, cell.places)
        if not -CELL_LIMIT < rounded < CELL_LIMIT:
            self._note("number_too_large", cell.code)
            return None, None
        return stored_text(rounded), value

    def _check_rows(self, table: TableProgram, rows: tuple[Row, ...]) -> None:
        if not table.checks:
            return
        for at, row in zip(self._row_values[table.code], rows, strict=True):
            self._env.row = at
            for check in table.checks:
                self._check(check, row.cells, row.id)

    def _check(self, check: RunnableCheck, stored: Cells, row: str | None) -> None:
        if check.months and self._context.period_end.month not in check.months:
            return
        if check.holds(self._env) is not False:  # a blank operand leaves the answer open: skipped
            return
        planned = check.planned
        in_row = planned.check.table is not None
        shown = {**self._stored, **stored} if in_row else self._stored
        self._problems.append(
            Problem(
                code=planned.check.code,
                key=planned.key,
                severity=planned.check.severity,
                message=check_message(self._plan, planned.message, shown),
                cells=tuple(c for c in planned.cells if c in shown),
                table=planned.check.table,
                row=row,
                shown_to=planned.check.shown_to,
            )
        )

    def _blank(self, cell: TypedCell, table: str | None = None, row: str | None = None) -> None:
        code = "cell.required" if cell.rules.numeric else "cell.required_text"
        self._tell(code, (cell.code,), table=table, row=row)

    def _fault(self, fault: ValueFault, cell: str, table: str | None = None, row: str | None = None) -> None:
        self._tell(f"cell.{fault.code}", (cell,), table=table, row=row, **fault.params)

    def _tell(
        self,
        fault: str,
        cells: tuple[str, ...],
        *,
        table: str | None = None,
        row: str | None = None,
        **params: str | int,
    ) -> None:
        message = sentence(self._plan, fault, cells[0] if cells else None, table, params)
        key = f"{fault}:{cells[0]}" if cells else f"{fault}:{params.get('code', table)}"
        self._problems.append(Problem(fault, key, Severity.ERROR, message, cells, table, row))

    def _note(self, code: str, cell: str) -> None:
        self._notes.append(Note(code, cell, sentence(self._plan, f"note.{code}", cell, None, {})))


class _Parsed(dict[str, Value]):
    """Stored cells as values, read when a formula asks for them."""

    def __init__(self, rules: Mapping[str, ValueRules], cells: Cells) -> None:
        super().__init__()
        self._rules = rules
        self._cells = cells

    def get(self, code: str, default: Value = None) -> Value:  # type: ignore[override] # Mapping's has overloads
        if code not in self:
            rules = self._rules.get(code)
            self[code] = stored_value(rules, self._cells.get(code)) if rules else default
        return self[code]
