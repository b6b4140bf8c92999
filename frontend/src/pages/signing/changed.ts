import { isNumeric } from '@/components/grid/reading'
import type { Cells, FormField, Label, Tier } from '@/formula/types'
import { difference, grouped, sameFigure, signed } from '@/lib/figures'

export interface Changed {
  code: string
  name: Label
  before: string
  after: string
  change: string
}

/** The figures that differ from last period, in the sheet's order; null without a last period. */
export function changedFigures(fields: readonly FormField[], tier: Tier, now: Cells, last: Cells | null): Changed[] | null {
  if (last === null) return null
  return fields.filter((one) => one.tiers.includes(tier) && isNumeric(one)).flatMap((field): Changed[] => {
    const [before, after] = [last[field.code] ?? null, now[field.code] ?? null]
    if (sameFigure(before, after)) return []
    return [{ code: field.code, name: field.name, before: grouped(before), after: grouped(after), change: signed(difference(after, before)) }]
  })
}
