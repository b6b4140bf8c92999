import type { IssueBody } from '@/api/tasks'
import { parseClipboard } from '@/components/grid/clipboard'

/** What stands in a field, and how the numbers of many units become one. */
export const KINDS = ['whole', 'decimal', 'average', 'max', 'min', 'text', 'choice'] as const
export type FieldKind = (typeof KINDS)[number]

/** One line of a table made on the spot. */
export interface FieldLine { id: number; name: string; unit: string; kind: FieldKind; choices: string }
export interface TableDraft { way: 'none' | 'spot' | 'form'; lines: FieldLine[]; version: string }

/** As many as the platform takes. */
export const MOST_FIELDS = 60
/** Units that are measured, not counted: their numbers have decimals. */
const MEASURED = new Set(['元', '万元', '亿元', '平方米', '亩', '公顷', '公里', '米', '吨', '公斤', '小时', '%'])
const MONEY = /(金额|资金|经费|款项?|补贴|收入|支出)$/
const WORDS = /(备注|说明|情况|原因|姓名|名称|地址|名单|电话|联系人)$/
const BY_NAME: readonly [RegExp, string][] = [[/(人数|名额)$/, '人'], [/人$/, '人'], [/户数?$/, '户'], [/(人次|批次|次数)$/, ''], [/面积$/, '平方米']]

let made = 0
export const blankLine = (): FieldLine => ({ id: ++made, name: '', unit: '', kind: 'whole', choices: '' })
export const noTable = (): TableDraft => ({ way: 'none', lines: [blankLine()], version: '' })
export const isNumber = (kind: FieldKind) => kind !== 'text' && kind !== 'choice'

/** A name as people write it: 帮扶金额（万元）says its unit, 备注 is words, 是否在册 is yes or no. */
export function lineOf(text: string, unit = '', before: FieldLine = blankLine()): FieldLine {
  const written = /^(.+?)[（(]([^（()）]{1,10})[)）]$/.exec(text.trim())
  const name = (written?.[1] ?? text).trim()
  const told = (written?.[2] ?? unit).trim()
  if (/^(是否|有无)/.test(name) && told === '') return { ...before, name, unit: '', kind: 'choice', choices: name.startsWith('有无') ? '有、无' : '是、否' }
  if (WORDS.test(name) && told === '') return { ...before, name, unit: '', kind: 'text' }
  if (/(率|比例|占比)$/.test(name)) return { ...before, name, unit: told || '%', kind: 'average' }
  const guessed = told || (MONEY.test(name) ? '元' : (BY_NAME.find(([shape]) => shape.test(name))?.[1] ?? ''))
  return { ...before, name, unit: guessed, kind: MEASURED.has(guessed) ? 'decimal' : 'whole' }
}

/** Pasted lines or cells as fields: a row of names out of Excel, or a name a line with its unit beside it. */
export function linesOf(text: string): FieldLine[] {
  const rows = parseClipboard(text.trim()).map((row) => row.map((cell) => cell.trim()))
  const across = rows.length === 1
  const named = across ? (rows[0] ?? []).map((name) => [name, '']) : rows.map((row) => [row[0] ?? '', row[1] ?? ''])
  return named.filter(([name]) => name !== '').slice(0, MOST_FIELDS).map(([name, unit]) => lineOf(name ?? '', unit))
}

export const filled = (lines: readonly FieldLine[]) => lines.filter((line) => line.name.trim() !== '')
const listed = (choices: string) => [...new Set(choices.split(/[、,，;；/\s]+/).filter((one) => one !== ''))]

/** What is still to be mended before it can be sent: names twice, choices that are none. */
export function faultOf({ way, lines, version }: TableDraft): 'fields' | 'names' | 'choices' | 'form' | null {
  if (way === 'none') return null
  if (way === 'form') return version === '' ? 'form' : null
  const named = filled(lines)
  if (named.length === 0) return 'fields'
  if (new Set(named.map((line) => line.name.trim())).size < named.length) return 'names'
  return named.some((line) => line.kind === 'choice' && listed(line.choices).length < 2) ? 'choices' : null
}

/** The table as it is sent. */
export function tableBody({ way, lines, version }: TableDraft): IssueBody['table'] {
  if (way === 'none') return null
  if (way === 'form') return { title: '', fields: [], form_version_id: version }
  return {
    title: '',
    fields: filled(lines).map(({ name, unit, kind, choices }) => ({
      name: name.trim(),
      kind: kind === 'average' || kind === 'max' || kind === 'min' ? ('decimal' as const) : kind,
      unit: isNumber(kind) ? unit.trim() : '',
      total: kind === 'average' || kind === 'max' || kind === 'min' ? kind : ('sum' as const),
      choices: kind === 'choice' ? listed(choices) : [],
    })),
  }
}
