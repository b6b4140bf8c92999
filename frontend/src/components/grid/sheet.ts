import type { FixedTable, FormDefinition, FormField, Label, MatrixTable, RowTable, Tier } from '@/formula/types'
import { foldEvenly, headerRows, type HeadCell, type HeadColumn } from './header'
import type { Line } from './navigation'
import { isNumeric } from './reading'
import type { Zone } from './paste'

/** How the tables of a form stand on the screen for one tier: only what that tier is asked, folded to the width there is. */

type Say = (label: Label) => string

interface Part {
  code: string
  title: string
  notes: string[]
  /** The unit of measure that all its figures share: said once over the table instead of in every heading. */
  measure: string | null
  /** The table in its original shape, for pasting. */
  zone: Zone
  lines: Line[]
}

export interface AcrossPart extends Part {
  kind: 'across'
  pieces: { columns: HeadColumn[]; head: HeadCell[][] }[]
  /** Columns of the widest piece: all pieces share one column width. */
  widest: number
}

export interface DownPart extends Part {
  kind: 'down'
  /** Row headings, outermost first: the same spans as a header, turned over. */
  heads: HeadCell[][]
  depth: number
  codes: string[]
  long: boolean
}

export interface MatrixPart extends Part {
  kind: 'matrix'
  corner: string
  columns: string[]
  rows: { code: string; label: string; cells: (string | null)[] }[]
}

export interface RowsPart extends Part {
  kind: 'rows'
  table: RowTable
}

export type SheetPart = AcrossPart | DownPart | MatrixPart | RowsPart

export interface SheetOptions {
  definition: FormDefinition
  /** Which tier's fields; on a rollup, the fields of this tier and those below. */
  tier: Tier
  onRollup?: boolean
  /** Columns that fit side by side. */
  columns: number
  say: Say
}

const TIERS: Tier[] = ['village', 'township', 'county']

export function askedFields(definition: FormDefinition, tier: Tier, onRollup = false): FormField[] {
  const within = onRollup ? TIERS.slice(0, TIERS.indexOf(tier) + 1) : [tier]
  return definition.fields.filter((field) => field.tiers.some((one) => within.includes(one)))
}

export function headColumns(fields: readonly FormField[], say: Say): HeadColumn[] {
  return fields.map((field) => ({ code: field.code, path: field.path.map(say) }))
}

export function layOut(options: SheetOptions): SheetPart[] {
  const { definition, tier, onRollup, say } = options
  const asked = new Map(askedFields(definition, tier, onRollup).map((field) => [field.code, field]))
  const parts: SheetPart[] = []
  for (const table of definition.tables) {
    const shared = { code: table.code, title: say(table.title), notes: table.notes.map(say), measure: sharedMeasure(definition, asked, table.code, say) }
    if (table.kind === 'rows') {
      parts.push({ ...shared, kind: 'rows', table, zone: [], lines: [] })
    } else if (table.kind === 'matrix') {
      const part = matrixPart(table, asked, say)
      if (part.lines.length > 0) parts.push({ ...shared, ...part })
    } else {
      const fields = table.fields.map((code) => asked.get(code)).filter((field) => field !== undefined)
      if (fields.length === 0) continue
      parts.push({ ...shared, ...(table.layout === 'down' ? downPart(fields, say) : acrossPart(table, fields, options)) })
    }
  }
  return parts
}

function sharedMeasure(definition: FormDefinition, asked: Map<string, FormField>, table: string, say: Say): string | null {
  const figures = definition.fields.filter((field) => field.table === table && asked.has(field.code) && isNumeric(field))
  const units = new Set(figures.map((field) => (field.unit_of_measure === null ? '' : say(field.unit_of_measure))))
  const [only] = [...units]
  return units.size === 1 && figures.length > 1 && only !== undefined && only !== '' ? only : null
}

type Shape<One extends SheetPart> = Omit<One, 'code' | 'title' | 'notes' | 'measure'>

function acrossPart(_table: FixedTable, fields: FormField[], { columns, say }: SheetOptions): Shape<AcrossPart> {
  const pieces = foldEvenly(headColumns(fields, say), Math.max(1, columns))
    .map((piece) => ({ columns: piece, head: headerRows(piece) }))
  return {
    kind: 'across',
    pieces,
    widest: pieces.reduce((most, piece) => Math.max(most, piece.columns.length), 0),
    zone: [fields.map((field) => field.code)],
    lines: pieces.map((piece) => ({ cells: piece.columns.map((column) => column.code), folded: true })),
  }
}

function downPart(fields: FormField[], say: Say): Shape<DownPart> {
  const columns = headColumns(fields, say)
  const rows = headerRows(columns)
  return {
    kind: 'down',
    // A header turned over: the n-th field's row begins with the headings whose span starts there.
    heads: fields.map((_, at) => rows.flat().filter((cell) => cell.column === at)),
    depth: rows.length,
    codes: fields.map((field) => field.code),
    long: fields.some((field) => field.type === 'long_text'),
    zone: fields.map((field) => [field.code]),
    lines: fields.map((field) => ({ cells: [field.code] })),
  }
}

function matrixPart(table: MatrixTable, asked: Map<string, FormField>, say: Say): Shape<MatrixPart> {
  const cells = table.cells.map((row) => row.map((code) => (asked.has(code) ? code : null)))
  const kept = table.columns.map((_, column) => cells.some((row) => row[column] !== null))
  const rows = table.rows.map((row, at) => ({
    code: row.code, label: say(row.label), cells: (cells[at] ?? []).filter((_, column) => kept[column]),
  }))
  return {
    kind: 'matrix',
    corner: say(table.corner),
    columns: table.columns.filter((_, column) => kept[column]).map((column) => say(column.label)),
    rows,
    zone: rows.map((row) => row.cells),
    lines: rows.map((row) => ({ cells: row.cells.filter((code) => code !== null) })).filter((line) => line.cells.length > 0),
  }
}

/** The lines of the whole form for the keyboard, only those cells that take typing. */
export function typingLines(parts: readonly SheetPart[], typed: (code: string) => boolean): Line[] {
  return parts
    .flatMap((part) => part.lines)
    .map((line) => ({ ...line, cells: line.cells.filter(typed) }))
    .filter((line) => line.cells.length > 0)
}

export function zoneOf(parts: readonly SheetPart[], code: string): Zone | null {
  return parts.find((part) => part.zone.some((row) => row.includes(code)))?.zone ?? null
}
