/** Header cells of a printed table: neighbours that share their outer levels share one heading. */

export interface HeadColumn {
  code: string
  path: string[]
}

export interface HeadCell {
  text: string
  row: number
  column: number
  rows: number
  columns: number
  /** The column that this heading names alone. */
  code: string | null
}

function sameDown(left: string[], right: string[], level: number): boolean {
  for (let at = 0; at <= level; at++) if (left[at] !== right[at]) return false
  return true
}

/** Header rows from the paths of the columns; a path shorter than the deepest reaches down to the bottom row. */
export function headerRows(columns: readonly HeadColumn[], depth?: number): HeadCell[][] {
  const levels = depth ?? columns.reduce((most, one) => Math.max(most, one.path.length), 0)
  return Array.from({ length: levels }, (_, level) => headerRow(columns, level, levels))
}

function headerRow(columns: readonly HeadColumn[], level: number, levels: number): HeadCell[] {
  const row: HeadCell[] = []
  let at = 0
  while (at < columns.length) {
    const column = columns[at]
    if (column === undefined || column.path.length <= level) {
      at += 1
      continue
    }
    const ends = column.path.length === level + 1
    const width = ends ? 1 : runLength(columns, at, level)
    row.push({
      text: column.path[level] ?? '',
      row: level,
      column: at,
      rows: ends ? levels - level : 1,
      columns: width,
      code: ends ? column.code : null,
    })
    at += width
  }
  return row
}

function runLength(columns: readonly HeadColumn[], start: number, level: number): number {
  const first = columns[start]?.path ?? []
  let end = start
  while (end < columns.length) {
    const path = columns[end]?.path ?? []
    if (path.length <= level + 1 || !sameDown(path, first, level)) break
    end += 1
  }
  return Math.max(1, end - start)
}

/** Folds as `foldIntoLines` does, and then as narrowly as the same number of lines allows: even lines, wider columns. */
export function foldEvenly<Column extends HeadColumn>(columns: readonly Column[], most: number): Column[][] {
  let best = foldIntoLines(columns, most)
  for (let width = most - 1; width > 0; width--) {
    const next = foldIntoLines(columns, width)
    if (next.length > best.length) break
    best = next
  }
  return best
}

/**
 * Folds one wide row into lines no wider than `most` columns, as a long sheet is folded to fit the page: a line breaks
 * between outermost headings if it can, else between second ones, else where it must.
 */
export function foldIntoLines<Column extends HeadColumn>(columns: readonly Column[], most: number): Column[][] {
  const lines: Column[][] = []
  let line: Column[] = []
  const flush = () => {
    if (line.length > 0) lines.push(line)
    line = []
  }
  for (const group of groupsAt(columns, 0)) {
    for (const piece of piecesOf(group, most)) {
      if (line.length + piece.length > most) flush()
      line.push(...piece)
    }
  }
  flush()
  return lines
}

function piecesOf<Column extends HeadColumn>(group: Column[], most: number): Column[][] {
  if (group.length <= most) return [group]
  const pieces: Column[][] = []
  let piece: Column[] = []
  for (const part of groupsAt(group, 1)) {
    for (const column of part) {
      const fits = piece.length + (column === part[0] ? Math.min(part.length, most) : 1) <= most
      if (!fits) {
        pieces.push(piece)
        piece = []
      }
      piece.push(column)
    }
  }
  if (piece.length > 0) pieces.push(piece)
  return pieces
}

function groupsAt<Column extends HeadColumn>(columns: readonly Column[], level: number): Column[][] {
  const groups: Column[][] = []
  for (const column of columns) {
    const last = groups[groups.length - 1]
    if (last?.[0] !== undefined && sameDown(last[0].path, column.path, level)) last.push(column)
    else groups.push([column])
  }
  return groups
}

/** Whether a heading says the unit of measure by itself: 人次, 慰问金（元）, Visits. */
export function saysMeasure(heading: string, unit: string): boolean {
  const [text, measure] = [heading.toLowerCase(), unit.toLowerCase()]
  return measure === '' || text.endsWith(measure) || measure.startsWith(text)
}
