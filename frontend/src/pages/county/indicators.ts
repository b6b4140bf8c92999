import type { Comparison } from '@/api/comparing'
import type { RollupRow } from '@/api/types'
import { isNumeric } from '@/components/grid/reading'
import { askedFields } from '@/components/grid/sheet'
import { handedIn } from '@/pages/rollup/columns'
import type { FormDefinition, FormField, Label, Tier } from '@/formula'

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

/** A figure of the period beside the one before and the same one last year; blank where there is nothing to compare with. */
export interface Indicator {
  field: FormField
  now: string | null
  /** 比上期: by how much. */
  change: string | null
  /** 同比: by how many per cent; by how much, where last year's was zero. */
  lastYear: { percent: string } | { by: string } | null
  /** 本年累计: flows alone add up over the year. */
  year: { value: string | null; periods: number } | null
}

/** The first row of a comparison is the whole. */
export function indicators(fields: readonly FormField[], page: Comparison): Indicator[] {
  const row = page.rows[0]
  return fields.map((field) => {
    const { code } = field
    const percent = row?.since_last_year.percent[code]
    const by = row?.since_last_year.by[code]
    return {
      field,
      now: row?.now?.[code] ?? null,
      change: row?.since_previous.by[code] ?? null,
      lastYear: percent !== undefined ? { percent } : by !== undefined ? { by } : null,
      year: row && page.year_fields.includes(code) ? { value: row.year[code] ?? null, periods: row.year_included } : null,
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

/** How many of the villages below all rows are in, and what share, in whole per cent: 100 only when all are. Null where none is asked. */
export function reach(rows: readonly Pick<RollupRow, 'kind' | 'counts'>[]): { n: number; total: number; share: number; approved: number } | null {
  let [n, total, approved] = [0, 0, 0]
  for (const row of rows) {
    const line = row.kind === 'own' ? undefined : row.counts.village
    const found = line && handedIn({ village: line })
    if (!found) continue
    n += found.n
    total += found.total
    approved += line.approved ?? 0
  }
  const percent = (part: number) => Math.floor((part / total) * 100)
  return total === 0 ? null : { n, total, share: percent(n), approved: percent(approved) }
}
