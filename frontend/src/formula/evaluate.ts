/**
 * A whole form while it is being typed: the server's `platform/forms/evaluation.py` and `opening.py`.
 *
 * Same cells, same context, same outcome, down to the sentences. The server evaluates again on 上报 and its word counts.
 */

import { fitsCell, parse, toPlaces } from './numbers'
import { programOf, type ComputedCell, type Program, type RunnableCheck, type TableProgram } from './program'
import { compile, Env, type RowValues, type Value, type Values } from './tree'
import { cut, isFault, isNumeric, readValue, storedText, storedValue, type Fault } from './values'
import type { At, Cells, Context, Evaluation, FormDefinition, Label, Locale, Note, Problem, Row, ValueRules } from './types'

/** Reads what was typed, fills in what is computed, runs the checks. Never throws for what somebody typed. */
export function evaluateForm(
  form: FormDefinition,
  cells: Cells,
  rows: Record<string, Row[]>,
  context: Context,
): Evaluation {
  return new Run(form, programFor(form, context), context).evaluate(cells, rows)
}

/** The rows that the next period opens with, table by table. */
export function carryForward(form: FormDefinition, previous: Record<string, Row[]>): Record<string, Row[]> {
  const carried: Record<string, Row[]> = {}
  for (const table of form.tables) {
    if (table.kind !== 'rows') continue
    const rule = table.carry_forward
    const isOpen = rule && compile(rule.where)
    carried[table.code] = (previous[table.code] ?? []).flatMap((row) => {
      const env = new Env({}, '', '')
      env.row = { table: table.code, id: row.id, values: {}, previous: null }
      for (const column of table.columns) env.row.values[column.code] = storedValue(column, row.cells[column.code])
      if (!rule || isOpen?.(env) === false) return [] // a row that does not say counts as open
      const kept = table.columns.map(({ code }) => [code, rule.clear.includes(code) ? null : (row.cells[code] ?? null)])
      return [{ id: row.id, cells: Object.fromEntries(kept) as Cells }]
    })
  }
  return carried
}

/** The cells of 零报告, or why there can't be one. */
export function zeroReport(form: FormDefinition, context: Context): { cells: Cells; refusals: Problem[] } {
  const program = programFor(form, context, 'zero_report')
  if (form.zero_report === null) {
    const run = new Run(form, program, context)
    return { cells: {}, refusals: [run.problem('zero_report.none', [], {}, null, null, 'zero_report.none')] }
  }
  const cells: Cells = {}
  for (const { code } of program.typed) {
    const measure = program.fields.get(code)?.measure
    cells[code] = measure === 'flow' ? '0' : measure === 'stock' ? (context.prev_cells?.[code] ?? null) : null
  }
  const opening = carryForward(form, context.prev_rows ?? {})
  const outcome = new Run(form, program, { ...context, zero_report: true }).evaluate(cells, opening)
  const keys = new Set(form.checks.filter((check) => check.at.includes('zero_report')).map((check) => check.key))
  return { cells, refusals: outcome.problems.filter((problem) => keys.has(problem.key)) }
}

function programFor(form: FormDefinition, context: Context, at?: At): Program {
  const place = at ?? (context.on_rollup ? 'rollup' : 'own')
  return programOf(form, context.tier, place, context.first_period || context.prev_cells === null)
}

class Run {
  private readonly stored: Cells = {}
  private readonly values: Values = {}
  private readonly rowValues: Record<string, RowValues[]> = {}
  private readonly problems: Problem[] = []
  private readonly notes: Note[] = []
  private readonly env: Env

  constructor(
    private readonly form: FormDefinition,
    private readonly program: Program,
    private readonly context: Context,
  ) {
    const medians: Values = {}
    for (const [code, median] of Object.entries(context.medians)) medians[code] = parse(median)
    this.env = new Env(
      this.values,
      context.period_start,
      context.period_end,
      parsed(program.fields, context.prev_cells ?? {}),
      medians,
      context.flags,
      this.rowValues,
    )
  }

