import type { CellConflict, RowConflict, RowEdit, RowRecord, RowTables } from '@/api/types'
import type { Cells, FormDefinition } from '@/formula/types'
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

/** What of a form is personal: fields, and tables with a personal column in them. */
export interface Secrets {
  cells: ReadonlySet<string>
  tables: ReadonlySet<string>
}

export function secretsOf(definition: FormDefinition): Secrets {
  const tables = definition.tables.filter((table) => table.kind === 'rows' && table.columns.some((one) => one.personal !== null))
  return {
    cells: new Set(definition.fields.filter((field) => field.personal !== null).map((field) => field.code)),
    tables: new Set(tables.map((table) => table.code)),
  }
}

export const pick = <T>(all: Record<string, T>, want: (key: string) => boolean) => Object.fromEntries(Object.entries(all).filter(([key]) => want(key)))

/** What may lie open on a disk, and what is personal; null where there is nothing of it. */
export function apart(pending: Pending, secrets: Secrets): { open: Pending | null; secret: Pending | null } {
  const part = (personal: boolean): Pending | null => {
    const mine = (names: ReadonlySet<string>) => (name: string) => names.has(name) === personal
    const rows = pending.rows && { base: pick(pending.rows.base, mine(secrets.tables)), mine: pick(pending.rows.mine, mine(secrets.tables)) }
    const next = { ...pending, cells: pick(pending.cells, mine(secrets.cells)), rows, ...(personal ? { reasons: null, zeroed: null } : {}) }
    const changed = countOf(next) > 0
    if (!changed) next.rows = null
    return changed || next.reasons || next.zeroed ? next : null
  }
  return { open: part(false), secret: part(true) }
}

export function together(open: Pending | null, secret: Pending | null): Pending | undefined {
  if (open === null || secret === null) return open ?? secret ?? undefined
  const rows = { base: { ...open.rows?.base, ...secret.rows?.base }, mine: { ...open.rows?.mine, ...secret.rows?.mine } }
  return { ...open, cells: { ...open.cells, ...secret.cells }, rows: open.rows || secret.rows ? rows : null }
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

export const sameCells = (a: Cells | null, b: Cells | null): boolean => {
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

/** Each row that differs, as it is sent. */
export function rowEdits(base: RowTables, mine: RowTables): RowEdit[] {
  return changedRows(base, mine).map((place) => {
    const [table = '', id = ''] = [place.slice(0, place.indexOf('/')), place.slice(place.indexOf('/') + 1)]
    return { table, id, base: byId(base[table]).get(id) ?? null, new: byId(mine[table]).get(id) ?? null }
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
      if (!untouched && !sameCells(there, was) && !sameCells(here, there)) conflicts.push({ table, row: id, base: was, mine: here, theirs: there, by_name: '', at: null })
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
