import type { Unit } from '@/api/types'

export interface Branch {
  unit: Unit
  depth: number
  children: number
}

/** The flat list as a tree in reading order; with a text, only what matches and the units above it. */
export function branches(units: readonly Unit[], text: string, folded: ReadonlySet<string>): Branch[] {
  const below = new Map<string | null, Unit[]>()
  const known = new Set(units.map((unit) => unit.id))
  for (const unit of units) {
    const parent = unit.parent_id !== null && known.has(unit.parent_id) ? unit.parent_id : null
    below.set(parent, [...(below.get(parent) ?? []), unit])
  }
  const wanted = text.trim()
  const kept = wanted === '' ? null : matching(units, wanted)
  const list: Branch[] = []
  const visit = (parent: string | null, depth: number) => {
    for (const unit of below.get(parent) ?? []) {
      if (kept !== null && !kept.has(unit.id)) continue
      list.push({ unit, depth, children: below.get(unit.id)?.length ?? 0 })
      if (kept !== null || !folded.has(unit.id)) visit(unit.id, depth + 1)
    }
  }
  visit(null, 0)
  return list
}

function matching(units: readonly Unit[], wanted: string): Set<string> {
  const byId = new Map(units.map((unit) => [unit.id, unit]))
  const kept = new Set<string>()
  for (const unit of units) {
    if (!unit.name.includes(wanted) && !unit.code.startsWith(wanted)) continue
    for (let at: Unit | undefined = unit; at && !kept.has(at.id); at = byId.get(at.parent_id ?? '')) kept.add(at.id)
  }
  return kept
}
