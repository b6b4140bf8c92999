/**
 * Formula trees to functions: the server's `platform/forms/formula/evaluate.py`.
 *
 * Blank is null. A blank operand makes + - × ÷ and comparisons blank; sum, min, max and avg skip blanks and are blank when
 * all are; `and` and `or` stop at what decides, and a blank reached before that is the result; filled() and count() are
 * never blank. A field that the tier is not asked is left out of + and - and of the aggregates, and is blank elsewhere.
 */

import { fromInteger, isWithin, parse, product, quotient, toPlaces, type Num } from './numbers'
import { length, matches, validId } from './text'
import type { FunctionName, Node, Operator } from './types'

export type Value = Num | string | boolean | null
export type Values = Record<string, Value>

export interface RowValues {
  table: string
  id: string
  values: Values
  /** The same row in the period before. */
  previous: Values | null
}

const NO_ROW: RowValues = { table: '', id: '', values: {}, previous: null }

/** What formulas read. A missing key stands for blank. */
export class Env {
  row: RowValues = NO_ROW
  notes: string[] = []
  private readonly counts = new Map<string, Map<Value, number>>()

  constructor(
    readonly cells: Values,
    readonly start: string,
    readonly end: string,
    readonly previous: Values = {},
    readonly medians: Values = {},
    readonly flags: Record<string, Record<string, boolean>> = {},
    readonly rows: Record<string, RowValues[]> = {},
  ) {}

  /** How often a value stands in a column. */
  times(table: string, column: string, value: Value): number {
    const key = `${table} ${column}`
    let counts = this.counts.get(key)
    if (!counts) {
      counts = new Map()
      for (const row of this.rows[table] ?? []) {
        const found = row.values[column] ?? null
        counts.set(found, (counts.get(found) ?? 0) + 1)
      }
      this.counts.set(key, counts)
    }
    return counts.get(value) ?? 0
  }
}

export type Compute = (env: Env) => Value
type ComputeAll = (env: Env) => Value[]

const ZERO: Num = fromInteger(0)
const blank: Compute = () => null

/** The function of a tree. `asked` says which fields exist at this tier. */
export function compile(node: Node, asked: (code: string) => boolean = () => true): Compute {
  return maybe(node, asked) ?? blank
}

/** Null when the node stands for a field that is not asked. */
function maybe(node: Node, asked: (code: string) => boolean): Compute | null {
  switch (node.kind) {
    case 'number': {
      const value = parse(node.value)
      return () => value
    }
    case 'text':
    case 'truth': {
      const value = node.value
      return () => value
    }
    case 'cell': {
      const code = node.code
      return asked(code) ? (env) => env.cells[code] ?? null : null
    }
    case 'column': {
      const code = node.code
      return (env) => env.row.values[code] ?? null
    }
    case 'rows':
      throw new TypeError('rows outside an aggregate')
    case 'op':
      if (node.op === '+' || node.op === '-' || node.op === 'neg')
        return addition(node.op, node.args.map((arg) => maybe(arg, asked)))
      return operation(node.op, node.args.map((arg) => compile(arg, asked)))
    case 'call':
      return call(node.name, node.args, asked)
  }
}

function within(env: Env, value: Num): Value {
  if (isWithin(value)) return value
  env.notes.push('number_too_large')
  return null
}

function numeric(value: Value): Num {
  if (typeof value === 'bigint') return value
  throw new TypeError('the server checked types when it read the formula')
}

function addition(op: '+' | '-' | 'neg', args: (Compute | null)[]): Compute | null {
  const present = args.filter((arg) => arg !== null)
  const [a, b] = present
  if (!a) return null
  if (b) {
    return (env) => {
      const x = a(env)
      if (x === null) return null
      const y = b(env)
      if (y === null) return null
      return within(env, op === '+' ? numeric(x) + numeric(y) : numeric(x) - numeric(y))
    }
  }
  if (op === '+' || (op === '-' && args[0])) return a
  return (env) => {
    const x = a(env)
    return x === null ? null : -numeric(x)
  }
}

function operation(op: Exclude<Operator, '+' | '-' | 'neg'>, args: Compute[]): Compute {
  const a = args[0] ?? blank
  const b = args[1] ?? blank
  switch (op) {
    case 'and':
      return (env) => {
        const x = a(env)
        return x === true ? b(env) : x
      }
    case 'or':
      return (env) => {
        const x = a(env)
        return x === false ? b(env) : x
      }
    case 'not':
      return (env) => {
        const x = a(env)
        return x === null ? null : !x
      }
    case '*':
      return both(a, b, (env, x, y) => within(env, product(numeric(x), numeric(y))))
    case '/':
      return both(a, b, (env, x, y) => {
        if (y === ZERO) {
          env.notes.push('division_by_zero')
          return null
        }
        return within(env, quotient(numeric(x), numeric(y)))
      })
    default:
      return both(a, b, (_, x, y) => compares(op, x, y))
  }
}

type Filled = Exclude<Value, null>

function both(a: Compute, b: Compute, compute: (env: Env, x: Filled, y: Filled) => Value): Compute {
  return (env) => {
    const x = a(env)
    if (x === null) return null
    const y = b(env)
    return y === null ? null : compute(env, x, y)
  }
}

