/** What people type, to what is stored: the server's `platform/forms/values.py`. */

import { CELL_DIGITS, parse, plain, type Num } from './numbers'
import { isDate, length } from './text'
import type { Value } from './tree'
import type { FieldType, ValueRules } from './types'

/** Longest part of a wrong value that a message repeats. */
export const SHOWN = 30
const YES = '是'
const NO = '否'

export interface Fault {
  code: string
  params: Record<string, string | number>
}

/** Stored text and the value for formulas; or what is wrong. */
export type Reading = { stored: string | null; value: Value } | Fault

export function isFault(reading: Reading): reading is Fault {
  return 'code' in reading
}

type Rules = Pick<ValueRules, 'type' | 'decimals' | 'negative' | 'max_length' | 'choices'>

const NOTHING: Reading = { stored: null, value: null }
const NUMERIC: ReadonlySet<FieldType> = new Set<FieldType>(['integer', 'decimal', 'money', 'percent'])
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ud800-\udfff]/u
const NUMBER = /^([+-]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(?:\.([0-9]+))?$/
const DATE = /^([0-9]{4})(?:[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?|([0-9]{2})([0-9]{2}))$/
const TRUTHS = new Map([
  ['是', true],
  ['yes', true],
  ['true', true],
  ['1', true],
  ['否', false],
  ['no', false],
  ['false', false],
  ['0', false],
])

export function isNumeric(rules: { type: FieldType }): boolean {
  return NUMERIC.has(rules.type)
}

/** Reads typed text under the rules of its cell. */
export function readValue(rules: Rules, raw: string | null | undefined): Reading {
  if (raw === null || raw === undefined) return NOTHING
  const text = strip(raw)
  if (!text) return NOTHING
  if (isNumeric(rules)) return readNumber(rules, text)
  switch (rules.type) {
    case 'date':
      return readDate(text)
    case 'choice':
      return rules.choices.some((choice) => choice.value === text) ? same(text) : fault('not_a_choice', { value: cut(text) })
    case 'yes_no': {
      const truth = TRUTHS.get(text.toLowerCase())
      if (truth === undefined) return fault('not_a_choice', { value: cut(text) })
      return { stored: truth ? YES : NO, value: truth }
    }
    case 'identity':
    case 'phone':
      return readText(rules, halfWidth(text).replace(/[ \t\u3000]/g, '').toUpperCase())
    default:
      return readText(rules, text)
  }
}

/** The value of a cell that was stored before, and so was checked then. */
export function storedValue(rules: { type: FieldType }, stored: string | null | undefined): Value {
  if (stored === null || stored === undefined) return null
  if (isNumeric(rules)) return parse(stored)
  return rules.type === 'yes_no' ? stored === YES : stored
}

/** How a computed value is stored; numbers must be rounded before. */
export function storedText(value: Value): string | null {
  if (typeof value === 'boolean') return value ? YES : NO
  return typeof value === 'bigint' ? plain(value) : value
}

export function cut(text: string): string {
  return Array.from(text).slice(0, SHOWN).join('')
}

function fault(code: string, params: Record<string, string | number> = {}): Fault {
  return { code, params }
}

function same(text: string): Reading {
  return { stored: text, value: text }
}

function strip(text: string): string {
  return text.replace(/^[ \t\r\n\u3000\u00a0\ufeff]+|[ \t\r\n\u3000\u00a0\ufeff]+$/g, '')
}

function halfWidth(text: string): string {
  return text
    .replace(/[\uff01-\uff5e]/g, (character) => String.fromCharCode(character.charCodeAt(0) - 0xfee0))
    .replace(/−/g, '-')
    .replace(/。/g, '.')
}

function readNumber(rules: Rules, text: string): Reading {
  let typed = halfWidth(text)
  if (rules.type === 'percent') typed = typed.replace(/%$/, '')
  const found = typed.length <= 100 ? NUMBER.exec(typed) : null
  if (!found || !(found[2] || found[3])) return fault('not_a_number', { value: cut(text) })
  const whole = (found[2] ?? '').replace(/,/g, '').replace(/^0+/, '')
  const part = (found[3] ?? '').replace(/0+$/, '')
  if (whole.length > CELL_DIGITS) return fault('number_too_large', { digits: CELL_DIGITS })
  if (part.length > rules.decimals)
    return fault(rules.decimals ? 'too_many_decimals' : 'not_an_integer', { value: cut(text), decimals: rules.decimals })
  const magnitude = `${whole || '0'}${part ? `.${part}` : ''}`
  if (found[1] !== '-' || magnitude === '0') return number(magnitude)
  return rules.negative ? number(`-${magnitude}`) : fault('negative', { value: cut(text) })
}

function number(stored: string): Reading {
  const value: Num = parse(stored)
  return { stored, value }
}

function readText(rules: Rules, text: string): Reading {
  const characters = length(text)
  if (characters > rules.max_length) return fault('text_too_long', { length: characters, limit: rules.max_length })
  const lines = text.replace(/\r\n?/g, '\n')
  return CONTROL.test(lines) ? fault('bad_character') : same(lines)
}

function readDate(text: string): Reading {
  const found = DATE.exec(halfWidth(text))
  const [year, month, day] = [Number(found?.[1]), Number(found?.[2] ?? found?.[4]), Number(found?.[3] ?? found?.[5])]
  if (!found || year < 1900 || year > 2100 || !isDate(year, month, day)) return fault('not_a_date', { value: cut(text) })
  return same(`${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`)
}
