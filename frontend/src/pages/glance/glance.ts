import type { MonthCell, MonthColumn, MonthRow } from '@/api/types'

/** What the page may be narrowed to. */
export const FILTERS = ['all', 'missing', 'late', 'returned', 'submitted', 'approved'] as const
export type Filter = (typeof FILTERS)[number]

export const isFilter = (value: unknown): value is Filter => FILTERS.some((one) => one === value)

export function isMissing(cell: MonthCell): boolean {
  return !cell.exempt && ['not_started', 'draft', 'signing', 'returned'].includes(cell.state)
}

export function fits(cell: MonthCell, filter: Filter): boolean {
  if (filter === 'all') return true
  if (cell.exempt) return false
  if (filter === 'missing') return isMissing(cell)
  if (filter === 'late') return cell.late
  return cell.state === filter
}

/** The rows that have anything to do with what was asked for. */
export function narrowed(rows: readonly MonthRow[], filter: Filter, officer: string | undefined): MonthRow[] {
  return rows.filter(
    (row) => (officer === undefined || row.contact.officer === officer) && (filter === 'all' || row.cells.some((cell) => fits(cell, filter))),
  )
}

export interface NameList { column: MonthColumn; names: string[] }

/** For each form, who is in that state; with no state chosen, who has not reported. Forms with nobody are left out. */
export function nameLists(rows: readonly MonthRow[], columns: readonly MonthColumn[], filter: Filter): NameList[] {
  const wanted = filter === 'all' ? 'missing' : filter
  return columns
    .map((column) => ({
      column,
      names: rows
        .filter((row) => row.cells.some((cell) => cell.cycle_id === column.cycle_id && fits(cell, wanted)))
        .map((row) => row.unit.short_name),
    }))
    .filter((list) => list.names.length > 0)
}

export const officersOf = (rows: readonly MonthRow[]) =>
  [...new Set(rows.map((row) => row.contact.officer).filter((name) => name !== ''))].sort((a, b) => a.localeCompare(b, 'zh-CN'))