function compares(op: '=' | '<>' | '<' | '<=' | '>' | '>=', x: Filled, y: Filled): boolean {
  switch (op) {
    case '=':
      return x === y
    case '<>':
      return x !== y
    case '<':
      return x < y
    case '<=':
      return x <= y
    case '>':
      return x > y
    case '>=':
      return x >= y
  }
}

function call(name: FunctionName, args: Node[], asked: (code: string) => boolean): Compute | null {
  const [first] = args
  switch (name) {
    case 'sum':
    case 'count':
    case 'min':
    case 'max':
    case 'avg':
    case 'distinct':
      return aggregate(name, all(args, asked))
    case 'unique':
      return unique(first)
    case 'filled':
    case 'prev':
    case 'median12':
      return first ? special(name, first, asked) : blank
    case 'if': {
      const [condition = blank, then = blank, otherwise = blank] = args.map((arg) => compile(arg, asked))
      return (env) => {
        const x = condition(env)
        return x === null ? null : x ? then(env) : otherwise(env)
      }
    }
    default:
      return plainCall(name, args.map((arg) => compile(arg, asked)))
  }
}

function special(name: 'filled' | 'prev' | 'median12', arg: Node, asked: (code: string) => boolean): Compute | null {
  const inner = maybe(arg, asked)
  if (!inner) return name === 'filled' ? blank : null
  if (name === 'filled') return (env) => inner(env) !== null
  if (arg.kind === 'column') return (env) => env.row.previous?.[arg.code] ?? null
  if (arg.kind !== 'cell') return blank
  return name === 'prev' ? (env) => env.previous[arg.code] ?? null : (env) => env.medians[arg.code] ?? null
}

/** The arguments of an aggregate as one list: single values, and one value a row. */
function all(args: Node[], asked: (code: string) => boolean): ComputeAll {
  const singles = args.filter((arg) => arg.kind !== 'rows').map((arg) => maybe(arg, asked)).filter((fn) => fn !== null)
  const tables = args.filter((arg) => arg.kind === 'rows').map((arg) => ({ table: arg.table, each: compile(arg.each, asked) }))
  return (env) => {
    const found = singles.map((single) => single(env))
    const outer = env.row
    for (const { table, each } of tables) {
      for (const row of env.rows[table] ?? []) {
        env.row = row
        found.push(each(env))
      }
    }
    env.row = outer
    return found
  }
}

function aggregate(name: 'sum' | 'count' | 'min' | 'max' | 'avg' | 'distinct', values: ComputeAll): Compute {
  if (name === 'count') return (env) => fromInteger(values(env).filter((x) => x !== null && x !== false).length)
  if (name === 'distinct') return (env) => fromInteger(new Set(values(env).filter((x) => x !== null)).size)
  return (env) => {
    const found = values(env).filter((x) => x !== null).map(numeric)
    const [first, ...rest] = found
    if (first === undefined) return null
    if (name === 'min') return rest.reduce((least, x) => (x < least ? x : least), first)
    if (name === 'max') return rest.reduce((most, x) => (x > most ? x : most), first)
    const total = found.reduce((sum, x) => sum + x, ZERO)
    return within(env, name === 'sum' ? total : quotient(total, fromInteger(found.length)))
  }
}

function unique(arg: Node | undefined): Compute {
  if (arg?.kind === 'rows' && arg.each.kind === 'column') {
    const { table, each } = arg
    const code = each.code
    return (env) =>
      (env.rows[table] ?? []).every((row) => {
        const value = row.values[code] ?? null
        return value === null || env.times(table, code, value) === 1
      })
  }
  if (arg?.kind !== 'column') return blank
  const code = arg.code
  return (env) => {
    const value = env.row.values[code] ?? null
    return value === null ? null : env.times(env.row.table, code, value) === 1
  }
}

type PlainFunction = 'abs' | 'round' | 'month' | 'year' | 'length' | 'valid_id' | 'in_period' | 'matches' | 'flagged'

function plainCall(name: PlainFunction, args: Compute[]): Compute {
  if (args.length === 0) return (env) => partOfDate(name, env.end) // month() and year() of the period's last day
  return (env) => {
    const given = args.map((arg) => arg(env))
    const filled = given.filter((x) => x !== null)
    const [x, y] = filled
    return x === undefined || filled.length < given.length ? null : compute(name, env, x, y)
  }
}

function compute(name: PlainFunction, env: Env, x: Filled, y: Filled | undefined): Value {
  const text = String(x)
  switch (name) {
    case 'abs': {
      const value = numeric(x)
      return value < ZERO ? -value : value
    }
    case 'round':
      return within(env, toPlaces(numeric(x), y === undefined ? 0 : Number(numeric(y) / fromInteger(1))))
    case 'month':
    case 'year':
      return partOfDate(name, text)
    case 'length':
      return fromInteger(length(text))
    case 'valid_id':
      return validId(text)
    case 'in_period':
      return env.start <= text && text <= env.end
    case 'matches':
      return matches(text, String(y))
    case 'flagged':
      return env.flags[text]?.[env.row.id] ?? null
  }
}

function partOfDate(name: PlainFunction, day: string): Num {
  return fromInteger(Number(name === 'month' ? day.slice(5, 7) : day.slice(0, 4)))
}
