import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { carryForward, evaluateForm, zeroReport } from './evaluate'
import { fitsCell, parse, plain, toPlaces } from './numbers'
import { compile, Env, type RowValues, type Value, type Values } from './tree'
import type { Cells, Context, Evaluation, FormDefinition, Node, Problem, Row } from './types'
import { isFault, readValue } from './values'

/**
 * The server's cases (tests/conformance), run by this evaluator: the trees are the server's parser's, the results were
 * written by hand, the outcomes of whole forms are the server's own.
 */
const folder = resolve(__dirname, '../../../tests/conformance')
const read = (name: string): unknown => JSON.parse(readFileSync(resolve(folder, name), 'utf-8'))

type Kind = 'number' | 'text' | 'date' | 'truth'

interface Case {
  name: string
  tree?: Node
  cells?: Cells
  previous?: Cells
  medians?: Cells
  flags?: Record<string, Record<string, boolean>>
  rows?: Row[]
  previous_rows?: Row[]
  row?: number
  period?: [string, string]
  not_asked?: string[]
  decimals?: number
  notes?: string[]
  result?: string | boolean | null | { text: string }
}

const table = read('formula.json') as {
  world: { cells: Record<string, Kind>; columns: Record<string, Kind> }
  cases: Case[]
}

function values(cells: Cells, kinds: Record<string, Kind>): Values {
  const found: Values = {}
  for (const [code, text] of Object.entries(cells)) {
    const kind = kinds[code]
    found[code] = text === null ? null : kind === 'number' ? parse(text) : kind === 'truth' ? text === '是' : text
  }
  return found
}

function compute(one: Case, tree: Node): { result: Case['result']; notes: string[] } {
  const { cells: cellKinds, columns: columnKinds } = table.world
  const rows = (one.rows ?? []).map((row): RowValues => {
    const before = one.previous_rows?.find((previous) => previous.id === row.id)
    return {
      table: 'people',
      id: row.id,
      values: values(row.cells, columnKinds),
      previous: before ? values(before.cells, columnKinds) : null,
    }
  })
  const [start, end] = one.period ?? ['2026-01-01', '2026-01-31']
  const env = new Env(
    values(one.cells ?? {}, cellKinds),
    start,
    end,
    values(one.previous ?? {}, cellKinds),
    values(one.medians ?? {}, cellKinds),
    one.flags ?? {},
    { people: rows },
  )
  const at = one.row === undefined ? undefined : rows[one.row]
  if (at) env.row = at
  let value: Value = compile(tree, (code) => !one.not_asked?.includes(code))(env)
  if (typeof value === 'bigint' && one.decimals !== undefined) {
    value = toPlaces(value, one.decimals)
    if (!fitsCell(value)) {
      env.notes.push('number_too_large')
      value = null
    }
  }
  const result = typeof value === 'bigint' ? plain(value) : typeof value === 'string' ? { text: value } : value
  return { result, notes: [...new Set(env.notes)] }
}

describe('formulas', () => {
  const withTree = table.cases.flatMap((one) => (one.tree ? [{ ...one, tree: one.tree }] : []))
  it.each(withTree.map((one) => [one.name, one] as const))('%s', (_, one) => {
    expect(compute(one, one.tree)).toEqual({ result: one.result, notes: one.notes ?? [] })
  })
})

interface ValueCase {
  rules: Parameters<typeof readValue>[0]
  typed: string
  stored?: string | null
  fault?: string
}

describe('typed values', () => {
  const cases = read('values.json') as ValueCase[]
  it.each(cases.map((one) => [`${one.rules.type} ${JSON.stringify(one.typed)}`, one] as const))('%s', (_, one) => {
    const reading = readValue(one.rules, one.typed)
    expect(isFault(reading) ? { fault: reading.code } : { stored: reading.stored }).toEqual(
      one.fault === undefined ? { stored: one.stored } : { fault: one.fault },
    )
  })
})

interface FormCase {
  name: string
  form: string
  cells: Cells
  rows: Record<string, Row[]>
  context: Context
  outcome: Evaluation
}

interface OpeningCase {
  name: string
  form: string
  context: Context
  zero_report: { cells: Cells; refusals: Problem[] }
  carried: Record<string, Row[]>
}

function sample(code: string): FormDefinition {
  return read(`${code}.json`) as FormDefinition
}

describe('whole forms', () => {
  const cases = read('evaluations.json') as FormCase[]
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => {
    expect(evaluateForm(sample(one.form), one.cells, one.rows, one.context)).toEqual(one.outcome)
  })
})

describe('openings', () => {
  const cases = read('openings.json') as OpeningCase[]
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => {
    expect(zeroReport(sample(one.form), one.context)).toEqual(one.zero_report)
    expect(carryForward(sample(one.form), one.context.prev_rows ?? {})).toEqual(one.carried)
  })
})
