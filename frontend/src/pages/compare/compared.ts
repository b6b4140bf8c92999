import type { ComparedRow, SeriesRow, UnitNote } from '@/api/comparing'
import type { FormField, MoneyUnit } from '@/formula'
import { shownFigure } from '@/pages/rollup/columns'

/** A row's name in the address: the unit, and whether its own figures are meant. */
export const rowKey = (row: Pick<ComparedRow | SeriesRow, 'unit' | 'kind'>) => (row.kind === 'own' ? `${row.unit.id}:own` : row.unit.id)

type Translate = (key: string, values: Record<string, unknown>) => string

export function rowName(row: Pick<ComparedRow | SeriesRow, 'unit' | 'kind'>, t: Translate): string {
  if (row.kind === 'own') return t('table.own', {})
  return row.kind === 'ended' ? t('compare.ended', { unit: row.unit.name }) : row.unit.name
}

/** What happened to a unit, in a sentence. */
export function noteWords(note: UnitNote, t: Translate, day: (iso: string) => string): string {
  const join = (names: string[]) => names.join(t('mark.comma', {}))
  return t(`compare.note.${note.kind}`, { on: day(note.on), before: join(note.units_before), after: join(note.units_after) })
}

/** A change with its sign; none where there is none to tell. */
export function shownChange(field: FormField, value: string | undefined, money: MoneyUnit): string {
  if (value === undefined) return ''
  const shown = shownFigure(field, value, money)
  return value.startsWith('-') || value === '0' ? shown : `+${shown}`
}

export function shownPercent(value: string | undefined): string {
  if (value === undefined) return ''
  if (value.startsWith('-')) return `−${value.slice(1)}%`
  return value === '0' ? '0%' : `+${value}%`
}
