import type { RowRecord, RowTables } from '@/api/types'
import type { Row } from '@/formula'

/** A row as the page works on it: the evaluator's row, and whether it came over from last period. */
export interface SheetRow extends Row {
  carried: boolean
}

export type SheetRows = Record<string, SheetRow[]>

/** A carried row keeps its identity, so a row is carried when last period had it. */
export function rowsIn(tables: RowTables, before: RowTables | null): SheetRows {
  return Object.fromEntries(
    Object.entries(tables).map(([table, rows]) => {
      const known = new Set((before?.[table] ?? []).map((row) => row.id))
      return [table, rows.map((row) => ({ id: row.id, cells: row.cells, carried: known.has(row.id) }))]
    }),
  )
}

export function rowsOut(rows: readonly SheetRow[]): RowRecord[] {
  return rows.map(({ id, cells }) => ({ id, cells }))
}