  evaluate(cells: Cells, rows: Record<string, Row[]>): Evaluation {
    if (this.context.on_rollup) this.trust(cells)
    else this.readCells(cells)
    const kept = this.context.on_rollup ? {} : this.readTables(rows)
    for (const cell of this.program.computed) this.computeInto(cell, this.stored, this.values)
    for (const check of this.program.checks) this.runCheck(check, this.stored, null)
    for (const table of this.program.tables) this.checkRows(table, kept[table.table.code] ?? [])
    const inOrder: Cells = {}
    for (const { code } of this.form.fields)
      if (this.program.asked.has(code)) inOrder[code] = this.stored[code] ?? null
    return { cells: inOrder, rows: kept, problems: this.problems, notes: this.notes }
  }

  /** One of the platform's own sentences, as a problem. A personal value is not repeated in it. */
  problem(
    code: string,
    cells: string[],
    params: Record<string, string | number>,
    table: string | null,
    row: string | null,
    key = `${code}:${cells[0] ?? params['code'] ?? table ?? ''}`,
  ): Problem {
    const message = this.sentence(code, cells[0], table, params)
    return { code, key, severity: 'error', blocking: true, message, cells, table, row, shown_to: [] }
  }

  private trust(cells: Cells): void {
    for (const { code, rules } of this.program.typed) {
      this.stored[code] = cells[code] ?? null
      this.values[code] = storedValue(rules, cells[code])
    }
  }

  private readCells(cells: Cells): void {
    for (const { code, rules } of this.program.typed) this.readInto(code, rules, cells, this.stored, this.values)
    for (const [code, typed] of Object.entries(cells)) {
      if (this.program.asked.has(code)) continue
      if (!this.program.fields.has(code)) this.tell('cell.unknown', [], { code: code.slice(0, 40) })
      else if (typed?.trim()) this.tell('cell.not_asked', [code])
    }
  }

  private readInto(
    code: string,
    rules: ValueRules,
    from: Cells,
    stored: Cells,
    values: Values,
    table: string | null = null,
    row: string | null = null,
  ): void {
    const reading = readValue(rules, from[code])
    if (isFault(reading)) {
      this.fault(reading, code, table, row)
      stored[code] = values[code] = null
      return
    }
    stored[code] = reading.stored
    values[code] = reading.value
    if (reading.stored === null && rules.required)
      this.tell(isNumeric(rules) ? 'cell.required' : 'cell.required_text', [code], {}, table, row)
  }

  private readTables(rows: Record<string, Row[]>): Record<string, Row[]> {
    const known = new Set(this.program.tables.map(({ table }) => table.code))
    for (const code of Object.keys(rows))
      if (!known.has(code)) this.tell('row.unknown_table', [], { code: code.slice(0, 40) })
    const kept: Record<string, Row[]> = {}
    for (const table of this.program.tables) kept[table.table.code] = this.readRows(table, rows[table.table.code] ?? [])
    return kept
  }

  private readRows(program: TableProgram, rows: Row[]): Row[] {
    const { table } = program
    if (rows.length > table.max_rows)
      this.tell('row.too_many', [], { given: rows.length, limit: table.max_rows }, table.code)
    if (table.required && rows.length === 0 && !this.context.zero_report) this.tell('row.none', [], {}, table.code)
    if (new Set(rows.map((row) => row.id)).size < rows.length) this.tell('row.same_id', [], {}, table.code)
    const before = new Map((this.context.prev_rows?.[table.code] ?? []).map((row) => [row.id, row.cells]))
    const values: RowValues[] = (this.rowValues[table.code] = [])
    return rows.slice(0, table.max_rows).map((row) => {
      const previous = before.get(row.id)
      const at: RowValues = {
        table: table.code,
        id: row.id,
        values: {},
        previous: previous ? parsed(program.rules, previous) : null,
      }
      const kept = { id: row.id, cells: this.readRow(program, row, at) }
      values.push(at)
      return kept
    })
  }

  private readRow(program: TableProgram, row: Row, at: RowValues): Cells {
    const stored: Cells = {}
    const { table } = program
    for (const { code, rules } of program.typed)
      this.readInto(code, rules, row.cells, stored, at.values, table.code, row.id)
    for (const code of Object.keys(row.cells))
      if (!program.rules.has(code)) this.tell('cell.unknown', [], { code: code.slice(0, 40) }, table.code, row.id)
    this.env.row = at
    for (const cell of program.computed) this.computeInto(cell, stored, at.values)
    const inOrder: Cells = {}
    for (const { code } of table.columns) inOrder[code] = stored[code] ?? null
    return inOrder
  }

