import { transposed } from './clipboard'

/** Where a block may land: the cells of one table in the order and shape of its original, null where nothing is. */
export type Zone = readonly (readonly (string | null)[])[]

/** How one cell reads pasted text: the value, or why not. */
export type Reading = { value: string | null } | { refused: 'locked' | 'unreadable' }

export interface PasteResult {
  values: Map<string, string | null>
  /** Cells that compute themselves or are locked: left as they were. */
  locked: string[]
  unreadable: { code: string; text: string }[]
  /** Pasted cells with something in them that fell outside the table. */
  beyond: number
}

export function findIn(zone: Zone, code: string): { row: number; column: number } | null {
  for (const [row, cells] of zone.entries()) {
    const column = cells.indexOf(code)
    if (column >= 0) return { row, column }
  }
  return null
}

/** A column copied for a table of one row (or a row for one column) runs along the table instead of out of it. */
function turned(zone: Zone, block: readonly string[][]): readonly string[][] {
  const wide = block.reduce((most, row) => Math.max(most, row.length), 0)
  const single = zone.length === 1 && wide === 1 && block.length > 1
  const upright = zone.every((row) => row.length === 1) && block.length === 1 && wide > 1
  return single || upright ? transposed(block) : block
}

/** Lays a block over the table with its first cell at `start`. Nothing is written; the caller applies `values` in one act. */
export function layBlock(
  zone: Zone, start: string, block: readonly string[][], read: (code: string, text: string) => Reading,
): PasteResult {
  const result: PasteResult = { values: new Map(), locked: [], unreadable: [], beyond: 0 }
  const origin = findIn(zone, start)
  if (origin === null) return result
  for (const [down, cells] of turned(zone, block).entries()) {
    for (const [across, text] of cells.entries()) {
      const code = zone[origin.row + down]?.[origin.column + across]
      if (code === undefined || code === null) {
        if (text.trim() !== '') result.beyond += 1
        continue
      }
      const reading = read(code, text)
      if ('value' in reading) result.values.set(code, reading.value)
      else if (reading.refused === 'locked') result.locked.push(code)
      else result.unreadable.push({ code, text })
    }
  }
  return result
}
