/**
 * A form as the server publishes it (`platform/forms/published.py`), and what comes of evaluating it.
 *
 * Numbers are strings everywhere: plain decimal notation, no thousands separators, no trailing zeros.
 * `null` in a cell means blank; a field that the tier is not asked has no key at all.
 */

export interface Label {
  zh: string
  en: string
}

export type Locale = 'zh-CN' | 'en'
export type Tier = 'village' | 'township' | 'county'
export type NumericType = 'integer' | 'decimal' | 'money' | 'percent'
export type FieldType = NumericType | 'text' | 'long_text' | 'date' | 'choice' | 'yes_no' | 'identity' | 'phone'
export type Measure = 'flow' | 'stock' | 'ratio' | 'text'
export type OverUnits =
  'sum' | 'min' | 'max' | 'average' | 'weighted_average' | 'count' | 'computed' | 'distinct' | 'list'
export type OverTime = 'sum' | 'last' | 'average' | 'computed' | 'none'
export type Personal = 'name' | 'identity' | 'phone' | 'address' | 'other'
export type MoneyUnit = 'yuan' | 'wan_yuan'
export type Severity = 'error' | 'warning'
export type At = 'own' | 'rollup' | 'zero_report'

/* Formula trees: parsed on the server, walked here. */

export type Operator = '+' | '-' | '*' | '/' | 'neg' | '=' | '<>' | '<' | '<=' | '>' | '>=' | 'and' | 'or' | 'not'

export type FunctionName =
  | 'sum' | 'count' | 'min' | 'max' | 'avg' | 'distinct' | 'unique'
  | 'abs' | 'round' | 'if' | 'filled' | 'prev' | 'median12'
  | 'month' | 'year' | 'length' | 'valid_id' | 'in_period' | 'matches' | 'flagged'

export type Node =
  | { kind: 'number'; value: string }
  | { kind: 'text'; value: string }
  | { kind: 'truth'; value: boolean }
  | { kind: 'cell'; code: string }
  | { kind: 'column'; code: string }
  | { kind: 'rows'; table: string; each: Node }
  | { kind: 'call'; name: FunctionName; args: Node[] }
  | { kind: 'op'; op: Operator; args: Node[] }

/* The definition. */

export interface Choice {
  /** What is stored, and written in formulas. */
  value: string
  label: Label
}

export interface ValueRules {
  type: FieldType
  unit_of_measure: Label | null
  decimals: number
  negative: boolean
  max_length: number
  choices: Choice[]
  required: boolean
  help: Label | null
  personal: Personal | null
  /** The formula as written; a cell that has one is not typed into. */
  formula: string | null
  tree: Node | null
}

export interface FormField extends ValueRules {
  code: string
  /** The code of the table it stands in. */
  table: string
  /** Header levels from the outside in, one to three. */
  path: Label[]
  /** The path in one line, for messages. */
  name: Label
  measure: Measure
  over_units: OverUnits
  over_time: OverTime
  weight: string | null
  /** Who fills it. */
  tiers: Tier[]
  /** With a formula: typed in a unit's first period, computed and locked afterwards. */
  typed_in_first_period: boolean
  /** What is written here asks those above for help (提请协调). */
  coordination: boolean
}

/** One heading: `row` and `column` count from 0, `rows` and `columns` are its spans. */
export interface HeaderCell {
  label: Label
  row: number
  column: number
  rows: number
  columns: number
  /** The field (in a matrix: the column; in a row table: the first column printed here) that this heading names alone. */
  field: string | null
}

interface TableBase {
  code: string
  title: Label
  notes: Label[]
  header: HeaderCell[][]
}

export interface FixedTable extends TableBase {
  kind: 'fixed'
  /** `down` puts one field a line. */
  layout: 'across' | 'down'
  fields: string[]
}

