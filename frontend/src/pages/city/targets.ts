import type { CityBlock, CityFigure, CityTarget } from '@/api/city'

export const SPANS = ['period', 'year', 'previous', 'last_year'] as const
export const BASES = ['reported', 'live'] as const
export const WORDS = ['period', 'unit', 'date', 'signer'] as const

/** What is being put together for a cell, until it is mapped. */
export interface Draft {
  kind: CityTarget['kind']
  form_id: string
  basis: 'reported' | 'live'
  span: 'period' | 'year' | 'previous' | 'last_year'
  unit_id: string
  field: string
  wan: boolean
  text: string
  first_row: number
  last_row: number
  name_column: string
  named: boolean
  units: 'township' | 'village'
  columns: { column: string; field: string; wan: boolean }[]
}

export function columnName(column: number): string {
  const last = String.fromCharCode(65 + ((column - 1) % 26))
  return column > 26 ? columnName(Math.floor((column - 1) / 26)) + last : last
}

/** The cells that a target writes, as sheet!cell. */
export function placesOf(target: CityTarget): string[] {
  if (target.kind !== 'block') return [`${target.sheet}!${target.cell}`]
  const columns = [...(target.named ? [] : [target.name_column]), ...Object.keys(target.columns)]
  const rows = Array.from({ length: Math.max(0, target.last_row - target.first_row + 1) }, (_, at) => target.first_row + at)
  return rows.flatMap((row) => columns.map((column) => `${target.sheet}!${column}${String(row)}`))
}

/** With a target in place of whatever wrote one of its cells. */
export function withTarget(targets: readonly CityTarget[], target: CityTarget): CityTarget[] {
  const taken = new Set(placesOf(target))
  return [...targets.filter((one) => !placesOf(one).some((place) => taken.has(place))), target]
}

export function draftOf(target: CityTarget | undefined, blank: Draft): Draft {
  if (target === undefined) return blank
  if (target.kind === 'figure') {
    return { ...blank, kind: 'figure', form_id: target.form_id, basis: target.basis, span: target.span, unit_id: target.unit_id ?? '', field: target.source.field, wan: target.source.wan }
  }
  if (target.kind === 'block') {
    const { form_id, basis, span, first_row, last_row, name_column, named, units } = target
    const columns = Object.entries(target.columns).map(([column, source]) => ({ column, field: source.field, wan: source.wan }))
    return { ...blank, kind: 'block', form_id, basis, span, first_row, last_row, name_column, named, units, columns }
  }
  return { ...blank, kind: target.kind, text: target.text }
}

const source = (field: string, wan: boolean) => ({ field, wan, label: '' })

/** The target that a draft says for a cell; null while something is missing. */
export function targetOf(draft: Draft, sheet: string, cell: string): CityTarget | null {
  if (draft.kind === 'figure') {
    if (!draft.field || !draft.form_id) return null
    const { form_id, basis, span } = draft
    return { kind: 'figure', sheet, cell, form_id, basis, span, unit_id: draft.unit_id || null, source: source(draft.field, draft.wan) } satisfies CityFigure
  }
  if (draft.kind === 'block') {
    const columns = Object.fromEntries(draft.columns.filter((one) => one.column && one.field).map((one) => [one.column, source(one.field, one.wan)]))
    if (Object.keys(columns).length === 0 || !draft.form_id || !draft.name_column || draft.last_row < draft.first_row) return null
    const { form_id, basis, span, first_row, last_row, name_column, named, units } = draft
    return { kind: 'block', sheet, first_row, last_row, name_column, named, units, form_id, basis, span, columns } satisfies CityBlock
  }
  return { kind: draft.kind, sheet, cell, text: draft.kind === 'signer' ? draft.text.trim() : '' }
}
