import { computed, reactive, shallowRef } from 'vue'
import type { WorkbookFound } from '@/api/workbooks'
import type { SheetRow } from '@/forms/rows'

type FoundTable = WorkbookFound['tables'][number]

/**
 * What a filled workbook would change, and which of it is taken. A file without problems is taken whole unless somebody
 * changed the same meanwhile; of a file with problems nothing is, until it is ticked.
 */
export function useFound() {
  const found = shallowRef<WorkbookFound | null>(null)
  const cells = reactive(new Set<string>())
  const rows = reactive(new Set<string>())
  const removed = reactive(new Set<string>())

  const offered = (table: FoundTable) => table.rows.filter((row) => row.state !== 'same' && !row.faulty)
  const choices = computed(() => {
    const tables = found.value?.tables ?? []
    return (found.value?.cells.length ?? 0) + tables.reduce((sum, table) => sum + offered(table).length + (table.removed.length ? 1 : 0), 0)
  })
  const count = computed(() => cells.size + rows.size + removed.size)
  const allTaken = computed(() => choices.value > 0 && count.value === choices.value)

  function takeAll(take: boolean, evenConflicts = true): void {
    cells.clear()
    rows.clear()
    removed.clear()
    if (!take || !found.value) return
    for (const one of found.value.cells) if (evenConflicts || !one.conflict) cells.add(one.code)
    for (const table of found.value.tables) {
      if (table.conflict && !evenConflicts) continue
      for (const row of offered(table)) rows.add(row.id)
      if (table.removed.length > 0) removed.add(table.table)
    }
  }
  function put(next: WorkbookFound | null): void {
    found.value = next
    takeAll(next !== null && next.troubles.length === 0, false)
  }
  return { found, put, cells, rows, removed, choices, count, allTaken, takeAll }
}

/** The rows of a table once the taken ones are in; null where nothing of it was taken. */
export function rowsTaken(before: readonly SheetRow[], table: FoundTable, taken: ReadonlySet<string>, removed: ReadonlySet<string>): SheetRow[] | null {
  const gone = new Set(removed.has(table.table) ? table.removed : [])
  const chosen = new Map(table.rows.filter((row) => taken.has(row.id)).map((row) => [row.id, row]))
  if (gone.size === 0 && chosen.size === 0) return null
  const kept = before.filter((row) => !gone.has(row.id)).map((row) => {
    const one = chosen.get(row.id)
    chosen.delete(row.id)
    return one ? { ...row, cells: one.cells } : row
  })
  return [...kept, ...[...chosen.values()].map((row) => ({ id: row.id, cells: row.cells, carried: false }))]
}
