import type { CellConflict, RowRecord, RowTables } from '@/api/types'
import type { Cells } from '@/formula/types'
import { sameFigure } from '@/lib/figures'

/** What was typed into one submission and has not reached the server, with what it was based on. */
export interface Pending {
  submission: string
  /** In words, for a list and a file that is read without the server. */
  unit: string
  form: string
  period: string
  cells: Record<string, { base: string | null; mine: string | null }>
  rows: { base: RowTables; mine: RowTables } | null
  reasons: Record<string, string> | null
  zeroed: string[] | null
  /** When it was typed last. */
  at: string
}

/** A row that two people changed: null where one of them removed it. */
export interface RowConflict {
  table: string
  row: string
  base: Cells | null
  mine: Cells | null
  theirs: Cells | null
}

export function countOf(pending: Pending): number {
  return Object.keys(pending.cells).length + changedRows(pending.rows?.base ?? {}, pending.rows?.mine ?? {}).length
}

/** Kept edits against what the server has now: what is simply applied, and where both were changed. */
export function mergeCells(kept: Pending['cells'], now: Cells, may: (code: string) => boolean): { apply: Cells; conflicts: CellConflict[] } {
  const apply: Cells = {}
  const conflicts: CellConflict[] = []
  for (const [code, { base, mine }] of Object.entries(kept)) {
    const theirs = now[code] ?? null
    if (!may(code) || sameFigure(mine, theirs)) continue
    if (sameFigure(base, theirs)) apply[code] = mine
    else conflicts.push({ code, base, mine, theirs, by_name: '', at: null })
  }
  return { apply, conflicts }
}

const sameCells = (a: Cells | null, b: Cells | null): boolean => {
  if (a === null || b === null) return a === b
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((code) => (a[code] ?? '') === (b[code] ?? ''))
}
const byId = (rows: readonly RowRecord[] | undefined) => new Map((rows ?? []).map((row) => [row.id, row.cells]))

/** `table/row` of each row that differs. */
export function changedRows(base: RowTables, mine: RowTables): string[] {
  return [...new Set([...Object.keys(base), ...Object.keys(mine)])].flatMap((table) => {
    const before = byId(base[table])
    const after = byId(mine[table])
    return [...new Set([...before.keys(), ...after.keys()])]
      .filter((id) => !sameCells(before.get(id) ?? null, after.get(id) ?? null))
      .map((id) => `${table}/${id}`)
  })
}

/**
 * Rows of three origins made one, row by row: what only one of the two changed is taken, what both changed stays as the
 * other saved it until somebody chooses.
 */
export function mergeRows(base: RowTables, mine: RowTables, theirs: RowTables): { rows: RowTables; conflicts: RowConflict[] } {
  const rows: RowTables = { ...theirs }
  const conflicts: RowConflict[] = []
  for (const table of Object.keys(mine)) {
    const before = byId(base[table])
    const own = byId(mine[table])
    const other = byId(theirs[table])
    const merged: RowRecord[] = []
    for (const id of new Set([...other.keys(), ...own.keys()])) {
      const [was, here, there] = [before.get(id) ?? null, own.get(id) ?? null, other.get(id) ?? null]
      const untouched = sameCells(here, was)
      if (!untouched && !sameCells(there, was) && !sameCells(here, there)) conflicts.push({ table, row: id, base: was, mine: here, theirs: there })
      const chosen = untouched || !sameCells(there, was) ? there : here
      if (chosen !== null) merged.push({ id, cells: chosen })
    }
    rows[table] = merged
  }
  return { rows, conflicts }
}

/** One row put in the place of another version of it; null removes it. */
export function withRow<Row extends RowRecord>(rows: readonly Row[], id: string, next: Row | null): Row[] {
  if (next === null) return rows.filter((row) => row.id !== id)
  return rows.some((row) => row.id === id) ? rows.map((row) => (row.id === id ? next : row)) : [...rows, next]
}