export interface MatrixTable extends TableBase {
  kind: 'matrix'
  /** What the row headings are, over them. */
  corner: Label
  rows: { code: string; label: Label }[]
  columns: { code: string; label: Label }[]
  /** Field codes, row by row. */
  cells: string[][]
}

export interface RowColumn extends ValueRules {
  code: string
  label: Label
}

export interface RowTable extends TableBase {
  kind: 'rows'
  columns: RowColumn[]
  /** Computed columns in the order to compute them. */
  computed: string[]
  /** Printed columns; several columns may share one. */
  printed: { path: Label[]; columns: string[] }[]
  /** Fields computed from the rows. */
  summaries: string[]
  carry_forward: { where: Node; clear: string[] } | null
  max_rows: number
  /** Without rows only a zero report may be handed in. */
  required: boolean
}

export type Table = FixedTable | MatrixTable | RowTable

export interface Check {
  /** E1, W2 as printed. */
  code: string
  /** Names this check, or this instance of a repeated one, for good: E4[px_cc]. */
  key: string
  severity: Severity
  expression: string
  tree: Node
  /** `{jf_rc}` stands for a cell's name, `{jf_rc.value}` for its value. */
  message: Label
  /** The row table whose rows are checked one by one. */
  table: string | null
  cells: string[]
  /** Empty: every month. */
  months: number[]
  /** Empty: every tier. */
  tiers: Tier[]
  at: At[]
  /** Who is told; empty: everybody. */
  shown_to: Tier[]
}

export interface DayRule {
  n: number
  day: 'calendar' | 'working'
  anchor: 'after_start' | 'before_end' | 'after_end'
}

export interface FormDefinition {
  format: 1
  code: string
  name: Label
  table_no: string
  issuer: Label
  basis: Label
  /** ISO date. */
  valid_until: string
  owner: Label
  period: {
    kind: 'ten_days' | 'month' | 'quarter' | 'half_year' | 'year'
    window: { from_day: number; to_day: number } | null
  }
  open: DayRule
  due: Partial<Record<Tier, DayRule>>
  /** From the bottom up. */
  tiers: Tier[]
  /** The sentence of a zero report; null: the form has none. */
  zero_report: Label | null
  money_printed_in: Partial<Record<Tier, MoneyUnit>>
  notes: Label[]
  signatures: Label[]
  fields: FormField[]
  /** Computed fields, each after those that it reads. */
  order: string[]
  tables: Table[]
  checks: Check[]
  messages: Record<string, Label>
}

/* Evaluation. */

export type Cells = Record<string, string | null>

export interface Row {
  /** Stays the same when the row is carried into the next period. */
  id: string
  cells: Cells
}

export interface Context {
  tier: Tier
  /** ISO dates, both inside the period. */
  period_start: string
  period_end: string
  on_rollup: boolean
  /** The unit reports for the first time: what is otherwise carried over is typed. */
  first_period: boolean
  /** A zero report is being handed in: an empty row table is what it says. */
  zero_report: boolean
  /** The figures of the period before, null when there are none. */
  prev_cells: Cells | null
  prev_rows: Record<string, Row[]> | null
  /** The unit's own 12-month medians by field. */
  medians: Record<string, string>
  /** Facts from outside by name, then row id: flagged('elsewhere'). */
  flags: Record<string, Record<string, boolean>>
}

export interface Problem {
  /** E1, or cell.required and the like for what is wrong with a value itself. */
  code: string
  /** Unique within one row: the check's key, or `code:cell`. */
  key: string
  severity: Severity
  /** Errors block 上报, warnings ask for a reason. */
  blocking: boolean
  message: Label
  cells: string[]
  table: string | null
  row: string | null
  shown_to: Tier[]
}

/** Something worth saying that is nobody's fault: a division by zero. */
export interface Note {
  code: string
  cell: string
  message: Label
}

export interface Evaluation {
  /** Every field asked here: what was typed, normalised, and what was computed. */
  cells: Cells
  rows: Record<string, Row[]>
  problems: Problem[]
  notes: Note[]
}
