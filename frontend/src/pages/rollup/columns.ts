import type { ReasonLine, TierCounts } from '@/api/types'
import type { FormDefinition, FormField, Label, MoneyUnit, Tier } from '@/formula'
import { headerRows, type HeadCell, type HeadColumn } from '@/components/grid/header'
import { isNumeric } from '@/components/grid/reading'
import { askedFields, headColumns } from '@/components/grid/sheet'
import { grouped, inTenThousands } from '@/lib/figures'

/** One table of a rollup: units down, its figures across. */
export interface RollupView {
  code: string
  title: string
  fields: FormField[]
  columns: HeadColumn[]
  head: HeadCell[][]
  rowTable: boolean
}

/** The figures of each table that this tier and those below are asked; texts are listed apart, they don't add up. */
export function rollupViews(definition: FormDefinition, tier: Tier, say: (label: Label) => string): RollupView[] {
  const asked = askedFields(definition, tier, true)
  return definition.tables.flatMap((table) => {
    const fields = asked.filter((field) => field.table === table.code && isNumeric(field))
    if (fields.length === 0 && table.kind !== 'rows') return []
    const columns = headColumns(fields, say)
    return [{ code: table.code, title: say(table.title), fields, columns, head: headerRows(columns), rowTable: table.kind === 'rows' }]
  })
}

export function textFields(definition: FormDefinition, tier: Tier): FormField[] {
  return askedFields(definition, tier, true).filter((field) => !isNumeric(field))
}

/** A figure as the page shows it: money in the unit chosen for the page, everything else as it is. */
export function shownFigure(field: FormField | undefined, value: string | null | undefined, money: MoneyUnit): string {
  if (value === null || value === undefined) return ''
  if (field?.type === 'money' && money === 'wan_yuan') return grouped(inTenThousands(value), 2)
  return grouped(value)
}

export function measureOf(field: FormField | undefined, money: MoneyUnit, say: (label: Label) => string, wan: string): string {
  if (field === undefined) return ''
  if (field.type === 'money' && money === 'wan_yuan') return wan
  return field.unit_of_measure === null ? '' : say(field.unit_of_measure)
}

const NOT_STATES = new Set(['late', 'exempt'])

/** How many of the units that owe have handed in, counted where most are: the villages, else the townships. */
export function handedIn(counts: TierCounts): { n: number; total: number } | null {
  const line = counts.village ?? counts.township
  if (line === undefined) return null
  const total = Object.entries(line).reduce((sum, [state, n]) => (NOT_STATES.has(state) ? sum : sum + n), 0)
  return { n: (line.submitted ?? 0) + (line.approved ?? 0), total }
}

/** Figures about which somebody was asked and said why: a unit's own, and a unit's with those that reach it from below. */
export interface Explained {
  own: ReadonlyMap<string, ReadonlySet<string>>
  within: ReadonlyMap<string, ReadonlySet<string>>
}

/** Sorted by unit once: a county has thousands of reasons, and every row asks. */
export function explainedBy(reasons: readonly ReasonLine[]): Explained {
  const own = new Map<string, Set<string>>()
  const within = new Map<string, Set<string>>()
  const add = (to: Map<string, Set<string>>, unit: string, cells: readonly string[]) => {
    const found = to.get(unit) ?? new Set()
    to.set(unit, found)
    for (const cell of cells) found.add(cell)
  }
  for (const { unit, through, cells } of reasons) {
    add(own, unit.id, cells)
    add(within, unit.id, cells)
    if (through !== null) add(within, through, cells)
  }
  return { own, within }
}