  /** Formulas that read this cell see the exact value; what is stored is rounded half up. */
  private computeInto(cell: ComputedCell, stored: Cells, values: Values): void {
    this.env.notes.length = 0
    const value = cell.compute(this.env)
    for (const code of new Set(this.env.notes)) this.note(code, cell.code)
    values[cell.code] = value
    stored[cell.code] = this.rounded(cell, value, values)
  }

  private rounded(cell: ComputedCell, value: Value, values: Values): string | null {
    if (typeof value !== 'bigint' || cell.places === null) return storedText(value)
    const rounded = toPlaces(value, cell.places)
    if (fitsCell(rounded)) return storedText(rounded)
    this.note('number_too_large', cell.code)
    values[cell.code] = null
    return null
  }

  private checkRows(program: TableProgram, rows: Row[]): void {
    const values = this.rowValues[program.table.code] ?? []
    rows.forEach((row, place) => {
      const at = values[place]
      if (!at) return
      this.env.row = at
      for (const check of program.checks) this.runCheck(check, row.cells, row.id)
    })
  }

  private runCheck({ check, holds }: RunnableCheck, cells: Cells, row: string | null): void {
    const month = Number(this.context.period_end.slice(5, 7))
    if (check.months.length > 0 && !check.months.includes(month)) return
    if (holds(this.env) !== false) return // a blank operand leaves the answer open: skipped
    const shown = check.table === null ? this.stored : { ...this.stored, ...cells }
    this.problems.push({
      code: check.code,
      key: check.key,
      severity: check.severity,
      blocking: check.severity === 'error',
      message: this.checkMessage(check.message, shown),
      cells: check.cells.filter((code) => code in shown),
      table: check.table,
      row,
      shown_to: check.shown_to,
    })
  }

  private fault(fault: Fault, cell: string, table: string | null, row: string | null): void {
    this.tell(`cell.${fault.code}`, [cell], fault.params, table, row)
  }

  private tell(
    code: string,
    cells: string[],
    params: Record<string, string | number> = {},
    table: string | null = null,
    row: string | null = null,
  ): void {
    this.problems.push(this.problem(code, cells, params, table, row))
  }

  private note(code: string, cell: string): void {
    this.notes.push({ code, cell, message: this.sentence(`note.${code}`, cell, null, {}) })
  }

  private checkMessage(message: Label, cells: Cells): Label {
    const put = (text: string, locale: Locale) =>
      text.replace(/\{([a-z][a-z0-9_]*)(\.value)?\}/g, (_, code: string, value: string | undefined) =>
        value ? this.shown(code, cells[code] ?? null, locale) : this.name(code, locale),
      )
    return { zh: put(message.zh, 'zh-CN'), en: put(message.en, 'en') }
  }

  private sentence(
    code: string,
    cell: string | undefined,
    table: string | null,
    params: Record<string, string | number>,
  ): Label {
    const put = (locale: Locale) => {
      const named: Record<string, string | number> = { ...params }
      if (cell !== undefined) {
        named['cell'] = this.name(cell, locale)
        if ('value' in named && this.program.personal.has(cell)) named['value'] = HIDDEN
      }
      const title = this.form.tables.find((one) => one.code === table)?.title
      if (title) named['table'] = words(title, locale)
      return words(this.form.messages[code] ?? { zh: code, en: code }, locale).replace(
        /\{([a-z_]+)\}/g,
        (whole, name: string) => String(named[name] ?? whole),
      )
    }
    return { zh: put('zh-CN'), en: put('en') }
  }

  private name(code: string, locale: Locale): string {
    const label = this.program.labels.get(code)
    return label ? words(label, locale) : code
  }

  private shown(code: string, value: string | null, locale: Locale): string {
    if (value === null) return this.form.messages['word.blank']?.[locale === 'en' ? 'en' : 'zh'] ?? ''
    if (this.program.personal.has(code)) return HIDDEN
    const start = cut(value)
    return start === value ? value : `${start}…`
  }
}

const HIDDEN = '***'

function words(label: Label, locale: Locale): string {
  return locale === 'en' ? label.en : label.zh
}

function parsed(rules: ReadonlyMap<string, ValueRules>, cells: Cells): Values {
  const values: Values = {}
  for (const [code, rule] of rules) values[code] = storedValue(rule, cells[code])
  return values
}
