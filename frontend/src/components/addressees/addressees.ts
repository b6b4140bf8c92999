import type { Choice } from '@/api/tasks'
import type { Tier, Unit } from '@/api/types'

/** Who is meant, as the page holds it: whole tiers, tags, groups, and units one by one. */
export interface Chosen {
  tiers: Tier[]
  tags: string[]
  groups: string[]
  units: string[]
}

export const nobody = (): Chosen => ({ tiers: [], tags: [], groups: [], units: [] })

export function choicesOf(chosen: Chosen): Choice[] {
  return [
    ...chosen.tiers.map((tier): Choice => ({ kind: 'tier', tier, tag: '' })),
    ...chosen.tags.map((tag): Choice => ({ kind: 'tag', tag })),
    ...chosen.groups.map((id): Choice => ({ kind: 'group', group_id: id, tag: '' })),
    ...chosen.units.map((id): Choice => ({ kind: 'unit', unit_id: id, tag: '' })),
  ]
}

export const without = (list: readonly string[], one: string) => list.filter((other) => other !== one)
export const toggled = <T>(list: readonly T[], one: T): T[] => (list.includes(one) ? list.filter((other) => other !== one) : [...list, one])

/** A line of the tree: a unit, how deep, and the units directly below it that may be chosen. */
export interface Line {
  unit: Unit
  depth: number
  below: string[]
  open: boolean
}

/** The tree as lines to show: what is open, or with a text whatever matches and the units above it. */
export function linesOf(units: readonly Unit[], root: string, text: string, open: ReadonlySet<string>): Line[] {
  const below = new Map<string, Unit[]>()
  for (const unit of units) {
    if (unit.parent_id === null) continue
    const list = below.get(unit.parent_id)
    if (list) list.push(unit)
    else below.set(unit.parent_id, [unit])
  }
  const wanted = text.trim()
  const lines: Line[] = []
  const visit = (parent: string, depth: number, all: boolean): boolean => {
    let any = false
    for (const unit of below.get(parent) ?? []) {
      const children = below.get(unit.id) ?? []
      const hit = all || wanted === '' || unit.name.includes(wanted) || unit.code.startsWith(wanted)
      const at = lines.length
      const shown = wanted === '' ? open.has(unit.id) : true
      lines.push({ unit, depth, below: children.map((one) => one.id), open: shown && children.length > 0 })
      const found = shown && children.length > 0 && visit(unit.id, depth + 1, hit && wanted !== '' && open.has(unit.id))
      if (hit || found) any = true
      else lines.length = at
    }
    return any
  }
  visit(root, 0, false)
  return lines
}
