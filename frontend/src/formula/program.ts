/** The functions of a form for one level, made once: the server's `platform/forms/program.py`. */

import { compile, type Compute } from './tree'
import { isNumeric } from './values'
import type { At, Check, FormDefinition, FormField, Label, Node, RowTable, Tier, ValueRules } from './types'

export interface TypedCell {
  code: string
  rules: ValueRules
}

export interface ComputedCell {
  code: string
  compute: Compute
  /** To round to when stored; null for what is not a number. */
  places: number | null
}

export interface RunnableCheck {
  check: Check
  holds: Compute
}

export interface TableProgram {
  table: RowTable
  rules: Map<string, ValueRules>
  typed: TypedCell[]
  computed: ComputedCell[]
  checks: RunnableCheck[]
}

export interface Program {
  asked: ReadonlySet<string>
  fields: ReadonlyMap<string, FormField>
  labels: ReadonlyMap<string, Label>
  personal: ReadonlySet<string>
  typed: TypedCell[]
  computed: ComputedCell[]
  checks: RunnableCheck[]
  tables: TableProgram[]
}

const TIERS: readonly Tier[] = ['village', 'township', 'county']
const programs = new WeakMap<FormDefinition, Map<string, Program>>()

/** The program for a level; `firstValuesTyped` when there are no figures to carry over. */
export function programOf(form: FormDefinition, tier: Tier, at: At, firstValuesTyped: boolean): Program {
  let kept = programs.get(form)
  if (!kept) programs.set(form, (kept = new Map<string, Program>()))
  const key = `${tier} ${at} ${firstValuesTyped}`
  let program = kept.get(key)
  if (!program) kept.set(key, (program = makeProgram(form, tier, at, firstValuesTyped)))
  return program
}

function makeProgram(form: FormDefinition, tier: Tier, at: At, firstValuesTyped: boolean): Program {
  const onRollup = at === 'rollup'
  const within = onRollup ? TIERS.slice(0, TIERS.indexOf(tier) + 1) : [tier]
  const asked = new Set(form.fields.filter((f) => f.tiers.some((t) => within.includes(t))).map((f) => f.code))
  const isAsked = (code: string) => asked.has(code)
  const computes = (field: FormField) =>
    onRollup
      ? field.over_units === 'computed'
      : field.tree !== null && !(firstValuesTyped && field.typed_in_first_period)

  const fields = new Map(form.fields.map((field) => [field.code, field]))
  const inOrder = form.order.map((code) => fields.get(code)).filter((field) => field !== undefined)
  const checks = form.checks
    .filter((check) => check.at.includes(at) && (check.tiers.length === 0 || check.tiers.includes(tier)))
    .filter((check) => !onRollup || (check.table === null && !readsRows(check.tree)))
    .map((check) => ({ check, holds: compile(check.tree, isAsked) }))
  const rowTables = form.tables.filter((table) => table.kind === 'rows')
  return {
    asked,
    fields,
    labels: new Map([
      ...form.fields.map((field): [string, Label] => [field.code, field.name]),
      ...rowTables.flatMap((table) => table.columns.map((column): [string, Label] => [column.code, column.label])),
    ]),
    personal: new Set(
      [...form.fields, ...rowTables.flatMap((table) => table.columns)].filter((x) => x.personal).map((x) => x.code),
    ),
    typed: form.fields.filter((f) => asked.has(f.code) && !computes(f)).map((f) => ({ code: f.code, rules: f })),
    computed: inOrder.filter((f) => asked.has(f.code) && computes(f)).flatMap((f) => computedCell(f.code, f, isAsked)),
    checks: checks.filter(({ check }) => check.table === null),
    tables: onRollup ? [] : rowTables.map((table) => tableProgram(table, checks)),
  }
}

function tableProgram(table: RowTable, checks: RunnableCheck[]): TableProgram {
  const rules = new Map(table.columns.map((column): [string, ValueRules] => [column.code, column]))
  return {
    table,
    rules,
    typed: table.columns.filter((column) => column.tree === null).map((c) => ({ code: c.code, rules: c })),
    computed: table.computed.flatMap((code) => {
      const column = rules.get(code)
      return column ? computedCell(code, column, () => true) : []
    }),
    checks: checks.filter(({ check }) => check.table === table.code),
  }
}

function computedCell(code: string, rules: ValueRules, asked: (code: string) => boolean): ComputedCell[] {
  if (rules.tree === null) return []
  return [{ code, compute: compile(rules.tree, asked), places: isNumeric(rules) ? rules.decimals : null }]
}

function readsRows(node: Node): boolean {
  if (node.kind === 'rows') return true
  return 'args' in node && node.args.some(readsRows)
}
