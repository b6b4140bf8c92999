import type { Trend } from '@/api/types'
import { isNumeric } from '@/components/grid/reading'
import { askedFields } from '@/components/grid/sheet'
import type { FormDefinition, FormField, Label, Tier } from '@/formula'
import { difference, total } from '@/lib/figures'

const PEOPLE = new Set(['人次', '户次', '人', '户'])
const MOST = 8

/** One figure for each outermost heading: how many people it reached if the form counts them, else its first figure. */
export function keyFields(definition: FormDefinition, tier: Tier): FormField[] {
  const groups = new Map<string, FormField[]>()
  for (const field of askedFields(definition, tier, true)) {
    if (!isNumeric(field) || field.measure === 'ratio') continue
    const heading = `${field.table}.${field.path[0]?.zh ?? ''}`
    groups.set(heading, [...(groups.get(heading) ?? []), field])
  }
  return [...groups.values()]
    .flatMap((group) => group.find((field) => PEOPLE.has(field.unit_of_measure?.zh ?? '')) ?? group.slice(0, 1))
    .slice(0, MOST)
}

export interface Indicator {
  field: FormField
  now: string | null
  change: string | null
  /** Flows alone add up over the year. */
  year: { value: string | null; periods: number } | null
  points: (string | null)[]
}

export function indicators(fields: readonly FormField[], trend: Trend, period: string): Indicator[] {
  const at = trend.periods.indexOf(period)
  const year = period.slice(0, 4)
  return fields.map((field) => {
    const points = trend.series.find((one) => one.code === field.code)?.live ?? []
    const now = points[at] ?? null
    const soFar = points.filter((_, place) => place <= at && (trend.periods[place] ?? '').startsWith(year))
    return {
      field,
      now,
      change: at > 0 ? difference(now, points[at - 1] ?? null) : null,
      year: field.over_time === 'sum' ? { value: total(soFar), periods: soFar.filter((one) => one !== null).length } : null,
      points,
    }
  })
}

/** The heading and the figure in few words: 走访慰问 户次. */
export function shortName(field: FormField, say: (label: Label) => string): string {
  const first = field.path[0]
  const last = field.path[field.path.length - 1]
  if (first === undefined || last === undefined) return field.code
  return field.path.length === 1 ? say(first) : `${say(first)} · ${say(last)}`
}
